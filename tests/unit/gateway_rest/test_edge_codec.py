"""The codec against json_format, over every field type and every message of the contracts."""

import orjson
import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_rest import registry
from gateway_rest.json_decoder import decoded
from gateway_rest.json_encoder import encoder_of
from gateway_rest.json_input import parsed
from services.mesh.errors import MeshError
from tests.unit.gateway_rest.every_type import EVERY, Every, attempted, messages

CONTRACTS = [kind for file in registry.files() for kind in file.message_types_by_name.values()]


def reference(message):
    return json_format.MessageToDict(message, always_print_fields_with_no_presence=True)


@given(messages(EVERY))
@settings(max_examples=300, deadline=None)
def test_encoding_is_that_of_json_format(message):
    assert encoder_of(EVERY)(message) == reference(message)


@given(messages(EVERY, finite=True))
@settings(max_examples=300, deadline=None)
def test_what_was_encoded_is_decoded_to_the_same_message(message):
    assert decoded(EVERY, parsed(orjson.dumps(encoder_of(EVERY)(message)))) == message


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_every_contract_message_both_ways(data):
    kind = data.draw(st.sampled_from(CONTRACTS))
    message = data.draw(messages(kind, finite=True))
    encoded = encoder_of(kind)(message)
    assert encoded == reference(message)
    assert decoded(kind, parsed(orjson.dumps(encoded))) == message


def test_an_unknown_enum_number_is_printed_as_a_number():
    assert encoder_of(EVERY)(Every(kind=77, kinds=[1, 78]))["kind"] == 77


@pytest.mark.parametrize("value", [0.1, 3.4028234663852886e38, 1.1754943508222875e-38, 1e-45, 16777216.0])
def test_floats_have_the_fewest_digits(value):
    message = Every(a_float=value)
    assert encoder_of(EVERY)(message)["aFloat"] == reference(message)["aFloat"]


json_trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from([field.json_name for field in EVERY.fields] + [field.name for field in EVERY.fields])


@given(st.dictionaries(names, json_trees, max_size=4))
@settings(max_examples=500, deadline=None)
def test_any_tree_is_decoded_or_refused_with_a_field(tree):
    message, refused = attempted(decoded, EVERY, tree)
    if refused:
        assert refused.reason.name == "INVALID_FIELD"
        assert refused.violations[0].field
    else:
        assert isinstance(message, Every)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_parsed_or_refused(body):
    _, refused = attempted(parsed, body)
    assert refused is None or refused.reason.name == "MALFORMED"


def refusal(tree):
    with pytest.raises(MeshError) as refused:
        decoded(EVERY, tree)
    assert refused.value.reason.name == "INVALID_FIELD"
    return refused.value.violations[0].field


@pytest.mark.parametrize(
    ("tree", "field"),
    [
        ({"nope": 1}, "nope"),
        ({"inner": {"nope": 1}}, "inner.nope"),
        ({"열이 나요": 1}, "body"),
        ({"inner": {"열이 나요": 1}}, "inner"),
        ({"aString": 1}, "aString"),
        ({"a_string": "x", "aString": "y"}, "aString"),
        ({"aString": "\ud800"}, "aString"),
        ({"aBool": "true"}, "aBool"),
        ({"aBool": 1}, "aBool"),
        ({"aInt32": True}, "aInt32"),
        ({"aInt32": 2**31}, "aInt32"),
        ({"aInt32": 1.5}, "aInt32"),
        ({"aInt32": "1.5"}, "aInt32"),
        ({"aUint32": -1}, "aUint32"),
        ({"aUint64": str(2**64)}, "aUint64"),
        ({"aInt64": "9" * 30}, "aInt64"),
        ({"aDouble": "NaN"}, "aDouble"),
        ({"aDouble": "Infinity"}, "aDouble"),
        ({"aDouble": 10**400}, "aDouble"),
        ({"aDouble": "1e999"}, "aDouble"),
        ({"aFloat": 1e39}, "aFloat"),
        ({"aDouble": False}, "aDouble"),
        ({"aBytes": "***"}, "aBytes"),
        ({"aBytes": "한"}, "aBytes"),
        ({"kind": "KIND_NONE"}, "kind"),
        ({"kind": 9}, "kind"),
        ({"kind": []}, "kind"),
        ({"manyString": "x"}, "manyString"),
        ({"manyString": ["x", None]}, "manyString[1]"),
        ({"inners": [{}, {"aInt32": "x"}]}, "inners[1].aInt32"),
        ({"byString": []}, "byString"),
        ({"byInt32": {"x": {}}}, "byInt32"),
        ({"byBool": {"yes": {}}}, "byBool"),
        ({"byInt32": {"1": {}, "01": {}}}, "byInt32"),
        ({"byString": {"key": {"aInt32": "x"}}}, "byString.key.aInt32"),
        ({"left": "a", "right": "b"}, "right"),
        ({"at": "yesterday"}, "at"),
        ({"at": 5}, "at"),
        ({"inner": []}, "inner"),
        ({"mask": "a_b"}, "mask"),
        ({"mask": 5}, "mask"),
        ({"mask": ["a"]}, "mask"),
        ({"mask": {"paths": ["a"]}}, "mask"),
        ({"secret": 5}, "secret"),
        ({"secret": "\ud800"}, "secret"),
    ],
)
def test_a_refusal_names_the_field(tree, field):
    assert refusal(tree) == field


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"aString": None, "inner": None, "manyString": None}, Every()),
        ({"aInt32": "12", "aDouble": "1.5e2", "aInt64": 7}, Every(a_int32=12, a_double=150, a_int64=7)),
        ({"aInt32": 3.0}, Every(a_int32=3)),
        ({"left": None, "right": "b"}, Every(right="b")),
        ({"aBytes": "-_8"}, Every(a_bytes=b"\xfb\xff")),
        ({"optInt32": 0}, Every(opt_int32=0)),
        ({"many_string": ["a"]}, Every(many_string=["a"])),
        ({"mask": "a,bC,d.eF"}, Every(mask={"paths": ["a", "b_c", "d.e_f"]})),
        ({"mask": ""}, Every(mask={})),
        ({"secret": "\x00\u200b 한 "}, Every(secret="\x00\u200b 한 ")),
    ],
)
def test_what_the_mapping_allows_is_read(tree, expected):
    assert decoded(EVERY, tree) == expected


@pytest.mark.parametrize(
    ("body", "description"),
    [
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "NaN"),
        (b"[" * 10_000, "nested"),
        (b'{"a":' * 10_000, "nested"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b"{", "JSON"),
        (b'{"a": 1,}', "JSON"),
        (b"1" * 5000, "JSON"),
    ],
)
def test_a_body_that_cannot_be_read(body, description):
    with pytest.raises(MeshError) as refused:
        parsed(body)
    assert refused.value.reason.name == "MALFORMED"
    assert description in refused.value.violations[0].description


@pytest.mark.parametrize("body", [b'{"aInt32":1,"aInt32":2}', b'{"inner":{"aInt32":1,"aInt32":1}}'])
def test_a_key_given_twice_is_refused_where_it_stands(body):
    assert refusal(parsed(body)).endswith("aInt32")


def test_a_message_nested_too_deeply_is_refused():
    tree: dict = {}
    for _ in range(5000):
        tree = {"inner": tree}
    with pytest.raises(MeshError) as refused:
        decoded(EVERY, tree)
    assert refused.value.reason.name == "MALFORMED"


def test_an_empty_body_is_an_empty_object():
    assert parsed(b"") == parsed(b" \n") == {}
