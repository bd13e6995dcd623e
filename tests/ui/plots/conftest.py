"""Real runs of examples, as frames, for the plots to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest

from nnviz.app.frame import Frame, Wanted
from nnviz.app.framing import make_frame, planes
from nnviz.data.prepare import Prepared, prepare
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.ui.plots.base import Plot
from nnviz.ui.plots.table import PLOTS

EPOCHS = 6


@dataclass(frozen=True)
class Run:
    """A short training: the data and a frame an epoch, the last with its surface."""

    data: Prepared
    frames: tuple[Frame, ...]

    @property
    def last(self) -> Frame:
        return self.frames[-1]


@cache
def trained(example: str) -> Run:
    loaded = load(example)
    data = prepare(loaded.spec.data)
    trainer, points = Trainer(loaded.spec, data.samples, initial=loaded.initial), planes(data)
    wanted = Wanted(surface=True)
    frames = [make_frame(trainer, data, points, 0, wanted, 0)]
    for _ in range(EPOCHS):
        trainer.run_epoch()
        frames.append(make_frame(trainer, data, points, 0, wanted, 0))
    return Run(data, tuple(frames))


@pytest.fixture
def run() -> Callable[[str], Run]:
    """Train an example for a few epochs, once for all tests."""
    return trained


@pytest.fixture
def shown(qapp: object) -> Iterator[Callable[..., Plot]]:
    """Make a plot, shown at 420×200, with a run in it; it lives as long as the test."""
    kept: list[Plot] = []

    def make(name: str, run: Run | None = None, size: tuple[int, int] = (420, 200)) -> Plot:
        plot = PLOTS[name].plot()
        kept.append(plot)
        plot.resize(*size)
        plot.show()
        if run is not None:
            plot.show_spec(run.last.spec)
            plot.show_data(run.data)
            for frame in run.frames:
                plot.record(frame)
            plot.show_frame(run.last)
        return plot

    yield make
    for plot in kept:
        plot.close()
        plot.deleteLater()


@pytest.fixture
def running() -> Callable[[Frame], Frame]:
    """Return a frame as it is while training goes on."""

    def change(frame: Frame) -> Frame:
        return replace(frame, steps_per_second=1000.0)

    return change
