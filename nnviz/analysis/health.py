"""Whether a run is well: every fault and every piece of advice, named with layer, step, reason and remedies.

    findings = foreseen(trainer)                # before the first step
    findings = diagnose(trainer)                # between two pieces of work, about once a second
    findings = diagnose(trainer, error)         # after a DivergedError

The worst comes first. Remedies are whole specs; the document's `edit` applies one, and undo takes it back.
"""

from __future__ import annotations

import numpy as np

from nnviz.analysis import remedies
from nnviz.analysis.advice import advice, too_high
from nnviz.analysis.data_faults import LARGE, data_findings
from nnviz.analysis.evidence import Evidence, examine
from nnviz.analysis.finding import Finding, Remedy, offered, summary
from nnviz.analysis.settings import mismatches, setting_findings
from nnviz.analysis.signals import OVERFLOW, overflow, signal_findings
from nnviz.engine.divergence import DivergedError
from nnviz.engine.problem import message
from nnviz.engine.spec import Weighted
from nnviz.engine.trainer import Trainer

__all__ = ["Finding", "Remedy", "diagnose", "foreseen", "summary"]


def diagnose(trainer: Trainer, error: DivergedError | None = None) -> tuple[Finding, ...]:
    """Return all that is found, the worst first; nothing changes.

    Args:
        trainer: the run.
        error: what ended it, if something did.
    """
    if not len(trainer.samples.train):
        return ()
    e = examine(trainer)
    with np.errstate(all="ignore"):
        data, settings = list(data_findings(e)), list(setting_findings(e))
        if error is not None:
            return (_ended(e, error), *data, *settings)
        signals = list(signal_findings(e))
        # A network that a fault holds back is not too simple.
        advised = [item for item in advice(e) if item.kind != "underfitting" or not (signals or settings)]
    return (*signals, *advised, *data, *settings)


def foreseen(trainer: Trainer) -> tuple[Finding, ...]:
    """Return what can be said without a step made: of the data, and of settings that do not go together."""
    if not len(trainer.samples.train):
        return ()
    e = examine(trainer)
    with np.errstate(all="ignore"):
        return (*data_findings(e), *mismatches(e))


def _ended(e: Evidence, error: DivergedError) -> Finding:
    """Return why the run could not go on."""
    layer = e.spec.network.layer(error.layer)
    if isinstance(layer, Weighted) and layer.activation.kind == "naive_softmax" and error.quantity == "a":
        limit, index = OVERFLOW[e.spec.training.precision], e.spec.network.index(layer.id)
        return overflow(e, layer, max(limit, float(e.passed.z[index].max(initial=0.0))), limit, error.step)
    said = message("health.diverged", layer=layer.name, step=error.step, quantity=error.quantity)
    scaled = remedies.standardize(e.spec) if float(np.abs(e.x).max()) > LARGE and not e.images else None
    why, cures = too_high(e, back=True)
    return Finding("diverged", layer.id, error.step, said, why, (*cures, *offered(e, scaled)))
