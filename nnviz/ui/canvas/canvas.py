"""The canvas: the network as a living drawing. It shows what it is handed and says what was clicked; it edits nothing.

A fixed number of graphics items draws from one sheet. While values stream in, all is drawn anew; while they stand, a
kept picture lies under whatever moves or answers the pointer, so that motion costs the same for any network.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from nnviz.app.carrying import carried
from nnviz.app.frame import Frame
from nnviz.data.prepare import Prepared
from nnviz.engine.spec import Spec
from nnviz.engine.trace import Trace
from nnviz.explain.picture import Picture
from nnviz.ui.canvas import accessible
from nnviz.ui.canvas.backdrop import Backdrop
from nnviz.ui.canvas.cards import described, hover_card
from nnviz.ui.canvas.hits import following
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.items import EdgesItem, SheetItem, rect
from nnviz.ui.canvas.labels import LabelsItem
from nnviz.ui.canvas.navigation import Navigator
from nnviz.ui.canvas.nodes import NodesItem
from nnviz.ui.canvas.outlines import selected_boxes
from nnviz.ui.canvas.overlay import OverlayItem
from nnviz.ui.canvas.playing import Player
from nnviz.ui.canvas.pointing import Pointer
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.canvas.stillness import Stillness
from nnviz.ui.canvas.surface import SurfaceItem
from nnviz.ui.existing import existing
from nnviz.ui.failsafe import is_off, paints, updates
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import Theme
from nnviz.ui.tips import plain

ALONE = 2000  # edges that are drawn within 50 ms, so that an edit of a run that stands still shows at once among all of them
CLOSE = 1.6


class Canvas(QGraphicsView):
    """The drawing of one network; `player` moves what is lit, `navigator` the view, `pointer` answers mouse and keys.

    Signals:
        selection_changed: the new `Selection`.
        hovered: the `Selection` under the pointer, NETWORK when there is none.
        sample_requested: the row of the data to be shown.
        played: a pass or a stage has been played to its end.
    """

    selection_changed = Signal(object)
    hovered = Signal(object)
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
        self._stillness = Stillness(self)
        self._stillness.rested.connect(self.come_to_rest)
        self.player = Player(self.sheet, self.overlay, self)
        self.player.lit.connect(self.viewport().update)
        self.player.moved.connect(self.viewport().update)
        self.player.played.connect(self.played)
        self.pointer = Pointer(self, self.sheet)
        self.pointer.hovered.connect(self.highlight)
        self.pointer.chosen.connect(self.select)
        self.pointer.folded.connect(self.toggle_fold)
        self.pointer.sampled.connect(self.sample_requested)
        self.navigator = Navigator(self)  # last, so that it sees events first: a drag that pans selects nothing
        self.navigator.moved.connect(self.viewport().update)
        self.navigator.appeared.connect(self._lay_out)
        self.navigator.glided.connect(self._stillness.view_moved)
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
        self.sheet.spec, frame = spec, self.sheet.frame
        if frame is not None and frame.spec.network is not spec.network:  # nothing goes blank until the worker's frame comes
            self.sheet.frame = carried(frame, spec)
        self.player.show(None)
        self.highlight(NETWORK)
        self.select(existing(spec.network, self.sheet.selection))
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
        self.sheet.moving = self._stillness.streaming or self.sheet.edges > ALONE
        self._stillness.value_came()
        if old is None or old.probe.row != frame.probe.row:
            self._lay_out()
        elif self.isVisible() or not self.window().isVisible():  # a canvas that is never shown is drawn for export
            self.sheet.plan_edges()
            _refresh(self)

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

    def fit_selection(self) -> None:
        """Show what is selected as large as it fits; all of the drawing where nothing is."""
        boxes = selected_boxes(self.sheet)
        if not boxes:
            self.fit()
            return
        box = QRectF()
        for each in boxes:
            box = box.united(each)
        self.navigator.fill(box, self.bounds)

    def set_vertical(self, on: bool) -> None:
        """Let signals run downwards, layer under layer, or to the right, and show all of it."""
        self.sheet.vertical = on
        self.fit()

    def set_folded(self, layer_id: str, folded: bool) -> None:
        """Show only the first and last neurons of a wide layer, or all; a narrow one shows all in either case."""
        ids = frozenset({layer_id})
        self.sheet.unfolded = self.sheet.unfolded - ids if folded else self.sheet.unfolded | ids
        self._lay_out()

    @Slot(object)
    def select(self, selection: Selection) -> None:
        """Select something, or what is left of it; NETWORK selects nothing in particular."""
        if self.sheet.spec is not None:
            selection = existing(self.sheet.spec.network, selection)
        if selection == self.sheet.selection:
            return
        self.sheet.selection = selection
        self.setAccessibleDescription(described(self.sheet, selection))
        self.player.refresh()
        _touch(self)
        accessible.notify(self)
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
        """Draw every edge, now that no new values come and the view stays."""
        self._stillness.end()
        self.sheet.moving = self.sheet.gliding = False
        self.sheet.plan_edges()
        self.viewport().update()
        accessible.notify(self)

    @Slot(str)
    def toggle_fold(self, layer_id: str) -> None:
        """Show all neurons of a layer, or again only the first and last."""
        self.set_folded(layer_id, layer_id in self.sheet.unfolded)

    @Slot()
    @updates
    def _lay_out(self) -> None:
        size = self.viewport().size()
        full = self.navigator.full
        self.sheet.lay_out((size.width() / full, size.height() / full))
        for item in self._items:
            item.prepareGeometryChange()
        if self.navigator.fitted:
            self.navigator.fit(self.bounds)
        _refresh(self)

    @paints
    def drawBackground(self, painter: QPainter, area: QRectF | QRect) -> None:
        """Fill, and lay the kept picture of the still items under what moves."""
        self.sheet.close = self.navigator.scale >= CLOSE * self.navigator.full
        if self.sheet.moving and self.sheet.light is None:
            self._backdrop.draw_items(self)
            painter.fillRect(area, self.sheet.inks.background)
        elif self._stillness.gliding:
            self._backdrop.draw_moved(painter, self)
        else:
            self._backdrop.draw(painter, self)

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


def _refresh(canvas: Canvas) -> None:
    """Take over the newest layout and values everywhere."""
    canvas._nodes.refresh()
    canvas._surface.refresh()
    canvas.player.refresh()
    if canvas.sheet.hovered != NETWORK:
        canvas.overlay.card = hover_card(canvas.sheet, canvas.sheet.hovered)
    _touch(canvas)
    accessible.notify(canvas)


def _touch(canvas: Canvas) -> None:
    """Note that the still items changed."""
    canvas.sheet.version += 1
    canvas.viewport().update()


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
