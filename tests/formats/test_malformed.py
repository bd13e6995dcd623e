"""Row 1 of RELIABILITY.md: of a malformed file nothing but ImportProblem escapes; it names file, cause and next step."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.explain.words import problem_text
from nnviz.formats.kinds import kind_of
from nnviz.formats.project import open_project, read_project, write_project
from nnviz.formats.strict import ImportProblem
from nnviz.formats.weights import WEIGHTS
from nnviz.formats.weights_in import read_weights
from tests.formats.build import TRAINER, WHOLE
from tests.formats.mutation import mutated

SPEC, FLAT = TRAINER.spec, TRAINER.network.parameters
FILES: dict[str, bytes] = {"nnviz": WHOLE} | {kind: write(SPEC, FLAT) for kind, write in WEIGHTS.items()}
PUSH, CAMPAIGN, LONGEST = 1_000, 100_000, 2.0


def read(path: Path) -> str:
    """Read a file by its suffix; what comes of it must be whole. Return the key of the first damage, "read" if there is none."""
    if path.suffix == ".nnviz":
        opened = open_project(path)
        snapshot = opened.project.snapshot
        assert snapshot is None or all(np.isfinite(array).all() for array in (snapshot.parameters, *snapshot.state.values()))
        assert all(str(path) in problem.where and problem_text(problem).next for problem in opened.damaged)
        return opened.damaged[0].message.key if opened.damaged else "read"
    found = read_weights(path, SPEC)
    assert found.shape == FLAT.shape and found.dtype == np.float64 and np.isfinite(found).all()
    return "read"


def outcome(path: Path, content: bytes, reads: Callable[[Path], str] = read) -> str:
    """Return what became of a file: the key of the problem, or that it could be read."""
    path.write_bytes(content)
    began = time.thread_time()
    try:
        kind_of(path)
        key = reads(path)
    except ImportProblem as error:
        for problem in error.problems:
            words = problem_text(problem)
            assert str(path) in problem.where and words.what and words.why and words.next
            assert len(words.what) + len(words.why) + len(words.next) < 1_000
        key = error.problems[0].message.key
    assert time.thread_time() - began < LONGEST
    return key


@pytest.mark.parametrize("suffix", FILES)
def test_malformed_files(tmp_path: Path, suffix: str) -> None:
    keys = Counter(outcome(tmp_path / f"file.{suffix}", mutated(FILES[suffix], seed)) for seed in range(PUSH))
    assert len(keys) > 2 and keys["read"] < PUSH / 2, keys  # the mutations reach different faults


@pytest.mark.campaign
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("suffix", FILES)
def test_malformed_files_campaign(tmp_path: Path, suffix: str) -> None:
    for seed in range(PUSH, PUSH + CAMPAIGN):
        outcome(tmp_path / f"file.{suffix}", mutated(FILES[suffix], seed))


@pytest.mark.parametrize("seed", range(100))
def test_strict_reading_refuses_exactly_what_is_damaged(seed: int) -> None:
    content = mutated(WHOLE, seed)
    try:
        opened = open_project(content)
        refused = opened.damaged
        assert read_project(write_project(opened.project)).spec == opened.project.spec
    except ImportProblem as error:
        refused = error.problems
    if refused:
        with pytest.raises(ImportProblem) as caught:
            read_project(content)
        assert caught.value.problems == refused
    else:
        read_project(content)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([*FILES]), st.integers(0, 2000))
def test_alien_bytes(tmp_path_factory: pytest.TempPathFactory, junk: bytes, suffix: str, at: int) -> None:
    path = tmp_path_factory.getbasetemp() / f"alien.{suffix}"
    for content in (junk, junk + FILES[suffix], FILES[suffix] + junk, FILES[suffix][:at] + junk):
        outcome(path, content)


def test_the_judge_itself_can_fail(tmp_path: Path) -> None:
    def crash(path: Path) -> str:
        raise KeyError(path)

    with pytest.raises(KeyError):
        outcome(tmp_path / "file.nnviz", WHOLE, crash)
    assert outcome(tmp_path / "file.nnviz", WHOLE) == "read"
    assert outcome(tmp_path / "file.nnviz", WHOLE[:-1]) == "problem.file-damaged"
