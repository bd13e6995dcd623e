"""A pass as stages: all there, in order, every one in symbols, in numbers, as a result, and in words."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.trace import Trace
from nnviz.explain.latex import text
from nnviz.explain.numbers import format_number
from nnviz.explain.stages import Stage, stages
from nnviz.explain.words import say

KINDS = {
    "single neuron": {"sizes": (2, 1), "output": "sigmoid"},
    "regression": {"sizes": (1, 4, 1)},
    "classes": {"sizes": (4, 5, 3), "output": "softmax", "loss": "categorical_crossentropy", "optimizer": "adam", "warm": 2},
    "softmax without its loss": {"sizes": (2, 3), "output": "softmax"},
    "half the binary cross-entropy": {"output": "sigmoid", "loss": "binary_crossentropy"},
    "unfused cross-entropy": {"sizes": (2, 3, 2), "output": "sigmoid", "loss": "categorical_crossentropy"},
    "no bias": {"bias": False, "hidden": "leaky_relu"},
    "batch, clip and penalties": {
        "samples": 5,
        "clip_norm": 0.01,
        "clip_value": 0.5,
        "l1": 0.1,
        "l2": 0.2,
        "optimizer": "momentum",
        "warm": 1,
    },
    "summed batch": {"samples": 3, "reduction": "sum", "clip_norm": 1e6},
    "mean over elements": {"samples": 3, "sizes": (3, 2), "reduction": "mean-over-elements", "clip_value": 1e-6},
    "wide": {"sizes": (40, 30, 12), "hidden": "relu"},
    "dead": {"hidden": "relu", "sizes": (1, 1, 1), "seed": 5},
}


def labels(found: tuple[Stage, ...]) -> list[str]:
    return [stage.label for stage in found]


def test_the_textbook_pass_has_the_stages_of_the_design(mazur: Trace) -> None:
    assert labels(stages(mazur)) == [
        "input",
        "z₁",
        "a₁",
        "z₂",
        "ŷ",
        "loss",
        "∂L/∂ŷ",
        "δ₂",
        "∂W₂",
        "∂a₁",
        "δ₁",
        "∂W₁",
        "update",
        "new W",
        "again",
    ]


def test_the_textbook_numbers_stand_in_the_stages(mazur: Trace) -> None:
    found = {stage.label: stage for stage in stages(mazur, digits=8)}
    assert found["z₁"].numbers == "z = 0.25000000 × 0.05000000 + 0.30000000 × 0.10000000 + 0.35000000"
    assert found["z₁"].result == "0.39250000"
    assert found["a₁"].numbers == "a = 1 / (1 + e^(−0.39250000))"
    assert found["a₁"].result == "0.59688438"
    assert found["ŷ"].result == "0.77292847"
    assert found["loss"].result == "0.29837111"
    assert found["δ₂"].result == "0.13849856"
    assert found["∂W₂"].result == "0.08266763"
    assert found["δ₁"].result == "0.00995425"
    assert found["new W"].result == "0.40866619"
    assert say(found["again"].sentence).startswith("With the new weights the loss falls from 0.29837111 to 0.29102")


def test_the_sentence_has_the_figures(mazur: Trace) -> None:
    found = {stage.label: say(stage.sentence) for stage in stages(mazur)}
    assert found["δ₂"] == "δ is the slope that came back times the slope of the activation: 0.1385 for neuron 1 of Output."
    assert "0.5000" not in found["update"]
    assert "learning rate 0.5," in found["update"]
    assert found["again"] == "With the new weights the loss falls from 0.2984 to 0.2910."


@pytest.mark.parametrize("kind", KINDS)
def test_every_stage_has_all_its_words(traced: Any, kind: str) -> None:
    recorded = traced(**KINDS[kind])
    for index, stage in enumerate(stages(recorded)):
        assert stage.index == index
        assert say(stage.title)
        assert say(stage.sentence).endswith(".")
        assert "{" not in say(stage.sentence)
        assert not set("\\{}&") & set(text(stage.formula))
        assert stage.label
        assert stage.numbers
        assert not set("\ue000\uf8ff\\") & set(stage.numbers + stage.result)
        assert stage.result or stage.quantity == "again"


@pytest.mark.parametrize("kind", KINDS)
def test_phases_come_in_order(traced: Any, kind: str) -> None:
    order = ["input", "forward", "loss", "backward", "batch", "regularization", "clipping", "update", "check"]
    phases = [stage.phase for stage in stages(traced(**KINDS[kind]))]
    assert phases == sorted(phases, key=order.index)


def test_optional_stages_appear_only_when_on(traced: Any) -> None:
    plain = {stage.quantity for stage in stages(traced())}
    assert not plain & {"mean", "penalty", "clip"}
    assert {"mean", "penalty", "clip"} <= {stage.quantity for stage in stages(traced(**KINDS["batch, clip and penalties"]))}


def test_the_first_layer_passes_nothing_back(traced: Any) -> None:
    assert [stage.layer for stage in stages(traced((2, 3, 4, 1))) if stage.quantity == "back"] == ["l3", "l2"]


def test_fused_delta_says_so(traced: Any) -> None:
    stage = next(stage for stage in stages(traced(**KINDS["classes"], reduction="mean")) if stage.quantity == "delta")
    assert text(stage.formula) == "δ₂ = ŷ − y"
    assert "prediction minus target" in say(stage.sentence)
    half = next(stage for stage in stages(traced(**KINDS["half the binary cross-entropy"])) if stage.quantity == "delta")
    assert half.numbers.startswith("δ = 1/2 · (")
    assert "here times 1/2" in say(half.sentence)


def test_sentences_call_entries_by_the_names_people_use(traced: Any) -> None:
    recorded = traced((2, 3, 1), hidden="leaky_relu", optimizer="adam", output="sigmoid", loss="binary_crossentropy")
    sentences = " ".join(say(stage.sentence) for stage in stages(recorded))
    assert "through leaky ReLU" in sentences and "The optimizer Adam" in sentences
    assert "_" not in sentences
    assert "The optimizer gradient descent (SGD)" in " ".join(say(stage.sentence) for stage in stages(traced()))


def test_the_shown_number_is_the_largest(traced: Any) -> None:
    recorded = traced((3, 6, 2))
    stage = stages(recorded)[1]
    z = recorded.layers[0].z[0]
    assert stage.shown == ("l1", int(np.abs(z).argmax()), None)
    assert stage.result == format_number(z[np.abs(z).argmax()])


def test_the_sample_of_a_batch_can_be_chosen(traced: Any) -> None:
    recorded = traced((2, 3, 1), samples=4)
    assert (
        stages(recorded, sample=2)[0].numbers == f"x₁ = {format_number(recorded.inputs[2, 0])}, x₂ = {format_number(recorded.inputs[2, 1])}"
    )


def test_what_stops_being_finite_is_said_where_it_is_born(traced: Any) -> None:
    recorded = traced((2, 2, 1), hidden="linear", scale=1e200)
    (born,) = (stage for stage in stages(recorded) if "stop being finite" in say(stage.sentence))
    assert born.result in ("NaN", "∞", "−∞")
    assert all(stage.result not in ("NaN", "∞", "−∞") for stage in stages(recorded)[: born.index])


def test_a_loss_that_rises_is_not_called_a_success(traced: Any) -> None:
    assert "rises" in say(stages(traced(learning_rate=50.0))[-1].sentence)


def test_every_entry_of_the_tables_is_explained(traced: Any) -> None:
    for hidden in ACTIVATIONS:
        assert stages(traced(hidden=hidden, samples=2))
    for optimizer, reduction in itertools.product(OPTIMIZERS, REDUCTIONS):
        assert stages(traced(optimizer=optimizer, reduction=reduction, samples=2))
    for output, loss in itertools.product(ACTIVATIONS, LOSSES):
        if ACTIVATIONS[output].probabilities or not LOSSES[loss].needs_probabilities:
            assert stages(traced((2, 2), output=output, loss=loss))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(sorted(KINDS)), st.integers(2, 8))
def test_results_are_the_traces_own_numbers(traced: Any, seed: int, kind: str, digits: int) -> None:
    recorded = traced(**(KINDS[kind] | {"seed": seed}))
    for stage in stages(recorded, digits=digits):
        if stage.shown is None or stage.layer is None:
            continue
        layer_id, unit, _ = stage.shown
        layer = next(layer for layer in recorded.layers if layer.id == layer_id)
        values = {"z": layer.z, "a": layer.a, "delta": layer.delta, "output_gradient": recorded.output_gradient, "back": layer.upstream}
        if stage.quantity in values:
            assert stage.result == format_number(values[stage.quantity][0, unit], digits)


def test_numbers_use_the_true_minus(traced: Any) -> None:
    for stage in stages(traced(**KINDS["classes"])):
        assert not re.search(r"-[0-9]", stage.numbers + stage.result)


@pytest.mark.parametrize("digits", [2, 6, 10])
def test_everything_said_of_a_stage_follows_digits_and_decimal_mark(mazur: Trace, digits: int) -> None:
    for point, comma in zip(stages(mazur, digits=digits), stages(mazur, digits=digits, comma=True), strict=True):
        for words in (say(comma.sentence), comma.numbers, comma.result):
            assert not re.search(r"[0-9]\.[0-9]", words)
        assert say(comma.sentence) == re.sub(r"(?<=[0-9])\.(?=[0-9])", ",", say(point.sentence))
    shown = next(stage.result for stage in stages(mazur, digits=digits) if stage.quantity == "z")
    assert len(shown.partition(".")[2]) == digits
