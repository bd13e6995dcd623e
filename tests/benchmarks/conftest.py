"""Runs of examples to be measured. In the ordinary suite every benchmark runs once, so that none of them rots."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nnviz.cli.bench_contenders import IMPLEMENTATIONS
from nnviz.cli.bench_work import WORKLOADS


@pytest.fixture
def stepper() -> Callable[[str, str], Callable[[int], object]]:
    """Return (workload, implementation) -> a function that makes so many steps, warmed up."""

    def make(workload: str, implementation: str) -> Callable[[int], object]:
        chosen = IMPLEMENTATIONS[implementation]
        assert chosen.make is not None
        contender = chosen.make(WORKLOADS[workload], chosen.precision)
        contender.run(2)
        return contender.run

    return make
