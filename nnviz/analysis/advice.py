"""Advice on a run from its learning curves: a rate too high or too low, overfitting, underfitting.

Each is told with what was measured: how the losses went, and where it is cheap how sharply the loss bends (`curvature`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.analysis import remedies
from nnviz.analysis.curvature import largest_eigenvalue, rate_limit
from nnviz.analysis.evidence import Evidence
from nnviz.analysis.finding import Finding, Remedy, digits, offered
from nnviz.engine.network import Network
from nnviz.engine.problem import Message, message
from nnviz.engine.update import Update

Array = NDArray[Any]
RISEN, RISEN_FROM_BEST = 2.0, 10.0  # times the loss at the start, at its best
WINDOW = 12  # the newest epochs, in which a swinging loss is looked for
SWING, HIGH = 0.5, 0.2  # climbs add up to so many times the mean loss; which is this share of the start's at least
SETTLED = 8  # epochs to wait before a slow fall is called slow
SLOW, UNMOVED = 0.02, 0.5  # the share of the loss that fell; and of the start's that is still there
FAR = 100  # how many times longer a step is tried
PROMISED = 0.5  # of FAR times the fall of one step: so straight is the way
WORSE, COUNTS = 0.1, 0.02  # the rise of the validation loss, as a share of its lowest and of its first value
PATIENCE = 5  # epochs since the lowest
LONG = 20  # epochs from which a run can be said to have come to rest
AT_REST = 0.02  # the share of the loss that fell in the last third
POOR = 0.5  # of the way from guessing to perfect


def advice(e: Evidence) -> Iterator[Finding]:
    """Yield what the learning curves give reason for; the first that holds explains the others."""
    for look in (_rising, _swinging, _overfitting, _creeping, _underfitting):
        finding = look(e)
        if finding is not None:
            yield finding
            return


def _rising(e: Evidence) -> Finding | None:
    """The loss has grown far beyond the start, or far beyond its best and still grows."""
    losses = e.losses()
    if len(losses) < 2:
        return None
    start, best, now = losses[0], losses.min(), losses[-1]
    grows = now > losses[-2]
    if now > RISEN * start > 0 or (grows and now > RISEN_FROM_BEST * best and now > RISEN / 2 * start):
        said = message("health.loss-rising", step=e.step, now=digits(float(now)), best=digits(float(best)))
        return Finding("loss-rising", None, e.step, said, *too_high(e, back=True))
    return None


def _swinging(e: Evidence) -> Finding | None:
    """The loss goes up as much as down: each step lands on the other side of the valley."""
    losses = e.losses()
    recent = losses[-WINDOW:]
    if len(recent) < WINDOW // 2:
        return None
    climbs, fall = float(np.clip(np.diff(recent), 0, None).sum()), max(0.0, float(recent[0] - recent[-1]))
    mean = float(recent.mean())
    if climbs > SWING * mean and climbs > 2 * fall and mean > HIGH * losses[0]:
        said = message("health.rate-too-high", step=e.step, rate=digits(e.rate))
        return Finding("rate-too-high", None, e.step, said, *too_high(e))
    return None


def _creeping(e: Evidence) -> Finding | None:
    """The loss hardly falls, although a step many times as long would still lead straight down."""
    losses = e.losses()
    if len(losses) < SETTLED or e.present.epoch < SETTLED:
        return None
    recent = losses[-SETTLED:]
    if not 0 <= recent[0] - recent[-1] < SLOW * recent[0] or recent[-1] < UNMOVED * losses[0]:
        return None
    one, many = falls(e, FAR)
    if not (one > 0 and many > PROMISED * FAR * one):
        return None
    limit = rate_limit(e.spec, measured(e))  # this direction may be flat, and another one steep
    if 2 * FAR * e.rate > limit:
        return None
    said = message("health.rate-too-low", step=e.step, rate=digits(e.rate))
    why = message("health.rate-too-low-why", factor=FAR, share=digits(100 * many / float(recent[-1])))
    return Finding("rate-too-low", None, e.step, said, why, offered(e, remedies.faster(e.spec, 10), remedies.faster(e.spec, FAR)))


def falls(e: Evidence, factor: float) -> tuple[float, float]:
    """Return by how much the loss on the samples looked at falls with the next step, and with one `factor` times as long."""
    update = Update(e.spec, e.network.parameters.dtype)
    update.learning_rate = e.rate
    penalty = e.objective.penalty_gradient(e.network.parameters)
    gradient, _ = update.clip(e.gradient if penalty is None else e.gradient + penalty)
    count = e.step - e.present.moments_since + 1
    with np.errstate(all="ignore"):
        change, _ = update.change(gradient, dict(e.present.state), count, e.network.parameters)
        now = float(e.objective.loss(e.passed, e.t))
        moved = (Network(e.spec.network, e.network.parameters + scale * change).forward(e.x, e.mode) for scale in (1, factor))
        one, many = (now - float(e.objective.loss(passed, e.t)) for passed in moved)
    return one, many


def _overfitting(e: Evidence) -> Finding | None:
    """The validation loss has turned and rises while the training loss goes on falling (Prechelt 1998, Early stopping - but when?)."""
    train, validation = e.series.get("train_loss"), e.series.get("validation_loss")
    if train is None or validation is None:
        return None
    (epochs, losses), (own_epochs, own) = train, validation
    turn = int(own.argmin())
    at_turn = float(np.interp(own_epochs[turn], epochs, losses))
    since = own_epochs[-1] - own_epochs[turn]
    rise = float(own[-PATIENCE:].min() - own[turn])
    if since >= PATIENCE and rise > max(WORSE * own[turn], COUNTS * own[0]) and losses[-1] < min((1 - WORSE) * at_turn, own[-1]):
        values = {"epoch": int(own_epochs[turn]), "best": digits(float(own[turn])), "now": digits(float(own[-1]))}
        said = message("health.overfitting", step=e.step, **values)
        why = message("health.overfitting-why", train=digits(float(losses[-1])), before=digits(at_turn))
        cures = (
            remedies.early_stopping(e.spec, PATIENCE),
            remedies.decay(e.spec, max(0.01, 3 * e.spec.training.l2)),
            remedies.dropout(e.spec, 0.3),
            remedies.hidden_units(e.spec, 0.5),
        )
        return Finding("overfitting", None, e.step, said, why, offered(e, *cures))
    return None


def _underfitting(e: Evidence) -> Finding | None:
    """The training loss has come to rest, and even the training samples are answered badly."""
    losses, metric = e.losses(), e.latest.train_metric
    if e.present.epoch < LONG or len(losses) < LONG or math.isnan(metric):
        return None
    third = losses[-max(2, len(losses) // 3) :]
    guess = float(np.bincount(e.samples.train.y).max()) / len(e.samples.train) if e.samples.classes else 0.0
    if abs(third[0] - third[-1]) > AT_REST * third[0] or metric > guess + POOR * (1 - guess):
        return None
    if max(falls(e, FAR)[1], falls(e, 10 * FAR)[1]) > AT_REST * third[-1]:
        return None  # it is on its way, only slowly
    said = message("health.underfitting", step=e.step, percent=digits(100 * metric))
    if not e.samples.classes:
        said = message("health.underfitting-values", step=e.step, r2=digits(metric))
    cures: tuple[Remedy | None, ...] = (
        remedies.hidden_units(e.spec, 2),
        remedies.hidden_layer(e.spec, 8),
        remedies.no_decay(e.spec),
        remedies.more_epochs(e.spec),
    )
    return Finding("underfitting", None, e.step, said, message("health.underfitting-why"), offered(e, *cures))


def measured(e: Evidence) -> float:
    """Return λmax at the best weights so far, for batches of the size in use; those of a run that fell apart say nothing."""
    rows, batch = len(e.x), e.spec.training.batch_size or len(e.samples.train)
    found = largest_eigenvalue(e.spec, e.best, e.x, e.t, e.mode)
    scale = e.objective.batch_scale
    return found * batch * scale(batch) / (rows * scale(rows))  # a sum over more samples bends more


def too_high(e: Evidence, back: bool = False) -> tuple[Message, tuple[Remedy, ...]]:
    """Return why steps are too long, and what makes them shorter: half of the limit where that is known, a tenth, clipping."""
    eigenvalue, training = measured(e), e.spec.training
    limit = rate_limit(e.spec, eigenvalue)
    slower = remedies.slower(e.spec, back), remedies.clip(e.spec, back) if training.clip_norm is None else None
    if not e.rate > limit:
        return message("health.steps-too-long", rate=digits(e.rate)), offered(e, *slower)
    fitting = remedies.rate(e.spec, training.learning_rate * limit / (2 * e.rate), back)
    why = message("health.rate-limit", rate=digits(e.rate), eigenvalue=digits(eigenvalue), limit=digits(limit))
    return why, offered(e, fitting, *slower)
