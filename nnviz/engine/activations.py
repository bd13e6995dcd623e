"""The table of activation functions: a = f(z), its derivative, and the words and formulas that teach it.

A new activation is one entry of `ACTIVATIONS`; the functions themselves are in `activation_functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine import activation_functions as f
from nnviz.engine.table import Parameter

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function.

    Attributes:
        value: (z, **parameters) -> a, same shape.
        derivative: (z, a, **parameters) -> f'(z), same shape; None where units are coupled (softmax).
        range: the outputs that stand for "no" and "yes" when one output tells two classes apart.
        formula, derivative_formula: LaTeX.
        product: (z, a, g, **parameters) -> g times the derivative, shape (samples, units), where that is more (softmax) or can be
            had for less than f'(z)·g; else None.
        probabilities: whether outputs always lie in [0, 1], as a cross-entropy needs them.
        kinks: the z at which the derivative jumps, if not for every value of the parameters.
    """

    name: str
    value: Callable[..., Array]
    derivative: Callable[..., Array] | None
    range: tuple[float, float]
    formula: str
    derivative_formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    product: Callable[..., Array] | None = None
    probabilities: bool = False
    kinks: tuple[float, ...] = ()

    @property
    def backward(self) -> Callable[..., Array]:
        """The chain rule through the function: (z, a, ∂ℓ/∂a, **parameters) -> δ = ∂ℓ/∂z, all shapes (samples, units)."""
        return self._slope_times_upstream if self.product is None else self.product

    def _slope_times_upstream(self, z: Array, a: Array, upstream: Array, **parameters: float) -> Array:
        assert self.derivative is not None
        delta: Array = self.derivative(z, a, **parameters) * upstream
        return delta


_ENTRIES = (
    Activation(
        "linear",
        f.linear,
        f.linear_derivative,
        (-1.0, 1.0),
        r"f(z) = z",
        r"f'(z) = 1",
        "Passes the sum on unchanged; layers of it alone stay one linear map.",
        "Widrow & Hoff 1960, Adaptive switching circuits",
        product=f.linear_product,
    ),
    Activation(
        "sigmoid",
        f.sigmoid,
        f.sigmoid_derivative,
        (0.0, 1.0),
        r"f(z) = \frac{1}{1 + e^{-z}}",
        r"f'(z) = a\,(1 - a)",
        "Squeezes any number smoothly into 0 to 1, so that it can be read as a probability.",
        "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
        probabilities=True,
    ),
    Activation(
        "hard_sigmoid",
        f.hard_sigmoid,
        f.hard_sigmoid_derivative,
        (0.0, 1.0),
        r"f(z) = \begin{cases} 0 & z \le -3 \\ \frac{z + 3}{6} & -3 < z < 3 \\ 1 & z \ge 3 \end{cases}",
        r"f'(z) = \begin{cases} \frac{1}{6} & -3 < z < 3 \\ 0 & \text{otherwise} \end{cases}",
        "The sigmoid drawn with a ruler: quicker to compute, but quite flat beyond −3 and 3.",
        "Howard et al. 2019, Searching for MobileNetV3",
        probabilities=True,
        kinks=(-3.0, 3.0),
    ),
    Activation(
        "tanh",
        np.tanh,
        f.tanh_derivative,
        (-1.0, 1.0),
        r"f(z) = \tanh z",
        r"f'(z) = 1 - a^2",
        "Squeezes any number smoothly into −1 to 1, with 0 staying 0.",
        "LeCun, Bottou, Orr & Müller 1998, Efficient BackProp",
        product=f.tanh_product,
    ),
    Activation(
        "relu",
        f.relu,
        f.relu_derivative,
        (0.0, 1.0),
        r"f(z) = \max(0, z)",
        r"f'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}",
        "Keeps what is positive and cuts everything else to 0.",
        "Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
        kinks=(0.0,),
    ),
    Activation(
        "leaky_relu",
        f.leaky_relu,
        f.leaky_relu_derivative,
        (-1.0, 1.0),
        r"f(z) = \begin{cases} z & z > 0 \\ s\,z & z \le 0 \end{cases}",
        r"f'(z) = \begin{cases} 1 & z > 0 \\ s & z \le 0 \end{cases}",
        "Like ReLU, but lets a little of the negative through, so that no unit dies.",
        "Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models",
        parameters=(Parameter("slope", 0.01, 0.0, 1.0),),
        kinks=(0.0,),
    ),
    Activation(
        "elu",
        f.elu,
        f.elu_derivative,
        (-1.0, 1.0),
        r"f(z) = \begin{cases} z & z > 0 \\ \alpha\,(e^z - 1) & z \le 0 \end{cases}",
        r"f'(z) = \begin{cases} 1 & z > 0 \\ \alpha\,e^z & z \le 0 \end{cases}",
        "Like ReLU, but bends smoothly down to −α, so that outputs can balance around 0.",
        "Clevert, Unterthiner & Hochreiter 2016, Fast and accurate deep network learning by exponential linear units",
        parameters=(Parameter("alpha", 1.0, 0.0),),
        kinks=(0.0,),
    ),
    Activation(
        "selu",
        f.selu,
        f.selu_derivative,
        (-1.0, 1.0),
        r"f(z) = \begin{cases} \lambda\,z & z > 0 \\ \lambda\,\alpha\,(e^z - 1) & z \le 0 \end{cases}"
        r" \qquad \lambda \approx 1.0507 \qquad \alpha \approx 1.6733",
        r"f'(z) = \begin{cases} \lambda & z > 0 \\ \lambda\,\alpha\,e^z & z \le 0 \end{cases}"
        r" \qquad \lambda \approx 1.0507 \qquad \alpha \approx 1.6733",
        "An ELU scaled so that signals keep mean 0 and variance 1 from layer to layer by themselves; begin with lecun_normal.",
        "Klambauer, Unterthiner, Mayr & Hochreiter 2017, Self-normalizing neural networks",
        kinks=(0.0,),
    ),
    Activation(
        "gelu",
        f.gelu,
        f.gelu_derivative,
        (0.0, 1.0),
        r"f(z) = \frac{z}{2} \left(1 + \operatorname{erf}\left(\frac{z}{\sqrt{2}}\right)\right)",
        r"f'(z) = \frac{1}{2} \left(1 + \operatorname{erf}\left(\frac{z}{\sqrt{2}}\right)\right) + \frac{z}{\sqrt{2 \pi}} e^{-z^2 / 2}",
        "Multiplies z by how likely a bell-shaped random number lies below it: a ReLU without the corner.",
        "Hendrycks & Gimpel 2016, Gaussian error linear units",
    ),
    Activation(
        "silu",
        f.silu,
        f.silu_derivative,
        (0.0, 1.0),
        r"f(z) = \frac{z}{1 + e^{-z}}",
        r"f'(z) = \frac{1 + a\,e^{-z}}{1 + e^{-z}}",
        "Multiplies z by its own sigmoid: a ReLU without the corner that dips a little below 0.",
        "Elfwing, Uchibe & Doya 2018, Sigmoid-weighted linear units for neural network function approximation",
    ),
    Activation(
        "mish",
        f.mish,
        f.mish_derivative,
        (0.0, 1.0),
        r"f(z) = z\,\tanh(\ln(1 + e^z))",
        r"f'(z) = \tanh(\ln(1 + e^z)) + \frac{z\,(1 - \tanh^2(\ln(1 + e^z)))}{1 + e^{-z}}",
        "Much like silu, only a little steeper: z times the tanh of its softplus.",
        "Misra 2020, Mish: a self regularized non-monotonic activation function",
    ),
    Activation(
        "softplus",
        f.softplus,
        f.softplus_derivative,
        (0.0, 1.0),
        r"f(z) = \ln(1 + e^z)",
        r"f'(z) = \frac{1}{1 + e^{-z}}",
        "A ReLU with its corner rounded off: always above 0, and its slope is the sigmoid.",
        "Dugas, Bengio, Bélisle, Nadeau & Garcia 2001, Incorporating second-order functional knowledge for better option pricing",
    ),
    Activation(
        "sine",
        np.sin,
        f.sine_derivative,
        (-1.0, 1.0),
        r"f(z) = \sin z",
        r"f'(z) = \cos z",
        "Swings between −1 and 1 for ever, which suits waves and fine detail.",
        "Sitzmann, Martel, Bergman, Lindell & Wetzstein 2020, Implicit neural representations with periodic activation functions",
    ),
    Activation(
        "softmax",
        f.softmax,
        None,
        (0.0, 1.0),
        r"f(z)_k = \frac{e^{z_k / T}}{\sum_j e^{z_j / T}}",
        r"\frac{\partial a_k}{\partial z_j} = \frac{1}{T} a_k\,(1_{k=j} - a_j)",
        "Turns the layer's numbers into shares that add up to 1; the higher the temperature, the more even.",
        "Bridle 1990, Probabilistic interpretation of feedforward classification network outputs",
        parameters=(Parameter("temperature", 1.0, 0.0, open_low=True),),
        product=f.softmax_product,
        probabilities=True,
    ),
    Activation(
        "naive_softmax",
        f.naive_softmax,
        None,
        (0.0, 1.0),
        r"f(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
        r"\frac{\partial a_k}{\partial z_j} = a_k\,(1_{k=j} - a_j)",
        "Softmax computed just as its formula reads: beyond z = 709 it overflows, a mistake worth seeing once.",
        "Goodfellow, Bengio & Courville 2016, Deep learning, section 4.1",
        product=f.naive_softmax_product,
        probabilities=True,
    ),
)
ACTIVATIONS: dict[str, Activation] = {entry.name: entry for entry in _ENTRIES}
