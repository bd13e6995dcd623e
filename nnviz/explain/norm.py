"""Batch normalization of one number, line by line: mean and spread of its channel, x̂, what is learned, and the way back.

A batch norm sees each pixel of each sample as one number of its channel; of a row of numbers, each is a channel.
"""

from __future__ import annotations

import numpy as np

from nnviz.engine.layers import Statistics
from nnviz.engine.network_spec import BatchNorm
from nnviz.engine.samples import Array
from nnviz.explain.numbers import format_number, short_number
from nnviz.explain.reading import Reading
from nnviz.explain.tokens import MOST_TERMS, Factor, Line, Term, added, figure, plain, product_sign, result, sign, sum_text, term_line


def memory(reading: Reading, index: int) -> Statistics:
    """Return what the layer kept for the way back."""
    found = reading.layer(index).memory
    assert isinstance(found, Statistics)
    return found


def mean_of(reading: Reading, index: int) -> Array:
    """Return μ of every channel: of the batch, or where the layer is frozen the running one."""
    own = memory(reading, index).mean
    return reading.layer(index).statistics[0] if own is None else own


def spread_of(reading: Reading, index: int) -> Array:
    """Return σ of every channel, ε included."""
    with np.errstate(all="ignore"):
        return np.asarray(1 / memory(reading, index).inverse)


def variance_of(reading: Reading, index: int) -> Array:
    """Return σ² of every channel, without ε."""
    own = memory(reading, index).variance
    return reading.layer(index).statistics[1] if own is None else own


def normalized(reading: Reading, index: int, sample: int | None = None) -> Array:
    """Return x̂ of a sample as the layer's row of numbers."""
    row = reading.sample if sample is None else sample
    return np.asarray(memory(reading, index).normalized.reshape(reading.batch, -1)[row])


def statistics_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return μ as the mean of all numbers of a channel, and σ as the root of their variance."""
    at, digits = reading.row(index, unit), reading.digits
    epsilon, mean = _spec(reading, index).epsilon, float(mean_of(reading, index)[at])
    spread, variance = float(spread_of(reading, index)[at]), float(variance_of(reading, index)[at])
    values = reading.layer(index).inputs.reshape(-1, reading.layer(index).weights.shape[0])[:, at]
    inside = f"{format_number(variance, digits)} + {short_number(epsilon)}"
    lines: list[Line] = [(plain("μ = 1/n · Σ x, σ = √(1/n · Σ (x − μ)² + ε)"),)]
    if memory(reading, index).mean is None:
        lines.append((plain("μ = "), figure(mean, digits)))
    else:
        largest = np.sort(np.argsort(-np.abs(np.nan_to_num(values)), kind="stable")[: MOST_TERMS + 1 - (len(values) > MOST_TERMS + 1)])
        terms = [Term(float(values[place]), (Factor(float(values[place])),)) for place in largest]
        expression = sum_text(terms, digits, reading.language, more=len(values) - len(largest))
        lines.append((plain(f"μ = 1/{len(values)} · ({expression}) = "), figure(mean, digits)))
    lines.append((plain(f"σ = √({inside}) = "), figure(spread, digits)))
    return tuple(lines)


def statistics_text(reading: Reading, index: int, unit: int) -> tuple[str, str]:
    """Return μ and σ of a channel on one line, and σ."""
    at, digits = reading.row(index, unit), reading.digits
    mean, variance = (format_number(float(values(reading, index)[at]), digits) for values in (mean_of, variance_of))
    epsilon = short_number(_spec(reading, index).epsilon)
    return f"μ = {mean}, σ = √({variance} + {epsilon})", format_number(float(spread_of(reading, index)[at]), digits)


def normalized_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return x̂ = (x − μ)/σ."""
    at, digits = reading.row(index, unit), reading.digits
    read, mean, spread = reading.source(index, unit), Factor(float(mean_of(reading, index)[at])), float(spread_of(reading, index)[at])
    shown = result("x̂", float(normalized(reading, index)[unit]), digits)[1]
    with np.errstate(all="ignore"):
        value = float(np.divide(read.as_shown(digits) - mean.as_shown(digits), Factor(spread).as_shown(digits)))
    return (
        (plain("x̂ = (x − μ) / σ"),),
        (
            plain("x̂ = ("),
            read.token(digits),
            *added(Factor(-mean.value), digits),
            plain(") / "),
            figure(spread, digits),
            plain(f" {sign(value, shown, digits)} "),
            shown,
        ),
    )


def scaled_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return a = γ·x̂ + β."""
    layer, at, digits = reading.layer(index), reading.row(index, unit), reading.digits
    scale, shift = reading.weight(index, at, 0), Factor(float(layer.bias[at]))
    own = Factor(float(normalized(reading, index)[unit]), "value", reading.unit(index, unit))
    shown = result("a", float(layer.a[reading.sample, unit]), digits)[1]
    value = scale.as_shown(digits) * own.as_shown(digits) + shift.as_shown(digits)
    factors = (scale.token(digits), plain(" × "), own.token(digits), *added(shift, digits))
    return ((plain("a = γ·x̂ + β"),), (plain("a = "), *factors, plain(f" {sign(value, shown, digits)} "), shown))


def back_lines(reading: Reading, index: int, source: int) -> tuple[Line, ...]:
    """Return ∂L/∂x = γ/σ·(δ − mean δ − x̂·mean(δ·x̂)); the two means are the ways through μ and σ, absent where these are fixed."""
    layer, at, digits, name = reading.layer(index), reading.row(index, source), reading.digits, f"∂{reading.loss_letter}/∂a"
    found, delta = memory(reading, index), reading.number(layer.delta, index, source, "gradient")
    rows = layer.delta.reshape(found.normalized.shape)[:, at]
    own = Factor(float(normalized(reading, index)[source]), "value", reading.unit(index, source))
    total = float(reading.layer(index - 1).upstream[reading.sample, source])
    with np.errstate(all="ignore"):
        ratio = Factor(float(layer.weights[at, 0] * found.inverse[at]), "value", None, reading.edge(index, at, 0))
        means = float(rows.mean()), float((rows * found.normalized[:, at]).mean())
    if found.mean is None:
        return ((plain(f"{name} = γ/σ · δ"),), term_line(Term(total, (ratio, delta), f"{name} = "), digits, "gradient", indent=""))
    rest = Factor(delta.value - means[0] - own.value * means[1], "gradient")
    shown = figure(total, digits, "gradient")
    parts = (ratio.token(digits), rest.token(digits))
    return (
        (plain(f"{name} = γ/σ · (δ − mean(δ) − x̂·mean(δ·x̂))"),),
        (plain("δ = "), delta.token(digits)),
        (plain("mean(δ) = "), figure(means[0], digits, "gradient")),
        (plain("x̂·mean(δ·x̂) = "), own.token(digits), plain(" × "), figure(means[1], digits, "gradient")),
        (plain(f"{name} = "), parts[0], plain(" × "), parts[1], plain(f" {product_sign(parts, shown, digits)} "), shown),
    )


def running_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return how the running mean and variance of a channel move towards those of the batch; the variance over n − 1."""
    found, at, digits = memory(reading, index), reading.row(index, unit), reading.digits
    layer, share, count = reading.layer(index), _spec(reading, index).momentum, len(found.normalized)
    news = mean_of(reading, index)[at], variance_of(reading, index)[at] * (count / max(1, count - 1))
    keep, take = short_number(1 - share), short_number(share)
    lines: list[Line] = [(plain(f"μ ← {keep}·μ + {take}·μ(batch), σ² ← {keep}·σ² + {take}·σ²(batch)"),)]
    for name, place in (("σ²", 1), ("μ", 0)):
        old, new = Factor(float(layer.statistics[place, at])), Factor(float(news[place]))
        shown = result(name, float(layer.new_statistics[place, at]), digits)[1]
        value = (1 - share) * old.as_shown(digits) + share * new.as_shown(digits)
        moved = (plain(f"{name} = {keep} × "), old.token(digits), plain(f" + {take} × "), new.token(digits))
        lines.append((*moved, plain(f" {sign(value, shown, digits)} "), shown))
    return tuple(lines)


def _spec(reading: Reading, index: int) -> BatchNorm:
    layer = reading.spec(index)
    assert isinstance(layer, BatchNorm)
    return layer
