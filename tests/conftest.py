"""Every test runs offscreen, with one BLAS thread and settings of its own, and leaves nothing behind.

A test that uses Qt fails when it leaves a top-level widget, a running thread or animation, or an active timer; the
failure says which, and where it was started. A Qt warning fails a test too (`qt_log_level_fail` in pyproject.toml), and
so does an exception in a slot or a paint, for which pytest-qt watches `sys.excepthook`.
"""

from __future__ import annotations

import gc
import itertools
import os
import sys
import tempfile
import traceback
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nnviz  # sets the BLAS threads, before anything loads NumPy

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(nnviz.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
_HOME = tempfile.TemporaryDirectory(prefix="nnviz-tests-")
for _name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
    os.environ[_name] = str(Path(_HOME.name) / _name.lower())
os.environ["NNVIZ_HOME"] = str(Path(_HOME.name) / "nnviz")
_NUMBER = itertools.count()

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

# A push is judged by the same cases wherever it is run (100 of each property); `make campaign` draws new ones.
settings.register_profile("push", derandomize=True, deadline=None)
settings.register_profile("campaign", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "push"))

Starts = list[tuple[weakref.ref[Any], list[traceback.FrameSummary]]]  # what was started, and by which lines

# What a test may leave: the one tooltip of the application is kept by Qt itself.
_KEPT_BY_QT = {"QTipLabel"}


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a folder of its own for nnviz's settings, journals and logs, and one for Qt's settings."""
    monkeypatch.setenv("NNVIZ_HOME", str(Path(_HOME.name) / f"nnviz-{next(_NUMBER)}"))
    if "qapp" in request.fixturenames:
        from PySide6.QtCore import QSettings

        folder = str(tmp_path_factory.mktemp("settings"))
        for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(form, QSettings.Scope.UserScope, folder)


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that uses Qt and leaves something alive or running; end what it left."""
    if "qapp" not in request.fixturenames:
        yield
        return
    application = request.getfixturevalue("qapp")
    hook, before = sys.excepthook, set(application.topLevelWidgets())
    gc.freeze()  # else looking for cycles goes through everything that thousands of tests have imported, again and again
    gc.disable()  # as the program does: collecting in the middle of Qt's work can crash it
    with pytest.MonkeyPatch.context() as patch:
        started = _record_starts(patch)
        yield
    gc.collect()  # what only a reference cycle keeps alive is no leak
    gc.enable()
    left = _left(application, before, started)
    # pytest-qt puts Python's own back after a failure; pyqtgraph puts one in front when it is first imported.
    replaced = sys.excepthook not in (hook, sys.__excepthook__) and not sys.excepthook.__module__.startswith("pyqtgraph")
    sys.excepthook = hook
    for _, end in left:
        end()
    words = [what for what, _ in left] + ["sys.excepthook, replaced and not put back"] * replaced
    if words:
        pytest.fail("the test left behind:\n" + "\n".join(words), pytrace=False)


def _record_starts(patch: pytest.MonkeyPatch) -> Starts:
    """Note the stack of every start of a thread, timer or animation; return the list that grows."""
    from PySide6.QtCore import QAbstractAnimation, QThread, QTimer

    started: Starts = []

    def recorded(original: Callable[..., Any]) -> Callable[..., Any]:
        def start(self: Any, *args: Any, **keywords: Any) -> Any:
            started.append((weakref.ref(self), _callers()))
            return original(self, *args, **keywords)

        return start

    for kind in (QThread, QTimer, QAbstractAnimation):
        patch.setattr(kind, "start", recorded(kind.start))
    return started


def _callers() -> list[traceback.FrameSummary]:
    """Return the three nearest places that led to a start; their lines are only read when they are told."""
    places = ((frame.f_code, line) for frame, line in traceback.walk_stack(sys._getframe(2)))
    nearest = list(itertools.islice(((code, line) for code, line in places if "site-packages" not in code.co_filename), 3))
    return [traceback.FrameSummary(code.co_filename, line, code.co_name, lookup_line=False) for code, line in reversed(nearest)]


def _left(application: Any, before: set[Any], started: Starts) -> list[tuple[str, Callable[[], Any]]]:
    """Return what is still there: a description and how to end it."""
    from PySide6.QtCore import QEvent
    from shiboken6 import Shiboken

    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found: dict[int, tuple[str, Callable[[], Any]]] = {}
    for reference, where in started:
        item = reference()
        if item is not None and Shiboken.isValid(item) and _running(item):
            found[id(item)] = (f"{item!r}, started\n{''.join(traceback.format_list(where))}", lambda item=item: _end(item))
    for widget in application.topLevelWidgets():
        if widget not in before and type(widget).__name__ not in _KEPT_BY_QT:
            found[id(widget)] = (f"{widget!r}, titled {widget.windowTitle()!r}, {len(widget.children())} children", widget.deleteLater)
    return list(found.values())


def _running(item: Any) -> bool:
    from PySide6.QtCore import QAbstractAnimation, QThread, QTimer

    if isinstance(item, QThread):
        return item.isRunning()
    if isinstance(item, QTimer):
        return item.isActive()
    return item.state() == QAbstractAnimation.State.Running


def _end(item: Any) -> None:
    from PySide6.QtCore import QThread

    if isinstance(item, QThread):
        item.quit()
        item.wait(2000)
    else:
        item.stop()
