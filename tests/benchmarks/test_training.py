"""How long training takes, headless: one hundred steps a round. Ratios to other programs: `nnviz bench --peers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nnviz.cli.source import read_source
from nnviz.data.prepare import prepare

Stepper = Callable[[str, str], Callable[[int], None]]


@pytest.mark.parametrize("implementation", ["nnviz-f8", "nnviz-f4", "call-floor-f8"])
@pytest.mark.parametrize("workload", ["W1", "W3", "W4", "W6", "W7"])
def test_steps(benchmark: Any, stepper: Stepper, workload: str, implementation: str) -> None:
    benchmark.group = f"{workload}, 100 steps"
    benchmark(stepper(workload, implementation), 100)


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
