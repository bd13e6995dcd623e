"""The top bar: actions as buttons, numbers that do not jump, and what is left away where there is no room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.app.frame import Frame, Wanted
from nnviz.app.framing import make_frame, planes
from nnviz.data.prepare import prepare
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load, names
from nnviz.ui.action_table import ACTIONS, EXPORTS
from nnviz.ui.actions import translate_actions
from nnviz.ui.speed import POSITIONS, SLOWEST, SpeedSlider
from nnviz.ui.theme import DARK, LIGHT, apply
from nnviz.ui.top_bar import TopBar
from tests.ui.scaling import scaled


class PaperDocument(QObject):
    """What the bar needs of a document."""

    frame_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.spec: Spec = load("spiral").spec
        self.name, self.state = "spiral", RunState.PAUSED


@dataclass
class Bench:
    """A bar with its document and actions, and the names of the actions triggered."""

    bar: TopBar
    document: PaperDocument
    actions: dict[str, QAction]
    triggered: list[str]
    opened: list[str]


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication) -> Bench:
    apply(qapp, LIGHT)
    document = PaperDocument()
    actions, triggered = {}, []
    for row in ACTIONS:
        action = QAction(document)
        action.setObjectName(row.name)
        action.triggered.connect(lambda _=False, name=row.name: triggered.append(name))
        actions[row.name] = action
    translate_actions(actions)
    bar = TopBar(document, actions)  # type: ignore[arg-type]
    qtbot.addWidget(bar)
    bar.resize(1440, bar.sizeHint().height())
    bar.show()
    opened: list[str] = []
    bar.example_requested.connect(opened.append)
    return Bench(bar, document, actions, triggered, opened)


@pytest.fixture(scope="module")
def frame() -> Frame:
    example = load("spiral")
    data = prepare(example.spec.data)
    trainer = Trainer(example.spec, data.samples)
    trainer.run_epoch()
    return make_frame(trainer, data, planes(data), 0, Wanted(), 0)


def test_the_buttons_trigger_their_actions(qtbot: QtBot, bench: Bench) -> None:
    for name in ("reset", "epoch", "train", "step"):
        qtbot.mouseClick(getattr(bench.bar, name), Qt.MouseButton.LeftButton)
    assert bench.triggered == ["reset", "epoch", "train", "step"]


def test_an_action_that_cannot_be_used_shows_so(bench: Bench) -> None:
    bench.actions["epoch"].setEnabled(False)
    assert not bench.bar.epoch.isEnabled()
    bench.actions["epoch"].setEnabled(True)
    assert bench.bar.epoch.isEnabled()


def test_train_becomes_pause_and_step_through_is_accented_while_stepping(bench: Bench) -> None:
    assert (bench.bar.train.text(), bench.bar.train.property("accent")) == ("Train", True)
    bench.bar.show_state(RunState.TRAINING)
    assert bench.bar.train.text() == "Pause"
    bench.bar.show_state(RunState.STEPPING)
    assert bench.bar.train.text() == "Train"
    assert (bench.bar.train.property("accent"), bench.bar.step.property("accent")) == (False, True)
    bench.bar.show_state(RunState.PAUSED)
    assert (bench.bar.train.property("accent"), bench.bar.step.property("accent")) == (True, False)


def test_the_examples_and_exports_are_offered(bench: Bench) -> None:
    assert [action.data() for action in bench.bar.examples.actions()] == list(names())
    bench.bar.examples.actions()[3].trigger()
    assert bench.opened == [names()[3]]
    assert [action.objectName() for action in bench.bar.export.menu().actions()] == list(EXPORTS)


def test_the_picker_says_what_is_open(bench: Bench) -> None:
    assert bench.bar.picker.text() == "Spiral · 4–8–6–1"


def test_the_numbers_are_those_of_the_frame(bench: Bench, frame: Frame) -> None:
    bench.document.frame_changed.emit(frame)
    metrics = bench.bar.metrics
    assert metrics.epoch.number.text() == "1"
    assert metrics.step.number.text() == str(frame.step)
    assert float(metrics.train_loss.number.text()) == pytest.approx(frame.train_loss, abs=1e-4)
    assert metrics.quality.number.text() == f"{100 * frame.metric:.1f} %"
    assert metrics.quality.caption.text() == "VAL ACCURACY"


def test_without_a_validation_part_the_number_says_whose_it_is(bench: Bench, frame: Frame) -> None:
    bench.document.frame_changed.emit(replace(frame, validation_loss=float("nan"), metric_name="r2", metric=0.5))
    metrics = bench.bar.metrics
    assert metrics.quality.caption.text() == "TRAIN R²"
    assert metrics.validation_loss.number.text() == "—"
    assert metrics.quality.number.text() == "0.5000"


def test_nothing_jumps_while_numbers_run(bench: Bench, frame: Frame) -> None:
    bench.document.frame_changed.emit(frame)
    QApplication.sendPostedEvents()
    places = [metric.x() for metric in bench.bar.metrics.all]
    for step in (7, 1234, 98765, 123456):
        later = replace(frame, epoch=step // 11, step=step, train_loss=1.0 / step, validation_loss=2.5, metric=1.0)
        bench.document.frame_changed.emit(later)
        QApplication.sendPostedEvents()
        assert [metric.x() for metric in bench.bar.metrics.all] == places


def faults(bar: TopBar) -> list[str]:
    """Return what overlaps its neighbour, sticks out of the bar, or is narrower than its words."""
    shown = [item.widget() for at in range(bar._row.count()) if (item := bar._row.itemAt(at)).widget() and item.widget().isVisible()]
    found = [f"{left} over {right}" for left, right in pairwise(shown) if left.geometry().right() >= right.geometry().left()]
    found += [f"{widget} sticks out" for widget in shown if widget.geometry().right() >= bar.width()]
    return found + [f"{widget} is cut" for widget in shown if widget.width() < widget.minimumSizeHint().width()]


@pytest.mark.parametrize(
    ("width", "scale"), [(1024, 1.0), (1366, 1.0), (1440, 1.0), (1920, 1.0), (3840, 1.0), (1366, 1.5), (1920, 1.5), (3840, 1.5)]
)
def test_nothing_overlaps_or_sticks_out(qtbot: QtBot, qapp: QApplication, bench: Bench, frame: Frame, width: int, scale: float) -> None:
    theme = scaled(LIGHT, scale)
    apply(qapp, theme)
    bench.bar.set_theme(theme)
    bench.document.frame_changed.emit(frame)
    bench.bar.resize(width, bench.bar.sizeHint().height())
    qtbot.waitUntil(lambda: not faults(bench.bar), timeout=2000)
    apply(qapp, LIGHT)


def test_words_are_left_away_before_numbers(bench: Bench) -> None:
    style = Qt.ToolButtonStyle
    bench.bar.set_theme(LIGHT)  # its icons take the place of the words
    bench.bar.resize(1920, 50)
    assert bench.bar.train.toolButtonStyle() == style.ToolButtonTextBesideIcon
    bench.bar.resize(1024, 50)
    assert bench.bar.train.toolButtonStyle() == style.ToolButtonIconOnly
    assert all(metric.isVisibleTo(bench.bar) for metric in bench.bar.metrics.all)


def test_the_theme_button_asks_for_the_other_theme(qtbot: QtBot, bench: Bench) -> None:
    qtbot.mouseClick(bench.bar.toggle, Qt.MouseButton.LeftButton)
    bench.bar.set_theme(DARK)
    qtbot.mouseClick(bench.bar.toggle, Qt.MouseButton.LeftButton)
    assert bench.triggered == ["dark", "light"]


def test_actions_get_icons_of_the_theme(bench: Bench) -> None:
    light = bench.actions["undo"].icon().pixmap(16, 16).toImage()
    bench.bar.set_theme(DARK)
    assert bench.actions["undo"].icon().pixmap(16, 16).toImage() != light


def test_every_control_has_a_name_and_a_tip(bench: Bench) -> None:
    for button in bench.bar.findChildren(QToolButton):
        if button.isVisible():
            assert button.accessibleName(), button
            assert button.toolTip(), button


def test_language(bench: Bench) -> None:
    QApplication.sendEvent(bench.bar, QEvent(QEvent.Type.LanguageChange))
    assert bench.bar.export.text() == "Export"


def test_the_speed_runs_from_four_a_second_to_full(qtbot: QtBot) -> None:
    slider = SpeedSlider()
    qtbot.addWidget(slider)
    seen: list[float | None] = []
    slider.speed_changed.connect(seen.append)
    assert slider.speed() is None
    for position in range(POSITIONS, -1, -1):
        slider.slider.setValue(position)
    speeds = [speed for speed in seen if speed is not None]
    assert speeds[-1] == SLOWEST
    assert speeds == sorted(speeds, reverse=True)
    assert len(set(speeds)) == len(speeds) == POSITIONS
    assert "4 steps a second" in slider.slider.toolTip()
    assert slider.caption.text() == "SPEED · 4/s"
    slider.slider.setValue(POSITIONS)
    assert seen[-1] is None
    assert "Full speed" in slider.slider.toolTip()


def test_the_speed_caption_never_changes_the_width(qtbot: QtBot) -> None:
    slider = SpeedSlider()
    qtbot.addWidget(slider)
    slider.show()
    widths = set()
    for position in range(POSITIONS + 1):
        slider.slider.setValue(position)
        widths.add(slider.minimumSizeHint().expandedTo(slider.minimumSize()).width())
    assert len(widths) == 1
