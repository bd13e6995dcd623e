"""Whether a window can be opened, found out before Qt is asked: Qt aborts the process where it cannot.

`python -m nnviz.cli.display` says what is missing and exits with 1; the Makefile asks it.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from nnviz.cli.errors import DONE, FAILED, nearest, report
from nnviz.engine.problem import Problem, problem

TIMEOUT = 2.0  # seconds; a display over the network answers in a fraction of one
ATTEMPTS, PAUSE = 5, 0.2
X_PORT = 6000
# Platforms that need no trial: they run anywhere, or what they need is looked at here.
TRUSTED = ("offscreen", "minimal", "xcb", "wayland", "windows", "cocoa")
TRIAL_TIMEOUT = 15.0
_TRIAL = "from PySide6.QtWidgets import QApplication, QWidget; a = QApplication([]); w = QWidget(); w.show(); w.grab()"
# Versions of PySide6 that crash or break what nnviz uses (design, dependencies); the first only below Python 3.12.
_ABORTS_BELOW_312 = (6, 12)
_BROKEN = ((6, 9, 1), (6, 11, 0), (6, 11, 1))


def window_problem() -> Problem | None:
    """Return why no window can be opened here, None where one can."""
    return qt_problem() or display_problem()


def qt_problem() -> Problem | None:
    """Return why this Qt cannot be used: it does not load, or is known to crash."""
    try:
        import PySide6.QtWidgets
    except ImportError as error:
        return problem("PySide6", "qt-missing", reason=str(error))
    version = PySide6.__version__
    if is_bad(version, sys.version_info[:2]):
        return problem("PySide6", "qt-bad", version=version)
    return None


def is_bad(version: str, python: tuple[int, int]) -> bool:
    """Tell whether this PySide6 on this Python is known to crash or to break the window."""
    parts = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    return parts in _BROKEN or (parts[:2] == _ABORTS_BELOW_312 and python < (3, 12))


def display_problem() -> Problem | None:
    """Return why there is no display to show a window on; a platform the user chose is taken at its word."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        name = re.split("[;:]", chosen)[0]
        known = _platforms()
        if known and name not in known:
            return problem("QT_QPA_PLATFORM", "unknown-platform", name=name, nearest=nearest(name, known))
        if name not in TRUSTED:
            return _trial_problem(name)
        return _x_problem() if name == "xcb" else _wayland_problem() if name == "wayland" else None
    if sys.platform in ("win32", "darwin"):
        return None
    wayland, x = _wayland_problem(), _x_problem()
    if wayland is None or x is None:
        return None
    return wayland if os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY") else x


def _trial_problem(name: str) -> Problem | None:
    """Open a window in a process of its own: most platforms need hardware that may not be there, and Qt aborts without it."""
    try:
        done = subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, timeout=TRIAL_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return problem("QT_QPA_PLATFORM", "platform-fails", name=name, reason="no answer")
    if done.returncode == 0:
        return None
    said = done.stderr.decode(errors="replace").split("\n\n")[0].split("\n")[0].strip().rstrip(".")
    return problem("QT_QPA_PLATFORM", "platform-fails", name=name, reason=said or f"exit code {done.returncode}")


def _wayland_problem() -> Problem | None:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/run/user/none")) / name  # an absolute name replaces the folder
    if name and _answers(socket.AF_UNIX, str(path)):
        return None
    return problem("WAYLAND_DISPLAY", "display-stale", display=name) if name else problem("", "no-display")


def _x_problem() -> Problem | None:
    """Connect as Qt will: first to the socket, which cannot hang, then by libxcb, which knows about access rights."""
    name = os.environ.get("DISPLAY", "")
    if not name:
        return problem("", "no-display")
    match = re.fullmatch(r"(.*):(\d+)(\.\d+)?", name)
    if match is None or not _reaches(match[1], int(match[2])) or not _xcb_connects():
        return problem("DISPLAY", "display-stale", display=name)
    return _plugin_problem("libqxcb.so")


def _reaches(host: str, number: int) -> bool:
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return _answers(socket.AF_UNIX, path) or _answers(socket.AF_UNIX, f"\0{path}")
    if host.startswith("/"):
        return _answers(socket.AF_UNIX, f"{host}:{number}")
    return _answers(socket.AF_INET, (host, X_PORT + number))


def _answers(family: int, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(address)
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _xcb_connects() -> bool:
    """Connect for good: a server whose last client leaves (Xvfb, say) starts anew, and Qt would run into that.

    For the same reason a refusal counts only when it is repeated.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # then Qt's own plugin says what is missing
    xcb.xcb_connect.restype = ctypes.c_void_p
    with _stderr_closed():
        for _ in range(ATTEMPTS):
            connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
            if not xcb.xcb_connection_has_error(connection):
                return True
            xcb.xcb_disconnect(connection)
            time.sleep(PAUSE)
    return False


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Keep the C library's own remarks from the terminal: the one sentence comes afterwards."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _plugin_problem(name: str) -> Problem | None:
    """Load the plugin as Qt will: where a system library is missing, the loader names it and Qt would abort."""
    plugin = _plugin_folder() / name
    try:
        if plugin.exists():
            ctypes.CDLL(str(plugin))
    except OSError as error:
        return problem(str(plugin), "qt-missing", reason=str(error))
    return None


def _platforms() -> list[str]:
    plugins = [path for path in _plugin_folder().glob("*q*") if path.suffix in (".so", ".dll", ".dylib")]
    return sorted(path.stem.removeprefix("lib").removeprefix("q") for path in plugins)


def _plugin_folder() -> Path:
    found = find_spec("PySide6")
    return Path(found.origin).parent / "Qt" / "plugins" / "platforms" if found and found.origin else Path("none")


def main() -> int:
    """Say what stands in the way of a window, if anything does."""
    found = window_problem()
    if found is None:
        return DONE
    report([found], as_json=False)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
