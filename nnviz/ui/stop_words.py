"""Why training has ended by itself, in words."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from nnviz.engine.course import Stop
from nnviz.engine.spec import TrainingSpec
from nnviz.explain.numbers import format_number

CONTEXT = "stop"
WHY = {
    "epochs": QT_TRANSLATE_NOOP("stop", "Training has made its {limit} epochs."),
    "target-loss": QT_TRANSLATE_NOOP("stop", "Training stopped after epoch {epoch}: the loss has come down to {limit}."),
    "target-metric": QT_TRANSLATE_NOOP("stop", "Training stopped after epoch {epoch}: the metric has risen to {limit}."),
    "max-seconds": QT_TRANSLATE_NOOP("stop", "Training stopped after epoch {epoch}: its {limit} seconds are over."),
    "patience": QT_TRANSLATE_NOOP("stop", "Training stopped after epoch {epoch}: for {limit} epochs the loss has not become lower."),
}
GOES_ON = QT_TRANSLATE_NOOP("stop", "Train goes on.")
ONE_MORE = QT_TRANSLATE_NOOP("stop", "Train makes another epoch; the training panel says when to stop.")
RESTORED = QT_TRANSLATE_NOOP("stop", "The weights of epoch {best}, the best, are back.")
BEST = QT_TRANSLATE_NOOP("stop", "Epoch {best} was the best.")


def stop_words(stop: Stop, training: TrainingSpec) -> str:
    """Return why training has ended, which epoch was the best where that was followed, and what Train would do now."""
    limits = {
        "epochs": training.epochs,
        "target-loss": training.target_loss,
        "target-metric": training.target_metric,
        "max-seconds": training.max_seconds,
        "patience": training.patience,
    }
    sentences = [WHY[stop.reason]]
    if stop.reason == "patience":
        sentences.append(RESTORED if training.restore_best else BEST)
    sentences.append(GOES_ON if stop.reason in ("epochs", "patience") else ONE_MORE)
    values = {"epoch": stop.epoch, "best": stop.best_epoch, "limit": limits[stop.reason] or 0}
    shown = {name: format_number(value) for name, value in values.items()}
    return " ".join(str(QCoreApplication.translate(CONTEXT, str(sentence))).format(**shown) for sentence in sentences)
