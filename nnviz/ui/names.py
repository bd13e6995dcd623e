"""What the entries of the tables and the input features are called on screen.

An entry without a name here is shown by its own, so that a new entry of a table appears by itself.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from nnviz.engine.spec import NetworkSpec, Weighted

CONTEXT = "names"
NAMES = {
    "mse": QT_TRANSLATE_NOOP("names", "mean squared error"),
    "mae": QT_TRANSLATE_NOOP("names", "mean absolute error"),
    "huber": QT_TRANSLATE_NOOP("names", "Huber"),
    "binary_crossentropy": QT_TRANSLATE_NOOP("names", "binary cross-entropy"),
    "categorical_crossentropy": QT_TRANSLATE_NOOP("names", "cross-entropy"),
    "hinge": QT_TRANSLATE_NOOP("names", "hinge"),
    "distillation": QT_TRANSLATE_NOOP("names", "distillation"),
    "mean": QT_TRANSLATE_NOOP("names", "mean"),
    "half-mean": QT_TRANSLATE_NOOP("names", "half the mean"),
    "sum": QT_TRANSLATE_NOOP("names", "sum"),
    "half-sum": QT_TRANSLATE_NOOP("names", "half the sum"),
    "mean-over-elements": QT_TRANSLATE_NOOP("names", "mean of all outputs"),
    "sgd": QT_TRANSLATE_NOOP("names", "gradient descent (SGD)"),
    "momentum": QT_TRANSLATE_NOOP("names", "momentum"),
    "nesterov": QT_TRANSLATE_NOOP("names", "Nesterov momentum"),
    "adagrad": QT_TRANSLATE_NOOP("names", "Adagrad"),
    "rmsprop": QT_TRANSLATE_NOOP("names", "RMSprop"),
    "adadelta": QT_TRANSLATE_NOOP("names", "Adadelta"),
    "adam": QT_TRANSLATE_NOOP("names", "Adam"),
    "adamw": QT_TRANSLATE_NOOP("names", "AdamW"),
    "nadam": QT_TRANSLATE_NOOP("names", "NAdam"),
    "linear": QT_TRANSLATE_NOOP("names", "linear"),
    "sigmoid": QT_TRANSLATE_NOOP("names", "sigmoid"),
    "hard_sigmoid": QT_TRANSLATE_NOOP("names", "hard sigmoid"),
    "tanh": QT_TRANSLATE_NOOP("names", "tanh"),
    "relu": QT_TRANSLATE_NOOP("names", "ReLU"),
    "leaky_relu": QT_TRANSLATE_NOOP("names", "leaky ReLU"),
    "elu": QT_TRANSLATE_NOOP("names", "ELU"),
    "selu": QT_TRANSLATE_NOOP("names", "SELU"),
    "gelu": QT_TRANSLATE_NOOP("names", "GELU"),
    "silu": QT_TRANSLATE_NOOP("names", "SiLU (Swish)"),
    "mish": QT_TRANSLATE_NOOP("names", "Mish"),
    "softplus": QT_TRANSLATE_NOOP("names", "softplus"),
    "sine": QT_TRANSLATE_NOOP("names", "sine"),
    "softmax": QT_TRANSLATE_NOOP("names", "softmax"),
    "naive_softmax": QT_TRANSLATE_NOOP("names", "naive softmax"),
    "zeros": QT_TRANSLATE_NOOP("names", "zeros"),
    "constant": QT_TRANSLATE_NOOP("names", "constant"),
    "uniform": QT_TRANSLATE_NOOP("names", "uniform"),
    "normal": QT_TRANSLATE_NOOP("names", "normal"),
    "xavier_uniform": QT_TRANSLATE_NOOP("names", "Xavier uniform"),
    "xavier_normal": QT_TRANSLATE_NOOP("names", "Xavier normal"),
    "he_uniform": QT_TRANSLATE_NOOP("names", "He uniform"),
    "he_normal": QT_TRANSLATE_NOOP("names", "He normal"),
    "lecun_normal": QT_TRANSLATE_NOOP("names", "LeCun normal"),
    "orthogonal": QT_TRANSLATE_NOOP("names", "orthogonal"),
    "step": QT_TRANSLATE_NOOP("names", "step"),
    "exponential": QT_TRANSLATE_NOOP("names", "exponential"),
    "inverse-time": QT_TRANSLATE_NOOP("names", "inverse time"),
    "cosine": QT_TRANSLATE_NOOP("names", "cosine"),
    "plateau": QT_TRANSLATE_NOOP("names", "on a plateau"),
    "cyclic": QT_TRANSLATE_NOOP("names", "cyclic"),
    "dense": QT_TRANSLATE_NOOP("names", "dense"),
    "conv2d": QT_TRANSLATE_NOOP("names", "convolution"),
    "maxpool2d": QT_TRANSLATE_NOOP("names", "max pooling"),
    "avgpool2d": QT_TRANSLATE_NOOP("names", "mean pooling"),
    "flatten": QT_TRANSLATE_NOOP("names", "flatten"),
    "dropout": QT_TRANSLATE_NOOP("names", "dropout"),
    "batchnorm": QT_TRANSLATE_NOOP("names", "batch normalization"),
    "valid": QT_TRANSLATE_NOOP("names", "none"),
    "same": QT_TRANSLATE_NOOP("names", "zeros around"),
    "classification": QT_TRANSLATE_NOOP("names", "classification"),
    "regression": QT_TRANSLATE_NOOP("names", "regression"),
    "autoencoder": QT_TRANSLATE_NOOP("names", "autoencoder"),
    "none": QT_TRANSLATE_NOOP("names", "none"),
    "standard": QT_TRANSLATE_NOOP("names", "mean 0, deviation 1"),
    "minmax": QT_TRANSLATE_NOOP("names", "from 0 to 1"),
    "drop": QT_TRANSLATE_NOOP("names", "leave out"),
    "median": QT_TRANSLATE_NOOP("names", "median"),
    "accuracy": QT_TRANSLATE_NOOP("names", "accuracy"),
    "r2": QT_TRANSLATE_NOOP("names", "R²"),
}
GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "rho": "ρ", "mu": "μ", "lambda": "λ"}
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def entry_name(key: str) -> str:
    """Return the name of a table's entry, e.g. "mean squared error" for "mse"."""
    return QCoreApplication.translate(CONTEXT, str(NAMES[key])) if key in NAMES else key.replace("_", " ")


def network_sizes(network: NetworkSpec) -> list[int]:
    """Return how many inputs a network has, and how many neurons or filters each layer that has some."""
    return [len(network.input.names), *(layer.units for layer in network.layers if isinstance(layer, Weighted))]


def parameter_name(name: str) -> str:
    """Return the name of an entry's parameter: beta1 is β₁, slope stays slope."""
    letters = name.rstrip("0123456789")
    if letters in GREEK:
        return GREEK[letters] + lowered(name.removeprefix(letters))
    return name.replace("_", " ")


def lowered(digits: str | int) -> str:
    """Return the digits as a subscript."""
    return str(digits).translate(LOWERED)


def feature_name(name: str) -> str:
    """Return an input feature as mathematics writes it: x1^2 is x₁², sin(x1) is sin x₁; other names as they are."""
    shown = re.sub(r"\^(\d+)", lambda found: found[1].translate(RAISED), name)
    shown = re.sub(r"\bx(\d+)", lambda found: "x" + lowered(found[1]), shown)
    return re.sub(r"\b(sin|cos)\((\S+?)\)", r"\1 \2", shown).replace("*", "")
