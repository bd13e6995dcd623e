from __future__ import annotations

import numpy as np

from nnviz.engine.samples import Part, encode

LABELS = np.array([0, 1, 1])


def test_two_classes_on_one_output_become_its_two_ends() -> None:
    np.testing.assert_array_equal(encode(LABELS, 2, 1, -1.0, 1.0), [[-1.0], [1.0], [1.0]])
    np.testing.assert_array_equal(encode(LABELS, 2, 1, 0.0, 1.0), [[0.0], [1.0], [1.0]])


def test_labels_become_one_hot_rows() -> None:
    np.testing.assert_array_equal(encode(np.array([2, 0]), 3, 3, 0.0, 1.0), [[0, 0, 1], [1, 0, 0]])
    np.testing.assert_array_equal(encode(LABELS, 2, 2, -1.0, 1.0), [[1, 0], [0, 1], [0, 1]])


def test_values_stay() -> None:
    y = np.array([[0.25, -3.0]])
    encoded = encode(y, 0, 2, 0.0, 1.0)
    np.testing.assert_array_equal(encoded, y)
    assert not np.shares_memory(encoded, y)


def test_no_labels_give_no_rows() -> None:
    assert encode(np.zeros(0, int), 3, 3, 0.0, 1.0).shape == (0, 3)


def test_a_part_knows_its_length() -> None:
    assert len(Part(np.zeros((4, 2)), np.zeros(4, int), np.arange(4))) == 4
