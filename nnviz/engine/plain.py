"""Frozen dataclasses as plain dicts, lists, strings and numbers, and back: the form all JSON files keep.

Reading is strict: every key must be known and every value of the field's own type (true is not a number, NaN is not
a value). All faults are told at once, each with its path. Fields are taken from the dataclasses, so a new field is
written and read without a line here. A spec (`to_plain`, `from_plain`) must pass `spec.problems` as well; any other
record, such as the settings, is what `plain_record` and `read_record` make of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from difflib import get_close_matches
from functools import cache, partial
from operator import attrgetter
from types import NoneType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES
from nnviz.engine.network_spec import LAYERS, InputSpec, Layer, NetworkSpec, Weighted, default_names
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.problem import Problem, SpecError, Value, problem
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.spec import FORMAT, MAX_LAYERS, MAX_WEIGHTS, Conv2D, Dense, Spec, check
from nnviz.engine.table import Choice, Entry, choose

TABLES: Mapping[str, Mapping[str, Entry]] = {
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
COUNTS = {Dense.kind: "units", Conv2D.kind: "filters"}  # what a layer's neurons are counted as
NAMED = 20  # names of more inputs than this are left out of files where they are the default ones
MAX_UNITS = 10_000
MAX_INPUTS = 1_000_000
MAX_INTEGER = 2**63
MAX_FAULTS = 100
Record = TypeVar("Record")
_Read = Callable[[object, str], Any]  # (plain, path) -> value, None for a faulty one
_MINTED = re.compile(r"[nl]([0-9]{1,15})")
_TO_MINT = "\0"


def to_plain(spec: Spec) -> dict[str, Any]:
    """Return the spec as JSON can hold it; `from_plain` gives the same spec back."""
    return {"format": spec.format} | plain_record(spec)


def from_plain(plain: object) -> Spec:
    """Return the spec a plain form describes; fields left out take their defaults where they have one.

    Raises:
        SpecError: it is not one; tells every fault found.
    """
    newer = plain.get("format") if isinstance(plain, dict) else None
    if type(newer) is int and newer != FORMAT:
        raise SpecError(problem("format", "unknown-format", format=_shown(newer), known=FORMAT))
    return check(read_record(Spec, plain))


def read_layers_plain(plain: object) -> tuple[Layer, ...]:
    """Return the layers that a list of plain forms describes, the neurons that are only counted with ids.

    Raises:
        SpecError: it is not one; tells every fault found.
    """
    reader = _Reader("layers")
    layers = reader.sequence(reader.layer, MAX_LAYERS, plain, "layers")
    if not reader.found:
        # Behind a single input they have as few weights as they can have anywhere.
        layers = reader.minted(NetworkSpec(InputSpec((1,)), layers), counted=False).layers
    if reader.found:
        raise SpecError(*reader.found)
    return cast("tuple[Layer, ...]", layers)


def read_record(kind: type[Record], plain: object) -> Record:
    """Return the frozen dataclass of this kind that a plain form describes.

    Its fields may be text, numbers, flags, `Literal` texts, other such dataclasses, tuples and dicts of these, and None;
    fields left out take their defaults where they have one.

    Raises:
        SpecError: it is not one; tells every fault found, up to `MAX_FAULTS`.
    """
    reader = _Reader(kind.__name__.lower())
    record: Record = reader.record(kind, plain, "")
    if reader.found:
        raise SpecError(*reader.found)
    return record


def plain_record(record: Any) -> dict[str, Any]:
    ordered = sorted(fields(record), key=attrgetter("kw_only"))  # a base class's own come first in `fields`, these belong last
    plain = {item.name: _plain(item.name, getattr(record, item.name)) for item in ordered}
    if isinstance(record, Layer):
        counted = {COUNTS[record.kind]: record.units} if isinstance(record, Weighted) else {}
        return {"kind": record.kind, "id": record.id, "name": record.name} | counted | plain
    if isinstance(record, InputSpec) and len(record.names) > NAMED and record.names == default_names(record.shape):
        del plain["names"]
    return plain


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Choice):
        return plain_choice(value, TABLES[name])
    if isinstance(value, tuple):
        return [_plain(name, item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(name, item) for key, item in value.items()}
    return plain_record(value) if is_dataclass(value) else value


def plain_choice(choice: Choice, table: Mapping[str, Entry]) -> str | dict[str, Any]:
    """Return the name alone where all parameters are the table's defaults, else a dict with those that differ."""
    defaults = dict(choose(table, choice.kind).parameters) if choice.kind in table else {}
    changed = {name: value for name, value in choice.parameters if defaults.get(name) != value}
    return {"kind": choice.kind} | changed if changed else choice.kind


class _Reader:
    """Reads plain values by the types of a record's fields and keeps every fault; a faulty value is read as None."""

    def __init__(self, root: str) -> None:
        self.found: list[Problem] = []
        self._root = root

    def fault(self, path: str, key: str, **values: Value) -> Any:
        """Keep a fault and return None, what a faulty value is read as; a file may not be nothing but faults."""
        self.found.append(problem(path or self._root, key, **values))
        if len(self.found) == MAX_FAULTS:
            raise SpecError(*self.found)
        return None

    def record(self, kind: type[Any], plain: object, path: str) -> Any:
        """Read a dataclass; return None when something in it is at fault."""
        if not isinstance(plain, dict):
            return self.fault(path, "wrong-type", expected="table", found=_shown(plain))
        known, hints, before = {item.name: item for item in fields(kind)}, _hints(cast("Hashable", kind)), len(self.found)
        for name in plain:
            if name not in known:
                nearest = ", ".join(get_close_matches(_shown(name), known, n=3) or known)
                self.fault(_join(path, _shown(name)), "unknown-field", name=_shown(name), nearest=nearest)
        values = {}
        for name, item in known.items():
            if name in plain:
                values[name] = self.reader(name, hints[name])(plain[name], _join(path, name))
            elif item.default is MISSING and item.default_factory is MISSING:
                self.fault(_join(path, name), "missing-field", name=name)
        if len(self.found) > before:
            return None
        made = kind(**values)
        if isinstance(made, InputSpec) and not made.names:
            return self.named(made, path)
        return self.minted(made, "next_id" in plain) if isinstance(made, NetworkSpec) else made

    def named(self, source: InputSpec, path: str) -> Any:
        """Give the inputs names, as nobody did."""
        count = math.prod(source.shape)
        if min(source.shape, default=0) < 1 or count > MAX_INPUTS:
            return self.fault(_join(path, "shape"), "out-of-range", value=count, range=f"[1, {MAX_INPUTS}]")
        return replace(source, names=default_names(source.shape))

    def reader(self, name: str, hint: Any) -> _Read:
        """Return what reads a field of this name and type."""
        if hint is Choice:
            return partial(self.choice, TABLES[name])
        if hint == Layer:
            return self.layer
        if is_dataclass(hint):
            return partial(self.record, cast("type[Any]", hint))
        outer, inner = get_origin(hint), get_args(hint)
        if outer is Literal:
            return partial(self.word, inner)
        if outer is dict:
            return partial(self.table, self.reader(name, inner[1]))
        if hint == tuple[str, ...]:
            return self.texts
        if outer is tuple and inner[-1] is ...:
            return partial(self.sequence, self.reader(name, inner[0]), MAX_LAYERS if inner[0] == Layer else None)
        if outer is tuple:
            return partial(self.fixed, [self.reader(name, item) for item in inner])
        if NoneType in inner:
            return partial(self.optional, self.reader(name, next(item for item in inner if item is not NoneType)))
        return cast("_Read", {str: self.text, int: self.whole, float: self.number, bool: self.flag}[hint])

    def optional(self, read: _Read, plain: object, path: str) -> Any:
        return None if plain is None else read(plain, path)

    def sequence(self, read: _Read, limit: int | None, plain: object, path: str) -> Any:
        if not isinstance(plain, list | tuple):
            return self.fault(path, "wrong-type", expected="list", found=_shown(plain))
        if limit is not None and len(plain) > limit:
            return self.fault(path, "too-many-layers", count=len(plain), limit=limit)
        return tuple(read(item, f"{path}.{index}") for index, item in enumerate(plain))

    def texts(self, plain: object, path: str) -> Any:
        """Read a tuple of texts, at once where nothing is wrong: a network may have very many ids."""
        if isinstance(plain, list | tuple) and all(isinstance(item, str) for item in plain):
            return tuple(plain)
        return self.sequence(self.text, None, plain, path)

    def fixed(self, reads: list[_Read], plain: object, path: str) -> Any:
        """Read a tuple of so many items."""
        if not isinstance(plain, list | tuple) or len(plain) != len(reads):
            return self.fault(path, "wrong-type", expected=f"list of {len(reads)}", found=_shown(plain))
        return tuple(read(item, f"{path}.{index}") for index, (read, item) in enumerate(zip(reads, plain, strict=True)))

    def table(self, read: _Read, plain: object, path: str) -> Any:
        if not isinstance(plain, dict):
            return self.fault(path, "wrong-type", expected="table", found=_shown(plain))
        return {name: read(item, _join(path, _shown(name))) for name, item in plain.items()}

    def word(self, known: tuple[str, ...], plain: object, path: str) -> Any:
        if not isinstance(plain, str) or plain not in known:
            return self.fault(path, "unknown-name", name=_shown(plain), known=", ".join(known))
        return plain

    def text(self, plain: object, path: str) -> Any:
        return plain if isinstance(plain, str) else self.fault(path, "wrong-type", expected="text", found=_shown(plain))

    def flag(self, plain: object, path: str) -> Any:
        return plain if isinstance(plain, bool) else self.fault(path, "wrong-type", expected="true or false", found=_shown(plain))

    def whole(self, plain: object, path: str) -> Any:
        if type(plain) is not int or abs(plain) >= MAX_INTEGER:
            return self.fault(path, "wrong-type", expected="whole number", found=_shown(plain))
        return plain

    def number(self, plain: object, path: str) -> Any:
        if type(plain) is int and abs(plain) < MAX_INTEGER:
            return float(plain)
        if type(plain) is not float or not math.isfinite(plain):
            return self.fault(path, "wrong-type", expected="number", found=_shown(plain))
        return plain

    def choice(self, table: Mapping[str, Entry], plain: object, path: str) -> Any:
        """Read a name, or a dict of the name as "kind" and the parameters that are not the defaults."""
        changed = dict(plain) if isinstance(plain, dict) else {"kind": plain}
        kind = self.text(changed.pop("kind", None), path)
        if kind is None:
            return None
        if kind not in table:
            return self.fault(path, "unknown-name", name=_shown(kind), known=", ".join(table))
        known, values = [item.name for item in table[kind].parameters], {}
        for name, value in changed.items():
            if name in known:
                values[name] = self.number(value, _join(path, name))
            else:
                self.fault(_join(path, _shown(name)), "wrong-parameters", name=kind, known=", ".join(known))
        return None if None in values.values() else choose(table, kind, **values)

    def layer(self, plain: object, path: str) -> Any:
        """Read a layer by its kind."""
        if not isinstance(plain, dict):
            return self.fault(path, "wrong-type", expected="table", found=_shown(plain))
        values = dict(plain)
        kind = values.pop("kind", None)
        if not isinstance(kind, str) or kind not in LAYERS:
            return self.fault(f"{path}.kind", "unknown-name", name=_shown(kind), known=", ".join(LAYERS))
        if kind in COUNTS and not self.counted(values, COUNTS[kind], path):
            return None
        return self.record(LAYERS[kind], values, path)

    def counted(self, values: dict[str, Any], name: str, path: str) -> bool:
        """Take "units" or "filters" out of a layer: without "neurons" it says how many ids are to be minted."""
        units = self.whole(values.pop(name), f"{path}.{name}") if name in values else None
        neurons = values.get("neurons")
        if neurons is None and units is not None:
            if not 0 <= units <= MAX_UNITS:
                self.fault(f"{path}.{name}", "out-of-range", value=units, range=f"[1, {MAX_UNITS}]")
                return False
            values["neurons"] = (_TO_MINT,) * units
        elif isinstance(neurons, list | tuple):
            if len(neurons) > MAX_UNITS:
                self.fault(f"{path}.neurons", "out-of-range", value=len(neurons), range=f"[1, {MAX_UNITS}]")
                return False
            if any(not item or item == _TO_MINT for item in neurons):
                self.fault(f"{path}.neurons", "empty-id")
            if units is not None and units != len(neurons):
                self.fault(f"{path}.{name}", "units-not-neurons", units=units, neurons=len(neurons))
        return True

    def minted(self, network: NetworkSpec, counted: bool) -> NetworkSpec:
        """Give ids to the neurons that have none, and keep the counter above all ids in use."""
        if network.weights > MAX_WEIGHTS:
            self.fault("network", "too-many-weights", count=network.weights, limit=MAX_WEIGHTS)
            return network
        lowest = 1 + max((int(match[1]) for name in _ids(network) if (match := _MINTED.fullmatch(name))), default=0)
        if counted and network.next_id < lowest:
            self.fault("network.next_id", "id-counter", next_id=network.next_id, lowest=lowest)
        count, layers = max(lowest, network.next_id), []
        for layer in network.layers:
            if isinstance(layer, Weighted) and _TO_MINT in layer.neurons:
                layer, count = replace(layer, neurons=tuple(f"n{count + index}" for index in range(layer.units))), count + layer.units
            layers.append(layer)
        return replace(network, layers=tuple(layers), next_id=count)


def _ids(network: NetworkSpec) -> Iterator[str]:
    for layer in network.layers:
        yield layer.id
        yield from layer.neurons if isinstance(layer, Weighted) else ()


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: object) -> str:
    """Return the value as a problem may quote it: short, whatever a file holds."""
    if isinstance(value, int) and abs(value) >= MAX_INTEGER:
        return "±2^63…"
    text = value if isinstance(value, str) else repr(value) if isinstance(value, int | float | None) else type(value).__name__
    return text if len(text) <= 40 else f"{text[:40]}…"


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    """Return the types of a dataclass's fields; working them out from their text takes longer than all the rest."""
    return get_type_hints(kind)
