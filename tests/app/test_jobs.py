"""Jobs answer once, are cancelled at once, tell how they failed, and leave no thread and no process."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from nnviz.app.jobs import Job, Jobs
from nnviz.explain.words import one_line
from tests.app import works

BOTH = pytest.mark.parametrize("in_process", [False, True], ids=["thread", "process"])


class Ear(QObject):
    """Notes all that a job says, and in which thread it was said."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.heard: list[tuple[str, Any]] = []
        self.progress: list[tuple[float, float]] = []
        job.finished.connect(self._finished)
        job.failed.connect(self._failed)
        job.cancelled.connect(self._cancelled)
        job.ended.connect(self._ended)
        job.progressed.connect(self._progressed)

    def _note(self, what: str, value: Any = None) -> None:
        assert QThread.currentThread() is self.thread()
        self.heard.append((what, value))

    @Slot(object)
    def _finished(self, result: Any) -> None:
        self._note("finished", result)

    @Slot(object)
    def _failed(self, problems: Any) -> None:
        self._note("failed", problems)

    @Slot()
    def _cancelled(self) -> None:
        self._note("cancelled")

    @Slot()
    def _ended(self) -> None:
        self._note("ended")

    @Slot(float, float)
    def _progressed(self, fraction: float, left: float) -> None:
        self.progress.append((fraction, left))

    @property
    def words(self) -> list[str]:
        return [word for word, _ in self.heard]


@pytest.fixture
def jobs(qapp: object) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()
    assert not alive()


def alive() -> list[str]:
    """Return the threads of jobs that run."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("job")]


def heard(qtbot: QtBot, job: Job) -> list[tuple[str, Any]]:
    """Return what the job said until it ended."""
    ear = Ear(job)
    qtbot.waitUntil(lambda: "ended" in ear.words, timeout=20000)
    return ear.heard


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text(encoding="utf-8").split(") ")[1][0] != "Z"


def noted_pid(qtbot: QtBot, note: Path) -> int:
    qtbot.waitUntil(lambda: note.exists() and bool(note.read_text(encoding="utf-8")), timeout=20000)
    return int(note.read_text(encoding="utf-8"))


@BOTH
def test_a_result_is_told_once_then_the_end(jobs: Jobs, qtbot: QtBot, in_process: bool) -> None:
    job = jobs.start("job", works.add, (2, 3), in_process=in_process)
    assert jobs.running == (job,)
    assert heard(qtbot, job) == [("finished", 5), ("ended", None)]
    assert not job.running
    assert jobs.running == ()
    job.cancel()  # too late is no fault


def test_a_thread_is_named_and_not_the_windows(jobs: Jobs, qtbot: QtBot) -> None:
    job = jobs.start("job named", lambda progress: (threading.current_thread().name, threading.current_thread()))
    (_, (name, thread)), _ = heard(qtbot, job)
    assert name == "job named"
    assert thread is not threading.main_thread()


def test_a_process_is_another_one_without_qt(jobs: Jobs, qtbot: QtBot) -> None:
    assert heard(qtbot, jobs.start("job", works.pid, in_process=True))[0][1] != os.getpid()
    names = ("PySide6", "pyqtgraph", "sklearn", "pytest")
    assert heard(qtbot, jobs.start("job", works.loaded, (names,), in_process=True))[0] == ("finished", [])


def test_a_large_result_comes_through_the_pipe(jobs: Jobs, qtbot: QtBot) -> None:
    assert len(heard(qtbot, jobs.start("job", works.large, (20_000_000,), in_process=True))[0][1]) == 20_000_000


@BOTH
def test_progress_and_time_left(jobs: Jobs, qtbot: QtBot, in_process: bool) -> None:
    ear = Ear(jobs.start("job", works.count, (200, 1.2), in_process=in_process))
    qtbot.waitUntil(lambda: "ended" in ear.words, timeout=20000)
    fractions = [fraction for fraction, _ in ear.progress]
    assert 5 <= len(fractions) <= 60
    assert fractions == sorted(fractions)
    known = [left for _, left in ear.progress if left >= 0]
    assert ear.progress[0][1] == -1.0
    assert known[0] > known[-1] < 0.5


@BOTH
def test_the_window_goes_on_meanwhile(jobs: Jobs, qtbot: QtBot, in_process: bool) -> None:
    began = time.thread_time()
    job = jobs.start("job", works.count, (50, 0.5), in_process=in_process)
    assert time.thread_time() - began < 0.05
    heard(qtbot, job)
    assert time.thread_time() - began < 0.3


# -- cancelling -----------------------------------------------------------------------------------------------------


def test_a_deaf_thread_is_cancelled_at_once_and_its_result_dropped(jobs: Jobs, qtbot: QtBot) -> None:
    event = threading.Event()
    job = jobs.start("job", works.wait_for, (event, "late"))
    ear, began = Ear(job), time.monotonic()
    job.cancel()
    assert time.monotonic() - began < 0.2
    assert ear.words == ["cancelled", "ended"]
    assert alive()
    event.set()
    qtbot.waitUntil(lambda: not alive())
    heard(qtbot, jobs.start("job", works.add, (1, 1)))  # what the late one may have sent has come by now
    assert ear.words == ["cancelled", "ended"]


def test_a_result_on_its_way_is_dropped_too(jobs: Jobs, qtbot: QtBot) -> None:
    job = jobs.start("job", works.add, (1, 1))
    ear = Ear(job)
    until = time.monotonic() + 5
    while alive() and time.monotonic() < until:
        time.sleep(0.001)  # the answer now waits for the event loop
    job.cancel()
    heard(qtbot, jobs.start("job", works.add, (1, 1)))
    assert ear.words == ["cancelled", "ended"]


def test_a_thread_that_reports_ends_when_cancelled(jobs: Jobs, qtbot: QtBot) -> None:
    job = jobs.start("job", works.heed)
    with qtbot.waitSignal(job.progressed):
        pass
    job.cancel()
    qtbot.waitUntil(lambda: not alive(), timeout=2000)


def test_work_that_gives_up_by_itself_is_cancelled(jobs: Jobs, qtbot: QtBot) -> None:
    assert heard(qtbot, jobs.start("job", works.give_up)) == [("cancelled", None), ("ended", None)]


@pytest.mark.parametrize("work", [works.sleep, works.spin, works.stop_itself])
def test_a_process_is_killed_whatever_it_does(jobs: Jobs, qtbot: QtBot, tmp_path: Path, work: Any) -> None:
    job = jobs.start("job", work, (tmp_path / "pid",), in_process=True)
    pid = noted_pid(qtbot, tmp_path / "pid")
    ear, began = Ear(job), time.monotonic()
    job.cancel()
    assert time.monotonic() - began < 0.2
    assert ear.words == ["cancelled", "ended"]
    qtbot.waitUntil(lambda: not exists(pid) and not alive(), timeout=2000)


@BOTH
def test_cancelled_in_its_first_moment(jobs: Jobs, qtbot: QtBot, in_process: bool) -> None:
    for _ in range(5):
        job = jobs.start("job", works.pid, in_process=in_process)
        ear = Ear(job)
        job.cancel()
        assert ear.words == ["cancelled", "ended"]
    qtbot.waitUntil(lambda: not alive(), timeout=5000)


# -- failing --------------------------------------------------------------------------------------------------------


@BOTH
def test_a_refusal_is_told_as_it_is(jobs: Jobs, qtbot: QtBot, in_process: bool) -> None:
    (word, problems), end = heard(qtbot, jobs.start("job", works.refuse, in_process=in_process))
    assert (word, end[0]) == ("failed", "ended")
    assert [item.where for item in problems] == ["file.csv", ""]


@BOTH
@pytest.mark.parametrize(("work", "reason"), [(works.fail, "ValueError: planted <b>fault</b>"), (works.leave, "SystemExit: 4")])
def test_anything_else_names_the_job_and_is_logged(
    jobs: Jobs, qtbot: QtBot, caplog: pytest.LogCaptureFixture, in_process: bool, work: Any, reason: str
) -> None:
    (word, (found,)), _ = heard(qtbot, jobs.start("job of <i>mine</i>", work, in_process=in_process))
    assert word == "failed"
    assert "job of <i>mine</i>" in one_line(found)
    assert reason in one_line(found)
    (record,) = caplog.records
    assert record.name == "nnviz"
    assert record.levelno == logging.ERROR
    assert f"in {work.__name__}" in caplog.text


@pytest.mark.parametrize(("work", "how"), [(works.kill_itself, "SIGKILL"), (works.crash, "SIGSEGV"), (works.exit_at_once, "exit code 3")])
def test_the_death_of_a_process_is_told(jobs: Jobs, qtbot: QtBot, work: Any, how: str) -> None:
    (word, (found,)), _ = heard(qtbot, jobs.start("job that dies", work, in_process=True))
    assert word == "failed"
    assert found.message.key == "problem.job-process-died"
    assert "job that dies" in one_line(found)
    assert how in one_line(found)


@pytest.mark.parametrize("work", [works.not_to_be_copied, lambda progress: None])
def test_what_cannot_be_copied_is_told(jobs: Jobs, qtbot: QtBot, work: Any) -> None:
    (word, (found,)), _ = heard(qtbot, jobs.start("job", work, in_process=True))
    assert (word, found.message.key) == ("failed", "problem.job-unexpected")


# -- several --------------------------------------------------------------------------------------------------------


def test_a_later_job_of_the_same_key_takes_the_place_of_the_earlier(jobs: Jobs, qtbot: QtBot) -> None:
    event = threading.Event()
    old = jobs.start("job", works.wait_for, (event, "old"), key="map")
    other = jobs.start("job", works.wait_for, (event, "other"), key="list")
    ear, other_ear = Ear(old), Ear(other)
    new = jobs.start("job", works.wait_for, (event, "new"), key="map")
    assert ear.words == ["cancelled", "ended"]
    event.set()
    assert heard(qtbot, new)[0] == ("finished", "new")
    qtbot.waitUntil(lambda: bool(other_ear.heard))
    assert other_ear.heard[0] == ("finished", "other")
    assert ear.words == ["cancelled", "ended"]


def test_jobs_of_one_key_never_work_at_once(jobs: Jobs, qtbot: QtBot) -> None:
    """Two savings of one file: what was saved last is what stands there, however long the first one takes."""
    rows: list[str] = []
    event, free = threading.Event(), threading.Event()
    free.set()
    jobs.start("job", works.append, (rows, "first", event), key="save")
    qtbot.waitUntil(lambda: bool(alive()))
    jobs.start("job", works.append, (rows, "second", free), key="save")
    third = jobs.start("job", works.append, (rows, "third", free), key="save")
    ear = Ear(third)
    threading.Timer(0.2, event.set).start()
    qtbot.waitUntil(lambda: "ended" in ear.words, timeout=5000)
    assert rows == ["first", "third"]


def test_starts_and_ends_are_told(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[tuple[str, Job]] = []
    jobs.started.connect(lambda job: told.append(("started", job)))
    jobs.ended.connect(lambda job: told.append(("ended", job)))
    one = jobs.start("job", works.heed)
    other = jobs.start("job", works.add, (1, 1))
    assert jobs.running == (one, other)
    heard(qtbot, other)
    one.cancel()
    assert told == [("started", one), ("started", other), ("ended", other), ("ended", one)]


def test_many_jobs_with_cancels_in_between_all_end(jobs: Jobs, qtbot: QtBot) -> None:
    ears, made = [], []
    for number in range(150):
        job = jobs.start(f"job {number}", works.count, (10, 0.01 * (number % 4)), key=f"key {number % 7}" if number % 3 else "")
        ears.append(Ear(job))
        made.append(job)
        if number % 5 == 0:
            made[number // 2].cancel()
    qtbot.waitUntil(lambda: all("ended" in ear.words for ear in ears), timeout=20000)
    assert all(len(ear.heard) == 2 for ear in ears)
    assert {ear.words[0] for ear in ears} == {"finished", "cancelled"}


# -- the end --------------------------------------------------------------------------------------------------------


def test_closing_ends_all_within_a_second(qapp: object, qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    jobs, event = Jobs(), threading.Event()
    deaf = [Ear(jobs.start("job that is deaf", works.wait_for, (event,))) for _ in range(3)]
    heeding = Ear(jobs.start("job", works.heed))
    apart = Ear(jobs.start("job", works.spin, (tmp_path / "pid",), in_process=True))
    pid = noted_pid(qtbot, tmp_path / "pid")
    began = time.monotonic()
    jobs.close()
    assert time.monotonic() - began < 1.3
    assert [ear.words for ear in (*deaf, heeding, apart)] == [["cancelled", "ended"]] * 5
    assert not exists(pid)
    assert alive() == ["job that is deaf"] * 3
    assert "job that is deaf" in caplog.text
    event.set()
    qtbot.waitUntil(lambda: not alive())


def test_closing_is_quick_when_all_heed(qapp: object, qtbot: QtBot) -> None:
    jobs = Jobs()
    for _ in range(10):
        jobs.start("job", works.heed)
    began = time.monotonic()
    jobs.close()
    assert time.monotonic() - began < 0.5
    assert not alive()
    with pytest.raises(RuntimeError, match="too late"):
        jobs.start("too late", works.pid)
    jobs.close()


SCRIPT = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from nnviz.app.jobs import Jobs
from tests.app import works

if __name__ == "__main__":
    application = QCoreApplication([])
    jobs = Jobs(application)
    if sys.argv[1] == "deaf":
        jobs.start("deaf", works.wait_for, (threading.Event(),))
    else:
        jobs.start("apart", getattr(works, sys.argv[1]), (Path(sys.argv[2]),), in_process=True)
    if sys.argv[2] == "leave":
        QTimer.singleShot(100, jobs.close)
        QTimer.singleShot(100, application.quit)
    code = application.exec()
    print("left", flush=True)
    sys.exit(code)
"""


@pytest.mark.parametrize("work", ["sleep", "spin"])
def test_a_process_does_not_outlive_a_killed_nnviz(qtbot: QtBot, tmp_path: Path, work: str) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(tmp_path / "script.py"), work, str(tmp_path / "pid")])
    try:
        pid = noted_pid(qtbot, tmp_path / "pid")
    finally:
        parent.kill()
        parent.wait()
    try:
        qtbot.waitUntil(lambda: not exists(pid), timeout=2000)
    finally:
        if exists(pid):
            os.kill(pid, signal.SIGKILL)


def test_work_left_behind_does_not_keep_the_program(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "script.py"), "deaf", "leave"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=15)
    assert (done.returncode, done.stdout) == (0, "left\n"), done.stderr
