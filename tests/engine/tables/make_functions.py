"""Makes functions.npz: what PyTorch's activations, losses and orthogonal initializer give in float64.

    python tests/engine/tables/make_functions.py        (needs torch; made with torch 2.13.0)

Keys are `activation/CASE/value` and `/delta`, of `sums()` and with `upstream()` for ∂ℓ/∂a; `loss/CASE/value`, ℓ of every
sample, and `/gradient`, ∂ℓ/∂y, of `answers(CASE)`; `fused/CASE/value` and `/gradient`, ∂ℓ/∂z, of `sums()` and `answers(CASE)`;
`orthogonal/UNITSxSOURCES`, made of the normal numbers of `np.random.default_rng(SEED)`. A case is the name of an entry, with a
word behind it where its parameters are not the defaults; `OPTIONS` has these. The tests call the functions here too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TABLE = Path(__file__).with_name("functions.npz")
SAMPLES, OUTPUTS, SEED, GAIN = 80, 5, 7, 1.5
ORTHOGONAL = ((6, 4), (4, 6), (5, 5))
OPTIONS: dict[str, dict[str, float]] = {
    "leaky_relu": {"slope": 0.01},
    "leaky_relu-steep": {"slope": 0.3},
    "elu": {"alpha": 1.0},
    "elu-half": {"alpha": 0.5},
    "softmax": {"temperature": 1.0},
    "softmax-warm": {"temperature": 3.5},
    "huber": {"delta": 1.0},
    "huber-narrow": {"delta": 0.25},
    "distillation": {"temperature": 2.0, "mix": 0.5},
    "distillation-hot": {"temperature": 7.0, "mix": 0.9},
}


def sums() -> Array:
    """Return z from −40 to 40, most of them small, with rows of all kinks; shape (SAMPLES, OUTPUTS)."""
    places = np.linspace(-1, 1, SAMPLES * OUTPUTS).reshape(OUTPUTS, SAMPLES).T
    z = 40.0 * places**3
    z[::40] = [-3.0, -1.0, 0.0, 1.0, 3.0]
    return z


def upstream() -> Array:
    """Return some ∂ℓ/∂a of either sign, shape (SAMPLES, OUTPUTS)."""
    g: Array = np.cos(1.7 * np.arange(SAMPLES * OUTPUTS)).reshape(SAMPLES, OUTPUTS)
    return g


def answers(case: str) -> tuple[Array, Array]:
    """Return outputs and targets as the loss of a case needs them: y (SAMPLES, OUTPUTS), t as well or twice as wide."""
    name = case.split("-")[0]
    rows, waves = np.arange(SAMPLES), np.sin(0.9 * np.arange(SAMPLES * OUTPUTS)).reshape(SAMPLES, OUTPUTS)
    labels = np.eye(OUTPUTS)[rows % OUTPUTS]
    if name in ("mse", "mae", "huber"):
        t = np.round(3 * np.roll(waves, 1, axis=0), 1)
        return np.where(rows[:, None] % 9 == 0, t, 3 * waves), t
    if name == "hinge":
        return 3 * waves, 2 * labels - 1 if case.endswith("signs") else labels
    if name == "binary_crossentropy":
        return 0.5 + 0.499 * waves, labels
    y = np.exp(3 * waves)
    y /= y.sum(axis=1, keepdims=True)
    if name == "distillation":
        taught = np.exp(np.roll(waves, 3, axis=0))
        return y, np.hstack([taught / taught.sum(axis=1, keepdims=True), labels])
    return y, labels


def activations(torch: Any) -> dict[str, Callable[[Any], Any]]:
    """Return PyTorch's function of every case."""
    f = torch.nn.functional
    return {
        "linear": torch.nn.Identity(),
        "sigmoid": torch.sigmoid,
        "hard_sigmoid": lambda z: f.relu6(z + 3) / 6,  # the slope of f.hardsigmoid is 1/6 in single precision only
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": lambda z: f.leaky_relu(z, 0.01),
        "leaky_relu-steep": lambda z: f.leaky_relu(z, 0.3),
        "elu": f.elu,
        "elu-half": lambda z: f.elu(z, 0.5),
        "selu": f.selu,
        "gelu": f.gelu,
        "silu": f.silu,
        "mish": f.mish,
        "softplus": lambda z: f.softplus(z, threshold=1000),  # its own threshold of 20 rounds ln(1 + e^z) to z
        "sine": torch.sin,
        "softmax": lambda z: torch.softmax(z, 1),
        "softmax-warm": lambda z: torch.softmax(z / 3.5, 1),
        "naive_softmax": lambda z: torch.softmax(z, 1),
    }


def losses(torch: Any) -> dict[str, Callable[[Any, Any], Any]]:
    """Return what PyTorch makes of y and t in every case, one number for each sample."""
    f = torch.nn.functional

    def summed(loss: Callable[..., Any], **options: Any) -> Callable[[Any, Any], Any]:
        return lambda y, t: loss(y, t, reduction="none", **options).sum(1)

    def distillation(temperature: float, mix: float) -> Callable[[Any, Any], Any]:
        def loss(y: Any, t: Any) -> Any:
            soft, hard = t[:, :OUTPUTS], t[:, OUTPUTS:]
            q = y ** (1 / temperature) / (y ** (1 / temperature)).sum(1, keepdim=True)
            taught = -(temperature**2) * (soft * torch.log(q)).sum(1)
            return mix * taught - (1 - mix) * (hard * torch.log(y)).sum(1)

        return loss

    def hinge(y: Any, t: Any) -> Any:
        return torch.relu(1 - torch.where(t > 0, 1.0, -1.0) * y).sum(1)

    return {
        "mse": summed(f.mse_loss),
        "mae": summed(f.l1_loss),
        "huber": summed(f.huber_loss),
        "huber-narrow": summed(f.huber_loss, delta=0.25),
        "binary_crossentropy": summed(f.binary_cross_entropy),
        "categorical_crossentropy": lambda y, t: f.nll_loss(torch.log(y), t.argmax(1), reduction="none"),
        "hinge": hinge,
        "hinge-signs": hinge,
        "distillation": distillation(2.0, 0.5),
        "distillation-hot": distillation(7.0, 0.9),
    }


def fused(torch: Any) -> dict[str, Callable[[Any, Any], Any]]:
    """Return what PyTorch makes of z and t in every case, one number for each sample."""
    f = torch.nn.functional

    def distillation(temperature: float, mix: float) -> Callable[[Any, Any], Any]:
        def loss(z: Any, t: Any) -> Any:
            soft, hard = t[:, :OUTPUTS], t[:, OUTPUTS:]
            taught = temperature**2 * f.cross_entropy(z / temperature, soft, reduction="none")
            return mix * taught + (1 - mix) * f.cross_entropy(z, hard, reduction="none")

        return loss

    return {
        "binary_crossentropy": lambda z, t: f.binary_cross_entropy_with_logits(z, t, reduction="none").sum(1),
        "categorical_crossentropy": lambda z, t: f.cross_entropy(z, t, reduction="none"),
        "distillation": distillation(2.0, 0.5),
        "distillation-hot": distillation(7.0, 0.9),
    }


def orthogonal(torch: Any, units: int, sources: int) -> Array:
    """Return PyTorch's orthogonal matrix, made of NumPy's normal numbers."""
    numbers = torch.tensor(np.random.default_rng(SEED).standard_normal((units, sources)))
    torch.Tensor.normal_ = lambda tensor, *_args, **_options: tensor.copy_(numbers)
    found: Array = torch.nn.init.orthogonal_(torch.empty(units, sources, dtype=torch.float64), GAIN).numpy()
    return found


def main() -> None:
    """Ask PyTorch for everything and write the table."""
    import torch

    table = {}
    for case, function in activations(torch).items():
        z = torch.tensor(sums(), requires_grad=True)
        a = function(z)
        a.backward(torch.tensor(upstream()))
        table |= {f"activation/{case}/value": a.detach().numpy(), f"activation/{case}/delta": z.grad.numpy()}
    for kind, functions in (("loss", losses(torch)), ("fused", fused(torch))):
        for case, loss in functions.items():
            y, t = answers(case)
            start = torch.tensor(y if kind == "loss" else sums(), requires_grad=True)
            found = loss(start, torch.tensor(t))
            found.sum().backward()
            table |= {f"{kind}/{case}/value": found.detach().numpy(), f"{kind}/{case}/gradient": start.grad.numpy()}
    table |= {f"orthogonal/{units}x{sources}": orthogonal(torch, units, sources) for units, sources in ORTHOGONAL}
    np.savez_compressed(TABLE, **table)


if __name__ == "__main__":
    main()
