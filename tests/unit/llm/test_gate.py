"""When an endpoint is asked, asked again, and left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm.failure import Kind
from services.llm.gate import Gate, RetryBudget


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@given(st.integers(1, 400))
def test_retries_stay_within_a_tenth_of_the_calls_after_the_first(calls):
    budget, retries = RetryBudget(), 0
    for _ in range(calls):
        budget.called()
        retries += budget.spend()
    assert retries <= 1 + calls / 10


def test_a_quiet_day_saves_no_more_than_ten_retries():
    budget = RetryBudget()
    for _ in range(10_000):
        budget.called()
    assert sum(budget.spend() for _ in range(50)) == 10


def test_five_failures_in_a_row_close_the_gate_for_ten_seconds(clock):
    gate = Gate(clock)
    for _ in range(5):
        assert gate.admits()
        gate.failed(Kind.SERVER_ERROR)
    assert not gate.admits()
    clock.now += 10
    assert gate.admits()
    assert not gate.admits()  # the first is the probe
    gate.succeeded()
    assert gate.admits()


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.EMPTY, Kind.CONTEXT_TOO_LONG, Kind.FUNCTION_CALL, Kind.REJECTED])
def test_an_answer_of_no_use_says_that_the_endpoint_is_well(clock, kind):
    gate = Gate(clock)
    for _ in range(4):
        gate.failed(Kind.STALLED)
    gate.failed(kind)
    gate.failed(Kind.STALLED)
    assert gate.admits()


def test_a_callers_hurry_says_nothing(clock):
    gate = Gate(clock)
    for _ in range(4):
        gate.failed(Kind.STALLED)
    gate.failed(Kind.OUT_OF_TIME)
    gate.failed(Kind.STALLED)
    assert not gate.admits()


def test_retry_after_is_waited_for(clock):
    gate = Gate(clock)
    gate.failed(Kind.RATE_LIMITED, 30.0)
    gate.failed(Kind.RATE_LIMITED, 1.0)
    clock.now += 29
    assert not gate.admits()
    clock.now += 1
    assert gate.admits()
