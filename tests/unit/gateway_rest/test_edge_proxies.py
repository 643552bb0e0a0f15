"""Where a request comes from, and who may say so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_rest.proxies import Proxies

TRUSTED = Proxies("10.0.0.0/8, 192.0.2.1,2001:db8::/64")


def scope(peer, *forwarded, name=b"x-forwarded-for", scheme="http"):
    client = (peer, 40000) if peer else None
    return {"client": client, "scheme": scheme, "headers": [(name, line.encode()) for line in forwarded]}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["8.8.8.8, 198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["8.8.8.8", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.1.2.3", ["198.51.100.1, 192.0.2.1 ,10.9.9.9"], "198.51.100.1"),
        ("10.1.2.3", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("10.1.2.3", ["8.8.8.8, unknown, 10.9.9.9"], "10.9.9.9"),
        ("10.1.2.3", ["8.8.8.8, "], "10.1.2.3"),
        ("10.1.2.3", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.1.2.3", ["[2001:db8:1::5]:4711"], "2001:db8:1::5"),
        ("10.1.2.3", ["2001:DB8:1:0:0:0:0:5"], "2001:db8:1::5"),
        ("2001:db8::7", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.1.2.3", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["198.51.100.1\r\nforged"], "10.1.2.3"),
        ("10.1.2.3", [", ".join(["10.0.0.1"] * 5000)], "10.0.0.1"),
        ("", ["198.51.100.1"], ""),
        ("/run/edge.sock", ["198.51.100.1"], ""),
    ],
)
def test_the_address_is_read_from_the_right(peer, forwarded, address):
    assert TRUSTED.address(scope(peer, *forwarded)) == address


@given(st.lists(st.text(max_size=40), max_size=3))
def test_nobody_else_is_believed(forwarded):
    lines = [line.encode("utf-8", "ignore").decode("latin-1") for line in forwarded]
    assert Proxies().address(scope("203.0.113.9", *lines)) == "203.0.113.9"
    assert TRUSTED.address(scope("203.0.113.9", *lines)) == "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "scheme", "told", "secure"),
    [
        ("203.0.113.9", "https", [], True),
        ("203.0.113.9", "http", ["https"], False),
        ("10.1.2.3", "http", ["https"], True),
        ("10.1.2.3", "http", ["https, http"], True),
        ("10.1.2.3", "http", ["http"], False),
        ("10.1.2.3", "http", [], False),
        ("", "http", ["https"], False),
    ],
)
def test_https_is_believed_of_trusted_proxies(peer, scheme, told, secure):
    assert TRUSTED.secure(scope(peer, *told, name=b"x-forwarded-proto", scheme=scheme)) is secure


@pytest.mark.parametrize("entry", ["*", "proxy.local", "10.0.0.0/33", "10.0.0.1:80"])
def test_what_is_no_network_is_refused_at_the_start(entry):
    with pytest.raises(ValueError, match="does not appear"):
        Proxies(f"10.0.0.1, {entry}")
