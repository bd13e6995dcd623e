"""What cannot be is said above the canvas, with what to do about it."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.engine.edits import with_units
from nnviz.engine.problem import problem
from tests.ui.conftest import OpenWindow


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
