"""Medicines by what is in them and by what they are: "타이레놀" and "아세트아미노펜" are one, "챔프" is another.

The same ingredient comes as a syrup for children (챔프), in another strength for another disease (프로스카) or as a
plaster (케토톱). So a product's name stays in the key, unless people say it for the ingredient itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.chatbot.meaning.marks import Marked, Slot
from services.safety.claims import Names

# Products of one ingredient that are swallowed by adults, in the form that is meant by the ingredient's name alone.
_SAID_FOR_THE_INGREDIENT = {
    "타이레놀": "아세트아미노펜", "애드빌": "이부프로펜", "쿠마딘": "와파린", "글루코파지": "메트포르민",
    "클라리틴": "로라타딘", "지르텍": "세티리진", "노바스크": "암로디핀", "리피토": "아토르바스타틴",
    "졸로푸트": "설트랄린", "스틸녹스": "졸피뎀", "씬지로이드": "레보티록신", "넥시움": "에스오메프라졸",
}  # fmt: skip
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
    held = tuple(ingredients.get(name, (name,)))
    if name in held or held == (_SAID_FOR_THE_INGREDIENT.get(name),):
        return "+".join(sorted(held))
    return "/".join(["+".join(sorted(held)), name])
