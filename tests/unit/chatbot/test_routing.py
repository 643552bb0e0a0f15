"""Which specialists a question goes to."""

from medichain.specialist.v1 import specialist_pb2 as pb
from services.chatbot.routing import added, consulted, out_of_scope

ALL = [pb.DOMAIN_DRUG, pb.DOMAIN_CLINIC, pb.DOMAIN_EMERGENCY_SUPPORT, pb.DOMAIN_INTERNAL_EXTERNAL]
ADDED = 6
NONE, URGENT, CRISIS, CALL = 1, 2, 3, 4


def test_likely_domains_in_their_order():
    scores = [(pb.DOMAIN_CLINIC, 0.8), (pb.DOMAIN_DRUG, 0.5), (pb.DOMAIN_INTERNAL_EXTERNAL, 0.1)]
    assert consulted(scores, NONE, ALL) == [pb.DOMAIN_CLINIC, pb.DOMAIN_DRUG]


def test_in_danger_the_emergency_specialist_speaks_first():
    scores = [(pb.DOMAIN_DRUG, 0.99), (pb.DOMAIN_EMERGENCY_SUPPORT, 0.95), (pb.DOMAIN_CLINIC, 0.9)]
    assert consulted(scores, CALL, ALL, ["stroke"]) == [pb.DOMAIN_EMERGENCY_SUPPORT, pb.DOMAIN_DRUG]
    assert consulted(scores[1:], CALL, ALL, ["stroke"]) == [pb.DOMAIN_EMERGENCY_SUPPORT]
    assert consulted([(pb.DOMAIN_DRUG, 0.5)], CALL, ALL, ["stroke"]) == [pb.DOMAIN_EMERGENCY_SUPPORT]


def test_after_swallowing_or_in_a_crisis_nobody_else_speaks():
    scores = [(pb.DOMAIN_DRUG, 0.99), (pb.DOMAIN_EMERGENCY_SUPPORT, 0.95)]
    assert consulted(scores, CALL, ALL, ["overdose"]) == [pb.DOMAIN_EMERGENCY_SUPPORT]
    assert consulted(scores, CRISIS, ALL) == [pb.DOMAIN_EMERGENCY_SUPPORT]


def test_urgent_brings_the_emergency_specialist_first():
    assert consulted([(pb.DOMAIN_DRUG, 0.9)], URGENT, ALL) == [pb.DOMAIN_EMERGENCY_SUPPORT, pb.DOMAIN_DRUG]


def test_without_a_classification_everybody_is_asked():
    assert consulted([], NONE, ALL) == ALL


def test_an_unsure_best_domain_is_asked_all_the_same():
    assert consulted([(pb.DOMAIN_DRUG, 0.2)], NONE, ALL) == [pb.DOMAIN_DRUG]


def test_an_added_domain_is_asked_beside_those_that_were_classified():
    available = [*ALL, ADDED]
    assert consulted([(pb.DOMAIN_CLINIC, 0.8)], NONE, available) == [pb.DOMAIN_CLINIC, ADDED]
    assert consulted([(pb.DOMAIN_OUT_OF_SCOPE, 0.9)], NONE, available) == [ADDED]
    assert consulted([], NONE, available) == available


def test_an_added_domain_is_silent_while_life_is_in_danger():
    assert ADDED not in consulted([(pb.DOMAIN_DRUG, 0.9)], CALL, [*ALL, ADDED])


def test_the_shipped_domains_are_not_added_ones():
    assert added(ALL) == []
    assert added([*ALL, ADDED]) == [ADDED]


def test_a_domain_nobody_serves_is_not_asked():
    assert consulted([(pb.DOMAIN_DRUG, 0.9)], NONE, [pb.DOMAIN_CLINIC]) == []


def test_out_of_scope_never_holds_in_an_emergency():
    scores = [(pb.DOMAIN_OUT_OF_SCOPE, 0.9)]
    assert out_of_scope(scores, NONE)
    assert not out_of_scope(scores, URGENT)
    assert not out_of_scope([], NONE)
