#!/usr/bin/env python3
"""Check the held-out evaluation files next to this script.

Checks JSON, fields, counts, ids, duplicate texts, labels and regexes.

Usage: python3 validate.py [DEV_DIR]
DEV_DIR is the directory with the development set; when it is given, no held-out
question may equal one of its questions (spaces, punctuation and case ignored).
Exit status 0 when everything holds.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOMAINS = {"drug", "clinic", "emergency_support", "internal_external", "out_of_scope"}
SPEC = {  # file: (rows, {field: type})
    "emergencies.jsonl": (330, {"id": str, "q": str, "emergency": bool, "kind": str}),
    "lookalikes.jsonl": (330, {"id": str, "q": str, "emergency": bool, "why": str}),
    "domains.jsonl": (200, {"id": str, "q": str, "primary": str, "domains": list}),
    "answers.jsonl": (80, {"id": str, "q": str, "domain": str, "must_all": list, "must_not": list, "note": str}),
    "follow_ups.jsonl": (40, {"id": str, "turns": list, "must_all": list, "must_not": list, "note": str}),
}
PREFIX = {
    "emergencies.jsonl": "hemg",
    "lookalikes.jsonl": "hlook",
    "domains.jsonl": "hdom",
    "answers.jsonl": "hans",
    "follow_ups.jsonl": "hfol",
}
PRIMARY = {"drug": 55, "clinic": 50, "internal_external": 50, "emergency_support": 25, "out_of_scope": 20}
DANGER = re.compile(
    r"심장|심정지|심근경색|피[가를는 ]|피\s*(?:토|한|섞)|숨|쓰러|죽|119|경련|독[을은이가스사한 ]|독이|화상|응급|출혈"
    r"|자살|자해|마비|발작|뇌졸중|뇌출혈|쇼크|기절|절단|사망|중독|농약|골절|혼수|각혈|토혈|질식"
    r"|감전|익사|압사|과다|열사병|일산화탄소|불[에난]|가스|총 맞|의식"
)
FLAGS = re.IGNORECASE | re.DOTALL
errors = []


def norm(text):
    return re.sub(r"[\s\W_]+", "", text).lower()


def read(path):
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            yield n, json.loads(line)
        except ValueError as exc:
            errors.append(f"{path.name}:{n}: {exc}")


dev_text, dev_ids = {}, {}
if len(sys.argv) > 1:
    for path in sorted(Path(sys.argv[1]).glob("*.jsonl")):
        for n, row in read(path):
            dev_ids[row.get("id")] = f"{path.name}:{n}"
            for key in ("q", "text", "a", "b"):
                if isinstance(row.get(key), str):
                    dev_text[norm(row[key])] = f"{path.name}:{n}"

seen_ids, seen_text = {}, {}
for name, (want, fields) in SPEC.items():
    rows = []
    for n, row in read(HERE / name):
        where = f"{name}:{n}"
        rows.append(row)
        if set(row) != set(fields):
            errors.append(f"{where}: fields {sorted(row)}")
            continue
        for key, kind in fields.items():
            if not isinstance(row[key], kind):
                errors.append(f"{where}: {key} is not {kind.__name__}")
            elif kind is str and not row[key].strip():
                errors.append(f"{where}: empty {key}")
        if row["id"] != f"{PREFIX[name]}-{n:03d}":
            errors.append(f"{where}: id {row['id']}")
        if row["id"] in seen_ids or row["id"] in dev_ids:
            errors.append(f"{where}: id {row['id']} repeats")
        seen_ids[row["id"]] = where
        # A conversation may start like another one; it is compared as a whole.
        text = norm(row["q"] if "q" in row else " ".join(row["turns"]))
        if text in seen_text:
            errors.append(f"{where}: text repeats {seen_text[text]}")
        seen_text[text] = where
        singles = map(norm, [row["q"]] if "q" in row else row["turns"][-1:])
        errors.extend(f"{where}: text repeats {dev_text[one]} of the dev set" for one in singles if one in dev_text)
        if "turns" in row and (
            len(row["turns"]) < 2 or not all(isinstance(t, str) and t.strip() for t in row["turns"])
        ):
            errors.append(f"{where}: turns")
        if "domains" in row and (
            row["domains"][0] != row["primary"]
            or not set(row["domains"]) <= DOMAINS
            or len(set(row["domains"])) != len(row["domains"])
        ):
            errors.append(f"{where}: domains {row['domains']}")
        if "domain" in row and row["domain"] not in DOMAINS:
            errors.append(f"{where}: domain {row['domain']}")
        if "emergency" in row and row["emergency"] is not (name == "emergencies.jsonl"):
            errors.append(f"{where}: emergency flag")
        for key in ("must_all", "must_not"):
            if key in row and not row[key]:
                errors.append(f"{where}: {key} is empty")
            for pattern in row.get(key, []):
                try:
                    compiled = re.compile(pattern, FLAGS)
                except re.error as exc:
                    errors.append(f"{where}: {key}: {exc}")
                    continue
                if compiled.search(""):
                    errors.append(f"{where}: {key}: matches the empty text: {pattern}")
    if len(rows) != want:
        errors.append(f"{name}: {len(rows)} rows, expected {want}")
    detail = ""
    if name == "domains.jsonl":
        detail = dict(Counter(r["primary"] for r in rows))
        if detail != PRIMARY:
            errors.append(f"{name}: primary counts {detail}")
        detail["multi"] = sum(len(r["domains"]) > 1 for r in rows)
    elif name == "answers.jsonl":
        detail = dict(Counter(r["domain"] for r in rows))
    elif name == "emergencies.jsonl":
        detail = {"kinds": len({r["kind"] for r in rows})}
    elif name == "lookalikes.jsonl":
        detail = {
            "kinds": len({r["why"] for r in rows}),
            "dangerous words": sum(bool(DANGER.search(r["q"])) for r in rows),
        }
    print(f"{name:20s}{len(rows):4d} {detail}")

if len(sys.argv) < 2:
    print("note: no DEV_DIR given, so texts were not compared with the development set")
for error in errors:
    print("ERROR", error)
sys.exit(1 if errors else 0)
