"""Lines about the pass as a whole: an input, the layers' answers, clipping, and the same samples forward again."""

from __future__ import annotations

from nnviz.explain.numbers import format_number, short_number
from nnviz.explain.reading import INPUT, Reading
from nnviz.explain.symbols import feature, listed, subscript
from nnviz.explain.tokens import Line, Token, figure, plain
from nnviz.explain.update import gradient_norm


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
    named.append(("y", trace.targets[row]))
    return tuple((plain(f"{name} = {listed([format_number(value, reading.digits) for value in values])}"),) for name, values in named)


def clipping_lines(reading: Reading) -> tuple[Line, ...]:
    """Return what clipping did to the gradient as a whole."""
    training, digits = reading.trace.spec.training, reading.digits
    lines: list[Line] = []
    if training.clip_value is not None:
        bound = short_number(training.clip_value)
        lines.append((plain(f"−{bound} ≤ g ≤ {bound}"),))
    if training.clip_norm is not None:
        lines.append((plain(f"‖g‖ ≤ {short_number(training.clip_norm)}"),))
        lines.append((plain("‖g‖ = "), figure(gradient_norm(reading), digits)))
        lines.append((plain("g × "), figure(reading.trace.clip_factor, digits)))
    return tuple(lines)


def again_lines(reading: Reading) -> tuple[Line, ...]:
    """Return the outputs and the loss before and after the step."""
    trace, digits, row = reading.trace, reading.digits, reading.sample
    before, after = (listed([format_number(value, digits) for value in values[row]]) for values in (trace.outputs, trace.outputs_after))
    loss = (figure(trace.loss, digits), plain(" → "), figure(trace.loss_after, digits))
    return ((plain("L(W) → L(W + ΔW)"),), (plain(f"ŷ: {before} → {after}"),), (plain("L: "), *loss))
