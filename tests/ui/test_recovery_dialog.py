"""The recovery dialog: says what there is, does what is checked, never by accident, and fits a small screen."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.journal_folders import recovery_folder
from nnviz.app.places import HOME
from nnviz.app.recovery import Offer, line
from nnviz.engine.problem import problem
from nnviz.formats.examples import load as load_example
from nnviz.formats.save import make_private_folder
from nnviz.ui.recovery_dialog import RecoveryDialog

HOSTILE = '<img src="file:///etc/passwd"><b>&amp;\nname'
SMALL = QRect(0, 0, 1024, 600)


def folders() -> list[str]:
    return sorted(path.name for path in recovery_folder().iterdir())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    make_private_folder(recovery_folder())


def offers(count: int = 3) -> tuple[Offer, ...]:
    found = []
    for number in range(count):
        folder = recovery_folder() / f"w{number}"
        folder.mkdir()
        (folder / "journal-0.jsonl").write_bytes(line(0, "start", "", load_example("xor").spec))
        path = Path(f"/home/somebody/{number}.nnviz") if number else None
        found.append(Offer(folder, f"window {number}", path, time.time() - 100 * 50**number, 12 * number, 345 * number, number))
    return tuple(found)


def open_dialog(qtbot: QtBot, found: tuple[Offer, ...]) -> RecoveryDialog:
    dialog = RecoveryDialog(found)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def texts(dialog: RecoveryDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def uncheck(dialog: RecoveryDialog, row: int) -> None:
    dialog.list.item(row).setCheckState(Qt.CheckState.Unchecked)


def answer(qtbot: QtBot, dialog: RecoveryDialog, button: QMessageBox.StandardButton) -> None:
    dialog.throw_away.click()
    (question,) = dialog.findChildren(QMessageBox)
    with qtbot.waitSignal(question.destroyed):
        question.button(button).click()


def test_each_line_says_name_file_age_and_progress(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, offers())
    assert texts(dialog) == [
        "window 0\n1 min ago",
        "window 1 – /home/somebody/1.nnviz\n1 h ago · epoch 12, step 345 · 1 edit after that",
        "window 2 – /home/somebody/2.nnviz\n2 d ago · epoch 24, step 690 · 2 edits after that",
    ]


def test_damage_and_a_missing_name_are_said(qtbot: QtBot) -> None:
    offer = Offer(Path("/nowhere"), " ", None, time.time(), 0, 0, 0, (problem("/nowhere/run-0.nnviz", "part-damaged", part="run.json"),))
    (text,) = texts(open_dialog(qtbot, (offer,)))
    assert text.startswith("Untitled\njust now\n") and "run.json" in text


def test_recover_hands_over_what_is_checked_and_closes(qtbot: QtBot) -> None:
    found = offers()
    dialog = open_dialog(qtbot, found)
    uncheck(dialog, 1)
    with qtbot.waitSignal(dialog.recovered) as signal:
        dialog.recover.click()
    assert signal.args == [[found[0], found[2]]]
    assert not dialog.isVisible() and folders() == ["w0", "w1", "w2"]


def test_deciding_later_and_escape_keep_everything(qtbot: QtBot) -> None:
    for leave in ("click", "escape"):
        dialog = open_dialog(qtbot, offers() if leave == "click" else (Offer(Path("/x"), "x", None, 0.0, 0, 0, 0),))
        with qtbot.assertNotEmitted(dialog.recovered):
            dialog.later.click() if leave == "click" else qtbot.keyClick(dialog.list, Qt.Key.Key_Escape)
        assert not dialog.isVisible() and folders() == ["w0", "w1", "w2"]


def test_discard_asks_and_deletes_only_what_is_checked(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, offers())
    uncheck(dialog, 2)
    answer(qtbot, dialog, QMessageBox.StandardButton.Cancel)
    assert folders() == ["w0", "w1", "w2"]
    answer(qtbot, dialog, QMessageBox.StandardButton.Discard)
    assert folders() == ["w2"] and dialog.isVisible() and len(texts(dialog)) == 1
    assert not dialog.recover.isEnabled() and not dialog.throw_away.isEnabled()
    dialog.list.item(0).setCheckState(Qt.CheckState.Checked)
    answer(qtbot, dialog, QMessageBox.StandardButton.Discard)
    assert folders() == [] and not dialog.isVisible()


def test_enter_in_the_question_deletes_nothing(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, offers(1))
    dialog.throw_away.click()
    (question,) = dialog.findChildren(QMessageBox)
    with qtbot.waitSignal(question.destroyed):
        qtbot.keyClick(question, Qt.Key.Key_Return)
    assert folders() == ["w0"]


def test_nothing_checked_leaves_nothing_to_do(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, offers(1))
    uncheck(dialog, 0)
    assert not dialog.recover.isEnabled() and not dialog.throw_away.isEnabled() and dialog.later.isEnabled()


def test_the_keyboard_reaches_everything(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, offers())
    assert dialog.list.hasFocus()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert [offer.name for offer in dialog.checked] == ["window 0", "window 2"]
    reached: set[QWidget | None] = set()
    for _ in range(6):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert {dialog.list, dialog.recover, dialog.throw_away, dialog.later} <= reached
    dialog.list.setFocus()
    with qtbot.waitSignal(dialog.recovered):
        qtbot.keyClick(dialog.list, Qt.Key.Key_Return)


def test_hostile_names_are_shown_literally(qtbot: QtBot) -> None:
    offer = Offer(Path("/x"), HOSTILE, Path(HOSTILE), 0.0, 0, 0, 0)
    dialog = open_dialog(qtbot, (offer,))
    name, file = HOSTILE.replace("\n", " "), str(Path(HOSTILE)).replace("\n", " ")
    assert texts(dialog)[0].splitlines()[0] == f"{name} – {file}"
    assert dialog.words.textFormat() is Qt.TextFormat.PlainText


def test_it_fits_a_small_screen_with_type_twice_as_large(qtbot: QtBot, qapp: QApplication) -> None:
    usual = qapp.font()
    try:
        large = QFont(usual)
        large.setPointSizeF(2 * 9.5)
        qapp.setFont(large)
        dialog = open_dialog(qtbot, tuple(Offer(Path("/x"), f"name {n} " * 20, Path("/" + "long/" * 60), 0.0, 1, 1, 1) for n in range(30)))
        assert dialog.minimumSizeHint().width() <= SMALL.width() and dialog.minimumSizeHint().height() <= SMALL.height() - 40
        dialog.resize(SMALL.width(), SMALL.height() - 40)
        inside = dialog.rect()
        for button in (dialog.recover, dialog.throw_away, dialog.later):
            place = QRect(button.mapTo(dialog, button.rect().topLeft()), button.size())
            assert inside.contains(place) and button.width() >= button.sizeHint().width() - 1
        assert dialog.list.height() >= 2 * dialog.fontMetrics().height()
    finally:
        qapp.setFont(usual)


def test_it_follows_the_language(qtbot: QtBot) -> None:
    dialog = open_dialog(qtbot, offers(1))
    dialog.recover.setText("")
    QApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
    assert dialog.recover.text() == "&Recover"


def test_work_older_than_its_file_is_said_to_be_so(qtbot: QtBot) -> None:
    since = time.mktime((2026, 3, 4, 15, 16, 0, 0, 0, -1))
    offer = Offer(Path("/x"), "mine", Path("/y/mine.nnviz"), time.time(), 0, 0, 1, saved_since=since)
    (text,) = texts(open_dialog(qtbot, (offer,)))
    assert "The file has been saved since (2026-03-04 15:16); this is older and opens as a copy" in text
