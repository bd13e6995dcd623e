"""Runs of examples to be measured. In the ordinary suite every benchmark runs once, so that none of them rots."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nnviz.cli.bench_work import IMPLEMENTATIONS, WORKLOADS


@pytest.fixture
def stepper() -> Callable[[str, str], Callable[[int], None]]:
    """Return (workload, implementation) -> a function that makes so many steps, warmed up."""

    def make(workload: str, implementation: str) -> Callable[[int], None]:
        made, precision = IMPLEMENTATIONS[implementation]
        run = made(WORKLOADS[workload], precision)
        run(50)
        return run

    return make
