"""The health section: says what was found, and a click on a remedy edits the document."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.analysis.finding import Finding, Remedy
from nnviz.analysis.health import diagnose
from nnviz.data.prepare import prepare
from nnviz.engine.problem import Message, message
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.explain.words import say
from nnviz.formats.examples import load
from nnviz.ui.panels.health_section import MOST, HealthSection
from tests.ui.panels.conftest import PaperDocument


class Patient(PaperDocument):
    """A document whose run can be ill."""

    spec_changed = Signal(object, object)

    def __init__(self, spec: Spec) -> None:
        super().__init__("spiral")
        self.spec, self.done = spec, list[str]()

    def go_back(self) -> None:
        self.done.append("back")

    def edit(self, spec: Spec, title: str, merge_key: str | None = None) -> bool:
        self.done.append("edit")
        old, made = self.spec, super().edit(spec, title, merge_key)
        if made:
            self.spec_changed.emit(old, spec)
        return made


@pytest.fixture
def ill() -> Spec:
    known = load("linear-3-4").spec
    return replace(known, training=replace(known.training, learning_rate=0.01))


@pytest.fixture
def findings(ill: Spec) -> tuple[Finding, ...]:
    trainer = Trainer(ill, prepare(ill.data).samples)
    while trainer.epoch < 8:
        trainer.advance()
    found = diagnose(trainer)
    assert [item.kind for item in found] == ["loss-rising"]
    return found


@pytest.fixture
def document(ill: Spec) -> Patient:
    return Patient(ill)


@pytest.fixture
def section(qtbot: QtBot, document: Patient) -> HealthSection:
    made = HealthSection(document)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(240, 500)
    made.show()
    return made


def test_it_says_that_nothing_is_wrong(section: HealthSection) -> None:
    section.show_findings(())
    assert section.well.isVisible() and section.well.text() == "Nothing wrong was found."
    assert section.boxes == []


def test_it_says_what_is_so_and_why_and_offers_the_remedies(section: HealthSection, findings: tuple[Finding, ...]) -> None:
    section.show_findings(findings)
    assert not section.well.isVisible()
    box = section.boxes[0]
    assert box.what.text() == say(findings[0].message) and box.why.text() == say(findings[0].reason)
    assert "0.00699" in box.why.text()
    assert [button.text() for button in box.buttons] == [say(item.message) for item in findings[0].remedies]
    assert all(button.toolTip() for button in box.buttons)


def test_a_click_goes_back_where_weights_are_of_no_use_and_edits_undoably(
    qtbot: QtBot, section: HealthSection, document: Patient, findings: tuple[Finding, ...]
) -> None:
    section.show_findings(findings)
    qtbot.mouseClick(section.boxes[0].buttons[1], Qt.MouseButton.LeftButton)
    assert document.done == ["back", "edit"]
    assert document.spec == findings[0].remedies[1].spec
    assert document.edits == [("learning rate ÷ 10", None)]


def test_a_remedy_that_needs_no_better_weights_only_edits(qtbot: QtBot, section: HealthSection, document: Patient) -> None:
    edited = replace(document.spec, training=replace(document.spec.training, clip_norm=1.0))
    said = message("health.one-sample")
    section.show_findings((Finding("one-sample", None, 0, said, said, (Remedy(message("remedy.clip"), edited),)),))
    qtbot.mouseClick(section.boxes[0].buttons[0], Qt.MouseButton.LeftButton)
    assert document.done == ["edit"] and document.spec == edited


def test_after_an_edit_no_remedy_of_the_old_spec_is_left(
    section: HealthSection, document: Patient, findings: tuple[Finding, ...]
) -> None:
    section.show_findings(findings)
    document.edit(replace(document.spec, training=replace(document.spec.training, learning_rate=0.001)), "slower")
    assert not section.boxes[0].isVisible() and section.well.isVisible()
    section.show_findings(findings)
    assert section.boxes[0].isVisible()


def test_the_same_findings_again_move_nothing(section: HealthSection, findings: tuple[Finding, ...]) -> None:
    section.show_findings(findings)
    boxes, buttons = list(section.boxes), list(section.boxes[0].buttons)
    section.show_findings(tuple(findings))
    section.show_findings((replace(findings[0], step=9),))
    assert section.boxes == boxes and section.boxes[0].buttons == buttons


def test_of_many_findings_the_worst_are_shown_and_fewer_hide_the_boxes(section: HealthSection, findings: tuple[Finding, ...]) -> None:
    many = tuple(replace(findings[0], step=step, remedies=findings[0].remedies[: step % 3]) for step in range(MOST + 3))
    section.show_findings(many)
    assert len(section.boxes) == MOST
    assert [len([button for button in box.buttons if button.isVisible()]) for box in section.boxes] == [0, 1, 2, 0, 1]
    section.show_findings(many[:1])
    assert [box.isVisible() for box in section.boxes] == [True, False, False, False, False]


@pytest.mark.parametrize(("missing", "said"), [("drop", "6 samples"), ("mean", "means"), ("median", "medians")])
def test_it_says_what_became_of_empty_cells(section: HealthSection, missing: str, said: str) -> None:
    known = load("heart-disease").spec
    data = replace(known.data, missing=missing)
    section.show_findings(diagnose(Trainer(replace(known, data=data), prepare(data).samples)))
    box = section.boxes[0]
    assert box.isVisible() and said in box.what.text() and "major vessels colored" in box.what.text()
    shown = [button.text() for button in box.buttons if button.isVisible()]
    assert shown == (["fill empty cells with the median"] if missing == "drop" else [])


def test_names_are_shown_literally(section: HealthSection, document: Patient) -> None:
    hostile = "<b>A</b> & B"
    said = message("health.all-frozen", step=1)
    shown = Message("remedy.activation", (("layer", hostile), ("activation", "relu")))
    section.show_findings((Finding("x", None, 1, said, said, (Remedy(shown, document.spec),)),))
    button = section.boxes[0].buttons[0]
    assert button.text() == "<b>A</b> && B: relu"
    assert "<b>A" not in button.toolTip()
    assert section.boxes[0].what.textFormat() is Qt.TextFormat.PlainText


def test_it_follows_the_language_without_a_word_lost(section: HealthSection, findings: tuple[Finding, ...]) -> None:
    section.show_findings(findings)
    QApplication.sendEvent(section, QEvent(QEvent.Type.LanguageChange))
    assert section.boxes[0].what.text() == say(findings[0].message)
    assert section.accessibleName() == "Health of the run"


def test_all_of_it_has_room_in_a_narrow_dock(qtbot: QtBot, section: HealthSection, findings: tuple[Finding, ...]) -> None:
    section.show_findings(findings)
    qtbot.waitUntil(lambda: section.boxes[0].buttons[-1].geometry().bottom() <= section.boxes[0].height())
    for button in section.boxes[0].buttons:
        assert button.geometry().right() <= section.boxes[0].width()
