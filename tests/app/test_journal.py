"""The journal: a line a command, snapshots while something moves, nothing where nothing is unsaved, and no fault that stops work."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

import nnviz.app.journal
from nnviz.app.journal import Journal
from nnviz.app.journal_folders import recovery_folder
from nnviz.app.recovery import ABOUT, find, line_files, read_lines, snapshots
from nnviz.app.start import Start, example_start
from nnviz.engine.edits import with_units
from nnviz.engine.problem import problem
from nnviz.formats.examples import load as load_example
from nnviz.formats.project import Project, write_project
from tests.app.journals import NEVER, SHORT, Opener, final, folders, recovered

pytestmark = pytest.mark.usefixtures("home")


def about(folder: Path) -> Any:
    return json.loads((folder / ABOUT).read_bytes())


def test_nothing_is_written_while_all_is_saved(open_window: Opener) -> None:
    window = open_window()
    assert window.document.spec and not folders()
    window.document.open(example_start("circle"))
    assert not folders()


def test_an_edit_is_on_the_disk_when_it_returns(open_window: Opener) -> None:
    window = open_window()
    start = window.document.spec
    spec = window.set_rate(0.5)
    (folder,) = folders()
    lines, damaged = read_lines(folder)
    assert [item.kind for item in lines] == ["start", "edit"] and not damaged
    window.crash()
    offer, found = recovered()
    assert (offer.name, offer.path, offer.edits) == ("xor", None, 1)
    assert found.project.spec == start and found.later == (("Rate 0.5", spec),)


def test_folder_and_lock_are_for_the_user_alone(open_window: Opener) -> None:
    open_window().set_rate(0.5)
    (folder,) = folders()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 == stat.S_IMODE(folder.parent.stat().st_mode)
    assert folder.with_name(folder.name + ".lock").is_file()


def test_undo_redo_and_a_drag_come_back_as_they_were(open_window: Opener) -> None:
    window = open_window()
    one = window.set_rate(0.1)
    for rate in (0.2, 0.3, 0.4):
        dragged = window.set_rate(rate, "drag")
    window.set_rate(0.9)
    window.document.undo_stack.undo()
    window.crash()
    _, found = recovered()
    assert found.later == (("Rate 0.1", one), ("Rate 0.4", dragged))


def test_several_commands_undone_at_once_are_all_noted(open_window: Opener) -> None:
    window = open_window()
    start = window.document.spec
    specs = [window.set_rate(rate) for rate in (0.1, 0.2, 0.3)]
    window.document.undo_stack.setIndex(1)
    window.crash()
    assert final(recovered()[1]) == specs[0] != start


def test_an_edit_undone_does_not_cost_its_weights(qtbot: QtBot, open_window: Opener) -> None:
    """Made again and undone by another edit, a removal of neurons would draw new weights for them."""
    window = open_window(period=SHORT)
    window.train_to(40)
    window.until_written()
    window.hold_snapshots()
    window.document.edit(with_units(window.document.spec, "h1", 1), "Fewer")
    window.document.undo_stack.undo()
    window.crash()
    _, found = recovered()
    assert found.later == () and found.project.snapshot is not None and found.project.snapshot.step_count == 40


def test_undoing_all_is_saved_and_leaves_nothing(open_window: Opener) -> None:
    window = open_window()
    window.set_rate(0.5)
    assert folders()
    window.document.undo_stack.undo()
    assert not window.document.file.unsaved and not folders()


def test_a_snapshot_holds_the_run_to_the_bit(open_window: Opener) -> None:
    window = open_window(period=SHORT)
    window.train_to(120)
    window.until_written()
    window.crash()
    offer, found = recovered()
    assert window.document.frame is not None and found.project.snapshot is not None
    assert np.array_equal(found.project.snapshot.parameters, window.document.frame.parameters)
    assert offer.step == found.project.snapshot.step_count == 120 and offer.edits == 0


def test_edits_after_the_snapshot_are_made_again(open_window: Opener) -> None:
    window = open_window(period=SHORT)
    window.train_to(30)
    window.until_written()
    window.hold_snapshots()
    before = window.document.spec
    specs = [window.set_rate(0.5), window.set_rate(0.6)]
    window.crash()
    offer, found = recovered()
    assert found.project.spec == before and [spec for _, spec in found.later] == specs and offer.edits == 2


def test_old_lines_and_snapshots_go_when_a_newer_snapshot_is_there(open_window: Opener) -> None:
    window = open_window(period=SHORT)
    for count in range(1, 6):
        window.set_rate(count / 10)
        window.until_written()
    (folder,) = folders()
    assert {number for number, _ in snapshots(folder)} == {5}
    assert len(line_files(folder)) <= 1


def test_snapshots_keep_their_distance(open_window: Opener) -> None:
    window = open_window(period=0.4)
    written: list[int] = []
    window.document.file.taken.connect(lambda request, project: written.append(request))
    window.document.train()
    began = time.monotonic()
    window.bot.waitUntil(lambda: len(written) >= 4, timeout=20000)
    assert time.monotonic() - began >= 3 * 0.4 - 0.05
    window.document.pause()


def test_a_run_that_stands_is_not_written_again(open_window: Opener) -> None:
    window = open_window(period=SHORT)
    window.train_to(10)
    window.until_written()
    assert not window.journal._soon.isActive() and not window.jobs.running


def test_saving_deletes_the_journal_and_the_next_change_begins_another(open_window: Opener, tmp_path: Path) -> None:
    window = open_window(period=SHORT)
    window.set_rate(0.5)
    (first,) = folders()
    window.save(tmp_path / "a.nnviz")
    assert not folders() and not list(recovery_folder().iterdir())
    spec = window.set_rate(0.6)
    (second,) = folders()
    assert second != first
    window.crash()
    offer, found = recovered()
    assert offer.path == tmp_path / "a.nnviz" and final(found) == spec


@pytest.mark.parametrize("period", [SHORT, None], ids=["with a snapshot", "with lines alone"])
def test_what_another_program_saved_since_is_not_written_over(open_window: Opener, tmp_path: Path, period: float | None) -> None:
    window = open_window(period=period or NEVER)
    path = tmp_path / "a.nnviz"
    window.save(path)
    window.set_rate(0.6)
    if period:
        window.until_written()
        assert about(folders()[0])["file"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    newer = write_project(Project(load_example("circle").spec, None))
    path.write_bytes(newer)
    window.set_rate(0.7)  # what is written down of the file is what it was when it was saved here
    if period:
        window.until_written()
    window.crash()
    offer, found = recovered()
    assert offer.saved_since and offer.path == path and found.path is None and found.name == "a (recovered)"


def test_a_kill_between_the_save_and_the_end_of_the_journal_offers_nothing(open_window: Opener, tmp_path: Path) -> None:
    window = open_window(period=SHORT)
    path = tmp_path / "a.nnviz"
    window.save(path)
    window.train_to(20)
    window.until_written()
    window.hold_snapshots()
    kept = tmp_path / "kept"
    (folder,) = folders()
    shutil.copytree(folder, kept)
    window.save(path)
    shutil.copytree(kept, folder)
    assert find() == () and not folders()


def test_before_the_first_snapshot_the_saved_file_is_where_it_begins(open_window: Opener, tmp_path: Path) -> None:
    window = open_window()
    window.train_to(25)
    window.save(tmp_path / "a.nnviz")
    window.set_rate(0.6)
    (folder,) = folders()
    window.crash()
    for _, path in snapshots(folder):
        path.unlink()
    _, found = recovered()
    assert found.project.snapshot is not None and found.project.snapshot.step_count == 25 and len(found.later) == 1


def test_a_damaged_file_is_remembered_as_such(open_window: Opener, tmp_path: Path) -> None:
    window = open_window()
    window.document.file.begin(
        Start(Project(window.document.spec, None), "a", tmp_path / "a.nnviz", (problem("a.nnviz", "part-damaged", part="view.json"),))
    )
    window.set_rate(0.5)
    window.crash()
    assert recovered()[1].damaged


def test_closing_deletes_all_of_it(open_window: Opener) -> None:
    window = open_window(period=SHORT)
    window.train_to(10)
    assert folders()
    window.journal.close(discard=True)
    assert not list(recovery_folder().iterdir())


def test_another_document_in_place_of_this_one_begins_anew(open_window: Opener) -> None:
    window = open_window(period=SHORT)
    window.set_rate(0.5)
    (first,) = folders()
    example = load_example("circle")
    window.document.open(Start(Project(example.spec, None), "circle", unsaved=True))
    window.bot.waitUntil(lambda: folders() not in ([], [first]))
    window.bot.waitUntil(lambda: bool(snapshots(folders()[0])), timeout=20000)
    window.crash()
    offer, found = recovered()
    assert offer.name == "circle" and found.project.spec == example.spec and not found.later


def test_a_recovered_window_goes_on_in_the_same_journal(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window(period=SHORT)
    window.train_to(30)
    window.until_written()
    window.hold_snapshots()
    later = window.set_rate(0.5)
    (folder,) = folders()
    window.crash()
    with line_files(folder)[-1][1].open("ab") as file:
        file.write(b'{"seq": 99, "kind": "ed')  # cut off by the crash
    offer, found = recovered()

    again = open_window(project=found.project)
    again.journal.close(discard=True)
    again.document.file.begin(Start(Project(again.document.spec, None), "again", unsaved=True))
    for title, spec in found.later:
        assert again.document.edit(spec, title)
    again.journal = Journal(again.document, again.jobs, offer.folder, SHORT)
    assert folders() == [folder] and find() == ()
    newer = again.set_rate(0.7)
    assert newer != later
    again.crash()  # before its first snapshot: lines of both follow the old one
    _, found = recovered()
    assert final(found) == newer and found.project.snapshot is not None and found.project.snapshot.step_count == 30
    assert not found.damaged


def test_a_run_that_cannot_take_an_edit_over_has_it_made_again(open_window: Opener) -> None:
    window = open_window()
    spec = window.set_rate(0.5)
    journal, taken = window.journal, window.document.file.taken
    window.hold_snapshots()
    journal._request, journal._asked = 77, (1, spec)
    taken.emit(77, Project(load_example("xor").spec, None))
    window.bot.waitUntil(lambda: journal._snapshot is None and bool(snapshots(folders()[0])), timeout=20000)
    window.crash()
    assert recovered()[1].later == (("Rate 0.5", spec),)


# -- large networks ---------------------------------------------------------------------------------------------


def test_a_line_of_five_hundred_neurons_takes_two_milliseconds(open_window: Opener) -> None:
    window = open_window("spiral")
    assert window.document.edit(with_units(window.document.spec, "h1", 500), "Wide")
    lines, times = window.journal._lines, []
    assert lines is not None
    for number in range(30):
        spec = replace(window.document.spec, training=replace(window.document.spec.training, learning_rate=0.01 * (1 + number)))
        began = time.thread_time()
        lines.write("merge", "Rate", spec)
        times.append(time.thread_time() - began)
    assert sorted(times)[len(times) // 2] <= 0.002


def test_lines_of_a_very_large_network_come_in_order_without_waiting(open_window: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nnviz.app.journal, "LARGE", 1)
    window = open_window()
    specs = [window.set_rate(rate / 100) for rate in range(1, 40)]
    window.hold_snapshots()
    lines = window.journal._lines
    assert lines is not None
    window.bot.waitUntil(lambda: lines._job is None and not lines._waiting)
    (folder,) = folders()
    found, damaged = read_lines(folder)
    assert [item.seq for item in found] == list(range(40)) and not damaged
    window.crash()
    assert [spec for _, spec in recovered()[1].later] == specs


def test_a_long_journal_is_kept_in_several_files(open_window: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nnviz.app.journal, "LONGEST", 3000)
    window = open_window()
    specs = [window.set_rate(rate / 100) for rate in range(1, 20)]
    (folder,) = folders()
    assert len(line_files(folder)) > 3
    window.crash()
    assert [spec for _, spec in recovered()[1].later] == specs
