"""The formula of each stage as LaTeX, made from the formulas of the tables: a new entry there is explained without code here."""

from __future__ import annotations

from nnviz.engine.losses import REDUCTIONS
from nnviz.engine.network_spec import BatchNorm, Conv2D, Dense
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.explain.film import Moment, strengths
from nnviz.explain.layer_formulas import answer_formula, back_formula, taps
from nnviz.explain.loss import fused_scale
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import settings, sides

RUNNING = ((r"\bar\mu", r"\mu"), (r"\bar\sigma^2", r"\sigma^2"))


def formula(reading: Reading, moment: Moment) -> str:
    """Return what a stage computes, in symbols."""
    if moment.layer is None:
        return _whole(reading, moment.quantity)
    index, number, letter = moment.layer, moment.layer + 1, _source(reading, moment.layer)
    match moment.quantity:
        case "z":
            return _sum(reading, index)
        case "statistics":
            mean, square = (rf"\frac{{1}}{{n}} \sum_i {term}" for term in ("x_i", r"(x_i - \mu)^2"))
            return rf"\mu = {mean} \qquad \sigma = \sqrt{{{square} + \epsilon}} \qquad x = {letter}"
        case "normalized":
            return rf"\hat x = \frac{{{letter} - \mu}}{{\sigma}}"
        case "a":
            known, choice = answer_formula(reading, index, _answer(reading, index), letter), reading.layer(index).activation
            activated = rf"{_answer(reading, index)} = f(z_{{{number}}}) \qquad {reading.activation(index).formula}{settings(choice)}"
            return known or activated
        case "output_gradient":
            return _scaled(_slope(reading, r"\hat y_k"), reading.sample_scale, sides(reading.loss.gradient_formula)[0][1])
        case "delta":
            return _delta(reading, index)
        case "grad":
            return _gradient(reading, index)
        case "running":
            mean, square = (rf"{kept} \leftarrow (1 - \rho)\, {kept} + \rho\, {new}" for kept, new in RUNNING)
            return rf"{mean} \qquad {square}"
        case _:
            return back_formula(reading, index, _slope(reading, letter), _slope(reading, _answer(reading, index)))


def _whole(reading: Reading, quantity: str) -> str:
    trace, training = reading.trace, reading.trace.spec.training
    match quantity:
        case "input":
            names = ["x_1", "x_2"] if len(trace.inputs[0]) == 2 else ["x_1", r"\ldots", f"x_{{{len(trace.inputs[0])}}}"]
            return f"x = ({', '.join(names)})" if len(trace.inputs[0]) > 1 else "x = x_1"
        case "loss":
            return rf"{reading.loss.formula}{settings(training.loss)} \qquad {REDUCTIONS[training.reduction].formula}"
        case "mean":
            scale = r"\frac{1}{n} " if trace.batch_scale != 1 else ""
            dense = all(layer.kind == Dense.kind or not layer.weights.size for layer in trace.layers)
            one = r"\delta_i\, a_i^T" if dense else r"\frac{\partial \ell_i}{\partial W}"
            return rf"\frac{{\partial L}}{{\partial W}} = {scale}\sum_i {one}"
        case "penalty":
            first, second = (max(values) for values in zip(*(strengths(trace, layer) for layer in trace.layers), strict=True))
            terms = ([r"\lambda_2 W"] if second else []) + ([r"\lambda_1 \operatorname{sign}(W)"] if first else [])
            return r"g = \frac{\partial L}{\partial W} + " + " + ".join(terms)
        case "clip":
            value = [r"g \leftarrow \min(c, \max(-c, g))"] if training.clip_value is not None else []
            norm = [r"g \leftarrow g \min\left(1, \frac{c}{\lVert g \rVert}\right)"] if training.clip_norm is not None else []
            unit = [r"g \leftarrow \frac{g}{\lVert g \rVert}"] if training.normalize_gradients else []
            return r" \qquad ".join(value + (unit or norm))
        case "step":
            scheduled = trace.learning_rate != training.learning_rate
            rate = rf" \qquad {SCHEDULES[training.schedule.kind].formula}{settings(training.schedule)}" if scheduled else ""
            return OPTIMIZERS[training.optimizer.kind].formula + rate
        case "new":
            return r"W \leftarrow W + \Delta W"
        case _:
            return r"L(W) \to L(W + \Delta W)"


def _sum(reading: Reading, index: int) -> str:
    """Return z of a dense layer, or at a place p of a convolution."""
    number, letter, bias = index + 1, _source(reading, index), f" + b_{{{index + 1}}}" if reading.uses_bias(index) else ""
    if isinstance(reading.spec(index), Conv2D):
        return rf"z_{{{number}}}(p) = \sum_q W_{{{number}}}(q)\, {letter}({taps(reading, index)}){bias}"
    return rf"z_{{{number}}} = W_{{{number}}}\, {letter}{bias}"


def _gradient(reading: Reading, index: int) -> str:
    number, letter, spec = index + 1, _source(reading, index), reading.spec(index)
    weights, bias = _slope(reading, f"W_{{{number}}}"), _slope(reading, f"b_{{{number}}}")
    if isinstance(spec, BatchNorm):
        slope = _slope(reading, _answer(reading, index))
        scale, shift = _slope(reading, r"\gamma"), _slope(reading, r"\beta")
        return rf"{scale} = \sum_p {slope}\, \hat x_p \qquad {shift} = \sum_p {slope}"
    if isinstance(spec, Conv2D):
        found = rf"{weights}(q) = \sum_p \delta_{{{number}}}(p)\, {letter}({taps(reading, index)})"
        return found + (rf" \qquad {bias} = \sum_p \delta_{{{number}}}(p)" if spec.use_bias else "")
    found = rf"{weights} = \delta_{{{number}}}\, {letter}^T"
    return found + (rf" \qquad {bias} = \delta_{{{number}}}" if reading.uses_bias(index) else "")


def _delta(reading: Reading, index: int) -> str:
    number, activation = index + 1, reading.activation(index)
    if index == reading.last and reading.fused is not None:
        return _scaled(rf"\delta_{{{number}}}", fused_scale(reading), reading.fused.delta_formula)
    if activation.derivative is None:
        ahead = rf"{_slope(reading, 'a_k')} \frac{{\partial a_k}}{{\partial z_j}}"
        return rf"\delta_j = \sum_k {ahead} \qquad {activation.derivative_formula}"
    upstream = _slope(reading, _answer(reading, index))
    return rf"\delta_{{{number}}} = {upstream} \odot f'(z_{{{number}}}) \qquad {activation.derivative_formula}"


def _slope(reading: Reading, of: str) -> str:
    """Return ∂ℓ/∂(of), with the loss of the sample."""
    loss = r"\ell" if reading.batch > 1 else "L"
    return rf"\frac{{\partial {loss}}}{{\partial {of}}}"


def _scaled(left: str, scale: float, right: str) -> str:
    """Return left = right with the factor that the reduction puts before every sample's loss."""
    if scale == 1:
        return f"{left} = {right}"
    parts = round(1 / scale)
    factor = rf"\frac{{1}}{{{parts}}}" if abs(1 / scale - parts) < 1e-9 * parts else f"{scale:.4g}"
    return rf"{left} = {factor} \left({right}\right)"


def _answer(reading: Reading, index: int) -> str:
    return r"\hat y" if index == reading.last else f"a_{{{index + 1}}}"


def _source(reading: Reading, index: int) -> str:
    return _answer(reading, index - 1) if index else "x"
