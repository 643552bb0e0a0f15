import contextlib
import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.knowledge import ingest
from services.knowledge.examples import Example, of_passages, read_examples
from services.knowledge.passages import Refused, parsed, read_passages
from services.storage.exports import RowError

GOOD = {
    "id": "dg-1", "domain": "drug", "group": "otc", "title": "제목", "text": "본문입니다.",
    "questions": ["물음", " ", "물음"], "keywords": ["말"], "source": "식약처", "asOf": "2026-11-20", "reviewedBy": "",
}  # fmt: skip


def written(folder, *rows, domain="drug", group="otc"):
    path = folder / domain / f"{group}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows))
    return path


def test_a_good_row_is_kept(tmp_path):
    (kept,), refused = read_passages(written(tmp_path, GOOD))
    assert (kept.id, kept.questions, kept.reviewed_by) == ("dg-1", ("물음",), "")
    assert refused == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"), ({"id": "a b"}, "id"), ({"id": 7}, "id"), ({"domain": "clinic"}, "domain"),
        ({"group": "x"}, "group"), ({"title": "가" * 201}, "title"), ({"text": "\u200b"}, "text"),
        ({"questions": "물음"}, "questions"), ({"keywords": [1]}, "keywords"), ({"source": None}, "source"),
        ({"asOf": "어제"}, "asOf"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_file_row_and_field(tmp_path, change, field):
    kept, (refused,) = read_passages(written(tmp_path, GOOD, "", GOOD | {"id": "dg-2"} | change))
    assert [passage.id for passage in kept] == ["dg-1"]
    assert (refused.file, refused.row, refused.field) == ("otc.jsonl", 3, field)


def test_an_id_is_taken_once(tmp_path):
    path = written(tmp_path, GOOD, GOOD)
    assert read_passages(path)[1] == [Refused("otc.jsonl", 2, "id", "occurs twice")]
    assert read_passages(path, taken={"dg-1"})[0] == []


@given(st.binary())
def test_wild_lines_are_objects_or_refused(line):
    with contextlib.suppress(RowError):
        assert isinstance(parsed(line), dict)


def test_examples(tmp_path):
    path = tmp_path / "questions.jsonl"
    rows = [{"q": "왕 순서", "labels": ["out_of_scope"]}, {"q": "", "labels": ["drug"]}, {"q": "a", "labels": ["x"]}]
    path.write_text("\n".join(map(json.dumps, rows)))
    kept, refused = read_examples(path)
    assert kept == [Example("왕 순서", ("out_of_scope",))]
    assert [(row.row, row.field) for row in refused] == [(2, "q"), (3, "labels")]


def test_what_is_shipped_is_understood():
    refused, passages = [], []
    for path in ingest.files():
        kept, bad = read_passages(path, {passage.id for passage in passages})
        passages += kept
        refused += bad
    for path in pathlib.Path(ingest.DATA / "examples").glob("*.jsonl"):
        refused += read_examples(path)[1]
    assert refused == []
    assert len(of_passages(passages)) > 2000
