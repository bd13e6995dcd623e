"""The gates of `nnviz bench --gate`: what nnviz must reach, as ratios to something measured in the same run where there is one.

`floor` is what it may never be below, `target` what it was built for. A gate whose workload was measured but whose peer was not
is said to be not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnviz.cli.bench_rounds import Row
from nnviz.cli.tables import aligned
from nnviz.engine.problem import message
from nnviz.explain.words import say

EAGER, FUSED, COMPILED = "torch-eager-f4", "torch-fused-f4", "torch-compiled-f4"
BEST = (EAGER, FUSED, COMPILED, "torch-channels-last-f4")
TARGET, FLOOR, BELOW, UNJUDGED = "target", "floor", "BELOW", "not judged"
KEYS = {TARGET: "cli.bench-target", FLOOR: "cli.bench-floor", BELOW: "cli.bench-below", UNJUDGED: "cli.bench-unjudged"}


@dataclass(frozen=True, slots=True)
class Gate:
    """One number of one row.

    Attributes:
        workload, implementation: which row.
        floor, target: what it must reach.
        beside: whom the row is compared with, the fastest of those measured; a number of the row itself where there is nobody.
        field: which number that is.
        least: whether larger is better.
        unit: what the field's number is divided by to be shown.
    """

    workload: str
    implementation: str
    floor: float
    target: float
    beside: tuple[str, ...] = ()
    field: str = ""
    least: bool = True
    unit: float = 1.0


GATES = (
    Gate("W1", "nnviz-f4", 30, 45, (EAGER,)),
    Gate("W1", "nnviz-f8", 1.0, 1.15, ("playground-f8",)),
    Gate("W1", "nnviz-f4", 0.60, 0.75, ("call-floor",)),
    Gate("W2", "nnviz-f8", 10, 15, ("playground-f8",)),
    Gate("W3", "nnviz-f4", 30, 45, (EAGER,)),
    Gate("W3", "nnviz-f4", 8, 12, BEST),
    Gate("W4", "nnviz-f4", 7, 10, (EAGER,)),
    Gate("W4", "nnviz-f4", 2.8, 4, BEST),
    Gate("W5", "nnviz-f4", 1.0, 1.5, BEST),
    Gate("W5", "nnviz-f4", 0.43, 0.65, ("sgemm-peak",)),
    Gate("W6", "nnviz-f4", 4, 6, (EAGER,)),
    Gate("W6", "nnviz-f4", 1.6, 2.4, BEST),
    Gate("W6", "nnviz-f4", 0.28, 0.40, ("sgemm-peak",)),
    Gate("W7", "nnviz-f4", 0.6, 0.9, (FUSED,)),
    *(Gate("plan", f"{name} ready", 10, 3, (), "us", False, 1e3) for name in ("W1", "W3", "W4", "W6")),
    Gate("canvas", "nnviz", 8, 5, (), "us", False, 1e3),
    Gate("canvas-wide", "nnviz", 16, 10, (), "us", False, 1e3),
    Gate("plots", "nnviz", 8, 4, (), "us", False, 1e3),
    Gate("start", "nnviz", 1, 0.6, (), "us", False, 1e6),
    Gate("window", "nnviz-f8 idle", 0.70, 0.80, ("headless",)),
    Gate("window", "nnviz-f8 hover", 0.50, 0.55, ("headless",)),
    *(Gate("window", f"nnviz-f8 {how}", 20, 17, (), "tick_ms_p95", False) for how in ("idle", "hover")),
    *(Gate("window", f"nnviz-f8 {how}", 60, 25, (), "tick_ms_max", False) for how in ("idle", "hover")),
    *(Gate("window", f"nnviz-f8 {how}", 100, 20, (), "pause_ms", False) for how in ("idle", "hover")),
)
UNITS = {1e3: "ms", 1e6: "s"}


def judged(rows: Sequence[Row], measured: Sequence[str]) -> list[dict[str, Any]]:
    """Return every gate of the workloads measured: what was seen beside floor and target, and the verdict.

    Args:
        rows: the table.
        measured: the workloads in it.
    """
    found = {(row["workload"], row["implementation"]): row for row in rows}
    speeds = {key: row["us"] for key, row in found.items()}
    return [_judged(gate, found.get((gate.workload, gate.implementation)), speeds) for gate in GATES if gate.workload in measured]


def _judged(gate: Gate, row: Row | None, speeds: dict[tuple[str, str], float]) -> dict[str, Any]:
    seen: float | None = None
    measure = " / ".join(gate.beside) or UNITS.get(gate.unit, gate.field)
    if row is not None and gate.beside:
        there = [name for name in gate.beside if name in row["ratios"]]
        if there:
            measure = min(there, key=lambda name: speeds.get((gate.workload, name), 0.0))
            seen = row["ratios"][measure]
    elif row is not None and gate.field in row:
        seen = row[gate.field] / gate.unit
    facts = {"workload": gate.workload, "implementation": gate.implementation, "measure": measure, "seen": seen}
    return facts | {"floor": gate.floor, "target": gate.target, "verdict": _verdict(gate, seen)}


def _verdict(gate: Gate, seen: float | None) -> str:
    if seen is None:
        return UNJUDGED
    sign = 1 if gate.least else -1
    for limit, verdict in ((gate.target, TARGET), (gate.floor, FLOOR)):
        if sign * seen >= sign * limit:
            return verdict
    return BELOW


def gate_lines(gates: Sequence[dict[str, Any]]) -> list[str]:
    """Return the gates as a table."""
    words = ("workload", "implementation", "beside", "seen", "floor-is", "target-is", "verdict")
    table = [[say(message(f"cli.bench-{word}")) for word in words]]
    for gate in gates:
        seen = "" if gate["seen"] is None else f"{gate['seen']:.2f}"
        numbers = seen, f"{gate['floor']:g}", f"{gate['target']:g}"
        table.append([gate["workload"], gate["implementation"], gate["measure"], *numbers, say(message(KEYS[gate["verdict"]]))])
    return aligned(table)
