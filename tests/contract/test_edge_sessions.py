"""Sessions of browsers and of other clients through the edge: cookies, their attributes, and their end."""

import json

import pytest

from gateway_rest.errors import json_path
from services.mesh.errors import MeshError
from services.mesh.people import SessionState
from tests.unit.gateway_rest.fake_account import PASSWORD
from tests.unit.gateway_rest.fake_mesh import calling, deployed

LOGIN = {"id": "hong", "password": PASSWORD}
OWN = {"origin": "http://edge.test"}
SESSIONS, REFRESH, CURRENT, ME = "/v1/sessions", "/v1/sessions:refresh", "/v1/sessions/current", "/v1/accounts/me"
ASK = "/v1/conversations:ask"
GONE = ["medichain_access=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"]
ALL_GONE = [*GONE, "medichain_refresh=; Max-Age=0; Path=/v1/sessions:refresh; HttpOnly; SameSite=Strict"]


@pytest.fixture
async def deployment(tmp_path):
    async with deployed(tmp_path, session_days=3, trusted_proxies="192.0.2.0/24") as running:
        yield running


@pytest.fixture
def account(deployment):
    return deployment.servicers["account"]


@pytest.fixture
async def browser(deployment):
    """A client that keeps cookies and is logged in."""
    async with calling(deployment.app) as made:
        answer = await made.post(SESSIONS, json=LOGIN, headers=OWN)
        assert answer.status_code == 200
        yield made


@pytest.fixture
async def client(deployment):
    async with calling(deployment.app) as made:
        yield made


def set_cookies(answer):
    return answer.headers.get_list("set-cookie")


async def test_a_login_answers_with_tokens_and_sets_cookies_that_no_script_can_read(client):
    answer = await client.post(SESSIONS, json=LOGIN)
    tokens = answer.json()
    assert (tokens["expiresIn"], tokens["sessionId"], tokens["accountId"]) == (900, "s1", "a1")
    assert set_cookies(answer) == [
        f"medichain_access={tokens['accessToken']}; Max-Age=900; Path=/; HttpOnly; SameSite=Lax",
        f"medichain_refresh={tokens['refreshToken']}; Max-Age=259200; Path=/v1/sessions:refresh; HttpOnly;"
        " SameSite=Strict",
    ]
    assert answer.headers["cache-control"] == "no-store"


async def test_cookies_are_secure_when_the_request_came_over_https(deployment):
    async with calling(deployment.app, base_url="https://edge.test") as client:
        answer = await client.post(SESSIONS, json=LOGIN)
    assert all(cookie.endswith("; Secure") for cookie in set_cookies(answer))
    assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(("address", "secure"), [("192.0.2.7", True), ("203.0.113.9", False)])
async def test_only_a_trusted_proxy_says_that_it_was_https(deployment, address, secure):
    async with calling(deployment.app, address) as client:
        answer = await client.post(SESSIONS, json=LOGIN, headers={"x-forwarded-proto": "https"})
    assert all(cookie.endswith("; Secure") is secure for cookie in set_cookies(answer))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("192.0.2.7", "198.51.100.1", "198.51.100.1"),
        ("192.0.2.7", "10.1.1.1, 198.51.100.1, 192.0.2.8", "198.51.100.1"),
    ],
)
async def test_the_services_learn_the_address_the_proxies_vouch_for(deployment, peer, forwarded, address):
    async with calling(deployment.app, peer) as client:
        told = {"x-forwarded-for": forwarded, "x-medichain-address": "8.8.8.8", "x-medichain-service": "forged"}
        assert (await client.get("/v1/drugs?query=a", headers=told)).status_code == 200
    call = deployment.servicers["drug"].calls[0]
    assert (call.address, call.principal.kind) == (address, "edge")


async def test_a_cookie_speaks_for_its_person(browser, account):
    assert (await browser.get(ME)).json()["accountId"] == "a1"
    assert account.calls[-1].person.session_id == "s1"


async def test_a_bearer_needs_no_cookie(client, account):
    answer = await client.get(ME, headers={"authorization": f"Bearer {account.signer.token('a5')}"})
    assert answer.json()["accountId"] == "a5"


async def test_the_header_goes_before_the_cookie(browser, account):
    answer = await browser.get(ME, headers={"authorization": f"Bearer {account.signer.token('a5')}"})
    assert answer.json()["accountId"] == "a5"
    refused = await browser.get(ME, headers={"authorization": "Bearer nonsense"})
    assert (refused.status_code, set_cookies(refused)) == (401, [])


@pytest.mark.parametrize("authorization", ["Basic aG9uZzpwdw==", "Bearer", "Bearer a b", "nonsense"])
async def test_an_authorization_that_is_none_is_refused_everywhere(client, authorization):
    for path in (ME, "/v1/drugs?query=a"):
        answer = await client.get(path, headers={"authorization": authorization})
        assert (answer.status_code, answer.json()["error"]) == (401, "UNAUTHENTICATED")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_without_either_a_person_is_needed(client):
    answer = await client.get(ME)
    assert (answer.status_code, answer.json()["error"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set_cookies(answer) == []


async def test_fixation_a_session_given_before_the_login_is_replaced(deployment, account):
    async with calling(deployment.app) as victim:
        planted = account.signer.token("attacker", "planted")
        victim.cookies.set("medichain_access", planted, domain="edge.test", path="/")
        answer = await victim.post(SESSIONS, json=LOGIN, headers=OWN)
        assert answer.status_code == 200
        assert planted not in answer.text
        assert (account.calls[-1].person, account.calls[-1].authorization) == (None, "")
        assert victim.cookies.get("medichain_access", domain="edge.test", path="/") != planted
        assert (await victim.get(ME)).json()["accountId"] == "a1"


async def test_fixation_of_two_cookies_with_one_name_none_counts(client, account):
    tokens = [account.signer.token(name) for name in ("a1", "attacker")]
    both = "; ".join(f"medichain_access={token}" for token in tokens)
    assert (await client.get(ME, headers={"cookie": both})).status_code == 401
    same = "; ".join([f"medichain_access={tokens[0]}"] * 2)
    assert (await client.get(ME, headers={"cookie": same})).json()["accountId"] == "a1"


async def test_another_sites_page_cannot_log_a_browser_in(client):
    form = {"origin": "https://evil.example", "content-type": "text/plain"}
    answer = await client.post(SESSIONS, content=json.dumps(LOGIN), headers=form)
    assert (answer.status_code, set_cookies(answer)) == (200, [])
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_another_sites_page_cannot_use_the_cookie(browser, account, origin):
    asked = len(account.asked)
    answer = await browser.request("DELETE", CURRENT, headers={"origin": origin})
    assert (answer.status_code, answer.json()["error"]) == (403, "ACCESS_DENIED")
    assert len(account.asked) == asked


async def test_a_client_with_a_bearer_may_keep_cookies_too(browser, account):
    """What a page of another site cannot send proves more than where the page came from."""
    bearer = {"authorization": f"Bearer {account.signer.token('a5')}"}
    answer = await browser.patch(ME, json={"name": "홍길동"}, headers=bearer)
    assert (answer.status_code, answer.json()["accountId"]) == (200, "a5")


async def test_a_browser_refreshes_with_its_cookie(browser, account):
    answer = await browser.post(REFRESH, headers=OWN)
    assert account.asked[-1].refresh_token == "r1.s1.secret"
    assert answer.json()["sessionId"] == "s2"
    assert [cookie.split("=")[0] for cookie in set_cookies(answer)] == ["medichain_access", "medichain_refresh"]
    assert browser.cookies["medichain_refresh"] == "r1.s2.secret"


async def test_the_refresh_cookie_goes_to_its_own_path_alone(browser, account):
    await browser.get(ME)
    await browser.post(SESSIONS, json=LOGIN, headers=OWN)
    assert all("refresh" not in call.authorization for call in account.calls)
    sent = [(await browser.get(path)).request.headers.get("cookie", "") for path in (ME, CURRENT, "/v1/drugs?query=a")]
    assert all("medichain_access" in cookie and "medichain_refresh" not in cookie for cookie in sent)


async def test_a_refresh_token_in_the_body_goes_before_the_cookie(browser, account):
    await browser.post(REFRESH, json={"refreshToken": "r1.other"}, headers=OWN)
    assert account.asked[-1].refresh_token == "r1.other"


async def test_a_stale_access_token_does_not_keep_a_client_from_refreshing(client, account):
    stale = {"authorization": f"Bearer {account.signer.token(exp=1)}"}
    answer = await client.post(REFRESH, json={"refreshToken": "r1.x"}, headers=stale)
    assert answer.status_code == 200


@pytest.mark.parametrize(("token", "error"), [("r1.s1.used", "TOKEN_REUSED"), ("nonsense", "UNAUTHENTICATED")])
async def test_a_refresh_cookie_that_is_refused_is_taken_away(client, token, error):
    answer = await client.post(REFRESH, headers={"cookie": f"medichain_refresh={token}", **OWN})
    assert (answer.status_code, answer.json()["error"], set_cookies(answer)) == (401, error, ALL_GONE)


async def test_a_refresh_token_that_is_refused_takes_no_cookies(client):
    answer = await client.post(REFRESH, json={"refreshToken": "r1.s1.used"})
    assert (answer.status_code, set_cookies(answer)) == (401, [])


async def test_a_logout_takes_both_cookies(browser):
    answer = await browser.request("DELETE", CURRENT, headers=OWN)
    assert (answer.status_code, set_cookies(answer)) == (200, ALL_GONE)
    assert not browser.cookies
    assert (await browser.get(ME)).status_code == 401


async def test_a_logout_of_a_session_that_is_over_takes_them_too(browser, account):
    account.sessions.end("s1")
    answer = await browser.request("DELETE", CURRENT, headers=OWN)
    assert (answer.status_code, answer.json()["error"]) == (401, "SESSION_EXPIRED")
    assert set_cookies(answer) == ALL_GONE


@pytest.mark.parametrize(
    ("state", "status", "error"),
    [
        (SessionState.EXPIRED, 401, "SESSION_EXPIRED"),
        (SessionState.DUPLICATED, 401, "SESSION_DUPLICATED"),
        (SessionState.BLOCKED, 403, "SESSION_BLOCKED"),
    ],
)
async def test_a_session_that_is_over_does_not_make_public_reads_fail_for_good(browser, account, state, status, error):
    account.sessions.end("s1", state)
    first = await browser.get("/v1/drugs?query=a")
    assert (first.status_code, first.json()["error"], set_cookies(first)) == (status, error, GONE)
    assert (await browser.get("/v1/drugs?query=a")).status_code == 200


@pytest.mark.parametrize("state", SessionState)
async def test_emergencies_are_assessed_whatever_became_of_the_session(browser, account, state):
    account.sessions.end("s1", state)
    answer = await browser.post("/v1/emergencies:assess", json={"text": "숨이 막혀요"}, headers=OWN)
    assert (answer.status_code, answer.json()["guidance"]) == (200, "숨이 막혀요")
    rooms = await browser.get("/v1/emergencyRooms:nearby?latitude=37&longitude=127")
    assert rooms.status_code == 200
    bad = await browser.post("/v1/emergencies:assess", json={"text": "a"}, headers={"authorization": "Bearer x"})
    assert bad.status_code == 200


async def test_how_a_session_is_can_be_asked_when_it_is_over(browser, account):
    account.sessions.end("s1")
    answer = await browser.get(CURRENT)
    assert (answer.status_code, answer.json()["state"], set_cookies(answer)) == (200, "SESSION_STATE_EXPIRED", [])


async def test_a_question_whose_session_is_over_loses_its_cookie_before_the_stream_begins(browser, account):
    account.sessions.end("s1")
    answer = await browser.post(ASK, json={"question": "두통"}, headers=OWN | {"accept": "text/event-stream"})
    assert (answer.status_code, set_cookies(answer)) == (401, GONE)
    assert (await browser.post(ASK, json={"question": "두통"}, headers=OWN)).status_code == 200


async def test_erasure_takes_the_cookies_but_a_wrong_password_does_not(browser):
    wrong = await browser.request("DELETE", ME, json={"password": "no"}, headers=OWN)
    assert (wrong.status_code, wrong.json()["error"], set_cookies(wrong)) == (401, "WRONG_CREDENTIALS", [])
    erased = await browser.request("DELETE", ME, json={"password": PASSWORD}, headers=OWN)
    assert (erased.status_code, set_cookies(erased)) == (200, ALL_GONE)


async def test_a_password_is_not_taken_from_the_url(browser, account):
    asked = len(account.asked)
    for path in (f"{ME}?password={PASSWORD}", f"{SESSIONS}?password={PASSWORD}&id=hong"):
        answer = await browser.request("DELETE" if path.startswith(ME) else "POST", path, headers=OWN)
        assert (answer.status_code, answer.json()["details"][0]["field"]) == (400, "password")
    assert len(account.asked) == asked


async def test_a_lock_says_when_it_ends(client):
    answer = await client.post(SESSIONS, json={"id": "hong", "password": "locked"})
    assert (answer.status_code, answer.json()["error"], answer.headers["retry-after"]) == (429, "LOCKED", "1800")


@pytest.mark.parametrize(
    "extra",
    [
        {"role": "ROLE_OPERATOR"}, {"accountId": "a9"}, {"account_id": "a9"}, {"isActive": True},
        {"passwordHash": "x"}, {"password_hash": "x"}, {"createdAt": "2020-01-01"}, {"shardId": 2},
    ],
)  # fmt: skip
async def test_mass_assignment(browser, account, extra):
    asked = len(account.asked)
    created = await browser.post("/v1/accounts", json={**LOGIN, **extra}, headers=OWN)
    changed = await browser.patch(ME, json={"name": "홍길동", **extra}, headers=OWN)
    for answer in (created, changed):
        assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_FIELD")
        assert answer.json()["details"][0]["field"] == json_path(next(iter(extra)))
    assert len(account.asked) == asked


async def test_a_patch_tells_the_service_what_the_body_names(browser, account):
    await browser.patch(ME, json={"birthDate": "1990-02-01", "medicines": []}, headers=OWN)
    assert list(account.asked[-1].update_mask.paths) == ["birth_date", "medicines"]


@pytest.mark.parametrize(("size", "status"), [(1025, 400), (1_000_000, 400), (1_100_000, 413)])
async def test_a_huge_password_is_refused_before_any_work(client, account, size, status):
    for path in (SESSIONS, "/v1/accounts"):
        answer = await client.post(path, json={"id": "hong", "password": "p" * size})
        assert answer.status_code == status
    assert account.asked == []


async def test_a_nul_in_a_password_is_the_account_services_to_refuse(client, account):
    answer = await client.post("/v1/accounts", json={"id": "hong", "password": "long enough\0to be one"})
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (400, "password")
    assert account.asked[0].password == "long enough\0to be one"


@pytest.mark.parametrize("field", ["id", "device"])
async def test_line_breaks_in_a_field_reach_no_header_and_no_log(client, capfd, field):
    given = LOGIN | {field: "hong\r\nSet-Cookie: a=1\r\n\r\n{'event': 'forged'}"}
    answer = await client.post(SESSIONS, json=given)
    assert not any("forged" in value or "a=1" in value for value in answer.headers.values())
    out, err = capfd.readouterr()
    assert "forged" not in out + err


@pytest.mark.parametrize("path", ["/v1/exchanges/a%0d%0aSet-Cookie:%20a=1:stop", "/v1/sessions/%0d%0aforged"])
async def test_line_breaks_in_a_path_reach_no_header_and_no_log(browser, capfd, path):
    answer = await browser.request("POST" if path.endswith("stop") else "DELETE", path, headers=OWN)
    assert set_cookies(answer) == []
    out, err = capfd.readouterr()
    assert "forged" not in out + err
    assert "Set-Cookie" not in out + err


async def test_tokens_and_addresses_are_in_no_log(browser, account, capfd):
    await browser.get(ME)
    await browser.post(REFRESH, headers=OWN)
    account.sessions.end("s2")
    await browser.get(ME)
    out, err = capfd.readouterr()
    for secret in (account.signer.token("a1", "s1")[:40], "r1.s1", PASSWORD, "203.0.113.9"):
        assert secret not in out + err


async def test_no_token_can_be_judged_but_anonymous_use_goes_on(deployment, account, browser):
    account.sessions.away = MeshError("UNAVAILABLE", retry_after=2)
    account.sessions.ended.clear()
    bearer = {"authorization": f"Bearer {account.signer.token('a8', 'never-seen')}"}
    refused = await browser.get(ME, headers=bearer)
    assert (refused.status_code, refused.headers["retry-after"], set_cookies(refused)) == (503, "2", [])
    async with calling(deployment.app) as anonymous:
        assert (await anonymous.get("/v1/drugs?query=a")).status_code == 200
