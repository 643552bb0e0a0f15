"""What the service knows by name: places, and hospitals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.clinic.hospital_names import HospitalNames, Named
from services.clinic.places import Places, Sight
from services.clinic.wording import Wording

_BESIDE = re.compile(r"(?:병원|역)?(?:에서)?(?:근처|근방|주변|부근|인근|앞|옆|가까)")


class Guide:
    """Reads names in questions: a hospital the question is about, one it uses as a landmark, a place."""

    def __init__(self, sights: Iterable[Sight], hospitals: Iterable[tuple[str, str]]) -> None:
        self.places = Places(sights)
        self._hospitals = HospitalNames(hospitals, self.places)

    def asked_about(self, text: str) -> list[str]:
        """Ids of the hospitals a question is about; none when it only looks near one."""
        solid = Wording(text).solid
        return [named.id for named in self._hospitals.find(text) if not _is_landmark(named, solid)]

    def beside(self, text: str) -> str:
        """The id of the hospital a question looks near ("삼성병원 근처 약국"), or ""."""
        solid = Wording(text).solid
        return next((named.id for named in self._hospitals.find(text) if _is_landmark(named, solid)), "")


def _is_landmark(named: Named, solid: str) -> bool:
    return _BESIDE.match(solid, named.end) is not None
