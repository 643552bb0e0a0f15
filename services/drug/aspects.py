"""What a question about a medicine wants to know, and which sentences of the medicine's texts speak of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.safety.people import A_CHILD
from services.specialist.sentences import sentences

_CAUTIONS = ("warning", "precautions", "interactions", "side_effects", "usage")


@dataclass(frozen=True, slots=True)
class Aspect:
    """``asked`` finds the aspect in a question, ``about`` its sentences in the ``fields`` of a medicine's texts, at
    most ``most`` of them. Without ``about`` the fields' first sentences answer."""

    name: str
    asked: re.Pattern[str]
    fields: tuple[str, ...]
    about: re.Pattern[str] | None = None
    most: int = 2


def _aspect(name: str, asked: str, fields: tuple[str, ...], about: str = "", most: int = 2) -> Aspect:
    return Aspect(name, re.compile(asked, re.IGNORECASE), fields, re.compile(about) if about else None, most)


# The more particular aspects first: what they find is said first.
ASPECTS = (
    _aspect("alcohol", "술|음주|맥주|소주|와인|막걸리|회식|알코올|한\\s*잔", _CAUTIONS, "술|음주|알코올"),
    _aspect("grapefruit", "자몽|그레이프", _CAUTIONS, "자몽"),
    _aspect(
        "vitamin_k",
        "청국장|낫토|시금치|녹즙|비타민\\s*k|케일|채소",
        _CAUTIONS,
        "비타민\\s*K|청국장|낫토|시금치|녹색|녹즙",
    ),
    _aspect("milk", "우유|유제품|요거트|치즈", _CAUTIONS, "우유|유제품"),
    _aspect("coffee", "커피|카페인|에너지\\s*음료|녹차", _CAUTIONS, "커피|카페인|에너지음료"),
    _aspect(
        "minerals", "칼슘|철분|제산제|마그네슘|영양제|종합비타민", _CAUTIONS, "칼슘제|철분제|제산제|마그네슘|칼슘|철분"
    ),
    _aspect("contrast", "조영제|CT|시티", _CAUTIONS, "조영제"),
    _aspect("surgery", "수술|발치|임플란트|치과|내시경|시술", _CAUTIONS, "수술|발치|치과|시술|임플란트"),
    _aspect("driving", "운전|졸리|졸려|졸린|졸음|기계", _CAUTIONS, "운전|졸리|졸릴|졸음"),
    _aspect("planning", "임신\\s*(?:계획|준비)|피임", _CAUTIONS, "피임|기형|임신", 3),
    _aspect("pregnancy", "임신|임산부|임부|태아|산모", _CAUTIONS, "임신|임부|태아|기형"),
    _aspect("breastfeeding", "수유|모유|젖", _CAUTIONS, "수유"),
    _aspect(
        "child",
        f"아기|{A_CHILD}|아가|애기|어린이|소아|유아|영아|신생아|개월|살|초등|중학생|조카|손주",
        (*_CAUTIONS, "efficacy"),
        "세 미만|세 이상|개월|아기|아이|어린이|소아|보호자|청소년",
        3,
    ),
    _aspect("elderly", "어르신|노인|고령|할머니|할아버지|[6-9]0\\s*대", _CAUTIONS, "고령|노인|65세"),
    _aspect("kidney", "콩팥|신장|투석", _CAUTIONS, "콩팥|신장"),
    _aspect("liver", "간\\s*(?:수치|질환|염|경화|이\\s*안)|지방간", _CAUTIONS, "간 |간질환|간 손상|간수치"),
    _aspect("behaviour", "이상\\s*행동|헛소리|기억이?\\s*(?:안|없)", _CAUTIONS, "이상행동|기억|혼자|보호자", 3),
    _aspect("muscle", "근육통|근육이|콜라색", _CAUTIONS, "근육|소변"),
    _aspect("appetite", "식욕|입맛|밥맛|살\\s*(?:이|찌|빠)|체중", _CAUTIONS, "식욕|체중|입맛"),
    _aspect("diarrhoea", "설사|묽은|변비|배가?\\s*아", ("side_effects", *_CAUTIONS), "설사|변비|복통"),
    _aspect("skin", "두드러기|발진|가려|물집", ("side_effects", "warning"), "발진|두드러기|가려|물집"),
    _aspect("missed", "깜빡|까먹|빼먹|잊|거른|거르|놓쳤", ("usage", *_CAUTIONS), "잊|거르"),
    _aspect("stopping", "끊|중단|그만\\s*먹|안\\s*먹어도", ("usage", *_CAUTIONS), "끊|중단|임의로|스스로"),
    _aspect("splitting", "쪼개|씹|부수|갈아|반으로|녹여", ("usage", "precautions"), "쪼개|씹|부수|통째|갈|열지|녹"),
    _aspect("meal", "식전|식후|공복|빈\\s*속|밥\\s*먹", ("usage", "interactions"), "식전|식후|식사|빈속|공복|음식"),
    _aspect("spacing", "간격|교차|몇\\s*시간", ("usage", "interactions", "precautions"), "시간"),
    _aspect(
        "dose",
        "최대|몇\\s*(?:mg|㎎|밀리|알|정|번|병|포)|용량|하루에?\\s*(?:얼마|몇)|얼마나\\s*(?:먹|자주)|많이\\s*먹|더\\s*먹",
        ("usage", "warning"),
        "\\d|용량|하루",
        3,
    ),
    _aspect(
        "how",
        "어떻게\\s*(?:먹|써|사용|발라|바르|복용)|복용법|사용법|먹는\\s*(?:법|방법)|언제\\s*먹|맞는\\s*법",
        ("usage",),
        "",
        3,
    ),
    _aspect("storage", "보관|냉장|냉동|실온|상온|개봉|유통기한|유효기한|사용기한", ("storage",), "", 2),
    _aspect("disposal", "버리|폐기|처분", ("storage",), "버리|수거|반납", 1),
    _aspect(
        "side_effects",
        "부작용|이상반응|원래\\s*그런|속이?\\s*쓰|어지|울렁|메스꺼|잠이?\\s*안",
        ("side_effects",),
        "",
        2,
    ),
    _aspect(
        "use", "무슨\\s*약|어디에\\s*(?:쓰|먹)|효능|효과|뭐에\\s*(?:쓰|먹|좋)|용도|어떤\\s*약", ("efficacy",), "", 2
    ),
    _aspect("caution", "주의(?:할|사항|점)|조심", ("warning", "precautions"), "", 3),
)
_AMOUNTS = frozenset({"dose", "how", "spacing", "missed"})
TOGETHER = re.compile(
    r"같이|함께|이랑|랑\s|하고\s|병용|동시에|섞|상호\s*작용|먹는데|먹고\s*(?:있|나서|바로)?|복용\s*(?:중|하고)|쓰시는|드시는|더\s*먹|교차|간격"
)
COMPARES = re.compile(
    "차이|비교|달라|다른\\s*(?:가|점|약)|중에|어느\\s*(?:쪽|게|것)|뭐가\\s*(?:더|덜)|덜\\s|vs", re.IGNORECASE
)
CONTAINS = re.compile(r"성분\s*(?:이|은|좀|뭐|알)|들어\s*(?:있는|간|있)|든\s*약|함유|주성분")
PRESCRIPTION = re.compile(
    r"처방전?\s*(?:없이|있어야|필요|받아야)|그냥\s*살|살\s*수\s*있|편의점|일반\s*의약품|전문\s*의약품|약국에서"
)
DURATION = re.compile(r"계속|오래|며칠|매일|기간|장기|달째|주째|개월째|주\s*넘게|달\s*넘게")
_DEFAULT = (
    _aspect("use", "", ("efficacy",), "", 1),
    _aspect("how", "", ("usage",), "", 1),
    _aspect("caution", "", ("warning", "precautions"), "", 1),
)


def asked(question: str) -> list[Aspect]:
    """The aspects a question asks about, the most particular first; an amount for a child is about the amount."""
    found = [aspect for aspect in ASPECTS if aspect.asked.search(question)]
    if any(aspect.name in _AMOUNTS for aspect in found):
        found.sort(key=lambda aspect: aspect.name == "child")
    return found


def overview() -> list[Aspect]:
    """What to say about a medicine when a question asks nothing in particular."""
    return list(_DEFAULT)


def speaking_of(names: Iterable[str]) -> Aspect:
    """The aspect of other medicines: what a medicine's texts say of any of ``names``, however they are spaced."""
    spaced = (r"\s*".join(map(re.escape, name)) for name in names)
    return Aspect("other", re.compile(""), _CAUTIONS, re.compile("|".join(spaced)))


def answering(record: Mapping[str, str], aspects: Sequence[Aspect], most: int) -> list[str]:
    """Sentences of a medicine's texts that speak of the aspects, each once, at most ``most``."""
    found: list[str] = []
    for aspect in aspects:
        fitting = [sentence for sentence in _sentences(record, aspect.fields) if _speaks_of(sentence, aspect)]
        found += [sentence for sentence in fitting if sentence not in found][: aspect.most]
    return found[:most]


def _sentences(record: Mapping[str, str], fields: tuple[str, ...]) -> list[str]:
    return [sentence for name in fields for sentence in sentences(record[name])]


def _speaks_of(sentence: str, aspect: Aspect) -> bool:
    return aspect.about is None or bool(aspect.about.search(sentence))
