"""The settings dialog: live, by keyboard alone, explained, and never larger than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.settings import Settings, SettingsStore
from nnviz.ui.settings_dialog import SettingsDialog
from nnviz.ui.theme import LIGHT, apply, load_fonts
from tests.ui.scaling import scaled


@pytest.fixture
def store(qapp: QApplication, tmp_path: Path) -> Iterator[SettingsStore]:
    load_fonts()
    made = SettingsStore(path=tmp_path / "settings.json")
    yield made
    made.close()
    apply(qapp, LIGHT)


@pytest.fixture
def dialog(qtbot: QtBot, store: SettingsStore) -> SettingsDialog:
    return opened(qtbot, store)


def opened(qtbot: QtBot, store: SettingsStore) -> SettingsDialog:
    made = SettingsDialog(store)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def controls(dialog: SettingsDialog) -> list[QWidget]:
    return [
        *(dialog.theme, dialog.scale, dialog.reduce_motion, dialog.digits, dialog.decimal_comma),
        *(dialog.use_project, dialog.forget_project, dialog.defaults, dialog.leave),
    ]


def test_each_change_is_in_force_at_once(qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore) -> None:
    for field, text in ((dialog.scale, "125"), (dialog.digits, "6")):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(dialog.decimal_comma, Qt.Key.Key_Space)
    qtbot.keyClick(dialog.reduce_motion, Qt.Key.Key_Space)
    found = store.settings
    assert (found.scale, found.digits, found.decimal_comma, found.reduce_motion) == (1.25, 6, True, True)
    assert dialog.example.text() == "3,141593   −0,006738"
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.theme_chosen) as chosen:
        qtbot.keyClick(dialog.theme, Qt.Key.Key_Down)
    assert chosen.args == ["dark"]


@pytest.mark.parametrize(("name", "text"), [("scale", "300"), ("scale", "69"), ("digits", "1"), ("digits", "11"), ("digits", "4.5")])
def test_what_cannot_be_is_refused_with_the_reason(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore, name: str, text: str
) -> None:
    field = getattr(dialog, name)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert store.settings == Settings()
    assert field.note.isVisible()
    assert field.note.text()


def test_it_shows_what_others_change_and_tells_nobody(dialog: SettingsDialog, store: SettingsStore) -> None:
    told: list[Settings] = []
    store.changed.connect(told.append)
    store.change(theme="dark", scale=2.0, digits=3, decimal_comma=True, reduce_motion=True)
    assert len(told) == 1
    assert dialog.theme.key() == "dark"
    assert (dialog.scale.value(), dialog.digits.value()) == (200.0, 3.0)
    assert dialog.decimal_comma.isChecked()
    assert dialog.reduce_motion.isChecked()


def test_restore_defaults_leaves_files_and_keys(dialog: SettingsDialog, store: SettingsStore) -> None:
    store.change(theme="dark", scale=2.0, digits=3, decimal_comma=True, recent=("/tmp/a.nnviz",), keys=(("train", ("F9",)),))
    dialog.defaults.click()
    assert store.settings == Settings(recent=("/tmp/a.nnviz",), keys=(("train", ("F9",)),))


def test_every_control_has_a_name_a_tip_and_a_key_of_its_own(dialog: SettingsDialog) -> None:
    for control in controls(dialog):
        assert control.accessibleName() or control.text(), control  # type: ignore[attr-defined]
        assert control.toolTip(), control
    labelled = [label.text() for label in dialog.findChildren(QLabel) if label.buddy() is not None and label.isVisible()]
    marked = [text for text in (*labelled, *(button.text() for button in controls(dialog)[5:])) if "&" in text]  # type: ignore[attr-defined]
    letters = [text[text.index("&") + 1].lower() for text in marked]
    assert len(set(letters)) == len(letters) == len(controls(dialog))


def test_tab_reaches_every_control_and_esc_leaves(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.forget_project.setEnabled(True)
    reached = []
    dialog.theme.setFocus()
    for _ in range(3 * len(controls(dialog))):
        reached.append(dialog.focusWidget())
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert set(controls(dialog)) <= set(reached)
    qtbot.keyClick(dialog.theme, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_key_of_a_label_goes_to_its_control(qtbot: QtBot, dialog: SettingsDialog) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    assert dialog.digits.hasFocus()
    before = dialog.decimal_comma.isChecked()
    qtbot.keyClick(dialog, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog.decimal_comma.isChecked() is not before)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("screen", [QSize(1024, 600), QSize(512, 300)], ids=["1024x600", "1024x600 at 200 %"])
def test_it_can_be_used_on_a_small_screen_with_large_type(
    qtbot: QtBot, qapp: QApplication, store: SettingsStore, screen: QSize, scale: float
) -> None:
    apply(qapp, scaled(LIGHT, scale))
    dialog = opened(qtbot, store)
    assert dialog.minimumSizeHint().width() <= screen.width()
    assert dialog.minimumSizeHint().height() <= screen.height()
    dialog.resize(dialog.size().boundedTo(screen))
    dialog.forget_project.setEnabled(True)
    dialog.leave.setFocus()
    reached = set()
    for _ in range(3 * len(controls(dialog))):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        control = dialog.focusWidget()
        reached.add(control)
        if control not in controls(dialog):
            continue
        seen = control.visibleRegion().boundingRect()
        assert seen.height() >= min(control.height(), control.fontMetrics().height()) - 1, control
        place = QRect(control.mapTo(dialog, seen.topLeft()), seen.size())
        assert dialog.rect().contains(place)
    assert set(controls(dialog)) <= reached
