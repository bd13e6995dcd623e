"""A trace as somebody reads it: which sample, how many digits, which decimal mark, which language; and where each number comes from."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.losses import FUSED, LOSSES, REDUCTIONS, Fused, Loss
from nnviz.engine.network_spec import BatchNorm, Layer, NetworkSpec, Weighted
from nnviz.engine.problem import Message
from nnviz.engine.samples import Array
from nnviz.engine.table import Choice
from nnviz.engine.trace import LayerTrace, Trace
from nnviz.explain.film import Moment, plan
from nnviz.explain.numbers import format_number
from nnviz.explain.tokens import Edge, Factor, Node
from nnviz.explain.words import entry_name, say

INPUT = "input"


@dataclass(frozen=True, slots=True)
class Reading:
    """A trace with the reader's choices; `sample` is a position in the batch, layers are told by position."""

    trace: Trace
    sample: int = 0
    digits: int = 4
    language: str = "en"
    comma: bool = False

    def shown(self, value: float) -> str:
        """Return a number for a sentence; lines of calculations have a point until they are put on a card."""
        return format_number(value, self.digits, self.comma)

    def say(self, message: Message) -> str:
        """Return the message in the reader's language."""
        return say(message, self.language)

    def name(self, choice: Choice) -> str:
        """Return what the reader calls an activation, a loss or an optimizer."""
        return entry_name(choice.kind, self.language)

    def plan(self) -> tuple[Moment, ...]:
        """Return the moments of the pass."""
        return plan(self.trace)

    @property
    def batch(self) -> int:
        """How many samples there are."""
        return len(self.trace.inputs)

    @property
    def last(self) -> int:
        """The position of the output layer."""
        return len(self.trace.layers) - 1

    @property
    def network(self) -> NetworkSpec:
        """What the pass went through."""
        return self.trace.spec.network

    @property
    def loss(self) -> Loss:
        """The table entry of the loss."""
        return LOSSES[self.trace.spec.training.loss.kind]

    @property
    def fused(self) -> Fused | None:
        """What loss and output activation make together, where they belong together."""
        return FUSED.get((self.loss.name, self.layer(self.last).activation.kind))

    @property
    def labels(self) -> Array:
        """The targets of the outputs themselves, shape (samples, outputs); a teacher's shares stand before them."""
        return self.trace.targets[:, -self.trace.outputs.shape[1] :]

    @property
    def loss_letter(self) -> str:
        """ℓ, the loss of one sample of a batch, or L where there is only one sample."""
        return "ℓ" if self.batch > 1 else "L"

    @property
    def sample_scale(self) -> float:
        """The factor of every sample's loss."""
        return REDUCTIONS[self.trace.spec.training.reduction].sample_scale(self.trace.outputs.shape[1])

    def layer(self, index: int) -> LayerTrace:
        """Return a layer by position."""
        return self.trace.layers[index]

    def spec(self, index: int) -> Layer:
        """Return what the person made of a layer."""
        return self.network.layers[index]

    def uses_bias(self, index: int) -> bool:
        """Tell whether a layer adds something learned: a bias, or the β of a batch norm."""
        layer = self.spec(index)
        return isinstance(layer, BatchNorm) or (isinstance(layer, Weighted) and layer.use_bias)

    def row(self, index: int, unit: int) -> int:
        """Return which row of the layer's weights a number uses: its neuron's, its filter's, or its channel's."""
        return unit % len(self.layer(index).bias)

    def index(self, layer_id: str) -> int:
        """Return the position of a layer. Raises KeyError."""
        return self.trace.spec.network.index(layer_id)

    def activation(self, index: int) -> Activation:
        """Return the table entry of a layer's activation."""
        return ACTIVATIONS[self.layer(index).activation.kind]

    def source_letter(self, index: int) -> str:
        """Return how formulas call what layer `index` reads."""
        return "a" if index else "x"

    def answer_letter(self, index: int) -> str:
        """Return how formulas call what layer `index` answers: ŷ is the prediction."""
        return "ŷ" if index == self.last else "a"

    def unit(self, index: int, unit: int) -> Node:
        """Return the place of a neuron."""
        return (self.layer(index).id, unit)

    def edge(self, index: int, unit: int, source: int) -> Edge:
        """Return the place of a weight."""
        return (self.layer(index).id, unit, source)

    def weight(self, index: int, row: int, column: int) -> Factor:
        """Return a weight before the update."""
        return Factor(float(self.layer(index).weights[row, column]), "value", None, self.edge(index, row, column))

    def source(self, index: int, source: int, sample: int | None = None) -> Factor:
        """Return what a neuron of layer `index` reads from a source."""
        row, before = self.sample if sample is None else sample, self.layer(index - 1).id if index else INPUT
        return Factor(float(self.layer(index).inputs[row, source]), "value", (before, source))

    def number(self, values: Array, index: int, unit: int, kind: str = "value") -> Factor:
        """Return an entry of an array (samples, units) of layer `index`, for the reader's sample."""
        return Factor(float(values[self.sample, unit]), kind, self.unit(index, unit))
