"""What a person has chosen on the canvas, as canvas, inspector, card and plots tell each other: ids, never positions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person chose: `kind` is "network", "layer", "neuron" or "edge"; the rest are ids.

    Attributes:
        layer: the layer's id, or "input"; of an edge: the layer it arrives at.
        neuron: the neuron's id; of an edge: the one it arrives at.
        source: of an edge: the id of the neuron it leaves.
    """

    kind: str = "network"
    layer: str = ""
    neuron: str = ""
    source: str = ""


NETWORK = Selection()
