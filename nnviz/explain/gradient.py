"""The gradient of the weights of one neuron, and of one weight as the product the chain rule makes of it."""

from __future__ import annotations

from nnviz.engine.problem import message
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import subscript
from nnviz.explain.tokens import Line, Term, figure, most_telling, plain, product_sign, term_line


def weight_gradient_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return ∂L/∂w = δ·x of every weight of a neuron, and ∂L/∂b = δ."""
    letter, name = reading.source_letter(index), f"∂{reading.loss_letter}/∂w"
    terms = [gradient_term(reading, index, unit, source) for source in range(reading.layer(index).weights.shape[1])]
    shown, others = most_telling(terms)
    lines = [term_line(term, reading.digits, "gradient") for term in shown]
    if others:
        lines.append((plain("  " + reading.say(message("card.more", count=len(others)))),))
    if reading.trace.spec.network.layers[index].use_bias:
        delta = reading.number(reading.layer(index).delta, index, unit, "gradient")
        lines.append((plain(f"∂{reading.loss_letter}/∂b = δ = "), delta.token(reading.digits)))
    return ((plain(f"{name}ᵢ = δ · {letter}ᵢ"),), *lines)


def gradient_term(reading: Reading, index: int, unit: int, source: int) -> Term:
    """Return δ·x of one weight, for the reader's sample."""
    delta = reading.number(reading.layer(index).delta, index, unit, "gradient")
    read = reading.source(index, source)
    return Term(delta.value * read.value, (delta, read), f"w{subscript(source + 1)}: ")


def chain_lines(reading: Reading, index: int, unit: int, source: int) -> tuple[Line, ...]:
    """Return ∂L/∂w of one connection as the product of the factors of the chain rule, each with its place."""
    layer, letter, digits = reading.layer(index), reading.source_letter(index), reading.digits
    name, end = f"∂{reading.loss_letter}/∂w", "ŷ" if index == reading.last else "a"
    read = reading.source(index, source)
    short = term_line(gradient_term(reading, index, unit, source), digits, "gradient")[1:]
    if layer.derivative is None or (index == reading.last and reading.trace.fused):
        return ((plain(f"{name} = δ · {letter}"),), (plain(f"{name} = "), *short))
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
