"""How long training takes, headless. Ratios to other programs: `nnviz bench --peers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nnviz.cli.source import read_source
from nnviz.data.prepare import prepare

Stepper = Callable[[str, str], Callable[[int], object]]
STEPS = {"W1": 100, "W2": 1, "W3": 100, "W4": 100, "W5": 2, "W6": 100, "W7": 10}
PAIRS = [(name, f"nnviz-{precision}") for name in STEPS for precision in ("f8", "f4")]
PAIRS += [(name, "least-calls-f4") for name in ("W1", "W3")]


@pytest.mark.parametrize(("workload", "implementation"), PAIRS)
def test_steps(benchmark: Any, stepper: Stepper, workload: str, implementation: str) -> None:
    benchmark.group = f"{workload}, {STEPS[workload]} steps"
    benchmark(stepper(workload, implementation), STEPS[workload])


def test_an_epoch_of_the_spiral(benchmark: Any) -> None:
    source = read_source("spiral")
    trainer = source.trainer(prepare(source.spec.data))
    benchmark(trainer.run_epoch)


def test_one_trace(benchmark: Any) -> None:
    source = read_source("mazur")
    trainer = source.trainer(prepare(source.spec.data))
    benchmark(trainer.trace_next)


def test_preparing_the_data(benchmark: Any) -> None:
    benchmark(prepare, read_source("spiral").spec.data)
