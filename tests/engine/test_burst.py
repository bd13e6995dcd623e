"""Bursts: as many steps in one go as take the time given, and never more than asked for."""

from __future__ import annotations

import pytest

from nnviz.engine import burst as module
from nnviz.engine.burst import Burst
from nnviz.engine.trainer import BURST


class Clocked:
    """A trainer whose every step takes a hundredth of a second of a clock that only it moves."""

    def __init__(self) -> None:
        self.now, self.asked = 0.0, list[int]()

    def advance(self, most: int) -> int:
        self.asked.append(most)
        self.now += 0.01 * most
        return most


@pytest.fixture
def clocked(monkeypatch: pytest.MonkeyPatch) -> Clocked:
    trainer = Clocked()
    monkeypatch.setattr(module, "perf_counter", lambda: trainer.now)
    return trainer


def test_a_burst_takes_its_time(clocked: Clocked) -> None:
    burst = Burst(0.0551)
    assert [burst.advance(clocked) for _ in range(3)] == [1, 5, 5]


def test_slow_steps_come_one_by_one(clocked: Clocked) -> None:
    burst = Burst(0.001)
    assert [burst.advance(clocked) for _ in range(3)] == [1, 1, 1]


def test_no_more_steps_than_asked_for(clocked: Clocked) -> None:
    burst = Burst(10.0)
    burst.advance(clocked)
    assert burst.advance(clocked, 3) == 3 and burst.advance(clocked) == BURST
    assert burst.advance(clocked, -2) == 1, "who asks at the goal is given a step, as ever"
