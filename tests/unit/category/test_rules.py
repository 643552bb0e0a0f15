"""Cues, names, and what becomes of probabilities."""

import pytest

from services.category.combiner import Neighbour, combined
from services.category.model import DOMAINS
from services.category.ranking import ranked
from services.category.rules import cues, summary
from services.category.words import SIGNS, Words
from services.safety.red_flags import Level

EVEN = dict.fromkeys(DOMAINS, 0.5)


def chances(**given):
    return {domain: given.get(domain, 0.01) for domain in DOMAINS}


@pytest.mark.parametrize(
    ("text", "cue", "there"),
    [
        ("감기약 먹었어요", "drug_noun", True),
        ("진료 예약 되나요", "drug_noun", False),
        ("약국 어디예요", "drug_noun", False),
        ("약속 시간에 늦었어", "drug_noun", False),
        ("무슨 과로 가야 해요", "department_asked", True),
        ("무슨과로가야해요", "department_asked", True),
        ("강아지가 토해요", "other_animals", True),
        ("고양이한테 할퀴었어요", "other_animals", False),
    ],
)
def test_cues(text, cue, there):
    assert (cue in cues(text)) is there


def test_summary_counts_health_and_other_things():
    assert summary(["medicine", "drug_take", "symptom_pain", "drug_dose"]) == "health2other0"
    assert summary(["other_food"]) == "health0other1"
    assert summary([]) == "health0other0"


def test_the_longest_name_wins_and_becomes_a_sign():
    words = Words({"medicine": ["타이레놀", "타이레놀콜드"], "department": ["내과", "소화기내과"]})
    signed, kinds = words.signed("타이레놀콜드먹고소화기내과")
    assert signed == f"{SIGNS['medicine']}먹고{SIGNS['department']}"
    assert kinds == ["medicine", "department"]


def test_a_one_letter_name_is_no_name():
    assert Words({"place": ["역"]}).signed("역") == ("역", [])


def test_names_only_what_is_likely_beside_the_best():
    found = ranked(chances(drug=0.9, internal_external=0.45, clinic=0.3), Level.NONE)
    assert [domain for domain, _ in found] == ["drug", "internal_external"]


def test_something_is_always_named():
    assert ranked(chances(clinic=0.1), Level.NONE) == [("clinic", 0.1)]


def test_out_of_scope_stands_alone():
    assert ranked(chances(out_of_scope=0.6, drug=0.5), Level.NONE) == [("out_of_scope", 0.6)]


def test_health_drives_out_of_scope_away():
    assert ranked(chances(out_of_scope=0.5, drug=0.6), Level.NONE) == [("drug", 0.6)]


@pytest.mark.parametrize("level", [Level.URGENT, Level.CRISIS, Level.CALL_119])
def test_a_red_flag_brings_the_emergency_domain(level):
    found = dict(ranked(chances(out_of_scope=0.99), level))
    assert found["emergency_support"] >= 0.6
    assert "out_of_scope" not in found


def test_a_red_flag_never_lowers():
    assert dict(ranked(chances(emergency_support=0.99), Level.URGENT))["emergency_support"] == 0.99


def test_close_neighbours_move_the_probabilities_to_their_labels():
    moved = combined(EVEN, [Neighbour(("clinic",), 0.9), Neighbour(("clinic", "drug"), 0.5)])
    assert moved["clinic"] > 0.5 > moved["emergency_support"]
    assert moved["clinic"] > moved["drug"]


def test_far_neighbours_say_nothing():
    assert combined(EVEN, [Neighbour(("clinic",), 0.1)]) == EVEN
    assert combined(EVEN, []) == EVEN


def test_closer_neighbours_say_more():
    near = combined(EVEN, [Neighbour(("clinic",), 0.7)])["clinic"]
    far = combined(EVEN, [Neighbour(("clinic",), 0.4)])["clinic"]
    assert near > far > 0.5


def test_certainty_survives_contrary_neighbours():
    moved = combined(chances(drug=1.0), [Neighbour(("clinic",), 1.0)])
    assert moved["drug"] > 0.9
