"""What an allergy a person names covers: an ingredient, a class word, or a family whose members cross-react.

Families after the warnings of the products' own permits (penicillins, cephalosporins, sulfonamides, anti-inflammatory
medicines for those who react to aspirin).
"""

from __future__ import annotations

from services.drug.lexicon import Lexicon
from services.drug.names import key
from services.drug.resolver import Resolver

_ANTI_INFLAMMATORY = (
    "아스피린",
    "이부프로펜",
    "덱시부프로펜",
    "나프록센",
    "디클로페낙",
    "아세클로페낙",
    "케토프로펜",
    "록소프로펜",
    "멜록시캄",
    "피록시캄",
    "케토롤락",
    "세레콕시브",
    "플루르비프로펜",
)
_FAMILIES = {
    "페니실린": ("아목시실린", "암피실린", "피페라실린", "페니실린", "설타미실린"),
    "세파": ("세파클러", "세프라딘", "세프트리악손", "세팔렉신", "세픽심", "세푸록심", "세프디니르", "세프포독심"),
    "설파": ("설파메톡사졸", "설파살라진", "설파디아진"),
    "술파": ("설파메톡사졸", "설파살라진", "설파디아진"),
    "아스피린": _ANTI_INFLAMMATORY,
    "소염진통제": _ANTI_INFLAMMATORY,
    "nsaid": _ANTI_INFLAMMATORY,
    "요오드": ("포비돈요오드",),
}


def allergens(word: str, resolver: Resolver) -> tuple[str, ...]:
    """The ingredients an allergy covers, base names; none when the word is not understood."""
    spelled = key(word)
    family = next((members for name, members in _FAMILIES.items() if spelled.startswith(name)), ())
    meaning = resolver.understand(word)
    if meaning is None or meaning.kind in ("brand", "item"):
        return family
    return tuple(dict.fromkeys((*family, *_of(meaning.kind, meaning.keys[0], resolver.lexicon))))


def _of(kind: str, name: str, lexicon: Lexicon) -> tuple[str, ...]:
    return lexicon.lay_class(name).ingredients if kind == "class" else (name,)
