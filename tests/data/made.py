"""Makes a data set by name, for the tests of all of them."""

from __future__ import annotations

import numpy as np

from nnviz.data.dataset import Raw
from nnviz.data.datasets import DATASETS


def make(name: str, samples: int = 200, noise: float = 0.0, seed: int = 0) -> Raw:
    """Return a data set as made."""
    return DATASETS[name].make(samples, noise, np.random.default_rng(seed))
