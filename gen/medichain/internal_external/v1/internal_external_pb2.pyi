from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from medichain.mesh.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Side(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIDE_UNSPECIFIED: _ClassVar[Side]
    SIDE_INTERNAL: _ClassVar[Side]
    SIDE_SURGICAL: _ClassVar[Side]
    SIDE_OTHER: _ClassVar[Side]
SIDE_UNSPECIFIED: Side
SIDE_INTERNAL: Side
SIDE_SURGICAL: Side
SIDE_OTHER: Side

class Department(_message.Message):
    __slots__ = ("name", "side", "confidence", "reason")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    side: Side
    confidence: float
    reason: str
    def __init__(self, name: _Optional[str] = ..., side: _Optional[_Union[Side, str]] = ..., confidence: _Optional[float] = ..., reason: _Optional[str] = ...) -> None: ...

class RecommendDepartmentsRequest(_message.Message):
    __slots__ = ("symptoms", "age_months")
    SYMPTOMS_FIELD_NUMBER: _ClassVar[int]
    AGE_MONTHS_FIELD_NUMBER: _ClassVar[int]
    symptoms: str
    age_months: int
    def __init__(self, symptoms: _Optional[str] = ..., age_months: _Optional[int] = ...) -> None: ...

class RecommendDepartmentsResponse(_message.Message):
    __slots__ = ("departments", "warning_signs", "clarifying_question", "understood")
    DEPARTMENTS_FIELD_NUMBER: _ClassVar[int]
    WARNING_SIGNS_FIELD_NUMBER: _ClassVar[int]
    CLARIFYING_QUESTION_FIELD_NUMBER: _ClassVar[int]
    UNDERSTOOD_FIELD_NUMBER: _ClassVar[int]
    departments: _containers.RepeatedCompositeFieldContainer[Department]
    warning_signs: _containers.RepeatedScalarFieldContainer[str]
    clarifying_question: str
    understood: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, departments: _Optional[_Iterable[_Union[Department, _Mapping]]] = ..., warning_signs: _Optional[_Iterable[str]] = ..., clarifying_question: _Optional[str] = ..., understood: _Optional[_Iterable[str]] = ...) -> None: ...
