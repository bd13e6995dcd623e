"""Keeps the weights that edits removed, so that undoing an edit brings the very same back (DECISIONS 3).

An edit crosses from one spec to another, undone it crosses back. At each crossing the present weights and moments are
kept under the edit's token, and what was kept at the crossing before is handed out.
"""

from __future__ import annotations

from nnviz.engine.spec import Dense, NetworkSpec, Spec, Weighted
from nnviz.engine.trainer import Snapshot

MOST_BYTES = 200_000_000


class RemovedWeights:
    """Snapshots by the token of the edit that removed some of their weights; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._kept: dict[int, Snapshot] = {}

    def crossing(self, token: int, present: Snapshot, spec: Spec) -> Snapshot | None:
        """Return what this edit removed when it was last crossed; keep `present` if it loses something in `spec`."""
        before = self._kept.pop(token, None)
        if _loses(present.network, spec.network):
            self._kept[token] = present
        while len(self._kept) > 1 and sum(map(_bytes, self._kept.values())) > MOST_BYTES:
            del self._kept[next(iter(self._kept))]
        return before


def _loses(old: NetworkSpec, new: NetworkSpec) -> bool:
    """Tell whether there is a number in the old network that has no place in the new one."""
    return bool(_parameters(old) - _parameters(new) or _pruned(new) - _pruned(old))


def _parameters(network: NetworkSpec) -> set[tuple[str, str, str]]:
    """Return what weights and biases are told by: each layer's kind, rows, columns and bias."""
    found = set()
    for index, layer in enumerate(network.layers):
        names = [f"to {row}" for row in network.rows(index)] + [f"from {source}" for source in network.sources(index)]
        if isinstance(layer, Weighted) and layer.use_bias:
            names.append("bias")
        found |= {(layer.kind, layer.id, name) for name in names}
    return found


def _pruned(network: NetworkSpec) -> set[tuple[str, str, str]]:
    """Return the edges whose weight is 0 because they were cut: layer, source and neuron."""
    return {(layer.id, *edge) for layer in network.layers if isinstance(layer, Dense) for edge in layer.pruned}


def _bytes(snapshot: Snapshot) -> int:
    return snapshot.parameters.nbytes * (1 + len(snapshot.state))
