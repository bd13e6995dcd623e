"""Recovery: only dead windows are offered, what can be read of them is, and nothing in a folder makes it raise."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnviz.app import recovery
from nnviz.app.journal_folders import claim, recovery_folder, remove
from nnviz.app.origin import hashed, stamp
from nnviz.app.places import HOME
from nnviz.app.recovery import Offer, discard, find, line, load, quoted
from nnviz.engine.snapshot import begin
from nnviz.formats.examples import load as load_example
from nnviz.formats.project import Project, write_project
from nnviz.formats.save import make_private_folder
from tests.app.journals import ABOUT_XOR, XOR, edits, make, only, rated, rates, run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME, str(tmp_path))
    make_private_folder(recovery_folder())
    return tmp_path


# -- what is offered --------------------------------------------------------------------------------------------


def test_nothing_there_is_nothing_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find() == ()
    monkeypatch.setenv(HOME, str(tmp_path / "nobody was here"))
    assert find() == ()


def test_an_offer_says_what_a_person_knows_the_window_by() -> None:
    folder = make(lines={"journal-1.jsonl": edits(0.5, 0.6)})
    assert only() == Offer(folder, "xor", Path("/somewhere/xor.nnviz"), 1.7e9, 3, 12, 2)


def test_the_newest_is_first() -> None:
    for name, when in (("a", 1e9), ("b", 1.5e9), ("c", 1.2e9)):
        make(name, about=ABOUT_XOR | {"when": when})
    assert [offer.folder.name for offer in find()] == ["b", "c", "a"]


def test_a_living_window_is_not_offered_and_a_dead_one_is() -> None:
    folder = make()
    lock = claim(folder)
    assert lock is not None and find() == () and not discard(folder)
    lock.unlock()
    assert only().folder == folder


def test_the_lock_of_another_process_counts_while_it_lives() -> None:
    folder = make()
    script = f"""
import sys
from pathlib import Path
from nnviz.app.journal_folders import claim
lock = claim(Path({str(folder)!r}))
print("held" if lock else "refused", flush=True)
sys.stdin.read()
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    assert find() == ()
    process.kill()
    process.communicate()
    assert only().folder == folder


@pytest.mark.parametrize("content", [b"", b"junk", f"{os.getpid()}\npython3\nhost\n".encode()])
def test_a_lock_file_that_nobody_holds_keeps_nothing_back(content: bytes) -> None:
    """The disk was full when it was written, or its process number is somebody else's by now."""
    folder = make()
    folder.with_name(folder.name + ".lock").write_bytes(content)
    assert only().folder == folder


def test_age_does_not_make_a_lock_stale() -> None:
    folder = make()
    lock = claim(folder)
    assert lock is not None
    os.utime(folder.with_name("a.lock"), (1.0, 1.0))
    assert find() == ()
    lock.unlock()


def test_an_empty_folder_goes_without_a_word() -> None:
    folder = make(about=None, runs={})
    assert find() == () and not folder.exists()


def test_what_was_half_deleted_is_deleted_to_the_end() -> None:
    folder = make("a.gone")
    assert find() == () and not folder.exists()


def test_links_and_files_in_the_way_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "run-0.nnviz").write_bytes(run())
    (recovery_folder() / "link").symlink_to(outside)
    (recovery_folder() / "file").write_bytes(b"x")
    assert find() == () and (outside / "run-0.nnviz").exists()


def test_a_folder_that_cannot_be_listed_is_nothing_to_offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    monkeypatch.setenv(HOME, str(other))
    recovery_folder().write_bytes(b"a file where the folder should be")
    assert find() == ()


def test_discard_deletes_folder_and_lock() -> None:
    folder = make()
    assert discard(folder) and not list(recovery_folder().iterdir())


def test_remove_of_what_is_not_there_is_no_fault() -> None:
    remove(recovery_folder() / "nothing")


def test_looking_for_nothing_takes_no_time() -> None:
    find()
    began = time.thread_time()
    find()
    assert time.thread_time() - began < 0.005


# -- a file with newer work -------------------------------------------------------------------------------------


def of_file(path: Path, content: bytes = run(step=5), **about: object) -> Path:
    """Write the journal of a window whose file had this content, and the file."""
    path.write_bytes(content)
    was = hashed(path, stamp(path))
    plain = {"changed": was.changed, "size": was.size, "sha256": was.sha256}
    return make(about=ABOUT_XOR | {"path": str(path), "file": plain, **about}, lines={"journal-1.jsonl": edits(0.5)})


def write_later(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    os.utime(path, (1.9e9, 1.9e9))


def test_a_file_as_it_was_gets_its_work_back(tmp_path: Path) -> None:
    of_file(tmp_path / "mine.nnviz")
    offer = only()
    assert offer.saved_since == 0.0
    assert (load(offer).path, load(offer).name) == (tmp_path / "mine.nnviz", "xor")


def test_work_older_than_its_file_comes_back_as_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "mine.nnviz"
    of_file(path)
    newer = run(rated(0.9), step=99)
    write_later(path, newer)
    offer = only()
    assert offer.saved_since == 1.9e9 and offer.path == path
    found = load(offer)
    assert (found.path, found.name) == (None, "xor (recovered)") and rates(offer) == [0.5]
    assert path.read_bytes() == newer


def test_a_file_only_touched_is_not_newer(tmp_path: Path) -> None:
    path = tmp_path / "mine.nnviz"
    of_file(path)
    write_later(path, path.read_bytes())
    assert only().saved_since == 0.0 and load(only()).path == path


def test_what_is_in_the_file_already_is_not_offered(tmp_path: Path) -> None:
    """The program was ended between the save and the end of the journal."""
    path = tmp_path / "mine.nnviz"
    folder = of_file(path)
    write_later(path, run(rated(0.5), step=12))
    assert find() == () and not folder.exists()


def test_a_snapshot_that_is_in_the_file_already_is_not_offered(tmp_path: Path) -> None:
    path = tmp_path / "mine.nnviz"
    folder = of_file(path)
    (folder / "journal-1.jsonl").unlink()
    write_later(path, run(step=13))
    assert only().folder == folder, "another step"
    other = replace(begin(XOR), step_count=12, epoch=1)
    write_later(path, write_project(Project(XOR, None, replace(other, parameters=other.parameters + 1.0))))
    assert only().folder == folder, "other weights"
    write_later(path, run(step=12))
    assert find() == () and not folder.exists()


def test_lines_alone_that_are_in_the_file_already_are_not_offered(tmp_path: Path) -> None:
    path = tmp_path / "mine.nnviz"
    folder = of_file(path)
    (folder / "run-0.nnviz").unlink()
    (folder / "journal-0.jsonl").write_bytes(line(0, "start", "", XOR))
    write_later(path, run(rated(0.6), step=5))
    assert only().folder == folder
    write_later(path, run(rated(0.5), step=5))
    assert find() == ()


def test_a_file_that_cannot_be_read_any_more_keeps_nothing_back(tmp_path: Path) -> None:
    path = tmp_path / "mine.nnviz"
    of_file(path)
    write_later(path, b"no project")
    assert only().saved_since == 1.9e9 and load(only()).path is None


# -- what comes back --------------------------------------------------------------------------------------------


def test_the_newest_snapshot_and_the_lines_after_it() -> None:
    make(
        runs={"run-0.nnviz": run(step=1), "run-2.nnviz": run(rated(0.6), step=7)},
        lines={"journal-1.jsonl": edits(0.5, 0.6), "journal-3.jsonl": edits(0.7, first=3)},
    )
    found = load(only())
    assert found.project.snapshot is not None and found.project.snapshot.step_count == 7
    assert rates(only()) == [0.7] and found.damaged == ()


def test_a_damaged_snapshot_gives_way_to_the_one_before() -> None:
    broken = bytearray(run(rated(0.6), step=7))
    broken[len(broken) // 2] ^= 255
    make(
        runs={"run-0.nnviz": run(step=1), "run-2.nnviz": bytes(broken)},
        lines={"journal-1.jsonl": edits(0.5, 0.6), "journal-3.jsonl": edits(0.7, first=3)},
    )
    found = load(only())
    assert found.project.snapshot is not None and found.project.snapshot.step_count == 1
    assert rates(only()) == [0.5, 0.6, 0.7]


def test_the_backup_of_a_damaged_snapshot_is_as_good() -> None:
    make(runs={"run-0.nnviz": b"PK but not whole", "run-0.nnviz.bak": run(step=5)})
    found = load(only())
    assert found.project.snapshot is not None and found.project.snapshot.step_count == 5 and found.damaged


def test_a_snapshot_damaged_in_part_is_better_than_none() -> None:
    data = run(step=9)
    place = data.index(b"NUMPY") + 150  # in the weights
    make(runs={"run-0.nnviz": data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]})
    found = load(only())
    assert found.project.spec == XOR and found.damaged


def test_without_a_snapshot_the_run_begins_anew_with_the_edits() -> None:
    lines = line(0, "start", "", XOR) + edits(0.5)
    make(about=ABOUT_XOR | {"path": "", "name": "mine"}, runs={}, lines={"journal-0.jsonl": lines})
    found = load(only())
    assert found.project == Project(XOR, None) and rates(only()) == [0.5] and only().edits == 1


def test_without_a_snapshot_an_example_begins_with_its_own_weights() -> None:
    example = load_example("mazur")
    assert example.initial is not None
    make(about=ABOUT_XOR | {"path": "", "name": "mazur"}, runs={}, lines={"journal-0.jsonl": line(0, "start", "", example.spec)})
    initial = load(only()).project.initial
    assert initial is not None and np.array_equal(initial, example.initial)


def test_without_a_snapshot_the_file_is_the_beginning_if_it_is_still_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mine.nnviz"
    make(about=ABOUT_XOR | {"path": str(path)}, runs={}, lines={"journal-0.jsonl": line(0, "start", "", XOR)})
    path.write_bytes(run(step=33))
    found = load(only())
    assert found.project.snapshot is not None and found.project.snapshot.step_count == 33
    path.write_bytes(run(rated(0.9), step=44))
    assert load(only()).project == Project(XOR, None)
    path.write_bytes(b"no longer a project")
    assert load(only()).project == Project(XOR, None)


def chained(*commands: tuple[str, float]) -> list[float]:
    data = b"".join(line(number, kind, kind, rated(rate)) for number, (kind, rate) in enumerate(commands, 1))
    folder = make(lines={"journal-1.jsonl": data})
    found = rates(only())
    discard(folder)
    return found


def test_what_was_undone_is_left_out() -> None:
    start = XOR.training.learning_rate
    assert chained(("edit", 0.5), ("edit", 0.6), ("back", 0.5)) == [0.5]
    assert chained(("edit", 0.5), ("back", start)) == []
    assert chained(("edit", 0.5), ("back", start), ("edit", 0.5)) == [0.5]
    assert chained(("edit", 0.5), ("back", 0.4)) == [0.5, 0.4]  # undone beyond the snapshot: there is no other way
    assert chained(("edit", 0.5), ("edit", start), ("edit", 0.5)) == [0.5, start, 0.5]


def test_a_drag_is_one_edit() -> None:
    assert chained(("edit", 0.5), ("merge", 0.6), ("merge", 0.7), ("edit", 0.8)) == [0.7, 0.8]
    assert chained(("merge", 0.6), ("merge", 0.7)) == [0.7]  # the snapshot was taken in its middle


def test_very_many_edits_are_the_newest_of_them() -> None:
    make(lines={"journal-1.jsonl": edits(*(0.001 * number for number in range(1, 400)))})
    found = rates(only())
    assert len(found) == recovery.MOST_EDITS and found[-1] == pytest.approx(0.399)


def test_a_file_whose_name_is_no_text_is_found_again() -> None:
    path = Path(os.fsdecode(b"/somewhere/\xff\xfe 100%.nnviz"))
    make(about=ABOUT_XOR | {"path": quoted(path)}, lines={"journal-1.jsonl": edits(0.5)})
    (offer,) = find()
    assert offer.path == path


def test_folders_of_somebody_else_stay() -> None:
    precious = recovery_folder() / "precious"
    precious.mkdir(parents=True)
    (precious / "thesis.txt").write_text("years of work")
    assert not find() and (precious / "thesis.txt").exists()
