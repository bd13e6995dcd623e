"""One sentence about a stage of one layer, with the real figures."""

from __future__ import annotations

from nnviz.engine.network_spec import AvgPool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnviz.engine.problem import Message, message
from nnviz.explain import norm
from nnviz.explain.film import Moment
from nnviz.explain.focus import Focus
from nnviz.explain.loss import DIFFERENCE, fused_scale, scale_text
from nnviz.explain.naming import place_name, weight_name
from nnviz.explain.numbers import short_number
from nnviz.explain.reading import Reading


def layer_sentence(reading: Reading, moment: Moment, place: Focus) -> Message:
    """Return the sentence of a stage of one layer."""
    layer, value = reading.layer(place.layer), reading.shown(place.value)
    match moment.quantity:
        case "z":
            return _sum(reading, place, value)
        case "a":
            return _answer(reading, place, value)
        case "output_gradient":
            return message("stage.output-gradient", neuron=place.unit + 1, value=value)
        case "delta":
            return _delta(reading, place, value)
        case "grad":
            return _gradient(reading, place, value)
        case "back":
            return _back(reading, place, value)
        case "normalized":
            return message("stage.normalized", unit=place_name(reading, place.layer, place.unit), value=value)
        case "running":
            return _running(reading, place, value)
        case _:
            mean, channel = reading.shown(float(norm.mean_of(reading, place.layer)[place.unit])), place.unit + 1
            if norm.memory(reading, place.layer).mean is None:
                return message("stage.statistics-frozen", layer=layer.name, channel=channel, mean=mean, value=value)
            return message("stage.statistics", layer=layer.name, channel=channel, mean=mean, value=value)


def _sum(reading: Reading, place: Focus, value: str) -> Message:
    layer, unit, bias = reading.layer(place.layer).name, place_name(reading, place.layer, place.unit), reading.uses_bias(place.layer)
    if isinstance(reading.spec(place.layer), Conv2D):
        if bias:
            return message("stage.z-filter", layer=layer, unit=unit, value=value)
        return message("stage.z-filter-no-bias", layer=layer, unit=unit, value=value)
    if bias:
        return message("stage.z", layer=layer, unit=unit, value=value)
    return message("stage.z-no-bias", layer=layer, unit=unit, value=value)


def _answer(reading: Reading, place: Focus, value: str) -> Message:
    """Return what a layer answers."""
    layer, spec = reading.layer(place.layer), reading.spec(place.layer)
    unit, before = place_name(reading, place.layer, place.unit), reading.shown(float(layer.z[reading.sample, place.unit]))
    match spec:
        case MaxPool2D():
            return message("stage.largest", layer=layer.name, unit=unit, value=value)
        case AvgPool2D():
            return message("stage.average", layer=layer.name, unit=unit, value=value)
        case Flatten():
            return message("stage.flatten", layer=layer.name, count=layer.a.shape[1])
        case Dropout():
            return _dropped(reading, place, value)
        case BatchNorm():
            return message("stage.scaled", layer=layer.name, unit=unit, value=value)
    activation = reading.name(layer.activation)
    if layer.derivative is None:
        return message("stage.softmax", layer=layer.name, activation=activation, unit=unit, value=value)
    if place.layer == reading.last:
        return message("stage.prediction", activation=activation, neuron=place.unit + 1, before=before, value=value)
    return message("stage.a", layer=layer.name, activation=activation, unit=unit, before=before, value=value)


def _dropped(reading: Reading, place: Focus, value: str) -> Message:
    layer, row = reading.layer(place.layer), reading.sample
    if layer.memory is None:
        return message("stage.dropout-off", layer=layer.name)
    count, silent = layer.a.shape[1], int((layer.memory[row] == 0).sum())
    unit, before = place_name(reading, place.layer, place.unit), reading.shown(float(layer.inputs[row, place.unit]))
    factor = short_number(_growth(reading, place.layer), reading.comma)
    return message("stage.dropout", layer=layer.name, silent=silent, total=count, factor=factor, unit=unit, before=before, value=value)


def _growth(reading: Reading, index: int) -> float:
    """Return by what a dropout multiplies the numbers it lets through."""
    spec = reading.spec(index)
    return 1 / (1 - spec.rate) if isinstance(spec, Dropout) else 1.0


def _delta(reading: Reading, place: Focus, value: str) -> Message:
    layer, unit = reading.layer(place.layer), place_name(reading, place.layer, place.unit)
    if place.layer == reading.last and reading.fused is not None:
        activation, scale = reading.name(layer.activation), scale_text(fused_scale(reading))
        if reading.fused.delta_formula != DIFFERENCE:
            loss = reading.name(reading.trace.spec.training.loss)
            return message("stage.delta-together", activation=activation, loss=loss, unit=unit, value=value)
        if scale:
            return message("stage.delta-fused-scaled", activation=activation, scale=scale, unit=unit, value=value)
        return message("stage.delta-fused", activation=activation, unit=unit, value=value)
    if layer.derivative is None:
        return message("stage.delta-coupled", layer=layer.name, activation=reading.name(layer.activation), unit=unit, value=value)
    if place.value == 0:
        return message("stage.delta-zero", layer=layer.name)
    return message("stage.delta", layer=layer.name, unit=unit, value=value)


def _gradient(reading: Reading, place: Focus, value: str) -> Message:
    layer, spec = reading.layer(place.layer).name, reading.spec(place.layer)
    weight = weight_name(reading, place.layer, place.unit, place.source or 0)
    if isinstance(spec, Conv2D):
        return message("stage.grad-filter", layer=layer, weight=weight, value=value)
    if isinstance(spec, BatchNorm):
        return message("stage.grad-scale", layer=layer, weight=weight, value=value)
    return message("stage.grad", layer=layer, weight=weight, value=value)


def _back(reading: Reading, place: Focus, value: str) -> Message:
    """Return what a layer hands back to the one before, which `place` is in."""
    index = place.layer + 1
    layer, before, unit = reading.layer(index).name, reading.layer(place.layer).name, place_name(reading, place.layer, place.unit)
    match reading.spec(index):
        case MaxPool2D():
            return message("stage.back-largest", layer=layer, before=before, unit=unit, value=value)
        case AvgPool2D():
            return message("stage.back-average", layer=layer, before=before, unit=unit, value=value)
        case Flatten():
            return message("stage.back-flatten", layer=layer, before=before, unit=unit, value=value)
        case Dropout():
            return message("stage.back-dropout", layer=layer, before=before, unit=unit, value=value)
        case BatchNorm() if norm.memory(reading, index).mean is not None:
            return message("stage.back-normalized", layer=layer, before=before, unit=unit, value=value)
    if isinstance(reading.spec(place.layer), Dense):
        return message("stage.back", layer=layer, before=before, unit=unit, value=value)
    return message("stage.back-numbers", layer=layer, before=before, unit=unit, value=value)


def _running(reading: Reading, place: Focus, value: str) -> Message:
    layer, spec = reading.layer(place.layer), reading.spec(place.layer)
    share = short_number(100 * spec.momentum, reading.comma) if isinstance(spec, BatchNorm) else ""
    old = reading.shown(float(layer.statistics[0, place.unit]))
    return message("stage.running", layer=layer.name, share=share, channel=place.unit + 1, old=old, value=value)
