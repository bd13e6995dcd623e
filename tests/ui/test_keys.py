"""Which keys commands have: the table's, a person's own, and what becomes of a file of settings that makes no sense."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from nnviz.ui.action_table import ACTIONS, ROWS
from nnviz.ui.keys import clash, default_keys, fault, read_key, resolve

pytestmark = pytest.mark.usefixtures("qapp")


def taken_twice(table: dict[str, tuple[QKeySequence, ...]]) -> list[str]:
    """Return the keys more than one command has."""
    counts = Counter(key.toString() for keys in table.values() for key in keys)
    return [key for key, count in counts.items() if count > 1]


def test_no_usual_key_is_bound_twice() -> None:
    table, ignored = resolve(())
    assert taken_twice(table) == [] and ignored == ()
    assert set(table) == {row.name for row in ACTIONS}


@pytest.mark.parametrize("text", ["", "Ctrl+", "Ctrl+Foo", "nonsense", "Ctrl+J, Ctrl+C", "\0", "Ctrl+" * 100])
def test_what_is_no_key_is_not_read(text: str) -> None:
    assert read_key(text) is None


@pytest.mark.parametrize("text", ["Ctrl+J", "F7", "Ctrl+Alt+Shift+Up", "Q", "Ctrl+,", "Ctrl++", "Space"])
def test_a_key_is_read_as_it_is_written(text: str) -> None:
    key = read_key(text)
    assert key is not None and key.toString() == text


@pytest.mark.parametrize(
    ("name", "key", "found"),
    [
        ("save", "Q", "typed"), ("save", "Shift+Q", "typed"), ("save", "1", "typed"), ("save", "Return", "typed"), ("save", "F7", ""),
        ("save", "Shift+F7", ""), ("save", "Ctrl+Q", ""), ("save", "Alt+1", ""), ("save", "Alt+F", "fixed"), ("save", "Tab", "fixed"),
        ("save", "Esc", "fixed"), ("fit", "Q", ""), ("fit", "Alt+Left", "fixed"), ("fit", "Esc", "fixed"), ("fit", "Left", ""),
    ],
)  # fmt: skip
def test_keys_that_typing_and_moving_need_are_nobodys(name: str, key: str, found: str) -> None:
    assert fault(ROWS[name], QKeySequence(key)) == found


def test_chosen_keys_take_the_place_of_the_usual_ones() -> None:
    table, ignored = resolve((("save", ("Ctrl+J",)), ("fit", ("Q", "W")), ("print", ())))
    assert ignored == ()
    assert table["save"] == (QKeySequence("Ctrl+J"),) and table["fit"] == (QKeySequence("Q"), QKeySequence("W")) and table["print"] == ()
    assert table["open"] == default_keys(ROWS["open"])


def test_two_commands_can_swap_their_keys() -> None:
    table, ignored = resolve((("fit", ("E",)), ("epoch", ("F",))))
    assert ignored == () and table["fit"] == (QKeySequence("E"),) and table["epoch"] == (QKeySequence("F"),)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        (("dance", ("F7",)), "dance"),
        (("save", ("Ctrl+Foo",)), "save: Ctrl+Foo"),
        (("save", ("Ctrl+O",)), "save: Ctrl+O"),
        (("save", ("Q",)), "save: Q"),
        (("epoch", ("R",)), "epoch: R"),
    ],
)
def test_what_cannot_be_is_left_out_and_told(override: tuple[str, tuple[str, ...]], told: str) -> None:
    usual, _ = resolve(())
    assert resolve((override,)) == (usual, (told,))


def test_of_two_that_want_one_key_the_first_gets_it() -> None:
    table, ignored = resolve((("save", ("Ctrl+J",)), ("open", ("Ctrl+J",))))
    assert table["save"] == (QKeySequence("Ctrl+J"),) and table["open"] == default_keys(ROWS["open"])
    assert ignored == ("open: Ctrl+J",)


def test_a_clash_names_the_other_command() -> None:
    table, _ = resolve(())
    assert clash("open", QKeySequence("Ctrl+S"), table) == "save"
    assert clash("save", QKeySequence("Ctrl+S"), table) == "" == clash("save", QKeySequence("Ctrl+J"), table)


KEYS = st.sampled_from(["E", "R", "F", "Ctrl+S", "Ctrl+O", "Ctrl+J", "F11", "Ctrl+Foo", "Tab", "", "Space"]) | st.text(max_size=6)
NAMES = st.sampled_from(["save", "open", "fit", "epoch", "reset", "go", "full_screen", "dance"])


@given(st.lists(st.tuples(NAMES, st.lists(KEYS, max_size=3).map(tuple)), max_size=8, unique_by=lambda pair: pair[0]))
def test_whatever_the_settings_say_no_key_does_two_things(
    qapp: QApplication, overrides: list[tuple[str, tuple[str, ...]]]
) -> None:
    table, ignored = resolve(overrides)
    assert taken_twice(table) == []
    for name, texts in overrides:
        told = any(word == name or word.startswith(f"{name}:") for word in ignored)
        keys = list(map(QKeySequence, texts))
        assert told or list(table[name]) == [key for place, key in enumerate(keys) if key not in keys[:place]], "each key once"
