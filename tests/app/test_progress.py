"""Reports reach whoever shows them, not too often, and the time left follows the rate."""

from __future__ import annotations

from threading import Event
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.app.progress import CancelledError, Progress, TimeLeft


def test_reports_are_thinned() -> None:
    told: list[float] = []
    progress, until, count = Progress(told.append, Event()), monotonic() + 0.5, 0
    while monotonic() < until:
        progress.report(0.5)
        count += 1
    assert count > 100
    assert 2 <= len(told) <= 11


def test_the_last_report_is_told_in_any_case() -> None:
    told: list[float] = []
    progress = Progress(told.append, Event())
    for fraction in (0.1, 0.2, 1.0):
        progress.report(fraction)
    assert told == [0.1, 1.0]


@given(st.floats())
def test_a_fraction_is_one(fraction: float) -> None:
    told: list[float] = []
    Progress(told.append, Event()).report(fraction)
    assert 0.0 <= told[0] <= 1.0


def test_each_breath_and_each_report_makes_way() -> None:
    waits: list[None] = []
    progress = Progress(wait=lambda: waits.append(None))
    progress.breathe()
    assert len(waits) == 1
    progress.report(0.5)
    assert len(waits) == 2


def test_a_cancelled_breath_raises_without_waiting() -> None:
    stop, waits = Event(), list[None]()
    progress = Progress(stop=stop, wait=lambda: waits.append(None))
    stop.set()
    with pytest.raises(CancelledError):
        progress.breathe()
    assert not waits


def test_a_cancelled_report_raises() -> None:
    stop = Event()
    progress = Progress(list[float]().append, stop)
    progress.report(0.1)
    assert not progress.cancelled
    stop.set()
    assert progress.cancelled
    with pytest.raises(CancelledError):
        progress.report(0.2)


def test_at_a_steady_rate_the_time_left_is_right() -> None:
    left = TimeLeft(0.0)
    for step in range(1, 100):
        seconds = left.after(step / 100, step * 0.1)
        assert seconds == (pytest.approx((100 - step) * 0.1, rel=0.05) if step >= 5 else -1.0)
    assert left.after(1.0, 10.0) == 0.0


def test_it_is_unknown_until_something_is_done() -> None:
    left = TimeLeft(0.0)
    assert [left.after(0.0, float(now)) for now in range(5)] == [-1.0] * 5


def test_a_rate_that_changes_is_followed_within_seconds() -> None:
    left, now = TimeLeft(0.0), 0.0
    for step in range(1, 51):  # 50 % at 10 % a second
        now += 0.1
        left.after(step / 100, now)
    for step in range(51, 71):  # then at 1 % a second
        now += 1.0
        seconds = left.after(step / 100, now)
    assert seconds == pytest.approx(30, rel=0.15)


def test_work_that_begins_anew_is_judged_anew() -> None:
    left = TimeLeft(0.0)
    left.after(0.9, 1.0)
    assert left.after(0.1, 1.2) == -1.0
    assert left.after(0.2, 2.2) > 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e6)), max_size=30))
def test_it_is_never_anything_odd(reports: list[tuple[float, float]]) -> None:
    now, left = 0.0, TimeLeft(0.0)
    for fraction, apart in reports:
        now += apart
        seconds = left.after(fraction, now)
        assert seconds == -1.0 or seconds >= 0.0
