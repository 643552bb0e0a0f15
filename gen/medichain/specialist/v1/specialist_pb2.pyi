from buf.validate import validate_pb2 as _validate_pb2
from medichain.mesh.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Domain(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DOMAIN_UNSPECIFIED: _ClassVar[Domain]
    DOMAIN_DRUG: _ClassVar[Domain]
    DOMAIN_CLINIC: _ClassVar[Domain]
    DOMAIN_EMERGENCY_SUPPORT: _ClassVar[Domain]
    DOMAIN_INTERNAL_EXTERNAL: _ClassVar[Domain]
    DOMAIN_OUT_OF_SCOPE: _ClassVar[Domain]

class Pregnancy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PREGNANCY_UNSPECIFIED: _ClassVar[Pregnancy]
    PREGNANCY_NOT_PREGNANT: _ClassVar[Pregnancy]
    PREGNANCY_PREGNANT: _ClassVar[Pregnancy]
    PREGNANCY_BREASTFEEDING: _ClassVar[Pregnancy]
DOMAIN_UNSPECIFIED: Domain
DOMAIN_DRUG: Domain
DOMAIN_CLINIC: Domain
DOMAIN_EMERGENCY_SUPPORT: Domain
DOMAIN_INTERNAL_EXTERNAL: Domain
DOMAIN_OUT_OF_SCOPE: Domain
PREGNANCY_UNSPECIFIED: Pregnancy
PREGNANCY_NOT_PREGNANT: Pregnancy
PREGNANCY_PREGNANT: Pregnancy
PREGNANCY_BREASTFEEDING: Pregnancy

class Location(_message.Message):
    __slots__ = ("latitude", "longitude")
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    latitude: float
    longitude: float
    def __init__(self, latitude: _Optional[float] = ..., longitude: _Optional[float] = ...) -> None: ...

class Profile(_message.Message):
    __slots__ = ("age_months", "pregnancy", "medicines", "allergies", "conditions")
    AGE_MONTHS_FIELD_NUMBER: _ClassVar[int]
    PREGNANCY_FIELD_NUMBER: _ClassVar[int]
    MEDICINES_FIELD_NUMBER: _ClassVar[int]
    ALLERGIES_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    age_months: int
    pregnancy: Pregnancy
    medicines: _containers.RepeatedScalarFieldContainer[str]
    allergies: _containers.RepeatedScalarFieldContainer[str]
    conditions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, age_months: _Optional[int] = ..., pregnancy: _Optional[_Union[Pregnancy, str]] = ..., medicines: _Optional[_Iterable[str]] = ..., allergies: _Optional[_Iterable[str]] = ..., conditions: _Optional[_Iterable[str]] = ...) -> None: ...

class Turn(_message.Message):
    __slots__ = ("role", "text")
    class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ROLE_UNSPECIFIED: _ClassVar[Turn.Role]
        ROLE_USER: _ClassVar[Turn.Role]
        ROLE_ASSISTANT: _ClassVar[Turn.Role]
    ROLE_UNSPECIFIED: Turn.Role
    ROLE_USER: Turn.Role
    ROLE_ASSISTANT: Turn.Role
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    role: Turn.Role
    text: str
    def __init__(self, role: _Optional[_Union[Turn.Role, str]] = ..., text: _Optional[str] = ...) -> None: ...

class Evidence(_message.Message):
    __slots__ = ("id", "title", "snippet", "source", "as_of", "score", "image")
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SNIPPET_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    id: str
    title: str
    snippet: str
    source: str
    as_of: str
    score: float
    image: str
    def __init__(self, id: _Optional[str] = ..., title: _Optional[str] = ..., snippet: _Optional[str] = ..., source: _Optional[str] = ..., as_of: _Optional[str] = ..., score: _Optional[float] = ..., image: _Optional[str] = ...) -> None: ...

class Statement(_message.Message):
    __slots__ = ("text", "evidence_ids", "settled")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_IDS_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    text: str
    evidence_ids: _containers.RepeatedScalarFieldContainer[str]
    settled: bool
    def __init__(self, text: _Optional[str] = ..., evidence_ids: _Optional[_Iterable[str]] = ..., settled: _Optional[bool] = ...) -> None: ...

class ConsultRequest(_message.Message):
    __slots__ = ("question", "history", "profile", "location", "confidence")
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    question: str
    history: _containers.RepeatedCompositeFieldContainer[Turn]
    profile: Profile
    location: Location
    confidence: float
    def __init__(self, question: _Optional[str] = ..., history: _Optional[_Iterable[_Union[Turn, _Mapping]]] = ..., profile: _Optional[_Union[Profile, _Mapping]] = ..., location: _Optional[_Union[Location, _Mapping]] = ..., confidence: _Optional[float] = ...) -> None: ...

class ConsultResponse(_message.Message):
    __slots__ = ("evidence", "statements", "missing", "clarifying_question", "confidence")
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    STATEMENTS_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    CLARIFYING_QUESTION_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    statements: _containers.RepeatedCompositeFieldContainer[Statement]
    missing: _containers.RepeatedScalarFieldContainer[str]
    clarifying_question: str
    confidence: float
    def __init__(self, evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ..., statements: _Optional[_Iterable[_Union[Statement, _Mapping]]] = ..., missing: _Optional[_Iterable[str]] = ..., clarifying_question: _Optional[str] = ..., confidence: _Optional[float] = ...) -> None: ...
