"""A damaged part is named and the rest of the project opens; damage of manifest or spec, and newer formats, are refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from nnviz.engine.history import SERIES
from nnviz.explain.words import problem_text
from nnviz.formats.project import FORMAT, NEEDS, Opened, Project, open_project, read_project, write_project
from nnviz.formats.strict import ImportProblem, write_npy
from nnviz.formats.view import View
from tests.formats.build import TRAINER, VIEW, WHOLE, Change, Parts, reopened, spiral, tampered, unpacked

OTHERS = sorted(set(unpacked(WHOLE)) - {"manifest.json", "spec.json"})
RUN = ("run.json", "parameters.npy")  # without these nobody knows what the rest of the run belongs to


def changed(part: str) -> bytes:
    """Return the file with one byte of a part changed where it lies, so that its CRC is wrong."""
    data, content = bytearray(WHOLE), unpacked(WHOLE)[part]
    at = data.index(content) + len(content) // 2
    data[at] ^= 0xFF
    return bytes(data)


def named(opened: Opened) -> list[tuple[str, str]]:
    return [(item.message.key.removeprefix("problem."), str(dict(item.message.values)["part"])) for item in opened.damaged]


def set_to(part: str, data: bytes) -> Change:
    return lambda parts: parts.update({part: data})


def test_a_whole_project_has_no_damage() -> None:
    opened = open_project(WHOLE)
    assert opened.damaged == () and write_project(opened.project) == WHOLE


@pytest.mark.parametrize("part", OTHERS)
@pytest.mark.parametrize("how", ["bad CRC", "bad checksum", "missing", "empty"])
def test_a_damaged_part_is_named_and_the_rest_opens(part: str, how: str) -> None:
    data = {
        "bad CRC": lambda: changed(part),
        "bad checksum": lambda: tampered(WHOLE, lambda parts: parts.update({part: parts[part] + b" "}), honest=False),
        "missing": lambda: tampered(WHOLE, lambda parts: parts.pop(part), honest=False),
        "empty": lambda: tampered(WHOLE, set_to(part, b"")),
    }[how]()
    opened = open_project(data, "run.nnviz")
    assert named(opened) == [("part-missing" if how == "missing" else "part-damaged", part)]
    words = problem_text(opened.damaged[0])
    assert part in words.what and words.where == "run.nnviz"
    with pytest.raises(ImportProblem):
        read_project(data)
    whole, found = read_project(WHOLE), opened.project
    assert found.spec == whole.spec
    assert found.view == (View() if part == "view.json" else VIEW)
    assert found.history == (() if part in ("history.csv", *RUN) else whole.history)
    assert (found.curves is None) == (part.startswith("curves/") or part in RUN)
    assert (found.snapshot is None) == (part == "parameters.npy")
    if found.snapshot is not None:
        assert found.snapshot.parameters.tobytes() == TRAINER.network.parameters.tobytes()
    reopened(found).step()  # whatever is left can be looked at, tried, and saved under another name
    assert write_project(read_project(write_project(found))) == write_project(found)


@pytest.mark.parametrize(
    ("part", "data", "key"),
    [
        ("parameters.npy", write_npy(np.full(101, np.nan)), "part-not-finite"),
        ("parameters.npy", write_npy(np.zeros(5)), "part-damaged"),
        ("moments/mean.npy", write_npy(np.full(101, np.inf)), "part-not-finite"),
        ("moments/square.npy", write_npy(np.zeros((101, 1))), "part-damaged"),
        ("curves/train_loss.npy", write_npy(np.zeros((4, 3))), "part-damaged"),
        ("run.json", b'{"step_count": 1}', "part-damaged"),
        ("view.json", b'{"zoom": 1e999}', "part-damaged"),
        ("history.csv", b"epoch\n", "part-damaged"),
        ("extra.bin", b"?", "part-unknown"),
        ("../../etc/passwd", b"?", "part-unknown"),
    ],
)
def test_contents_that_cannot_be_are_named(part: str, data: bytes, key: str) -> None:
    opened = open_project(tampered(WHOLE, set_to(part, data)))
    assert named(opened) == [(key, part)]
    assert opened.project.spec == TRAINER.spec


def test_initial_weights_that_are_damaged_are_drawn_anew() -> None:
    whole = write_project(Project(spiral(), np.arange(101.0)))
    assert read_project(whole).initial is not None
    opened = open_project(tampered(whole, set_to("initial.npy", write_npy(np.full(101, np.nan)))))
    assert named(opened) == [("part-not-finite", "initial.npy")]
    assert opened.project.initial is None


def test_without_its_counts_a_run_shows_its_weights_and_stands_at_the_start() -> None:
    found = open_project(changed("run.json")).project
    assert found.snapshot is not None
    assert (found.snapshot.step_count, found.snapshot.epoch, found.snapshot.position) == (0, 0, 0)
    assert found.edited_at == -1


def test_moments_begin_anew_together_when_one_is_lost() -> None:
    found = open_project(changed("moments/mean.npy")).project.snapshot
    assert found is not None and found.moments_since == found.step_count == TRAINER.step_count
    assert not any(moment.any() for moment in found.state.values()) and set(found.state) == {"mean", "square"}


def test_everything_else_may_be_damaged_at_once() -> None:
    def spoil(parts: Parts) -> None:
        for part in OTHERS:
            parts[part] = b"?"

    opened = open_project(tampered(WHOLE, spoil))
    assert sorted(part for _, part in named(opened)) == OTHERS
    assert opened.project == Project(TRAINER.spec, None)


@pytest.mark.parametrize("part", ["manifest.json", "spec.json"])
def test_without_manifest_or_spec_nothing_opens(part: str) -> None:
    for data in (changed(part), tampered(WHOLE, lambda parts: parts.pop(part), honest=False)):
        with pytest.raises(ImportProblem):
            open_project(data)


def test_a_run_on_data_nobody_knows_is_refused_by_the_spec() -> None:
    def rename(parts: Parts) -> None:
        parts["spec.json"] = parts["spec.json"].replace(b'"spiral"', b'"nowhere"')

    with pytest.raises(ImportProblem) as caught:
        open_project(tampered(WHOLE, rename))
    (found,) = caught.value.problems
    assert (found.where, found.message.key) == ("project: data.source", "problem.unknown-name")


@pytest.mark.parametrize("newer", [FORMAT + 1, FORMAT + 40, 10**30])
@pytest.mark.parametrize("opens", [open_project, read_project])
def test_future_formats_are_refused_with_the_version_they_need(newer: int, opens: Any) -> None:
    for needs, told in (({"needs": "3.4.0"}, "3.4.0"), ({}, f"format {newer}"[:20]), ({"needs": ["x"] * 99}, str(["x"] * 99)[:20])):
        content = json.dumps({"format": newer, "new": {}} | needs).encode()
        with pytest.raises(ImportProblem) as caught:
            opens(tampered(WHOLE, set_to("manifest.json", content), honest=False), "run.nnviz")
        (found,) = caught.value.problems
        assert (found.message.key, dict(found.message.values)) == ("problem.newer-project", {"version": told})
        assert told in problem_text(found).next


def test_what_is_written_can_be_read_by_the_version_it_names() -> None:
    import nnviz

    numbers = [tuple(map(int, version.split("."))) for version in (NEEDS, nnviz.__version__)]
    assert numbers[0] <= numbers[1]
    assert len(SERIES) == 4 and read_project(WHOLE).view == VIEW
