"""Pictures of the canvas for files (PERFORMANCE: PNG 4× within a second, SVG and PDF within two); `make bench` measures them."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.pictures import build, pdf, png, svg
from nnviz.ui.theme import LIGHT
from tests.benchmarks.test_canvas import SIZE, wide
from tests.ui.canvas.networks import planar

MAKERS = {"png x4": lambda canvas: png(canvas, 4.0), "svg": svg, "pdf": pdf}


@pytest.fixture(params=["2-8-8-1", "64-128-64-10"])
def canvas(request: pytest.FixtureRequest, qtbot: QtBot) -> Canvas:
    """Return a canvas with maps, or one with every one of 17 024 edges."""
    run = planar((8, 8, 1)) if request.param == "2-8-8-1" else wide((128, 64, 10), 64)
    made = build(run.spec, run.frame, run.data, LIGHT, SIZE)
    qtbot.addWidget(made)
    made.sheet.unfolded = frozenset({"input", "l1", "l2"})
    made.fit()
    return made


@pytest.mark.parametrize("kind", MAKERS)
def test_picture(canvas: Canvas, benchmark: BenchmarkFixture, kind: str) -> None:
    content = benchmark.pedantic(MAKERS[kind], (canvas,), rounds=3)
    assert len(content) > 10_000
