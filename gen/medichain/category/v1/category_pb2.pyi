from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from medichain.emergency_support.v1 import emergency_support_pb2 as _emergency_support_pb2
from medichain.mesh.v1 import policy_pb2 as _policy_pb2
from medichain.specialist.v1 import specialist_pb2 as _specialist_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DomainScore(_message.Message):
    __slots__ = ("domain", "confidence")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    domain: _specialist_pb2.Domain
    confidence: float
    def __init__(self, domain: _Optional[_Union[_specialist_pb2.Domain, str]] = ..., confidence: _Optional[float] = ...) -> None: ...

class EmergencySummary(_message.Message):
    __slots__ = ("level",)
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    level: _emergency_support_pb2.EmergencyLevel
    def __init__(self, level: _Optional[_Union[_emergency_support_pb2.EmergencyLevel, str]] = ...) -> None: ...

class ClassifyRequest(_message.Message):
    __slots__ = ("question",)
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    question: str
    def __init__(self, question: _Optional[str] = ...) -> None: ...

class ClassifyResponse(_message.Message):
    __slots__ = ("domains", "emergency", "rules_only")
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_FIELD_NUMBER: _ClassVar[int]
    RULES_ONLY_FIELD_NUMBER: _ClassVar[int]
    domains: _containers.RepeatedCompositeFieldContainer[DomainScore]
    emergency: EmergencySummary
    rules_only: bool
    def __init__(self, domains: _Optional[_Iterable[_Union[DomainScore, _Mapping]]] = ..., emergency: _Optional[_Union[EmergencySummary, _Mapping]] = ..., rules_only: _Optional[bool] = ...) -> None: ...
