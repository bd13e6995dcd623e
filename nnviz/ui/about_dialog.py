"""What this is, under which licence, and the versions of all it runs on, ready to be copied into a report."""

from __future__ import annotations

import math
import platform

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QSize, Qt, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStyle, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

import nnviz
from nnviz.ui.dialog import MEASURE, FilledDialog
from nnviz.ui.form import text_label
from nnviz.ui.icons import icon
from nnviz.ui.screen_fit import resize_within_screen
from nnviz.ui.theme import Theme, grown
from nnviz.ui.tips import set_tip

LOGO, LOGO_SIDE = "mdi6.graph-outline", 4.0  # side in heights of a line
WIDTH, HEIGHT = 460, 420


class AboutDialog(FilledDialog):
    """Name, version, licence, one sentence, and a table of versions; it asks nothing of any network."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, HEIGHT, parent)
        self._theme = theme
        self.translate()
        self.fit()
        self.close_button.setFocus()

    def fill(self, body: QWidget) -> None:
        """Make all of it for the present language and theme."""
        self.setWindowTitle(self.tr("About nnviz"))
        self.rows = self._versions(self._theme)
        self.note = text_label("", "note")
        self.table = self._make_table()
        buttons = QHBoxLayout()  # a box of Qt's leads Tab to its default button, past the others
        buttons.addStretch(1)
        self.copy, self.close_button = QPushButton(self.tr("&Copy")), QPushButton(self.tr("C&lose"))
        for button in (self.copy, self.close_button):
            buttons.addWidget(button)
        self.copy.setAccessibleName(self.tr("Copy the versions"))
        set_tip(self.copy, self.tr("Put all of this on the clipboard as plain text, to be pasted into a report"))
        self.close_button.setDefault(True)
        self.close_button.setAccessibleName(self.tr("Close"))
        set_tip(self.close_button, self.tr("Close this dialog"))
        self.close_button.clicked.connect(self.close)
        self.copy.clicked.connect(self._copy)
        self._column = column = QVBoxLayout(body)
        column.addLayout(self._head(self._theme))
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addLayout(buttons)

    def set_theme(self, theme: Theme) -> None:
        """Draw the logo in the theme's ink, and say the size of its type."""
        self._theme = theme
        self.translate()

    def fit(self) -> None:
        """Be wide enough for the longest version, within the screen."""
        self.table.resizeColumnToContents(0)
        self.table.setColumnWidth(0, self.table.columnWidth(0) + self.table.fontMetrics().height())
        margins, bar = self._column.contentsMargins(), self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        wide = self.table.columnWidth(0) + self.table.sizeHintForColumn(1) + 2 * self.table.frameWidth() + bar
        wide += margins.left() + margins.right()
        resize_within_screen(self, max(WIDTH, math.ceil(wide * MEASURE / grown(MEASURE))), HEIGHT)

    def text(self) -> str:
        """Return all of it as plain text, a line a version."""
        return "\n".join(f"{name}: {value}" for name, value in self.rows)

    def _head(self, theme: Theme) -> QHBoxLayout:
        side = round(self.fontMetrics().height() * LOGO_SIDE)
        self.logo = QLabel()
        self.logo.setPixmap(icon(LOGO, theme).pixmap(QSize(side, side)))
        words = QVBoxLayout()
        sentence = text_label(self.tr("See a neural network learn: build it, train it, and walk through every number of every pass."))
        sentence.setWordWrap(True)
        licence = text_label(self.tr("Free software under the MIT license. © 2026 The nnviz authors"), "muted")
        licence.setWordWrap(True)
        for label in (text_label(self.tr("nnviz {version}").format(version=nnviz.__version__), "brand"), sentence, licence):
            words.addWidget(label)
        head = QHBoxLayout()
        head.addWidget(self.logo, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return head

    def _versions(self, theme: Theme) -> tuple[tuple[str, str], ...]:
        from importlib.metadata import version  # slow to import, and not needed before

        screen = self.screen()
        size, ratio = screen.size(), screen.devicePixelRatio()
        shown = self.tr("{width} × {height} pixels, scaled {ratio} %; type {scale} %")
        return (
            ("nnviz", nnviz.__version__),
            ("Python", f"{platform.python_version()} ({platform.python_implementation()})"),
            ("PySide6", pyside_version),
            ("Qt", qVersion()),
            ("NumPy", version("numpy")),
            ("pyqtgraph", version("pyqtgraph")),
            (self.tr("System"), platform.platform()),
            (self.tr("Display"), QGuiApplication.platformName()),
            (
                self.tr("Screen"),
                shown.format(
                    width=round(size.width() * ratio),
                    height=round(size.height() * ratio),
                    ratio=round(100 * ratio),
                    scale=round(100 * theme.scale),
                ),
            ),
        )

    def _make_table(self) -> QTreeWidget:
        table = QTreeWidget()
        table.setRootIsDecorated(False)
        table.setHeaderLabels([self.tr("Part"), self.tr("Version")])
        table.setAccessibleName(self.tr("Versions"))
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        set_tip(table, self.tr("The versions of nnviz and of what it runs on"))
        items = [QTreeWidgetItem(table, [name, value]) for name, value in self.rows]
        for item in items:
            item.setToolTip(1, item.text(1))
        table.setCurrentItem(items[0])
        return table

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self.note.setText(self.tr("Copied."))
