"""The fixed sentences an answer is framed with. The evidence speaks in between."""

from __future__ import annotations

from collections.abc import Iterable

from medichain.specialist.v1 import specialist_pb2 as pb
from services.chatbot.asker import Asker

HEADINGS: dict[int, str] = {
    pb.DOMAIN_DRUG: "약 정보",
    pb.DOMAIN_CLINIC: "병원·약국",
    pb.DOMAIN_EMERGENCY_SUPPORT: "지금 할 일",
    pb.DOMAIN_INTERNAL_EXTERNAL: "진료과",
}
NOTHING_FOUND = (
    "가지고 있는 자료에서 이 질문에 맞는 근거를 찾지 못했습니다. 찾지 못했다는 것이 안전하다는 뜻은 아닙니다. "
    "정확한 정보를 위해 의료진 상담을 받아보세요."
)
OUT_OF_SCOPE = (
    "이 질문은 의료 정보 안내의 범위를 벗어나 답변할 수 없습니다. "
    "약의 복용법과 상호작용, 병원·약국 찾기, 응급처치, 증상에 맞는 진료과를 물어보시면 자료를 찾아 안내합니다."
)

PROFILE_UNSEEN = "지금은 저장된 건강 정보(임신, 알레르기, 복용 중인 약)를 확인하지 못해 반영하지 않았습니다."
LOCATION_UNUSED = "위치 이용에 동의하지 않아 현재 위치는 사용하지 않았습니다."


def heading(domain: int) -> str:
    """The heading of a domain's section; a domain added later has its own name for one."""
    return HEADINGS.get(domain) or pb.Domain.Name(domain).removeprefix("DOMAIN_").replace("_", " ").title()


def not_seen(domains: Iterable[int]) -> str:
    """Says which parts could not be looked at."""
    names = ", ".join(heading(domain) for domain in domains)
    return f"지금은 다음 정보를 확인하지 못했습니다: {names}. 잠시 후 다시 물어봐 주세요."


def not_used(asker: Asker, placed: bool) -> list[str]:
    """Says what is kept of the person but was left out of this answer; ``placed``: the question came with a place."""
    said = [] if asker.known else [PROFILE_UNSEEN]
    if asker.known and placed and not asker.location_allowed:
        said.append(LOCATION_UNUSED)
    return said
