"""Every command of the program as one row of one table; `actions.py` makes menus, keys, buttons and tips of it.

A new command is one row in `action_rows/` and one slot. `keys` act everywhere in the window; `canvas_keys` are single
keys that act while the canvas or the transport bar has the focus, so that fields and lists keep their own keys
(DECISIONS 24). Menus that stand elsewhere than in the menu bar are lists of names, "" being a line between.
"""

from __future__ import annotations

from nnviz.ui.action_rows import edit, file, network, run, view
from nnviz.ui.action_rows import help as help_
from nnviz.ui.action_rows.row import CONTEXT, FILE, HELP, MENUS, QT_TRANSLATE_NOOP, VIEW, Row

ACTIONS: tuple[Row, ...] = (*file.ROWS, *edit.ROWS, *network.ROWS, *run.ROWS, *view.ROWS, *help_.ROWS)
ROWS = {row.name: row for row in ACTIONS}

EXPORTS = (
    "export",
    "copy_picture",
    "export_npz",
    "export_safetensors",
    "export_json",
    "export_csv",
    "export_png",
    "export_svg",
    "export_pdf",
    "export_plots",
    "print",
)
"""What the Export menu of the top bar offers."""

CANVAS_MENUS = {
    "network": (
        *("add_layer", "paste", "select_all", "", "fit", "actual_size", "vertical", ""),
        *("copy_picture", "export", "", "step", "train"),
    ),
    "layer": (
        *("rename", "count_units", "more_units", "fewer_units", "add_neuron", "", "add", "move_before", "move_after", ""),
        *("cut", "copy", "paste", "duplicate", "delete", "", "freeze", "unfold", "reinitialise", "fit_selection"),
    ),
    "neuron": ("set_value", "lesion", "reinitialise", "", "add_neuron", "delete", "select_all", "", "fit_selection"),
    "edge": ("set_value", "prune", "reinitialise", "", "fit_selection"),
    "several": ("set_value", "lesion", "prune", "freeze", "reinitialise", "", "copy", "duplicate", "delete", "", "fit_selection"),
}
"""What a right click on the canvas offers, by what it is on."""

DOCK_MENU = ("lecture", "explore", "reset_layout")
"""What a right click on a dock's handle offers below the docks to show and hide."""

PLOT_ACTIONS: tuple[Row, ...] = (
    Row(
        "copy_plot",
        QT_TRANSLATE_NOOP("actions", "Copy picture"),
        "copy",
        QT_TRANSLATE_NOOP("actions", "Put the picture of this plot on the clipboard"),
        "mdi6.image-multiple-outline",
    ),
    Row(
        "export_plot",
        QT_TRANSLATE_NOOP("actions", "Export…"),
        "export",
        QT_TRANSLATE_NOOP("actions", "Write this plot as a picture, or its numbers as CSV"),
        "mdi6.export-variant",
    ),
    Row(
        "log_axis",
        QT_TRANSLATE_NOOP("actions", "Logarithmic axis"),
        "toggle_log",
        QT_TRANSLATE_NOOP("actions", "Vertical axis: logarithmic or linear"),
        "mdi6.math-log",
        when="log",
        checked="logarithmic",
        rule=True,
    ),
    Row(
        "see_whole",
        QT_TRANSLATE_NOOP("actions", "See the whole plot"),
        "see_whole",
        QT_TRANSLATE_NOOP("actions", "Go back from the part that is seen to the whole plot"),
        "mdi6.fit-to-page-outline",
        when="zoomed",
    ),
)
"""What a right click on a plot offers; the slots are those of `context_menus.PlotMenu`."""

__all__ = ["ACTIONS", "CANVAS_MENUS", "CONTEXT", "DOCK_MENU", "EXPORTS", "FILE", "HELP", "MENUS", "PLOT_ACTIONS", "ROWS", "VIEW", "Row"]
