"""Lets one view fail without the others: it is switched off, says so once, and waits for Retry.

`paints` goes on every method that Qt calls to paint, `updates` on the methods that bring new values to a view. What is
switched off is the nearest widget around the failure with `is_view = True`, or the widget itself where there is none.
New values do not switch it on again, they are kept until Retry; opening another document does (`retry_all`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from traceback import clear_frames, walk_tb
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QGraphicsItem, QGraphicsView, QLabel, QPushButton, QSizePolicy, QWidget

Words = ParamSpec("Words")
Thing = TypeVar("Thing", bound=QWidget | QGraphicsItem)
Method = Callable[Concatenate[Thing, Words], None]
OFF = "switched off"
LONGEST = 160
LOW = 4  # lines of text; a lower view has words and button in one row


class ViewError(Exception):
    """A view could not be shown and has been switched off; it says so itself. The cause is what went wrong."""


class Cover(QWidget):
    """Hatches a view that is switched off, says why in a sentence, and switches it on again."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.view = view
        self._reason = ""
        self._missed: dict[tuple[int, str], tuple[Callable[..., None], tuple[object, ...], dict[str, object]]] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # Qt then paints nothing of what is under it
        self.words, self.button = QLabel(), QPushButton()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setAutoFillBackground(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setSizeConstraint(QBoxLayout.SizeConstraint.SetNoConstraint)
        self._row.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row.addWidget(self.words)
        self._row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button.clicked.connect(self.retry)
        self.hide()

    def switch_off(self, error: Exception) -> None:
        """Cover the view, as soon as whatever paints now is done."""
        self._reason = f"{type(error).__name__}: {error}"[:LONGEST]
        self.view.setProperty(OFF, True)
        self._translate()
        QTimer.singleShot(0, self, self._appear)

    def miss(self, thing: QObject | QGraphicsItem, name: str, words: tuple[object, ...], more: dict[str, object]) -> None:
        """Keep the newest call of an update, for Retry."""
        key = (id(thing), name)
        self._missed.pop(key, None)
        self._missed[key] = (getattr(thing, name), words, more)

    @Slot()
    def retry(self) -> None:
        """Show the view again with the newest values."""
        missed, self._missed = self._missed, {}
        focused = self.button.hasFocus()
        self.view.setProperty(OFF, False)
        self.view.removeEventFilter(self)
        self.hide()
        if focused:
            self.view.setFocus()
        for call, words, more in missed.values():
            call(*words, **more)
        for canvas in (self.view, *self.view.findChildren(QGraphicsView)):
            if isinstance(canvas, QGraphicsView):
                canvas.resetCachedContent()
                canvas.viewport().update()
        self.view.update()

    @Slot()
    def _appear(self) -> None:
        if not is_off(self.view):
            return
        self.view.installEventFilter(self)
        self._fill()
        self.show()
        self.raise_()
        QWidget.setTabOrder(self.view, self.button)
        focused = QApplication.focusWidget()
        if focused is not None and (focused is self.view or self.view.isAncestorOf(focused)):
            self.button.setFocus()

    def _fill(self) -> None:
        self.setGeometry(self.view.rect())
        low = self.height() < LOW * self.fontMetrics().height() + self.button.sizeHint().height()
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if low else QBoxLayout.Direction.TopToBottom)
        edge = 0 if low else self.fontMetrics().height()
        self._row.setContentsMargins(edge, 0, edge, 0)
        self._row.setStretch(0, 1 if low else 0)

    def _translate(self) -> None:
        name = self.view.accessibleName() or self.view.windowTitle()
        words = self.tr("{view} could not be shown: {reason}") if name else self.tr("This could not be shown: {reason}")
        self.words.setText(words.format(view=name, reason=self._reason))
        for widget in (self, self.words):
            widget.setToolTip(self.words.text().replace("&", "&amp;").replace("<", "&lt;"))
        self.button.setText(self.tr("Retry"))
        self.button.setAccessibleName(self.tr("Retry {view}").format(view=name).strip())
        self.button.setAccessibleDescription(self.words.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Stay as large as the view."""
        if event.type() is QEvent.Type.Resize:
            self._fill()
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() is QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the hatch."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.palette().window())
            painter.fillRect(self.rect(), QBrush(self.palette().mid().color(), Qt.BrushStyle.BDiagPattern))


def paints(method: Method[Thing, Words]) -> Method[Thing, Words]:
    """Guard a method that Qt calls to paint a widget or an item: an exception switches off the view it belongs to."""

    @wraps(method)
    def paint(thing: Thing, /, *words: Words.args, **more: Words.kwargs) -> None:
        try:
            method(thing, *words, **more)
        except Exception as error:
            _end_painters(error, words)
            if _switched_off(thing, error) is None:
                raise

    return paint


def updates(method: Method[Thing, Words]) -> Method[Thing, Words]:
    """Guard a method that shows new values: an exception switches off the view; while it is off, the newest call waits."""

    @wraps(method)
    def update(thing: Thing, /, *words: Words.args, **more: Words.kwargs) -> None:
        view = view_of(thing)
        cover = _cover(view) if view is not None and is_off(view) else None
        if cover is None:
            try:
                method(thing, *words, **more)
                return
            except Exception as error:
                _end_painters(error, words)
                cover = _switched_off(thing, error)
                if cover is None:
                    raise
        cover.miss(thing, method.__name__, words, more)

    return update


def is_off(view: QWidget) -> bool:
    """Whether a view has failed and waits for Retry."""
    return view.property(OFF) is True


def view_of(thing: QWidget | QGraphicsItem) -> QWidget | None:
    """Return what is switched off when this widget or item fails, None for an item that nobody looks at."""
    if isinstance(thing, QGraphicsItem):
        scene = thing.scene()
        views = scene.views() if scene is not None else []
        return view_of(views[0]) if views else None
    found: QWidget | None = thing
    while found is not None:
        kind: Any = type(found)
        if _is_view(kind):
            return found
        found = found.parentWidget()
    return thing


def retry_all(window: QWidget) -> None:
    """Try every view of a window again that is switched off, as after opening another document."""
    for cover in window.findChildren(Cover):
        if is_off(cover.view):
            cover.retry()


def check(*views: QWidget) -> None:
    """Raise ViewError if one of the views is switched off: its picture would not be whole."""
    for view in views:
        if is_off(view):
            raise ViewError(_cover(view).words.text())


@lru_cache(maxsize=1024)
def _is_view(kind: type) -> bool:
    """Tell whether a class says so; once for each, as asking Qt's objects for what they do not have takes long."""
    return any(vars(base).get("is_view", False) for base in kind.__mro__)


def _switched_off(thing: QWidget | QGraphicsItem, error: Exception) -> Cover | None:
    """Switch off the view that failed and hand the error to the one handler, once; None where nobody could be told.

    A view without a window around it is drawn for a file: whoever draws it must hear that it failed.
    """
    view = view_of(thing)
    if view is None or view.isWindow():
        return None
    cover = _cover(view)
    if not is_off(view):
        cover.switch_off(error)
        fault = ViewError(cover.words.text())
        fault.__cause__ = error
        sys.excepthook(ViewError, fault, None)
    clear_frames(error.__traceback__)  # a kept error would keep what was painted on, and dead widgets
    return cover


def _cover(view: QWidget) -> Cover:
    found = view.findChild(Cover, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, Cover) else Cover(view)


def _end_painters(error: Exception, handed: tuple[object, ...]) -> None:
    """End the painters that the failed method began; those it was handed are Qt's own."""
    for frame, _ in walk_tb(error.__traceback__):
        for value in frame.f_locals.values():
            if isinstance(value, QPainter) and value.isActive() and not any(value is given for given in handed):
                value.end()
