"""A question about facilities, as it was understood."""

from __future__ import annotations

from dataclasses import dataclass

from services.clinic.looking_for import Sought
from services.clinic.places import Extent, Place
from services.clinic.register import Known
from services.clinic.when_asked import Asked

_RADIUS_KM = {Extent.SPOT: 5.0, Extent.DISTRICT: 6.0, Extent.CITY: 10.0, Extent.PROVINCE: 12.0}
ASK_PLACE = "어느 동네나 역 근처인지, 또는 현재 위치를 알려 주시겠어요?"
ASK_NAME = "어느 병원이나 약국인지 이름을 알려 주시겠어요?"


@dataclass(frozen=True, slots=True)
class Centre:
    """Where to look, in degrees, and how an answer calls it."""

    latitude: float
    longitude: float
    called: str
    radius_km: float = 5.0

    @classmethod
    def of(cls, place: Place) -> Centre:
        called = place.name if place.extent is Extent.SPOT else f"{place.name} 중심"
        return cls(place.latitude, place.longitude, called, _RADIUS_KM[place.extent])


@dataclass(frozen=True, slots=True)
class Question:
    """A question with everything that was read from it."""

    text: str
    sought: Sought
    asked: Asked
    known: Known
    centre: Centre | None
    # The words name the place; otherwise it is where the person is.
    place_in_words: bool
    # A name in the words that several regions share, or "".
    shared_name: str

    @property
    def wants_facilities(self) -> bool:
        """Wants facilities found, rather than to learn how something is done or what it is."""
        sought = self.sought
        if not sought.any or sought.meaning:
            return False
        return sought.search or (not sought.rules and (self.asked.given or self.place_in_words))

    @property
    def what_to_ask(self) -> str:
        """The question back that would make facilities findable."""
        if self.shared_name:
            return f"어느 지역의 {self.shared_name}인지 시·도까지 알려 주시겠어요?"
        return ASK_NAME if self.sought.this_one else ASK_PLACE
