"""The main window: puts the views around one document and connects them; it decides nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Wanted
from nnviz.engine.spec import Spec
from nnviz.ui.actions import enable_actions, refresh_icons, translate_actions, translate_docks, translate_menus
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.editing.conditions import conditions
from nnviz.ui.layouts import Layouts
from nnviz.ui.look import Look
from nnviz.ui.mnemonics import literal
from nnviz.ui.plot_docks import PlotDocks
from nnviz.ui.selection import Selection
from nnviz.ui.theme import Theme
from nnviz.ui.view_state import dropped_files, show_view

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from nnviz.app.journal import Journal
    from nnviz.app.start import Start
    from nnviz.ui.banner import Banner
    from nnviz.ui.canvas.focus_ring import FocusRing
    from nnviz.ui.canvas.hands import Hands
    from nnviz.ui.canvas.mini_map import MiniMap
    from nnviz.ui.canvas.transport import Transport
    from nnviz.ui.context_menus import CanvasMenu
    from nnviz.ui.dock import Dock
    from nnviz.ui.editing.adding import Adding
    from nnviz.ui.editing.editor import NetworkEditor
    from nnviz.ui.editing.layer_commands import LayerCommands
    from nnviz.ui.editing.part_commands import PartCommands
    from nnviz.ui.exports import Exports
    from nnviz.ui.find import Finder
    from nnviz.ui.guide import Guide
    from nnviz.ui.history_panel import HistoryPanel
    from nnviz.ui.job_bar import JobBar
    from nnviz.ui.palette import Palette
    from nnviz.ui.panels.data import DataPanel
    from nnviz.ui.panels.formula_card import FormulaCard
    from nnviz.ui.panels.inspector import Inspector
    from nnviz.ui.panels.training import TrainingPanel
    from nnviz.ui.player import Player
    from nnviz.ui.program import Program
    from nnviz.ui.projects import Projects
    from nnviz.ui.saving import Saving
    from nnviz.ui.status import Status
    from nnviz.ui.top_bar import TopBar

SAID_FOR = 8000  # milliseconds a message stays


class MainWindow(QMainWindow):
    """One document with its canvas, panels and plots.

    The canvas is there at once; what stands around it is made when it has been painted (`furnishing`, DECISIONS 29).

    Signals:
        activated, closed: carry the window; completed: everything is there.
    """

    activated = Signal(object)
    completed = Signal()
    closed = Signal(object)

    banner: Banner
    transport: Transport
    card: FormulaCard
    inspector: Inspector
    editor: NetworkEditor
    layer_commands: LayerCommands
    part_commands: PartCommands
    adding: Adding
    canvas_menu: CanvasMenu
    hands: Hands
    mini_map: MiniMap
    focus_ring: FocusRing
    finder: Finder
    palette_list: Palette
    history: HistoryPanel
    history_dock: Dock
    data_panel: DataPanel
    training_panel: TrainingPanel
    top_bar: TopBar
    status: Status
    job_bar: JobBar
    left: Dock
    right: Dock
    player: Player
    exports: Exports
    guide: Guide
    saving: Saving
    projects: Projects
    journal: Journal | None = None

    def __init__(self, document: Document, program: Program, start: Start) -> None:
        """Show a document that was opened with `start`."""
        super().__init__()
        self.document, self.program = document, program
        document.setParent(self)
        self.setObjectName("main")
        self.look = Look(self, program)
        self.theme = self.look.theme  # before the views are made: they measure their words in its fonts
        self.layouts, self.plots = Layouts(self), PlotDocks(self)
        self.actions_by_name: dict[str, QAction] = {}
        self._furnished = False
        self._start = start
        self._asks, self._keeps_journal = True, False
        self.canvas = Canvas(self.theme)
        self.canvas.set_vertical(program.settings.settings.vertical)
        self.canvas.show_spec(document.spec)
        document.spec_changed.connect(self._show_spec)
        document.data_changed.connect(self.canvas.show_data)
        document.frame_changed.connect(self.canvas.show_frame)
        self.setCentralWidget(self.canvas)
        self._translate_title()
        self.layouts.restore_geometry(program.settings.settings.geometry)
        self.canvas.setFocus()
        self.canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the canvas painted for the first time; icons and plots take most of a second to import and come after it."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._complete)
        return False

    @property
    def is_complete(self) -> bool:
        """Whether everything is there and stands where it belongs."""
        return self.journal is not None

    @Slot()
    def _complete(self) -> None:
        """Make what may come after the first picture of the canvas."""
        from nnviz.ui.furnishing import furnish

        self.setUpdatesEnabled(False)  # until everything stands where it belongs
        furnish(self)
        self._furnished = True
        self._show_spec(self.document.spec, self.document.spec)
        self.set_theme(self.theme)
        QTimer.singleShot(0, self, self._settle)

    @Slot()
    def _settle(self) -> None:
        """Arrange what has been made, now that Qt has given it sizes, and begin to work with it."""
        from nnviz.app.journal import Journal

        self.layouts.restore(self.program.settings.settings.layout)
        self.setUpdatesEnabled(True)
        self.take_up(self._start)
        self.journal = Journal(self.document, self.program.jobs, self._start.journal)
        self.journal.failed.connect(self.banner.show_refusal)
        self.want()
        self.completed.emit()

    def show_start(self, start: Start) -> None:
        """Show another document here."""
        from nnviz.ui.failsafe import retry_all

        self.banner.withdraw_offers()
        self.document.open(start)
        retry_all(self)
        self.take_up(start)

    def take_up(self, start: Start) -> None:
        """Look at the document as its project says, tell what of its file is damaged, make the edits again that a journal kept."""
        show_view(self, start.project.view)
        self.saving.show_damage(start.damaged)
        for title, spec in start.later:
            self.document.edit(spec, title)

    def say(self, words: str) -> None:
        """Say something in the status bar for a while."""
        self.status.showMessage(words, SAID_FOR)

    # -- showing ------------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _show_spec(self, old: Spec, new: Spec) -> None:  # noqa: ARG002
        self.canvas.show_spec(new)
        if self._furnished:
            for view in (self.top_bar, self.data_panel, self.training_panel, self.inspector):
                view.show_spec(new)
            self.show_state()
        self._translate_title()

    @Slot()
    def show_state(self) -> None:
        """Let those actions be used that can be, and name what Undo would undo."""
        document = self.document
        found = {
            "loaded": document.state is not RunState.LOADING,
            "standing": document.state in (RunState.PAUSED, RunState.STEPPING),
            "stepping": document.state is RunState.STEPPING,
            "undo": document.undo_stack.canUndo(),
            "redo": document.undo_stack.canRedo(),
            "revertible": document.file.path is not None and document.file.unsaved,
            "full screen": self.isFullScreen(),
            "recent": bool(self.program.settings.settings.recent),
            "vertical": self.program.settings.settings.vertical,
            "history": self.history_dock.isVisible(),
            **conditions(document.spec.network, self.canvas.selection, self.canvas.sheet.unfolded),
        }
        enable_actions(self.actions_by_name, found)
        self._translate_undo()
        self.top_bar.show_state(document.state)

    @Slot()
    def show_file(self) -> None:
        """Say in the title whether something is unsaved."""
        self._translate_title()
        self.show_state()

    def _translate_undo(self) -> None:
        stack = self.document.undo_stack
        for name, words, text in (("undo", self.tr("&Undo {edit}"), stack.undoText()), ("redo", self.tr("&Redo {edit}"), stack.redoText())):
            self.actions_by_name[name].setText(words.format(edit=literal(text)).strip())

    @Slot(object)
    def show_selection(self, selection: Selection) -> None:
        """Show what is selected wherever it matters."""
        self.inspector.show_selection(selection)
        self.plots.show_layer(selection.layer or "")
        self.show_state()
        self.want()

    @Slot(object)
    def show_found(self, selection: Selection) -> None:
        """Select what was looked for, and bring it into view where only a part of the network is seen."""
        self.canvas.select(selection)
        if not self.canvas.navigator.fitted:
            self.canvas.fit_selection()
        self.canvas.setFocus()

    @Slot()
    def want_soon(self) -> None:
        """Ask anew once a dock that comes or goes has taken its view along."""
        QTimer.singleShot(0, self, self.want)

    @Slot()
    def want(self) -> None:
        """Ask the worker for what the visible views show, and for nothing else."""
        visible = not self.isMinimized()
        self.document.host.want.emit(
            Wanted(
                visible=visible,
                maps=visible and self.canvas.isVisible(),
                surface=visible and (self.canvas.isVisible() or self.plots.wants_surface),
                batch_activations=visible and self.inspector.isVisible() and self.inspector.shows_layer,
                health=visible and self.inspector.isVisible() and self.inspector.shows_health,
            )
        )

    def set_theme(self, theme: Theme) -> None:
        """Show everything in this theme, at once."""
        self.theme = theme
        self.canvas.set_theme(theme)
        if not self._furnished:
            return
        panels = self.data_panel, self.training_panel, self.inspector, self.history
        for view in (self.transport, self.card, self.top_bar, *panels, self.plots, self.status, self.job_bar):
            view.set_theme(theme)
        for dock in (self.left, self.right, self.history_dock):
            dock.handle.set_theme(theme)
        refresh_icons(self.actions_by_name, theme)
        self.document.stepper.read_as(theme.digits, theme.decimal_comma)
        self.look.mark()

    def _translate_title(self) -> None:
        file, name = self.document.file, self.document.name or self.document.spec.data.source
        self.setWindowTitle(self.tr("{name}[*] — nnviz").format(name=name.replace("[*]", "[*][*]")))
        self.setWindowModified(file.unsaved)
        self.setWindowFilePath(str(file.path) if file.path is not None else "")

    def translate(self) -> None:
        """Say everything that is said here in the present language."""
        translate_actions(self.actions_by_name)
        translate_menus(self)
        self.left.setWindowTitle(self.tr("Data and training"))
        self.right.setWindowTitle(self.tr("Inspector"))
        self.history_dock.setWindowTitle(self.tr("History"))
        self._translate_title()
        self._translate_undo()
        self.plots.translate()
        translate_docks((self.left, self.right, *self.plots.docks.values()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; ask for less when minimized."""
        if event.type() is QEvent.Type.LanguageChange and self._furnished:
            self.translate()
        elif event.type() is QEvent.Type.WindowStateChange and self._furnished:
            self.show_state()
            self.want()
        elif event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit(self)
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, wherever in the window they are dropped."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, as File > Open does."""
        event.acceptProposedAction()
        self.projects.open_paths(dropped_files(event.mimeData()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about what is unsaved, then stop the training thread before the window goes."""
        if self._furnished:
            if self._asks and self.document.file.unsaved:
                event.ignore()
                self.saving.leave(self._close_now)
                return
            self.player.set_playing(False)
        if self.journal is not None:
            self.journal.close(discard=not self._keeps_journal)
            self.program.settings.change(layout=self.layouts.state(), geometry=self.layouts.geometry())
        self.canvas.show_pass(None)
        self.document.close()
        super().closeEvent(event)
        self.closed.emit(self)

    def _close_now(self) -> None:
        self._asks = False
        self.close()

    def abandon(self) -> None:
        """Close without a question, since nobody is there to answer; the journal keeps what is unsaved."""
        self._asks, self._keeps_journal = False, True
        self.close()
