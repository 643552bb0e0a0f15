"""A breaker opens after failures in a row, lets one probe through, and closes on success."""

from services.mesh.breaker import Breaker


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_opens_probes_and_closes():
    clock = Clock()
    breaker = Breaker(threshold=3, rest=2.0, clock=clock)
    for _ in range(3):
        assert breaker.admits()
        breaker.failed()
    assert breaker.open
    assert not breaker.admits()
    clock.now += 2.0
    assert breaker.admits()  # the probe
    assert not breaker.admits()  # one at a time
    breaker.succeeded()
    assert breaker.admits()


def test_a_success_in_between_keeps_it_closed():
    breaker = Breaker(threshold=2)
    for _ in range(10):
        breaker.failed()
        breaker.succeeded()
    assert not breaker.open


def test_a_failed_probe_keeps_it_open():
    clock = Clock()
    breaker = Breaker(threshold=1, rest=2.0, clock=clock)
    breaker.failed()
    clock.now += 2.0
    assert breaker.admits()
    breaker.failed()
    clock.now += 1.9
    assert not breaker.admits()
