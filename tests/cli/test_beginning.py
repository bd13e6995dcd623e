"""`nnviz train --init-from` and `--freeze`: which layers are taken, which begin anew and why, and which stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.engine.network import views
from nnviz.formats.project import read_project, write_project
from nnviz.formats.save import save


@pytest.fixture
def donor(run: Any, tmp_path: Path) -> Path:
    """Return a folder with a trained project of iris and its weights."""
    assert run("train", "iris", "--epochs", 3, "--out", tmp_path / "donor", "--weights", "npz").code == 0
    return tmp_path / "donor"


def layers(path: Path) -> dict[str, Any]:
    """Return the weights of a project's layers by id."""
    stored = read_project(path)
    assert stored.snapshot is not None
    network = stored.spec.network
    return dict(zip((layer.id for layer in network.layers), views(network, stored.snapshot.parameters), strict=True))


def test_a_project_gives_its_layers(run: Any, donor: Path, tmp_path: Path) -> None:
    made = run("train", "iris", "--init-from", donor / "model.nnviz", "--freeze", "h1", "--steps", 1, "--out", tmp_path / "new")
    assert made.code == 0
    assert "Taken from" in made.err and "Dense 1, Output" in made.err
    before, after = layers(donor / "model.nnviz"), layers(tmp_path / "new" / "model.nnviz")
    assert np.array_equal(before["h1"].weights, after["h1"].weights)
    assert np.array_equal(before["h1"].bias, after["h1"].bias)
    assert np.abs(before["out"].weights - after["out"].weights).max() < 0.1, "one step away"
    assert read_project(tmp_path / "new" / "model.nnviz").snapshot.step_count == 1, "it is a new run"


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("--freeze", "h1, Output"), "--freeze"),
        (("--freeze", "h1", "--set", "layers.out.rate_multiplier=0"), "--freeze"),
        (("--set", "layers.h1.frozen=true", "--set", "layers.out.frozen=true"), "network.layers"),
    ],
)
def test_where_no_weight_is_free_nothing_is_trained(run: Any, words: tuple[str, ...], where: str, tmp_path: Path) -> None:
    made = run("train", "iris", *words, "--out", tmp_path / "new", "--json")
    assert made.code == 2
    assert made.json["error"]["where"] == where
    assert "Dense 1, Output" in made.json["error"]["why"]
    assert not (tmp_path / "new").exists()


def test_what_is_frozen_stays_and_the_rest_learns(run: Any, donor: Path, tmp_path: Path) -> None:
    run("train", "iris", "--init-from", donor / "model.nnviz", "--freeze", "0", "--epochs", 2, "--out", tmp_path / "new")
    before, after = layers(donor / "model.nnviz"), layers(tmp_path / "new" / "model.nnviz")
    assert np.array_equal(before["h1"].weights, after["h1"].weights)
    assert not np.array_equal(before["out"].weights, after["out"].weights)
    thawed = ("--set", "layers.h1.frozen=false")
    run("train", tmp_path / "new" / "model.nnviz", *thawed, "--epochs", 2, "--out", tmp_path / "thawed")
    last = layers(tmp_path / "thawed" / "model.nnviz")
    assert not np.array_equal(after["h1"].weights, last["h1"].weights)


def test_what_does_not_fit_begins_anew_and_is_named(run: Any, tmp_path: Path) -> None:
    assert run("train", "moons", "--steps", 1, "--out", tmp_path).code == 0
    network = read_project(tmp_path / "model.nnviz").spec.network
    wider = ("--set", f"layers.{network.layers[-2].id}.units=9")
    made = run("train", "moons", *wider, "--init-from", tmp_path / "model.nnviz", "--steps", 1)
    assert made.code == 0
    assert "Taken from" in made.err and "Dense 1" in made.err.splitlines()[0]
    assert [line for line in made.err.splitlines() if line.startswith("Begins anew: Output") and "1 × 9" in line]


def test_where_nothing_fits_nothing_is_trained(run: Any, donor: Path) -> None:
    made = run("train", "iris", "--set", "layers.h1.units=9", "--init-from", donor / "model.nnviz", "--steps", 1)
    assert made.code == 2
    assert "8 × 4" in made.err and "9 × 4" in made.err and "3 × 8" in made.err


def test_a_head_for_other_classes_begins_anew(run: Any, donor: Path, tmp_path: Path) -> None:
    made = run("train", "wine", "--init-from", donor / "model.nnviz", "--steps", 1)
    assert made.code == 2, "the inputs do not fit either"
    assert "mean something else" in made.err and "8 × 13" in made.err


def test_a_layer_is_found_by_its_name(run: Any, donor: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "renamed.nnviz"
    found = read_project(donor / "model.nnviz")
    first = replace(found.spec.network.layers[0], id="first")
    network = replace(found.spec.network, layers=(first, *found.spec.network.layers[1:]))
    assert found.snapshot is not None
    stored = replace(found, spec=replace(found.spec, network=network), snapshot=replace(found.snapshot, network=network))
    save(renamed, write_project(stored))
    made = run("train", "iris", "--init-from", renamed, "--freeze", "h1", "--steps", 1, "--out", tmp_path)
    assert "Dense 1, Output" in made.err
    assert np.array_equal(layers(tmp_path / "model.nnviz")["h1"].weights, layers(renamed)["first"].weights)


def test_weights_are_taken_whole(run: Any, donor: Path, tmp_path: Path) -> None:
    made = run("train", "iris", "--init-from", donor / "weights.npz", "--freeze", "h1", "--epochs", 1, "--out", tmp_path / "new")
    assert made.code == 0
    assert np.array_equal(layers(donor / "model.nnviz")["h1"].weights, layers(tmp_path / "new" / "model.nnviz")["h1"].weights)
    result = run("train", "wine", "--init-from", donor / "weights.npz", "--steps", 1)
    assert result.code == 1
    assert "layers.0.weight" in result.err


def test_reset_returns_to_what_was_taken(run: Any, donor: Path, tmp_path: Path) -> None:
    run("train", "iris", "--init-from", donor / "model.nnviz", "--epochs", 1, "--out", tmp_path / "new")
    initial, given = read_project(tmp_path / "new" / "model.nnviz").initial, read_project(donor / "model.nnviz").snapshot
    assert initial is not None and given is not None
    assert np.array_equal(initial, given.parameters)


def test_a_file_that_is_missing_or_no_such_layer(run: Any, donor: Path, tmp_path: Path) -> None:
    assert run("train", "iris", "--init-from", tmp_path / "none.nnviz", "--steps", 1).code == 1
    result = run("train", "iris", "--freeze", "h1,Dense1", "--steps", 1, "--json")
    assert result.code == 2
    assert "Dense 1" in result.json["error"]["why"]
