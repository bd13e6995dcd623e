"""Faults inside the network, read off the sums, activations and slopes of some samples: layer by layer, each named.

The first are Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, made numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.analysis import remedies
from nnviz.analysis.activation_ends import FLAT, ends
from nnviz.analysis.evidence import Evidence, rms
from nnviz.analysis.finding import Finding, digits, offered
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import LayerParameters
from nnviz.engine.problem import message
from nnviz.engine.spec import Conv2D, Weighted
from nnviz.engine.table import bind
from nnviz.engine.update import rates

Array = NDArray[Any]
EXPLODED, VANISHED = 1e3, 1e-4  # times the slope at the output
DEAD_SHARE = 0.5  # of a layer's units; in good ReLU networks a third may be dead
ENOUGH = 32  # answers, or all samples there are, before a unit is called dead or saturated
ALWAYS, MANY = 0.95, 0.5  # of the samples; of a layer's units
WRONG, WRONG_SHARE, UNHEARD = 0.5, 0.2, 0.02  # |y − t|; of the samples; how much of the loss's slope comes through
NEAR_OVERFLOW = 0.9  # of the largest z whose e^z is finite
LARGE = 2.0  # root mean square of inputs that are worth scaling
OVERFLOW = {"float64": 709.78, "float32": 88.72}


def signal_findings(e: Evidence) -> Iterator[Finding]:
    """Yield all faults inside the network."""
    yield from _frozen(e)
    yield from _symmetric(e)
    if all(np.isfinite(delta).all() for delta in e.deltas):
        yield from _dead(e)
        yield from _saturated(e)
        yield from _deaf_output(e)
        yield from _flow(e)
    yield from _near_overflow(e)


def _flow(e: Evidence) -> Iterator[Finding]:
    """Slopes that grow or shrink by orders of magnitude on their way back: rms(δ of the layer) / rms(δ of the output)."""
    last = rms(e.deltas[-1])
    if not last:
        return
    for index, layer, _ in e.weighted:
        ratio = rms(e.deltas[index]) / last
        if ratio > EXPLODED and not _clips(e):
            found = offered(e, remedies.initializers(e.spec), remedies.clip(e.spec), remedies.batch_norms(e.spec))
            said = message("health.exploding-gradients", layer=layer.name, step=e.step, ratio=digits(ratio))
            yield Finding("exploding-gradients", layer.id, e.step, said, message("health.exploding-gradients-why"), found)
            return
        if 0 < ratio < VANISHED:
            found = offered(e, remedies.hidden_activations(e.spec, "relu"), remedies.batch_norms(e.spec))
            said = message("health.vanishing-gradients", layer=layer.name, step=e.step, ratio=digits(ratio))
            yield Finding("vanishing-gradients", layer.id, e.step, said, message("health.vanishing-gradients-why"), found)
            return


def _clips(e: Evidence) -> bool:
    training = e.spec.training
    return training.normalize_gradients or training.clip_norm is not None or training.clip_value is not None


def _units(layer: Weighted, values: Array) -> Array:
    """Return values (rows, ·) of a layer as (rows, units): every place of an image is a row of its filter. Without lesioned ones."""
    own = values.reshape(-1, layer.units)
    return own[:, [neuron not in layer.lesioned for neuron in layer.neurons]] if layer.lesioned else own


def _enough(e: Evidence, answers: Array) -> bool:
    """Tell whether there are answers enough to judge a unit by; of one sample there never are."""
    return len(e.x) > 1 and len(answers) >= min(ENOUGH, len(e.samples.train))


def _slopes(e: Evidence, index: int, layer: Weighted) -> Array:
    """Return f′(z) of a layer whose units are not coupled, (rows, ·)."""
    slope = ACTIVATIONS[layer.activation.kind].derivative
    assert slope is not None
    return bind(slope, layer.activation)(e.passed.z[index], e.passed.a[index])


def _dead(e: Evidence) -> Iterator[Finding]:
    """Units behind the corner of a ReLU and its like for every sample: no slope comes through them, so they never change again."""
    for index, layer, _ in e.weighted:
        if not ends(layer.activation).cut:
            continue
        slopes = _units(layer, _slopes(e, index, layer))
        dead, units = int(slopes.shape[1] - slopes.any(axis=0).sum()), slopes.shape[1]
        if _enough(e, slopes) and dead and dead >= DEAD_SHARE * units:
            cures = remedies.activation(e.spec, layer, "leaky_relu"), remedies.slower(e.spec, back=True), remedies.initializers(e.spec)
            said = message("health.dead-units", layer=layer.name, step=e.step, dead=dead, units=units, samples=len(e.x))
            why = message("health.dead-units-why", activation=layer.activation.kind.replace("_", " "))
            yield Finding("dead-units", layer.id, e.step, said, why, offered(e, *cures))


def _saturated(e: Evidence) -> Iterator[Finding]:
    """Hidden units that always stand at an end of their range, where f is flat."""
    for index, layer, _ in e.weighted:
        own = ends(layer.activation)
        if not own.flat or ACTIVATIONS[layer.activation.kind].derivative is None or layer.id == e.spec.network.output.id:
            continue
        flat = _units(layer, np.abs(_slopes(e, index, layer))) < FLAT * own.steepest
        count, units = int((flat.mean(axis=0) >= ALWAYS).sum()), flat.shape[1]
        if _enough(e, flat) and count and count >= MANY * units:
            cures = (
                remedies.standardize(e.spec) if index == 0 and rms(e.x) > LARGE and not e.images else None,
                remedies.initializers(e.spec),
                remedies.batch_norms(e.spec),
                remedies.hidden_activations(e.spec, "relu"),
            )
            said = message("health.saturated-units", layer=layer.name, step=e.step, saturated=count, units=units)
            size = digits(rms(e.passed.z[index]))
            why = message("health.saturated-units-why", activation=layer.activation.kind.replace("_", " "), size=size)
            yield Finding("saturated-units", layer.id, e.step, said, why, offered(e, *cures))


def _deaf_output(e: Evidence) -> Iterator[Finding]:
    """Answers that are wrong and sure of it, where the loss's slope is lost in the flat end of the activation."""
    output, last = e.spec.network.output, len(e.deltas) - 1
    kind = output.activation.kind
    if e.objective.fused or not ends(output.activation).flat or not e.samples.classes:
        return
    wrong = np.abs(e.passed.outputs - e.t[:, -output.units :]).max(axis=1) > WRONG
    upstream = np.abs(e.objective.output_gradient(e.passed, e.t)).max(axis=1)
    lost = wrong & (np.abs(e.deltas[last]).max(axis=1) < UNHEARD * upstream)
    if lost.sum() >= max(1, WRONG_SHARE * len(e.x)):
        new = ("sigmoid", "binary_crossentropy") if ACTIVATIONS[kind].derivative else ("softmax", "categorical_crossentropy")
        cures = remedies.output_and_loss(e.spec, *new), remedies.initializers(e.spec)
        said = message("health.saturated-output", layer=output.name, step=e.step, share=digits(100 * float(lost.mean())))
        why = message("health.saturated-output-why", loss=e.spec.training.loss.kind.replace("_", " "), activation=kind.replace("_", " "))
        yield Finding("saturated-output", output.id, e.step, said, why, offered(e, *cures))


def _symmetric(e: Evidence) -> Iterator[Finding]:
    """Hidden units with equal weights in and out: equal slopes keep them equal for ever (Goodfellow et al. 2016, section 8.4)."""
    layers = list(e.weighted)
    for (_, layer, own), (_, after, following) in pairwise(layers):
        if layer.units > 1 and not layer.frozen and _alike(layer, own, after, following):
            said = message("health.symmetric-weights", layer=layer.name, step=e.step, units=layer.units)
            found = offered(e, remedies.initializers(e.spec))
            yield Finding("symmetric-weights", layer.id, e.step, said, message("health.symmetric-weights-why"), found)


def _alike(layer: Weighted, own: LayerParameters, after: Weighted, following: LayerParameters) -> bool:
    """Tell whether no unit differs from the first in what it hears or in how it is heard."""
    out = following.weights
    if out.shape[1] % layer.units:
        return False
    heard = out.reshape(len(out), layer.units, -1) if isinstance(after, Conv2D) else out.reshape(len(out), -1, layer.units).swapaxes(1, 2)
    return bool((own.weights == own.weights[0]).all() and (own.bias == own.bias[0]).all() and (heard == heard[:, :1]).all())


def _frozen(e: Evidence) -> Iterator[Finding]:
    """Nothing is trained at all."""
    factors = rates(e.spec.network)
    if factors is not None and not factors.any():
        said, why = message("health.all-frozen", step=e.step), message("health.all-frozen-why")
        yield Finding("all-frozen", None, e.step, said, why, offered(e, remedies.thaw(e.spec)))


def _near_overflow(e: Evidence) -> Iterator[Finding]:
    """A softmax computed as its formula reads, with z near to where e^z is ∞."""
    for index, layer, _ in e.weighted:
        if layer.activation.kind != "naive_softmax":
            continue
        largest, limit = float(e.passed.z[index].max(initial=-np.inf)), OVERFLOW[e.spec.training.precision]
        if not largest < NEAR_OVERFLOW * limit:
            yield overflow(e, layer, largest, limit)


def overflow(e: Evidence, layer: Weighted, largest: float, limit: float, step: int | None = None) -> Finding:
    """Return that a naive softmax overflows, or is about to."""
    step = e.step if step is None else step
    said = message("health.softmax-overflow", layer=layer.name, step=step)
    why = message("health.softmax-overflow-why", largest=digits(largest), limit=limit)
    return Finding("softmax-overflow", layer.id, step, said, why, offered(e, remedies.stable_softmax(e.spec, layer)))
