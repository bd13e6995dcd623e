"""The bar under the canvas while a pass is stepped through: back and forth, play, where it stands, apply or discard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnviz.explain.stages import Stage
from nnviz.explain.words import say
from nnviz.ui.canvas.stage_bar import StageBar
from nnviz.ui.form import ChoiceBox, ElidedLabel, text_label
from nnviz.ui.icons import icon
from nnviz.ui.theme import LIGHT, Theme
from nnviz.ui.tips import set_tip

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
ROOMY = 130  # widths of a digit below which Apply and Discard show their icons alone
BUTTON_KEYS = frozenset({Qt.Key.Key_Space})
LIST_KEYS = frozenset({Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
ICONS = {"first": "mdi6.skip-previous", "back": "mdi6.step-backward", "forward": "mdi6.step-forward", "last": "mdi6.skip-next"}


class Transport(QWidget):
    """Shows where the pass stands and asks to move it; it moves nothing itself."""

    stage_requested = Signal(int)
    play_toggled = Signal(bool)
    speed_changed = Signal(float)
    apply_requested = Signal()
    discard_requested = Signal()

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._theme, self._playing = theme, False
        self._stages: tuple[Stage, ...] = ()
        self._index = 0
        self.first, self.back, self.play, self.forward, self.last = (QToolButton() for _ in range(5))
        self.play.setProperty("accent", True)
        self.apply, self.discard = QToolButton(), QToolButton()
        self.speed = ChoiceBox("", [(str(speed), f"{speed:g}×") for speed in SPEEDS])
        self.speed.show_key("1.0")
        self.speed.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.bar = StageBar(theme)
        self.forward_words, self.backward_words = text_label("", "forward"), text_label("", "backward")
        self.caption = ElidedLabel()
        self._arrange()
        self._connect()
        self._translate()

    def _arrange(self) -> None:
        frame = QFrame()
        frame.setProperty("bar", True)
        outer = QVBoxLayout(self)
        outer.addWidget(frame)
        inside = QVBoxLayout(frame)
        words, row = QHBoxLayout(), QHBoxLayout()
        inside.addLayout(words)
        inside.addLayout(row)
        words.addWidget(self.forward_words)
        words.addWidget(self.caption, 1)
        words.addWidget(self.backward_words)
        for button in (self.first, self.back, self.play, self.forward, self.last):
            button.setProperty("tight", True)
            row.addWidget(button)
        row.addWidget(self.bar, 1)
        for widget in (self.speed, self.apply, self.discard):
            row.addWidget(widget)
        self._boxes = outer, inside, words, row
        self._space()

    def _space(self) -> None:
        """Leave room between and around, as the theme's type needs it."""
        outer, inside, words, row = self._boxes
        pixels = self._theme.pixels
        outer.setContentsMargins(pixels(16), 0, pixels(16), pixels(10))
        inside.setContentsMargins(pixels(12), pixels(6), pixels(12), pixels(8))
        for box, gap in ((inside, 4), (words, 12), (row, 4)):
            box.setSpacing(pixels(gap))

    def _connect(self) -> None:
        self.first.clicked.connect(self._go_first)
        self.back.clicked.connect(self._go_back)
        self.play.clicked.connect(self._toggle_play)
        self.forward.clicked.connect(self._go_forward)
        self.last.clicked.connect(self._go_last)
        self.apply.clicked.connect(self.apply_requested)
        self.discard.clicked.connect(self.discard_requested)
        self.speed.picked.connect(self._tell_speed)
        self.bar.stage_requested.connect(self.stage_requested)
        for widget in (self.first, self.back, self.play, self.forward, self.last, self.apply, self.discard, self.speed):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let a focused button be pressed by Space, and the speed be chosen by its keys, where the window has shortcuts on them."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = LIST_KEYS if watched is self.speed else BUTTON_KEYS
            if event.key() in own and not event.modifiers():
                event.accept()
                return True
        return False

    def _translate(self) -> None:
        self.forward_words.setText(self.tr("Forward →").upper())
        self.backward_words.setText(self.tr("← Backward").upper())
        self.apply.setText(self.tr("Apply"))
        self.discard.setText(self.tr("Discard"))
        self.speed.setAccessibleName(self.tr("Speed of playing"))
        self.speed.explain(self.tr("How fast the stages follow each other when played"))
        names = {
            self.first: self.tr("First stage"),
            self.back: self.tr("One stage back"),
            self.play: self.tr("Stop playing") if self._playing else self.tr("Play the stages"),
            self.forward: self.tr("One stage forward"),
            self.last: self.tr("Last stage"),
            self.apply: self.tr("Make the shown step real: the new weights become the weights"),
            self.discard: self.tr("Leave the pass; the weights stay as they were"),
        }
        for button, words in names.items():
            button.setAccessibleName(words)
            set_tip(button, words)

    # -- showing ------------------------------------------------------------------------------------------------

    def show_stages(self, stages: Sequence[Stage]) -> None:
        """Show the stages of a pass."""
        self._stages = tuple(stages)
        self.bar.show_stages(self._stages)

    def show_index(self, index: int) -> None:
        """Show which stage is the present one, with its sentence."""
        self._index = index
        self.bar.show_index(index)
        self.caption.show_words(say(self._stages[index].sentence))
        at_start, at_end = index == 0, index == len(self._stages) - 1
        can = {self.first: not at_start, self.back: not at_start, self.forward: not at_end, self.last: not at_end}
        # A disabled button loses the focus, and with it the arrow keys: the focus goes on to the bar.
        if any(button.hasFocus() and not on for button, on in can.items()):
            self.bar.setFocus()
        for button, on in can.items():
            button.setEnabled(on)

    def set_playing(self, playing: bool) -> None:
        """Show whether the stages are being played."""
        if playing != self._playing:
            self._playing = playing
            self._translate()
            self.play.setIcon(icon("mdi6.pause" if playing else "mdi6.play", self._theme, on_accent=True))

    def set_theme(self, theme: Theme) -> None:
        """Show everything in another theme."""
        self._theme = theme
        self._space()
        side = round(theme.font_points * 1.9)
        for button in (self.first, self.back, self.play, self.forward, self.last, self.apply, self.discard):
            button.setIconSize(QSize(side, side))
        for button, name in ((self.first, "first"), (self.back, "back"), (self.forward, "forward"), (self.last, "last")):
            button.setIcon(icon(ICONS[name], theme))
        self.play.setIcon(icon("mdi6.pause" if self._playing else "mdi6.play", theme, on_accent=True))
        self.apply.setIcon(icon("mdi6.check", theme))
        self.discard.setIcon(icon("mdi6.close", theme))
        self.bar.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of Apply and Discard away where there is little room."""
        super().resizeEvent(event)
        roomy = self.width() > ROOMY * self.fontMetrics().horizontalAdvance("0")
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if roomy else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in (self.apply, self.discard):
            button.setToolButtonStyle(style)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in a new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._translate()
            if self._stages:
                self.show_index(self._index)

    # -- asking -------------------------------------------------------------------------------------------------

    @Slot()
    def _go_first(self) -> None:
        self.stage_requested.emit(0)

    @Slot()
    def _go_back(self) -> None:
        self.stage_requested.emit(max(0, self._index - 1))

    @Slot()
    def _go_forward(self) -> None:
        self.stage_requested.emit(min(len(self._stages) - 1, self._index + 1))

    @Slot()
    def _go_last(self) -> None:
        self.stage_requested.emit(len(self._stages) - 1)

    @Slot()
    def _toggle_play(self) -> None:
        self.play_toggled.emit(not self._playing)

    @Slot(str)
    def _tell_speed(self, key: str) -> None:
        self.speed_changed.emit(float(key))

