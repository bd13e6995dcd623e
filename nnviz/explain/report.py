"""A pass as one JSON object ("nnviz-trace/1", described in the command line's contract) and as text for a terminal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnviz.engine.network_spec import BatchNorm, Conv2D, Dense, Dropout, Layer, MaxPool2D, Shape
from nnviz.engine.samples import Array
from nnviz.engine.trace import LayerTrace, Trace
from nnviz.explain.film import plan
from nnviz.explain.gradient import sample_gradients
from nnviz.explain.latex import text
from nnviz.explain.norm import mean_of, normalized, spread_of
from nnviz.explain.passes import vector
from nnviz.explain.reading import Reading
from nnviz.explain.stages import Stage, stages
from nnviz.explain.symbols import few, listed, subscript
from nnviz.explain.words import say

FORMAT = "nnviz-trace/1"
MOST_ROWS, MOST_IN_ROW = 4, 5  # of a matrix in the text; the JSON has all


def trace_json(trace: Trace, language: str = "en") -> dict[str, Any]:
    """Return the pass as JSON can hold it: numbers in full precision, those that are not finite as strings."""
    training = trace.spec.training
    return {
        "format": FORMAT,
        "loss": number(trace.loss),
        "loss_after": number(trace.loss_after),
        "loss_name": training.loss.kind,
        "penalty": number(trace.penalty),
        "penalty_after": number(trace.penalty_after),
        "optimizer": training.optimizer.kind,
        "learning_rate": number(trace.learning_rate),
        "step": trace.step,
        "rows": [int(row) for row in trace.rows],
        "input": numbers(trace.inputs),
        "target": numbers(trace.targets),
        "output": numbers(trace.outputs),
        "output_after": numbers(trace.outputs_after),
        "output_gradient": numbers(trace.output_gradient),
        "layers": [_layer(*parts) for parts in zip(trace.layers, trace.spec.network.layers, trace.spec.network.shapes, strict=True)],
        "reduction": training.reduction,
        "clip_factor": number(trace.clip_factor),
        "optimizer_state": {"before": _state(trace.state_before), "after": _state(trace.state_after)},
        "stages": [_stage(stage, language) for stage in stages(trace, language=language)],
    }


def numbers(values: Array) -> Any:
    """Return an array as nested lists of numbers."""
    if np.isfinite(values).all():
        return values.astype(np.float64).tolist()
    return [numbers(item) for item in values] if values.ndim else number(values)


def number(value: Any) -> float | str:
    """Return a number as JSON can hold it."""
    plain = float(value)
    if math.isnan(plain):
        return "NaN"
    if math.isinf(plain):
        return "Infinity" if plain > 0 else "-Infinity"
    return plain


def _state(state: dict[str, Array]) -> dict[str, Any]:
    return {name: numbers(vector) for name, vector in state.items()}


def _layer(layer: LayerTrace, spec: Layer, shape: Shape) -> dict[str, Any]:
    """Return a layer; weights of a convolution as [out][in][kh][kw], γ of a batch norm as one list."""
    kernels = (layer.weights.shape[0], -1, *spec.kernel) if isinstance(spec, Conv2D) else (-1,)

    def shaped(weights: Array) -> Any:
        return numbers(weights if isinstance(spec, Dense) else weights.reshape(kernels))

    return {
        "id": layer.id,
        "name": layer.name,
        "kind": layer.kind,
        "activation": layer.activation.kind,
        "shape": list(shape),
        "weights": shaped(layer.weights),
        "bias": numbers(layer.bias),
        "z": numbers(layer.z),
        "a": numbers(layer.a),
        "upstream": numbers(layer.upstream),
        "delta": numbers(layer.delta),
        "grad_weights": shaped(layer.grad_weights),
        "grad_bias": numbers(layer.grad_bias),
        "regularization_grad": shaped(layer.regularization_weights),
        "step_weights": shaped(layer.step_weights),
        "step_bias": numbers(layer.step_bias),
        "new_weights": shaped(layer.new_weights),
        "new_bias": numbers(layer.new_bias),
    } | _memory(layer, spec)


def _memory(layer: LayerTrace, spec: Layer) -> dict[str, Any]:
    """Return what only this kind of layer has: the mask of a dropout, m/(1 − p), the statistics of a batch norm, the winners."""
    match spec:
        case Dropout():
            return {"mask": numbers(np.ones_like(layer.a) if layer.memory is None else layer.memory)}
        case MaxPool2D():
            return {"winners": layer.memory[..., 0].tolist()}
        case BatchNorm():
            running = layer.memory.mean is None
            mean, variance = layer.statistics if running else (layer.memory.mean, layer.memory.variance)
            parts = {"mean": mean, "variance": variance, "normalized": layer.memory.normalized.reshape(layer.a.shape)}
            parts |= {"running_mean": layer.statistics[0], "running_variance": layer.statistics[1]}
            parts |= {"new_running_mean": layer.new_statistics[0], "new_running_variance": layer.new_statistics[1]}
            return {"statistics": {name: numbers(values) for name, values in parts.items()}}
    return {}


def _stage(stage: Stage, language: str) -> dict[str, Any]:
    return {
        "index": stage.index,
        "phase": "forward" if stage.phase == "input" else stage.phase,
        "layer": stage.layer,
        "title": say(stage.title, language),
        "formula": stage.formula,
        "numbers": stage.numbers,
        "result": stage.result,
        "sentence": say(stage.sentence, language),
    }


def trace_text(trace: Trace, language: str = "en", sample: int = 0, digits: int = 4) -> str:
    """Return the same explanation as lines of text: each stage with its formula, its numbers and what all neurons got."""
    reading = Reading(trace, sample, digits, language)
    blocks = []
    for stage, moment in zip(stages(trace, sample, digits, language), plan(trace), strict=True):
        equation = f"{stage.numbers} = {stage.result}" if stage.quantity not in ("input", "again") else _joined(stage)
        lines = [f"{stage.index + 1}. {say(stage.title, language)}", say(stage.sentence, language), text(stage.formula), equation]
        if moment.layer is not None and (values := _all(reading, stage.quantity, moment.layer)):
            lines.append(values)
        blocks.append("\n   ".join(lines))
    return "\n\n".join(blocks) + "\n"


def _joined(stage: Stage) -> str:
    return "; ".join(part for part in (stage.numbers, stage.result) if part)


def _all(reading: Reading, quantity: str, index: int) -> str:
    """Return a layer's numbers of a stage on one line, rows of a matrix apart."""
    layer, row, at, digits = reading.layer(index), reading.sample, subscript(index + 1), reading.digits
    match quantity:
        case "z":
            return f"z{at} = {vector(layer.z[row], digits)}"
        case "statistics":
            return f"μ{at} = {vector(mean_of(reading, index), digits)}; σ{at} = {vector(spread_of(reading, index), digits)}"
        case "normalized":
            return f"x̂{at} = {vector(normalized(reading, index), digits)}"
        case "a":
            return f"{'ŷ' if index == reading.last else f'a{at}'} = {vector(layer.a[row], digits)}"
        case "output_gradient":
            return f"∂{reading.loss_letter}/∂ŷ = {vector(reading.trace.output_gradient[row], digits)}"
        case "delta":
            return f"δ{at} = {vector(layer.delta[row], digits)}"
        case "back":
            return f"∂{reading.loss_letter}/∂a{subscript(index)} = {vector(reading.layer(index - 1).upstream[row], digits)}"
        case "running":
            return f"μ{at} = {vector(layer.new_statistics[0], digits)}; σ²{at} = {vector(layer.new_statistics[1], digits)}"
        case _:
            gradients, letter = sample_gradients(reading, index), "γ" if layer.kind == BatchNorm.kind else "W"
            rows = few(len(gradients), MOST_ROWS)
            shown = ["…" if place is None else vector(gradients[place], digits, MOST_IN_ROW) for place in rows]
            return f"∂{reading.loss_letter}/∂{letter}{at} = {listed(shown)}"
