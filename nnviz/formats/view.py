"""What a person was looking at, as a project keeps it: which sample, which part of the canvas, what was selected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """The view of a project; nothing in it changes a number of the run.

    Attributes:
        probe_row: which sample of the data is shown, -1 for the first one of the training part.
        zoom: of the canvas, 0 where the whole network is fitted into it.
        center: what is in the middle of the canvas, in its own coordinates.
        kind: of what is selected ("network", "layer", "neuron" or "edge"); `layer`, `neuron` and `source` are its ids.
    """

    probe_row: int = -1
    zoom: float = 0.0
    center: tuple[float, float] = (0.0, 0.0)
    kind: str = "network"
    layer: str = ""
    neuron: str = ""
    source: str = ""
