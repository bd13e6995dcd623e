from __future__ import annotations

import pytest

from nnviz.engine.problem import Message, Problem, ProblemError, SpecError, message, problem


def test_a_message_is_a_key_and_what_to_fill_in() -> None:
    assert message("stage.sum", neuron="h1.2", count=3) == Message("stage.sum", (("neuron", "h1.2"), ("count", 3)))


def test_a_problem_is_a_message_about_a_place() -> None:
    found = problem("training.learning_rate", "out-of-range", value=-1.0)
    assert found == Problem("training.learning_rate", Message("problem.out-of-range", (("value", -1.0),)))


def test_an_error_carries_all_its_problems_and_names_them() -> None:
    one, other = problem("a", "first", n=1), problem("b", "second")
    with pytest.raises(ProblemError, match=r"a: problem.first \{'n': 1\}; b: problem.second") as caught:
        raise SpecError(one, other)
    assert caught.value.problems == (one, other)
