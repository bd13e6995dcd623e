"""Formulas of the tables as plain text, with and without numbers put in."""

from __future__ import annotations

import pytest

from nnviz.explain.latex import text


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\frac{1}{1 + e^{-z}}", "1 / (1 + e^(−z))"),
        (r"a(1 - a)", "a(1 − a)"),
        (r"1 - a^2", "1 − a²"),
        (r"\tanh z", "tanh z"),
        (r"\begin{cases} z & z > 0 \\ \alpha z & \text{otherwise} \end{cases}", "z if z > 0, else α·z"),
        (r"\frac{e^{z_i}}{\sum_j e^{z_j}}", "e^(zᵢ) / (Σⱼ e^(zⱼ))"),
        (r"-\left(y \ln \hat{y} + (1 - y) \ln(1 - \hat y)\right)", "−(y·ln ŷ + (1 − y)·ln(1 − ŷ))"),
        (r"w \leftarrow w - \eta g", "w ← w − η·g"),
        (r"\hat{m} = \frac{m}{1 - \beta_1^t}", "m̂ = m / (1 − β₁^t)"),
        (r"\tfrac{1}{2n} \sum_i \ell_i", "(1 / (2·n))·Σᵢ ℓᵢ"),
        (r"\frac{\partial L}{\partial w}", "∂L/∂w"),
        (r"f'(z)", "f′(z)"),
    ],
)
def test_formulas_read_as_plain_text(latex: str, plain: str) -> None:
    assert text(latex) == plain


@pytest.mark.parametrize(
    ("latex", "values", "plain"),
    [
        (r"1 - a^2", {"a": "−0.5"}, "1 − (−0.5)²"),
        (r"a(1 - a)", {"a": "0.5933"}, "0.5933·(1 − 0.5933)"),
        (r"(\hat{y} - y)^2", {"ŷ": "0.7514", "y": "−1"}, "(0.7514 − (−1))²"),
        (r"\tanh z", {"z": "−0.3"}, "tanh(−0.3)"),
        (r"\tanh(z)", {"z": "−0.3"}, "tanh(−0.3)"),
        (r"\alpha z", {"z": "−0.3", "α": "0.01"}, "0.01·(−0.3)"),
        (r"\max(0, z)", {"z": "−0.3"}, "max(0, −0.3)"),
        (r"d\,(a - b)", {"d": "1"}, "1·(a − b)"),
        (r"\operatorname{trail} + g", {"trail": "0.5"}, "0.5 + g"),
    ],
)
def test_numbers_are_put_in_for_symbols(latex: str, values: dict[str, str], plain: str) -> None:
    assert text(latex, values) == plain


@pytest.mark.parametrize("latex", [r"\unknowncommand{x}", r"\frac{1}", r"{x", r"\begin{cases} x"])
def test_what_cannot_be_read_says_so(latex: str) -> None:
    with pytest.raises(ValueError, match="cannot read the formula"):
        text(latex)
