"""What every plot does: a title, axes with names, a legend, hover values, pictures, numbers, both themes, no work when hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip

from nnviz.engine.history import Curves
from nnviz.formats.table import to_csv
from nnviz.ui import tips
from nnviz.ui.plots.base import Plot
from nnviz.ui.plots.table import PLOTS, fitting, numbers, render
from nnviz.ui.theme import DARK, LIGHT

EVERY = pytest.mark.parametrize("name", PLOTS)
EXAMPLE = {"fit": "sine"}


def image_of(png: bytes) -> QImage:
    made = QImage.fromData(png)
    assert not made.isNull()
    return made


def buttons(plot: Plot) -> dict[str, QPushButton]:
    return {button.accessibleName(): button for button in plot.findChildren(QPushButton)}


@EVERY
def test_title_axes_and_legend(name: str, run: Callable, shown: Callable) -> None:
    plot = shown(name, run(EXAMPLE.get(name, "spiral")))
    decor = plot.view.decor
    assert plot.name == name
    assert decor.title == plot.title == plot.accessibleName()
    assert decor.x_name
    assert decor.y_name
    assert decor.x is not None
    assert decor.y is not None
    assert decor.legend
    assert not decor.message
    assert not decor.note


@EVERY
def test_it_says_what_it_shows_beside_the_data_alone(name: str, run: Callable, shown: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = shown(name, run(EXAMPLE.get(name, "spiral")))
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, words, widget: told.append(words))
    for place in (QPoint(2, 2), plot.view.plot_rect().center().toPoint()):
        QApplication.sendEvent(plot.view.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, plot.view.mapToGlobal(place)))
    assert told == [tips.plain(plot.meaning), ""] and plot.meaning.endswith(".")
    assert plot.view.whatsThis().startswith(tips.plain(plot.meaning).removesuffix("</qt>"))


@EVERY
def test_an_empty_plot_says_why(name: str, shown: Callable) -> None:
    assert shown(name).view.decor.message


@EVERY
def test_hover_names_values_and_leaving_takes_them_away(name: str, run: Callable, shown: Callable) -> None:
    plot = shown(name, run(EXAMPLE.get(name, "spiral")))
    plain = plot.view.grab().toImage()
    place = plot.view.plot_rect().center()
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plot.view.viewport(), move)
    hover = plot.hover_at(0.5, 0.5)
    assert hover is not None
    assert all(text and value for _, text, value in hover.lines)
    assert plot.view.grab().toImage() != plain
    QApplication.sendEvent(plot.view.viewport(), QEvent(QEvent.Type.Leave))
    plot.view.leaveEvent(QEvent(QEvent.Type.Leave))
    assert plot.view.grab().toImage() == plain


@EVERY
def test_pictures_have_the_asked_size_and_theme(name: str, run: Callable, qapp: QApplication) -> None:
    trained = run(EXAMPLE.get(name, "spiral"))
    for theme in (LIGHT, DARK):
        image = image_of(render(name, trained.last, trained.data, theme, (600, 340), 2.0, trained.frames[:-1]))
        assert (image.width(), image.height()) == (1200, 680)
        assert image.pixelColor(1, 1) == QColor(theme.window)
        colors = {image.pixel(x, y) for x in range(0, 840, 3) for y in range(0, 400, 3)}
        assert len(colors) > 8


@EVERY
def test_a_picture_leaves_the_screen_as_it_was(name: str, run: Callable, shown: Callable, running: Callable) -> None:
    trained = run(EXAMPLE.get(name, "spiral"))
    plot = shown(name, trained)
    plot.show_frame(running(trained.last))
    before = plot.view.grab().toImage()
    plot.png(3.0)
    assert plot.view.grab().toImage() == before


@EVERY
def test_the_theme_changes_live_and_back(name: str, run: Callable, shown: Callable) -> None:
    plot = shown(name, run(EXAMPLE.get(name, "spiral")))
    light = plot.png(1.0)
    plot.set_theme(DARK)
    assert image_of(plot.png(1.0)).pixelColor(1, 1) == QColor(DARK.window)
    plot.set_theme(LIGHT)
    assert plot.png(1.0) == light


@EVERY
def test_tables_are_rectangles_of_finite_numbers(name: str, run: Callable, qapp: QApplication) -> None:
    trained = run(EXAMPLE.get(name, "spiral"))
    header, rows = numbers(name, trained.last, trained.data, trained.frames)
    assert rows
    assert all(len(row) == len(header) for row in rows)
    assert all(value is None or np.isfinite(value) for row in rows for value in row)
    assert to_csv(header, rows).count(b"\n") == len(rows) + 1


@EVERY
def test_keys_zoom_and_home_sees_all(name: str, run: Callable, shown: Callable, qtbot: object) -> None:
    plot = shown(name, run(EXAMPLE.get(name, "spiral")))
    before = plot.view.grab().toImage()
    home = buttons(plot)["See the whole plot"]
    assert not home.isVisible()
    QTest.keyClick(plot.view, Qt.Key.Key_Plus)
    QTest.keyClick(plot.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert not plot.view.whole
    assert home.isVisible()
    QTest.mouseClick(home, Qt.MouseButton.LeftButton)
    assert plot.view.whole
    assert not home.isVisible()
    assert plot.view.grab().toImage() == before
    QTest.keyClick(plot.view, Qt.Key.Key_Minus)
    QTest.keyClick(plot.view, Qt.Key.Key_Home)
    assert plot.view.whole


def test_arrows_read_values(run: Callable, shown: Callable) -> None:
    plot = shown("loss", run("spiral"))
    plain = plot.view.grab().toImage()
    QTest.keyClick(plot.view, Qt.Key.Key_Right)
    assert plot.view.grab().toImage() != plain


def test_the_wheel_zooms_and_a_double_click_sees_all(run: Callable, shown: Callable) -> None:
    plot = shown("loss", run("spiral"))
    at = plot.view.plot_rect().center().toPoint()
    where, turned, none = QPointF(at), QPoint(0, 240), Qt.MouseButton.NoButton
    wheel = QWheelEvent(where, where, QPoint(), turned, none, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(plot.view.viewport(), wheel)
    assert not plot.view.whole
    QTest.mouseDClick(plot.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert plot.view.whole


@pytest.mark.parametrize("name", ["loss", "gradients"])
def test_the_log_button_switches_the_axis(name: str, run: Callable, shown: Callable) -> None:
    plot = shown(name, run("spiral"))
    switch = buttons(plot)["Logarithmic axis"]
    assert switch.isVisible()
    assert plot.view.decor.y.log
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert not plot.view.decor.y.log
    assert "linear" in switch.toolTip()


@pytest.mark.parametrize("name", ["metric", "weights", "surface", "fit"])
def test_the_others_have_no_log_button(name: str, run: Callable, shown: Callable) -> None:
    assert not buttons(shown(name, run("sine")))["Logarithmic axis"].isVisible()


def test_hostile_names_are_shown_literally(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    names = ("<img src='file:///etc/passwd'>", "<b>x</b>&amp;")
    plot = shown("surface", trained)
    plot.show_data(replace(trained.data, class_names=names))
    assert [entry.text for entry in plot.view.decor.legend][-2:] == list(names)
    assert plot.png(1.0)


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("size", [(120, 80), (240, 150), (1600, 1000)])
def test_any_size_can_be_painted(name: str, size: tuple[int, int], run: Callable, shown: Callable) -> None:
    plot = shown(name, run(EXAMPLE.get(name, "spiral")), size)
    rect = plot.view.plot_rect()
    assert rect.width() > 0
    assert rect.height() > 0
    assert plot.png(1.0)


def test_plots_that_fit_the_data(run: Callable, qapp: QApplication) -> None:
    assert "surface" in fitting(run("spiral").data)
    assert "fit" not in fitting(run("spiral").data)
    assert "fit" in fitting(run("sine").data)
    assert not {"fit", "surface"} & set(fitting(run("iris").data))


def test_every_entry_has_its_own_name_and_a_summary() -> None:
    assert all(name == entry.name == entry.plot_class().name for name, entry in PLOTS.items())
    assert all(entry.summary.endswith(".") for entry in PLOTS.values())
    assert sum(entry.shown for entry in PLOTS.values()) >= 3


def test_an_unknown_plot(run: Callable, qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        render("pie", run("spiral").last, None, LIGHT)


def test_an_export_is_fitted_closely_even_while_training(run: Callable, shown: Callable, running: Callable) -> None:
    trained = run("spiral")
    plot = shown("loss", trained)
    x, y = np.arange(100.0), np.ones(100)
    for top in (50, 101):
        curves = Curves({"train_loss": (x[:top], y[:top])})
        plot.show_frame(running(replace(trained.last, curves=curves)))
    assert plot.view.decor.x.high > 120
    still = replace(trained.last, curves=Curves({"train_loss": (x, y)}))
    expected = render("loss", still, trained.data, LIGHT, (420, 200), 1.0)
    assert plot.png(1.0) == expected
