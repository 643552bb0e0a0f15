"""Examples of requests and answers, made from the contracts.

A field's example is, in this order: its own, one for its name, the one its comment gives (e.g. "정제"), one its rules
allow.
"""

from __future__ import annotations

import re
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from buf.validate import validate_pb2
from gateway_rest.json_encoder import map_entry, well_known
from gateway_rest.openapi_comments import comments
from gateway_rest.openapi_schemas import short

_DEEPEST = 4
_IN_COMMENT = re.compile(r'e\.g\. "([^"]+)"')
_BY_NAME: dict[str, Any] = {
    "question": "타이레놀과 이부프로펜을 같이 먹어도 되나요?",
    "query": "두통",
    "symptoms": "어제부터 목이 아프고 열이 나요",
    "items": ["타이레놀정500밀리그람", "이부프로펜"],
    "item_seq": "990000001",
    "latitude": 37.5665,
    "longitude": 126.978,
    "radius_km": 5.0,
    "page_size": 20,
    "confidence": 0.87,
    "score": 0.87,
    "coverage": 0.75,
    "age_months": 420,
    "id": "01JD0Z5K3V9QW8T7R6P5N4M3H2",
    "exchange_id": "01JD0Z5K3V9QW8T7R6P5N4M3H2",
    "conversation_id": "c01jd0z5k3v9qw8t7r6p5n4m3h28t7r6p5n",
    "providers": {"generation": "extractive"},
    "as_of": "2026-11-20",
    "hotline": "119",
    "answer": "두 성분은 병용금기 목록에 없습니다[1]. 이 정보는 참고용이며, 정확한 진료는 의료진과 상담하세요",
    "message": "처리 중 문제가 발생했습니다. 잠시 후 다시 시도해 주세요.",
    "error": "UNAVAILABLE",
    "next_page_token": "",
    "page_token": "",
    "at": "2026-11-20T14:00:00+09:00",
    "department": "이비인후과",
    "medicines": ["아스피린"],
    "allergies": ["페니실린"],
    "conditions": ["고혈압"],
    "moonlight": False,
    "email": "hong@example.com",
    "phone": "010-1234-5678",
    "birth_date": "1990-05-17",
    "password": "비 오는 날엔 파전과 막걸리",
    "granted": True,
    "recorded_at": "2026-11-20T14:00:00+09:00",
    "created_at": "2026-11-20T14:00:00+09:00",
    "updated_at": "2026-11-20T14:00:00+09:00",
    "started_at": "2026-11-20T14:00:00+09:00",
    "asked_at": "2026-11-20T14:00:00+09:00",
    "last_login": "2026-11-20T14:00:00+09:00",
    "device": "휴대전화",
    "saved_clinics": ["SAMPLE0001"],
    "account_id": "01JD0Z5K3V9QW8T7R6P5N4M3H3",
    "session_id": "01JD0Z5K3V9QW8T7R6P5N4M3H4",
    "access_token": "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiIwMUpEIn0.c2lnbmF0dXJl",
    "refresh_token": "r1.01JD0Z5K3V9QW8T7R6P5N4M3H4.c2VjcmV0",
    "kid": "2026-11",
    "last_event_id": "01JD0Z5K3V9QW8T7R6P5N4M3H2/4",
    "comment": "이해하기 쉬웠어요",
    "state": "completed",
}
# Where a name means something else in one message.
_OF_FIELD: dict[str, Any] = {
    **{f"account.v1.{kind}.id": "hong2026" for kind in (
        "Account", "CreateAccountRequest", "CreateSessionRequest", "SessionTokens", "GetSessionResponse"
    )},
    "account.v1.CreateAccountRequest.password": "비 오는 날엔 파전과 막걸리",
    "account.v1.ChangePasswordRequest.new_password": "맑은 날엔 비빔국수와 시원한 식혜",
    "account.v1.Consent.version": "2026-11",
    "chatbot.v1.Conversation.title": "타이레놀과 이부프로펜",
    "account.v1.SessionTokens.expires_in": 900,
    "account.v1.DownloadedExchange.score": 5,
    "chatbot.v1.RateExchangeRequest.score": 5,
    "chatbot.v1.Exchange.score": 5,
    "account.v1.Session.ended_at": "",
    "account.v1.Session.end_reason": "",
    "account.v1.Session.current": True,
    "account.v1.GetSessionResponse.signed_in": True,
    "account.v1.SigningKey.kty": "OKP",
    "account.v1.SigningKey.crv": "Ed25519",
    "account.v1.SigningKey.x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}  # fmt: skip
_BY_TYPE: dict[int, Any] = {
    FieldDescriptor.CPPTYPE_BOOL: False,
    FieldDescriptor.CPPTYPE_STRING: "",
    FieldDescriptor.CPPTYPE_DOUBLE: 1.0,
    FieldDescriptor.CPPTYPE_FLOAT: 1.0,
    FieldDescriptor.CPPTYPE_INT32: 1,
    FieldDescriptor.CPPTYPE_UINT32: 1,
    FieldDescriptor.CPPTYPE_INT64: "1",
    FieldDescriptor.CPPTYPE_UINT64: "1",
}
_TEXT_BY_SUFFIX = {"text": "어제부터 가슴이 조이듯 아파요", "name": "홍길동"}


def message_example(kind: Descriptor, depth: int = 0) -> Any:
    """An example of a message; of a oneof only its first field is given."""
    if well_known(kind):
        return {"Timestamp": "2026-11-20T05:00:00Z", "Duration": "1.5s", "FieldMask": "name"}.get(kind.name, {})
    chosen = {oneof.fields[0].name for oneof in kind.oneofs}
    fields = [field for field in kind.fields if field.containing_oneof is None or field.name in chosen]
    shown = [field for field in fields if depth < _DEEPEST or not field.message_type]
    return {field.json_name: field_example(field, depth) for field in shown}


def field_example(field: FieldDescriptor, depth: int = 0) -> Any:
    """An example of a field's value."""
    own = _OF_FIELD.get(short(field.full_name))
    named = _BY_NAME.get(field.name) if own is None else own
    if named is not None and _fits(field, named):
        return named
    if map_entry(field):
        return {}
    one = _single(field, depth)
    return [one] if field.is_repeated else one


def _fits(field: FieldDescriptor, value: Any) -> bool:
    """Whether an example that a name suggests has the field's type."""
    if field.is_repeated:
        return isinstance(value, dict) if map_entry(field) else isinstance(value, list) and not field.message_type
    expected = _BY_TYPE.get(field.cpp_type)
    return expected is not None and type(value) is type(expected)


def _single(field: FieldDescriptor, depth: int) -> Any:
    if field.message_type:
        return message_example(field.message_type, depth + 1)
    if field.enum_type:
        return field.enum_type.values[min(1, len(field.enum_type.values) - 1)].name
    given = _IN_COMMENT.search(comments().get(field.full_name, ""))
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return given[1] if given else _allowed_text(field)
    return _at_least(field, _BY_TYPE[field.cpp_type])


def _allowed_text(field: FieldDescriptor) -> str:
    rules = field.GetOptions().Extensions[validate_pb2.field].string
    listed = getattr(rules, "in")
    if listed:
        return str(listed[0])
    return _TEXT_BY_SUFFIX.get(field.name, "") or "예시" * (rules.min_len > 0)


def _at_least(field: FieldDescriptor, value: Any) -> Any:
    """A number no smaller than the field's lower limit."""
    rules = field.GetOptions().Extensions[validate_pb2.field]
    kind = rules.WhichOneof("type")
    limits = getattr(rules, kind) if kind else None
    if isinstance(value, int | float) and limits is not None and hasattr(limits, "gte"):
        return max(value, limits.gte)
    return value
