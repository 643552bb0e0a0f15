"""What a question looks for: which kind of facility, which department, and whether it wants one found at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.clinic.departments import mentioned, subspecialties
from services.clinic.facility import PHARMACY
from services.safety.text import compact, normalised

_GENERAL = frozenset({"상급종합", "종합병원", "병원", "의원"})
_LARGE = frozenset({"상급종합", "종합병원"})
# Pattern, how answers call it, kinds of the records; the first that fits counts.
_KINDS: tuple[tuple[re.Pattern[str], str, frozenset[str]], ...] = tuple(
    (re.compile(pattern), label, kinds)
    for pattern, label, kinds in (
        (
            r"보건소|보건지소|보건진료소",
            "보건소·보건지소",
            frozenset({"보건소", "보건지소", "보건진료소", "보건의료원"}),
        ),
        (r"요양병원", "요양병원", frozenset({"요양병원"})),
        (r"한의원|한방병원|한방", "한의원·한방병원", frozenset({"한의원", "한방병원"})),
        (r"치과", "치과", frozenset({"치과의원", "치과병원"})),
        (r"대학병원|상급종합|종합병원|큰병원|대형병원", "종합병원", _LARGE),
    )
)
_MOONLIGHT = re.compile(r"달빛")
_PHARMACY = re.compile(r"약국|(?:약|제)(?:을|를)?(?:파는|살수|살데|사러)")
# "하는 데 있나요" asks for a place; "하는데요" only goes on speaking.
_PLACE_TO_GO = (
    r"(?:문?여는|문?연|하는|되는|봐주는|해주는|파는)(?:데|곳)(?=있|없|좀|알|찾|어디|추천|[?.!]|$|가|아|은|는|도|를|을)"
)
_FACILITY = re.compile(rf"병원|의원|진료|{_PLACE_TO_GO}")
_SEARCH = re.compile(
    r"어디(?!에?[가-힣]*아프)|어딨|근처|가까운|가까이|주변|찾아|찾고|찾는|(?<!수)있(?:나|을까|음|어(?!야|도)|습니까|는(?:데|곳|지|[가-힣]*(?:병원|의원|약국|과)))|없(?:나|을까)|"
    rf"문?여(?:는|나)|열(?:었|린|어)|문연|문여|하는(?:병원|약국|의원)|추천|알려|ㅇㄷ|목록|갈만한|갈수있는|{_PLACE_TO_GO}|"
    r"(?:약국|병원|의원|보건소|[가-힣]과)[?.!~]*$"
)
_RULES = re.compile(
    r"방법|어떻게|어케|뭐예요|뭐에요|뭔가요|뭐야|뭐하는|무엇|무슨|서류|준비물|챙겨|챙기|들고가|가져가|예약|비용|얼마|가격|보험|의뢰서|신분증|"
    r"입원|퇴원|검진|사본|기록|병문안|면회|대리|처방전|금식|굶|통역|차이|절차|자격|발급|신청|취소|접수받|무료|공짜|해주나|봐주나|"
    r"놔주|조제|처음가|초진|실비|동의서|전원|옮기|검사|앱|비대면|꼭있어|있어야"
)
_MEANING = re.compile(r"뭐예요|뭐에요|뭔가요|뭐야|뭐하는|무엇|어떤곳|뭔데|무슨뜻|이란")
_HOW_TO_FIND = re.compile(
    r"(?:찾|확인|검색|알아보|알수)[가-힣]{0,4}(?:방법|법|어떻게)|어떻게[가-힣]{0,3}(?:찾|알|확인|검색)"
)
_CHILD = re.compile(
    r"아기|아이|애가|애기|우리애|애열|딸|아들|소아|어린이|(?<!\d)(?:1[0-5]|\d)살|개월|신생아|돌쟁이|초등"
)
_THIS_ONE = re.compile(r"(?:여기|거기|저희|다니는|(?<![린아들])이|그)(?:병원|의원|약국|치과|한의원)")
# What the records do not tell, and how an answer calls it.
_UNRECORDED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), label)
    for pattern, label in (
        (r"mri|ct(?![a-z])|초음파|내시경|엑스레이|x-?ray|심전도", "검사 장비"),
        (r"여의사|여자의사|여선생|여자선생|남자의사", "의사의 성별"),
        (r"엘리베이터|엘베|휠체어|승강기|계단|경사로", "승강기 같은 편의시설"),
        (r"통역|영어|외국어|중국어|일본어|수어|수화|english", "통역과 외국어 진료"),
        (r"코로나|독감|신속항원|pcr", "검사나 예방접종을 하는지"),
        (r"예방접종|예방주사|백신|접종|사후피임|수액|추나|비대면", "그 진료를 하는지"),
        (r"얼마|비용|가격|진료비", "비용"),
        (r"후기|평점|잘하는|명의|유명", "이용자 평가"),
    )
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for. ``label`` names it in answers; empty when the question looks for no facility."""

    label: str = ""
    kind: str = ""
    kind_names: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    moonlight: bool = False
    # Wants facilities found, rather than to learn how things are done.
    search: bool = False
    rules: bool = False
    meaning: bool = False
    how_to_find: bool = False
    # Speaks of one facility that its words do not name: "여기 병원".
    this_one: bool = False
    # Parts of internal medicine and other things the records do not tell apart.
    subspecialties: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.label)


def looking_for(text: str) -> Sought:
    """Reads a question."""
    solid = compact(text)
    plain = normalised(text)
    departments = mentioned(plain)
    label, kind, kind_names = _facility(solid, departments)
    if kind_names == _GENERAL and not departments and _CHILD.search(solid):
        departments = ["소아청소년과"]
        label = departments[0]
    return Sought(
        label=label,
        kind=kind,
        kind_names=kind_names,
        departments=frozenset(departments if kind_names in (_GENERAL, _LARGE) else ()),
        moonlight=bool(_MOONLIGHT.search(solid)),
        search=bool(_SEARCH.search(solid)),
        rules=bool(_RULES.search(solid)),
        meaning=bool(_MEANING.search(solid)),
        how_to_find=bool(_HOW_TO_FIND.search(solid)),
        this_one=bool(_THIS_ONE.search(solid)),
        subspecialties=tuple(subspecialties(plain)),
        unrecorded=tuple(label for pattern, label in _UNRECORDED if pattern.search(solid)),
    )


def _facility(solid: str, departments: list[str]) -> tuple[str, str, frozenset[str]]:
    """What to call it, the kind, and the kinds as the records name them."""
    if _MOONLIGHT.search(solid):
        return "달빛어린이병원", "", frozenset()
    if _PHARMACY.search(solid):
        return "약국", PHARMACY, frozenset()
    for pattern, label, kinds in _KINDS:
        if pattern.search(solid):
            medical = [name for name in departments if name != "치과"]
            return (f"{label} {'·'.join(medical)}" if kinds == _LARGE and medical else label), "", kinds
    if departments:
        return "·".join(departments), "", _GENERAL
    return ("병원·의원", "", _GENERAL) if _FACILITY.search(solid) else ("", "", frozenset())
