"""Faults of the data as the network is fed them, and of the batches they come in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from nnviz.analysis import remedies
from nnviz.analysis.evidence import Evidence
from nnviz.analysis.finding import Finding, digits, offered
from nnviz.data.datasets import DATASETS
from nnviz.data.features import constant
from nnviz.data.prepare import Prepared, prepare
from nnviz.data.prepared import PARTS
from nnviz.data.review import named
from nnviz.engine.problem import message
from nnviz.engine.samples import Part
from nnviz.engine.spec import BatchNorm, DataSpec

LARGE, UNLIKE = 20.0, 50.0  # root mean square of a column; how many times wider one column is spread than another
FEW, ENOUGH = 8, 32  # samples in a batch that batch norm takes its statistics from
SAMPLES = 200


def data_findings(e: Evidence) -> Iterator[Finding]:
    """Yield all faults of data and batches."""
    yield from _labels(e)
    yield from _one_sample(e)
    yield from _columns(e)
    yield from _batches(e)
    yield from _gaps(e)


def _labels(e: Evidence) -> Iterator[Finding]:
    """Labels that stand for no class, one class only, classes that a part lacks."""
    classes, output = e.samples.classes, e.spec.network.output
    if not classes or not len(e.samples.train):
        return
    y = e.samples.train.y
    outside = (y < 0) | (y >= classes)
    if outside.any():
        said = message("health.labels-outside", layer=output.name, label=int(y[outside][0]), last=classes - 1, found=int(outside.sum()))
        yield Finding("labels-outside", output.id, e.step, said, message("health.labels-outside-why"))
        return
    if len(y) > 1 and (y == y[0]).all():
        said = message("health.one-class", layer=output.name, label=_class_names(e)[int(y[0])])
        cures = offered(e, remedies.stratify(e.spec), remedies.reseed_data(e.spec))
        yield Finding("one-class", output.id, e.step, said, message("health.one-class-why"), cures)
    elif len(y) > 1:
        yield from _absent(e)


def _absent(e: Evidence) -> Iterator[Finding]:
    """Classes that a part lacks."""
    names = _class_names(e)
    for part in PARTS:
        own: Part = getattr(e.samples, part)
        absent = [name for number, name in enumerate(names) if number not in own.y]
        if len(own) and absent:
            said = message("health.class-absent", part=part, classes=named(absent))
            cures = offered(e, remedies.stratify(e.spec), remedies.reseed_data(e.spec))
            yield Finding("class-absent", None, e.step, said, message("health.class-absent-why"), cures)


def _one_sample(e: Evidence) -> Iterator[Finding]:
    if len(e.samples.train) == 1:
        source = DATASETS.get(e.spec.data.source)
        free = source is not None and source.samples is None
        found = offered(e, remedies.more_samples(e.spec, SAMPLES) if free else None)
        yield Finding("one-sample", None, e.step, message("health.one-sample"), message("health.one-sample-why"), found)


def _columns(e: Evidence) -> Iterator[Finding]:
    """Inputs that never vary, and inputs of far too different sizes. The pixels of images are not judged."""
    if e.images or len(e.samples.train) < 2:
        return
    names, x = np.array(e.spec.network.input.names), e.x.astype(np.float64)
    still = constant(x)
    if still.any():  # on the samples looked at; now on all of them
        still = constant(e.samples.train.x)
    if still.any():
        gone = tuple(names[still].tolist())
        said = message("health.constant-columns", columns=named(gone))
        found = offered(e, remedies.without_features(e.spec, gone))
        yield Finding("constant-columns", None, e.step, said, message("health.constant-columns-why"), found)
    sizes, spreads = np.sqrt(np.square(x).mean(axis=0)), x.std(axis=0)[~still]
    uneven = spreads.size > 1 and spreads.min() * UNLIKE < spreads.max() and spreads.max() > 1
    if sizes.max() > LARGE or uneven:
        said = message("health.unscaled-inputs", column=str(names[int(sizes.argmax())]), size=digits(float(sizes.max())))
        found = offered(e, remedies.standardize(e.spec))
        yield Finding("unscaled-inputs", None, e.step, said, message("health.unscaled-inputs-why"), found)


def _batches(e: Evidence) -> Iterator[Finding]:
    """Batches larger than the data, and batches that are too small for batch norm."""
    samples, size = len(e.samples.train), e.spec.training.batch_size or len(e.samples.train)
    if size > samples:
        said = message("health.batch-too-large", batch=size, samples=samples)
        found = offered(e, remedies.full_batch(e.spec))
        yield Finding("batch-too-large", None, e.step, said, message("health.batch-too-large-why"), found)
    norms = [layer for layer in e.spec.network.layers if isinstance(layer, BatchNorm) and not layer.frozen]
    if not norms:
        return
    least, layer = samples % size or size, norms[0]
    if size < FEW:
        said, why = message("health.tiny-batches", layer=layer.name, batch=size), message("health.tiny-batches-why")
    elif least == 1:
        said, why = message("health.lone-sample", layer=layer.name), message("health.lone-sample-why")
    else:
        return
    better = next((number for number in range(ENOUGH, samples) if samples % number != 1), 0)
    found = offered(e, remedies.batch_size(e.spec, better) if better else None, remedies.full_batch(e.spec))
    found += offered(e, remedies.without_batch_norms(e.spec))
    yield Finding("tiny-batches" if size < FEW else "lone-sample", layer.id, e.step, said, why, found)


def _gaps(e: Evidence) -> Iterator[Finding]:
    """What became of empty cells: nothing is wrong with it, but who looks at the results must know."""
    source = DATASETS.get(e.spec.data.source)
    if source is None or not source.gaps:
        return
    made = _prepared(e.spec.data)
    cells, columns = sum(count for _, count in made.gaps), named([name for name, _ in made.gaps])
    if made.dropped:
        said = message("health.samples-dropped", count=made.dropped, columns=columns)
        found = offered(e, remedies.fill(e.spec))
        yield Finding("samples-dropped", None, e.step, said, message("health.samples-dropped-why"), found)
    elif cells:
        said = message(f"health.cells-filled-{made.missing}", count=cells, columns=columns)
        yield Finding("cells-filled", None, e.step, said, message("health.cells-filled-why"))


@lru_cache(maxsize=1)
def _prepared(data: DataSpec) -> Prepared:
    """Return data with empty cells, which are small tables; a run is looked at again and again."""
    return prepare(data)


def _class_names(e: Evidence) -> tuple[str, ...]:
    """Return what the classes are called, by their numbers where nobody said."""
    source = DATASETS.get(e.spec.data.source)
    known = () if source is None else source.class_names
    return known if len(known) == e.samples.classes else tuple(map(str, range(e.samples.classes)))
