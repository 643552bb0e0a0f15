"""The rules over a list of medicines and a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.drug.ages import AgeLimit, parse_age_limit
from services.drug.forms import acts_locally
from services.drug.interactions import findings
from services.drug.rules import Finding, Item, Person, Rule, Severity

TYLENOL = Item("타이레놀", "타이레놀정", ("아세트아미노펜",), "990000001", "정제")
GEBORIN = Item("게보린", "게보린정", ("아세트아미노펜", "카페인"), "990000008", "정제")
VIAGRA = Item("비아그라", "비아그라정", ("실데나필",), "990002054", "필름코팅정")
NITRO = Item("니트로글리세린", "니트로글리세린", ("니트로글리세린",), kind="ingredient")
IBUPROFEN = Item("이부프로펜", "이부프로펜", ("이부프로펜",), kind="ingredient")
NAPROXEN = Item("탁센", "탁센연질캡슐", ("나프록센",), "990000016", "연질캡슐")


def types(found: list[Finding]) -> list[str]:
    return [finding.type for finding in found]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_contraindicated_pair_in_either_order(swapped: bool) -> None:
    rule = Rule("1", "pair", "실데나필", "니트로글리세린", content="혈압이 떨어집니다.")
    items = [NITRO, VIAGRA] if swapped else [VIAGRA, NITRO]
    (finding,) = findings(items, [rule], Person())
    assert (finding.type, finding.severity, finding.applies) == ("pair", Severity.CONTRAINDICATED, True)
    assert finding.items == tuple(item.query for item in items)
    assert finding.ingredients == tuple(item.ingredients[0] for item in items)
    assert finding.evidence_id == "dur/1"


def test_a_remark_makes_a_pair_milder_or_conditional() -> None:
    milder = Rule("1", "pair", "실데나필", "니트로글리세린", remark="주의: 면밀히 관찰")
    assert findings([VIAGRA, NITRO], [milder], Person())[0].severity is Severity.CAUTION
    conditional = Rule("2", "pair", "실데나필", "니트로글리세린", remark="신장애 또는 간장애 환자에서 금기")
    assert findings([VIAGRA, NITRO], [conditional], Person())[0].applies is False
    assert findings([VIAGRA, NITRO], [conditional], Person(conditions=("만성 콩팥병",)))[0].applies is True


def test_a_rule_of_two_products_says_nothing_of_others() -> None:
    rule = Rule("1", "pair", "실데나필", "니트로글리세린", item_seq="111111", partner_item_seq="222222")
    assert findings([VIAGRA, NITRO], [rule], Person()) == []


def test_the_same_ingredient_twice_and_its_limit() -> None:
    dose = Rule("7", "dose", "아세트아미노펜", max_quantity="4,000밀리그램")
    found = findings([TYLENOL, GEBORIN], [dose], Person())
    assert types(found) == ["duplicate_ingredient", "dose", "dose"]
    assert found[1].limit == "1일 4,000밀리그램"


def test_adult_limits_are_never_given_for_a_child() -> None:
    dose = Rule("7", "dose", "아세트아미노펜", max_quantity="4,000밀리그램")
    assert findings([TYLENOL], [dose], Person(age_months=84)) == []


def test_two_of_one_class() -> None:
    rules = [Rule(name, "class", name, class_name="NSAIDs", content="위장 출혈") for name in ("이부프로펜", "나프록센")]
    (finding,) = findings([IBUPROFEN, NAPROXEN], rules, Person())
    assert (finding.type, finding.class_name) == ("class", "NSAIDs")
    assert types(findings([IBUPROFEN, IBUPROFEN], rules, Person())) == ["duplicate_ingredient"]


@pytest.mark.parametrize(
    ("pregnant", "grade", "expected"),
    [
        (True, "1", [(Severity.CONTRAINDICATED, True)]),
        (True, "2", [(Severity.CAUTION, True)]),
        (None, "1", [(Severity.CONTRAINDICATED, False)]),
        (False, "1", []),
    ],
)
def test_pregnancy(pregnant: bool | None, grade: str, expected: list[tuple[Severity, bool]]) -> None:
    rule = Rule("1", "pregnancy", "이부프로펜", grade=grade)
    found = findings([IBUPROFEN], [rule], Person(pregnant=pregnant))
    assert [(finding.severity, finding.applies) for finding in found] == expected


@pytest.mark.parametrize(("months", "applies"), [(4, [True]), (5, [True]), (6, []), (480, []), (None, [False])])
def test_age_bands(months: int | None, applies: list[bool]) -> None:
    rule = Rule("1", "age", "이부프로펜", age_base="6개월 미만")
    assert [finding.applies for finding in findings([IBUPROFEN], [rule], Person(age_months=months))] == applies


@pytest.mark.parametrize(("months", "count"), [(64 * 12 + 11, 0), (65 * 12, 1), (None, 1)])
def test_elderly(months: int | None, count: int) -> None:
    rule = Rule("1", "elderly", "이부프로펜", age_base="65세 이상")
    assert len(findings([IBUPROFEN], [rule], Person(age_months=months))) == count


def test_a_rule_of_a_form_says_nothing_of_other_forms() -> None:
    rule = Rule("1", "age", "아세트아미노펜", age_base="12세 미만", remark="서방정(650mg) 제형")
    slow = Item("타이레놀8시간", "타이레놀8시간이알서방정", ("아세트아미노펜",), "990000002", "서방정")
    assert findings([TYLENOL], [rule], Person(age_months=60)) == []
    assert types(findings([slow], [rule], Person(age_months=60))) == ["age"]


def test_what_is_rubbed_on_is_a_degree_milder() -> None:
    gel = Item("볼타렌", "볼타렌에멀겔1%", ("디클로페낙",), "990000099", "겔제")
    rules = [Rule("1", "pair", "와파린", "디클로페낙"), Rule("2", "elderly", "디클로페낙", age_base="65세 이상")]
    warfarin = Item("와파린", "와파린", ("와파린",), kind="ingredient")
    (finding,) = findings([warfarin, gel], rules, Person(age_months=900))
    assert (finding.type, finding.severity) == ("pair", Severity.CAUTION)


@pytest.mark.parametrize(
    ("form", "name", "local"),
    [
        ("연고제", "", True),
        ("점안액", "", True),
        ("정제", "", False),
        ("", "", False),
        ("패취제", "듀로제식디트랜스패취", False),
        ("패취제", "트라스트패취(피록시캄)", True),
        ("흡입제", "벤토린에보할러", False),
        ("플라스타제", "케토톱플라스타", True),
    ],
)
def test_where_a_medicine_acts(form: str, name: str, local: bool) -> None:
    assert acts_locally(form, name) is local


def test_allergy_speaks_first_of_its_severity() -> None:
    person = Person(allergies={"진통제": ("이부프로펜",)}, pregnant=True)
    found = findings([IBUPROFEN], [Rule("1", "pregnancy", "이부프로펜", grade="1")], person)
    assert types(found) == ["allergy", "pregnancy"]


def test_medicines_taken_already_are_paired_but_not_judged() -> None:
    taken = Item("비아그라", "비아그라정", ("실데나필",), "990002054", taken=True)
    rules = [
        Rule("1", "pair", "실데나필", "니트로글리세린"),
        Rule("2", "dose", "실데나필", max_quantity="100밀리그램"),
    ]
    assert types(findings([NITRO, taken], rules, Person())) == ["pair"]


def test_a_class_word_may_only_warn() -> None:
    cold = Item("감기약", "감기약", ("아세트아미노펜", "슈도에페드린"), kind="class")
    rules = [Rule("1", "age", "슈도에페드린", age_base="2세 미만")]
    (finding,) = findings([cold, TYLENOL], rules, Person(age_months=12))
    assert (finding.type, finding.applies) == ("duplicate_ingredient", False)


def test_most_severe_first_and_the_surest_of_them() -> None:
    rules = [
        Rule("1", "dose", "이부프로펜", max_quantity="3,200밀리그램"),
        Rule("2", "age", "이부프로펜", age_base="6개월 미만"),
        Rule("3", "pair", "이부프로펜", "니트로글리세린"),
        Rule("4", "elderly", "이부프로펜", age_base="65세 이상"),
    ]
    assert types(findings([IBUPROFEN, NITRO], rules, Person())) == ["pair", "age", "elderly", "dose"]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("12세 미만", AgeLimit(below=144)),
        ("6개월 미만", AgeLimit(below=6)),
        ("65세 이상", AgeLimit(lowest=780)),
        ("12세 이하", AgeLimit(below=156)),
        ("2세 이상 12세 미만", AgeLimit(24, 144)),
        ("소아", None),
        ("", None),
    ],
)
def test_age_texts(text: str, limit: AgeLimit | None) -> None:
    assert parse_age_limit(text) == limit


NAMES = st.sampled_from(["실데나필", "니트로글리세린", "이부프로펜", "아세트아미노펜"])
ITEMS = st.lists(st.builds(lambda name: Item(name, name, (name,), kind="ingredient"), NAMES), max_size=6)
RULES = st.lists(
    st.builds(
        lambda kind, one, other: Rule(f"{kind}{one}{other}", kind, one, other, age_base="12세 미만", max_quantity="1"),
        st.sampled_from(["pair", "pregnancy", "age", "elderly", "dose"]),
        NAMES,
        NAMES,
    ),
    max_size=10,
)


@given(ITEMS, RULES, st.one_of(st.none(), st.integers(0, 1200)))
def test_every_finding_names_medicines_of_the_list(items: list[Item], rules: list[Rule], months: int | None) -> None:
    found = findings(items, rules, Person(age_months=months))
    queries = {item.query for item in items}
    assert all(set(finding.items) <= queries for finding in found)
    assert [finding.severity for finding in found] == sorted((f.severity for f in found), reverse=True)
