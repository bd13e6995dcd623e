"""Turns messages and problems, which are keys with values, into a person's language.

A catalogue is one JSON file a language under resources/translations. What is filled in is only ever
text: nothing in a value is read as a placeholder, as markup, or as a command to a terminal.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from nnviz.engine.problem import Message, Problem, Value
from nnviz.explain.numbers import short_number
from nnviz.resources import resource

LONGEST_VALUE = 300
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class ProblemText:
    """A problem in four parts, each a sentence of its own but `where`, which is a path or a place in a file."""

    what: str
    where: str
    why: str
    next: str


def say(message: Message, language: str = "en") -> str:
    """Return the message in words.

    Raises:
        KeyError: the catalogue lacks the key, or the message a value.
    """
    section, _, name = message.key.partition(".")
    return _filled(catalogue(language)[section][name], dict(message.values))


def entry_name(key: str, language: str = "en") -> str:
    """Return what people call an entry of a table, e.g. "leaky ReLU" for "leaky_relu"; its own name where it has none here."""
    name: str = catalogue(language)["name"].get(key, key.replace("_", " "))
    return name


def problem_text(problem: Problem, language: str = "en") -> ProblemText:
    """Return what happened, where, why, and what to do next. Raises KeyError as `say` does."""
    section, _, name = problem.message.key.partition(".")
    entry, values = catalogue(language)[section][name], dict(problem.message.values)
    return ProblemText(
        what=_filled(entry["what"], values),
        where=_text(problem.where),
        why=_filled(entry["why"], values),
        next=_filled(entry["next"], values),
    )


def one_line(problem: Problem, language: str = "en") -> str:
    """Return the whole problem on one line, for a terminal or a status bar."""
    text = problem_text(problem, language)
    lines = catalogue(language)["line"]
    parts = {"what": text.what, "where": text.where, "why": text.why, "next": text.next}
    return _PLACE.sub(lambda place: parts[place[1]], lines["problem" if text.where else "problem-nowhere"])


@cache
def catalogue(language: str) -> dict[str, Any]:
    """Return all words of a language by section and key. Raises FileNotFoundError for an unknown language."""
    words: dict[str, Any] = json.loads(resource(f"translations/{language}.json").read_text(encoding="utf-8"))
    return words


def _filled(entry: str | Mapping[str, str], values: Mapping[str, Value]) -> str:
    """Return the sentence with its values; an entry with "one" and "other" is chosen by the value `count`."""
    template = entry if isinstance(entry, str) else entry["one" if values["count"] == 1 else "other"]
    return _PLACE.sub(lambda place: _text(values[place[1]]), template)


def _text(value: Value) -> str:
    if not isinstance(value, str):
        return short_number(value)
    # Control characters could move a terminal's cursor, direction marks could reverse a line.
    clean = "".join("�" if unicodedata.category(letter) in ("Cc", "Cf", "Cs") else letter for letter in value)
    return clean if len(clean) <= LONGEST_VALUE else f"{clean[:LONGEST_VALUE]}…"
