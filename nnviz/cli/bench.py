"""`nnviz bench`: how fast this machine trains and draws, beside other programs where they are installed.

Rounds of all implementations of a workload are interleaved (A B C … C B A) in worker processes and counted in CPU time;
a ratio is the median of the rounds' ratios. Absolute times move with the machine, ratios in one run hold.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from importlib.util import find_spec
from typing import Annotated, Any

import numpy as np
import typer

from nnviz.cli.bench_files import FILES, file_times
from nnviz.cli.bench_screen import SCREEN
from nnviz.cli.bench_window import WINDOW, window_rows
from nnviz.cli.bench_work import IMPLEMENTATIONS, PEERS, WORKLOADS
from nnviz.cli.errors import FailedError, WrongUsageError, nearest
from nnviz.cli.options import JsonOption, print_json
from nnviz.engine.problem import problem

ROUNDS = 8
ROUND_SECONDS = 0.15
NAMES = (*WORKLOADS, *SCREEN, *FILES, *WINDOW)
Row = dict[str, Any]


def bench(
    only: Annotated[str, typer.Option("--only", metavar="NAMES", help=f"Some of: {','.join(NAMES)}.")] = "",
    peers: Annotated[bool, typer.Option("--peers", help="Beside PyTorch and scikit-learn, where installed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the project's own benchmark table on this machine."""
    wanted = [name.strip() for name in only.split(",") if name.strip()] or list(NAMES)
    for name in wanted:
        if name not in NAMES:
            raise WrongUsageError(problem("--only", "unknown-value", value=name[:60], nearest=nearest(name, NAMES)))
    rows: list[Row] = []
    for name in wanted:
        made = _rows(name, peers)
        rows += made
        if not as_json:
            for made_row in made:
                typer.echo(_line(made_row))
    if as_json:
        print_json({"format": "nnviz-bench/1", "machine": machine(), "rows": rows})


def _rows(name: str, peers: bool) -> list[Row]:
    """Return the rows of one part of the table."""
    if name in WORKLOADS:
        return _measure(name, _implementations(peers))
    if name in SCREEN:
        return [row(name, "nnviz", SCREEN[name](), {})]
    if name in FILES:
        return [row(name, done, times, {}) for done, times in file_times(name).items()]
    return window_rows(name)


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    return {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _implementations(peers: bool) -> list[str]:
    return [name for name in IMPLEMENTATIONS if name not in PEERS or (peers and find_spec(PEERS[name]) is not None)]


def _measure(workload: str, names: list[str]) -> list[Row]:
    """Return a row for each implementation of a workload."""
    command = [sys.executable, "-m", "nnviz.cli.bench_work", workload]
    workers = {name: subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name in names}
    try:
        steps = {name: max(20, round(ROUND_SECONDS * 1e6 / _ask(worker, 100, name))) for name, worker in workers.items()}
        times: dict[str, list[float]] = {name: [] for name in names}
        for number in range(ROUNDS):
            for name in names if number % 2 == 0 else reversed(names):
                times[name].append(_ask(workers[name], steps[name], name))
    finally:
        for worker in workers.values():
            worker.communicate()
    return [_compared(workload, name, times) for name in names]


def _ask(worker: subprocess.Popen[str], steps: int, name: str) -> float:
    """Let a worker run some steps; return the microseconds a step took."""
    if worker.stdin is None or worker.stdout is None:
        raise FailedError(problem(name, "bench-worker-ended"))
    try:
        worker.stdin.write(f"{steps}\n")
        worker.stdin.flush()
        answer = worker.stdout.readline()
    except BrokenPipeError:
        answer = ""
    if not answer:
        raise FailedError(problem(name, "bench-worker-ended"))
    return float(answer)


def _compared(workload: str, name: str, times: dict[str, list[float]]) -> Row:
    """Return the row of an implementation, with how many times as long each other one takes."""
    own = times[name]
    others = {other: theirs for other, theirs in times.items() if other != name}
    ratios = {other: statistics.median(b / a for a, b in zip(own, theirs, strict=True)) for other, theirs in others.items()}
    return row(workload, name, own, ratios)


def row(workload: str, name: str, times: list[float], ratios: dict[str, float]) -> Row:
    """Return a row of the table: median and quartiles in microseconds, and ratios to it."""
    low, middle, high = (round(value, 3) for value in statistics.quantiles(times, n=4))
    rounded = {other: round(ratio, 3) for other, ratio in ratios.items()}
    return {"workload": workload, "implementation": name, "us": middle, "quartiles": [low, high], "ratios": rounded}


def _line(shown: Row) -> str:
    others = "   ".join(f"{name} ×{ratio:.2f}" for name, ratio in shown["ratios"].items())
    more = "   ".join(f"{name} {value:.1f}" for name, value in shown.items() if name.endswith(("_p95", "_max", "_ms")))
    return f"{shown['workload']:<10}{shown['implementation']:<22}{shown['us']:>12.1f} µs   {others}   {more}".rstrip()
