"""How the cost of a step grows with width and batch, beside a model of it: `nnviz bench --only growth`.

The model, in µs of float32: 0.40 a NumPy call, 1/0.065 a million operations of the products, 0.0017 a parameter (Adam), 0.004 a
neuron and sample. It is of the machine the design was measured on; what it shows is which part of the cost rules where.

`python -m nnviz.cli.bench_growth ROUNDS SECONDS` measures, all in one process whose rounds are interleaved, and prints JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from nnviz.cli.bench_rounds import Row, pinned, row
from nnviz.cli.bench_work import Training, Workload
from nnviz.cli.errors import FailedError
from nnviz.cli.tables import aligned
from nnviz.engine.problem import message, problem
from nnviz.explain.words import say

WIDTHS = (4, 8, 16, 32, 64, 128, 256, 512)
BATCHES = (1, 8, 128, 512, 2048)
WIDTH, BATCH = 16, 32  # where the two scales meet
SHAPES = tuple((width, BATCH) for width in WIDTHS) + tuple((WIDTH, batch) for batch in BATCHES)
PRECISIONS = {"nnviz-f4": "float32", "nnviz-f8": "float64"}
ROUNDS, ROUND_SECONDS = 5, 0.04


def workload(width: int, batch: int) -> Workload:
    """Return 2-w-w-w-1 with tanh and Adam."""
    return Workload((2, width, width, width, 1), "tanh", "adam", 0.001, batch, 10 * batch)


def model(work: Workload) -> float:
    """Return the microseconds the model has for a step in float32."""
    neurons = sum(work.sizes[1:])
    return 0.40 * work.calls + work.megaflops / 0.065 + 1.7e-3 * work.parameters + 4e-3 * neurons * work.batch


def growth_rows() -> list[Row]:
    """Measure all shapes in both precisions. Raises FailedError."""
    command = [sys.executable, "-m", "nnviz.cli.bench_growth", str(ROUNDS), str(ROUND_SECONDS)]
    with pinned():
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(problem("growth", "bench-worker-ended"))
    rows: list[Row] = json.loads(done.stdout.splitlines()[-1])
    return rows


def growth_lines(rows: list[Row]) -> list[str]:
    """Return the table: a line a shape, both precisions beside the model."""
    words = [say(message(f"cli.bench-{word}")) for word in ("units", "batch", "calls", "model")]
    table = [[words[0], words[1], words[2], "MFLOP", *(f"{name} µs" for name in PRECISIONS), f"{words[3]} µs"]]
    by = {(found["width"], found["batch"], found["implementation"]): found for found in rows}
    for width, batch in SHAPES:
        pair = [by[width, batch, name] for name in PRECISIONS]
        one = pair[0]
        costs = [*(each["us"] for each in pair), one["model_us"]]
        table.append([str(width), str(batch), str(one["calls"]), f"{one['megaflops']:.3f}", *(f"{cost:.1f}" for cost in costs)])
    return aligned(table)


def _measured(rounds: int, seconds: float) -> list[Row]:
    kinds = [(name, width, batch) for width, batch in SHAPES for name in PRECISIONS]
    trainings = [Training(workload(width, batch), PRECISIONS[name]) for name, width, batch in kinds]
    steps = [_steps(training, seconds) for training in trainings]
    times: list[list[float]] = [[] for _ in kinds]
    for number in range(rounds):
        order = range(len(kinds))
        for index in order if number % 2 == 0 else reversed(order):
            trainings[index].reset()
            trainings[index].run(1)
            times[index].append(_timed(trainings[index], steps[index]))
    return [_row(name, width, batch, several) for (name, width, batch), several in zip(kinds, times, strict=True)]


def _steps(training: Training, seconds: float) -> int:
    training.run(3)
    return max(2, round(seconds * 1e6 / max(_timed(training, 3), 1.0)))


def _timed(training: Training, steps: int) -> float:
    begun = time.process_time()
    training.run(steps)
    return (time.process_time() - begun) / steps * 1e6


def _row(name: str, width: int, batch: int, times: list[float]) -> Row:
    work = workload(width, batch)
    facts = {"calls": work.calls, "megaflops": work.megaflops, "parameters": work.parameters, "model_us": model(work)}
    return row("growth", name, times, {}) | {"width": width, "batch": batch} | facts


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured(int(sys.argv[1]), float(sys.argv[2]))) + "\n")
