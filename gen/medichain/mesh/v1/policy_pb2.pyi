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
    __slots__ = ("event_oneof", "id_field", "answer_event", "error_event")
    EVENT_ONEOF_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_FIELD_NUMBER: _ClassVar[int]
    ANSWER_EVENT_FIELD_NUMBER: _ClassVar[int]
    ERROR_EVENT_FIELD_NUMBER: _ClassVar[int]
    event_oneof: str
    id_field: str
    answer_event: str
    error_event: str
    def __init__(self, event_oneof: _Optional[str] = ..., id_field: _Optional[str] = ..., answer_event: _Optional[str] = ..., error_event: _Optional[str] = ...) -> None: ...

class Policy(_message.Message):
    __slots__ = ("access", "timeout_ms", "retry", "stream")
    ACCESS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    access: Access
    timeout_ms: int
    retry: Retry
    stream: Stream
    def __init__(self, access: _Optional[_Union[Access, str]] = ..., timeout_ms: _Optional[int] = ..., retry: _Optional[_Union[Retry, str]] = ..., stream: _Optional[_Union[Stream, _Mapping]] = ...) -> None: ...
