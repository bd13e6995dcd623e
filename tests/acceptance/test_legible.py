"""Nothing a person reads is cut off or covered, at the sizes lecterns and desks have, in both themes."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from nnviz.ui.main_window import MainWindow
from nnviz.ui.theme import DARK, LIGHT
from tests.acceptance.conftest import Person

SIZES = [(1366, 768), (1920, 1080)]
THEMES = [LIGHT, DARK]
everywhere = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
in_both_themes = pytest.mark.parametrize("person", [(name, theme) for name in ("spiral", "iris") for theme in THEMES], indirect=True,
                                         ids=lambda value: f"{value[0]}-{value[1].name}")  # fmt: skip


def words(widget: QWidget) -> str:
    """What stands on a widget."""
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        return str(widget.text())
    return str(widget.currentText()) if isinstance(widget, QComboBox) else ""


def readable(window: MainWindow) -> list[QWidget]:
    """The widgets with words that can be seen now."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and words(widget).strip() and not widget.visibleRegion().isEmpty()
    ]


def box(widget: QWidget, window: MainWindow) -> QRect:
    """Where a widget can be seen, in the window."""
    seen = widget.visibleRegion().boundingRect()
    return QRect(widget.mapTo(window, QPoint(0, 0)) + seen.topLeft(), seen.size())


def cut_off(window: MainWindow) -> list[str]:
    """Describe the widgets too narrow for their words."""
    found = []
    for widget in readable(window):
        if isinstance(widget, QLabel) and not widget.wordWrap():
            needed = widget.fontMetrics().horizontalAdvance(words(widget))
            room = widget.contentsRect().width()
        elif isinstance(widget, QAbstractButton):
            needed, room = widget.sizeHint().width(), widget.width()
        else:
            continue
        if needed > room + 1:
            found.append(f"{type(widget).__name__} {words(widget)!r}: {needed} px needed, {room} there")
    return found


def covered(window: MainWindow) -> list[str]:
    """Describe the pairs of widgets whose words overlap."""
    found = []
    for (one, first), (other, second) in combinations([(widget, box(widget, window)) for widget in readable(window)], 2):
        both = first & second
        if both.width() > 1 and both.height() > 1 and not (one.isAncestorOf(other) or other.isAncestorOf(one)):
            found.append(f"{words(one)!r} and {words(other)!r} overlap at {both.getRect()}")
    return found


def check(person: Person, name: str, size: tuple[int, int]) -> None:
    person.see(f"legible-{name}-{size[0]}")
    assert cut_off(person.window) == []
    assert covered(person.window) == []


@everywhere
@in_both_themes
def test_everything_can_be_read(person: Person, size: tuple[int, int]) -> None:
    person.window.resize(*size)
    person.document.train(until_step=200)
    person.until(lambda: person.document.frame.step == 200)
    check(person, f"run-{person.document.name}", size)
    person.click_neuron("h1", 0)
    check(person, f"neuron-{person.document.name}", size)
    person.document.step_through()
    person.until(lambda: person.document.stepper.trace is not None)
    person.document.stepper.go_to(len(person.document.stepper.stages) - 3)
    check(person, f"step-{person.document.name}", size)


@pytest.mark.parametrize(("size", "scale"), [((1366, 768), 1.5), ((1024, 600), 1.0)], ids=["1366x768 at 150 %", "1024x600"])
@pytest.mark.parametrize("person", [("spiral", LIGHT), ("iris", LIGHT)], indirect=True, ids=["spiral", "iris"])
def test_everything_can_be_read_in_large_type_and_on_a_small_screen(person: Person, size: tuple[int, int], scale: float) -> None:
    person.window.resize(*size)
    person.window.program.settings.change(scale=scale, decimal_comma=scale > 1)
    person.document.train(until_step=50)
    person.until(lambda: person.document.frame.step == 50)
    check(person, f"large-run-{person.document.name}", size)
    person.document.step_through()
    person.until(lambda: person.document.stepper.trace is not None)
    person.document.stepper.go_to(len(person.document.stepper.stages) - 3)
    check(person, f"large-step-{person.document.name}", size)
    assert person.window.width() <= size[0]
    assert person.window.height() <= size[1]
    person.window.program.settings.change(scale=1.0, decimal_comma=False)


def test_the_eye_itself_sees_faults(person: Person) -> None:
    for place in (QRect(300, 300, 20, 12), QRect(310, 300, 20, 12)):
        label = QLabel("far too long for its place", person.window)
        label.setGeometry(place)
        label.show()
    assert len(cut_off(person.window)) == 2
    assert any("far too long" in row for row in covered(person.window))
