"""`nnviz trace`: the textbook's numbers, the format of the contract, and how a sample is chosen."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

DIGITS = 5e-9


def near(found: Any, expected: Any) -> bool:
    return bool(found == pytest.approx(expected, abs=DIGITS))


@pytest.fixture
def mazur(run: Any) -> Any:
    return run("trace", "mazur", "--json").json


def test_mazur_forward(mazur: Any) -> None:
    hidden, output = mazur["layers"]
    assert near(hidden["a"][0], [0.59326999, 0.59688438])
    assert near(output["a"][0], [0.75136507, 0.77292847])
    assert near(mazur["output"][0], output["a"][0])
    assert near(mazur["loss"], 0.29837111)


def test_mazur_backward(mazur: Any) -> None:
    hidden, output = mazur["layers"]
    assert near(output["delta"][0], [0.13849856, -0.03809824])
    assert near(hidden["delta"][0], [0.00877135, 0.00995425])
    for found, expected in zip(output["grad_weights"], [[0.08216704, 0.08266763], [-0.02260254, -0.02274024]], strict=True):
        assert near(found, expected)


def test_mazur_update(mazur: Any) -> None:
    hidden, output = mazur["layers"]
    for found, expected in zip(output["new_weights"], [[0.35891648, 0.40866619], [0.51130127, 0.56137012]], strict=True):
        assert near(found, expected)
    for found, expected in zip(hidden["new_weights"], [[0.14978072, 0.19956143], [0.24975114, 0.29950229]], strict=True):
        assert near(found, expected)
    assert (hidden["new_bias"], output["new_bias"]) == (hidden["bias"], output["bias"])
    assert mazur["loss_after"] < mazur["loss"]


def test_the_format_is_the_contract(mazur: Any) -> None:
    wanted = {"format", "loss", "loss_after", "loss_name", "optimizer", "learning_rate", "step", "input", "target", "output", "layers"}
    assert wanted | {"reduction", "clip_factor", "optimizer_state", "stages"} <= set(mazur)
    assert mazur["format"] == "nnviz-trace/1"
    layer = {"id", "name", "kind", "activation", "weights", "bias", "z", "a", "delta", "grad_weights", "grad_bias", "regularization_grad"}
    assert layer | {"step_weights", "step_bias", "new_weights", "new_bias"} <= set(mazur["layers"][0])
    stage = {"index", "phase", "layer", "title", "formula", "numbers", "result", "sentence"}
    assert all(set(item) == stage for item in mazur["stages"])
    assert [item["index"] for item in mazur["stages"]] == list(range(len(mazur["stages"])))
    phases = {"forward", "loss", "backward", "batch", "regularization", "clipping", "update", "check"}
    assert {item["phase"] for item in mazur["stages"]} <= phases


def test_text_is_the_explanation_of_the_screen(run: Any, mazur: Any) -> None:
    text = run("trace", "mazur").out
    for stage in mazur["stages"]:
        assert stage["title"] in text
        assert stage["sentence"] in text


def test_the_update_is_what_training_does(run: Any) -> None:
    traced = run("trace", "xor", "--batch", "--json").json
    trained = run("train", "xor", "--steps", 1, "--json").json
    assert traced["loss_after"] == pytest.approx(trained["train"]["loss"], rel=1e-12)


def test_an_own_sample_equals_the_same_row(run: Any) -> None:
    row = run("trace", "xor", "--sample", 2, "--json").json
    own = run("trace", "xor", "--input", "1,0", "--expect", "true", "--json").json
    assert (own["layers"], own["loss"]) == (row["layers"], row["loss"])
    assert own["rows"] == [-1] and "sample 0" not in own["stages"][0]["sentence"] and "sample 2" in row["stages"][0]["sentence"]
    by_number = run("trace", "xor", "--input", "1,0", "--expect", "1", "--json").json
    assert by_number["layers"] == row["layers"]


def test_tracing_loads_no_qt() -> None:
    code = "import sys, nnviz.cli.trace; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_values_as_targets(run: Any) -> None:
    found = run("trace", "mazur", "--input", "0.05,0.1", "--expect", "0.01,0.99", "--json").json
    assert near(found["loss"], 0.29837111)


def test_an_autoencoder_is_to_answer_its_own_input(run: Any) -> None:
    pixels = ",".join(["0", "8"] * 32)
    found = run("trace", "digits-autoencoder", "--input", pixels, "--json").json
    assert found["target"] == found["input"]


def test_a_network_of_images_is_told_quickly_and_briefly(run: Any) -> None:
    found = run("trace", "mnist-cnn", "--sample", "3")
    assert found.code == 0
    assert len(found.out) < 20_000 and max(map(len, found.out.splitlines())) < 400


def test_kernels_are_told_as_out_in_down_across(run: Any) -> None:
    layers = run("trace", "digits-cnn", "--sample", "3", "--json").json["layers"]
    kernels = [np.shape(layer["weights"]) for layer in layers if layer["kind"] == "conv2d"]
    assert kernels and all(len(shape) == 4 for shape in kernels)
    assert all("winners" in layer for layer in layers if layer["kind"] == "maxpool2d")


def test_numbers_that_are_not_finite_are_words(run: Any) -> None:
    arguments = ("--set", "layers.0.activation=linear", "--set", "layers.1.activation=linear", "--input", "1e300,1e300", "--expect", "0")
    found = run("trace", "plane", *arguments, "--json").json
    assert found["loss"] == "Infinity"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("xor", "--sample", "4"), "[0, 3]"),
        (("xor", "--sample", "-1"), "[0, 3]"),
        (("xor", "--input", "1", "--expect", "true"), "2"),
        (("xor", "--input", "1,x", "--expect", "true"), "x"),
        (("xor", "--input", "1,0"), "--expect"),
        (("xor", "--expect", "true"), "--input"),
        (("xor", "--input", "1,0", "--expect", "maybe"), "true"),
        (("xor", "--batch", "--sample", "1"), "--batch"),
    ],
)
def test_what_cannot_be_chosen_is_named(run: Any, arguments: tuple[str, ...], named: str) -> None:
    result = run("trace", *arguments)
    assert result.code == 2
    assert named in result.err
    assert result.out == ""
