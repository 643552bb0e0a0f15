"""Paths of the contracts, and those the edge refuses."""

import pytest

from gateway_rest.template import Template, UnroutableError


@pytest.mark.parametrize(
    ("path", "starlette", "fields"),
    [
        ("/v1/drugs", "/v1/drugs", ()),
        ("/v1/drugs:check", "/v1/drugs:check", ()),
        ("/v1/drugs/{item_seq}", "/v1/drugs/{p0}", ("item_seq",)),
        ("/v1/drugs/{item_seq=*}", "/v1/drugs/{p0}", ("item_seq",)),
        ("/v1/exchanges/{id}:rate", "/v1/exchanges/{p0}:rate", ("id",)),
        ("/v1/a/{b}/c/{d}", "/v1/a/{p0}/c/{p1}", ("b", "d")),
    ],
)
def test_what_can_be_routed(path, starlette, fields):
    template = Template.of(path)
    assert (template.starlette, template.fields) == (starlette, fields)
    assert template.public == path.replace("=*", "")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/{name=things/*}", "/v1/{name=**}", "/v1/{account.id}", "/v1/*", "/v1/**", "/v1/{}", "v1/x", "",
        "/v1/{a}{b}", "/v1/{a}/{a}", "/v1/{a", "/v1/x}", "/v1/{A}", "/v1/한글",
    ],
)  # fmt: skip
def test_what_is_refused(path):
    with pytest.raises(UnroutableError):
        Template.of(path)


def test_literal_paths_come_before_parameters():
    paths = ["/v1/x/{id}", "/v1/x/{id}:rate", "/v1/x/current", "/v1/x/{id}/y/{z}"]
    ordered = sorted((Template.of(path) for path in paths), key=lambda template: template.precedence)
    assert [template.public for template in ordered] == [
        "/v1/x/current", "/v1/x/{id}:rate", "/v1/x/{id}", "/v1/x/{id}/y/{z}",
    ]  # fmt: skip
