"""Synthetic medicines and their DUR rows, in the ministry's formats.

Product-level contraindications are what makes the nation's DUR long: each pair of ingredients stands there once for
every pair of products that contain them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from tests.bench.envelope import DATE, Row
from tests.bench.words import Words

FIRST_ITEM = 700_000_001
PER_INGREDIENT = 25
_FORMS = (
    ("정", "정제"),
    ("정", "필름코팅정"),
    ("캡슐", "경질캡슐제"),
    ("서방정", "서방성필름코팅정"),
    ("시럽", "시럽제"),
    ("크림", "크림제"),
    ("주", "주사제"),
    ("점안액", "점안제"),
)
_SALTS = ("", "", "염산염", "나트륨", "말레산염", "베실산염", "타르타르산염")
_AMOUNTS = ("5", "10", "20", "25", "50", "100", "200", "250", "500")
_CLASSES = (
    "[01140]해열.진통.소염제",
    "[02140]혈압강하제",
    "[03960]당뇨병용제",
    "[02320]소화성궤양용제",
    "[01410]항히스타민제",
    "[06180]주로 그람양성, 음성균에 작용하는 것",
    "[01170]정신신경용제",
    "[02180]동맥경화용제",
)
_SINGLES = ("임부금기", "특정연령대금기", "노인주의", "효능군중복", "용량주의", "투여기간주의")
_DUR_FIELDS = """
DUR_SEQ TYPE_NAME INGR_CODE INGR_KOR_NAME INGR_ENG_NAME ITEM_SEQ ITEM_NAME MIXTURE_INGR_CODE
MIXTURE_INGR_KOR_NAME MIXTURE_INGR_ENG_NAME MIXTURE_ITEM_SEQ MIXTURE_ITEM_NAME PROHBT_CONTENT REMARK GRADE AGE_BASE
MAX_QTY MAX_DOSAGE_TERM SERS_NAME EFFECT_NAME NOTIFICATION_DATE
"""
_EMPTY_DUR = dict.fromkeys(_DUR_FIELDS.split(), "")


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An invented active ingredient."""

    number: int
    name: str
    label: str

    @property
    def english(self) -> str:
        return f"syntholine{self.number}"


@dataclass(frozen=True, slots=True)
class Medicine:
    """An invented product."""

    item_seq: str
    name: str
    company: str
    form: str
    amount: str
    ingredients: tuple[Ingredient, ...]


class Pharmacopoeia:
    """All invented medicines of one nation."""

    def __init__(self, count: int, source: random.Random) -> None:
        self._source, self._words = source, Words(source)
        self.ingredients = [self._ingredient(number) for number in range(max(30, count // PER_INGREDIENT))]
        self.medicines = [self._medicine(number) for number in range(count)]

    def easy_drug_rows(self) -> Iterator[Row]:
        """e약은요: texts of every third medicine, about the share that has them."""
        return (_easy_drug(medicine) for medicine in self.medicines[::3])

    def permit_rows(self) -> Iterator[Row]:
        """허가정보 of every medicine."""
        return (_permit(medicine, number) for number, medicine in enumerate(self.medicines))

    def ingredient_rules(self) -> Iterator[Row]:
        """DUR rows of ingredients: a pair and one single rule for each."""
        for number, ingredient in enumerate(self.ingredients):
            yield _pair(ingredient, self._partner(ingredient))
            yield _single(_SINGLES[number % len(_SINGLES)], ingredient)

    def product_rules(self, count: int) -> Iterator[Row]:
        """``count`` DUR rows of products: one single rule for each, the rest pairs."""
        singles = self.medicines[: count // 10]
        for number, medicine in enumerate(singles):
            yield _single(_SINGLES[number % len(_SINGLES)], medicine.ingredients[0], medicine)
        yield from islice(self._product_pairs(), count - len(singles))

    def _product_pairs(self) -> Iterator[Row]:
        """Every product of an ingredient with every product of each of its partners, the partners ever farther."""
        containing: dict[Ingredient, list[Medicine]] = {}
        for medicine in self.medicines:
            containing.setdefault(medicine.ingredients[0], []).append(medicine)
        for step in range(1, len(self.ingredients)):
            for ingredient in self.ingredients:
                partner = self._partner(ingredient, step)
                for products in product(containing.get(ingredient, ()), containing.get(partner, ())):
                    yield _pair(ingredient, partner, products)

    def _partner(self, ingredient: Ingredient, step: int = 1) -> Ingredient:
        return self.ingredients[(ingredient.number + step * 7) % len(self.ingredients)]

    def _ingredient(self, number: int) -> Ingredient:
        name = self._words.ingredient()
        return Ingredient(number, name, name + self._source.choice(_SALTS))

    def _medicine(self, number: int) -> Medicine:
        """A third are sold under their ingredient's name and their maker's, as generics are."""
        source = self._source
        main = self._drawn_ingredient()
        also = self._drawn_ingredient()
        contained = (main, also) if also != main and source.random() < 0.2 else (main,)
        maker = self._words.stem()
        brand = maker + main.name if source.random() < 0.33 else self._words.brand()
        (ending, form), amount = source.choice(_FORMS), source.choice(_AMOUNTS)
        name = f"{brand}{ending}{amount}밀리그램({'/'.join(one.label for one in contained)})"
        return Medicine(str(FIRST_ITEM + number), name, f"합성{maker}제약(주)", form, amount, contained)

    def _drawn_ingredient(self) -> Ingredient:
        """A few ingredients are in very many products."""
        return self.ingredients[int(len(self.ingredients) * self._source.random() ** 2)]


def _easy_drug(medicine: Medicine) -> Row:
    main = medicine.ingredients[0].name
    return {
        "entpName": medicine.company,
        "itemName": medicine.name,
        "itemSeq": medicine.item_seq,
        "efcyQesitm": f"이 약은 합성 자료의 예시로 {main} 성분을 담은 것입니다. 실제로 있는 약이 아닙니다.",
        "useMethodQesitm": f"{main} 성분은 하루 1회 정해진 시간에 물과 함께 복용하는 것으로 적은 예시입니다.",
        "atpnWarnQesitm": "",
        "atpnQesitm": f"{main} 성분에 과민증이 있는 사람은 복용 전에 의사 또는 약사와 상의하도록 적은 예시입니다.",
        "intrcQesitm": f"{main} 성분과 함께 복용하는 약이 있으면 약사에게 알리도록 적은 예시입니다.",
        "seQesitm": "어지럼증, 메스꺼움이 나타나면 복용을 멈추고 의사와 상의하도록 적은 예시입니다.",
        "depositMethodQesitm": "습기와 빛을 피해 실온에서 보관하십시오.",
        "updateDe": DATE,
        "itemImage": "",
    }


def _permit(medicine: Medicine, number: int) -> Row:
    material = ";".join(
        f"총량 : 1정 중|성분명 : {one.label}|분량 : {medicine.amount}|단위 : 밀리그램|규격 : |성분정보 : |비고 : "
        for one in medicine.ingredients
    )
    return {
        "ITEM_SEQ": medicine.item_seq,
        "ITEM_NAME": medicine.name,
        "ENTP_NAME": medicine.company,
        "ITEM_PERMIT_DATE": "",
        "ETC_OTC_CODE": "일반의약품" if number % 3 == 0 else "전문의약품",
        "CHART": "",
        "MATERIAL_NAME": material,
        "STORAGE_METHOD": "기밀용기, 실온보관",
        "VALID_TERM": "",
        "PACK_UNIT": "",
        "MAIN_ITEM_INGR": "|".join(f"[S{one.number:04}]{one.label}" for one in medicine.ingredients),
        "INGR_NAME": "",
        "ATC_CODE": "",
        "CLASS_NO": _CLASSES[medicine.ingredients[0].number % len(_CLASSES)],
        "FORM_CODE_NAME": medicine.form,
        "CANCEL_NAME": "취하" if number % 50 == 49 else "정상",
    }


def _pair(one: Ingredient, other: Ingredient, products: Sequence[Medicine] = ()) -> Row:
    row = _EMPTY_DUR | {
        "TYPE_NAME": "병용금기",
        "INGR_KOR_NAME": one.name,
        "INGR_ENG_NAME": one.english,
        "MIXTURE_INGR_KOR_NAME": other.name,
        "MIXTURE_INGR_ENG_NAME": other.english,
        "PROHBT_CONTENT": "합성 자료의 예시: 혈중농도가 올라가는 것으로 적은 조합입니다.",
        "NOTIFICATION_DATE": DATE,
    }
    if products:
        first, second = products
        row |= {"ITEM_SEQ": first.item_seq, "ITEM_NAME": first.name}
        row |= {"MIXTURE_ITEM_SEQ": second.item_seq, "MIXTURE_ITEM_NAME": second.name}
    return row


def _single(kind: str, ingredient: Ingredient, product: Medicine | None = None) -> Row:
    row = _EMPTY_DUR | {
        "TYPE_NAME": kind,
        "INGR_KOR_NAME": ingredient.name,
        "INGR_ENG_NAME": ingredient.english,
        "PROHBT_CONTENT": "합성 자료의 예시입니다.",
        "AGE_BASE": "12세 미만" if kind == "특정연령대금기" else "",
        "MAX_QTY": "1,000밀리그램" if kind == "용량주의" else "",
        "MAX_DOSAGE_TERM": "28일" if kind == "투여기간주의" else "",
        "SERS_NAME": f"합성 효능군 {ingredient.number % 60}" if kind == "효능군중복" else "",
        "NOTIFICATION_DATE": DATE,
    }
    return row | ({"ITEM_SEQ": product.item_seq, "ITEM_NAME": product.name} if product else {})
