"""The folders that journals are kept in: their names, who holds them, and how they are deleted."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from secrets import token_hex

from PySide6.QtCore import QLockFile

from nnviz.app.places import data_folder

LOCK, GONE = ".lock", ".gone"


def recovery_folder() -> Path:
    """Return the folder of all journals."""
    return data_folder() / "recovery"


def new_folder() -> Path:
    """Return a name that no other journal has."""
    return recovery_folder() / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{token_hex(4)}"


def inside(folder: Path) -> list[Path]:
    """Return what is in a folder, without links: what they point at is not of the journal."""
    try:
        return sorted(path for path in folder.iterdir() if not path.is_symlink())
    except (OSError, ValueError):
        return []


def claim(folder: Path) -> QLockFile | None:
    """Return the held lock of a journal; None while the program that holds it lives."""
    lock = QLockFile(f"{folder}{LOCK}")
    lock.setStaleLockTime(0)  # never by age: a computer may sleep for days with the window open
    if lock.tryLock(0):
        return lock
    # A torn lock file names no process, and another process may have got the number of the dead one: ask the system itself.
    freed = lock.error() is QLockFile.LockError.LockFailedError and lock.removeStaleLockFile() and lock.tryLock(0)
    return lock if freed else None


def remove(folder: Path) -> None:
    """Delete a journal of which the lock is held; renamed at first, so that no half of it is ever offered."""
    gone = folder.with_name(folder.name + GONE)
    try:
        folder.rename(gone)
    except OSError:  # not there, or the disk is read-only, and then nothing can be deleted
        gone = folder
    shutil.rmtree(gone, ignore_errors=True)
