from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.network_problems import network_problems
from nnviz.engine.network_spec import (
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InputSpec,
    Layer,
    MaxPool2D,
    NetworkSpec,
    default_names,
)
from nnviz.engine.table import choose

CONV, POOL, FLAT = Conv2D("c", "Conv 1", ("f1", "f2")), MaxPool2D("p", "Pool 1"), Flatten("f", "Flatten")
DROP, NORM, HIDDEN, OUT = Dropout("d", "Drop"), BatchNorm("b", "Norm"), Dense("h", "Hidden", ("n1", "n2")), Dense("o", "Out", ("n3",))


def made(*layers: Layer, shape: tuple[int, ...] = (8, 8, 1)) -> NetworkSpec:
    return NetworkSpec(InputSpec(shape, default_names(shape)), layers, 99)


def found(network: NetworkSpec) -> list[tuple[str, str]]:
    return [(item.where.removeprefix("network."), item.message.key.removeprefix("problem.")) for item in network_problems(network)]


def test_what_fits_together_is_fine() -> None:
    assert found(made(CONV, NORM, POOL, DROP, FLAT, HIDDEN, OUT)) == []
    assert found(made(NORM, HIDDEN, DROP, OUT, shape=(4,))) == []
    assert found(made(replace(CONV, kernel=(8, 8)), FLAT, OUT)) == []
    assert found(made(replace(CONV, kernel=(9, 9), padding="same"), FLAT, OUT)) == []


@pytest.mark.parametrize(
    ("layers", "where", "key"),
    [
        ((CONV, OUT), "layers.1", "needs-row"),
        ((FLAT, CONV, FLAT, OUT), "layers.1", "needs-image"),
        ((FLAT, HIDDEN, POOL, OUT), "layers.2", "needs-image"),
        ((replace(CONV, kernel=(9, 1)), FLAT, OUT), "layers.0.kernel", "kernel-too-large"),
        ((replace(CONV, kernel=(1, 9)), FLAT, OUT), "layers.0.kernel", "kernel-too-large"),
        ((replace(POOL, size=(9, 2)), FLAT, OUT), "layers.0.size", "pool-too-large"),
        ((AvgPool2D("p", "Pool", (2, 9)), FLAT, OUT), "layers.0.size", "pool-too-large"),
        ((CONV, FLAT), "layers.1", "no-output-layer"),
        ((FLAT, OUT, DROP), "layers.2", "no-output-layer"),
        ((replace(CONV, activation=choose(ACTIVATIONS, "softmax")), FLAT, OUT), "layers.0.activation", "coupled-units"),
        ((replace(CONV, neurons=tuple(map(str, range(120_000)))), FLAT, OUT), "layers.0", "too-many-numbers"),
        ((replace(CONV, padding="full"), FLAT, OUT), "layers.0.padding", "unknown-name"),
        ((replace(CONV, stride=(0, 1)), FLAT, OUT), "layers.0.stride", "out-of-range"),
        ((replace(POOL, stride=(1, -1)), FLAT, OUT), "layers.0.stride", "out-of-range"),
        ((FLAT, replace(DROP, rate=1.0), OUT), "layers.1.rate", "out-of-range"),
        ((FLAT, replace(DROP, rate=-0.1), OUT), "layers.1.rate", "out-of-range"),
        ((replace(NORM, momentum=1.5), FLAT, OUT), "layers.0.momentum", "out-of-range"),
        ((replace(NORM, epsilon=0.0), FLAT, OUT), "layers.0.epsilon", "out-of-range"),
        ((FLAT, replace(HIDDEN, role="boss"), OUT), "layers.1.role", "unknown-name"),
        ((FLAT, replace(HIDDEN, lesioned=("n7",)), OUT), "layers.1.lesioned", "unknown-neuron"),
        ((FLAT, HIDDEN, replace(OUT, lesioned=("n3",))), "layers.2.lesioned", "lesioned-output"),
        ((FLAT, HIDDEN, replace(OUT, pruned=(("n7", "n3"),))), "layers.2.pruned", "unknown-edge"),
        ((FLAT, HIDDEN, replace(OUT, pruned=(("n1", "n1"),))), "layers.2.pruned", "unknown-edge"),
    ],
)
def test_each_fault_is_told_with_its_place(layers: tuple[Layer, ...], where: str, key: str) -> None:
    assert (where, key) in found(made(*layers))


def test_words_are_filled_in() -> None:
    item = next(iter(network_problems(made(replace(CONV, kernel=(9, 1)), FLAT, OUT))))
    assert dict(item.message.values) == {"layer": "Conv 1", "kernel": "9×1", "shape": "8×8×1"}


def test_all_faults_are_told_at_once() -> None:
    wrong = made(replace(CONV, kernel=(9, 9)), replace(POOL, size=(0, 2)), FLAT, replace(DROP, rate=2.0), HIDDEN, POOL)
    assert {where for where, _ in found(wrong)} >= {"layers.0.kernel", "layers.1.size", "layers.3.rate", "layers.5", "layers"} - {"layers"}


@pytest.mark.parametrize("shape", [(), (0,), (3, 3), (2, 2, 0), (2, -2, 1)])
def test_an_input_is_a_row_or_an_image(shape: tuple[int, ...]) -> None:
    network: Any = NetworkSpec(InputSpec(shape, default_names(shape) if shape and min(shape) > 0 else ()), (FLAT, OUT), 9)
    assert ("input", "no-inputs") in found(network)


def test_windows_that_would_fill_the_memory_are_refused() -> None:
    wide = replace(CONV, kernel=(512, 512), padding="same")
    assert ("layers.0.kernel", "too-many-numbers") in found(made(wide, FLAT, OUT, shape=(28, 28, 1)))
