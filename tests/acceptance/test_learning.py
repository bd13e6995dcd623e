"""What learning must reach: the figures of the built-in examples, and the stories told with them on the command line.

Where seeds matter there are five, and a margin. What trains a convolution on MNIST is slow.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from nnviz.cli import main
from nnviz.data.prepare import prepare
from nnviz.engine.edits import with_network
from nnviz.engine.network import initialize
from nnviz.engine.spec import Dropout
from nnviz.engine.trainer import DivergedError, Trainer
from nnviz.formats.examples import load
from nnviz.formats.project import Project, read_project, write_project
from nnviz.formats.save import save

SEEDS = range(5)
SIGMOID = Path(__file__).parents[1] / "engine" / "tables" / "sigmoid.npz"


def trained(name: str, seed: int = 0) -> Trainer:
    """Return the example's run after the epochs it says."""
    spec = load(name).spec
    spec = replace(spec, training=replace(spec.training, seed=seed))
    trainer = Trainer(spec, prepare(spec.data).samples, keep_history=True)
    for _ in range(spec.training.epochs):
        trainer.run_epoch()
    return trainer


@pytest.mark.parametrize(
    ("name", "least", "seeds"),
    [
        ("mnist-mlp", 0.85, 5),
        ("digits", 0.95, 5),
        ("breast-cancer", 0.95, 5),
        ("wine", 0.95, 5),
        ("heart-disease", 0.75, 5),
        ("digits-cnn", 0.97, 1),
        pytest.param("digits-cnn", 0.97, 5, marks=pytest.mark.slow),
        pytest.param("mnist-cnn", 0.95, 1, marks=[pytest.mark.slow, pytest.mark.timeout(1200)]),
    ],
)
def test_the_figure_of_an_example(name: str, least: float, seeds: int) -> None:
    assert median(trained(name, seed).latest.validation_metric for seed in range(seeds)) >= least


def test_diabetes_is_as_good_as_ridge_regression() -> None:
    from sklearn.linear_model import Ridge

    samples = prepare(load("diabetes").spec.data).samples
    ridge = Ridge().fit(samples.train.x, samples.train.y).score(samples.validation.x, samples.validation.y)
    assert median(trained("diabetes", seed).latest.validation_metric for seed in SEEDS) == pytest.approx(ridge, abs=0.05)


def test_an_autoencoder_draws_digits_from_eight_numbers() -> None:
    trainer = trained("digits-autoencoder")
    x = trainer.samples.validation.x
    y = trainer.network.forward(x).outputs
    assert 1 - np.square(y - x).sum() / np.square(x - x.mean(axis=0)).sum() > 0.7, "most of the variance is explained"
    assert [layer.units for layer in trainer.spec.network.layers if getattr(layer, "role", "") == "code"] == [8]


def test_sigmoid_10_5_1_learns_as_in_pytorch() -> None:
    """The curve of 1 000 epochs from the same start; the table is made by tests/engine/tables/make_sigmoid.py."""
    table, spec = np.load(SIGMOID), load("sigmoid-10-5-1").spec
    assert np.array_equal(initialize(spec.network, spec.training.seed), table["parameters"])
    assert np.array_equal(prepare(spec.data).samples.train.x, table["x"])
    losses = np.array([row.train_loss for row in trained("sigmoid-10-5-1").history])
    np.testing.assert_allclose(losses, table["losses"], rtol=0, atol=1e-10)
    assert (np.diff(losses) < 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_linear_3_4_converges(seed: int) -> None:
    trainer = trained("linear-3-4", seed)
    train = trainer.samples.train
    assert np.square(trainer.network.forward(train.x).outputs - train.y).mean() == pytest.approx(2 / 9, abs=1e-6)


def test_linear_3_4_diverges_beyond_the_limit_of_its_data_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    spec = load("linear-3-4").spec
    x = np.hstack([prepare(spec.data).samples.train.x, np.ones((3, 1))])
    limit = 2 / np.linalg.eigvalsh(x.T @ x).max()
    assert limit == pytest.approx(0.00699, abs=1e-5)

    def after(epochs: int, rate: float) -> Trainer:
        trainer = Trainer(replace(spec, training=replace(spec.training, learning_rate=rate)), prepare(spec.data).samples)
        for _ in range(epochs):
            trainer.run_epoch()
        return trainer

    assert after(1000, 0.99 * limit).latest.train_loss < 1.4
    assert after(1000, 1.02 * limit).latest.train_loss > 1e3
    with pytest.raises(DivergedError) as caught:
        after(1000, 0.01)
    fast = after(caught.value.step - 1, 0.01)
    assert np.isfinite(fast.network.parameters).all()
    assert main(["train", "linear-3-4", "--set", "training.learning_rate=0.01"]) == 1
    told = capsys.readouterr().err
    assert "“Output”" in told and f"step {fast.step_count + 1}" in told


Train = Callable[..., list[dict[str, float]]]


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> Train:
    """Return `nnviz train SOURCE --set ... OPTIONS`, which returns the rows of history.csv."""

    def run(source: object, settings: str = "", *options: object, out: Path | None = None) -> list[dict[str, float]]:
        folder = out or tmp_path_factory.mktemp("run")
        chosen = [word for item in settings.split() for word in ("--set", item)]
        assert main(["train", str(source), *chosen, *map(str, options), "--out", str(folder)]) == 0
        rows = csv.DictReader((folder / "history.csv").read_text(encoding="utf-8").splitlines())
        return [{name: float(value) for name, value in row.items()} for row in rows]

    return run


@pytest.fixture(scope="module")
def cnn(train: Train, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small CNN trained on MNIST."""
    folder = tmp_path_factory.mktemp("cnn")
    sizes = "layers.conv1.filters=8 layers.conv2.filters=16 layers.h1.units=32"
    last = train("mnist-cnn", f"{sizes} training.learning_rate=0.003", "--epochs", 3, out=folder)[-1]
    assert last["validation_metric"] > 0.92
    return folder / "model.nnviz"


def reached(rows: list[dict[str, float]]) -> float:
    """Return the accuracy on the validation part in the end."""
    return rows[-1]["validation_metric"]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_features_of_digits_help_with_clothes(train: Train, cnn: Path) -> None:
    """200 images of Fashion-MNIST, four epochs: filters learned on digits, under a new head, against a start from nothing."""
    sizes = "layers.conv1.filters=8 layers.conv2.filters=16 layers.h1.units=48"
    clothes = "data.source=fashion data.samples=2000 data.split.train=0.1 data.split.validation=0.9"
    settings = f"{sizes} {clothes} training.learning_rate=0.002"
    gains = [
        reached(train("mnist-cnn", settings, "--epochs", 4, "--seed", seed, "--init-from", cnn))
        - reached(train("mnist-cnn", settings, "--epochs", 4, "--seed", seed))
        for seed in SEEDS
    ]
    assert median(gains) >= 0.02, gains
    assert sum(gain > 0 for gain in gains) >= 4, gains


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_student_learns_more_from_a_teacher_than_from_labels_alone(train: Train, cnn: Path) -> None:
    """784-10-10-10 with 200 images, 60 epochs: their labels alone, and with what a CNN says to the same images."""
    few = "data.split.train=0.04 data.split.validation=0.96"
    warm = f"{few} training.loss.temperature=4"
    gains = [
        reached(train("mnist-mlp", warm, "--epochs", 60, "--seed", seed, "--teacher", cnn))
        - reached(train("mnist-mlp", few, "--epochs", 60, "--seed", seed))
        for seed in SEEDS
    ]
    assert median(gains) >= 0.02, gains
    assert sum(gain > 0 for gain in gains) >= 4, gains


# 56 tumors and 32 neurons: enough to learn every one by heart.
BY_HEART = (
    "data.split.train=0.1 data.split.validation=0.9 layers.h1.units=32 layers.h1.activation=relu "
    "training.l2=0 training.batch_size=16 training.learning_rate=0.01"
)


@pytest.mark.parametrize("seed", SEEDS)
def test_early_stopping_brings_the_best_epoch_back(train: Train, tmp_path: Path, seed: int) -> None:
    rows = train("breast-cancer", f"{BY_HEART} training.patience=10", "--epochs", 200, "--seed", seed, out=tmp_path)
    losses = [row["validation_loss"] for row in rows[1:]]
    best = int(np.argmin(losses)) + 1
    assert len(losses) == best + 10 < 200
    stored = read_project(tmp_path / "model.nnviz")
    assert stored.snapshot is not None
    (again,) = {row["validation_loss"] for row in train("breast-cancer", BY_HEART, "--epochs", best, "--seed", seed)[-1:]}
    assert again == losses[best - 1] == min(losses)
    trainer = Trainer(stored.spec, prepare(stored.spec.data).samples, stored.snapshot)
    assert trainer.evaluate("validation")["loss"] == again


def test_l2_and_dropout_narrow_the_gap(train: Train, tmp_path: Path) -> None:
    """Validation loss − training loss after 40 epochs, with the same data and seeds."""
    spec = load("breast-cancer").spec
    (hidden, output), network = spec.network.layers, spec.network
    layers = Dropout("drop1", "Dropout 1"), hidden, Dropout("drop2", "Dropout 2"), output
    dropout = tmp_path / "dropout.nnviz"
    save(dropout, write_project(Project(with_network(spec, replace(network, layers=layers)), None)))

    def ends(source: object, settings: str) -> np.ndarray:
        rows = [train(source, settings, "--epochs", 40, "--seed", seed)[-1] for seed in SEEDS]
        return np.array([(row["validation_loss"] - row["train_loss"], row["validation_loss"]) for row in rows]).T

    plain, dropped = ends("breast-cancer", BY_HEART), ends(dropout, BY_HEART)
    decayed = ends("breast-cancer", f"{BY_HEART} training.l2=0.05")
    assert (decayed[0] < 0.6 * plain[0]).all(), (plain, decayed)
    assert (dropped[0] < 0.85 * plain[0]).all(), (plain, dropped)
    for better in (decayed, dropped):
        assert np.median(better[1]) < np.median(plain[1]), "unseen tumors are told better, not only known ones worse"
