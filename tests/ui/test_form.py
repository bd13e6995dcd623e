"""Rows, facts, boxes and ticks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.table import Parameter
from nnviz.ui.fields import NumberField
from nnviz.ui.form import ChoiceBox, ElidedLabel, Fact, Form, Row, Tick

CHOICES = [("mse", "mean squared error"), ("bce", "binary cross-entropy"), ("cce", "cross-entropy")]


def shown(qtbot: QtBot, widget: QWidget, width: int) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(width, widget.sizeHint().height())
    widget.show()
    return widget


def test_a_row_puts_its_control_beside_or_below_the_label(qtbot: QtBot) -> None:
    row = Row("Gradient clipping", Fact("a rather long value"))
    dock = QWidget()
    row.setParent(dock)
    shown(qtbot, dock, 400)
    row.resize(400, 30)
    assert row.label.y() == pytest.approx(row.control.y(), abs=8)
    narrow = row.label.sizeHint().width() + 20
    row.resize(narrow, 80)
    qtbot.waitUntil(lambda: row.control.y() >= row.label.y() + row.label.height() - 1)
    assert row.control.geometry().right() <= narrow
    row.resize(400, 30)
    qtbot.waitUntil(lambda: row.control.y() < row.label.height())


def test_a_row_asks_for_no_more_width_than_its_wider_half(qtbot: QtBot) -> None:
    row = Row("Label", Fact("x" * 30))
    qtbot.addWidget(row)
    assert row.minimumSizeHint().width() == row.control.minimumSizeHint().width()


def test_a_row_shows_why_its_control_was_refused(qtbot: QtBot) -> None:
    row = Row("Loss", ChoiceBox("Loss", CHOICES))
    shown(qtbot, row, 300)
    row.refuse("<b>no</b>")
    assert row.note.isVisible()
    assert row.note.textFormat() == Qt.TextFormat.PlainText
    row.refuse("")
    assert not row.note.isVisible()


def test_the_note_of_a_number_field_stands_in_its_row(qtbot: QtBot) -> None:
    field = NumberField(Parameter("a", 1.0, 0.0), name="a")
    row = Row("a", field)
    shown(qtbot, row, 300)
    row.refuse("because")
    assert field.note.isVisible()
    qtbot.waitUntil(lambda: field.note.mapTo(row, QPoint(0, 0)).y() >= field.geometry().bottom())


def test_a_box_tells_only_what_a_person_picked(qtbot: QtBot) -> None:
    box = ChoiceBox("Loss", CHOICES)
    shown(qtbot, box, 200)
    seen: list[str] = []
    box.picked.connect(seen.append)
    box.show_key("cce")
    assert (box.key(), seen) == ("cce", [])
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert seen == ["bce"]
    assert box.accessibleName() == "Loss"


def test_a_box_without_the_focus_leaves_the_wheel_to_the_panel(qtbot: QtBot) -> None:
    box = ChoiceBox("Loss", CHOICES)
    shown(qtbot, box, 200)
    place = QPointF(5.0, 5.0)
    nothing, no_key, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(place, place, QPoint(), QPoint(0, -120), nothing, no_key, phase, False)
    QApplication.sendEvent(box, event)
    assert box.key() == "mse"


@pytest.mark.parametrize("width", [60, 120, 400])
def test_a_box_draws_at_any_width(qtbot: QtBot, width: int) -> None:
    assert not shown(qtbot, ChoiceBox("Loss", CHOICES), width).grab().isNull()


def test_a_tick_is_ticked_on_its_box_and_by_key(qtbot: QtBot) -> None:
    tick = Tick("Freeze weights")
    shown(qtbot, tick, 200)
    qtbot.mouseClick(tick, Qt.MouseButton.LeftButton, pos=QPoint(5, tick.height() // 2))
    assert not tick.isChecked()
    qtbot.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick._box().center())
    assert tick.isChecked()
    tick.setFocus()
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    assert not tick.isChecked()
    assert tick.accessibleName() == "Freeze weights"


def test_an_elided_label_keeps_the_whole_in_its_tip(qtbot: QtBot) -> None:
    label = ElidedLabel()
    shown(qtbot, label, 80)
    label.show_words("one sentence that is <i>far</i> too long for this label")
    assert label.text().endswith("…")
    assert "&lt;i&gt;far" in label.toolTip()
    label.resize(900, 20)
    assert label.text() == "one sentence that is <i>far</i> too long for this label"


def test_a_heading_is_small_and_plain(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    heading = Form(widget).heading("Input <features>")
    assert heading.text() == "INPUT <FEATURES>"
    assert heading.textFormat() == Qt.TextFormat.PlainText
