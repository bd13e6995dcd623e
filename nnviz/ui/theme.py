"""Everything that says how things are shown, as one frozen table a theme: colours, sizes, fonts, numbers and motion.

Value and gradient colours mean the same everywhere (UX.md, "Colour and motion are a language"):
blue and orange are values above and below zero, purple and green are gradients above and below zero.
Classes and curves use another, categorical palette that is safe for colour-blind eyes (Okabe and Ito 2008).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from nnviz.explain.numbers import format_number, short_number, with_comma
from nnviz.resources import resource

STYLE = "Fusion"
FONT_POINTS = 9.5
SIZES = ("corner", "spacing", "font_points", "small_points", "title_points", "number_points", "caption_points")

@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one theme as `#rrggbb`, its sizes in device-independent pixels, and how numbers and motion are shown.

    Attributes:
        digits: decimals of shown numbers below ten; decimal_comma: what stands before them.
        reduce_motion: nothing travels; what changes does so in steps.
        scale: what all sizes have been multiplied by.
    """

    name: str
    window: str
    canvas: str
    raised: str
    rule: str
    grid: str
    ink: str
    muted: str
    accent: str
    accent_soft: str
    on_accent: str
    positive: str
    positive_text: str
    negative: str
    negative_text: str
    rising: str
    falling: str
    forward_soft: str
    backward_soft: str
    danger: str
    success: str
    not_finite: str
    point_outline: str
    curves: tuple[str, ...]
    classes: tuple[str, ...]
    markers: tuple[str, ...] = ("o", "s", "t", "d", "+", "x", "p", "star", "h", "t1")
    corner: float = 6.0
    spacing: int = 8
    font_points: float = FONT_POINTS
    small_points: float = 8.5
    title_points: float = 10.0
    number_points: float = 11.5
    caption_points: float = 7.5
    digits: int = 4
    decimal_comma: bool = False
    reduce_motion: bool = False
    scale: float = 1.0

    def number(self, value: float, digits: int | None = None) -> str:
        """Return a number as it is shown, with the reader's digits or so many."""
        return format_number(value, self.digits if digits is None else digits, self.decimal_comma)

    def short(self, value: float) -> str:
        """Return a number for a sentence: at most six digits that count, no trailing zeros."""
        return short_number(value, self.decimal_comma)

    def marked(self, text: str) -> str:
        """Return numbers that were made as text, such as exact ones or an axis' ticks, with the reader's decimal mark."""
        return with_comma(text) if self.decimal_comma else text

    def pixels(self, size: float) -> int:
        """Return a length that grows with the type."""
        return round(size * self.scale)


LIGHT = Theme(
    name="light",
    window="#ffffff",
    canvas="#fbfcfd",
    raised="#eef1f5",
    rule="#dfe3ea",
    grid="#eceff3",
    ink="#1a1f2b",
    muted="#5d6677",
    accent="#3b5bdb",
    accent_soft="#e9edff",
    on_accent="#ffffff",
    positive="#097edf",
    positive_text="#0767bd",
    negative="#f35e1b",
    negative_text="#b8430b",
    rising="#540b6b",
    falling="#1e5943",
    forward_soft="#d6e7f8",
    backward_soft="#e6dbe9",
    danger="#c92a2a",
    success="#1e7a46",
    not_finite="#868e96",
    point_outline="#ffffff",
    curves=("#0072b2", "#b97d00", "#a63d77", "#007a5a", "#8a4bd0", "#5d6677"),
    classes=("#0072b2", "#c4510a", "#007a5a", "#a63d77", "#8f7200", "#2c7ec7", "#5d6677", "#7a3fb0", "#8c3b2e", "#1a1f2b"),
)

DARK = Theme(
    name="dark",
    window="#191d27",
    canvas="#141822",
    raised="#232936",
    rule="#2a303d",
    grid="#222834",
    ink="#e6e9f0",
    muted="#98a1b3",
    accent="#7c96ff",
    accent_soft="#232c4d",
    on_accent="#10131b",
    positive="#4288d7",
    positive_text="#5aa0ea",
    negative="#d06e17",
    negative_text="#e8862f",
    rising="#ddbde4",
    falling="#90f5c3",
    forward_soft="#22334b",
    backward_soft="#342a3c",
    danger="#ff7b7b",
    success="#5fd08b",
    not_finite="#8a93a3",
    point_outline="#10131b",
    curves=("#56b4e9", "#e69f00", "#cc79a7", "#22b890", "#b08cff", "#98a1b3"),
    classes=("#56b4e9", "#e8862f", "#22b890", "#cc79a7", "#f0e442", "#7c96ff", "#98a1b3", "#c7a0ff", "#e0846f", "#e6e9f0"),
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def themed(base: Theme, *, scale: float, digits: int, decimal_comma: bool, reduce_motion: bool) -> Theme:
    """Return one of `THEMES` with all sizes multiplied, and numbers and motion as a person wants them."""
    sizes = {name: type(getattr(base, name))(getattr(base, name) * scale) for name in SIZES}
    return replace(base, **sizes, scale=scale, digits=digits, decimal_comma=decimal_comma, reduce_motion=reduce_motion)


def grown(size: float) -> int:
    """Return a length that grows with the application's type, for widgets that are handed no theme."""
    return round(size * QApplication.font().pointSizeF() / FONT_POINTS) if QApplication.instance() else round(size)


def color(hexadecimal: str, opacity: float = 1.0) -> QColor:
    """Return a colour of the theme as a QColor."""
    made = QColor(hexadecimal)
    made.setAlphaF(opacity)
    return made


def blend(above: str, below: str, share: float) -> QColor:
    """Return `share` of `above` laid over `below`, opaque: translucent strokes cost three times as much to paint."""
    a, b = QColor(above), QColor(below)
    pairs = ((a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF()))
    return QColor.fromRgbF(*(x * share + y * (1 - share) for x, y in pairs))


def load_fonts() -> None:
    """Make the shipped fonts known to Qt, so that every machine shows the same letters."""
    for path in sorted(resource("fonts").glob("*.?tf")):
        QFontDatabase.addApplicationFont(str(path))


def font(points: float, *, bold: bool = False, mono: bool = False) -> QFont:
    """Return the program's font in this size, monospaced for numbers."""
    made = QFont(["JetBrains Mono", "DejaVu Sans Mono"] if mono else ["Inter", "Noto Sans CJK SC", "DejaVu Sans"])
    made.setPointSizeF(points)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def palette(theme: Theme) -> QPalette:
    """Return the theme as a Qt palette; set explicitly, since `setColorScheme` does nothing on several platforms."""
    roles = QPalette.ColorRole
    made = QPalette()
    table = {
        roles.Window: theme.window,
        roles.WindowText: theme.ink,
        roles.Base: theme.window,
        roles.AlternateBase: theme.raised,
        roles.Text: theme.ink,
        roles.PlaceholderText: theme.muted,
        roles.Button: theme.window,
        roles.ButtonText: theme.ink,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.ink,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent,
        roles.Link: theme.accent,
        roles.BrightText: theme.danger,
        roles.Light: theme.raised,
        roles.Midlight: theme.rule,
        roles.Mid: theme.rule,
        roles.Dark: theme.rule,
        roles.Shadow: theme.rule,
        roles.Accent: theme.accent,
    }
    for role, value in table.items():
        made.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return made


def apply(application: QApplication, theme: Theme) -> None:
    """Show whatever there is in this theme, as the command line does for pictures; a window is given its look by `Look`."""
    if not application.styleSheet():  # a new style polishes every widget, and so does the sheet: once is enough
        application.setStyle(STYLE)
    application.setFont(font(theme.font_points))
    application.setPalette(palette(theme))
    application.setStyleSheet(style_sheet(theme))


def style_sheet(theme: Theme) -> str:
    """Return the shapes the palette cannot express; `@4px` in the template is a length that grows with the type."""
    template = re.sub(r"@([0-9]+)px", lambda found: f"{max(1, theme.pixels(int(found[1])))}px", _template())
    for name in sorted(Theme.__dataclass_fields__, key=len, reverse=True):
        template = template.replace(f"@{name}", str(getattr(theme, name)).lower())
    return template


@cache
def _template() -> str:
    return resource("style.qss").read_text(encoding="utf-8")
