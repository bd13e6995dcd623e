from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.schedules import SCHEDULES, Plateau, Schedule, constant, rate, warm_up
from nnviz.engine.spec import TrainingSpec
from nnviz.engine.table import Choice, Parameter, choose
from tests.engine.tables.make_schedules import CASES, EPOCHS, RATE, TABLE, losses


def training(kind: str, warmup_epochs: int = 0, **parameters: float) -> TrainingSpec:
    return TrainingSpec(learning_rate=RATE, schedule=choose(SCHEDULES, kind, **parameters), warmup_epochs=warmup_epochs)


def rates(made: TrainingSpec, seen: list[float]) -> list[float]:
    """Return the rate of every epoch, the last one after all of the losses."""
    plateau, found, after = Plateau(), [], SCHEDULES[made.schedule.kind].after
    for epoch, loss in enumerate(seen):
        found.append(rate(made, epoch, plateau))
        if after is not None:
            plateau = after(plateau, loss, **dict(made.schedule.parameters))
    return [*found, rate(made, len(seen), plateau)]


@pytest.mark.parametrize("case", CASES)
def test_130_epochs_as_pytorch_has_them(case: str) -> None:
    kind, parameters, warm = CASES[case]
    with np.load(TABLE) as table:
        np.testing.assert_allclose(rates(training(kind, warm, **parameters), list(losses()))[:EPOCHS], table[case], rtol=1e-12, atol=1e-15)


def test_the_table_has_every_schedule() -> None:
    with np.load(TABLE) as file:
        assert set(file.files) == set(CASES)
    assert {kind for kind, _, _ in CASES.values()} == set(SCHEDULES)


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("constant", {}, {0: 1, 7: 1, 10**6: 1}),
        ("step", {"size": 3, "factor": 0.5}, {0: 1, 2: 1, 3: 0.5, 5: 0.5, 6: 0.25}),
        ("step", {"size": 2.5, "factor": 0.5}, {2: 1, 3: 0.5, 4: 0.5, 5: 0.25}),
        ("exponential", {"factor": 0.5}, {0: 1, 1: 0.5, 3: 0.125, 10**6: 0}),
        ("inverse-time", {"decay": 0.5}, {0: 1, 2: 0.5, 6: 0.25}),
        ("cosine", {"epochs": 4, "floor": 0.2}, {0: 1, 2: 0.6, 4: 0.2, 5: 0.2, 8: 0.2, 10**6: 0.2}),
        ("cosine", {"epochs": 10, "floor": 0}, {5: 0.5, 10: 0, 11: 0}),
        ("cyclic", {"low": 0.2, "period": 4}, {0: 0.2, 1: 0.6, 2: 1, 3: 0.6, 4: 0.2, 6: 1, 4002: 1}),
        ("plateau", {}, {0: 1, 10**6: 1}),
    ],
)
def test_factors(kind: str, parameters: dict[str, float], expected: dict[int, float]) -> None:
    options = dict(choose(SCHEDULES, kind, **parameters).parameters)
    for epoch, factor in expected.items():
        assert SCHEDULES[kind].factor(epoch, **options) == pytest.approx(factor, abs=1e-15), epoch


@dataclass(frozen=True)
class Odd:
    """Anything with a rate, a schedule and a warm-up can be asked for its rate."""

    learning_rate: float = 2.0
    schedule: Choice = field(default_factory=lambda: choose(SCHEDULES, "exponential", factor=0.5))
    warmup_epochs: int = 3


def test_warm_up_multiplies_the_schedule() -> None:
    np.testing.assert_allclose([rate(Odd(), epoch, Plateau()) for epoch in range(5)], [2 * 0.25, 0.5, 2 * 0.75 / 4, 0.25, 0.125])


@pytest.mark.parametrize(("epochs", "expected"), [(0, [1, 1]), (1, [0.5, 1, 1]), (4, [0.2, 0.4, 0.6, 0.8, 1, 1])])
def test_warm_up_rises_in_equal_steps_and_never_starts_at_zero(epochs: int, expected: list[float]) -> None:
    assert [warm_up(epoch, epochs) for epoch in range(len(expected))] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("parameters", "seen", "expected"),
    [
        ({"patience": 2}, [5, 5, 5], [1, 1, 1, 1]),
        ({"patience": 2}, [5, 5, 5, 5], [1, 1, 1, 1, 0.1]),
        ({"patience": 2}, [5, 5, 5, 5, 5, 5, 5], [1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01]),
        ({"patience": 2}, [5, 5, 5, 4, 4, 4, 4], [1, 1, 1, 1, 1, 1, 1, 0.1]),
        ({"patience": 0}, [3, 2, 1, 1, 0.5, 0.5], [1, 1, 1, 1, 0.1, 0.1, 0.01]),
        ({"patience": 0, "floor": 0.05}, [1, 1, 1, 1], [1, 1, 0.1, 0.05, 0.05]),
        ({"patience": 0, "threshold": 0.1}, [10, 9.5, 8.9], [1, 1, 0.1, 0.1]),
        ({"patience": 0}, [1, math.nan, math.inf, 0.5], [1, 1, 0.1, 0.01, 0.01]),
        ({"patience": 0}, [math.nan, 1, 1], [1, 0.1, 0.1, 0.01]),
        ({"patience": 0}, [0, 0], [1, 1, 0.1]),
    ],
)
def test_the_plateau_waits_and_then_cuts(parameters: dict[str, float], seen: list[float], expected: list[float]) -> None:
    assert rates(training("plateau", **parameters), seen) == pytest.approx([RATE * factor for factor in expected])


def test_what_a_plateau_remembers() -> None:
    options = {"factor": 0.5, "patience": 1.0, "threshold": 0.1, "floor": 0.3}
    start = Plateau()
    better = start.after(2.0, **options)
    waiting = better.after(1.9, **options)
    cut = waiting.after(5.0, **options)
    assert (better, waiting, cut) == (Plateau(2.0, 0, 1.0), Plateau(2.0, 1, 1.0), Plateau(2.0, 0, 0.5))
    assert start == Plateau(math.inf, 0, 1.0)
    assert cut.after(1.0, **options) == Plateau(1.0, 0, 0.5)


def test_a_schedule_that_does_not_go_by_the_losses_is_not_reduced() -> None:
    """After an edit the memory of a plateau may still be there."""
    assert rate(training("constant"), 3, Plateau(factor=0.1)) == RATE
    assert rate(training("plateau"), 3, Plateau(factor=0.1)) == pytest.approx(RATE / 10)


def test_another_schedule_may_follow_the_losses_by_parameters_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def slower(plateau: Plateau, loss: float, share: float) -> Plateau:
        """Take away a share whenever the loss rises."""
        return Plateau(loss, 0, plateau.factor * (1 - share) if loss > plateau.best else plateau.factor)

    entry = Schedule("shy", lambda _epoch, share: 1.0, "", "", "", (Parameter("share", 0.25),), slower)
    monkeypatch.setitem(SCHEDULES, "shy", entry)
    assert entry.by_loss and not Schedule("plain", constant, "", "", "").by_loss
    assert rates(training("shy", share=0.5), [3, 4, 2, 2, 5]) == pytest.approx([RATE * factor for factor in (1, 1, 0.5, 0.5, 0.5, 0.25)])


@pytest.mark.parametrize("kind", SCHEDULES)
@given(epoch=st.integers(0, 10**7), warm=st.integers(0, 100), data=st.data())
def test_the_rate_is_never_negative_and_never_above_the_one_chosen(kind: str, epoch: int, warm: int, data: st.DataObject) -> None:
    parameters = {}
    for item in SCHEDULES[kind].parameters:
        values = st.floats(item.low, min(item.high, 1e9), exclude_min=item.open_low, exclude_max=item.open_high)
        parameters[item.name] = data.draw(values, item.name)
    assert 0 <= rate(training(kind, warm, **parameters), epoch, Plateau(factor=0.5)) <= RATE * (1 + 1e-15)
