from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.table import choose
from tests.engine.tables.make_optimizers import EVERY, SIZE, TABLE, gradients

CASES = ["sgd", "momentum", "momentum-half", "adam", "adam-odd"]


@pytest.mark.parametrize("case", CASES)
def test_1000_steps_as_pytorch_makes_them(case: str) -> None:
    with np.load(TABLE) as file:
        table = {key.split("/")[1]: file[key] for key in file.files if key.startswith(f"{case}/")}
    expected, rate = table.pop("parameters"), float(table.pop("rate"))
    optimizer, options = OPTIMIZERS[case.split("-")[0]], {name: float(value) for name, value in table.items()}
    options = dict(choose(OPTIMIZERS, optimizer.name, **options).parameters)
    parameters, state, seen = np.linspace(-1.0, 1.0, SIZE), optimizer.state(SIZE), []
    for count, gradient in enumerate(gradients(), 1):
        change, state = optimizer.step(gradient, state, count, rate, **options)
        parameters = parameters + change
        if count % EVERY == 0:
            seen.append(parameters)
    np.testing.assert_allclose(seen, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_changes_nothing_it_was_given(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    gradient, state = np.array([1.0, -2.0]), {moment: np.array([0.5, 0.25]) for moment in optimizer.moments}
    before = {moment: values.copy() for moment, values in state.items()}
    optimizer.step(gradient, state, 3, 0.1, **dict(choose(OPTIMIZERS, name).parameters))
    np.testing.assert_array_equal(gradient, [1.0, -2.0])
    assert all((state[moment] == before[moment]).all() for moment in before)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_single_precision_stays_single(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    state = optimizer.state(2, np.float32)
    change, after = optimizer.step(np.ones(2, np.float32), state, 1, 0.1, **dict(choose(OPTIMIZERS, name).parameters))
    assert change.dtype == np.float32
    assert all(moment.dtype == np.float32 for moment in after.values())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_first_step_goes_down_the_slope(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    change, _ = optimizer.step(np.array([2.0, -3.0]), optimizer.state(2), 1, 0.1, **dict(choose(OPTIMIZERS, name).parameters))
    assert (np.sign(change) == [-1, 1]).all()


def test_adams_first_step_is_the_rate_whatever_the_slope() -> None:
    optimizer = OPTIMIZERS["adam"]
    change, _ = optimizer.step(np.array([1e-3, 5.0, -1e3]), optimizer.state(3), 1, 0.01, **dict(choose(OPTIMIZERS, "adam").parameters))
    np.testing.assert_allclose(change, [-0.01, -0.01, 0.01], rtol=2e-5)
