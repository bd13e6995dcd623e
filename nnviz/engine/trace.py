"""One optimizer step with every number kept: what the screen plays stage by stage and the command line prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.batches import step_rows
from nnviz.engine.layers import TrainingMode
from nnviz.engine.network import Network, Pass, views
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import State
from nnviz.engine.spec import Spec, Weighted
from nnviz.engine.table import Choice, bind, choose
from nnviz.engine.update import Update

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """What happened in one layer; n samples, arrays (n, units), (n, sources), (units, sources) or (units,).

    Attributes:
        inputs, z, a: forward; `derivative` is f'(z), None for softmax, whose units are coupled.
        upstream, delta: ∂ℓ/∂a and ∂ℓ/∂z of each sample, without the batch scale.
        grad_weights, grad_bias: gradient of the data loss, reduced over the batch.
        regularization_weights, regularization_bias: gradient of the penalty.
        used_weights, used_bias: the gradient the optimizer gets: the sum of both, clipped.
        step_weights, step_bias: what is added to the parameters.
        inputs_after, a_after: forward again, with the new weights; dropout silences the same units again.
        memory: what the layer kept for the way back: the mask of a dropout, m/(1 − p); the `Statistics` of a batch norm; where
            in its window each winner of a pooling stands; None for the others.
        statistics, new_statistics: of a batch norm the running mean and variance before and after, (2, channels); else empty.
    """

    id: str
    name: str
    kind: str
    activation: Choice
    inputs: Array
    weights: Array
    bias: Array
    z: Array
    a: Array
    derivative: Array | None
    upstream: Array
    delta: Array
    grad_weights: Array
    grad_bias: Array
    regularization_weights: Array
    regularization_bias: Array
    used_weights: Array
    used_bias: Array
    step_weights: Array
    step_bias: Array
    new_weights: Array
    new_bias: Array
    inputs_after: Array
    a_after: Array
    memory: Any
    statistics: Array
    new_statistics: Array


@dataclass(frozen=True, slots=True)
class Trace:
    """One step on one sample or batch.

    Attributes:
        spec: what was trained: names, loss, reduction, optimizer, clipping.
        step: its number; 1 is the first. `count` is its number as the optimizer counts it.
        rows: where the samples stand in the data, shape (n,).
        output_gradient: ∂ℓ/∂ŷ with the sample scale, shape (n, outputs).
        sample_losses: with the sample scale, so that loss = batch_scale · Σ sample_losses.
        loss, penalty: of the data and of the regularization; `_after`: with the new weights.
        fused: whether δ of the output comes straight from y − t.
        state_before, state_after: the optimizer's moments, flat.
        parameters_before, parameters_after: flat.
    """

    spec: Spec
    step: int
    count: int
    rows: Array
    inputs: Array
    targets: Array
    outputs: Array
    output_gradient: Array
    sample_losses: Array
    loss: float
    penalty: float
    outputs_after: Array
    loss_after: float
    penalty_after: float
    learning_rate: float
    clip_factor: float
    batch_scale: float
    fused: bool
    state_before: dict[str, Array]
    state_after: dict[str, Array]
    parameters_before: Array
    parameters_after: Array
    layers: tuple[LayerTrace, ...]


def trace(
    spec: Spec,
    parameters: Array,
    state: State,
    step: int,
    x: Array,
    targets: Array,
    rows: Array | None = None,
    count: int | None = None,
    dtype: DTypeLike = np.float64,
    rate: float | None = None,
) -> Trace:
    """Make one optimizer step on copies and keep every number; then go forward again with the new weights.

    Args:
        spec: network and training.
        parameters: flat.
        state: the optimizer's moments.
        step: the number of this step, 1 for the first.
        x: inputs, shape (samples, inputs).
        targets: as the loss sees them, shape (samples, outputs).
        rows: where the samples stand in the data; 0, 1, … if None.
        count: the step's number as the optimizer counts it, if its moments began later.
        dtype: the arithmetic.
        rate: the learning rate; that of the spec if None.
    """
    parameters, x, targets = (np.array(item, dtype) for item in (parameters, x, targets))
    objective, update, count = Objective(spec, dtype), Update(spec, dtype, rate), step if count is None else count
    with np.errstate(all="ignore"):
        walk = _walk(Network(spec.network, parameters), objective, x, targets, spec.training.seed, step)
        batch_scale, penalty = objective.batch_scale(len(x)), objective.penalty_gradient(parameters)
        state = {name: moment.astype(dtype) for name, moment in state.items()}
        flats, clip_factor, state_after = _step(update, parameters, batch_scale * walk.gradient, penalty, state, count)
        again = _forward(Network(spec.network, flats.new), x, spec.training.seed, step)
        Network(spec.network, flats.new).follow(walk.passed)
        return Trace(
            spec=spec,
            step=step,
            count=count,
            rows=np.arange(len(x)) if rows is None else np.array(rows),
            inputs=x,
            targets=targets,
            outputs=walk.passed.outputs,
            output_gradient=walk.output_gradient,
            sample_losses=walk.losses,
            loss=float(batch_scale * walk.losses.sum()),
            penalty=float(objective.penalty(parameters)),
            outputs_after=again.outputs,
            loss_after=float(objective.loss(again, targets)),
            penalty_after=float(objective.penalty(flats.new)),
            learning_rate=update.learning_rate,
            clip_factor=clip_factor,
            batch_scale=batch_scale,
            fused=objective.fused,
            state_before=state,
            state_after=state_after,
            parameters_before=parameters,
            parameters_after=flats.new,
            layers=_layer_traces(spec, walk, flats, again),
        )


class _Walk(NamedTuple):
    """There and back again over all samples, with the gradient summed over them."""

    passed: Pass
    deltas: list[Array]
    output_gradient: Array
    losses: Array
    gradient: Array


class _Flats(NamedTuple):
    """All that has one number for each parameter."""

    old: Array
    gradient: Array
    penalty: Array
    used: Array
    change: Array
    new: Array


def _step(update: Update, old: Array, gradient: Array, penalty: Array | None, state: State, count: int) -> tuple[_Flats, float, State]:
    """Return the step, the factor of clipping, and the moments after it; the operations are those of `Learner.finish`."""
    used, factor = update.clip(gradient if penalty is None else gradient + penalty)
    change, state = update.change(used, state, count, old)
    return _Flats(old, gradient, np.zeros_like(old) if penalty is None else penalty, used, change, old + change), factor, state


def _walk(network: Network, objective: Objective, x: Array, t: Array, seed: int, step: int) -> _Walk:
    """Go forward and backward in the chunks in which training does, so that the sums are the same to the last bit."""
    deltas, gradient, rows = [], np.zeros_like(network.parameters), step_rows(network.spec)
    for start in range(0, len(x), rows):
        passed, part = network.forward(x[start : start + rows], TrainingMode(seed, step, start)), t[start : start + rows]
        delta = objective.delta(passed, part)
        gradient = network.backward(passed, delta) if start == 0 else gradient + network.backward(passed, delta)
        deltas.append(network.deltas(passed, delta))
    passed = _forward(network, x, seed, step)
    return _Walk(passed, _joined(deltas), objective.output_gradient(passed, t), objective.sample_losses(passed, t), gradient)


def _forward(network: Network, x: Array, seed: int, step: int) -> Pass:
    """Go forward as training does, chunk by chunk."""
    rows = step_rows(network.spec)
    passes = [network.forward(x[start : start + rows], TrainingMode(seed, step, start)) for start in range(0, len(x), rows)]
    return passes[0] if len(passes) == 1 else Pass(*(_joined([item[place] for item in passes]) for place in range(4)))


def _joined(chunks: list[list[Any]]) -> list[Any]:
    """Return one array a layer from one list of layers a chunk; None where there is nothing."""
    return [None if parts[0] is None else np.concatenate(parts) for parts in zip(*chunks, strict=True)]


def _layer_traces(spec: Spec, walk: _Walk, flats: _Flats, again: Pass) -> tuple[LayerTrace, ...]:
    by_layer = zip(*(views(spec.network, flat) for flat in flats), strict=True)
    network, passed = Network(spec.network, flats.old), walk.passed
    found = []
    for index, (layer, parts) in enumerate(zip(spec.network.layers, by_layer, strict=True)):
        old, gradient, penalty, used, change, new = parts
        z, a, last = passed.z[index], passed.a[index], index == len(network.layers) - 1
        activation = layer.activation if isinstance(layer, Weighted) else choose(ACTIVATIONS, "linear")
        derivative = ACTIVATIONS[activation.kind].derivative
        after = None if last else network.layers[index + 1]
        found.append(
            LayerTrace(
                id=layer.id,
                name=layer.name,
                kind=layer.kind,
                activation=activation,
                inputs=passed.inputs[index],
                weights=old.weights,
                bias=old.bias,
                z=z,
                a=a,
                derivative=None if derivative is None else bind(derivative, activation)(z, a),
                upstream=walk.output_gradient if after is None else after.upstream(walk.deltas[index + 1], passed.memory[index + 1]),
                delta=walk.deltas[index],
                grad_weights=gradient.weights,
                grad_bias=gradient.bias,
                regularization_weights=penalty.weights,
                regularization_bias=penalty.bias,
                used_weights=used.weights,
                used_bias=used.bias,
                step_weights=change.weights,
                step_bias=change.bias,
                new_weights=new.weights,
                new_bias=new.bias,
                inputs_after=again.inputs[index],
                a_after=again.a[index],
                memory=passed.memory[index],
                statistics=old.statistics,
                new_statistics=new.statistics,
            )
        )
    return tuple(found)
