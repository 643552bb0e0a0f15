from buf.validate import validate_pb2 as _validate_pb2
from medichain.account.v1 import account_pb2 as _account_pb2
from medichain.mesh.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Shard(_message.Message):
    __slots__ = ("id", "host", "port", "database_name", "is_active", "max_users", "current_users", "reachable")
    ID_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    DATABASE_NAME_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    MAX_USERS_FIELD_NUMBER: _ClassVar[int]
    CURRENT_USERS_FIELD_NUMBER: _ClassVar[int]
    REACHABLE_FIELD_NUMBER: _ClassVar[int]
    id: int
    host: str
    port: int
    database_name: str
    is_active: bool
    max_users: int
    current_users: int
    reachable: bool
    def __init__(self, id: _Optional[int] = ..., host: _Optional[str] = ..., port: _Optional[int] = ..., database_name: _Optional[str] = ..., is_active: _Optional[bool] = ..., max_users: _Optional[int] = ..., current_users: _Optional[int] = ..., reachable: _Optional[bool] = ...) -> None: ...

class ListShardsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListShardsResponse(_message.Message):
    __slots__ = ("shards",)
    SHARDS_FIELD_NUMBER: _ClassVar[int]
    shards: _containers.RepeatedCompositeFieldContainer[Shard]
    def __init__(self, shards: _Optional[_Iterable[_Union[Shard, _Mapping]]] = ...) -> None: ...

class AddShardRequest(_message.Message):
    __slots__ = ("url", "password_ref", "max_users")
    URL_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_REF_FIELD_NUMBER: _ClassVar[int]
    MAX_USERS_FIELD_NUMBER: _ClassVar[int]
    url: str
    password_ref: str
    max_users: int
    def __init__(self, url: _Optional[str] = ..., password_ref: _Optional[str] = ..., max_users: _Optional[int] = ...) -> None: ...

class DrainShardRequest(_message.Message):
    __slots__ = ("id", "undo")
    ID_FIELD_NUMBER: _ClassVar[int]
    UNDO_FIELD_NUMBER: _ClassVar[int]
    id: int
    undo: bool
    def __init__(self, id: _Optional[int] = ..., undo: _Optional[bool] = ...) -> None: ...

class AccountRef(_message.Message):
    __slots__ = ("id", "account_id", "reason")
    ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    id: str
    account_id: str
    reason: str
    def __init__(self, id: _Optional[str] = ..., account_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class BlockAccountRequest(_message.Message):
    __slots__ = ("account",)
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    account: AccountRef
    def __init__(self, account: _Optional[_Union[AccountRef, _Mapping]] = ...) -> None: ...

class UnblockAccountRequest(_message.Message):
    __slots__ = ("account",)
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    account: AccountRef
    def __init__(self, account: _Optional[_Union[AccountRef, _Mapping]] = ...) -> None: ...

class MoveAccountRequest(_message.Message):
    __slots__ = ("account", "shard_id")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SHARD_ID_FIELD_NUMBER: _ClassVar[int]
    account: AccountRef
    shard_id: int
    def __init__(self, account: _Optional[_Union[AccountRef, _Mapping]] = ..., shard_id: _Optional[int] = ...) -> None: ...

class SetRoleRequest(_message.Message):
    __slots__ = ("account", "role")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    account: AccountRef
    role: _account_pb2.Role
    def __init__(self, account: _Optional[_Union[AccountRef, _Mapping]] = ..., role: _Optional[_Union[_account_pb2.Role, str]] = ...) -> None: ...

class InspectAccountRequest(_message.Message):
    __slots__ = ("account",)
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    account: AccountRef
    def __init__(self, account: _Optional[_Union[AccountRef, _Mapping]] = ...) -> None: ...

class AccountChanged(_message.Message):
    __slots__ = ("account_id", "shard_id")
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    SHARD_ID_FIELD_NUMBER: _ClassVar[int]
    account_id: str
    shard_id: int
    def __init__(self, account_id: _Optional[str] = ..., shard_id: _Optional[int] = ...) -> None: ...

class CreateDemoAccountsRequest(_message.Message):
    __slots__ = ("count", "force")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    count: int
    force: bool
    def __init__(self, count: _Optional[int] = ..., force: _Optional[bool] = ...) -> None: ...

class CreateDemoAccountsResponse(_message.Message):
    __slots__ = ("created",)
    CREATED_FIELD_NUMBER: _ClassVar[int]
    created: int
    def __init__(self, created: _Optional[int] = ...) -> None: ...

class AuditEntry(_message.Message):
    __slots__ = ("number", "at", "operator", "action", "subject", "reason", "hash")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    number: int
    at: str
    operator: str
    action: str
    subject: str
    reason: str
    hash: str
    def __init__(self, number: _Optional[int] = ..., at: _Optional[str] = ..., operator: _Optional[str] = ..., action: _Optional[str] = ..., subject: _Optional[str] = ..., reason: _Optional[str] = ..., hash: _Optional[str] = ...) -> None: ...

class ListAuditEntriesRequest(_message.Message):
    __slots__ = ("after",)
    AFTER_FIELD_NUMBER: _ClassVar[int]
    after: int
    def __init__(self, after: _Optional[int] = ...) -> None: ...

class ListAuditEntriesResponse(_message.Message):
    __slots__ = ("entries", "intact")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    INTACT_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[AuditEntry]
    intact: bool
    def __init__(self, entries: _Optional[_Iterable[_Union[AuditEntry, _Mapping]]] = ..., intact: _Optional[bool] = ...) -> None: ...
