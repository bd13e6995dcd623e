"""Finds entries of a list by words, in any order and case, best matches first: what a quick list does at every key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QIcon


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing to choose.

    Attributes:
        text: what it is called; `note`: its keys or its kind, at the right.
        value: what `QuickList.chosen` carries.
        reason: why it cannot be chosen at present, "" where it can.
        also: other names it is found by, which are not shown.
    """

    text: str
    value: object
    note: str = ""
    reason: str = ""
    also: str = ""
    icon: QIcon | None = None


def fold(text: str) -> str:
    """Return text as it is compared: of one case, indices as digits, and the dot of "h1·3" as the one on the keyboard."""
    return unicodedata.normalize("NFKC", text).casefold().replace("·", ".")


def literal(text: str) -> str:
    """Return a name on one line, with a mark for what cannot be seen and may turn other letters round."""
    if text.isprintable():
        return text
    return "".join("�" if unicodedata.category(letter) in ("Cc", "Cf", "Cs") else letter for letter in text)


class Ranking:
    """Finds entries by words; all texts are folded at once and beforehand, so that thousands are gone through at every key."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        names = fold("\n".join(_line(entry.text) for entry in entries))
        texts = fold("\n".join(_line(f"{entry.text} {entry.note} {entry.also}") for entry in entries))
        self._names, self._texts, apart = (text.split("\n")[: len(entries)] for text in (names, texts, _spaced(texts)))
        self._apart = [f" {words}" for words in apart]

    def best(self, typed: str, made: Sequence[Entry] = ()) -> list[Entry]:
        """Return the entries that hold all words that were typed.

        First come those called exactly so, then those that were `made` of what was typed, then those whose name begins
        with it, then those in which words begin with the words; each kind in the order of the entries.
        """
        words = fold(typed).split()
        if not words:
            return list(self._entries)
        whole, starts = " ".join(words), [f" {_spaced(word).lstrip()}" for word in words]
        kinds: tuple[list[Entry], ...] = ([], list(made), [], [], [])
        for entry, name, text, apart in zip(self._entries, self._names, self._texts, self._apart, strict=True):
            for word in words:
                if word not in text:
                    break
            else:
                if name.startswith(whole):
                    kinds[0 if name == whole else 2].append(entry)
                else:
                    kinds[3 if all(start in apart for start in starts) else 4].append(entry)
        return [entry for kind in kinds for entry in kind]


def _line(text: str) -> str:
    return text.replace("\n", " ")


def _spaced(text: str) -> str:
    """Return text with a space between its words, whatever stands there."""
    return re.sub(r"[^\w\n]+", " ", text)
