"""The Trainer: owns weights, moments, batch order and curves of one run, and works it off in short pieces.

    trainer = Trainer(spec, samples)
    while trainer.epoch < 100:
        trainer.advance()           # one piece of at most about 8 ms: a step, or a part of one

The same spec and samples give the same bits, however the pieces are timed, and across snapshot and restore.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextvars import copy_context
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.batches import Batches
from nnviz.engine.course import Course, Past, Stop
from nnviz.engine.divergence import DivergedError, diverged
from nnviz.engine.encoding import encoded, encoding
from nnviz.engine.evaluation import Evaluation, metric_name
from nnviz.engine.history import Curves, CurveState, CurveStore, HistoryRow
from nnviz.engine.network import Network
from nnviz.engine.optimizers import State
from nnviz.engine.plan_feed import PlanFeed, with_ones
from nnviz.engine.planned import PlannedLearner
from nnviz.engine.problem import Problem
from nnviz.engine.samples import Samples
from nnviz.engine.snapshot import Snapshot, begin, carry, carry_initial, redrawn_layers, starts_anew
from nnviz.engine.spec import Spec
from nnviz.engine.table import Choice
from nnviz.engine.trace import Trace, trace
from nnviz.engine.update import finite

Array = NDArray[Any]
BURST = 100  # steps that are made in one go where nobody waits for a sign
SMALL_BUFFER = 1024  # numbers NumPy gathers at a time where arrays are strided: 8 192, its own choice, take up to 3 times as long
FAR = 1e15  # targets beyond which a loss can overflow although its gradient is small
__all__ = ["DivergedError", "Snapshot", "Trainer"]


class Trainer:
    """Trains one network.

    Attributes:
        spec, samples: what is trained on what.
        initial: the weights the run began with, flat; None where the seed draws them.
        step_count, epoch: how many steps and epochs are completed.
        position: how many samples of the present epoch have been learned from.
        hand_stepped: whether a step was applied by hand.
        seconds: how long the run has worked since its start, or since it was opened.
        learning_rate: of the present epoch, as the schedule has it.
        stopped: why the newest epoch's end asks to stop; training that goes on all the same forgets it.
        latest: the newest evaluation; NaN before the first.
        stale: whether an edit or a jump has made `latest` out of date (see `refresh`); training on does not.
        store: the learning curves as they grow; `store.state()` is all there is of them, for a run that is to go on later.
        history: the rows it was given, and with `keep_history` one for the start and for every epoch's end since.
    """

    spec: Spec
    samples: Samples
    initial: Array | None
    step_count: int
    epoch: int
    position: int
    hand_stepped: bool
    seconds: float
    learning_rate: float
    stopped: Stop | None
    latest: Evaluation
    stale: bool
    store: CurveStore
    history: list[HistoryRow]
    _begun: bool
    _work: Iterator[int]
    _viewing: Iterator[int]
    _viewed_step: int

    def __init__(
        self,
        spec: Spec,
        samples: Samples,
        snapshot: Snapshot | None = None,
        initial: Array | None = None,
        keep_history: bool = False,
        history: Iterable[HistoryRow] = (),
        curves: CurveState | None = None,
    ) -> None:
        """Begin a run at `snapshot`, or at `initial` (flat), or at what the seed gives.

        `history` and `curves` are of before the snapshot; without curves they are drawn from the history.

        Raises:
            ValueError: there can be no such curves.
        """
        self.spec, self.samples = spec, samples
        self.history = list(history)
        self._quiet = copy_context()
        self._quiet.run(np.seterr, all="ignore")
        self._quiet.run(np.setbufsize, SMALL_BUFFER)
        self.initial, self._keep_history, self.seconds = initial, keep_history, 0.0
        self.store = CurveStore() if curves is None else CurveStore.restored(curves)
        for row in self.history if curves is None else ():
            self.store.add(row)
        self._best: tuple[float, Snapshot] | None = None
        self._earlier: PlannedLearner | None = None
        self._parts = _laid_out(spec, samples)
        self.restore(snapshot or begin(spec, initial))

    @property
    def network(self) -> Network:
        """The network with its parameters as they are now."""
        return self._learner.network

    @property
    def state(self) -> State:
        """The optimizer's moments, flat vectors by name."""
        return self._learner.state

    @property
    def gradient(self) -> Array:
        """∂L/∂θ of the data loss in the newest step, flat; zeros before the first."""
        return self._learner.gradient

    @property
    def obstacle(self) -> Problem | None:
        """Why the readable engine makes the steps, which takes several times as long; None where the plan does."""
        return self._learner.obstacle

    @property
    def curves(self) -> Curves:
        """The learning curves, decimated."""
        return self.store.curves()

    def advance(self, most: int = 1) -> int:
        """Do one piece of work; return how many optimizer steps it completed, at most so many, 0 for a part of one.

        Raises:
            DivergedError: a number is not finite; the step is not made, those before it are.
        """
        begun, self.stopped, self._most = perf_counter(), None, most
        try:
            return self._quiet.run(next, self._work)
        except BaseException:  # whatever it was: the work is over, but the run can go on
            self._work = self._train()
            raise
        finally:
            self.seconds += perf_counter() - begun

    def step(self) -> None:
        """Make one optimizer step. Raises DivergedError."""
        while not self.advance():
            continue

    def run_epoch(self) -> None:
        """Train on to the end of the epoch. Raises DivergedError."""
        epoch = self.epoch
        while self.epoch == epoch:
            self.advance(BURST)

    def _train(self) -> Iterator[int]:
        """Train for ever from where the run stands, a piece at a time; what is not complete leaves no trace."""
        if not self._begun:
            yield from self._record()
        learner, samples = self._learner, len(self.samples.train)
        feed = learner.feed(*self._parts["train"])
        while True:
            feed.begin(self._batches.order(self.epoch, self.position))
            yield 0
            while self.position < samples:
                step = self.step_count + 1
                made = learner.run(feed, self.position, self._most, step, step - self._moments_since)
                if made:
                    self.position += made * feed.batch
                    self.step_count += made
                    yield made
                else:
                    yield from self._step(feed)
            yield from self._record()

    def _step(self, feed: PlanFeed) -> Iterator[int]:
        """Make one step with care, a chunk of the batch at a time."""
        last, chunk, learner = self._batches.end(self.position), self._learner.chunk, self._learner
        step = self.step_count + 1
        learner.begin(step)
        for start in range(self.position, last, chunk):
            if start > self.position:
                yield 0
            learner.add(feed, start, min(start + chunk, last))
        if not learner.finish(step - self._moments_since):  # the optimizer counts since its moments began
            chunks = (feed.plain(start, min(start + chunk, last)) for start in range(self.position, last, chunk))
            raise diverged(step, learner, chunks, self.spec.training.seed)
        self.position = last
        self.step_count = step
        yield 1

    def _record(self) -> Iterator[int]:
        """End the epoch (or open the run): evaluate, a piece at a time, and remember it."""
        yield from self._evaluation()
        if self._begun:
            self.epoch, self.position = self.epoch + 1, 0
        self._begun = True
        new, rate = self.latest, self._learner.learning_rate
        losses = new.train_loss, new.train_metric, new.validation_loss, new.validation_metric
        row = HistoryRow(self.epoch, self.step_count, *losses, rate)
        self.store.add(row)
        if self._keep_history:
            self.history.append(row)
        stop = self._course.end(self.epoch, new, self.network.parameters, self.seconds) if self.epoch else None
        self.learning_rate = self._learner.learning_rate = self._course.rate(self.epoch)
        if self._best is None or new.train_loss < self._best[0] or math.isnan(self._best[0]):
            self._best = new.train_loss, self.snapshot()
        weights = self._course.over() if stop and stop.reason == "patience" else None
        if weights is not None:
            self._learner.put(weights)
            self.stale = True
        self.stopped = stop

    def _evaluation(self) -> Iterator[int]:
        """Evaluate the present parameters into `latest`, a piece at a time."""
        train, validation = (self._learner.examination(*self._parts[part], self.samples.classes) for part in ("train", "validation"))
        yield from train.pieces()
        yield from validation.pieces()
        name = metric_name(self.samples.classes)
        self.latest = Evaluation(train.loss, validation.loss, train.metric, validation.metric, name)
        self.stale = False

    def refresh(self) -> bool:
        """Do one piece of bringing `latest` up to date; return whether there is more to do. Training needs it not."""
        if self.stale:
            if self._viewed_step != self.step_count:
                self._viewing, self._viewed_step = self._evaluation(), self.step_count
            try:
                self._quiet.run(next, self._viewing, True)
            except BaseException:
                self._viewed_step = -1
                raise
        return self.stale

    def evaluate(self, part: str) -> dict[str, float]:
        """Return loss and metric on "train", "validation" or "test"; NaN where the part is empty."""
        examination = self._learner.examination(*self._parts[part], self.samples.classes)
        self._quiet.run(list, examination.pieces())
        return {"loss": examination.loss, metric_name(self.samples.classes): examination.metric}

    def snapshot(self) -> Snapshot:
        """Return where the run stands."""
        return Snapshot(
            self.spec.network,
            self.network.parameters.copy(),
            dict(self.state),
            self.step_count,
            self.epoch,
            self.position,
            self._moments_since,
            self.hand_stepped,
            self._course.past,
            self._course.weights,
        )

    def best(self) -> Snapshot:
        """Return the epoch's end (or the start) with the lowest training loss; where the run stands if none is known yet."""
        return self._best[1] if self._best else self.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Go back (or on) to a snapshot; curves, history and best forget what came after it."""
        self.store.cut(snapshot.epoch)
        self.history = [row for row in self.history if row.epoch <= snapshot.epoch]
        if self._best and self._best[1].step_count > snapshot.step_count:
            self._best = None
        self._stand(carry(snapshot, self.spec))

    def put(self, parameters: Array) -> None:
        """Go on with other parameters, flat; moments and everything else stay, work in progress is forgotten."""
        self._learner.put(parameters)
        self.stale, self._work, self._viewed_step = True, self._train(), -1

    def reset(self) -> None:
        """Go back to the start of the run."""
        self.seconds = 0.0
        self._stand(begin(self.spec, self.initial))

    def _stand(self, snapshot: Snapshot) -> None:
        """Take up the run where the snapshot stands; work in progress is forgotten."""
        training, dtype = self.spec.training, np.dtype(self.spec.training.precision)
        network = Network(self.spec.network, snapshot.parameters.astype(dtype))
        state = {name: moment.astype(dtype) for name, moment in snapshot.state.items()}
        far = bool(np.abs(self._parts["train"][1]).max(initial=0.0) > FAR)
        self._learner = self._earlier = PlannedLearner(self.spec, network, state, wary=far, before=self._earlier)
        self._batches = Batches(len(self.samples.train), training.batch_size, training.seed)
        self.step_count, self.epoch, self.position = snapshot.step_count, snapshot.epoch, snapshot.position
        self._moments_since, self.hand_stepped = snapshot.moments_since, snapshot.hand_stepped
        self.latest, self.stale = Evaluation(metric_name=metric_name(self.samples.classes)), True
        self._course, self.stopped = Course(training, snapshot.past, snapshot.best), None
        self.learning_rate = self._learner.learning_rate = self._course.rate(self.epoch)
        self._begun = snapshot.step_count > 0
        if not self._begun:
            self.store, self.history, self._best = CurveStore(), [], None
        self._work, self._viewed_step = self._train(), -1

    def set_spec(self, spec: Spec, samples: Samples, kept: Snapshot | None = None) -> None:
        """Go on with an edited spec or other data: weights and moments follow ids (`snapshot.carry`).

        What the present network lacks is taken from `kept`, where an earlier edit left it (undo, DECISIONS 3).
        Another seed or initializer starts a new run (`starts_anew`); another number of training samples begins the epoch anew.
        """
        old, same_data, latest, present = self.spec, samples is self.samples, self.latest, self.snapshot()
        redrawn = redrawn_layers(old, spec)
        if self.initial is not None:
            self.initial = carry_initial(self.initial, old, spec, redrawn)
        if not (same_data and encoding(spec) == encoding(old)):
            self._parts = _laid_out(spec, samples)
        if not (same_data and (spec.network, _measure(spec)) == (old.network, _measure(old))):
            self._best, present = None, replace(present, past=Past(), best=None)  # earlier losses compare no longer
        if len(samples.train) != len(self.samples.train):
            present = replace(present, position=0)
        self.spec, self.samples = spec, samples
        if starts_anew(old, spec):
            self.reset()
        else:
            self._stand(carry(present, spec, kept))
            self.latest = replace(latest, metric_name=self.latest.metric_name)

    def trace(self, x: Array, targets: Array, rows: Array | None = None, dtype: DTypeLike = np.float64) -> Trace:
        """Return the next step as it would be on these samples; nothing changes."""
        parameters, step, rate = self.network.parameters, self.step_count + 1, self._learner.learning_rate
        return trace(self.spec, parameters, self.state, step, x, targets, rows, step - self._moments_since, dtype, rate)

    def trace_next(self) -> Trace:
        """Return the step that training will make next, as the oracle makes it; an epoch that is through is evaluated first."""
        while self.position == len(self.samples.train):
            self.advance()
        whole, t = self._parts["train"]
        order, batch = self._batches.order(self.epoch, self.position), slice(self.position, self._batches.end(self.position))
        rows = np.arange(len(whole))[batch] if order is None else order[batch]
        return self.trace(whole[rows, :-1], t[rows], self.samples.train.rows[rows], self.network.parameters.dtype)

    def apply(self, shown: Trace) -> None:
        """Make exactly the step shown; the batch order stays where it is.

        Raises:
            ValueError: the step does not start where the run stands.
            DivergedError: the new parameters are not finite; nothing has changed.
        """
        if shown.step != self.step_count + 1 or not np.array_equal(shown.parameters_before, self.network.parameters):
            raise ValueError(f"step {shown.step} does not start where the run stands, after step {self.step_count}")
        if not finite(shown.parameters_after):
            raise DivergedError(shown.step, len(self.spec.network.layers) - 1, self.spec.network, "Δ")
        latest, present = self.latest, self.snapshot()
        parameters, state = shown.parameters_after, shown.state_after
        self._stand(replace(present, parameters=parameters, state=state, step_count=shown.step, hand_stepped=True))
        self.latest = latest


def _laid_out(spec: Spec, samples: Samples) -> dict[str, tuple[Array, Array]]:
    """Return inputs with a column of ones, and targets, of every part."""
    return {part: (with_ones(x), t) for part, (x, t) in encoded(spec, samples).items()}


def _measure(spec: Spec) -> tuple[Choice, str]:
    """Return what must be equal for losses to be comparable."""
    return spec.training.loss, spec.training.reduction
