"""Changes are told at once, saved soon, together with what another nnviz saved; a saving that fails is told once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from nnviz.app import settings as settings_module
from nnviz.app.places import config_folder
from nnviz.app.settings import SOON, Settings, SettingsStore
from nnviz.app.settings_file import read_settings, to_bytes
from nnviz.engine.problem import problem
from nnviz.formats.save import SaveError

Open = Callable[[], SettingsStore]


@pytest.fixture
def open_store(qapp: object) -> Iterator[Open]:
    """Open stores on one file, as each running nnviz has one."""
    opened: list[SettingsStore] = []

    def open_() -> SettingsStore:
        opened.append(SettingsStore())
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


def path() -> Path:
    return config_folder() / "settings.json"


def saved() -> Settings:
    found, faults = read_settings(path())
    assert not faults
    return found


def test_a_change_is_told_at_once_and_saved_soon(open_store: Open, qtbot: QtBot) -> None:
    store = open_store()
    with qtbot.waitSignal(store.changed) as told:
        store.change(theme="dark", scale=1.5)
    assert told.args == [store.settings]
    assert (store.settings.theme, store.settings.scale) == ("dark", 1.5)
    assert not path().exists()
    qtbot.waitUntil(path().exists, timeout=3000)
    assert saved() == store.settings == Settings(theme="dark", scale=1.5)
    assert open_store().settings == store.settings


def test_what_changes_nothing_is_not_told(open_store: Open, qtbot: QtBot) -> None:
    store = open_store()
    with qtbot.assertNotEmitted(store.changed):
        store.change(theme="light", scale=1.0)
    store.close()
    assert not path().exists()


def test_many_changes_are_one_saving_off_the_gui_thread(open_store: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    save = settings_module.save

    def noted(*arguments: Any) -> None:
        threads.append(threading.current_thread())
        save(*arguments)

    monkeypatch.setattr(settings_module, "save", noted)
    store = open_store()
    for scale in range(70, 250):
        store.change(scale=scale / 100)
    qtbot.waitUntil(lambda: bool(threads), timeout=3000)
    qtbot.waitUntil(path().exists)
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
    assert saved().scale == 2.49


def test_closing_saves_what_is_not_saved_yet(open_store: Open) -> None:
    store = open_store()
    store.change(digits=7)
    store.close()
    assert saved().digits == 7
    store.change(digits=8)  # such as the layout of a window that closes last
    store.close()
    assert saved().digits == 8


def test_closing_in_the_middle_of_a_saving_loses_nothing(open_store: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []
    save = settings_module.save

    def slow(*arguments: Any) -> None:
        begun.append(True)
        time.sleep(0.1)
        save(*arguments)

    monkeypatch.setattr(settings_module, "save", slow)
    store = open_store()
    store.change(digits=7)
    qtbot.waitUntil(lambda: bool(begun), timeout=3000)
    store.change(theme="dark")
    store.close()
    assert (saved().digits, saved().theme) == (7, "dark")


def test_closing_while_a_saving_fails_tries_once_more(open_store: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    put(to_bytes(Settings(language="en")))
    begun: list[bool] = []
    save = settings_module.save

    def fail_at_first(*arguments: Any) -> None:
        begun.append(True)
        if len(begun) == 1:
            time.sleep(0.1)
            raise SaveError(problem("settings.json", "save-disk-full"))
        save(*arguments)

    monkeypatch.setattr(settings_module, "save", fail_at_first)
    store = open_store()
    store.change(digits=7)
    qtbot.waitUntil(lambda: bool(begun), timeout=3000)
    store.change(theme="dark")
    store.close()
    assert (saved().digits, saved().theme) == (7, "dark")


def test_a_change_during_a_saving_is_saved_after_it(open_store: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []
    go_on = threading.Event()
    save = settings_module.save

    def held_up(*arguments: Any) -> None:
        begun.append(True)
        go_on.wait(10)
        save(*arguments)

    monkeypatch.setattr(settings_module, "save", held_up)
    store = open_store()
    store.change(digits=7)
    qtbot.waitUntil(lambda: bool(begun), timeout=3000)
    store.change(digits=8)
    until = time.monotonic() + 2.5 * SOON / 1000
    qtbot.waitUntil(lambda: time.monotonic() > until)
    assert len(begun) == 1
    go_on.set()
    qtbot.waitUntil(lambda: path().exists() and saved().digits == 8, timeout=5000)
    assert len(begun) == 2


@pytest.mark.parametrize("values", [{"theme": "pink"}, {"scale": 9}, {"digits": True}, {"font": 3}, {"keys": "a"}, {"language": "../en"}])
def test_what_is_no_setting_is_refused_and_changes_nothing(open_store: Open, values: dict[str, Any]) -> None:
    store = open_store()
    with pytest.raises(ValueError, match="not valid"):
        store.change(**values, decimal_comma=True)
    assert store.settings == Settings()


# -- files last used ------------------------------------------------------------------------------------------------


def test_recent_files_newest_first(open_store: Open) -> None:
    store = open_store()
    for number in [*range(12), 5]:
        store.remember_recent(Path(f"/{number}"))
    assert store.settings.recent == ("/5", "/11", "/10", "/9", "/8", "/7", "/6", "/4", "/3", "/2")
    store.forget_recent()
    assert store.settings.recent == ()


def test_recent_files_are_whole_paths(open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store()
    store.remember_recent("a.nnviz")
    assert store.settings.recent == (str(tmp_path / "a.nnviz"),)


@pytest.mark.parametrize("name", [os.fsdecode(b"/a\xff.nnviz"), "/a\0b", "/" + "x" * 5000])
def test_names_that_cannot_be_kept_are_passed_over(open_store: Open, name: str) -> None:
    store = open_store()
    store.remember_recent(name)
    assert store.settings.recent == ()


def test_two_running_at_once_keep_each_others_files_and_settings(open_store: Open, qtbot: QtBot) -> None:
    one, other = open_store(), open_store()
    one.remember_recent("/one")
    one.change(theme="dark")
    qtbot.waitUntil(path().exists, timeout=3000)
    other.remember_recent("/other")
    other.change(digits=8)
    qtbot.waitUntil(lambda: saved().digits == 8, timeout=3000)
    assert saved() == Settings(theme="dark", digits=8, recent=("/other", "/one"))
    qtbot.waitUntil(lambda: other.settings.recent == ("/other", "/one"))
    assert other.settings.theme == "light"  # nobody changed it in that window
    one.remember_recent("/two")
    one.close()
    assert saved().recent == ("/two", "/other", "/one")


def test_the_list_is_emptied_for_all(open_store: Open) -> None:
    one, other = open_store(), open_store()
    one.remember_recent("/one")
    one.close()
    other.remember_recent("/other")
    other.forget_recent()
    other.remember_recent("/later")
    other.close()
    assert saved().recent == ("/later",)


# -- faults ---------------------------------------------------------------------------------------------------------


def put(data: bytes) -> None:
    path().write_bytes(data)


def test_a_wrong_setting_is_named_at_one_start_only(open_store: Open, qtbot: QtBot) -> None:
    put(to_bytes(Settings(digits=8)).replace(b'"light"', b'"pink"'))
    store = open_store()
    assert len(store.problems) == 1
    assert store.settings == Settings(digits=8)
    qtbot.waitUntil(lambda: json.loads(path().read_bytes())["theme"] == "light", timeout=3000)
    assert open_store().problems == ()


def test_also_when_it_is_closed_at_once(open_store: Open) -> None:
    put(b'{"scale": 100}')
    store = open_store()
    store.close()
    assert saved() == Settings()


def test_a_file_damaged_meanwhile_does_not_cost_the_other_settings(open_store: Open) -> None:
    put(to_bytes(Settings(digits=8, theme="dark")))
    store = open_store()
    put(b"{")
    store.change(scale=2.0)
    store.close()
    assert saved() == Settings(digits=8, theme="dark", scale=2.0)


def test_a_failure_to_save_is_told_once_until_it_works_again(open_store: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    full: list[bool] = [True]
    tries: list[bool] = []
    save = settings_module.save

    def maybe(*arguments: Any) -> None:
        tries.append(full[0])
        if full[0]:
            raise SaveError(problem("settings.json", "save-disk-full"))
        save(*arguments)

    monkeypatch.setattr(settings_module, "save", maybe)
    put(to_bytes(Settings()))
    store = open_store()
    told: list[Any] = []
    store.not_saved.connect(told.append)
    for digits in (5, 6, 7):
        store.change(digits=digits)
        qtbot.waitUntil(lambda tried=digits - 4: len(tries) == tried, timeout=3000)
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0][0].message.key == "problem.save-disk-full"
    full[0] = False
    store.change(theme="dark")
    qtbot.waitUntil(lambda: saved().theme == "dark", timeout=3000)
    assert saved() == Settings(digits=7, theme="dark")  # also what was not saved before
    qtbot.waitUntil(lambda: not store._jobs.running)
    full[0] = True
    store.change(digits=9)
    store.close()
    assert len(told) == 2


def test_a_folder_that_cannot_be_written_never_raises(open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("NNVIZ_HOME", str(tmp_path / "file"))
    store = open_store()
    told: list[Any] = []
    store.not_saved.connect(told.append)
    store.change(theme="dark")
    store.close()
    assert store.settings.theme == "dark"
    assert len(told) == 1


# -- the same everywhere --------------------------------------------------------------------------------------------

LOCALES = ["C", "en_US", "de_DE", "fr_FR", "de_CH", "ar_EG", "hi_IN", "zh_CN"]
ANY = {"scale": 1.1, "digits": 10, "decimal_comma": True, "recent": ["/Übung/نموذج/模型.nnviz"], "keys": {"train": ["Ctrl+Ü"]}}
SCRIPT = """
import json, sys
from PySide6.QtCore import QCoreApplication
from nnviz.app.settings import SettingsStore
application = QCoreApplication([])
store = SettingsStore()
store.change(**json.loads(sys.stdin.buffer.read().decode("utf-8")))
store.close()
"""


def test_the_file_is_the_same_in_every_locale(open_store: Open) -> None:
    usual, found = QLocale(), []
    try:
        for name in LOCALES:
            QLocale.setDefault(QLocale(name))
            path().unlink(missing_ok=True)
            store = open_store()
            store.change(**ANY)
            store.close()
            found.append(path().read_bytes())
    finally:
        QLocale.setDefault(usual)
    assert len(set(found)) == 1
    assert "模型".encode() in found[0]
    assert b"1.1" in found[0]


@pytest.mark.parametrize("name", ["C", "C.UTF-8", "POSIX"])
def test_also_where_python_runs_in_another(open_store: Open, tmp_path: Path, name: str) -> None:
    environment = {**os.environ, "LC_ALL": name, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "NNVIZ_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], input=json.dumps(ANY).encode(), capture_output=True, env=environment, timeout=30)
    assert done.returncode == 0, done.stderr
    store = open_store()
    store.change(**ANY)
    store.close()
    assert (tmp_path / "config" / "settings.json").read_bytes() == path().read_bytes()


def test_a_start_reads_them_quickly(open_store: Open) -> None:
    put(to_bytes(Settings(recent=tuple(f"/{number}" for number in range(10)), layout="AAEC" * 2000)))
    began = time.thread_time()
    store = open_store()
    assert time.thread_time() - began < 0.05
    assert len(store.settings.recent) == 10
