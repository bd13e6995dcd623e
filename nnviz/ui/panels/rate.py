"""How long steps are: the learning rate, how it changes over the epochs, and what it is now."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from nnviz.engine.judging import MOST
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.spec import TrainingSpec
from nnviz.engine.table import Choice, Parameter
from nnviz.ui.choice_editor import ChoiceEditor
from nnviz.ui.decades import exact
from nnviz.ui.fields import NumberField
from nnviz.ui.form import Fact, Form, Row
from nnviz.ui.names import entry_name
from nnviz.ui.slider import Scale, SliderField
from nnviz.ui.theme import Theme

RATE = Parameter("learning_rate", 0.03, 0.0, open_low=True)
WARMUP = Parameter("warmup_epochs", 0.0, 0.0, MOST)


class RateEditor(QWidget):
    """Shows rate and schedule; `edited` carries the training with another one, what Undo calls that, and a merge key."""

    edited = Signal(object, str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._training = TrainingSpec()
        form = Form(self)
        self.rate = SliderField(self.tr("Learning rate"), RATE, Scale(1e-5, 10.0, log=True), meaning=self._rate_meaning)
        form.addWidget(self.rate)
        self.schedule = ChoiceEditor(self.tr("Schedule"), SCHEDULES)
        form.addWidget(self.schedule)
        text = self.tr("Warm-up epochs")
        self.warmup = NumberField(WARMUP, name=text, meaning=self._warmup_meaning, shown=self._count_words, integer=True)
        self.warmup_row = form.row(text, self.warmup)
        self.now = Fact("—")
        self.now_row = form.row(self.tr("Rate now"), self.now, self.tr("The learning rate of the present epoch"))
        self._control: SliderField | ChoiceEditor | Row = self.rate
        self.rate.value_committed.connect(self._set_rate)
        self.schedule.edited.connect(self._set_schedule)
        self.warmup.value_committed.connect(self._set_warmup)

    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_training(self, training: TrainingSpec) -> None:
        """Show the rate of a training; tells nobody."""
        self._training = training
        self.rate.set_value(training.learning_rate)
        self.schedule.show_choice(training.schedule)
        self.warmup.set_value(float(training.warmup_epochs))
        self.now_row.setVisible(training.schedule.kind != "constant" or training.warmup_epochs > 0)

    def show_now(self, rate: float) -> None:
        """Show the rate of the present epoch."""
        self.now.setText(self._theme.number(rate))

    def refuse(self, reason: str) -> None:
        """Say below what was edited last why it cannot be."""
        self._control.refuse(reason)

    def _exact(self, value: float) -> str:
        return self._theme.marked(exact(value))

    def _count_words(self, value: float) -> str:
        return self._exact(value) if value else self.tr("none")

    def _rate_meaning(self, value: float) -> str:
        return self.tr("Each step moves a weight by {rate} times what the optimizer makes of its slope.").format(rate=self._exact(value))

    def _warmup_meaning(self, value: float) -> str:
        if not value:
            return self.tr("The first epoch has the full rate.")
        words = self.tr("The first {count} epochs rise to the full rate in equal steps.")
        return words.format(count=self._exact(value))

    def _tell(self, control: SliderField | ChoiceEditor | Row, training: TrainingSpec, title: str, merge_key: str) -> None:
        self._control = control
        self.edited.emit(training, title, merge_key)

    @Slot(float)
    def _set_rate(self, value: float) -> None:
        title = self.tr("Set learning rate to {rate}").format(rate=self._exact(value))
        self._tell(self.rate, replace(self._training, learning_rate=value), title, self.rate.gesture)

    @Slot(object, str)
    def _set_schedule(self, choice: Choice, merge_key: str) -> None:
        changed = choice.kind != self._training.schedule.kind
        title = self.tr("Set schedule to {name}") if changed else self.tr("Tune the {name} schedule")
        training = replace(self._training, schedule=choice)
        self._tell(self.schedule, training, title.format(name=entry_name(choice.kind)), merge_key)

    @Slot(float)
    def _set_warmup(self, value: float) -> None:
        title = self.tr("Set warm-up to {count} epochs").format(count=self._exact(value))
        self._tell(self.warmup_row, replace(self._training, warmup_epochs=int(value)), title, self.warmup.gesture)
