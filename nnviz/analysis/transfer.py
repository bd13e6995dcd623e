"""Weights of a trained network as the beginning of another one's: which layers can be taken over.

Yosinski, Clune, Bengio & Lipson 2014, How transferable are features in deep neural networks? A layer is taken whole or not
at all: from the donor's layer of the same id, else from that of the same name, if both are of one kind and size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from nnviz.engine.network import views
from nnviz.engine.spec import BatchNorm, Conv2D, Layer, NetworkSpec, Weighted

Array = NDArray[Any]
TAKEN, NO_SUCH, OTHER_SHAPE, OTHER_ANSWERS = "taken", "no-such-layer", "other-shape", "other-answers"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one layer: its id and name, and TAKEN or why it was not; `shapes` are the donor's and its own where they differ."""

    layer: str
    name: str
    reason: str
    shapes: tuple[str, str] = ("", "")


def take(donor: NetworkSpec, given: Array, network: NetworkSpec, fresh: Array, same_answers: bool = True) -> tuple[Array, tuple[Fate, ...]]:
    """Return `fresh` with the layers that fit taken from `given`, and what became of each layer that has weights.

    Args:
        donor: the network `given` belongs to.
        given: its parameters, flat.
        network: the network to begin with.
        fresh: its parameters where nothing is taken, flat.
        same_answers: whether the outputs of both mean the same; else the output layer, the head, begins anew.
    """
    flat = fresh.copy()
    old, new = views(donor, given), views(network, flat)
    fates = []
    for index, layer in enumerate(network.layers):
        if not isinstance(layer, Weighted | BatchNorm):
            continue
        place = _place(donor, layer)
        if place is None:
            fates.append(Fate(layer.id, layer.name, NO_SUCH))
        elif index == len(network.layers) - 1 and not same_answers:
            fates.append(Fate(layer.id, layer.name, OTHER_ANSWERS))
        elif _size(donor, place) != _size(network, index):
            fates.append(Fate(layer.id, layer.name, OTHER_SHAPE, (_size(donor, place), _size(network, index))))
        else:
            new[index].weights[...] = old[place].weights
            if not isinstance(layer, Weighted) or layer.use_bias:
                new[index].bias[...] = old[place].bias
            new[index].statistics[...] = old[place].statistics
            fates.append(Fate(layer.id, layer.name, TAKEN))
    return flat, tuple(fates)


def _place(donor: NetworkSpec, layer: Layer) -> int | None:
    """Return where the donor's layer of the same id stands, else of the same name; None where none is of the same kind."""
    for same in ("id", "name"):
        for place, other in enumerate(donor.layers):
            if other.kind == layer.kind and getattr(other, same) == getattr(layer, same):
                return place
    return None


def _size(network: NetworkSpec, index: int) -> str:
    """Return the size of a layer's weights, as it is told: "64 × 32 × 3 × 3", "10 × 64 without bias"."""
    layer, (rows, columns) = network.layers[index], list(network.weight_shapes())[index]
    sides = (rows, columns // (layer.kernel[0] * layer.kernel[1]), *layer.kernel) if isinstance(layer, Conv2D) else (rows, columns)
    bare = isinstance(layer, Weighted) and not layer.use_bias
    return " × ".join(map(str, sides)) + " without bias" * bare
