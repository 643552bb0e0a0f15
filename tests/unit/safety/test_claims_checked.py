"""A sentence of a model's answer is kept when the evidence it cites says the same, and dropped otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.safety import disclaimers
from services.safety.claims import Names, check
from services.safety.claims.names import Named

KNOWN = Names(
    ["아세트아미노펜", "타이레놀", "이부프로펜", "심바스타틴", "이트라코나졸", "디곡신", "아미오다론", "코자"]
)
PAIN = """성인 아세트아미노펜(타이레놀) 하루 최대량
성인은 아세트아미노펜(타이레놀)을 하루 4,000mg을 넘겨 먹지 마세요. 500mg 알약은 보통 1~2알씩 4~6시간 간격으로 먹고, \
650mg 서방정은 2알씩 8시간 간격으로 먹으며 하루 6알을 넘기지 마세요. 만 12세 미만은 의사와 상의하세요. \
간 질환이 있으면 더 적은 양이 필요합니다."""
HEART = """디곡신 중독 신호
디곡신은 심장약입니다. 아미오다론은 디곡신 농도를 높일 수 있습니다. 디곡신을 빼먹었다고 두 번 분량을 먹지 마세요. \
실신하면 즉시 119에 신고하세요. 상담은 1577-0199에서 받을 수 있습니다."""
PAIR = """병용금기: 심바스타틴 + 이트라코나졸
병용금기: 심바스타틴 + 이트라코나졸. 스타틴의 혈중농도가 크게 올라 위험이 커집니다."""
VERDICT = "심바스타틴과 이트라코나졸은 함께 쓰면 안 되는 병용금기이므로 함께 복용하지 마세요."


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("성인은 아세트아미노펜을 하루 4,000mg을 넘겨 먹지 마세요 [1].", PAIN),
        ("성인은 타이레놀을 하루 최대 4g을 넘겨 드시지 마세요. [1]", PAIN),
        ("- 500mg 알약은 한두 알씩 4~6시간 간격으로 복용합니다 [1].", PAIN),
        ("650mg 서방정은 하루 여섯 알을 넘기지 마세요.", PAIN),
        ("간 질환이 있으면 더 적은 양이 필요합니다.", PAIN),
        ("디곡신을 빼먹었더라도 2회 분량을 드시지 마세요.", HEART),
        ("실신하면 바로 119에 연락하세요.", HEART),
        ("상담은 1577-0199에서 받을 수 있습니다.", HEART),
        ("아미오다론은 디곡신 농도를 높일 수 있습니다.", HEART),
        ("심바스타틴과 이트라코나졸은 병용금기이므로 함께 복용하지 마세요.", PAIR),
    ],
)
def test_what_the_evidence_says_is_kept(sentence: str, evidence: str) -> None:
    assert check(sentence, [evidence], KNOWN, [VERDICT]).reasons == ()


@pytest.mark.parametrize(
    ("sentence", "evidence", "reason"),
    [
        ("성인은 아세트아미노펜을 하루 6,000mg을 넘겨 먹지 마세요.", PAIN, "number"),
        ("성인은 아세트아미노펜을 한 번에 4,000mg을 넘겨 먹지 마세요.", PAIN, "number"),
        ("500mg 알약은 8시간 간격으로 먹습니다.", PAIN, "number"),
        ("만 12세 이상은 의사와 상의하세요.", PAIN, "number"),
        ("성인은 이부프로펜을 하루 4,000mg을 넘겨 먹지 마세요.", PAIN, "name"),
        ("아세트아미노펜은 우유와 함께 먹으면 효과가 없습니다.", PAIN, ""),
        ("디곡신을 빼먹었다면 두 번 분량을 드세요.", HEART, ""),
        ("디곡신은 아미오다론 농도를 높일 수 있습니다.", HEART, "topic"),
        ("아미오다론은 디곡신 농도를 낮출 수 있습니다.", HEART, "verb"),
        ("상담은 1588-0199에서 받을 수 있습니다.", HEART, "phone"),
        ("상담은 www.digoxin.kr에서 받을 수 있습니다.", HEART, "link"),
        ("실신하더라도 119에 신고할 필요는 없습니다.", HEART, "emergency"),
        ("실신하면 진료를 기다리세요.", HEART, ""),
        ("디곡신은 심장약이므로 드셔도 됩니다.", HEART, "wording"),
        ("심바스타틴과 이트라코나졸은 시간 간격을 두고 복용하세요.", PAIR, "settled"),
        ("두 약은 함께 복용하면서 증상을 지켜보세요.", PAIR, "settled"),
    ],
)
def test_what_it_does_not_say_is_dropped(sentence: str, evidence: str, reason: str) -> None:
    verdict = check(sentence, [evidence], KNOWN, [VERDICT])
    assert not verdict.kept
    assert any(said.startswith(reason) for said in verdict.reasons)


SPRAYS = """코막힘 스프레이
약국에서 파는 코막힘 스프레이는 7일을 넘겨 쓰지 마세요. 처방받는 스테로이드 스프레이는 매일 쓰는 약입니다. \
붓기가 심하면 더 센 약을 찾기 전에 이비인후과 진료를 받으세요. 두 번 분량을 먹으면 혈압이 떨어질 수 있습니다. \
이 통증은 담석 때문일 수 있습니다. 편의점에는 소화제만 있고, 약국에는 제산제가 더 있습니다. \
아이를 토하게 하거나 우유로 달래며 기다리지 마세요. 음주는 회복을 늦춥니다. \
밤에 깨지 않게 낮에 복용하는 것이 좋습니다. \
바르는 연고는 치료를 포기하는 것이 아니라 통증을 돌보는 것입니다."""
DEPARTMENTS = """물렸을 때
물린 상처는 얼굴은 성형외과, 손은 정형외과, 며칠 뒤 열이 나면 감염내과가 대안입니다."""
TITLED = """타이레놀(아세트아미노펜)
아세트아미노펜은 하루 한 번 먹습니다. 타이레놀을 데운 다음 바로 드세요. 하루 2번 5일 동안 먹습니다."""


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("손을 물리면 정형외과가 대안입니다.", DEPARTMENTS),
        ("얼굴은 성형외과를 찾으세요.", DEPARTMENTS),
        ("타이레놀은 하루 1회 복용합니다.", TITLED),
        ("타이레놀을 데운 뒤 바로 드십시오.", TITLED),
        ("한 번에 2알씩, 하루 세 번 드세요.", "먹는 법\n1회 2알을 하루 3회 드세요."),
        ("증상이 가볍더라도 병원에 연락하세요.", "신호\n증상이 가벼워도 병원에 연락하세요."),
        ("디곡신을 드시면 어지러울 수 있습니다.", "디곡신\n디곡신은 어지럼증을 일으킬 수 있습니다."),
        ("치료를 포기하는 것이 아닙니다.", SPRAYS),
    ],
)
def test_the_same_in_other_words_is_kept(sentence: str, evidence: str) -> None:
    assert check(sentence, [evidence], KNOWN).reasons == ()


@pytest.mark.parametrize(
    ("sentence", "evidence", "why"),
    [
        ("손을 물리면 성형외과가 대안입니다.", DEPARTMENTS, "another case of the list"),
        ("코막힘 스프레이는 매일 쓰는 약입니다.", SPRAYS, "another thing of the kind"),
        ("붓기가 심하면 더 센 약을 찾으세요.", SPRAYS, "what is to be done after something else"),
        ("코막힘 스프레이를 쓰면 혈압이 떨어질 수 있습니다.", SPRAYS, "the case is left out"),
        ("이 통증은 담석 때문입니다.", SPRAYS, "what is possible is no fact"),
        ("편의점에는 제산제도 있습니다.", SPRAYS, "another place"),
        ("아이를 토하게 하세요.", SPRAYS, "half of a ban"),
        ("음주는 회복을 앞당깁니다.", SPRAYS, "the other way"),
        ("밤에 복용하는 것이 좋습니다.", SPRAYS, "from the purpose alone"),
        ("치료를 포기하는 것입니다.", SPRAYS, "not … but …"),
        ("타이레놀은 매주 먹습니다.", TITLED, "another rhythm"),
    ],
)
def test_its_own_words_put_together_wrongly_are_dropped(sentence: str, evidence: str, why: str) -> None:
    assert not check(sentence, [evidence], KNOWN).kept, why


def test_a_settled_verdict_stands_even_against_evidence_that_softens_it() -> None:
    soft = "약 간격\n심바스타틴과 이트라코나졸은 시간 간격을 두고 복용하세요."
    said = "심바스타틴과 이트라코나졸은 시간 간격을 두고 복용하세요."
    assert check(said, [soft], KNOWN).kept
    assert check(said, [soft], KNOWN, [VERDICT]).reasons == ("settled: contradicted",)


def test_numbers_of_two_pieces_of_evidence_are_not_mixed() -> None:
    one = "가나병원\n가나병원 · 대표전화 1588-1000"
    other = "다라병원\n다라병원 · 대표전화 1588-2000"
    assert check("가나병원 대표전화는 1588-1000입니다 [1].", [one, other], KNOWN).kept
    assert not check("가나병원 대표전화는 1588-2000입니다 [1][2].", [one, other], KNOWN).kept


@pytest.mark.parametrize(
    "sentence", ["안녕하세요.", "자세한 내용은 아래와 같습니다.", f"{disclaimers.CALL_119}.", disclaimers.DISCLAIMER]
)
def test_harmless_sentences_need_no_evidence(sentence: str) -> None:
    assert check(sentence, [], KNOWN).kept


@pytest.mark.parametrize("sentence", ["물을 많이 드세요.", "타이레놀은 해열제입니다.", "", "[1]"])
def test_other_sentences_without_evidence_are_dropped(sentence: str) -> None:
    assert not check(sentence, [], KNOWN).kept


def test_a_sentence_of_nothing_is_dropped_with_evidence_too() -> None:
    assert check("[1]", [PAIN], KNOWN).reasons == ("empty",)


def test_names_are_the_longest_and_short_ones_begin_a_word() -> None:
    assert KNOWN.found("코자와 타이레놀") == [Named("코자", 0, 2), Named("타이레놀", 4, 8)]
    assert KNOWN.found("인코자") == []


wild = st.text(st.sampled_from([*"가나다요은는을면고 0123456789.,~[]()-mg%시간회세지마않없\n"]), max_size=80)


@given(wild, wild)
def test_wild_text_is_judged(sentence: str, evidence: str) -> None:
    verdict = check(sentence, [evidence], KNOWN, [VERDICT])
    assert verdict.kept == (verdict.reasons == ())
