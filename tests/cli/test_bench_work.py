"""The workloads of `nnviz bench`: what they are made of, and that everybody can run them."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.cli import bench_floor
from nnviz.cli.bench_contenders import IMPLEMENTATIONS, contestants
from nnviz.cli.bench_work import SIDE, WORKLOADS, Training, Workload, grid, obstacle, spec_of
from nnviz.engine import spec as specs
from nnviz.engine.batches import Feed, epoch_order
from nnviz.engine.learner import Learner
from nnviz.engine.network import Network, initialize
from nnviz.engine.optimizers import OPTIMIZERS

PAIRS = [(name, who) for name in WORKLOADS for who in contestants(name, False)]
PAIRS += [(name, "scikit-learn-f8") for name in IMPLEMENTATIONS["scikit-learn-f8"].workloads]


@pytest.mark.parametrize(("name", "who"), PAIRS)
def test_everybody_can_run_every_workload_again_and_again(name: str, who: str) -> None:
    item = IMPLEMENTATIONS[who]
    assert item.make is not None
    contender = item.make(WORKLOADS[name], item.precision)
    for _ in range(2):
        contender.run(contender.unit)
        contender.reset()


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_workload_is_a_spec_without_problems(name: str) -> None:
    work = WORKLOADS[name]
    x, y = work.data()
    classes, targets = (work.classes, 0) if work.classes else (0, 1)
    problem = "classification" if classes else "regression"
    spec = spec_of(work)
    assert specs.problems(spec) == ()
    assert x.shape == (work.samples, work.sizes[0])
    assert len(y) == work.samples
    assert (spec.network.output.units, problem) == (classes or targets, problem)
    assert work.samples % work.batch == 0


def test_the_arithmetic_is_that_of_the_design() -> None:
    assert WORKLOADS["W5"].megaflops == pytest.approx(473, rel=1e-3)
    assert WORKLOADS["W6"].megaflops == pytest.approx(5.49, rel=1e-3)
    assert Workload((3, 2), "tanh", "sgd", 0.1, 10, 10).megaflops == pytest.approx(2 * 2 * 6 * 10 / 1e6)  # none to the inputs
    assert WORKLOADS["W5"].parameters == 121_930
    assert [WORKLOADS[name].parameters for name in ("W1", "W3")] == [25, 177]


@pytest.mark.parametrize(("name", "calls"), [("W1", 19), ("W3", 32)])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_the_least_calls_are_as_many_as_are_counted(name: str, calls: int, precision: str) -> None:
    work = WORKLOADS[name]
    made = bench_floor.listed_calls(work, precision)
    assert len(made) == work.calls == calls
    for call in made * 3:
        assert np.all(np.isfinite(np.asarray(call())))


def test_the_product_peak_is_the_time_of_the_workloads_own_arithmetic() -> None:
    contender = bench_floor.product_peak(WORKLOADS["W5"], "float32")
    assert contender.scale == pytest.approx(473e6 / (2 * 512**3), rel=1e-3)


@pytest.mark.parametrize("name", ["W1", "W3", "W4", "W6"])
def test_the_steps_measured_are_those_of_the_readable_engine(name: str) -> None:
    work, steps = WORKLOADS[name], 25
    training = Training(work, "float64")
    for _ in range(2):  # the second time from the first weights again
        training.reset()
        training.run(steps)
    network = Network(spec_of(work).network, initialize(spec_of(work).network, 0))
    learner = Learner(spec_of(work), network, OPTIMIZERS[work.optimizer].state(work.parameters, np.float64))
    whole, t = training._parts[0]
    for number in range(steps):
        position = number * work.batch % work.samples
        learner.begin(number + 1)
        learner.add(*Feed(whole[:, :-1], t, epoch_order(0, 0, work.samples)).rows(position, position + work.batch))
        learner.finish(number + 1)
    np.testing.assert_allclose(training.learner.network.parameters, network.parameters, rtol=0, atol=1e-12)


def test_every_workload_is_trained_by_the_plan() -> None:
    assert [obstacle(work, precision) for work in WORKLOADS.values() for precision in ("float64", "float32")] == [None] * 14


def test_the_grid_covers_the_plane() -> None:
    points = grid()
    assert points.shape == (SIDE * SIDE, 2)
    assert points.dtype == np.float32
    assert (points.min(), points.max()) == (-1, 1)
    assert len(np.unique(points, axis=0)) == len(points)
