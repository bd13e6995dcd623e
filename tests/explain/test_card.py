"""The formula card: true numbers term by term, done, now and next, each linked to where it came from."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.trace import Trace
from nnviz.explain.card import Card, Section, card, edge_card, pass_card
from nnviz.explain.numbers import format_number, resolution, shown_value
from nnviz.explain.stages import Stage, stages
from nnviz.explain.tokens import INDENT, Line, Token, is_number, line_text
from nnviz.explain.words import say

SHAPES = {
    "deep": {"sizes": (4, 8, 6, 1)},
    "classes": {"sizes": (4, 5, 3), "output": "softmax", "loss": "categorical_crossentropy", "optimizer": "adam", "warm": 2, "samples": 3},
    "softmax with mse": {"sizes": (2, 4), "output": "softmax"},
    "wide": {"sizes": (30, 14, 2), "hidden": "sigmoid"},
    "everything": {"samples": 4, "clip_norm": 0.05, "clip_value": 0.2, "l1": 0.01, "l2": 0.1, "optimizer": "momentum", "warm": 1},
}


def at(trace: Trace, label: str, digits: int = 4) -> Stage:
    return next(stage for stage in stages(trace, digits=digits) if stage.label == label)


def lines(section: Section) -> list[str]:
    return [line_text(line) for line in section.lines]


def sections(found: Card) -> dict[str, Section]:
    return {say(section.title): section for section in found.sections}


def neuron_card(trace: Trace, stage: Stage, **reading: Any) -> Card:
    return card(trace, stage, trace.layers[0].id, 0, **reading)


def weight_card(trace: Trace, stage: Stage, **reading: Any) -> Card:
    return edge_card(trace, stage, trace.layers[-1].id, 0, 1, **reading)


def last_number(line: Line) -> Token:
    return next(token for token in reversed(line) if is_number(token))


def test_the_textbook_neuron_line_by_line(mazur: Trace) -> None:
    found = sections(card(mazur, at(mazur, "again"), "out", 0, digits=8))
    assert lines(found["forward"]) == [
        "z = Σ wᵢ·aᵢ + b",
        "  0.40000000 × 0.59326999 = 0.23730800",
        "  0.45000000 × 0.59688438 = 0.26859797",
        "  + b 0.60000000",
        "z = 1.10590597",
        "ŷ = 1 / (1 + e^(−z))",
        "ŷ = 1 / (1 + e^(−1.10590597)) = 0.75136507",
    ]
    assert lines(found["loss"])[1] == "ℓ₁ = (0.75136507 − 0.01000000)² = 0.54962217"
    assert lines(found["loss"])[3] == "∂L/∂ŷ = 1/2 · (2(0.75136507 − 0.01000000)) = 0.74136507"
    assert lines(found["backward"])[0] == "δ = ∂L/∂ŷ · f′(z)"
    assert last_number(found["backward"].lines[-1]).text == "0.13849856"
    assert [last_number(line).text for line in found["gradient of the weights"].lines[1:]] == ["0.08216704", "0.08266763", "0.13849856"]
    assert "w₁: 0.40000000 − 0.04108352 = 0.35891648" in lines(found["update"])
    assert "the bias is not trained" in lines(found["update"])


def test_the_hidden_neuron_gets_its_gradient_from_every_output(mazur: Trace) -> None:
    section = sections(card(mazur, at(mazur, "δ₁"), "h1", 0, digits=8))["backward"]
    assert section.state == "now"
    assert lines(section)[0] == "∂L/∂a = Σⱼ wⱼ·δⱼ"
    assert last_number(section.lines[-1]).text == "0.00877135"
    first = section.lines[1]
    assert [token.edge for token in first if token.edge] == [("out", 0, 0)]
    assert [token.node for token in first if token.node] == [("out", 0)]


def test_sections_are_done_now_or_next(mazur: Trace) -> None:
    def states(label: str) -> list[str]:
        return [section.state for section in card(mazur, at(mazur, label), "h1", 0).sections]

    assert states("input") == ["next", "next", "next", "next"]
    assert states("z₁") == ["now", "next", "next", "next"]
    assert states("z₂") == ["done", "next", "next", "next"]
    assert states("δ₁") == ["done", "now", "next", "next"]
    assert states("∂W₁") == ["done", "done", "now", "next"]
    assert states("again") == ["done", "done", "done", "done"]


def test_what_comes_next_gives_no_number_away(traced: Any) -> None:
    recorded = traced(**SHAPES["everything"])
    first = stages(recorded)[0]
    for layer in recorded.layers:
        for section in card(recorded, first, layer.id, 0).sections:
            assert section.state == "next"
            assert len(section.lines) == 1
            assert not any(token.node or token.edge for token in section.lines[0])
        for section in edge_card(recorded, first, layer.id, 0, 0).sections:
            assert section.state == "next"
            assert not any(token.node or token.edge for line in section.lines for token in line)


def test_z_shows_no_activation_before_its_stage(mazur: Trace) -> None:
    assert lines(sections(card(mazur, at(mazur, "z₁"), "h1", 0))["forward"])[-1] == "z = 0.3775"
    assert lines(sections(card(mazur, at(mazur, "a₁"), "h1", 0))["forward"])[-1].endswith("= 0.5933")


def test_colors_follow_the_signs(traced: Any) -> None:
    recorded = traced((4, 3, 1))
    section = sections(card(recorded, stages(recorded)[-1], "l1", 0))["forward"]
    for line, weight in zip(section.lines[1:5], recorded.layers[0].weights[0], strict=True):
        token = next(token for token in line if token.edge)
        assert token.role == ("positive" if weight > 0 else "negative")
    backward = sections(card(recorded, stages(recorded)[-1], "l1", 0))["backward"]
    assert {token.role for line in backward.lines for token in line if token.node and token.node[0] == "l2"} <= {"rising", "falling"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(sorted(SHAPES)), st.integers(2, 8))
def test_the_terms_of_every_card_add_up(traced: Any, seed: int, shape: str, digits: int) -> None:
    recorded = traced(**(SHAPES[shape] | {"seed": seed}))
    last = stages(recorded)[-1]
    for layer in recorded.layers:
        found = sections(card(recorded, last, layer.id, seed % len(layer.bias), digits=digits))
        assert_sums(found["forward"], digits)
        assert_sums(found["backward"], digits)
    assert_sums(pass_card(recorded, last, digits=digits).sections[1], digits)
    for section in edge_card(recorded, last, recorded.layers[0].id, 0, 0, digits=digits).sections[2:3]:
        assert_sums(section, digits)


def assert_sums(section: Section, digits: int) -> None:
    """Check every run of indented terms against the line behind it."""
    terms: list[Decimal] = []
    for line in section.lines:
        if line_text(line).startswith(INDENT) and "Δ" not in line_text(line):
            terms.append(shown_value(last_number(line).text))
        elif terms:
            shown = last_number(line).text
            honest = abs(sum(terms) - shown_value(shown)) * 2 <= resolution(shown, digits)
            assert honest or line_text(line).endswith("(rounded)"), lines(section)
            terms = []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(sorted(SHAPES)))
def test_the_cards_figures_are_the_traces(traced: Any, seed: int, shape: str) -> None:
    recorded = traced(**(SHAPES[shape] | {"seed": seed}))
    for layer in recorded.layers:
        found = sections(card(recorded, stages(recorded)[-1], layer.id, 0, digits=6))
        assert last_number(found["forward"].lines[-1]).text == format_number(layer.a[0, 0], 6)
        assert last_number(found["backward"].lines[-1]).text == format_number(layer.delta[0, 0], 6)
        assert last_number(found["update"].lines[-1]).text == format_number(layer.new_bias[0], 6)


def test_softmax_is_shown_in_its_four_moves(traced: Any) -> None:
    recorded = traced((2, 3), output="softmax", loss="categorical_crossentropy", reduction="mean")
    shown = lines(sections(card(recorded, stages(recorded)[-1], "l1", 1))["forward"])[5:]
    assert shown[0] == "ŷ = e^(z − max z) / Σⱼ e^(zⱼ − max z)"
    assert shown[1].startswith("max z = ")
    assert [line[:5] for line in shown[2:5]] == ["  e^("] * 3
    assert shown[5].startswith("Σ = ")
    assert " / " in shown[6]


def test_a_connection_is_a_product_of_located_factors(mazur: Trace) -> None:
    found = edge_card(mazur, at(mazur, "∂W₁"), "h1", 0, 1, digits=8)
    assert say(found.title) == "Weight 2 of neuron 1, Dense 1"
    chain = sections(found)["gradient of the weight"]
    assert chain.state == "now"
    assert lines(chain)[0] == "∂L/∂w = ∂L/∂a · f′(z) · x"
    assert [token.node for token in chain.lines[-1] if token.node] == [("h1", 0), ("h1", 0), ("input", 1)]
    assert last_number(chain.lines[-1]).text == format_number(mazur.layers[0].grad_weights[0, 1], 8)


def test_a_connection_shows_batch_penalty_clipping_and_moments(traced: Any) -> None:
    recorded = traced(**SHAPES["everything"])
    found = sections(edge_card(recorded, stages(recorded)[-1], "l1", 0, 0))
    layer = recorded.layers[0]
    assert last_number(found["over the batch"].lines[-1]).text == format_number(layer.grad_weights[0, 0])
    update = "\n".join(lines(found["update"]))
    assert "g = ∂L/∂w + 0.1·w + 0.01·sign(w)" in update
    assert "−0.2 ≤ g ≤ 0.2: " in update
    assert "‖g‖ ≤ 0.05: ‖g‖ = " in update
    assert "v ← μ·v + g" in update
    assert f"v = 0.9·{format_number(recorded.state_before['velocity'][0])}".replace("·−", "·(−") in update
    assert lines(found["update"])[-1].endswith(format_number(layer.new_weights[0, 0]))


def test_adam_is_explained_with_its_own_count(traced: Any) -> None:
    recorded = traced(**SHAPES["classes"])
    update = "\n".join(lines(sections(edge_card(recorded, stages(recorded)[-1], "l1", 0, 0))["update"]))
    assert "(1 − 0.9³)" in update
    assert f"= {format_number(recorded.layers[0].step_weights[0, 0])}".replace("= ", "") in update


def test_an_input_has_a_card(mazur: Trace) -> None:
    found = card(mazur, at(mazur, "input"), "input", 1)
    assert say(found.title) == "Input x₂"
    assert lines(found.sections[0]) == ["x₂ = 0.1000"]
    assert found.sections[0].lines[0][-1].node == ("input", 1)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("digits", [2, 4, 10])
def test_the_comma_changes_the_mark_of_every_number_and_nothing_they_say(traced: Any, shape: str, digits: int) -> None:
    recorded = traced(**SHAPES[shape])
    last = stages(recorded)[-1]
    for make in (pass_card, neuron_card, weight_card):
        point, comma = make(recorded, last, digits=digits), make(recorded, last, digits=digits, comma=True)
        for ours, theirs in zip(comma.sections, point.sections, strict=True):
            assert not re.search(r"[0-9]\.[0-9]", "\n".join(lines(ours)))
            for line, before in zip(ours.lines, theirs.lines, strict=True):
                numbers = [(token, old) for token, old in zip(line, before, strict=True) if old.role not in ("plain", "name")]
                assert all(shown_value(token.text) == shown_value(old.text) for token, old in numbers if is_number(old))
                assert [token.role for token in line] == [token.role for token in before]


def test_a_name_with_a_point_in_it_stays_as_it_is(traced: Any) -> None:
    recorded = traced(sizes=(2, 1))
    spec = recorded.spec
    network = replace(spec.network, input=replace(spec.network.input, names=("0.5 quantile", "x2")))
    named = replace(recorded, spec=replace(spec, network=network))
    found = card(named, stages(named)[0], "input", 0, comma=True)
    assert lines(found.sections[0])[0].startswith("0.5 quantile = ")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_whole_pass_has_a_card_at_every_stage(traced: Any, shape: str) -> None:
    recorded = traced(**SHAPES[shape])
    for stage in stages(recorded):
        found = pass_card(recorded, stage)
        assert say(found.title)
        assert found.sections
        assert all(section.lines for section in found.sections)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_link_leads_somewhere(traced: Any, shape: str) -> None:
    recorded = traced(**SHAPES[shape])
    shapes = {layer.id: layer.weights.shape for layer in recorded.layers}
    sizes = {"input": recorded.inputs.shape[1]} | {name: shape[0] for name, shape in shapes.items()}
    for layer in recorded.layers:
        found = card(recorded, stages(recorded)[-1], layer.id, 0), edge_card(recorded, stages(recorded)[-1], layer.id, 0, 0)
        for token in (token for one in found for section in one.sections for line in section.lines for token in line):
            assert token.node is None or 0 <= token.node[1] < sizes[token.node[0]]
            assert token.edge is None or np.all(np.array(token.edge[1:]) < shapes[token.edge[0]])


def test_frozen_layers_say_so(traced: Any) -> None:
    recorded = traced(frozen=True)
    update = sections(card(recorded, stages(recorded)[-1], "l1", 0))["update"]
    assert "frozen: it does not move" in lines(update)
    edge = sections(edge_card(recorded, stages(recorded)[-1], "l1", 0, 0))["update"]
    assert "frozen: it does not move" in lines(edge)


def test_an_unknown_layer_is_an_error(mazur: Trace) -> None:
    with pytest.raises(KeyError):
        card(mazur, stages(mazur)[0], "nowhere", 0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", SHAPES)
def test_numbers_that_are_not_finite_are_explained_too(traced: Any, shape: str) -> None:
    recorded = traced(**(SHAPES[shape] | {"scale": 1e200, "hidden": "linear", "warm": 0}))
    told = ""
    for stage in stages(recorded):
        told += say(stage.sentence)
        for layer in recorded.layers:
            for found in (card(recorded, stage, layer.id, 0), edge_card(recorded, stage, layer.id, 0, 0), pass_card(recorded, stage)):
                told += "".join(line_text(line) for section in found.sections for line in section.lines)
    assert "NaN" in told or "∞" in told
