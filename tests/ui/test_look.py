"""The look of a window follows the settings and the desktop, at once, in every window, and is put on once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow
from pytestqt.qtbot import QtBot

from nnviz.app.settings import SettingsStore
from nnviz.engine.plain import from_plain
from nnviz.formats.examples import load
from nnviz.ui import look as look_module
from nnviz.ui.look import SCALES, Look, dress, theme_of
from nnviz.ui.theme import DARK, LIGHT, Theme, style_sheet, themed


class Window(QMainWindow):
    """What a look needs of a window, and the themes it was given."""

    def __init__(self, program: Any) -> None:
        super().__init__()
        self.themes: list[Theme] = []
        self.actions_by_name = {name: QAction(self, checkable=True) for name in ("light", "dark", "system")}
        self.document = SimpleNamespace(spec=load("spiral").spec)
        self.left, self.right = QDockWidget(self), QDockWidget(self)
        self.canvas = SimpleNamespace(sheet=SimpleNamespace(vertical=False), set_vertical=self._turn)
        self.look = Look(self, program)  # type: ignore[arg-type]

    def set_theme(self, theme: Theme) -> None:
        self.themes.append(theme)

    def _turn(self, vertical: bool) -> None:
        self.canvas.sheet.vertical = vertical


class Dressed(QObject):
    """Counts how often the application takes another palette."""

    times = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += watched is QApplication.instance() and event.type() is QEvent.Type.ApplicationPaletteChange
        return False


class Desktop:
    """A desktop that can be told to be dark."""

    def __init__(self) -> None:
        self.dark = False

    def is_dark(self) -> bool:
        return self.dark

    def turn(self, dark: bool) -> None:
        self.dark = dark
        QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)


@pytest.fixture
def program(qapp: QApplication, tmp_path: Path) -> Iterator[Any]:
    store = SettingsStore(path=tmp_path / "settings.json")
    yield SimpleNamespace(settings=store, theme=None)
    store.close()
    dress(qapp, LIGHT)


@pytest.fixture
def open_window(qtbot: QtBot, program: Any) -> Callable[[], Window]:
    def made() -> Window:
        window = Window(program)
        qtbot.addWidget(window)
        return window

    return made


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Desktop:
    made = Desktop()
    monkeypatch.setattr(look_module, "system_is_dark", made.is_dark)
    return made


def ground(qapp: QApplication) -> QColor:
    return qapp.palette().color(QPalette.ColorRole.Window)


def test_every_window_follows_at_once_and_the_application_is_dressed_once(
    qapp: QApplication, open_window: Callable[[], Window]
) -> None:
    windows = [open_window(), open_window(), open_window()]
    dressed = Dressed()
    qapp.installEventFilter(dressed)
    for use, theme in ((windows[0].look.use_dark, DARK), (windows[2].look.use_light, LIGHT)):
        use()
        assert all(window.themes[-1].name == window.look.theme.name == theme.name for window in windows)
        assert ground(qapp) == QColor(theme.window)
        assert all(window.actions_by_name[theme.name].isChecked() for window in windows)
        assert all(window.styleSheet() == style_sheet(theme) for window in windows)
    qapp.removeEventFilter(dressed)
    assert dressed.times == 2
    assert [len(window.themes) for window in windows] == [2, 2, 2]


def test_it_follows_the_desktop_live_but_only_when_told_to(
    qapp: QApplication, desktop: Desktop, open_window: Callable[[], Window]
) -> None:
    window = open_window()
    window.look.use_light()
    desktop.turn(True)
    assert window.themes == []
    window.look.use_system()
    assert window.themes[-1].name == "dark"
    desktop.turn(False)
    assert window.themes[-1].name == "light"
    desktop.turn(True)
    assert window.themes[-1].name == "dark"
    assert ground(qapp) == QColor(DARK.window)
    window.look.use_light()
    assert ground(qapp) == QColor(LIGHT.window)


def test_the_palette_is_explicit_whatever_the_desktop_says(qapp: QApplication, desktop: Desktop, open_window: Callable[[], Window]) -> None:
    desktop.dark = True
    open_window().look.use_light()
    roles = QPalette.ColorRole
    expected = {roles.Window: LIGHT.window, roles.Base: LIGHT.window, roles.Text: LIGHT.ink, roles.Highlight: LIGHT.accent}
    assert {role: qapp.palette().color(role).name() for role in expected} == expected


def test_sizes_go_up_and_down_in_steps_and_stay_within_their_ends(program: Any, open_window: Callable[[], Window]) -> None:
    window = open_window()
    seen = [1.0]
    for _ in range(len(SCALES)):
        window.look.larger()
        seen.append(program.settings.settings.scale)
    assert sorted(set(seen)) == [scale for scale in SCALES if scale >= 1.0]
    assert seen == sorted(seen)
    for _ in range(2 * len(SCALES)):
        window.look.smaller()
    assert program.settings.settings.scale == SCALES[0]
    window.look.normal_size()
    assert window.look.theme.font_points == LIGHT.font_points
    program.settings.change(scale=1.33)
    window.look.larger()
    assert program.settings.settings.scale == 1.5


def test_numbers_and_motion_reach_the_window(program: Any, open_window: Callable[[], Window]) -> None:
    window = open_window()
    program.settings.change(digits=7, decimal_comma=True, reduce_motion=True, scale=1.5)
    theme = window.themes[-1]
    assert (theme.digits, theme.decimal_comma, theme.reduce_motion, theme.scale) == (7, True, True, 1.5)
    assert len(window.themes) == 1
    program.settings.change(recent=("/tmp/somewhere.nnviz",))
    assert len(window.themes) == 1


def test_the_command_lines_theme_counts_until_another_is_chosen(
    qapp: QApplication, program: Any, open_window: Callable[[], Window]
) -> None:
    program.theme = "dark"
    window = open_window()
    assert window.look.theme.name == "dark"
    assert program.settings.settings.theme == "light"
    program.settings.change(digits=5)
    assert window.themes[-1].name == "dark"
    window.look.use_light()
    assert window.themes[-1].name == "light"
    assert ground(qapp) == QColor(LIGHT.window)


def test_all_of_a_theme_comes_from_the_settings(desktop: Desktop) -> None:
    settings = SimpleNamespace(scale=2.0, digits=3, decimal_comma=True, reduce_motion=True)
    wanted = themed(DARK, scale=2.0, digits=3, decimal_comma=True, reduce_motion=True)
    assert theme_of(settings, "dark") == wanted  # type: ignore[arg-type]
    desktop.dark = True
    assert theme_of(settings, "system") == wanted  # type: ignore[arg-type]


def test_the_settings_open_once_and_a_new_project_can_begin_as_this_one(
    qtbot: QtBot, program: Any, open_window: Callable[[], Window]
) -> None:
    window = open_window()
    window.look.settings()
    dialog = window.look._dialog
    assert dialog is not None
    assert not dialog.isModal()
    window.look.settings()
    assert window.look._dialog is dialog
    dialog.use_project.click()
    assert from_plain(json.loads(program.settings.settings.new_project)) == window.document.spec
    assert "4–8–6" in dialog.begins_with.text()
    dialog.forget_project.click()
    assert program.settings.settings.new_project == ""
    dialog.leave.click()
    assert window.look._dialog is None
    window.look.settings()
    assert window.look._dialog is not dialog
