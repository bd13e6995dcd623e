"""RELIABILITY.md, row 10: whatever the numbers, every plot paints at once, shows the fault, and recovers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nnviz.app.frame import Frame
from nnviz.engine.history import SERIES, Curves
from nnviz.ui.plots.table import PLOTS

NAN, INF = np.nan, np.inf
FAULTS = {
    "NaN": [NAN] * 8,
    "one NaN": [1.0, 2.0, NAN, 4.0, 5.0],
    "every other NaN": [1.0, NAN, 2.0, NAN, 3.0, NAN],
    "∞": [INF] * 5,
    "one ∞": [1.0, INF, 3.0],
    "−∞": [-INF, 1.0, 2.0],
    "all kinds": [NAN, INF, -INF, 0.0, 1e308],
    "1e308": [1e308, 1.7e308, 1e308],
    "±1e308": [-1.7e308, 1.7e308, 0.0],
    "1e-310": [1e-310, 3e-310, 2e-310],
    "±1e-310": [1e-310, -1e-310],
    "empty": [],
    "constant": [5.0] * 6,
    "zero": [0.0] * 4,
}
LIMIT = 0.1
EXAMPLE = {"fit": "sine"}


def with_curves(frame: Frame, values: np.ndarray) -> Frame:
    x = np.arange(len(values), dtype=float)
    return replace(frame, curves=Curves(dict.fromkeys(SERIES, (x, values))))


def with_layers(frame: Frame, values: np.ndarray) -> Frame:
    matrix = values[None, :]
    layers = tuple(replace(layer, weights=matrix, gradient=matrix) for layer in frame.layers)
    return replace(frame, layers=layers, step=frame.step + 1)


def with_surface(frame: Frame, values: np.ndarray) -> Frame:
    assert frame.surface is not None
    shape = frame.surface.shape
    with np.errstate(over="ignore"):
        surface = np.resize(values, shape).astype(np.float32) if len(values) else np.zeros((shape[0], *(0,) * (len(shape) - 1)), np.float32)
    return replace(frame, surface=surface)


BROKEN: dict[str, Callable[[Frame, np.ndarray], Frame]] = {
    "loss": with_curves,
    "metric": with_curves,
    "weights": with_layers,
    "gradients": with_layers,
    "surface": with_surface,
    "fit": with_surface,
}


def test_every_plot_is_tried() -> None:
    assert set(BROKEN) == set(PLOTS)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", PLOTS)
def test_a_fault_is_painted_shown_and_survived(name: str, fault: str, run: Callable, shown: Callable, running: Callable) -> None:
    good, values = run(EXAMPLE.get(name, "spiral")), np.array(FAULTS[fault])
    plot = shown(name, good)
    before = plot.png(1.0)
    bad = BROKEN[name](good.last, values)

    for frame in (bad, running(bad)):
        start = time.thread_time()
        plot.show_frame(frame)
        plot.grab()
        assert time.thread_time() - start < LIMIT
        if not np.isfinite(values).all():
            assert plot.view.decor.note or plot.view.decor.message
        plot.png(1.0)
        list(plot.table()[1])
        for place in (0.0, 0.5, 1.0):
            plot.view.pointed.emit((place, place))
        plot.grab()

    plot.view.pointed.emit(None)
    plot.show_frame(good.frames[0])
    for frame in good.frames[1:]:
        plot.show_frame(frame)
    assert plot.png(1.0) == before


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("log", [True, False])
def test_both_kinds_of_axes_survive(fault: str, log: bool, run: Callable, shown: Callable) -> None:
    good = run("spiral")
    plot = shown("loss", good)
    plot.set_log(log)
    plot.show_frame(with_curves(good.last, np.array(FAULTS[fault])))
    assert plot.png(1.0)


def test_a_gap_is_marked_where_a_value_is_not_finite(run: Callable, shown: Callable) -> None:
    plot = shown("loss", run("spiral"))
    plot.show_frame(with_curves(run("spiral").last, np.array([1.0, NAN, 3.0, INF, 5.0])))
    assert "4" in plot.view.decor.note  # two in each of the two lines


@pytest.mark.parametrize("name", ["surface", "fit"])
def test_samples_that_are_not_finite_are_left_out(name: str, run: Callable, shown: Callable) -> None:
    good = run(EXAMPLE.get(name, "spiral"))
    raw = good.data.raw.copy()
    raw[0], raw[1], raw[2] = NAN, INF, 1e308
    plot = shown(name, good)
    plot.show_data(replace(good.data, raw=raw))
    assert plot.png(1.0)
