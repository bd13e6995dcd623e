"""`nnviz bench`: the rows it prints; no test fails on a time."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.cli import bench
from nnviz.cli.bench_work import IMPLEMENTATIONS, PEERS, WORKLOADS


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 2)
    monkeypatch.setattr(bench, "ROUND_SECONDS", 0.002)


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
