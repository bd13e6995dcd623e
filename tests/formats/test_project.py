"""A project gives back a run that goes on with equal bits; of a file that is not one, nothing but ImportProblem escapes."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.course import Best, Past
from nnviz.engine.network import initialize
from nnviz.engine.paths import set_path
from nnviz.engine.schedules import Plateau
from nnviz.engine.spec import DataFacts, Spec
from nnviz.formats import project as module
from nnviz.formats import strict
from nnviz.formats.examples import load
from nnviz.formats.project import FORMAT, Project, read_project, write_project
from nnviz.formats.strict import ImportProblem, write_npy
from nnviz.formats.table import history_csv
from tests.engine.any_spec import specs
from tests.formats.build import TRAINER, VIEW, WHOLE, Change, Parts, project_of, reopened, running, spiral, tampered, unpacked, with_json

HEADER = b"epoch,step,train_loss,train_metric,validation_loss,validation_metric,learning_rate\n"
BAD_HISTORIES = [
    *(b"", b"epoch,step\n", b"\xff", HEADER + b"0,0,1,1,1,1\n", HEADER + b"0,0,1,1,1,1,1,1\n", HEADER + b"0,0,one,1,1,1,1\n"),
    *(HEADER + b"0.5,0,1,1,1,1,1\n", HEADER + b"-1,0,1,1,1,1,1\n", HEADER + b"0,0,1,1,1,1,1\n0,0,1,1,1,1,1\n"),
    *(HEADER + b"0,99,1,1,1,1,1\n", HEADER + b"99,7,1,1,1,1,1\n", HEADER + b'"0,0,1,1,1,1,1\n', HEADER + b"9" * 200_000),
]
NONE, OPEN = [0, 0], [1, 0]
BAD_CURVES = [
    *([], [OPEN], [NONE, NONE, NONE, [0, 0]], [NONE, NONE, NONE, [3, 0]], [NONE, NONE, NONE, [1, 1]], [NONE, NONE, NONE, [1.5, 0]]),
    *([NONE, [9, 1], [9, 1], OPEN], [[2, 1], [1, 1], NONE, NONE, [2, 1], OPEN], [NONE, NONE, [99, 0], [2, 1]]),
    *([NONE, NONE, NONE, [2, -1]], [[1, 2], [1, 1], [1, 1], [4, 2]], [[0, 1], [1, 1], NONE, NONE, [0, 1], OPEN], [NONE] * 1024 + [OPEN]),
]


def refusal(data: bytes | Path) -> tuple[str, dict[str, Any]]:
    with pytest.raises(ImportProblem) as caught:
        read_project(data, "run.nnviz")
    found = caught.value.problems[0]
    assert found.where.startswith("run.nnviz") or isinstance(data, Path)
    return found.message.key.removeprefix("problem."), dict(found.message.values)


def with_curve(rows: list[Any]) -> Change:
    def change(parts: Parts) -> None:
        parts["curves/train_loss.npy"] = write_npy(np.array(rows, float))

    return change


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("steps", [0, 1, 7, 30])
def test_a_reopened_run_goes_on_with_equal_bits(precision: str, steps: int) -> None:
    trainer = running(precision, steps)
    opened = read_project(write_project(project_of(trainer)))
    assert opened.spec == trainer.spec
    again = reopened(opened)
    for _ in range(40):
        trainer.step()
        again.step()
    assert write_project(project_of(again)) == write_project(project_of(trainer))


def test_what_the_parts_do_not_say_is_none() -> None:
    opened = read_project(write_project(Project(spiral(), None)))
    assert (opened.initial, opened.snapshot, opened.curves, opened.history, opened.edited_at) == (None, None, None, (), -1)


def test_view_and_edit_come_back() -> None:
    opened = read_project(WHOLE)
    assert (opened.view, opened.edited_at) == (VIEW, 4)


def remembering(spec: Spec, **past: Any) -> Project:
    """Return a run that is waiting for a better epoch."""
    project = project_of(TRAINER)
    assert project.snapshot is not None
    past = Past(**({"plateau": Plateau(0.25, 2, 0.1), "best": Best(0.5, 1, 1)} | past))
    return replace(project, snapshot=replace(project.snapshot, past=past, best=project.snapshot.parameters + 1, epoch=2))


def test_what_a_schedule_and_early_stopping_remember_comes_back() -> None:
    written = remembering(spiral())
    opened = read_project(write_project(written))
    assert opened.snapshot is not None and written.snapshot is not None and opened.snapshot.best is not None
    assert opened.snapshot.past == written.snapshot.past
    assert opened.snapshot.best.tobytes() == written.snapshot.best.tobytes()
    assert write_project(opened) == write_project(written)


@pytest.mark.parametrize("past", [{"plateau": Plateau()}, {"best": Best()}, {"plateau": Plateau(-3.5, 0, 0.0), "best": Best(0.0, 0, 2)}])
def test_a_loss_nobody_has_seen_is_not_a_number(past: dict[str, Any]) -> None:
    written = remembering(spiral(), **past)
    opened = read_project(write_project(written))
    assert opened.snapshot is not None and written.snapshot is not None and opened.snapshot.past == written.snapshot.past


def test_a_teacher_comes_with_its_student() -> None:
    spec = set_path(load("iris").spec, "training.loss", "distillation")
    logits = np.random.default_rng(0).normal(size=(150, 3))
    opened = read_project(write_project(Project(spec, None, teacher=logits)))
    assert opened.teacher is not None and opened.teacher.tobytes() == logits.tobytes() and opened.spec == spec
    with pytest.raises(ImportProblem) as caught:
        read_project(write_project(Project(spec, None)))
    assert caught.value.problems[0].message.key == "problem.no-teacher"
    for wrong in (logits[:149], logits[:, :2], logits * np.nan):
        assert refusal(write_project(Project(spec, None, teacher=wrong)))[0].startswith("part-")


def test_given_weights_are_told_from_drawn_ones() -> None:
    spec = spiral()
    drawn = initialize(spec.network, spec.training.seed)
    assert module.given(spec, drawn.copy()) is None
    drawn[0] = np.nextafter(drawn[0], 1.0)
    assert module.given(spec, drawn) is drawn
    assert module.given(set_path(spec, "training.seed", "5"), initialize(spec.network, spec.training.seed)) is not None


def test_a_run_with_very_many_epochs_keeps_the_newest_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 2)
    trainer = running(steps=30)
    assert read_project(write_project(project_of(trainer))).history == tuple(trainer.history[-2:])


def test_the_history_comes_back_with_equal_bits() -> None:
    trainer = running(steps=30)
    data = write_project(project_of(trainer))
    rows = read_project(data).history
    assert len(rows) == trainer.epoch + 1 > 2
    assert history_csv(rows) == history_csv(trainer.history)
    assert write_project(read_project(data)) == data


@settings(deadline=None, max_examples=40)
@given(specs())
def test_any_spec_survives(spec: Spec) -> None:
    initial = np.arange(spec.network.weights, dtype=np.float64)
    known = patch.multiple(module, facts=lambda _: DataFacts((), 1, 1, 0, 2, 1), check=lambda spec, _: spec)  # its data are made up, too
    with known:
        opened = read_project(write_project(Project(spec, initial)))
    assert (opened.spec, opened.snapshot) == (spec, None)
    assert opened.initial.tobytes() == initial.tobytes()


def test_equal_projects_are_equal_bytes() -> None:
    assert write_project(project_of(running())) == WHOLE


def test_a_project_is_a_zip_people_can_look_into(tmp_path: Path) -> None:
    (tmp_path / "run.nnviz").write_bytes(WHOLE)
    with zipfile.ZipFile(tmp_path / "run.nnviz") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "manifest.json"
        assert archive.read("history.csv").startswith(b"epoch,step,train_loss")
        assert np.load(io.BytesIO(archive.read("parameters.npy")), allow_pickle=False).tobytes() == TRAINER.network.parameters.tobytes()
    assert read_project(tmp_path / "run.nnviz").spec == TRAINER.spec


def test_a_snapshot_of_another_network_is_not_written() -> None:
    other = replace(project_of(TRAINER), spec=load("circle").spec)
    with pytest.raises(ValueError, match="network"):
        write_project(other)


def test_a_newer_format_is_refused_with_the_version_it_needs() -> None:
    assert refusal(tampered(WHOLE, with_json("manifest.json", format=FORMAT + 1, needs="3.4.0"))) == ("newer-project", {"version": "3.4.0"})
    assert refusal(tampered(WHOLE, with_json("manifest.json", format=99, needs="x" * 999)))[0] == "newer-project"


@pytest.mark.parametrize("part", sorted(set(unpacked(WHOLE)) - {"manifest.json"}))
def test_a_changed_part_is_named(part: str) -> None:
    changed = tampered(WHOLE, lambda parts: parts.update({part: parts[part] + b" "}), honest=False)
    assert refusal(changed) == ("part-damaged", {"part": part})
    assert refusal(tampered(WHOLE, lambda parts: parts.pop(part), honest=False)) == ("part-missing", {"part": part})


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda parts: parts.clear(), "not-a-project"),
        (lambda parts: parts.pop("manifest.json"), "not-a-project"),
        (lambda parts: parts.pop("spec.json"), "part-missing"),
        (lambda parts: parts.pop("parameters.npy"), "part-missing"),
        (lambda parts: parts.pop("moments/mean.npy"), "part-missing"),
        (lambda parts: parts.pop("curves/train_loss.npy"), "part-missing"),
        (lambda parts: parts.pop("view.json"), "part-missing"),
        (lambda parts: parts.pop("run.json"), "part-unknown"),
        (lambda parts: parts.update({"../../evil": b""}), "part-unknown"),
        (lambda parts: parts.update({"moments/other.npy": b""}), "part-unknown"),
        (with_json("manifest.json", format=0), "part-damaged"),
        (with_json("manifest.json", format="1"), "part-damaged"),
        (with_json("manifest.json", format=True), "part-damaged"),
        (with_json("spec.json", surprise=1), "unknown-field"),
        (with_json("spec.json", format=7), "unknown-format"),
        (with_json("run.json", epoch=-1), "part-damaged"),
        (with_json("run.json", epoch=1.5), "part-damaged"),
        (with_json("run.json", step_count=True), "part-damaged"),
        (with_json("run.json", position=2**64), "part-damaged"),
        (with_json("run.json", hand_stepped=0), "part-damaged"),
        (with_json("run.json", more=0), "part-damaged"),
        (with_json("run.json", edited_at=-2), "part-damaged"),
        (with_json("run.json", edited_at="4"), "part-damaged"),
        (with_json("run.json", plateau_factor=1.5), "part-damaged"),
        (with_json("run.json", plateau_waited=-1), "part-damaged"),
        (with_json("run.json", best_epoch=99), "part-damaged"),
        (with_json("run.json", best_loss="low"), "part-damaged"),
        (lambda parts: parts.update({"best.npy": write_npy(np.zeros(3))}), "part-damaged"),
        (lambda parts: parts.update({"teacher.npy": write_npy(np.zeros((60, 2)))[:-8]}), "part-damaged"),
        (with_json("view.json", center=[1.0]), "part-damaged"),
        (with_json("view.json", zoom="1"), "part-damaged"),
        (with_json("view.json", path="/etc"), "part-damaged"),
        *((with_curve(rows), "part-damaged") for rows in BAD_CURVES),
        (with_curve([[np.nan, 0]] * 4), "part-not-finite"),
        (with_json("run.json", moments_since=8), "part-damaged"),
        (with_json("run.json", position=49), "part-damaged"),
        (with_json("run.json", step_count=1, position=0), "part-damaged"),
        (with_json("run.json", epoch=8), "part-damaged"),
        (with_json("run.json", epoch=7, position=1), "part-damaged"),
        (lambda parts: parts.update({"spec.json": parts["spec.json"].replace(b'"spiral"', b'"nowhere"')}), "unknown-name"),
        *((lambda parts, rows=rows: parts.update({"history.csv": rows}), "part-damaged") for rows in BAD_HISTORIES),
        (lambda parts: parts.update({"run.json": b"[]"}), "part-damaged"),
        (lambda parts: parts.update({"spec.json": b"\xff"}), "part-damaged"),
        (lambda parts: parts.update({"initial.npy": write_npy(np.zeros(5))}), "part-damaged"),
        (lambda parts: parts.update({"initial.npy": write_npy(np.full(101, np.nan))}), "part-not-finite"),
        (lambda parts: parts.update({"parameters.npy": write_npy(np.zeros(101, np.float32))}), "part-damaged"),
    ],
)
def test_each_lie_is_refused(change: Change, key: str) -> None:
    assert refusal(tampered(WHOLE, change))[0] == key


@pytest.mark.parametrize("manifest", [b"[]", b"{}", b"", b'{"format": 1}', b'{"format": 1, "parts": []}', b'{"format": 1, "parts": {}}'])
def test_a_manifest_that_is_none(manifest: bytes) -> None:
    data = tampered(WHOLE, lambda parts: parts.update({"manifest.json": manifest}), honest=False)
    assert refusal(data)[0] == "part-damaged"


def test_faults_of_the_spec_keep_their_paths() -> None:
    with pytest.raises(ImportProblem) as caught:
        read_project(tampered(WHOLE, with_json("spec.json", training={"learning_rate": -1.0, "reduction": "average"})), "run.nnviz")
    assert {item.where for item in caught.value.problems} == {"run.nnviz: training.learning_rate", "run.nnviz: training.reduction"}


def test_a_spec_of_huge_layers_is_refused_by_its_numbers() -> None:
    layers = [{"kind": "dense", "id": f"h{index}", "name": "wide", "units": 9_999} for index in range(3)]
    network = {"input": {"shape": [1], "names": ["x1"]}, "layers": layers}
    assert refusal(tampered(WHOLE, with_json("spec.json", network=network)))[0] == "too-many-weights"


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(tmp_path / "gone.nnviz")[0] == "file-unreadable"
    assert refusal(tmp_path)[0] == "file-unreadable"
    assert refusal(Path("a\0b"))[0] == "file-unreadable"
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe")[0] == "file-not-regular"
    assert refusal(Path("/dev/zero"))[0] == "file-not-regular"
    (tmp_path / "big").write_bytes(WHOLE)
    monkeypatch.setattr(strict.read_file, "__defaults__", (10,))
    assert refusal(tmp_path / "big")[0] == "file-too-large"


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_damage_anywhere_is_harmless_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        opened = read_project(bytes(damaged))
    except ImportProblem:
        opened = read_project(WHOLE)
    assert opened.spec == TRAINER.spec
    assert opened.snapshot is not None
    assert opened.snapshot.parameters.tobytes() == TRAINER.network.parameters.tobytes()


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(WHOLE)))
def test_cut_off_and_alien_files(junk: bytes, length: int) -> None:
    for data in (junk, WHOLE[:length][:-1] if length else b"", junk + WHOLE[length:]):
        try:
            opened = read_project(data).spec
        except ImportProblem:
            opened = TRAINER.spec
        assert opened == TRAINER.spec
