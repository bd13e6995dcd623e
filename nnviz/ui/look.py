"""How one window looks: the theme that follows from the settings and from what the desktop shows, changed live.

The settings are shared, so every window follows. What belongs to the whole application, its palette and type, is put on
by `dress` once a change, whichever window comes first. The style sheet belongs to each window: when the application's is
changed, Qt polishes every widget once for each of its ancestors, which takes six times as long.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.app.settings import Settings
from nnviz.engine.plain import to_plain
from nnviz.ui.dialog import Dialog
from nnviz.ui.theme import DARK, LIGHT, STYLE, THEMES, Theme, font, palette, style_sheet, themed

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow
    from nnviz.ui.program import Program
    from nnviz.ui.settings_dialog import SettingsDialog

SYSTEM = "system"
SCALES = (0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5)


class Look(QObject):
    """Gives a window its theme, at once and whenever settings or desktop change; `theme` is the present one."""

    def __init__(self, window: MainWindow, program: Program) -> None:
        super().__init__(window)
        self._window, self._program = window, program
        self._dialog: SettingsDialog | None = None
        self.theme = self._wanted()
        wear(window, self.theme)
        program.settings.changed.connect(self._follow)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def choice(self) -> str:
        """What was chosen: light, dark or system; the command line's word counts until the person chooses."""
        return self._program.theme or self._program.settings.settings.theme

    def mark(self) -> None:
        """Mark the choice in the menu."""
        action = self._window.actions_by_name.get(self.choice)
        if action is not None:
            action.setChecked(True)
        if self._dialog is not None:
            self._dialog.show_choice(self.choice)

    # -- commands -----------------------------------------------------------------------------------------------

    @Slot()
    def use_light(self) -> None:
        """Show dark on light."""
        self.use(LIGHT.name)

    @Slot()
    def use_dark(self) -> None:
        """Show light on dark."""
        self.use(DARK.name)

    @Slot()
    def use_system(self) -> None:
        """Be light or dark as the desktop is."""
        self.use(SYSTEM)

    @Slot(str)
    def use(self, choice: str) -> None:
        """Take light, dark or system from now on."""
        self._program.theme = None
        self._program.settings.change(theme=choice)
        self._program.settings.changed.emit(self._program.settings.settings)  # which may have said so all along

    @Slot()
    def larger(self) -> None:
        """Make everything one size larger."""
        scale = self._program.settings.settings.scale
        self._program.settings.change(scale=min((each for each in SCALES if each > scale + 0.001), default=SCALES[-1]))

    @Slot()
    def smaller(self) -> None:
        """Make everything one size smaller."""
        scale = self._program.settings.settings.scale
        self._program.settings.change(scale=max((each for each in SCALES if each < scale - 0.001), default=SCALES[0]))

    @Slot()
    def normal_size(self) -> None:
        """Show everything in its usual size."""
        self._program.settings.change(scale=1.0)

    @Slot()
    def toggle_vertical(self) -> None:
        """Draw the layers from top to bottom, or from left to right."""
        self._program.settings.change(vertical=not self._program.settings.settings.vertical)

    @Slot()
    def settings(self) -> None:
        """Open the settings, or bring them to the front."""
        if self._dialog is None:
            from nnviz.ui.settings_dialog import SettingsDialog

            self._dialog = SettingsDialog(self._program.settings, self._window)
            self._dialog.show_choice(self.choice)
            self._dialog.project_chosen.connect(self._begin_with_this)
            self._dialog.theme_chosen.connect(self.use)
            self._dialog.finished.connect(self._forget)
            self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    # -- following ----------------------------------------------------------------------------------------------

    def _wanted(self) -> Theme:
        return theme_of(self._program.settings.settings, self.choice)

    @Slot()
    def _follow(self) -> None:
        """Show what is wanted now; a change of what has nothing to do with the look costs nothing."""
        vertical = self._program.settings.settings.vertical
        if self._window.canvas.sheet.vertical != vertical:  # turning it shows all of it, which other changes do not ask for
            self._window.canvas.set_vertical(vertical)
        theme, before = self._wanted(), self.theme
        if theme != before:
            self.theme = theme
            wear(self._window, theme)
            self._window.set_theme(theme)
            for dialog in self._window.findChildren(Dialog):
                dialog.set_theme(theme)
            self._widen(theme.scale / before.scale)
        self.mark()

    def _widen(self, factor: float) -> None:
        """Give the panels at the sides the room that their type needs now."""
        docks = [dock for dock in (self._window.left, self._window.right) if dock.isVisible() and not dock.isFloating()]
        if factor != 1.0 and docks:
            self._window.resizeDocks(docks, [round(dock.width() * factor) for dock in docks], Qt.Orientation.Horizontal)

    @Slot()
    def _begin_with_this(self) -> None:
        """Let new projects begin with the network and the settings of this window."""
        self._program.settings.change(new_project=json.dumps(to_plain(self._window.document.spec)))

    @Slot()
    def _forget(self) -> None:
        self._dialog = None


def theme_of(settings: Settings, choice: str) -> Theme:
    """Return the theme that light, dark or system stands for, with the sizes, numbers and motion of the settings."""
    base = THEMES.get(choice) or (DARK if system_is_dark() else LIGHT)
    return themed(
        base,
        scale=settings.scale,
        digits=settings.digits,
        decimal_comma=settings.decimal_comma,
        reduce_motion=settings.reduce_motion,
    )


def system_is_dark() -> bool:
    """Tell whether the desktop is dark; one that does not say is light."""
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def wear(window: QWidget, theme: Theme) -> None:
    """Show a window, and the dialogs and menus that belong to it, in this theme."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        dress(application, theme)
    sheet = style_sheet(theme)
    if window.styleSheet() != sheet:
        window.setStyleSheet(sheet)


def dress(application: QApplication, theme: Theme) -> None:
    """Give the program the palette and the type of this theme; what it has already is left alone."""
    if application.style().name() != STYLE.lower() and not application.styleSheet():
        application.setStyle(STYLE)
    letters, colors = font(theme.font_points), palette(theme)
    if application.font() != letters:
        application.setFont(letters)
    if application.palette() != colors:
        application.setPalette(colors)
