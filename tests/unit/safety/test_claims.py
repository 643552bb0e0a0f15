"""Wording that must never go out, and the fixed sentences that must."""

import pytest

from services.safety import disclaimers
from services.safety.claims import forbidden


@pytest.mark.parametrize(
    "text",
    [
        "네, 진단해 드리겠습니다.",
        "폐렴으로 진단해 드립니다.",
        "졸피뎀을 처방해 드릴게요.",
        "처방전이 발행되었습니다.",
        "두 약은 함께 드셔도 됩니다.",
        "임신 중에 복용해도 괜찮습니다.",
        "술과 같이 드셔도 무방합니다.",
        "복용해도 별 문제 없습니다.",
        "증상이 없으면 약을 끊어도 돼요.",
        "환자분은 급성 편도염입니다.",
        "병명은 독감입니다.",
        "안심하세요.",
        "걱정하지 않으셔도 됩니다.",
        "병원에 가지 않아도 됩니다.",
        "119를 부를 필요 없습니다.",
    ],
)
def test_forbidden(text: str) -> None:
    assert forbidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "진단은 의료진만 가능합니다.",
        "처방은 의사만 가능합니다.",
        "의사가 진찰하고 처방합니다.",
        "이 약은 술과 함께 드시지 마세요.",
        "함께 복용해도 된다는 뜻은 아닙니다.",
        "임신 중에 복용해도 괜찮은지 의사에게 확인하세요.",
        "고혈압은 혈관에 부담을 주는 질환입니다.",
        "증상이 사라져도 응급실을 방문하세요.",
        "병원에 가야 합니다.",
    ],
)
def test_allowed(text: str) -> None:
    assert forbidden(text) == []


def test_the_fixed_sentences_are_allowed_themselves() -> None:
    said = [value for name, value in vars(disclaimers).items() if name.isupper()]
    assert len(said) >= 5
    assert [sentence for sentence in said if forbidden(sentence)] == []
