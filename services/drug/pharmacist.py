"""A list of medicines and a person, put to the rules: resolves the names, reads the rules once, judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.drug.allergies import allergens
from services.drug.interactions import findings
from services.drug.products import Products
from services.drug.register import Register
from services.drug.rules import Finding, Item, Person
from services.drug.store import DrugStore
from services.drug.wording import NOTHING_FOUND


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules say of a list: the medicines understood, the names that were not, the findings, the date of the
    rules, and a sentence on what was and was not looked at."""

    resolved: list[Item]
    unknown: list[str]
    findings: list[Finding]
    as_of: str
    notice: str


class Pharmacist:
    """Applies the rules."""

    def __init__(self, register: Register, store: DrugStore) -> None:
        self.products, self._register, self._store = Products(register), register, store

    @property
    def rules_as_of(self) -> str:
        """The newest date of the rules, ISO 8601."""
        return self._register.known.rules_as_of

    @property
    def source(self) -> str:
        """Where the rules come from."""
        return self._register.known.source

    async def check(
        self, names: Sequence[str], person: Person, taken: Sequence[str] = (), allergies: Sequence[str] = ()
    ) -> Checked:
        """Every rule about ``names``, and about each of them with the medicines the person takes already."""
        asked, also = self.products.named(names), self.products.named(taken, taken=True)
        known = {item.query: item for item in asked if item}
        resolved = [*known.values(), *(item for item in also if item and not _listed(item, list(known.values())))]
        unknown = [name for name, item in zip((*names, *taken), (*asked, *also), strict=True) if _unclear(item)]
        understood, strange = self.read_allergies(allergies)
        found = await self.judge(resolved, _allergic(person, understood))
        notice = self._notice(resolved, unknown, strange, bool(found))
        return Checked(resolved, list(dict.fromkeys(unknown)), found, self.rules_as_of, notice)

    async def judge(self, items: Sequence[Item], person: Person) -> list[Finding]:
        """The findings about medicines already understood."""
        ingredients = {ingredient for item in items for ingredient in item.ingredients}
        if not ingredients:
            return []
        rulebook = self._register.known.rulebook
        own = rulebook.with_own_rules(dict.fromkeys(item.item_seq for item in items))
        return findings(items, [*rulebook.about(ingredients), *await self._store.rules_of_items(own)], person)

    def read_allergies(self, words: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
        """The ingredients of each allergy that is understood, and the allergies that are not."""
        read = {word: allergens(word, self.products.resolver) for word in words}
        strange = [word for word, found in read.items() if not found]
        return {word: found for word, found in read.items() if found}, strange

    def _notice(self, resolved: list[Item], unknown: list[str], strange: list[str], found: bool) -> str:
        checked = (
            f"{self.source}({self.rules_as_of} 기준)에서 병용금기, 임부금기, 연령금기, 노인주의, "
            "효능군중복, 용량, 투여기간과 성분 중복을 확인했습니다."
        )
        parts = [checked if resolved else "확인할 수 있는 약 이름이 없었습니다."]
        parts.append(f"{'그 밖의 위험을' if found else '해당 사항을'} {NOTHING_FOUND}.")
        if unknown:
            parts.append(f"이름이나 성분을 알 수 없는 약 {len(unknown)}개는 확인하지 못했습니다.")
        if any(item.kind == "class" for item in resolved):
            parts.append("약 종류로 적은 것은 정확한 제품을 알아야 모두 확인할 수 있습니다.")
        if strange:
            parts.append(f"알레르기 {len(strange)}개는 이해하지 못해 확인하지 못했습니다.")
        return " ".join(parts)


def _unclear(item: Item | None) -> bool:
    """A name nobody knows, or a product whose ingredients the data does not give."""
    return item is None or not item.ingredients


def _listed(item: Item, others: list[Item]) -> bool:
    return any(item.query == other.query or (item.item_seq and item.item_seq == other.item_seq) for other in others)


def _allergic(person: Person, allergies: dict[str, tuple[str, ...]]) -> Person:
    return Person(person.age_months, person.pregnant, person.breastfeeding, person.conditions, allergies)
