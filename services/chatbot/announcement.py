"""The emergency event: what a person must know before anything else is looked up."""

from __future__ import annotations

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.emergency_support.v1 import emergency_support_pb2 as levels
from services.safety.disclaimers import CALL_119
from services.safety.red_flags import Assessment

_URGENT = "오늘 안에 응급실이나 가까운 병원에서 진료를 받으세요. 증상이 심해지면 즉시 119에 신고하세요."
_CRISIS = (
    "혼자 견디지 마세요. 지금 자살예방상담전화 109(24시간)로 전화하세요. 위험이 눈앞에 있으면 119나 112에 신고하세요."
)
_CALL = f"{CALL_119}."


def announced(assessment: Assessment, level: int) -> pb.Emergency:
    """The event for a level: the assessment's own, or a higher one that the conversation brings along."""
    hotline = assessment.hotline if assessment.level == level else _hotline(level)
    return pb.Emergency(
        level=level,  # type: ignore[arg-type]
        guidance=_guidance(assessment, level),
        hotline=hotline,
    )


def _guidance(assessment: Assessment, level: int) -> str:
    if level == levels.EMERGENCY_LEVEL_CRISIS:
        return _CRISIS
    if level == levels.EMERGENCY_LEVEL_URGENT:
        return _with_sign(assessment, _URGENT)
    return _with_sign(assessment, _CALL)


def _with_sign(assessment: Assessment, sentence: str) -> str:
    names = [sign.name for sign in assessment.signs[:1]]
    return f"{names[0]}: {sentence}" if names else sentence


def _hotline(level: int) -> str:
    return (
        "119" if level == levels.EMERGENCY_LEVEL_CALL_119 else "109" if level == levels.EMERGENCY_LEVEL_CRISIS else ""
    )
