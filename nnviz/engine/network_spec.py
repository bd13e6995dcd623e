"""The network a person made: its input and its layers, as frozen values.

Layers and neurons carry ids that never change and are never reused: edits, selection, animation and the transfer of
weights follow ids, not positions. Between layers a sample is one row of numbers; a layer that sees an image reads the
row as (height, width, channels), so that channels stand together and flattening moves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field
from itertools import product
from typing import ClassVar

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.table import Choice, choose

Shape = tuple[int, ...]
PADDINGS = ("valid", "same")
ROLES = ("", "code")


@dataclass(frozen=True, slots=True)
class InputSpec:
    """The input: its shape, (numbers,) or (height, width, channels), and one name a number; the names are the ids."""

    shape: Shape
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """What every layer has; a frozen one does not learn, the others learn at the rate times `rate_multiplier`."""

    kind: ClassVar[str]
    id: str
    name: str
    frozen: bool = field(default=False, kw_only=True)
    rate_multiplier: float = field(default=1.0, kw_only=True)


@dataclass(frozen=True, slots=True)
class Weighted(Layer):
    """A layer with weights of its own: `neurons` are the ids of its rows; a lesioned one answers 0 whatever it hears."""

    neurons: tuple[str, ...]
    _: KW_ONLY
    activation: Choice
    initializer: Choice
    use_bias: bool = True
    train_bias: bool = True
    l1: float | None = None
    l2: float | None = None
    lesioned: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        """How many neurons or filters the layer has."""
        return len(self.neurons)


@dataclass(frozen=True, slots=True)
class Dense(Weighted):
    """A fully connected layer: z = W·a + b, a = f(z); W has shape (units, numbers of the layer before).

    A pruned edge (source id, neuron id) has the weight 0 and keeps it.
    The layer with the role "code" is where an autoencoder is narrowest.
    """

    kind: ClassVar[str] = "dense"
    activation: Choice = field(default_factory=lambda: choose(ACTIVATIONS, "tanh"))
    initializer: Choice = field(default_factory=lambda: choose(INITIALIZERS, "xavier_uniform"))
    pruned: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    role: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Conv2D(Weighted):
    """Filters that slide over an image: one map of answers a filter; `neurons` are the ids of the filters."""

    kind: ClassVar[str] = "conv2d"
    kernel: tuple[int, int] = (3, 3)
    stride: tuple[int, int] = (1, 1)
    padding: str = "valid"
    activation: Choice = field(default_factory=lambda: choose(ACTIVATIONS, "relu"), kw_only=True)
    initializer: Choice = field(default_factory=lambda: choose(INITIALIZERS, "he_uniform"), kw_only=True)


@dataclass(frozen=True, slots=True)
class Pooling(Layer):
    """Makes one number of every window of every map; rows and columns that fill no window are dropped."""

    size: tuple[int, int] = (2, 2)
    stride: tuple[int, int] = (2, 2)


@dataclass(frozen=True, slots=True)
class MaxPool2D(Pooling):
    """Keeps of every window the largest number."""

    kind: ClassVar[str] = "maxpool2d"


@dataclass(frozen=True, slots=True)
class AvgPool2D(Pooling):
    """Keeps of every window the mean."""

    kind: ClassVar[str] = "avgpool2d"


@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """Reads an image as one row of numbers, for the dense layers behind it."""

    kind: ClassVar[str] = "flatten"


@dataclass(frozen=True, slots=True)
class Dropout(Layer):
    """While training, silences each number with the probability `rate` and makes the others 1/(1 − rate) times as large."""

    kind: ClassVar[str] = "dropout"
    rate: float = 0.5


@dataclass(frozen=True, slots=True)
class BatchNorm(Layer):
    """Gives every unit (every channel of an image) mean and spread of its own, whatever the batch; `momentum` as in PyTorch."""

    kind: ClassVar[str] = "batchnorm"
    momentum: float = 0.1
    epsilon: float = 1e-5


LAYERS: dict[str, type[Layer]] = {kind.kind: kind for kind in (Dense, Conv2D, MaxPool2D, AvgPool2D, Flatten, Dropout, BatchNorm)}
SCALE = "scale"  # the id of the one column of a batch norm's weights, γ


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """Input and layers, first to last; `next_id` is the counter new ids come from."""

    input: InputSpec
    layers: tuple[Layer, ...]
    next_id: int = 1

    def index(self, layer_id: str) -> int:
        """Return the position of a layer in `layers`. Raises KeyError."""
        for index, layer in enumerate(self.layers):
            if layer.id == layer_id:
                return index
        raise KeyError(layer_id)

    def layer(self, layer_id: str) -> Layer:
        """Return the layer with this id. Raises KeyError."""
        return self.layers[self.index(layer_id)]

    def weighted(self, layer_id: str) -> Weighted:
        """Return the layer with this id, which has neurons or filters of its own. Raises KeyError: it has none, or is not there."""
        layer = self.layer(layer_id)
        if not isinstance(layer, Weighted):
            raise KeyError(layer_id)
        return layer

    @property
    def output(self) -> Dense:
        """The last layer, which is always a dense one (`problems` sees to it)."""
        last = self.layers[-1]
        assert isinstance(last, Dense)
        return last

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of what each layer puts out: (numbers,) or (height, width, channels); 0 where shapes cannot meet."""
        found, shape = [], self.input.shape
        for layer in self.layers:
            shape = output_shape(layer, shape)
            found.append(shape)
        return tuple(found)

    def read_shape(self, index: int) -> Shape:
        """Return the shape of what layer `index` reads."""
        return self.shapes[index - 1] if index else self.input.shape

    def weight_shapes(self) -> Iterator[tuple[int, int]]:
        """Yield the rows and columns of each layer's weights; (0, 0) where it has none."""
        shape = self.input.shape
        for layer in self.layers:
            yield weight_shape(layer, shape)
            shape = output_shape(layer, shape)

    def rows(self, index: int) -> tuple[str, ...]:
        """Return the ids of the rows of a layer's weights: its neurons or filters; for batch norm what it normalizes."""
        layer = self.layers[index]
        if isinstance(layer, Weighted):
            return layer.neurons
        return self.channels(index - 1) if isinstance(layer, BatchNorm) else ()

    def sources(self, index: int) -> tuple[str, ...]:
        """Return the ids of the columns of a layer's weights: what it reads; for a convolution the places in its kernel."""
        layer = self.layers[index]
        if isinstance(layer, Dense):
            return self.outputs(index - 1)
        if isinstance(layer, Conv2D):
            places = tuple(product(range(layer.kernel[0]), range(layer.kernel[1])))
            return tuple(f"{channel}@{row},{column}" for channel in self.channels(index - 1) for row, column in places)
        return (SCALE,) if isinstance(layer, BatchNorm) else ()

    def channels(self, index: int) -> tuple[str, ...]:
        """Return the ids of the channels a layer puts out (−1: the input); of a row of numbers, each is one."""
        shape = self.input.shape if index < 0 else self.shapes[index]
        if len(shape) != 3:
            return self.outputs(index)
        while index >= 0 and not isinstance(self.layers[index], Conv2D):
            index -= 1
        return self.rows(index) if index >= 0 else tuple(str(channel + 1) for channel in range(shape[2]))

    def silent(self, index: int) -> tuple[bool, ...]:
        """Tell of every channel that layer `index` reads whether it is lesioned; nothing where none is."""
        while index > 0:
            index -= 1
            layer = self.layers[index]
            if isinstance(layer, Weighted):
                return tuple(neuron in layer.lesioned for neuron in layer.neurons) if layer.lesioned else ()
        return ()

    def outputs(self, index: int) -> tuple[str, ...]:
        """Return the ids of the numbers a layer puts out (−1: the input), in the order of its row."""
        while index >= 0 and isinstance(self.layers[index], Flatten | Dropout | BatchNorm):
            index -= 1
        if index < 0:
            return self.input.names
        layer = self.layers[index]
        if isinstance(layer, Dense):
            return layer.neurons
        height, width, _ = self.shapes[index]
        names = self.channels(index)
        return tuple(f"{name}@{row},{column}" for row in range(height) for column in range(width) for name in names)

    @property
    def weights(self) -> int:
        """How many numbers training keeps: weights, biases, and the running statistics of batch norm."""
        return sum(layer_size(layer, shape) for layer, shape in zip(self.layers, self.weight_shapes(), strict=True))


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the shape a layer puts out for what it reads."""
    if isinstance(layer, Dense):
        return (layer.units,)
    if isinstance(layer, Flatten):
        return (math.prod(shape),)
    if isinstance(layer, Conv2D):
        height, width, _ = as_image(shape)
        rows, columns = positions(height, width, layer.kernel, layer.stride, layer.padding)
        return rows, columns, layer.units
    if isinstance(layer, Pooling):
        height, width, channels = as_image(shape)
        return *positions(height, width, layer.size, layer.stride, "valid"), channels
    return shape


def weight_shape(layer: Layer, shape: Shape) -> tuple[int, int]:
    """Return rows and columns of a layer's weights, from the shape it reads."""
    if isinstance(layer, Dense):
        return layer.units, math.prod(shape)
    if isinstance(layer, Conv2D):
        return layer.units, as_image(shape)[2] * layer.kernel[0] * layer.kernel[1]
    return (shape[-1], 1) if isinstance(layer, BatchNorm) else (0, 0)


def layer_size(layer: Layer, shape: tuple[int, int]) -> int:
    """Return how many numbers of the flat vector belong to a layer, from the shape of its weights."""
    rows, columns = shape
    if isinstance(layer, BatchNorm):
        return 4 * rows  # γ, β, running mean and variance
    return rows * (columns + (isinstance(layer, Weighted) and layer.use_bias))


def as_image(shape: Shape) -> tuple[int, int, int]:
    """Return (height, width, channels); a row of numbers is an image of one point."""
    return (shape[0], shape[1], shape[2]) if len(shape) == 3 else (1, 1, math.prod(shape))


def positions(height: int, width: int, window: tuple[int, int], stride: tuple[int, int], padding: str) -> tuple[int, int]:
    """Return how many places a window has in an image, down and across (Dumoulin & Visin 2016)."""
    sides = zip((height, width), window, stride, strict=True)
    if padding == "same":
        down, across = (-(-size // max(1, step)) for size, _, step in sides)
    else:
        down, across = (max(0, (size - side) // max(1, step) + 1) for size, side, step in sides)
    return down, across


def default_names(shape: Shape) -> tuple[str, ...]:
    """Return the names of inputs nobody named: x1, x2, …; those of an image by row and column, "1,1", and channel if several."""
    if len(shape) != 3:
        return tuple(f"x{number + 1}" for number in range(math.prod(shape)))
    if shape[2] == 1:
        return tuple(f"{row + 1},{column + 1}" for row, column in product(range(shape[0]), range(shape[1])))
    return tuple(",".join(str(place + 1) for place in places) for places in product(*map(range, shape)))
