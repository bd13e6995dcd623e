"""The learner of plans: what it allocates, keeps and rebuilds, and when the readable engine takes over."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine import edits
from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plan import Plan, bound_to
from nnviz.engine.planned import PlannedLearner
from nnviz.engine.spec import Spec
from nnviz.engine.table import choose
from nnviz.engine.trainer import DivergedError, Trainer
from tests.engine.build import batch_norm, conv, dense, dropout, flatten, max_pool, samples, spec, stack
from tests.engine.random_networks import run

DATA = samples()


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of the chunks plans are made for, as they are made."""
    found, make = list[int](), Plan.__init__

    def init(plan: Plan, made: Spec, rows: int, *words: object, **more: object) -> None:
        found.append(rows)
        make(plan, made, rows, *words, **more)

    monkeypatch.setattr(Plan, "__init__", init)
    return found


def training(made: Spec, **fields: object) -> Spec:
    return replace(made, training=replace(made.training, **fields))


def layer(made: Spec, **fields: object) -> Spec:
    return edits.replace_layer(made, replace(made.network.layers[0], **fields))


BEGUN = spec(2, 6, 1, optimizer="adam", batch_size=7, clip_norm=1.0)
FIRST = BEGUN.network.layers[0]


@pytest.mark.parametrize(
    "edited",
    [
        training(BEGUN, learning_rate=0.5),
        training(BEGUN, clip_norm=0.1),
        training(BEGUN, clip_value=0.1, clip_norm=None),
        training(BEGUN, l2=0.01),
        training(BEGUN, optimizer=choose(OPTIMIZERS, "momentum")),
        layer(BEGUN, frozen=True),
        layer(BEGUN, rate_multiplier=3.0),
        layer(BEGUN, pruned=(("x1", FIRST.neurons[2]),)),
        layer(BEGUN, name="another"),
    ],
    ids=["rate", "threshold", "clipping", "penalty", "optimizer", "frozen", "multiplier", "pruned", "name"],
)
def test_what_is_no_business_of_a_plan_leaves_it_as_it_is(edited: Spec, built: list[int]) -> None:
    trainer = Trainer(BEGUN, DATA)
    trainer.run_epoch()
    made = list(built)
    trainer.set_spec(edited, DATA)
    trainer.run_epoch()
    assert built == made and trainer.epoch == 2


@pytest.mark.parametrize(
    "edited", [layer(BEGUN, lesioned=(FIRST.neurons[1],)), training(BEGUN, loss=choose(LOSSES, "mae"))], ids=["lesion", "loss"]
)
def test_a_plan_that_is_linked_anew_finds_its_arrays_again(edited: Spec, built: list[int]) -> None:
    trainer = Trainer(BEGUN, DATA)
    trainer.run_epoch()
    arrays = dict(trainer._learner._buffers._arrays)
    made = len(built)
    trainer.set_spec(edited, DATA)
    trainer.run_epoch()
    now = trainer._learner._buffers._arrays
    assert len(built) > made and all(now[name] is array for name, array in arrays.items())


def test_an_architecture_change_takes_new_arrays() -> None:
    trainer = Trainer(BEGUN, DATA)
    trainer.run_epoch()
    before = trainer._learner._buffers
    trainer.set_spec(edits.with_units(BEGUN, FIRST.id, 9), DATA)
    assert trainer._learner._buffers is not before
    trainer.run_epoch()


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_allocate_nothing(optimizer: str, precision: str) -> None:
    made = spec(2, 16, 16, 1, optimizer=optimizer, batch_size=5, precision=precision, l2=0.001, clip_norm=1.0)
    learner, feed = begun(made)
    grown, peak = allocated(lambda: learner.run(feed, 0, 6, 1, 1))
    assert grown < 1000 and peak < 6000, "six steps: nothing is kept, and no step takes an array on the way"


@pytest.mark.parametrize("kind", ["dropout", "batch norm", "images"])
def test_what_is_taken_on_the_way_is_given_back(kind: str) -> None:
    if kind == "images":
        network = stack((8, 8, 1), conv(4, (3, 3)), max_pool(), conv(3, (2, 2)), flatten(), dense(1))
    else:
        network = stack((2,), dense(8), dropout(0.3) if kind == "dropout" else batch_norm(), dense(1))
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(40, len(network.input.names) + 1)), rng.normal(size=(40, 1))
    x[:, -1] = 1
    made = replace(spec(2, 1, batch_size=5), network=network)
    learner = learner_of(made)
    feed = learner.feed(x, t)
    feed.begin(np.arange(40))
    grown, _ = allocated(lambda: learner.run(feed, 0, 8, 1, 1))
    assert grown < 8 * 1000


def learner_of(made: Spec) -> PlannedLearner:
    from nnviz.engine.network import Network, initialize

    dtype = made.training.precision
    network = Network(made.network, initialize(made.network, 0).astype(dtype))
    return PlannedLearner(made, network, OPTIMIZERS[made.training.optimizer.kind].state(network.parameters.size, dtype))


def begun(made: Spec) -> tuple[PlannedLearner, object]:
    """Return a learner and an epoch of 30 samples."""
    rng, learner = np.random.default_rng(0), learner_of(made)
    x = np.ones((30, 3), made.training.precision)
    x[:, :2] = rng.normal(size=(30, 2))
    feed = learner.feed(x, rng.normal(size=(30, 1)).astype(made.training.precision))
    feed.begin(rng.permutation(30))
    return learner, feed


def allocated(work: Callable[[], object]) -> tuple[int, int]:
    """Return by how many bytes memory has grown after some work, and at the most during it, once it has been done before."""
    with np.errstate(all="ignore"):
        for _ in range(3):
            work()
        gc.collect()
        tracemalloc.start()
        work()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        work()
        after, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return after - before, peak - before


# -- where the readable engine takes over ------------------------------------------------------------------------------


@pytest.fixture
def strange(monkeypatch: pytest.MonkeyPatch) -> str:
    """Add an activation that has no form in place: that of tanh under another name."""
    known = ACTIVATIONS["tanh"]
    fields = {name: getattr(known, name) for name in Activation.__slots__}
    monkeypatch.setitem(ACTIVATIONS, "strange", Activation(**fields | {"name": "strange"}))
    return "strange"


def test_an_entry_without_a_form_in_place_is_trained_by_the_readable_engine(strange: str) -> None:
    trainer = Trainer(spec(2, 4, 1, hidden=strange, optimizer="adam", batch_size=7), DATA)
    known = Trainer(spec(2, 4, 1, hidden="tanh", optimizer="adam", batch_size=7), DATA)
    assert trainer.obstacle is not None and trainer.obstacle.where == "network.layers.0.activation"
    assert known.obstacle is None
    for _ in range(3):
        trainer.run_epoch()
        known.run_epoch()
    np.testing.assert_allclose(trainer.network.parameters, known.network.parameters, rtol=1e-12, atol=1e-14)
    assert trainer.latest.train_loss == pytest.approx(known.latest.train_loss, rel=1e-12)


def test_a_wild_rate_is_looked_at_twice_and_a_tame_one_again_by_the_plan() -> None:
    trainer = Trainer(training(BEGUN, learning_rate=1e200), DATA)
    assert trainer.obstacle is not None and trainer.obstacle.message.key == "problem.not-planned-wild"
    trainer.set_spec(BEGUN, DATA)
    assert trainer.obstacle is None
    trainer.run_epoch()


def trained(trainer: Trainer, most: int) -> None:
    """Train for long, so many steps in one go."""
    for _ in range(10_000):
        trainer.advance(most)


def test_a_run_that_falls_apart_stops_at_the_step_and_with_the_weights_of_before() -> None:
    made = spec(2, 8, 1, hidden="linear", output="linear", optimizer="sgd", learning_rate=1.5, batch_size=10)
    alone, together = Trainer(made, DATA), Trainer(made, DATA)
    steps = []
    for trainer, most in ((alone, 1), (together, 100)):
        with pytest.raises(DivergedError) as error:
            trained(trainer, most)
        steps.append((error.value.step, error.value.layer, error.value.quantity, trainer.step_count, trainer.network.parameters.tobytes()))
        assert np.isfinite(trainer.network.parameters).all() and error.value.step == trainer.step_count + 1
    assert steps[0] == steps[1], "however many steps are made in one go"


@pytest.mark.parametrize("number", range(0, 60))
def test_steps_together_are_the_steps_one_by_one(number: int) -> None:
    made = run(number)
    alone, together = Trainer(made.spec, made.samples), Trainer(made.spec, made.samples)
    for _ in range(made.epochs):
        together.run_epoch()
    while alone.epoch < together.epoch:
        alone.advance()
    assert alone.network.parameters.tobytes() == together.network.parameters.tobytes()
    assert all(alone.state[name].tobytes() == moment.tobytes() for name, moment in together.state.items())


def test_what_calls_depend_on_is_all_but_the_rule_of_the_step() -> None:
    assert bound_to(training(BEGUN, learning_rate=2.0, clip_norm=None)) == bound_to(BEGUN)
    assert bound_to(layer(BEGUN, lesioned=(FIRST.neurons[0],))) != bound_to(BEGUN)
    assert bound_to(training(BEGUN, reduction="sum")) != bound_to(BEGUN)
