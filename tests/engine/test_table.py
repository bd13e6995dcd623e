from __future__ import annotations

import math

import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.table import Choice, Parameter, bind, choose


@pytest.mark.parametrize(
    ("parameter", "allowed", "refused", "text"),
    [
        (Parameter("p", 0), [-1e300, 0, 1e300], [math.inf, -math.inf, math.nan], "(−∞, ∞)"),
        (Parameter("p", 0, 0, 1), [0, 0.5, 1], [-1e-9, 1.1, math.nan], "[0, 1]"),
        (Parameter("p", 0, 0, 1, open_high=True), [0, 0.999], [1.0], "[0, 1)"),
        (Parameter("p", 1, 0, open_low=True), [1e-300, 5], [0.0, -1, math.inf], "(0, ∞)"),
        (Parameter("p", 1, 1, 1e6), [1, 1e6], [0, 1e6 + 1], "[1, 1000000]"),
        (Parameter("p", 0, -2, 2), [-2, 2], [-2.1, 2.1], "[−2, 2]"),
    ],
)
def test_ranges(parameter: Parameter, allowed: list[float], refused: list[float], text: str) -> None:
    assert all(parameter.allows(value) for value in allowed)
    assert not any(parameter.allows(value) for value in refused)
    assert parameter.range == text


def test_choosing_takes_the_defaults_but_for_what_is_given() -> None:
    choice = choose(OPTIMIZERS, "adam", beta1=0.8)
    assert choice == Choice("adam", (("beta1", 0.8), ("beta2", 0.999), ("epsilon", 1e-8)))
    assert choice["beta1"] == 0.8
    assert choice.replace("beta1", 0.7)["beta1"] == 0.7
    assert choice["beta1"] == 0.8


@pytest.mark.parametrize(("kind", "parameters"), [("adamax", {}), ("adam", {"beta3": 1.0})])
def test_what_is_not_in_the_table_cannot_be_chosen(kind: str, parameters: dict[str, float]) -> None:
    with pytest.raises(KeyError):
        choose(OPTIMIZERS, kind, **parameters)


def test_every_default_is_allowed() -> None:
    for table in (ACTIVATIONS, OPTIMIZERS):
        for entry in table.values():
            assert all(item.allows(item.default) for item in entry.parameters)


def test_bind_fills_in_the_parameters_of_a_choice() -> None:
    def power(base: float, exponent: float = 1.0) -> float:
        return base**exponent

    assert bind(power, Choice("power", (("exponent", 3.0),)))(2.0) == 8.0
    assert bind(power, Choice("power")) is power
