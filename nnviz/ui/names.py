"""What the entries of the tables and the input features are called on screen.

An entry without a name here is shown by its own, so that a new entry of a table appears by itself.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

CONTEXT = "names"
NAMES = {
    "mse": QT_TRANSLATE_NOOP("names", "mean squared error"),
    "binary_crossentropy": QT_TRANSLATE_NOOP("names", "binary cross-entropy"),
    "categorical_crossentropy": QT_TRANSLATE_NOOP("names", "cross-entropy"),
    "mean": QT_TRANSLATE_NOOP("names", "mean"),
    "half-mean": QT_TRANSLATE_NOOP("names", "half the mean"),
    "sum": QT_TRANSLATE_NOOP("names", "sum"),
    "half-sum": QT_TRANSLATE_NOOP("names", "half the sum"),
    "mean-over-elements": QT_TRANSLATE_NOOP("names", "mean of all outputs"),
    "sgd": QT_TRANSLATE_NOOP("names", "gradient descent (SGD)"),
    "momentum": QT_TRANSLATE_NOOP("names", "momentum"),
    "adam": QT_TRANSLATE_NOOP("names", "Adam"),
    "linear": QT_TRANSLATE_NOOP("names", "linear"),
    "sigmoid": QT_TRANSLATE_NOOP("names", "sigmoid"),
    "relu": QT_TRANSLATE_NOOP("names", "ReLU"),
    "leaky_relu": QT_TRANSLATE_NOOP("names", "leaky ReLU"),
    "zeros": QT_TRANSLATE_NOOP("names", "zeros"),
    "uniform": QT_TRANSLATE_NOOP("names", "uniform"),
    "xavier_uniform": QT_TRANSLATE_NOOP("names", "Xavier uniform"),
    "xavier_normal": QT_TRANSLATE_NOOP("names", "Xavier normal"),
    "he_uniform": QT_TRANSLATE_NOOP("names", "He uniform"),
    "he_normal": QT_TRANSLATE_NOOP("names", "He normal"),
    "classification": QT_TRANSLATE_NOOP("names", "classification"),
    "regression": QT_TRANSLATE_NOOP("names", "regression"),
    "none": QT_TRANSLATE_NOOP("names", "none"),
    "standard": QT_TRANSLATE_NOOP("names", "mean 0, deviation 1"),
    "minmax": QT_TRANSLATE_NOOP("names", "from 0 to 1"),
    "accuracy": QT_TRANSLATE_NOOP("names", "accuracy"),
    "r2": QT_TRANSLATE_NOOP("names", "R²"),
}
GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "rho": "ρ", "mu": "μ", "lambda": "λ"}
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def entry_name(key: str) -> str:
    """Return the name of a table's entry, e.g. "mean squared error" for "mse"."""
    return QCoreApplication.translate(CONTEXT, str(NAMES[key])) if key in NAMES else key.replace("_", " ")


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
