"""What a person has chosen on the canvas, as canvas, inspector, card and plots tell each other: ids, never positions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person chose: `kind` is "network", "layer", "neuron", "edge" or "several"; the rest are ids.

    Attributes:
        layer: the layer's id, or "input"; of an edge: the layer it arrives at.
        neuron: the neuron's id; of an edge: the one it arrives at.
        source: of an edge: the id of the neuron it leaves.
        parts: of several, what was chosen: at least two different layers, neurons or edges, in the order they were chosen.
    """

    kind: str = "network"
    layer: str = ""
    neuron: str = ""
    source: str = ""
    parts: tuple[Selection, ...] = ()

    @property
    def each(self) -> tuple[Selection, ...]:
        """All that is chosen, one by one: the parts of several, nothing for the network, else this itself."""
        if self.kind == "several":
            return self.parts
        return () if self.kind == "network" else (self,)


NETWORK = Selection()


def several(chosen: Iterable[Selection]) -> Selection:
    """Return one selection of all that is chosen, each once: NETWORK where there is nothing."""
    parts = tuple(dict.fromkeys(part for selection in chosen for part in selection.each))
    if len(parts) < 2:
        return parts[0] if parts else NETWORK
    return Selection("several", parts=parts)


def toggled(selection: Selection, part: Selection) -> Selection:
    """Return the selection with this part added, or taken out where it is in."""
    if part in selection.each:
        return several(each for each in selection.each if each != part)
    return several((*selection.each, part))
