"""Keeps the weights that edits removed, so that undoing an edit brings the very same back (DECISIONS 3).

An edit crosses from one spec to another, undone it crosses back. At each crossing the present weights and moments are
kept under the edit's token, and what was kept at the crossing before is handed out.
"""

from __future__ import annotations

from nnviz.engine.spec import NetworkSpec, Spec
from nnviz.engine.trainer import Snapshot

MOST_BYTES = 200_000_000


class RemovedWeights:
    """Snapshots by the token of the edit that removed some of their weights; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._kept: dict[int, Snapshot] = {}

    def crossing(self, token: int, present: Snapshot, spec: Spec) -> Snapshot | None:
        """Return what this edit removed when it was last crossed; keep `present` if it loses something in `spec`."""
        before = self._kept.pop(token, None)
        if _parameters(present.network) - _parameters(spec.network):
            self._kept[token] = present
        while len(self._kept) > 1 and sum(map(_bytes, self._kept.values())) > MOST_BYTES:
            del self._kept[next(iter(self._kept))]
        return before


def _parameters(network: NetworkSpec) -> set[tuple[str, str]]:
    """Return what weights and biases are told by: each layer's neurons, sources and bias."""
    found = set()
    for index, layer in enumerate(network.layers):
        found |= {(layer.id, f"to {neuron}") for neuron in layer.neurons}
        found |= {(layer.id, f"from {source}") for source in network.sources(index)}
        found |= {(layer.id, "bias")} if layer.use_bias else set()
    return found


def _bytes(snapshot: Snapshot) -> int:
    return snapshot.parameters.nbytes * (1 + len(snapshot.state))
