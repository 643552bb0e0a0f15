"""Numbers are read with their units and roles."""

import pytest

from services.safety.claims.polarity import Stance, stance
from services.safety.claims.quantities import quantities


@pytest.mark.parametrize(
    ("text", "kind", "low", "high", "bound", "per"),
    [
        ("하루 4,000mg을 넘기지 마세요", "mg", 4000, 4000, "<=", "day"),
        ("하루 최대 4 g", "mg", 4000, 4000, "<=", "day"),
        ("0.65 g", "mg", 650, 650, "", ""),
        ("4~6시간 간격으로", "hour", 4, 6, "every", ""),
        ("하루 세 번", "times", 3, 3, "", "day"),
        ("1일 3회", "times", 3, 3, "", "day"),
        ("두 알", "piece", 2, 2, "", ""),
        ("1회 20mL", "ml", 20, 20, "", "dose"),
        ("이틀 안에", "hour", 48, 48, "<=", ""),
        ("만 15세 이상", "age", 180, 180, ">=", ""),
        ("12세 미만", "age", 144, 144, "<", ""),
        ("38도 이상", "degree", 38, 38, ">=", ""),
        ("3주 넘게", "hour", 504, 504, ">", ""),
        ("최소 30분 동안", "hour", 0.5, 0.5, ">=", ""),
        ("48시간 뒤", "hour", 48, 48, "after", ""),
    ],
)
def test_roles(text: str, kind: str, low: float, high: float, bound: str, per: str) -> None:
    (one,) = quantities(text)
    assert (one.kind, one.low, one.high, one.bound, one.per) == (kind, low, high, bound, per)


@pytest.mark.parametrize("text", ["1588-5700", "119에 신고", "비타민 B12", "3시작"])
def test_no_quantity(text: str) -> None:
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("함께 복용하지 마세요.", Stance.DENIES),
        ("함께 복용하면 안 됩니다.", Stance.DENIES),
        ("술을 피하세요.", Stance.DENIES),
        ("함께 복용해도 됩니다.", Stance.ALLOWS),
        ("119에 전화할 필요는 없습니다.", Stance.ALLOWS),
        ("48시간 안에 낫지 않으면 중단하세요.", Stance.BIDS),
        ("증상이 없어도 응급실로 가세요.", Stance.BIDS),
        ("간 손상이 생길 수 있습니다.", Stance.SAYS),
        ("효과가 없습니다.", Stance.DENIES),
    ],
)
def test_stance(text: str, expected: Stance) -> None:
    assert stance(text) is expected
