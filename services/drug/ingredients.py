"""Active ingredients: their base names, and the two places where a product permit lists them.

A base name is what the rules of drug utilisation review speak of: "암로디핀베실산염" and "암로디핀캄실산염" are both
암로디핀. Salts that make a medicine of their own (탄산리튬, 이소소르비드질산염, 염화칼륨) keep their name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Counter-ions, esters and solvates at the end of a registered name, as the ministry's naming rules spell them.
_SALTS = (
    "염산염|황산염|황산수소염|인산염|인산이수소염|질산염|브롬화수소산염|브롬화물|요오드화물|염화물|말레산염|푸마르산염|"
    "타르타르산염|타르트르산염|주석산염|시트르산염|구연산염|숙신산염|아세트산염|초산염|메실산염|베실산염|캄실산염|토실산염|"
    "옥살산염|파모산염|글루콘산염|락트산염|젖산염|오로트산염|니코틴산염|에디실산염|에실산염|지나포산염|베헨산염|"
    "나트륨|칼륨|칼슘|마그네슘|스트론튬|이나트륨|이칼륨|일나트륨|디에틸암모늄|트로메타민|메글루민|리신|아르기닌|"
    "아세테이트|아세토니드|프로피오네이트|디프로피오네이트|푸로에이트|발레로아세테이트|발레레이트|부티레이트|숙시네이트|"
    "포스페이트|팔미테이트|헥사세토니드|실렉세틸|메독소밀|메독소밀칼륨|에텍실레이트|마르복실|모페틸|피복실|프록세틸|"
    "악세틸|디피복실|디소프록실|프로판디올|무수물|반수화물|일수화물|이수화물|삼수화물|사수화물|오수화물|육수화물|"
    r"\d+(?:\.\d+)?수화물|수화물|추출물|건조엑스|정량추출물|가루|농축액"
)
_SALT_END = re.compile(rf"(?:{_SALTS})$")
# Names that were registered the older way, the acid first: "염산메트포르민".
_ACID_FIRST = re.compile(
    "^(?:염산|말레인산|말레산|황산|주석산|타르타르산|푸마르산|메실산|베실산|구연산|시트르산|브롬화수소산|초산|숙신산)(?=[가-힣]{3})"
)
# What is left when a salt that is a medicine in itself loses its metal or its acid: nothing to speak of.
_NO_MEDICINE = re.compile(
    "(?:산화|염화|탄산|탄산수소|인산|인산수소|황산|질산|붕산|글루콘산|시트르산|구연산|젖산|판토텐산|알긴산|히알루론산|"
    "아스파르트산|과산화|제일철|제이철|이소소르비드|이소소르비드일|에스트로겐)$"
)
_METAL_FIRST = re.compile("^(?:제일철|제이철|아연|마그네슘|칼슘|칼륨|나트륨|알루미늄|바륨|구리|리튬|암모늄|살리실)")
_STEREO = re.compile(r"^(?:dl|d|l|\(\+\)|\(-\))-", re.IGNORECASE)
_PREFIX = re.compile("^(?:희석|침강|미분화)")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An active ingredient of a product: base ``name``, registered ``label``, ``strength`` as printed or ""."""

    name: str
    label: str
    strength: str = ""


@lru_cache(maxsize=20_000)
def base_name(label: str) -> str:
    """The ingredient without salt, ester, crystal water, brackets and codes; never empty for a non-empty label."""
    plain = _STEREO.sub("", _BRACKETS.sub("", label).strip())
    plain = re.sub(r"\s+", "", plain) if re.search("[가-힣]", plain) else plain.lower()
    stem = _without_prefix(plain)
    while (shorter := _without_salt(stem)) != stem:
        stem = shorter
    return stem or label.strip()


def _without_salt(name: str) -> str:
    found = _SALT_END.search(name)
    if not found or found.start() < _SHORTEST or _NO_MEDICINE.search(name[: found.start()]):
        return name
    return name[: found.start()]


def _without_prefix(name: str) -> str:
    name = _PREFIX.sub("", name)
    acid = _ACID_FIRST.match(name)
    return name if acid is None or _METAL_FIRST.match(name[acid.end() :]) else name[acid.end() :]


def from_permit(main_ingredients: str, material: str) -> list[Ingredient]:
    """The active ingredients of a permit row, from MAIN_ITEM_INGR ("[S0001]아세트아미노펜|…"), with the strengths that
    MATERIAL_NAME gives ("총량 : 1정 중|성분명 : …|분량 : 500|단위 : 밀리그램|…;…")."""
    amounts = dict(_amounts(material))
    labels = [_BRACKETS.sub("", part).strip() for part in main_ingredients.split("|")]
    labels = [label for label in labels if label] or list(amounts)
    return [Ingredient(base_name(label), label, amounts.get(label, "")) for label in dict.fromkeys(labels)]


def _amounts(material: str) -> list[tuple[str, str]]:
    found = []
    for ingredient in material.split(";"):
        fields = _fields(ingredient)
        if fields.get("성분명"):
            found.append((fields["성분명"], f"{fields.get('분량', '')}{fields.get('단위', '')}"))
    return found


def _fields(ingredient: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in ingredient.split("|") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}


def strength_of(ingredients: Sequence[Ingredient]) -> str:
    """The strengths of a product in one line, in the order of its ingredients; "" when none is known."""
    return "/".join(ingredient.strength for ingredient in ingredients if ingredient.strength)
