"""From the plan's raw sum of gradients to new parameters, in place: penalty, clipping, the optimizer, each parameter's own rate.

It is `Learner.finish` and `Update` for the steps in which nothing can go wrong, which are nearly all: a gradient is *calm* if its
squared length is small, and an update is *tame* if no calm gradient can lead to a change that is not finite. So one product of a
vector with itself takes the place of three looks for infinities and of the copies that would bring the old moments back
(measured with SGD and 17 parameters, `calm` and `run` for
`Learner.finish`: 1.6 for 6.0 µs). A gradient that is not calm is the oracle's business.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers
from nnviz.engine.learner import SUSPECT
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.plan_optimizers import RULES
from nnviz.engine.plan_parts import Call
from nnviz.engine.plan_reach import REACHES
from nnviz.engine.plan_rule import Room, Vectors, bound, room
from nnviz.engine.spec import Spec
from nnviz.engine.table import Choice
from nnviz.engine.update import LEAST_SQUARES, direction, norm

__all__ = ["PlannedUpdate", "known", "room"]
Array = NDArray[Any]


def known(choice: Choice) -> bool:
    """Tell whether an optimizer has a form in place; an entry somebody added to `OPTIMIZERS` has none."""
    return choice.kind in RULES


class PlannedUpdate:
    """Changes parameters and moments in place.

        if update.tame and update.calm():
            update.run(count)

    Attributes:
        looks: what `calm` does, for those who do it themselves: calls, the product and the vector whose squares it adds up, and in
            a list of one how much they may be.
        run: (count) makes a step with the gradient that was found calm; `count` is 1 for the optimizer's first. A function
            and not a method, as that spares a small network's step a look-up.
        tame: whether every calm gradient leads to a change whose squared length is finite, at this rate and from these moments.
        moments: the vectors the optimizer keeps its moments in, by name; to be read and written to only when they are settled.
        settle: () -> the moments are brought there, as steps may leave them elsewhere (`plan_adam`). Steps go on with equal bits
            whether or when that is done.
    """

    def __init__(
        self,
        spec: Spec,
        parameters: Array,
        raw: Room,
        rates: Array | None,
        l1: Array | None,
        l2: Array | None,
        buffers: Buffers,
    ) -> None:
        """Bind everything to these vectors, flat, of one length and in one order, whichever it is.

        Args:
            spec: its optimizer must be `known`.
            parameters: θ, changed by `run`.
            raw: the room with the raw sum G; the factor times it is ∂L/∂θ. G is never written to.
            rates: what each parameter's change is multiplied by, as `Update.rates`; None when all are 1.
            l1: λ₁ of every parameter, as `Objective.l1`; None when all are 0.
            l2: λ₂, likewise.
            buffers: where arrays for what is in between come from.
        """
        training, limits = spec.training, np.finfo(parameters.dtype)
        self._rate, self._factor = training.learning_rate, 1.0
        self._largest, self._tiny = float(limits.max), float(limits.tiny)
        self._suspect = self._largest**SUSPECT
        self._raw, self._parameters, self._rates = raw.gradient, parameters, rates
        self._clip_value, self._clip_norm, self._normalize = training.clip_value, training.clip_norm, training.normalize_gradients
        self._scale, self._high, self._low = (np.ones((), parameters.dtype) for _ in range(3))
        mine = buffers.within("update")
        punished, clipped = l1 is not None or l2 is not None, self._clips()
        self._own = punished or clipped  # whether the gradient in use is a vector of its own
        here = room(parameters.size, mine, "used") if self._own else raw
        used = here.gradient
        self.moments = here.moments(OPTIMIZERS[training.optimizer.kind].moments, mine)
        before = self._punishing(used, l1, l2, mine) if punished else ()
        clipping = self._clip_calls(used, copied=punished) if clipped else ()
        self._punished, self._calmest = punished, [0.0]
        make, self._reach = RULES[training.optimizer.kind], REACHES[training.optimizer.kind]
        self._options = dict(training.optimizer.parameters)
        self._rule = bound(make, Vectors(used, parameters, self.moments, rates, mine, here.rows), self._options)
        self.settle = self._rule.settle
        measured = used if punished else raw.gradient
        self.looks = before, measured.dot, measured, self._calmest
        self.run: Callable[[int], object] = _run(clipping, self._rule.step) if clipping else self._rule.step
        self._fastest = 1.0 if rates is None else float(np.abs(rates).max(initial=0.0))
        self._sizes: dict[str, float] | None = None
        self._tame: bool | None = None
        self._write_limits()
        self._tune()

    def calm(self) -> bool:
        """Work out ∂L/∂θ + ∂Ω/∂θ and tell whether its squared length is surely no more than suspect (see `Learner`); not so for NaN."""
        before, squares, used, most = self.looks
        for call in before:
            call()
        return float(squares(used)) <= most[0]

    # -- settings that need no linking ----------------------------------------------------------------------------

    @property
    def learning_rate(self) -> float:
        """η of the steps from now on."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        if rate != self._rate:
            self._rate = rate
            self._tune()

    def set_factor(self, factor: float) -> None:
        """Say what makes ∂L/∂θ of the raw sum; it is not the same for the last, smaller batch of an epoch."""
        if factor != self._factor:
            self._factor = factor
            self._tune()

    def set_limits(self, clip_value: float | None, clip_norm: float | None) -> bool:
        """Go on with other thresholds; return False, with nothing changed, when clipping of either kind goes on or off."""
        if (clip_value is None, clip_norm is None) != (self._clip_value is None, self._clip_norm is None):
            return False
        self._clip_value, self._clip_norm = clip_value, clip_norm
        self._write_limits()
        return True

    def moved(self) -> None:
        """Say that somebody else has written to the parameters or the settled moments, so that `tame` must look at them."""
        self._sizes = self._tame = None

    def _tune(self) -> None:
        """Write rate and factor where the calls read them."""
        self._tame, factor = None, abs(self._factor)
        with np.errstate(all="ignore"):
            self._scale[...] = self._factor
            self._rule.tune(self._rate, 1.0 if self._own else self._factor)
        measured = 1.0 if self._punished else factor * factor
        # Half of what is suspect, as a sum of many squares is rounded; and never infinite, as infinity would be calm then.
        self._calmest[0] = min(self._suspect / 2 / max(measured, self._tiny), self._largest)

    def _write_limits(self) -> None:
        if self._clip_value is not None:
            with np.errstate(all="ignore"):
                self._high[...], self._low[...] = self._clip_value, -self._clip_value

    # -- whether all will be well ---------------------------------------------------------------------------------

    @property
    def tame(self) -> bool:
        """Worked out anew after a change of rate or factor, and after `moved` (which costs a product per moment).

        The bounds are `plan_reach`'s; beside them every number the rule multiplies by must be a normal one.
        """
        tame = self._tame
        if tame is None:
            with np.errstate(all="ignore"):
                tame = self._tame = self._judged()
        return tame

    def _judged(self) -> bool:
        if self._sizes is None:
            self.settle()
            self._sizes = {name: _size(name, moment) for name, moment in {**self.moments, "parameters": self._parameters}.items()}
        scalars = *self._rule.scalars(self._rate, 1.0 if self._own else self._factor), self._factor
        if not all(number == 0 or self._tiny <= abs(number) <= self._largest for number in scalars):
            return False
        slope, rate = max(1.0, math.sqrt(self._suspect)), self._rate * max(1.0, self._fastest)
        try:
            reach: float = self._reach(rate, slope, self._sizes, **self._options)
        except OverflowError:  # a power beyond the largest number
            return False
        return rate * reach <= math.sqrt(self._largest) / 4

    # -- what goes before the step -------------------------------------------------------------------------------

    def _punishing(self, used: Array, l1: Array | None, l2: Array | None, buffers: Buffers) -> tuple[Call, ...]:
        """Return the calls for g = c·G + λ₂·θ + λ₁·sign(θ)."""
        raw, theta, scale, penalty = self._raw, self._parameters, self._scale, buffers.take("down", used.shape)
        multiply, add = np.multiply, np.add

        def scaled() -> None:
            multiply(raw, scale, used)

        def decayed(strength: Array) -> None:
            multiply(theta, strength, penalty)
            add(used, penalty, used)

        def thinned(strength: Array) -> None:
            np.sign(theta, penalty)
            multiply(penalty, strength, penalty)
            add(used, penalty, used)

        return scaled, *([] if l2 is None else [partial(decayed, l2)]), *([] if l1 is None else [partial(thinned, l1)])

    def _clips(self) -> bool:
        return self._normalize or not (self._clip_value is None and self._clip_norm is None)

    def _clip_calls(self, used: Array, *, copied: bool) -> tuple[Call, ...]:
        """Return the calls of `Update.clip`, after a copy of the gradient where there is none yet."""
        raw, scale, high, low = self._raw, self._scale, self._high, self._low
        calls = list[Call]()

        def scaled() -> None:
            np.multiply(raw, scale, used)

        def bounded() -> None:
            np.minimum(used, high, out=used)
            np.maximum(used, low, out=used)

        if not copied:
            calls.append(scaled)
        if self._clip_value is not None:
            calls.append(bounded)
        if self._normalize or self._clip_norm is not None:
            calls.append(self._shortening(used))
        return tuple(calls)

    def _shortening(self, used: Array) -> Call:
        """Return g ← g·min(1, clip_norm/‖g‖), or g/‖g‖; what is not trained has no part in the length."""
        trained = None if self._rates is None else (self._rates != 0).astype(used.dtype)
        share = np.ones((), used.dtype)

        def shorten() -> None:
            if trained is not None:
                np.multiply(used, trained, used)
            length = norm(used)
            wanted = 1.0 if self._normalize or self._clip_norm is None else min(length, self._clip_norm)
            if length in (0.0, wanted):
                return
            if length * length > LEAST_SQUARES and wanted / length >= self._tiny:
                share[...] = wanted / length
                np.multiply(used, share, used)
            else:  # so short, or to be so short, that the quotient is no exact number
                np.copyto(used, wanted * direction(used))

        return shorten


def _run(clipping: tuple[Call, ...], step: Callable[[int], object]) -> Callable[[int], object]:
    if not clipping:
        return step

    def run(count: int) -> None:
        for call in clipping:
            call()
        step(count)

    return run


def _size(name: str, vector: Array) -> float:
    """Return the length of a vector; infinite if it is to hold squares and does not."""
    if "square" in name and not np.minimum.reduce(vector, initial=0.0) >= 0:
        return math.inf
    squares = float(vector.dot(vector))
    return math.sqrt(squares) if squares >= 0 else math.inf
