"""Row 3 of RELIABILITY.md: killed in the middle of a save, the file is the old one or the new one, whole, and never older."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# A child saves one version after the other and tells each that is done; it is killed at any moment and the file judged.
SCRIPT = """
import hashlib, os, random, signal, sys, time
from nnviz.formats.save import save

def version(number):
    body = number.to_bytes(8, "little") * 12_000
    return hashlib.sha256(body).digest() + body

def number_of(content):
    return int.from_bytes(content[-8:], "little") if hashlib.sha256(content[32:]).digest() == content[:32] else -1

def plain(path, data):
    open(path, "wb").write(data)

path, kills, seed, save_ = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), {"save": save, "plain": plain}[sys.argv[4]]
rng, last, torn, lost, moved = random.Random(seed), 0, 0, 0, 0
save(path, version(0))
for _ in range(kills):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        for number in range(last + 1, last + 10_000):
            save_(path, version(number))
            os.write(write, number.to_bytes(8, "little"))
        os._exit(0)
    os.close(write)
    time.sleep(rng.uniform(0.0, 0.02))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    told = b"".join(iter(lambda: os.read(read, 65536), b""))
    os.close(read)
    done = int.from_bytes(told[len(told) // 8 * 8 - 8 : len(told) // 8 * 8], "little") if len(told) >= 8 else last
    found = number_of(open(path, "rb").read())
    backup = number_of(open(path + ".bak", "rb").read()) if os.path.exists(path + ".bak") else 0
    torn += found < 0 or backup < 0
    lost += 0 <= found < done
    moved += found > last
    last = max(done, found)
print(torn, lost, moved)
"""


def killed(folder: Path, kills: int, seed: int = 1, save: str = "save") -> tuple[int, int, int]:
    """Return how many files were torn, how many saves that were told as done were lost, and how often the file had moved on."""
    command = [sys.executable, "-c", SCRIPT, str(folder / "run.nnviz"), str(kills), str(seed), save]
    torn, lost, moved = map(int, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    return torn, lost, moved


def test_50_kills(tmp_path: Path) -> None:
    torn, lost, moved = killed(tmp_path, 50)
    assert (torn, lost) == (0, 0) and moved > 5


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_2000_kills(tmp_path: Path) -> None:
    torn, lost, moved = killed(tmp_path, 2_000, seed=2)
    assert (torn, lost) == (0, 0) and moved > 200


def test_a_plain_write_would_be_found_out(tmp_path: Path) -> None:
    assert killed(tmp_path, 50, save="plain")[0] > 0
