"""Ctrl+C while training: the present piece of work is finished first, so that what was reached can be kept."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType


class Interrupt:
    """A context in which the first Ctrl+C only sets `asked`; the second one interrupts at once.

    with Interrupt() as interrupt:
        while not interrupt.asked:
            trainer.advance()
    """

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Interrupt:
        self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.asked = True
        signal.signal(signal.SIGINT, self._before)
