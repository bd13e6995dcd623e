from __future__ import annotations

from dataclasses import replace

import pytest

from nnviz.app import health as module
from nnviz.app.health import HealthWatch
from nnviz.data.prepare import prepare
from nnviz.engine.divergence import DivergedError
from nnviz.engine.paths import set_path
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load


def running(rate: str = "0.005") -> Trainer:
    spec = set_path(load("linear-3-4").spec, "training.learning_rate", rate)
    return Trainer(spec, prepare(spec.data).samples)


def trained(trainer: Trainer, steps: int) -> None:
    for _ in range(steps):
        trainer.step()


def test_a_run_that_stands_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Trainer] = []
    real = module.diagnose
    monkeypatch.setattr(module, "diagnose", lambda trainer, error: looks.append(trainer) or real(trainer, error))
    watch, trainer = HealthWatch(), running()
    trainer.run_epoch()
    while trainer.refresh():
        continue
    first = watch.findings(trainer)
    assert watch.findings(trainer) is first and len(looks) == 1
    trainer.step()
    watch.findings(trainer)
    assert len(looks) == 1, "less than a second later"
    monkeypatch.setattr(watch, "_due", 0.0)
    watch.findings(trainer)
    assert len(looks) == 2


def test_an_edit_is_looked_at_at_once() -> None:
    watch, trainer = HealthWatch(), running()
    watch.findings(trainer)
    made = replace(trainer.spec, training=replace(trainer.spec.training, learning_rate=0.02))
    trainer.set_spec(made, trainer.samples)
    assert all(remedy.spec != trainer.spec for finding in watch.findings(trainer) for remedy in finding.remedies)


def test_what_ended_a_run_is_named_with_the_eigenvalue_until_it_goes_on() -> None:
    watch, trainer = HealthWatch(), running("0.01")
    with pytest.raises(DivergedError) as caught:
        trained(trainer, 3000)
    watch.fail(caught.value)
    worst = watch.findings(trainer)[0]
    assert worst.kind == "diverged" and worst.layer == "out" and worst.step == caught.value.step
    assert any("0.0069" in str(value) or "0.007" in str(value) for _, value in worst.reason.values), worst.reason
    rates = [remedy.spec.training.learning_rate for remedy in worst.remedies]
    assert min(rates) <= 0.00699
    watch.fail(None)
    assert watch.error is None
