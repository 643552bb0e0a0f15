"""Names taken from the exports the platform ships: what words.json is made of; for training only."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from services.safety.text import compact

# Dosage forms and strengths that follow a brand in a product's name, and salts that follow an ingredient's.
_FORMS = re.compile(
    r"(?:(?:연질)?캡슐|서방정|필름코팅정|지속정|설하정|오로스정|장용정|츄어블정|구강붕해정|이알|현탁액|내복액|건조시럽|시럽|분무제|점[비안]액?|주사|연고|"
    r"크림|로션|겔|액|정|주|펜|산|과립|트로키|패치|좌제|질정|플라스타|프리필드|플렉스|퀵|솔로스타|터치)$"
)
_SALTS = re.compile(r"(?:[염메실베말레인황숙신타르푸마]{1,4}산염|칼슘|나트륨|칼륨|[0-9.]*수화물)+$")
_REGION = re.compile(r"(.{2,4})[시군]$")
# Aliases of departments that people use for a place or an act.
_NO_DEPARTMENT = frozenset(("응급실", "응급센터", "응급의료센터", "응급실과", "추나", "투석실"))
_CITIES = frozenset(
    {
        "서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종", "제주", "수원", "성남", "분당", "판교",
        "일산", "고양", "용인", "수지", "동탄", "안양", "평촌", "안산", "부천", "의정부", "남양주", "하남", "김포",
        "파주", "강릉", "원주", "춘천", "속초", "청주", "충주", "천안", "아산", "전주", "군산", "익산", "목포",
        "여수", "순천", "포항", "경주", "구미", "안동", "창원", "마산", "진해", "김해", "양산", "진주", "거제",
        "통영", "서귀포", "강남", "강북", "강서", "강동", "서초", "송파", "잠실", "노원", "홍대", "신촌", "이태원",
        "종로", "영등포", "여의도", "목동", "해운대", "서면", "둔산", "송도",
    }
)  # fmt: skip


def names(services: pathlib.Path) -> dict[str, list[str]]:
    """Names by kind (see words.py), compact, sorted, from the ``services`` folder's shipped data."""
    places, hospitals = _facilities(services / "clinic/data/hira_hospitals.json")
    found = {
        "medicine": set(_medicines(services / "drug/data")),
        "department": set(_departments(services / "internal_external/data/departments.json")),
        "place": {*places, *_CITIES},
        "hospital": hospitals,
        "symptom": set(_symptoms(services / "internal_external/data/symptoms.json")),
    }
    return {kind: sorted(name for name in names if len(name) > 1) for kind, names in found.items()}


def _read(path: pathlib.Path) -> Any:
    return json.loads(path.read_bytes())


def _medicines(folder: pathlib.Path) -> Iterator[str]:
    for path in sorted(folder.glob("easy_drug*.json")):
        yield from (_brand(item["itemName"]) for item in _read(path)["body"]["items"])
    for path in sorted(folder.glob("product_permit*.json")):
        yield from _ingredients(_read(path)["body"]["items"])
    for one in _read(folder / "classes.json")["classes"]:
        yield from map(compact, (one["name"], *one["aliases"]))


def _ingredients(items: Iterable[Any]) -> Iterator[str]:
    """Ingredients by their base names; those of two letters are herbs and everyday words (건강, 황금)."""
    for item in items:
        for label in re.findall(r"성분명 : ([^|]+)", item["MATERIAL_NAME"]):
            name = _SALTS.sub("", compact(label))
            if len(name) > 2:
                yield name


def _brand(product: str) -> str:
    """ "타이레놀정500밀리그람(아세트아미노펜)" → "타이레놀"."""
    name, before = compact(re.split(r"[(0-9]", product)[0]), ""
    while name != before and len(name) > 1:
        name, before = _FORMS.sub("", name), name
    return name


def _departments(path: pathlib.Path) -> Iterator[str]:
    for one in _read(path)["departments"]:
        yield from (name for name in map(compact, (one["code"], *one["aliases"])) if name not in _NO_DEPARTMENT)


def _symptoms(path: pathlib.Path) -> Iterator[str]:
    for one in _read(path)["symptoms"]:
        yield from map(compact, one["phrases"])


def _facilities(path: pathlib.Path) -> tuple[set[str], set[str]]:
    places: set[str] = set()
    hospitals: set[str] = set()
    for item in _read(path)["body"]["items"]["item"]:
        hospitals.add(compact(item["yadmNm"]))
        places.update(name for name in (item["sgguCdNm"], item["emdongNm"]) if len(name) > 2)
        region = _REGION.match(item["sgguCdNm"])
        if region:
            places.add(region[1])
    return places, hospitals
