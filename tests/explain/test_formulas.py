"""Every formula that can be shown is read as plain text and set as mathematics by the renderer of the window."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import FUSED, LOSSES, REDUCTIONS
from nnviz.engine.network_spec import Conv2D, Dense, Flatten, MaxPool2D
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.table import choose
from nnviz.engine.trace import Trace
from nnviz.explain.latex import text
from nnviz.explain.stages import stages


def of_tables() -> Iterator[str]:
    for table in (ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES, INITIALIZERS, REDUCTIONS):
        yield from (entry.formula for entry in table.values())
    yield from (entry.derivative_formula for entry in ACTIVATIONS.values())
    yield from (entry.gradient_formula for entry in LOSSES.values())
    yield from (entry.delta_formula for entry in FUSED.values())


@cache
def set_as_mathematics(latex: str) -> str:
    from ziamath.config import config
    from ziamath.zmath import Latex

    config.svg2 = False
    made: str = Latex(latex, size=14.0, color="black").svg()
    return made


def readable(latex: str) -> None:
    shown = text(latex)
    assert shown and not set("\\{}&") & set(shown), latex
    assert "<svg" in set_as_mathematics(latex), latex


@pytest.mark.parametrize("latex", sorted(set(of_tables())))
def test_every_formula_of_the_tables_is_read_and_set(latex: str) -> None:
    readable(latex)


def other_layers(traced: Any, pictured: Any) -> Iterator[Trace]:
    """Yield passes in which every kind of layer, table entry with parameters, and way of clipping stands."""
    small = (
        Conv2D("c", "Conv", ("k1", "k2"), stride=(2, 2), use_bias=False),
        MaxPool2D("m", "Max", (2, 2), (1, 1)),
        Flatten("f", "Flat"),
        Dense("o", "Output", ("o1", "o2"), choose(ACTIVATIONS, "linear")),
    )
    yield pictured()
    yield pictured(small, shape=(7, 7, 1))
    yield traced((3, 3), output="softmax", loss="distillation")
    yield traced((3, 4, 3), hidden="elu", loss="huber", l1=0.1, l2=0.1, clip_value=0.1, normalize_gradients=True)
    for name in SCHEDULES:
        yield traced((2, 2, 1), schedule=choose(SCHEDULES, name), rate=0.05, optimizer="adamw", samples=2, reduction="mean-over-elements")


def test_every_formula_of_every_stage_is_read_and_set(traced: Any, pictured: Any) -> None:
    for recorded in other_layers(traced, pictured):
        for stage in stages(recorded):
            readable(stage.formula)
