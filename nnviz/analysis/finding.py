"""What a diagnosis says: a fault or advice, where and when it shows, why it is so, and what could be done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nnviz.analysis.evidence import Evidence
from nnviz.engine.problem import Message, message
from nnviz.engine.spec import Spec, problems


@dataclass(frozen=True, slots=True)
class Remedy:
    """An edit that may help; the old spec is what undo goes back to.

    Attributes:
        message: what it does, in a few words.
        spec: the whole spec, edited.
        back: whether the weights as they are now are of no use, so that the run should first go back to its best ones.
    """

    message: Message
    spec: Spec
    back: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        kind: its name, e.g. "dead-units".
        layer: the id of the layer it shows in; None where it is no layer's.
        step: the number of steps made when it was found; of a step that could not be made, its own number.
        message, reason: what is so, and why.
        remedies: the likeliest first.
    """

    kind: str
    layer: str | None
    step: int
    message: Message
    reason: Message
    remedies: tuple[Remedy, ...] = ()


def offered(e: Evidence, *remedies: Remedy | None) -> tuple[Remedy, ...]:
    """Return the remedies that change the spec to one that can be, together with the data it then learns from."""
    changes = [item for item in remedies if item is not None and item.spec != e.spec]
    return tuple(item for item in changes if not problems(item.spec, e.facts(item.spec.data)))


def digits(value: float) -> float:
    """Return a measured number with the three digits that count in a sentence."""
    return float(f"{value:.3g}")


def summary(findings: Iterable[Finding], say: Callable[[Message], str]) -> list[str]:
    """Return one line a finding; `say` puts a message into words, as `nnviz.explain.words.say` does."""
    lines = []
    for finding in findings:
        line = f"{say(finding.message)} {say(finding.reason)}"
        if finding.remedies:
            line += " " + say(message("health.remedies", remedies=" · ".join(say(item.message) for item in finding.remedies)))
        lines.append(line)
    return lines
