"""A view that fails is switched off alone, says so once, and comes back by Retry: a fault is planted in each that paints."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGraphicsItem, QHBoxLayout, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

import nnviz.ui
from nnviz.app.document import RunState
from nnviz.formats.examples import load
from nnviz.ui import failsafe
from nnviz.ui.canvas.items import SheetItem
from nnviz.ui.canvas.pictures import build
from nnviz.ui.canvas.stage_bar import StageBar
from nnviz.ui.dock import Handle
from nnviz.ui.failsafe import Cover, ViewError, is_off, retry_all, updates
from nnviz.ui.form import ChoiceBox, Row, Tick
from nnviz.ui.formula import Formula
from nnviz.ui.metrics import Metrics
from nnviz.ui.panels.activation_plots import ActivationCurve, Histogram
from nnviz.ui.panels.card_section import CardSection
from nnviz.ui.panels.thumbnails import Thumbnail
from nnviz.ui.panels.weight_image import WeightImage
from nnviz.ui.panels.weight_list import WeightList
from nnviz.ui.plots.base import Plot
from nnviz.ui.plots.table import PLOTS
from nnviz.ui.plots.view import View
from nnviz.ui.theme import LIGHT, load_fonts
from tests.ui.conftest import OpenWindow
from tests.ui.plots.conftest import trained

PAINTING = ("paintEvent", "paint", "drawBackground", "drawForeground")


def painters() -> dict[str, type]:
    """Return every class of nnviz with a method of its own that Qt calls to paint, and the method: "View.paintEvent"."""
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(nnviz.ui.__path__, "nnviz.ui."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and kind.__module__.startswith("nnviz.") and issubclass(kind, QWidget | QGraphicsItem):
                found |= {f"{kind.__name__}.{name}": kind for name in PAINTING if name in vars(kind)}
    return found


def guarded(kind: type, name: str) -> bool:
    code = getattr(vars(kind)[name], "__code__", None)
    return code is not None and code.co_filename == failsafe.__file__


def canvas() -> QWidget:
    run = trained("spiral")
    return build(run.last.spec, run.last, run.data, LIGHT, (500, 400))


def plot(name: str) -> Plot:
    run = trained("spiral")
    made = PLOTS[name].plot()
    made.show_data(run.data)
    for frame in run.frames:
        made.record(frame)
    made.show_frame(run.last)
    return made


# What to make to have something painted by each method; the widget made is the one that is switched off.
MAKERS: dict[str, Callable[[], QWidget]] = {
    "Canvas.drawBackground": canvas,
    "SheetItem.paint": canvas,
    "View.paintEvent": lambda: plot("loss"),
    "View.drawBackground": lambda: plot("metric"),
    "View.drawForeground": lambda: plot("gradients"),
    "CurveItem.paint": lambda: plot("loss"),
    "DotsItem.paint": lambda: plot("surface"),
    "BarsItem.paint": lambda: plot("weights"),
    "ChoiceBox.paintEvent": lambda: Row("choice", ChoiceBox("choice", [("a", "A")])),
    "Tick.paintEvent": lambda: Row("tick", Tick("tick")),
    "Figure.paintEvent": lambda: Metrics(LIGHT),
    "Formula.paintEvent": lambda: Formula(LIGHT),
    "Handle.paintEvent": Handle,
    "WeightList.paintEvent": lambda: WeightList(LIGHT),
    "WeightImage.paintEvent": lambda: WeightImage(LIGHT),
    "ActivationCurve.paintEvent": lambda: ActivationCurve(LIGHT),
    "Histogram.paintEvent": lambda: Histogram(LIGHT),
    "CardSection.paintEvent": lambda: CardSection(LIGHT),
    "Thumbnail.paintEvent": lambda: Thumbnail("xor", load("xor").spec, LIGHT),
    "StageBar.paintEvent": lambda: StageBar(LIGHT),
}


class Fault:
    """Stands in the place of a painting method, inside its guard: begins to paint, and fails until it is mended."""

    def __init__(self, kind: type, name: str, patch: pytest.MonkeyPatch) -> None:
        guard = vars(kind)[name]
        (cell,) = (cell for cell, free in zip(guard.__closure__, guard.__code__.co_freevars, strict=True) if free == "method")
        self.called, self.broken, self.method = 0, True, cell.cell_contents
        fault = self

        def paint(thing: Any, *words: Any) -> None:
            fault.called += 1
            if fault.broken:
                inner = QImage(4, 4, QImage.Format.Format_RGB32)
                onto = QPainter(inner)
                device = thing.viewport() if isinstance(thing, View) else thing
                painter = words[0] if isinstance(words[0], QPainter) else QPainter(device)
                painter.drawLine(0, 0, 3, 3)
                onto.drawLine(0, 0, 3, 3)
                raise ZeroDivisionError("planted")
            fault.method(thing, *words)

        patch.setattr(cell, "cell_contents", paint)


class Host:
    """A window with a view in it, beside something else."""

    def __init__(self, qtbot: QtBot, view: QWidget) -> None:
        self.view, self.other, self.window = view, QLineEdit("beside"), QWidget()
        row = QHBoxLayout(self.window)
        view.setMinimumSize(max(60, view.minimumWidth()), max(30, view.minimumHeight()))
        row.addWidget(view)
        row.addWidget(self.other)
        self.window.resize(700, 420)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def cover(self) -> Cover:
        (found,) = self.view.findChildren(Cover)
        return found

    def covered(self) -> bool:
        return is_off(self.view) and self.cover.isVisible()


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[Callable[[QWidget], Host]]:
    load_fonts()
    held: list[Host] = []

    def make(view: QWidget) -> Host:
        held.append(Host(qtbot, view))
        return held[-1]

    yield make
    for each in held:
        each.window.close()
        each.window.deleteLater()


def test_everything_that_paints_is_guarded_and_tried() -> None:
    found = painters()
    del found["Cover.paintEvent"]  # the guard's own
    unguarded = [name for name, kind in found.items() if not guarded(kind, name.split(".")[1])]
    assert not unguarded
    assert set(MAKERS) <= set(found)


@pytest.mark.parametrize("name", MAKERS)
def test_a_fault_in_a_paint_switches_off_that_view_alone(
    name: str, qtbot: QtBot, host: Callable[[QWidget], Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Fault(painters()[name], name.split(".")[1], monkeypatch)
    with qtbot.captureExceptions() as caught:
        shown = host(MAKERS[name]())
        qtbot.waitUntil(shown.covered)
        shown.window.grab()
        failed = fault.called
        for _ in range(3):
            shown.view.update()
            shown.window.repaint()
    assert [kind for kind, _, _ in caught] == [ViewError] and isinstance(caught[0][1].__cause__, ZeroDivisionError)
    assert fault.called == failed, "it was painted although it is switched off"
    assert "ZeroDivisionError: planted" in shown.cover.words.text()
    assert shown.cover.size() == shown.view.size() and shown.other.grab().toImage() == shown.other.grab().toImage()

    fault.broken = False
    shown.cover.button.setFocus()
    QTest.keyClick(shown.cover.button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: fault.called > failed)
    assert not is_off(shown.view) and shown.cover.isHidden()


def test_a_fault_that_stays_comes_back_after_retry(
    qtbot: QtBot, host: Callable[[QWidget], Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    Fault(WeightList, "paintEvent", monkeypatch)
    with qtbot.captureExceptions() as caught:
        shown = host(WeightList(LIGHT))
        qtbot.waitUntil(shown.covered)
        shown.cover.button.click()
        assert not is_off(shown.view)
        qtbot.waitUntil(shown.covered)
    assert len(caught) == 2


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_whose_update_fails_is_off_until_retry_and_then_shows_the_newest(
    name: str, qtbot: QtBot, host: Callable[[QWidget], Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained("sine" if name == "fit" else "spiral")
    view = plot(name)
    shown = host(view)
    drawn = type(view).draw
    with monkeypatch.context() as patch, qtbot.captureExceptions() as caught:
        patch.setattr(type(view), "draw", lambda self: 1 / 0)
        view.show_data(run.data)
        view.show_frame(run.frames[2])
        view.show_frame(run.frames[3])
        view.show_spec(run.last.spec)
        qtbot.waitUntil(shown.covered)
    assert len(caught) == 1 and is_off(view)
    assert type(view).draw is drawn
    view.show_frame(run.frames[4])
    assert is_off(view) and view.frame is not run.frames[4], "a new frame alone switched it on again"
    shown.cover.button.click()
    assert not is_off(view) and view.frame is run.frames[4] and view.data is run.data


def test_a_canvas_whose_update_fails_keeps_nothing_from_the_others(
    qtbot: QtBot, host: Callable[[QWidget], Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained("spiral")
    view: Any = canvas()
    shown, beside = host(view), plot("loss")
    with qtbot.captureExceptions() as caught, monkeypatch.context() as patch:
        patch.setattr(type(view.sheet), "plan_edges", lambda self: 1 / 0)
        for each in (view, beside):
            each.show_frame(replace(run.frames[1], step=77))
        qtbot.waitUntil(shown.covered)
    assert len(caught) == 1 and beside.frame is not None and beside.frame.step == 77
    retry_all(shown.window)
    assert not is_off(view) and view.sheet.frame.step == 77
    beside.close()


def test_a_fault_outside_a_window_reaches_whoever_draws(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    view = plot("loss")
    with monkeypatch.context() as patch:
        patch.setattr(type(view), "draw", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            view.show_frame(trained("spiral").frames[1])
    assert not is_off(view)
    view.close()


def test_a_view_that_is_off_is_refused_as_a_picture(qtbot: QtBot, host: Callable[[QWidget], Host], monkeypatch: pytest.MonkeyPatch) -> None:
    Fault(WeightList, "paintEvent", monkeypatch)
    with qtbot.captureExceptions():
        shown = host(WeightList(LIGHT))
        failsafe.check(shown.other)
        qtbot.waitUntil(lambda: is_off(shown.view))
    with pytest.raises(ViewError, match="planted"):
        failsafe.check(shown.other, shown.view)


def test_the_focus_goes_to_retry_and_back(qtbot: QtBot, host: Callable[[QWidget], Host], monkeypatch: pytest.MonkeyPatch) -> None:
    view: Any = canvas()
    shown = host(view)
    view.setFocus()
    fault = Fault(SheetItem, "paint", monkeypatch)
    with qtbot.captureExceptions():
        view.viewport().update()
        qtbot.waitUntil(shown.covered)
    assert shown.cover.button.hasFocus()
    QTest.keyClick(shown.cover.button, Qt.Key.Key_Tab)
    assert shown.other.hasFocus()
    QTest.keyClick(shown.other, Qt.Key.Key_Backtab)
    assert shown.cover.button.hasFocus()
    fault.broken = False
    QTest.keyClick(shown.cover.button, Qt.Key.Key_Space)
    assert view.hasFocus()


def test_the_cover_follows_the_size_of_its_view_and_says_files_words_literally(
    qtbot: QtBot, host: Callable[[QWidget], Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shy(QLabel):
        @updates
        def show_words(self, words: str) -> None:
            raise ValueError(words)

    view = Shy()
    shown = host(view)
    with qtbot.captureExceptions():
        view.show_words("<b>{view}</b>" + "x" * 1000)
        qtbot.waitUntil(shown.covered)
    assert "<b>{view}</b>" in shown.cover.words.text() and len(shown.cover.words.text()) < 300
    assert shown.cover.words.textFormat() is Qt.TextFormat.PlainText and "<b>" not in shown.cover.toolTip()
    view.resize(view.width() + 30, view.height() + 40)
    assert shown.cover.size() == view.size()


def test_the_rest_of_the_program_goes_on(qtbot: QtBot, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window("xor")
    document, loss = window.document, window.plots.plots["loss"]
    fault = Fault(SheetItem, "paint", monkeypatch)
    with qtbot.captureExceptions() as caught:
        document.train()
        qtbot.waitUntil(lambda: is_off(window.canvas))
        assert document.frame is not None
        step = document.frame.step
        qtbot.waitUntil(lambda: loss.frame is not None and loss.frame.step > step, timeout=20000)
        document.pause()
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED, timeout=20000)
    assert [kind for kind, _, _ in caught] == [ViewError] and not is_off(loss) and not is_off(window.inspector)
    fault.broken = False
    retry_all(window)
    assert not is_off(window.canvas)
    newest = document.frame
    qtbot.waitUntil(lambda: window.canvas.sheet.frame is newest)
