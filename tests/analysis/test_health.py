"""Every fault, planted in real runs, is named with layer and step; its remedy helps, and undo takes it back to the bit."""

from __future__ import annotations

import json
from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from nnviz.analysis import remedies
from nnviz.analysis.evidence import examine
from nnviz.analysis.finding import Finding, offered
from nnviz.analysis.health import diagnose, foreseen, summary
from nnviz.data.prepare import facts, prepare
from nnviz.engine.paths import set_path
from nnviz.engine.samples import Samples
from nnviz.engine.snapshot import begin, redrawn_layers
from nnviz.engine.spec import DataFacts, Spec, Split, problems
from nnviz.engine.trainer import Trainer
from nnviz.explain.words import say
from nnviz.formats.examples import load, names
from tests.analysis.planted import PLANTS, Plant, prepared, run
from tests.engine.build import samples, spec

SEEDS = (0, 1, 2)
# Wrong labels are for the person to correct, and filled cells are no fault.
CURED = [name for name in PLANTS if name not in ("labels-outside", "cells-filled")]
# Whether these help shows only in whole runs: test_advice.py.
SLOWLY = {"overfitting", "underfitting", "rate-too-low"}
# Examples that are made to show just this.
MEANT = {"mazur": {"one-sample"}, "one-neuron": {"one-sample"}, "linear-3-4": {"underfitting"}, "heart-disease": {"cells-filled"}}
QUICK = [name for name in names() if not name.startswith(("mnist", "digits-"))]


def planted(name: str, seed: int) -> tuple[Plant, Trainer, Finding]:
    """Return a run with the fault, and what is found of it."""
    plant = PLANTS[name]
    trainer = plant.trainer(seed)
    error = run(trainer, plant.epochs)
    found = [item for item in diagnose(trainer, error) if item.kind == name]
    assert found, [item.kind for item in diagnose(trainer, error)]
    assert found[0].step == (error.step if error else trainer.step_count)
    return plant, trainer, found[0]


def test_at_least_twenty_faults_are_planted() -> None:
    assert len(PLANTS) >= 20


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", PLANTS)
def test_a_fault_is_found_with_layer_and_step_told_in_words_and_its_remedies_undone(name: str, seed: int) -> None:
    plant, trainer, found = planted(name, seed)
    assert found.layer == plant.layer
    line, values = summary([found], say)[0], dict(found.message.values)
    if found.layer is not None:
        assert trainer.spec.network.layer(found.layer).name in line
    assert values.get("step", found.step) == found.step
    assert all(say(item.message) in line for item in found.remedies)
    assert bool(found.remedies) == (name in CURED)
    undone(trainer, found)


def undone(trainer: Trainer, found: Finding) -> None:
    """Apply each remedy and undo it, as the window does: the old spec, and the weights to the bit."""
    old, known, before = trainer.spec, trainer.samples, trainer.snapshot()
    for remedy in found.remedies:
        assert remedy.spec != old and not problems(remedy.spec)
        data = known if remedy.spec.network.input == old.network.input else trimmed(known, remedy.spec)
        trainer.set_spec(remedy.spec, data)
        trainer.set_spec(old, known, before)
        afresh = redrawn_layers(old, remedy.spec)  # other initial weights begin the run anew, both ways
        expected = begin(old, trainer.initial) if afresh else before
        assert np.array_equal(trainer.network.parameters, expected.parameters, equal_nan=True), remedy.message
        trainer.restore(before)


def trimmed(known: Samples, made: Spec) -> Samples:
    """Return the samples with as many inputs as a spec has."""
    count = len(made.network.input.names)
    train, validation = (replace(part, x=part.x[:, :count]) for part in (known.train, known.validation))
    return replace(known, train=train, validation=validation)


@pytest.mark.campaign
@pytest.mark.parametrize("name", PLANTS)
def test_a_fault_is_found_with_nearly_every_seed(name: str) -> None:
    plant, missed = PLANTS[name], []
    for seed in range(20):
        trainer = plant.trainer(seed)
        found = diagnose(trainer, run(trainer, plant.epochs))
        if (name, plant.layer) not in [(item.kind, item.layer) for item in found]:
            missed.append((seed, [item.kind for item in found]))
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", [name for name in CURED if name not in SLOWLY])
def test_its_remedy_makes_it_go_away(name: str, seed: int) -> None:
    plant, trainer, found = planted(name, seed)
    remedy = found.remedies[plant.remedy]
    if remedy.back:
        trainer.restore(trainer.best())
    trainer.set_spec(remedy.spec, plant.samples(remedy.spec, seed))
    assert run(trainer, plant.epochs) is None
    assert name not in [item.kind for item in diagnose(trainer)]


@pytest.mark.parametrize("name", PLANTS)
def test_every_remedy_offered_can_be_edited_into_a_document(name: str) -> None:
    plant = PLANTS[name]
    trainer = plant.trainer(0)
    for found in diagnose(trainer, run(trainer, plant.epochs)):
        for remedy in found.remedies:
            assert not problems(remedy.spec, known_of(trainer, plant, remedy.spec)), (found.kind, remedy.message)


def known_of(trainer: Trainer, plant: Plant, made: Spec) -> DataFacts:
    """Return what is known of the data a spec would learn from; most plants have samples that no data set makes."""
    if plant.samples is prepared or made.data != trainer.spec.data:
        return facts(made.data)
    own = trainer.samples
    sizes, targets = (len(own.train), len(own.validation), len(own.test)), 1 if own.classes else own.train.y.shape[1]
    return DataFacts(made.network.input.names, *sizes, own.classes, targets)


SPOILED: dict[str, tuple[tuple[str, str], ...]] = {
    "as it is": (),
    "one by one": (("training.batch_size", "1"),),
    "unscaled": (("data.scaling", "none"), ("training.batch_size", "1")),
    "values for classes": (("training.loss", "mse"),),
    "far too quick": (("training.learning_rate", "1e4"), ("training.optimizer", "sgd")),
    "linear": (("layers.0.activation", "linear"),),
    "dropped": (("data.missing", "drop"),),
}


@pytest.mark.parametrize("way", SPOILED)
@pytest.mark.parametrize("name", QUICK)
def test_every_remedy_offered_for_an_example_can_be_edited_into_a_document(name: str, way: str) -> None:
    made = load(name).spec
    for path, text in SPOILED[way]:
        made = set_path(made, path, text)
    if problems(made, facts(made.data)):  # what cannot be is not trained
        return
    trainer = Trainer(made, prepare(made.data).samples)
    for found in diagnose(trainer, run(trainer, 2)):
        for remedy in found.remedies:
            assert not problems(remedy.spec, facts(remedy.spec.data)), (found.kind, remedy.message)


def test_a_remedy_that_the_data_do_not_allow_is_not_offered() -> None:
    made = load("wine").spec
    made = replace(made, data=replace(made.data, scaling="none"), training=replace(made.training, batch_size=1))
    seen = examine(Trainer(made, prepare(made.data).samples))
    assert not problems(remedies.batch_norms(made).spec), "it can be, with other batches"
    assert offered(seen, remedies.batch_norms(made)) == ()
    assert len(offered(seen, remedies.standardize(made))) == 1


def test_a_teacher_is_known_while_the_samples_are_the_same() -> None:
    made = load("iris").spec
    samples_of = prepare(made.data).samples
    taught = replace(samples_of, teacher=np.zeros((150, 3)))
    resplit = remedies.stratify(replace(made, data=replace(made.data, split=Split(0.7, 0.3, 0.0, False)))).spec
    for known, kept in ((samples_of, False), (taught, True)):
        seen = examine(Trainer(made, known))
        assert seen.facts(made.data).teacher is kept and seen.facts(resplit.data).teacher is kept
        assert not seen.facts(remedies.reseed_data(made).spec.data).teacher


def test_what_is_foreseen_needs_no_step_and_is_found_later_too() -> None:
    for name in PLANTS:
        trainer = PLANTS[name].trainer(0)
        before = [(item.kind, item.layer) for item in foreseen(trainer)]
        assert trainer.step_count == 0
        run(trainer, 1)
        assert set(before) <= {(item.kind, item.layer) for item in diagnose(trainer)}
    assert ("softmax-regression", "l2") in [(item.kind, item.layer) for item in foreseen(PLANTS["softmax-regression"].trainer(0))]


@pytest.mark.parametrize("name", QUICK)
def test_the_examples_give_no_false_alarm_in_their_first_epochs(name: str) -> None:
    example = load(name)
    trainer = Trainer(example.spec, prepare(example.spec.data).samples, initial=example.initial)
    for _ in range(6):
        run(trainer, 4)
        found = diagnose(trainer)
        assert {item.kind for item in found} <= MEANT.get(name, set()), summary(found, say)


@pytest.mark.parametrize("name", ["mnist-mlp", "mnist-cnn", "digits-cnn", "digits-autoencoder"])
def test_the_large_examples_give_no_false_alarm_at_their_start(name: str) -> None:
    known = load(name).spec
    trainer = Trainer(known, prepare(known.data).samples)
    assert diagnose(trainer) == ()
    for _ in range(2):
        for _ in range(60):
            trainer.advance()
        assert diagnose(trainer) == (), summary(diagnose(trainer), say)


def test_a_diagnosis_changes_nothing() -> None:
    one, other = (Trainer(spec(2, 6, 1, optimizer="adam"), samples()) for _ in range(2))
    for _ in range(3):
        run(one, 3)
        diagnose(one)
    run(other, 9)
    assert np.array_equal(one.network.parameters, other.network.parameters)
    assert one.latest == other.latest


def test_a_diagnosis_of_a_network_for_digits_is_quick() -> None:
    known = load("digits").spec
    trainer = Trainer(known, prepare(known.data).samples)
    run(trainer, 2)
    times = []
    for _ in range(15):
        begun = perf_counter()
        diagnose(trainer)
        times.append(perf_counter() - begun)
    assert min(times) < 0.01


def test_the_divergence_of_the_linear_example_is_explained_by_the_eigenvalue() -> None:
    known = load("linear-3-4").spec
    quick = replace(known, training=replace(known.training, learning_rate=0.01))
    trainer = Trainer(quick, prepare(quick.data).samples)
    error = run(trainer, 3000)
    assert error is not None
    found = diagnose(trainer, error)[0]
    assert (found.kind, found.layer, found.step) == ("diverged", "out", error.step)
    assert dict(found.reason.values) == {"rate": 0.01, "eigenvalue": 286.0, "limit": 0.00699}
    assert "λmax = 286" in say(found.reason) and "0.00699" in say(found.reason)
    assert found.remedies[0].back and found.remedies[0].spec.training.learning_rate == 0.003


def test_an_overflowing_naive_softmax_is_explained_and_the_stable_one_offered() -> None:
    _, _, found = planted("softmax-overflow", 0)
    assert dict(found.reason.values)["limit"] == 709.78
    assert dict(found.reason.values)["largest"] > 709.78
    assert found.remedies[0].back
    assert found.remedies[0].spec.network.output.activation.kind == "softmax"


def test_a_naive_softmax_is_warned_of_before_it_overflows() -> None:
    plant = PLANTS["softmax-overflow"]
    made = plant.spec(0)
    calm = Trainer(made, plant.samples(made, 0))
    assert "softmax-overflow" not in [item.kind for item in diagnose(calm)]
    calm.network.views[-1].weights[...] *= 680 / calm.network.forward(calm.samples.train.x).z[-1].max()
    assert "softmax-overflow" in [item.kind for item in diagnose(calm)]


def test_the_words_of_all_findings_are_plain_lines() -> None:
    lines = [line for name in PLANTS for line in summary([planted(name, 0)[2]], say)]
    assert len(set(lines)) == len(PLANTS)
    for line in lines:
        assert "{" not in line and "\n" not in line and json.dumps(line)
        assert line.endswith(".")
