"""`nnviz bench --only growth`: cost against width and batch, beside the model."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.cli import bench_growth
from nnviz.cli.bench_growth import SHAPES, model, workload


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_growth, "ROUNDS", 2)
    monkeypatch.setattr(bench_growth, "ROUND_SECONDS", 0.0005)


@pytest.mark.parametrize(("width", "batch", "us"), [(4, 32, 14.7), (8, 32, 16.7), (16, 32, 21.7), (64, 32, 76.7), (16, 2048, 519)])
def test_the_model_is_that_of_the_design(width: int, batch: int, us: float) -> None:
    assert model(workload(width, batch)) == pytest.approx(us, rel=0.01)


def test_widths_and_batches_are_those_asked_for() -> None:
    widths, batches = {width for width, _ in SHAPES}, {batch for _, batch in SHAPES}
    assert (min(widths), max(widths), min(batches), max(batches)) == (4, 512, 1, 2048)
    assert len(set(SHAPES)) == len(SHAPES)


@pytest.mark.usefixtures("few")
def test_every_shape_has_a_row_for_each_precision(run: Any) -> None:
    rows = run("bench", "--only", "growth", "--json").json["rows"]
    assert {(row["width"], row["batch"]) for row in rows} == set(SHAPES)
    assert [row["implementation"] for row in rows] == ["nnviz-f4", "nnviz-f8"] * len(SHAPES)
    for row in rows:
        assert row["us"] > 0
        assert row["model_us"] > 0.4 * row["calls"]
        assert row["parameters"] == 2 * row["width"] ** 2 + 6 * row["width"] + 1


def test_the_table_has_a_line_a_shape() -> None:
    rows = [bench_growth._row(name, *shape, [10.0, 20.0]) for shape in SHAPES for name in bench_growth.PRECISIONS]
    lines = bench_growth.growth_lines(rows)
    assert len(lines) == 1 + len(SHAPES)
    assert lines[0].split()[:3] == ["units", "batch", "calls"]
    assert lines[1].split() == ["4", "32", "32", "0.008", "15.0", "15.0", "14.7"]
