"""Whether the canvas stands still: values may stream in, and the view may be moved; a moment after the last it rests."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

STILL_AFTER = 250  # ms


class Stillness(QObject):
    """Notices when values and view come to rest.

    Signals:
        rested: both have.
    """

    rested = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._values, self._view = _timer(self), _timer(self)

    @property
    def streaming(self) -> bool:
        """Whether values came a moment ago."""
        return self._values.isActive()

    @property
    def gliding(self) -> bool:
        """Whether the view was moved a moment ago."""
        return self._view.isActive()

    def value_came(self) -> None:
        """Note that there are new values."""
        self._values.start()

    @Slot()
    def view_moved(self) -> None:
        """Note that the view was moved by hand."""
        self._view.start()

    def end(self) -> None:
        """Rest at once."""
        self._values.stop()
        self._view.stop()

    @Slot()
    def _look(self) -> None:
        if not (self.streaming or self.gliding):
            self.rested.emit()


def _timer(stillness: Stillness) -> QTimer:
    timer = QTimer(stillness)
    timer.setSingleShot(True)
    timer.setInterval(STILL_AFTER)
    timer.timeout.connect(stillness._look)
    return timer
