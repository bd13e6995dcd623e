"""Makes schedules.npz: the learning rates of 130 epochs as PyTorch's schedulers give them.

    python tests/engine/tables/make_schedules.py        (needs torch; made with torch 2.13.0)

Keys are the names of `CASES`, shape (130,). The plateau watches `losses()`, which the test calls too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

EPOCHS, RATE = 130, 0.3
TABLE = Path(__file__).with_name("schedules.npz")
# By name: schedule, its parameters, epochs of warm-up.
CASES: dict[str, tuple[str, dict[str, float], int]] = {
    "constant-warm": ("constant", {}, 5),
    "step": ("step", {"size": 30, "factor": 0.1}, 0),
    "step-warm": ("step", {"size": 7, "factor": 0.8}, 10),
    "exponential": ("exponential", {"factor": 0.95}, 0),
    "exponential-warm": ("exponential", {"factor": 0.99}, 1),
    "inverse-time": ("inverse-time", {"decay": 0.3}, 0),
    "cosine": ("cosine", {"epochs": 130, "floor": 0.0}, 0),
    "cosine-floor": ("cosine", {"epochs": 200, "floor": 0.25}, 0),
    "plateau": ("plateau", {"factor": 0.1, "patience": 10, "threshold": 1e-4, "floor": 0.0}, 0),
    "plateau-floor": ("plateau", {"factor": 0.5, "patience": 3, "threshold": 0.05, "floor": 0.2}, 0),
    "plateau-hasty": ("plateau", {"factor": 0.9, "patience": 0, "threshold": 0.0, "floor": 0.0}, 0),
    "cyclic": ("cyclic", {"low": 0.1, "period": 20}, 0),
    "cyclic-odd": ("cyclic", {"low": 0.4, "period": 14}, 0),
}


def losses() -> NDArray[Any]:
    """Return losses that fall, stand still, rise and fall once more, one of them NaN, shape (EPOCHS,)."""
    epochs = np.arange(EPOCHS)
    found: NDArray[Any] = 1 / (1 + 0.2 * np.minimum(epochs, 40)) + 0.02 * np.sin(1.7 * epochs) - 0.001 * np.maximum(0, epochs - 100)
    found[17] = np.nan
    return found


def scheduler(optimizer: Any, kind: str, options: dict[str, float]) -> Any:
    """Return PyTorch's scheduler of this kind."""
    from torch.optim import lr_scheduler as torchs

    match kind:
        case "constant":
            return torchs.ConstantLR(optimizer, 1.0, total_iters=0)
        case "step":
            return torchs.StepLR(optimizer, int(options["size"]), options["factor"])
        case "exponential":
            return torchs.ExponentialLR(optimizer, options["factor"])
        case "inverse-time":
            return torchs.LambdaLR(optimizer, lambda epoch: 1 / (1 + options["decay"] * epoch))
        case "cosine":
            return torchs.CosineAnnealingLR(optimizer, int(options["epochs"]), options["floor"] * RATE)
        case "plateau":
            rest = {"patience": options["patience"], "threshold": options["threshold"], "min_lr": options["floor"] * RATE, "eps": 0.0}
            return torchs.ReduceLROnPlateau(optimizer, "min", options["factor"], **rest)
        case _:
            return torchs.CyclicLR(optimizer, options["low"] * RATE, RATE, int(options["period"] / 2), cycle_momentum=False)


def main() -> None:
    """Run every scheduler and write the table."""
    import torch

    table = {}
    for name, (kind, options, warm) in CASES.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
        made = [torch.optim.lr_scheduler.LinearLR(optimizer, 1 / (warm + 1), total_iters=warm)] if warm else []
        made.append(scheduler(optimizer, kind, options))
        seen = []
        for loss in losses():
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            for one in made:
                one.step(*([loss] if kind == "plateau" else []))
        table[name] = np.array(seen)
    np.savez_compressed(TABLE, **table)


if __name__ == "__main__":
    main()
