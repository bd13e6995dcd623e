"""Other libraries on the workloads of `nnviz bench`, each as its users write it: PyTorch in four ways, and scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.cli.bench_work import Contender, Workload, grid, targets_of


class _Torch:
    """A model, its optimizer and its data in PyTorch, on one thread."""

    def __init__(self, work: Workload, precision: str, fused: bool, channels_last: bool) -> None:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(0)
        self.torch, self.work, self.fused = torch, work, fused
        kind = torch.float32 if precision == "float32" else torch.float64
        self.model = torch.nn.Sequential(*self._parts()).to(kind)
        self.loss = torch.nn.CrossEntropyLoss() if work.classes else torch.nn.MSELoss()
        self.inputs, self.targets = self._data(0, kind)
        self.test, self.points = self._data(1, kind), torch.from_numpy(grid()).to(kind)
        if channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.inputs = self.inputs.contiguous(memory_format=torch.channels_last)
        self.first = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.reset()

    def _parts(self) -> list[Any]:
        nn, work = self.torch.nn, self.work
        parts: list[Any] = []
        hidden = nn.Tanh if work.activation == "tanh" else nn.ReLU
        for filters in work.filters:
            parts += [nn.LazyConv2d(filters, 3), hidden(), nn.MaxPool2d(2)]
        parts += [nn.Flatten()] if work.filters else []
        for index, units in enumerate(work.sizes[1:]):
            last = index == len(work.sizes) - 2
            parts += [nn.LazyLinear(units), *([] if last and work.classes else [nn.Tanh() if last else hidden()])]
        height, width, channels = work.image if work.filters else (0, 0, 0)
        sample = (1, channels, height, width) if work.filters else (1, work.sizes[0])
        nn.Sequential(*parts)(self.torch.zeros(sample))  # now the lazy layers know their sources
        return parts

    def _data(self, seed: int, kind: Any) -> tuple[Any, Any]:
        x, y = self.work.data(seed)
        if self.work.filters:
            height, width, channels = self.work.image
            x = x.reshape(-1, channels, height, width)
        targets = self.torch.from_numpy(y)
        return self.torch.from_numpy(x).to(kind), targets if self.work.classes else targets.to(kind)

    def reset(self) -> None:
        """Begin anew with the first weights."""
        self.model.load_state_dict(self.first)
        make = self.torch.optim.SGD if self.work.optimizer == "sgd" else self.torch.optim.Adam
        self.optimizer = make(self.model.parameters(), lr=self.work.rate, **({"fused": True} if self.fused else {}))
        self.position = 0

    def run(self, steps: int) -> None:
        """Make so many steps; batches are views of the data."""
        model, loss, optimizer, size, samples = self.model, self.loss, self.optimizer, self.work.batch, self.work.samples
        for _ in range(steps):
            batch = slice(self.position, self.position + size)
            optimizer.zero_grad()
            loss(model(self.inputs[batch]), self.targets[batch]).backward()
            optimizer.step()
            self.position = (self.position + size) % samples

    def frames(self, count: int) -> None:
        """Make so many frames: an epoch, the losses of both parts, and what every neuron answers on the grid."""
        for _ in range(count):
            self.run(self.work.steps_an_epoch)
            with self.torch.no_grad():
                for inputs, targets in ((self.inputs, self.targets), self.test):
                    self.loss(self.model(inputs), targets).item()
                answers = self.points
                for part in self.model:
                    answers = part(answers)


def torch_eager(work: Workload, precision: str) -> Contender:
    """Return PyTorch as it comes."""
    model = _Torch(work, precision, fused=False, channels_last=False)
    return Contender(model.frames if work.frame else model.run, model.reset)


def torch_fused(work: Workload, precision: str) -> Contender:
    """Return PyTorch with its fused optimizer."""
    model = _Torch(work, precision, fused=True, channels_last=False)
    return Contender(model.run, model.reset)


def torch_channels_last(work: Workload, precision: str) -> Contender:
    """Return PyTorch with its fused optimizer, and images as its CPU kernels like them best."""
    model = _Torch(work, precision, fused=True, channels_last=True)
    return Contender(model.run, model.reset)


def torch_compiled(work: Workload, precision: str) -> Contender:
    """Return a whole step of PyTorch, gradient and Adam, compiled as one graph; a dense network's only.

    The first run compiles for half a minute a workload; PyTorch keeps that in the folder for temporary files for later ones.
    """
    import torch

    model = _Torch(work, precision, fused=False, channels_last=False)
    function = torch.nn.functional
    first = [parameter.detach().clone() for parameter in model.model.parameters()]
    hidden = torch.tanh if work.activation == "tanh" else torch.relu

    def loss(parameters: list[Any], x: Any, t: Any) -> Any:
        for index in range(0, len(parameters), 2):
            x = function.linear(x, parameters[index], parameters[index + 1])
            if index < len(parameters) - 2:
                x = hidden(x)
        return function.cross_entropy(x, t) if work.classes else function.mse_loss(torch.tanh(x), t)

    def step(parameters: list[Any], means: list[Any], squares: list[Any], count: Any, x: Any, t: Any) -> tuple[Any, ...]:
        gradients, count = torch.func.grad(loss)(parameters, x, t), count + 1
        means = [0.9 * m + 0.1 * g for m, g in zip(means, gradients, strict=True)]
        squares = [0.999 * v + 0.001 * g * g for v, g in zip(squares, gradients, strict=True)]
        one, two = 1 - 0.9**count, 1 - 0.999**count
        terms = zip(parameters, means, squares, strict=True)
        return [p - work.rate * (m / one) / ((v / two).sqrt() + 1e-8) for p, m, v in terms], means, squares, count

    compiled: Any = torch.compile(step, fullgraph=True)
    state: tuple[Any, ...] = ()

    def reset() -> None:
        nonlocal state
        state = first, [torch.zeros_like(p) for p in first], [torch.zeros_like(p) for p in first], torch.zeros(())

    def run(steps: int) -> None:
        nonlocal state
        for index in range(steps):
            begin = index * work.batch % work.samples
            batch = slice(begin, begin + work.batch)
            state = compiled(*state, model.inputs[batch], model.targets[batch])

    reset()
    return Contender(run, reset)


def scikit_learn(work: Workload, precision: str) -> Contender:
    """Return scikit-learn's multi-layer perceptron by `fit`, which runs whole epochs."""
    import warnings

    from sklearn.neural_network import MLPClassifier, MLPRegressor

    warnings.filterwarnings("ignore")  # that it has not converged is what is asked of it
    x, y = work.data()
    inputs, targets = x.astype(precision), y if work.classes else targets_of(work, y).ravel()
    kind = MLPClassifier if work.classes else MLPRegressor
    momentum = {"momentum": 0.0} if work.optimizer == "sgd" else {}
    shape = {"hidden_layer_sizes": work.sizes[1:-1], "activation": work.activation, "batch_size": work.batch}
    fixed = {**shape, **momentum, "solver": work.optimizer, "learning_rate_init": work.rate, "tol": 0.0, "alpha": 0.0}

    def run(steps: int) -> None:
        epochs = steps // work.steps_an_epoch
        with np.errstate(all="ignore"):
            kind(max_iter=epochs, n_iter_no_change=epochs + 1, **fixed).fit(inputs, targets)

    return Contender(run, unit=work.steps_an_epoch)
