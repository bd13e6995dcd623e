"""Calculations as linked lines: signs, colors, and terms that add up at the digits shown."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.explain.numbers import resolution, shown_value, with_comma
from nnviz.explain.tokens import (
    MOST_TERMS,
    Factor,
    Line,
    Term,
    Token,
    added,
    figure,
    is_number,
    line_text,
    most_telling,
    sum_lines,
    sum_text,
    term_line,
)

SIZES = st.floats(-100, 100, allow_subnormal=False)
FACTORS = st.lists(st.tuples(SIZES, SIZES), min_size=1, max_size=30)


def terms_of(pairs: list[tuple[float, float]]) -> list[Term]:
    return [Term(w * x, (Factor(w, "value", None, ("l1", 0, at)), Factor(x, "value", ("input", at)))) for at, (w, x) in enumerate(pairs)]


def last_number(line: Line) -> Token:
    return next(token for token in reversed(line) if is_number(token))


@given(FACTORS, st.integers(1, 10), st.booleans())
def test_shown_terms_add_up_to_the_shown_sum_or_it_says_rounded(pairs: list[tuple[float, float]], digits: int, comma: bool) -> None:
    terms = terms_of(pairs)
    *parts, total = sum_lines(terms, "z", sum(term.value for term in terms), digits, "value", "en")
    written = with_comma if comma else str
    shown = written(last_number(total).text)
    exact = sum((shown_value(written(last_number(line).text)) for line in parts), Decimal(0))
    assert abs(exact - shown_value(shown)) * 2 <= resolution(shown, digits) or line_text(total).endswith("(rounded)")


def test_rounding_is_said_only_when_more_digits_do_not_help() -> None:
    thirds = [Term(1 / 3, (Factor(1 / 3),)) for _ in range(3)]
    assert [line_text(line).strip() for line in sum_lines(thirds[:2], "z", 2 / 3, 4, "value", "en")] == ["0.33333", "0.33333", "z = 0.6667"]
    assert line_text(sum_lines(thirds, "z", 2.5, 4, "value", "en")[-1]) == "z = 2.5000 (rounded)"


@given(FACTORS)
def test_equals_stands_only_where_the_shown_digits_agree(pairs: list[tuple[float, float]]) -> None:
    for term in terms_of(pairs):
        line = term_line(term, 4)
        first, second, shown = (token for token in line if is_number(token))
        product = shown_value(first.text) * shown_value(second.text)
        agrees = abs(product - shown_value(shown.text)) * 2 <= resolution(shown.text, 4)
        assert (" = " in line_text(line)) == agrees
        assert (" ≈ " in line_text(line)) != agrees


def test_many_terms_fold_into_one_line_that_carries_their_exact_sum() -> None:
    terms = terms_of([(float(at), 1.0) for at in range(1, 25)])
    lines = sum_lines(terms, "z", 300.0, 4, "value", "en")
    assert len(lines) == MOST_TERMS + 2
    assert line_text(lines[-2]) == "  … + 14 more = 105"
    assert [last_number(line).text for line in lines[:MOST_TERMS]] == [str(at) for at in range(15, 25)]
    assert line_text(lines[-1]) == "z = 300"


def test_the_bias_is_never_folded_away() -> None:
    terms = [*terms_of([(9.0, float(at)) for at in range(1, 20)]), Term(0.001, (Factor(0.001),), "+ b ", kept=True)]
    shown, others = most_telling(terms)
    assert terms[-1] in shown
    assert len(shown) + len(others) == len(terms)


def test_one_term_more_than_the_limit_is_shown_rather_than_folded_alone() -> None:
    assert most_telling(terms_of([(1.0, 1.0)] * (MOST_TERMS + 1)))[1] == []


@pytest.mark.parametrize(
    ("value", "kind", "role"),
    [
        (0.5, "value", "positive"),
        (-0.5, "value", "negative"),
        (0.5, "gradient", "rising"),
        (-0.5, "gradient", "falling"),
        (0.0, "value", "plain"),
        (math.nan, "gradient", "plain"),
        (-math.inf, "value", "negative"),
    ],
)
def test_the_sign_gives_the_color(value: float, kind: str, role: str) -> None:
    assert figure(value, 4, kind).role == role


def test_tokens_know_where_their_numbers_came_from() -> None:
    line = term_line(terms_of([(0.5, -2.0)])[0], 4)
    assert [token.edge for token in line if token.edge] == [("l1", 0, 0)]
    assert [token.node for token in line if token.node] == [("input", 0)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_shown_as_it_is(value: float) -> None:
    terms = [Term(value, (Factor(value), Factor(1.0))), Term(1.0, (Factor(1.0), Factor(1.0)))]
    text = line_text(sum_lines(terms, "z", value + 1.0, 4, "value", "en")[-1])
    assert text in ("z = NaN", "z = ∞", "z = −∞")


def test_negative_numbers_are_subtracted_not_added() -> None:
    assert "".join(token.text for token in added(Factor(-0.25), 4)) == " − 0.2500"
    assert "".join(token.text for token in added(Factor(0.25), 4)) == " + 0.2500"
    assert sum_text(terms_of([(-0.5, -0.25), (2.0, -1.5)]), 4, "en") == "−0.5000 × (−0.2500) + 2 × (−1.5000)"
