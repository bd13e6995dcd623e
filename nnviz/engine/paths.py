"""One field of a spec set by its path and a text, as in `--set layers.1.units=6`.

Paths follow the spec's own names. A layer is told by its position, its id or its name; `network.` may be left out.
A tagged field (activation, loss, optimizer...) set by its tag takes the tag's defaults; its parameters have paths of
their own. The result is not judged here: several settings may only make sense together, `spec.problems` has the last word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from typing import Any, get_type_hints

from nnviz.engine.edits import replace_layer, with_features, with_units
from nnviz.engine.losses import REDUCTIONS
from nnviz.engine.network_spec import PADDINGS, ROLES, Layer
from nnviz.engine.plain import COUNTS, MAX_INTEGER, MAX_UNITS, TABLES
from nnviz.engine.problem import SpecError, problem
from nnviz.engine.spec import MISSING, PRECISIONS, PROBLEMS, SCALINGS, Spec
from nnviz.engine.table import Choice, choose

NAMES = {
    "reduction": tuple(REDUCTIONS),
    "precision": PRECISIONS,
    "problem": PROBLEMS,
    "scaling": SCALINGS,
    "missing": MISSING,
    "padding": PADDINGS,
    "role": ROLES,
}
FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
LONGEST_WHOLE = 20  # digits and sign; Python refuses to read thousands of them


@dataclass(frozen=True, slots=True)
class _Place:
    """One settable field: the record that holds it ("training", "data", "data.split" or a layer id), its name and type."""

    owner: str
    name: str
    hint: Any
    parameter: str = ""


def set_path(spec: Spec, path: str, text: str) -> Spec:
    """Return the spec with the field at `path` set to what `text` says.

    Raises:
        SpecError: no such path, or no such value; names the nearest valid ones.
    """
    places = dict(_places(spec))
    place = places.get(_canonical(spec, path))
    if place is None:
        raise SpecError(problem(path, "unknown-path", path=path, nearest=", ".join(_nearest(_canonical(spec, path), list(places)))))
    text = text.strip()
    if place.name == "features":
        return with_features(spec, tuple(item.strip() for item in text.split(",")))
    if place.name in COUNTS.values():
        return with_units(spec, place.owner, _units(path, text))
    if place.parameter:
        choice: Choice = getattr(_record(spec, place.owner), place.name)
        return _with(spec, place, choice.replace(place.parameter, _number(path, text)))
    if place.name in ("lesioned", "pruned"):
        return _with(spec, place, _silent(spec, path, place, text))
    return _with(spec, place, _value(path, place, text))


def _places(spec: Spec) -> Iterator[tuple[str, _Place]]:
    for layer in spec.network.layers:
        yield from _record_places(f"layers.{layer.id}", layer.id, layer)
    yield from _record_places("training", "training", spec.training)
    yield from _record_places("data", "data", spec.data)
    yield from _record_places("data.split", "data.split", spec.data.split)


def _record_places(path: str, owner: str, record: Any) -> Iterator[tuple[str, _Place]]:
    hints = get_type_hints(type(record))
    for item in fields(record):
        value, hint = getattr(record, item.name), hints[item.name]
        if is_dataclass(value) and not isinstance(value, Choice):
            continue
        if item.name == "neurons":
            yield f"{path}.{COUNTS[record.kind]}", _Place(owner, COUNTS[record.kind], int)
        elif not (isinstance(record, Layer) and item.name == "id"):
            yield f"{path}.{item.name}", _Place(owner, item.name, hint)
        if isinstance(value, Choice):
            for parameter, _ in value.parameters:
                yield f"{path}.{item.name}.{parameter}", _Place(owner, item.name, float, parameter)


def _canonical(spec: Spec, path: str) -> str:
    """Return the path with the layer told by its id; names may hold dots and spaces, so they are tried as a whole."""
    short = path.strip().removeprefix("network.")
    if not short.startswith("layers."):
        return short
    rest = short.removeprefix("layers.")
    by_id = [(layer.id, layer.id) for layer in spec.network.layers]
    by_position = [(str(index), layer.id) for index, layer in enumerate(spec.network.layers)]
    by_name = [(layer.name, layer.id) for layer in spec.network.layers]
    for called, layer_id in (*by_id, *by_position, *by_name):
        if rest.startswith(f"{called}."):
            return f"layers.{layer_id}{rest[len(called) :]}"
    return short


def _nearest(name: str, known: list[str]) -> list[str]:
    """Return up to three known names like this one: the closest in spelling, or those that end with the same word."""
    last = name.rpartition(".")[2]
    return get_close_matches(name, known, n=3, cutoff=0.6) or [item for item in known if item.endswith(f".{last}")][:3] or known[:3]


def _record(spec: Spec, owner: str) -> Any:
    if owner == "training":
        return spec.training
    if owner == "data":
        return spec.data
    return spec.data.split if owner == "data.split" else spec.network.layer(owner)


def _with(spec: Spec, place: _Place, value: Any) -> Spec:
    record = replace(_record(spec, place.owner), **{place.name: value})
    if place.owner == "training":
        return replace(spec, training=record)
    if place.owner == "data":
        return replace(spec, data=record)
    if place.owner == "data.split":
        return replace(spec, data=replace(spec.data, split=record))
    return replace_layer(spec, record)


def _value(path: str, place: _Place, text: str) -> Any:
    if place.hint is Choice:
        table = TABLES[place.name]
        return choose(table, _member(path, text, tuple(table)))
    if place.name in NAMES:
        return _member(path, text, NAMES[place.name])
    if place.hint is bool:
        return FLAGS[_member(path, text.lower(), tuple(FLAGS))]
    if place.hint is int:
        return _whole(path, text)
    if place.hint == tuple[int, int]:
        return _pair(path, text)
    if place.hint == tuple[str, ...]:
        return _words(text)
    if place.hint == float | None:
        return None if text.lower() in ("none", "null") else _number(path, text)
    return _number(path, text) if place.hint is float else text


def _silent(spec: Spec, path: str, place: _Place, text: str) -> tuple[Any, ...]:
    """Read which neurons or edges of a layer are silenced; all must be there."""
    index, layer = spec.network.index(place.owner), spec.network.weighted(place.owner)
    if place.name == "lesioned":
        return tuple(_member(path, name, layer.neurons) for name in _words(text))
    edges = [_edge(path, item) for item in _words(text)]
    return tuple((_member(path, source, spec.network.sources(index)), _member(path, name, layer.neurons)) for source, name in edges)


def _words(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _pair(path: str, text: str) -> tuple[int, int]:
    """Read "3,5" or "3x5" (rows, columns), or one number for both."""
    parts = re.split(r"[,x×]", text)
    if len(parts) > 2:
        raise SpecError(problem(path, "not-a-whole-number", text=text))
    first, last = _whole(path, parts[0].strip()), _whole(path, parts[-1].strip())
    return first, last


def _edge(path: str, text: str) -> tuple[str, str]:
    """Read an edge as "source>neuron", both told by their ids."""
    source, arrow, neuron = text.partition(">")
    if not arrow:
        raise SpecError(problem(path, "edge-form", text=text))
    return source.strip(), neuron.strip()


def _member(path: str, name: str, known: tuple[str, ...]) -> str:
    if name not in known:
        raise SpecError(problem(path, "unknown-value", value=name, nearest=", ".join(get_close_matches(name, known, n=3) or known)))
    return name


def _number(path: str, text: str) -> float:
    """Read a number as Python and JSON write it; a comma, an empty text, infinity and NaN are refused."""
    if not _NUMBER.fullmatch(text):
        raise SpecError(problem(path, "not-a-number", text=text))
    if not math.isfinite(float(text)):
        raise SpecError(problem(path, "too-large", text=text))
    return float(text)


def _whole(path: str, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise SpecError(problem(path, "not-a-whole-number", text=text))
    if len(text) > LONGEST_WHOLE or abs(int(text)) >= MAX_INTEGER:
        raise SpecError(problem(path, "too-large", text=text))
    return int(text)


def _units(path: str, text: str) -> int:
    units = _whole(path, text)
    if not 1 <= units <= MAX_UNITS:
        raise SpecError(problem(path, "out-of-range", value=units, range=f"[1, {MAX_UNITS}]"))
    return units
