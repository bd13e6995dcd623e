"""Makes a `Frame` of a run: what the screen needs of the trainer, copied."""

from __future__ import annotations

import numpy as np

from nnviz.app.frame import MAP_SIDE, SURFACE_SIDE, Array, Frame, LayerFrame, Probe, Wanted, frozen
from nnviz.data.prepare import Prepared
from nnviz.engine.answers import Answers
from nnviz.engine.batches import chunk_rows
from nnviz.engine.encoding import targets
from nnviz.engine.network import Network
from nnviz.engine.spec import Spec
from nnviz.engine.trace import Trace
from nnviz.engine.trainer import Trainer

BATCH_SHOWN = 256


class Planes:
    """Draws maps and surface: every neuron's answer over the input plane, one product for all points of a picture (`Answers`)."""

    def __init__(self, maps: Array | None, surface: Array | None) -> None:
        """Draw at these network inputs, float32; None where the data has no plane."""
        self._points = maps, surface
        self._asked: tuple[Spec, bool, bool] | None = None
        self._answers: Answers | None = None

    def draw(self, spec: Spec, parameters: Array, wanted: Wanted) -> tuple[dict[str, Array], Array | None]:
        """Return maps by layer id and the surface, as `Frame` has them; only what the visible views want."""
        points, side = self._points, 0
        asked = spec, wanted.maps and points[0] is not None, wanted.surface and points[1] is not None
        chosen = [part for part, drawn in zip(points, asked[1:], strict=True) if drawn and part is not None]
        if not chosen:
            return {}, None
        if self._answers is None or asked != self._asked:
            self._answers, self._asked = Answers(spec, np.concatenate(chosen)), asked
        answers = self._answers(parameters)
        maps: dict[str, Array] = {}
        if asked[1]:
            side, ids = len(chosen[0]), ("input", *(layer.id for layer in spec.network.layers))
            values = (chosen[0].T, *(answer[:, :side] for answer in answers))
            maps = {key: _image(value, MAP_SIDE) for key, value in zip(ids, values, strict=True)}
        return maps, _image(answers[-1][:, side:], SURFACE_SIDE) if asked[2] else None


def planes(data: Prepared) -> Planes:
    """Return the points of the input plane (two raw coordinates) or line (one); none for tables."""
    return Planes(_points(data, MAP_SIDE), _points(data, SURFACE_SIDE))


def _points(data: Prepared, side: int) -> Array | None:
    if not (data.plane or data.line):
        return None
    axes = [np.linspace(low, high, side) for low, high in data.domain]
    grid = np.meshgrid(*axes, indexing="xy")
    return data.inputs(np.stack([axis.ravel() for axis in grid], axis=1)).astype(np.float32)


def make_frame(trainer: Trainer, data: Prepared, points: Planes, row: int, wanted: Wanted, generation: int) -> Frame:
    """Return the frame of a run as it stands, its arrays copied and read-only.

    Args:
        trainer: the run.
        data: what it learns from.
        points: of the maps and the surface.
        row: the sample the canvas shows, a row of the data.
        wanted: what the visible views need beyond the numbers of the probe.
        generation: which edit of the spec the frame belongs to.
    """
    newest = trainer.latest
    metric = newest.train_metric if np.isnan(newest.validation_metric) else newest.validation_metric
    with np.errstate(over="ignore", invalid="ignore"):  # a diverging run is shown as it is, ∞ and all
        maps, surface = points.draw(trainer.spec, trainer.network.parameters, wanted)
    x, wished = _probe(trainer, data, row)
    parameters = frozen(trainer.network.parameters)
    return Frame(
        generation=generation,
        epoch=trainer.epoch,
        step=trainer.step_count,
        spec=trainer.spec,
        parameters=parameters,
        layers=_layers(trainer, Network(trainer.spec.network, parameters), x, wanted),
        probe=Probe(row, frozen(x[0]), frozen(wished[0])),
        train_loss=newest.train_loss,
        validation_loss=newest.validation_loss,
        metric=metric,
        metric_name=newest.metric_name,
        curves=trainer.curves,
        learning_rate=trainer.learning_rate,
        maps=maps,
        surface=surface,
        hand_stepped=trainer.hand_stepped,
        best_step=trainer.best().step_count,
        obstacle=trainer.obstacle,
    )


def probe_trace(trainer: Trainer, data: Prepared, row: int) -> Trace:
    """Record the pass of one row of the data, from a copy of the weights (DECISIONS 4)."""
    return trainer.trace(*_probe(trainer, data, row), np.array([row]))


def _probe(trainer: Trainer, data: Prepared, row: int) -> tuple[Array, Array]:
    """Return the inputs and targets of a row, shapes (1, inputs) and as the loss sees them."""
    answers = data.values if data.labels is None else data.labels
    assert answers is not None
    one = slice(row, row + 1)
    return data.inputs(data.raw[one]), targets(trainer.spec, trainer.samples, answers[one], np.array([row]))


def _layers(trainer: Trainer, network: Network, x: Array, wanted: Wanted) -> tuple[LayerFrame, ...]:
    gradients = Network(network.spec, frozen(trainer.gradient)).views
    with np.errstate(over="ignore", invalid="ignore"):
        shown = network.forward(x)
    several = _batch(trainer, network) if wanted.batch_activations else [answers[:0] for answers in shown.a]
    return tuple(
        LayerFrame(
            id=layer.id,
            weights=own.weights,
            bias=own.bias,
            statistics=own.statistics,
            z=frozen(shown.z[index][0]),
            activations=frozen(shown.a[index][0]),
            gradient=gradients[index].weights,
            batch_activations=frozen(several[index]),
        )
        for index, (layer, own) in enumerate(zip(trainer.spec.network.layers, network.views, strict=True))
    )


def _batch(trainer: Trainer, network: Network) -> list[Array]:
    """Return what every layer answers to the first training samples: as many as take no longer than a piece of training."""
    rows = min(BATCH_SHOWN, chunk_rows(network.spec))
    with np.errstate(over="ignore", invalid="ignore"):
        return network.forward(trainer.samples.train.x[:rows]).a


def _image(values: Array, side: int) -> Array:
    """Turn (units, points) into one read-only picture a unit: (units, side, side), or (units, side) on a line."""
    units, points = values.shape
    return frozen(values.reshape((units, side) if points == side else (units, side, side)))
