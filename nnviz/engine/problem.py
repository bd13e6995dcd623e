"""What can go wrong, said without words.

A `Message` is a sentence as a key of the catalogue plus what to fill in; a `Problem` is a message
about one place. `nnviz.explain.words` turns both into a person's language, so that the engine, the
command line and the window say the same thing and none of them holds prose.
"""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Message:
    """A catalogue key and its values, e.g. `message("stage.sum", neuron="h1.2")`."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()


def message(key: str, **values: Value) -> Message:
    """Return the `Message` with these values."""
    return Message(key, tuple(values.items()))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that cannot be: `where` is a path of the spec, a file, or a place in a file."""

    where: str
    message: Message


def problem(where: str, key: str, **values: Value) -> Problem:
    """Return a `Problem` whose message is `problem.<key>`."""
    return Problem(where, message(f"problem.{key}", **values))


class ProblemError(Exception):
    """Something a person asked for cannot be done; nothing was changed.

    Attributes:
        problems: all that stands in the way, never empty.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{item.where}: {item.message.key} {dict(item.message.values)}" for item in self.problems)


class SpecError(ProblemError):
    """The spec asked for cannot be built or trained."""
