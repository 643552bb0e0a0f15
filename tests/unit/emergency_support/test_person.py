"""Passages for the person meant."""

from medichain.knowledge.v1 import knowledge_pb2
from services.emergency_support.person import for_the_person


def titles(told: str, *passages: tuple[str, float]) -> list[str]:
    found = [knowledge_pb2.Passage(title=title, score=score) for title, score in passages]
    return [passage.title for passage in for_the_person(found, told)]


def test_passages_for_children_are_for_children() -> None:
    both = (("아이 화상", 0.6), ("화상 응급처치", 0.55))
    assert titles("팔을 데었어요", *both) == ["화상 응급처치"]
    assert titles("다섯살 아이가 데었어요", *both) == ["아이 화상", "화상 응급처치"]


def test_they_stay_when_the_rest_is_about_something_else() -> None:
    assert titles("팔을 데었어요", ("아이 화상", 0.6), ("동상", 0.3)) == ["아이 화상", "동상"]


def test_advice_for_relatives_is_not_for_the_person_in_crisis() -> None:
    one = ("가까운 사람이 자살을 말할 때", 0.6)
    assert titles("유서 써놨어", one) == []
    assert titles("친구가 유서를 썼대요", one) == [one[0]]


def test_nothing_found_is_nothing() -> None:
    assert titles("무엇이든") == []
