"""`nnviz list`: everything there is, one line each."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.cli.listing import KINDS, PLOTS


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_json_say_the_same(run: Any, kind: str) -> None:
    text, found = run("list", kind), run("list", kind, "--json").json
    assert found["format"] == "nnviz-list/1"
    assert [line.split()[0] for line in text.out.splitlines()] == [item["name"] for item in found[kind]]
    assert all(item["text"] and "\n" not in item["text"] for item in found[kind])


def test_the_examples_of_the_contract(run: Any) -> None:
    names = {item["name"] for item in run("list", "examples", "--json").json["examples"]}
    small = {"and", "or", "xor", "circle", "gauss", "spiral", "moons", "plane", "sine"}
    small |= {"mazur", "one-neuron", "sigmoid-10-5-1", "linear-3-4"}
    tables, images = {"iris", "wine", "breast-cancer", "heart-disease", "diabetes"}, {"digits", "digits-cnn", "digits-autoencoder"}
    assert names == small | tables | images | {"mnist-mlp", "mnist-cnn"}


def test_the_plots_are_those_of_the_window() -> None:
    from nnviz.ui.plots.table import PLOTS as SHOWN

    assert tuple(SHOWN) == PLOTS


def test_an_unknown_kind(run: Any) -> None:
    result = run("list", "example", "--json")
    assert result.code == 2
    assert "examples" in result.json["error"]["why"]
