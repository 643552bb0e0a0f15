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

class EmergencyLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EMERGENCY_LEVEL_UNSPECIFIED: _ClassVar[EmergencyLevel]
    EMERGENCY_LEVEL_NONE: _ClassVar[EmergencyLevel]
    EMERGENCY_LEVEL_URGENT: _ClassVar[EmergencyLevel]
    EMERGENCY_LEVEL_CRISIS: _ClassVar[EmergencyLevel]
    EMERGENCY_LEVEL_CALL_119: _ClassVar[EmergencyLevel]
EMERGENCY_LEVEL_UNSPECIFIED: EmergencyLevel
EMERGENCY_LEVEL_NONE: EmergencyLevel
EMERGENCY_LEVEL_URGENT: EmergencyLevel
EMERGENCY_LEVEL_CRISIS: EmergencyLevel
EMERGENCY_LEVEL_CALL_119: EmergencyLevel

class Sign(_message.Message):
    __slots__ = ("code", "name", "level")
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    code: str
    name: str
    level: EmergencyLevel
    def __init__(self, code: _Optional[str] = ..., name: _Optional[str] = ..., level: _Optional[_Union[EmergencyLevel, str]] = ...) -> None: ...

class FirstAidStep(_message.Message):
    __slots__ = ("text", "evidence_id")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_ID_FIELD_NUMBER: _ClassVar[int]
    text: str
    evidence_id: str
    def __init__(self, text: _Optional[str] = ..., evidence_id: _Optional[str] = ...) -> None: ...

class Assessment(_message.Message):
    __slots__ = ("level", "signs", "guidance", "hotline", "steps")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    SIGNS_FIELD_NUMBER: _ClassVar[int]
    GUIDANCE_FIELD_NUMBER: _ClassVar[int]
    HOTLINE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    level: EmergencyLevel
    signs: _containers.RepeatedCompositeFieldContainer[Sign]
    guidance: str
    hotline: str
    steps: _containers.RepeatedCompositeFieldContainer[FirstAidStep]
    def __init__(self, level: _Optional[_Union[EmergencyLevel, str]] = ..., signs: _Optional[_Iterable[_Union[Sign, _Mapping]]] = ..., guidance: _Optional[str] = ..., hotline: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[FirstAidStep, _Mapping]]] = ...) -> None: ...

class AssessRequest(_message.Message):
    __slots__ = ("text", "earlier")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    EARLIER_FIELD_NUMBER: _ClassVar[int]
    text: str
    earlier: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, text: _Optional[str] = ..., earlier: _Optional[_Iterable[str]] = ...) -> None: ...

class AssessResponse(_message.Message):
    __slots__ = ("level", "signs", "guidance", "hotline", "steps")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    SIGNS_FIELD_NUMBER: _ClassVar[int]
    GUIDANCE_FIELD_NUMBER: _ClassVar[int]
    HOTLINE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    level: EmergencyLevel
    signs: _containers.RepeatedCompositeFieldContainer[Sign]
    guidance: str
    hotline: str
    steps: _containers.RepeatedCompositeFieldContainer[FirstAidStep]
    def __init__(self, level: _Optional[_Union[EmergencyLevel, str]] = ..., signs: _Optional[_Iterable[_Union[Sign, _Mapping]]] = ..., guidance: _Optional[str] = ..., hotline: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[FirstAidStep, _Mapping]]] = ...) -> None: ...

class EmergencyRoom(_message.Message):
    __slots__ = ("hpid", "name", "address", "phone", "emergency_phone", "kind", "location", "distance_meters", "free_beds", "beds_reported_at", "beds_age_minutes", "beds_stale")
    HPID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_PHONE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_METERS_FIELD_NUMBER: _ClassVar[int]
    FREE_BEDS_FIELD_NUMBER: _ClassVar[int]
    BEDS_REPORTED_AT_FIELD_NUMBER: _ClassVar[int]
    BEDS_AGE_MINUTES_FIELD_NUMBER: _ClassVar[int]
    BEDS_STALE_FIELD_NUMBER: _ClassVar[int]
    hpid: str
    name: str
    address: str
    phone: str
    emergency_phone: str
    kind: str
    location: _specialist_pb2.Location
    distance_meters: int
    free_beds: int
    beds_reported_at: str
    beds_age_minutes: int
    beds_stale: bool
    def __init__(self, hpid: _Optional[str] = ..., name: _Optional[str] = ..., address: _Optional[str] = ..., phone: _Optional[str] = ..., emergency_phone: _Optional[str] = ..., kind: _Optional[str] = ..., location: _Optional[_Union[_specialist_pb2.Location, _Mapping]] = ..., distance_meters: _Optional[int] = ..., free_beds: _Optional[int] = ..., beds_reported_at: _Optional[str] = ..., beds_age_minutes: _Optional[int] = ..., beds_stale: _Optional[bool] = ...) -> None: ...

class ListNearbyEmergencyRoomsRequest(_message.Message):
    __slots__ = ("latitude", "longitude", "radius_km", "page_size")
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    RADIUS_KM_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    latitude: float
    longitude: float
    radius_km: float
    page_size: int
    def __init__(self, latitude: _Optional[float] = ..., longitude: _Optional[float] = ..., radius_km: _Optional[float] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListNearbyEmergencyRoomsResponse(_message.Message):
    __slots__ = ("emergency_rooms", "as_of")
    EMERGENCY_ROOMS_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    emergency_rooms: _containers.RepeatedCompositeFieldContainer[EmergencyRoom]
    as_of: str
    def __init__(self, emergency_rooms: _Optional[_Iterable[_Union[EmergencyRoom, _Mapping]]] = ..., as_of: _Optional[str] = ...) -> None: ...
