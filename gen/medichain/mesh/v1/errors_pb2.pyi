from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_INVALID_FIELD: _ClassVar[ErrorReason]
    ERROR_REASON_MALFORMED: _ClassVar[ErrorReason]
    ERROR_REASON_TOO_LARGE: _ClassVar[ErrorReason]
    ERROR_REASON_UNAUTHENTICATED: _ClassVar[ErrorReason]
    ERROR_REASON_ACCESS_DENIED: _ClassVar[ErrorReason]
    ERROR_REASON_NO_POLICY: _ClassVar[ErrorReason]
    ERROR_REASON_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_DEADLINE: _ClassVar[ErrorReason]
    ERROR_REASON_UNAVAILABLE: _ClassVar[ErrorReason]
    ERROR_REASON_INTERNAL: _ClassVar[ErrorReason]
    ERROR_REASON_CONFLICT: _ClassVar[ErrorReason]
    ERROR_REASON_UNIMPLEMENTED: _ClassVar[ErrorReason]
    ERROR_REASON_BUSY: _ClassVar[ErrorReason]
    ERROR_REASON_CANCELLED: _ClassVar[ErrorReason]
    ERROR_REASON_PRECONDITION: _ClassVar[ErrorReason]
    ERROR_REASON_LIMITED: _ClassVar[ErrorReason]
    ERROR_REASON_LOCKED: _ClassVar[ErrorReason]
    ERROR_REASON_WRONG_CREDENTIALS: _ClassVar[ErrorReason]
    ERROR_REASON_ALREADY_EXISTS: _ClassVar[ErrorReason]
    ERROR_REASON_SESSION_EXPIRED: _ClassVar[ErrorReason]
    ERROR_REASON_SESSION_DUPLICATED: _ClassVar[ErrorReason]
    ERROR_REASON_SESSION_BLOCKED: _ClassVar[ErrorReason]
    ERROR_REASON_TOKEN_REUSED: _ClassVar[ErrorReason]
    ERROR_REASON_CONSENT_NEEDED: _ClassVar[ErrorReason]
    ERROR_REASON_GUARDIAN_NEEDED: _ClassVar[ErrorReason]
    ERROR_REASON_MOVING: _ClassVar[ErrorReason]
    ERROR_REASON_NO_ROOM: _ClassVar[ErrorReason]
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_INVALID_FIELD: ErrorReason
ERROR_REASON_MALFORMED: ErrorReason
ERROR_REASON_TOO_LARGE: ErrorReason
ERROR_REASON_UNAUTHENTICATED: ErrorReason
ERROR_REASON_ACCESS_DENIED: ErrorReason
ERROR_REASON_NO_POLICY: ErrorReason
ERROR_REASON_NOT_FOUND: ErrorReason
ERROR_REASON_DEADLINE: ErrorReason
ERROR_REASON_UNAVAILABLE: ErrorReason
ERROR_REASON_INTERNAL: ErrorReason
ERROR_REASON_CONFLICT: ErrorReason
ERROR_REASON_UNIMPLEMENTED: ErrorReason
ERROR_REASON_BUSY: ErrorReason
ERROR_REASON_CANCELLED: ErrorReason
ERROR_REASON_PRECONDITION: ErrorReason
ERROR_REASON_LIMITED: ErrorReason
ERROR_REASON_LOCKED: ErrorReason
ERROR_REASON_WRONG_CREDENTIALS: ErrorReason
ERROR_REASON_ALREADY_EXISTS: ErrorReason
ERROR_REASON_SESSION_EXPIRED: ErrorReason
ERROR_REASON_SESSION_DUPLICATED: ErrorReason
ERROR_REASON_SESSION_BLOCKED: ErrorReason
ERROR_REASON_TOKEN_REUSED: ErrorReason
ERROR_REASON_CONSENT_NEEDED: ErrorReason
ERROR_REASON_GUARDIAN_NEEDED: ErrorReason
ERROR_REASON_MOVING: ErrorReason
ERROR_REASON_NO_ROOM: ErrorReason
PUBLIC_ERROR_FIELD_NUMBER: _ClassVar[int]
public_error: _descriptor.FieldDescriptor

class PublicError(_message.Message):
    __slots__ = ("code", "message")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: int
    message: str
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...
