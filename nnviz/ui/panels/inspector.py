"""The inspector: whatever is selected, live, with what can be changed about it; and the past of every weight."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Frame
from nnviz.app.past import Past
from nnviz.data.prepare import Prepared
from nnviz.engine.spec import Conv2D, Dense, Spec
from nnviz.ui.editing import layers
from nnviz.ui.editing.adding import place
from nnviz.ui.editing.proposal import Proposal
from nnviz.ui.existing import existing
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Form
from nnviz.ui.panels.edge_page import EdgePage
from nnviz.ui.panels.editing import PartEditing
from nnviz.ui.panels.layer_page import LayerPage
from nnviz.ui.panels.neuron_page import InputNeuronPage, NeuronPage
from nnviz.ui.panels.pages import FilterPage, InputPage, NetworkPage, NumberPage
from nnviz.ui.panels.panel import Panel, Refusing
from nnviz.ui.panels.sample_row import SampleRow
from nnviz.ui.panels.several_page import SeveralPage
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import LIGHT, Theme

PACE = 90  # ms between two frames shown: numbers that change faster cannot be read, and each costs some 4 ms
Page = NetworkPage | InputPage | InputNeuronPage | LayerPage | NeuronPage | NumberPage | FilterPage | EdgePage | SeveralPage


class Inspector(Panel):
    """Shows the page of the selection: the network, its input, a layer, a neuron, an edge, or several; and the shown sample.

    Attributes:
        past: what the parameters were; it is kept also while nobody sees the inspector.

    Signals:
        selection_requested: the `Selection` of what was added, or gone to by a click.
    """

    selection_requested = Signal(object)

    def __init__(self, document: Document, theme: Theme = LIGHT) -> None:
        super().__init__(document, theme)
        self.selection = NETWORK
        self._shown, self.past = NETWORK, Past()
        self.page: Page
        self._newest: Frame | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE)
        self._pace.timeout.connect(self._show_newest)
        self.rebuild()
        document.data_changed.connect(self._show_data)
        document.state_changed.connect(self._follow_state)

    def build(self, form: Form) -> None:
        """Make the page of the selection."""
        self._shown = existing(self.document.spec.network, self.selection)
        self.page = self._make_page(self.document.spec, self._shown)
        if isinstance(self.page, LayerPage):
            self.page.buttons.before.clicked.connect(self._add_before)
            self.page.buttons.after.clicked.connect(self._add_after)
            self.page.buttons.remove.clicked.connect(self._remove)
        self.sample = SampleRow()
        self.sample.row_chosen.connect(self.document.set_probe)
        form.addWidget(self.sample)
        form.addWidget(self.page)
        if self.document.data is not None:
            self._show_data(self.document.data)
        self._offer_samples()

    def _make_page(self, spec: Spec, chosen: Selection) -> Page:
        editing = PartEditing(chosen, self.document, self.propose, self.selection_requested.emit, self.theme)
        if chosen.kind == "network":
            return NetworkPage(spec, self.document, self.selection_requested.emit)
        if chosen.kind == "several":
            return SeveralPage(editing, self.edit)
        if chosen.layer == INPUT:
            return InputNeuronPage(editing) if chosen.kind == "neuron" else InputPage(spec, self.theme)
        if chosen.kind == "edge":
            return EdgePage(editing, self.past)
        if chosen.kind == "neuron":
            return _neuron_page(editing)
        page = LayerPage(chosen.layer, self.document, self.edit, self.theme)
        page.live.edge_chosen.connect(self.selection_requested)
        return page

    @property
    def shows_layer(self) -> bool:
        """Whether a layer's page is shown, the only one with the activations of many samples."""
        return isinstance(self.page, LayerPage)

    @property
    def shows_health(self) -> bool:
        """Whether the network's page is shown, which says how the run is."""
        return isinstance(self.page, NetworkPage)

    @updates
    def show_selection(self, selection: Selection) -> None:
        """Show the page of what is selected; whoever walks through the network by the keys in here stays in here."""
        if selection == self.selection:
            return
        self.selection = selection
        focused = QApplication.focusWidget()
        inside = focused is not None and self.isAncestorOf(focused)
        self._renew()
        if inside:
            QTimer.singleShot(0, self, self._take_focus)  # the page is shown only then

    @Slot()
    def _take_focus(self) -> None:
        """Give the focus to the first thing on the page that the Tab key leads to, unless it is there already."""
        focused = QApplication.focusWidget()
        if focused is not None and self.page.isAncestorOf(focused):
            return
        for widget in self.page.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(self) and widget.isEnabled():
                widget.setFocus()
                return

    @updates
    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec; a page that does not fit it is made anew."""
        if existing(spec.network, self.selection) != self._shown or not self.page.fits(spec):
            self._renew()
            return
        self.page.show_spec(spec)
        self._catch_up()

    def _renew(self) -> None:
        """Make another page; what is being typed on this one counts, unless the part it is about is gone."""
        spec, focused = self.document.spec, QApplication.focusWidget()
        if existing(spec.network, self._shown) != self._shown or not self.page.fits(spec):
            for widget in self.page.findChildren(QWidget):
                widget.blockSignals(True)
        if focused is not None and self.page.isAncestorOf(focused):
            focused.clearFocus()  # with it goes what was typed
        self.rebuild()

    def propose(self, control: Refusing, proposal: Proposal) -> None:
        """Ask for an edit of a part; if it cannot be, the control shows the present value again with the reason."""
        if proposal.reason:
            self.show_spec(self.document.spec)
            control.refuse(proposal.reason)
        elif proposal.spec is not None:
            self.edit(control, proposal.spec, proposal.title, proposal.merge_key)
        else:
            self.document.set_weights(proposal.patches, proposal.title, proposal.merge_key)

    def show_frame(self, frame: Frame) -> None:
        """Show what the selection does now: at once, or as soon as the frame before has been seen for a while."""
        self._newest = frame
        self.past.add(frame)
        if not self._pace.isActive():
            self._show_newest()

    @Slot()
    def _show_newest(self) -> None:
        frame = self._newest
        if frame is not None and self.isVisible():
            self._newest = None
            self.page.show_frame(frame)
            self.sample.show_row(frame.probe.row)
            self._pace.start()

    def _catch_up(self) -> None:
        """Show the newest frame without waiting: after an edit, another selection, or a time out of sight."""
        if self.document.frame is not None and self.isVisible():
            self._newest = None
            self.page.show_frame(self.document.frame)
            self.sample.show_row(self.document.frame.probe.row)

    @Slot(object)
    def _show_data(self, data: Prepared) -> None:
        self.sample.set_rows(len(data.raw))

    @Slot(object)
    def _follow_state(self, state: RunState) -> None:
        if state is RunState.LOADING:  # another run begins
            self.past.clear()
        self._offer_samples()

    def _offer_samples(self) -> None:
        """Let the sample be chosen where it is shown as such: with the network, its input, and any pass."""
        shows = isinstance(self.page, NetworkPage | InputPage | InputNeuronPage) or self.document.state is RunState.STEPPING
        self.sample.setVisible(shows and self.document.data is not None)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed."""
        super().showEvent(event)
        self._catch_up()

    @Slot()
    def _add_before(self) -> None:
        self._alter(layers.add(self.document.spec, place(self.document.spec.network, self.selection)))

    @Slot()
    def _add_after(self) -> None:
        self._alter(layers.add(self.document.spec, place(self.document.spec.network, self.selection) + 1))

    @Slot()
    def _remove(self) -> None:
        self._alter(layers.remove(self.document.spec, [self.selection.layer]))

    def _alter(self, proposal: Proposal) -> None:
        """Ask for another layer, or for one less; why it cannot be stands below the buttons."""
        if isinstance(self.page, LayerPage):
            self.propose(self.page.buttons, proposal)
            if proposal.select is not None and existing(self.document.spec.network, proposal.select) == proposal.select:
                self.selection_requested.emit(proposal.select)


def _neuron_page(editing: PartEditing) -> Page:
    """Return the page of a neuron of a dense layer, of a filter, or of a number that is passed on."""
    part = editing.part
    layer = editing.spec.network.layer(part.layer)
    if isinstance(layer, Dense):
        return NeuronPage(editing)
    return FilterPage(editing) if isinstance(layer, Conv2D) and part.neuron in layer.neurons else NumberPage(editing)
