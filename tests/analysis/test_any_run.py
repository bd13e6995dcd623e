"""A diagnosis of any run at all ends, can be told in words, and offers only specs that can be."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnviz.analysis.health import diagnose, summary
from nnviz.engine.samples import Samples
from nnviz.engine.spec import Spec, problems
from nnviz.engine.trainer import DivergedError, Trainer
from nnviz.explain.words import say
from tests.engine.any_spec import specs
from tests.engine.build import parts


def data(made: Spec, samples: int, seed: int) -> Samples:
    """Return samples that fit a spec, the last quarter for validation; some are huge, some all alike."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, len(made.network.input.names))) * 10.0 ** rng.integers(-3, 6)
    units, train = made.network.output.units, max(1, samples * 3 // 4)
    if made.data.problem == "classification":
        classes = max(2, units)
        known = parts(x, rng.integers(0, classes, samples), train, classes)
        return Samples(known.train, known.validation, known.test, classes, rng.normal(size=(samples, units)))
    return parts(x, rng.normal(size=(samples, units)) * 10.0 ** rng.integers(-3, 6), train, 0)


def distilled_values(made: Spec) -> bool:
    return made.training.loss.kind == "distillation" and made.data.problem != "classification"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(specs().filter(lambda made: not distilled_values(made)), st.integers(1, 12), st.integers(0, 99))
def test_any_run_can_be_diagnosed(made: Spec, samples: int, seed: int) -> None:
    with np.errstate(all="ignore"):  # initial weights of 1e300 are ∞ in float32
        trainer, error = Trainer(made, data(made, samples, seed)), None
    for _ in range(3):
        found = diagnose(trainer, error)
        assert len(summary(found, say)) == len(found)
        ids = {layer.id for layer in made.network.layers}
        for item in found:
            assert item.layer is None or item.layer in ids
            assert all(not problems(remedy.spec) and remedy.spec != made for remedy in item.remedies)
        try:
            trainer.step()
        except DivergedError as caught:
            error = caught
