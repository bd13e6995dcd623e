"""The words of each stage: its label, its title, and one sentence about what just happened, with the real figures."""

from __future__ import annotations

import math

from nnviz.engine.problem import Message, message
from nnviz.explain.film import Moment
from nnviz.explain.focus import Focus
from nnviz.explain.loss import scale_text
from nnviz.explain.numbers import format_number, short_number
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import subscript
from nnviz.explain.update import gradient_norm


def label(reading: Reading, moment: Moment) -> str:
    """Return what stands on the transport bar: z₁, ŷ, ∂W₂, update."""
    if moment.layer is not None:
        at = subscript(moment.layer + 1)
        answer = "ŷ" if moment.layer == reading.last else f"a{at}"
        before = f"a{subscript(moment.layer)}"
        letters = {"z": f"z{at}", "a": answer, "output_gradient": "∂L/∂ŷ", "delta": f"δ{at}", "grad": f"∂W{at}", "back": f"∂{before}"}
        return letters[moment.quantity]
    return reading.say(_word(reading, moment.quantity))


def _word(reading: Reading, quantity: str) -> Message:
    match quantity:
        case "input":
            return message("label.input")
        case "loss":
            return message("label.loss")
        case "mean":
            return message("label.sum") if reading.trace.batch_scale == 1 else message("label.mean")
        case "penalty":
            return message("label.penalty")
        case "clip":
            return message("label.clip")
        case "step":
            return message("label.step")
        case "new":
            return message("label.new")
        case _:
            return message("label.again")


def title(reading: Reading, moment: Moment) -> Message:
    """Return the heading of a stage."""
    layer = "" if moment.layer is None else reading.layer(moment.layer).name
    match moment.quantity:
        case "input":
            return message("title.input")
        case "z":
            return message("title.z", layer=layer)
        case "a":
            return message("title.prediction", layer=layer) if moment.layer == reading.last else message("title.a", layer=layer)
        case "loss":
            return message("title.loss")
        case "output_gradient":
            return message("title.output-gradient")
        case "delta":
            return message("title.delta", layer=layer)
        case "grad":
            return message("title.grad", layer=layer)
        case "back":
            return message("title.back", layer=layer, before=reading.layer((moment.layer or 1) - 1).name)
        case "mean":
            return message("title.sum") if reading.trace.batch_scale == 1 else message("title.mean")
        case "penalty":
            return message("title.penalty")
        case "clip":
            return message("title.clip")
        case "step":
            return message("title.step")
        case "new":
            return message("title.new")
        case _:
            return message("title.again")


def sentence(reading: Reading, moment: Moment, place: Focus, finite: bool = True) -> Message:
    """Return one sentence about what just happened; `finite` tells whether all numbers before were.

    Where a number stops being finite the sentence says so.
    """
    if not math.isfinite(place.value):
        layer, neuron, value = reading.layer(place.layer).name, place.unit + 1, format_number(place.value)
        if finite:
            return message("stage.not-finite", layer=layer, neuron=neuron, value=value)
        return message("stage.still-not-finite", layer=layer, neuron=neuron, value=value)
    if moment.quantity in ("z", "a", "output_gradient", "delta", "grad", "back"):
        return _of_layer(reading, moment, place)
    if moment.quantity in ("input", "loss", "mean", "again"):
        return _of_samples(reading, moment.quantity, place)
    return _of_update(reading, moment.quantity, place)


def _of_layer(reading: Reading, moment: Moment, place: Focus) -> Message:
    """Return the sentence of a stage of one layer."""
    layer, neuron, value = reading.layer(place.layer), place.unit + 1, reading.shown(place.value)
    activation = reading.name(layer.activation)
    match moment.quantity:
        case "z":
            if reading.trace.spec.network.layers[place.layer].use_bias:
                return message("stage.z", layer=layer.name, neuron=neuron, value=value)
            return message("stage.z-no-bias", layer=layer.name, neuron=neuron, value=value)
        case "a":
            before = reading.shown(float(layer.z[reading.sample, place.unit]))
            if layer.derivative is None:
                return message("stage.softmax", layer=layer.name, neuron=neuron, value=value)
            if place.layer == reading.last:
                return message("stage.prediction", activation=activation, neuron=neuron, before=before, value=value)
            return message("stage.a", layer=layer.name, activation=activation, neuron=neuron, before=before, value=value)
        case "output_gradient":
            return message("stage.output-gradient", neuron=neuron, value=value)
        case "delta":
            if layer.derivative is None and not reading.trace.fused:
                return message("stage.delta-coupled", layer=layer.name, neuron=neuron, value=value)
            if place.layer == reading.last and reading.trace.fused and reading.sample_scale != 1:
                scale = scale_text(reading.sample_scale)
                return message("stage.delta-fused-scaled", activation=activation, scale=scale, neuron=neuron, value=value)
            if place.layer == reading.last and reading.trace.fused:
                return message("stage.delta-fused", activation=activation, neuron=neuron, value=value)
            if place.value == 0:
                return message("stage.delta-zero", layer=layer.name)
            return message("stage.delta", layer=layer.name, neuron=neuron, value=value)
        case "grad":
            return message("stage.grad", layer=layer.name, neuron=neuron, source=(place.source or 0) + 1, value=value)
        case _:
            after = reading.layer(place.layer + 1).name
            return message("stage.back", layer=after, before=layer.name, neuron=neuron, value=value)


def _of_samples(reading: Reading, quantity: str, place: Focus) -> Message:
    """Return the sentence of a stage that looks at inputs and outputs."""
    trace, count = reading.trace, reading.batch
    row, loss, after = int(trace.rows[reading.sample]), reading.shown(trace.loss), reading.shown(trace.loss_after)
    match quantity:
        case "input":
            if row < 0:
                return message("stage.input-own")
            return message("stage.input-batch", count=count, row=row) if count > 1 else message("stage.input", row=row)
        case "loss":
            if count > 1:
                return message("stage.loss-batch", count=count, loss=loss)
            output, target = float(trace.outputs[0, place.unit]), float(trace.targets[0, place.unit])
            return message("stage.loss", output=reading.shown(output), target=reading.shown(target), loss=loss)
        case "mean":
            value = reading.shown(place.value)
            return (
                message("stage.sum", count=count, value=value)
                if trace.batch_scale == 1
                else message("stage.mean", count=count, value=value)
            )
        case _:
            if trace.loss_after < trace.loss:
                return message("stage.again-better", loss=loss, after=after)
            if trace.loss_after > trace.loss:
                return message("stage.again-worse", loss=loss, after=after)
            return message("stage.again-same", loss=loss)


def _of_update(reading: Reading, quantity: str, place: Focus) -> Message:
    """Return the sentence of a stage between gradient and new weight."""
    trace, layer = reading.trace, reading.layer(place.layer)
    name, neuron, source, value = layer.name, place.unit + 1, (place.source or 0) + 1, reading.shown(place.value)
    match quantity:
        case "penalty":
            return message("stage.penalty", penalty=reading.shown(trace.penalty))
        case "clip":
            length, factor = reading.shown(gradient_norm(reading)), reading.shown(trace.clip_factor)
            if trace.clip_factor < 1:
                return message("stage.clip-norm", length=length, factor=factor)
            return message("stage.clip-value") if _clipped(reading) else message("stage.clip-none", length=length)
        case "step":
            optimizer, rate = reading.name(trace.spec.training.optimizer), short_number(trace.learning_rate, reading.comma)
            return message("stage.step", optimizer=optimizer, rate=rate, layer=name, neuron=neuron, source=source, value=value)
        case _:
            old = reading.shown(float(layer.weights[place.unit, place.source or 0]))
            return message("stage.new", layer=name, neuron=neuron, source=source, old=old, value=value)


def _clipped(reading: Reading) -> bool:
    """Tell whether clipping changed any entry."""
    pairs = ((layer.grad_weights + layer.regularization_weights, layer.used_weights) for layer in reading.trace.layers)
    biases = ((layer.grad_bias, layer.used_bias) for layer in reading.trace.layers)
    return any((before != after).any() for before, after in (*pairs, *biases))
