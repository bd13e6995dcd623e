"""The bar at the top: which example, the run's controls, how fast, how far, how good, and what to take away."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from nnviz.app.document import Document, RunState
from nnviz.engine.spec import Spec
from nnviz.formats.examples import load, names
from nnviz.ui.action_table import EXPORTS, ROWS
from nnviz.ui.actions import refresh_icons
from nnviz.ui.form import text_label
from nnviz.ui.icons import icon
from nnviz.ui.metrics import SHORT_STEP_WIDTH, STEP_WIDTH, Metrics
from nnviz.ui.names import entry_name, network_sizes
from nnviz.ui.speed import SpeedSlider
from nnviz.ui.theme import LIGHT, Theme
from nnviz.ui.tips import set_tip

LOGO, EXPORT = "mdi6.graph-outline", "mdi6.export-variant"
PAUSE = "mdi6.pause"
NARROWEST = 320
LEVELS = 11
MARGINS, SPACING = (12, 7, 12, 7), 6


class ActionButton(QToolButton):
    """A button for an action: its words, tip and whether it can be used; `accent` fills it."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.action_shown = action
        self._icon, self._words = ROWS[action.objectName()].icon, ""
        self._theme: Theme | None = None
        self.clicked.connect(action.trigger)
        action.changed.connect(self.refresh)
        self.refresh()

    def show_as(self, words: str, icon_name: str, *, accent: bool) -> None:
        """Show other words and another icon than the action's own ("" for these), filled or not."""
        self._words, self._icon = words, icon_name or ROWS[self.action_shown.objectName()].icon
        if bool(self.property("accent")) != accent:
            self.setProperty("accent", accent)
            self.style().unpolish(self)
            self.style().polish(self)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in this theme; before the first theme there is none."""
        self._theme = theme
        self._draw()

    def _draw(self) -> None:
        if self._icon and self._theme is not None:
            self.setIcon(icon(self._icon, self._theme, on_accent=bool(self.property("accent"))))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the action as it is now."""
        words = self._words or self.action_shown.text().replace("&", "")
        self.setText(words)
        self.setAccessibleName(words)
        set_tip(self, self.action_shown.toolTip())
        self.setEnabled(self.action_shown.isEnabled())


class TopBar(QToolBar):
    """`speed_changed` carries steps a second, None for full speed, `example_requested` a name; the rest are actions."""

    speed_changed = Signal(object)
    example_requested = Signal(str)

    def __init__(self, document: Document, actions: Mapping[str, QAction], theme: Theme = LIGHT) -> None:
        super().__init__()
        self._document, self._actions, self._theme = document, actions, theme
        self.setObjectName("top bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.brand_icon, self.brand = QLabel(), text_label("nnviz", "brand")
        self.picker, self.export, self.toggle = QToolButton(), QToolButton(), QToolButton()
        self.reset, self.epoch, self.train, self.step = (ActionButton(actions[name]) for name in ("reset", "epoch", "train", "step"))
        self.speed, self.metrics = SpeedSlider(), Metrics(theme)
        self._make_menus()
        self._arrange()
        self.speed.speed_changed.connect(self.speed_changed)
        self.toggle.clicked.connect(self._toggle_theme)
        document.frame_changed.connect(self.metrics.show_frame)
        self._size_icons()
        self._translate()
        self.show_spec(document.spec)

    def _make_menus(self) -> None:
        self.examples = QMenu(self.picker)
        self._titles: dict[str, str] = {}
        for name in names():
            example = load(name)
            action = self.examples.addAction(example.title.replace("&", "&&"))
            self._titles[name] = example.title
            action.setData(name)
            set_tip(action, example.summary)
        self.examples.setToolTipsVisible(True)
        self.examples.triggered.connect(self._open_example)
        exports = QMenu(self.export)
        for name in EXPORTS:
            exports.addAction(self._actions[name])
        for button, menu in ((self.picker, self.examples), (self.export, exports)):
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _arrange(self) -> None:
        inside = QWidget()
        inside.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inside.setMinimumWidth(NARROWEST)
        row = QHBoxLayout(inside)
        left: tuple[QWidget, ...] = (self.brand_icon, self.brand, self.picker)
        middle: tuple[QWidget, ...] = (self.reset, self.epoch, self.train, self.step, self.speed, self.metrics)
        for widgets, stretch in ((left, 1), (middle, 2), ((self.export, self.toggle), 0)):
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(stretch)
        self._row = row
        self._leave_room()
        self.addWidget(inside)

    def _leave_room(self) -> None:
        self._row.setContentsMargins(*map(self._theme.pixels, MARGINS))
        self._row.setSpacing(self._theme.pixels(SPACING))

    def _translate(self) -> None:
        self.setWindowTitle(self.tr("Top bar"))
        self.picker.setAccessibleName(self.tr("Examples"))
        set_tip(self.picker, self.tr("Open a built-in example; the numbers are the sizes of its layers with weights"))
        self.export.setText(self.tr("Export"))
        self.export.setAccessibleName(self.tr("Export"))
        set_tip(self.export, self.tr("Take weights, the picture of the network, or a plot away as a file"))
        self.toggle.setAccessibleName(self.tr("Light or dark"))
        set_tip(self.toggle, self.tr("Change between dark on light and light on dark"))
        self.metrics.translate()
        self.show_state(self._document.state)

    # -- showing ------------------------------------------------------------------------------------------------

    def show_spec(self, spec: Spec) -> None:
        """Show which example it is, with the sizes of its layers."""
        sizes = "–".join(map(str, network_sizes(spec.network)))
        title = self._titles.get(self._document.name, entry_name(spec.data.source))
        self._short_title = title.replace("&", "&&")
        self._title = self.tr("{title} · {sizes}").format(title=self._short_title, sizes=sizes)
        self._fit()

    def show_state(self, state: RunState) -> None:
        """Show whether it trains, stands, or is stepped through."""
        training, stepping = state is RunState.TRAINING, state is RunState.STEPPING
        self.train.show_as(self.tr("Pause") if training else self.tr("Train"), PAUSE if training else "", accent=not stepping)
        self.step.show_as("", "", accent=stepping)

    def set_theme(self, theme: Theme) -> None:
        """Show everything in another theme, and give the actions their icons in its ink."""
        self._theme = theme
        side = self._size_icons()
        self._leave_room()
        self.brand_icon.setPixmap(icon(LOGO, theme).pixmap(QSize(side + 4, side + 4)))
        refresh_icons(self._actions, theme)
        self.export.setIcon(icon(EXPORT, theme))
        self.toggle.setIcon(icon(ROWS["light" if theme.name == "dark" else "dark"].icon, theme))
        for button in (self.reset, self.epoch, self.train, self.step):
            button.set_theme(theme)
        self.metrics.set_theme(theme)
        self._fit()
        QTimer.singleShot(0, self, self._fit)  # once the words inside have told their new sizes

    def _size_icons(self) -> int:
        side = round(self._theme.font_points * 1.9)
        for button in (self.reset, self.epoch, self.train, self.step, self.export, self.toggle):
            button.setIconSize(QSize(side, side))
        return side

    @Slot()
    def _fit(self) -> None:
        """Leave away what there is no room for: the buttons' words, the brand, room for more steps, their count, then all numbers."""
        for level in range(LEVELS):
            self._show_level(level)
            if self._row.minimumSize().width() <= self.width():
                break

    def _show_level(self, level: int) -> None:
        words, icons = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        self.export.setToolButtonStyle(words if level < 1 else icons)
        for button in (self.reset, self.epoch, self.train, self.step):
            button.setToolButtonStyle(words if level < 2 else icons)
        self.brand.setVisible(level < 3)
        self.brand_icon.setVisible(level < 5)
        self.metrics.step.make_room(STEP_WIDTH if level < 4 else SHORT_STEP_WIDTH)
        metrics = self.metrics
        for number, metric in enumerate((metrics.step, metrics.validation_loss, metrics.train_loss, metrics.quality, metrics.epoch)):
            metric.setVisible(level < 5 + number)
        self.picker.setText(self._title if level < LEVELS - 1 else self._short_title)
        self.metrics.updateGeometry()
        self._row.invalidate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in a new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._translate()

    # -- asking -------------------------------------------------------------------------------------------------

    @Slot(QAction)
    def _open_example(self, action: QAction) -> None:
        self.example_requested.emit(str(action.data()))

    @Slot()
    def _toggle_theme(self) -> None:
        self._actions["light" if self._theme.name == "dark" else "dark"].trigger()
