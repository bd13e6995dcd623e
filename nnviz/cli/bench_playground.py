"""TensorFlow Playground's way to compute, in node, as a peer in `nnviz bench`: resources/bench/playground.js says how.

Checked by hand against nnviz from the same first weights on the same batches in the same order: 100 epochs of W1 give equal
weights to 1e-12, and a frame of W2 equal losses.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from nnviz.cli.bench_work import SIDE, Workload, spec_of
from nnviz.engine.network import Network, initialize
from nnviz.resources import resource

PROGRAM = "node"


def command(node: str) -> list[str]:
    """Return the command that runs it, given where node is."""
    return [node, str(resource("bench/playground.js"))]


def opening(work: Workload) -> str:
    """Return the line that tells it what to train on what from which weights: nnviz's own."""
    network = spec_of(work).network
    views = Network(network, initialize(network, 0)).views
    train, test = (np.concatenate(work.data(seed), axis=1).tolist() for seed in (0, 1))
    start: dict[str, Any] = {
        "shape": work.sizes,
        "weights": [view.weights.tolist() for view in views],
        "biases": [view.bias.tolist() for view in views],
        "train": train,
        "test": test,
        "batch": work.batch,
        "rate": work.rate,
        "frame": work.frame,
        "side": SIDE,
    }
    return json.dumps(start)
