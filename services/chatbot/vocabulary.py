"""Every name of a medicine, as the drug service knows them: what a model's sentence is checked against.

Without it a swapped medicine could not be told from the right one, so nothing a model wrote goes out before it is here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from medichain.drug.v1 import drug_pb2
from services.mesh import telemetry
from services.mesh.client import Client
from services.mesh.errors import CallFailed
from services.safety.claims import Names

LOOK_AGAIN_SECONDS, RETRY_SECONDS = 60.0, 1.0


class Vocabulary:
    """The names, renewed in the background; what was known stays while the drug service is away."""

    def __init__(self, drug: Client) -> None:
        self._drug, self.version = drug, ""
        self.names: Names | None = None
        # Base names of the ingredients, by name.
        self.ingredients: Mapping[str, tuple[str, ...]] = {}

    async def watch(self) -> None:
        """Keeps the names, until cancelled."""
        while True:
            try:
                await self.renew()
            except CallFailed as failed:
                telemetry.log().info("vocabulary_not_renewed", reason=failed.reason.name)
            await asyncio.sleep(LOOK_AGAIN_SECONDS if self.names else RETRY_SECONDS)

    async def renew(self) -> None:
        """Reads the names when there is a newer version of them. Raises :class:`CallFailed`."""
        found: dict[str, tuple[str, ...]] = {}
        more, version = True, self.version
        while more:
            page = await self._drug.ListNames(drug_pb2.ListNamesRequest(offset=len(found), version=self.version))
            found.update((one.name, tuple(one.ingredients)) for one in page.names)
            more, version = page.more, page.version
        if version != self.version:
            names = {*found, *(name for meant in found.values() for name in meant)}
            self.names = await asyncio.to_thread(Names, names)
            self.ingredients, self.version = found, version
