from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Access(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACCESS_UNSPECIFIED: _ClassVar[Access]
    ACCESS_PUBLIC: _ClassVar[Access]
    ACCESS_USER: _ClassVar[Access]
    ACCESS_OPERATOR: _ClassVar[Access]
    ACCESS_SERVICE: _ClassVar[Access]

class Retry(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETRY_UNSPECIFIED: _ClassVar[Retry]
    RETRY_NEVER: _ClassVar[Retry]
    RETRY_SAFE: _ClassVar[Retry]
ACCESS_UNSPECIFIED: Access
ACCESS_PUBLIC: Access
ACCESS_USER: Access
ACCESS_OPERATOR: Access
ACCESS_SERVICE: Access
RETRY_UNSPECIFIED: Retry
RETRY_NEVER: Retry
RETRY_SAFE: Retry
POLICY_FIELD_NUMBER: _ClassVar[int]
policy: _descriptor.FieldDescriptor

class Stream(_message.Message):
    __slots__ = ("event_oneof", "id_field", "answer_event", "error_event", "resume_field", "notice_event")
    EVENT_ONEOF_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_FIELD_NUMBER: _ClassVar[int]
    ANSWER_EVENT_FIELD_NUMBER: _ClassVar[int]
    ERROR_EVENT_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_FIELD_NUMBER: _ClassVar[int]
    NOTICE_EVENT_FIELD_NUMBER: _ClassVar[int]
    event_oneof: str
    id_field: str
    answer_event: str
    error_event: str
    resume_field: str
    notice_event: str
    def __init__(self, event_oneof: _Optional[str] = ..., id_field: _Optional[str] = ..., answer_event: _Optional[str] = ..., error_event: _Optional[str] = ..., resume_field: _Optional[str] = ..., notice_event: _Optional[str] = ...) -> None: ...

class Limit(_message.Message):
    __slots__ = ("per_address", "per_account")
    PER_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PER_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    per_address: int
    per_account: int
    def __init__(self, per_address: _Optional[int] = ..., per_account: _Optional[int] = ...) -> None: ...

class SessionCookies(_message.Message):
    __slots__ = ("access_field", "refresh_field", "refresh_request_field", "clear")
    ACCESS_FIELD_FIELD_NUMBER: _ClassVar[int]
    REFRESH_FIELD_FIELD_NUMBER: _ClassVar[int]
    REFRESH_REQUEST_FIELD_FIELD_NUMBER: _ClassVar[int]
    CLEAR_FIELD_NUMBER: _ClassVar[int]
    access_field: str
    refresh_field: str
    refresh_request_field: str
    clear: bool
    def __init__(self, access_field: _Optional[str] = ..., refresh_field: _Optional[str] = ..., refresh_request_field: _Optional[str] = ..., clear: _Optional[bool] = ...) -> None: ...

class Policy(_message.Message):
    __slots__ = ("access", "timeout_ms", "retry", "stream", "limit", "triage_first", "session_cookies")
    ACCESS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    TRIAGE_FIRST_FIELD_NUMBER: _ClassVar[int]
    SESSION_COOKIES_FIELD_NUMBER: _ClassVar[int]
    access: Access
    timeout_ms: int
    retry: Retry
    stream: Stream
    limit: Limit
    triage_first: bool
    session_cookies: SessionCookies
    def __init__(self, access: _Optional[_Union[Access, str]] = ..., timeout_ms: _Optional[int] = ..., retry: _Optional[_Union[Retry, str]] = ..., stream: _Optional[_Union[Stream, _Mapping]] = ..., limit: _Optional[_Union[Limit, _Mapping]] = ..., triage_first: _Optional[bool] = ..., session_cookies: _Optional[_Union[SessionCookies, _Mapping]] = ...) -> None: ...
