"""Long work in the status bar: what it does, how far it is, how long it will take, and a button to end it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from nnviz.app.jobs import Job, Jobs
from nnviz.ui.form import ElidedLabel
from nnviz.ui.theme import LIGHT, Theme
from nnviz.ui.tips import set_tip

SHOWN_AFTER = 300  # ms; what is done sooner is not worth a look
TITLE_WIDTH, BAR_WIDTH, BAR_HEIGHT, NARROWEST = 220, 110, 10, 40
PARTS = 1000


class _Words(ElidedLabel):
    """Words that take the room they need, up to a limit, and less where a small screen has less."""

    def __init__(self) -> None:
        super().__init__()
        self.least, self.limit = NARROWEST, TITLE_WIDTH
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.hide()

    def show_words(self, words: str) -> None:
        """Show these words; without any, nothing."""
        if words != self.accessibleName():
            super().show_words(words)
            self.updateGeometry()
            self.setVisible(bool(words))

    def sizeHint(self) -> QSize:
        """Return room for all of the words, within the limit."""
        metrics = self.fontMetrics()
        return QSize(min(metrics.horizontalAdvance(self.accessibleName()) + 4, self.limit), metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Return the least room that still tells something."""
        return QSize(min(self.sizeHint().width(), self.least), self.fontMetrics().height())


class JobBar(QWidget):
    """Shows the newest job that has run for a while, and how many more there are; hidden without one."""

    def __init__(self, jobs: Jobs, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._theme = jobs, theme
        self._job: Job | None = None
        self.title, self.more, self.left = _Words(), QLabel(), _Words()
        self.bar, self.cancel = QProgressBar(), QPushButton()
        self.bar.setRange(0, PARTS)
        self.bar.setTextVisible(False)
        self.more.setTextFormat(Qt.TextFormat.PlainText)
        self.more.setProperty("role", "small")
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.title, self.more, self.bar, self.left, self.cancel):
            layout.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._refresh)
        jobs.started.connect(self._refresh)
        jobs.ended.connect(self._refresh)
        self.cancel.clicked.connect(self._cancel)
        self.set_theme(theme)
        self._translate()
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Take on this theme's sizes; its colors come by the palette."""
        self._theme = theme
        self._row.setSpacing(theme.spacing)
        self.title.limit = self.left.limit = self.left.least = theme.pixels(TITLE_WIDTH)
        self.title.least = theme.pixels(NARROWEST)
        self.bar.setFixedHeight(theme.pixels(BAR_HEIGHT))
        self.bar.setMinimumWidth(theme.pixels(NARROWEST))
        self.bar.setMaximumWidth(theme.pixels(BAR_WIDTH))
        self._show_progress()

    @Slot()
    def _refresh(self) -> None:
        """Show the newest of the jobs that have run long enough, and look again when the next one has."""
        running = self._jobs.running
        shown = [job for job in running if job.age * 1000 >= SHOWN_AFTER]
        waiting = [job for job in running if job not in shown]
        if waiting:
            self._timer.start(math.ceil(SHOWN_AFTER - waiting[0].age * 1000) + 1)
        else:
            self._timer.stop()
        self._follow(shown[-1] if shown else None)
        self._show_more([job.title for job in shown[:-1]])
        self.setVisible(bool(shown))

    def _follow(self, job: Job | None) -> None:
        if job is self._job:
            return
        if self._job is not None:
            self._job.progressed.disconnect(self._show_progress)
        self._job = job
        if job is not None:
            job.progressed.connect(self._show_progress)
            self.title.show_words(job.title)
            self._name()
        self._show_progress()

    def _show_more(self, titles: list[str]) -> None:
        self.more.setVisible(bool(titles))
        self.more.setText(self.tr("+{count}").format(count=self._theme.number(len(titles), 0)))
        set_tip(self.more, "\n".join(titles))
        self.more.setAccessibleName(self.tr("Also running: {titles}").format(titles=", ".join(titles)))

    @Slot()
    def _show_progress(self) -> None:
        """Move the bar; work that does not say how far it is has none, since one that moves without end tells nothing."""
        fraction, seconds = (self._job.fraction, self._job.seconds_left) if self._job is not None else (-1.0, -1.0)
        self.bar.setVisible(fraction >= 0)
        self.bar.setValue(max(0, round(fraction * PARTS)))
        self.left.show_words(self._time_left(seconds))

    def _time_left(self, seconds: float) -> str:
        """Return the time left in words, "" while it is unknown."""
        if seconds < 0:
            return ""
        if seconds < 60:
            words, count = self.tr("about {count} s left"), max(1, math.ceil(seconds))
        elif seconds < 3600:
            words, count = self.tr("about {count} min left"), round(seconds / 60)
        else:
            words, count = self.tr("about {count} h left"), round(seconds / 3600)
        return words.format(count=self._theme.number(count, 0))

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Long work"))
        self.bar.setAccessibleName(self.tr("Progress"))
        self.cancel.setText(self.tr("Cancel"))
        self._name()

    def _name(self) -> None:
        title = self._job.title if self._job is not None else ""
        self.cancel.setAccessibleName(self.tr("Cancel: {title}").format(title=title))
        set_tip(self.cancel, self.tr("End this work at once; nothing of it is kept: {title}").format(title=title))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._translate()
            self._refresh()
            self._show_progress()
