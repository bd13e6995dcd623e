"""What numbers and weights are called, in words and in formulas, by the kind of layer they belong to."""

from __future__ import annotations

from nnviz.engine.network_spec import BatchNorm, Conv2D, Weighted
from nnviz.engine.problem import message
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import subscript


def place_name(reading: Reading, index: int, unit: int) -> str:
    """Return in words where a number of a layer stands: "neuron 3", or "row 2, column 5 of map 1"."""
    shape = reading.network.shapes[index]
    if len(shape) != 3:
        return reading.say(message("place.neuron", neuron=unit + 1))
    pixel, channel = divmod(unit, shape[2])
    row, column = divmod(pixel, shape[1])
    return reading.say(message("place.pixel", row=row + 1, column=column + 1, map=channel + 1))


def weight_name(reading: Reading, index: int, row: int, column: int) -> str:
    """Return in words which weight of a layer it is: "weight 2 of neuron 1"."""
    layer = reading.spec(index)
    if isinstance(layer, BatchNorm):
        return reading.say(message("weight.scale", channel=row + 1))
    if not isinstance(layer, Conv2D):
        return reading.say(message("weight.edge", source=column + 1, neuron=row + 1))
    channel, tap = divmod(column, layer.kernel[0] * layer.kernel[1])
    down, across = divmod(tap, layer.kernel[1])
    return reading.say(message("weight.kernel", filter=row + 1, row=down + 1, column=across + 1, channel=channel + 1))


def weight_letter(reading: Reading, index: int, column: int) -> str:
    """Return how formulas call a weight: w₂, or the γ of a batch norm."""
    return "γ" if isinstance(reading.spec(index), BatchNorm) else f"w{subscript(column + 1)}"


def bias_letter(reading: Reading, index: int) -> str:
    """Return how formulas call what a layer adds: b, or the β of a batch norm."""
    return "β" if isinstance(reading.spec(index), BatchNorm) else "b"


def silent(reading: Reading, index: int, unit: int) -> bool:
    """Tell whether a number belongs to a lesioned neuron or filter."""
    layer = reading.spec(index)
    return isinstance(layer, Weighted) and layer.neurons[unit % layer.units] in layer.lesioned
