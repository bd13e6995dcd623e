"""Interleaved rounds in worker processes: what makes ratios hold on a machine whose speed varies.

Every contestant of a workload has a process of its own, all on one core. Rounds go A B C … C B A; a round begins from the first
weights, and counts CPU time. A ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import typer

from nnviz.cli import bench_playground
from nnviz.cli.bench_contenders import IMPLEMENTATIONS
from nnviz.cli.bench_work import WORKLOADS
from nnviz.cli.errors import FailedError
from nnviz.engine.problem import message, problem
from nnviz.explain.words import say

ROUNDS = 8
ROUND_SECONDS = 0.15
SAMPLE_STEPS = 3
Row = dict[str, Any]
Times = dict[str, list[float]]


def core() -> int | None:
    """Return the core that everything is measured on, the last one allowed; None where the system cannot pin."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


@contextmanager
def pinned() -> Iterator[None]:
    """Keep processes that are begun meanwhile on one core."""
    chosen = core()
    if chosen is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {chosen})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Worker:
    """The process of one contestant."""

    def __init__(self, workload: str, name: str) -> None:
        self.name, chosen = name, IMPLEMENTATIONS[name]
        command = [sys.executable, "-m", "nnviz.cli.bench_contenders", workload, name]
        if chosen.make is None:
            command = bench_playground.command(str(shutil.which(bench_playground.PROGRAM)))
        with pinned():
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._opening = "" if chosen.make else bench_playground.opening(WORKLOADS[workload]) + "\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self._process.kill()
        with suppress(BrokenPipeError):  # it had ended before it was told to
            self._process.communicate()

    def ask(self, steps: int) -> float:
        """Let it make some steps; return the microseconds one took. Raises FailedError: it has ended."""
        given, answers = self._process.stdin, self._process.stdout
        assert given is not None
        assert answers is not None
        try:
            given.write(f"{self._opening}{steps}\n")
            given.flush()
            answer = answers.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise FailedError(problem(self.name, "bench-worker-ended"))
        self._opening = ""
        return float(answer)

    def steps(self) -> int:
        """Return how many steps fill a round."""
        quick = max(SAMPLE_STEPS, round(0.1e6 * ROUND_SECONDS / max(self.ask(SAMPLE_STEPS), 1.0)))
        return max(1, round(ROUND_SECONDS * 1e6 / max(self.ask(quick), 0.1)))


def measure(workload: str, names: list[str]) -> Times:
    """Return the microseconds a step took in each round, by contestant; a peer that does not even begin is left out.

    Raises:
        FailedError: the process of a contestant has ended.
    """
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(workload, name)) for name in names]
        runs = [(worker, steps) for worker in workers if (steps := _steps(worker))]
        times: Times = {worker.name: [] for worker, _ in runs}
        for number in range(ROUNDS):
            for worker, count in runs if number % 2 == 0 else reversed(runs):
                times[worker.name].append(worker.ask(count))
    return times


def _steps(worker: Worker) -> int:
    """Return how many steps fill a round; 0 for a peer that cannot make any, which is told."""
    try:
        return worker.steps()
    except FailedError:
        if not IMPLEMENTATIONS[worker.name].peer:
            raise
        typer.echo(say(message("cli.bench-left-out", name=worker.name)), err=True)
        return 0


def compared(workload: str, times: Times) -> list[Row]:
    """Return a row for each contestant, with how many times as long each other one takes."""
    rows = []
    for name, own in times.items():
        ratios = {other: [b / a for a, b in zip(own, theirs, strict=True)] for other, theirs in times.items() if other != name}
        rows.append(row(workload, name, own, ratios))
    return rows


def row(workload: str, name: str, times: list[float], ratios: Times) -> Row:
    """Return a row of the table: median and quartiles in microseconds, and the ratios to it, which are given by round."""
    low, middle, high = spread(times)
    spreads = {other: spread(several) for other, several in ratios.items()}
    return {
        "workload": workload,
        "implementation": name,
        "us": middle,
        "quartiles": [low, high],
        "ratios": {other: ratio[1] for other, ratio in spreads.items()},
        "ratio_quartiles": {other: [ratio[0], ratio[2]] for other, ratio in spreads.items()},
    }


def spread(values: list[float]) -> tuple[float, float, float]:
    """Return lower quartile, median and upper quartile."""
    low, middle, high = (round(value, 4) for value in statistics.quantiles(values, n=4))
    return low, middle, high
