"""A strip above the canvas that says what cannot be, why, and offers what to do about it; why training has ended; and offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Frame
from nnviz.engine.course import Stop
from nnviz.engine.problem import Problem
from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.explain.words import one_line
from nnviz.ui.stop_words import stop_words
from nnviz.ui.tips import set_tip

SHOWN_FOR = 9000  # ms that a refused edit stays on screen


class Banner(QFrame):
    """Shows problems of the run and why it ended until it goes on, refused edits for a while, and offers until they are closed.

    An offer waits while something else is shown.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setObjectName("banner")
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.back, self.slower, self.clip, self.dismiss = (QPushButton() for _ in range(4))
        self._row = QHBoxLayout(self)
        for widget in (self.words, self.back, self.slower, self.clip, self.dismiss):
            self._row.addWidget(widget)
        self._failing = self._problem = False
        self._stop: Stop | None = None
        self._offers: list[tuple[str, tuple[QPushButton, ...]]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end_problem)
        self.back.clicked.connect(self._go_back)
        self.slower.clicked.connect(self._train_slower)
        self.clip.clicked.connect(self._clip)
        self.dismiss.clicked.connect(self._dismiss)
        document.failed.connect(self.show_failure)
        document.refused.connect(self.show_refusal)
        document.spec_changed.connect(self._end_problem)
        document.frame_changed.connect(self._follow_frame)
        document.state_changed.connect(self._follow_run)
        self._translate()
        self.hide()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Problem"))
        self._name_best_step(self._document.frame)
        self.slower.setText(self.tr("Learning rate ÷ 10"))
        self.clip.setText(self.tr("Clip the gradient at 1"))
        self.dismiss.setText(self.tr("Close"))
        for button, tip in (
            (self.back, self.tr("Take the best weights of the run so far again")),
            (self.slower, self.tr("Go back to the best weights, and make each step a tenth as long")),
            (self.clip, self.tr("Go back to the best weights, and shorten longer gradients to length 1")),
            (self.dismiss, self.tr("Put this message away")),
        ):
            set_tip(button, tip)

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

    def offer(self, words: str, buttons: Sequence[QPushButton]) -> None:
        """Say something that can be acted on, as soon as no problem and no earlier offer is shown; any of the buttons ends it."""
        for button in buttons:
            button.hide()
            self._row.insertWidget(self._row.indexOf(self.dismiss), button)
            button.clicked.connect(self._end_offer)
        self._offers.append((words, tuple(buttons)))
        if self.isHidden():
            self._show_offer()

    def offer_elsewhere(self, problems: Sequence[Problem], save_as: Callable[[], None]) -> None:
        """Say what is wrong with a file, and offer to write to another one."""
        button = QPushButton(self.tr("Save as…"), self)
        button.clicked.connect(save_as)
        self.offer("\n".join(map(one_line, problems[:3])), (button,))

    def _show_offer(self) -> None:
        """Show the offer that has waited longest, or nothing."""
        for button in (self.back, self.slower, self.clip):
            button.hide()
        if self._offers:
            words, buttons = self._offers[0]
            self.words.setText(words)
            for button in buttons:
                button.show()
        self.setVisible(bool(self._offers))

    def _show(self, problems: tuple[Problem, ...], remedies: bool) -> None:
        self._say("\n".join(one_line(item) for item in problems[:3]), remedies)

    def _say(self, words: str, remedies: bool) -> None:
        self._problem = True
        self.words.setText(words)
        for button in (self.back, self.slower, self.clip):
            button.setVisible(remedies)
        for button in self._offers[0][1] if self._offers else ():
            button.hide()
        self._name_best_step(self._document.frame)
        self.show()

    @Slot()
    def _end_problem(self) -> None:
        """Show what the problem had hidden, if anything."""
        self._timer.stop()
        self._problem = self._failing = False
        self._show_offer()

    @Slot()
    def _end_offer(self) -> None:
        """The offer that is shown has been taken or closed."""
        for button in self._offers.pop(0)[1] if self._offers else ():
            button.hide()
            button.deleteLater()  # not now: it may be the one that was clicked
        self._show_offer()

    def withdraw_offers(self) -> None:
        """Take all offers back, as when another document is opened in this window."""
        while self._offers:
            self._end_offer()

    @Slot()
    def _dismiss(self) -> None:
        if self._problem:
            self._end_problem()
        else:
            self._end_offer()

    @Slot(object)
    def _name_best_step(self, frame: Frame | None) -> None:
        """Say on the button which step it leads to."""
        if frame is None or frame.best_step < 0:
            self.back.setText(self.tr("Back to the best step"))
        else:
            self.back.setText(self.tr("Back to step {step}, the best").format(step=format_number(frame.best_step)))

    @Slot(object)
    def _follow_frame(self, frame: Frame) -> None:
        """Say why training has ended by itself, once; take it back when the run goes on."""
        self._name_best_step(frame)
        if frame.stopped == self._stop:
            return
        self._stop = frame.stopped
        if self._failing:
            return
        self._end_problem()
        if frame.stopped is not None:
            self._say(stop_words(frame.stopped, frame.spec.training), remedies=False)

    @Slot(object)
    def _follow_run(self, state: RunState) -> None:
        """Take back why the run could not go on once it does; a refused edit stays for its while."""
        if self._failing and state is not RunState.FAILED:
            self._end_problem()

    @Slot()
    def _go_back(self) -> None:
        self._document.go_back()
        self._end_problem()

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
