"""What the canvas shows at a stage: which neurons and connections act, which numbers stand on them, which way it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from nnviz.engine.network_spec import Dense
from nnviz.engine.samples import Array
from nnviz.engine.trace import LayerTrace, Trace
from nnviz.explain.film import Moment, plan
from nnviz.explain.focus import weight_values
from nnviz.explain.reading import INPUT
from nnviz.explain.stages import Stage

BACKWARD = ("output_gradient", "delta", "grad", "back")
FORWARD = ("input", "z", "statistics", "normalized", "a", "loss", "again")
NODES = {"z": "z", "a": "a", "delta": "δ", "output_gradient": "∂L/∂ŷ"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A stage as the canvas draws it; layers are told by id, "input" is the input.

    Attributes:
        node_values: layer -> its row of numbers, shape (units,), with `node_symbols`: x, z, x̂, a, ŷ, ŷ−y, δ, or ∂L/∂a.
        edge_values: dense layer -> numbers on the connections into it, shape (units, sources), with `edge_kind`: weight, term
            (w·x on the way forward), gradient or step; layers of other kinds have no single connections to write on.
        lit_nodes, lit_edges: what acts now; edges are told by the layer they lead to.
        direction: 1 when the signal runs forward, −1 backward, 0 when nothing travels.
    """

    node_values: dict[str, Array] = field(default_factory=dict)
    node_symbols: dict[str, str] = field(default_factory=dict)
    edge_values: dict[str, Array] = field(default_factory=dict)
    edge_kind: dict[str, str] = field(default_factory=dict)
    lit_nodes: frozenset[str] = frozenset()
    lit_edges: frozenset[str] = frozenset()
    direction: int = 0


def picture(trace: Trace, stage: Stage, sample: int = 0) -> Picture:
    """Return what the canvas shows at `stage` of a pass, for one sample of a batch."""
    film = plan(trace)
    now = film[stage.index]
    nodes, symbols = _nodes(trace, film[: stage.index + 1], sample)
    edges, kind, lit_edges = _edges(trace, now, sample)
    return Picture(
        node_values=nodes,
        node_symbols=symbols,
        edge_values=edges,
        edge_kind=dict.fromkeys(edges, kind),
        lit_nodes=_lit_nodes(trace, now),
        lit_edges=lit_edges,
        direction=_direction(now),
    )


def _nodes(trace: Trace, past: tuple[Moment, ...], sample: int) -> tuple[dict[str, Array], dict[str, str]]:
    """Return the newest number of every neuron that the pass has reached, and what it is."""
    values: dict[str, Array] = {INPUT: trace.inputs[sample]}
    symbols = {INPUT: "x"}
    last = len(trace.layers) - 1
    for moment in past:
        if moment.quantity == "again":
            values |= {layer.id: layer.a_after[sample] for layer in trace.layers}
            symbols |= {layer.id: "a" for layer in trace.layers} | {trace.layers[last].id: "ŷ"}
        if moment.quantity == "loss":
            with np.errstate(all="ignore"):
                values[trace.layers[last].id], symbols[trace.layers[last].id] = _miss(trace, sample), "ŷ−y"
        if moment.layer is None:
            continue
        layer = trace.layers[moment.layer]
        if moment.quantity == "back":
            layer = trace.layers[moment.layer - 1]
            values[layer.id], symbols[layer.id] = layer.upstream[sample], "∂L/∂a"
        elif moment.quantity == "normalized":
            values[layer.id], symbols[layer.id] = layer.memory.normalized.reshape(len(layer.a), -1)[sample], "x̂"
        elif moment.quantity in NODES:
            found = {"z": layer.z, "a": layer.a, "delta": layer.delta, "output_gradient": trace.output_gradient}[moment.quantity]
            values[layer.id] = found[sample]
            symbols[layer.id] = "ŷ" if moment.quantity == "a" and moment.layer == last else NODES[moment.quantity]
    return values, symbols


def _miss(trace: Trace, sample: int) -> Array:
    """Return ŷ − y; a teacher's shares, which stand before the targets, are no part of it."""
    miss: Array = trace.outputs[sample] - trace.targets[sample, -trace.outputs.shape[1] :]
    return miss


def _edges(trace: Trace, now: Moment, sample: int) -> tuple[dict[str, Array], str, frozenset[str]]:
    """Return the numbers on the connections that act, what they are, and where the connections lead."""
    if now.quantity in ("mean", "penalty", "clip", "step", "new"):
        kind = {"step": "step", "new": "weight"}.get(now.quantity, "gradient")
        values = {layer.id: weight_values(layer, now.quantity) for layer in _dense(trace)}
        return values, kind, frozenset(layer.id for layer in trace.layers if layer.weights.size)
    if now.quantity == "again":
        with np.errstate(all="ignore"):
            values = {layer.id: layer.new_weights * layer.inputs_after[sample] for layer in _dense(trace)}
        return values, "term", frozenset(layer.id for layer in trace.layers)
    numbers: dict[str, Callable[[LayerTrace, int], Array]] = {"z": _terms, "grad": _gradients, "back": _returned}
    if now.layer is None or now.quantity not in numbers:
        return {}, "weight", frozenset()
    layer = trace.layers[now.layer]
    if layer.kind != Dense.kind:
        return {}, "weight", frozenset({layer.id})
    with np.errstate(all="ignore"):
        found = numbers[now.quantity](layer, sample)
    return {layer.id: found}, "term" if now.quantity == "z" else "gradient", frozenset({layer.id})


def _dense(trace: Trace) -> list[LayerTrace]:
    """Return the layers whose every weight is an edge of the canvas."""
    return [layer for layer in trace.layers if layer.kind == Dense.kind]


def _terms(layer: LayerTrace, sample: int) -> Array:
    """Return w·x."""
    terms: Array = layer.weights * layer.inputs[sample]
    return terms


def _gradients(layer: LayerTrace, sample: int) -> Array:
    """Return δ·x."""
    return np.outer(layer.delta[sample], layer.inputs[sample])


def _returned(layer: LayerTrace, sample: int) -> Array:
    """Return w·δ."""
    returned: Array = layer.weights * layer.delta[sample][:, None]
    return returned


def _lit_nodes(trace: Trace, now: Moment) -> frozenset[str]:
    """Return the layers whose neurons act."""
    everything = frozenset({INPUT, *(layer.id for layer in trace.layers)})
    if now.quantity == "input":
        return frozenset({INPUT})
    if now.quantity == "loss":
        return frozenset({trace.layers[-1].id})
    if now.layer is None:
        return everything if now.quantity == "again" else frozenset()
    layer, before = trace.layers[now.layer].id, trace.layers[now.layer - 1].id if now.layer else INPUT
    reads = now.quantity in ("z", "statistics", "grad", "back") or (now.quantity == "a" and not trace.layers[now.layer].weights.size)
    return frozenset({layer, before}) if reads else frozenset({layer})


def _direction(now: Moment) -> int:
    if now.quantity in BACKWARD:
        return -1
    return 1 if now.quantity in FORWARD else 0
