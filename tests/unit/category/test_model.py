"""The shipped model alone: what `category` knows when no other service answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.category.features import features
from services.category.model import DATA, DOMAINS, Model, load_words, together

MODEL = Model.load()
WORDS = load_words(DATA)


def best(text):
    found = MODEL.probabilities(text)
    return max(found, key=found.get)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("게보린이랑 우루사 같이 먹어도 돼요?", "drug"),
        ("혈압약을 아침에 못 먹었는데 저녁에 먹나요", "drug"),
        ("항생제시럽냉장고에안넣었는데버려야하나요", "drug"),
        ("대구 수성구에 일요일 진료하는 소아과", "clinic"),
        ("입원확인서는 어디서 떼나요", "clinic"),
        ("내시경 예약하려면 전화해야 하나요", "clinic"),
        ("물에 빠진 아이가 숨을 안 쉬어요", "emergency_support"),
        ("화상 입으면 얼음 대도 되나요", "emergency_support"),
        ("제초제를 마신 것 같아요", "emergency_support"),
        ("팔꿈치가 아픈데 무슨 과로 가야 하나요", "internal_external"),
        ("어지럼증은 신경과예요 이비인후과예요", "internal_external"),
        ("눈이 뻑뻑한디 워느 과로 가야 쓰까", "internal_external"),
        ("안녕하세요", "out_of_scope"),
        ("내일 제주 날씨 알려줘", "out_of_scope"),
        ("약과 반죽은 몇 분 튀겨요", "out_of_scope"),
        ("의학 드라마 추천", "out_of_scope"),
        ("자동차 시동이 안 걸릴 때 응급조치", "out_of_scope"),
        ("오늘 코스닥 지수", "out_of_scope"),
    ],
)
def test_sorts(text, domain):
    assert best(text) == domain


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("수면제 처방은 어느 과에서 받나요", {"drug", "internal_external"}),
        ("어깨 아픈데 일요일에 하는 정형외과 어디 있어요", {"clinic", "internal_external"}),
    ],
)
def test_sees_several_domains(text, domains):
    found = MODEL.probabilities(text)
    assert {domain for domain, chance in found.items() if chance >= 0.4} == domains


def test_an_unknown_text_is_of_some_domain():
    assert sum(MODEL.probabilities("쀍뛟쒧").values()) >= 0.999


def test_the_same_words_spaced_differently_are_the_same():
    assert MODEL.probabilities("두통 약 먹어도 되나요") == MODEL.probabilities("두통약먹어도되나요")


def test_given_one_domain_at_least_and_out_of_scope_alone():
    found = together(np.array([0.5, 0.0, 0.0, 0.0, 0.5]))
    assert found == pytest.approx([0.5, 0, 0, 0, 0.5])


def test_out_of_scope_and_no_medical_domain_fill_the_whole():
    alone = np.array([0.2, 0.3, 0.1, 0.4, 0.7])
    found = together(alone)
    any_medical = (1 - np.prod(1 - alone[:-1])) * (1 - alone[-1])
    nothing_else = np.prod(1 - alone[:-1]) * alone[-1]
    assert found[-1] == pytest.approx(nothing_else / (any_medical + nothing_else))


@given(st.text(max_size=2000))
def test_any_text_has_probabilities(text):
    found = MODEL.probabilities(text)
    assert tuple(found) == DOMAINS
    assert all(0 <= chance <= 1 for chance in found.values())


@given(st.text(max_size=200))
def test_features_are_distinct_and_ascending(text):
    hashes, values = features(text, WORDS)
    assert np.all(np.diff(hashes.astype(np.int64)) > 0)
    assert len(values) == len(hashes)
