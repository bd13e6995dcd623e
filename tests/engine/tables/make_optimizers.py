"""Makes optimizers.npz: what PyTorch's optimizers do with a given sequence of gradients, in float64.

    python tests/engine/tables/make_optimizers.py        (needs torch; made with torch 2.13.0)

Keys are `NAME/rate`, `NAME/OPTION` and `NAME/parameters`, the parameters after every 50th of 1 000 steps, shape (20, 7).
The gradients are those of `gradients()`, which the test calls too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS, SIZE, EVERY = 1000, 7, 50
TABLE = Path(__file__).with_name("optimizers.npz")


def gradients() -> NDArray[Any]:
    """Return gradients of very different sizes, some of them zero, shape (STEPS, SIZE)."""
    steps, places = np.arange(1, STEPS + 1)[:, None], np.arange(SIZE)
    waves = np.sin(0.37 * steps + places) + 0.5 * np.cos(1.93 * steps * (places + 1))
    found: NDArray[Any] = waves * 10.0 ** (places - 4.0)
    found[::7, 2] = 0.0
    return found


def cases(optim: Any) -> dict[str, tuple[Any, float, dict[str, Any], dict[str, float]]]:
    """Return by name what is run: PyTorch's optimizer, the rate, PyTorch's options, and the same by our names."""
    odd = {"betas": (0.8, 0.95), "eps": 1e-6}, {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6}
    return {
        "sgd": (optim.SGD, 0.03, {}, {}),
        "momentum": (optim.SGD, 0.03, {"momentum": 0.9}, {"momentum": 0.9}),
        "momentum-half": (optim.SGD, 0.1, {"momentum": 0.5}, {"momentum": 0.5}),
        "nesterov": (optim.SGD, 0.03, {"momentum": 0.9, "nesterov": True}, {"momentum": 0.9}),
        "nesterov-half": (optim.SGD, 0.1, {"momentum": 0.5, "nesterov": True}, {"momentum": 0.5}),
        "adagrad": (optim.Adagrad, 0.01, {}, {}),
        "adagrad-odd": (optim.Adagrad, 0.3, {"eps": 1e-3}, {"epsilon": 1e-3}),
        "rmsprop": (optim.RMSprop, 0.01, {}, {}),
        "rmsprop-odd": (optim.RMSprop, 0.003, {"alpha": 0.7, "eps": 1e-4}, {"alpha": 0.7, "epsilon": 1e-4}),
        "adadelta": (optim.Adadelta, 1.0, {}, {}),
        "adadelta-odd": (optim.Adadelta, 0.4, {"rho": 0.6, "eps": 1e-4}, {"rho": 0.6, "epsilon": 1e-4}),
        "adam": (optim.Adam, 0.001, {}, {}),
        "adam-odd": (optim.Adam, 0.02, *odd),
        "adamw": (optim.AdamW, 0.001, {}, {}),
        "adamw-odd": (optim.AdamW, 0.02, odd[0] | {"weight_decay": 0.4}, odd[1] | {"weight_decay": 0.4}),
        "nadam": (optim.NAdam, 0.002, {}, {}),
        "nadam-odd": (optim.NAdam, 0.02, odd[0] | {"momentum_decay": 0.1}, odd[1] | {"momentum_decay": 0.1}),
        "nadam-slow": (optim.NAdam, 0.002, {"betas": (0.999, 0.999), "momentum_decay": 5.0}, {"beta1": 0.999, "momentum_decay": 5.0}),
    }


def main() -> None:
    """Run every optimizer and write the table."""
    import torch

    torch.set_default_dtype(torch.float64)  # else NAdam keeps its product of momenta in single precision
    table = {}
    for name, (kind, rate, options, ours) in cases(torch.optim).items():
        parameters = torch.linspace(-1.0, 1.0, SIZE).requires_grad_()
        optimizer, seen = kind([parameters], lr=rate, **options), []
        for step, gradient in enumerate(gradients(), 1):
            parameters.grad = torch.tensor(gradient)
            optimizer.step()
            if step % EVERY == 0:
                seen.append(parameters.detach().numpy().copy())
        table[f"{name}/parameters"] = np.array(seen)
        table[f"{name}/rate"] = np.array(rate)
        table |= {f"{name}/{option}": np.array(value) for option, value in ours.items()}
    np.savez_compressed(TABLE, **table)


if __name__ == "__main__":
    main()
