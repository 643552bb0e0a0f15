from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from medichain.mesh.v1 import policy_pb2 as _policy_pb2
from medichain.specialist.v1 import specialist_pb2 as _specialist_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PrescriptionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRESCRIPTION_STATUS_UNSPECIFIED: _ClassVar[PrescriptionStatus]
    PRESCRIPTION_STATUS_OTC: _ClassVar[PrescriptionStatus]
    PRESCRIPTION_STATUS_PRESCRIPTION: _ClassVar[PrescriptionStatus]

class FindingType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FINDING_TYPE_UNSPECIFIED: _ClassVar[FindingType]
    FINDING_TYPE_CONTRAINDICATED_PAIR: _ClassVar[FindingType]
    FINDING_TYPE_PREGNANCY: _ClassVar[FindingType]
    FINDING_TYPE_AGE: _ClassVar[FindingType]
    FINDING_TYPE_ELDERLY: _ClassVar[FindingType]
    FINDING_TYPE_DUPLICATE_CLASS: _ClassVar[FindingType]
    FINDING_TYPE_DOSE: _ClassVar[FindingType]
    FINDING_TYPE_DURATION: _ClassVar[FindingType]
    FINDING_TYPE_DUPLICATE_INGREDIENT: _ClassVar[FindingType]
    FINDING_TYPE_ALLERGY: _ClassVar[FindingType]

class Severity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEVERITY_UNSPECIFIED: _ClassVar[Severity]
    SEVERITY_INFO: _ClassVar[Severity]
    SEVERITY_CAUTION: _ClassVar[Severity]
    SEVERITY_CONTRAINDICATED: _ClassVar[Severity]
PRESCRIPTION_STATUS_UNSPECIFIED: PrescriptionStatus
PRESCRIPTION_STATUS_OTC: PrescriptionStatus
PRESCRIPTION_STATUS_PRESCRIPTION: PrescriptionStatus
FINDING_TYPE_UNSPECIFIED: FindingType
FINDING_TYPE_CONTRAINDICATED_PAIR: FindingType
FINDING_TYPE_PREGNANCY: FindingType
FINDING_TYPE_AGE: FindingType
FINDING_TYPE_ELDERLY: FindingType
FINDING_TYPE_DUPLICATE_CLASS: FindingType
FINDING_TYPE_DOSE: FindingType
FINDING_TYPE_DURATION: FindingType
FINDING_TYPE_DUPLICATE_INGREDIENT: FindingType
FINDING_TYPE_ALLERGY: FindingType
SEVERITY_UNSPECIFIED: Severity
SEVERITY_INFO: Severity
SEVERITY_CAUTION: Severity
SEVERITY_CONTRAINDICATED: Severity

class Ingredient(_message.Message):
    __slots__ = ("name", "strength")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STRENGTH_FIELD_NUMBER: _ClassVar[int]
    name: str
    strength: str
    def __init__(self, name: _Optional[str] = ..., strength: _Optional[str] = ...) -> None: ...

class Drug(_message.Message):
    __slots__ = ("item_seq", "name", "company", "generic_name", "drug_class", "form", "strength", "prescription_status", "summary", "image")
    ITEM_SEQ_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    COMPANY_FIELD_NUMBER: _ClassVar[int]
    GENERIC_NAME_FIELD_NUMBER: _ClassVar[int]
    DRUG_CLASS_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    STRENGTH_FIELD_NUMBER: _ClassVar[int]
    PRESCRIPTION_STATUS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    item_seq: str
    name: str
    company: str
    generic_name: str
    drug_class: str
    form: str
    strength: str
    prescription_status: PrescriptionStatus
    summary: str
    image: str
    def __init__(self, item_seq: _Optional[str] = ..., name: _Optional[str] = ..., company: _Optional[str] = ..., generic_name: _Optional[str] = ..., drug_class: _Optional[str] = ..., form: _Optional[str] = ..., strength: _Optional[str] = ..., prescription_status: _Optional[_Union[PrescriptionStatus, str]] = ..., summary: _Optional[str] = ..., image: _Optional[str] = ...) -> None: ...

class SearchDrugsRequest(_message.Message):
    __slots__ = ("query", "page_size", "page_token")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    query: str
    page_size: int
    page_token: str
    def __init__(self, query: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class SearchDrugsResponse(_message.Message):
    __slots__ = ("drugs", "next_page_token")
    DRUGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    drugs: _containers.RepeatedCompositeFieldContainer[Drug]
    next_page_token: str
    def __init__(self, drugs: _Optional[_Iterable[_Union[Drug, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetDrugRequest(_message.Message):
    __slots__ = ("item_seq",)
    ITEM_SEQ_FIELD_NUMBER: _ClassVar[int]
    item_seq: str
    def __init__(self, item_seq: _Optional[str] = ...) -> None: ...

class GetDrugResponse(_message.Message):
    __slots__ = ("drug", "ingredients", "efficacy", "usage", "warning", "precautions", "interactions", "side_effects", "storage", "as_of", "source")
    DRUG_FIELD_NUMBER: _ClassVar[int]
    INGREDIENTS_FIELD_NUMBER: _ClassVar[int]
    EFFICACY_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    PRECAUTIONS_FIELD_NUMBER: _ClassVar[int]
    INTERACTIONS_FIELD_NUMBER: _ClassVar[int]
    SIDE_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    STORAGE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    drug: Drug
    ingredients: _containers.RepeatedCompositeFieldContainer[Ingredient]
    efficacy: str
    usage: str
    warning: str
    precautions: str
    interactions: str
    side_effects: str
    storage: str
    as_of: str
    source: str
    def __init__(self, drug: _Optional[_Union[Drug, _Mapping]] = ..., ingredients: _Optional[_Iterable[_Union[Ingredient, _Mapping]]] = ..., efficacy: _Optional[str] = ..., usage: _Optional[str] = ..., warning: _Optional[str] = ..., precautions: _Optional[str] = ..., interactions: _Optional[str] = ..., side_effects: _Optional[str] = ..., storage: _Optional[str] = ..., as_of: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class Finding(_message.Message):
    __slots__ = ("type", "severity", "items", "ingredients", "reason", "limit", "evidence_id", "applies")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    INGREDIENTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_ID_FIELD_NUMBER: _ClassVar[int]
    APPLIES_FIELD_NUMBER: _ClassVar[int]
    type: FindingType
    severity: Severity
    items: _containers.RepeatedScalarFieldContainer[str]
    ingredients: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    limit: str
    evidence_id: str
    applies: bool
    def __init__(self, type: _Optional[_Union[FindingType, str]] = ..., severity: _Optional[_Union[Severity, str]] = ..., items: _Optional[_Iterable[str]] = ..., ingredients: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ..., limit: _Optional[str] = ..., evidence_id: _Optional[str] = ..., applies: _Optional[bool] = ...) -> None: ...

class ResolvedItem(_message.Message):
    __slots__ = ("query", "item_seq", "name", "ingredients", "confidence")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    ITEM_SEQ_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    INGREDIENTS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    query: str
    item_seq: str
    name: str
    ingredients: _containers.RepeatedScalarFieldContainer[str]
    confidence: float
    def __init__(self, query: _Optional[str] = ..., item_seq: _Optional[str] = ..., name: _Optional[str] = ..., ingredients: _Optional[_Iterable[str]] = ..., confidence: _Optional[float] = ...) -> None: ...

class CheckInteractionsRequest(_message.Message):
    __slots__ = ("items", "profile")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[str]
    profile: _specialist_pb2.Profile
    def __init__(self, items: _Optional[_Iterable[str]] = ..., profile: _Optional[_Union[_specialist_pb2.Profile, _Mapping]] = ...) -> None: ...

class CheckInteractionsResponse(_message.Message):
    __slots__ = ("resolved", "unknown", "findings", "as_of", "notice")
    RESOLVED_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    resolved: _containers.RepeatedCompositeFieldContainer[ResolvedItem]
    unknown: _containers.RepeatedScalarFieldContainer[str]
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    as_of: str
    notice: str
    def __init__(self, resolved: _Optional[_Iterable[_Union[ResolvedItem, _Mapping]]] = ..., unknown: _Optional[_Iterable[str]] = ..., findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ..., as_of: _Optional[str] = ..., notice: _Optional[str] = ...) -> None: ...

class MedicineName(_message.Message):
    __slots__ = ("name", "ingredients")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INGREDIENTS_FIELD_NUMBER: _ClassVar[int]
    name: str
    ingredients: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., ingredients: _Optional[_Iterable[str]] = ...) -> None: ...

class ListNamesRequest(_message.Message):
    __slots__ = ("offset", "version")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    offset: int
    version: str
    def __init__(self, offset: _Optional[int] = ..., version: _Optional[str] = ...) -> None: ...

class ListNamesResponse(_message.Message):
    __slots__ = ("names", "version", "more")
    NAMES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    names: _containers.RepeatedCompositeFieldContainer[MedicineName]
    version: str
    more: bool
    def __init__(self, names: _Optional[_Iterable[_Union[MedicineName, _Mapping]]] = ..., version: _Optional[str] = ..., more: _Optional[bool] = ...) -> None: ...
