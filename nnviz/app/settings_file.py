"""The settings and their file: JSON in the configuration folder.

A setting that is not valid falls back to its default alone; a file that cannot be read is kept aside; neither ever stops
a start. Settings of later versions are passed over.
"""

from __future__ import annotations

import base64
import contextlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from nnviz.data.prepare import facts
from nnviz.engine.plain import from_plain
from nnviz.engine.problem import Problem, ProblemError, problem
from nnviz.engine.spec import check
from nnviz.formats.strict import ImportProblem, read_json, write_json
from nnviz.resources import resource

FORMAT = 1
BAD = ".bad"
LARGEST = 1 << 20
MOST_RECENT = 10
LONGEST_PATH, LONGEST_KEY, MOST_KEYS = 4096, 100, 1000

Read = Callable[[Any], Any]  # returns the setting, raises ValueError or TypeError for what is none


def _text(value: Any, longest: int = LARGEST) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError
    value.encode("utf-8")  # half of a surrogate pair is no text and could not be saved
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _one_of(*names: str) -> Read:
    def read(value: Any) -> str:
        if _text(value) not in names:
            raise ValueError
        return str(value)

    return read


def _number(low: float, high: float, kind: type[int] | type[float]) -> Read:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, kind)) or not low <= value <= high:
            raise ValueError
        return kind(value)

    return read


def _state(value: Any) -> str:
    base64.b64decode(_text(value), validate=True)
    return str(value)


def _paths(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError
    paths = tuple(dict.fromkeys(as_path(item) for item in value))
    return paths[:MOST_RECENT]


def as_path(value: Any) -> str:
    """Return the path of a file as the list of recent files keeps it. Raises ValueError for what cannot be kept."""
    if not _text(value, LONGEST_PATH) or "\0" in value:
        raise ValueError
    return str(value)


def _keys(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    pairs = list(value.items()) if isinstance(value, dict) else list(value)
    if isinstance(value, str) or len(pairs) > MOST_KEYS:
        raise ValueError
    read = {_text(name, LONGEST_KEY): tuple(_text(key, LONGEST_KEY) for key in keys) for name, keys in pairs if _listed(keys)}
    return tuple(sorted(read.items()))


def _listed(keys: Any) -> bool:
    if not isinstance(keys, list | tuple) or len(keys) > MOST_KEYS:
        raise ValueError
    return True


def _project(value: Any) -> str:
    if _text(value):
        spec = from_plain(read_json(value.encode("utf-8"), "", ""))
        check(spec, facts(spec.data))
    return str(value)


def _language(value: Any) -> str:
    if _text(value) not in {path.stem for path in resource("translations").glob("*.json")}:
        raise ValueError
    return str(value)


def _setting(default: Any, read: Read, expected: str) -> Any:
    return field(default=default, metadata={"read": read, "expected": expected})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; each line holds the default, and how it is read and judged.

    Attributes:
        recent: paths of the files last used, the newest first.
        keys: (name of an action, its keys as text) where they are not the usual ones; () for none.
        layout, geometry: what Qt says of the window, in base64.
        new_project: the spec of a new project as JSON, "" for the usual one.
    """

    theme: str = _setting("light", _one_of("system", "light", "dark"), "system, light, dark")
    scale: float = _setting(1.0, _number(0.7, 2.5, float), "[0.7, 2.5]")
    digits: int = _setting(4, _number(2, 10, int), "2, 3, …, 10")
    decimal_comma: bool = _setting(False, _flag, "true, false")
    reduce_motion: bool = _setting(False, _flag, "true, false")
    vertical: bool = _setting(False, _flag, "true, false")
    recent: tuple[str, ...] = _setting((), _paths, "[path, …]")
    keys: tuple[tuple[str, tuple[str, ...]], ...] = _setting((), _keys, "{action: [key, …]}")
    layout: str = _setting("", _state, "base64")
    geometry: str = _setting("", _state, "base64")
    new_project: str = _setting("", _project, "JSON")
    language: str = _setting("en", _language, "en")


def read_settings(path: Path) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings of a file and what is wrong with it; never raises for what a file holds.

    A missing file is no fault; one that cannot be read at all is renamed, with ".bad" behind its name.
    """
    try:
        plain = read_json(_content(path), str(path), path.name)
        if not isinstance(plain, dict):
            raise ImportProblem(problem(str(path), "part-damaged", part=path.name))
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Settings(), (problem(str(path), "settings-not-readable", reason=reason, kept=_put_aside(path)),)
    except ImportProblem:
        return Settings(), (problem(str(path), "settings-damaged", kept=_put_aside(path)),)
    return from_table(plain, str(path))


def _content(path: Path) -> bytes:
    """Return what is in the file, at most one byte more than is read: a pipe in its place would never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("not a file")
    with open(path, "rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ImportProblem(problem(str(path), "part-damaged", part=path.name))
    return content


def _put_aside(path: Path) -> str:
    """Rename a bad file; return the name it has now."""
    with contextlib.suppress(OSError):
        os.replace(path, path.with_name(path.name + BAD))
        return path.name + BAD
    return path.name


def from_table(plain: Mapping[str, Any], where: str) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings that a table of plain values describes, and a problem for each that is not valid."""
    values, found = {}, []
    for item in fields(Settings):
        if item.name in plain:
            try:
                values[item.name] = item.metadata["read"](plain[item.name])
            except (ValueError, TypeError, ProblemError):
                found.append(problem(where, "settings-field", name=item.name, expected=item.metadata["expected"]))
    return Settings(**values), tuple(found)


def to_bytes(settings: Settings) -> bytes:
    """Return the settings as they are saved; equal settings give equal bytes everywhere."""
    plain = {item.name: getattr(settings, item.name) for item in fields(settings)}
    return write_json({"format": FORMAT} | plain | {"keys": dict(settings.keys)})
