"""What is found by which words, and in which order."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.ui.ranking import Entry, Ranking, fold, literal


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, text) for text in texts]


def found(typed: str, *texts: str, made: Sequence[Entry] = ()) -> list[str]:
    return [entry.text for entry in Ranking(entries(*texts)).best(typed, made)]


@pytest.mark.parametrize(
    ("typed", "texts", "wanted"),
    [
        ("", ("b", "a"), ["b", "a"]),
        ("ayer AD", ("Add layer", "Remove layer"), ["Add layer"]),
        ("ra", ("Graph", "Train", "Rate", "Learning rate"), ["Rate", "Learning rate", "Graph", "Train"]),
        ("h1.1", ("h1·10", "ah1·1", "h1·1", "h2·1"), ["h1·1", "h1·10", "ah1·1"]),
        ("x1", ("x₂", "x₁", "sin x₁"), ["x₁", "sin x₁"]),
        ("straße", ("STRASSE",), ["STRASSE"]),
        ("学习", ("学习率", "批次"), ["学习率"]),
        ("[.*", ("a.b", "odd [.* name"), ["odd [.* name"]),
        ("nothing", ("a", "b"), []),
    ],
)
def test_words_are_found_in_any_order_and_beginnings_come_first(typed: str, texts: tuple[str, ...], wanted: list[str]) -> None:
    assert found(typed, *texts) == wanted


def test_what_was_made_of_the_words_stands_behind_the_very_name_and_before_the_rest() -> None:
    assert found("h1·1", "h1·10", "h1·1", made=entries("bias of h1·1")) == ["h1·1", "bias of h1·1", "h1·10"]


def test_notes_and_other_names_are_found_too() -> None:
    ranking = Ranking([Entry("Save", 1, note="Ctrl+S"), Entry("x₁²", 2, also="x1^2"), Entry("Rates", 3)])
    assert [entry.value for entry in ranking.best("ctrl+s")] == [1]
    assert [entry.value for entry in ranking.best("x1^2")] == [2]


@given(st.lists(st.text("ab ·1", max_size=6), max_size=12), st.text("ab 1", max_size=5))
def test_exactly_those_with_all_words_are_found_whatever_their_order(texts: list[str], typed: str) -> None:
    words = fold(typed).split()
    wanted = sorted(text for text in texts if all(word in fold(text) for word in words))
    assert sorted(found(typed, *texts)) == wanted
    assert sorted(found(" ".join(reversed(words)), *texts)) == wanted


def test_twenty_thousand_are_filtered_between_two_keys() -> None:
    ranking = Ranking([Entry(f"hidden {at // 512}·{at % 512}", at, "neuron") for at in range(20_000)])
    best = []
    for _ in range(5):
        begun = time.perf_counter()
        assert len(ranking.best("hid neur 1")) > 10_000
        best.append(time.perf_counter() - begun)
    assert min(best) < 0.05, best


def test_names_are_shown_on_one_line_with_what_cannot_be_seen_marked() -> None:
    assert literal("h1·3 → h2·1") == "h1·3 → h2·1"
    assert literal("<b>&amp; a\nb\u202egnp.exe\x07") == "<b>&amp; a�b�gnp.exe�"
