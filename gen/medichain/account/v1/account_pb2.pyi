from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from medichain.mesh.v1 import policy_pb2 as _policy_pb2
from medichain.specialist.v1 import specialist_pb2 as _specialist_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Gender(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GENDER_UNSPECIFIED: _ClassVar[Gender]
    GENDER_M: _ClassVar[Gender]
    GENDER_F: _ClassVar[Gender]
    GENDER_OTHER: _ClassVar[Gender]

class ConsentKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONSENT_KIND_UNSPECIFIED: _ClassVar[ConsentKind]
    CONSENT_KIND_SENSITIVE_HEALTH: _ClassVar[ConsentKind]
    CONSENT_KIND_LOCATION: _ClassVar[ConsentKind]
    CONSENT_KIND_MODEL_ABROAD: _ClassVar[ConsentKind]
    CONSENT_KIND_GUARDIAN: _ClassVar[ConsentKind]

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_USER: _ClassVar[Role]
    ROLE_OPERATOR: _ClassVar[Role]

class SessionState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_STATE_UNSPECIFIED: _ClassVar[SessionState]
    SESSION_STATE_NONE: _ClassVar[SessionState]
    SESSION_STATE_EXPIRED: _ClassVar[SessionState]
    SESSION_STATE_DUPLICATED: _ClassVar[SessionState]
    SESSION_STATE_BLOCKED: _ClassVar[SessionState]
GENDER_UNSPECIFIED: Gender
GENDER_M: Gender
GENDER_F: Gender
GENDER_OTHER: Gender
CONSENT_KIND_UNSPECIFIED: ConsentKind
CONSENT_KIND_SENSITIVE_HEALTH: ConsentKind
CONSENT_KIND_LOCATION: ConsentKind
CONSENT_KIND_MODEL_ABROAD: ConsentKind
CONSENT_KIND_GUARDIAN: ConsentKind
ROLE_UNSPECIFIED: Role
ROLE_USER: Role
ROLE_OPERATOR: Role
SESSION_STATE_UNSPECIFIED: SessionState
SESSION_STATE_NONE: SessionState
SESSION_STATE_EXPIRED: SessionState
SESSION_STATE_DUPLICATED: SessionState
SESSION_STATE_BLOCKED: SessionState

class Consent(_message.Message):
    __slots__ = ("kind", "granted", "version", "recorded_at")
    KIND_FIELD_NUMBER: _ClassVar[int]
    GRANTED_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    kind: ConsentKind
    granted: bool
    version: str
    recorded_at: str
    def __init__(self, kind: _Optional[_Union[ConsentKind, str]] = ..., granted: _Optional[bool] = ..., version: _Optional[str] = ..., recorded_at: _Optional[str] = ...) -> None: ...

class Account(_message.Message):
    __slots__ = ("id", "account_id", "name", "email", "phone", "birth_date", "gender", "pregnancy", "allergies", "conditions", "medicines", "saved_clinics", "consents", "role", "created_at", "updated_at", "last_login")
    ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    PREGNANCY_FIELD_NUMBER: _ClassVar[int]
    ALLERGIES_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    MEDICINES_FIELD_NUMBER: _ClassVar[int]
    SAVED_CLINICS_FIELD_NUMBER: _ClassVar[int]
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_LOGIN_FIELD_NUMBER: _ClassVar[int]
    id: str
    account_id: str
    name: str
    email: str
    phone: str
    birth_date: str
    gender: Gender
    pregnancy: _specialist_pb2.Pregnancy
    allergies: _containers.RepeatedScalarFieldContainer[str]
    conditions: _containers.RepeatedScalarFieldContainer[str]
    medicines: _containers.RepeatedScalarFieldContainer[str]
    saved_clinics: _containers.RepeatedScalarFieldContainer[str]
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    role: Role
    created_at: str
    updated_at: str
    last_login: str
    def __init__(self, id: _Optional[str] = ..., account_id: _Optional[str] = ..., name: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., birth_date: _Optional[str] = ..., gender: _Optional[_Union[Gender, str]] = ..., pregnancy: _Optional[_Union[_specialist_pb2.Pregnancy, str]] = ..., allergies: _Optional[_Iterable[str]] = ..., conditions: _Optional[_Iterable[str]] = ..., medicines: _Optional[_Iterable[str]] = ..., saved_clinics: _Optional[_Iterable[str]] = ..., consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ..., role: _Optional[_Union[Role, str]] = ..., created_at: _Optional[str] = ..., updated_at: _Optional[str] = ..., last_login: _Optional[str] = ...) -> None: ...

class CreateAccountRequest(_message.Message):
    __slots__ = ("id", "password", "name", "email", "phone", "birth_date", "gender", "consents")
    ID_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    password: str
    name: str
    email: str
    phone: str
    birth_date: str
    gender: Gender
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    def __init__(self, id: _Optional[str] = ..., password: _Optional[str] = ..., name: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., birth_date: _Optional[str] = ..., gender: _Optional[_Union[Gender, str]] = ..., consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ...) -> None: ...

class UpdateAccountRequest(_message.Message):
    __slots__ = ("name", "email", "phone", "birth_date", "gender", "pregnancy", "allergies", "conditions", "medicines", "saved_clinics", "consents", "update_mask")
    NAME_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    PREGNANCY_FIELD_NUMBER: _ClassVar[int]
    ALLERGIES_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    MEDICINES_FIELD_NUMBER: _ClassVar[int]
    SAVED_CLINICS_FIELD_NUMBER: _ClassVar[int]
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    name: str
    email: str
    phone: str
    birth_date: str
    gender: Gender
    pregnancy: _specialist_pb2.Pregnancy
    allergies: _containers.RepeatedScalarFieldContainer[str]
    conditions: _containers.RepeatedScalarFieldContainer[str]
    medicines: _containers.RepeatedScalarFieldContainer[str]
    saved_clinics: _containers.RepeatedScalarFieldContainer[str]
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, name: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., birth_date: _Optional[str] = ..., gender: _Optional[_Union[Gender, str]] = ..., pregnancy: _Optional[_Union[_specialist_pb2.Pregnancy, str]] = ..., allergies: _Optional[_Iterable[str]] = ..., conditions: _Optional[_Iterable[str]] = ..., medicines: _Optional[_Iterable[str]] = ..., saved_clinics: _Optional[_Iterable[str]] = ..., consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class GetAccountRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeleteAccountRequest(_message.Message):
    __slots__ = ("password",)
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    password: str
    def __init__(self, password: _Optional[str] = ...) -> None: ...

class DeleteAccountResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ChangePasswordRequest(_message.Message):
    __slots__ = ("password", "new_password")
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    NEW_PASSWORD_FIELD_NUMBER: _ClassVar[int]
    password: str
    new_password: str
    def __init__(self, password: _Optional[str] = ..., new_password: _Optional[str] = ...) -> None: ...

class ChangePasswordResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RecordConsentsResponse(_message.Message):
    __slots__ = ("consents",)
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    def __init__(self, consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ...) -> None: ...

class RecordConsentsRequest(_message.Message):
    __slots__ = ("consents",)
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    def __init__(self, consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ...) -> None: ...

class ListConsentsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListConsentsResponse(_message.Message):
    __slots__ = ("consents",)
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    def __init__(self, consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ...) -> None: ...

class DownloadAccountRequest(_message.Message):
    __slots__ = ("page_token",)
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_token: str
    def __init__(self, page_token: _Optional[str] = ...) -> None: ...

class DownloadedExchange(_message.Message):
    __slots__ = ("id", "conversation_id", "asked_at", "question", "answer", "score", "comment")
    ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    conversation_id: str
    asked_at: str
    question: str
    answer: str
    score: int
    comment: str
    def __init__(self, id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., asked_at: _Optional[str] = ..., question: _Optional[str] = ..., answer: _Optional[str] = ..., score: _Optional[int] = ..., comment: _Optional[str] = ...) -> None: ...

class DownloadAccountResponse(_message.Message):
    __slots__ = ("account", "consents", "sessions", "exchanges", "next_page_token")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    account: Account
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    sessions: _containers.RepeatedCompositeFieldContainer[Session]
    exchanges: _containers.RepeatedCompositeFieldContainer[DownloadedExchange]
    next_page_token: str
    def __init__(self, account: _Optional[_Union[Account, _Mapping]] = ..., consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ..., sessions: _Optional[_Iterable[_Union[Session, _Mapping]]] = ..., exchanges: _Optional[_Iterable[_Union[DownloadedExchange, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateSessionRequest(_message.Message):
    __slots__ = ("id", "password", "device")
    ID_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    id: str
    password: str
    device: str
    def __init__(self, id: _Optional[str] = ..., password: _Optional[str] = ..., device: _Optional[str] = ...) -> None: ...

class SessionTokens(_message.Message):
    __slots__ = ("access_token", "refresh_token", "expires_in", "session_id", "account_id", "id")
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REFRESH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    refresh_token: str
    expires_in: int
    session_id: str
    account_id: str
    id: str
    def __init__(self, access_token: _Optional[str] = ..., refresh_token: _Optional[str] = ..., expires_in: _Optional[int] = ..., session_id: _Optional[str] = ..., account_id: _Optional[str] = ..., id: _Optional[str] = ...) -> None: ...

class RefreshSessionRequest(_message.Message):
    __slots__ = ("refresh_token",)
    REFRESH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    refresh_token: str
    def __init__(self, refresh_token: _Optional[str] = ...) -> None: ...

class GetSessionRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSessionResponse(_message.Message):
    __slots__ = ("state", "signed_in", "session", "id", "account_id")
    STATE_FIELD_NUMBER: _ClassVar[int]
    SIGNED_IN_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    state: SessionState
    signed_in: bool
    session: Session
    id: str
    account_id: str
    def __init__(self, state: _Optional[_Union[SessionState, str]] = ..., signed_in: _Optional[bool] = ..., session: _Optional[_Union[Session, _Mapping]] = ..., id: _Optional[str] = ..., account_id: _Optional[str] = ...) -> None: ...

class Session(_message.Message):
    __slots__ = ("id", "device", "created_at", "ended_at", "end_reason", "current")
    ID_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    END_REASON_FIELD_NUMBER: _ClassVar[int]
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    device: str
    created_at: str
    ended_at: str
    end_reason: str
    current: bool
    def __init__(self, id: _Optional[str] = ..., device: _Optional[str] = ..., created_at: _Optional[str] = ..., ended_at: _Optional[str] = ..., end_reason: _Optional[str] = ..., current: _Optional[bool] = ...) -> None: ...

class ListSessionsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListSessionsResponse(_message.Message):
    __slots__ = ("sessions",)
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[Session]
    def __init__(self, sessions: _Optional[_Iterable[_Union[Session, _Mapping]]] = ...) -> None: ...

class DeleteCurrentSessionRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeleteCurrentSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeleteSessionRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class DeleteSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSigningKeysRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SigningKey(_message.Message):
    __slots__ = ("kty", "crv", "kid", "x")
    KTY_FIELD_NUMBER: _ClassVar[int]
    CRV_FIELD_NUMBER: _ClassVar[int]
    KID_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    kty: str
    crv: str
    kid: str
    x: str
    def __init__(self, kty: _Optional[str] = ..., crv: _Optional[str] = ..., kid: _Optional[str] = ..., x: _Optional[str] = ...) -> None: ...

class GetSigningKeysResponse(_message.Message):
    __slots__ = ("keys",)
    KEYS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[SigningKey]
    def __init__(self, keys: _Optional[_Iterable[_Union[SigningKey, _Mapping]]] = ...) -> None: ...

class GetPersonRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetPersonResponse(_message.Message):
    __slots__ = ("profile", "location_allowed", "model_abroad_allowed")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    MODEL_ABROAD_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    profile: _specialist_pb2.Profile
    location_allowed: bool
    model_abroad_allowed: bool
    def __init__(self, profile: _Optional[_Union[_specialist_pb2.Profile, _Mapping]] = ..., location_allowed: _Optional[bool] = ..., model_abroad_allowed: _Optional[bool] = ...) -> None: ...
