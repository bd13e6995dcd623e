"""Settings that can be trained with, but do not go together: loss and output, decay and rate, clipping and slopes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnviz.analysis import remedies
from nnviz.analysis.activation_ends import ends
from nnviz.analysis.evidence import Evidence, rms
from nnviz.analysis.finding import Finding, digits, offered
from nnviz.engine.losses import LOSSES
from nnviz.engine.problem import message
from nnviz.engine.spec import Dropout, Spec, Weighted
from nnviz.engine.update import norm

SPREAD = 0.05  # of the targets' spread: outputs that vary less say the same for every sample
FADED = 3.0  # decay · rate · steps from which weights nobody holds up have fallen to e^−3, a twentieth
SHORTENED = 1e-3  # what clipping leaves of a gradient
MOST_DROPPED = 0.8


def setting_findings(e: Evidence) -> Iterator[Finding]:
    """Yield all settings that do not go together, as they are or as the run turned out."""
    yield from mismatches(e)
    yield from _decay(e)
    yield from _clipping(e)


def mismatches(e: Evidence) -> Iterator[Finding]:
    """Yield the settings of which it can be said without a step made that they do not go together."""
    yield from _reach(e)
    yield from _softmax(e)
    yield from _hinge(e)
    yield from _linear(e)
    yield from _dropout(e)


def _reach(e: Evidence) -> Iterator[Finding]:
    """Values to meet that the output activation cannot say."""
    if e.samples.classes:
        return
    output = e.spec.network.output
    own, least, most = ends(output.activation), float(e.t.min()), float(e.t.max())
    slack = 0.05 * (most - least)
    if least < own.low - slack or most > own.high + slack:
        values = {"low": own.low, "high": own.high, "least": digits(least), "most": digits(most)}
        said = message("health.targets-out-of-reach", layer=output.name, activation=output.activation.kind.replace("_", " "), **values)
        found = offered(e, remedies.output_and_loss(e.spec, "linear", "mse"))
        yield Finding("targets-out-of-reach", output.id, e.step, said, message("health.targets-out-of-reach-why"), found)


def _softmax(e: Evidence) -> Iterator[Finding]:
    """A softmax under a loss for values: allowed, but worth a note."""
    output, loss = e.spec.network.output, e.spec.training.loss.kind
    if output.activation.kind not in ("softmax", "naive_softmax") or LOSSES[loss].needs_probabilities:
        return
    better = remedies.loss(e.spec, "categorical_crossentropy") if e.samples.classes else remedies.output(e.spec, "linear")
    said = message("health.softmax-regression", layer=output.name, loss=loss.replace("_", " "))
    found = offered(e, better)
    yield Finding("softmax-regression", output.id, e.step, said, message("health.softmax-regression-why"), found)


def _hinge(e: Evidence) -> Iterator[Finding]:
    """The hinge asks for answers beyond 1 and −1; few activations reach both."""
    output = e.spec.network.output
    own = ends(output.activation)
    if e.spec.training.loss.kind == "hinge" and (own.low > -1 or own.high < 1):
        said = message("health.hinge-range", layer=output.name, activation=output.activation.kind.replace("_", " "))
        found = offered(e, remedies.output(e.spec, "linear"), remedies.output(e.spec, "tanh"))
        yield Finding("hinge-range", output.id, e.step, said, message("health.hinge-range-why"), found)


def _linear(e: Evidence) -> Iterator[Finding]:
    """Hidden layers that are all linear: W₂(W₁x + b₁) + b₂ is one linear layer. An autoencoder's still narrow it."""
    hidden = [layer for layer in e.spec.network.layers[:-1] if isinstance(layer, Weighted)]
    if hidden and all(layer.activation.kind == "linear" for layer in hidden) and e.spec.data.problem != "autoencoder":
        said = message("health.linear-stack", layer=hidden[0].name, count=len(hidden))
        found = offered(e, remedies.hidden_activations(e.spec, "tanh"), remedies.hidden_activations(e.spec, "relu"))
        yield Finding("linear-stack", hidden[0].id, e.step, said, message("health.linear-stack-why"), found)


def _dropout(e: Evidence) -> Iterator[Finding]:
    for layer in e.spec.network.layers:
        if isinstance(layer, Dropout) and layer.rate > MOST_DROPPED:
            said = message("health.dropout-strong", layer=layer.name, percent=digits(100 * layer.rate))
            found = offered(e, remedies.dropout_rate(e.spec, layer, 0.5), remedies.dropout_rate(e.spec, layer, 0.2))
            yield Finding("dropout-strong", layer.id, e.step, said, message("health.dropout-strong-why"), found)


def _decay(e: Evidence) -> Iterator[Finding]:
    """A penalty so strong that the weights have shrunk until every sample gets the same answer."""
    training = e.spec.training
    everywhere = dict(training.optimizer.parameters).get("weight_decay", 0.0)
    layers = [layer for _, layer, _ in e.weighted]
    decays = [max(everywhere, *(_own(layer, name, e.spec) for name in ("l1", "l2"))) for layer in layers]
    strongest = max(decays)
    outputs, t = e.passed.outputs, e.t[:, -e.spec.network.output.units :]
    spread, wanted = rms(outputs - outputs.mean(axis=0)), rms(t - t.mean(axis=0))
    if strongest * e.rate * e.step > FADED and spread < SPREAD * wanted:
        layer = layers[decays.index(strongest)]
        size = rms(e.network.views[e.spec.network.index(layer.id)].weights)
        said = message("health.decay-too-strong", layer=layer.name, step=e.step, size=digits(size))
        why = message("health.decay-too-strong-why", decay=strongest)
        milder = remedies.decay(e.spec, training.l2 / 100) if training.l2 == strongest else None
        yield Finding("decay-too-strong", layer.id, e.step, said, why, offered(e, remedies.no_decay(e.spec), milder))


def _own(layer: Weighted, name: str, spec: Spec) -> float:
    """Return the strength of a penalty on a layer: its own, else that of the training."""
    own = getattr(layer, name)
    found: float = getattr(spec.training, name) if own is None else own
    return found


def _clipping(e: Evidence) -> Iterator[Finding]:
    """A clipping so tight that hardly anything is left of any gradient."""
    limit, length = e.spec.training.clip_norm, norm(e.gradient)
    if limit is not None and not e.spec.training.normalize_gradients and limit < SHORTENED * length < np.inf:
        said = message("health.clip-tight", step=e.step, limit=limit, length=digits(length))
        yield Finding("clip-tight", None, e.step, said, message("health.clip-tight-why"), offered(e, remedies.unclip(e.spec)))
