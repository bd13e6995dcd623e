"""All plots, by name: the docks, `nnviz list plots`, `nnviz export --plot` and `train --plots` follow from this table.

Reading it loads neither Qt nor pyqtgraph; making a plot does. To add a plot, write a file `name.py` with a class
`NamePlot` (see `base.py`) and put a row here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnviz.app.frame import Frame
    from nnviz.data.prepare import Prepared
    from nnviz.ui.plots.base import Plot, Table
    from nnviz.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class PlotEntry:
    """A plot: the file it is in, whether its dock is open at first, and what it shows in one line."""

    name: str
    shown: bool
    summary: str

    def plot(self) -> Plot:
        """Make the plot; an application must exist."""
        return self.plot_class()()

    def plot_class(self) -> type[Plot]:
        """Load the plot's file."""
        module = import_module(f"nnviz.ui.plots.{self.name}")
        found: type[Plot] = getattr(module, f"{self.name.capitalize()}Plot")
        return found


PLOTS: dict[str, PlotEntry] = {
    entry.name: entry
    for entry in (
        PlotEntry("loss", True, "Loss of the training and the validation part over the epochs."),
        PlotEntry("metric", True, "Accuracy or R² of the training and the validation part over the epochs."),
        PlotEntry("surface", False, "What the network says all over the input plane, with the samples (two input coordinates)."),
        PlotEntry("fit", False, "What the network says along its input, with the samples (one input coordinate)."),
        PlotEntry("weights", True, "How the weights of the selected layer, or of all layers, are spread."),
        PlotEntry("gradients", True, "How long each layer's gradient is over the training steps."),
    )
}


def fitting(data: Prepared) -> tuple[str, ...]:
    """Return the names of the plots that can show these data. Loads pyqtgraph."""
    return tuple(name for name, entry in PLOTS.items() if entry.plot_class().fits(data))


def render(
    name: str,
    frame: Frame,
    data: Prepared | None,
    theme: Theme,
    size: tuple[int, int] = (800, 500),
    scale: float = 2.0,
    earlier: Iterable[Frame] = (),
    suffix: str = ".png",
    transparent: bool = False,
) -> bytes:
    """Return the picture of a plot without a window; an application must exist, a screen need not.

    Args:
        name: a key of `PLOTS`.
        frame: what to show; for the surface and the fit with `surface`.
        data: the samples.
        theme: colours and fonts.
        size: in pixels before scaling, at least; more where words would be cut.
        scale: how many pixels of the picture one of these becomes.
        earlier: frames from before, for plots that follow the training by frames (gradients).
        suffix: a key of `pictures.FILES`: what kind of picture.
        transparent: leave the background out.

    Raises:
        KeyError: no such plot, or no such kind of picture.
        ProblemError: it would have too many pixels.
    """
    from nnviz.app.progress import Progress
    from nnviz.ui.pictures import FILES
    from nnviz.ui.plots.picture import picture

    plot = _filled(name, frame, data, earlier)
    plot.resize(*size)
    plot.grab()  # lays out a widget that is not shown
    plot.set_theme(theme)
    try:
        return FILES[suffix](picture(plot), scale, transparent, Progress())
    finally:
        plot.close()


def numbers(name: str, frame: Frame, data: Prepared | None, earlier: Iterable[Frame] = ()) -> Table:
    """Return header and rows of what a plot shows, as `render` draws it. Raises KeyError."""
    plot = _filled(name, frame, data, earlier)
    found = plot.table()
    plot.close()
    return found


def _filled(name: str, frame: Frame, data: Prepared | None, earlier: Iterable[Frame]) -> Plot:
    plot = PLOTS[name].plot()
    plot.show_spec(frame.spec)
    if data is not None:
        plot.show_data(data)
    for old in earlier:
        plot.record(old)
    plot.show_frame(frame)
    return plot
