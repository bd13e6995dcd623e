"""The job bar shows what runs for a while, how long it will take, and ends it; what is short never flickers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from nnviz.app.jobs import Job, Jobs
from nnviz.ui.job_bar import SHOWN_AFTER, JobBar
from nnviz.ui.theme import DARK, LIGHT, themed
from tests.app import works


@pytest.fixture
def jobs(qapp: object) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def bar(jobs: Jobs, qtbot: QtBot) -> Iterator[JobBar]:
    """Give the bar as it stands in a window's status bar."""
    window = QMainWindow()
    qtbot.addWidget(window)
    made = JobBar(jobs, LIGHT, window)
    window.statusBar().addPermanentWidget(made)
    window.resize(1024, 100)
    window.show()
    yield made
    window.close()


def long_job(jobs: Jobs, title: str = "Exporting", parts: int = 400, seconds: float = 20.0) -> Job:
    return jobs.start(title, works.count, (parts, seconds))


def test_it_is_hidden_without_a_job(bar: JobBar) -> None:
    assert bar.isHidden()


def test_a_short_job_is_never_shown(bar: JobBar, jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that is said to be as old as it may be without being shown: a busy machine makes none of these older."""
    shown: list[bool] = []

    original = bar.setVisible
    bar.setVisible = lambda visible: (shown.append(visible), original(visible))[1]  # type: ignore[method-assign]
    for _ in range(5):
        clock = itertools.chain([0.0], itertools.repeat((SHOWN_AFTER - 1) / 1000))
        monkeypatch.setattr("nnviz.app.jobs.monotonic", clock.__next__)
        job = jobs.start("Saving", works.count, (2, 0.1))
        with qtbot.waitSignal(job.ended):
            pass
    assert shown
    assert not any(shown)


def test_a_job_that_runs_for_a_while_is_shown_until_it_ends(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    began = time.monotonic()
    job = jobs.start("Exporting", works.count, (100, 1.0))
    qtbot.waitUntil(bar.isVisible)
    assert time.monotonic() - began >= SHOWN_AFTER / 1000
    assert bar.title.text() == "Exporting"
    with qtbot.waitSignal(job.ended):
        pass
    assert bar.isHidden()


def test_it_says_how_far_and_how_long(bar: JobBar, jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a job that takes 20 s by its own clock, however busy the machine is."""
    job = long_job(jobs)
    began = job._began
    monkeypatch.setattr("nnviz.app.jobs.monotonic", lambda: began + 20.0 * max(0.0, job.fraction))
    qtbot.waitUntil(lambda: bar.bar.isVisible() and bar.bar.value() > 0)
    qtbot.waitUntil(bar.left.isVisible)
    assert bar.left.accessibleName() in {f"about {seconds} s left" for seconds in range(15, 25)}
    assert bar.bar.value() < 200


def test_work_that_does_not_say_how_far_it_is_has_no_bar(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    job = jobs.start("Waiting", works.idle)
    qtbot.waitUntil(bar.isVisible)
    assert bar.bar.isHidden() and bar.left.isHidden()
    job.cancel()
    assert bar.isHidden()


WORDS = [
    (-1.0, ""),
    (0.0, "about 1 s left"),
    (0.4, "about 1 s left"),
    (11.2, "about 12 s left"),
    (59.0, "about 59 s left"),
    (61.0, "about 1 min left"),
    (150.0, "about 2 min left"),
    (3500.0, "about 58 min left"),
    (7300.0, "about 2 h left"),
    (1e9, "about 277 778 h left"),
]


@pytest.mark.parametrize(("seconds", "words"), WORDS)
def test_time_left_in_words(bar: JobBar, jobs: Jobs, qtbot: QtBot, seconds: float, words: str) -> None:
    job = jobs.start("Exporting", works.idle)
    qtbot.waitUntil(bar.isVisible)
    job.fraction, job.seconds_left = 0.5, seconds
    job.progressed.emit(0.5, seconds)
    assert bar.left.accessibleName().replace("\u202f", " ").replace("\u00a0", " ").replace("\u2009", " ") == words


def test_cancel_ends_the_job_at_once_by_mouse_and_by_key(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    for press in (
        lambda: qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton),
        lambda: qtbot.keyClick(bar.cancel, Qt.Key.Key_Space),
    ):
        job = long_job(jobs)
        qtbot.waitUntil(bar.isVisible)
        with qtbot.waitSignal(job.cancelled, timeout=200):
            press()
        assert bar.isHidden()


def test_of_several_the_newest_and_how_many_more(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    made = [long_job(jobs, title) for title in ("one", "two", "three")]
    qtbot.waitUntil(bar.isVisible)
    qtbot.waitUntil(lambda: bar.title.text() == "three")
    assert bar.more.text() == "+2"
    assert "one" in bar.more.toolTip() and "two" in bar.more.toolTip()
    bar.cancel.click()
    assert (bar.title.text(), bar.more.text()) == ("two", "+1")
    made[0].cancel()
    assert (bar.title.text(), bar.more.isHidden()) == ("two", True)
    qtbot.waitUntil(lambda: bar.bar.value() > 0)
    bar.cancel.click()
    assert bar.isHidden()
    assert [job.running for job in made] == [False] * 3


def test_a_young_job_does_not_take_the_place_yet(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    long_job(jobs, "old")
    qtbot.waitUntil(bar.isVisible)
    long_job(jobs, "young")
    assert (bar.title.text(), bar.more.isHidden()) == ("old", True)
    qtbot.waitUntil(lambda: (bar.title.text(), bar.more.text()) == ("young", "+1"))


def test_words_of_a_file_are_shown_literally(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    long_job(jobs, "<b>{title}</b> %s &x")
    qtbot.waitUntil(bar.isVisible)
    assert bar.title.text() == "<b>{title}</b> %s &x"
    assert bar.title.textFormat() is bar.more.textFormat() is Qt.TextFormat.PlainText
    assert "&lt;b&gt;{title}" in bar.cancel.toolTip()


def test_a_long_title_is_cut_and_told_by_its_tip(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    title = "Exporting " + "a-very-long-name" * 20
    long_job(jobs, title)
    qtbot.waitUntil(lambda: bar.title.text().endswith("…"))
    assert title in bar.title.toolTip()
    assert bar.window().width() == 1024


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_small_screen_still_shows_cancel(bar: JobBar, jobs: Jobs, qtbot: QtBot, scale: float) -> None:
    bar.set_theme(themed(DARK, scale=scale, digits=4, decimal_comma=False, reduce_motion=False))
    bar.window().resize(400, 100)
    long_job(jobs, "Exporting " + "name" * 20)
    qtbot.waitUntil(lambda: bar.left.isVisible() and bar.left.width() > 0)
    qtbot.waitUntil(lambda: bar.cancel.width() >= bar.cancel.minimumSizeHint().width())
    assert bar.cancel.mapTo(bar.window(), bar.cancel.rect().bottomRight()).x() <= bar.window().width()
    children = [bar.title, bar.bar, bar.left, bar.cancel]
    for one, other in itertools.pairwise(children):
        assert not one.geometry().intersects(other.geometry())


def test_everything_has_a_name_and_a_key(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    long_job(jobs, "Exporting")
    qtbot.waitUntil(bar.isVisible)
    for widget in (bar, bar.bar, bar.title, bar.cancel):
        assert widget.accessibleName()
    assert bar.cancel.accessibleName() == "Cancel: Exporting"
    assert bar.cancel.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_change_of_language_says_it_again(bar: JobBar, jobs: Jobs, qtbot: QtBot) -> None:
    long_job(jobs)
    qtbot.waitUntil(bar.isVisible)
    bar.cancel.setText("")
    QApplication.sendEvent(bar, QEvent(QEvent.Type.LanguageChange))
    assert bar.cancel.text() == "Cancel"


def test_a_bar_made_while_jobs_run_shows_them(jobs: Jobs, qtbot: QtBot) -> None:
    long_job(jobs, "older than the bar")
    bar = JobBar(jobs)
    qtbot.addWidget(bar)
    qtbot.waitUntil(bar.isVisible)
    assert bar.title.accessibleName() == "older than the bar"


def test_a_bar_that_is_gone_leaves_the_jobs_alone(jobs: Jobs, qtbot: QtBot) -> None:
    bar = JobBar(jobs)
    job: Any = long_job(jobs)
    qtbot.waitUntil(bar.isVisible)
    with qtbot.waitSignal(bar.destroyed):
        bar.deleteLater()
    with qtbot.waitSignal(job.progressed):
        pass
    job.cancel()
