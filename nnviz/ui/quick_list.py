"""A list to choose from by typing, over the top of a window: any words in any order, best matches first.

It is a part of the window and no dialog: whatever runs goes on. It goes away on Esc, when something is chosen and when
the focus leaves it, and gives the focus back to where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.explain.numbers import format_number
from nnviz.ui.form import text_label
from nnviz.ui.ranking import Entry, Ranking, literal
from nnviz.ui.theme import grown
from nnviz.ui.tips import plain, set_tip

SHOWN, LINES = 200, 12  # entries in the list, and of them in sight
LONGEST = 200  # letters that can be typed or pasted
WIDTH, TOP, EDGE, PADDING, ICON = 560, 8, 6, 5, 16
NOTE_SHARE = 0.4  # of a line, that its note may take where the text is long, too
MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_PageUp: -LINES,
    Qt.Key.Key_PageDown: LINES,
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
Index = QModelIndex | QPersistentModelIndex


class Entries(QAbstractListModel):
    """The entries in the list."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        """Show these."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, index: Index) -> Entry:
        """Return the entry of a row."""
        return self._entries[index.row()]

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many there are; an entry has none in it."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of an entry."""
        entry = self.entry(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return literal(entry.text)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            words = ", ".join(filter(None, (entry.text, entry.note, entry.reason)))
            return plain(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return None


class Lines(QStyledItemDelegate):
    """Draws an entry: icon and text, its note at the right; pale, with the reason instead, if it cannot be chosen."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one line."""
        model, view = index.model(), option.widget
        assert isinstance(model, Entries)
        entry, colors = model.entry(index), option.palette
        view.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, view)
        painter.save()
        painter.setFont(option.font)
        metrics, side = option.fontMetrics, grown(ICON)
        room = QRect(option.rect).adjusted(grown(EDGE), 0, -grown(EDGE), 0)
        if entry.icon is not None:
            mode = QIcon.Mode.Disabled if entry.reason else QIcon.Mode.Normal
            entry.icon.paint(painter, QRect(room.left(), room.center().y() - side // 2, side, side), mode=mode)
            room.setLeft(room.left() + side + grown(EDGE))
        text, note = literal(entry.text), literal(entry.reason or entry.note)
        gap = grown(2 * EDGE) if note else 0
        rest = room.width() - gap - metrics.horizontalAdvance(text)
        wide = min(metrics.horizontalAdvance(note), max(rest, round(room.width() * NOTE_SHARE)))
        left = room.adjusted(0, 0, -wide - gap, 0)
        pale = colors.placeholderText().color()
        painter.setPen(pale if entry.reason else colors.text().color())
        _draw(painter, left, text, Qt.AlignmentFlag.AlignLeft)
        painter.setPen(pale)
        _draw(painter, room.adjusted(room.width() - wide, 0, 0, 0), note, Qt.AlignmentFlag.AlignRight)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Return the height of a line; it is as wide as the list."""
        return QSize(0, line_height(option.fontMetrics.height()))


def _draw(painter: QPainter, room: QRect, text: str, side: Qt.AlignmentFlag) -> None:
    words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width() + 1)
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)


def line_height(letters: int) -> int:
    """Return the height of a line whose letters are so high."""
    return letters + 2 * grown(PADDING)


class QuickList(QFrame):
    """A search line and a list over the top of a window; `chosen` carries the value of the entry that was chosen."""

    chosen = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        self._ranking = Ranking(())
        self._made: Callable[[str], Sequence[Entry]] = no_entries
        self.search, self.list, self.note = QLineEdit(), QListView(), text_label("", "note")
        self.entries = Entries(self)
        self.setProperty("quick", True)
        self.search.setMaxLength(LONGEST)
        self.search.setAcceptDrops(False)  # a file that falls here is for the window
        self._name(self.tr("Search"), self.tr("Type any words of what is looked for"))
        self.search.installEventFilter(self)
        self.list.setModel(self.entries)
        self.list.setItemDelegate(Lines(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.note.setWordWrap(True)
        self._column = column = QVBoxLayout(self)
        for part in (self.search, self.list, self.note):
            column.addWidget(part)
        self.search.textChanged.connect(self._filter)
        self.list.clicked.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(self._tell)
        self.hide()

    def offer(self, name: str, tip: str, entries: Sequence[Entry], made: Callable[[str], Sequence[Entry]] | None = None) -> None:
        """Show entries to choose from, and take the focus.

        Args:
            name: what is chosen here, for the empty search line and for screen readers.
            tip: what can be typed.
            entries: all there is, in the order in which it is shown while nothing is typed.
            made: returns entries made of what is typed, which are too many to list.
        """
        for other in self._window.findChildren(QuickList):
            other.leave()  # the focus goes back first, so that this one knows where it was
        self._before = self._window.focusWidget()
        self._ranking, self._made = Ranking(entries), made or no_entries
        self._name(name, tip)
        self.search.clear()
        self._filter("")
        self._window.installEventFilter(self)
        self.show()
        self.raise_()
        self._place()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]  # it is a QApplication

    def _name(self, name: str, tip: str) -> None:
        self.search.setPlaceholderText(name)
        for widget in (self, self.search, self.list):
            widget.setAccessibleName(name)
            set_tip(widget, tip)

    @Slot()
    def leave(self) -> None:
        """Go away and give the focus back."""
        if not self.isHidden():
            self._end()
            if self._before is not None:
                self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self) -> None:
        QApplication.instance().focusChanged.disconnect(self._follow_focus)  # type: ignore[union-attr]
        self._window.removeEventFilter(self)
        self.hide()
        self._ranking, self._made = Ranking(()), no_entries  # what it offered may be gone before it is asked again
        self.entries.show([])

    @Slot(QWidget, QWidget)
    def _follow_focus(self, old: QWidget | None, now: QWidget | None) -> None:  # noqa: ARG002
        if now is None:
            self.leave()  # another program's window has the focus: this one finds its own where it was
        elif now is not self and not self.isAncestorOf(now):
            self._end()

    # -- showing ------------------------------------------------------------------------------------------------

    @Slot(str)
    def _filter(self, typed: str) -> None:
        found = self._ranking.best(typed, self._made(typed))
        self.entries.show(found[:SHOWN])
        self.list.setCurrentIndex(self.entries.index(0))
        more = len(found) - SHOWN
        if more > 0:
            self._say(self.tr("{count} more: go on typing").format(count=format_number(more)))
        else:
            self._say("" if found else self.tr("Nothing is called so."))
        self._tell(self.list.currentIndex())
        self._place()

    def _say(self, words: str, *, refused: bool = False) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))
        if bool(self.note.property("refused")) != refused:
            self.note.setProperty("refused", refused)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)

    @Slot(QModelIndex)
    def _tell(self, index: QModelIndex) -> None:
        """Tell a screen reader, which stays in the search line, what Enter would choose."""
        words = self.entries.data(index, Qt.ItemDataRole.AccessibleTextRole) if index.isValid() else self.note.text()
        self.search.setAccessibleDescription(words)

    def _place(self) -> None:
        """Stand in the middle under the window's upper edge, as wide and as high as there is room."""
        room, edge = self._window.rect(), grown(TOP)
        top = edge
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(grown(EDGE))
        line = line_height(self.list.fontMetrics().height())
        rest = room.height() - top - 4 * edge - self.search.sizeHint().height() - (self.note.sizeHint().height() if self.note.text() else 0)
        lines = max(1, min(self.entries.rowCount(), LINES, rest // line))
        self.list.setFixedHeight(line * lines)
        self.list.setVisible(self.entries.rowCount() > 0)
        width = min(grown(WIDTH), room.width() - 2 * edge)
        self.setFixedWidth(width)
        self._column.activate()
        self.setGeometry((room.width() - width) // 2, top, width, self._column.sizeHint().height())
        self.list.scrollTo(self.list.currentIndex())

    # -- keys and mouse -----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move in the list from the search line, and stay within the window."""
        if watched is self._window:
            if event.type() is QEvent.Type.Resize:
                self._place()
            return False
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            return False
        if key not in MOVES and key not in ENTER and key != Qt.Key.Key_Escape:
            return False
        event.accept()  # of a shortcut of the window with this key: not now
        if event.type() is QEvent.Type.KeyPress:
            if key in MOVES:
                self._move(MOVES[key])
            elif key == Qt.Key.Key_Escape:
                self.leave()
            else:
                self._choose(self.list.currentIndex())
        return True

    def _move(self, by: int) -> None:
        last = self.entries.rowCount() - 1
        if last >= 0:
            row = self.list.currentIndex().row() + by
            self.list.setCurrentIndex(self.entries.index(min(max(row, 0), last)))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        """Choose an entry, or say why it cannot be chosen."""
        if not index.isValid():
            return
        entry = self.entries.entry(index)
        if entry.reason:
            self._say(entry.reason, refused=True)
            self.search.setAccessibleDescription(entry.reason)
            self._place()
            return
        self.leave()
        self.chosen.emit(entry.value)

    def changeEvent(self, event: QEvent) -> None:
        """Go away when the language changes: what is offered is in the old one."""
        if event.type() is QEvent.Type.LanguageChange:
            self.leave()
        super().changeEvent(event)


def no_entries(typed: str) -> Sequence[Entry]:  # noqa: ARG001
    """Make nothing of what is typed."""
    return ()
