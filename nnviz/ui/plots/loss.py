"""The loss over the epochs, on the training and the validation part."""

from __future__ import annotations

from typing import ClassVar

from nnviz.ui.names import entry_name
from nnviz.ui.plots.lines import Line, LinesPlot


class LossPlot(LinesPlot):
    """Training and validation loss, at each epoch's end, regularization not included."""

    name: ClassVar[str] = "loss"
    has_log: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """The plot's name."""
        return self.tr("Loss")

    @property
    def meaning(self) -> str:
        """What it shows and how it is read."""
        return self.tr(
            "The loss over the epochs, on the training and on the validation part: "
            "the lower, the better. Where they part, the network learns by heart."
        )

    def names(self) -> tuple[str, str]:
        """Epochs, and which loss it is."""
        if self.spec is None:
            return self.tr("epoch"), self.tr("loss")
        training = self.spec.training
        return self.tr("epoch"), f"{entry_name(training.loss.kind)} · {entry_name(training.reduction)}"

    def lines(self) -> tuple[Line, ...]:
        """Train and validation."""
        series = self.frame.curves.series if self.frame is not None else {}
        texts = {"train_loss": self.tr("train"), "validation_loss": self.tr("validation")}
        return tuple(Line(name, text, *series[name], ink=k, dashed=k > 0) for k, (name, text) in enumerate(texts.items()) if name in series)

    def reach(self, low: float, high: float) -> tuple[tuple[float, float], float | None]:
        """A loss stands on 0."""
        return (low, high), min(low, 0.0)
