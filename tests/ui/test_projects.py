"""Save, open, revert, and what happens when they cannot: told in words, and the document stays as it is."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.formats import save as saving
from nnviz.formats.project import read_project, write_project
from nnviz.ui.main_window import MainWindow
from nnviz.ui.selection import Selection
from nnviz.ui.view_state import dropped_files, view_of
from tests.ui.conftest import OpenWindow


def answer_with(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def edit(window: MainWindow, rate: float = 0.5) -> None:
    spec = window.document.spec
    assert window.document.edit(replace(spec, training=replace(spec.training, learning_rate=rate)), "Rate")


def saved(qtbot: QtBot, window: MainWindow) -> None:
    window.saving.save()
    qtbot.waitUntil(lambda: not window.document.file.unsaved and window.document.file.path is not None, timeout=20000)


def test_a_name_without_suffix_gets_it_and_never_replaces_unasked(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, there = open_window("xor"), tmp_path / "run.2.nnviz"
    there.write_bytes(b"mine")
    answer_with(monkeypatch, tmp_path / "run.2")
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or QMessageBox.StandardButton.No)
    edit(window)
    window.saving.save_as()
    assert "run.2.nnviz" in asked[0] and there.read_bytes() == b"mine" and window.document.file.path is None
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    saved(qtbot, window)
    assert read_project(there).spec == window.document.spec


def test_a_full_disk_keeps_the_old_file_and_the_document_dirty(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, path = open_window("xor"), tmp_path / "a.nnviz"
    answer_with(monkeypatch, path)
    edit(window)
    saved(qtbot, window)
    before = path.read_bytes()
    edit(window, 0.25)

    write = saving._write

    def full(temporary: Path, data: bytes) -> None:
        if temporary.parent == tmp_path:  # not where the journal is
            raise OSError(errno.ENOSPC, "No space left on device")
        write(temporary, data)

    monkeypatch.setattr(saving, "_write", full)
    window.saving.save()
    qtbot.waitUntil(window.banner.isVisible)
    assert path.read_bytes() == before and window.document.file.unsaved and "a.nnviz" in window.banner.words.text()
    elsewhere = [button for button in window.banner.findChildren(QPushButton) if "Save as" in button.text()]
    monkeypatch.undo()
    answer_with(monkeypatch, tmp_path / "b.nnviz")
    elsewhere[0].click()
    qtbot.waitUntil(lambda: not window.document.file.unsaved)
    assert window.document.file.path == tmp_path / "b.nnviz"


def test_a_failed_save_does_not_close_the_window(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window("xor")
    answer_with(monkeypatch, tmp_path / "missing" / "a.nnviz")
    edit(window)
    assert not window.close()
    box = window.findChild(QMessageBox)
    box.button(QMessageBox.StandardButton.Save).click()
    qtbot.waitUntil(window.banner.isVisible)
    assert window.isVisible() and window.document.file.unsaved


def test_saving_under_no_name_forgets_what_was_to_follow(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window("xor")
    answer_with(monkeypatch, "")
    edit(window)
    done: list[int] = []
    window.saving.leave(lambda: done.append(1))
    window.findChild(QMessageBox).button(QMessageBox.StandardButton.Save).click()
    assert not done and window.isVisible() and not window.saving._follows


def test_revert_goes_back_to_the_file(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window("xor")
    answer_with(monkeypatch, tmp_path / "a.nnviz")
    edit(window)
    saved(qtbot, window)
    kept = window.document.spec
    assert not window.actions_by_name["revert"].isEnabled()
    edit(window, 0.125)
    window.actions_by_name["revert"].trigger()
    window.findChild(QMessageBox).button(QMessageBox.StandardButton.Discard).click()
    qtbot.waitUntil(lambda: window.document.spec == kept and window.document.state is RunState.PAUSED)
    assert not window.document.file.unsaved


def test_what_cannot_be_opened_changes_nothing(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    window, spec = open_window("xor"), open_window("xor").document.spec
    contents = {"a.nnviz": b"PK\x03\x04no", "b.npz": b"\x80", "c.pkl": b"\x80\x04", "d.png": b"\x89PNG\r\n\x1a\n", "e": b""}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        window.projects.open_paths([tmp_path / name])
        qtbot.waitUntil(lambda name=name: window.banner.isVisible() and str(tmp_path / name) in window.banner.words.text())
        assert window.document.spec == spec and not window.document.file.unsaved
        window.banner.dismiss.click()
    window.projects.open_paths([tmp_path / "not-there.nnviz"])
    qtbot.waitUntil(lambda: window.banner.isVisible() and "not-there" in window.banner.words.text())


def test_the_view_comes_back_with_the_project(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    window, path = open_window("iris"), tmp_path / "a.nnviz"
    layer = window.document.spec.network.layers[0]
    window.canvas.select(Selection("neuron", layer.id, layer.neurons[1]))
    window.canvas.navigator.zoom(1.7)
    window.document.set_probe(3)
    qtbot.waitUntil(lambda: window.document.frame.probe.row == 3)
    view = view_of(window)
    with qtbot.waitSignal(window.document.file.taken) as taken:
        window.document.file.take()
    path.write_bytes(write_project(replace(taken.args[1], view=view)))
    other = open_window("iris")
    other.projects.open_paths([path])
    qtbot.waitUntil(lambda: other.document.file.path == path and other.document.state is RunState.PAUSED)
    shown = view_of(other)
    assert (shown.kind, shown.layer, shown.neuron, shown.probe_row) == ("neuron", layer.id, layer.neurons[1], 3)
    assert abs(shown.zoom - view.zoom) < 1e-9 and abs(shown.center[0] - view.center[0]) < 3 and abs(shown.center[1] - view.center[1]) < 3


def test_recent_files_are_listed_and_forgotten(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window("xor")
    assert not window.actions_by_name["open_recent"].isEnabled()
    answer_with(monkeypatch, tmp_path / "a&b.nnviz")
    edit(window)
    saved(qtbot, window)
    assert window.actions_by_name["open_recent"].isEnabled()
    menu = window.actions_by_name["open_recent"].menu()
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "a&&b.nnviz" and menu.actions()[0].data() == str(tmp_path / "a&b.nnviz")
    window.actions_by_name["clear_recent"].trigger()
    assert not window.program.settings.settings.recent and not window.actions_by_name["open_recent"].isEnabled()


def test_an_example_repeats_from_its_seed_so_training_alone_is_not_asked_about(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("xor")
    window.document.run_epoch()
    qtbot.waitUntil(lambda: window.document.file.unsaved and window.document.state is RunState.PAUSED)
    window.projects.open_example("circle")
    assert window.document.name == "circle" and window.findChild(QMessageBox) is None
    edit(window)
    window.projects.open_example("xor")
    box = window.findChild(QMessageBox)
    assert box is not None and window.document.name == "circle"
    box.button(QMessageBox.StandardButton.Discard).click()
    assert window.document.name == "xor"


def test_two_windows_never_share_a_file(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, path = open_window("xor"), open_window("circle"), tmp_path / "a.nnviz"
    answer_with(monkeypatch, path)
    edit(first)
    saved(qtbot, first)
    before = path.read_bytes()
    edit(second)
    second.saving.save()
    qtbot.waitUntil(second.banner.isVisible)
    assert "a.nnviz" in second.banner.words.text() and path.read_bytes() == before and second.document.file.unsaved


def test_what_the_run_could_not_take_over_is_not_written(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, path = open_window("xor"), tmp_path / "a.nnviz"
    answer_with(monkeypatch, path)
    monkeypatch.setattr(window.document.file, "is_whole", lambda *_: False)
    edit(window)
    window.saving.save()
    qtbot.waitUntil(lambda: window.banner.isVisible() and "last edit" in window.banner.words.text())
    assert not path.exists() and window.document.file.unsaved


def test_quit_asks_window_after_window_and_cancel_ends_it(qtbot: QtBot, open_window: OpenWindow) -> None:
    windows = [open_window("xor") for _ in range(4)]
    program = windows[0].program
    for window in windows[1:]:
        edit(window)
    windows[1].projects.quit()
    qtbot.waitUntil(lambda: windows[1].findChild(QMessageBox) is not None)
    assert not windows[0].isVisible() and windows[1].isVisible()
    windows[1].findChild(QMessageBox).button(QMessageBox.StandardButton.Discard).click()
    qtbot.waitUntil(lambda: windows[2].findChild(QMessageBox) is not None)
    windows[2].findChild(QMessageBox).button(QMessageBox.StandardButton.Cancel).click()
    assert program.windows == windows[2:] and windows[3].findChild(QMessageBox) is None and not program.quitting


def test_files_fall_through_fields_and_floating_docks_to_the_window(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window("xor")
    fields = [field for field in window.findChildren(QLineEdit) if field.acceptDrops()]
    assert not fields
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.nnviz"))])
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, content, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.right.setFloating(True)
    QApplication.sendEvent(window.right, enter)
    assert enter.isAccepted()


def test_only_local_files_are_taken_from_a_drop() -> None:
    content = QMimeData()
    content.setUrls([QUrl("https://example.org/a.nnviz"), QUrl.fromLocalFile("/tmp/b.nnviz")])
    assert dropped_files(content) == [Path("/tmp/b.nnviz")]
