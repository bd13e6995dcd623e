"""The gates of `nnviz bench --gate`: what is judged, against whom, and how."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.cli import bench
from nnviz.cli.bench_contenders import IMPLEMENTATIONS
from nnviz.cli.bench_gate import BELOW, FLOOR, GATES, TARGET, UNJUDGED, gate_lines, judged
from nnviz.cli.bench_work import WORKLOADS


def row(workload: str, implementation: str, us: float = 1.0, **more: Any) -> dict[str, Any]:
    return {"workload": workload, "implementation": implementation, "us": us, "ratios": {}} | more


def verdicts(rows: list[dict[str, Any]], *measured: str) -> list[str]:
    return [gate["verdict"] for gate in judged(rows, measured)]


def test_every_gate_is_of_a_row_that_can_be_measured() -> None:
    for gate in GATES:
        assert gate.workload in bench.NAMES
        if gate.workload in WORKLOADS:
            for name in (gate.implementation, gate.beside[0]):
                assert gate.workload in (IMPLEMENTATIONS[name].workloads or WORKLOADS)
        assert (gate.target > gate.floor) == gate.least
        assert bool(gate.beside) != bool(gate.field)


def test_every_workload_of_the_design_has_a_gate() -> None:
    assert {gate.workload for gate in GATES} >= set(WORKLOADS)


@pytest.mark.parametrize(("share", "verdict"), [(0.65, TARGET), (0.649, FLOOR), (0.43, FLOOR), (0.429, BELOW), (float("nan"), BELOW)])
def test_a_ratio_is_to_be_large(share: float, verdict: str) -> None:
    rows = [row("W5", "nnviz-f4", ratios={"sgemm-peak": share})]
    assert verdicts(rows, "W5") == [UNJUDGED, verdict]


@pytest.mark.parametrize(("us", "verdict"), [(5000, TARGET), (5001, FLOOR), (8000, FLOOR), (8001, BELOW)])
def test_a_time_is_to_be_small(us: float, verdict: str) -> None:
    assert verdicts([row("canvas", "nnviz", us)], "canvas") == [verdict]


def test_the_best_peer_is_the_fastest_one_measured() -> None:
    ratios = {"torch-eager-f4": 50.0, "torch-fused-f4": 30.0, "torch-compiled-f4": 11.0}
    rows = [row("W3", "nnviz-f4", ratios=ratios), *(row("W3", name, ratio) for name, ratio in ratios.items())]
    eager, best = judged(rows, ["W3"])
    assert (eager["measure"], eager["seen"], eager["verdict"]) == ("torch-eager-f4", 50, TARGET)
    assert (best["measure"], best["seen"], best["verdict"]) == ("torch-compiled-f4", 11, FLOOR)


def test_what_was_not_measured_is_not_judged() -> None:
    assert verdicts([], "W7", "start") == [UNJUDGED, UNJUDGED]
    assert verdicts([row("W7", "nnviz-f4", ratios={"nnviz-f8": 2.0})], "W7") == [UNJUDGED]
    assert judged([row("W7", "nnviz-f4")], []) == []


def test_the_window_is_judged_by_its_ticks() -> None:
    facts = {"tick_ms_p95": 17.0, "tick_ms_max": 61.0, "pause_ms": 30.0}
    rows = [row("window", "nnviz-f8 idle", **facts, ratios={"headless": 0.75})]
    found = {(gate["implementation"], gate["measure"]): gate["verdict"] for gate in judged(rows, ["window"])}
    mine = {measure: verdict for (name, measure), verdict in found.items() if name.endswith("idle")}
    assert mine == {"headless": FLOOR, "tick_ms_p95": TARGET, "tick_ms_max": BELOW, "pause_ms": FLOOR}
    assert {verdict for (name, _), verdict in found.items() if name.endswith("hover")} == {UNJUDGED}


def test_the_table_has_a_line_a_gate() -> None:
    lines = gate_lines(judged([row("start", "nnviz", 0.7e6)], ["start", "W7"]))
    assert len(lines) == 3
    assert [line.split()[-1] for line in lines] == ["verdict", "judged", "floor"]
    assert lines[2].split() == ["start", "nnviz", "s", "0.70", "1", "0.6", "floor"]
