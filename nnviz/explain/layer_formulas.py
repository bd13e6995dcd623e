"""What a kind of layer computes there and back, as LaTeX; p is a place in what it puts out, q one in its window."""

from __future__ import annotations

from nnviz.engine.network_spec import AvgPool2D, BatchNorm, Conv2D, Dropout, MaxPool2D
from nnviz.explain.norm import memory
from nnviz.explain.numbers import short_number
from nnviz.explain.reading import Reading


def answer_formula(reading: Reading, index: int, answer: str, source: str) -> str:
    """Return the answer of a layer without activation; nothing for the others."""
    layer = reading.spec(index)
    match layer:
        case MaxPool2D():
            return rf"{answer}(p) = \max_q {source}({taps(reading, index)})"
        case AvgPool2D():
            return rf"{answer}(p) = {_share(layer)} \sum_q {source}({taps(reading, index)})"
        case Dropout():
            return rf"{answer} = \frac{{m}}{{1 - p}} \odot {source} \qquad p = {_number(layer.rate)}"
        case BatchNorm():
            return rf"{answer} = \gamma\, \hat x + \beta"
    return "" if reading.layer(index).weights.size else f"{answer} = {source}"


def back_formula(reading: Reading, index: int, source: str, answer: str) -> str:
    """Return what a layer hands back, from the slopes by what it reads and by what it answers."""
    layer, number = reading.spec(index), index + 1
    match layer:
        case Conv2D():
            place = "p - q" if layer.stride == (1, 1) else rf"\frac{{p - q}}{{{_stride(layer.stride)}}}"
            return rf"{source}(p) = \sum_q W_{{{number}}}(q)^T\, \delta_{{{number}}}({place})"
        case MaxPool2D():
            return rf"{source} = \begin{{cases}} {answer} & \text{{largest of its window}} \\ 0 & \text{{otherwise}} \end{{cases}}"
        case AvgPool2D():
            return rf"{source} = {_share(layer)} {answer}"
        case Dropout():
            return rf"{source} = \frac{{m}}{{1 - p}} \odot {answer}"
        case BatchNorm() if memory(reading, index).mean is None:
            return rf"{source} = \frac{{\gamma}}{{\sigma}} {answer}"
        case BatchNorm():
            inner = r"\delta - \operatorname{mean}(\delta) - \hat x\, \operatorname{mean}(\delta\, \hat x)"
            return rf"{source} = \frac{{\gamma}}{{\sigma}} \left({inner}\right) \qquad \delta = {answer}"
    if reading.layer(index).weights.size:
        return rf"{source} = W_{{{number}}}^T\, \delta_{{{number}}}"
    return f"{source} = {answer}"


def taps(reading: Reading, index: int) -> str:
    """Return the place of a window's number: p + q, the stride before p."""
    layer = reading.spec(index)
    assert isinstance(layer, Conv2D | MaxPool2D | AvgPool2D)
    return "p + q" if layer.stride == (1, 1) else f"{_stride(layer.stride)} p + q"


def _stride(stride: tuple[int, int]) -> str:
    """Return the stride as a number, or as a letter where it differs down and across."""
    return str(stride[0]) if stride[0] == stride[1] else "s"


def _share(layer: AvgPool2D) -> str:
    return rf"\frac{{1}}{{{layer.size[0] * layer.size[1]}}}"


def _number(value: float) -> str:
    return short_number(value).replace("−", "-")
