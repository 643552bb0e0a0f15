"""Makes the sets and evidence.jsonl from the shipped evidence and what was written by hand.

Rows by hand say things as a careful model would, or falsely; rows by template quote the evidence, or falsify a quote.
A row falls to one set or the other by its evidence, so that no passage is in both;
the hard ones come last, in the set their file names. The second round's sets, tuned2 and blind2, are by hand alone.

usage: python -m tests.eval.claims.build          every set, from the shipped data as it is now
       python -m tests.eval.claims.build tuned2   this one; evidence that is there already stays as it is
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import random
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from services.specialist.sentences import sentences
from tests.eval.claims.vocabulary import ROOT, dur_rows, easy_drugs, medicine_names

HERE = pathlib.Path(__file__).parent
SEED = 20261120
PER_KIND = 30
TRUE_BY_TEMPLATE = 90
Row = dict[str, Any]
Falsified = Callable[[str, str, random.Random], str | None]

_FIELDS = ("efcy", "useMethod", "atpnWarn", "atpn", "intrc", "se", "depositMethod")
_EFFECTS = (
    "효과가 크게 줄어듭니다",
    "저혈압으로 쓰러질 수 있습니다",
    "위장 출혈이 생길 수 있습니다",
    "졸음이 심해집니다",
)
_SOFTER = (
    "{pair} 함께 복용할 때 주의하면 됩니다.",
    "{pair} 소량이면 함께 복용할 수 있습니다.",
    "{pair} 시간 간격을 두고 복용하세요.",
    "{pair} 함께 써도 대부분 문제가 없습니다.",
    "{pair} 가급적 함께 복용하지 않는 것이 좋습니다.",
    "{pair} 함께 복용하면서 증상을 지켜보세요.",
)


def evidence() -> dict[str, str]:
    """Every piece of evidence by id: its title on the first line, its text on the second."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "services/knowledge/data").glob("*/*.jsonl")):
        if path.parent.name != "examples":
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                found[row["id"]] = f"{row['title']}\n{row['text']}"
    for row in easy_drugs():
        texts = " ".join(row[f"{field}Qesitm"] for field in _FIELDS if row[f"{field}Qesitm"])
        found[row["itemSeq"]] = f"{row['itemName']}\n{texts}"
    for row in dur_rows("병용금기"):
        title = f"병용금기: {row['INGR_KOR_NAME']} + {row['MIXTURE_INGR_KOR_NAME']}"
        if not row["REMARK"]:
            found[f"dur/{row['DUR_SEQ']}"] = f"{title}\n{title}. {row['PROHBT_CONTENT']}"
    rooms = json.loads((ROOT / "services/emergency_support/data/nemc_emergency.json").read_text(encoding="utf-8"))
    for room in rooms["body"]["items"]["item"]:
        parts = (room["dutyName"], room["dutyEmclsName"], room["dutyAddr"], f"대표전화 {room['dutyTel1']}")
        found[room["hpid"]] = f"{room['dutyName']}\n{' · '.join(parts)}"
    return found


def settled(evidence_id: str, text: str) -> list[str]:
    """The verdict the rules settle by themselves when the evidence is one of a contraindicated pair."""
    if not evidence_id.startswith("dur/"):
        return []
    one, other = text.partition("\n")[0].removeprefix("병용금기: ").split(" + ")
    return [f"{one}과 {other}은 함께 쓰면 안 되는 병용금기이므로 함께 복용하지 마세요."]


def by_hand(texts: dict[str, str], file: str, origin: str) -> Iterator[Row]:
    for line in (HERE / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            ids, kind, sentence = line.split("\t")
            yield _row(ids.split(","), kind, sentence, origin, texts)


def by_template(texts: dict[str, str]) -> Iterator[Row]:
    chance = random.Random(SEED)
    quotes = [(id, said) for id, text in texts.items() if not id.startswith("SE") for said in _quotes(text)]
    chance.shuffle(quotes)
    for id, said in quotes[:TRUE_BY_TEMPLATE]:
        yield _row([id], "true", chance.choice(_TRUE)(said), "template", texts)
    for kind, falsified in _FALSE.items():
        for id, said in _some(quotes, kind, texts, falsified, chance):
            yield _row([id], kind, said, "template", texts)


def _quotes(text: str) -> list[str]:
    return [said for said in sentences(text.partition("\n")[2]) if 12 <= len(said) <= 160 and "금기:" not in said]


def _some(
    quotes: list[tuple[str, str]], kind: str, texts: dict[str, str], falsified: Falsified, chance: random.Random
) -> Iterator[tuple[str, str]]:
    chance.shuffle(quotes)
    left = PER_KIND
    for id, said in quotes:
        if left and id.startswith("dur/") == (kind == "softened"):
            wrong = falsified(said, texts[id], chance)
            if wrong and wrong not in texts[id]:
                left -= 1
                yield id, wrong


def _row(ids: list[str], kind: str, sentence: str, origin: str, texts: dict[str, str]) -> Row:
    verdicts = [verdict for id in ids for verdict in settled(id, texts[id])]
    return {"sentence": sentence, "kind": kind, "origin": origin, "cited": ids, "settled": verdicts}


def _other_number(units: str) -> Falsified:
    amount = re.compile(rf"(?<![\d.,~\-])(\d+(?:,\d{{3}})*(?:\.\d+)?)(?=\s?(?:{units}))")

    def falsified(said: str, text: str, chance: random.Random) -> str | None:
        found = list(amount.finditer(said))
        if not found:
            return None
        one = chance.choice(found)
        value = float(one.group().replace(",", ""))
        fresh = [new for factor in (2, 3, 0.5, 10) if (new := f"{value * factor:g}") not in re.findall(r"[\d.]+", text)]
        return said[: one.start()] + chance.choice(fresh) + said[one.end() :] if fresh else None

    return falsified


def _told(stem: re.Match[str]) -> str:
    """ "먹" → "먹으세요", "쓰" → "쓰세요"."""
    return stem[1] + ("으세요" if (ord(stem[1]) - 0xAC00) % 28 else "세요")


_TURNED: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"([가-힣])지 마세요", _told),
    (r"지 않습니다", "습니다"),
    (r"면 안 됩니다", "면 됩니다"),
    (r"([가-힣])지 말고", r"\1고"),
    (r"없습니다", "있습니다"),
    (r"피하세요", "해도 됩니다"),
    (r"없는", "있는"),
    (r"없이", "있으면"),
)


def _without_negation(said: str, _: str, chance: random.Random) -> str | None:
    fitting = [(pattern, instead) for pattern, instead in _TURNED if re.search(pattern, said)]
    if not fitting:
        return None
    pattern, instead = chance.choice(fitting)
    return re.sub(pattern, instead, said, count=1)


def _other_medicine(said: str, text: str, chance: random.Random) -> str | None:
    names = [name for name in medicine_names() if len(name) >= 3 and name in said]
    if not names:
        return None
    return said.replace(max(names, key=len), _stranger(text, chance))


def _invented_interaction(said: str, text: str, chance: random.Random) -> str | None:
    names = [name for name in medicine_names() if len(name) >= 3 and name in said]
    if not names:
        return None
    partner = chance.choice(["자몽주스", "우유", "녹차", "비타민D", _stranger(text, chance), _stranger(text, chance)])
    if partner in text:
        return None
    return f"{max(names, key=len)} 복용 중 {partner}도 함께 먹으면 {chance.choice(_EFFECTS)}."


def _stranger(text: str, chance: random.Random) -> str:
    return chance.choice([name for name in medicine_names() if len(name) >= 3 and name not in text])


def _invented_phone(said: str, text: str, chance: random.Random) -> str | None:
    phone = f"{chance.choice(['02', '1588', '1577', '1644', '031'])}-{chance.randint(2000, 9999)}"
    phone += f"-{chance.randint(1000, 9999)}" if phone.startswith("0") else ""
    known = re.search(r"\d{2,4}-\d{3,4}(?:-\d{4})?", said)
    if known:
        return said.replace(known.group(), phone)
    return chance.choice([f"{said.rstrip('.')}(문의 {phone}).", f"자세한 내용은 {phone}로 전화해 확인하세요."])


def _softer(_: str, text: str, chance: random.Random) -> str:
    one, other = text.partition("\n")[0].removeprefix("병용금기: ").split(" + ")
    return chance.choice(_SOFTER).format(pair=f"{one} 성분과 {other} 성분은")


_TRUE: tuple[Callable[[str], str], ...] = (
    lambda said: said,
    lambda said: f"자료에 따르면 {said}",
    lambda said: said.replace("마세요.", "마십시오.").replace("하세요.", "해 주세요."),
    lambda said: said.replace("습니다.", "습니다!").replace("즉시", "바로"),
    lambda said: f"또한 {said}",
)
_FALSE: dict[str, Falsified] = {
    "wrong dose": _other_number("mg|g(?!으)|mL|정|알|캡슐|포|병|방울|회(?!복)|번(?! )|잔|cm|%"),
    "dropped negation": _without_negation,
    "swapped medicine": _other_medicine,
    "invented interaction": _invented_interaction,
    "invented phone": _invented_phone,
    "wrong interval": _other_number("시간|분|일|주|개월|년"),
    "wrong age": _other_number("세|개월"),
    "softened": _softer,
}


def main(chosen: list[str]) -> None:
    texts = {**evidence(), **(_kept() if chosen else {})}
    for name in chosen or _ALL:
        _write(HERE / f"{name}.jsonl", _ALL[name](texts, name))
    used = {id for name in _ALL for row in read(HERE / f"{name}.jsonl") for id in row["cited"]}
    _write(HERE / "evidence.jsonl", [{"id": id, "text": texts[id]} for id in sorted(used)])


def _first_round(texts: dict[str, str], name: str) -> list[Row]:
    rows = [*by_hand(texts, "hand.tsv", "hand"), *by_template(texts)]
    mine = [row for row in rows if hashlib.sha256(row["cited"][-1].encode()).digest()[0] % 2 == (name == "blind")]
    return [*mine, *by_hand(texts, f"hand_{name}.tsv", "hard")]


def _second_round(texts: dict[str, str], name: str) -> list[Row]:
    return list(by_hand(texts, f"hand_{name}.tsv", "hand"))


_ALL = {"tuned": _first_round, "blind": _first_round, "tuned2": _second_round, "blind2": _second_round}


def _kept() -> dict[str, str]:
    return {row["id"]: row["text"] for row in read(HERE / "evidence.jsonl")}


def read(path: pathlib.Path) -> list[Row]:
    """The rows of a file, none when it is not there yet."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _write(path: pathlib.Path, rows: list[Row]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
