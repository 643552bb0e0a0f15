"""What the service keeps in memory of its tables, renewed when new exports have been taken in."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from services.drug.lay_words import LayWords
from services.drug.lexicon import Lexicon
from services.drug.resolver import Resolver
from services.drug.rulebook import Rulebook
from services.drug.rules import Rule
from services.drug.shelf import Listing, Shelf
from services.mesh import telemetry

# How long new exports may go unnoticed, the reading of them left aside.
LOOK_AGAIN_SECONDS = 20.0
RULES = "식약처 의약품안전사용서비스(DUR)"
SAMPLE_RULES = "식약처 DUR 표본 자료"


class Tables(Protocol):
    """The tables as the register reads them."""

    async def version(self) -> str: ...

    async def listings(self) -> list[Listing]: ...

    async def names(self) -> list[tuple[str, str, str]]: ...

    async def ingredients_by_item(self) -> Mapping[str, Sequence[str]]: ...

    async def ingredient_names(self) -> dict[str, str]: ...

    async def ingredient_rules(self) -> list[Rule]: ...

    async def items_with_rules(self) -> list[str]: ...

    async def rules_as_of(self) -> str: ...

    async def rules_are_sample(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Known:
    """Every medicine and name, the rules of ingredients, and the date and the source of the rules.

    ``version`` is a digest that changes with the tables. ``vocabulary``: every name that a medicine or an ingredient
    goes by, sorted, with the base names of what is in it.
    """

    shelf: Shelf
    resolver: Resolver
    rulebook: Rulebook
    rules_as_of: str
    source: str
    version: str
    vocabulary: tuple[tuple[str, tuple[str, ...]], ...]


class Register:
    """Everything that a search and the names and ingredients of a check need at hand; texts are read when shown."""

    def __init__(self, tables: Tables, words: LayWords) -> None:
        self._tables, self._words = tables, words
        self._known: Known | None = None
        self._version = ""

    @property
    def known(self) -> Known:
        """What is known now. One answer should take it once: it is replaced as a whole."""
        if self._known is None:
            raise RuntimeError("the register has not been read yet")
        return self._known

    async def renew(self) -> None:
        """Reads the tables when an export has been taken in since they were read; the former answers meanwhile."""
        version = await self._tables.version()
        if self._known is None or version != self._version:
            self._known, self._version = await self._read(version), version

    async def watch(self) -> None:
        """Renews from time to time, until it is cancelled. Without the database, what is known stays."""
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            try:
                await self.renew()
            except (SQLAlchemyError, OSError) as failed:
                telemetry.log().warning("register_not_renewed", service="drug", error_type=type(failed).__name__)

    async def _read(self, version: str) -> Known:
        tables = self._tables
        source = SAMPLE_RULES if await tables.rules_are_sample() else RULES
        as_of, spellings = await tables.rules_as_of(), await tables.ingredient_names()
        rules, items = await tables.ingredient_rules(), await tables.items_with_rules()
        listings, names = await tables.listings(), await tables.names()
        contained = await tables.ingredients_by_item()

        def built() -> Known:
            shelf = Shelf(listings, names, contained)
            lexicon = Lexicon(shelf.brands(), {**self._words.synonyms, **spellings}, self._words)
            spelled = {key: (name,) for key, name in {**self._words.synonyms, **spellings}.items()}
            vocabulary = tuple(sorted({**spelled, **dict(shelf.vocabulary())}.items()))
            known_as = hashlib.sha256(version.encode()).hexdigest()[:16]
            return Known(shelf, Resolver(lexicon), Rulebook(rules, items), as_of, source, known_as, vocabulary)

        # Seconds at the nation's size: answers go on beside it.
        return await asyncio.to_thread(built)
