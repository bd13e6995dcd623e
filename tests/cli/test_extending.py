"""A new entry of a table costs one entry: `nnviz list`, `--set`, `train`, `check` and `trace` find it by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from nnviz.engine.plain import TABLES
from nnviz.engine.table import Parameter

# Field of the spec by table: what it is like, and how it is chosen for an example.
LIKE = {
    "activation": ("tanh", "layers.h1.activation"),
    "initializer": ("xavier_uniform", "layers.h1.initializer"),
    "loss": ("mse", "training.loss"),
    "optimizer": ("sgd", "training.optimizer"),
    "schedule": ("constant", "training.schedule"),
}


def listed(run: Any, kind: str) -> Mapping[str, str]:
    return {item["name"]: item["text"] for item in run("list", kind, "--json").json[kind]}


def plural(field: str) -> str:
    return "losses" if field == "loss" else f"{field}s"


def test_every_table_is_listed(run: Any) -> None:
    assert set(TABLES) == set(LIKE)
    for field, table in TABLES.items():
        assert listed(run, plural(field)) == {name: entry.summary for name, entry in table.items()}


@pytest.mark.parametrize("field", LIKE)
def test_a_dummy_entry_is_found_everywhere(run: Any, monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    model, path = LIKE[field]
    monkeypatch.setitem(TABLES[field], "dummy", replace(TABLES[field][model], name="dummy", summary="Made up for a test."))
    assert listed(run, plural(field))["dummy"] == "Made up for a test."
    chosen = ("--set", f"{path}=dummy")
    plain, made = (run("train", "circle", "--epochs", 2, *words, "--json") for words in (("--set", f"{path}={model}"), chosen))
    assert (made.code, made.json["train"]) == (0, plain.json["train"]), "it computes what its model does"
    assert run("check", "circle", *chosen).code == 0
    traced = run("trace", "circle", *chosen)
    assert traced.code == 0
    if field in ("activation", "loss", "optimizer"):
        known = run("trace", "circle", *chosen, "--json").json
        assert "dummy" in (known["layers"][0]["activation"], known["loss_name"], known["optimizer"])
    misspelled = run("train", "circle", "--set", f"{path}=dumy")
    assert misspelled.code == 2
    assert "dummy" in misspelled.err


def test_a_parameter_of_a_dummy_has_a_path_and_a_range(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def value(z: Any, bend: float) -> Any:
        return bend * z

    def derivative(z: Any, a: Any, bend: float) -> Any:
        return bend + 0 * z

    entry = replace(
        TABLES["activation"]["sine"], name="dummy", value=value, derivative=derivative, parameters=(Parameter("bend", 0.5, 0.0, 2.0),)
    )
    monkeypatch.setitem(TABLES["activation"], "dummy", entry)
    chosen = ("--set", "layers.h1.activation=dummy", "--set", "layers.h1.activation.bend=1.5")
    assert run("check", "circle", *chosen).code == 0
    assert run("train", "circle", "--steps", 3, *chosen).code == 0
    beyond = run("train", "circle", "--steps", 3, *chosen, "--set", "layers.h1.activation.bend=2.5")
    assert beyond.code == 2
    assert "[0, 2]" in beyond.err
