"""Makes networks.npz: what PyTorch makes of 200 random networks in a few steps of training each, in float64.

    PYTHONPATH=. python tests/engine/tables/make_networks.py        (needs torch; made with torch 2.13.0)

The runs are those of `tests/engine/random_networks.py`. From nnviz come their specs, samples and targets, the weights they begin
with, the order of the samples, and what a dropout silences; all arithmetic is PyTorch's, of an image (samples, channels, height,
width). Keys are `NUMBER/losses`, the data loss of every step before it, `NUMBER/epochs`, the training loss in evaluation at the
start and after every epoch, and `NUMBER/parameters`, flat at the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as f

from nnviz.engine.batches import Batches
from nnviz.engine.encoding import targets
from nnviz.engine.layers import DropoutLayer, LayerParameters, TrainingMode
from nnviz.engine.network import initialize
from nnviz.engine.network_spec import AvgPool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D, Weighted
from nnviz.engine.samples import Part
from nnviz.engine.spec import Spec, TrainingSpec
from nnviz.engine.table import Choice
from tests.engine.random_networks import RUNS, Run, run

TABLE = Path(__file__).with_name("networks.npz")
NOTHING = LayerParameters(np.empty(0), np.empty(0), np.empty(0))

ACTIVATIONS: dict[str, Callable[..., torch.Tensor]] = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "hard_sigmoid": lambda z: f.relu6(z + 3) / 6,  # the slope of f.hardsigmoid is 1/6 in single precision only
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z, slope: f.leaky_relu(z, slope),
    "elu": lambda z, alpha: f.elu(z, alpha),
    "selu": f.selu,
    "gelu": f.gelu,
    "silu": f.silu,
    "mish": f.mish,
    "softplus": lambda z: f.softplus(z, threshold=1000),  # its own threshold of 20 rounds ln(1 + e^z) to z
    "sine": torch.sin,
    "softmax": lambda z, temperature: torch.softmax(z / temperature, 1),
    "naive_softmax": lambda z: torch.softmax(z, 1),
}


def distillation(y: torch.Tensor, t: torch.Tensor, temperature: float, mix: float) -> torch.Tensor:
    """Return mix·T²·(−Σ p ln q) + (1 − mix)·(−Σ t ln y) with q ∝ y^(1/T)."""
    soft, hard = t.chunk(2, 1)
    q = torch.softmax(y.log() / temperature, 1)
    return -(mix * temperature**2 * soft * q.log() + (1 - mix) * hard * y.log()).sum(1)


LOSSES: dict[str, Callable[..., torch.Tensor]] = {
    "mse": lambda y, t: f.mse_loss(y, t, reduction="none").sum(1),
    "mae": lambda y, t: f.l1_loss(y, t, reduction="none").sum(1),
    "huber": lambda y, t, delta: f.huber_loss(y, t, reduction="none", delta=delta).sum(1),
    "binary_crossentropy": lambda y, t: f.binary_cross_entropy(y, t, reduction="none").sum(1),
    "categorical_crossentropy": lambda y, t: -(t * y.log()).sum(1),
    "hinge": lambda y, t: torch.relu(1 - torch.where(t > 0, 1.0, -1.0) * y).sum(1),
    "distillation": distillation,
}
REDUCTIONS: dict[str, Callable[[torch.Tensor, int], torch.Tensor]] = {
    "mean": lambda losses, _outputs: losses.mean(),
    "half-mean": lambda losses, _outputs: losses.mean() / 2,
    "sum": lambda losses, _outputs: losses.sum(),
    "half-sum": lambda losses, _outputs: losses.sum() / 2,
    "mean-over-elements": lambda losses, outputs: losses.mean() / outputs,
}
SCHEDULES: dict[str, Callable[..., float]] = {
    "constant": lambda _epoch: 1.0,
    "step": lambda epoch, size, factor: factor ** int(epoch / size),
    "exponential": lambda epoch, factor: factor**epoch,
    "inverse-time": lambda epoch, decay: 1 / (1 + decay * epoch),
    "cosine": lambda epoch, epochs, floor: floor + (1 - floor) * (1 + np.cos(np.pi * min(epoch, epochs) / epochs)) / 2,
    "cyclic": lambda epoch, low, period: np.interp(epoch % period, [0, period / 2, period], [low, 1, low]),
}


class Model:
    """A network in PyTorch; `tensors` has the weights and the bias of every layer, or None, `statistics` those of batch norms."""

    def __init__(self, spec: Spec) -> None:
        self.spec, network = spec, spec.network
        self.shapes = (network.input.shape, *network.shapes)
        self.tensors: list[tuple[torch.Tensor | None, torch.Tensor | None]] = []
        self.statistics: list[torch.Tensor | None] = []
        flat = torch.tensor(initialize(network, spec.training.seed))
        for layer, before in zip(network.layers, self.shapes, strict=False):
            parts: list[torch.Tensor | None] = []
            for size in sizes(layer, before):
                parts.append(flat[: math.prod(size)].reshape(size).clone())
                flat = flat[math.prod(size) :]
            weights, bias, statistics = (*parts, None, None, None)[:3]
            self.tensors.append(tuple(None if tensor is None else tensor.requires_grad_() for tensor in (weights, bias)))
            self.statistics.append(statistics)

    def flat(self) -> np.ndarray:
        """Return all numbers, in the order of nnviz."""
        rows = zip(self.tensors, self.statistics, strict=True)
        parts = [tensor.detach().ravel() for pair, statistics in rows for tensor in (*pair, statistics) if tensor is not None]
        return torch.cat(parts).numpy().copy()

    def forward(self, x: torch.Tensor, step: int | None) -> torch.Tensor:
        """Answer x, in training where the number of a step is given."""
        for index in range(len(self.spec.network.layers)):
            x = self._layer(index, x, step)
        return x

    def _layer(self, index: int, x: torch.Tensor, step: int | None) -> torch.Tensor:
        layer, (weights, bias), shape = self.spec.network.layers[index], self.tensors[index], self.shapes[index]
        if isinstance(layer, Flatten) or (isinstance(layer, Dropout) and step is None):
            return x
        if isinstance(layer, Dropout):
            return x * self._mask(layer, len(x), x.shape[1], step)
        if isinstance(layer, Dense):
            x = f.linear(x, weights, bias)
        else:
            x = x.reshape(len(x), *shape).movedim(-1, 1)
            x = self._image(index, x, step).movedim(1, -1).reshape(len(x), -1)
        if isinstance(layer, Weighted):
            x = ACTIVATIONS[layer.activation.kind](x, **dict(layer.activation.parameters))
            alive = torch.tensor([float(neuron not in layer.lesioned) for neuron in layer.neurons])
            x = x * alive.repeat(x.shape[1] // layer.units)
        return x

    def _image(self, index: int, x: torch.Tensor, step: int | None) -> torch.Tensor:
        """Return what a layer makes of (samples, channels, height, width), or of (samples, channels)."""
        layer, (weights, bias), statistics = self.spec.network.layers[index], self.tensors[index], self.statistics[index]
        if isinstance(layer, MaxPool2D):
            return f.max_pool2d(x, layer.size, layer.stride)
        if isinstance(layer, AvgPool2D):
            return f.avg_pool2d(x, layer.size, layer.stride)
        if isinstance(layer, BatchNorm):
            training, moved = step is not None and not layer.frozen, statistics.clone()
            made = f.batch_norm(x, moved[0], moved[1], weights, bias, training, layer.momentum, layer.epsilon)
            silent = torch.tensor(self.spec.network.silent(index) or [False] * statistics.shape[1])
            self.statistics[index] = torch.where(silent, statistics, moved.detach())
            return made
        if layer.padding == "same":
            x = f.pad(x, [margin for side in (1, 0) for margin in same_margins(x.shape[2 + side], layer.kernel[side], layer.stride[side])])
        return f.conv2d(x, weights, bias, layer.stride)

    def _mask(self, layer: Dropout, samples: int, units: int, step: int) -> torch.Tensor:
        mode = TrainingMode(self.spec.training.seed, step)
        return torch.tensor(DropoutLayer(layer, NOTHING, ()).forward(np.ones((samples, units)), mode)[0])

    def penalty(self) -> torch.Tensor:
        """Return Σ λ₂/2·w² + λ₁·|w| over the weights of dense layers and convolutions."""
        total, training = torch.zeros(()), self.spec.training
        for layer, (weights, _) in zip(self.spec.network.layers, self.tensors, strict=True):
            if isinstance(layer, Weighted):
                l1, l2 = training.l1 if layer.l1 is None else layer.l1, training.l2 if layer.l2 is None else layer.l2
                total = total + l2 / 2 * weights.square().sum() + l1 * weights.abs().sum()
        return total

    def loss(self, x: torch.Tensor, t: torch.Tensor, step: int | None) -> torch.Tensor:
        """Return the data loss."""
        training = self.spec.training
        losses = LOSSES[training.loss.kind](self.forward(x, step), t, **dict(training.loss.parameters))
        return REDUCTIONS[training.reduction](losses, self.spec.network.output.units)

    def fixed(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Return every trained tensor beside where it must not move: pruned edges, and all a lesioned neuron speaks or hears through."""
        found, silent = [], torch.zeros(0, dtype=torch.bool)
        for index, (layer, (weights, bias)) in enumerate(zip(self.spec.network.layers, self.tensors, strict=True)):
            if isinstance(layer, BatchNorm) and silent.any():
                found += [(weights, silent), (bias, silent)]
            if not isinstance(layer, Weighted):
                continue
            still = torch.zeros(weights.shape, dtype=torch.bool)
            if len(silent) and isinstance(layer, Dense):
                still[:, silent.repeat(weights.shape[1] // len(silent))] = True
            elif len(silent):
                still[:, silent] = True
            silent = torch.tensor([neuron in layer.lesioned for neuron in layer.neurons])
            still[silent] = True
            if isinstance(layer, Dense):
                sources = self.spec.network.sources(index)
                for source, neuron in layer.pruned:
                    still[layer.neurons.index(neuron), sources.index(source)] = True
            found.append((weights, still))
            if bias is not None:
                found.append((bias, silent))
        return found

    def groups(self, rate: float) -> list[dict[str, Any]]:
        """Return what is trained, with the rate of each layer."""
        found = []
        for layer, (weights, bias) in zip(self.spec.network.layers, self.tensors, strict=True):
            trained = [weights, bias if not isinstance(layer, Weighted) or layer.train_bias else None]
            if not layer.frozen and weights is not None:
                found.append({"params": [item for item in trained if item is not None], "lr": rate * layer.rate_multiplier})
        return found


def sizes(layer: Layer, before: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the shapes of a layer's numbers in PyTorch: weights, bias, running statistics."""
    if isinstance(layer, BatchNorm):
        return [(before[-1],), (before[-1],), (2, before[-1])]
    if not isinstance(layer, Weighted):
        return []
    weights = (layer.units, before[2], *layer.kernel) if isinstance(layer, Conv2D) else (layer.units, math.prod(before))
    return [weights, (layer.units,)] if layer.use_bias else [weights]


def same_margins(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and after a side, so that a kernel stands at every stride-th place of it; the larger half after."""
    places = (size + stride - 1) // stride
    total = max(0, (places - 1) * stride + kernel - size)
    return total // 2, total - total // 2


def optimizer_of(choice: Choice, groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
    """Return PyTorch's optimizer for ours."""
    given, optim = dict(choice.parameters), torch.optim
    options = {name: given[name] for name in ("momentum", "alpha", "rho", "weight_decay", "momentum_decay") if name in given}
    if "epsilon" in given:
        options["eps"] = given["epsilon"]
    if "beta1" in given:
        options["betas"] = given["beta1"], given["beta2"]
    kinds = {"adagrad": optim.Adagrad, "rmsprop": optim.RMSprop, "adadelta": optim.Adadelta, "adam": optim.Adam, "adamw": optim.AdamW}
    if choice.kind == "nesterov":
        options["nesterov"] = True
    return kinds.get(choice.kind, optim.NAdam if choice.kind == "nadam" else optim.SGD)(groups, **options)


def clip(training: TrainingSpec, tensors: list[torch.Tensor]) -> None:
    """Clip the gradients by value, then by length, or give them the length 1 (PyTorch's own adds 1e-6 to the length)."""
    gradients = [tensor.grad for tensor in tensors]
    if training.clip_value is not None:
        torch.nn.utils.clip_grad_value_(tensors, training.clip_value)
    length = torch.cat([gradient.ravel() for gradient in gradients]).norm()
    if training.normalize_gradients and length > 0:
        torch._foreach_div_(gradients, float(length))
    elif training.clip_norm is not None and length > training.clip_norm:
        torch._foreach_mul_(gradients, training.clip_norm / float(length))


class Rates:
    """The learning rate of every epoch, beside each layer's own factor."""

    def __init__(self, training: TrainingSpec) -> None:
        self._training, self.base = training, training.learning_rate
        options = dict(training.schedule.parameters)
        self._plateau = None
        if training.schedule.kind == "plateau":
            stand_in = torch.optim.SGD([torch.zeros(1)], lr=self.base)
            floor = options.pop("floor") * self.base
            self._plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(stand_in, min_lr=floor, eps=0, **options)

    def epoch(self, epoch: int) -> float:
        """Return the factor of an epoch, the first being 0."""
        training = self._training
        warm = min(1, (epoch + 1) / (training.warmup_epochs + 1))
        if self._plateau:
            return warm * self._plateau.get_last_lr()[0] / self.base
        return warm * SCHEDULES[training.schedule.kind](epoch, **dict(training.schedule.parameters))

    def end(self, loss: float) -> None:
        """Take in the loss after an epoch."""
        if self._plateau:
            self._plateau.step(loss)


class Learner:
    """Makes the steps of one run."""

    def __init__(self, model: Model) -> None:
        self._model, self._training = model, model.spec.training
        self.rates, groups = Rates(self._training), model.groups(self._training.learning_rate)
        self._optimizer = optimizer_of(self._training.optimizer, groups) if groups else None
        self._layer_rates, self._tensors = [group["lr"] for group in groups], [tensor for group in groups for tensor in group["params"]]

    def step(self, loss: torch.Tensor, epoch: int) -> None:
        """Learn from the loss of a batch; with everything frozen there is nothing to do."""
        if self._optimizer is None:
            return
        self._optimizer.zero_grad()
        (loss + self._model.penalty()).backward()
        fixed = [(tensor, still, tensor.detach()[still]) for tensor, still in self._model.fixed()]
        for tensor, still, _ in fixed:
            if tensor.grad is not None:
                tensor.grad[still] = 0
        clip(self._training, self._tensors)
        for group, rate in zip(self._optimizer.param_groups, self._layer_rates, strict=True):
            group["lr"] = rate * self.rates.epoch(epoch)
        self._optimizer.step()
        for tensor, still, before in fixed:
            tensor.data[still] = before


def train(made: Run) -> dict[str, np.ndarray]:
    """Train one network and return what is to be kept."""
    spec, model = made.spec, Model(made.spec)
    learner, batch = Learner(model), spec.training.batch_size
    x, t = tensors_of(made, made.samples.train)
    watched = tensors_of(made, made.samples.validation) if len(made.samples.validation) else (x, t)
    losses, epochs = [], [float(model.loss(x, t, None).detach())]
    for epoch in range(made.epochs):
        order = Batches(len(x), batch, spec.training.seed).order(epoch, 0)
        for rows in torch.tensor(np.arange(len(x)) if order is None else order).split(batch or len(x)):
            loss = model.loss(x[rows], t[rows], len(losses) + 1)
            losses.append(float(loss.detach()))
            learner.step(loss, epoch)
        epochs.append(float(model.loss(x, t, None).detach()))
        learner.rates.end(float(model.loss(*watched, None).detach()))
    return {"losses": np.array(losses), "epochs": np.array(epochs), "parameters": model.flat()}


def tensors_of(made: Run, part: Part) -> tuple[torch.Tensor, torch.Tensor]:
    """Return inputs and targets of a part."""
    return torch.tensor(part.x), torch.tensor(targets(made.spec, made.samples, part.y, part.rows))


def main() -> None:
    """Train every network and write the table."""
    torch.set_default_dtype(torch.float64)
    table = {f"{number}/{name}": found for number in range(RUNS) for name, found in train(run(number)).items()}
    np.savez_compressed(TABLE, **table)


if __name__ == "__main__":
    main()
