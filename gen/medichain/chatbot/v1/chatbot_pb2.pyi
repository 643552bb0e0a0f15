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

class Citation(_message.Message):
    __slots__ = ("number", "id", "title", "snippet", "source", "as_of")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SNIPPET_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    number: int
    id: str
    title: str
    snippet: str
    source: str
    as_of: str
    def __init__(self, number: _Optional[int] = ..., id: _Optional[str] = ..., title: _Optional[str] = ..., snippet: _Optional[str] = ..., source: _Optional[str] = ..., as_of: _Optional[str] = ...) -> None: ...

class AskRequest(_message.Message):
    __slots__ = ("question", "conversation_id", "location", "providers", "resumable")
    class ProvidersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    RESUMABLE_FIELD_NUMBER: _ClassVar[int]
    question: str
    conversation_id: str
    location: _specialist_pb2.Location
    providers: _containers.ScalarMap[str, str]
    resumable: bool
    def __init__(self, question: _Optional[str] = ..., conversation_id: _Optional[str] = ..., location: _Optional[_Union[_specialist_pb2.Location, _Mapping]] = ..., providers: _Optional[_Mapping[str, str]] = ..., resumable: _Optional[bool] = ...) -> None: ...

class Started(_message.Message):
    __slots__ = ("exchange_id", "conversation_id")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    conversation_id: str
    def __init__(self, exchange_id: _Optional[str] = ..., conversation_id: _Optional[str] = ...) -> None: ...

class Emergency(_message.Message):
    __slots__ = ("level", "guidance", "hotline")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    GUIDANCE_FIELD_NUMBER: _ClassVar[int]
    HOTLINE_FIELD_NUMBER: _ClassVar[int]
    level: _emergency_support_pb2.EmergencyLevel
    guidance: str
    hotline: str
    def __init__(self, level: _Optional[_Union[_emergency_support_pb2.EmergencyLevel, str]] = ..., guidance: _Optional[str] = ..., hotline: _Optional[str] = ...) -> None: ...

class Classified(_message.Message):
    __slots__ = ("domains", "confidence")
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    domains: _containers.RepeatedScalarFieldContainer[_specialist_pb2.Domain]
    confidence: float
    def __init__(self, domains: _Optional[_Iterable[_Union[_specialist_pb2.Domain, str]]] = ..., confidence: _Optional[float] = ...) -> None: ...

class EvidenceFound(_message.Message):
    __slots__ = ("domain", "citations")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    CITATIONS_FIELD_NUMBER: _ClassVar[int]
    domain: _specialist_pb2.Domain
    citations: _containers.RepeatedCompositeFieldContainer[Citation]
    def __init__(self, domain: _Optional[_Union[_specialist_pb2.Domain, str]] = ..., citations: _Optional[_Iterable[_Union[Citation, _Mapping]]] = ...) -> None: ...

class Degraded(_message.Message):
    __slots__ = ("domain", "reason")
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    domain: _specialist_pb2.Domain
    reason: str
    def __init__(self, domain: _Optional[_Union[_specialist_pb2.Domain, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class Delta(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...

class Timings(_message.Message):
    __slots__ = ("classified_ms", "evidence_ms", "first_text_ms", "total_ms")
    CLASSIFIED_MS_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_MS_FIELD_NUMBER: _ClassVar[int]
    FIRST_TEXT_MS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MS_FIELD_NUMBER: _ClassVar[int]
    classified_ms: int
    evidence_ms: int
    first_text_ms: int
    total_ms: int
    def __init__(self, classified_ms: _Optional[int] = ..., evidence_ms: _Optional[int] = ..., first_text_ms: _Optional[int] = ..., total_ms: _Optional[int] = ...) -> None: ...

class Completed(_message.Message):
    __slots__ = ("exchange_id", "conversation_id", "answer", "domains", "confidence", "citations", "emergency", "cached", "provider", "data_version", "images", "timings", "degraded")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    CITATIONS_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    TIMINGS_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    conversation_id: str
    answer: str
    domains: _containers.RepeatedScalarFieldContainer[_specialist_pb2.Domain]
    confidence: float
    citations: _containers.RepeatedCompositeFieldContainer[Citation]
    emergency: Emergency
    cached: bool
    provider: str
    data_version: str
    images: _containers.RepeatedScalarFieldContainer[str]
    timings: Timings
    degraded: _containers.RepeatedCompositeFieldContainer[Degraded]
    def __init__(self, exchange_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., answer: _Optional[str] = ..., domains: _Optional[_Iterable[_Union[_specialist_pb2.Domain, str]]] = ..., confidence: _Optional[float] = ..., citations: _Optional[_Iterable[_Union[Citation, _Mapping]]] = ..., emergency: _Optional[_Union[Emergency, _Mapping]] = ..., cached: _Optional[bool] = ..., provider: _Optional[str] = ..., data_version: _Optional[str] = ..., images: _Optional[_Iterable[str]] = ..., timings: _Optional[_Union[Timings, _Mapping]] = ..., degraded: _Optional[_Iterable[_Union[Degraded, _Mapping]]] = ...) -> None: ...

class Failed(_message.Message):
    __slots__ = ("error", "message")
    ERROR_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    error: str
    message: str
    def __init__(self, error: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class AskResponse(_message.Message):
    __slots__ = ("id", "started", "emergency", "classified", "evidence", "degraded", "delta", "completed", "error")
    ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_FIELD_NUMBER: _ClassVar[int]
    CLASSIFIED_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    id: str
    started: Started
    emergency: Emergency
    classified: Classified
    evidence: EvidenceFound
    degraded: Degraded
    delta: Delta
    completed: Completed
    error: Failed
    def __init__(self, id: _Optional[str] = ..., started: _Optional[_Union[Started, _Mapping]] = ..., emergency: _Optional[_Union[Emergency, _Mapping]] = ..., classified: _Optional[_Union[Classified, _Mapping]] = ..., evidence: _Optional[_Union[EvidenceFound, _Mapping]] = ..., degraded: _Optional[_Union[Degraded, _Mapping]] = ..., delta: _Optional[_Union[Delta, _Mapping]] = ..., completed: _Optional[_Union[Completed, _Mapping]] = ..., error: _Optional[_Union[Failed, _Mapping]] = ...) -> None: ...

class Exchange(_message.Message):
    __slots__ = ("id", "question", "answer", "state", "asked_at", "domains", "citations", "emergency_level", "conversation_id", "confidence", "score", "comment")
    ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    CITATIONS_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_LEVEL_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    question: str
    answer: str
    state: str
    asked_at: str
    domains: _containers.RepeatedScalarFieldContainer[_specialist_pb2.Domain]
    citations: _containers.RepeatedCompositeFieldContainer[Citation]
    emergency_level: _emergency_support_pb2.EmergencyLevel
    conversation_id: str
    confidence: float
    score: int
    comment: str
    def __init__(self, id: _Optional[str] = ..., question: _Optional[str] = ..., answer: _Optional[str] = ..., state: _Optional[str] = ..., asked_at: _Optional[str] = ..., domains: _Optional[_Iterable[_Union[_specialist_pb2.Domain, str]]] = ..., citations: _Optional[_Iterable[_Union[Citation, _Mapping]]] = ..., emergency_level: _Optional[_Union[_emergency_support_pb2.EmergencyLevel, str]] = ..., conversation_id: _Optional[str] = ..., confidence: _Optional[float] = ..., score: _Optional[int] = ..., comment: _Optional[str] = ...) -> None: ...

class GetConversationRequest(_message.Message):
    __slots__ = ("id", "page_size", "page_token")
    ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    id: str
    page_size: int
    page_token: str
    def __init__(self, id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class GetConversationResponse(_message.Message):
    __slots__ = ("id", "exchanges", "next_page_token")
    ID_FIELD_NUMBER: _ClassVar[int]
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    id: str
    exchanges: _containers.RepeatedCompositeFieldContainer[Exchange]
    next_page_token: str
    def __init__(self, id: _Optional[str] = ..., exchanges: _Optional[_Iterable[_Union[Exchange, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeleteConversationRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class DeleteConversationResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Conversation(_message.Message):
    __slots__ = ("id", "title", "started_at", "updated_at", "exchanges")
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    id: str
    title: str
    started_at: str
    updated_at: str
    exchanges: int
    def __init__(self, id: _Optional[str] = ..., title: _Optional[str] = ..., started_at: _Optional[str] = ..., updated_at: _Optional[str] = ..., exchanges: _Optional[int] = ...) -> None: ...

class ListConversationsRequest(_message.Message):
    __slots__ = ("query", "page_size", "page_token")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    query: str
    page_size: int
    page_token: str
    def __init__(self, query: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListConversationsResponse(_message.Message):
    __slots__ = ("conversations", "next_page_token")
    CONVERSATIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    conversations: _containers.RepeatedCompositeFieldContainer[Conversation]
    next_page_token: str
    def __init__(self, conversations: _Optional[_Iterable[_Union[Conversation, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListExchangesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListExchangesResponse(_message.Message):
    __slots__ = ("exchanges", "next_page_token")
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    exchanges: _containers.RepeatedCompositeFieldContainer[Exchange]
    next_page_token: str
    def __init__(self, exchanges: _Optional[_Iterable[_Union[Exchange, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ResumeExchangeRequest(_message.Message):
    __slots__ = ("id", "last_event_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    LAST_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    last_event_id: str
    def __init__(self, id: _Optional[str] = ..., last_event_id: _Optional[str] = ...) -> None: ...

class StopExchangeRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class StopExchangeResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RateExchangeRequest(_message.Message):
    __slots__ = ("id", "score", "comment")
    ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    score: int
    comment: str
    def __init__(self, id: _Optional[str] = ..., score: _Optional[int] = ..., comment: _Optional[str] = ...) -> None: ...

class RateExchangeResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class InspectConversationRequest(_message.Message):
    __slots__ = ("id", "account_id", "reason", "page_token")
    ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    id: str
    account_id: str
    reason: str
    page_token: str
    def __init__(self, id: _Optional[str] = ..., account_id: _Optional[str] = ..., reason: _Optional[str] = ..., page_token: _Optional[str] = ...) -> None: ...

class ExportFeedbackRequest(_message.Message):
    __slots__ = ("since", "page_token")
    SINCE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    since: str
    page_token: str
    def __init__(self, since: _Optional[str] = ..., page_token: _Optional[str] = ...) -> None: ...

class Feedback(_message.Message):
    __slots__ = ("exchange_id", "score", "comment", "domains", "confidence", "quality", "rated_at")
    EXCHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    RATED_AT_FIELD_NUMBER: _ClassVar[int]
    exchange_id: str
    score: int
    comment: str
    domains: _containers.RepeatedScalarFieldContainer[_specialist_pb2.Domain]
    confidence: float
    quality: float
    rated_at: str
    def __init__(self, exchange_id: _Optional[str] = ..., score: _Optional[int] = ..., comment: _Optional[str] = ..., domains: _Optional[_Iterable[_Union[_specialist_pb2.Domain, str]]] = ..., confidence: _Optional[float] = ..., quality: _Optional[float] = ..., rated_at: _Optional[str] = ...) -> None: ...

class ExportFeedbackResponse(_message.Message):
    __slots__ = ("feedback", "next_page_token")
    FEEDBACK_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    feedback: _containers.RepeatedCompositeFieldContainer[Feedback]
    next_page_token: str
    def __init__(self, feedback: _Optional[_Iterable[_Union[Feedback, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class EraseRecordsRequest(_message.Message):
    __slots__ = ("account_id",)
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    account_id: str
    def __init__(self, account_id: _Optional[str] = ...) -> None: ...

class EraseRecordsResponse(_message.Message):
    __slots__ = ("exchanges",)
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    exchanges: int
    def __init__(self, exchanges: _Optional[int] = ...) -> None: ...

class Provider(_message.Message):
    __slots__ = ("name", "model", "roles", "status")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    name: str
    model: str
    roles: _containers.RepeatedScalarFieldContainer[str]
    status: str
    def __init__(self, name: _Optional[str] = ..., model: _Optional[str] = ..., roles: _Optional[_Iterable[str]] = ..., status: _Optional[str] = ...) -> None: ...

class ListProvidersRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListProvidersResponse(_message.Message):
    __slots__ = ("providers", "chosen")
    class ChosenEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    CHOSEN_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.RepeatedCompositeFieldContainer[Provider]
    chosen: _containers.ScalarMap[str, str]
    def __init__(self, providers: _Optional[_Iterable[_Union[Provider, _Mapping]]] = ..., chosen: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ChooseProvidersRequest(_message.Message):
    __slots__ = ("providers",)
    class ProvidersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.ScalarMap[str, str]
    def __init__(self, providers: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ChooseProvidersResponse(_message.Message):
    __slots__ = ("providers",)
    class ProvidersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.ScalarMap[str, str]
    def __init__(self, providers: _Optional[_Mapping[str, str]] = ...) -> None: ...
