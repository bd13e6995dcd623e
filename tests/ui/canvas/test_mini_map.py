"""The mini-map: there while not all is in view, showing where one is, and moving the view there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.engine.spec import Spec
from nnviz.ui.canvas import mini_map, pictures
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.mini_map import MiniMap, shapes
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import DARK, LIGHT
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import network, planar
from tests.ui.scaling import scaled

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Mapped = Callable[..., tuple[Canvas, MiniMap]]


@pytest.fixture
def mapped(show: Show) -> Mapped:
    def made(zoom: float = 3.0) -> tuple[Canvas, MiniMap]:
        canvas = show(planar((8, 6, 1), epochs=0), (900, 600))
        found = MiniMap(canvas)
        if zoom:
            canvas.navigator.look(zoom, canvas.bounds.center(), canvas.bounds)
        return canvas, found

    return made


def middle(canvas: Canvas) -> QPointF:
    return canvas.mapToScene(canvas.viewport().rect()).boundingRect().center()


def wheel(widget: MiniMap, angle: int) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place, widget.mapToGlobal(place), QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(widget, event)


def test_it_is_there_while_a_part_is_out_of_view(mapped: Mapped) -> None:
    canvas, found = mapped(0.0)
    canvas.fit()
    assert not found.isVisible()
    canvas.navigator.zoom(2.0)
    assert found.isVisible()
    canvas.fit()
    assert not found.isVisible()


def test_it_stands_in_the_lower_right_corner_at_any_size(mapped: Mapped) -> None:
    canvas, found = mapped()
    edge = mini_map.MARGIN
    assert abs(found.width() - mini_map.WIDTH) <= 2 and abs(found.height() - mini_map.HEIGHT) <= 2
    for size in ((700, 500), (1100, 800), (260, 200)):
        canvas.resize(*size)
        room = canvas.viewport().rect()
        assert room.bottomRight() - found.geometry().bottomRight() == QPoint(edge, edge), size
        assert found.width() <= mini_map.LARGEST * room.width() + 1 and found.height() <= mini_map.LARGEST * room.height() + 1


def test_a_press_looks_there_and_a_drag_takes_the_view_along(mapped: Mapped) -> None:
    canvas, found = mapped()
    zoom, bounds = canvas.navigator.scale, canvas.bounds
    for share in ((0.2, 0.4), (0.7, 0.6)):
        wanted = QPointF(bounds.left() + share[0] * bounds.width(), bounds.top() + share[1] * bounds.height())
        QTest.mouseClick(found, LEFT, NONE, found._placing().map(wanted).toPoint())
        miss = middle(canvas) - wanted
        assert abs(miss.x()) < 0.02 * bounds.width() and abs(miss.y()) < 0.02 * bounds.height()
    QTest.mousePress(found, LEFT, NONE, found.rect().center())
    before = middle(canvas)
    QTest.mouseMove(found, found.rect().center() + QPoint(30, 0))
    assert middle(canvas).x() > before.x() + 0.1 * bounds.width()
    QTest.mouseMove(found, QPoint(5000, 5000))
    assert bounds.adjusted(-1, -1, 1, 1).contains(middle(canvas)), "never beyond the drawing"
    QTest.mouseRelease(found, LEFT, NONE, found.rect().center())
    before = middle(canvas)
    QTest.mouseMove(found, found.rect().center())
    assert middle(canvas) == before and canvas.navigator.scale == pytest.approx(zoom)


def test_its_events_are_not_the_canvas_ones(mapped: Mapped) -> None:
    canvas, found = mapped()
    selected = Selection("neuron", "l1", "n2")
    canvas.select(selected)
    canvas.setFocus()
    QTest.mouseClick(found, LEFT, NONE, QPoint(5, 5))
    assert canvas.selection == selected and found.focusPolicy() is Qt.FocusPolicy.NoFocus
    assert found.contextMenuPolicy() is Qt.ContextMenuPolicy.PreventContextMenu
    before = middle(canvas)
    QTest.mouseClick(found, Qt.MouseButton.RightButton, NONE, QPoint(5, 5))
    assert middle(canvas) == before


def test_the_wheel_over_it_zooms_about_the_middle_of_the_view(mapped: Mapped) -> None:
    canvas, found = mapped()
    before, center = canvas.navigator.scale, middle(canvas)
    wheel(found, 120)
    assert canvas.navigator.scale == pytest.approx(before * 1.0015**120)
    assert abs(middle(canvas).x() - center.x()) < 3 and abs(middle(canvas).y() - center.y()) < 3
    for _ in range(30):
        wheel(found, -120)
    assert not found.isVisible()


def test_the_frame_is_what_is_in_view(mapped: Mapped) -> None:
    canvas, found = mapped()
    ink = canvas.sheet.inks.ink
    for share in (0.3, 0.7):
        center = QPointF(canvas.bounds.left() + share * canvas.bounds.width(), canvas.bounds.center().y())
        canvas.navigator.look(3.0, center, canvas.bounds)
        image = found.grab().toImage()
        places = ((x, y) for x in range(found.width()) for y in range(found.height()))
        dark = [place for place in places if image.pixelColor(*place).lightness() < ink.lightness() + 60]
        frame = found._placing().mapRect(found._seen)
        columns, rows = {x for x, _ in dark}, {y for _, y in dark}
        edges = (min(columns), min(rows), max(columns), max(rows))
        assert np.allclose(edges, (frame.left(), frame.top(), frame.right(), frame.bottom()), atol=2.5), share


def test_tiles_and_blocks_are_drawn_pale_in_the_present_theme(mapped: Mapped) -> None:
    canvas, found = mapped()
    for theme in (LIGHT, DARK, scaled(DARK, 1.5)):
        canvas.set_theme(theme)
        found.follow()
        canvas.navigator.look(3.0, canvas.bounds.center(), canvas.bounds)
        image, background = found.grab().toImage(), canvas.sheet.inks.background
        assert abs(found.width() - theme.pixels(mini_map.WIDTH)) <= 3
        assert image.pixelColor(theme.pixels(3), theme.pixels(3)) == background
        assert canvas.sheet.layout is not None
        for column in canvas.sheet.layout.columns:
            place = found._placing().map(QPointF(*column.centers[0])).toPoint()
            assert image.pixelColor(place) != background, column.id


def test_the_picture_is_kept_until_the_layout_changes(mapped: Mapped, qtbot: QtBot) -> None:
    canvas, found = mapped()
    found.grab()
    kept = found._picture.cacheKey()
    canvas.navigator.zoom(1.2)
    found.grab()
    assert found._picture.cacheKey() == kept
    spec = canvas.sheet.spec
    assert spec is not None
    canvas.show_spec(Spec(network((3, 1), ("x1", "x2"), "tanh", "tanh"), spec.training, spec.data))
    found.grab()
    assert found._picture.cacheKey() != kept
    qtbot.waitUntil(lambda: found._followed is canvas.sheet.layout)


def test_an_edit_that_makes_the_drawing_larger_calls_it(mapped: Mapped, qtbot: QtBot) -> None:
    canvas, found = mapped(0.0)
    canvas.navigator.look(1.0, canvas.bounds.center(), canvas.bounds)
    assert not found.isVisible()
    spec = canvas.sheet.spec
    assert spec is not None
    canvas.show_spec(Spec(network((8,) * 100 + (1,), ("x1", "x2"), "tanh", "tanh"), spec.training, spec.data))
    qtbot.waitUntil(found.isVisible)
    assert found.height() == mini_map.NARROWEST + 2 * mini_map.PADDING, "a long strip is stretched, and stands in a low map"
    canvas.navigator.look(1.0, canvas.bounds.topLeft(), canvas.bounds)
    inner = QRectF(found.rect()).adjusted(*(side * mini_map.PADDING for side in (1, 1, -1, -1)))
    drawn = found._placing().mapRect(canvas.bounds)
    assert np.allclose(drawn.getRect(), inner.getRect(), atol=1.0)


def test_pictures_do_not_have_it(mapped: Mapped) -> None:
    canvas, found = mapped()
    assert found.isVisible()
    shown = pictures.pixels(canvas)
    found.hide()
    assert np.array_equal(shown, pictures.pixels(canvas))


def test_nothing_stays_lit_under_it(mapped: Mapped) -> None:
    canvas, found = mapped()
    canvas.highlight(Selection("neuron", "l1", "n2"))
    QTest.mouseMove(found, QPoint(20, 20))
    QApplication.sendEvent(found, _enter(found))
    assert canvas.sheet.hovered == NETWORK


def _enter(found: MiniMap) -> QEvent:
    from PySide6.QtGui import QEnterEvent

    place = QPointF(20, 20)
    return QEnterEvent(place, place, found.mapToGlobal(place))


def test_small_tiles_of_a_column_are_one_stroke(mapped: Mapped) -> None:
    canvas, _ = mapped()
    assert canvas.sheet.layout is not None
    column = canvas.sheet.layout.column("l1")
    assert len(shapes(column, 1.0)) == 8
    (stroke,) = shapes(column, 0.01)
    assert all(stroke.adjusted(-1, -1, 1, 1).contains(QRectF(*box)) for box in column.tiles.tolist())


def test_it_has_a_name_and_says_what_it_does(mapped: Mapped) -> None:
    _, found = mapped()
    assert found.accessibleName() == "Mini-map" and "drag" in found.toolTip()
    found.setAccessibleName("")
    QApplication.sendEvent(found, QEvent(QEvent.Type.LanguageChange))
    assert found.accessibleName() == "Mini-map"
