"""The style sheet and the icons: complete in both themes, and readable to Qt."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnviz.resources import resource
from nnviz.ui.action_table import ACTIONS
from nnviz.ui.canvas.transport import ICONS as TRANSPORT_ICONS
from nnviz.ui.icons import icon
from nnviz.ui.theme import DARK, LIGHT, Theme, apply, load_fonts, style_sheet
from nnviz.ui.top_bar import EXPORT, LOGO, PAUSE

BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def inks(made: QIcon) -> set[str]:
    """Return the colours of the opaque pixels of an icon."""
    drawn = made.pixmap(24, 24).toImage()
    pixels = (drawn.pixelColor(x, y) for x in range(drawn.width()) for y in range(drawn.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() > 250}


@BOTH
def test_every_name_in_the_style_sheet_is_one_of_the_theme(theme: Theme) -> None:
    assert "@" not in re.sub(r"/\*.*?\*/", "", style_sheet(theme), flags=re.DOTALL)


def test_the_style_sheet_holds_no_colour_of_its_own() -> None:
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", resource("style.qss").read_text(encoding="utf-8"))


def test_type_sizes_are_points_of_the_theme_or_relative() -> None:
    for size in re.findall(r"font-size:\s*([^;]+);", resource("style.qss").read_text(encoding="utf-8")):
        assert re.fullmatch(r"@\w+_points?pt", size), size


@BOTH
def test_qt_reads_the_style_sheet(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    apply(qapp, theme)
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    accent, plain = QPushButton("Train"), QPushButton("Reset")
    accent.setProperty("accent", True)
    for button in (accent, plain):
        layout.addWidget(button)
    window.show()
    assert accent.grab().toImage().pixelColor(8, accent.height() // 2).name() == theme.accent
    assert plain.grab().toImage().pixelColor(8, plain.height() // 2).name() == theme.window
    plain.setFocus()
    apply(qapp, LIGHT)


@BOTH
@pytest.mark.parametrize("name", sorted({row.icon for row in ACTIONS if row.icon} | {*TRANSPORT_ICONS.values(), EXPORT, LOGO, PAUSE}))
def test_every_icon_can_be_drawn(qapp: QApplication, theme: Theme, name: str) -> None:
    assert theme.ink in inks(icon(name, theme))


def test_an_icon_on_the_accent_has_its_ink(qapp: QApplication) -> None:
    assert inks(icon(PAUSE, LIGHT, on_accent=True)) == {LIGHT.on_accent}


def test_the_fonts_are_shipped_with_their_licences(qapp: QApplication) -> None:
    load_fonts()
    assert {"Inter", "JetBrains Mono"} <= set(QFontDatabase.families())
    files = list(resource("fonts").iterdir())
    assert sum(path.stat().st_size for path in files) < 2.5e6
    licences = [path for path in files if path.name.endswith("OFL.txt")]
    assert len(licences) == 2
    for path in licences:
        assert "SIL OPEN FONT LICENSE" in path.read_text(encoding="utf-8").upper()
