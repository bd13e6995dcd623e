"""`nnviz bench --only canvas`: the cost of the canvas against the number of edges."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.cli import bench, bench_canvas
from nnviz.cli.bench_canvas import COSTS, SIZES, canvas_lines, canvas_rows
from nnviz.cli.errors import FailedError


@pytest.mark.parametrize(("edges", "sizes"), SIZES.items())
def test_two_dense_layers_have_so_many_edges(edges: int, sizes: tuple[int, ...]) -> None:
    inputs, units, outputs = sizes
    assert inputs * units + units * outputs == edges


def test_a_row_says_what_it_costs_and_how_it_is_seen() -> None:
    rows = canvas_rows((100, 1000))
    assert [row["implementation"] for row in rows] == ["100", "1000 folded", "1000 unfolded"]
    for made in rows:
        assert made["workload"] == "canvas"
        assert all(made[cost] > 0 for cost in COSTS)
        assert made["items"] == rows[0]["items"]
    head, *lines = canvas_lines(rows)
    assert head.split()[0] == "edges"
    assert len(lines) == 3 and lines[2].startswith("1000 unfolded")


def test_the_table_stands_under_the_row_of_the_canvas(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"workload": "canvas", "implementation": "100", "us": 1.0, "ratios": {}, "items": 5} | dict.fromkeys(COSTS, 2.0)
    monkeypatch.setitem(bench.SCREEN, "canvas", lambda: [1.0, 2.0, 3.0])
    monkeypatch.setattr(bench, "canvas_rows", lambda: [made])
    first, _, line = run("bench", "--only", "canvas").out.splitlines()
    assert first.startswith("canvas") and "nnviz" in first
    assert line.split() == ["100", *["2.0"] * len(COSTS), "5"]
    rows = run("bench", "--only", "canvas", "--json").json["rows"]
    assert [row["implementation"] for row in rows] == ["nnviz", "100"]


def test_a_process_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_canvas.sys, "executable", "/bin/false")
    with pytest.raises(FailedError):
        canvas_rows((100,))
