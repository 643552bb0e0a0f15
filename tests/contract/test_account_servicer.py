"""AccountService as its callers see it, on SQLite and Valkey and on MariaDB and Redis."""

import asyncio
import unicodedata
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text, update

from medichain.account.v1 import account_pb2 as pb
from medichain.chatbot.v1 import chatbot_pb2
from services.account import upkeep
from services.account.session_store import end_rows
from services.mesh.errors import MeshError
from services.mesh.people import SessionState
from services.storage import shards
from services.storage.clock import now
from services.storage.tables.shard import consent, known_place, session, users
from tests.support.account import HOME_ADDRESS, OTHER_PASSWORD, PASSWORD, STRANGE_ADDRESS, account_house

HEALTH, LOCATION, ABROAD, GUARDIAN = 1, 2, 3, 4


@pytest.fixture
async def house(deployment):
    async with account_house(deployment) as built:
        yield built


def yes(kind=HEALTH, granted=True):
    return pb.Consent(kind=kind, granted=granted, version="2026-11")


async def refused(awaitable):
    """The failure of a call, which must fail."""
    with pytest.raises(MeshError) as raised:
        await awaitable
    return raised.value


class Crash(BaseException):
    """The process ends here."""


async def crash(*_):
    raise Crash


async def reason(awaitable):
    return (await refused(awaitable)).reason.name


# ---- registering ---------------------------------------------------------------------------------------------------


async def test_a_person_registers_and_is_who_they_say(house):
    made = await house.register(
        "Kim.Minji", name="김민지", email="minji@example.org", phone="010-1234-5678", birth_date="1990-05-05", gender=2
    )
    tokens = await house.log_in("kim.minji")
    account = await house.call("GetAccount", pb.GetAccountRequest(), tokens.access_token)
    assert (account.id, account.name, account.email) == ("Kim.Minji", "김민지", "minji@example.org")
    assert (account.phone, account.birth_date, account.gender) == ("010-1234-5678", "1990-05-05", pb.GENDER_F)
    assert account.account_id == made.account_id == tokens.account_id
    assert account.role == pb.ROLE_USER
    assert account.last_login
    assert tokens.id == "Kim.Minji"
    assert tokens.expires_in == 900


async def test_names_that_differ_by_unicode_form_or_case_are_one_name(house):
    await house.register("Café약국")
    for spelled in ("café약국", "CAFÉ약국", "Cafe\u0301약국", "Ｃａｆé약국"):
        assert await reason(house.register(spelled)) == "ALREADY_EXISTS"
        assert (await house.log_in(spelled)).id == "Café약국"


async def test_two_registrations_of_one_name_at_once_make_one_account(house):
    outcomes = await asyncio.gather(*(house.register("same") for _ in range(8)), return_exceptions=True)
    made = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert len(made) == 1
    assert {outcome.reason.name for outcome in outcomes if isinstance(outcome, Exception)} == {"ALREADY_EXISTS"}
    assert (await house.log_in("same")).account_id == made[0].account_id


async def test_accounts_go_to_the_shard_with_most_room(house):
    for number in range(6):
        await house.register(f"person{number}")
    rows = await house.parts.store.directory._read_rows()
    assert sum(row.current_users for row in rows) == 6
    assert max(row.current_users for row in rows) - min(row.current_users for row in rows) <= 1


async def test_under_14_needs_a_guardian(house):
    young = (date.today() - timedelta(days=13 * 365)).isoformat()
    assert await reason(house.register("child", birth_date=young)) == "GUARDIAN_NEEDED"
    assert await reason(house.register("child", birth_date=young, consents=[yes(GUARDIAN, False)])) == "GUARDIAN_NEEDED"
    made = await house.register("child", birth_date=young, consents=[yes(GUARDIAN)])
    assert [consent.kind for consent in made.consents] == [GUARDIAN]
    token = (await house.log_in("child")).access_token
    withdrawn = pb.RecordConsentsRequest(consents=[yes(GUARDIAN, False)])
    assert await reason(house.call("RecordConsents", withdrawn, token)) == "GUARDIAN_NEEDED"


async def test_a_password_that_is_not_taken_makes_no_account(house):
    for password in ("short", "123456789012345", "password123456789", "nul\0 in a long password", "kim" * 9):
        failure = await refused(house.register("kim", password))
        assert failure.reason.name == "INVALID_FIELD"
        assert failure.violations[0].field == "password"
    assert (await house.register("kim")).id == "kim"


async def test_a_password_of_a_megabyte_costs_nothing(house):
    for method, message in (("CreateAccount", pb.CreateAccountRequest), ("CreateSession", pb.CreateSessionRequest)):
        failure = await refused(house.call(method, message(id="kim", password="x" * 1_000_000)))
        assert failure.reason.name == "INVALID_FIELD"


async def test_a_password_may_be_any_unicode_in_any_form(house):
    await house.register("kim", "비밀번호가 아닌 긴 것 ✨ é")
    assert await house.log_in("kim", unicodedata.normalize("NFD", "비밀번호가 아닌 긴 것 ✨ é"))


async def test_a_nul_in_a_login_is_a_wrong_password(house):
    await house.register("kim")
    assert await reason(house.log_in("kim", PASSWORD + "\0")) == "WRONG_CREDENTIALS"
    assert await reason(house.log_in("kim\0")) == "WRONG_CREDENTIALS"


async def test_line_breaks_and_what_nobody_sees_are_no_names(house):
    for name in ("kim\r\nSet-Cookie: a=b", "a\u202eb", "한\u3164글", "tab\there", "\u200bkim", "nul\0"):
        failure = await refused(house.register(name))
        assert (failure.reason.name, failure.violations[0].field) == ("INVALID_FIELD", "id")


ATTACKS = ["' OR '1'='1", "'; DROP TABLE users; --", "\\' UNION SELECT 1 #", "*3\r\n$3\r\nSET", "FLUSHALL", "%s{0}${x}"]


async def test_sql_and_redis_text_in_every_string_field_is_text(house):
    """Whatever is said is kept or refused by its field's rule; the account beside it stays as it was."""
    await house.register("bystander")
    for number, attack in enumerate(ATTACKS):
        await attacked(house, f"kim{number}", attack)


async def attacked(house, name, said):
    await reason_or_none(house.register(said, name=said, consents=[pb.Consent(kind=1, granted=True, version=said)]))
    await house.register(name)
    assert await reason(house.log_in(name, said)) == "WRONG_CREDENTIALS"
    assert await reason(house.log_in("nobody" + said)) == "WRONG_CREDENTIALS"
    assert await reason(house.refresh("r1." + said)) == "SESSION_EXPIRED"
    token = (await house.log_in(name)).access_token
    changes = pb.UpdateAccountRequest(
        name=said, allergies=[said], conditions=[said], medicines=[said], saved_clinics=[said], consents=[yes()]
    )
    account = await house.call("UpdateAccount", changes, token)
    shown = " ".join(said.split())
    assert (account.name, list(account.medicines), list(account.saved_clinics)) == (shown, [shown], [shown])
    assert await reason(house.call("DeleteSession", pb.DeleteSessionRequest(id=said), token)) == "NOT_FOUND"
    login = pb.CreateSessionRequest(id=name, password=PASSWORD, device=said)
    assert (await house.call("CreateSession", login)).account_id
    sessions = (await house.call("ListSessions", pb.ListSessionsRequest(), token)).sessions
    assert {session.device for session in sessions} == {"phone", shown}
    assert (await house.log_in("bystander")).id == "bystander"


async def reason_or_none(awaitable):
    try:
        await awaitable
    except MeshError as failure:
        return failure.reason.name
    return None


# ---- logging in ----------------------------------------------------------------------------------------------------


async def test_known_and_unknown_names_get_the_same_answer(house):
    await house.register("kim")
    known, unknown = await refused(house.log_in("kim", "wrong")), await refused(house.log_in("lee", "wrong"))
    assert (known.reason, known.violations) == (unknown.reason, unknown.violations)
    for name in ("kim", "lee"):
        for _ in range(4):
            assert await reason(house.log_in(name, "wrong")) == "WRONG_CREDENTIALS"
        locked = await refused(house.log_in(name, "wrong"))
        assert locked.reason.name == "LOCKED"
        assert 1790 < locked.retry_after <= 1800


async def test_a_stranger_who_fails_locks_out_strangers_and_not_the_person(house):
    await house.register("kim")
    await house.log_in("kim", address=HOME_ADDRESS)
    for _ in range(5):
        assert await reason(house.log_in("kim", "guess", STRANGE_ADDRESS)) == "WRONG_CREDENTIALS"
    assert await reason(house.log_in("kim", PASSWORD, STRANGE_ADDRESS)) == "LOCKED"
    assert (await house.log_in("kim", address=HOME_ADDRESS)).id == "kim"
    kinds = [event[0] for event in house.events]
    assert kinds.count("failed_login") == 5
    assert kinds.count("locked") == 1


async def test_guesses_made_at_once_are_counted_before_one_of_them_gets_in(house):
    await house.register("kim")
    guesses = [house.log_in("kim", f"guess {number}", STRANGE_ADDRESS) for number in range(40)]
    outcomes = await asyncio.gather(*guesses, house.log_in("kim", PASSWORD, STRANGE_ADDRESS), return_exceptions=True)
    assert all(isinstance(outcome, MeshError) for outcome in outcomes)
    assert outcomes[-1].reason.name == "LOCKED"


async def test_a_new_place_is_told_and_the_first_is_not(house):
    made = await house.register("kim")
    await house.log_in("kim", address=HOME_ADDRESS)
    await house.log_in("kim", address=HOME_ADDRESS)
    assert not house.events
    await house.log_in("kim", address=STRANGE_ADDRESS)
    assert house.events == [("new_place", "CreateSession", made.account_id)]


async def test_logging_in_makes_a_session_of_its_own_each_time(house):
    """A session id that somebody knew before says nothing about the one that begins (fixation)."""
    await house.register("kim")
    first, second = await house.log_in("kim"), await house.log_in("kim")
    assert first.session_id != second.session_id
    assert await house.state(first.access_token) == pb.SESSION_STATE_NONE
    sessions = (await house.call("ListSessions", pb.ListSessionsRequest(), second.access_token)).sessions
    assert [session.current for session in sessions] == [True, False]
    assert [session.device for session in sessions] == ["phone", "phone"]


async def test_under_the_single_session_policy_a_login_ends_the_others(deployment):
    single = deployment.model_copy(update={"single_session": True})
    async with account_house(single) as house:
        await house.register("kim")
        await house.register("lee")
        first, bystander = await house.log_in("kim"), await house.log_in("lee")
        second = await house.log_in("kim")
        assert await house.state(first.access_token) == pb.SESSION_STATE_DUPLICATED
        assert await reason(house.refresh(first.refresh_token)) == "SESSION_DUPLICATED"
        assert await house.state(second.access_token) == pb.SESSION_STATE_NONE
        assert await house.state(bystander.access_token) == pb.SESSION_STATE_NONE
        ended = (await house.call("ListSessions", pb.ListSessionsRequest(), second.access_token)).sessions[1]
        assert (ended.id, ended.end_reason) == (first.session_id, "duplicated")


# ---- staying in ----------------------------------------------------------------------------------------------------


async def test_a_refresh_gives_new_tokens_for_the_same_session(house):
    await house.register("kim")
    first = await house.log_in("kim")
    second = await house.refresh(first.refresh_token)
    third = await house.refresh(second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert third.session_id == first.session_id
    assert third.id == "kim"
    assert await house.state(third.access_token) == pb.SESSION_STATE_NONE


async def test_a_refresh_token_that_comes_again_ends_its_session(house):
    made = await house.register("kim")
    other = await house.log_in("kim")
    first = await house.log_in("kim")
    second = await house.refresh(first.refresh_token)
    assert await reason(house.refresh(first.refresh_token)) == "TOKEN_REUSED"
    assert await reason(house.refresh(second.refresh_token)) == "SESSION_EXPIRED"
    assert await house.state(second.access_token) == pb.SESSION_STATE_EXPIRED
    assert await house.state(other.access_token) == pb.SESSION_STATE_NONE
    assert ("token_reused", "RefreshSession", made.account_id) in house.events
    sessions = (await house.call("ListSessions", pb.ListSessionsRequest(), other.access_token)).sessions
    assert {session.id: session.end_reason for session in sessions}[first.session_id] == "token_reused"


async def test_of_twenty_parallel_refreshes_one_gets_tokens_and_the_session_ends(house):
    await house.register("kim")
    tokens = await house.log_in("kim")
    outcomes = await asyncio.gather(*(house.refresh(tokens.refresh_token) for _ in range(20)), return_exceptions=True)
    given = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert len(given) == 1
    reasons = {outcome.reason.name for outcome in outcomes if isinstance(outcome, Exception)}
    assert "TOKEN_REUSED" in reasons
    assert reasons <= {"TOKEN_REUSED", "SESSION_EXPIRED"}
    assert await house.state(given[0].access_token) == pb.SESSION_STATE_EXPIRED


async def test_a_refresh_token_that_nobody_was_given_changes_nothing(house):
    await house.register("kim")
    tokens = await house.log_in("kim")
    forged = f"r1.{tokens.session_id}.{'A' * 43}"
    for token in (forged, tokens.access_token, "", "r1..", f"r2.{tokens.session_id}.x", "é.é.é"):
        assert await reason(house.refresh(token)) == "SESSION_EXPIRED"
    assert await house.state(tokens.access_token) == pb.SESSION_STATE_NONE


async def test_a_refresh_token_is_no_access_token(house):
    await house.register("kim")
    tokens = await house.log_in("kim")
    assert await reason(house.call("GetAccount", pb.GetAccountRequest(), tokens.refresh_token)) == "UNAUTHENTICATED"


# ---- leaving -------------------------------------------------------------------------------------------------------


async def test_after_logout_neither_token_works_and_other_sessions_do(house):
    await house.register("kim")
    phone, tablet = await house.log_in("kim"), await house.log_in("kim")
    await house.call("DeleteCurrentSession", pb.DeleteCurrentSessionRequest(), phone.access_token)
    assert await reason(house.call("GetAccount", pb.GetAccountRequest(), phone.access_token)) == "SESSION_EXPIRED"
    assert await reason(house.refresh(phone.refresh_token)) == "SESSION_EXPIRED"
    assert (await house.call("GetAccount", pb.GetAccountRequest(), tablet.access_token)).id == "kim"
    assert not (await house.call("GetSession", pb.GetSessionRequest(), phone.access_token)).signed_in


async def test_somebody_elses_session_is_not_found_and_goes_on(house):
    await house.register("kim")
    await house.register("lee")
    kim, lee = await house.log_in("kim"), await house.log_in("lee")
    wanted = pb.DeleteSessionRequest(id=kim.session_id)
    assert await reason(house.call("DeleteSession", wanted, lee.access_token)) == "NOT_FOUND"
    assert await house.state(kim.access_token) == pb.SESSION_STATE_NONE


async def test_a_session_on_a_lost_phone_is_ended_from_another(house):
    await house.register("kim")
    lost, held = await house.log_in("kim"), await house.log_in("kim")
    await house.call("DeleteSession", pb.DeleteSessionRequest(id=lost.session_id), held.access_token)
    assert await house.state(lost.access_token) == pb.SESSION_STATE_EXPIRED
    assert await house.state(held.access_token) == pb.SESSION_STATE_NONE


async def test_changing_the_password_ends_every_other_session(house):
    await house.register("kim")
    here, there = await house.log_in("kim"), await house.log_in("kim")
    change = pb.ChangePasswordRequest(password=PASSWORD, new_password=OTHER_PASSWORD)
    await house.call("ChangePassword", change, here.access_token)
    assert await house.state(here.access_token) == pb.SESSION_STATE_NONE
    assert await house.state(there.access_token) == pb.SESSION_STATE_EXPIRED
    assert await reason(house.refresh(there.refresh_token)) == "SESSION_EXPIRED"
    assert await reason(house.log_in("kim", PASSWORD)) == "WRONG_CREDENTIALS"
    assert (await house.log_in("kim", OTHER_PASSWORD)).id == "kim"


async def test_a_wrong_password_changes_nothing_and_five_of_them_lock(house):
    await house.register("kim")
    token = (await house.log_in("kim")).access_token
    change = pb.ChangePasswordRequest(password="wrong", new_password=OTHER_PASSWORD)
    for _ in range(5):
        assert await reason(house.call("ChangePassword", change, token)) == "WRONG_CREDENTIALS"
    right = pb.ChangePasswordRequest(password=PASSWORD, new_password=OTHER_PASSWORD)
    assert await reason(house.call("ChangePassword", right, token)) == "LOCKED"
    assert (await house.log_in("kim", PASSWORD)).id == "kim"


async def test_a_blocked_account_is_out_at_once_and_learns_why_with_its_password_alone(house):
    await house.register("kim")
    tokens = await house.log_in("kim")
    person = await house.person(tokens.access_token)
    store, sessions = house.parts.store, house.parts.sessions
    home = await store.home(person.account_id)
    over = await store.set_active(home, False)
    await sessions.end_living(person.account_id, over, SessionState.BLOCKED, every=True)
    assert await house.state(tokens.access_token) == pb.SESSION_STATE_BLOCKED
    assert await reason(house.refresh(tokens.refresh_token)) == "SESSION_BLOCKED"
    assert await reason(house.log_in("kim", "wrong")) == "WRONG_CREDENTIALS"
    assert await reason(house.log_in("kim")) == "SESSION_BLOCKED"
    await store.set_active(home, True)
    assert (await house.log_in("kim")).id == "kim"


# ---- profile and consents ------------------------------------------------------------------------------------------


async def test_health_data_is_kept_with_consent_alone(house):
    await house.register("kim")
    token = (await house.log_in("kim")).access_token
    failure = await refused(house.call("UpdateAccount", pb.UpdateAccountRequest(pregnancy=2, name="민지"), token))
    assert failure.reason.name == "CONSENT_NEEDED"
    assert [violation.field for violation in failure.violations] == ["pregnancy"]
    assert not (await house.call("GetAccount", pb.GetAccountRequest(), token)).name

    given = pb.UpdateAccountRequest(pregnancy=2, medicines=["와파린정", "와파린정"], consents=[yes()])
    account = await house.call("UpdateAccount", given, token)
    assert (account.pregnancy, list(account.medicines)) == (2, ["와파린정"])
    account = await house.call("UpdateAccount", pb.UpdateAccountRequest(allergies=["페니실린"]), token)
    assert (account.pregnancy, list(account.allergies)) == (2, ["페니실린"])

    await house.call("RecordConsents", pb.RecordConsentsRequest(consents=[yes(granted=False)]), token)
    account = await house.call("GetAccount", pb.GetAccountRequest(), token)
    assert not account.pregnancy
    assert not account.medicines
    assert not account.allergies


async def test_only_the_named_fields_change(house):
    await house.register("kim", name="민지", email="a@example.org")
    token = (await house.log_in("kim")).access_token
    request = pb.UpdateAccountRequest(name="다른 이름", email="")
    request.update_mask.paths.append("email")
    account = await house.call("UpdateAccount", request, token)
    assert (account.name, account.email) == ("민지", "")


async def test_no_mask_reaches_what_a_person_may_not_change(house):
    await house.register("kim")
    token = (await house.log_in("kim")).access_token
    for path in ("role", "account_id", "is_active", "password_hash", "login", "id", "a.b", ""):
        request = pb.UpdateAccountRequest(name="x")
        request.update_mask.paths.append(path)
        failure = await refused(house.call("UpdateAccount", request, token))
        assert (failure.reason.name, failure.violations[0].field) == ("INVALID_FIELD", "update_mask")
    assert (await house.call("GetAccount", pb.GetAccountRequest(), token)).role == pb.ROLE_USER


async def test_every_decision_is_kept_and_the_newest_counts(house):
    await house.register("kim", consents=[yes(), yes(ABROAD, False)])
    token = (await house.log_in("kim")).access_token
    both = pb.RecordConsentsRequest(consents=[yes(LOCATION, False), yes(LOCATION, True)])
    await house.call("RecordConsents", both, token)
    listed = (await house.call("ListConsents", pb.ListConsentsRequest(), token)).consents
    assert [(consent.kind, consent.granted) for consent in listed[:2]] == [(LOCATION, True), (LOCATION, False)]
    assert {consent.kind for consent in listed[2:]} == {HEALTH, ABROAD}
    assert all(consent.recorded_at.endswith("+00:00") for consent in listed)
    account = await house.call("GetAccount", pb.GetAccountRequest(), token)
    assert [(consent.kind, consent.granted) for consent in account.consents] == [
        (HEALTH, True), (LOCATION, True), (ABROAD, False)
    ]  # fmt: skip


async def test_services_learn_what_the_person_allows_and_every_change_at_once(house):
    await house.register("kim", birth_date="1990-05-05")
    token = (await house.log_in("kim")).access_token
    told = await house.as_service("GetPerson", pb.GetPersonRequest(), token)
    assert not told.profile.HasField("age_months")
    assert told.location_allowed
    assert not told.model_abroad_allowed

    given = pb.UpdateAccountRequest(
        pregnancy=2, medicines=["와파린정"], consents=[yes(), yes(ABROAD), yes(LOCATION, False)]
    )
    await house.call("UpdateAccount", given, token)
    for _ in range(2):
        told = await house.as_service("GetPerson", pb.GetPersonRequest(), token)
        assert (told.profile.pregnancy, list(told.profile.medicines)) == (2, ["와파린정"])
        assert told.profile.age_months > 400
        assert (told.location_allowed, told.model_abroad_allowed) == (False, True)

    await house.call("RecordConsents", pb.RecordConsentsRequest(consents=[yes(granted=False)]), token)
    told = await house.as_service("GetPerson", pb.GetPersonRequest(), token)
    assert not told.HasField("profile")


async def test_what_is_kept_of_a_person_in_redis_is_sealed(house):
    await house.register("Kim-Minji", email="minji@example.org")
    token = (await house.log_in("Kim-Minji")).access_token
    await house.call("UpdateAccount", pb.UpdateAccountRequest(medicines=["warfarin"], consents=[yes()]), token)
    person = await house.person(token)
    await house.redis.delete(f"medichain:person:{person.account_id}")
    await house.as_service("GetPerson", pb.GetPersonRequest(), token)
    dump = b""
    for key in await house.redis.keys("*"):
        kind = await house.redis.type(key)
        dump += key + (b"".join((await house.redis.hgetall(key)).values()) if kind == b"hash" else b"")
        dump += await house.redis.get(key) if kind == b"string" else b""
    assert person.account_id.encode() in dump
    for secret in (b"Kim-Minji", b"kim-minji", b"warfarin", b"minji@", HOME_ADDRESS.encode()):
        assert secret not in dump


# ---- taking it along, and being gone ---------------------------------------------------------------------------------


async def test_the_download_holds_everything_and_ends(house):
    house.chatbot.exchanges = [
        chatbot_pb2.Exchange(id=f"e{number}", question="질문", answer="답", score=5) for number in range(3)
    ]
    await house.register("kim", consents=[yes()])
    token = (await house.log_in("kim")).access_token
    first = await house.call("DownloadAccount", pb.DownloadAccountRequest(), token)
    assert (first.account.id, len(first.consents), len(first.sessions)) == ("kim", 1, 1)
    assert [exchange.id for exchange in first.exchanges] == ["e0", "e1"]
    rest = await house.call("DownloadAccount", pb.DownloadAccountRequest(page_token=first.next_page_token), token)
    assert [exchange.id for exchange in rest.exchanges] == ["e2"]
    assert not rest.next_page_token
    assert not rest.HasField("account")
    wrong = await refused(house.call("DownloadAccount", pb.DownloadAccountRequest(page_token="?"), token))
    assert wrong.violations[0].field == "page_token"


async def rows_left(house, account_id):
    """How many rows of the person stand in the databases, keys and directory included."""
    left = 0
    directory = house.parts.store.directory
    for shard_id in await directory.ids():
        async with directory.reading(shard_id) as connection:
            for table, column in ((users, "id"), (consent, "user_id"), (session, "user_id"), (known_place, "user_id")):
                counting = select(func.count()).select_from(table).where(table.c[column] == account_id)
                left += await connection.scalar(counting)
    mapping = await directory.mapping(account_id, fresh=True)
    key = [owner async for owner in house.parts.store.keyring.owners() if owner == account_id]
    return left + (mapping is not None) + len(key)


async def test_erasing_leaves_nothing_and_frees_the_name(house):
    made = await house.register("kim", consents=[yes()])
    await house.register("lee")
    lee = await house.log_in("lee")
    tokens = await house.log_in("kim")
    wrong = pb.DeleteAccountRequest(password="wrong")
    assert await reason(house.call("DeleteAccount", wrong, tokens.access_token)) == "WRONG_CREDENTIALS"
    assert await rows_left(house, made.account_id) >= 5

    await house.call("DeleteAccount", pb.DeleteAccountRequest(password=PASSWORD), tokens.access_token)
    assert await rows_left(house, made.account_id) == 0
    assert house.chatbot.erased == [made.account_id]
    assert await reason(house.log_in("kim")) == "WRONG_CREDENTIALS"
    assert await house.state(lee.access_token) == pb.SESSION_STATE_NONE
    assert sum(row.current_users for row in await house.parts.store.directory._read_rows()) == 1
    assert (await house.register("kim")).account_id != made.account_id


async def test_a_deleted_persons_token_is_nobodys(house):
    await house.register("kim")
    tokens = await house.log_in("kim")
    await house.call("DeleteAccount", pb.DeleteAccountRequest(password=PASSWORD), tokens.access_token)
    for method, request in (
        ("GetAccount", pb.GetAccountRequest()),
        ("UpdateAccount", pb.UpdateAccountRequest(name="x")),
        ("RecordConsents", pb.RecordConsentsRequest(consents=[yes()])),
        ("ListSessions", pb.ListSessionsRequest()),
    ):
        assert await reason(house.call(method, request, tokens.access_token)) == "SESSION_EXPIRED"
    assert await reason(house.refresh(tokens.refresh_token)) == "SESSION_EXPIRED"


async def test_a_session_redis_still_believes_in_reaches_nothing_of_an_erased_person(house):
    """An older copy of Redis may hold the session of somebody who is gone."""
    made = await house.register("kim")
    tokens = await house.log_in("kim")
    kept = {key: await house.redis.dump(key) for key in await house.redis.keys("medichain:session*")}
    await house.call("DeleteAccount", pb.DeleteAccountRequest(password=PASSWORD), tokens.access_token)
    for key, value in kept.items():
        await house.redis.restore(key, 900_000, value, replace=True)
    assert (await house.person(tokens.access_token)).account_id == made.account_id
    for method, request in (
        ("GetAccount", pb.GetAccountRequest()),
        ("UpdateAccount", pb.UpdateAccountRequest(name="x")),
        ("DeleteCurrentSession", pb.DeleteCurrentSessionRequest()),
    ):
        assert await reason(house.call(method, request, tokens.access_token)) == "UNAUTHENTICATED"
    assert await rows_left(house, made.account_id) == 0


async def test_an_interrupted_erasure_is_finished_by_the_sweep(house, monkeypatch):
    made = await house.register("kim")
    tokens = await house.log_in("kim")
    house.chatbot.away = True
    erase = pb.DeleteAccountRequest(password=PASSWORD)
    assert await reason(house.call("DeleteAccount", erase, tokens.access_token)) == "UNAVAILABLE"
    assert await house.state(tokens.access_token) == pb.SESSION_STATE_EXPIRED
    assert await reason(house.log_in("kim")) == "WRONG_CREDENTIALS"
    assert await reason(house.register("kim")) == "ALREADY_EXISTS"
    monkeypatch.setattr(upkeep, "INTERRUPTED", timedelta(seconds=-1))
    await house.parts.upkeep.sweep()
    assert await rows_left(house, made.account_id) > 0
    house.chatbot.away = False
    await house.parts.upkeep.sweep()
    assert await rows_left(house, made.account_id) == 0
    assert (await house.register("kim")).id == "kim"


async def test_an_erasure_that_crashes_at_any_step_can_be_finished(house, monkeypatch):
    parts = house.parts
    monkeypatch.setattr(upkeep, "INTERRUPTED", timedelta(seconds=-1))
    for step in (
        (parts.register, "end_all"),
        (parts.store, "erase"),
        (type(parts.persons), "drop"),
        (parts.store.keyring, "erase"),
        (parts.store.directory, "release"),
    ):
        made = await house.register("kim")
        tokens = await house.log_in("kim")
        with monkeypatch.context() as crashing:
            crashing.setattr(*step, crash)
            with pytest.raises(Crash):
                await house.call("DeleteAccount", pb.DeleteAccountRequest(password=PASSWORD), tokens.access_token)
        assert await reason(house.log_in("kim")) == "WRONG_CREDENTIALS"
        await parts.upkeep.sweep()
        assert await rows_left(house, made.account_id) == 0


async def test_a_registration_that_fails_between_the_databases_leaves_nothing(house, monkeypatch):
    store = house.parts.store

    async def away(*_):
        raise MeshError("UNAVAILABLE", retry_after=5)

    for step in ((store, "create"), (store.directory, "activate")):
        with monkeypatch.context() as failing:
            failing.setattr(*step, away)
            assert await reason(house.register("kim")) == "UNAVAILABLE"
        assert sum(row.current_users for row in await store.directory._read_rows()) == 0
        assert [owner async for owner in store.keyring.owners() if not owner.startswith(":")] == []
    assert (await house.register("kim")).id == "kim"


async def test_a_registration_that_crashes_after_its_rows_is_completed(house, monkeypatch):
    with monkeypatch.context() as crashing:
        crashing.setattr(house.parts.store.directory, "activate", crash)
        with pytest.raises(Crash):
            await house.register("kim")
    assert await reason(house.log_in("kim")) == "WRONG_CREDENTIALS"
    monkeypatch.setattr(shards, "PENDING_FOR", timedelta(seconds=-1))
    await house.parts.upkeep.sweep()
    assert (await house.log_in("kim")).id == "kim"


async def test_no_row_holds_what_a_person_wrote_in_the_clear(house):
    await house.register(
        "KimMinji77", name="김민지", email="minji@example.org", phone="010-7777-1234", birth_date="1990-05-05"
    )
    token = (await house.log_in("KimMinji77")).access_token
    given = pb.UpdateAccountRequest(medicines=["와파린정"], saved_clinics=["A1234"], consents=[yes()])
    await house.call("UpdateAccount", given, token)
    directory = house.parts.store.directory
    seen = ""
    for shard_id in await directory.ids():
        async with directory.reading(shard_id) as connection:
            for table in ("users", "consent", "session", "known_place"):
                seen += repr((await connection.execute(text(f"SELECT * FROM {table}"))).all())
    secrets = [
        "KimMinji77",
        "kimminji77",
        "김민지",
        "minji@",
        "7777-1234",
        "1990-05",
        "와파린",
        "A1234",
        "phone'",
        HOME_ADDRESS,
    ]
    assert "argon2id" in seen
    assert PASSWORD not in seen
    for secret in secrets:
        assert secret not in seen
        assert repr(secret.encode())[2:-1] not in seen


# ---- what stays in the database ------------------------------------------------------------------------------------


async def test_the_sweep_writes_down_what_has_expired_and_lets_what_was_refreshed_go_on(house):
    made = await house.register("kim")
    gone, refreshed = await house.log_in("kim"), await house.log_in("kim")
    await house.refresh(refreshed.refresh_token)
    await house.redis.delete(f"medichain:session:{gone.session_id}")
    store = house.parts.store
    home = await store.home(made.account_id)
    async with store.directory.writing(home.shard_id, "") as connection:
        await connection.execute(update(session).values(expires_at=now() - timedelta(minutes=1)))
    await house.parts.upkeep.sweep()
    async with store.directory.reading(home.shard_id) as connection:
        rows = (await connection.execute(select(session))).all()
    found = {row.id: row for row in rows}
    assert found[gone.session_id].end_reason == "expired"
    assert found[refreshed.session_id].ended_at is None
    assert found[refreshed.session_id].expires_at > now() + timedelta(days=13)


async def test_the_reconciler_reads_every_end_however_many(house, monkeypatch):
    monkeypatch.setattr("services.account.session_store.BATCH", 2)
    made = await house.register("kim")
    tokens = [await house.log_in("kim") for _ in range(5)]
    home = await house.parts.store.home(made.account_id)
    await house.parts.store.write(home, lambda connection: end_rows(connection, home.account_id, "blocked"))
    await house.parts.reconciler.look()
    for one in tokens:
        assert await house.state(one.access_token) == pb.SESSION_STATE_BLOCKED
