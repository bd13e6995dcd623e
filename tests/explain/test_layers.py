"""Layers of every kind as stages, cards and pictures: the shown numbers are the trace's own, and every line adds up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.network_spec import BatchNorm, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.table import choose
from nnviz.engine.trace import Trace
from nnviz.explain.card import Card, card, edge_card, pass_card
from nnviz.explain.gradient import gradient_terms, sample_gradients
from nnviz.explain.latex import text
from nnviz.explain.numbers import format_number
from nnviz.explain.picture import picture
from nnviz.explain.reading import Reading
from nnviz.explain.stages import Stage, stages
from nnviz.explain.tokens import line_text
from nnviz.explain.words import say

LABELS = (
    "input z₁ a₁ μ₂,σ₂ x̂₂ a₂ a₃ z₄ a₄ a₅ a₆ a₇ z₈ a₈ μ₉,σ₉ x̂₉ a₉ z₁₀ ŷ loss ∂L/∂ŷ δ₁₀ ∂W₁₀ ∂a₉ ∂γ₉ ∂a₈ δ₈ ∂W₈ ∂a₇ ∂a₆ ∂a₅ ∂a₄ δ₄ ∂W₄"
    " ∂a₃ ∂a₂ ∂γ₂ ∂a₁ δ₁ ∂W₁ mean update new_W μ₂,σ²₂ μ₉,σ²₉ again"
)


def of(recorded: Trace, label: str) -> Stage:
    return next(stage for stage in stages(recorded) if stage.label == label)


def told(found: Card) -> str:
    return "\n".join(line_text(line) for section in found.sections for line in section.lines)


def edited(layers: tuple[Layer, ...], place: int, **fields: Any) -> tuple[Layer, ...]:
    return (*layers[:place], replace(layers[place], **fields), *layers[place + 1 :])


def test_every_kind_has_its_stages_in_order(pictured: Any) -> None:
    found = stages(pictured())
    assert " ".join(stage.label.replace(", ", ",").replace(" ", "_") for stage in found) == LABELS
    for index, stage in enumerate(found):
        sentence = say(stage.sentence)
        assert stage.index == index and say(stage.title) and sentence.endswith(".") and "{" not in sentence
        assert stage.numbers and (stage.result or stage.quantity == "again")
        assert not set("\\{}&\ue000\uf8ff") & set(text(stage.formula) + stage.numbers + stage.result)


def test_results_are_the_traces_own_numbers(pictured: Any) -> None:
    recorded = pictured()
    for sample in range(3):
        for stage in stages(recorded, sample, digits=6):
            if stage.shown is None:
                continue
            layer_id, unit, source = stage.shown
            layer = recorded.layers[recorded.spec.network.index(layer_id)]
            expected = {"z": layer.z, "a": layer.a, "delta": layer.delta, "back": layer.upstream, "output_gradient": layer.upstream}
            weights = {"mean": layer.grad_weights, "step": layer.step_weights, "new": layer.new_weights}
            if stage.quantity in expected:
                assert stage.result == format_number(expected[stage.quantity][sample, unit], 6)
            elif stage.quantity in weights:
                assert stage.result == format_number(weights[stage.quantity][unit, source], 6)
            elif stage.quantity == "grad":
                gradient = sample_gradients(Reading(recorded, sample), recorded.spec.network.index(layer_id))
                assert stage.result == format_number(gradient[unit, source], 6)


def test_the_gradients_of_the_samples_make_that_of_the_batch(pictured: Any) -> None:
    recorded = pictured()
    for index, layer in enumerate(recorded.layers):
        if not layer.weights.size:
            continue
        reading = Reading(recorded)
        samples = [sample_gradients(reading, index, sample) for sample in range(3)]
        np.testing.assert_allclose(sum(samples) / 3, layer.grad_weights, atol=1e-12)
        for row, column in ((0, 0), (layer.weights.shape[0] - 1, layer.weights.shape[1] - 1)):
            terms = gradient_terms(reading, index, row, column, 2)
            assert sum(term.value for term in terms) == pytest.approx(samples[2][row, column], abs=1e-12)


def test_batch_norm_shows_mean_spread_scale_and_what_runs_along(pictured: Any) -> None:
    recorded = pictured()
    layer = recorded.layers[1]
    at = of(recorded, "μ₂, σ₂").shown
    assert at is not None
    mean, deviation = layer.memory.mean[at[1]], 1 / layer.memory.inverse[at[1]]
    assert of(recorded, "μ₂, σ₂").numbers.startswith(f"μ = {format_number(mean)}, σ = √(")
    assert of(recorded, "μ₂, σ₂").result == format_number(deviation)
    shown = told(card(recorded, stages(recorded)[-1], "b1", 4))
    for line in ("x̂ = (x − μ) / σ", "a = γ·x̂ + β", "∂ℓ/∂γ = Σₚ ∂ℓ/∂aₚ · x̂ₚ", "∂ℓ/∂β = Σₚ", "μ ← 0.9·μ + 0.1·μ(batch)", "γ: 1 "):
        assert line in shown
    assert "mean(δ·x̂)" in told(card(recorded, stages(recorded)[-1], "c1", 4))
    assert of(recorded, "μ₂, σ²₂").phase == "update"


def test_a_frozen_batch_norm_uses_and_keeps_its_running_statistics(pictured: Any) -> None:
    frozen = tuple(replace(layer, frozen=True) if isinstance(layer, BatchNorm) else layer for layer in pictured().spec.network.layers)
    recorded = pictured(frozen, samples=3)
    assert not [stage for stage in stages(recorded) if stage.quantity == "running"]
    assert "is frozen, so it does not look at the batch" in say(of(recorded, "μ₂, σ₂").sentence)
    assert of(recorded, "∂a₁").numbers.count("×") == 1
    assert "frozen: it does not move" in told(card(recorded, stages(recorded)[-1], "b1", 0))


def test_dropout_shows_the_mask_that_was_drawn(pictured: Any) -> None:
    recorded = pictured()
    mask, stage = recorded.layers[6].memory[0], of(recorded, "a₇")
    assert f"silences {int((mask == 0).sum())} of 4 numbers by chance and makes the others 2 times as large" in say(stage.sentence)
    assert stage.numbers.endswith("× 2") and text(stage.formula) == "a₇ = m / (1 − p) ⊙ a₆; p = 0.5"
    silent = int(np.argmin(mask))
    assert "× 0 = 0" in told(card(recorded, stages(recorded)[-1], "d1", silent))
    off = pictured(edited(recorded.spec.network.layers, 6, rate=0.0), samples=2)
    assert "lets everything through" in say(of(off, "a₇").sentence) and of(off, "a₇").numbers.endswith("× 1")


def test_pooling_names_the_window_and_hands_back_to_the_winner(pictured: Any) -> None:
    recorded = pictured()
    last = stages(recorded)[-1]
    assert of(recorded, "a₃").numbers.startswith("a = max(")
    for unit, slope in enumerate(recorded.layers[1].upstream[0]):
        shown = told(card(recorded, last, "b1", unit))
        assert f"∂ℓ/∂a = {format_number(slope)}\n∂ℓ/∂γ" in shown
    assert of(recorded, "a₅").numbers.startswith("a = 1/2 · ")
    assert text(of(recorded, "∂a₄").formula) == "∂ℓ/∂a₄ = (1 / 2)·∂ℓ/∂a₅"


def test_nothing_goes_back_to_layers_before_the_first_that_learns(pictured: Any) -> None:
    layers = (Flatten("f", "Flat"), Dropout("d", "Drop"), Dense("o", "Output", ("o1", "o2"), choose(ACTIVATIONS, "linear")))
    found = stages(pictured(layers, shape=(2, 2, 1)))
    assert [stage.quantity for stage in found if stage.phase == "backward"] == ["delta", "grad"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("far", [False, True])
def test_passes_whose_numbers_overflow_are_explained_too(pictured: Any, far: bool) -> None:
    recorded = pictured(samples=1, far=1e200 if far else 1.0)
    found = stages(recorded)
    for layer in recorded.layers:
        assert told(card(recorded, found[-1], layer.id, 0))
        if layer.weights.size:
            assert told(edge_card(recorded, found[-1], layer.id, 0, 0))
    assert [stage for stage in found if "stop being finite" in say(stage.sentence)] == [] or far


def test_every_number_of_every_layer_has_cards_whose_links_lead_somewhere(pictured: Any) -> None:
    recorded, sample = pictured(samples=3), 2
    last = stages(recorded)[-1]
    sizes = {layer.id: (layer.a.shape[1], layer.weights.shape) for layer in recorded.layers} | {"input": (72, (0, 0))}
    for layer in recorded.layers:
        found = [card(recorded, last, layer.id, unit, sample) for unit in range(layer.a.shape[1])]
        found += [edge_card(recorded, last, layer.id, *place, sample) for place in np.ndindex(layer.weights.shape)]
        for token in (token for one in found for section in one.sections for line in section.lines for token in line):
            assert token.node is None or 0 <= token.node[1] < sizes[token.node[0]][0]
            assert token.edge is None or np.all(np.array(token.edge[1:]) < sizes[token.edge[0]][1])
    assert told(pass_card(recorded, last, sample)).count("\n") >= len(recorded.layers)


def test_pictures_fit_the_rows_of_numbers(pictured: Any) -> None:
    recorded = pictured()
    sizes = {layer.id: layer.a.shape[1] for layer in recorded.layers} | {"input": 72}
    dense = {layer.id: layer.weights.shape for layer in recorded.layers if layer.kind == "dense"}
    for stage in stages(recorded):
        shown = picture(recorded, stage, 1)
        assert all(values.shape == (sizes[name],) for name, values in shown.node_values.items())
        assert all(values.shape == dense[name] for name, values in shown.edge_values.items())
        assert set(shown.edge_values) <= shown.lit_edges
        assert shown.lit_nodes <= set(sizes)


def test_a_cut_edge_is_no_term_and_does_not_move(pictured: Any) -> None:
    layers = (
        Dense("h", "Hidden", ("h1", "h2", "h3"), pruned=(("x2", "h1"),), lesioned=("h3",)),
        Dense("o", "Output", ("o1", "o2"), choose(ACTIVATIONS, "linear"), pruned=(("h1", "o2"),)),
    )
    recorded = pictured(layers, shape=(3,))
    last = stages(recorded)[-1]
    assert told(card(recorded, last, "h", 0)).split("z = ", 2)[1].count("×") == 2
    assert "cut: it stays 0" in told(edge_card(recorded, last, "h", 0, 1))
    assert "cut: it stays 0" in told(card(recorded, last, "h", 0))
    backward = told(card(recorded, last, "h", 0)).split("∂L/∂a = Σⱼ wⱼ·δⱼ")[1].split("δ = ∂L/∂a")[0]
    assert backward.count("×") == 1
    silent = told(card(recorded, last, "h", 2))
    assert "switched off: it answers 0 and learns nothing" in silent and "a neuron at its end is switched off" in silent
    assert "a neuron at its end is switched off" in told(edge_card(recorded, last, "o", 0, 2))


def test_a_lesioned_filter_is_silent_everywhere(pictured: Any) -> None:
    layers = edited(pictured().spec.network.layers, 0, lesioned=("c1n1",))
    recorded = pictured(layers, samples=2, loss=choose(LOSSES, "categorical_crossentropy"))
    assert "switched off" in told(card(recorded, stages(recorded)[-1], "c1", 1 + 3 * 7))
    assert "switched off" not in told(card(recorded, stages(recorded)[-1], "c1", 2 + 3 * 7))


def test_frozen_networks_have_numbers_at_every_stage(traced: Any) -> None:
    step = next(stage for stage in stages(traced(frozen=True)) if stage.quantity == "step")
    assert step.numbers.startswith("Δw = 0 · (") and step.result == "0"


def test_normalizing_the_gradient_is_a_stage_of_its_own(traced: Any) -> None:
    recorded = traced(normalize_gradients=True, clip_value=0.5)
    stage = next(stage for stage in stages(recorded) if stage.quantity == "clip")
    assert say(stage.title) == "Gradient normalized"
    assert "so that its length is 1" in say(stage.sentence)
    assert text(stage.formula) == "g ← min(c, max(−c, g)); g ← g / ‖g‖"
    assert f"g × {format_number(recorded.clip_factor)}" in told(pass_card(recorded, stages(recorded)[-1]))


def test_a_scheduled_rate_says_where_it_comes_from(traced: Any) -> None:
    recorded = traced(schedule=choose(SCHEDULES, "exponential"), rate=0.05)
    stage = next(stage for stage in stages(recorded) if stage.quantity == "step")
    assert text(stage.formula).endswith("η_e = η·f^e; f = 0.95")
    assert "η_e = η·0.95^e\nη = 0.1 → 0.0500" in told(edge_card(recorded, stages(recorded)[-1], "l1", 0, 0))


def test_distillation_shows_both_its_parts(traced: Any) -> None:
    recorded = traced((2, 3), output="softmax", loss="distillation", reduction="mean")
    shown = told(card(recorded, stages(recorded)[-1], "l1", 1))
    p, y = recorded.targets[0, 1], recorded.targets[0, 4]
    assert f"ℓ₂ = −(0.5·2²·{format_number(p)}·ln(" in shown
    assert f"+ (1 − 0.5)({format_number(recorded.outputs[0, 1])} − {format_number(y)})" in shown
    stage = next(stage for stage in stages(recorded) if stage.quantity == "delta")
    assert text(stage.formula) == "δ₁ = λ·T(q − p) + (1 − λ)(ŷ − y)"
    assert "what teacher and label say" in say(stage.sentence)


def test_parameters_of_a_loss_are_put_in(pictured: Any) -> None:
    layers = (Dense("o", "Output", ("o1", "o2"), choose(ACTIVATIONS, "linear")),)
    recorded = pictured(layers, shape=(2,), loss=choose(LOSSES, "huber", delta=0.25))
    shown = told(card(recorded, stages(recorded)[-1], "o", 0))
    assert "≤ 0.25, else 0.25·(|ŷₖ − yₖ| − 0.25 / 2)" in shown and "max(−0.25, min(0.25, " in shown
    assert text(of(recorded, "loss").formula).count("; d = 0.25;") == 1


def test_a_warm_softmax_divides_by_its_temperature(pictured: Any) -> None:
    warm = choose(ACTIVATIONS, "softmax", temperature=2.0)
    recorded = pictured(
        (Dense("o", "Output", ("o1", "o2"), warm),), shape=(3,), loss=choose(LOSSES, "categorical_crossentropy"), reduction="mean"
    )
    shown = told(card(recorded, stages(recorded)[-1], "o", 0))
    assert "ŷ = e^((z − max z) / 2) / Σⱼ e^((zⱼ − max z) / 2)" in shown
    assert "δ = 1/2 · (ŷ − y)" in shown


def test_naive_softmax_overflows_before_the_eyes_of_the_class(pictured: Any) -> None:
    layers = (Dense("o", "Output", ("o1", "o2"), choose(ACTIVATIONS, "naive_softmax")),)
    recorded = pictured(layers, shape=(2,))
    far = replace(recorded.layers[0], z=recorded.layers[0].z + 800, a=np.full((1, 2), np.nan))
    shown = told(card(replace(recorded, layers=(far,)), stages(recorded)[-1], "o", 0))
    assert "max z" not in shown and "= ∞" in shown and "NaN" in shown


def test_a_wide_layer_behind_images_stays_short(pictured: Any) -> None:
    layers = (
        Conv2D("c", "Conv", tuple(f"k{at}" for at in range(16)), padding="same"),
        MaxPool2D("m", "Max"),
        Flatten("f", "Flat"),
        Dense("o", "Output", ("o1", "o2"), choose(ACTIVATIONS, "linear")),
    )
    recorded = pictured(layers, shape=(20, 20, 1))
    assert recorded.layers[3].weights.shape == (2, 1600)
    assert len(told(card(recorded, stages(recorded)[-1], "o", 0)).splitlines()) < 70
    assert max(len(stage.numbers) for stage in stages(recorded)) < 300
