"""Which file an export goes to: asked for, with the suffix of its kind, and never over another file without a question."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nnviz.ui.export_dialog import CANVAS, Choice, kind_name, suffixes

KIND = re.compile(r"\(\*(\.\w+)\)")


def ask_for_file(parent: QWidget, choice: Choice, folder: str) -> Path | None:
    """Ask for a file; a name that does not say its kind gets the suffix of the kind chosen in the file dialog."""
    known = suffixes(choice.what)
    filters = {suffix: f"{kind_name(suffix)} (*{suffix})" for suffix in known}
    name = ("network" if choice.what == CANVAS else choice.what) + choice.suffix
    at_first = str(Path(folder) / name) if folder else name
    chosen, kind = QFileDialog.getSaveFileName(parent, _tr("Export"), at_first, ";;".join(filters.values()), filters[choice.suffix])
    if not chosen:
        return None
    target = with_suffix(Path(chosen), kind, choice.suffix, known)
    return target if target == Path(chosen) or _may_replace(parent, target) else None


def with_suffix(target: Path, kind: str, usual: str, known: tuple[str, ...]) -> Path:
    """Return the file's path with the suffix of the chosen kind, "Table (*.csv)", added unless it ends in a known one.

    Only known ones count, since a person may well call a file "run.2" or "rate 0.01".
    """
    if target.suffix.lower() in known:
        return target
    found = KIND.search(kind)
    return target.with_name(target.name + (found[1] if found else usual))


def _may_replace(parent: QWidget, target: Path) -> bool:
    """Ask before a file is replaced whose name the person has not typed: its suffix was added."""
    if not target.exists():
        return True
    words = _tr("{file} exists. Replace it?").format(file=target.name)
    return QMessageBox.question(parent, _tr("Export"), words) == QMessageBox.StandardButton.Yes


def _tr(text: str) -> str:
    return QCoreApplication.translate("Exports", text)
