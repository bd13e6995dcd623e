"""Names in formulas, and numbers put in for symbols with their places kept."""

from __future__ import annotations

import pytest

from nnviz.explain.symbols import feature, listed, put_in, sides, subscript
from nnviz.explain.tokens import Factor


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x1", "x₁"),
        ("x1^2", "x₁²"),
        ("x1*x2", "x₁x₂"),
        ("sin(x2)", "sin x₂"),
        ("petal length", "petal length"),
        ("x10", "x₁₀"),
        ("sex_1", "sex_1"),
    ],
)
def test_features_are_written_as_in_formulas(name: str, shown: str) -> None:
    assert feature(name) == shown


def test_subscripts() -> None:
    assert subscript(120) == "₁₂₀"


def test_the_equations_of_a_formula_are_told_apart() -> None:
    assert sides(r"v \leftarrow \mu v + g \qquad \Delta = -\eta\, v") == (("v", r"\mu v + g"), (r"\Delta", r"-\eta\, v"))
    assert sides(r"f(z) = \begin{cases} z & z > 0 \end{cases}") == (("f(z)", r"\begin{cases} z & z > 0 \end{cases}"),)


def test_numbers_put_in_keep_their_color_and_place() -> None:
    tokens = put_in(r"1 - a^2", {"a": Factor(-0.5, "value", ("l1", 3))}, {}, 4)
    assert "".join(token.text for token in tokens) == "1 − (−0.5000)²"
    assert [(token.text, token.role) for token in tokens if token.node == ("l1", 3)] == [("−0.5000", "negative")]


def test_a_symbol_that_stands_twice_is_linked_twice() -> None:
    tokens = put_in(r"a\,(1 - a)", {"a": Factor(0.25, "value", ("l1", 0))}, {}, 4)
    assert len([token for token in tokens if token.node]) == 2


def test_long_lists_leave_out_the_middle() -> None:
    assert listed(["1", "2"]) == "(1, 2)"
    assert listed(["1"]) == "1"
    assert listed([str(at) for at in range(50)], 4) == "(0, 1, 2, …, 49)"
