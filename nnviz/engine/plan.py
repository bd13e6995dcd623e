"""The fast path: a training step as a straight line of NumPy calls that know beforehand what they work on.

A small network's step takes 50 µs when layers are objects that make new arrays, and all but one of them go into finding
things out: attributes, shapes, types, places for results. A *plan* finds out everything once, for one architecture and one
number of samples, and keeps the answers: a flat list of NumPy calls, each a function and its arguments, from array to array,
all made before. What the prototypes gained, cumulative on 2-4-2-1 with 10 samples (and 2-8-8-8-1 with Adam and 30), in µs a step:

    objects and temporaries                                                                    53   161
    results into arrays that are there (`buffers`)                                             50   159
    `dot` and not `matmul`                                                                     47   145
    feature-major, with a row of ones: bias inside the product, no broadcast, no sum           20    71   plan_layers
    one flat vector of parameters, one of gradients, the optimizer in few passes               17    28   plan_update
    calls bound beforehand, no layer loop, no look-ups                                         10    20   here
    one array for all activations, one pass for the slopes of all layers                       8.7   18   here

A NumPy call on a small array costs 0.4 µs or more, whatever it does: of W1's step nothing is left but its 20 calls and a fifth
more. What each part gained when it was built here stands where it is done.

Between the pieces signals pass (`plan_parts`); where parameters lie is `plan_layout`'s, images are `plan_convolution`'s.
Everything here equals the readable engine (`network`, `learner`), which is the oracle, to 1e-12 in double precision; people
who want to know what is computed read that one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine import plan_activations, plan_convolution, plan_layers, plan_losses, plan_pooling, plan_update
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.batches import CHUNK_NANOSECONDS, MAX_BATCH, MAX_ROWS, step_rows
from nnviz.engine.buffers import Buffers
from nnviz.engine.losses import FUSED, REDUCTIONS
from nnviz.engine.network_spec import (
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    MaxPool2D,
    NetworkSpec,
    Weighted,
    as_image,
)
from nnviz.engine.plan_feed import Portion
from nnviz.engine.plan_layout import blocks
from nnviz.engine.plan_parts import Bound, Call, Clock, Piece, Signal, Site, Straight, straightened
from nnviz.engine.problem import Problem, problem
from nnviz.engine.spec import Spec
from nnviz.engine.table import Choice, choose

Array = NDArray[Any]


def obstacle(spec: Spec) -> Problem | None:
    """Return what in a spec a plan cannot take: an entry of a table that has no form in place; None when it can take it."""
    training = spec.training
    if not plan_losses.known_loss(training.loss):
        return problem("training.loss", "not-planned", name=training.loss.kind)
    if not plan_update.known(training.optimizer):
        return problem("training.optimizer", "not-planned", name=training.optimizer.kind)
    for index, layer in enumerate(spec.network.layers):
        if isinstance(layer, Weighted) and not plan_activations.known(layer.activation):
            return problem(f"network.layers.{index}.activation", "not-planned", name=layer.activation.kind)
    return None


def bound_to(spec: Spec) -> tuple[object, ...]:
    """Return what a plan's calls depend on; with anything else another, it goes on as it is."""
    training, network = spec.training, spec.network
    layers = []
    for layer in network.layers:
        fixed: dict[str, Any] = {"name": "", "rate_multiplier": 1.0}
        if not isinstance(layer, BatchNorm):
            fixed["frozen"] = False
        if isinstance(layer, Weighted):
            fixed |= {"initializer": Choice(""), "train_bias": True, "l1": None, "l2": None}
        if isinstance(layer, Dense):
            fixed |= {"pruned": (), "role": ""}
        layers.append(replace(layer, **fixed))
    return network.input.shape, tuple(layers), training.loss, training.reduction, training.precision, training.seed


def plan_rows(spec: NetworkSpec, dtype: DTypeLike, *, tied: bool = True) -> int:
    """Return how many samples one uninterrupted piece of work may take: under about 8 ms, and images as fit the cache.

    Args:
        spec: the network.
        dtype: of the numbers.
        tied: whether a batch norm must see the whole batch.

    Costs as measured, in float32 (twice that in float64): 0.15 ns a weight and sample for the three products, 10 ns a neuron, and
    2.4 ns a weight for the optimizer's step.
    """
    if tied and step_rows(spec) == MAX_BATCH:
        return MAX_BATCH
    if any(isinstance(layer, Conv2D) for layer in spec.layers):
        return plan_convolution.cache_rows(spec, dtype)
    wide = np.dtype(dtype).itemsize / 4
    sample = 4.0 * len(spec.input.names) + 10 * wide * sum(map(math.prod, spec.shapes)) + 0.15 * wide * spec.weights
    left = CHUNK_NANOSECONDS - 2.4 * wide * spec.weights
    return int(min(MAX_ROWS, max(1, left // sample)))


class Plan:
    """The passes of one network for chunks of one size.

    Attributes:
        rows: how many samples a chunk has.
        clock: which step and which part of the batch it is; whoever drives the plan sets it before a chunk.
        z, a: of the output layer, (outputs, rows); z may be a itself where nobody needs it.
        signals: what each layer hands on; None of a layer that is done together with the one behind it.
        factor: of what `gradients` leaves behind, so that its product with batch_scale(samples) makes ∂L/∂θ.
        gradients: (x, xᵀ, t): forward, loss and backward; the gradient's sum over the samples is in the vector of the plan.
        steps: (portions, update, count): one step a portion, as long as gradients are calm; returns the count of the next.
            It leaves `clock` and `follow` alone. (Measured on W1: 0.95 of the time of asking for every gradient.)
        forward: (xᵀ) of the passes alone.
        follow: what is to be done after the step was made; None where nothing is.
        ones: whether x has a last column of ones, and xᵀ a last row; t is (outputs, rows).
        varies: whether something is drawn anew for every step.
    """

    def __init__(
        self, spec: Spec, rows: int, parameters: Array, gradient: Array | None, buffers: Buffers, *, training: bool = True
    ) -> None:
        """Bind everything to these arrays.

        Args:
            spec: one that has no `obstacle`.
            rows: how many samples a chunk has.
            parameters: in the plan's order (`plan_layout`); read at every pass.
            gradient: where the gradient goes, in the same order; None for a plan that only goes forward.
            buffers: where all other arrays come from; a plan linked anew with the same buffers allocates nothing.
            training: whether dropout draws and batch norm measures.
        """
        self.rows, self.clock, self._spec = rows, Clock(spec.training.seed), spec
        self._site = Site(rows, buffers, training, gradient is not None, self.clock)
        self._blocks = blocks(spec.network, parameters)
        self._gradients = None if gradient is None else blocks(spec.network, gradient)
        self._output, self._sides = spec.network.output, plan_convolution.sides_read(spec.network)
        self._rows_of_dense, shared = self._answers()
        self._enter: Taken = _nothing, parameters
        self._leave: Taken = _nothing, parameters
        self.ones = True
        pieces = self._pieces()
        self.a = pieces[-1].output.value
        self.varies = training and any(isinstance(layer, Dropout) and layer.rate > 0 for layer in spec.network.layers)
        forward = [call for piece in pieces for call in piece.forward]
        follow = straightened(call for piece in pieces for call in piece.follow)
        self.follow = Straight(*follow) if follow else None
        self.forward = _line(self._enter, forward)
        if gradient is None:
            return
        delta = pieces[-1].output.slope
        assert delta is not None
        loss, factor, rest = self._loss(delta)
        self.factor = factor * REDUCTIONS[spec.training.reduction].sample_scale(self._output.units)
        backward = [*rest, *(call for piece in reversed(pieces) for call in piece.backward)]
        passes = self._enter, straightened([*forward, *shared]), loss, straightened(backward), self._leave
        self.gradients, self.steps = _round(*passes), _rounds(*passes)

    def _loss(self, delta: Array) -> tuple[Bound, float, list[Call]]:
        """Make what writes δ of the output layer from the targets, its factor, and what is left to do then.

        The slopes that all layers share serve here too.
        """
        kind, activation, buffers = self._spec.training.loss, self._output.activation, self._inner("loss")
        slopes = self._rows_of_dense[self._output.id][1]
        if slopes is None or (kind.kind, activation.kind) in FUSED:
            return *plan_losses.loss(kind, activation, self.z, self.a, delta, buffers), []
        gradient, factor = plan_losses.loss(kind, choose(ACTIVATIONS, "linear"), self.z, self.a, delta, buffers)
        return gradient, factor, [Straight((np.multiply, (delta, slopes, delta)))]

    def _inner(self, name: str) -> Buffers:
        return self._site.buffers.within(name)

    def _here(self, name: str) -> Site:
        """Return the site with a shelf of its own."""
        return replace(self._site, buffers=self._inner(name))

    def _answers(self) -> tuple[dict[str, tuple[Signal, Array | None]], list[Call]]:
        """Lay out what all dense layers answer in one array, and their slopes in another.

        Layers in a row with one activation then need one pass for the slopes of all (measured: W1 10.3 → 8.7 µs).

        Returns:
            Of each dense layer its signal and its slopes, and what works the slopes out.
        """
        layers = [layer for layer in self._spec.network.layers if isinstance(layer, Dense)]
        site, found, calls, start = self._site, dict[str, tuple[Signal, Array | None]](), list[Call](), 0
        total = sum(layer.units + 1 for layer in layers)
        answers = site.buffers.take("answers", (total, site.rows))
        slopes = site.buffers.take("slopes", (total, site.rows)) if site.backward else None
        for _, group in groupby(layers, _shared):
            first, together = start, list(group)
            start += sum(layer.units + 1 for layer in together)
            call = None
            if slopes is not None and not together[0].lesioned:
                call = plan_activations.slopes(together[0].activation, answers[first:start], slopes[first:start])
                calls += [call] if call else []
            for layer in together:
                last = first + layer.units
                under = self._inner(layer.id).take("delta", (layer.units + 1, site.rows)) if site.backward else None
                own = None if call is None or slopes is None else slopes[first:last]
                found[layer.id] = plan_layers.rows_signal(answers[first : last + 1], under), own
                first = last + 1
        return found, calls

    def _pieces(self) -> list[Piece]:
        """Make the pieces, first to last."""
        layers, pieces, index = self._spec.network.layers, list[Piece](), 0
        self.signals: list[Signal | None] = []
        read = None if isinstance(layers[0], Dense) else self._entrance()
        while index < len(layers):
            made, taken = self._made(index, read)
            pieces += made
            read = pieces[-1].output if pieces else read
            self.signals += [*[None] * (taken - 1), read]
            index += taken
        return pieces

    def _made(self, index: int, read: Signal | None) -> tuple[list[Piece], int]:
        """Make a layer from what it reads; return its pieces, and how many layers they are."""
        layer, network = self._spec.network.layers[index], self._spec.network
        site, block, shape = self._here(layer.id), self._blocks[index], network.read_shape(index)
        gradient = None if self._gradients is None else self._gradients[index]
        if isinstance(layer, Dense):
            return self._dense(layer, index, read, site), 1
        assert read is not None
        if isinstance(layer, Conv2D | MaxPool2D | AvgPool2D):
            before = [] if read.whole is None else [plan_layers.as_image(read, as_image(shape), site)]
            read = before[0].output if before else read
            if isinstance(layer, Conv2D):
                following = network.layers[index + 1]
                piece, taken = plan_convolution.convolution(layer, shape, read, block, gradient, site, following, self._sides[index:])
                return [*before, piece], taken
            return [*before, plan_pooling.pooling(layer, shape, read, site, self._sides[index])], 1
        if isinstance(layer, Dropout):
            draws = self._site.training and layer.rate > 0
            return [plan_layers.dropout(layer, read, site) if draws else Piece(read, ())], 1
        if isinstance(layer, BatchNorm):
            return [plan_layers.batch_norm(layer, read, block, gradient, network.silent(index), site)], 1
        return [Piece(read, ()) if read.whole is not None else plan_layers.as_rows(read, site)], 1

    def _dense(self, layer: Dense, index: int, read: Signal | None, site: Site) -> list[Piece]:
        """Make a dense layer; the first one reads the samples where they lie, without a copy of them."""
        last, training = index == len(self._blocks) - 1, self._spec.training
        output, slopes = self._rows_of_dense[layer.id]
        block, gradient = self._blocks[index], None if self._gradients is None else self._gradients[index]
        before = [plan_layers.as_rows(read, site)] if read is not None and read.whole is None else []
        read = before[0].output if before else read
        fused = not self._site.backward and (training.loss.kind, layer.activation.kind) in FUSED  # its losses are worked out from z
        keep = last and (fused or plan_losses.needs_z(training.loss, layer.activation))
        piece, z = plan_layers.dense(layer, read, block, gradient, output, slopes, site, last=last, keep=keep)
        if last:
            self.z = z
        if read is None:
            self.ones = layer.use_bias
            self._enter = block.dot, z
            if gradient is not None and output.slope is not None:
                self._leave = output.slope.dot, gradient
        return [*before, piece]

    def _entrance(self) -> Signal:
        """Make the signal that the samples are copied to, for a first layer that is not dense."""
        shape, rows, site = self._spec.network.input.shape, self._site.rows, self._here("")
        self.ones = False
        if len(shape) != 3:
            read = plan_layers.rows_signal(site.buffers.take("whole", (shape[0] + 1, rows)), None)
            self._enter = _copied, read.value
            return read
        height, width, channels = shape
        read = Signal(site.buffers.take("image", (height, width, rows, channels)))
        self._enter = _copied, read.value.transpose(0, 1, 3, 2)
        return read


Taken = tuple[Callable[[Array, Array], object], Array]  # what is called with the samples, and where it writes
Line = tuple[Bound, ...]
Round = Callable[[Array, Array, Array], None]
Rounds = Callable[[list[Portion], plan_update.PlannedUpdate, int], int]


def _nothing(_samples: Array, _out: Array) -> None:
    """Do nothing with the samples."""


def _copied(samples: Array, out: Array) -> None:
    np.copyto(out, samples.reshape(out.shape))


def _shared(layer: Dense) -> object:
    """Return what layers must have in common to have their slopes worked out together."""
    return layer.id if layer.lesioned else layer.activation


def _line(enter: Taken, calls: list[Call]) -> Callable[[Array], None]:
    (take, taken), ahead = enter, straightened(calls)

    def line(columns: Array) -> None:
        take(columns, taken)
        for function, arguments in ahead:
            function(*arguments)

    return line


def _round(enter: Taken, ahead: Line, loss: Bound, back: Line, leave: Taken) -> Round:
    (take, taken), (judge, judged), (give, given) = enter, loss, leave

    def gradients(x: Array, columns: Array, t: Array) -> None:
        take(columns, taken)
        for function, arguments in ahead:
            function(*arguments)
        judge(t, *judged)
        for function, arguments in back:
            function(*arguments)
        give(x, given)

    return gradients


def _rounds(enter: Taken, ahead: Line, loss: Bound, back: Line, leave: Taken) -> Rounds:
    (take, taken), (judge, judged), (give, given) = enter, loss, leave

    def steps(portions: list[Portion], update: plan_update.PlannedUpdate, count: int) -> int:
        (before, squares, used, most), change = update.looks, update.run
        largest = most[0]
        for x, columns, t in portions:
            take(columns, taken)
            for function, arguments in ahead:
                function(*arguments)
            judge(t, *judged)
            for function, arguments in back:
                function(*arguments)
            give(x, given)
            for call in before:
                call()
            if not float(squares(used)) <= largest:  # `PlannedUpdate.calm`, without a call of its own
                break
            change(count)
            count += 1
        return count

    return steps
