"""A strip above the canvas that says what cannot be, why, and offers what to do about it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from nnviz.app.document import Document, RunState
from nnviz.engine.problem import Problem
from nnviz.engine.spec import Spec
from nnviz.explain.words import one_line

SHOWN_FOR = 9000  # ms that a refused edit stays on screen


class Banner(QFrame):
    """Shows problems of the run until it goes on, and refused edits for a while."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setObjectName("banner")
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.back, self.slower, self.clip, self.dismiss = (QPushButton() for _ in range(4))
        layout = QHBoxLayout(self)
        for widget in (self.words, self.back, self.slower, self.clip, self.dismiss):
            layout.addWidget(widget)
        self._failing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.back.clicked.connect(self._go_back)
        self.slower.clicked.connect(self._train_slower)
        self.clip.clicked.connect(self._clip)
        self.dismiss.clicked.connect(self.hide)
        document.failed.connect(self.show_failure)
        document.refused.connect(self.show_refusal)
        document.spec_changed.connect(self.hide)
        document.state_changed.connect(self._follow_run)
        self._translate()
        self.hide()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Problem"))
        self.back.setText(self.tr("Back to the best step"))
        self.slower.setText(self.tr("Learning rate ÷ 10"))
        self.clip.setText(self.tr("Clip the gradient at 1"))
        self.dismiss.setText(self.tr("Close"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() is QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)

    @Slot(object)
    def show_failure(self, problems: tuple[Problem, ...]) -> None:
        """Say why the run cannot go on, with its remedies."""
        diverged = any(item.message.key == "problem.diverged" for item in problems)
        self._show(problems, diverged)
        self._failing = True
        self._timer.stop()

    @Slot(object)
    def show_refusal(self, problems: tuple[Problem, ...]) -> None:
        """Say why an edit was not made."""
        self._show(problems, remedies=False)
        self._failing = False
        self._timer.start(SHOWN_FOR)

    def _show(self, problems: tuple[Problem, ...], remedies: bool) -> None:
        self.words.setText("\n".join(one_line(item) for item in problems[:3]))
        for button in (self.back, self.slower, self.clip):
            button.setVisible(remedies)
        self.show()

    @Slot(object)
    def _follow_run(self, state: RunState) -> None:
        """Take back why the run could not go on once it does; a refused edit stays for its while."""
        if self._failing and state is not RunState.FAILED:
            self.hide()

    @Slot()
    def _go_back(self) -> None:
        self._document.go_back()
        self.hide()

    @Slot()
    def _train_slower(self) -> None:
        spec = self._document.spec
        slower = replace(spec, training=replace(spec.training, learning_rate=spec.training.learning_rate / 10))
        self._remedy_edit(slower, self.tr("Learning rate ÷ 10"))

    @Slot()
    def _clip(self) -> None:
        spec = self._document.spec
        self._remedy_edit(replace(spec, training=replace(spec.training, clip_norm=1.0)), self.tr("Clip the gradient at 1"))

    def _remedy_edit(self, spec: Spec, title: str) -> None:
        """A network that has diverged is of no use: go back to its best weights, then change the cause."""
        self._document.go_back()
        self._document.edit(spec, title)
