"""Medicines by what is in them: "타이레놀" and "아세트아미노펜" are one, "타이레놀8시간이알" is another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.chatbot.meaning.marks import Marked, Slot
from services.safety.claims import Names

# Parts of a name that change how a medicine is taken: release, form, whom it is for, strength.
_SHAPE = re.compile(
    r"서방|이알|8시간|지속|장용|현탁액|시럽|좌약|좌제|어린이|키즈|소아용|영유아|연고|크림|겔|로션|주사|펜주|점안|점비|스프레이|패취|패치"
    r"|플라스타|츄어블|구강붕해|설하|흡입|질정|나이트|데이|콜드|플러스|우먼스|이브|\d+(?:\.\d+)?(?:밀리그램|mg|%)?"
)
# Names that the export has in Korean letters only.
_ENGLISH = {
    "acetaminophen": "아세트아미노펜", "paracetamol": "아세트아미노펜", "tylenol": "아세트아미노펜",
    "ibuprofen": "이부프로펜", "advil": "이부프로펜", "aspirin": "아스피린", "amoxicillin": "아목시실린",
    "naproxen": "나프록센", "metformin": "메트포르민", "warfarin": "와파린", "loratadine": "로라타딘",
    "cetirizine": "세티리진", "omeprazole": "오메프라졸", "atorvastatin": "아토르바스타틴",
    "levothyroxine": "레보티록신", "prednisolone": "프레드니솔론", "diclofenac": "디클로페낙",
    "azithromycin": "아지트로마이신", "loperamide": "로페라미드", "sertraline": "설트랄린", "zolpidem": "졸피뎀",
}  # fmt: skip
_ENGLISH_NAME = re.compile(rf"(?<![a-z])({'|'.join(_ENGLISH)})(?![a-z])")
# Herbs whose names are everyday words.
_EVERYDAY = frozenset({"건강", "황금"})
# A bare number behind a product's name is its strength.
_STRENGTH = re.compile(r"(?<=[\ue000-\uf8ff])\s?(\d{2,4})(?=\s|$|[은는이가을를])")


def mark_medicines(marked: Marked, ingredients: Mapping[str, Sequence[str]], names: Names) -> None:
    """Marks every name of ``names`` by its ingredients, or by itself where these are not known."""
    marked.text = _ENGLISH_NAME.sub(lambda match: _ENGLISH[match[1]], marked.text)
    out, end = list[str](), 0
    for one in names.found(marked.text):
        if one.name in _EVERYDAY:
            continue
        out += [marked.text[end : one.start], marked.mark(Slot("medicine", _substance(one.name, ingredients)))]
        end = one.end
    marked.text = "".join([*out, marked.text[end:]])
    marked.text = _STRENGTH.sub(r" \1mg", marked.text)


def _substance(name: str, ingredients: Mapping[str, Sequence[str]]) -> str:
    held = ingredients.get(name)
    if not held:
        return name
    substance = "+".join(sorted(held))
    shape = [] if name in held else sorted(set(_SHAPE.findall(name)))
    return "/".join([substance, *shape])
