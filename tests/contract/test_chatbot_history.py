"""A person's history: theirs alone, found, rated, shown to operators with a trace, and gone when it is erased."""

import asyncio
import base64
import json
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from sqlalchemy import delete, insert, select

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.events.v1 import events_pb2
from services.chatbot import search
from services.chatbot.feedback import moment
from services.chatbot.history import Cursor, needle, read, title, written
from services.chatbot.history_servicer import HistoryServicer
from services.chatbot.outbox import STREAM
from services.chatbot.ownership import Place
from services.chatbot.records import PARTIAL
from services.cli import export
from services.mesh.context import Principal
from services.mesh.errors import CallFailed, InvalidField, MeshError, NotFound
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.storage import clock
from services.storage.cipher import Keyring
from services.storage.master_keys import master_keys
from services.storage.security_events import STREAM as SECURITY_STREAM
from services.storage.tables import shard as shard_tables
from services.storage.tables.keys import data_key
from services.storage.tables.shard import consultation_history, conversation, evidence, outbox, search_log
from tests.support.records import OPERATOR, kept

RECORDS = (conversation, consultation_history, evidence, search_log, outbox)


@pytest.fixture
async def records(deployment):
    async with kept(deployment) as (one,):
        yield one


async def history_of(records, person, **fields):
    """Every page of a person's conversations."""
    lines, token = [], ""
    while True:
        request = pb.ListConversationsRequest(page_token=token, **fields)
        page = await records.call("ListConversations", request, person)
        lines += page.conversations
        token = page.next_page_token
        if not token:
            return lines


async def conversation_as(records, person, id, **fields):
    return await records.call("GetConversation", pb.GetConversationRequest(id=id, **fields), person)


async def rate(records, person, id, score=4, comment=""):
    await records.call("RateExchange", pb.RateExchangeRequest(id=id, score=score, comment=comment), person)


async def feedback(records, **fields):
    return await records.call("ExportFeedback", pb.ExportFeedbackRequest(**fields), principal=OPERATOR)


async def erase(records, account_id):
    request = pb.EraseRecordsRequest(account_id=account_id)
    return await records.call("EraseRecords", request, principal=Principal("service", "account"))


async def relay(records):
    for shard_id in await records.directory.ids():
        await records.relay.relay(shard_id)


# ---- lists ----------------------------------------------------------------------------------------------------


async def test_the_conversation_last_used_comes_first(records):
    person = await records.person()
    first = await records.answered(person, "첫 대화")
    second = await records.answered(person, "둘째 대화")
    await records.answered(person, "첫 대화를 잇는다", conversation_id=first.conversation_id)
    lines = await history_of(records, person)
    assert [line.id for line in lines] == [first.conversation_id, second.conversation_id]
    assert [(line.title, line.exchanges) for line in lines] == [("첫 대화", 2), ("둘째 대화", 1)]
    assert lines[0].updated_at > lines[0].started_at


async def test_pages_hold_everything_once_though_something_is_added_meanwhile(records):
    person = await records.person()
    asked = [(await records.answered(person, f"질문 {n}")).conversation_id for n in range(7)]
    page = await records.call("ListConversations", pb.ListConversationsRequest(page_size=3), person)
    await records.answered(person, "새 질문")
    rest = await records.call(
        "ListConversations", pb.ListConversationsRequest(page_size=100, page_token=page.next_page_token), person
    )
    seen = [line.id for line in [*page.conversations, *rest.conversations]]
    assert seen == list(reversed(asked))
    assert rest.next_page_token == ""


async def test_every_exchange_is_listed_newest_first_in_pages(records):
    person = await records.person()
    asked = [(await records.answered(person, f"질문 {n}")).id for n in range(5)]
    seen, token = [], ""
    while True:
        request = pb.ListExchangesRequest(page_size=2, page_token=token)
        page = await records.call("ListExchanges", request, person)
        seen += [one.id for one in page.exchanges]
        token = page.next_page_token
        if not token:
            break
    assert seen == list(reversed(asked))


async def test_an_exchange_is_shown_as_it_was_answered_and_rated(records):
    person = await records.person()
    opening = await records.answered(person, "질문", answer="대답")
    await rate(records, person, opening.id, 5, "고맙습니다")
    (shown,) = (await conversation_as(records, person, opening.conversation_id)).exchanges
    assert (shown.question, shown.answer, shown.state) == ("질문", "대답", "completed")
    assert (shown.score, shown.comment, shown.conversation_id) == (5, "고맙습니다", opening.conversation_id)
    assert shown.confidence == pytest.approx(0.75)
    assert list(shown.domains) == [1]


async def test_an_empty_history_is_an_empty_page(records):
    person = await records.person()
    assert await history_of(records, person) == []
    assert await history_of(records, person, query="타이레놀") == []


@pytest.mark.parametrize("question", ["가" * 200, "여러\n줄의\n질문" * 20])
def test_a_title_is_one_short_line(question):
    assert len(title(question)) <= 60
    assert "\n" not in title(question)
    assert title(question).endswith("…")


FORGED = [b"1.a", b"9" * 40 + b".a.", b"1.' OR 1=1 --.", b"-1.a", b"1..", b"01.a."]


@pytest.mark.parametrize(
    "token", ["x", "!!!!", "MS4yLjM=", "한글", *(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in FORGED)]
)
async def test_a_forged_page_token_is_refused(token):
    with pytest.raises(InvalidField) as refused:
        read(token)
    assert refused.value.violations[0].field == "page_token"


def test_a_page_token_leads_back_to_its_place():
    cursor = Cursor(clock.now(), "p" + "0a" * 20, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert read(written(cursor)) == cursor
    assert len(written(cursor)) <= 200
    assert read("") is None
    assert written(None) == ""


# ---- search ---------------------------------------------------------------------------------------------------


async def test_a_search_finds_questions_and_answers_whatever_their_spacing_and_case(records):
    person = await records.person()
    asked = await records.answered(person, "Tylenol 500 mg 먹어도 되나요", answer="하루 네 번")
    answered = await records.answered(person, "두통약", answer="TYLENOL 500MG 을 보세요")
    await records.answered(person, "배가 아파요", answer="쉬세요")
    lines = await history_of(records, person, query="tylenol500 MG")
    assert [line.id for line in lines] == [answered.conversation_id, asked.conversation_id]


@pytest.mark.parametrize("query", ["%", "_", "' OR '1'='1", "*", "\\"])
async def test_a_search_text_is_text(records, query):
    person = await records.person()
    await records.answered(person, "타이레놀")
    assert await history_of(records, person, query=query) == []


async def test_a_search_never_looks_at_anybody_elses_records(records):
    other = await records.person()
    await records.answered(other, "우울증 약")
    await records.answered(None, "우울증 약")
    assert await history_of(records, await records.person(), query="우울증") == []


async def test_a_search_goes_on_where_its_budget_ended(records, monkeypatch):
    monkeypatch.setattr(search, "BUDGET", 4)
    monkeypatch.setattr(search, "BATCH", 2)
    monkeypatch.setattr(search, "LINES", 2)
    person = await records.person()
    long = await records.answered(person, "찾는 말 하나")
    for n in range(9):
        await records.answered(person, f"다른 말 {n}", conversation_id=long.conversation_id)
    short = [await records.answered(person, f"찾는 말 {n}" if n % 2 else "없음") for n in range(6)]
    found = [line.id for line in await history_of(records, person, query="찾는말", page_size=2)]
    expected = [one.conversation_id for n, one in reversed(list(enumerate(short))) if n % 2] + [long.conversation_id]
    assert found == expected


@pytest.mark.parametrize("text", ["  ", "\u200b"])
def test_a_search_for_nothing_is_no_search(text):
    assert needle(text) == ""


# ---- whose it is ----------------------------------------------------------------------------------------------


async def reach(records, person, opening):
    """What every RPC that takes an id says of a conversation or exchange: the names of those that gave it away."""
    requests = {
        "GetConversation": pb.GetConversationRequest(id=opening.conversation_id),
        "RateExchange": pb.RateExchangeRequest(id=opening.id, score=1),
        "DeleteConversation": pb.DeleteConversationRequest(id=opening.conversation_id),
    }
    reached = []
    for method, request in requests.items():
        try:
            await records.call(method, request, person)
        except NotFound:
            continue
        reached.append(method)
    return reached


async def test_nobody_reaches_what_a_person_asked(records):
    person = await records.person()
    opening = await records.answered(person, "내 질문")
    assert await reach(records, await records.person(), opening) == []
    assert await reach(records, None, opening) == []
    assert await reach(records, await records.person("operator"), opening) == []
    (row,) = await records.rows(consultation_history)
    assert row.feedback_score is None
    assert await reach(records, person, opening) == ["GetConversation", "RateExchange", "DeleteConversation"]


async def test_a_stranger_finds_nothing_on_the_same_shard_either(records):
    person = await records.person()
    opening = await records.answered(person, "내 질문")
    stranger = await records.person()
    neighbour = type(stranger)(stranger.account_id, stranger.session_id, person.shard_id)
    assert await reach(records, neighbour, opening) == []
    assert await history_of(records, neighbour) == []
    listed = await records.call("ListExchanges", pb.ListExchangesRequest(), neighbour)
    assert list(listed.exchanges) == []


async def test_a_foreign_token_leads_through_ones_own_list_only(records):
    person, stranger = await records.person(), await records.person()
    for n in range(3):
        await records.answered(person, f"질문 {n}")
    page = await records.call("ListConversations", pb.ListConversationsRequest(page_size=1), person)
    again = pb.ListConversationsRequest(page_size=1, page_token=page.next_page_token)
    assert list((await records.call("ListConversations", again, stranger)).conversations) == []


async def test_an_anonymous_conversation_is_its_holders(records):
    opening = await records.answered(None, "익명 질문")
    for holder in (None, await records.person()):
        assert len((await conversation_as(records, holder, opening.conversation_id)).exchanges) == 1
        await rate(records, holder, opening.id)
    with pytest.raises(NotFound):
        await conversation_as(records, None, opening.conversation_id[:-1] + "g")


@pytest.mark.parametrize("method", ["ListConversations", "ListExchanges"])
async def test_a_history_is_a_persons(records, method):
    with pytest.raises(MeshError) as refused:
        await records.call(method, getattr(pb, f"{method}Request")())
    assert refused.value.reason.name == "UNAUTHENTICATED"


@pytest.mark.parametrize("id", ["", "c1x", "' OR 1=1 --", "c999x" + "0" * 40, "p" + "0" * 40, "\r\nDEL x", "가" * 60])
async def test_ids_of_nothing_are_not_found(records, id):
    person = await records.person()
    for who in (None, person):
        with pytest.raises(NotFound):
            await conversation_as(records, who, id)
        with pytest.raises(NotFound):
            await records.call("DeleteConversation", pb.DeleteConversationRequest(id=id), who)
        with pytest.raises(NotFound):
            await rate(records, who, id)


# ---- deleting -------------------------------------------------------------------------------------------------


async def test_a_deleted_conversation_takes_everything_along_and_leaves_the_others(records):
    person = await records.person()
    gone, stays = await records.answered(person, "지울 것"), await records.answered(person, "남을 것")
    await records.redis.set(f"medichain:exchange:{gone.id}", b"journal")
    await records.call("DeleteConversation", pb.DeleteConversationRequest(id=gone.conversation_id), person)
    assert [row.id for row in await records.rows(conversation)] == [stays.conversation_id]
    assert {row.exchange_id for row in await records.rows(evidence)} == {stays.id}
    assert {row.exchange_id for row in await records.rows(search_log)} == {stays.id}
    left = await records.redis.keys("medichain:*")
    assert not [key for key in left if gone.id.encode() in key or gone.conversation_id.encode() in key]
    assert [one.question for one in (await conversation_as(records, person, stays.conversation_id)).exchanges] == [
        "남을 것"
    ]


# ---- ratings --------------------------------------------------------------------------------------------------


async def test_a_second_rating_replaces_the_first(records):
    person = await records.person()
    opening = await records.answered(person)
    await rate(records, person, opening.id, 2, "별로")
    await rate(records, person, opening.id, 5)
    turn = await records.store.exchange(opening.id, person.account_id)
    assert (turn.score, turn.comment) == (5, "")
    events = [events_pb2.Envelope.FromString(row.event) for row in await records.rows(outbox)]
    assert sorted(e.exchange_rated.score for e in events if e.HasField("exchange_rated")) == [2, 5]


async def test_an_answer_that_is_being_written_is_not_rated(records):
    person = await records.person()
    opening = await records.asked(person)
    with pytest.raises(MeshError) as refused:
        await rate(records, person, opening.id)
    assert refused.value.reason.name == "PRECONDITION"
    await records.answer(opening, state=PARTIAL)
    await rate(records, person, opening.id)


async def test_comments_are_sealed(records):
    person = await records.person()
    opening = await records.answered(person)
    await rate(records, person, opening.id, 1, "제 이름은 홍길동")
    (row,) = await records.rows(consultation_history)
    assert "홍길동".encode() not in row.feedback_comment


async def test_ratings_are_exported_oldest_first_over_all_shards_without_people(records, monkeypatch):
    people = [await records.person() for _ in range(4)]
    for n, person in enumerate(people):
        opening = await records.answered(person)
        await rate(records, person, opening.id, n + 1, f"전화 주세요 010-1234-567{n}")
    monkeypatch.setattr("services.chatbot.feedback.PAGE", 3)
    first = await feedback(records)
    rest = await feedback(records, page_token=first.next_page_token)
    exported = [*first.feedback, *rest.feedback]
    assert [one.score for one in exported] == [1, 2, 3, 4]
    assert rest.next_page_token == ""
    written_out = " ".join(str(one) for one in exported)
    assert "010-1234" not in "".join(one.comment for one in exported)
    assert all("[전화번호]" in one.comment for one in exported)
    assert not [person for person in people if person.account_id in written_out]
    assert [(one.confidence, one.quality) for one in exported] == [(0.75, 0.5)] * 4


async def test_an_export_goes_on_after_a_moment(records):
    person = await records.person()
    early, late = await records.answered(person), await records.answered(person)
    await rate(records, person, early.id, 1)
    (told,) = (await feedback(records)).feedback
    await rate(records, person, late.id, 2)
    since = told.rated_at
    assert late.id in [one.exchange_id for one in (await feedback(records, since=since)).feedback]
    assert list((await feedback(records, since="2999-01-01T00:00:00+09:00")).feedback) == []


@pytest.mark.parametrize("since", ["gestern", "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_is_none_is_refused(since):
    with pytest.raises(InvalidField) as refused:
        moment(since)
    assert refused.value.violations[0].field == "since"


class Whole(HistoryServicer):
    """The whole service, of which only the history is called here."""

    async def Ask(self, request, context):
        raise NotImplementedError

    ResumeExchange = StopExchange = ListProviders = ChooseProviders = Ask


@asynccontextmanager
async def served(records, monkeypatch):
    """The records' servicer behind a real guard."""
    host = Host.named("chatbot", records.settings)
    server = MeshServer("chatbot", host.verifier)
    server.add(export.CHATBOT, Whole(records.store, **records.history))
    port = await server.start("127.0.0.1:0")
    monkeypatch.setenv("MEDICHAIN_CHATBOT_ADDR", f"dns:///127.0.0.1:{port}")
    yield host
    await host.mesh.close()
    await server.stop(0)


async def test_an_operators_command_writes_ratings_as_json_lines(records, monkeypatch, tmp_path):
    person = await records.person()
    opening = await records.answered(person)
    await rate(records, person, opening.id, 3, "전화 010-1234-5678")
    async with served(records, monkeypatch):
        assert await asyncio.to_thread(export.feedback, records.settings, "", str(tmp_path / "ratings.jsonl")) == 0
        refused = await asyncio.to_thread(export.feedback, records.settings, "gestern", str(tmp_path / "none"))
    assert refused == 1
    (line,) = (tmp_path / "ratings.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert (told["exchangeId"], told["score"], told["domains"]) == (opening.id, 3, ["DOMAIN_DRUG"])
    assert told["comment"] == "전화 [전화번호]"
    assert person.account_id not in line


@pytest.mark.parametrize("method", ["ExportFeedback", "InspectConversation", "EraseRecords"])
async def test_what_operators_and_services_do_nobody_else_does(records, monkeypatch, method):
    request = {
        "ExportFeedback": pb.ExportFeedbackRequest(),
        "InspectConversation": pb.InspectConversationRequest(id="c1", reason="just looking"),
        "EraseRecords": pb.EraseRecordsRequest(account_id="a"),
    }[method]
    async with served(records, monkeypatch):
        edge = Host.named("edge", records.settings, kind="edge")
        with pytest.raises(CallFailed) as refused:
            await getattr(edge.mesh.client(export.CHATBOT), method)(request)
        await edge.mesh.close()
    assert refused.value.reason.name in ("UNAUTHENTICATED", "ACCESS_DENIED")
    assert await records.audit.page() == []


# ---- operators ------------------------------------------------------------------------------------------------


async def inspect(records, id, account_id="", **fields):
    request = pb.InspectConversationRequest(id=id, account_id=account_id, reason="민원 확인", **fields)
    return await records.call("InspectConversation", request, principal=OPERATOR)


async def test_an_operators_look_leaves_a_trace(records):
    person = await records.person()
    opening = await records.answered(person, "민감한 질문")
    shown = await inspect(records, opening.conversation_id, person.account_id)
    assert [one.question for one in shown.exchanges] == ["민감한 질문"]
    (entry,) = await records.audit.page()
    assert (entry.operator, entry.subject) == ("cli", person.account_id)
    assert opening.conversation_id in entry.reason
    assert "민원 확인" in entry.reason
    assert "민감한" not in entry.reason
    assert await records.audit.verified() is None


async def test_a_look_at_nothing_leaves_its_trace_too(records):
    with pytest.raises(NotFound):
        await inspect(records, "p" + "0" * 40, "nobody")
    assert len(await records.audit.page()) == 1


async def test_a_look_under_the_wrong_account_shows_nothing(records):
    opening = await records.answered(await records.person())
    with pytest.raises(NotFound):
        await inspect(records, opening.conversation_id, (await records.person()).account_id)


async def test_without_the_audit_log_there_is_no_look(records, monkeypatch):
    person = await records.person()
    opening = await records.answered(person)

    async def away(*_):
        raise MeshError("UNAVAILABLE", retry_after=5)

    read_from = []
    monkeypatch.setattr(records.audit.__class__, "append", away)
    monkeypatch.setattr(records.directory, "reading", lambda shard_id: read_from.append(shard_id))
    with pytest.raises(MeshError) as refused:
        await inspect(records, opening.conversation_id, person.account_id)
    assert refused.value.reason.name == "UNAVAILABLE"
    assert read_from == []


# ---- erasure --------------------------------------------------------------------------------------------------


async def test_erasure_takes_everything_of_one_person_and_nothing_of_another(records):
    person, other = await records.person(), await records.person()
    stays = await records.answered(other, "남의 질문")
    for n in range(3):
        opening = await records.answered(person, f"질문 {n}", answer="대답")
    await records.redis.rpush(f"medichain:exchange:{opening.id}", b"journal")
    await relay(records)
    await rate(records, person, opening.id)
    told = events_pb2.Envelope(id="e", security_raised=events_pb2.SecurityRaised(account=person.account_id))
    await records.redis.xadd(SECURITY_STREAM, {"id": "e", "event": told.SerializeToString()})
    assert (await erase(records, person.account_id)).exchanges == 3
    assert {row.owner for row in await records.rows(conversation)} == {other.account_id}
    assert [row.id for row in await records.rows(consultation_history)] == [stays.id]
    assert {row.exchange_id for row in await records.rows(evidence)} == {stays.id}
    assert await records.rows(outbox) == []
    in_redis = await dumped(records.redis)
    assert opening.id.encode() not in in_redis
    assert opening.conversation_id.encode() not in in_redis
    assert person.account_id.encode() not in in_redis
    assert stays.id.encode() in in_redis


async def test_an_erasure_that_was_interrupted_is_begun_again(records, monkeypatch):
    person = await records.person()
    opening = await records.answered(person)
    await relay(records)

    async def away(*_, **__):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(Redis, "xrange", away)
        with pytest.raises(MeshError) as refused:
            await erase(records, person.account_id)
    assert refused.value.reason.name == "UNAVAILABLE"
    assert len(await records.rows(consultation_history)) == 1
    await erase(records, person.account_id)
    assert await records.rows(consultation_history) == []
    assert opening.id.encode() not in await dumped(records.redis)
    assert (await erase(records, person.account_id)).exchanges == 0


async def test_an_erasure_is_for_somebody(records):
    with pytest.raises(InvalidField):
        await erase(records, "")
    assert (await erase(records, "nobody")).exchanges == 0


async def test_copies_taken_before_an_erasure_cannot_be_read_after_it(records):
    """Every database but the keys', and Redis, put back as they were; the master key is still there."""
    person = await records.person()
    opening = await records.answered(person, "비밀 질문", answer="비밀 대답")
    await rate(records, person, opening.id, 1, "비밀 의견")
    tables = await copied(records)
    stream = await records.redis.xrange(STREAM)
    redis = {key: await records.redis.dump(key) for key in await records.redis.keys("*")}
    await erase(records, person.account_id)
    await records.keyring.erase(person.account_id)
    await put_back(records, tables)
    for key, value in redis.items():
        await records.redis.restore(key, 0, value, replace=True)
    assert stream == await records.redis.xrange(STREAM)
    assert [row.id for row in await records.rows(consultation_history)] == [opening.id]

    async with kept(records.settings) as (fresh,):
        assert await fresh.store.exchange(opening.id, person.account_id) is None
        assert await fresh.store.turns_of(Place(opening.owner, opening.shard_id), opening.conversation_id, 20) == []
        assert await fresh.recent.turns(person.account_id, opening.conversation_id) == []
        everything = json.dumps(tables, default=repr).encode() + b"".join(redis.values())
        assert "비밀".encode() not in everything
        assert repr("비밀".encode())[2:-1].encode() not in everything
        # A new key under the old name does not open them either.
        cipher = await fresh.keyring.cipher(person.account_id)
        (row,) = await fresh.rows(consultation_history)
        for column in ("query", "response", "result", "feedback_comment"):
            with pytest.raises(ValueError, match="does not open"):
                cipher.open(getattr(row, column), "consultation_history", column, row.id)


async def test_the_copies_could_be_read_as_long_as_the_key_was_there(records):
    """What the test above rests on: its copies are whole, and only the key is missing."""
    person = await records.person()
    opening = await records.answered(person, "비밀 질문")
    tables = await copied(records)
    async with records.keys.connect() as connection:
        key = (await connection.execute(select(data_key).where(data_key.c.owner == person.account_id))).one()
    await erase(records, person.account_id)
    await put_back(records, tables)
    async with records.keys.begin() as connection:
        await connection.execute(delete(data_key).where(data_key.c.owner == person.account_id))
        await connection.execute(insert(data_key).values(**key._mapping))
    keyring = Keyring(records.keys, master_keys(records.settings))
    cipher = await keyring.existing(person.account_id)
    (row,) = await records.rows(consultation_history)
    assert cipher.open(row.query, "consultation_history", "query", opening.id).decode() == "비밀 질문"


# ---- support --------------------------------------------------------------------------------------------------


async def dumped(redis):
    """Everything Redis holds, keys and values, as bytes."""
    parts = []
    for key in await redis.keys("*"):
        kind = (await redis.type(key)).decode()
        if kind == "stream":
            parts += [b"".join(fields.values()) for _, fields in await redis.xrange(key)]
        elif kind == "list":
            parts += await redis.lrange(key, 0, -1)
        else:
            parts.append(await redis.dump(key))
        parts.append(key)
    return b"\n".join(parts)


async def copied(records):
    """All tables of all shards."""
    found = {}
    for shard_id in await records.directory.ids():
        async with records.directory.reading(shard_id) as connection:
            for table in shard_tables.metadata.sorted_tables:
                rows = (await connection.execute(select(table))).all()
                found[f"{shard_id}/{table.name}"] = [dict(row._mapping) for row in rows]
    return found


async def put_back(records, tables):
    for name, rows in tables.items():
        shard_id, table = name.split("/")
        table = shard_tables.metadata.tables[table]
        async with records.directory.writing(int(shard_id), "") as connection:
            await connection.execute(delete(table))
            if rows:
                await connection.execute(insert(table), rows)
