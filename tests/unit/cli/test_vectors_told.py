import pytest

from medichain.knowledge.v1 import knowledge_pb2 as pb
from services.cli import vectors
from services.mesh.settings import Settings

IN_USE = {"embedding_model": "lexical-jamo-1024-1", "dimensions": 1024, "passages": 2051}
BUILD = {"embedding_model": "endpoint:m@h", "dimensions": 64, "stage": "embed", "done": 1024, "total": 2051}


@pytest.mark.parametrize(
    ("index", "told"),
    [
        (pb.GetIndexResponse(**IN_USE), ["vectors: lexical-jamo-1024-1, 1024 dimensions, 2,051 passages"]),
        (
            pb.GetIndexResponse(**IN_USE, words_only=True, last_problem="embedder_unavailable"),
            [
                "vectors: lexical-jamo-1024-1, 1024 dimensions, 2,051 passages; words alone for now",
                "  problem: embedder_unavailable",
            ],
        ),
        (
            pb.GetIndexResponse(**IN_USE, building=pb.IndexBuild(**BUILD)),
            [
                "vectors: lexical-jamo-1024-1, 1024 dimensions, 2,051 passages",
                "  being built: endpoint:m@h, 64 dimensions, embed 1,024 of 2,051",
            ],
        ),
    ],
)
def test_an_index_is_told_in_lines(index, told):
    assert vectors.lines(index) == told


async def test_what_is_asked_for_is_told_when_knowledge_is_away(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDICHAIN_KNOWLEDGE_ADDR", "dns:///127.0.0.1:1")
    settings = Settings(data_dir=tmp_path, embedding_provider="openai")
    assert await vectors.told(settings) == ["vectors: openai (knowledge does not answer)"]


async def test_a_key_that_is_not_there_is_named(tmp_path):
    (line,) = await vectors.told(Settings(data_dir=tmp_path, service_key_file=tmp_path / "none.pem"))
    assert line.startswith("vectors: not known: MEDICHAIN_SERVICE_KEY_FILE")
