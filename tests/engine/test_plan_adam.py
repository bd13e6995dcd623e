"""Adam's moments, which go from one place to another and back, and the runs that are taken up where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine import plan_rule
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import Spec
from nnviz.engine.table import choose
from nnviz.engine.trainer import Trainer
from tests.engine.build import samples, spec
from tests.engine.planned_updates import SETTINGS, Both, made_of, slopes

KINDS = ["adam", "adamw", "nadam"]
DATA = samples()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def bits(both: Both) -> bytes:
    return both.planned.tobytes() + b"".join(moment.tobytes() for moment in both.moments.values())


@given(
    st.sampled_from(KINDS),
    st.sampled_from(["float64", "float32"]),
    st.sampled_from(sorted(SETTINGS)),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_looking_at_the_moments_changes_nothing(kind: str, dtype: str, setting: str, looked: list[bool]) -> None:
    with np.errstate(all="ignore"):
        seen, unseen = (Both(made_of(kind, **SETTINGS[setting]), dtype) for _ in range(2))
        for count, (raw, look) in enumerate(zip(slopes(8, seen.raw.size), looked, strict=True), 1):
            seen.step(raw, count)
            unseen.step(raw, count)
            assert not look or len(seen.moments) == 2
        assert bits(seen) == bits(unseen)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("stop", range(1, 7))
@pytest.mark.parametrize("kind", KINDS)
def test_an_update_taken_up_at_any_count_makes_equal_bits(kind: str, stop: int, dtype: str) -> None:
    first, second = (Both(made_of(kind, learning_rate=0.01), dtype) for _ in range(2))
    raws = slopes(12, first.raw.size)
    for count in range(1, stop + 1):
        first.step(raws[count - 1], count)
    second.planned[...] = first.planned
    for name, moment in first.moments.items():
        second.moments[name][...] = moment
    second.update.moved()
    for count in range(stop + 1, 13):
        for both in (first, second):
            both.step(raws[count - 1], count)
        assert bits(first) == bits(second)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_equal_stays_equal_wherever_it_lies(kind: str) -> None:
    """Neurons that began alike learn alike: no number of the product is summed in another order than its neighbor's."""
    for dtype in ("float64", "float32"):
        both = Both(made_of(kind, learning_rate=0.01), dtype, at=0.0)
        for count in range(1, 40):
            both.step(np.full(both.raw.size, np.sin(count)), count)
            assert (both.planned == both.planned[0]).all()
        assert both.planned[0] != 0


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_an_earlier_run_is_left_in_the_room(kind: str) -> None:
    """The arrays are used again, with whatever stands there: all but gradient and moments may even be no numbers."""
    both = Both(made_of(kind))
    assert both.room.rows is not None
    both.room.rows[[0, 4, 5, 6, 7]] = np.nan
    for count, raw in enumerate(slopes(5, both.raw.size), 1):
        both.step(raw, count)
    both.equal()


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_room_and_apart_the_same_steps(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Both(made_of(kind))
    monkeypatch.setattr(plan_rule, "STACKED", 0)
    apart = Both(made_of(kind))
    for count, raw in enumerate(slopes(100, apart.raw.size), 1):
        together.step(raw, count)
        apart.step(raw, count)
    np.testing.assert_allclose(together.planned, apart.planned, rtol=1e-13, atol=1e-14)


# -- whole runs ---------------------------------------------------------------------------------------------------


def run_of(trainer: Trainer) -> bytes:
    return b"".join([trainer.network.parameters.tobytes(), *(trainer.state[name].tobytes() for name in sorted(trainer.state))])


def stepped(trainer: Trainer, steps: int) -> Trainer:
    for _ in range(steps):
        trainer.step()
    return trainer


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("limits", [{}, {"l2": 0.01, "clip_norm": 1.0}], ids=["plain", "punished and clipped"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_restored_at_any_step_makes_equal_bits(optimizer: str, limits: dict[str, float], precision: str) -> None:
    made = spec(2, 4, 1, optimizer=optimizer, precision=precision, batch_size=7, **limits)
    never = Trainer(made, DATA)
    assert never.obstacle is None
    trainer, last = Trainer(made, DATA), 12
    snapshots = [stepped(trainer, 1).snapshot() for _ in range(6)]
    expected = run_of(stepped(never, last))
    assert run_of(stepped(trainer, last - 6)) == expected, "whether or not it was looked at"
    for snapshot in snapshots:
        restored = Trainer(made, DATA, snapshot=snapshot)
        assert run_of(stepped(restored, last - snapshot.step_count)) == expected
        trainer.restore(snapshot)
        assert run_of(stepped(trainer, last - snapshot.step_count)) == expected


def optimized(made: Spec, kind: str) -> Spec:
    return replace(made, training=replace(made.training, optimizer=choose(OPTIMIZERS, kind)))


@pytest.mark.parametrize("kind", [kind for kind in OPTIMIZERS if kind != "adam"])
def test_another_optimizer_for_a_while_and_back(kind: str) -> None:
    """Plans stay bound to where the gradient lies, whatever uses the room around it."""
    made = spec(2, 4, 1, optimizer="adam", batch_size=7)
    edited, fresh = stepped(Trainer(made, DATA), 3), None
    for each in (kind, "adam", kind, "adam"):
        edited.set_spec(optimized(made, each), DATA)
        fresh = Trainer(optimized(made, each), DATA, snapshot=edited.snapshot())
        for trainer in (edited, fresh):
            stepped(trainer, 3)
        assert run_of(edited) == run_of(fresh)


def test_a_step_of_the_readable_engine_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gradient that is not calm is the oracle's business; from its moments the plan goes on."""
    made = spec(2, 4, 1, optimizer="adam", batch_size=7)
    for stop in range(1, 5):
        planned, mixed = Trainer(made, DATA), Trainer(made, DATA)
        stepped(planned, 8)
        stepped(mixed, stop)
        update = mixed._learner._update
        assert update is not None
        with monkeypatch.context() as patch:
            patch.setattr(update, "calm", lambda: False)
            stepped(mixed, 1)
        stepped(mixed, 7 - stop)
        np.testing.assert_allclose(mixed.network.parameters, planned.network.parameters, rtol=1e-12, atol=1e-14)
        for name, moment in planned.state.items():
            np.testing.assert_allclose(mixed.state[name], moment, rtol=1e-11, atol=1e-15)
