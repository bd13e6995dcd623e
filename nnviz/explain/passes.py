"""Lines about the pass as a whole: an input, the layers' answers, clipping, and the same samples forward again."""

from __future__ import annotations

from nnviz.engine.samples import Array
from nnviz.explain.numbers import format_number, short_number
from nnviz.explain.reading import INPUT, Reading
from nnviz.explain.symbols import feature, few, subscript
from nnviz.explain.tokens import MOST_TERMS, Line, Token, figure, plain
from nnviz.explain.update import gradient_norm, wanted_length


def input_lines(reading: Reading, source: int) -> tuple[Line, ...]:
    """Return the value of an input."""
    name = feature(reading.trace.spec.network.input.names[source])
    value = figure(float(reading.trace.inputs[reading.sample, source]), reading.digits, "value", (INPUT, source))
    return ((Token(name, "name"), plain(" = "), value),)


def overview_lines(reading: Reading) -> tuple[Line, ...]:
    """Return the input, each layer's answers, and the target."""
    trace, row = reading.trace, reading.sample
    named = [("x", trace.inputs[row])]
    for index, layer in enumerate(trace.layers):
        named.append(("ŷ" if index == reading.last else f"a{subscript(index + 1)}", layer.a[row]))
    named.append(("y", reading.labels[row]))
    return tuple((plain(f"{name} = {vector(values, reading.digits)}"),) for name, values in named)


def vector(values: Array, digits: int, most: int = MOST_TERMS) -> str:
    """Return numbers in brackets, the middle left out where there are many; one stands alone."""
    shown = ["…" if at is None else format_number(values[at], digits) for at in few(len(values), most)]
    return shown[0] if len(values) == 1 else f"({', '.join(shown)})"


def clipping_lines(reading: Reading) -> tuple[Line, ...]:
    """Return what clipping and normalization did to the gradient as a whole."""
    training, digits = reading.trace.spec.training, reading.digits
    lines: list[Line] = []
    if training.clip_value is not None:
        bound = short_number(training.clip_value)
        lines.append((plain(f"−{bound} ≤ g ≤ {bound}"),))
    if training.clip_norm is not None or training.normalize_gradients:
        lines.append((plain(wanted_length(reading)),))
        lines.append((plain("‖g‖ = "), figure(gradient_norm(reading), digits)))
        lines.append((plain("g × "), figure(reading.trace.clip_factor, digits)))
    return tuple(lines)


def again_lines(reading: Reading) -> tuple[Line, ...]:
    """Return the outputs and the loss before and after the step."""
    trace, digits, row = reading.trace, reading.digits, reading.sample
    before, after = (vector(values[row], digits) for values in (trace.outputs, trace.outputs_after))
    loss = (figure(trace.loss, digits), plain(" → "), figure(trace.loss_after, digits))
    return ((plain("L(W) → L(W + ΔW)"),), (plain(f"ŷ: {before} → {after}"),), (plain("L: "), *loss))
