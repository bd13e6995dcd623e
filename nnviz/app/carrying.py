"""A frame carried over to an edited network, until the worker's own arrives: what survives keeps its numbers, by ids.

Without it the canvas would go blank for a moment after every edit of layers or units. New neurons have zeros in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.app.frame import Frame, LayerFrame
from nnviz.engine.network_spec import BatchNorm, NetworkSpec, Weighted
from nnviz.engine.spec import Spec

Array = NDArray[Any]


def carried(frame: Frame, spec: Spec) -> Frame:
    """Return the frame as it would be if the network were that of `spec`, as far as can be known."""
    old, new = frame.spec.network, spec.network
    places = {layer.id: index for index, layer in enumerate(old.layers)}
    shapes = zip(new.layers, new.weight_shapes(), strict=True)
    layers = tuple(_layer(frame, places.get(layer.id, -1), new, index, shape) for index, (layer, shape) in enumerate(shapes))
    maps = {layer.id: frame.maps[layer.id] for layer in new.layers if layer.id in frame.maps}
    maps = {key: _picked(values, old.outputs(places[key]), new.outputs(new.index(key))) for key, values in maps.items()}
    if "input" in frame.maps:
        maps["input"] = _picked(frame.maps["input"], old.input.names, new.input.names)
    inputs = _picked(frame.probe.inputs, old.input.names, new.input.names)
    surface = frame.surface if old.layers[-1].id == new.layers[-1].id else None
    parameters = frame.parameters if frame.parameters.size == new.weights else np.zeros(new.weights, frame.parameters.dtype)
    return replace(
        frame, spec=spec, layers=layers, maps=maps, surface=surface, parameters=parameters, probe=replace(frame.probe, inputs=inputs)
    )


def _layer(frame: Frame, place: int, network: NetworkSpec, index: int, shape: tuple[int, int]) -> LayerFrame:
    layer, names = network.layers[index], network.outputs(index)
    if place < 0 or frame.spec.network.layers[place].kind != layer.kind:
        nothing, numbers = np.zeros(shape), np.zeros(len(names))
        rows = shape[0] if isinstance(layer, Weighted | BatchNorm) else 0
        statistics = np.zeros((2, rows if isinstance(layer, BatchNorm) else 0))
        return LayerFrame(layer.id, nothing, np.zeros(rows), statistics, numbers, numbers, nothing, np.zeros((0, len(names))))
    before, old = frame.layers[place], frame.spec.network
    rows_before, rows_now = old.rows(place), network.rows(index)
    sources_before, sources_now = old.sources(place), network.sources(index)
    was = old.outputs(place)
    return LayerFrame(
        layer.id,
        _grid(before.weights, rows_before, rows_now, sources_before, sources_now),
        _picked(before.bias, rows_before, rows_now),
        before.statistics if rows_before == rows_now else np.zeros((2, len(rows_now) if isinstance(layer, BatchNorm) else 0)),
        _picked(before.z, was, names),
        _picked(before.activations, was, names),
        _grid(before.gradient, rows_before, rows_now, sources_before, sources_now),
        before.batch_activations if was == names else np.zeros((0, len(names))),
    )


def _picked(values: Array, before: Sequence[str], now: Sequence[str]) -> Array:
    """Return what belongs to the ids of now, along the first axis; zeros for new ones."""
    if before == now or len(values) != len(before):
        return values if before == now else np.zeros((len(now), *values.shape[1:]), values.dtype)
    places = {name: place for place, name in enumerate(before)}
    found = np.zeros((len(now), *values.shape[1:]), values.dtype)
    kept = [(row, places[name]) for row, name in enumerate(now) if name in places]
    found[[row for row, _ in kept]] = values[[place for _, place in kept]]
    return found


def _grid(values: Array, rows_before: Sequence[str], rows_now: Sequence[str], before: Sequence[str], now: Sequence[str]) -> Array:
    """Return the weights from the sources of now to the rows of now; zeros for new ones."""
    return values if (rows_before, before) == (rows_now, now) else _picked(_picked(values, rows_before, rows_now).T, before, now).T
