"""The canvas: the network as a living drawing. It shows what it is handed and says what was clicked; it edits nothing.

A fixed number of graphics items draws from one sheet. While values stream in, all is drawn anew; while they stand, a
kept picture lies under whatever moves or answers the pointer, so that motion costs the same for any network.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from nnviz.app.frame import Frame
from nnviz.data.prepare import Prepared
from nnviz.engine.spec import Spec
from nnviz.engine.trace import Trace
from nnviz.explain.picture import Picture
from nnviz.ui.canvas.backdrop import Backdrop
from nnviz.ui.canvas.cards import described, hover_card
from nnviz.ui.canvas.hits import Hit, following
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.items import EdgesItem, SheetItem, rect
from nnviz.ui.canvas.labels import LabelsItem
from nnviz.ui.canvas.navigation import Navigator
from nnviz.ui.canvas.nodes import NodesItem
from nnviz.ui.canvas.overlay import OverlayItem
from nnviz.ui.canvas.playing import Player
from nnviz.ui.canvas.pointing import Pointer
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.canvas.surface import SurfaceItem
from nnviz.ui.failsafe import is_off, paints, updates
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import Theme
from nnviz.ui.tips import plain

STILL_AFTER = 250
CLOSE = 1.6


class Canvas(QGraphicsView):
    """The drawing of one network; `player` moves what is lit, `navigator` the view, `pointer` answers mouse and keys.

    Signals:
        selection_changed: the new `Selection`.
        hovered: the `Selection` under the pointer, NETWORK when there is none.
        units_requested: a layer's id and how many units it should have.
        sample_requested: the row of the data to be shown.
        played: a pass or a stage has been played to its end.
    """

    selection_changed = Signal(object)
    hovered = Signal(object)
    units_requested = Signal(str, int)
    sample_requested = Signal(int)
    played = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = Sheet(Inks(theme))
        self._surface, self._nodes, self._labels = SurfaceItem(self.sheet), NodesItem(self.sheet), LabelsItem(self.sheet)
        self.overlay = OverlayItem(self.sheet, self._nodes, self._labels)
        still = (self._surface, EdgesItem(self.sheet), self._nodes, self._labels)
        self._items = (*still, self.overlay)
        self._backdrop = Backdrop(self.sheet, still)
        _set_up_view(self, self._items)
        self._streaming = QTimer(self)
        self._streaming.setSingleShot(True)
        self._streaming.setInterval(STILL_AFTER)
        self._streaming.timeout.connect(self.come_to_rest)
        self.player = Player(self.sheet, self.overlay, self)
        self.player.lit.connect(self._touch)
        self.player.moved.connect(self.viewport().update)
        self.player.played.connect(self.played)
        self.pointer = Pointer(self, self.sheet)
        self.pointer.hovered.connect(self.highlight)
        self.pointer.chosen.connect(self.select)
        self.pointer.pressed.connect(self._press)
        self.pointer.sampled.connect(self.sample_requested)
        self.navigator = Navigator(self)  # last, so that it sees events first: a drag that pans selects nothing
        self.navigator.moved.connect(self.viewport().update)
        self.navigator.full = theme.scale
        self.player.reduce_motion = theme.reduce_motion
        _name(self)

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self.sheet.selection

    @property
    def bounds(self) -> QRectF:
        """The whole drawing in scene coordinates."""
        return rect(self.sheet.layout.bounds) if self.sheet.layout else QRectF()

    @updates
    def show_spec(self, spec: Spec) -> None:
        """Show another network, or the same one edited; what was selected stays so if it is still there."""
        self.sheet.spec = spec
        self.player.show(None)
        self.highlight(NETWORK)
        if not self.sheet.exists(self.sheet.selection):
            self.select(NETWORK)
        self._lay_out()

    @updates
    def show_data(self, data: Prepared) -> None:
        """Show the data's classes and points."""
        self.sheet.data = data
        self._lay_out()

    @updates
    def show_frame(self, frame: Frame) -> None:
        """Show the newest values of a run."""
        old, self.sheet.frame = self.sheet.frame, frame
        self.sheet.moving = True
        self._streaming.start()
        if old is None or old.probe.row != frame.probe.row:
            self._lay_out()
        elif self.isVisible() or not self.window().isVisible():  # a canvas that is never shown is drawn for export
            self.sheet.plan_edges()
            self._refresh()

    @updates
    def show_pass(self, picture: Picture | None) -> None:
        """Show one stage of a pass, standing still; None goes back to the run."""
        self.player.show(picture)

    @updates
    def animate_stage(self, picture: Picture, seconds: float) -> None:
        """Show one stage and let its signals travel once along their edges; it then stands as `show_pass` shows it."""
        self.player.animate(picture, seconds)

    @updates
    def play_pass(self, trace: Trace, seconds: float) -> None:
        """Play a real training step: forward, backward, new weights; then show the run again."""
        self.player.play(trace, seconds)

    @updates
    def pulse(self, seconds: float) -> None:
        """Let one wave of the newest activations run through the network, without dimming anything."""
        self.player.pulse(seconds)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Show everything in another theme: a larger one enlarges the view, laid out for the room that this leaves."""
        self.sheet.inks = Inks(theme)
        self.navigator.full = theme.scale
        self.player.reduce_motion = theme.reduce_motion
        self._lay_out()

    def fit(self) -> None:
        """Lay out for the window and show all of it."""
        self.navigator.fitted = True
        self._lay_out()

    def actual_size(self) -> None:
        """Show at 100 %."""
        self.navigator.actual_size(self.bounds)

    @Slot(object)
    def select(self, selection: Selection) -> None:
        """Select something; NETWORK selects nothing in particular."""
        if selection == self.sheet.selection:
            return
        self.sheet.selection = selection
        self.setAccessibleDescription(described(self.sheet, selection))
        self.player.refresh()
        self._touch()
        self.selection_changed.emit(selection)

    @Slot(object)
    def highlight(self, selection: Selection) -> None:
        """Keep a neuron or an edge bright and fade the rest, as under the pointer; NETWORK ends it."""
        if selection == self.sheet.hovered:
            return
        self.sheet.hovered = selection
        self.overlay.card = hover_card(self.sheet, selection)
        self.viewport().update()
        self.hovered.emit(selection)

    @Slot()
    @updates
    def come_to_rest(self) -> None:
        """Draw every edge, now that no new values come."""
        self._streaming.stop()
        self.sheet.moving = False
        self.sheet.plan_edges()
        self._touch()

    @Slot(object)
    def _press(self, found: Hit) -> None:
        if found.part == "fold":
            self.sheet.unfolded |= {found.layer}
            self._lay_out()
        elif self.sheet.spec is not None:
            units = self.sheet.spec.network.weighted(found.layer).units + (1 if found.part == "plus" else -1)
            if units >= 1:
                self.units_requested.emit(found.layer, units)

    @updates
    def _lay_out(self) -> None:
        size = self.viewport().size()
        full = self.navigator.full
        self.sheet.lay_out((size.width() / full, size.height() / full))
        for item in self._items:
            item.prepareGeometryChange()
        if self.navigator.fitted:
            self.navigator.fit(self.bounds)
        self._refresh()

    def _refresh(self) -> None:
        """Take over the newest layout and values everywhere."""
        self._nodes.refresh()
        self._surface.refresh()
        self.player.refresh()
        if self.sheet.hovered != NETWORK:
            self.overlay.card = hover_card(self.sheet, self.sheet.hovered)
        self._touch()

    @Slot()
    def _touch(self) -> None:
        """Note that the still items changed."""
        self.sheet.version += 1
        self.viewport().update()

    @paints
    def drawBackground(self, painter: QPainter, area: QRectF | QRect) -> None:
        """Fill, and lay the kept picture of the still items under what moves."""
        self.sheet.close = self.navigator.scale >= CLOSE * self.navigator.full
        painter.fillRect(area, self.sheet.inks.background)
        self._backdrop.draw(painter, self, keep=self.sheet.light is not None or not self.sheet.moving)

    def showEvent(self, event: QShowEvent) -> None:
        """Take over what came while it was hidden."""
        super().showEvent(event)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew while all is shown; a zoomed view keeps its place."""
        super().resizeEvent(event)
        if self.navigator.fitted:
            self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Say everything in the new language."""
        if event.type() == QEvent.Type.LanguageChange:
            _name(self)
            self._lay_out()
        super().changeEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes to the next neuron while one is selected, and on to the next widget after the last."""
        found = None if is_off(self) else following(self.sheet, self.sheet.selection, 1 if forward else -1)
        if found is None:
            return super().focusNextPrevChild(forward)
        self.select(found)
        return True


def _name(canvas: Canvas) -> None:
    canvas.setAccessibleName(canvas.tr("Network"))
    words = canvas.tr(
        "The network. Click a neuron or an edge to see its numbers in the inspector; the wheel zooms, the middle button moves it. "
        "Blue is above zero, orange below; the thicker an edge, the larger its weight."
    )
    canvas.setWhatsThis(plain(words))


def _set_up_view(view: QGraphicsView, items: tuple[SheetItem, ...]) -> None:
    scene = QGraphicsScene(view)
    scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
    for item in items:
        scene.addItem(item)
    view.setScene(scene)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
    view.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
    view.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
    view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    view.setMouseTracking(True)
    view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    view.setMinimumSize(240, 180)


__all__ = ["NETWORK", "Canvas", "Selection"]
