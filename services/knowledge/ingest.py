"""Takes the passage exports into the reference database. A file with a known digest is not read again."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator

from services.knowledge.passages import DOMAINS, Refused, read_passages
from services.knowledge.store import Collection, Store
from services.mesh import telemetry
from services.storage.exports import digest
from services.storage.progress import Progress

DATA = pathlib.Path(__file__).parent / "data"


def files(folder: pathlib.Path = DATA) -> list[pathlib.Path]:
    """The passage files below ``folder``, in order."""
    return sorted(path for domain in DOMAINS for path in (folder / domain).glob("*.jsonl"))


async def take_in(store: Store, folder: pathlib.Path = DATA) -> AsyncIterator[Progress]:
    """Reads every file that has changed. Each is all or nothing, so a broken run is resumed by a new one.

    The shipped sample gives way to the first files that come from elsewhere.
    """
    found, sample = files(folder), folder == DATA
    if found and not sample:
        await store.drop_sample()
    known = await store.digests()
    for path in found:
        collection, seen = Collection(path.parent.name, path.stem, sample), digest(path)
        if known.get(collection.source) == seen:
            continue
        kept, refused = read_passages(path, await store.ids_outside(collection))
        yield Progress(collection.source, 0, len(kept) + len(refused))
        await store.replace(collection, kept, seen, len(refused))
        telemetry.log().info("ingested", file=path.name, rows=len(kept), refused=len(refused))
        for row in refused:
            telemetry.log().warning("row_refused", file=row.file, row=row.row, field=row.field, reason=row.why)
            yield Progress(collection.source, len(kept), len(kept) + len(refused), len(refused), _note(row))
        yield Progress(collection.source, len(kept) + len(refused), len(kept) + len(refused), len(refused))


def _note(row: Refused) -> str:
    return f"{row.file} row {row.row}: {row.field} {row.why}"
