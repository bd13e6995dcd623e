"""The export dialog says what will come of each choice, remembers it, and can be used without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui import theme as themes
from nnviz.ui.export_dialog import CANVAS, NETWORK_WEIGHTS, Choice, ExportDialog, offered, suffixes
from nnviz.ui.pictures import Picture
from nnviz.ui.printing import Preview
from nnviz.ui.theme import DARK, LIGHT, color
from tests.ui.conftest import OpenWindow
from tests.ui.files import pdf_drawing, pdf_glyphs
from tests.ui.scaling import scaled

THINGS = {CANVAS: "Network", "loss": "Loss", NETWORK_WEIGHTS: "Weights and biases"}
SIZES = {CANVAS: (900.0, 600.0), "loss": (560.0, 320.0)}


@pytest.fixture
def dialog(qtbot: QtBot) -> ExportDialog:
    made = ExportDialog(THINGS.copy, SIZES.__getitem__, Choice())
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def pick(box: QWidget, key: str) -> None:
    """Choose by key as a person does."""
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def test_it_says_how_large_the_picture_will_be(dialog: ExportDialog, qtbot: QtBot) -> None:
    assert dialog.extent.text() == "1800 × 1200 pixels"
    dialog.scale.setFocus()
    dialog.scale.selectAll()
    qtbot.keyClicks(dialog.scale, "4")
    assert dialog.extent.text() == "3600 × 2400 pixels"
    assert dialog.choice.scale == 2.0
    qtbot.keyClick(dialog.scale, Qt.Key.Key_Return)
    assert dialog.choice.scale == 4.0
    pick(dialog.what, "loss")
    assert dialog.extent.text() == "2240 × 1280 pixels"
    pick(dialog.kind, ".svg")
    assert dialog.extent.text() == "560 × 320, sharp at any size"


@pytest.mark.parametrize("typed", ["9", "0.5", "many"])
def test_a_scale_that_cannot_be_is_refused(dialog: ExportDialog, qtbot: QtBot, typed: str) -> None:
    dialog.scale.setFocus()
    dialog.scale.selectAll()
    qtbot.keyClicks(dialog.scale, typed)
    qtbot.keyClick(dialog.scale, Qt.Key.Key_Return)
    assert dialog.choice.scale == 2.0
    assert dialog.extent.text() == "1800 × 1200 pixels"


@pytest.mark.parametrize("what", THINGS)
def test_only_formats_the_thing_has(dialog: ExportDialog, what: str) -> None:
    pick(dialog.what, what)
    assert [dialog.kind.itemData(index) for index in range(dialog.kind.count())] == list(suffixes(what))
    assert dialog.choice.suffix in suffixes(what)
    picture = what != NETWORK_WEIGHTS
    assert dialog.copy.isEnabled() is dialog.print.isEnabled() is picture
    assert dialog.transparent_row.isEnabled() is picture
    for suffix in suffixes(what):
        pick(dialog.kind, suffix)
        assert dialog.choice == offered(Choice(what, suffix))
        assert dialog.scale_row.isEnabled() is (suffix == ".png")


def test_a_format_the_next_thing_lacks_gives_way_to_its_first() -> None:
    assert offered(Choice(NETWORK_WEIGHTS, ".svg")).suffix == ".npz"
    assert offered(Choice("loss", ".svg")).suffix == ".svg"
    assert offered(Choice(CANVAS, ".csv")).suffix == ".png"


def test_it_remembers_what_was_chosen(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window("xor")
    window.exports.dialog()
    first = window.exports._dialog
    pick(first.what, "loss")
    pick(first.kind, ".pdf")
    first.transparent.setChecked(True)
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    window.exports.dialog()
    second = window.exports._dialog
    assert second.choice == Choice("loss", ".pdf", 2.0, True)
    assert (second.what.key(), second.kind.key(), second.transparent.isChecked()) == ("loss", ".pdf", True)
    second.reject()
    window.exports.plot()
    assert window.exports._dialog.choice.what == "loss"
    window.exports._dialog.reject()


def test_ctrl_e_and_enter_write_a_file(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window("xor")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "n"), "PNG (*.png)"))
    assert QKeySequence("Ctrl+E") in window.actions_by_name["export"].shortcuts()
    window.actions_by_name["export"].trigger()
    dialog = window.exports._dialog
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)  # else Enter is the canvas's
    qtbot.keyClick(dialog.what, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: (tmp_path / "n.png").exists() and not window.program.jobs.running, timeout=20000)
    assert window.exports._dialog is None


def test_every_control_is_reached_by_tab_and_has_a_name_and_a_tip(dialog: ExportDialog, qtbot: QtBot) -> None:
    reached = set()
    for _ in range(12):
        reached.add(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    controls = (dialog.what, dialog.kind, dialog.scale, dialog.transparent, dialog.copy, dialog.print, dialog.export, dialog.leave)
    assert set(controls) <= reached
    for control in controls:
        assert control.accessibleName() or control.text()
    for button in controls[4:]:
        assert button.toolTip()
    keys = [label.text()[label.text().index("&") + 1].lower() for label in dialog.findChildren(QLabel) if "&" in label.text()]
    keys += [button.text()[button.text().index("&") + 1].lower() for button in controls[4:]]
    assert len(keys) == len(set(keys)), keys


@pytest.mark.parametrize("base", [LIGHT, DARK], ids=["light", "dark"])
def test_it_fits_a_small_screen_at_200_percent(qtbot: QtBot, qapp: QApplication, base: themes.Theme) -> None:
    themes.apply(qapp, scaled(base, 2.0))
    try:
        made = ExportDialog(THINGS.copy, SIZES.__getitem__, Choice())
        qtbot.addWidget(made)
        made.resize(QSize(1016, 560).boundedTo(made.size()))
        made.show()
        qtbot.waitExposed(made)
        assert made.width() <= 1016
        assert made.height() <= 560
        for button in (made.copy, made.print, made.export, made.leave):
            assert made.rect().contains(button.geometry())
    finally:
        themes.apply(qapp, LIGHT)


@pytest.fixture
def picture() -> Picture:
    def paint(painter: object, vector: bool, breathe: Callable[[], None]) -> None:
        assert vector
        breathe()
        painter.drawText(20, 40, "paper")
        painter.drawEllipse(0, 0, 300, 200)

    return Picture(paint, (300.0, 200.0), color("#ffffff"), "Network", "step 1, epoch 0", 96)


def test_the_preview_opens_and_prints_without_any_printer(qtbot: QtBot, tmp_path: Path, picture: Picture) -> None:
    assert not QPrinterInfo.availablePrinterNames()
    parent = QWidget()
    qtbot.addWidget(parent)
    preview = Preview(picture, parent)
    preview.show()
    qtbot.waitExposed(preview)
    assert preview.width() <= 1024
    assert preview.height() <= 600
    printer = preview.printer_shown
    assert printer.outputFormat() == QPrinter.OutputFormat.PdfFormat
    printer.setOutputFileName(str(tmp_path / "page.pdf"))
    preview.paintRequested.emit(printer)
    content = (tmp_path / "page.pdf").read_bytes()
    assert pdf_glyphs(content) == len("paper")
    assert pdf_drawing(content).count(b" c\n") >= 4
    preview.close()


def test_the_window_shows_its_preview(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window("xor")
    window.exports.print_preview()
    found = window.findChildren(Preview)
    assert len(found) == 1
    qtbot.waitExposed(found[0])
    found[0].close()
