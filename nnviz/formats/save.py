"""All that writes files. After `save` the file is the new one, whole, or the old one, untouched.

Temporary file in the same folder, write, compare length, fsync, verify by reading back, keep the previous file as
backup, replace in one move, fsync the folder. A full disk, a kill or a power cut at any point leaves no torn file.
`append` adds a line to a journal.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from pathlib import Path

from nnviz.engine.problem import ProblemError, problem

BACKUP = ".bak"
LONGEST_NAME = 255
_CHUNK = 1 << 20
# A link may lead elsewhere, and a pipe that nobody reads would keep the program waiting; Windows knows neither flag.
_ONLY_FILES = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_CANNOT_FSYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, *_FORBIDDEN}


class SaveError(ProblemError):
    """A file was not saved, or not for certain; the problem says so where the new one is there all the same."""


def save(path: str | Path, data: bytes) -> None:
    """Write `data` to `path`; a file that is there is replaced and kept with ".bak" behind its name.

    Raises:
        SaveError: it could not be written; no half-written file is left.
    """
    target = _target(path)
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        _write(temporary, data)
        _verify(temporary, data, target)
        _keep(target, temporary)
        os.replace(temporary, target)
    except OSError as error:
        raise _explained(target, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    try:
        _fsync_folder(target.parent)
    except OSError as error:
        raise SaveError(problem(str(target), "save-unsure", reason=error.strerror or str(error))) from error


def append(path: Path, data: bytes) -> None:
    """Add a line to the end of a file that only its owner may read; made if it is not there.

    When this returns, the line is with the system and outlives this program. A line that does not fit is taken back.

    Raises:
        SaveError: it could not be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _ONLY_FILES, 0o600)
        try:
            _append(handle, data, path)
        finally:
            os.close(handle)
    except (OSError, ValueError) as error:
        raise _explained(path, error) from error


def _append(handle: int, data: bytes, path: Path) -> None:
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        raise SaveError(problem(str(path), "save-not-a-file"))
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, found.st_size)
        raise


def make_private_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter, if it is not there; return it.

    Raises:
        SaveError: it cannot be made, or cannot be closed to others.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(path.stat().st_mode) != 0o700:
            path.chmod(0o700)
    except (OSError, ValueError) as error:
        raise SaveError(problem(str(path), "folder-not-made", reason=getattr(error, "strerror", None) or str(error))) from error
    return path


def _target(path: str | Path) -> Path:
    """Return where the bytes go, through links; refuse what no file can be written to."""
    try:
        target = Path(os.path.realpath(path))
        mode = target.stat().st_mode if target.exists() else None
    except (OSError, ValueError) as error:
        raise _explained(Path(path), error) from error
    if mode is not None and stat.S_ISDIR(mode):
        raise SaveError(problem(str(path), "save-is-folder"))
    if target.is_symlink() or (mode is not None and not stat.S_ISREG(mode)):
        raise SaveError(problem(str(path), "save-not-a-file"))
    if not target.parent.is_dir():
        raise _no_folder(str(path), target.parent)
    if len(os.fsencode(target.name + BACKUP)) > LONGEST_NAME:
        raise SaveError(problem(str(path), "save-name-too-long"))
    if mode is not None and not os.access(target, os.W_OK):
        raise SaveError(problem(str(path), "save-not-writable", folder=str(target.parent)))
    return target


def _write(temporary: Path, data: bytes) -> None:
    with open(temporary, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _verify(temporary: Path, data: bytes, target: Path) -> None:
    """Compare what reached the disk with what was meant, length first: a full disk may cut a file without an error."""
    if os.stat(temporary).st_size != len(data):
        raise _not_verified(target)
    expected = memoryview(data)
    with open(temporary, "rb") as file:
        for start in range(0, len(data), _CHUNK):
            if file.read(_CHUNK) != expected[start : start + _CHUNK]:
                raise _not_verified(target)


def _keep(target: Path, temporary: Path) -> None:
    """Give the file that is there a second name, the backup's, by link or else by copy; it never leaves its place."""
    if not target.exists():
        return
    shutil.copymode(target, temporary)
    second = temporary.with_suffix(BACKUP)
    try:
        try:
            os.link(target, second)
        except (OSError, NotImplementedError):
            shutil.copy2(target, second)
        os.replace(second, target.with_name(target.name + BACKUP))
    finally:
        with contextlib.suppress(OSError):
            second.unlink(missing_ok=True)


def _fsync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, on systems that let folders be synchronised."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        if error.errno in _CANNOT_FSYNC:
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT_FSYNC:
            raise
    finally:
        os.close(handle)


def _explained(target: Path, error: OSError | ValueError) -> SaveError:
    where, code, kept = str(target), getattr(error, "errno", None), _exists(target)
    if code in _FULL:
        return SaveError(problem(where, "save-disk-full-kept" if kept else "save-disk-full"))
    if code in _FORBIDDEN:
        return SaveError(problem(where, "save-not-writable", folder=str(target.parent)))
    if code == errno.ENAMETOOLONG:
        return SaveError(problem(where, "save-name-too-long"))
    if code in (errno.ENOENT, errno.ENOTDIR) and not target.parent.is_dir():
        return _no_folder(where, target.parent)
    key = "save-failed-kept" if kept else "save-failed"
    return SaveError(problem(where, key, reason=getattr(error, "strerror", None) or str(error)))


def _not_verified(target: Path) -> SaveError:
    return SaveError(problem(str(target), "save-not-verified-kept" if target.exists() else "save-not-verified"))


def _no_folder(where: str, folder: Path) -> SaveError:
    """Say why the folder is none: it, or one above it, is a file, or it is not there."""
    for place in (folder, *folder.parents):
        if place.is_file():
            return SaveError(problem(where, "save-folder-is-file", folder=str(place)))
    return SaveError(problem(where, "save-folder-missing", folder=str(folder)))


def _exists(path: Path) -> bool:
    """Tell whether it is there; a name that cannot be one is not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
