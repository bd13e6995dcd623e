"""`nnviz bench`: the rows it prints; no test fails on a time."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.cli import bench, bench_files, bench_growth, bench_rounds, bench_window, bench_work
from nnviz.cli.bench_contenders import IMPLEMENTATIONS
from nnviz.cli.bench_rounds import row
from nnviz.engine.problem import problem

OWN = ["nnviz-f8", "nnviz-f4"]
FLOORS = ["call-floor", "least-calls-f8", "least-calls-f4"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_rounds, "ROUNDS", 2)
    monkeypatch.setattr(bench_rounds, "ROUND_SECONDS", 0.002)
    monkeypatch.setattr(bench_files, "ROUNDS", {"project": 2, "pictures": 2})
    monkeypatch.setattr(bench_window, "SECONDS", 0.5)
    monkeypatch.setattr(bench_growth, "ROUNDS", 2)
    monkeypatch.setattr(bench_growth, "ROUND_SECONDS", 0.001)


def test_json_is_the_contract(run: Any) -> None:
    result = run("bench", "--only", "W1", "--json")
    assert result.code == 0, result.err
    found = result.json
    assert found["format"] == "nnviz-bench/1"
    assert {"python", "numpy", "cores", "core", "processor", "load", "blas", "libraries", "system"} <= set(found["machine"])
    assert {"name", "version", "kernel", "threads"} == set(found["machine"]["blas"])
    assert "gates" not in found
    rows = {row["implementation"]: row for row in found["rows"]}
    assert list(rows) == OWN + FLOORS
    for name, made in rows.items():
        assert made["workload"] == "W1"
        low, high = made["quartiles"]
        assert 0 < low <= made["us"] <= high
        assert set(made["ratios"]) == set(made["ratio_quartiles"]) == set(rows) - {name}
    assert all(rows[name]["engine"] == "plan" and rows[name]["share_of_call_floor"] > 0 for name in OWN)
    assert rows["call-floor"]["calls"] == 19


def test_text_is_a_line_a_row(run: Any) -> None:
    lines = run("bench", "--only", "W1").out.splitlines()
    assert [line.split()[:2] for line in lines] == [["W1", name] for name in OWN + FLOORS]
    assert all("% of the call floor" in line for line in lines[:2])


def test_the_product_peak_stands_beside_the_wide_network(run: Any) -> None:
    rows = {row["implementation"]: row for row in run("bench", "--only", "W6", "--json").json["rows"]}
    assert list(rows) == [*OWN, "dgemm-peak", "sgemm-peak"]
    assert rows["nnviz-f4"]["share_of_product_peak"] == rows["nnviz-f4"]["ratios"]["sgemm-peak"]
    assert rows["nnviz-f8"]["share_of_product_peak"] == rows["nnviz-f8"]["ratios"]["dgemm-peak"]
    assert rows["sgemm-peak"]["gflops"] > 0


def test_a_network_the_plan_cannot_take_says_so(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    monkeypatch.setattr(bench, "obstacle", lambda _work, _precision: problem("training.loss", "not-planned", name="made_up"))
    monkeypatch.setattr(bench, "measure", lambda _workload, names: {name: [1.0, 2.0] for name in names})
    made = run("bench", "--only", "W1", "--json").json["rows"][0]
    assert made["engine"] == "readable"
    assert "made_up" in made["obstacle"]
    line = run("bench", "--only", "W1").out.splitlines()[0]
    assert "readable engine" in line
    assert "made_up" in line


def test_an_unknown_row(run: Any) -> None:
    result = run("bench", "--only", "W99")
    assert result.code == 2
    assert "W1" in result.err


def test_a_group_stands_for_its_rows() -> None:
    assert bench._chosen("engine") == [*bench_work.WORKLOADS, "plan", "growth"]
    assert bench._chosen("start, canvas ,W3,engine,W3")[-2:] == ["canvas", "start"]
    assert bench._chosen("") == list(bench.NAMES)
    assert set(bench._chosen("engine,screen")) == set(bench.NAMES)


def test_a_worker_that_ends_is_told(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "contestants", lambda _workload, _peers: ["ready-f8", "call-floor"])
    monkeypatch.setattr(bench_rounds.sys, "executable", "/bin/false")
    result = run("bench", "--only", "W1")
    assert result.code == 1
    assert "ready-f8" in result.err


def test_getting_ready_has_a_row_for_each_dense_network(run: Any) -> None:
    rows = run("bench", "--only", "plan", "--json").json["rows"]
    assert [row["implementation"] for row in rows] == [f"{name} ready" for name in ("W1", "W3", "W4", "W6", "W7")]


def test_ratios_are_medians_of_the_rounds() -> None:
    made = row("W1", "a", [1.0, 2.0, 3.0], {"b": [10.0, 30.0, 20.0]})
    assert (made["us"], made["quartiles"]) == (2.0, [1.0, 3.0])
    assert (made["ratios"], made["ratio_quartiles"]) == ({"b": 20.0}, {"b": [10.0, 30.0]})
    rows = bench_rounds.compared("W1", {"a": [1.0, 2.0], "b": [4.0, 6.0]})
    assert [made["ratios"] for made in rows] == [{"b": 3.5}, {"a": 0.2917}]


def test_a_gate_below_its_floor_is_a_failure(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "contestants", lambda _workload, _peers: ["nnviz-f4", "nnviz-f8", "call-floor"])
    shares = {"nnviz-f4": [10.0, 10.0], "nnviz-f8": [10.0, 10.0]}
    for floor, code, verdict in ((8.0, 0, "target"), (7.0, 0, "floor"), (5.0, 1, "BELOW")):
        monkeypatch.setattr(bench, "measure", lambda _workload, _names, floor=floor: shares | {"call-floor": [floor, floor]})
        result = run("bench", "--only", "W1", "--gate", "--json")
        assert result.code == code
        gates = result.json["gates"]
        assert [gate["verdict"] for gate in gates] == ["not judged", "not judged", verdict]
        assert gates[2]["seen"] == floor / 10
        text = run("bench", "--only", "W1", "--gate")
        assert text.code == code
        assert text.out.splitlines()[-1].endswith(verdict)


def test_saving_and_opening_have_a_row_each(run: Any) -> None:
    rows = run("bench", "--only", "project", "--json").json["rows"]
    assert [(row["workload"], row["implementation"]) for row in rows] == [("project", "save"), ("project", "open")]
    assert all(row["us"] > 0 for row in rows)


@pytest.mark.slow
def test_every_picture_has_a_row(run: Any) -> None:
    rows = run("bench", "--only", "pictures", "--json").json["rows"]
    kinds = [f"{network} {kind}" for network in ("2-8-8-1", "64-128-64-10") for kind in ("png×4", "svg", "pdf")]
    assert [row["implementation"] for row in rows] == kinds
    assert all(row["us"] > 0 for row in rows)


def test_the_large_project_has_100_000_weights() -> None:
    spec = bench_work.spec_of(bench_files.LARGE)
    assert 100_000 <= spec.network.weights < 101_000
    assert spec.training.optimizer.kind == "adam"


@pytest.mark.slow
def test_the_rows_of_the_window(run: Any) -> None:
    rows = run("bench", "--only", "screen", "--json").json["rows"]
    named = [row for row in rows if row["workload"] not in ("project", "pictures") and "items" not in row]
    names = [(row["workload"], row["implementation"]) for row in named]
    assert names[:4] == [(name, "nnviz") for name in ("canvas", "canvas-wide", "plots", "start")]
    assert names[4:6] == [("window", "nnviz-f8 idle"), ("window", "nnviz-f8 hover")]
    assert names[6:] == [("ticks", name) for name in ("training", "saving", "exporting")]
    assert all(0 < row["tick_ms_p95"] <= row["tick_ms_max"] for row in rows if row["workload"] in ("window", "ticks"))


def test_who_is_a_peer_needs_something() -> None:
    assert [name for name, item in IMPLEMENTATIONS.items() if not item.peer] == [*OWN, *FLOORS, "dgemm-peak", "sgemm-peak", "ready-f8"]
