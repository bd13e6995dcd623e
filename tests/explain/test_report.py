"""The JSON of the command line's contract, and the text for the terminal: the same numbers as on the screen."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from nnviz.engine.trace import Trace
from nnviz.explain.numbers import format_number
from nnviz.explain.report import trace_json, trace_text
from nnviz.explain.stages import stages
from nnviz.explain.words import say

KEYS = (
    "format loss loss_after loss_name optimizer learning_rate step input target output layers reduction clip_factor optimizer_state stages"
)
LAYER_KEYS = (
    "id name kind activation weights bias z a delta grad_weights grad_bias regularization_grad step_weights step_bias new_weights new_bias"
)
STAGE_KEYS = ["index", "phase", "layer", "title", "formula", "numbers", "result", "sentence"]
PHASES = {"forward", "loss", "backward", "batch", "regularization", "clipping", "update", "check"}


def test_it_has_every_key_of_the_contract(traced: Any) -> None:
    plain = trace_json(traced(optimizer="adam", samples=2, l2=0.1, clip_norm=1.0))
    assert plain["format"] == "nnviz-trace/1"
    assert set(KEYS.split()) <= set(plain)
    for layer in plain["layers"]:
        assert set(LAYER_KEYS.split()) <= set(layer)
    for stage in plain["stages"]:
        assert list(stage) == STAGE_KEYS
        assert stage["phase"] in PHASES
    assert set(plain["optimizer_state"]["before"]) == set(plain["optimizer_state"]["after"]) == {"mean", "square"}


def flat(rows: list[list[float]]) -> list[float]:
    return [value for row in rows for value in row]


def test_the_textbook_digits(mazur: Trace) -> None:
    plain = trace_json(mazur)
    hidden, output = plain["layers"]
    expected = [
        (hidden["a"][0], [0.59326999, 0.59688438]),
        (plain["output"][0], [0.75136507, 0.77292847]),
        ([plain["loss"]], [0.29837111]),
        (output["delta"][0], [0.13849856, -0.03809824]),
        (hidden["delta"][0], [0.00877135, 0.00995425]),
        (flat(output["grad_weights"]), [0.08216704, 0.08266763, -0.02260254, -0.02274024]),
        (flat(output["new_weights"]), [0.35891648, 0.40866619, 0.51130127, 0.56137012]),
        (flat(hidden["new_weights"]), [0.14978072, 0.19956143, 0.24975114, 0.29950229]),
    ]
    for found, printed in expected:
        assert [format_number(value, 8) for value in found] == [format_number(value, 8) for value in printed]
    assert hidden["new_bias"] == hidden["bias"] == [0.35, 0.35]


def test_numbers_have_full_precision_and_survive_json(traced: Any) -> None:
    recorded = traced((3, 4, 2), samples=3)
    plain = json.loads(json.dumps(trace_json(recorded), allow_nan=False))
    for layer, found in zip(recorded.layers, plain["layers"], strict=True):
        for name in ("weights", "z", "a", "delta", "grad_weights", "step_weights", "new_bias"):
            assert np.array_equal(np.array(found[name]), getattr(layer, name))
    assert plain["loss"] == recorded.loss


@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_becomes_a_word(traced: Any) -> None:
    text = json.dumps(trace_json(traced((2, 2, 1), hidden="linear", scale=1e200)), allow_nan=False)
    assert '"Infinity"' in text or '"-Infinity"' in text
    assert '"NaN"' in text


def test_stages_are_those_of_the_screen(traced: Any) -> None:
    recorded = traced(output="sigmoid", loss="binary_crossentropy")
    for stage, found in zip(stages(recorded), trace_json(recorded)["stages"], strict=True):
        assert found["sentence"] == say(stage.sentence)
        assert (found["formula"], found["numbers"], found["result"]) == (stage.formula, stage.numbers, stage.result)


def test_the_text_tells_every_stage(mazur: Trace) -> None:
    told = trace_text(mazur, digits=8)
    for stage in stages(mazur, digits=8):
        assert say(stage.title) in told
        assert say(stage.sentence) in told
        assert stage.numbers in told
    for digits in ("0.59326999", "0.75136507", "0.29837111", "0.13849856", "−0.03809824", "0.00877135", "−0.02274024", "0.40866619"):
        assert digits in told
    assert "\\" not in told
    assert told.endswith("\n")


def test_wide_layers_stay_readable(traced: Any) -> None:
    assert max(map(len, trace_text(traced((784, 30, 10), output="softmax", loss="categorical_crossentropy")).splitlines())) < 600


def test_kernels_masks_statistics_and_winners_are_as_the_contract_says(pictured: Any) -> None:
    recorded = pictured()
    plain = json.loads(json.dumps(trace_json(recorded), allow_nan=False))
    layers = {layer["id"]: layer for layer in plain["layers"]}
    traced = {layer.id: layer for layer in recorded.layers}
    for name in ("weights", "grad_weights", "regularization_grad", "step_weights", "new_weights"):
        assert np.shape(layers["c1"][name]) == (3, 2, 3, 3)
        assert np.shape(layers["b1"][name]) == (3,)
        assert layers["f1"][name] == layers["m1"][name] == []
    assert np.array_equal(np.reshape(layers["c1"]["weights"], (3, 18)), traced["c1"].weights)
    assert layers["c1"]["shape"] == [6, 6, 3]
    assert np.array_equal(layers["d1"]["mask"], traced["d1"].memory)
    assert np.shape(layers["m1"]["winners"]) == (3, 3, 3, 3) and np.array_equal(layers["m1"]["winners"], traced["m1"].memory[..., 0])
    statistics = layers["b1"]["statistics"]
    assert np.array_equal(statistics["mean"], traced["b1"].memory.mean)
    assert np.array_equal(statistics["variance"], traced["b1"].memory.variance)
    assert np.array_equal(statistics["new_running_mean"], traced["b1"].new_statistics[0])
    assert np.array_equal([statistics["running_mean"], statistics["running_variance"]], traced["b1"].statistics)
    assert np.shape(statistics["normalized"]) == np.shape(layers["b1"]["a"])
    assert [stage["phase"] for stage in plain["stages"]][-3:] == ["update", "update", "check"]


def test_images_are_told_in_short_lines(pictured: Any) -> None:
    told = trace_text(pictured())
    assert max(map(len, told.splitlines())) < 400
    assert "row 3, column 3 of map 3" in told and "Max 1: the largest of each window" in told
