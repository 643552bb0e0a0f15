"""Names of medicines as products carry them and as people type them, in one normal form.

"타이레놀정500밀리그람(아세트아미노펜)" has the brand core 타이레놀, the form 정 and the strength 500밀리그램; a typed
"타이레놀 500mg이랑" has the same core.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from services.safety.text import normalised

MAX_KEY = 120
_NOT_KEY = re.compile(r"[^0-9a-z가-힣ㄱ-ㅎㅏ-ㅣ.%/]+")
_STRAY_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_BRACKET = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_OPEN_BRACKET = re.compile(r"[(\[].*$")
_SYMBOLS = str.maketrans({"㎎": "mg", "㎍": "ug", "㎖": "ml", "µ": "u", "μ": "u"})
_UNITS = (
    (re.compile("(?<=[0-9])(?:mg(?![a-z])|(?:미리|밀리)그람|미리그램|(?:미리|밀리)(?!그램|리터|미터))"), "밀리그램"),
    (re.compile("밀리그람"), "밀리그램"),
    (re.compile("(?<=[0-9])(?:mcg|ug)(?![a-z])|마이크로그람"), "마이크로그램"),
    (re.compile("(?<=[0-9])(?:g(?![a-z])|그람)"), "그램"),
    (re.compile("(?<=[0-9])(?:ml(?![a-z])|미리리터)"), "밀리리터"),
    (re.compile("(?<=[0-9])(?:iu(?![a-z])|유닛)"), "단위"),
)
_UNIT = "밀리그램|마이크로그램|그램|밀리리터|리터|단위|시간|퍼센트|%|mg|g"
_STRENGTH_END = re.compile(rf"(?:\d[\d.,]*(?:{_UNIT})?/?)+(?:{_UNIT})*$")
_STRENGTH = re.compile(rf"\d[\d.,]*(?:/\d[\d.,]*)?(?:{_UNIT})(?:/[\d.,]*(?:{_UNIT}))?")
# Dosage forms and devices at the end of a product name, the longest first.
_FORM_LIST = """
장용성필름코팅정 서방성필름코팅정 필름코팅정 구강붕해정 장용캡슐 장용정 서방정 서방캡슐 지속정 설하정 당의정
츄어블정 츄정 저작정 질정 질세정액 세정액 연질캡슐 경질캡슐 캡슐 건조시럽 시럽 현탁용분말 분무용현탁액 현탁액
내복액 점안액 점비액 외용액 트로키 과립 좌약 연고 크림 로션 에멀겔 패취 패치 플라스타 나잘스프레이 스프레이
분무제 네일라카 콘센트레이트액 흡입액 가글 껌 솔로스타 플렉스펜 플렉스터치 퀵펜 프리필드펜 프리필드시린지
일회용펜 터부헬러 디스커스 레스피맷 에보할러 레스퓰 디트랜스 오로스 oros 인후스프레이
"""
# By their last letter, the longest first.
_FORMS_ENDING: dict[str, list[str]] = {}
for _form in sorted(_FORM_LIST.split(), key=len, reverse=True):
    _FORMS_ENDING.setdefault(_form[-1], []).append(_form)
# Short endings and the letters that must stay: 알마겔 and 에피펜 are names of their own.
_SHORT_FORMS = {"펜주": 3, "정": 2, "액": 2, "주": 3, "겔": 3}
# Endings that tell the products of one brand family apart: "판콜에스", "테라플루나이트타임".
_VARIANTS = re.compile(
    "(?:플러스에스|콜드에스|콜드큐|코프큐|노즈큐에스|키즈펜|나이트타임|데이타임|더블액션|프리미엄|엘에프디티|에스알|엑스알|엑스엘|씨알|"
    "이알|오로스|슈프라|원스|플러스|골드|콜드|애니|이브|프로|메타|리타드|듀오|뉴오랄|케어|에스|에이|에프|에취씨|큐삼중|큐|엠|디|엔|이지|"
    "안액쿨|멘톨|쿨민트|프로텍트|허니앤레몬|츄|정량)$"
)
_QUALIFIERS = re.compile("^(?:어린이|우먼스|까스|복합|한국)")
_COMPANY = re.compile(
    r"\(.*?\)|주식회사|한국|코리아|제약|약품|양행|파마|헬스케어|바이오|공업|에스티|신약|판매|유한회사|\s"
)


@dataclass(frozen=True, slots=True)
class ProductName:
    """A product's name taken apart. ``core`` and ``whole`` are keys; ``strength`` is in Korean units."""

    core: str
    whole: str
    strength: str = ""
    aliases: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """The normal form names are compared in: lower case, Korean units, no spaces, no symbols."""
    folded = _STRAY_DOT.sub("", _NOT_KEY.sub("", normalised(text).lower().translate(_SYMBOLS)))
    for pattern, unit in _UNITS:
        folded = pattern.sub(unit, folded)
    return folded[:MAX_KEY]


def without_brackets(text: str) -> str:
    """The text without what stands in brackets, nested or never closed."""
    while (shorter := _BRACKET.sub("", text)) != text:
        text = shorter
    return _OPEN_BRACKET.sub("", text).strip()


@lru_cache(maxsize=8192)
def core(text: str) -> str:
    """The brand core of a product name or of a typed name, as a key; the key itself when nothing else would be left."""
    stem = key(without_brackets(text)) or key(text)
    while (shorter := _without_form(_without_strength(stem))) != stem:
        stem = shorter
    return stem.rstrip("./%")


def _without_strength(stem: str) -> str:
    shorter = _STRENGTH_END.sub("", stem)
    return shorter if len(shorter) >= 2 else stem


def _without_form(stem: str) -> str:
    for form in _FORMS_ENDING.get(stem[-1:], ()):
        if stem.endswith(form) and len(stem) - len(form) >= 2:
            return stem.removesuffix(form)
    for form, shortest in _SHORT_FORMS.items():
        if stem.endswith(form) and len(stem) - len(form) >= shortest:
            return stem.removesuffix(form)
    return stem


def product(name: str, company: str = "", ingredients: tuple[str, ...] = ()) -> ProductName:
    """A product's registered name taken apart, with the shorter names people use for it.

    A name that is an ingredient's ("아스피린" in 바이엘아스피린정) is not an alias: it means the ingredient.
    """
    whole = key(without_brackets(name))
    brand = core(name)
    taken = {key(ingredient) for ingredient in ingredients} | {brand}
    aliases = [alias for alias in _shorter_names(brand, company) if alias not in taken]
    return ProductName(brand, whole, strength(name), tuple(dict.fromkeys(aliases)))


def _shorter_names(brand: str, company: str) -> list[str]:
    maker = key(_COMPANY.sub("", company))
    plain = [brand.removeprefix(maker)] if maker and brand.startswith(maker) else []
    plain += [_QUALIFIERS.sub("", name) for name in (brand, *plain)]
    families = [_VARIANTS.sub("", name) for name in (brand, *plain)]
    numberless = [re.sub(r"\d+$", "", name) for name in (*plain, *families)]
    return [name for name in (*plain, *families, *numberless) if len(re.sub("[^가-힣a-z]", "", name)) >= 2]


def strength(text: str) -> str:
    """The strength a name carries, in Korean units, or ""."""
    found = _STRENGTH.search(key(without_brackets(text)))
    return found.group() if found else ""
