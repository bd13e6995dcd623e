"""The few buttons at the upper right of a plot: logarithmic or linear; see the whole again, only after zooming."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from nnviz.ui.theme import LIGHT, Theme, font
from nnviz.ui.tips import set_tip

EDGE, BETWEEN = 4, 4


class Buttons(QWidget):
    """The buttons of one plot; `log` is None where there is nothing to switch.

    Signals:
        log_toggled: (bool) logarithmic from now on, or linear.
        home_clicked: see the whole.
    """

    log_toggled = Signal(bool)
    home_clicked = Signal()

    def __init__(self, log: bool | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._log, self._home = QPushButton(self), QPushButton(self)
        self._row = row = QHBoxLayout(self)
        for button in (self._home, self._log):
            button.setProperty("chip", True)  # before it is shown, when the style is looked up
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            row.addWidget(button)
        self._log.setCheckable(True)
        self._log.setChecked(bool(log))
        self._log.setVisible(log is not None)
        self._home.hide()
        self._log.toggled.connect(self.log_toggled)
        self._home.clicked.connect(self.home_clicked)
        self.set_theme(LIGHT)
        self.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take the size of the theme's small print."""
        self._row.setContentsMargins(0, theme.pixels(EDGE), theme.pixels(EDGE), 0)
        self._row.setSpacing(theme.pixels(BETWEEN))
        for button in (self._home, self._log):
            button.setFont(font(theme.small_points))

    def set_log(self, log: bool) -> None:
        """Show which kind of axis there is."""
        self._log.setChecked(log)
        self.retranslate()

    def offer_home(self, offered: bool) -> None:
        """Show or hide the button that shows the whole again."""
        self._home.setVisible(offered)

    def retranslate(self) -> None:
        """Speak the present language."""
        now = self.tr("Now it is logarithmic.") if self._log.isChecked() else self.tr("Now it is linear.")
        self._log.setText(self.tr("log"))
        set_tip(self._log, self.tr("Vertical axis: logarithmic or linear.") + " " + now)
        self._log.setAccessibleName(self.tr("Logarithmic axis"))
        self._home.setText(self.tr("whole"))
        set_tip(self._home, self.tr("See the whole plot again (Home)"))
        self._home.setAccessibleName(self.tr("See the whole plot"))

    def changeEvent(self, event: QEvent) -> None:
        """Speak the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
