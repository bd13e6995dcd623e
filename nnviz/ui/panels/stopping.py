"""When training stops by itself: after so many epochs or seconds, at a goal, or when it gets no better."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot

from nnviz.engine.judging import MOST
from nnviz.engine.spec import TrainingSpec
from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.fields import NumberField
from nnviz.ui.fold import Fold
from nnviz.ui.form import Row, Tick
from nnviz.ui.panels.limit import LimitEditor
from nnviz.ui.theme import Theme

COUNT = Parameter("count", 0.0, 0.0, MOST)
LOSS = Parameter("target_loss", 0.01, -MOST, MOST, open_low=True)
METRIC = Parameter("target_metric", 0.95, -MOST, MOST, open_low=True)
SECONDS = Parameter("max_seconds", 60.0, 0.0, MOST, open_low=True)


class StopEditor(Fold):
    """Shows the conditions; `edited` carries the training with another one, what Undo calls that, and a merge key."""

    edited = Signal(object, str, str)

    def __init__(self, theme: Theme, *, unfolded: bool) -> None:
        super().__init__(self.tr("Stops by itself"), unfolded=unfolded)
        self._theme = theme
        self._training = TrainingSpec()
        self.epochs = NumberField(COUNT, name=self.tr("Epochs"), meaning=self._epochs_meaning, shown=self._count_words, integer=True)
        self.epochs_row = self.form.row(self.tr("Epochs"), self.epochs)
        self.patience = NumberField(COUNT, name=self.tr("Patience"), meaning=self._patience_meaning, shown=self._count_words, integer=True)
        self.patience_row = self.form.row(self.tr("Patience"), self.patience)
        self.restore = Tick(self.tr("Restore the best"))
        tip = self.tr("When patience ends, take the weights of the epoch with the lowest loss back")
        self.restore_row = self.form.row(self.tr("Restore the best"), self.restore, tip)
        self.target_loss = LimitEditor(self.tr("Loss reached"), self.tr("Stop as soon as the loss is low enough"), LOSS, self._loss_meaning)
        tip = self.tr("Stop as soon as the accuracy, or R², is high enough")
        self.target_metric = LimitEditor(self.tr("Metric reached"), tip, METRIC, self._metric_meaning)
        tip = self.tr("Stop at the end of the epoch in which so much working time is over")
        self.max_seconds = LimitEditor(self.tr("Seconds over"), tip, SECONDS, self._seconds_meaning)
        for limit in (self.target_loss, self.target_metric, self.max_seconds):
            self.form.addWidget(limit)
        self._control: Row | LimitEditor = self.epochs_row
        self.epochs.value_committed.connect(self._set_epochs)
        self.patience.value_committed.connect(self._set_patience)
        self.restore.clicked.connect(self._set_restore)
        self.target_loss.edited.connect(self._set_loss)
        self.target_metric.edited.connect(self._set_metric)
        self.max_seconds.edited.connect(self._set_seconds)

    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_training(self, training: TrainingSpec) -> None:
        """Show the conditions of a training; tells nobody."""
        self._training = training
        self.epochs.set_value(float(training.epochs))
        self.patience.set_value(float(training.patience))
        self.restore.setChecked(training.restore_best)
        self.restore_row.setVisible(training.patience > 0)
        self.target_loss.show_limit(training.target_loss)
        self.target_metric.show_limit(training.target_metric)
        self.max_seconds.show_limit(training.max_seconds)
        self.head.show_summary(self._summary(training))

    def refuse(self, reason: str) -> None:
        """Say below what was edited last why it cannot be."""
        self._control.refuse(reason)

    def _summary(self, training: TrainingSpec) -> str:
        """Return the conditions in a few words."""
        found = []
        if training.epochs:
            found.append(self.tr("{count} epochs").format(count=self._exact(training.epochs)))
        if training.patience:
            found.append(self.tr("patience {count}").format(count=self._exact(training.patience)))
        if training.target_loss is not None:
            found.append(self.tr("loss {value}").format(value=self._exact(training.target_loss)))
        if training.target_metric is not None:
            found.append(self.tr("metric {value}").format(value=self._exact(training.target_metric)))
        if training.max_seconds is not None:
            found.append(self.tr("{value} s").format(value=self._exact(training.max_seconds)))
        return ", ".join(found) or self.tr("never")

    # -- what values mean ---------------------------------------------------------------------------------------

    def _exact(self, value: float) -> str:
        return self._theme.marked(exact(value))

    def _count_words(self, value: float) -> str:
        return self._exact(value) if value else self.tr("off")

    def _epochs_meaning(self, value: float) -> str:
        if not value:
            return self.tr("Trains until it is paused.")
        return self.tr("Stops after epoch {count}.").format(count=self._exact(value))

    def _patience_meaning(self, value: float) -> str:
        if not value:
            return self.tr("Does not wait for a lower loss.")
        words = self.tr("Stops after {count} epochs in a row without a lower loss on the validation part.")
        return words.format(count=self._exact(value))

    def _loss_meaning(self, value: float) -> str:
        return self.tr("Stops at the first epoch whose loss is {value} or less.").format(value=self._exact(value))

    def _metric_meaning(self, value: float) -> str:
        return self.tr("Stops at the first epoch whose accuracy, or R², is {value} or more.").format(value=self._exact(value))

    def _seconds_meaning(self, value: float) -> str:
        return self.tr("Stops at the end of the epoch in which {value} seconds of work are over.").format(value=self._exact(value))

    # -- edits --------------------------------------------------------------------------------------------------

    def _tell(self, control: Row | LimitEditor, training: TrainingSpec, title: str, merge_key: str = "") -> None:
        self._control = control
        self.edited.emit(training, title, merge_key)

    @Slot(float)
    def _set_epochs(self, value: float) -> None:
        title = self.tr("Stop after {count} epochs").format(count=self._exact(value)) if value else self.tr("Train without end")
        self._tell(self.epochs_row, replace(self._training, epochs=int(value)), title, self.epochs.gesture)

    @Slot(float)
    def _set_patience(self, value: float) -> None:
        title = self.tr("Set patience to {count}").format(count=self._count_words(value))
        self._tell(self.patience_row, replace(self._training, patience=int(value)), title, self.patience.gesture)

    @Slot(bool)
    def _set_restore(self, on: bool) -> None:
        title = self.tr("Restore the best weights") if on else self.tr("Keep the last weights")
        self._tell(self.restore_row, replace(self._training, restore_best=on), title)

    @Slot(object, str)
    def _set_loss(self, value: float | None, merge_key: str) -> None:
        self._tell(self.target_loss, replace(self._training, target_loss=value), self.tr("Stop at a loss"), merge_key)

    @Slot(object, str)
    def _set_metric(self, value: float | None, merge_key: str) -> None:
        self._tell(self.target_metric, replace(self._training, target_metric=value), self.tr("Stop at a metric"), merge_key)

    @Slot(object, str)
    def _set_seconds(self, value: float | None, merge_key: str) -> None:
        self._tell(self.max_seconds, replace(self._training, max_seconds=value), self.tr("Stop after a time"), merge_key)
