"""Cookies as contracts declare them, and tokens that no cookie can hold."""

import pytest
from google.api.http_pb2 import HttpRule

from gateway_rest.cookies import Cookies, Jar
from gateway_rest.operation import operations_of
from gateway_rest.routes import jar, operations
from gateway_rest.template import UnroutableError
from medichain.account.v1 import account_pb2
from medichain.mesh.v1 import policy_pb2
from tests.unit.gateway_rest.contracts import service

ACCOUNT = account_pb2.DESCRIPTOR.services_by_name["AccountService"]


def cookies(rpc, shared=None):
    found = next(operations_of(ACCOUNT.methods_by_name[rpc]))
    return Cookies(found, shared or Jar("/v1/sessions:refresh", 14))


@pytest.mark.parametrize(
    "names",
    [
        {"access_field": "name"},
        {"refresh_field": "name"},
        {"access_field": "nope", "refresh_field": "name"},
        {"access_field": "names", "refresh_field": "name"},
        {"access_field": "id", "refresh_field": "name"},
        {"refresh_request_field": "inner"},
    ],
)
def test_a_contract_that_names_what_is_not_there_is_refused(names):
    trial = service(HttpRule(post="/v1/x", body="*"), cookies=policy_pb2.SessionCookies(**names))
    with pytest.raises(UnroutableError):
        Cookies(next(iter(operations([trial]))), Jar())


def test_the_refresh_cookie_goes_where_the_contract_exchanges_it():
    assert jar([ACCOUNT], 14, frozenset()) == Jar("/v1/sessions:refresh", 14, frozenset())
    assert jar([service(HttpRule(get="/v1/x"))], 14, frozenset()).refresh_path == "/"
    reads = policy_pb2.SessionCookies(refresh_request_field="name")
    with pytest.raises(UnroutableError):
        jar([service(HttpRule(post="/v1/y"), HttpRule(post="/v1/z"), cookies=reads)], 14, frozenset())


@pytest.mark.parametrize("token", ["a; Domain=evil.example", "a\r\nSet-Cookie: b=1", "a b", "열쇠", "a" * 4001])
def test_a_token_that_would_break_the_header_is_not_sent(token):
    answer = account_pb2.SessionTokens(access_token=token, refresh_token="r1.x", expires_in=1)
    with pytest.raises(ValueError, match="cannot hold"):
        cookies("CreateSession").after({}, {}, answer)


@pytest.mark.parametrize(
    ("cookie", "authorization"),
    [
        (b"medichain_access=abc.DEF-1_2", "Bearer abc.DEF-1_2"),
        (b"a=1; medichain_access=abc ;b=2", "Bearer abc"),
        (b"medichain_access=abc; medichain_access=abc", "Bearer abc"),
        (b"medichain_access=abc; medichain_access=def", ""),
        (b"medichain_access=", ""),
        (b"medichain_access", ""),
        (b"medichain_access=a b", ""),
        (b"medichain_access=\xff", ""),
        (b"xmedichain_access=abc", ""),
        (b"MEDICHAIN_ACCESS=abc", ""),
        (b"medichain_access=" + b"a" * 5000, ""),
        (b"", ""),
    ],
)
def test_what_the_access_cookie_stands_for(cookie, authorization):
    assert cookies("GetAccount").authorization({b"cookie": cookie}, "") == authorization
    assert cookies("CreateSession").authorization({b"cookie": cookie}, "") == ""
    assert cookies("GetAccount").authorization({b"cookie": cookie, b"authorization": b"x"}, "x") == "x"


@pytest.mark.parametrize(
    ("origin", "count"), [({}, 2), ({b"origin": b"http://edge"}, 2), ({b"origin": b"https://app.example"}, 2),
                          ({b"origin": b"https://evil.example"}, 0), ({b"origin": b"null"}, 0), ({b"origin": b""}, 0)],
)  # fmt: skip
def test_whose_page_gets_cookies(origin, count):
    answer = account_pb2.SessionTokens(access_token="a", refresh_token="r1.x", expires_in=1)
    shared = Jar("/v1/sessions:refresh", 14, frozenset({"https://app.example"}))
    assert len(cookies("CreateSession", shared).after({}, {b"host": b"edge"} | origin, answer)) == count
