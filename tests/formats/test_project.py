"""A project gives back a run that goes on with equal bits; of a file that is not one, nothing but ImportProblem escapes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.data.prepare import prepare
from nnviz.engine.network import initialize
from nnviz.engine.paths import set_path
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.formats import project as module
from nnviz.formats.archive import pack, unpack
from nnviz.formats.examples import load
from nnviz.formats.project import Project, read_project, write_project
from nnviz.formats.strict import ImportProblem, read_json, write_json, write_npy
from nnviz.formats.table import history_csv
from tests.engine.any_spec import specs

Parts = dict[str, bytes]


def spiral(precision: str = "float64") -> Spec:
    return set_path(set_path(load("spiral").spec, "training.precision", precision), "data.samples", "60")


def running(precision: str = "float64", steps: int = 7) -> Trainer:
    trainer = Trainer(spiral(precision), prepare(spiral().data).samples, keep_history=True)
    for _ in range(steps):
        trainer.step()
    return trainer


def project_of(trainer: Trainer) -> Project:
    initial = initialize(trainer.spec.network, trainer.spec.training.seed)
    return Project(trainer.spec, initial, trainer.snapshot(), tuple(trainer.history))


TRAINER = running()
WHOLE = write_project(project_of(TRAINER))


HEADER = b"epoch,step,train_loss,train_metric,validation_loss,validation_metric,learning_rate\n"
BAD_HISTORIES = [
    *(b"", b"epoch,step\n", b"\xff", HEADER + b"0,0,1,1,1,1\n", HEADER + b"0,0,1,1,1,1,1,1\n", HEADER + b"0,0,one,1,1,1,1\n"),
    *(HEADER + b"0.5,0,1,1,1,1,1\n", HEADER + b"-1,0,1,1,1,1,1\n", HEADER + b"0,0,1,1,1,1,1\n0,0,1,1,1,1,1\n"),
    *(HEADER + b"0,99,1,1,1,1,1\n", HEADER + b"99,7,1,1,1,1,1\n", HEADER + b'"0,0,1,1,1,1,1\n', HEADER + b"9" * 200_000),
]


def refusal(data: bytes | Path) -> tuple[str, dict[str, Any]]:
    with pytest.raises(ImportProblem) as caught:
        read_project(data, "run.nnviz")
    found = caught.value.problems[0]
    assert found.where.startswith("run.nnviz") or isinstance(data, Path)
    return found.message.key.removeprefix("problem."), dict(found.message.values)


def tampered(change: Callable[[Parts], object], honest: bool = True) -> bytes:
    """Return the project with some parts changed; `honest` puts the checksums right again."""
    parts = unpack(WHOLE, "whole")
    change(parts)
    manifest = parts.pop("manifest.json", None)
    if manifest is not None and honest:
        content = json.loads(manifest)
        content["parts"] = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
        manifest = write_json(content)
    return pack(parts if manifest is None else {"manifest.json": manifest} | parts)


def with_json(part: str, **values: Any) -> Callable[[Parts], object]:
    def change(parts: Parts) -> None:
        parts[part] = write_json(read_json(parts[part], "", part) | values)

    return change


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("steps", [0, 1, 7, 30])
def test_a_reopened_run_goes_on_with_equal_bits(precision: str, steps: int) -> None:
    trainer = running(precision, steps)
    opened = read_project(write_project(project_of(trainer)))
    assert opened.spec == trainer.spec
    assert opened.snapshot is not None
    again = Trainer(opened.spec, prepare(opened.spec.data).samples, opened.snapshot, opened.initial)
    for _ in range(40):
        trainer.step()
        again.step()
    assert again.network.parameters.tobytes() == trainer.network.parameters.tobytes()
    assert {name: array.tobytes() for name, array in again.state.items()} == {
        name: array.tobytes() for name, array in trainer.state.items()
    }
    assert (again.step_count, again.epoch, again.position) == (trainer.step_count, trainer.epoch, trainer.position)


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
    assert refusal(tampered(with_json("manifest.json", format=2, needs="3.4.0"))) == ("newer-project", {"version": "3.4.0"})
    assert refusal(tampered(with_json("manifest.json", format=99, needs="x" * 999)))[0] == "newer-project"


@pytest.mark.parametrize("part", ["spec.json", "initial.npy", "run.json", "parameters.npy", "moments/m.npy", "history.csv"])
def test_a_changed_part_is_named(part: str) -> None:
    names = list(unpack(WHOLE, "whole"))
    part = next((name for name in names if name.startswith("moments/")), part) if part.startswith("moments/") else part
    assert refusal(tampered(lambda parts: parts.update({part: parts[part] + b" "}), honest=False)) == ("part-damaged", {"part": part})
    assert refusal(tampered(lambda parts: parts.pop(part), honest=False)) == ("part-missing", {"part": part})


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda parts: parts.clear(), "not-a-project"),
        (lambda parts: parts.pop("manifest.json"), "not-a-project"),
        (lambda parts: parts.pop("spec.json"), "part-missing"),
        (lambda parts: parts.pop("initial.npy"), "part-missing"),
        (lambda parts: parts.pop("parameters.npy"), "part-missing"),
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
def test_each_lie_is_refused(change: Callable[[Parts], object], key: str) -> None:
    assert refusal(tampered(change))[0] == key


@pytest.mark.parametrize("manifest", [b"[]", b"{}", b"", b'{"format": 1}', b'{"format": 1, "parts": []}', b'{"format": 1, "parts": {}}'])
def test_a_manifest_that_is_none(manifest: bytes) -> None:
    assert refusal(tampered(lambda parts: parts.update({"manifest.json": manifest}), honest=False))[0] in ("part-damaged", "part-unknown")


def test_faults_of_the_spec_keep_their_paths() -> None:
    with pytest.raises(ImportProblem) as caught:
        read_project(tampered(with_json("spec.json", training={"learning_rate": -1.0, "reduction": "average"})), "run.nnviz")
    assert {item.where for item in caught.value.problems} == {"run.nnviz: training.learning_rate", "run.nnviz: training.reduction"}


def test_a_spec_of_huge_layers_is_refused_by_its_numbers() -> None:
    layers = [{"kind": "dense", "id": f"h{index}", "name": "wide", "units": 9_999} for index in range(3)]
    network = {"input": {"shape": [1], "names": ["x1"]}, "layers": layers}
    assert refusal(tampered(with_json("spec.json", network=network)))[0] == "too-many-weights"


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(tmp_path / "gone.nnviz")[0] == "file-unreadable"
    assert refusal(tmp_path)[0] == "file-unreadable"
    assert refusal(Path("a\0b"))[0] == "file-unreadable"
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe")[0] == "file-not-regular"
    assert refusal(Path("/dev/zero"))[0] == "file-not-regular"
    (tmp_path / "big").write_bytes(WHOLE)
    monkeypatch.setattr(module, "MAX_FILE", 10)
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
