"""Small judges that all judging of specs is made of: each yields the problems of one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from nnviz.engine.problem import Problem, problem
from nnviz.engine.table import Choice, Entry, Parameter

MOST = 2.0**32  # of every count, seed and strength


def repeated(path: str, names: list[str] | tuple[str, ...]) -> Iterator[Problem]:
    """Ids must be different."""
    for name in sorted(name for name, count in Counter(names).items() if count > 1):
        yield problem(path, "repeated", name=name)


def member(path: str, name: str, known: Mapping[str, object] | tuple[str, ...]) -> Iterator[Problem]:
    """A name must be one of those known."""
    if name not in known:
        yield problem(path, "unknown-name", name=name, known=", ".join(known))


def choice(path: str, chosen: Choice, table: Mapping[str, Entry]) -> Iterator[Problem]:
    """A choice must be of the table and give every parameter a value in its range."""
    if chosen.kind not in table:
        yield from member(path, chosen.kind, tuple(table))
        return
    values, parameters = dict(chosen.parameters), table[chosen.kind].parameters
    if set(values) != {item.name for item in parameters}:
        yield problem(path, "wrong-parameters", name=chosen.kind, known=", ".join(item.name for item in parameters))
        return
    for item in parameters:
        yield from number(f"{path}.{item.name}", values[item.name], item)


def number(path: str, value: float, parameter: Parameter) -> Iterator[Problem]:
    """A number must be finite and in the range of its parameter."""
    if not parameter.allows(value):
        yield problem(path, "out-of-range", value=value, range=parameter.range)
