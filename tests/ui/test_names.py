"""Names on screen."""

from __future__ import annotations

import pytest

from nnviz.data.features import LINE, PLANE
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.network_spec import LAYERS, PADDINGS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.spec import MISSING, PROBLEMS
from nnviz.formats.examples import load
from nnviz.ui.names import NAMES, entry_name, feature_name, lowered, network_sizes, parameter_name
from nnviz.ui.tips import plain

TABLES = (ACTIVATIONS, INITIALIZERS, LOSSES, REDUCTIONS, OPTIMIZERS, SCHEDULES, LAYERS, PADDINGS, MISSING, PROBLEMS)


@pytest.mark.parametrize("key", [key for table in TABLES for key in table])
def test_no_entry_is_shown_by_its_code(key: str) -> None:
    assert key in NAMES and "_" not in entry_name(key)


def test_names_in_one_table_differ() -> None:
    for table in TABLES:
        assert len({entry_name(key) for key in table}) == len(table)


def test_an_unknown_entry_appears_by_itself() -> None:
    assert entry_name("brand_new") == "brand new"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x1", "x₁"), ("x1^2", "x₁²"), ("x1*x2", "x₁x₂"), ("sin(x1)", "sin x₁"), ("petal length", "petal length"), ("x12", "x₁₂"),
        ("<b>", "<b>"), ("max10", "max10"),
    ],
)  # fmt: skip
def test_features_are_written_as_mathematics(name: str, shown: str) -> None:
    assert feature_name(name) == shown


def test_features_stay_apart() -> None:
    for table in (LINE, PLANE):
        assert len({feature_name(name) for name in table}) == len(table)


def test_parameters() -> None:
    assert [parameter_name(name) for name in ("beta1", "epsilon", "slope", "my_rate")] == ["β₁", "ε", "slope", "my rate"]
    assert lowered(120) == "₁₂₀"


def test_tips_show_markup_literally() -> None:
    assert plain("<b>a</b>\nb & c") == "<qt>&lt;b&gt;a&lt;/b&gt;<br>b &amp; c</qt>"


def test_the_sizes_of_a_network_are_of_what_has_neurons_or_filters() -> None:
    assert network_sizes(load("spiral").spec.network) == [4, 8, 6, 1]
    network = load("digits-cnn").spec.network
    assert network_sizes(network) == [64, *(layer.units for layer in network.layers if hasattr(layer, "neurons"))]
