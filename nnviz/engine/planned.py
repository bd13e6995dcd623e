"""The learner a run is trained with: plans for the passes, one for each size of chunk, and an optimizer in place.

It keeps parameters and moments in the plan's order and hands them out in the oracle's when somebody looks. Where a plan cannot
be trusted with a step, the readable `Learner` makes it: with an entry that has no form in place, with a step size that could
overflow unseen, and after a gradient so large that something may not be finite; then what is found, and said, is as it always was.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.batches import chunk_rows, step_rows
from nnviz.engine.buffers import Buffers
from nnviz.engine.evaluation import Examination
from nnviz.engine.learner import Learner
from nnviz.engine.losses import REDUCTIONS
from nnviz.engine.network import Network, Pass, same_layout
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import State
from nnviz.engine.plan import Plan, bound_to, obstacle, plan_rows
from nnviz.engine.plan_feed import PlanFeed
from nnviz.engine.plan_layout import Mirror, packed
from nnviz.engine.plan_update import PlannedUpdate, room
from nnviz.engine.problem import Problem, problem
from nnviz.engine.spec import Dense, Spec
from nnviz.engine.update import rates

Array = NDArray[Any]
Plans = dict[tuple[int, bool], Plan]


class PlannedLearner:
    """Makes optimizer steps.

        learner.begin(step)
        learner.add(feed, first, last)      # the chunks of one batch, as `feed` has them
        learner.finish(count)
    or, many batches at once,
        made = learner.run(feed, position, most, step, count)

    Attributes:
        objective: loss, reduction and penalties.
        chunk: how many samples of a batch are learned from at once.
        obstacle: why the readable engine makes the steps; None where the plan does.
        refused: what was not finite when a step was not made, as `Learner` has it.
    """

    def __init__(self, spec: Spec, network: Network, state: State, *, wary: bool = False, before: PlannedLearner | None = None) -> None:
        """Learn with these parameters and moments.

        Args:
            spec: network and training.
            network: with the parameters; they change.
            state: the moments; they are copied.
            wary: whether targets are so far away that the loss of every batch must be looked at; the oracle does that.
            before: the learner of the run before an edit, whose arrays are taken over where they still fit.
        """
        self._spec, self._network, self._wary = spec, network, wary
        dtype = network.parameters.dtype
        self.objective, self._rate = Objective(spec, dtype), spec.training.learning_rate
        self._buffers, self._plans = (Buffers(dtype), {}) if before is None else before.left_to(spec, dtype)
        self._chunks: list[tuple[PlanFeed, int, int]] = []
        self._samples, self._step, self._factor = 0, 1, 0.0
        self._behind = False  # whether the oracle's numbers are older than the plan's
        self._readable: Learner | None = None
        self.refused = np.zeros(0, dtype)
        self._given: Array | None = np.zeros_like(network.parameters)
        self._update: PlannedUpdate | None = None
        self._entry = problem("training.loss", "not-planned-far") if wary else obstacle(spec)
        if self._entry is None:
            self._update = self._bound(state)
        else:
            self._readable = Learner(spec, network, state, wary=wary)
        self.chunk = step_rows(spec.network) if self.obstacle else plan_rows(spec.network, dtype)
        self._answered = chunk_rows(spec.network) if self._update is None else plan_rows(spec.network, dtype, tied=False)

    def left_to(self, spec: Spec, dtype: DTypeLike) -> tuple[Buffers, Plans]:
        """Return arrays and plans for the learner of an edited spec: those that still fit.

        The arrays do where the parameters lie as they did, so that nothing is allocated anew; the plans where all that changed
        is no business of theirs: rates, limits, penalties, pruned edges, frozen layers (`bound_to`).
        """
        if self._buffers.dtype == dtype and bound_to(self._spec) == bound_to(spec):
            return self._buffers, self._plans
        fit = self._buffers.dtype == dtype and same_layout(self._spec.network, spec.network)
        return self._buffers if fit else Buffers(dtype), {}

    def _bound(self, state: State) -> PlannedUpdate:
        """Lay out parameters, gradient and moments as the plan has them, and bind the optimizer to them."""
        spec, take, flat = self._spec, self._buffers.take, self._network.parameters
        shape, dtype = (flat.size,), flat.dtype
        self._theta = Mirror(spec.network, flat, take("θ", shape))
        raw = room(flat.size, self._buffers, "∂θ")
        self._raw, self._total = raw.gradient, take("Σ∂θ", shape)
        self._raw[...] = 0
        multipliers, l1, l2 = (packed(spec.network, each) for each in (rates(spec.network, dtype), self.objective.l1, self.objective.l2))
        update = PlannedUpdate(spec, self._theta.packed, raw, multipliers, l1, l2, self._buffers)
        self._moments = {name: Mirror(spec.network, moment.astype(dtype), update.moments[name]) for name, moment in state.items()}
        for mirror in (self._theta, *self._moments.values()):
            mirror.pack()
        return update

    # -- what the run looks at ------------------------------------------------------------------------------------

    @property
    def obstacle(self) -> Problem | None:
        """Why the readable engine makes the steps; None where the plan does."""
        if self._update is None:
            return self._entry
        return None if self._update.tame else problem("training.learning_rate", "not-planned-wild", rate=self._rate)

    @property
    def learning_rate(self) -> float:
        """The rate of the next step."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self._rate = rate
        if self._update is not None:
            self._update.learning_rate = rate

    @property
    def network(self) -> Network:
        """The network with its parameters as they are now, in the oracle's order; not to be written to (`put`)."""
        self._catch_up()
        return self._network

    @property
    def state(self) -> State:
        """The moments as they are now, in the oracle's order: copies."""
        if self._update is None and self._readable is not None:
            return dict(self._readable.state)
        self._catch_up()
        return {name: mirror.flat.copy() for name, mirror in self._moments.items()}

    @property
    def gradient(self) -> Array:
        """∂L/∂θ of the data loss in the newest step, flat, in the oracle's order; zeros before the first."""
        if self._given is None:
            flat = np.zeros_like(self._network.parameters)
            self._given = Mirror(self._spec.network, flat, self._raw).unpack() * flat.dtype.type(self._factor)
        return self._given

    def put(self, parameters: Array) -> None:
        """Go on with other parameters, flat, in the oracle's order."""
        self._catch_up()
        self._network.parameters[...] = parameters
        if self._update is not None:
            self._theta.pack()
            self._update.moved()

    def _catch_up(self) -> None:
        """Bring the oracle's numbers up to date."""
        if self._behind and self._update is not None:
            self._update.settle()
            for mirror in (self._theta, *self._moments.values()):
                mirror.unpack()
            self._behind = False

    # -- steps ----------------------------------------------------------------------------------------------------

    def feed(self, whole: Array, t: Array) -> PlanFeed:
        """Return what hands out the samples of epochs, whole (samples, inputs + 1) and t (samples, outputs)."""
        first, size = self._spec.network.layers[0], self._spec.training.batch_size or len(whole)
        return PlanFeed(whole, t, size, isinstance(first, Dense) and first.use_bias, self._buffers)

    def run(self, feed: PlanFeed, position: int, most: int, step: int, count: int) -> int:
        """Make at most so many steps, each with a whole batch, from a place in the epoch on.

        Args:
            feed: the epoch.
            position: how many of its samples have been learned from.
            most: so many steps, if there are as many batches; it may be fewer at any time.
            step: number of the first, as for `begin`.
            count: of the first, as for `finish`.

        Returns:
            How many steps were made; 0 where the next one must be made by `begin`, `add` and `finish`.
        """
        if self._update is None or not self._update.tame or feed.batch > self.chunk:
            return 0
        portions, plan = feed.batches(position, most), self._plan(feed.batch, training=True)
        if not portions:
            return 0
        self._set_factor(plan, feed.batch)
        plan.clock.first, now = 0, count
        if plan.varies or plan.follow:
            for portion in portions:
                plan.clock.step = step + now - count
                if plan.steps([portion], self._update, now) == now:
                    break
                now += 1
                if plan.follow:
                    plan.follow()
        else:
            now = plan.steps(portions, self._update, count)
        if now > count:
            self._given, self._behind = None, True
        return now - count

    def _set_factor(self, plan: Plan, samples: int) -> None:
        """Tell the optimizer what the raw sum of a batch's gradients is to be multiplied by."""
        assert self._update is not None
        self._factor = plan.factor * REDUCTIONS[self._spec.training.reduction].batch_scale(samples)
        self._update.set_factor(self._factor)

    def begin(self, step: int) -> None:
        """Begin the batch of a step, the first being 1; one that was not finished is forgotten."""
        self._samples, self._chunks, self._step = 0, [], step
        if self.obstacle:
            self._oracle().begin(step)

    def add(self, feed: PlanFeed, first: int, last: int) -> None:
        """Take a chunk of the batch, the samples first … last − 1 of the epoch: forward and backward."""
        if self.obstacle and self._readable is not None:
            self._readable.add(*feed.plain(first, last))
            return
        plan = self._plan(last - first, training=True)
        plan.clock.step, plan.clock.first = self._step, self._samples
        plan.gradients(*feed.portion(first, last))
        if self._chunks:
            np.add(self._total, self._raw, self._total)
        else:
            np.copyto(self._total, self._raw)
        self._chunks.append((feed, first, last))
        self._samples += last - first

    def finish(self, count: int) -> bool:
        """Make the step; `count` is 1 for the optimizer's first.

        Returns:
            False when something is not finite, as `Learner.finish`; then nothing has changed.
        """
        if self._update is None or self.obstacle:
            return self._finished(count)
        plan = self._plan(self._chunks[-1][2] - self._chunks[-1][1], training=True)
        np.copyto(self._raw, self._total)
        self._set_factor(plan, self._samples)
        if not self._update.calm():
            learner = self._oracle()
            learner.begin(self._step)
            for feed, first, last in self._chunks:
                learner.add(*feed.plain(first, last))
            return self._finished(count)
        self._update.run(count)
        if plan.follow:
            plan.follow()
        self._given, self._behind = None, True
        return True

    def _oracle(self) -> Learner:
        """Return the readable learner, standing where the run stands."""
        self._catch_up()
        if self._readable is None:
            self._readable = Learner(self._spec, self._network, self.state, wary=self._wary)
        if self._update is not None:
            self._readable.state = self.state
        self._readable.update.learning_rate = self._rate
        return self._readable

    def _finished(self, count: int) -> bool:
        """Let the readable learner end its step, and go on from there."""
        learner = self._readable
        assert learner is not None
        made = learner.finish(count)
        self.refused, self._given = learner.refused, learner.gradient
        if made and self._update is not None:
            for name, mirror in self._moments.items():
                mirror.flat[...] = learner.state[name]
                mirror.pack()
            self._theta.pack()
            self._update.moved()
        return made

    def _plan(self, rows: int, *, training: bool) -> Plan:
        """Return the plan for chunks of so many samples; made when first asked for."""
        plan = self._plans.get((rows, training))
        if plan is None:
            buffers = self._buffers.within(f"{rows}{'+' if training else ''}")
            gradient = self._raw if training else None
            plan = self._plans[rows, training] = Plan(self._spec, rows, self._theta.packed, gradient, buffers, training=training)
        return plan

    # -- evaluation -----------------------------------------------------------------------------------------------

    def examination(self, whole: Array, t: Array, classes: int) -> Examination:
        """Return the examination of one part of the data, whole (samples, inputs + 1) and t (samples, outputs)."""
        rows = self.chunk_of(len(whole))
        return Examination(partial(self.answer, rows=rows), self.objective, whole, t, classes, rows)

    def chunk_of(self, samples: int) -> int:
        """Return how many of so many samples are answered at once in evaluation."""
        return max(1, min(self._answered, samples))

    def answer(self, whole: Array, rows: int) -> Pass:
        """Return z and a of the output layer, (samples, outputs), for samples (·, inputs + 1), `rows` of them at most.

        The arrays are used again for the next ones.
        """
        if self._update is None:
            return self._network.forward(whole[:, :-1])
        plan, samples = self._plan(rows, training=False), len(whole)
        if samples < rows:  # the last ones: filled up with what stood there before, which changes nothing
            x = self._buffers.take(f"rest{rows}", (rows, whole.shape[1]))
            x[:samples] = whole
            whole = x
        plan.forward((whole if plan.ones else whole[:, :-1]).T)
        return Pass([], [plan.z.T[:samples]], [plan.a.T[:samples]], [])
