"""Checks a stored answer again, offline: from the databases and the receipt, with no service running."""

from __future__ import annotations

import asyncio

from rich.console import Console

from services.chatbot.receipts import Receipts
from services.chatbot.replay import Replay, Stored, replayed
from services.drug.store import DrugStore
from services.mesh.settings import Settings
from services.safety.claims import Names
from services.storage.cipher import Keyring
from services.storage.engine import key_url, open_engine, reference_url
from services.storage.master_keys import master_keys
from services.storage.shards import ShardDirectory

console = Console(soft_wrap=True)


def run(settings: Settings, exchange_id: str) -> int:
    """Returns 0 when the answer holds, 1 when it does not or is not there."""
    found = asyncio.run(_replay(settings, exchange_id))
    if found is None:
        console.print(f"medichain: no answer is kept under {exchange_id}", markup=False)
        return 1
    stored, replay = found
    console.print(f"written by     {stored.provider} {stored.model}".rstrip(), markup=False)
    console.print(
        f"instructions   {stored.prompt_version or 'none'}{'' if replay.same_prompts else ' (not those of now)'}"
    )
    console.print(f"data           {stored.completed.data_version or 'none'}")
    console.print(f"evidence       {', '.join(stored.evidence) or 'none'}", markup=False)
    console.print(f"sentences      {replay.sentences}; by the model {replay.by_model}, supported {replay.supported}")
    for fault in replay.faults:
        console.print(f"does not hold  {fault}", markup=False)
    console.print("holds" if not replay.faults else "[red]does not hold[/]")
    return 1 if replay.faults else 0


async def _replay(settings: Settings, exchange_id: str) -> tuple[Stored, Replay] | None:
    keys, reference = open_engine(key_url(settings), "keys"), open_engine(reference_url(settings), "reference")
    directory = ShardDirectory(settings)
    try:
        stored = await Receipts(directory, Keyring(keys, master_keys(settings))).stored(exchange_id)
        if stored is None:
            return None
        tables = DrugStore(reference)
        known = [name for name, _, _ in await tables.names()] + [*(await tables.ingredient_names()).values()]
        return stored, replayed(stored, Names(known))
    finally:
        await directory.dispose()
        await keys.dispose()
        await reference.dispose()
