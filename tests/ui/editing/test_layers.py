"""What can be done to layers: what Undo calls it, what comes out of it, and why it cannot be."""

from __future__ import annotations

import pytest

from nnviz.engine.plain import MAX_UNITS
from nnviz.engine.spec import Dropout
from nnviz.formats.examples import load
from nnviz.ui.editing import layers
from nnviz.ui.editing.proposal import Proposal
from nnviz.ui.selection import Selection

SPEC = load("spiral").spec  # 4-8-6-1: h1, h2, out
NETWORK = SPEC.network
OUT = NETWORK.layers[-1].id


def ids(proposal: Proposal) -> list[str]:
    assert proposal.spec is not None and not proposal.reason
    return [layer.id for layer in proposal.spec.network.layers]


def test_a_layer_is_added_where_it_is_wanted_and_selected() -> None:
    proposal = layers.add(SPEC, 1)
    added = ids(proposal)[1]
    assert ids(proposal) == ["h1", added, "h2", OUT] and added not in ("h1", "h2", OUT)
    assert proposal.select == Selection("layer", added) and proposal.title == "Add layer Dense 3"


@pytest.mark.parametrize("index", [-5, 0, 3, 99])
def test_never_behind_the_output(index: int) -> None:
    assert ids(layers.add(SPEC, index))[-1] == OUT and ids(layers.add(SPEC, index, "dropout"))[-1] == OUT


def test_every_kind_has_a_title() -> None:
    assert all(layers.add(SPEC, 1, kind).title for kind in layers.KINDS)


def test_removed_one_by_one_or_several_at_once() -> None:
    assert ids(layers.remove(SPEC, ["h1"])) == ["h2", OUT] and layers.remove(SPEC, ["h1"]).title == "Remove layer Dense 1"
    assert ids(layers.remove(SPEC, ["h1", "h2"])) == [OUT] and layers.remove(SPEC, ["h1", "h2"]).title == "Remove 2 layers"


@pytest.mark.parametrize("chosen", [[], ["input"], [OUT], ["h1", OUT], ["gone"]])
def test_what_cannot_be_removed_says_why(chosen: list[str]) -> None:
    assert layers.remove(SPEC, chosen).reason


def test_a_copy_stands_behind_and_is_selected() -> None:
    proposal = layers.duplicate(SPEC, ["h1"])
    assert ids(proposal)[0] == "h1" and len(ids(proposal)) == 4 and proposal.select == Selection("layer", ids(proposal)[1])
    both = layers.duplicate(SPEC, ["h1", "h2"]).select
    assert both is not None and both.kind == "several" and len(both.parts) == 2
    assert layers.duplicate(SPEC, ["input"]).reason


def test_moved_among_the_others() -> None:
    assert ids(layers.move(SPEC, "h2", 0)) == ["h2", "h1", OUT]
    assert layers.move(SPEC, OUT, 0).reason and layers.move(SPEC, "h1", 2).reason and layers.move(SPEC, "h1", -1).reason


def test_renamed_in_one_line() -> None:
    proposal = layers.rename(SPEC, "h1", " <b>first</b>\n layer\u202e ")
    assert proposal.spec is not None
    assert proposal.spec.network.layer("h1").name == "<b>first</b> layer\u202e"
    assert "<b>first</b>" in proposal.title
    assert layers.rename(SPEC, "h1", " \t\n").reason


@pytest.mark.parametrize("units", [0, -1, MAX_UNITS + 1, 10**9])
def test_counts_that_cannot_be_are_refused_before_anything_is_made(units: int) -> None:
    assert layers.set_units(SPEC, "h1", units).reason


def test_units_of_one_layer_are_one_drag() -> None:
    one, more = layers.set_units(SPEC, "h1", 1), layers.set_units(SPEC, "h1", 12)
    assert (one.title, more.title) == ("Set Dense 1 to one unit", "Set Dense 1 to 12 units")
    assert one.merge_key == more.merge_key != layers.set_units(SPEC, "h2", 12).merge_key
    dropped = layers.add(SPEC, 1, "dropout").spec
    assert dropped is not None
    silent = next(layer.id for layer in dropped.network.layers if isinstance(layer, Dropout))
    assert layers.set_units(dropped, silent, 4).reason


def test_only_what_learns_can_be_frozen() -> None:
    proposal = layers.set_frozen(SPEC, ["h1", "h2"], True)
    assert proposal.spec is not None and [layer.frozen for layer in proposal.spec.network.layers] == [True, True, False]
    assert proposal.title == "Freeze 2 layers" and layers.set_frozen(SPEC, ["h1"], False).title == "Unfreeze Dense 1"
    dropped = layers.add(SPEC, 1, "dropout")
    assert dropped.spec is not None and dropped.select is not None
    assert layers.set_frozen(dropped.spec, [dropped.select.layer], True).reason


def test_copied_and_pasted_they_are_new_layers() -> None:
    text = layers.copied(SPEC, ["h2", "h1"])
    proposal = layers.paste(SPEC, 2, text)
    assert len(ids(proposal)) == 5 and ids(proposal)[-1] == OUT and proposal.title == "Paste 2 layers"
    assert proposal.spec is not None
    assert [layer.name for layer in proposal.spec.network.layers[2:4]] == ["Dense 3", "Dense 4"]
    assert layers.paste(SPEC, 0, layers.copied(SPEC, ["h1"])).title == "Paste layer Dense 1"


@pytest.mark.parametrize("text", ["", "hello", "{}", "x" * 1_000_000, '{"nnviz": "layers", "format": 99, "layers": []}'])
def test_foreign_text_is_refused_in_words(text: str) -> None:
    proposal = layers.paste(SPEC, 0, text)
    assert proposal.spec is None and len(proposal.reason) > 20 and len(proposal.reason) < 600
