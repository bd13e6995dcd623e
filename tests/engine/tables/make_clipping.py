"""Makes clipping.npz: what PyTorch's clipping and normalization do with given gradients, in float64.

    python tests/engine/tables/make_clipping.py        (needs torch; made with torch 2.13.0)

Keys are "value", "norm" and "unit", shape (6, 5): for each of `gradients()` the result of `clip_grad_value_(g, CLIP_VALUE)`,
`clip_grad_norm_(g, CLIP_NORM)` and `functional.normalize(g)`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLIP_VALUE, CLIP_NORM = 0.7, 2.5
TABLE = Path(__file__).with_name("clipping.npz")


def gradients() -> NDArray[Any]:
    """Return gradients of lengths from 0 to 1e9, shape (6, 5)."""
    waves = np.sin(np.arange(1.0, 31.0)).reshape(6, 5)
    found: NDArray[Any] = waves * np.array([[0.0], [1e-3], [1.0], [1.5], [1e3], [1e9]])
    return found


def main() -> None:
    """Clip and normalize every gradient and write the table."""
    import torch

    table: dict[str, list[NDArray[Any]]] = {"value": [], "norm": [], "unit": []}
    for gradient in gradients():
        given = torch.tensor(gradient)
        for name, function, limit in (
            ("value", torch.nn.utils.clip_grad_value_, CLIP_VALUE),
            ("norm", torch.nn.utils.clip_grad_norm_, CLIP_NORM),
        ):
            parameter = torch.zeros(5, dtype=torch.float64, requires_grad=True)
            parameter.grad = given.clone()
            function([parameter], limit)
            table[name].append(parameter.grad.numpy())
        table["unit"].append(torch.nn.functional.normalize(given, dim=0).numpy())
    np.savez_compressed(TABLE, **{name: np.array(found) for name, found in table.items()})


if __name__ == "__main__":
    main()
