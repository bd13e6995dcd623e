"""`nnviz bench`: the rows it prints; no test fails on a time."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.cli import bench, bench_files, bench_window, bench_work
from nnviz.cli.bench_work import IMPLEMENTATIONS, PEERS, WORKLOADS


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 2)
    monkeypatch.setattr(bench, "ROUND_SECONDS", 0.002)
    monkeypatch.setattr(bench_files, "ROUNDS", {"project": 2, "pictures": 2})
    monkeypatch.setattr(bench_window, "SECONDS", 0.5)


def test_json_is_the_contract(run: Any) -> None:
    result = run("bench", "--only", "W1", "--json")
    assert result.code == 0, result.err
    found = result.json
    assert found["format"] == "nnviz-bench/1"
    assert {"python", "numpy", "cores"} <= set(found["machine"])
    rows = {row["implementation"]: row for row in found["rows"]}
    assert set(rows) == set(IMPLEMENTATIONS) - set(PEERS)
    for name, row in rows.items():
        assert row["workload"] == "W1"
        assert row["us"] > 0
        assert set(row["ratios"]) == set(rows) - {name}


def test_text_is_a_line_a_row(run: Any) -> None:
    result = run("bench", "--only", "W1")
    assert [line.split()[0] for line in result.out.splitlines()] == ["W1"] * 3


def test_an_unknown_row(run: Any) -> None:
    result = run("bench", "--only", "W99")
    assert result.code == 2
    assert "W1" in result.err


@pytest.mark.parametrize("name", WORKLOADS)
@pytest.mark.parametrize("implementation", [name for name in IMPLEMENTATIONS if name not in PEERS] + ["scikit-learn-f8"])
def test_every_implementation_can_run_every_workload(name: str, implementation: str) -> None:
    make, precision = IMPLEMENTATIONS[implementation]
    make(WORKLOADS[name], precision)(10)


def test_a_worker_that_ends_is_told(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_implementations", lambda _peers: ["nobody"])
    result = run("bench", "--only", "W1")
    assert result.code == 1


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
    rows = run("bench", "--only", "start,window,ticks", "--json").json["rows"]
    names = [(row["workload"], row["implementation"]) for row in rows]
    assert names[:3] == [("start", "nnviz"), ("window", "nnviz-f8 idle"), ("window", "nnviz-f8 hover")]
    assert names[3:] == [("ticks", name) for name in ("training", "saving", "exporting")]
    assert all(0 < row["tick_ms_p95"] <= row["tick_ms_max"] for row in rows[1:])
