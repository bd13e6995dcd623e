"""What is left of a selection when the network is another one."""

from __future__ import annotations

from nnviz.engine.network_spec import BatchNorm, Conv2D, NetworkSpec, Weighted
from nnviz.engine.patch import BIAS
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import NETWORK, Selection, several

Ids = tuple[frozenset[str], frozenset[str]]


def existing(network: NetworkSpec, selection: Selection) -> Selection:
    """Return the selection if the network has it, else what is left of it: of several the parts, else its layer, or the network."""
    if selection.kind == "several":
        kinds = {(part.layer, part.kind) for part in selection.parts}
        known = {kind: _ids(network, *kind) for kind in kinds}
        kept = [part for part in selection.parts if _is_there(part, known[part.layer, part.kind])]
        return selection if len(kept) == len(selection.parts) else several(kept)
    ids = _ids(network, selection.layer, selection.kind)
    if ids is None:
        return NETWORK
    return selection if _is_there(selection, ids) else Selection("layer", selection.layer)


def _ids(network: NetworkSpec, layer_id: str, kind: str) -> Ids | None:
    """Return the ids of a layer's neurons, or of those its edges lead to and come from; None where there is no such layer."""
    if layer_id == INPUT:
        return frozenset(network.input.names), frozenset()
    index = next((index for index, layer in enumerate(network.layers) if layer.id == layer_id), -1)
    if index < 0:
        return None
    layer = network.layers[index]
    if kind == "edge":
        has_bias = isinstance(layer, BatchNorm) or (isinstance(layer, Weighted) and layer.use_bias)
        return frozenset(network.rows(index)), frozenset({*network.sources(index), *((BIAS,) if has_bias else ())})
    filters = layer.neurons if isinstance(layer, Conv2D) else ()
    return frozenset((*network.outputs(index), *filters)), frozenset()


def _is_there(part: Selection, ids: Ids | None) -> bool:
    """Tell whether a part is among the ids of its layer."""
    if ids is None or part.kind == "layer":
        return ids is not None
    return part.neuron in ids[0] and (part.kind != "edge" or part.source in ids[1])
