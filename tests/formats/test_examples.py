"""Every built-in example is complete, fits its data, and learns what it is there to show."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from statistics import median
from typing import Any

import numpy as np
import pytest

from nnviz.data.datasets import DATASETS
from nnviz.data.prepare import facts, prepare
from nnviz.engine.network import Network
from nnviz.engine.plain import from_plain, to_plain
from nnviz.engine.problem import ProblemError
from nnviz.engine.spec import Dense, Weighted, problems
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load, names
from nnviz.resources import resource

NAMES = names()
# The names of CLI.md, in the order the window offers them.
CONTRACT = [
    *("spiral", "circle", "gauss", "moons", "xor", "and", "or", "plane", "sine", "iris", "mazur", "one-neuron", "sigmoid-10-5-1"),
    *("linear-3-4", "wine", "breast-cancer", "heart-disease", "diabetes", "digits", "digits-cnn", "digits-autoencoder"),
    *("mnist-mlp", "mnist-cnn"),
]

# What each example reaches: epochs, and the metric (accuracy or R²) it must have then, the median of five seeds.
REACHED = {
    "spiral": (150, 0.9),
    "circle": (60, 0.97),
    "gauss": (10, 0.97),
    "moons": (30, 0.95),
    "xor": (100, 1.0),
    "and": (100, 1.0),
    "or": (100, 1.0),
    "plane": (20, 0.97),
    "sine": (100, 0.9),
    "iris": (50, 0.93),
}


def trained(name: str, epochs: int, seed: int = 0) -> Trainer:
    """Return the example's run after some epochs; `seed` is added to its own."""
    example = load(name)
    spec = replace(example.spec, training=replace(example.spec.training, seed=example.spec.training.seed + seed))
    trainer = Trainer(spec, prepare(spec.data).samples, initial=example.initial)
    for _ in range(epochs):
        trainer.run_epoch()
    return trainer


def test_the_contract_names_stand_in_their_order() -> None:
    assert list(names()) == CONTRACT


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_whole(name: str) -> None:
    example = load(name)
    assert problems(example.spec, facts(example.spec.data)) == ()
    assert example.title
    assert example.summary.endswith(".")
    content = json.loads(resource(f"examples/{name}.json").read_text(encoding="utf-8"))
    assert _said(content["spec"], to_plain(from_plain(content["spec"]))), "what the file says is what is read"
    assert set(content) <= {"title", "summary", "order", "spec", "initial"}


def _said(told: Any, read: Any) -> bool:
    """Tell whether everything a file says stands in what was read of it; fields left out have their defaults."""
    if isinstance(told, dict) and isinstance(read, dict):
        return all(name in read and _said(value, read[name]) for name, value in told.items())
    if isinstance(told, list) and isinstance(read, list):
        return len(told) == len(read) and all(_said(*pair) for pair in zip(told, read, strict=True))
    return bool(told == read)


@pytest.mark.parametrize("name", NAMES)
def test_layers_have_the_usual_names_and_ids(name: str) -> None:
    layers = load(name).spec.network.layers
    assert layers[-1].id == "out" and layers[-1].name == "Output"
    dense = [layer for layer in layers[:-1] if isinstance(layer, Dense) and layer.role != "code"]
    if len(dense) == len(layers) - 1:
        assert [layer.id for layer in dense] == [f"h{number}" for number in range(1, len(layers))]
        assert [layer.name for layer in dense] == [f"Dense {number}" for number in range(1, len(layers))]
    ids = [neuron for layer in layers if isinstance(layer, Weighted) for neuron in layer.neurons]
    assert ids == [f"n{number}" for number in range(1, len(ids) + 1)]
    assert load(name).spec.network.next_id == len(ids) + 1


@pytest.mark.parametrize("name", NAMES)
def test_one_output_for_two_classes_else_one_each(name: str) -> None:
    spec = load(name).spec
    dataset = DATASETS[spec.data.source]
    expected = (1 if dataset.classes == 2 else dataset.classes) if dataset.classes else dataset.targets
    if spec.data.problem == "autoencoder":
        expected = len(spec.network.input.names)
    assert spec.network.layers[-1].units == expected


@pytest.mark.parametrize("name", ["and", "or", "xor", "mazur", "one-neuron"])
def test_tiny_sets_are_learned_whole(name: str) -> None:
    said = facts(load(name).spec.data)
    assert (said.validation, said.test) == (0, 0)


def test_the_spiral_is_that_of_the_mockup() -> None:
    spec = load("spiral").spec
    assert [layer.units for layer in spec.network.layers] == [8, 6, 1]
    assert spec.data.features == ("x1", "x2", "sin(x1)", "sin(x2)")
    training = spec.training
    assert (training.optimizer.kind, training.learning_rate, training.l2, training.clip_norm) == ("adam", 0.012, 0.001, 1.0)
    assert (training.batch_size, training.seed, spec.data.noise, spec.data.split.train) == (20, 7, 0.08, 0.7)
    assert facts(spec.data).train == 210, "eleven steps an epoch"


@pytest.mark.parametrize("name", REACHED)
def test_an_example_learns(name: str) -> None:
    epochs, least = REACHED[name]
    metrics = []
    for seed in range(5):
        latest = trained(name, epochs, seed).latest
        metrics.append(latest.train_metric if np.isnan(latest.validation_metric) else latest.validation_metric)
    assert median(metrics) >= least
    assert metrics[0] >= least, "the seed everybody sees first"


@pytest.mark.parametrize("name", ["xor", "and", "or", "spiral", "plane"])
def test_no_seed_is_left_behind(name: str) -> None:
    epochs, least = REACHED[name]
    assert min(trained(name, epochs, seed).latest.train_metric for seed in range(5, 12)) >= least - 0.05


def test_mazurs_ten_thousand_passes() -> None:
    """In the 10 000th round, before its update, the error is 0.0000351085 (Mazur 2015)."""
    assert trained("mazur", 9_999).latest.train_loss == pytest.approx(0.0000351085, abs=5e-11)


def test_mazurs_first_pass() -> None:
    example = load("mazur")
    assert example.initial is not None
    forward = Network(example.spec.network, example.initial).forward(np.array([[0.05, 0.10]]))
    np.testing.assert_allclose(forward.a[0], [[0.59326999, 0.59688438]], atol=5e-9)
    np.testing.assert_allclose(forward.outputs, [[0.75136507, 0.77292847]], atol=5e-9)
    trainer = trained("mazur", 1)
    hidden, output = trainer.network.views
    np.testing.assert_allclose(output.weights, [[0.35891648, 0.40866619], [0.51130127, 0.56137012]], atol=5e-9)
    np.testing.assert_allclose(hidden.weights, [[0.14978072, 0.19956143], [0.24975114, 0.29950229]], atol=5e-9)
    assert (hidden.bias.tolist(), output.bias.tolist()) == ([0.35, 0.35], [0.6, 0.6])


def test_one_neuron_by_hand() -> None:
    """Weight 1, bias 0: L = (2.1 − 4)² = 3.61, ∂L/∂w = −7.98, ∂L/∂b = −3.8."""
    (view,) = trained("one-neuron", 1).network.views
    assert view.weights.item() == pytest.approx(1.0798, abs=1e-12)
    assert view.bias.item() == pytest.approx(0.038, abs=1e-12)
    assert trained("one-neuron", 200).latest.train_loss < 1e-15


def test_an_example_cannot_be_changed_by_who_opened_it() -> None:
    first = load("mazur")
    assert first.initial is not None
    with pytest.raises(ValueError, match="read-only"):
        first.initial[:] = 0.0
    again = load("mazur").initial
    assert again is not None
    assert again[0] == 0.15
    assert {item.name for item in fields(first)} == {"name", "title", "summary", "spec", "initial"}


@pytest.mark.parametrize(
    ("name", "close"),
    [("sprial", "spiral"), ("XOR", "xor"), ("mazurs", "mazur"), ("../../pyproject", ""), ("", "xor"), ("x" * 9999, "xor")],
)
def test_an_unknown_example_names_the_nearest(name: str, close: str) -> None:
    with pytest.raises(ProblemError) as caught:
        load(name)
    (found,) = caught.value.problems
    assert found.message.key == "problem.unknown-example"
    assert close in str(dict(found.message.values)["nearest"])
    assert len(found.where) <= 60
