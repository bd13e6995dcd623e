"""One rounded box of the formula card: a title and monospaced lines whose numbers can be pointed at."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTextDocument, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.explain.card import Section
from nnviz.explain.tokens import Edge, Node, Token
from nnviz.explain.words import say
from nnviz.ui.failsafe import paints
from nnviz.ui.theme import Theme, blend, color, font

Place = Node | Edge
MARGIN = 9.0  # at scale 1
HANGING = 4  # letters by which the rest of a wrapped line is set in
FADED = 0.6  # how much of the box stays of one whose turn comes later


class CardSection(QWidget):
    """Shows one section; `token_hovered` carries the neuron or edge under the pointer, or None."""

    token_hovered = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._section: Section | None = None
        self._tokens: list[Token] = []
        self._marked: Place | None = None
        self._hovered: Place | None = None
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        self._document.setUndoRedoEnabled(False)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._document.setDefaultTextOption(option)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_section(self, section: Section) -> None:
        """Show another section."""
        self._section = section
        self._tokens = [token for line in section.lines for token in line]
        self._write()

    def mark(self, place: Place | None) -> None:
        """Mark the numbers that come from this place."""
        if place != self._marked:
            self._marked = place
            self._write()

    def set_theme(self, theme: Theme) -> None:
        """Write in another theme's colours."""
        self._theme = theme
        self._write()

    def text(self) -> str:
        """Return what is written, as plain text."""
        return self._document.toPlainText()

    def _write(self) -> None:
        """Put the section into the document; every text is escaped, a number that has a place is an anchor."""
        if self._section is None:
            return
        theme, state = self._theme, self._section.state
        title_color = {"now": theme.rising if self._is_backward() else theme.positive_text, "next": theme.muted}.get(state, theme.ink)
        rows, at = [f'<b style="color:{title_color}">{html.escape(self._title())}</b>'], 0
        for line in self._section.lines:
            row = ""
            for token in line:
                row += self._markup(token, at)
                at += 1
            rows.append(row)
        letters = font(theme.small_points, mono=True)
        self._document.setDefaultFont(letters)
        hanging = round(QFontMetricsF(letters).horizontalAdvance("0") * HANGING)
        plain_color = theme.muted if state == "next" else theme.ink
        body = "".join(f'<p style="margin:0 0 0 {hanging}px; text-indent:-{hanging}px">{row or "&nbsp;"}</p>' for row in rows)
        self._document.setHtml(f'<div style="white-space:pre-wrap; color:{plain_color}; line-height:125%">{body}</div>')
        self._wrap()
        self.update()

    def _title(self) -> str:
        """Return the title, with the word that says whose turn it is."""
        if self._section is None:
            return ""
        words = {"now": self.tr("{title} — now"), "next": self.tr("next — {title}")}.get(self._section.state, "{title}")
        return words.format(title=say(self._section.title))

    def _wrap(self) -> None:
        """Wrap at the present width, and be as high as that needs."""
        self._document.setTextWidth(max(1.0, self.width() - 2 * self._margin))
        self.setFixedHeight(round(self._document.size().height() + 2 * self._margin))

    @property
    def _margin(self) -> float:
        return MARGIN * self._theme.scale

    def _is_backward(self) -> bool:
        return any(token.role in ("rising", "falling") for token in self._tokens)

    def _markup(self, token: Token, at: int) -> str:
        theme = self._theme
        colors = {"positive": theme.positive_text, "negative": theme.negative_text, "rising": theme.rising, "falling": theme.falling}
        muted = self._section is not None and self._section.state == "next"
        shade = theme.muted if muted else colors.get(token.role, theme.ink)
        style = f"color:{shade}; text-decoration:none"
        if token.role == "strong":
            style += "; font-weight:600"
        place = token.node or token.edge
        if place is not None and place == self._marked:
            style += f"; background-color:{theme.accent_soft}"
        words = html.escape(token.text)
        return f'<a href="{at}" style="{style}">{words}</a>' if place is not None else f'<span style="{style}">{words}</span>'

    def token_at(self, position: QPointF) -> Token | None:
        """Return the linked number under a point of the widget."""
        anchor = self._document.documentLayout().anchorAt(position - QPointF(self._margin, self._margin))
        return self._tokens[int(anchor)] if anchor else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which number the pointer is on."""
        token = self.token_at(event.position())
        self._tell(token.node or token.edge if token else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that it is on none."""
        super().leaveEvent(event)
        self._tell(None)

    def _tell(self, place: Place | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.setCursor(Qt.CursorShape.PointingHandCursor if place else Qt.CursorShape.ArrowCursor)
            self.token_hovered.emit(place)
            self.mark(place)

    def sizeHint(self) -> QSize:
        """Return the height that the text needs at the present width."""
        return QSize(200, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as needed."""
        return QSize(80, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._wrap()

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box and what is written in it."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        faded = self._section is not None and self._section.state == "next"
        painter.setBrush(blend(theme.raised, theme.window, FADED) if faded else color(theme.raised))
        painter.drawRoundedRect(QRectF(self.rect()), theme.corner, theme.corner)
        painter.translate(self._margin, self._margin)
        self._document.drawContents(painter)
