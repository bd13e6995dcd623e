"""The order of things in one pass: which quantity of which layer appears when.

Stages, pictures and cards all read this one plan, so that a card knows what is done, what is now and what is next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nnviz.engine.layers import has_weights
from nnviz.engine.network_spec import BatchNorm, Conv2D, Dense, Weighted
from nnviz.engine.trace import LayerTrace, Trace

PHASES = {
    **{"input": "input", "z": "forward", "statistics": "forward", "normalized": "forward", "a": "forward"},
    **{"loss": "loss", "output_gradient": "loss", "delta": "backward", "grad": "backward", "back": "backward"},
    **{"mean": "batch", "penalty": "regularization", "clip": "clipping"},
    **{"step": "update", "new": "update", "running": "update", "again": "check"},
}
# What a kind of layer does on the way there and on the way back; the others have an answer, and nothing to learn.
FORWARD: Mapping[str, tuple[str, ...]] = {
    Dense.kind: ("z", "a"),
    Conv2D.kind: ("z", "a"),
    BatchNorm.kind: ("statistics", "normalized", "a"),
}
BACKWARD: Mapping[str, tuple[str, ...]] = {Dense.kind: ("delta", "grad"), Conv2D.kind: ("delta", "grad"), BatchNorm.kind: ("grad",)}


@dataclass(frozen=True, slots=True)
class Moment:
    """A quantity as it appears; `layer` is the position of the layer, None where it belongs to the whole network."""

    quantity: str
    layer: int | None = None

    @property
    def phase(self) -> str:
        """The part of the pass it belongs to."""
        return PHASES[self.quantity]


def plan(trace: Trace) -> tuple[Moment, ...]:
    """Return the moments of a pass in the order they happen."""
    return tuple(_moments(trace))


def _moments(trace: Trace) -> Iterator[Moment]:
    last, training = len(trace.layers) - 1, trace.spec.training
    first = next(index for index, layer in enumerate(trace.spec.network.layers) if has_weights(layer))
    yield Moment("input")
    for index, layer in enumerate(trace.layers):
        for quantity in FORWARD.get(layer.kind, ("a",)):
            yield Moment(quantity, index)
    yield Moment("loss")
    yield Moment("output_gradient", last)
    for index in range(last, first - 1, -1):
        for quantity in BACKWARD.get(trace.layers[index].kind, ()):
            yield Moment(quantity, index)
        if index > first:
            yield Moment("back", index)
    if len(trace.inputs) > 1:
        yield Moment("mean")
    if any(any(strengths(trace, layer)) for layer in trace.layers):
        yield Moment("penalty")
    if training.normalize_gradients or training.clip_value is not None or training.clip_norm is not None:
        yield Moment("clip")
    yield Moment("step")
    yield Moment("new")
    for index, layer in enumerate(trace.layers):
        if layer.kind == BatchNorm.kind and layer.memory.mean is not None:
            yield Moment("running", index)
    yield Moment("again")


def strengths(trace: Trace, layer: LayerTrace) -> tuple[float, float]:
    """Return λ₁ and λ₂ of a layer: its own where it has them, else those of the training; 0 where there is no penalty."""
    spec, training = trace.spec.network.layer(layer.id), trace.spec.training
    if not isinstance(spec, Weighted):
        return 0.0, 0.0
    return (training.l1 if spec.l1 is None else spec.l1, training.l2 if spec.l2 is None else spec.l2)
