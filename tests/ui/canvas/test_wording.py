"""What stands in headers: names on one line and literal, sizes as wide for 9 as for 10, and soon enough for 200 layers."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from nnviz.engine.spec import DataSpec, Spec, TrainingSpec
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.layout import arrange
from nnviz.ui.canvas.wording import ISOLATE, ISOLATED, LONGEST_NAME, column_texts, edge_note, elided, literal, width, words
from nnviz.ui.theme import LIGHT
from tests.ui.canvas.networks import mixed, network


@pytest.fixture
def inks(qtbot: QtBot) -> Inks:
    return Inks(LIGHT)


def deep(layers: int, name: str = "") -> Spec:
    made = network((*[8] * layers, 1), ("x1", "x2"), "tanh", "tanh")
    if name:
        made = replace(made, layers=(replace(made.layers[0], name=name), *made.layers[1:]))
    return Spec(made, TrainingSpec(), DataSpec("circle", samples=80, features=("x1", "x2")))


@given(st.text())
def test_a_literal_text_is_one_line_that_steers_nothing(text: str) -> None:
    shown = literal(text)
    assert not {unicodedata.category(letter) for letter in shown.replace("\u200c", "").replace("\u200d", "")} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }
    assert "  " not in shown and shown == shown.strip()
    assert literal(shown) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Dense 1", "Dense 1"),
        ("two\nlines\tand  a tab", "two lines and a tab"),
        ("a\u202egnp.exe", "a□gnp.exe"),
        ("\x1b[31mred\x00", "□[31mred□"),
        ("zero\u200bwidth\ufeff", "zero□width□"),
        ("<script>&lt;", "<script>&lt;"),
        ("\ud800", "□"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_what_steers_is_shown(name: str, shown: str) -> None:
    assert literal(name) == shown


def test_names_written_from_right_to_left_stay_apart_from_what_follows(inks: Inks) -> None:
    font = inks.fonts["title"]
    assert elided("שכבה", font) == f"{ISOLATE}שכבה{ISOLATED}"
    assert elided("Dense 1", font) == "Dense 1"
    title = words(deep(1, "שכבה"), None, (), None, inks)[1].title
    assert title == f"{ISOLATE}שכבה{ISOLATED} · 8 · tanh"


def test_long_names_are_cut_however_long_they_are(inks: Inks) -> None:
    font = inks.fonts["title"]
    begun = time.perf_counter()
    cut = elided("x" * 1_000_000, font)
    assert time.perf_counter() - begun < 0.1
    assert cut.endswith("…") and width(cut, font) <= LONGEST_NAME + 2
    assert elided("x " * 120, font).endswith("…")
    assert elided("i" * 300, font).endswith("…")
    assert not elided("Dense 10", font).endswith("…")


def test_a_header_is_as_wide_for_nine_as_for_ten(inks: Inks) -> None:
    measured = []
    for units in (1, 8, 9, 10, 11, 44):
        spec = Spec(network((units, 1), ("x1", "x2"), "tanh", "tanh"), TrainingSpec(), DataSpec("circle", features=("x1", "x2")))
        said = words(spec, None, (), None, inks)
        text = column_texts(said, spec, None, inks)[1]
        assert text.title >= width(said[1].title, inks.fonts["title"]) - 1
        assert 0 < text.size < text.title
        measured.append((text.title, text.stacked, text.size))
    assert len(set(measured)) == 1


def test_the_room_of_a_note_holds_whatever_it_says(inks: Inks) -> None:
    spec = Spec(network((100, 90, 1), ("x1", "x2"), "tanh", "tanh"), TrainingSpec(), DataSpec("circle", features=("x1", "x2")))
    said = words(spec, None, (), None, inks)
    text = column_texts(said, spec, None, inks)[2]
    assert said[2].edges == 9000
    for drawn in (1, 300, 8999, 9000):
        assert width(edge_note(drawn, 9000), inks.fonts["small"]) <= text.note


def test_what_each_header_can_do(inks: Inks) -> None:
    run = mixed()
    buttons = {text.id: text.buttons for text in column_texts(words(run.spec, None, (), None, inks), run.spec, None, inks)}
    assert buttons == {
        "input": (),
        "l1": ("minus", "plus", "lock", "more"),
        "b1": ("lock", "more"),
        "d1": ("more",),
        "l2": ("minus", "plus", "lock", "more"),
        "d2": ("more",),
        "l3": ("lock", "more"),
    }


@pytest.mark.parametrize("vertical", [False, True], ids=["horizontal", "vertical"])
def test_two_hundred_layers_are_said_and_placed_soon(inks: Inks, vertical: bool) -> None:
    spec, taken = deep(200), []
    for _ in range(4):
        begun = time.perf_counter()
        said = words(spec, None, (), None, inks)
        layout = arrange(column_texts(said, spec, None, inks), (1200, 780), number=97.0, surface=True, vertical=vertical)
        taken.append(time.perf_counter() - begun)
    assert len(layout.columns) == len(layout.gaps) + 1 == 202
    assert min(taken) < 0.15
