"""Where a run stands, bit for bit, and how that is carried over to an edited spec."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.course import Past
from nnviz.engine.network import initialize, same_layout, transfer, views
from nnviz.engine.optimizers import OPTIMIZERS, State
from nnviz.engine.spec import NetworkSpec, Spec, Weighted

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a run stands; with its spec and its data it goes on from here as if nothing had been.

    Attributes:
        network: the network whose parameters these are.
        parameters: flat.
        state: the optimizer's moments, flat vectors by name.
        step_count, epoch: how many steps and epochs are completed.
        position: how many samples of the present epoch have been learned from.
        moments_since: the step count at which the moments began.
        hand_stepped: whether a step was applied by hand, which a run from the seed does not repeat.
        past: what a schedule and early stopping remember of the epochs before.
        best: the parameters early stopping may restore, flat; None where there are none.
    """

    network: NetworkSpec
    parameters: Array
    state: State
    step_count: int = 0
    epoch: int = 0
    position: int = 0
    moments_since: int = 0
    hand_stepped: bool = False
    past: Past = field(default_factory=Past)
    best: Array | None = None


def checksum(snapshot: Snapshot) -> int:
    """Return a number that tells apart two places of a run from which it would go on differently; never negative."""
    counts = snapshot.step_count, snapshot.epoch, snapshot.position, snapshot.moments_since, snapshot.hand_stepped, snapshot.past
    found = crc32(repr(counts).encode())
    if snapshot.best is not None:
        found = crc32(np.ascontiguousarray(snapshot.best).data, found)
    for name in ("", *sorted(snapshot.state)):
        array = snapshot.state[name] if name else snapshot.parameters
        found = crc32(np.ascontiguousarray(array).data, crc32(name.encode(), found))
    return found


def begin(spec: Spec, initial: Array | None = None) -> Snapshot:
    """Return the start of a run: at `initial` (flat), or at what the seed gives."""
    parameters = initialize(spec.network, spec.training.seed) if initial is None else initial
    return Snapshot(spec.network, parameters, OPTIMIZERS[spec.training.optimizer.kind].state(parameters.size))


def carry(snapshot: Snapshot, spec: Spec, kept: Snapshot | None = None) -> Snapshot:
    """Return the snapshot fitted to a spec.

    Weights and moments follow the ids of layers and neurons. What the snapshot lacks is filled from `kept`, where an earlier
    edit left it, and else begins anew: weights as the initializer says, with zero moments.
    An optimizer that keeps other moments begins with zeros and counts its steps from here, unless `kept` has them from
    earlier in this run.
    """
    old, new = snapshot.network, spec.network
    names = OPTIMIZERS[spec.training.optimizer.kind].moments
    parameters, state, since, best = snapshot.parameters, snapshot.state, snapshot.moments_since, snapshot.best
    if not same_layout(old, new):
        fresh = _filled(kept, None, new, initialize(new, spec.training.seed))
        parameters, best = transfer(old, parameters, new, fresh), None
        state = {name: transfer(old, moment, new, _filled(kept, name, new)) for name, moment in state.items()}
    if set(state) != set(names):
        back = kept if kept and set(kept.state) == set(names) and kept.step_count <= snapshot.step_count else None
        state, since = {name: _filled(back, name, new) for name in names}, back.moments_since if back else snapshot.step_count
    return replace(snapshot, network=new, parameters=parameters, state=state, moments_since=since, best=best)


def _filled(kept: Snapshot | None, moment: str | None, network: NetworkSpec, fresh: Array | None = None) -> Array:
    """Return `fresh` (zeros if None) with the kept numbers in their places: of a moment, or the parameters if that is None."""
    fresh = np.zeros(network.weights) if fresh is None else fresh
    flat = None if kept is None else kept.parameters if moment is None else kept.state.get(moment)
    return fresh if kept is None or flat is None else transfer(kept.network, flat, network, fresh)


def redrawn_layers(old: Spec, new: Spec) -> list[str]:
    """Return the ids of the layers that stay but get another initializer."""
    before = {layer.id: layer.initializer for layer in old.network.layers if isinstance(layer, Weighted)}
    after = {layer.id: layer.initializer for layer in new.network.layers if isinstance(layer, Weighted)}
    return [name for name, initializer in after.items() if before.get(name, initializer) != initializer]


def starts_anew(old: Spec, new: Spec) -> bool:
    """Tell whether an edit starts a new run: another seed or initializer gives other initial weights."""
    return bool(redrawn_layers(old, new)) or old.training.seed != new.training.seed


def carry_initial(initial: Array, old: Spec, new: Spec, redrawn: list[str]) -> Array:
    """Return weights that were given as the start of the run, fitted to an edited spec; some layers are drawn anew."""
    if same_layout(old.network, new.network) and not redrawn:
        return initial
    fresh = initialize(new.network, new.training.seed)
    carried = transfer(old.network, initial, new.network, fresh)
    for layer, view, drawn in zip(new.network.layers, views(new.network, carried), views(new.network, fresh), strict=True):
        if layer.id in redrawn:
            view.weights[...] = drawn.weights
            if isinstance(layer, Weighted) and layer.use_bias:
                view.bias[...] = drawn.bias
    return carried
