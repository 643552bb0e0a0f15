"""Column types that mean the same on SQLite and on MySQL or MariaDB, where the plain ones do not.

``String(n)`` holds at most n characters: the servers refuse more, SQLite does not.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Float, LargeBinary, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

MYSQL = ("mysql", "mariadb")
TINY, SMALL, MEDIUM = (1 << 8) - 1, (1 << 16) - 1, (1 << 24) - 1


def Moment() -> TypeEngine[datetime]:  # noqa: N802 (stands where a type stands)
    """A point in time, naive UTC, kept to the microsecond. MySQL's plain DATETIME rounds to whole seconds."""
    return DateTime().with_variant(mysql.DATETIME(fsp=6), *MYSQL)


def Blob(length: int) -> TypeEngine[bytes]:  # noqa: N802
    """Up to `length` bytes, never part of an index. On MySQL the narrowest of its four kinds that holds them."""
    return LargeBinary(length).with_variant(_blob(length), *MYSQL)


def Digest(length: int) -> TypeEngine[bytes]:  # noqa: N802
    """At most `length` bytes that are looked for: keys and indexes may hold it, which MySQL refuses for blobs."""
    return LargeBinary(length).with_variant(mysql.VARBINARY(length), *MYSQL)


def Prose() -> TypeEngine[str]:  # noqa: N802
    """Text of any length up to 16 MB. MySQL's plain TEXT ends after 64 KB, some 21,000 Korean letters."""
    return Text().with_variant(mysql.MEDIUMTEXT(), *MYSQL)


def Real() -> TypeEngine[float]:  # noqa: N802
    """A number of double precision. MySQL's FLOAT keeps seven digits, with which coordinates lose metres."""
    return Float().with_variant(mysql.DOUBLE(asdecimal=False), *MYSQL)


def _blob(length: int) -> TypeEngine[bytes]:
    if length <= TINY:
        return mysql.TINYBLOB()
    if length <= SMALL:
        return mysql.BLOB()
    return mysql.MEDIUMBLOB() if length <= MEDIUM else mysql.LONGBLOB()
