"""What `nnviz train` says in the end: the final metrics, why it stopped by itself, and what was written."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer

from nnviz.cli.options import print_json
from nnviz.cli.source import Source
from nnviz.data.prepare import Prepared
from nnviz.engine.course import Stop
from nnviz.engine.problem import message
from nnviz.engine.spec import TrainingSpec
from nnviz.engine.trainer import Trainer
from nnviz.explain.numbers import format_number
from nnviz.explain.words import say


@dataclass(frozen=True, slots=True)
class Ended:
    """How a training ended: how long it took, why it stopped by itself, what was written, and what went wrong, in words."""

    seconds: float
    stopped: Stop | None
    files: list[Path]
    error: dict[str, str] | None


def say_result(trainer: Trainer, data: Prepared, source: Source, ended: Ended, as_json: bool) -> None:
    """Print the final metrics, measured with the weights as they are now; as JSON, with what went wrong in the end."""
    names = ("train", "validation") if len(data.samples.validation) else ("train",)
    parts = {name: trainer.evaluate(name) for name in names}
    epochs, steps, seed = trainer.epoch, trainer.step_count, trainer.spec.training.seed
    if as_json:
        result: dict[str, Any] = {"format": "nnviz-train/1", "epochs": epochs, "steps": steps, "seed": seed, **parts}
        result["seconds"] = ended.seconds
        if ended.stopped is not None:
            result["stopped"] = asdict(ended.stopped)
        result["files"] = [str(path) for path in ended.files]
        print_json(result if ended.error is None else {**result, "error": ended.error})
        return
    done = [say(message(f"cli.{name}", count=count)) for name, count in (("epochs", epochs), ("steps", steps))]
    seconds = round(ended.seconds, 2)
    typer.echo(say(message("cli.trained", name=source.name, epochs=done[0], steps=done[1], seconds=seconds, seed=seed)))
    if ended.stopped is not None:
        typer.echo(_why(ended.stopped, trainer.spec.training))
    for name, values in parts.items():
        loss, (metric, value) = values.pop("loss"), *values.items()
        key = "cli.part-loss" if math.isnan(value) else f"cli.part-{metric}"
        shown = format_number(100 * value, 1) if metric == "accuracy" else format_number(value)
        typer.echo(say(message(key, part=say(message(f"cli.{name}")), loss=format_number(loss), metric=shown)))
    if ended.files:
        folder, files = str(ended.files[0].parent), ", ".join(path.name for path in ended.files)
        typer.echo(say(message("cli.written", folder=folder, files=files)))


def _why(stop: Stop, training: TrainingSpec) -> str:
    """Return why training stopped before its last epoch."""
    if stop.reason == "patience":
        key = "cli.stopped-restored" if training.restore_best else "cli.stopped-patience"
        return say(message(key, epoch=stop.epoch, count=training.patience, best=stop.best_epoch))
    limits = {"target-loss": training.target_loss, "target-metric": training.target_metric, "max-seconds": training.max_seconds}
    return say(message(f"cli.stopped-{stop.reason}", epoch=stop.epoch, limit=format_number(limits[stop.reason] or 0.0)))
