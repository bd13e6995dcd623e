"""Row 12 of RELIABILITY.md: typed numbers are read the same in every locale, shown the same, and saved the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app.settings_file import Settings, to_bytes
from nnviz.engine.table import Parameter
from nnviz.formats.table import to_csv
from nnviz.ui.fields import NumberField
from nnviz.ui.theme import LIGHT, apply, themed

LOCALES = ("C", "en_US", "de_DE", "fr_FR", "de_CH", "ar_EG", "hi_IN", "zh_CN")
# What is typed, the number, and what the field says it understood ("": the text itself); None is refused.
READ: dict[str, tuple[float | None, str]] = {
    "0.001": (0.001, ""), "0,001": (0.001, "= 0.001"), "1e-3": (0.001, "= 0.001"), "1E-3": (0.001, "= 0.001"),
    ".5": (0.5, "= 0.5"), ",5": (0.5, "= 0.5"), "5.": (5.0, "= 5"), "5,": (5.0, "= 5"),
    "-3": (-3.0, "= −3"), "−3": (-3.0, ""), "–3": (-3.0, "= −3"), "+7": (7.0, "= 7"),
    "007": (7.0, "= 7"), "0": (0.0, ""), "-0": (0.0, "= 0"), "0,0": (0.0, "= 0"),
    "3.14": (3.14, ""), "3,14": (3.14, "= 3.14"), "1000": (1000.0, ""), "12345.678": (12345.678, ""),
    "1e5": (1e5, "= 100000"), "2,5e-7": (2.5e-7, "= 2.5e−7"), "1e300": (1e300, ""), "-1,5e-300": (-1.5e-300, "= −1.5e−300"),
    "３．５": (3.5, "= 3.5"), "３，５": (3.5, "= 3.5"), " 8 ": (8.0, ""), "0.1": (0.1, ""),
    "0,30": (0.3, "= 0.3"), "99,9": (99.9, "= 99.9"),
    "1.000,5": (None, ""), "1,000.5": (None, ""), "1 000": (None, ""), "1'000": (None, ""), "٠٫٥": (None, ""),
    "१.५": (None, ""), "abc": (None, ""), "1e400": (None, ""), "0x10": (None, ""), "1e-400": (None, ""),
}  # fmt: skip
in_every_locale = pytest.mark.parametrize("locale", LOCALES)


@pytest.fixture
def set_locale() -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    apply(qapp, LIGHT)


def typed(qtbot: QtBot, field: NumberField, text: str) -> tuple[float, str, str]:
    """Type a number into the field; return its value, what it said it understood, and what it shows afterwards."""
    field.set_value(42.5)
    field.restore()
    for letter in text:  # keyClicks aborts at letters beyond Latin-1
        QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter))
    understood = field.note.text()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    shown = field.text()
    field.restore()
    return field.value(), understood, shown


def shown_field(qtbot: QtBot) -> NumberField:
    field = NumberField(Parameter("any", 42.5), name="Any number")
    qtbot.addWidget(field)
    field.show()
    return field


@in_every_locale
@pytest.mark.usefixtures("set_locale")
def test_typed_numbers_read_and_echo_the_same(qtbot: QtBot, locale: str) -> None:
    QLocale.setDefault(QLocale(locale))
    assert len(READ) == 40
    field = shown_field(qtbot)
    for text, (value, understood) in READ.items():
        found, said, shown = typed(qtbot, field, text)
        assert found == (42.5 if value is None else value), text
        assert said == understood, text
        assert shown == (text if value is None else understood.removeprefix("= ") or text.strip()), text


@in_every_locale
@pytest.mark.usefixtures("set_locale")
def test_the_comma_is_the_persons_choice_and_not_the_locales(qtbot: QtBot, dressed: QApplication, locale: str) -> None:
    QLocale.setDefault(QLocale(locale))
    field = shown_field(qtbot)
    for comma in (True, False):
        apply(dressed, themed(LIGHT, scale=1.0, digits=4, decimal_comma=comma, reduce_motion=False))
        mark = "," if comma else "."
        assert field.text() == f"42{mark}5"
        assert typed(qtbot, field, "0.25") == (0.25, "" if not comma else "= 0,25", f"0{mark}25")
        assert typed(qtbot, field, "0,25") == (0.25, "" if comma else "= 0.25", f"0{mark}25")
        assert f"0{mark}25" in field.toolTip()
        field.set_value(42.5)


@in_every_locale
@pytest.mark.usefixtures("set_locale")
def test_saved_files_are_equal_byte_for_byte(locale: str) -> None:
    QLocale.setDefault(QLocale(locale))
    assert to_csv(("epoch", "loss"), [(1, 0.5), (2, 1234.5e-9)]) == b"epoch,loss\n1,0.5\n2,1.2345e-06\n"
    assert b'"scale":1.25' in to_bytes(Settings(scale=1.25, decimal_comma=True)).replace(b" ", b"")
