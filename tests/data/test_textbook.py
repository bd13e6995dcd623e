"""The sets one can follow by hand are the numbers they are known for."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.data.datasets import DATASETS
from tests.data.made import make


@pytest.mark.parametrize(("name", "table"), [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("xor", [0, 1, 1, 0])])
def test_gates_are_their_truth_tables(name: str, table: list[int]) -> None:
    raw = make(name)
    assert raw.inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert raw.targets.tolist() == table


def test_noise_moves_a_corner_by_at_most_half_way() -> None:
    moved = np.abs(make("xor", noise=1.0, seed=5).inputs - make("xor").inputs)
    assert 0.0 < moved.max() <= 0.5


def test_the_textbook_samples() -> None:
    mazur, neuron = make("mazur"), make("one-neuron")
    assert (mazur.inputs.tolist(), mazur.targets.tolist()) == ([[0.05, 0.10]], [[0.01, 0.99]])
    assert (neuron.inputs.tolist(), neuron.targets.tolist()) == ([[2.1]], [[4.0]])


def test_changing_what_was_made_changes_nothing_made_later() -> None:
    raw = make("mazur")
    raw.inputs[:], raw.targets[:] = 9.0, 9.0
    assert make("mazur").targets.tolist() == [[0.01, 0.99]]
    assert make("mazur").inputs.tolist() == [[0.05, 0.10]]


def test_the_best_linear_answer_to_three_samples_misses_by_two_ninths() -> None:
    raw = make("linear-3-4")
    assert raw.inputs.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert raw.targets.tolist() == [[1] * 4, [0] * 4, [1] * 4]
    for rows in (raw.inputs, np.column_stack([raw.inputs, np.ones(3)])):
        answer = rows @ np.linalg.lstsq(rows, raw.targets, rcond=None)[0]
        assert np.mean((answer - raw.targets) ** 2) == pytest.approx(2 / 9, abs=1e-12)


def test_ten_inputs_give_one_value_that_a_line_cannot_follow() -> None:
    raw = make("sigmoid-10-5-1", 2000)
    assert raw.inputs.shape == (2000, 10)
    assert raw.targets.shape == (2000, 1)
    assert ((raw.inputs >= 0) & (raw.inputs <= 1)).all()
    assert ((raw.targets > 0) & (raw.targets < 1)).all()
    assert raw.targets.std() > 0.15
    x = raw.inputs - 0.5
    s = np.log(raw.targets / (1 - raw.targets))[:, 0]
    plain = np.column_stack([x, np.ones(len(x))])
    curved = np.column_stack([plain, x[:, 0] * x[:, 1]])
    weights, rest = np.linalg.lstsq(curved, s, rcond=None)[:2]
    np.testing.assert_allclose(weights, [3, -3] * 5 + [0, 8], atol=1e-9)
    assert rest[0] < 1e-15
    assert np.linalg.lstsq(plain, s, rcond=None)[1][0] > 100


def test_ten_inputs_are_the_same_with_noise_and_only_the_value_moves() -> None:
    clean, noisy = make("sigmoid-10-5-1", 50), make("sigmoid-10-5-1", 50, 0.5)
    assert clean.inputs.tobytes() == noisy.inputs.tobytes()
    assert np.abs(clean.targets - noisy.targets).max() > 0.01
    assert len(make("sigmoid-10-5-1", 1).inputs) == 1


def test_columns_and_targets_are_numbered() -> None:
    assert DATASETS["linear-3-4"].columns == ("x1", "x2", "x3")
    assert DATASETS["linear-3-4"].target_names == ("y1", "y2", "y3", "y4")
    assert DATASETS["sigmoid-10-5-1"].columns[-1] == "x10"
    assert DATASETS["one-neuron"].target_names == ("y",)
