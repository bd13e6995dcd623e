"""What cannot be is said above the canvas, with what to do about it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.app.frame import Frame
from nnviz.engine.course import Stop
from nnviz.engine.edits import with_units
from nnviz.engine.problem import problem
from nnviz.engine.spec import TrainingSpec
from nnviz.ui import banner as module
from nnviz.ui.banner import Banner
from nnviz.ui.stop_words import stop_words
from tests.ui.conftest import OpenWindow
from tests.ui.plots.conftest import trained


class PaperDocument(QObject):
    """What the banner hears of a document."""

    failed = Signal(object)
    refused = Signal(object)
    spec_changed = Signal(object, object)
    frame_changed = Signal(object)
    state_changed = Signal(object)
    frame: Frame | None = None


@pytest.fixture
def alone(qtbot: QtBot) -> Banner:
    """A banner above nothing."""
    made = Banner(PaperDocument())  # type: ignore[arg-type]
    qtbot.addWidget(made)
    return made


DIVERGED = (problem("training", "diverged", step=12, layer="h1", quantity="the loss"),)


def test_a_refused_edit_is_said_in_words_without_remedies(open_window: OpenWindow) -> None:
    window = open_window("xor")
    assert not window.document.edit(with_units(window.document.spec, "h1", 0), "No units")
    banner = window.banner
    assert banner.isVisible() and "unit" in banner.words.text() and not banner.back.isVisible()
    banner.dismiss.click()
    assert banner.isHidden()


def test_words_from_a_file_stay_plain_text(open_window: OpenWindow) -> None:
    window = open_window("xor")
    window.banner.show_refusal((problem("<img src=x>{0}", "repeated", name="<b>{name}</b>"),))
    assert "<b>{name}</b>" in window.banner.words.text()


def test_after_a_divergence_clipping_goes_back_and_on(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("one-neuron")
    document, banner = window.document, window.banner
    spec = document.spec
    document.edit(replace(spec, training=replace(spec.training, learning_rate=1e3)), "Fast")
    with qtbot.waitSignal(document.failed):
        document.train()
    assert banner.isVisible() and banner.clip.isVisible() and "step" in banner.words.text()
    assert "step 0" in banner.back.text()
    banner.clip.click()
    assert document.spec.training.clip_norm == 1.0 and document.state is RunState.PAUSED and banner.isHidden()
    qtbot.waitUntil(lambda: document.frame.step == 0)


def test_why_a_run_stopped_goes_when_it_goes_on_and_a_refused_edit_stays(open_window: OpenWindow) -> None:
    window = open_window("xor")
    document, banner = window.document, window.banner
    reason = (problem("training", "repeated", name="x"),)
    document.state = RunState.FAILED
    banner.show_failure(reason)
    document.state_changed.emit(RunState.FAILED)
    assert banner.isVisible()
    document.state = RunState.PAUSED
    document.state_changed.emit(RunState.PAUSED)
    assert banner.isHidden()
    banner.show_refusal(reason)
    document.state_changed.emit(RunState.PAUSED)
    assert banner.isVisible()


def test_an_offer_stays_until_one_of_its_buttons_or_close_is_pressed(alone: Banner) -> None:
    for press in ("yes", "close"):
        pressed: list[bool] = []
        yes, no = QPushButton("Recover"), QPushButton("Leave it")
        yes.clicked.connect(lambda: pressed.append(True))  # noqa: B023
        alone.offer("There is something to <b>recover</b>", (yes, no))
        assert alone.isVisible() and yes.isVisible() and no.isVisible() and not alone.back.isVisible()
        assert alone.words.text() == "There is something to <b>recover</b>"
        (yes if press == "yes" else alone.dismiss).click()
        assert alone.isHidden() and len(pressed) == (press == "yes")


def test_offers_come_one_after_the_other(alone: Banner) -> None:
    first, second = QPushButton("1"), QPushButton("2")
    alone.offer("first", (first,))
    alone.offer("second", (second,))
    assert alone.words.text() == "first" and first.isVisible() and not second.isVisible()
    first.click()
    assert alone.words.text() == "second" and second.isVisible()
    alone.dismiss.click()
    assert alone.isHidden()


def test_an_offer_waits_while_a_problem_is_shown(qtbot: QtBot, alone: Banner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHOWN_FOR", 30)
    button = QPushButton("Recover")
    alone.show_failure(DIVERGED)
    alone.offer("offered", (button,))
    assert alone.words.text() != "offered" and not button.isVisible() and alone.back.isVisible()
    alone.dismiss.click()
    assert alone.words.text() == "offered" and button.isVisible() and not alone.back.isVisible()
    alone.show_refusal((problem("training", "repeated", name="x"),))
    assert "offered" not in alone.words.text() and not button.isVisible()
    qtbot.waitUntil(button.isVisible)
    assert alone.words.text() == "offered"


def test_what_was_offered_of_one_document_does_not_outlive_it(alone: Banner) -> None:
    alone.offer("first", (QPushButton("1"),))
    alone.offer("second", (QPushButton("2"),))
    alone.withdraw_offers()
    assert alone.isHidden()


def test_the_way_back_says_to_which_step_it_leads(alone: Banner) -> None:
    document, last = alone._document, trained("spiral").last
    alone.show_failure(DIVERGED)
    assert not any(sign.isdigit() for sign in alone.back.text())
    document.frame_changed.emit(replace(last, best_step=1234))
    assert "1\u202f234" in alone.back.text() or "1234" in alone.back.text() or "1\u00a0234" in alone.back.text()


def test_a_frame_names_the_step_that_going_back_leads_to() -> None:
    frames = trained("spiral").frames
    assert frames[0].best_step == 0
    lowest = min(frames, key=_loss)
    assert frames[-1].best_step == lowest.step


def _loss(frame: Frame) -> float:
    return math.inf if math.isnan(frame.train_loss) else frame.train_loss


STOP = Stop("patience", 40, 30)


def stopped(frame: Frame, stop: Stop | None, **training: object) -> Frame:
    spec = replace(frame.spec, training=replace(frame.spec.training, patience=10, **training))  # type: ignore[arg-type]
    return replace(frame, stopped=stop, spec=spec)


def test_why_training_has_ended_is_said_until_it_goes_on(alone: Banner) -> None:
    frame = trained("xor").last
    alone._document.frame_changed.emit(stopped(frame, STOP))
    words = alone.words.text()
    assert not alone.isHidden() and alone.back.isHidden()
    assert "epoch 40" in words and "10 epochs" in words and "weights of epoch 30, the best, are back" in words
    alone._document.frame_changed.emit(stopped(frame, None))
    assert alone.isHidden()


def test_a_closed_reason_stays_closed_while_the_run_stands(alone: Banner) -> None:
    frame = trained("xor").last
    alone._document.frame_changed.emit(stopped(frame, STOP))
    alone.dismiss.click()
    alone._document.frame_changed.emit(stopped(frame, STOP))
    assert alone.isHidden()
    alone._document.frame_changed.emit(stopped(frame, replace(STOP, epoch=50)))
    assert not alone.isHidden()


@pytest.mark.parametrize("reason", ["epochs", "target-loss", "target-metric", "max-seconds", "patience"])
@pytest.mark.parametrize("restore", [True, False])
def test_every_reason_has_words(reason: str, restore: bool) -> None:
    goals = {"target_loss": 0.25, "target_metric": 0.9, "max_seconds": 60.0, "patience": 5, "epochs": 8}
    words = stop_words(Stop(reason, 8, 3), TrainingSpec(restore_best=restore, **goals))  # type: ignore[arg-type]
    assert "{" not in words and "Train" in words
    limits = {"target-loss": "0.25", "target-metric": "0.9", "max-seconds": "60", "patience": "5", "epochs": "8"}
    assert limits[reason] in words
    assert ("are back" in words) == (reason == "patience" and restore)
