"""`nnviz evaluate`: loss and metrics on one part of the data, and which classes are confused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
import typer

from nnviz.analysis.metrics import ClassScores, ValueScores, class_scores, value_scores
from nnviz.cli.errors import WrongUsageError, nearest
from nnviz.cli.options import JsonOption, SeedOption, SetOption, SourceArgument, print_json
from nnviz.cli.source import read_source
from nnviz.cli.tables import aligned
from nnviz.data.prepare import Prepared
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.batches import chunk_rows
from nnviz.engine.problem import message, problem
from nnviz.engine.samples import Array, Part
from nnviz.engine.trainer import Trainer
from nnviz.explain.numbers import format_number
from nnviz.explain.words import say

SPLITS = ("train", "validation", "test")
MEASURES = ("precision", "recall", "f1", "auc")


def evaluate(
    source: SourceArgument,
    split: Annotated[
        str | None, typer.Option("--split", metavar="train|validation|test", help="Which part of the data; validation if there is one.")
    ] = None,
    settings: SetOption = [],  # noqa: B006 - Typer copies it
    seed: SeedOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print loss, accuracy, confusion matrix, precision, recall, F1 and ROC AUC, or R² and MAE for values."""
    if split is not None and split not in SPLITS:
        raise WrongUsageError(problem("--split", "unknown-value", value=split[:60], nearest=nearest(split, SPLITS)))
    found = read_source(source, settings, seed)
    data = found.data()
    split = split or ("validation" if len(data.samples.validation) else "train")
    part: Part = getattr(data.samples, split)
    if not len(part):  # a share that leaves no sample is refused with the spec
        train = found.spec.data.split.train
        share = min(0.1, train / 2)
        raise WrongUsageError(problem("--split", "part-not-split", part=split, share=f"{share:.12g}", train=f"{train - share:.12g}"))
    trainer = found.trainer(data)
    if found.made is None:
        typer.echo(say(message("cli.initial-weights", name=found.name)), err=True)
    loss, outputs = trainer.evaluate(split)["loss"], _outputs(trainer, part)
    known = {"format": "nnviz-evaluate/1", "source": found.name, "split": split, "samples": len(part), "loss": loss}
    scores = _scores(trainer, part, outputs)
    if as_json:
        told = _classes_json(scores, data) if isinstance(scores, ClassScores) else _values_json(scores, data)
        print_json({**known, **told})
        return
    shown = say(message(f"cli.{split}"))
    typer.echo(say(message("cli.evaluated", name=found.name, part=shown, count=len(part), loss=format_number(loss))))
    for line in _classes_text(scores, data) if isinstance(scores, ClassScores) else _values_text(scores, data):
        typer.echo(line)


def _outputs(trainer: Trainer, part: Part) -> Array:
    """Return what the network answers, shape (samples, outputs)."""
    network, rows = trainer.network, chunk_rows(trainer.spec.network)
    x = part.x.astype(network.parameters.dtype)
    answers = [network.forward(x[start : start + rows]).outputs for start in range(0, len(x), rows)]
    return np.concatenate(answers).astype(np.float64)


def _scores(trainer: Trainer, part: Part, outputs: Array) -> ClassScores | ValueScores:
    if not trainer.samples.classes:
        return value_scores(outputs, part.y)
    low, high = ACTIVATIONS[trainer.spec.network.output.activation.kind].range
    return class_scores(outputs, part.y, trainer.samples.classes, (low + high) / 2)


def _classes_json(scores: ClassScores, data: Prepared) -> dict[str, Any]:
    macro = dict(zip(("precision", "recall", "f1", "roc_auc"), scores.macro, strict=True))
    return {
        "accuracy": scores.accuracy,
        "roc_auc": macro.pop("roc_auc"),
        "classes": list(data.class_names),
        "confusion": scores.confusion,
        "precision": scores.precision,
        "recall": scores.recall,
        "f1": scores.f1,
        "roc_auc_classes": scores.auc,
        "macro": macro,
    }


def _values_json(scores: ValueScores, data: Prepared) -> dict[str, Any]:
    if not _each(data):
        return {"r2": scores.r2_all, "mae": scores.mae_mean}
    targets = [{"name": name, "r2": r2, "mae": mae} for name, r2, mae in zip(data.target_names, scores.r2, scores.mae, strict=True)]
    return {"r2": scores.r2_all, "mae": scores.mae_mean, "targets": targets}


def _each(data: Prepared) -> bool:
    """Tell whether every target is worth a line: not those of an autoencoder, which are its inputs over again."""
    return data.target_names != data.features


def _classes_text(scores: ClassScores, data: Prepared) -> Iterator[str]:
    """Yield accuracy and AUC, the measures of each class, and the confusion matrix."""
    yield say(message("cli.accuracy", accuracy=format_number(100 * scores.accuracy, 1), auc=_shown(scores.macro[3])))
    yield ""
    measures = np.stack([scores.precision, scores.recall, scores.f1, scores.auc], axis=1)
    lines = [["", *(say(message(f"cli.{name}")) for name in (*MEASURES, "samples"))]]
    for name, row, count in zip(data.class_names, measures, scores.samples, strict=True):
        lines.append([name, *map(_shown, row), str(count)])
    lines.append([say(message("cli.macro")), *map(_shown, scores.macro), str(scores.samples.sum())])
    yield from aligned(lines)
    yield ""
    yield say(message("cli.confusion"))
    yield from aligned(
        [["", *data.class_names], *([name, *map(str, row)] for name, row in zip(data.class_names, scores.confusion, strict=True))]
    )


def _values_text(scores: ValueScores, data: Prepared) -> Iterator[str]:
    """Yield R² and MAE, of every target too where there are several."""
    each = _each(data)
    yield say(message("cli.values", r2=_shown(scores.r2_all), mae=_shown(scores.mae_mean)))
    if each and len(data.target_names) > 1:
        yield ""
        rows = zip(data.target_names, scores.r2, scores.mae, strict=True)
        yield from aligned([["", "R²", "MAE"], *([name, _shown(r2), _shown(mae)] for name, r2, mae in rows)])


def _shown(value: float) -> str:
    return "–" if math.isnan(value) else format_number(float(value))
