"""The official export formats, as the gateway and the portals really send them."""

from __future__ import annotations

import json
import pathlib
from datetime import datetime

import openpyxl
import pytest

from services.storage.exports import ExportError, provenance, read_export, tidy

HEADER = {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}
ROW = {"itemSeq": "1", "itemName": "가정"}


def written(folder: pathlib.Path, document: object, name: str = "export.json") -> pathlib.Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document, ensure_ascii=False), "utf-8")
    return path


@pytest.mark.parametrize(
    "items",
    [[ROW], {"item": [ROW]}, {"item": ROW}, [{"item": ROW}]],
    ids=["list", "item list", "single item", "list of items"],
)
@pytest.mark.parametrize("wrapped", [True, False], ids=["response", "bare"])
def test_json_envelopes(tmp_path: pathlib.Path, items: object, wrapped: bool) -> None:
    document: dict[str, object] = {"header": HEADER, "body": {"items": items}}
    path = written(tmp_path, {"response": document} if wrapped else document)
    assert list(read_export(path)) == [ROW]


def test_no_items_is_an_empty_export(tmp_path: pathlib.Path) -> None:
    assert list(read_export(written(tmp_path, {"header": HEADER, "body": {"items": ""}}))) == []


def test_numbers_and_nested_lists(tmp_path: pathlib.Path) -> None:
    row = {"trmtMonStart": 900, "XPos": 127.04, "none": None, "dgsbjt": [{"dgsbjtCd": 1}]}
    (read,) = read_export(written(tmp_path, {"header": HEADER, "body": {"items": [row]}}))
    assert read == {"trmtMonStart": "900", "XPos": "127.04", "none": "", "dgsbjt": [{"dgsbjtCd": "1"}]}


def test_xml_with_escaped_html(tmp_path: pathlib.Path) -> None:
    text = (
        "<?xml version='1.0'?><response><header><resultCode>00</resultCode></header><body><items><item>"
        "<itemSeq>1</itemSeq><efcyQesitm>&lt;p&gt;이 약은 열에&amp;nbsp;씁니다.&lt;/p&gt;</efcyQesitm><seQesitm/>"
        "</item></items></body></response>"
    )
    (row,) = read_export(written(tmp_path, text, "export.xml"))
    assert row == {"itemSeq": "1", "efcyQesitm": "이 약은 열에 씁니다.", "seQesitm": ""}


def test_xlsx(tmp_path: pathlib.Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (["품목기준코드", "제품명", "일자"], [199303108, "가정", datetime(2026, 11, 20)], [None, None, None]):
        sheet.append(line)
    path = tmp_path / "export.xlsx"
    book.save(path)
    assert list(read_export(path)) == [{"품목기준코드": "199303108", "제품명": "가정", "일자": "2026-11-20"}]


FAULT = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
    "<returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode>"
    "</cmmMsgHeader></OpenAPI_ServiceResponse>"
)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (FAULT, "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
        ('{"OpenAPI_ServiceResponse": {"cmmMsgHeader": {"returnReasonCode": "22"}}}', "22"),
        ('{"header": {"resultCode": "03", "resultMsg": "NODATA_ERROR"}}', "NODATA_ERROR"),
        ('{"header": {"resultCode": "00"}}', "no body"),
        ('{"header": {"resultCode": "00"}, "body": {"items": ["x"]}}', "not rows"),
        ("[1, 2]", "not a gateway envelope"),
        ('{"header": ', "not JSON"),
        ("<response><header>", "not well-formed"),
        ("<response><header><resultCode>99</resultCode></header></response>", "99"),
        ("<response><header><resultCode>00</resultCode></header></response>", "no items"),
    ],
)
def test_what_is_not_an_export_says_so(tmp_path: pathlib.Path, content: str, says: str) -> None:
    with pytest.raises(ExportError, match=says):
        list(read_export(written(tmp_path, content)))


def test_damaged_xlsx(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ExportError, match="xlsx"):
        list(read_export(written(tmp_path, "damage", "export.xlsx")))


def test_entities_are_never_expanded(tmp_path: pathlib.Path) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa">]><r><header><resultCode>&a;</resultCode></header></r>'
    with pytest.raises(ExportError):
        list(read_export(written(tmp_path, bomb, "export.xml")))


def test_provenance_marks_a_sample(tmp_path: pathlib.Path) -> None:
    sample = {"notice": "표본", "date": "2026-11-20", "source": "식약처", "reviewedBy": ""}
    said = provenance(written(tmp_path, {"header": HEADER, "sample": sample}))
    assert (said.label, said.date, said.reviewed_by) == ("식약처(표본)", "2026-11-20", "")
    assert provenance(written(tmp_path, {"header": HEADER}, "plain.json")).label == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("나이 < 12 또는 > 65", "나이 < 12 또는 > 65"),
        ("&amp;lt;5mg", "<5mg"),
        ("<b>굵게</b> 말<br/>다음", "굵게 말\n다음"),
        ("가\r\n\r\n나", "가\n나"),
    ],
)
def test_tidy(value: str, expected: str) -> None:
    assert tidy(value) == expected
