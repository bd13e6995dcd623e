"""How good the predictions are over the epochs: accuracy for classes, R² for values."""

from __future__ import annotations

from typing import ClassVar

from nnviz.ui.plots.lines import Line, LinesPlot

LOWEST_R2 = -1.0
"""An R² far below 0 says no more than "worse than the mean"; the axis does not go there."""


class MetricPlot(LinesPlot):
    """Accuracy or R² of the training and the validation part, at each epoch's end."""

    name: ClassVar[str] = "metric"

    @property
    def title(self) -> str:
        """Accuracy or R²."""
        return "R²" if self._is_r2 else self.tr("Accuracy")

    @property
    def meaning(self) -> str:
        """What it shows and how it is read."""
        if self._is_r2:
            return self.tr("How much of the targets' spread the network explains, over the epochs: 1 is all, 0 no more than their mean.")
        return self.tr("The share of samples told apart rightly over the epochs, on the training and on the validation part.")

    @property
    def _is_r2(self) -> bool:
        if self.frame is not None:
            return self.frame.metric_name == "r2"
        return self.spec is not None and self.spec.data.problem != "classification"

    def names(self) -> tuple[str, str]:
        """Epochs, and the share of right answers, or R² with its best value."""
        return self.tr("epoch"), self.tr("1 is perfect, 0 the mean") if self._is_r2 else self.tr("share of right answers")

    def why_empty(self, message: str) -> str:
        """Return why nothing is shown: R² has no value where a target never varies, as a pixel that is always black."""
        measured = self.frame is not None and self.frame.epoch > 0
        return self.tr("R² has no value here: some of the targets never vary") if measured and self._is_r2 else message

    def lines(self) -> tuple[Line, ...]:
        """Train and validation."""
        series = self.frame.curves.series if self.frame is not None else {}
        texts = {"train_metric": self.tr("train"), "validation_metric": self.tr("validation")}
        return tuple(Line(name, text, *series[name], ink=k, dashed=k > 0) for k, (name, text) in enumerate(texts.items()) if name in series)

    def reach(self, low: float, high: float) -> tuple[tuple[float, float], float | None]:
        """Always up to the best there can be."""
        return (min(max(low, LOWEST_R2), 0.0) if self._is_r2 else low, max(high, 1.0)), None

    def shown_value(self, value: float) -> str:
        """R² plain, accuracy in percent with one decimal."""
        return self.theme.number(value) if self._is_r2 else f"{self.theme.number(value * 100, 1)} %"
