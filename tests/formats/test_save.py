"""The one save: afterwards the file is the new one, whole, or the old one, untouched, whatever the system does."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.formats import save as module
from nnviz.formats.save import SaveError, save

OLD, NEW = b"old bytes", b"new bytes, more of them"


def refusal(path: str | Path, data: bytes = NEW) -> str:
    with pytest.raises(SaveError) as caught:
        save(path, data)
    (found,) = caught.value.problems
    assert found.where
    return found.message.key.removeprefix("problem.")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "run.nnviz"
    path.write_bytes(OLD)
    return path


@settings(max_examples=20)
@given(data=st.binary(max_size=5000))
def test_what_was_saved_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("save") / "file"
    save(path, data)
    assert files(path.parent) == {"file": data}


def test_the_previous_file_is_kept_as_backup(target: Path) -> None:
    save(target, NEW)
    assert files(target.parent) == {"run.nnviz": NEW, "run.nnviz.bak": OLD}
    save(str(target), b"third")
    assert files(target.parent) == {"run.nnviz": b"third", "run.nnviz.bak": NEW}


def test_files_longer_than_a_chunk_are_verified_to_the_end(tmp_path: Path) -> None:
    data = os.urandom(2 * 1024 * 1024 + 7)
    save(tmp_path / "big", data)
    assert files(tmp_path) == {"big": data}


@pytest.mark.parametrize("name", ["网络 ∂L∕∂w.nnviz", "emoji 🧠", "-rf", "a" * 251, "with space ", ".hidden", "ü" * 125])
def test_any_name_is_a_name(tmp_path: Path, name: str) -> None:
    for data in (OLD, NEW):
        save(tmp_path / name, data)
    assert files(tmp_path) == {name: NEW, f"{name}.bak": OLD}


@pytest.mark.parametrize("name", ["a" * 252, "a" * 255, "a" * 256, "字" * 100, "a" * 5000])
def test_a_name_too_long_is_refused_from_the_first_save_on(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path / name) == "save-name-too-long"
    assert files(tmp_path) == {}


def test_where_no_file_can_be(tmp_path: Path, target: Path) -> None:
    assert refusal(tmp_path) == "save-is-folder"
    assert refusal("/") == "save-is-folder"
    assert refusal(tmp_path / "gone" / "run.nnviz") == "save-folder-missing"
    assert refusal(target / "run.nnviz") == "save-folder-is-file"
    assert refusal(target / "below" / "run.nnviz") == "save-folder-is-file"
    assert refusal("/dev/null") == "save-not-a-file"
    assert refusal(tmp_path / "a\0b") == "save-failed"
    assert files(tmp_path) == {"run.nnviz": OLD}


def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == "save-not-a-file"
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_link_stays_a_link(target: Path) -> None:
    link = target.with_name("link")
    link.symlink_to(target)
    save(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert refusal(tmp_path / "a") == "save-not-a-file"


def test_rights_stay_as_they_were_and_new_files_follow_the_umask(target: Path) -> None:
    target.chmod(0o640)
    save(target, NEW)
    save(target.with_name("new"), NEW)
    (target.parent / "other").write_bytes(b"")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert (target.parent / "new").stat().st_mode == (target.parent / "other").stat().st_mode


def test_a_read_only_file_is_not_overwritten(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root, who may run this, may write everything
    assert refusal(target) == "save-not-writable"
    assert files(target.parent) == {"run.nnviz": OLD}


def failing(code: int) -> Callable[..., Any]:
    """Return a system call that fails."""

    def call(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return call


class Disk:
    """A stand-in for an open file that fails at its n-th use, after having taken half of what it was given."""

    def __init__(self, file: Any, operation: str, code: int) -> None:
        self._file, self._operation, self._code = file, operation, code

    def __enter__(self) -> Disk:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def fileno(self) -> int:
        return int(self._file.fileno())

    def _do(self, operation: str, *values: Any) -> Any:
        if operation == self._operation:
            if operation == "write":
                self._file.write(values[0][: len(values[0]) // 2])
            raise OSError(self._code, os.strerror(self._code))
        return getattr(self._file, operation)(*values)

    def write(self, data: bytes) -> Any:
        return self._do("write", data)

    def flush(self) -> Any:
        return self._do("flush")

    def read(self, size: int) -> Any:
        return self._do("read", size)


def planted() -> Iterator[tuple[str, Callable[[pytest.MonkeyPatch, int], None]]]:
    """Yield every system call of a save with what makes it fail."""
    for name in ("fsync", "replace", "stat"):
        yield f"os.{name}", lambda patch, code, name=name: patch.setattr(module.os, name, failing(code))
    yield "shutil.copymode", lambda patch, code: patch.setattr(shutil, "copymode", failing(code))
    yield "open", lambda patch, code: patch.setattr("builtins.open", failing(code))
    for operation in ("write", "flush", "read"):

        def plant(patch: pytest.MonkeyPatch, code: int, operation: str = operation) -> None:
            real = open
            patch.setattr(module, "open", lambda *values: Disk(real(*values), operation, code), raising=False)

        yield f"file.{operation}", plant

    def both(patch: pytest.MonkeyPatch, code: int) -> None:
        patch.setattr(module.os, "link", failing(errno.EPERM))
        patch.setattr(shutil, "copy2", failing(code))

    yield "os.link and shutil.copy2", both


PLANTED = dict(planted())
CODES = {
    errno.ENOSPC: "save-disk-full",
    errno.EDQUOT: "save-disk-full",
    errno.EACCES: "save-not-writable",
    errno.EROFS: "save-not-writable",
    errno.EIO: "save-failed",
    errno.ENOENT: "save-failed",
}


@pytest.mark.parametrize("call", PLANTED)
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("existing", [True, False])
def test_a_failing_system_call_leaves_the_old_file_and_nothing_else(tmp_path: Path, call: str, code: int, existing: bool) -> None:
    target = tmp_path / "run.nnviz"
    if existing:
        target.write_bytes(OLD)
    elif call in ("shutil.copymode", "os.link and shutil.copy2"):
        save(target, NEW)  # these are only called where there is a file: nothing to plant
        return
    with pytest.MonkeyPatch.context() as patch:
        PLANTED[call](patch, code)
        key = refusal(target)
    kept = existing and CODES[code] in ("save-disk-full", "save-failed")
    expected = f"{CODES[code]}-kept" if kept else CODES[code]
    # Without os.stat nothing can be known of the folder or the old file either.
    assert key == expected or (call == "os.stat" and key in (CODES[code], "save-folder-missing"))
    assert files(tmp_path) == ({"run.nnviz": OLD} if existing else {})


@pytest.mark.parametrize("which", range(2))
def test_each_of_the_two_moves_may_fail(target: Path, which: int) -> None:
    real, count = os.replace, iter(range(9))

    def replace(*paths: Any) -> None:
        if next(count) == which:
            raise OSError(errno.ENOSPC, "full")
        real(*paths)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.os, "replace", replace)
        assert refusal(target) == "save-disk-full-kept"
    assert files(target.parent) == ({"run.nnviz": OLD} if which == 0 else {"run.nnviz": OLD, "run.nnviz.bak": OLD})


@pytest.mark.parametrize(("code", "fails"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EACCES, False), (errno.EIO, True)])
@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_folder_that_cannot_be_synchronized(target: Path, code: int, fails: bool, call: str) -> None:
    real, folder = getattr(os, call), os.stat(target.parent).st_ino

    def planted(*values: Any) -> Any:
        if (os.stat(values[0]) if call == "open" else os.fstat(values[0])).st_ino == folder:
            raise OSError(code, os.strerror(code))
        return real(*values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.os, call, planted)
        if fails:
            assert refusal(target) == "save-unsure"  # never that the old one still stands
        else:
            save(target, NEW)
    assert files(target.parent) == {"run.nnviz": NEW, "run.nnviz.bak": OLD}  # whole in any case


def test_without_links_the_backup_is_a_copy(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.os, "link", failing(errno.EPERM))
    save(target, NEW)
    assert files(target.parent) == {"run.nnviz": NEW, "run.nnviz.bak": OLD}


@pytest.mark.parametrize("lie", [lambda data: data[:-1], lambda data: bytes(len(data)), lambda data: data[:0], lambda data: data + b"\0"])
def test_a_disk_that_silently_keeps_something_else_is_found_out(
    target: Path, monkeypatch: pytest.MonkeyPatch, lie: Callable[[bytes], bytes]
) -> None:
    def write(temporary: Path, data: bytes) -> None:
        temporary.write_bytes(lie(data))

    monkeypatch.setattr(module, "_write", write)
    assert refusal(target) == "save-not-verified-kept"
    assert files(target.parent) == {"run.nnviz": OLD}


def test_a_really_full_disk(tmp_path: Path) -> None:
    """A file may not grow past a limit: the kernel itself refuses in the middle of the write."""
    target = tmp_path / "run.nnviz"
    target.write_bytes(OLD)
    code = (
        "import resource, signal, sys; from nnviz.formats.save import SaveError, save\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: save(sys.argv[1], bytes(1_000_000))\n"
        "except SaveError as error: print(error.problems[0].message.key)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "problem.save-disk-full-kept"
    assert files(tmp_path) == {"run.nnviz": OLD}
