"""An edit before it is made: what it would be, what Undo would call it, or why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from nnviz.engine.patch import Patch
from nnviz.engine.spec import Spec
from nnviz.ui.selection import Selection


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person asks for.

    Attributes:
        title: what Undo would call it.
        spec: what the whole shall be; None where it stays.
        patches: numbers to be set by hand.
        merge_key: names one drag; its successive edits are one step to undo.
        select: what is selected afterwards; None leaves it to what is still there.
        reason: why it cannot be, "" when that is for the document to judge.
    """

    title: str
    spec: Spec | None = None
    patches: tuple[Patch, ...] = ()
    merge_key: str | None = None
    select: Selection | None = None
    reason: str = ""


def refused(reason: str) -> Proposal:
    """Return a proposal that cannot be."""
    return Proposal("", reason=reason)


def tr(words: str) -> str:
    """Return words of an edit in the present language."""
    return QCoreApplication.translate("Editing", words)
