"""Every command of the program as one row of one table; `actions.py` makes menus, keys, buttons and tips of it.

A new command is one row and one slot. `keys` act everywhere in the window; `canvas_keys` are single keys that act while
the canvas or the transport bar has the focus, so that fields and lists keep their own keys (DECISIONS 24).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

CONTEXT = "actions"


def QT_TRANSLATE_NOOP(context: str, words: str) -> str:  # noqa: ARG001
    """Mark words for the translators' tool, which looks for this name; PySide's own is typed as giving any object."""
    return words


Keys = QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class Row:
    """One command.

    Attributes:
        slot: where its method stands, seen from the main window.
        when: in which state of the window it can be used.
    """

    name: str
    text: str
    slot: str
    tip: str
    icon: str = ""
    keys: tuple[str | Keys, ...] = ()
    canvas_keys: tuple[str, ...] = ()
    menu: str = ""
    when: str = "always"
    group: str = ""


FILE, EDIT, RUN, VIEW, HELP = (
    QT_TRANSLATE_NOOP("actions", "&File"),
    QT_TRANSLATE_NOOP("actions", "&Edit"),
    QT_TRANSLATE_NOOP("actions", "&Run"),
    QT_TRANSLATE_NOOP("actions", "&View"),
    QT_TRANSLATE_NOOP("actions", "&Help"),
)
MENUS = (FILE, EDIT, RUN, VIEW, HELP)
EXPORTS = ("export_npz", "export_safetensors", "export_png", "export_svg", "export_plots")

ACTIONS: tuple[Row, ...] = (
    Row(
        "export_npz",
        QT_TRANSLATE_NOOP("actions", "Export weights as NPZ…"),
        "exports.npz",
        QT_TRANSLATE_NOOP("actions", "Write all weights and biases to a NumPy file"),
        "mdi6.export",
        menu=FILE,
        when="loaded",
    ),
    Row(
        "export_safetensors",
        QT_TRANSLATE_NOOP("actions", "Export weights as safetensors…"),
        "exports.safetensors",
        QT_TRANSLATE_NOOP("actions", "Write all weights and biases to a safetensors file"),
        "mdi6.export",
        menu=FILE,
        when="loaded",
    ),
    Row(
        "export_png",
        QT_TRANSLATE_NOOP("actions", "Export canvas as PNG…"),
        "exports.png",
        QT_TRANSLATE_NOOP("actions", "Write the picture of the network, as it stands, to a PNG file"),
        "mdi6.image",
        menu=FILE,
        when="loaded",
        keys=("Ctrl+E",),
    ),
    Row(
        "export_svg",
        QT_TRANSLATE_NOOP("actions", "Export canvas as SVG…"),
        "exports.svg",
        QT_TRANSLATE_NOOP("actions", "Write the picture of the network, as it stands, to an SVG file"),
        "mdi6.svg",
        menu=FILE,
        when="loaded",
    ),
    Row(
        "export_plots",
        QT_TRANSLATE_NOOP("actions", "Export a plot…"),
        "exports.plot",
        QT_TRANSLATE_NOOP("actions", "Write one of the plots as PNG, or its numbers as CSV"),
        "mdi6.chart-line",
        menu=FILE,
        when="loaded",
    ),
    Row(
        "quit",
        QT_TRANSLATE_NOOP("actions", "&Quit"),
        "close",
        QT_TRANSLATE_NOOP("actions", "Close the window"),
        keys=(Keys.Quit,),
        menu=FILE,
    ),
    Row(
        "undo",
        QT_TRANSLATE_NOOP("actions", "&Undo"),
        "document.undo_stack.undo",
        QT_TRANSLATE_NOOP("actions", "Take the last edit back"),
        "mdi6.undo",
        keys=(Keys.Undo,),
        menu=EDIT,
        when="undo",
    ),
    Row(
        "redo",
        QT_TRANSLATE_NOOP("actions", "&Redo"),
        "document.undo_stack.redo",
        QT_TRANSLATE_NOOP("actions", "Make the edit taken back again"),
        "mdi6.redo",
        keys=(Keys.Redo, "Ctrl+Shift+Z"),
        menu=EDIT,
        when="redo",
    ),
    Row(
        "add_layer",
        QT_TRANSLATE_NOOP("actions", "Add layer"),
        "inspector.add_layer",
        QT_TRANSLATE_NOOP("actions", "Add a layer after the selected one, or before the output"),
        "mdi6.plus",
        keys=("Ctrl+L",),
        menu=EDIT,
        when="loaded",
    ),
    Row(
        "remove_layer",
        QT_TRANSLATE_NOOP("actions", "Remove layer"),
        "inspector.remove_layer",
        QT_TRANSLATE_NOOP("actions", "Take the selected layer away; the output layer stays"),
        "mdi6.minus",
        canvas_keys=("Del",),
        menu=EDIT,
        when="hidden layer",
    ),
    Row(
        "train",
        QT_TRANSLATE_NOOP("actions", "Train"),
        "player.toggle_training",
        QT_TRANSLATE_NOOP("actions", "Train the network, or pause (Space on the canvas)"),
        "mdi6.play",
        keys=("Ctrl+Return", "Ctrl+Enter"),
        menu=RUN,
        when="loaded",
    ),
    Row(
        "go",
        QT_TRANSLATE_NOOP("actions", "Train or pause; play or stop the pass"),
        "player.toggle",
        QT_TRANSLATE_NOOP("actions", "Train or pause; while stepping, play or stop"),
        canvas_keys=("Space",),
        when="loaded",
    ),
    Row(
        "epoch",
        QT_TRANSLATE_NOOP("actions", "Epoch"),
        "document.run_epoch",
        QT_TRANSLATE_NOOP("actions", "Train on to the end of the epoch: once through the training data"),
        "mdi6.debug-step-over",
        canvas_keys=("E",),
        menu=RUN,
        when="standing",
    ),
    Row(
        "reset",
        QT_TRANSLATE_NOOP("actions", "Reset"),
        "document.reset",
        QT_TRANSLATE_NOOP("actions", "Begin again from the initial weights; the same seed gives the same run"),
        "mdi6.restore",
        canvas_keys=("R",),
        menu=RUN,
        when="loaded",
    ),
    Row(
        "step",
        QT_TRANSLATE_NOOP("actions", "Step through"),
        "player.toggle_stepping",
        QT_TRANSLATE_NOOP("actions", "Play one pass of the shown sample stage by stage, forwards and backwards"),
        "mdi6.stairs",
        keys=("Ctrl+T",),
        menu=RUN,
        when="loaded",
    ),
    Row(
        "step_batch",
        QT_TRANSLATE_NOOP("actions", "Step through a batch"),
        "step_batch",
        QT_TRANSLATE_NOOP("actions", "Play the pass of the next mini-batch, with the mean of its gradients and the optimizer's step"),
        "mdi6.stairs",
        keys=("Ctrl+Shift+T",),
        menu=RUN,
        when="loaded",
    ),
    Row(
        "play",
        QT_TRANSLATE_NOOP("actions", "Play the pass"),
        "player.toggle_play",
        QT_TRANSLATE_NOOP("actions", "Play the stages one after the other, or stop"),
        "mdi6.play",
        menu=RUN,
        when="stepping",
    ),
    Row(
        "next_stage",
        QT_TRANSLATE_NOOP("actions", "Next stage"),
        "player.next_stage",
        QT_TRANSLATE_NOOP("actions", "One stage forward"),
        "mdi6.step-forward",
        canvas_keys=("Right", "PgDown"),
        menu=RUN,
        when="stepping",
    ),
    Row(
        "previous_stage",
        QT_TRANSLATE_NOOP("actions", "Previous stage"),
        "player.previous_stage",
        QT_TRANSLATE_NOOP("actions", "One stage back"),
        "mdi6.step-backward",
        canvas_keys=("Left", "PgUp"),
        menu=RUN,
        when="stepping",
    ),
    Row(
        "next_layer",
        QT_TRANSLATE_NOOP("actions", "Next layer"),
        "player.next_layer",
        QT_TRANSLATE_NOOP("actions", "On to the next layer's stages"),
        "mdi6.fast-forward",
        canvas_keys=("Shift+Right",),
        menu=RUN,
        when="stepping",
    ),
    Row(
        "previous_layer",
        QT_TRANSLATE_NOOP("actions", "Previous layer"),
        "player.previous_layer",
        QT_TRANSLATE_NOOP("actions", "Back to the layer before"),
        "mdi6.rewind",
        canvas_keys=("Shift+Left",),
        menu=RUN,
        when="stepping",
    ),
    Row(
        "first_stage",
        QT_TRANSLATE_NOOP("actions", "First stage"),
        "player.first_stage",
        QT_TRANSLATE_NOOP("actions", "Back to the input"),
        "mdi6.skip-backward",
        canvas_keys=("Home",),
        menu=RUN,
        when="stepping",
    ),
    Row(
        "last_stage",
        QT_TRANSLATE_NOOP("actions", "Last stage"),
        "player.last_stage",
        QT_TRANSLATE_NOOP("actions", "On to the end of the pass"),
        "mdi6.skip-forward",
        canvas_keys=("End",),
        menu=RUN,
        when="stepping",
    ),
    Row(
        "apply",
        QT_TRANSLATE_NOOP("actions", "Apply the step"),
        "document.apply_pass",
        QT_TRANSLATE_NOOP("actions", "Make the shown step of the optimizer real: the shown new weights become the weights"),
        "mdi6.check",
        menu=RUN,
        when="stepping",
    ),
    Row(
        "discard",
        QT_TRANSLATE_NOOP("actions", "Discard the step"),
        "document.discard_pass",
        QT_TRANSLATE_NOOP("actions", "Leave the pass; the weights stay as they were"),
        "mdi6.close",
        menu=RUN,
        when="stepping",
    ),
    Row(
        "fit",
        QT_TRANSLATE_NOOP("actions", "Fit the network"),
        "canvas.fit",
        QT_TRANSLATE_NOOP("actions", "Show the whole network"),
        "mdi6.fit-to-page-outline",
        canvas_keys=("F",),
        menu=VIEW,
    ),
    Row(
        "actual_size",
        QT_TRANSLATE_NOOP("actions", "100 %"),
        "canvas.actual_size",
        QT_TRANSLATE_NOOP("actions", "Show the network at its own size"),
        "mdi6.magnify",
        canvas_keys=("1",),
        menu=VIEW,
    ),
    Row(
        "light",
        QT_TRANSLATE_NOOP("actions", "Light theme"),
        "use_light",
        QT_TRANSLATE_NOOP("actions", "Dark on light"),
        "mdi6.white-balance-sunny",
        menu=VIEW,
        group="theme",
    ),
    Row(
        "dark",
        QT_TRANSLATE_NOOP("actions", "Dark theme"),
        "use_dark",
        QT_TRANSLATE_NOOP("actions", "Light on dark"),
        "mdi6.weather-night",
        menu=VIEW,
        group="theme",
    ),
    Row(
        "full_screen",
        QT_TRANSLATE_NOOP("actions", "Full screen"),
        "toggle_full_screen",
        QT_TRANSLATE_NOOP("actions", "Fill the screen, or go back"),
        "mdi6.fullscreen",
        keys=("F11",),
        menu=VIEW,
    ),
    Row(
        "reset_layout",
        QT_TRANSLATE_NOOP("actions", "Reset layout"),
        "reset_layout",
        QT_TRANSLATE_NOOP("actions", "Bring the panels and plots back to their places"),
        "mdi6.view-dashboard-outline",
        menu=VIEW,
    ),
    Row(
        "keys",
        QT_TRANSLATE_NOOP("actions", "Keys…"),
        "show_keys",
        QT_TRANSLATE_NOOP("actions", "All keys at a glance"),
        "mdi6.keyboard-outline",
        keys=("Ctrl+/",),
        menu=HELP,
    ),
)
