"""Two questions have one key when they ask the same, and never when they do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chatbot.meaning import meaning
from services.safety.claims import Names

INGREDIENTS = {
    "타이레놀": ("아세트아미노펜",),
    "아세트아미노펜": ("아세트아미노펜",),
    "타이레놀8시간이알": ("아세트아미노펜",),
    "어린이타이레놀": ("아세트아미노펜",),
    "챔프": ("아세트아미노펜",),
    "프로페시아": ("피나스테리드",),
    "프로스카": ("피나스테리드",),
    "애드빌": ("이부프로펜",),
    "이부프로펜": ("이부프로펜",),
}
NAMES = Names(INGREDIENTS)


def read(text, domains=(1,)):
    return meaning(text, INGREDIENTS, NAMES, domains)


ENDINGS = [
    "었습니다",
    "었니다",
    "안",
    "못",
    "지",
    "않",
    "면",
    "고",
    "는데",
    "타이레놀",
    "3",
    "알",
    "전에",
    "말고",
    "없이",
    "하루",
    "먹",
    "~",
    "-",
    "<",
]
SAME = [
    ("타이레놀 먹어도 되나요", "아세트아미노펜 복용해도 될까요?"),
    ("tylenol 먹어도 되나요", "타이레놀 먹어도 되나요"),
    ("타이레놀이랑 애드빌 같이 먹어도 되나요", "애드빌과 타이레놀을 함께 복용해도 괜찮은지 궁금합니다"),
    ("타이레놀 650mg 하루 세 번 먹어도 되나요", "타이레놀 650밀리그램을 하루 3회 먹어도 되나요"),
    ("두 살 아기 열이 38.5도인데 해열제 먹여야 하나요", "24개월 애기 열이 38.5도예요 해열제 먹여야 하나요"),
    ("피가 멈추지 않아요", "피가 안 멈춰요"),
    ("어지러운데 신경과예요 이비인후과예요", "어지럼증은 이비인후과로 갈까요 신경과로 갈까요"),
    ("졸린 감기약 먹고 운전해도 되나요", "운전해야 하는데 졸린 감기약 먹어도 되나요"),
    ("임신 중에 타이레놀 먹어도 되나요", "임산부인데 타이레놀 먹어도 되나요"),
    ("기침이 사흘째예요", "기침이 3일째예요"),
]
DIFFERENT = """
타이레놀 먹어도 되나요|애드빌 먹어도 되나요
타이레놀 먹어도 되나요|타이레놀 안 먹어도 되나요
타이레놀 먹어도 되나요|타이레놀 먹지 않아도 되나요
타이레놀 먹어도 되나요|타이레놀 먹어야 하나요
타이레놀 먹어도 되나요|타이레놀 먹으면 안 되나요
타이레놀 먹어도 되나요|타이레놀8시간이알 먹어도 되나요
챔프 얼마나 먹어요|타이레놀 얼마나 먹어요
프로스카 하루 몇 알 먹어요|프로페시아 하루 몇 알 먹어요
어린이타이레놀 얼마나 먹어요|타이레놀 얼마나 먹어요
타이레놀 500mg 먹어도 되나요|타이레놀 650mg 먹어도 되나요
타이레놀 먹고 애드빌 먹어도 되나요|애드빌 먹고 타이레놀 먹어도 되나요
타이레놀 대신 애드빌 먹어도 되나요|애드빌 대신 타이레놀 먹어도 되나요
타이레놀 없이 자도 되나요|타이레놀 먹고 자도 되나요
타이레놀 2알 먹고 애드빌 1알 먹었어요|타이레놀 1알 먹고 애드빌 2알 먹었어요
타이레놀 먹으면 두통 와요|두통 오면 타이레놀 먹어요
타이레놀 먹었어요|타이레놀 먹어요
타이레놀 몇 알까지 먹어요|타이레놀 몇 번까지 먹어요
타이레놀 30분 전에 먹었어요|타이레놀 30분 후에 먹었어요
식사 30분 전에 먹나요|식사 30분 후에 먹나요
당뇨약은 먹고 혈압약은 안 먹었어요|당뇨약은 안 먹고 혈압약은 먹었어요
하루 3번 2알씩 먹어요|하루 2번 3알씩 먹어요
두 달 된 아기 열이 38도예요|두 살 된 아기 열이 38도예요
12세 이상 먹어도 되나요|12세 이하 먹어도 되나요
12세 미만 먹어도 되나요|12세 먹어도 되나요
임신 5주인데 먹어도 되나요|임신 35주인데 먹어도 되나요
임신 중에 먹어도 되나요|모유수유 중에 먹어도 되나요
임신인데 먹어도 되나요|임신 아닌데 먹어도 되나요
남자가 먹어도 되나요|여자가 먹어도 되나요
엄마 약을 아이가 먹었어요|아이 약을 엄마가 먹었어요
왼쪽 팔이 아프고 오른쪽 다리가 저려요|오른쪽 팔이 아프고 왼쪽 다리가 저려요
오른쪽 윗배가 아파요|오른쪽 아랫배가 아파요
열이 나요|열이 안 나요
연락이 돼요|연락이 안 돼요
혈압약 끊어도 되나요|혈압약 시작해도 되나요
혈압약 늘려도 되나요|혈압약 줄여도 되나요
혈압 120/80이에요|혈압 180/120이에요
혈당이 <60|혈당이 >60
0.5ml 먹여요|5ml 먹여요
2~3알 먹어도 되나요|3알 먹어도 되나요
5시간 지났는데 먹어도 되나요|5시간 안 지났는데 먹어도 되나요
유통기한 지난 약 먹어도 되나요|유통기한 안 지난 약 먹어도 되나요
수술 전에 아파요|수술 후에 아파요
수면제 먹고 운전해도 되나요|운전하고 수면제 먹어도 되나요
수면제 먹고 운전해도 되나요|수면제 먹고 운전 안 해도 되나요
감기 나았는데 운동해도 되나요|감기 걸렸는데 운동해도 되나요
약이 남았는데 먹어도 되나요|약이 났는데 먹어도 되나요
오메프라졸 언제 먹어요|오메프라졸 언제까지 먹어요
몇 시간 전에 금식해요|몇 시간 후에 금식해요
산부인과 말고 어디로 가요|산부인과 어디로 가요
冠心病|糖尿病
can i take it with alcohol|can i take it without alcohol
ㅈㅅ 방법|ㅇㅇ 방법
""".strip().splitlines()


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_question_has_the_same_key(one, other):
    assert read(one).key == read(other).key


@pytest.mark.parametrize("pair", DIFFERENT)
def test_one_word_makes_another_question(pair):
    one, other = pair.split("|")
    assert read(one).key != read(other).key


def test_domains_and_language_are_part_of_the_key():
    assert read("타이레놀", (1,)).key != read("타이레놀", (1, 2)).key
    assert read("타이레놀", (2, 1)).key == read("타이레놀", (1, 2)).key
    assert read("tylenol").language == "en"
    assert read("tylenol").key != read("타이레놀").key


def test_what_is_not_understood_is_blank():
    for text in ("", "ㅋㅋ", "어떻게 해요?", "😀", "타이레놀 " * 100):
        assert read(text).blank
    assert not read("타이레놀").blank


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read(text):
    assert read(text).key == read(text).key


@given(
    st.lists(
        st.sampled_from(ENDINGS),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_row_of_endings_can_be_read(parts):
    assert read("".join(parts)).key == read("".join(parts)).key
    assert len(read(" ".join(parts)).key) == 64
