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

class ClinicKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLINIC_KIND_UNSPECIFIED: _ClassVar[ClinicKind]
    CLINIC_KIND_HOSPITAL: _ClassVar[ClinicKind]
    CLINIC_KIND_CLINIC: _ClassVar[ClinicKind]
    CLINIC_KIND_PHARMACY: _ClassVar[ClinicKind]

class OpenState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPEN_STATE_UNSPECIFIED: _ClassVar[OpenState]
    OPEN_STATE_OPEN: _ClassVar[OpenState]
    OPEN_STATE_CLOSED: _ClassVar[OpenState]
    OPEN_STATE_UNKNOWN: _ClassVar[OpenState]
CLINIC_KIND_UNSPECIFIED: ClinicKind
CLINIC_KIND_HOSPITAL: ClinicKind
CLINIC_KIND_CLINIC: ClinicKind
CLINIC_KIND_PHARMACY: ClinicKind
OPEN_STATE_UNSPECIFIED: OpenState
OPEN_STATE_OPEN: OpenState
OPEN_STATE_CLOSED: OpenState
OPEN_STATE_UNKNOWN: OpenState

class Clinic(_message.Message):
    __slots__ = ("id", "name", "kind", "kind_name", "departments", "address", "phone", "url", "location", "distance_meters", "open_state", "open_note", "hours_today", "rating", "moonlight", "as_of")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    KIND_NAME_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENTS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_METERS_FIELD_NUMBER: _ClassVar[int]
    OPEN_STATE_FIELD_NUMBER: _ClassVar[int]
    OPEN_NOTE_FIELD_NUMBER: _ClassVar[int]
    HOURS_TODAY_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    MOONLIGHT_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    kind: ClinicKind
    kind_name: str
    departments: _containers.RepeatedScalarFieldContainer[str]
    address: str
    phone: str
    url: str
    location: _specialist_pb2.Location
    distance_meters: int
    open_state: OpenState
    open_note: str
    hours_today: str
    rating: float
    moonlight: bool
    as_of: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., kind: _Optional[_Union[ClinicKind, str]] = ..., kind_name: _Optional[str] = ..., departments: _Optional[_Iterable[str]] = ..., address: _Optional[str] = ..., phone: _Optional[str] = ..., url: _Optional[str] = ..., location: _Optional[_Union[_specialist_pb2.Location, _Mapping]] = ..., distance_meters: _Optional[int] = ..., open_state: _Optional[_Union[OpenState, str]] = ..., open_note: _Optional[str] = ..., hours_today: _Optional[str] = ..., rating: _Optional[float] = ..., moonlight: _Optional[bool] = ..., as_of: _Optional[str] = ...) -> None: ...

class ListNearbyClinicsRequest(_message.Message):
    __slots__ = ("latitude", "longitude", "radius_km", "department", "open_now", "page_size", "kind", "moonlight", "at")
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    RADIUS_KM_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_FIELD_NUMBER: _ClassVar[int]
    OPEN_NOW_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MOONLIGHT_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    latitude: float
    longitude: float
    radius_km: float
    department: str
    open_now: bool
    page_size: int
    kind: ClinicKind
    moonlight: bool
    at: str
    def __init__(self, latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., radius_km: _Optional[float] = ..., department: _Optional[str] = ..., open_now: _Optional[bool] = ..., page_size: _Optional[int] = ..., kind: _Optional[_Union[ClinicKind, str]] = ..., moonlight: _Optional[bool] = ..., at: _Optional[str] = ...) -> None: ...

class ListNearbyClinicsResponse(_message.Message):
    __slots__ = ("clinics", "judged_at")
    CLINICS_FIELD_NUMBER: _ClassVar[int]
    JUDGED_AT_FIELD_NUMBER: _ClassVar[int]
    clinics: _containers.RepeatedCompositeFieldContainer[Clinic]
    judged_at: str
    def __init__(self, clinics: _Optional[_Iterable[_Union[Clinic, _Mapping]]] = ..., judged_at: _Optional[str] = ...) -> None: ...
