"""What an edit does to a run, and what undoing it brings back (DECISIONS 3): the very weights it removed or overwrote.

An edit crosses from one spec to another, undone it crosses back. At each crossing what it takes from the run is kept under
the edit's token, and what was kept at the crossing before is handed back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from nnviz.app.resuming import project_of, resumed
from nnviz.data.prepare import Prepared
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.patch import Patch, patched, read
from nnviz.engine.snapshot import starts_anew
from nnviz.engine.spec import Dense, NetworkSpec, Spec, Weighted
from nnviz.engine.trainer import Trainer
from nnviz.formats.project import Project

Array = NDArray[Any]
MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """One crossing.

    Attributes:
        spec: what the network and all else shall be.
        patches: numbers set by hand; on the way back these are the ones that were kept.
        token: names the edit.
        undone: whether it is the way back.
    """

    spec: Spec
    patches: tuple[Patch, ...] = ()
    token: int = -1
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What a crossing took from a run.

    Attributes:
        undone: whether it was the way back.
        begun: the weights the run began with, as the one item; none where that is forgotten.
        patches: the numbers that were overwritten.
        run: as it stood, where some of it was removed or a new run begun; None where nothing was, or that is forgotten.
    """

    undone: bool
    begun: tuple[Array | None, ...] = ()
    patches: tuple[Patch, ...] = ()
    run: Project | None = None

    @property
    def bytes(self) -> int:
        """How much memory may be freed by forgetting."""
        snapshot = None if self.run is None else self.run.snapshot
        moments = 0 if snapshot is None else snapshot.parameters.nbytes * (1 + len(snapshot.state))
        return moments + sum(array.nbytes for array in self.begun if array is not None)


class Crossings:
    """Makes edits in a run and keeps what they take from it; of whole runs the oldest go when there are too many."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}

    def cross(self, trainer: Trainer, data: Prepared, change: Change) -> Trainer:
        """Make the edit, or take it back; return the trainer that goes on, mostly the same one.

        Args:
            trainer: the run.
            data: of the edited spec.
            change: the edit.
        """
        before, begun, old = self._kept.pop(change.token, None), trainer.initial, trainer.spec
        anew = starts_anew(old, change.spec)
        takes = anew or _loses(old, change.spec)
        run = project_of(trainer, -1) if takes else None
        if change.spec != old or data.samples is not trainer.samples:
            trainer = _crossed(trainer, data, change.spec, before, anew)
        patches = change.patches if not change.undone or before is None else before.patches
        network, flat = trainer.spec.network, trainer.network.parameters
        overwritten = tuple(read(network, flat, patch) for patch in patches)
        if patches:
            _put(trainer, patches)
        kept = Kept(change.undone, (begun,), overwritten, run)
        if before is not None and not (before.undone or change.undone):  # a drag goes on: undone, it is back where it began
            kept = replace(before, patches=before.patches or overwritten, run=before.run or run)
        elif before is not None and before.begun:
            trainer.initial = before.begun[0]
        self._kept[change.token] = kept
        self._forget()
        return trainer

    @property
    def bytes(self) -> int:
        """How much memory is kept that may be freed."""
        return sum(kept.bytes for kept in self._kept.values())

    def _forget(self) -> None:
        total = self.bytes
        for token, kept in list(self._kept.items())[:-1]:
            if total <= MOST_BYTES:
                return
            total -= kept.bytes
            self._kept[token] = replace(kept, begun=(), run=None)


def _crossed(trainer: Trainer, data: Prepared, spec: Spec, before: Kept | None, anew: bool) -> Trainer:
    """Go on with another spec: a new run that has made no step gives way to the one it took the place of."""
    run = None if before is None else before.run
    if anew and run is not None and run.spec == spec and trainer.step_count == 0:
        return resumed(run, data)
    trainer.set_spec(spec, data.samples, None if run is None else run.snapshot)
    return trainer


def _put(trainer: Trainer, patches: tuple[Patch, ...]) -> None:
    """Set numbers by hand; before the first step they are what the run begins with, and what Reset returns to."""
    network = trainer.spec.network
    if trainer.step_count == 0:
        begun = trainer.network.parameters.astype(float) if trainer.initial is None else trainer.initial
        trainer.initial = patched(network, begun, patches)
    trainer.put(patched(network, trainer.network.parameters, patches))


def _loses(old: Spec, new: Spec) -> bool:
    """Tell whether there is a weight or a moment in the old run that has no place in the new one."""
    if set(OPTIMIZERS[old.training.optimizer.kind].moments) - set(OPTIMIZERS[new.training.optimizer.kind].moments):
        return True
    before, after = old.network, new.network
    return bool(_parameters(before) - _parameters(after) or _pruned(after) - _pruned(before))


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
