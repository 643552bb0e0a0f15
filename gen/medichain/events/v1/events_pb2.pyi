from medichain.emergency_support.v1 import emergency_support_pb2 as _emergency_support_pb2
from medichain.specialist.v1 import specialist_pb2 as _specialist_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExchangeCompleted(_message.Message):
    __slots__ = ("exchange_id", "conversation_id", "domains", "confidence", "emergency_level", "provider", "total_ms", "degraded")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_LEVEL_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MS_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    conversation_id: str
    domains: _containers.RepeatedScalarFieldContainer[_specialist_pb2.Domain]
    confidence: float
    emergency_level: _emergency_support_pb2.EmergencyLevel
    provider: str
    total_ms: int
    degraded: _containers.RepeatedScalarFieldContainer[_specialist_pb2.Domain]
    def __init__(self, exchange_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., domains: _Optional[_Iterable[_Union[_specialist_pb2.Domain, str]]] = ..., confidence: _Optional[float] = ..., emergency_level: _Optional[_Union[_emergency_support_pb2.EmergencyLevel, str]] = ..., provider: _Optional[str] = ..., total_ms: _Optional[int] = ..., degraded: _Optional[_Iterable[_Union[_specialist_pb2.Domain, str]]] = ...) -> None: ...

class QuestionReceived(_message.Message):
    __slots__ = ("exchange_id", "conversation_id", "anonymous")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    ANONYMOUS_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    conversation_id: str
    anonymous: bool
    def __init__(self, exchange_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., anonymous: _Optional[bool] = ...) -> None: ...

class ExchangeFailed(_message.Message):
    __slots__ = ("exchange_id", "conversation_id", "reason")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    conversation_id: str
    reason: str
    def __init__(self, exchange_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ExchangeRated(_message.Message):
    __slots__ = ("exchange_id", "score")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    score: int
    def __init__(self, exchange_id: _Optional[str] = ..., score: _Optional[int] = ...) -> None: ...

class SecurityRaised(_message.Message):
    __slots__ = ("kind", "account", "place", "method")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    kind: str
    account: str
    place: str
    method: str
    def __init__(self, kind: _Optional[str] = ..., account: _Optional[str] = ..., place: _Optional[str] = ..., method: _Optional[str] = ...) -> None: ...

class SafetyRaised(_message.Message):
    __slots__ = ("exchange_id", "kind")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    kind: str
    def __init__(self, exchange_id: _Optional[str] = ..., kind: _Optional[str] = ...) -> None: ...

class Envelope(_message.Message):
    __slots__ = ("id", "occurred_at", "exchange_completed", "safety_raised", "question_received", "exchange_failed", "exchange_rated", "security_raised")
    ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_COMPLETED_FIELD_NUMBER: _ClassVar[int]
    SAFETY_RAISED_FIELD_NUMBER: _ClassVar[int]
    QUESTION_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FAILED_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_RATED_FIELD_NUMBER: _ClassVar[int]
    SECURITY_RAISED_FIELD_NUMBER: _ClassVar[int]
    id: str
    occurred_at: str
    exchange_completed: ExchangeCompleted
    safety_raised: SafetyRaised
    question_received: QuestionReceived
    exchange_failed: ExchangeFailed
    exchange_rated: ExchangeRated
    security_raised: SecurityRaised
    def __init__(self, id: _Optional[str] = ..., occurred_at: _Optional[str] = ..., exchange_completed: _Optional[_Union[ExchangeCompleted, _Mapping]] = ..., safety_raised: _Optional[_Union[SafetyRaised, _Mapping]] = ..., question_received: _Optional[_Union[QuestionReceived, _Mapping]] = ..., exchange_failed: _Optional[_Union[ExchangeFailed, _Mapping]] = ..., exchange_rated: _Optional[_Union[ExchangeRated, _Mapping]] = ..., security_raised: _Optional[_Union[SecurityRaised, _Mapping]] = ...) -> None: ...
