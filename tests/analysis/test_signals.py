"""What is not a fault: a few dead units, lesioned ones, answers that are sure and right, weights that differ anywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.analysis.evidence import LEAST, ROWS, chosen, examine, rms
from nnviz.analysis.health import diagnose
from nnviz.engine.network import initialize, views
from nnviz.engine.samples import Array
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from tests.analysis.planted import PLANTS, biased, classified, initialized, run
from tests.engine.build import samples, spec, values


def kinds(made: Spec, initial: Array | None = None, epochs: int = 0) -> list[str]:
    known = classified(made, 0) if made.data.problem == "classification" else values(inputs=len(made.network.input.names))
    trainer = Trainer(made, known, initial=initial)
    run(trainer, epochs)
    return [item.kind for item in diagnose(trainer)]


@pytest.mark.parametrize(("dead", "found"), [(0, False), (3, False), (4, True), (8, True)])
def test_units_are_called_dead_from_half_of_a_layer_on(dead: int, found: bool) -> None:
    made = spec(2, 8, 1, hidden="relu")
    flat = initialize(made.network, 0)
    views(made.network, flat)[0].bias[:dead] = -50
    views(made.network, flat)[0].bias[dead:] = 1
    assert ("dead-units" in kinds(made, flat)) is found


def test_lesioned_units_are_not_called_dead() -> None:
    made = spec(2, 8, 1, hidden="relu")
    first = made.network.layers[0]
    lesioned = replace(first, lesioned=made.network.weighted("l1").neurons[:7])
    made = replace(made, network=replace(made.network, layers=(lesioned, *made.network.layers[1:])))
    flat = initialize(made.network, 0)
    views(made.network, flat)[0].bias[...] = 5
    assert "dead-units" not in kinds(made, flat)


def test_other_units_that_answer_little_are_not_called_dead() -> None:
    for hidden in ("leaky_relu", "elu", "softplus"):
        made = spec(2, 8, 1, hidden=hidden)
        assert "dead-units" not in kinds(made, biased(0, -5.0)(made))


def test_a_sure_output_that_is_right_is_well() -> None:
    made = spec(2, 6, 1, output="sigmoid")
    trainer = Trainer(made, samples())
    right = replace(trainer.samples, train=replace(trainer.samples.train, y=np.ones(40, int)))
    found = diagnose(Trainer(made, right, initial=biased(1, 20.0)(made)))
    assert "saturated-output" not in [item.kind for item in found]


def test_a_cross_entropy_hears_a_wrong_output_that_is_sure() -> None:
    made = spec(2, 6, 1, output="sigmoid", loss="binary_crossentropy")
    assert "saturated-output" not in kinds(made, biased(1, 20.0)(made))


@pytest.mark.parametrize(("layer", "changed"), [(0, "weights"), (0, "bias"), (1, "weights")])
def test_one_weight_that_differs_breaks_the_symmetry(layer: int, changed: str) -> None:
    made = initialized(spec(2, 6, 1), "constant", value=0.3)
    flat = initialize(made.network, 0)
    assert "symmetric-weights" in kinds(made, flat)
    getattr(views(made.network, flat)[layer], changed)[0, ...].flat[-1] += 0.01
    assert "symmetric-weights" not in kinds(made, flat)


def test_a_layer_of_one_unit_has_nothing_to_be_equal_to() -> None:
    assert "symmetric-weights" not in kinds(initialized(spec(2, 1, 1), "constant", value=0.3))


def test_slopes_that_are_clipped_may_grow() -> None:
    made = PLANTS["exploding-gradients"].spec(0)
    assert "exploding-gradients" in kinds(made)
    for clipping in ({"clip_norm": 1.0}, {"clip_value": 1.0}, {"normalize_gradients": True}):
        assert "exploding-gradients" not in kinds(replace(made, training=replace(made.training, **clipping)))


def test_no_more_samples_are_looked_at_than_it_takes_spread_evenly() -> None:
    assert chosen(5, 256).tolist() == [0, 1, 2, 3, 4]
    rows = chosen(10_000, ROWS)
    assert len(set(rows.tolist())) == ROWS and (rows[0], rows[-1]) == (0, 9999)
    wide = spec(2, 2000, 2000, 1)
    assert LEAST <= len(examine(Trainer(wide, samples())).x) < 40


def test_a_look_finds_the_same_gradient_as_the_step() -> None:
    made = spec(2, 6, 1, batch_size=0, learning_rate=1e-12)
    trainer = Trainer(made, samples())
    trainer.step()
    assert np.allclose(examine(trainer).gradient, trainer.gradient, atol=1e-9)


def test_the_root_mean_square() -> None:
    assert rms(np.array([3.0, -4.0, 0.0, 0.0])) == 2.5
    assert rms(np.zeros((0, 3))) == 0.0
