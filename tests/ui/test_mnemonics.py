"""Mnemonics: each its own as long as there are letters, and names with & stay names."""

from __future__ import annotations

import pytest

from nnviz.ui.mnemonics import literal, mark, mnemonics


@pytest.mark.parametrize(("text", "letters"), [("&New", {"n"}), ("Cut && paste", set()), ("A && &B", {"b"}), ("none", set())])
def test_the_letter_a_text_marks(text: str, letters: set[str]) -> None:
    assert mnemonics(text) == letters


def test_a_name_is_shown_as_it_is() -> None:
    assert literal("a & b") == "a && b" and mnemonics(literal("a &b")) == set()


def test_as_many_names_as_possible_have_a_letter() -> None:
    assert mark(["Fit", "If"], {"t"}) == ["&Fit", "&If"]
    assert mark(["ab", "a"], set()) == ["a&b", "&a"]
    assert mark(["abc", "ab", "a"], set()) == ["ab&c", "a&b", "&a"]
    assert mark(["ab", "bc", "ca"], {"a"}) == ["a&b", "b&c", "ca"]


def test_without_a_free_letter_there_is_none() -> None:
    assert mark(["aa", "A"], set()) == ["&aa", "A"]
    assert mark(["x & y"], {"x"}) == ["x && &y"]
