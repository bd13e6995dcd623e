"""The words of each stage: its label, its title, and one sentence about what just happened, with the real figures."""

from __future__ import annotations

import math

from nnviz.engine.network_spec import AvgPool2D, BatchNorm, Dropout, Flatten, MaxPool2D
from nnviz.engine.problem import Message, message
from nnviz.explain.film import Moment
from nnviz.explain.focus import Focus
from nnviz.explain.layer_sentences import layer_sentence
from nnviz.explain.naming import place_name, weight_name
from nnviz.explain.numbers import format_number, short_number
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import subscript
from nnviz.explain.update import gradient_norm


def label(reading: Reading, moment: Moment) -> str:
    """Return what stands on the transport bar: z₁, ŷ, ∂W₂, update."""
    if moment.layer is None:
        return reading.say(_word(reading, moment.quantity))
    at = subscript(moment.layer + 1)
    answer, weights = "ŷ" if moment.layer == reading.last else f"a{at}", "γ" if reading.spec(moment.layer).kind == BatchNorm.kind else "W"
    letters = {"z": f"z{at}", "a": answer, "output_gradient": "∂L/∂ŷ", "delta": f"δ{at}", "grad": f"∂{weights}{at}"}
    letters |= {"back": f"∂a{subscript(moment.layer)}", "statistics": f"μ{at}, σ{at}", "normalized": f"x̂{at}", "running": f"μ{at}, σ²{at}"}
    return letters[moment.quantity]


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
    if moment.layer is not None:
        return _layer_title(reading, moment.quantity, moment.layer)
    match moment.quantity:
        case "input":
            return message("title.input")
        case "loss":
            return message("title.loss")
        case "mean":
            return message("title.sum") if reading.trace.batch_scale == 1 else message("title.mean")
        case "penalty":
            return message("title.penalty")
        case "clip":
            return message("title.normalize") if reading.trace.spec.training.normalize_gradients else message("title.clip")
        case "step":
            return message("title.step")
        case "new":
            return message("title.new")
        case _:
            return message("title.again")


def _layer_title(reading: Reading, quantity: str, index: int) -> Message:
    layer = reading.layer(index).name
    match quantity:
        case "z":
            return message("title.z", layer=layer)
        case "statistics":
            return message("title.statistics", layer=layer)
        case "normalized":
            return message("title.normalized", layer=layer)
        case "a":
            return _answer_title(reading, index)
        case "output_gradient":
            return message("title.output-gradient")
        case "delta":
            return (
                message("title.delta", layer=layer)
                if len(reading.network.shapes[index]) == 1
                else message("title.delta-numbers", layer=layer)
            )
        case "grad":
            return message("title.grad", layer=layer)
        case "running":
            return message("title.running", layer=layer)
        case _:
            return message("title.back", layer=layer, before=reading.layer(index - 1).name)


def _answer_title(reading: Reading, index: int) -> Message:
    layer = reading.layer(index).name
    match reading.spec(index):
        case MaxPool2D():
            return message("title.largest", layer=layer)
        case AvgPool2D():
            return message("title.average", layer=layer)
        case Flatten():
            return message("title.flatten", layer=layer)
        case Dropout():
            return message("title.dropout", layer=layer)
        case BatchNorm():
            return message("title.scaled", layer=layer)
    return message("title.prediction", layer=layer) if index == reading.last else message("title.a", layer=layer)


def sentence(reading: Reading, moment: Moment, place: Focus, finite: bool = True) -> Message:
    """Return one sentence about what just happened; `finite` tells whether all numbers before were.

    Where a number stops being finite the sentence says so.
    """
    if not math.isfinite(place.value):
        layer, value = reading.layer(place.layer).name, format_number(place.value)
        unit = place_name(reading, place.layer, place.unit)
        if place.source is not None:
            unit = weight_name(reading, place.layer, place.unit, place.source)
        if finite:
            return message("stage.not-finite", layer=layer, unit=unit, value=value)
        return message("stage.still-not-finite", layer=layer, unit=unit, value=value)
    if moment.layer is not None:
        return layer_sentence(reading, moment, place)
    if moment.quantity in ("input", "loss", "mean", "again"):
        return _of_samples(reading, moment.quantity, place)
    return _of_update(reading, moment.quantity, place)


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
            output, target = float(trace.outputs[0, place.unit]), float(reading.labels[0, place.unit])
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
    name, weight, value = layer.name, weight_name(reading, place.layer, place.unit, place.source or 0), reading.shown(place.value)
    match quantity:
        case "penalty":
            return message("stage.penalty", penalty=reading.shown(trace.penalty))
        case "clip":
            length, factor = reading.shown(gradient_norm(reading)), reading.shown(trace.clip_factor)
            if trace.spec.training.normalize_gradients:
                return message("stage.normalize", length=length, factor=factor)
            if trace.clip_factor < 1:
                return message("stage.clip-norm", length=length, factor=factor)
            return message("stage.clip-value") if _clipped(reading) else message("stage.clip-none", length=length)
        case "step":
            optimizer, rate = reading.name(trace.spec.training.optimizer), short_number(trace.learning_rate, reading.comma)
            return message("stage.step", optimizer=optimizer, rate=rate, layer=name, weight=weight, value=value)
        case _:
            old = reading.shown(float(layer.weights[place.unit, place.source or 0]))
            return message("stage.new", layer=name, weight=weight, old=old, value=value)


def _clipped(reading: Reading) -> bool:
    """Tell whether clipping changed any entry."""
    pairs = ((layer.grad_weights + layer.regularization_weights, layer.used_weights) for layer in reading.trace.layers)
    biases = ((layer.grad_bias, layer.used_bias) for layer in reading.trace.layers)
    return any((before != after).any() for before, after in (*pairs, *biases))
