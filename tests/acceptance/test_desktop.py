"""What a person takes for granted of a desktop program (issue 3), by mouse and keys on a shown window."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton

from nnviz.app.document import RunState
from nnviz.app.recovery import find
from nnviz.app.start import Start, example_start
from nnviz.formats.project import FORMAT, read_project
from nnviz.formats.weights import to_npz, to_safetensors
from nnviz.ui.recovery_dialog import RecoveryDialog
from nnviz.ui.theme import LIGHT
from tests.acceptance.conftest import Person

on_circle = pytest.mark.parametrize("person", [("circle", LIGHT)], indirect=True)
on_xor = pytest.mark.parametrize("person", [("xor", LIGHT)], indirect=True)


def save_as(person: Person, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    person.focus_canvas()
    person.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    person.until(path.exists)


def question(person: Person) -> QMessageBox:
    person.until(lambda: person.window.findChild(QMessageBox) is not None)
    return person.window.findChild(QMessageBox)


def drop(person: Person, *paths: Path) -> None:
    """Let files fall onto the middle of the canvas, as a file manager does."""
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, content, buttons, keys)
    QApplication.sendEvent(person.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(person.window, QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, content, buttons, keys))


@on_circle
def test_save_while_training_then_reopen_goes_on_with_equal_bits(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "学习.nnviz"
    person.focus_canvas()
    person.press(Qt.Key.Key_Space)
    person.until_epoch(3)
    save_as(person, monkeypatch, path)
    person.until(lambda: person.document.file.path == path)
    person.press(Qt.Key.Key_Space)
    person.until_at_rest()
    assert person.window.isWindowModified() and "学习" in person.window.windowTitle()
    saved = read_project(path)
    assert saved.snapshot is not None
    target = saved.snapshot.step_count + 500
    ends = []
    for project in (saved, saved):
        person.document.open(Start(project, "again", path))
        person.until_state(RunState.PAUSED)
        assert not person.document.file.unsaved
        person.document.train(target)
        person.until(lambda: person.document.frame.step == target)
        ends.append(person.document.frame.parameters)
    assert np.array_equal(*ends)
    recent = person.window.program.settings.settings.recent
    assert recent and Path(recent[0]) == path


@on_circle
def test_closing_asks_and_each_answer_does_what_it_says(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window, path = person.window, tmp_path / "kept.nnviz"
    person.focus_canvas()
    person.press(Qt.Key.Key_E)
    person.until(lambda: person.document.frame.epoch == 1 and person.document.file.unsaved)
    person.until_at_rest()
    assert not window.close() and window.isVisible()
    person.click(question(person).button(QMessageBox.StandardButton.Cancel))
    assert window.isVisible() and person.document.file.unsaved
    person.until(lambda: window.findChild(QMessageBox) is None)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    assert not window.close()
    person.click(question(person).button(QMessageBox.StandardButton.Save))
    person.until(lambda: not window.isVisible())
    kept = read_project(path)
    assert kept.snapshot is not None and kept.snapshot.epoch == 1


@on_xor
def test_three_kinds_of_files_fall_onto_the_window(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window, document = person.window, person.document
    person.document.run_epoch()
    person.until(lambda: document.frame.epoch == 1)
    person.until_at_rest()
    spec, weights = document.spec, document.frame.parameters
    project, npz, tensors, table = (tmp_path / name for name in ("a.nnviz", "w.npz", "w.safetensors", "people.csv"))
    save_as(person, monkeypatch, project)
    person.until(lambda: not document.file.unsaved)
    npz.write_bytes(to_npz(spec, 2 * weights))
    tensors.write_bytes(to_safetensors(spec, 3 * weights))
    table.write_text("age,height\n1,2\n3,4\n")

    drop(person, npz)
    person.until(lambda: document.frame is not None and np.array_equal(document.frame.parameters, 2 * weights))
    assert document.file.unsaved
    drop(person, tensors)
    person.click(question(person).button(QMessageBox.StandardButton.Discard))
    person.until(lambda: np.array_equal(document.frame.parameters, 3 * weights))
    drop(person, table)
    person.until(window.banner.isVisible)
    assert "people.csv" in window.banner.words.text()
    person.see("drop-refused")
    person.window.banner.hide()
    count = len(window.program.windows)
    drop(person, project)
    assert len(window.program.windows) == count  # the very file of this window: it is raised, not opened twice
    other = tmp_path / "b.nnviz"
    other.write_bytes(project.read_bytes())
    drop(person, other)
    person.until(lambda: len(window.program.windows) == count + 1)
    second = window.program.windows[-1]
    person.bot.addWidget(second)
    person.until(lambda: second.document.state is RunState.PAUSED and second.is_complete, timeout=20000)
    assert np.array_equal(second.document.frame.parameters, weights) and not second.document.file.unsaved


@on_circle
def test_theme_scale_and_layout_change_while_it_trains(person: Person) -> None:
    window, settings = person.window, person.window.program.settings
    person.focus_canvas()
    person.press(Qt.Key.Key_Space)
    person.until_epoch(2)
    size = window.theme.font_points
    for act, slot in (("larger", "larger"), ("larger", "larger"), ("dark", "dark"), ("lecture", "lecture")):
        window.actions_by_name[slot].trigger()
        step = person.document.frame.step
        person.until(lambda step=step: person.document.frame.step > step)
        person.see(f"live-{act}")
    assert window.theme.name == "dark" and window.theme.font_points > size
    assert not window.left.isVisible() and window.right.isVisible()
    assert QApplication.palette().window().color() == window.palette().window().color()
    for slot in ("normal_size", "light", "explore"):
        window.actions_by_name[slot].trigger()
    assert window.theme.font_points == size and window.left.isVisible() and settings.settings.theme == "light"
    assert person.document.state is RunState.TRAINING
    person.press(Qt.Key.Key_Space)
    person.until_at_rest()


@on_circle
def test_a_damaged_file_opens_read_only_and_is_saved_elsewhere(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other, document = tmp_path / "a.nnviz", tmp_path / "b.nnviz", person.document
    person.document.run_epoch()
    person.until(lambda: document.frame.epoch == 1)
    person.until_at_rest()
    save_as(person, monkeypatch, path)
    person.until(lambda: not document.file.unsaved)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["parameters.npy"] = parts["parameters.npy"][:-8] + bytes(8)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    before = path.read_bytes()
    document.open(example_start("circle"))
    person.until_state(RunState.PAUSED)
    person.window.projects.open_paths([path])
    person.until(lambda: document.file.path == path)
    person.until_state(RunState.PAUSED)
    assert "parameters.npy" in person.window.banner.words.text() and document.file.damaged
    person.see("damaged")
    save_as(person, monkeypatch, other)
    person.until(lambda: document.file.path == other)
    assert path.read_bytes() == before and not document.file.damaged


VICTIM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from dataclasses import replace
from nnviz.app.document import RunState
from nnviz.app.start import Start
from nnviz.formats.opening import open_file
from nnviz.ui.program import Program, run
path = Path(sys.argv[1])
application = QApplication(["nnviz"])

def begin():
    (window,) = [widget for widget in application.topLevelWidgets() if hasattr(widget, "document")]
    document = window.document
    if document.state is not RunState.PAUSED or not window.is_complete:
        QTimer.singleShot(50, begin)
        return
    window.journal.snapshot_written.connect(tell)
    document.edit(replace(document.spec, training=replace(document.spec.training, learning_rate=0.0123)), "Rate")
    document.train()

def tell():
    print("kept", flush=True)

QTimer.singleShot(200, begin)
found = open_file(path, None)
sys.exit(run([Start(found.project, path.stem, path, found.damaged)]))
"""


@on_circle
def test_kill_recover_go_on(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, document = tmp_path / "live.nnviz", person.document
    person.document.run_epoch()
    person.until(lambda: document.frame.epoch == 1)
    person.until_at_rest()
    save_as(person, monkeypatch, path)
    person.until(lambda: not document.file.unsaved)
    before = path.read_bytes()
    victim = subprocess.Popen([sys.executable, "-c", VICTIM, str(path)], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None and victim.stdout.readline() == "kept\n"
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    (offer,) = find()
    program = person.window.program
    program.offer_recovery()
    dialog = person.window.findChild(RecoveryDialog)
    assert dialog is not None and dialog.isVisible()
    person.see("recovery")
    (recover,) = (button for button in dialog.findChildren(QPushButton) if "Recover" in button.text().replace("&", ""))
    person.click(recover)
    person.until(lambda: len(program.windows) == 2)
    second = program.windows[-1]
    person.bot.addWidget(second)
    person.until(lambda: second.document.state is RunState.PAUSED and second.is_complete, timeout=20000)
    assert second.document.spec.training.learning_rate == 0.0123
    assert second.document.file.unsaved and second.document.file.path == path and path.read_bytes() == before
    step = second.document.frame.step
    assert step == offer.step > 0
    second.document.train(step + 20)
    person.until(lambda: second.document.frame.step == step + 20)
    assert not find()


@on_circle
def test_hostile_names_are_shown_as_they_are(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "<b>[*]&a <img src=x>.nnviz"
    save_as(person, monkeypatch, path)
    person.until(lambda: person.document.file.path == path)
    assert person.window.windowTitle().startswith("<b>[*][*]&a <img src=x>") or "<b>[*]" in person.window.windowTitle()
    assert json.loads(zipfile.ZipFile(path).read("manifest.json"))["format"] == FORMAT
    person.see("hostile-name")
