"""`nnviz bench`: how fast this machine trains and draws, beside other programs where they are installed.

Absolute times move with the machine; ratios within one run hold (`bench_rounds`), and they are what the gates judge.
"""

from __future__ import annotations

from typing import Annotated

import typer

from nnviz.cli.bench_canvas import canvas_lines, canvas_rows
from nnviz.cli.bench_contenders import IMPLEMENTATIONS, contestants
from nnviz.cli.bench_files import FILES, file_times
from nnviz.cli.bench_gate import BELOW, gate_lines, judged
from nnviz.cli.bench_growth import growth_lines, growth_rows
from nnviz.cli.bench_machine import machine
from nnviz.cli.bench_rounds import Row, compared, measure, row
from nnviz.cli.bench_screen import SCREEN
from nnviz.cli.bench_window import WINDOW, window_rows
from nnviz.cli.bench_work import WORKLOADS, obstacle
from nnviz.cli.errors import DONE, FAILED, WrongUsageError, nearest
from nnviz.cli.options import JsonOption, print_json
from nnviz.engine.problem import message, problem
from nnviz.explain.words import one_line, say

PLAN, GROWTH, CANVAS = "plan", "growth", "canvas"
NAMES = (*WORKLOADS, PLAN, GROWTH, *SCREEN, *FILES, *WINDOW)
GROUPS = {"engine": (*WORKLOADS, PLAN, GROWTH), "screen": (*SCREEN, *FILES, *WINDOW)}
FLOORS = ("call-floor", "least-calls-f8", "least-calls-f4", "sgemm-peak", "dgemm-peak")
KNOWN = f"Some of: {','.join(NAMES)}; or {','.join(GROUPS)}."


def bench(
    only: Annotated[str, typer.Option("--only", metavar="NAMES", help=KNOWN)] = "",
    peers: Annotated[bool, typer.Option("--peers", help="Beside PyTorch, scikit-learn and node, where installed.")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="Exit 1 where something is slower than it may ever be.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Measure the project's own benchmark table on this machine."""
    names, rows = _chosen(only), list[Row]()
    shown = machine()
    for name in names:
        made = _rows(name, peers)
        rows += made
        for line in [] if as_json else _lines(name, made):
            typer.echo(line)
    gates = judged(rows, names) if gate else []
    if as_json:
        content = {"format": "nnviz-bench/1", "machine": shown, "rows": rows}
        print_json(content | ({"gates": gates} if gate else {}))
    elif gate:
        typer.echo("\n".join(["", *gate_lines(gates)]))
    return FAILED if any(item["verdict"] == BELOW for item in gates) else DONE


def _chosen(only: str) -> list[str]:
    """Return the parts of the table that were asked for, in its order. Raises WrongUsageError."""
    wanted = [name.strip() for name in only.split(",") if name.strip()] or list(NAMES)
    chosen: set[str] = set()
    for name in wanted:
        if name not in NAMES and name not in GROUPS:
            known = (*NAMES, *GROUPS)
            raise WrongUsageError(problem("--only", "unknown-value", value=name[:60], nearest=nearest(name, known)))
        chosen |= set(GROUPS.get(name, (name,)))
    return [name for name in NAMES if name in chosen]


def _rows(name: str, peers: bool) -> list[Row]:
    """Return the rows of one part of the table."""
    if name in WORKLOADS:
        return [_completed(made) for made in compared(name, measure(name, contestants(name, peers)))]
    if name == PLAN:
        return _ready_rows()
    if name == GROWTH:
        return growth_rows()
    if name in SCREEN:
        return [row(name, "nnviz", SCREEN[name](), {}), *(canvas_rows() if name == CANVAS else [])]
    if name in FILES:
        return [row(name, done, times, {}) for done, times in file_times(name).items()]
    return window_rows(name)


def _completed(made: Row) -> Row:
    """Return the row of a workload with what is nnviz's own: which engine trains it, and its shares of what is possible."""
    work, name = WORKLOADS[made["workload"]], made["implementation"]
    if name in ("sgemm-peak", "dgemm-peak"):
        return made | {"gflops": 1e3 * work.megaflops / made["us"]}
    if name == "call-floor":
        return made | {"calls": work.calls}
    if not name.startswith("nnviz"):
        return made
    peak = "sgemm-peak" if name == "nnviz-f4" else "dgemm-peak"
    kinds = {"call-floor": "share_of_call_floor", peak: "share_of_product_peak"}
    shares = {kinds[other]: ratio for other, ratio in made["ratios"].items() if other in kinds}
    found = obstacle(work, IMPLEMENTATIONS[name].precision)
    engine = {"engine": "plan"} if found is None else {"engine": "readable", "obstacle": one_line(found)}
    return made | engine | shares


def _ready_rows() -> list[Row]:
    """Return how long it takes until the first step of a new architecture is made, dense networks."""
    ready = [(name, measure(name, ["ready-f8"])["ready-f8"]) for name, work in WORKLOADS.items() if not (work.filters or work.frame)]
    return [row(PLAN, f"{name} ready", times, {}) for name, times in ready]


def _lines(name: str, rows: list[Row]) -> list[str]:
    if name == GROWTH:
        return growth_lines(rows)
    return [_line(rows[0]), *canvas_lines(rows[1:])] if name == CANVAS else [_line(made) for made in rows]


def _line(shown: Row) -> str:
    own = shown["implementation"].startswith("nnviz")
    others = [f"{name} ×{ratio:.2f}" for name, ratio in shown["ratios"].items() if own and name not in FLOORS]
    shares = [
        say(message(f"cli.bench-{key.replace('_', '-')}", share=f"{100 * shown[key]:.0f}"))
        for key in ("share_of_call_floor", "share_of_product_peak")
        if key in shown
    ]
    speed = [f"{shown['gflops']:.1f} GFLOP/s"] if "gflops" in shown else []
    more = [f"{name} {value:.1f}" for name, value in shown.items() if name.endswith(("_p95", "_max", "_ms"))]
    obstacle = [say(message("cli.bench-readable", reason=shown["obstacle"]))] if "obstacle" in shown else []
    details = "   ".join([*shares, *others, *speed, *more, *obstacle])
    return f"{shown['workload']:<13}{shown['implementation']:<24}{shown['us']:>12.1f} µs   {details}".rstrip()
