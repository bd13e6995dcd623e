"""The Help menu: keys, What is this?, the log, About."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWhatsThis

from nnviz.app.places import log_folder
from nnviz.ui.about_dialog import AboutDialog
from nnviz.ui.actions import apply_keys
from nnviz.ui.key_dialog import KeyDialog

if TYPE_CHECKING:
    from nnviz.app.settings import Settings
    from nnviz.ui.keys import Overrides
    from nnviz.ui.main_window import MainWindow

TOLD_FOR = 12_000  # milliseconds a message stays


class Guide(QObject):
    """Answers questions about the program in its window, and gives the window's actions the keys a person chose."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._store = window, window.program.settings
        self._followed: Overrides = ()
        self._store.changed.connect(self._follow)

    def take_keys(self) -> None:
        """Give the window's actions the keys of the settings; call it once the actions are made."""
        self._follow(self._store.settings)

    @Slot(object)
    def _follow(self, settings: Settings) -> None:
        if settings.keys == self._followed:
            return
        self._followed = settings.keys
        ignored = apply_keys(self._window.actions_by_name, settings.keys)
        if ignored:
            words = self.tr("These keys of the settings cannot be used: {keys}").format(keys="; ".join(ignored))
            self._window.statusBar().showMessage(words, TOLD_FOR)

    @Slot()
    def keys(self) -> None:
        """Show all keys, and let them be changed."""
        dialog = KeyDialog(self._store.settings.keys, self._window)
        dialog.overridden.connect(self._keep)
        dialog.open()

    @Slot(object)
    def _keep(self, overrides: Overrides) -> None:
        self._store.change(keys=overrides)

    @Slot()
    def about(self) -> None:
        """Show what this is, and its versions."""
        AboutDialog(self._window.theme, self._window).open()

    @Slot()
    def whats_this(self) -> None:
        """Let the next click say what it is on, instead of doing anything."""
        QWhatsThis.enterWhatsThisMode()

    @Slot()
    def open_log_folder(self) -> None:
        """Show the folder of the log in the file manager; where there is none, say where it is."""
        folder = log_folder()
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            words = self.tr("No program opens folders here. The log is in {folder}").format(folder=folder)
            self._window.statusBar().showMessage(words, TOLD_FOR)
