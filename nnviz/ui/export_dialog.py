"""What to take away, in which form and how large: the choices of an export, and the dialog that offers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from nnviz.engine.table import Parameter
from nnviz.formats.weights import WEIGHTS
from nnviz.ui.dialog import FilledDialog
from nnviz.ui.fields import NumberField
from nnviz.ui.flow import FlowLayout
from nnviz.ui.form import ChoiceBox, Fact, Form, Tick
from nnviz.ui.pictures import MOST_PIXELS, SCALES
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip

CANVAS, NETWORK_WEIGHTS = "canvas", "weights and biases"  # all other things that can be taken away are plots, by name
PICTURES = (".png", ".svg", ".pdf")
TABLE = ".csv"
SCALE = Parameter("scale", 2.0, *SCALES)
WIDTH, HEIGHT = 400, 260
Size = tuple[float, float]
Things = Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is taken away (the canvas, a plot by its name, the weights), as what kind of file, and how."""

    what: str = CANVAS
    suffix: str = PICTURES[0]
    scale: float = SCALE.default
    transparent: bool = False


def suffixes(what: str) -> tuple[str, ...]:
    """Return the kinds of files a thing can be written to."""
    if what == NETWORK_WEIGHTS:
        return tuple(f".{name}" for name in WEIGHTS)
    return PICTURES if what == CANVAS else (*PICTURES, TABLE)


def offered(choice: Choice) -> Choice:
    """Return the choice with a kind of file that its thing has."""
    known = suffixes(choice.what)
    return choice if choice.suffix in known else replace(choice, suffix=known[0])


class ExportDialog(FilledDialog):
    """Shows a choice and lets it be changed.

    Signals:
        chosen: a `Choice`, to be exported; copied: to be put on the clipboard; printed: to be printed.
        changed: a `Choice`, at each change, for the next time.
    """

    chosen = Signal(object)
    copied = Signal(object)
    printed = Signal(object)
    changed = Signal(object)

    def __init__(self, things: Things, size_of: Callable[[str], Size], choice: Choice, parent: QWidget | None = None) -> None:
        """Make the dialog.

        Args:
            things: returns what can be taken away, the words for it in the present language by its name.
            size_of: how large the picture of a thing is at scale 1, in pixels.
            choice: what is chosen at first.
            parent: the window it belongs to.
        """
        super().__init__(WIDTH, HEIGHT, parent)
        self._things, self._size_of, self.choice = things, size_of, offered(choice)
        self.translate()
        self.fit()
        self.what.setFocus()

    def fill(self, body: QWidget) -> None:
        """Make the controls, which show the choice."""
        self.setWindowTitle(self.tr("Export"))
        inside = QWidget()
        inside.setProperty("panel", True)
        self._build(Form(inside), self._things())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        column = QVBoxLayout(body)
        column.addWidget(area, 1)
        column.addLayout(self._buttons())
        self._show()

    def _build(self, form: Form, things: Mapping[str, str]) -> None:
        self.what = ChoiceBox(self.tr("What"), list(things.items()))
        form.row(self.tr("&What"), self.what, self.tr("The network as drawn, a plot, or the weights as numbers"))
        self.kind = ChoiceBox(self.tr("Format"), [])
        form.row(self.tr("&Format"), self.kind, self.tr("PNG is made of pixels; SVG and PDF are sharp at any size; the others are numbers"))
        self.scale = NumberField(SCALE, name=self.tr("Scale"), shown=self._times)
        tip = self.tr("How many pixels of the picture one of the screen becomes; 2 to 4 for slides, 8 for posters")
        self.scale_row = form.row(self.tr("&Scale"), self.scale, tip)
        self.extent = Fact()
        self.extent.setAccessibleName(self.tr("Size"))
        self.extent_row = form.row(self.tr("Size"), self.extent, self.tr("How large the picture will be"))
        self.transparent = Tick(self.tr("Transparent background"))
        tip = self.tr("Leave the background out, for slides with a colour of their own")
        set_tip(self.transparent, tip)
        self.transparent_row = form.row(self.tr("&Transparent background"), self.transparent, tip)
        form.addStretch(1)
        self.what.picked.connect(self._set_what)
        self.kind.picked.connect(self._set_kind)
        self.scale.value_committed.connect(self._set_scale)
        self.scale.textEdited.connect(self._show_typed)
        self.transparent.toggled.connect(self._set_transparent)

    def _buttons(self) -> FlowLayout:
        self.copy, self.print, self.export, self.leave = (QPushButton() for _ in range(4))
        row = FlowLayout(grown(6))
        for button, text, tip, slot in (
            (self.copy, self.tr("&Copy"), self.tr("Put the picture on the clipboard, as PNG and SVG"), self._copy),
            (self.print, self.tr("&Print…"), self.tr("See the picture on paper, and print it"), self._print),
            (self.export, self.tr("&Export…"), self.tr("Choose a file and write it"), self._export),
            (self.leave, self.tr("C&lose"), self.tr("Close this dialog; nothing is written"), self.reject),
        ):
            button.setText(text)
            set_tip(button, tip)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
        self.export.setDefault(True)
        return row

    # -- showing ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show the choice; tells nobody."""
        choice = self.choice
        self.what.show_key(choice.what)
        self.kind.clear()
        for suffix in suffixes(choice.what):
            self.kind.addItem(kind_name(suffix), suffix)
        self.kind.show_key(choice.suffix)
        self.scale.set_value(choice.scale)
        self.transparent.setChecked(choice.transparent)
        self._show_use()

    def _show_use(self) -> None:
        """Show what applies to the kind of file, and nothing else."""
        picture = self.choice.what != NETWORK_WEIGHTS
        self.scale_row.setEnabled(self.choice.suffix == ".png")
        self.transparent_row.setEnabled(self.choice.suffix in PICTURES)
        self.extent_row.setVisible(picture)
        for button in (self.copy, self.print):
            button.setEnabled(picture)
        self._show_size(self.choice.scale)

    def _show_size(self, scale: float) -> None:
        if self.choice.what == NETWORK_WEIGHTS:
            return
        width, height = self._size_of(self.choice.what)
        if self.choice.suffix == ".png":
            pixels = round(width * scale), round(height * scale)
            fits = pixels[0] * pixels[1] <= MOST_PIXELS
            words = self.tr("{width} × {height} pixels") if fits else self.tr("{width} × {height}: too large")
            self.extent.setText(words.format(width=pixels[0], height=pixels[1]))
        elif self.choice.suffix in PICTURES:
            self.extent.setText(self.tr("{width} × {height}, sharp at any size").format(width=round(width), height=round(height)))
        else:
            self.extent.setText(self.tr("as many lines as there are numbers"))

    @Slot(str)
    def _show_typed(self, text: str) -> None:
        """Say the size for what is being typed, as long as it is a scale."""
        try:
            scale = float(text.replace(",", "."))
        except ValueError:
            return
        if SCALE.allows(scale):
            self._show_size(scale)

    def _times(self, value: float) -> str:
        return f"{value:g} ×"

    # -- changing -----------------------------------------------------------------------------------------------

    def _change(self, choice: Choice) -> None:
        self.choice = offered(choice)
        self.changed.emit(self.choice)

    @Slot(str)
    def _set_what(self, what: str) -> None:
        self._change(replace(self.choice, what=what))
        self._show()

    @Slot(str)
    def _set_kind(self, suffix: str) -> None:
        self._change(replace(self.choice, suffix=suffix))
        self._show_use()

    @Slot(float)
    def _set_scale(self, scale: float) -> None:
        self._change(replace(self.choice, scale=scale))
        self._show_size(scale)

    @Slot(bool)
    def _set_transparent(self, on: bool) -> None:
        self._change(replace(self.choice, transparent=on))

    # -- doing --------------------------------------------------------------------------------------------------

    @Slot()
    def _export(self) -> None:
        self.chosen.emit(self.choice)

    @Slot()
    def _copy(self) -> None:
        self.copied.emit(self.choice)

    @Slot()
    def _print(self) -> None:
        self.printed.emit(self.choice)


def kind_name(suffix: str) -> str:
    """Return what a kind of file is called: PNG, but safetensors."""
    name = suffix.removeprefix(".")
    return name if len(name) > 4 else name.upper()
