"""What a screen reader can do on the canvas and what it is told; and that nothing of it outlives the canvas."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAccessibleEvent, QAccessibleValueChangeEvent
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from nnviz.engine.network_spec import Dense
from nnviz.ui.canvas import accessible
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import LIGHT
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import planar, with_activation, with_weight
from tests.ui.canvas.screen_reader import NEURON, TEXT, children, names, part, root_of, selected

EVENT = QAccessible.Event
PRESS, MENU, FOCUS = QAccessibleActionInterface.pressAction(), QAccessibleActionInterface.showMenuAction(), "SetFocus"
Told = list[tuple[EVENT, str, object]]


@pytest.fixture(scope="module")
def installed() -> None:
    accessible.install()


@pytest.fixture(autouse=True)
def active(qapp: object, installed: None) -> Iterator[None]:
    """Do as if a screen reader ran."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Return what assistive technology is told: the event, the name of what it is about, its value."""
    found: Told = []

    class Listening:
        """Stands for QAccessible in the module that tells."""

        def __getattr__(self, name: str) -> object:
            return getattr(QAccessible, name)

        def updateAccessibility(self, event: QAccessibleEvent) -> None:
            value = event.value() if isinstance(event, QAccessibleValueChangeEvent) else None
            found.append((event.type(), event.accessibleInterface().text(TEXT.Name), value))

    monkeypatch.setattr(accessible, "QAccessible", Listening())
    return found


# -- states and actions ----------------------------------------------------------------------------------------------


def test_pressing_a_part_selects_it(show: Show) -> None:
    canvas = show(planar())
    for layer in children(root_of(canvas)):
        layer.actionInterface().doAction(PRESS)
        assert canvas.selection == layer.part
        for neuron in children(layer):
            neuron.actionInterface().doAction(PRESS)
            assert canvas.selection == neuron.part
            assert neuron.state().selected
    part(canvas, NEURON).actionInterface().doAction("No such action")
    assert canvas.selection.layer == "l3"


def test_what_is_selected_has_the_keyboard_of_the_canvas(show: Show, qtbot: QtBot) -> None:
    canvas = show(planar())
    root = root_of(canvas)
    qtbot.waitExposed(canvas)
    part(canvas, NEURON).actionInterface().doAction(FOCUS)
    qtbot.waitUntil(canvas.hasFocus)
    state = part(canvas, NEURON).state()
    assert (state.focusable, state.focused, state.selectable, state.selected) == (1, 1, 1, 1)
    assert root.focusChild() is part(canvas, NEURON)
    assert not root.state().focused
    assert not part(canvas, Selection("neuron", "l1", "n3")).state().selected
    canvas.select(NETWORK)
    assert root.focusChild() is root
    assert root.state().focused


def test_the_menu_of_a_neuron_is_asked_for_at_its_place(show: Show, qtbot: QtBot) -> None:
    canvas = show(planar())
    asked: list[QPoint] = []

    class Listener(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.ContextMenu:
                asked.append(event.globalPos())  # type: ignore[attr-defined]
            return False

    listener = Listener(canvas)
    canvas.viewport().installEventFilter(listener)
    part(canvas, NEURON).actionInterface().doAction(MENU)
    assert canvas.selection == NEURON
    qtbot.waitUntil(asked.__len__)
    assert asked == [part(canvas, NEURON).rect().center()]


# -- edits -----------------------------------------------------------------------------------------------------------


def test_after_an_edit_the_tree_is_that_of_the_new_network(show: Show, told: Told) -> None:
    run = planar()
    canvas = show(run)
    selected(canvas, NEURON)
    gone, kept = part(canvas, NEURON), part(canvas, Selection("neuron", "l1", "n3"))
    edges = children(gone)
    first, *others = run.spec.network.layers
    assert isinstance(first, Dense)
    fewer = replace(first, neurons=tuple(each for each in first.neurons if each != "n2"))
    told.clear()
    canvas.show_spec(replace(run.spec, network=replace(run.spec.network, layers=(fewer, *others))))
    accessible.notify(canvas)
    assert (EVENT.ObjectReorder, "Network", None) in told
    assert not any(each.isValid() for each in (gone, *edges))
    assert gone.state().invalid
    assert gone.parent() is None
    assert gone.rect().isNull()
    assert (gone.childCount(), gone.actionNames(), gone.text(TEXT.Name)) == (0, [], "")
    gone.doAction(PRESS)
    assert canvas.selection == Selection("layer", "l1")
    assert kept.isValid()
    assert kept.text(TEXT.Name) == "Dense 1·3"
    assert kept is root_of(canvas).child(1).child(2)
    assert names(root_of(canvas).child(1)) == [f"Dense 1·{number}" for number in range(1, 8)]
    assert kept.text(TEXT.Value).startswith("activation a")  # carried over until the frame of this network comes
    selected(canvas, Selection("layer", "l2"))
    assert not Shiboken.isValid(gone)  # given back by now, so that nothing piles up
    assert not gone.isValid()


def test_before_anyone_is_told_of_an_edit_the_tree_is_right(show: Show) -> None:
    run = planar()
    canvas = show(run)
    selected(canvas, NEURON)
    edge = part(canvas, NEURON).child(0)
    canvas.show_spec(replace(run.spec, network=replace(run.spec.network, layers=run.spec.network.layers[2:])))
    assert names(root_of(canvas)) == ["Input, 2 features", "Output, dense, 1 unit, tanh"]
    assert not edge.isValid()


def test_a_canvas_that_is_switched_off_has_no_parts(show: Show) -> None:
    canvas = show(planar())
    root, neuron = root_of(canvas), part(canvas, NEURON)
    canvas.setProperty("switched off", True)
    assert root.childCount() == 0
    assert not neuron.isValid()
    accessible.notify(canvas)
    canvas.setProperty("switched off", False)
    assert neuron.isValid()


# -- news ------------------------------------------------------------------------------------------------------------


def test_a_new_selection_is_told(show: Show, told: Told, qtbot: QtBot) -> None:
    canvas = show(planar())
    canvas.clearFocus()
    accessible.notify(canvas)
    told.clear()
    selected(canvas, NEURON)
    assert told == [(EVENT.Selection, "Dense 1·3", None)]  # the keyboard is elsewhere
    accessible.notify(canvas)
    assert len(told) == 1
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    qtbot.waitUntil(lambda: told[-1] == (EVENT.Focus, "Dense 1·3", None))
    selected(canvas, Selection("layer", "l2"))
    assert told[-1] == (EVENT.Focus, "Dense 2, dense, 6 units, tanh", None)
    selected(canvas, NETWORK)
    assert told[-1] == (EVENT.Focus, "Network", None)


def test_values_are_told_at_rest_at_once_and_while_training_now_and_then(show: Show, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    run = planar()
    canvas = show(run)
    canvas.show_frame(run.frame)  # from here on values stream
    selected(canvas, NEURON)

    def values() -> list[object]:
        return [value for event, _, value in told if event == EVENT.ValueChanged]

    def stream(activation: float) -> None:
        canvas.show_frame(with_activation(run.frame, 0, 2, activation))

    stream(0.25)
    stream(0.5)
    assert values() == []  # it was only just told what is selected
    canvas.come_to_rest()
    assert f"activation a {LIGHT.number(0.5)}" in str(values()[-1])
    accessible.notify(canvas)
    assert len(values()) == 1
    monkeypatch.setattr(accessible, "EVERY", 0)
    stream(0.75)
    assert len(values()) == 2
    canvas.show_frame(with_weight(with_activation(run.frame, 0, 2, 0.75), 1, 0, 0, 9.0))  # of another neuron
    assert len(values()) == 2


def test_a_new_name_is_told(show: Show, told: Told) -> None:
    run = planar()
    canvas = show(run)
    selected(canvas, NEURON)
    first, *others = run.spec.network.layers
    canvas.show_spec(replace(run.spec, network=replace(run.spec.network, layers=(replace(first, name="Eyes"), *others))))
    accessible.notify(canvas)
    assert (EVENT.NameChanged, "Eyes·3", None) in told


def test_nobody_is_told_while_nobody_listens(show: Show, told: Told) -> None:
    QAccessible.setActive(False)
    canvas = show(planar())
    selected(canvas, NEURON)
    assert told == []
    assert root_of(canvas).tree.made == {}
    assert part(canvas, NEURON).childCount() == 8  # one who asks is answered all the same


# -- lifetimes -------------------------------------------------------------------------------------------------------


def test_interfaces_end_with_the_canvas(show: Show, qtbot: QtBot) -> None:
    canvas = Canvas(LIGHT)
    run = planar()
    canvas.show_spec(run.spec)
    canvas.show_frame(run.frame)
    selected(canvas, NEURON)
    found = [*children(root_of(canvas)), *children(part(canvas, NEURON))]
    number = QAccessible.uniqueId(found[0])
    Shiboken.delete(canvas)
    assert not any(Shiboken.isValid(each) for each in found)
    assert not any(each.isValid() for each in found)
    assert QAccessible.accessibleInterface(number) is None


def test_a_tree_keeps_no_canvas_alive(qtbot: QtBot) -> None:
    canvas = Canvas(LIGHT)
    canvas.show_spec(planar().spec)
    children(root_of(canvas).child(1))
    seen = weakref.ref(canvas)
    del canvas
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert seen() is None


PROGRAM = """
import faulthandler, gc, sys
faulthandler.enable()
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken
from nnviz.ui.canvas import accessible
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.theme import LIGHT
from nnviz.formats.examples import load

app = QApplication([])
accessible.install()
QAccessible.setActive(True)
for ending in ("deleted", "dropped", "later", sys.argv[1]):
    canvas = Canvas(LIGHT)
    canvas.show_spec(load("circle").spec)
    canvas.show()
    root = QAccessible.queryAccessibleInterface(canvas)
    found = [root.child(1).child(index) for index in range(3)]
    found[0].actionInterface().doAction("Press")
    accessible.notify(canvas)
    found += [found[0].child(index) for index in range(found[0].childCount())]
    for each in found:
        QAccessible.updateAccessibility(QAccessibleEvent(each, QAccessible.Event.Focus))
    print(ending, len(found))
    if ending == "deleted":
        Shiboken.delete(canvas)
    elif ending == "dropped":
        canvas.hide()
        del canvas, root, found, each
    elif ending == "later":
        canvas.deleteLater()
        del canvas
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    elif ending == "shutdown":
        app.shutdown()
    gc.collect()
"""


@pytest.mark.parametrize("last", ["shutdown", "exit"])
def test_no_ending_crashes(last: str) -> None:
    """In a process of its own: a crash would take the other tests with it."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM, last], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [line.split()[0] for line in ended.stdout.splitlines()] == ["deleted", "dropped", "later", last]
