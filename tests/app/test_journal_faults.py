"""What goes wrong while a journal is written: it is told once, costs as little as can be, and never stops the work."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

import nnviz.app.journal
from nnviz.app.jobs import Job
from nnviz.app.journal import Journal
from nnviz.app.journal_folders import claim, recovery_folder
from nnviz.app.recovery import Offer, last_number, load, snapshots
from nnviz.app.start import Start
from nnviz.engine.problem import problem
from nnviz.formats.project import Project
from nnviz.formats.save import SaveError
from tests.app.journals import SHORT, Opener, collect, final, folders, recovered

pytestmark = pytest.mark.usefixtures("home")


def refuse(path: Path, data: bytes) -> None:
    raise SaveError(problem(str(path), "save-disk-full"))


def test_a_full_disk_is_told_once_and_stops_nothing(open_window: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window(period=SHORT)
    failed = collect(window.journal.failed)
    with monkeypatch.context() as full:
        full.setattr(nnviz.app.journal, "append", refuse)
        full.setattr(nnviz.app.journal, "save", refuse)
        for rate in (0.1, 0.2, 0.3):
            window.set_rate(rate)
        window.train_to(50)
        assert len(failed) == 1
    spec = window.set_rate(0.4)
    window.train_to(100)
    window.bot.waitUntil(lambda: bool(folders()) and bool(snapshots(folders()[0])), timeout=20000)
    window.until_written()
    window.crash()
    _, found = recovered()
    assert final(found) == spec and found.project.snapshot is not None and found.project.snapshot.step_count == 100


def test_a_disk_that_fills_up_later_keeps_what_was_there(open_window: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window(period=SHORT)
    window.train_to(30)
    window.until_written()
    failed = collect(window.journal.failed)
    (folder,) = folders()
    with monkeypatch.context() as full:
        full.setattr(nnviz.app.journal, "append", refuse)
        full.setattr(nnviz.app.journal, "save", refuse)
        lost = window.set_rate(0.1)
        window.train_to(60)
        window.bot.waitUntil(lambda: bool(failed))
        assert load(Offer(folder, "", None, 0.0, 0, 0, 0)).project.snapshot.step_count == 30
    window.bot.waitUntil(lambda: window.journal._told is False, timeout=20000)
    window.until_written()
    window.crash()
    _, found = recovered()
    assert final(found) == lost and found.project.snapshot is not None and found.project.snapshot.step_count == 60


def test_a_line_cut_off_by_a_full_disk_costs_no_other(open_window: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()

    def cut(path: Path, data: bytes) -> None:
        with path.open("ab") as file:
            file.write(data[: len(data) // 2])
        raise SaveError(problem(str(path), "save-disk-full"))

    first = window.set_rate(0.1)
    with monkeypatch.context() as full:
        full.setattr(nnviz.app.journal, "append", cut)
        window.set_rate(0.2)
    third = window.set_rate(0.3)
    window.crash()
    assert [spec for _, spec in recovered()[1].later] == [first, third]


def test_a_folder_that_cannot_be_made_is_told_once(open_window: Opener) -> None:
    window = open_window(period=SHORT)
    failed = collect(window.journal.failed)
    recovery_folder().write_bytes(b"a file in the way")
    for rate in (0.1, 0.2, 0.3):
        window.set_rate(rate)
    window.train_to(30)
    assert len(failed) == 1


def test_a_cancelled_snapshot_comes_again(open_window: Opener) -> None:
    window = open_window(period=SHORT)
    window.jobs.started.connect(cancel_first := CancelOnce())
    window.train_to(30)
    window.until_written()
    assert cancel_first.done and snapshots(folders()[0])


class CancelOnce:
    """Cancels the first job it sees, as a person may."""

    done = False

    def __call__(self, job: Job) -> None:
        if not self.done:
            self.done = True
            QTimer.singleShot(0, job.cancel)


def test_a_folder_somebody_else_has_is_left_alone(open_window: Opener) -> None:
    first = open_window()
    first.set_rate(0.5)
    (folder,) = folders()
    second = open_window()
    second.journal.close(discard=True)
    second.document.file.begin(Start(Project(second.document.spec, None), "second", unsaved=True))
    second.journal = Journal(second.document, second.jobs, folder, SHORT)
    assert len(folders()) == 2 and claim(folder) is None and last_number(folder) == 1
