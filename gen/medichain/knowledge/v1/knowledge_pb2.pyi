from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from medichain.mesh.v1 import policy_pb2 as _policy_pb2
from medichain.specialist.v1 import specialist_pb2 as _specialist_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Passage(_message.Message):
    __slots__ = ("id", "domain", "group", "title", "text", "source", "as_of", "reviewed_by", "score", "coverage")
    ID_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    REVIEWED_BY_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    COVERAGE_FIELD_NUMBER: _ClassVar[int]
    id: str
    domain: _specialist_pb2.Domain
    group: str
    title: str
    text: str
    source: str
    as_of: str
    reviewed_by: str
    score: float
    coverage: float
    def __init__(self, id: _Optional[str] = ..., domain: _Optional[_Union[_specialist_pb2.Domain, str]] = ..., group: _Optional[str] = ..., title: _Optional[str] = ..., text: _Optional[str] = ..., source: _Optional[str] = ..., as_of: _Optional[str] = ..., reviewed_by: _Optional[str] = ..., score: _Optional[float] = ..., coverage: _Optional[float] = ...) -> None: ...

class SearchRequest(_message.Message):
    __slots__ = ("query", "group", "domain", "page_size")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    query: str
    group: str
    domain: _specialist_pb2.Domain
    page_size: int
    def __init__(self, query: _Optional[str] = ..., group: _Optional[str] = ..., domain: _Optional[_Union[_specialist_pb2.Domain, str]] = ..., page_size: _Optional[int] = ...) -> None: ...

class SearchResponse(_message.Message):
    __slots__ = ("passages", "index_version", "words_only")
    PASSAGES_FIELD_NUMBER: _ClassVar[int]
    INDEX_VERSION_FIELD_NUMBER: _ClassVar[int]
    WORDS_ONLY_FIELD_NUMBER: _ClassVar[int]
    passages: _containers.RepeatedCompositeFieldContainer[Passage]
    index_version: str
    words_only: bool
    def __init__(self, passages: _Optional[_Iterable[_Union[Passage, _Mapping]]] = ..., index_version: _Optional[str] = ..., words_only: _Optional[bool] = ...) -> None: ...

class Neighbour(_message.Message):
    __slots__ = ("domains", "similarity")
    DOMAINS_FIELD_NUMBER: _ClassVar[int]
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    domains: _containers.RepeatedScalarFieldContainer[_specialist_pb2.Domain]
    similarity: float
    def __init__(self, domains: _Optional[_Iterable[_Union[_specialist_pb2.Domain, str]]] = ..., similarity: _Optional[float] = ...) -> None: ...

class FindNeighboursRequest(_message.Message):
    __slots__ = ("text", "page_size")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    text: str
    page_size: int
    def __init__(self, text: _Optional[str] = ..., page_size: _Optional[int] = ...) -> None: ...

class FindNeighboursResponse(_message.Message):
    __slots__ = ("neighbours",)
    NEIGHBOURS_FIELD_NUMBER: _ClassVar[int]
    neighbours: _containers.RepeatedCompositeFieldContainer[Neighbour]
    def __init__(self, neighbours: _Optional[_Iterable[_Union[Neighbour, _Mapping]]] = ...) -> None: ...

class RebuildIndexRequest(_message.Message):
    __slots__ = ("force",)
    FORCE_FIELD_NUMBER: _ClassVar[int]
    force: bool
    def __init__(self, force: _Optional[bool] = ...) -> None: ...

class RebuildIndexResponse(_message.Message):
    __slots__ = ("stage", "done", "total", "index_version")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    INDEX_VERSION_FIELD_NUMBER: _ClassVar[int]
    stage: str
    done: int
    total: int
    index_version: str
    def __init__(self, stage: _Optional[str] = ..., done: _Optional[int] = ..., total: _Optional[int] = ..., index_version: _Optional[str] = ...) -> None: ...

class IndexBuild(_message.Message):
    __slots__ = ("embedding_model", "dimensions", "stage", "done", "total")
    EMBEDDING_MODEL_FIELD_NUMBER: _ClassVar[int]
    DIMENSIONS_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    embedding_model: str
    dimensions: int
    stage: str
    done: int
    total: int
    def __init__(self, embedding_model: _Optional[str] = ..., dimensions: _Optional[int] = ..., stage: _Optional[str] = ..., done: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class GetIndexRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetIndexResponse(_message.Message):
    __slots__ = ("index_version", "embedding_model", "passages", "last_problem", "dimensions", "words_only", "building")
    INDEX_VERSION_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_MODEL_FIELD_NUMBER: _ClassVar[int]
    PASSAGES_FIELD_NUMBER: _ClassVar[int]
    LAST_PROBLEM_FIELD_NUMBER: _ClassVar[int]
    DIMENSIONS_FIELD_NUMBER: _ClassVar[int]
    WORDS_ONLY_FIELD_NUMBER: _ClassVar[int]
    BUILDING_FIELD_NUMBER: _ClassVar[int]
    index_version: str
    embedding_model: str
    passages: int
    last_problem: str
    dimensions: int
    words_only: bool
    building: IndexBuild
    def __init__(self, index_version: _Optional[str] = ..., embedding_model: _Optional[str] = ..., passages: _Optional[int] = ..., last_problem: _Optional[str] = ..., dimensions: _Optional[int] = ..., words_only: _Optional[bool] = ..., building: _Optional[_Union[IndexBuild, _Mapping]] = ...) -> None: ...
