"""The formula of each stage as LaTeX, made from the formulas of the tables: a new entry there is explained without code here."""

from __future__ import annotations

from nnviz.engine.losses import REDUCTIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.explain.film import Moment, strengths
from nnviz.explain.reading import Reading
from nnviz.explain.symbols import sides


def formula(reading: Reading, moment: Moment) -> str:
    """Return what a stage computes, in symbols."""
    if moment.layer is None:
        return _whole(reading, moment.quantity)
    number, letter = moment.layer + 1, _source(reading, moment.layer)
    loss = r"\ell" if reading.batch > 1 else "L"
    bias = reading.trace.spec.network.layers[moment.layer].use_bias
    match moment.quantity:
        case "z":
            return rf"z_{{{number}}} = W_{{{number}}}\, {letter}" + (f" + b_{{{number}}}" if bias else "")
        case "a":
            return rf"{_answer(reading, moment.layer)} = f(z_{{{number}}}) \qquad {reading.activation(moment.layer).formula}"
        case "output_gradient":
            return _scaled(rf"\frac{{\partial {loss}}}{{\partial \hat y_k}}", reading, sides(reading.loss.gradient_formula)[0][1])
        case "delta":
            return _delta(reading, moment.layer, loss)
        case "grad":
            weights = rf"\frac{{\partial {loss}}}{{\partial W_{{{number}}}}} = \delta_{{{number}}}\, {letter}^T"
            return weights + (rf" \qquad \frac{{\partial {loss}}}{{\partial b_{{{number}}}}} = \delta_{{{number}}}" if bias else "")
        case _:
            return rf"\frac{{\partial {loss}}}{{\partial {letter}}} = W_{{{number}}}^T\, \delta_{{{number}}}"


def _whole(reading: Reading, quantity: str) -> str:
    trace, training = reading.trace, reading.trace.spec.training
    reduction = REDUCTIONS[training.reduction]
    match quantity:
        case "input":
            names = ["x_1", "x_2"] if len(trace.inputs[0]) == 2 else ["x_1", r"\ldots", f"x_{{{len(trace.inputs[0])}}}"]
            return f"x = ({', '.join(names)})" if len(trace.inputs[0]) > 1 else "x = x_1"
        case "loss":
            return rf"{reading.loss.formula} \qquad {reduction.formula}"
        case "mean":
            scale = r"\frac{1}{n} " if trace.batch_scale != 1 else ""
            return rf"\frac{{\partial L}}{{\partial W}} = {scale}\sum_i \delta_i\, a_i^T"
        case "penalty":
            first, second = (max(values) for values in zip(*(strengths(trace, layer) for layer in trace.layers), strict=True))
            terms = ([r"\lambda_2 W"] if second else []) + ([r"\lambda_1 \operatorname{sign}(W)"] if first else [])
            return r"g = \frac{\partial L}{\partial W} + " + " + ".join(terms)
        case "clip":
            value = [r"g \leftarrow \min(c, \max(-c, g))"] if training.clip_value is not None else []
            norm = [r"g \leftarrow g \min\left(1, \frac{c}{\lVert g \rVert}\right)"] if training.clip_norm is not None else []
            return r" \qquad ".join(value + norm)
        case "step":
            return OPTIMIZERS[training.optimizer.kind].formula
        case "new":
            return r"W \leftarrow W + \Delta W"
        case _:
            return r"L(W) \to L(W + \Delta W)"


def _delta(reading: Reading, index: int, loss: str) -> str:
    number, activation = index + 1, reading.activation(index)
    if index == reading.last and reading.trace.fused:
        return _scaled(rf"\delta_{{{number}}}", reading, r"\hat y - y")
    upstream = rf"\frac{{\partial {loss}}}{{\partial {_answer(reading, index)}}}"
    if activation.derivative is None:
        ahead = rf"\frac{{\partial {loss}}}{{\partial a_k}} \frac{{\partial a_k}}{{\partial z_j}}"
        return rf"\delta_j = \sum_k {ahead} \qquad {activation.derivative_formula}"
    return rf"\delta_{{{number}}} = {upstream} \odot f'(z_{{{number}}}) \qquad {activation.derivative_formula}"


def _scaled(left: str, reading: Reading, right: str) -> str:
    """Return left = right with the factor that the reduction puts before every sample's loss."""
    scale = reading.sample_scale
    return f"{left} = {right}" if scale == 1 else rf"{left} = \frac{{1}}{{{round(1 / scale)}}} \left({right}\right)"


def _answer(reading: Reading, index: int) -> str:
    return r"\hat y" if index == reading.last else f"a_{{{index + 1}}}"


def _source(reading: Reading, index: int) -> str:
    return _answer(reading, index - 1) if index else "x"
