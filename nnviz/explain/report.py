"""A pass as one JSON object ("nnviz-trace/1", described in the command line's contract) and as text for a terminal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnviz.engine.samples import Array
from nnviz.engine.trace import LayerTrace, Trace
from nnviz.explain.film import plan
from nnviz.explain.latex import text
from nnviz.explain.numbers import format_number
from nnviz.explain.reading import Reading
from nnviz.explain.stages import Stage, stages
from nnviz.explain.symbols import listed, subscript
from nnviz.explain.tokens import MOST_TERMS
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
        "layers": [_layer(layer) for layer in trace.layers],
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


def _layer(layer: LayerTrace) -> dict[str, Any]:
    return {
        "id": layer.id,
        "name": layer.name,
        "kind": layer.kind,
        "activation": layer.activation.kind,
        "weights": numbers(layer.weights),
        "bias": numbers(layer.bias),
        "z": numbers(layer.z),
        "a": numbers(layer.a),
        "upstream": numbers(layer.upstream),
        "delta": numbers(layer.delta),
        "grad_weights": numbers(layer.grad_weights),
        "grad_bias": numbers(layer.grad_bias),
        "regularization_grad": numbers(layer.regularization_weights),
        "step_weights": numbers(layer.step_weights),
        "step_bias": numbers(layer.step_bias),
        "new_weights": numbers(layer.new_weights),
        "new_bias": numbers(layer.new_bias),
    }


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
    layer, row, at = reading.layer(index), reading.sample, subscript(index + 1)
    match quantity:
        case "z":
            return f"z{at} = {_vector(layer.z[row], reading.digits)}"
        case "a":
            return f"{'ŷ' if index == reading.last else f'a{at}'} = {_vector(layer.a[row], reading.digits)}"
        case "output_gradient":
            return f"∂{reading.loss_letter}/∂ŷ = {_vector(reading.trace.output_gradient[row], reading.digits)}"
        case "delta":
            return f"δ{at} = {_vector(layer.delta[row], reading.digits)}"
        case "back":
            return f"∂{reading.loss_letter}/∂a{subscript(index)} = {_vector(reading.layer(index - 1).upstream[row], reading.digits)}"
        case _:
            gradient = layer.delta[row][:, None] * layer.inputs[row]
            rows = [_vector(values, reading.digits, MOST_IN_ROW) for values in gradient]
            return f"∂{reading.loss_letter}/∂W{at} = {listed(rows, MOST_ROWS)}"


def _vector(values: Array, digits: int, most: int = MOST_TERMS) -> str:
    return listed([format_number(value, digits) for value in values], most)
