"""Row 4 of RELIABILITY.md: the disk is full at the n-th write, for every n and every writer; the old file stands, bit for bit."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.engine.history import HistoryRow
from nnviz.explain.words import problem_text
from nnviz.formats import save as module
from nnviz.formats.animation import to_gif
from nnviz.formats.save import SaveError, append, save
from nnviz.formats.table import history_csv
from nnviz.formats.weights import WEIGHTS
from tests.formats.build import TRAINER, WHOLE

OLD, BLOCK = b"old bytes", 512
CONTENTS: dict[str, bytes] = {
    "run.nnviz": WHOLE,
    "history.csv": history_csv([HistoryRow(epoch, epoch, 0.5, 0.5, 0.5, 0.5, 0.1) for epoch in range(200)]),
    "pass.gif": to_gif([np.full((90, 90, 3), value, np.uint8) for value in range(0, 250, 25)], 0.1),
} | {f"weights.{kind}": write(TRAINER.spec, TRAINER.network.parameters) for kind, write in WEIGHTS.items()}


class SmallDisk(io.RawIOBase):
    """A file on a disk that takes `room` blocks, half of the next one, and then is full."""

    def __init__(self, path: str | Path, room: int) -> None:
        self._file, self._room = io.FileIO(path, "xb"), room

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, data: Any) -> int:
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._room -= 1
        return self._file.write(bytes(data[: BLOCK if self._room >= 0 else BLOCK // 2]))

    def close(self) -> None:
        self._file.close()
        super().close()


def full_after(room: int) -> Callable[..., Any]:
    def opened(path: str | Path, mode: str) -> Any:
        return io.BufferedWriter(SmallDisk(path, room), BLOCK) if mode == "xb" else open(path, mode)

    return opened


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("existing", [True, False])
def test_full_at_the_nth_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, existing: bool) -> None:
    target, content = tmp_path / name, CONTENTS[name]
    if existing:
        target.write_bytes(OLD)
    for room in range(len(content) // BLOCK):
        monkeypatch.setattr(module, "open", full_after(room), raising=False)
        with pytest.raises(SaveError) as caught:
            save(target, content)
        (found,) = caught.value.problems
        assert found.message.key == ("problem.save-disk-full-kept" if existing else "problem.save-disk-full")
        assert "full" in problem_text(found).what and ("old file still stands" in problem_text(found).next) == existing
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == ({name: OLD} if existing else {})
    monkeypatch.setattr(module, "open", full_after(len(content) // BLOCK + 2), raising=False)
    save(target, content)
    assert target.read_bytes() == content


@pytest.mark.parametrize("existing", [b"", b"a line\n" * 100])
def test_a_journal_on_a_full_disk_keeps_its_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existing: bytes) -> None:
    target, line, real = tmp_path / "journal", b'{"seq": 1}' * 50 + b"\n", os.write
    target.write_bytes(existing)
    for room in range(0, len(line), 37):
        left = [room]

        def write(handle: int, data: Any, left: list[int] = left) -> int:
            if left[0] == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            count = real(handle, bytes(data[: min(left[0], 64)]))
            left[0] -= count
            return count

        with monkeypatch.context() as patch:
            patch.setattr(module.os, "write", write)
            with pytest.raises(SaveError) as caught:
                append(target, line)
        assert "save-disk-full" in caught.value.problems[0].message.key
        assert target.read_bytes() == existing
    append(target, line)
    assert target.read_bytes() == existing + line
