"""A file ends in what it is, whatever the person typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog

from nnviz.ui.exports import with_suffix
from tests.ui.conftest import OpenWindow

CSV = "Table of its numbers (*.csv)"


@pytest.mark.parametrize(
    ("typed", "kind", "written"),
    [
        ("loss", CSV, "loss.csv"),
        ("loss", "", "loss.png"),
        ("loss.png", CSV, "loss.png"),
        ("LOSS.PNG", CSV, "LOSS.PNG"),
        ("rate 0.01", CSV, "rate 0.01.csv"),
        ("run.2", "safetensors (*.safetensors)", "run.2.safetensors"),
    ],
)
def test_the_suffix_is_that_of_the_chosen_kind(typed: str, kind: str, written: str) -> None:
    assert with_suffix(Path("folder") / typed, kind, ".png") == Path("folder") / written


def test_a_plot_saved_as_a_table_is_a_table(open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window("xor")
    monkeypatch.setattr(QInputDialog, "getItem", lambda parent, title, label, items, *_: (items[0], True))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "run 0.1"), CSV))
    window.actions_by_name["export_plots"].trigger()
    assert (tmp_path / "run 0.1.csv").read_text().startswith("epoch")
    assert "run 0.1.csv" in window.statusBar().currentMessage()
