"""The status bar: what is happening in words, how fast, and whether the run can be repeated."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, Slot
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Frame
from nnviz.explain.numbers import format_number
from nnviz.explain.words import problem_text, say
from nnviz.ui.form import ElidedLabel
from nnviz.ui.stop_words import stop_words
from nnviz.ui.theme import Theme

EDGE = 10


def _departure(frame: Frame | None) -> tuple[Any, ...]:
    """Return what the words depend on besides speeds and states."""
    return (False, -1, None, None) if frame is None else (frame.hand_stepped, frame.edited_at, frame.stopped, frame.obstacle)


class Status(QStatusBar):
    """Left the state and the speeds, right precision, seed and reproducibility."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._frames, self._clock = 0, QElapsedTimer()
        self._rate, self._hand_stepped = 0.0, False
        self.activity, self.setup = ElidedLabel(), QLabel()
        self.activity.setProperty("role", "")
        self.activity.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContentsMargins(EDGE, 0, EDGE, 0)
        self.addWidget(self.activity, 1)
        self.addPermanentWidget(self.setup)
        document.state_changed.connect(self._refresh)
        document.frame_changed.connect(self._count)
        document.stepper.stage_changed.connect(self._refresh)
        document.spec_changed.connect(self._refresh)
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Leave room at both ends as this theme does; the style sheet brings the rest, and whole numbers have no decimal mark."""
        self.setContentsMargins(theme.pixels(EDGE), 0, theme.pixels(EDGE), 0)

    @Slot(object)
    def _count(self, frame: Frame) -> None:
        self._frames += 1
        if not self._clock.isValid() or self._clock.elapsed() > 1000:
            self._rate = self._frames * 1000 / max(1, self._clock.restart()) if self._clock.isValid() else 0.0
            if not self._clock.isValid():
                self._clock.start()
            self._frames = 0
            self._refresh()
        elif _departure(frame) != self._departure:
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        document, training = self._document, self._document.spec.training
        self.activity.show_words(self._activity())  # cut where it is long: words must not widen the window
        frame = document.frame
        self._departure = _departure(frame)
        repeatable = self._repeatable(*self._departure[:2])
        words = self.tr("{precision} · seed {seed} · {repeatable}")
        obstacle = None if frame is None else frame.obstacle
        if obstacle is not None:
            words = self.tr("readable engine · {precision} · seed {seed} · {repeatable}")
        self.setup.setText(words.format(precision=training.precision, seed=training.seed, repeatable=repeatable))
        self.setup.setToolTip("" if obstacle is None else problem_text(obstacle).why)

    def _repeatable(self, hand_stepped: bool, edited_at: int) -> str:
        """Say whether spec and seed alone give this run again, or why not."""
        if hand_stepped:
            return self.tr("hand-stepped")
        if edited_at >= 0:
            return self.tr("edited at step {step}").format(step=format_number(edited_at))
        return self.tr("reproducible")

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in a new language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._refresh()

    def _activity(self) -> str:
        document = self._document
        stage = document.stepper.stage
        if document.state is RunState.LOADING:
            return self.tr("Preparing the data…")
        if document.state is RunState.FAILED:
            return self.tr("Training has stopped")
        if stage is not None:
            return self.tr("Stage {index} of {count} · {sentence}").format(
                index=format_number(stage.index + 1), count=format_number(len(document.stepper.stages)), sentence=say(stage.sentence)
            )
        if document.state is RunState.TRAINING and document.frame is not None:
            return self.tr("Training · {steps} steps/s · {frames} pictures/s").format(
                steps=format_number(round(document.frame.steps_per_second)), frames=format_number(round(self._rate))
            )
        if document.frame is not None and document.frame.stopped is not None:
            return stop_words(document.frame.stopped, document.frame.spec.training)
        return self.tr("Ready · Space trains, Ctrl+T steps through one pass")
