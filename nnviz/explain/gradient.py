"""The gradient of the weights of one neuron, and of one weight as the product the chain rule makes of it."""

from __future__ import annotations

import numpy as np

from nnviz.engine.layers import LayerParameters
from nnviz.engine.network import Network
from nnviz.engine.network_spec import BatchNorm, Dense
from nnviz.engine.problem import message
from nnviz.engine.samples import Array
from nnviz.explain.naming import bias_letter, silent, weight_letter
from nnviz.explain.norm import normalized
from nnviz.explain.numbers import format_number
from nnviz.explain.reading import Reading
from nnviz.explain.tokens import Factor, Line, Term, figure, line_text, most_telling, plain, product_sign, sum_lines, sum_text, term_line
from nnviz.explain.wiring import meetings, wires


def weight_gradient_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return ∂L/∂w of every weight of a neuron, of a filter, or of a channel, and ∂L/∂b."""
    layer, row, name = reading.layer(index), reading.row(index, unit), f"∂{reading.loss_letter}/∂w"
    gradients = sample_gradients(reading, index)[row]
    if isinstance(reading.spec(index), Dense):
        terms = [term for column, _ in wires(reading.network, index, unit) for term in gradient_terms(reading, index, row, column)]
        heading = f"{name}ᵢ = δ · {reading.source_letter(index)}ᵢ"
    else:
        letters = [f"{weight_letter(reading, index, column)}: " for column in range(len(gradients))]
        factors = [Factor(float(value), "gradient", None, reading.edge(index, row, column)) for column, value in enumerate(gradients)]
        terms = [Term(factor.value, (factor,), letter) for factor, letter in zip(factors, letters, strict=True)]
        heading = _summed(reading, index)
    shown, others = most_telling(terms)
    lines = [term_line(term, reading.digits, "gradient") for term in shown]
    if others:
        lines.append((plain("  " + reading.say(message("card.more", count=len(others)))),))
    if reading.uses_bias(index):
        bias = float(layer.delta[reading.sample].reshape(-1, len(layer.bias))[:, row].sum())
        node = reading.unit(index, unit) if isinstance(reading.spec(index), Dense) else None
        head = f"∂{reading.loss_letter}/∂{bias_letter(reading, index)} = {'δ' if node else f'Σₚ {_slope(reading, index)}'} = "
        lines.append((plain(head), figure(bias, reading.digits, "gradient", node)))
    return ((plain(heading),), *lines)


def _summed(reading: Reading, index: int) -> str:
    """Return the gradient of a weight that is used at many places, in symbols."""
    if isinstance(reading.spec(index), BatchNorm):
        return f"∂{reading.loss_letter}/∂γ = Σₚ {_slope(reading, index)} · x̂ₚ"
    return f"∂{reading.loss_letter}/∂w = Σₚ {_slope(reading, index)} · {reading.source_letter(index)}ₚ"


def _slope(reading: Reading, index: int) -> str:
    return f"∂{reading.loss_letter}/∂aₚ" if isinstance(reading.spec(index), BatchNorm) else "δₚ"


def sample_gradients(reading: Reading, index: int, sample: int | None = None) -> Array:
    """Return the gradient of every weight of a layer from one sample alone, shape (rows, columns)."""
    layer, spec, at = reading.layer(index), reading.spec(index), reading.sample if sample is None else sample
    with np.errstate(all="ignore"):
        if isinstance(spec, BatchNorm):
            products = layer.delta[at] * normalized(reading, index, at)
            return np.asarray(products.reshape(-1, len(layer.bias)).sum(axis=0)[:, None])
        if isinstance(spec, Dense):
            return np.outer(layer.delta[at], layer.inputs[at])
        out = LayerParameters(np.empty_like(layer.weights), np.empty(len(layer.bias)), layer.statistics)
        convolution = Network(reading.network, reading.trace.parameters_before).layers[index]
        convolution.gradient(layer.inputs[at : at + 1], layer.delta[at : at + 1], None, np.ones(1), out)
        return out.weights


def gradient_terms(reading: Reading, index: int, row: int, column: int, sample: int | None = None) -> list[Term]:
    """Return what adds up to the gradient of one weight in a sample: δ·x at every place where it is used; one, if dense."""
    at, layer = reading.sample if sample is None else sample, reading.layer(index)
    if isinstance(reading.spec(index), BatchNorm):
        units = np.arange(row, layer.delta.shape[1], len(layer.bias))
        reads = [Factor(float(value), "value", reading.unit(index, int(unit))) for unit, value in _own(reading, index, units, at)]
    else:
        units, sources = meetings(reading.network, index, row, column)
        reads = [reading.source(index, int(source), at) for source in sources]
    prefix = f"{weight_letter(reading, index, column)}: " if len(reads) == 1 else ""
    slopes = [Factor(float(layer.delta[at, unit]), "gradient", reading.unit(index, int(unit))) for unit in units]
    return [Term(slope.value * read.value, (slope, read), prefix) for slope, read in zip(slopes, reads, strict=True)]


def _own(reading: Reading, index: int, units: Array, sample: int) -> zip[tuple[int, float]]:
    return zip(units.tolist(), normalized(reading, index, sample)[units].tolist(), strict=True)


def chain_lines(reading: Reading, index: int, row: int, column: int) -> tuple[Line, ...]:
    """Return ∂L/∂w of one weight: as the product of the factors of the chain rule, each with its place; as a sum if used often."""
    layer, letter, name = reading.layer(index), reading.source_letter(index), f"∂{reading.loss_letter}/∂w"
    terms = gradient_terms(reading, index, row, column)
    if not isinstance(reading.spec(index), Dense):
        total = float(sample_gradients(reading, index)[row, column])
        name = f"∂{reading.loss_letter}/∂γ" if isinstance(reading.spec(index), BatchNorm) else name
        return ((plain(_summed(reading, index)),), *sum_lines(terms, name, total, reading.digits, "gradient", reading.language))
    if layer.derivative is None or (index == reading.last and reading.trace.fused) or silent(reading, index, row):
        short = term_line(terms[0], reading.digits, "gradient")[1:]
        return ((plain(f"{name} = δ · {letter}"),), (plain(f"{name} = "), *short))
    return _product_lines(reading, index, row, column)


def _product_lines(reading: Reading, index: int, unit: int, source: int) -> tuple[Line, ...]:
    layer, letter, digits = reading.layer(index), reading.source_letter(index), reading.digits
    name, end, read = f"∂{reading.loss_letter}/∂w", "ŷ" if index == reading.last else "a", reading.source(index, source)
    assert layer.derivative is not None
    upstream, slope = reading.number(layer.upstream, index, unit, "gradient"), reading.number(layer.derivative, index, unit)
    chain = [factor.token(digits) for factor in (upstream, slope, read)]
    shown = figure(float(layer.delta[reading.sample, unit]) * read.value, digits, "gradient")
    return (
        (plain(f"{name} = ∂{reading.loss_letter}/∂{end} · f′(z) · {letter}"),),
        (plain(f"∂{reading.loss_letter}/∂{end} = "), chain[0]),
        (plain("f′(z) = "), chain[1]),
        (plain(f"{letter} = "), chain[2]),
        (
            plain(f"{name} = "),
            chain[0],
            plain(" × "),
            chain[1],
            plain(" × "),
            chain[2],
            plain(f" {product_sign(chain, shown, digits)} "),
            shown,
        ),
    )


def chain_text(reading: Reading, index: int, row: int, column: int) -> tuple[str, str]:
    """Return ∂L/∂w of one weight on one line, and its value."""
    lines = chain_lines(reading, index, row, column)
    if isinstance(reading.spec(index), Dense):
        return line_text(lines[-1][:-1]).strip().rstrip("=≈ "), lines[-1][-1].text
    terms, name = gradient_terms(reading, index, row, column), lines[0][0].text.partition(" = ")[0]
    value = float(sample_gradients(reading, index)[row, column])
    return f"{name} = {sum_text(terms, reading.digits, reading.language)}", format_number(value, reading.digits)
