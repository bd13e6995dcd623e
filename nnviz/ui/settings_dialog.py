"""The settings that are about looking and about new projects. Each change is in force at once; there is nothing to confirm."""

from __future__ import annotations

import json
import math

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from nnviz.app.settings import Settings, SettingsStore
from nnviz.engine.plain import from_plain
from nnviz.engine.table import Parameter
from nnviz.explain.numbers import format_number
from nnviz.resources import resource
from nnviz.ui.dialog import FilledDialog
from nnviz.ui.fields import NumberField
from nnviz.ui.flow import FlowLayout
from nnviz.ui.form import ChoiceBox, Fact, Form, Row, Tick, text_label
from nnviz.ui.names import entry_name, network_sizes
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip

WIDTH, HEIGHT = 420, 430
PERCENT = Parameter("scale", 100.0, 70.0, 250.0)
DIGITS = Parameter("digits", 4.0, 2.0, 10.0)
DEFAULTS = Settings()
SHOWN = ("theme", "scale", "digits", "decimal_comma", "reduce_motion", "new_project", "language")  # what this dialog sets


class SettingsDialog(FilledDialog):
    """Shows the settings as they are, also while something else changes them.

    Signals:
        theme_chosen: light, dark or system.
        project_chosen: what the window shows shall be what new projects begin with.
    """

    theme_chosen = Signal(str)
    project_chosen = Signal()

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, HEIGHT, parent)
        self._store, self._choice = store, ""
        self.translate()
        self.fit()
        store.changed.connect(self._show)
        self.theme.setFocus()

    def show_choice(self, choice: str) -> None:
        """Show the theme that was chosen for this time, instead of that of the settings."""
        self._choice = choice
        self._show_theme()

    def fill(self, body: QWidget) -> None:
        """Make the controls, which show the settings."""
        self.setWindowTitle(self.tr("Settings"))
        inside = QWidget()
        inside.setProperty("panel", True)
        form = Form(inside)
        self._build_look(form)
        self._build_numbers(form)
        self._build_projects(form)
        form.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        self.defaults, self.leave = QPushButton(self.tr("Restore &defaults")), QPushButton(self.tr("&Close"))
        set_tip(self.defaults, self.tr("Make everything in this dialog what it was at first; files and keys stay"))
        set_tip(self.leave, self.tr("Close this dialog; all changes are in force already"))
        buttons = FlowLayout(grown(6))
        for button in (self.defaults, self.leave):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column = QVBoxLayout(body)
        column.addWidget(area, 1)
        column.addLayout(buttons)
        self._connect()
        self._show(self._store.settings)

    # -- building -----------------------------------------------------------------------------------------------

    def _build_look(self, form: Form) -> None:
        form.heading(self.tr("Look"))
        choices = [("light", self.tr("dark on light")), ("dark", self.tr("light on dark")), ("system", self.tr("as the desktop"))]
        self.theme = ChoiceBox(self.tr("Theme"), choices)
        form.row(self.tr("&Theme"), self.theme, self.tr("Dark on light, light on dark, or whichever the desktop shows at the moment"))
        self.scale = NumberField(
            PERCENT, name=self.tr("Size of everything"), meaning=self._scale_meaning, shown=self._percent_words, integer=True
        )
        form.row(self.tr("&Size of everything"), self.scale, self.tr("How large words, numbers, lines and buttons are"))
        self.reduce_motion = Tick(self.tr("Reduce motion"))
        self._tick_row(form, self.tr("Reduce &motion"), self.reduce_motion, self.tr("Nothing travels; what changes does so in steps"))
        self.languages = sorted(path.stem for path in resource("translations").glob("*.json"))
        self.language = ChoiceBox(self.tr("Language"), [(name, name) for name in self.languages])
        row = form.row(self.tr("&Language"), self.language, self.tr("The language of all words"))
        row.setVisible(len(self.languages) > 1)

    def _build_numbers(self, form: Form) -> None:
        form.heading(self.tr("Numbers"))
        self.digits = NumberField(DIGITS, name=self.tr("Digits"), meaning=self._digits_meaning, integer=True)
        tip = self.tr("How many decimals shown numbers below ten have; nothing is calculated otherwise")
        form.row(self.tr("D&igits"), self.digits, tip)
        self.decimal_comma = Tick(self.tr("Decimal comma"))
        comma = self.tr("Show 0,5 and not 0.5; both are understood when typed, and files always have the point")
        self._tick_row(form, self.tr("Decimal c&omma"), self.decimal_comma, comma)
        self.example = Fact()
        self.example.setProperty("role", "mono")
        form.row(self.tr("So π and −e⁻⁵ are shown as"), self.example)

    def _build_projects(self, form: Form) -> None:
        form.heading(self.tr("New projects"))
        self.begins_with = text_label("")
        self.begins_with.setWordWrap(True)
        form.addWidget(self.begins_with)
        self.use_project, self.forget_project = QPushButton(self.tr("Use this &project")), QPushButton(self.tr("&Forget it"))
        set_tip(self.use_project, self.tr("Let new projects begin with the network, the data and the training of this window"))
        set_tip(self.forget_project, self.tr("Let new projects begin with the small network of the program again"))
        buttons = FlowLayout(grown(6))
        for button in (self.use_project, self.forget_project):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        form.addLayout(buttons)

    def _tick_row(self, form: Form, text: str, tick: Tick, tip: str) -> Row:
        set_tip(tick, tip)
        return form.row(text, tick, tip)

    def _connect(self) -> None:
        self.theme.picked.connect(self.theme_chosen)
        self.scale.value_committed.connect(self._set_scale)
        self.digits.value_committed.connect(self._set_digits)
        self.decimal_comma.toggled.connect(self._set_decimal_comma)
        self.reduce_motion.toggled.connect(self._set_reduce_motion)
        self.language.picked.connect(self._set_language)
        self.use_project.clicked.connect(self.project_chosen)
        self.forget_project.clicked.connect(self._forget_project)
        self.defaults.clicked.connect(self._restore)
        self.leave.clicked.connect(self.close)

    # -- showing ------------------------------------------------------------------------------------------------

    @Slot(object)
    def _show(self, settings: Settings) -> None:
        """Show the settings; tells nobody."""
        blocked = [QSignalBlocker(tick) for tick in (self.decimal_comma, self.reduce_motion)]
        self._show_theme()
        self.language.show_key(settings.language)
        self.scale.set_value(float(round(100 * settings.scale)))
        self.digits.set_value(float(settings.digits))
        self.decimal_comma.setChecked(settings.decimal_comma)
        self.reduce_motion.setChecked(settings.reduce_motion)
        del blocked
        examples = (format_number(value, settings.digits, settings.decimal_comma) for value in (math.pi, -math.exp(-5)))
        self.example.setText("   ".join(examples))
        self.begins_with.setText(self._beginning(settings.new_project))
        self.forget_project.setEnabled(bool(settings.new_project))

    def _show_theme(self) -> None:
        self.theme.show_key(self._choice or self._store.settings.theme)
        set_tip(self.theme, self.tr("Now: {theme}. Theme of all windows").format(theme=self.theme.currentText()))

    def _beginning(self, new_project: str) -> str:
        """Say what a new project begins with."""
        if not new_project:
            return self.tr("New projects begin with the small network of the program.")
        spec = from_plain(json.loads(new_project))
        words = self.tr("New projects begin with a network of your own: {sizes}, on {source}.")
        return words.format(sizes="–".join(map(str, network_sizes(spec.network))), source=entry_name(spec.data.source))

    def _percent_words(self, value: float) -> str:
        return f"{value:.0f} %"

    def _scale_meaning(self, value: float) -> str:
        if value == PERCENT.default:
            return self.tr("The usual size.")
        larger = value > PERCENT.default
        return self.tr("Larger than usual, for the back row.") if larger else self.tr("Smaller than usual, to see more at once.")

    def _digits_meaning(self, value: float) -> str:
        shown = format_number(2 / 3, int(value), self._store.settings.decimal_comma)
        return self.tr("Two thirds are shown as {number}.").format(number=shown)

    # -- changing -----------------------------------------------------------------------------------------------

    @Slot(float)
    def _set_scale(self, value: float) -> None:
        self._store.change(scale=value / 100)

    @Slot(float)
    def _set_digits(self, value: float) -> None:
        self._store.change(digits=int(value))

    @Slot(bool)
    def _set_decimal_comma(self, on: bool) -> None:
        self._store.change(decimal_comma=on)

    @Slot(bool)
    def _set_reduce_motion(self, on: bool) -> None:
        self._store.change(reduce_motion=on)

    @Slot(str)
    def _set_language(self, name: str) -> None:
        self._store.change(language=name)

    @Slot()
    def _forget_project(self) -> None:
        self._store.change(new_project="")

    @Slot()
    def _restore(self) -> None:
        self._store.change(**{name: getattr(DEFAULTS, name) for name in SHOWN})
        self.theme_chosen.emit(DEFAULTS.theme)
