"""The medicine servicer in process, over the shipped sample and over files made to be wrong."""

from __future__ import annotations

import asyncio
import json
import pathlib
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy.engine import make_url

from medichain.drug.v1 import drug_pb2
from medichain.knowledge.v1 import knowledge_pb2
from medichain.specialist.v1 import specialist_pb2
from services.drug.consult import Consultation
from services.drug.ingest import BATCH, DATA, WORDS, FileReport, exports_in, sample_exports, take_exports_in
from services.drug.lay_words import LayWords, read_lay_words
from services.drug.page_token import PageTokens
from services.drug.pharmacist import Pharmacist
from services.drug.register import Register
from services.drug.servicer import DrugServicer
from services.drug.store import DrugStore
from services.mesh.errors import InvalidField, NotFound
from services.specialist.retrieve import UNAVAILABLE, Retrieved
from services.storage.engine import open_engine
from services.storage.migrate import migrate

TYLENOL, GEBORIN = "990000001", "990000008"
PERMITTING = ("드셔도 됩니다", "먹어도 됩니다", "괜찮습니다", "무방합니다", "안심하세요")


class Shelf:
    """Stands in for the knowledge service: the passages put on it, or nothing at all."""

    def __init__(self) -> None:
        self.passages_kept: Sequence[knowledge_pb2.Passage] = ()
        self.reachable = True

    async def passages(self, query: str, group: str = "", count: int = 4) -> Retrieved:
        return Retrieved(tuple(self.passages_kept), self.reachable)


@pytest.fixture
async def store(tmp_path: pathlib.Path) -> AsyncIterator[DrugStore]:
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/reference.sqlite3")
    await migrate("reference", url)
    engine = open_engine(url)
    yield DrugStore(engine)
    await engine.dispose()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A database with the shipped sample, made once."""
    path = tmp_path_factory.mktemp("drug") / "reference.sqlite3"

    async def stock() -> None:
        url = make_url(f"sqlite+aiosqlite:///{path}")
        await migrate("reference", url)
        engine = open_engine(url)
        async for _ in take_exports_in(DrugStore(engine), exports_in(DATA), read_lay_words(DATA / WORDS)):
            pass
        await engine.dispose()

    asyncio.run(stock())
    return path


@pytest.fixture
async def servicer(stocked: pathlib.Path, shelf: Shelf) -> AsyncIterator[DrugServicer]:
    engine = open_engine(make_url(f"sqlite+aiosqlite:///{stocked}"))
    store = DrugStore(engine)
    register = Register(store, read_lay_words(DATA / WORDS))
    await register.renew()
    pharmacist = Pharmacist(register, store)
    consultation = Consultation(pharmacist, store, shelf)  # type: ignore[arg-type]
    yield DrugServicer(register, store, pharmacist, consultation, PageTokens(b"test"))
    await engine.dispose()


async def check(servicer: DrugServicer, *items: str, **profile: object) -> drug_pb2.CheckInteractionsResponse:
    request = drug_pb2.CheckInteractionsRequest(items=items, profile=specialist_pb2.Profile(**profile))
    return await servicer.CheckInteractions(request, None)


async def consult(servicer: DrugServicer, question: str, **profile: object) -> specialist_pb2.ConsultResponse:
    request = specialist_pb2.ConsultRequest(question=question, profile=specialist_pb2.Profile(**profile))
    return await servicer.Consult(request, None)


def text_of(answer: specialist_pb2.ConsultResponse) -> str:
    return " ".join(statement.text for statement in answer.statements)


# ---- search and records ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["타이레놀", "타이레놀 500mg", "타이래놀", TYLENOL])
async def test_search_finds_the_product_first(servicer: DrugServicer, query: str) -> None:
    answer = await servicer.SearchDrugs(drug_pb2.SearchDrugsRequest(query=query), None)
    assert answer.drugs[0].item_seq == TYLENOL
    assert answer.drugs[0].prescription_status == drug_pb2.PRESCRIPTION_STATUS_OTC


async def test_search_pages_meet_without_gap_or_repeat(servicer: DrugServicer) -> None:
    whole = await servicer.SearchDrugs(drug_pb2.SearchDrugsRequest(query="아세트아미노펜", page_size=100), None)
    paged: list[str] = []
    token = ""
    while True:
        request = drug_pb2.SearchDrugsRequest(query="아세트아미노펜", page_size=7, page_token=token)
        answer = await servicer.SearchDrugs(request, None)
        paged += [drug.item_seq for drug in answer.drugs]
        token = answer.next_page_token
        if not token:
            break
    assert len(paged) > 7
    assert paged == [drug.item_seq for drug in whole.drugs]


async def test_search_by_class_gives_medicines_of_the_class(servicer: DrugServicer) -> None:
    answer = await servicer.SearchDrugs(drug_pb2.SearchDrugsRequest(query="발기부전약"), None)
    assert {"비아그라", "시알리스"} <= {drug.name[:4].rstrip("정") for drug in answer.drugs}


async def test_search_refuses_a_forged_token_and_finds_nothing_in_noise(servicer: DrugServicer) -> None:
    with pytest.raises(InvalidField):
        await servicer.SearchDrugs(drug_pb2.SearchDrugsRequest(query="타이레놀", page_token="Zm9yZ2Vk"), None)
    assert not (await servicer.SearchDrugs(drug_pb2.SearchDrugsRequest(query="쀍쀍쀍쀍"), None)).drugs


async def test_get_drug(servicer: DrugServicer) -> None:
    answer = await servicer.GetDrug(drug_pb2.GetDrugRequest(item_seq=TYLENOL), None)
    assert answer.ingredients[0].name == "아세트아미노펜"
    assert answer.usage
    assert "표본" in answer.source
    assert answer.as_of
    with pytest.raises(NotFound):
        await servicer.GetDrug(drug_pb2.GetDrugRequest(item_seq="111111"), None)


# ---- interactions ----------------------------------------------------------------------------------------------------


async def test_same_ingredient_in_two_brands(servicer: DrugServicer) -> None:
    answer = await check(servicer, "타이레놀", "게보린")
    assert [item.item_seq for item in answer.resolved] == [TYLENOL, GEBORIN]
    first = answer.findings[0]
    assert first.type == drug_pb2.FINDING_TYPE_DUPLICATE_INGREDIENT
    assert list(first.items) == ["타이레놀", "게보린"]
    assert list(first.ingredients) == ["아세트아미노펜", "아세트아미노펜"]


async def test_the_most_severe_comes_first(servicer: DrugServicer) -> None:
    answer = await check(servicer, "비아그라", "니트로글리세린", "타이레놀")
    severities = [finding.severity for finding in answer.findings]
    assert answer.findings[0].type == drug_pb2.FINDING_TYPE_CONTRAINDICATED_PAIR
    assert severities == sorted(severities, reverse=True)
    assert answer.findings[0].evidence_id.startswith("dur/")


async def test_unknown_names_are_never_safe(servicer: DrugServicer) -> None:
    answer = await check(servicer, "뽀로뽀정", "약과", "타이레놀")
    assert list(answer.unknown) == ["뽀로뽀정", "약과"]
    assert "확인하지 못했습니다" in answer.notice
    assert "안전하다는 뜻은 아닙니다" in answer.notice


async def test_the_profile_decides_what_applies(servicer: DrugServicer) -> None:
    pregnancy = drug_pb2.FINDING_TYPE_PREGNANCY

    async def applies(**profile: object) -> list[bool]:
        answer = await check(servicer, "이소티논", **profile)
        return [finding.applies for finding in answer.findings if finding.type == pregnancy]

    assert await applies() == [False]
    assert await applies(pregnancy=specialist_pb2.PREGNANCY_PREGNANT) == [True]
    assert await applies(pregnancy=specialist_pb2.PREGNANCY_NOT_PREGNANT) == []


async def test_medicines_and_allergies_of_the_profile_count(servicer: DrugServicer) -> None:
    taking = await check(servicer, "비아그라", medicines=["니트로글리세린"])
    assert taking.findings[0].type == drug_pb2.FINDING_TYPE_CONTRAINDICATED_PAIR
    allergic = await check(servicer, "파목신", allergies=["페니실린"])
    assert allergic.findings[0].type == drug_pb2.FINDING_TYPE_ALLERGY
    strange = await check(servicer, "파목신", allergies=["복숭아"])
    assert "알레르기 1개" in strange.notice


# ---- consultation ----------------------------------------------------------------------------------------------------


async def test_verdict_first_cited_and_without_permission(servicer: DrugServicer, shelf: Shelf) -> None:
    shelf.reachable = False
    answer = await consult(servicer, "타이레놀이랑 게보린 같이 먹어도 되나요?")
    assert "아세트아미노펜이 들어 있어 성분이 겹치므로" in answer.statements[0].text
    assert "함께 복용하지 마세요" in answer.statements[0].text
    assert set(answer.statements[0].evidence_ids) == {f"drug/{TYLENOL}", f"drug/{GEBORIN}"}
    assert "4,000mg" in text_of(answer)
    assert "간 손상" in text_of(answer)
    assert list(answer.missing) == [UNAVAILABLE]
    known = {evidence.id for evidence in answer.evidence}
    assert all(statement.evidence_ids and set(statement.evidence_ids) <= known for statement in answer.statements)
    assert not any(phrase in text_of(answer) for phrase in PERMITTING)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("임신 30주인데 이부프로펜 먹으려고요", ["임신 중에는", "하지 마세요", "동맥관"]),
        ("4개월 아기한테 이부프로펜 먹여도 되나요", ["6개월 미만", "쓰지 마세요"]),
        ("초등학생이 독감인데 아스피린 먹여도 돼요?", ["15세 미만", "라이증후군"]),
        ("75세 아버지가 졸피뎀 드시는데", ["65세 이상", "주의"]),
        ("타이레놀 먹고 술 마셔도 되나요", ["술을 마시지 마세요", "간 손상"]),
        ("씬지로이드랑 칼슘제 간격", ["4시간", "흡수"]),
        ("종합감기약 먹었는데 타이레놀 더 먹어도 되나요", ["아세트아미노펜", "겹칠 수"]),
        ("게보린 성분이 뭐예요", ["이소프로필안티피린"]),
        ("노레보 처방전 없이 살 수 있나요", ["전문의약품"]),
        ("크레스토 먹는데 자몽 먹어도 돼요?", ["안전하다는 뜻은 아닙니다"]),
        ("코푸시럽 10살 먹여도 되나요", ["12세 미만에게는", "쓰지 마세요"]),
        ("이부프로펜 하루 최대 용량", ["일반약은", "1,200mg", "3,200mg"]),
        ("타이레놀이랑 뽀로뽀정 같이 먹어도 돼요", ["확인하지 못한 것이 안전하다는 뜻은 아닙니다"]),
    ],
)
async def test_answers_from_the_tables_alone(
    servicer: DrugServicer, shelf: Shelf, question: str, expected: list[str]
) -> None:
    shelf.reachable = False
    answer = await consult(servicer, question)
    assert [part for part in expected if part not in text_of(answer)] == []
    assert not any(phrase in text_of(answer) for phrase in PERMITTING)
    assert answer.confidence >= 0.3


async def test_a_child_is_never_told_an_adult_amount(servicer: DrugServicer) -> None:
    answer = await consult(servicer, "7살 아이 타이레놀 하루 최대 용량이 얼마예요")
    assert "4,000mg" not in text_of(answer)
    assert "kg" in text_of(answer)


async def test_the_profile_is_used_when_the_question_says_nothing(servicer: DrugServicer) -> None:
    answer = await consult(servicer, "이소티논 어떻게 먹어요", pregnancy=specialist_pb2.PREGNANCY_PREGNANT)
    assert "임신 중에는" in answer.statements[0].text
    taking = await consult(servicer, "비아그라 먹어도 되나요", medicines=["니트로글리세린"])
    assert "병용금기" in taking.statements[0].text


async def test_passages_that_fit_are_quoted_and_cited(servicer: DrugServicer, shelf: Shelf) -> None:
    shelf.passages_kept = [
        knowledge_pb2.Passage(id="p1", title="폐의약품", text="남은 약은 약국 수거함에 버리세요.", score=0.9)
    ]
    answer = await consult(servicer, "안 먹는 약 버리는 방법")
    assert [statement.text for statement in answer.statements] == ["남은 약은 약국 수거함에 버리세요."]
    assert list(answer.statements[0].evidence_ids) == ["knowledge/p1"]
    assert not answer.statements[0].settled


async def test_nothing_known_is_nothing_said(servicer: DrugServicer) -> None:
    answer = await consult(servicer, "오늘 저녁 뭐 먹지")
    assert not answer.statements
    assert answer.confidence == 0


# ---- taking in -------------------------------------------------------------------------------------------------------


def export(folder: pathlib.Path, rows: list[dict[str, str]], name: str = "easy.json") -> pathlib.Path:
    path = folder / name
    path.write_text(json.dumps({"header": {"resultCode": "00"}, "body": {"items": rows}}), "utf-8")
    return path


def easy(number: int) -> dict[str, str]:
    return {"itemSeq": f"{990100000 + number}", "itemName": f"가정{number}정", "efcyQesitm": "가정입니다."}


async def taken_in(store: DrugStore, *paths: pathlib.Path) -> list[FileReport]:
    return [progress async for progress in take_exports_in(store, paths, LayWords())]


async def test_bad_rows_are_named_and_the_rest_kept(store: DrugStore, tmp_path: pathlib.Path) -> None:
    progress = await taken_in(store, export(tmp_path, [easy(1), easy(2) | {"itemSeq": "x"}, {"a": "b"}, easy(3)]))
    refusals = [(refusal.row, refusal.field) for step in progress for refusal in step.refusals]
    assert refusals == [(2, "itemSeq"), (3, "")]
    assert (progress[-1].kept, progress[-1].refused, progress[-1].finished) == (2, 2, True)
    assert set(await store.records(["990100001", "990100003"])) == {"990100001", "990100003"}


async def test_a_file_is_read_again_only_when_it_has_changed(store: DrugStore, tmp_path: pathlib.Path) -> None:
    path = export(tmp_path, [easy(1)])
    await taken_in(store, path)
    assert (await taken_in(store, path))[-1].unchanged
    export(tmp_path, [easy(1) | {"itemName": "새이름정"}])
    assert not (await taken_in(store, path))[-1].unchanged
    assert (await store.records(["990100001"]))["990100001"]["name"] == "새이름정"


async def test_an_interrupted_file_goes_on_where_it_stopped(store: DrugStore, tmp_path: pathlib.Path) -> None:
    path = export(tmp_path, [easy(number) for number in range(BATCH + 5)])
    steps = take_exports_in(store, [path], LayWords())
    first = await anext(steps)
    await steps.aclose()  # type: ignore[attr-defined]
    assert (first.done, first.finished) == (BATCH, False)
    resumed = await taken_in(store, path)
    assert [step.done for step in resumed] == [BATCH + 5, BATCH + 5]
    assert resumed[-1].kept == BATCH + 5


async def test_rules_that_left_a_file_are_forgotten(store: DrugStore, tmp_path: pathlib.Path) -> None:
    rule = {"TYPE_NAME": "병용금기", "INGR_KOR_NAME": "가", "MIXTURE_INGR_KOR_NAME": "나", "DUR_SEQ": "1"}
    other = rule | {"DUR_SEQ": "2", "MIXTURE_INGR_KOR_NAME": "다"}
    await taken_in(store, export(tmp_path, [rule, other], "pairs.json"))
    await taken_in(store, export(tmp_path, [rule], "pairs.json"))
    assert [found.partner for found in await store.ingredient_rules()] == ["나"]


async def test_files_with_names_alike_keep_their_own_rules(store: DrugStore, tmp_path: pathlib.Path) -> None:
    rule = {"TYPE_NAME": "병용금기", "INGR_KOR_NAME": "가", "DUR_SEQ": "1"}
    names = ["병용금기.json", "임부금기.json", "getDurProductInfoList_001.json", "getDurProductInfoList_002.json"]
    for number, name in enumerate(names):
        await taken_in(store, export(tmp_path, [rule | {"MIXTURE_INGR_KOR_NAME": f"나{number}"}], name))
    assert sorted(found.partner for found in await store.ingredient_rules()) == ["나0", "나1", "나2", "나3"]


async def test_the_sample_is_not_taken_in_beside_real_exports_of_its_kind(
    store: DrugStore, tmp_path: pathlib.Path
) -> None:
    assert await sample_exports(store) == exports_in(DATA)
    await taken_in(store, *await sample_exports(store))
    assert await sample_exports(store) == exports_in(DATA)
    await taken_in(store, export(tmp_path, [easy(1) | {"itemSeq": "200000001"}], "easy_drug_otc.json"))
    assert await sample_exports(store) == [DATA / "dur.json"]
    rule = {"TYPE_NAME": "병용금기", "INGR_KOR_NAME": "가", "MIXTURE_INGR_KOR_NAME": "나", "DUR_SEQ": "1"}
    before = len(await store.ingredient_rules())
    await taken_in(store, export(tmp_path, [rule], "dur.json"))
    assert await sample_exports(store) == []
    assert len(await store.ingredient_rules()) == before + 1


async def test_an_export_of_an_error_is_reported_and_passed_over(store: DrugStore, tmp_path: pathlib.Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"header": {"resultCode": "22", "resultMsg": "LIMITED"}}', "utf-8")
    progress = await taken_in(store, broken, export(tmp_path, [easy(1)]))
    assert "LIMITED" in progress[0].problem
    assert progress[-1].kept == 1


async def test_texts_and_permit_of_one_product_meet_in_either_order(store: DrugStore, tmp_path: pathlib.Path) -> None:
    permit = {
        "ITEM_SEQ": "990100001",
        "ITEM_NAME": "가정1정",
        "MAIN_ITEM_INGR": "[S1]와파린나트륨",
        "ATC_CODE": "B01AA03",
    }
    await taken_in(store, export(tmp_path, [permit], "permit.json"), export(tmp_path, [easy(1)]))
    await taken_in(store, export(tmp_path, [permit | {"ENTP_NAME": "회사"}], "permit.json"))
    record = (await store.records(["990100001"]))["990100001"]
    assert (record["efficacy"], record["atc_code"], record["company"]) == ("가정입니다.", "B01AA03", "회사")
    assert [found.name for found in await store.ingredients("990100001")] == ["와파린"]


async def test_every_name_can_be_read_with_what_is_in_it(servicer: DrugServicer) -> None:
    said = await servicer.ListNames(drug_pb2.ListNamesRequest(), None)
    names = {one.name: list(one.ingredients) for one in said.names}
    assert names["타이레놀"] == ["아세트아미노펜"]
    assert names["아세트아미노펜"] == ["아세트아미노펜"]
    assert "아세트아미노펜" in names["게보린"]
    assert list(names) == sorted(names)
    assert not said.more
    again = await servicer.ListNames(drug_pb2.ListNamesRequest(version=said.version), None)
    assert (list(again.names), again.version) == ([], said.version)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("심바스타틴 먹는데 이트라코나졸이나 클래리트로마이신 먹어도 되나요?", ("이트라코나졸", "클래리트로마이신")),
        ("실데나필이랑 타다라필이랑 니트로글리세린 같이 먹어도 되나요?", ("실데나필", "타다라필")),
    ],
)
async def test_every_pair_that_is_forbidden_is_said_however_alike_the_verdicts_are(servicer, question, named) -> None:
    verdicts = [said.text for said in (await consult(servicer, question)).statements if said.settled]
    for name in named:
        assert any(name in verdict and "함께" in verdict for verdict in verdicts), (name, verdicts)


async def test_every_stored_medicine_is_checked_against_every_medicine_asked_about(servicer) -> None:
    answer = await consult(servicer, "아스피린이랑 이부프로펜 먹어도 되나요?", medicines=["와파린", "심바스타틴"])
    assert "와파린" in text_of(answer)


async def test_pregnancy_is_not_spoken_of_to_somebody_elses_question(servicer, shelf) -> None:
    shelf.passages_kept = [
        knowledge_pb2.Passage(id="p", title="임신 30주의 이부프로펜", text="임신 30주에는 먹지 마세요.", score=0.9)
    ]
    assert "임신" not in text_of(await consult(servicer, "5살 아이 이부프로펜 먹어도 되나요?"))
    assert "임신" in text_of(await consult(servicer, "임신 30주인데 이부프로펜 먹어도 되나요?"))
