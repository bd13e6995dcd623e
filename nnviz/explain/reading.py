"""A trace as somebody reads it: which sample, how many digits, which decimal mark, which language; and where each number comes from."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.losses import LOSSES, REDUCTIONS, Loss
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
    def loss(self) -> Loss:
        """The table entry of the loss."""
        return LOSSES[self.trace.spec.training.loss.kind]

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

    def index(self, layer_id: str) -> int:
        """Return the position of a layer. Raises KeyError."""
        return self.trace.spec.network.index(layer_id)

    def activation(self, index: int) -> Activation:
        """Return the table entry of a layer's activation."""
        return ACTIVATIONS[self.layer(index).activation.kind]

    def source_id(self, index: int) -> str:
        """Return the id of what layer `index` reads."""
        return self.layer(index - 1).id if index else INPUT

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

    def weight(self, index: int, unit: int, source: int) -> Factor:
        """Return a weight before the update."""
        return Factor(float(self.layer(index).weights[unit, source]), "value", None, self.edge(index, unit, source))

    def source(self, index: int, source: int, sample: int | None = None) -> Factor:
        """Return what a neuron of layer `index` reads from a source."""
        row = self.sample if sample is None else sample
        return Factor(float(self.layer(index).inputs[row, source]), "value", (self.source_id(index), source))

    def number(self, values: Array, index: int, unit: int, kind: str = "value") -> Factor:
        """Return an entry of an array (samples, units) of layer `index`, for the reader's sample."""
        return Factor(float(values[self.sample, unit]), kind, self.unit(index, unit))
