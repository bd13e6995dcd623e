"""Layers that learn nothing, line by line: pooling, flatten and dropout, on the way there and on the way back."""

from __future__ import annotations

from nnviz.engine.network_spec import AvgPool2D, Dropout, MaxPool2D
from nnviz.engine.problem import message
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import subscript
from nnviz.explain.tokens import (
    Factor,
    Line,
    Term,
    Token,
    most_telling,
    plain,
    result,
    scaled,
    sign,
    sum_lines,
    term_line,
)
from nnviz.explain.wiring import window, windows


def answer_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    """Return what a number of the layer becomes."""
    layer, digits = reading.spec(index), reading.digits
    value = float(reading.layer(index).a[reading.sample, unit])
    if isinstance(layer, MaxPool2D):
        return ((plain("a = max x"),), *_largest_lines(reading, index, unit))
    if isinstance(layer, AvgPool2D):
        return _mean_lines(reading, index, unit)
    read = reading.source(index, unit)
    if isinstance(layer, Dropout):
        term = Term(value, (read, Factor(kept(reading, index, unit))), "a = ")
        return ((plain("a = x · m/(1 − p)"),), term_line(term, digits, indent=""))
    return ((plain("a = x"),), (plain("a = "), read.token(digits)))


def kept(reading: Reading, index: int, unit: int) -> float:
    """Return the factor that a dropout has drawn for a number: 0, or 1/(1 − p)."""
    mask = reading.layer(index).memory
    return 1.0 if mask is None else float(mask[reading.sample, unit])


def _largest_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    value = float(reading.layer(index).a[reading.sample, unit])
    wires, won = window(reading.network, index, unit), winner(reading, index, unit)
    factors = {source: reading.source(index, source) for _, source in wires}
    terms = [Term(factors[source].value, (factors[source],), str(source), kept=tap == won) for tap, source in wires]
    shown, others = most_telling(terms)
    tokens: list[Token] = []
    for term in shown:
        tokens += [plain(", " if tokens else "a = max("), term.factors[0].token(reading.digits)]
    if others:
        tokens.append(plain(", " + reading.say(message("card.more", count=len(others)))))
    return ((*tokens, plain(") = "), result("", value, reading.digits)[1]),)


def winner(reading: Reading, index: int, unit: int) -> int:
    """Return where in its window the largest number stands."""
    winners = reading.layer(index).memory[reading.sample]
    return int(winners.reshape(-1)[unit])


def _mean_lines(reading: Reading, index: int, unit: int) -> tuple[Line, ...]:
    read = [reading.source(index, source) for _, source in window(reading.network, index, unit)]
    terms, digits = [Term(factor.value, (factor,)) for factor in read], reading.digits
    total, share = sum(term.value for term in terms), f"1/{len(terms)}"
    shown, whole = result("a", float(reading.layer(index).a[reading.sample, unit]), digits)[1], Factor(total)
    agrees = sign(whole.as_shown(digits) / len(terms), shown, digits)
    return (
        (plain(f"a = {share} · Σ x"),),
        *sum_lines(terms, "Σ", total, digits, "value", reading.language),
        (plain("a = "), *scaled(share, whole, digits), plain(f" {agrees} "), shown),
    )


def back_lines(reading: Reading, index: int, source: int) -> tuple[Line, ...]:
    """Return ∂L/∂a of a number that the layer reads, from its own slopes."""
    layer, name, digits = reading.spec(index), f"∂{reading.loss_letter}/∂a", reading.digits
    total = float(reading.layer(index - 1).upstream[reading.sample, source])
    if isinstance(layer, MaxPool2D | AvgPool2D):
        words = plain(reading.say(message("card.winner") if isinstance(layer, MaxPool2D) else message("card.share")))
        terms = returned(reading, index, source)
        return ((plain(f"{name}: "), words), *sum_lines(terms, name, total, digits, "gradient", reading.language))
    slope = reading.number(reading.layer(index).delta, index, source, "gradient")
    head = f"{name}{subscript(index)} = {name}{subscript(index + 1)}"
    if isinstance(layer, Dropout):
        term = Term(total, (slope, Factor(kept(reading, index, source))), f"{name} = ")
        return ((plain(f"{head} · m/(1 − p)"),), term_line(term, digits, "gradient", indent=""))
    return ((plain(head),), (plain(f"{name} = "), slope.token(digits)))


def returned(reading: Reading, index: int, source: int) -> list[Term]:
    """Return what every window that reads a number hands back to it."""
    delta, terms = reading.layer(index).delta, []
    count = len(window(reading.network, index, 0))
    for unit, tap in windows(reading.network, index, source):
        slope = reading.number(delta, index, unit, "gradient")
        if isinstance(reading.spec(index), AvgPool2D):
            terms.append(Term(slope.value / count, (slope, Factor(1 / count))))
        elif tap == winner(reading, index, unit):
            terms.append(Term(slope.value, (slope,)))
    return terms
