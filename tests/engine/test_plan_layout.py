"""Parameters in the plan's order and back: every number moves, none is rounded."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.network import initialize, views
from nnviz.engine.plan_layout import Mirror, blocks, packed
from tests.engine.build import batch_norm, conv, dense, flatten, max_pool, stack
from tests.engine.random_networks import run

NETWORK = stack((6, 5, 2), conv(3, (2, 3)), batch_norm(), max_pool(), flatten(), dense(4, use_bias=False), dense(2))


@pytest.mark.parametrize("number", range(40))
def test_there_and_back_gives_the_same_bits(number: int) -> None:
    network = run(number).spec.network
    flat = np.random.default_rng(number).normal(size=network.weights)
    mirror = Mirror(network, flat.copy(), np.empty_like(flat))
    assert sorted(mirror.pack()) == sorted(flat), "every number is there, once"
    mirror.flat[...] = np.nan
    assert mirror.unpack().tobytes() == flat.tobytes()


def test_a_dense_block_carries_the_bias_as_its_last_column() -> None:
    flat = initialize(NETWORK, 0)
    parts, own = blocks(NETWORK, packed(NETWORK, flat)), views(NETWORK, flat)
    np.testing.assert_array_equal(parts[-1][:, :-1], own[-1].weights)
    np.testing.assert_array_equal(parts[-1][:, -1], own[-1].bias)
    np.testing.assert_array_equal(parts[-2], own[-2].weights)


def test_a_filter_is_a_column_of_its_block_by_row_column_and_channel() -> None:
    flat = np.arange(NETWORK.weights, dtype=float)
    block, own = blocks(NETWORK, packed(NETWORK, flat))[0], views(NETWORK, flat)[0]
    kernel = own.weights.reshape(3, 2, 2, 3)  # filter, channel, row, column
    assert block.shape == (2 * 3 * 2 + 1, 3)
    for row in range(2):
        for column in range(3):
            for channel in range(2):
                np.testing.assert_array_equal(block[(row * 3 + column) * 2 + channel], kernel[:, channel, row, column])
    np.testing.assert_array_equal(block[-1], own.bias)


def test_a_batch_norm_block_has_its_four_rows() -> None:
    flat = np.arange(NETWORK.weights, dtype=float)
    block, own = blocks(NETWORK, packed(NETWORK, flat))[1], views(NETWORK, flat)[1]
    np.testing.assert_array_equal(block, np.stack([own.weights[:, 0], own.bias, *own.statistics]))


def test_nothing_packed_is_nothing() -> None:
    assert packed(NETWORK, None) is None
