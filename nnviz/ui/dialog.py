"""What the program's own dialogs share: while one is open it follows the language, the theme and the size of the type."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from nnviz.ui.screen_fit import resize_within_screen
from nnviz.ui.theme import Theme, grown

MEASURE = 1000  # by which a change of the type is noticed
TYPE_CHANGES = (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange, QEvent.Type.StyleChange)


class Dialog(QDialog):
    """A dialog that would like to be this large at the usual type size; deleted when it is closed."""

    def __init__(self, width: int, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._size, self._grown = (width, height), grown(MEASURE)

    def translate(self) -> None:
        """Say everything in the present language."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Show in another theme what neither palette nor style sheet reaches, such as icons; by default nothing."""

    def fit(self) -> None:
        """Be as large as the type wants it, within the screen."""
        resize_within_screen(self, *self._size)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; and the type, once it has reached every widget."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.translate()
        elif event.type() in TYPE_CHANGES and grown(MEASURE) != self._grown:
            self._grown = grown(MEASURE)
            QTimer.singleShot(0, self, self._fit)

    @Slot()
    def _fit(self) -> None:
        self.fit()


class FilledDialog(Dialog):
    """A dialog whose controls are made anew for another language; a child makes them in `fill`."""

    def __init__(self, width: int, height: int, parent: QWidget | None = None) -> None:
        super().__init__(width, height, parent)
        self._body = QWidget()
        self._frame = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._body)

    def fill(self, body: QWidget) -> None:
        """Make the controls and show the present values."""
        raise NotImplementedError

    def translate(self) -> None:
        """Make everything anew; the focus stays where it is."""
        old, self._body = self._body, QWidget()
        focused = self.focusWidget()
        kind = type(focused) if focused is not None else QWidget  # Qt puts widgets of its own among those made here
        like = old.findChildren(kind)
        at = like.index(focused) if focused in like else -1
        self._frame.replaceWidget(old, self._body)
        # A control that is made anew may be the very one whose signal led here: it must outlive its own signal.
        old.hide()
        old.deleteLater()
        self.fill(self._body)
        self._body.show()
        like = self._body.findChildren(kind)
        if 0 <= at < len(like):
            like[at].setFocus()
