"""`nnviz train --init-from` and `--freeze`: what a run begins with, and which layers stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import typer

from nnviz.analysis.transfer import NO_SUCH, OTHER_ANSWERS, OTHER_SHAPE, TAKEN, Fate, take
from nnviz.cli.errors import WrongUsageError, nearest
from nnviz.cli.source import Source
from nnviz.data.datasets import DATASETS
from nnviz.engine.edits import replace_layer
from nnviz.engine.network import initialize
from nnviz.engine.problem import message, problem
from nnviz.engine.samples import Array
from nnviz.engine.spec import Layer, Spec
from nnviz.explain.words import say
from nnviz.formats.opening import Weights, open_file
from nnviz.formats.project import Project
from nnviz.formats.strict import ImportProblem


@dataclass(frozen=True, slots=True)
class Begun:
    """A source that begins with weights of a file, and what became of each of its layers."""

    source: Source
    fates: tuple[Fate, ...]


def begin_from(path: Path, source: Source) -> Begun:
    """Return the source as a new run that begins with the weights in a file: a project, or weights of just this network.

    Of a project, layers are found by id, then by name; its output layer is taken only where it answers the same question.

    Raises:
        ImportProblem: the file is missing or damaged, or its weights do not fit.
        WrongUsageError: no layer of it fits.
    """
    opened, spec = open_file(path, source.spec), source.spec
    if isinstance(opened, Weights):
        donor, given, same = spec, opened.parameters, True
    elif opened.damaged:
        raise ImportProblem(*opened.damaged)
    else:
        donor, given, same = opened.project.spec, _parameters(opened.project), _answers(opened.project.spec) == _answers(spec)
    fresh = source.initial()
    fresh = initialize(spec.network, spec.training.seed) if fresh is None else fresh
    flat, fates = take(donor.network, given, spec.network, fresh, same)
    if not any(fate.reason == TAKEN for fate in fates):
        raise WrongUsageError(problem(str(path), "nothing-taken", layers="; ".join(f"{fate.name}: {_why(fate)}" for fate in fates)))
    return Begun(replace(source, given=(spec, flat), made=None, history=(), curves=None), fates)


def _parameters(project: Project) -> Array:
    """Return the weights of a project: where its run stands, or where it would begin."""
    if project.snapshot is not None:
        return project.snapshot.parameters
    return initialize(project.spec.network, project.spec.training.seed) if project.initial is None else project.initial


def _answers(spec: Spec) -> tuple[str, ...]:
    """Return what the outputs stand for."""
    source = DATASETS[spec.data.source]
    if spec.data.problem == "autoencoder":
        return spec.data.features or source.columns
    return source.class_names or spec.data.targets or source.target_names


def tell(path: Path, fates: tuple[Fate, ...]) -> None:
    """Say on stderr which layers were taken, and why the others were not."""
    taken = [fate.name for fate in fates if fate.reason == TAKEN]
    typer.echo(say(message("cli.layers-taken", file=str(path), layers=", ".join(taken))), err=True)
    for fate in fates:
        if fate.reason != TAKEN:
            typer.echo(say(message("cli.layer-not-taken", layer=fate.name, reason=_why(fate))), err=True)


def _why(fate: Fate) -> str:
    if fate.reason == OTHER_SHAPE:
        return say(message("cli.other-shape", found=fate.shapes[0], own=fate.shapes[1]))
    return say(message({NO_SUCH: "cli.no-such-layer", OTHER_ANSWERS: "cli.other-answers"}[fate.reason]))


def with_frozen(spec: Spec, text: str) -> Spec:
    """Return the spec with some layers frozen, told by id, name or position with commas between. Raises WrongUsageError."""
    for word in filter(None, map(str.strip, text.split(","))):
        spec = replace_layer(spec, replace(_layer(spec, word), frozen=True))
    return spec


def _layer(spec: Spec, word: str) -> Layer:
    layers = spec.network.layers
    by_id, by_name = ({getattr(layer, called): layer for layer in layers} for called in ("id", "name"))
    by_position = {str(index): layer for index, layer in enumerate(layers)}
    for called in (by_id, by_position, by_name):
        if word in called:
            return called[word]
    known = [*by_id, *by_name]
    raise WrongUsageError(problem("--freeze", "unknown-layer", layer=word[:60], nearest=nearest(word, known)))
