from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.encoding import encoded, encoding, targets
from nnviz.engine.losses import LOSSES
from nnviz.engine.problem import ProblemError
from nnviz.engine.table import choose
from nnviz.engine.trainer import Trainer
from tests.engine.build import samples, spec, values

LABELS = np.array([0, 2, 1, 1])
ROWS = np.array([5, 3, 0, 7])
CLASSES = samples(8, 2, classes=3)


def test_labels_become_rows_of_one() -> None:
    made = spec(2, 3, output="softmax", loss="categorical_crossentropy")
    assert targets(made, CLASSES, LABELS, ROWS).tolist() == np.eye(3)[LABELS].tolist()


@pytest.mark.parametrize(("output", "low"), [("tanh", -1.0), ("sigmoid", 0.0), ("linear", -1.0)])
def test_two_classes_on_one_output_are_the_ends_of_what_it_can_say(output: str, low: float) -> None:
    made = spec(2, 1, output=output)
    assert targets(made, samples(), np.array([0, 1, 1]), ROWS[:3]).tolist() == [[low], [1.0], [1.0]]


def test_values_stay_as_they_are() -> None:
    data = values(targets=2)
    assert targets(spec(2, 2, output="linear"), data, data.train.y[:3], ROWS[:3]).tobytes() == data.train.y[:3].tobytes()


def test_a_teachers_shares_stand_before_the_labels() -> None:
    made = spec(2, 3, output="softmax")
    heard = replace(made, training=replace(made.training, loss=choose(LOSSES, "distillation", temperature=4.0)))
    logits = np.random.default_rng(0).normal(0, 3, (10, 3))
    found = targets(heard, replace(CLASSES, teacher=logits), LABELS, ROWS)
    powers = np.exp(logits[ROWS] / 4)
    np.testing.assert_allclose(found[:, :3], powers / powers.sum(axis=1, keepdims=True), rtol=1e-14)
    assert found[:, 3:].tolist() == np.eye(3)[LABELS].tolist()


def test_without_a_teacher_nothing_is_learned_from_one() -> None:
    made = spec(2, 3, output="softmax", loss="distillation")
    with pytest.raises(ProblemError) as caught:
        Trainer(made, CLASSES)
    assert caught.value.problems[0].message.key == "problem.no-teacher"


def test_a_student_is_judged_by_the_labels() -> None:
    """A teacher that is always wrong makes the student wrong, which the accuracy says."""
    made = spec(2, 8, 3, output="softmax", loss="distillation", optimizer="adam", learning_rate=0.05, reduction="mean")
    data = samples(60, 30, classes=3)
    truth = np.concatenate([data.train.y, data.validation.y])
    for shift, low, high in ((0, 0.8, 1.0), (1, 0.0, 0.2)):
        logits = 12.0 * np.eye(3)[(truth + shift) % 3]
        pupil = replace(made, training=replace(made.training, loss=choose(LOSSES, "distillation", mix=1.0)))
        trainer = Trainer(pupil, replace(data, teacher=logits))
        for _ in range(60):
            trainer.run_epoch()
        assert low <= trainer.evaluate("train")["accuracy"] <= high


def test_all_parts_have_the_precision_of_the_run() -> None:
    made = spec(2, 1, precision="float32")
    for x, t in encoded(made, samples()).values():
        assert x.dtype == t.dtype == np.float32 and len(x) == len(t)


def test_what_targets_depend_on_is_told() -> None:
    plain = spec(2, 3, output="softmax", loss="categorical_crossentropy")
    assert encoding(plain) == encoding(replace(plain, training=replace(plain.training, learning_rate=9.0)))
    hot, cold = (replace(plain.training, loss=choose(LOSSES, "distillation", temperature=value)) for value in (2.0, 3.0))
    assert len({encoding(replace(plain, training=item)) for item in (plain.training, hot, cold)}) == 3
