"""Plots take turns: few at a time, all of them in the end, none of them hidden."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nnviz.ui.plots.turns import AT_MOST, RoundRobin

NAMES = ("loss", "metric", "weights", "gradients", "surface")


@pytest.fixture
def five(run: Callable, shown: Callable, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[str]]:
    """Return five shown plots and the list their names come on as they are updated."""
    plots, updated = [shown(name) for name in NAMES], []
    for plot in plots:
        original = plot.show_frame

        def noted(frame: Any, plot: Any = plot, original: Any = original) -> None:
            updated.append(plot.name)
            original(frame)

        monkeypatch.setattr(plot, "show_frame", noted)
    return plots, updated


def test_a_frame_reaches_all_visible_plots_a_few_at_a_time(five: Any, run: Callable, qtbot: Any) -> None:
    plots, updated = five
    turns, frame = RoundRobin(plots), run("spiral").last
    turns.show_frame(frame)
    assert 1 <= len(updated) <= AT_MOST
    qtbot.waitUntil(lambda: all(plot.frame is frame for plot in plots), timeout=5000)
    assert sorted(updated) == sorted(NAMES)
    assert not turns.is_busy


def test_with_frames_streaming_in_every_plot_gets_its_turn(five: Any, run: Callable, qtbot: Any) -> None:
    plots, updated = five
    turns, frame = RoundRobin(plots), run("spiral").last
    for step in range(40):
        turns.show_frame(replace(frame, step=step))
        turns.show_frame(replace(frame, step=step))
    qtbot.waitUntil(lambda: not turns.is_busy, timeout=5000)
    assert set(updated) == set(NAMES)
    assert all(plot.frame.step == 39 for plot in plots)


def test_a_costly_plot_is_updated_alone(five: Any, run: Callable, qtbot: Any) -> None:
    plots, updated = five
    turns = RoundRobin(plots[:2])
    for plot in plots:
        plot.view.paint_seconds = 0.02
    turns.show_frame(run("spiral").last)
    assert len(updated) == 1
    qtbot.waitUntil(lambda: not turns.is_busy, timeout=5000)


def test_hidden_plots_do_nothing_until_they_appear(five: Any, run: Callable, qtbot: Any) -> None:
    plots, updated = five
    turns, frame = RoundRobin(plots), run("spiral").last
    plots[0].hide()
    turns.show_frame(frame)
    qtbot.waitUntil(lambda: not turns.is_busy, timeout=5000)
    assert "loss" not in updated
    plots[0].show()
    qtbot.waitUntil(lambda: plots[0].frame is frame, timeout=5000)
    assert updated.count("loss") == 1


def test_hidden_plots_still_record(five: Any, run: Callable, qtbot: Any) -> None:
    plots, _ = five
    gradients = plots[NAMES.index("gradients")]
    gradients.hide()
    turns = RoundRobin(plots)
    for frame in run("spiral").frames:
        turns.show_frame(frame)
    gradients.show()
    qtbot.waitUntil(lambda: not turns.is_busy, timeout=5000)
    assert len(gradients.table()[1]) == len(run("spiral").frames) - 1


def test_the_surface_is_wanted_while_a_plot_of_it_is_seen(five: Any, qtbot: Any) -> None:
    plots, _ = five
    turns = RoundRobin(plots)
    surface = plots[NAMES.index("surface")]
    assert turns.wants_surface
    with qtbot.waitSignal(turns.wishes_changed):
        surface.hide()
    assert not turns.wants_surface
    with qtbot.waitSignal(turns.wishes_changed):
        surface.show()
    assert turns.wants_surface


def test_the_table_of_plots_is_read_without_qt() -> None:
    code = "import sys; import nnviz.ui.plots.table as t; print(len(t.PLOTS), 'pyqtgraph' in sys.modules, 'PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1:] == ["False", "False"]
