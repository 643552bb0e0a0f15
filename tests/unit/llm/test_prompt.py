"""History gives way, evidence never does."""

from hypothesis import given
from hypothesis import strategies as st

from services.llm.prompt import Prompt, Turn, estimated

turns = st.lists(st.builds(Turn, st.just("user"), st.text(max_size=60)), max_size=9).map(tuple)


@given(turns, st.integers(0, 300))
def test_fitting_takes_from_the_oldest_turn_on_and_nothing_else(history, tokens):
    prompt = Prompt("규칙" * 20, "증거" * 20, history)
    fitted = prompt.fitted(tokens)
    assert (fitted.system, fitted.last) == (prompt.system, prompt.last)
    assert history[len(history) - len(fitted.history) :] == fitted.history
    assert not fitted.history or fitted.tokens <= tokens
    assert fitted.history == history or prompt.tokens > tokens


@given(turns)
def test_shortening_ends(history):
    prompt = Prompt("규칙", "증거", history)
    for _ in range(5):
        assert prompt.shortened().history == prompt.history[(len(prompt.history) + 1) // 2 :]
        prompt = prompt.shortened()
    assert prompt.history == ()


def test_korean_counts_by_syllable():
    assert estimated("가나다라") == 4
    assert estimated("abcdefg") == 2
    assert estimated("") == 0


def test_what_was_said_is_in_no_representation():
    assert "비밀" not in repr(Prompt("비밀", "비밀", (Turn("user", "비밀"),)))
