"""The order of things in one pass: which quantity of which layer appears when.

Stages, pictures and cards all read this one plan, so that a card knows what is done, what is now and what is next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnviz.engine.trace import LayerTrace, Trace

PHASES = {
    **{"input": "input", "z": "forward", "a": "forward", "loss": "loss", "output_gradient": "loss"},
    **{"delta": "backward", "grad": "backward", "back": "backward", "mean": "batch", "penalty": "regularization"},
    **{"clip": "clipping", "step": "update", "new": "update", "again": "check"},
}


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
    last = len(trace.layers) - 1
    yield Moment("input")
    for index in range(last + 1):
        yield Moment("z", index)
        yield Moment("a", index)
    yield Moment("loss")
    yield Moment("output_gradient", last)
    for index in range(last, -1, -1):
        yield Moment("delta", index)
        yield Moment("grad", index)
        if index:
            yield Moment("back", index)
    if len(trace.inputs) > 1:
        yield Moment("mean")
    if any(any(strengths(trace, layer)) for layer in trace.layers):
        yield Moment("penalty")
    if trace.spec.training.clip_value is not None or trace.spec.training.clip_norm is not None:
        yield Moment("clip")
    for quantity in ("step", "new", "again"):
        yield Moment(quantity)


def strengths(trace: Trace, layer: LayerTrace) -> tuple[float, float]:
    """Return λ₁ and λ₂ of a layer: its own where it has them, else those of the training."""
    spec, training = trace.spec.network.layer(layer.id), trace.spec.training
    return (training.l1 if spec.l1 is None else spec.l1, training.l2 if spec.l2 is None else spec.l2)
