"""Letters of entries that are pressed with Alt or in an open menu: which an entry has, and free ones for entries made of names."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set


def mnemonics(text: str) -> set[str]:
    """Return the letter that a text marks, small, or nothing."""
    found = re.search(r"&([^&])", text.replace("&&", ""))
    return {found[1].lower()} if found else set()


def literal(name: str) -> str:
    """Return a name as part of an entry's text that shows exactly this name."""
    return name.replace("&", "&&")


def mark(names: Sequence[str], taken: Set[str]) -> list[str]:
    """Return texts that show these names, as many as possible with a letter of their own that is not taken, early ones first."""
    letters = [dict.fromkeys(letter for letter in name.lower() if letter.isalnum() and letter not in taken) for name in names]
    owners: dict[str, int] = {}

    def give(at: int, asked: set[str]) -> bool:
        """Find a letter for a name; its owner has to look for another then (Kuhn 1955)."""
        for letter in letters[at]:
            if letter not in asked:
                asked.add(letter)
                if letter not in owners or give(owners[letter], asked):
                    owners[letter] = at
                    return True
        return False

    for at in range(len(names)):
        give(at, set())
    own = {at: letter for letter, at in owners.items()}
    return [_marked(name, own.get(at, "")) for at, name in enumerate(names)]


def _marked(name: str, letter: str) -> str:
    place = name.lower().index(letter) if letter else len(name)
    return f"{literal(name[:place])}&{literal(name[place:])}" if letter else literal(name)
