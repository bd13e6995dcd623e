"""Projects of every version that was ever released open for ever, and train on with equal bits (RELIABILITY.md, row 20).

The files in projects/ are never written anew. `v<format>-<what>.nnviz` was saved by the version that first had that format.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nnviz.data.prepare import prepare
from nnviz.data.teaching import Teacher, taught
from nnviz.engine.history import BUCKETS
from nnviz.engine.network import initialize
from nnviz.engine.snapshot import Snapshot
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.formats.project import FORMAT, read_project, write_project
from tests.formats.build import VIEW, project_of, reopened

FOLDER = Path(__file__).parent / "projects"
FILES = sorted(path.name for path in FOLDER.glob("*.nnviz"))
RUNNING = [name for name in FILES if "running" in name or "long" in name]
SUMS = {
    "v1-fresh.nnviz": "1b25f4a5216a3938",
    "v1-given.nnviz": "d1a1b3208243eb27",
    "v1-running.nnviz": "e348473fe4927c21",
    "v2-fresh.nnviz": "95c56418e886e39c",
    "v2-given.nnviz": "5fd621a60d894021",
    "v2-long.nnviz": "5a0b4d21dc663c61",
    "v2-running.nnviz": "95d8d7651ad1a863",
    "v3-fresh.nnviz": "def27b3b326b2c40",
    "v3-given.nnviz": "229ca845ecb5603c",
    "v3-image.nnviz": "aa796d635661701e",
    "v3-kinds.nnviz": "e16187a78fd4b32f",
    "v3-running.nnviz": "d3522835dd53859a",
}


def part(name: str, inside: str) -> bytes:
    """Return a part as any zip program does."""
    with zipfile.ZipFile(FOLDER / name) as archive:
        return archive.read(inside)


def array(name: str, inside: str) -> np.ndarray:
    return np.load(io.BytesIO(part(name, inside)), allow_pickle=False)


def test_the_files_are_as_they_were_written() -> None:
    assert {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:16] for name in FILES} == SUMS


def test_there_is_a_fresh_and_a_running_one_of_every_format() -> None:
    for number in range(1, FORMAT + 1):
        assert {f"v{number}-fresh.nnviz", f"v{number}-given.nnviz", f"v{number}-running.nnviz"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_it_opens_and_is_saved_in_the_present_format(name: str) -> None:
    opened = read_project(FOLDER / name)
    data = write_project(opened)
    assert write_project(read_project(data)) == data
    if name.startswith(f"v{FORMAT}-"):
        assert read_project(data).spec == opened.spec


@pytest.mark.parametrize("name", FILES)
def test_it_begins_where_it_began(name: str) -> None:
    opened = read_project(FOLDER / name)
    teacher = None if opened.teacher is None else Teacher(opened.spec.data, opened.teacher)
    begun = Trainer(opened.spec, taught(opened.spec.data, teacher).samples, initial=opened.initial)
    given = load("mazur").initial if "given" in name else None
    assert (opened.initial is None) == (given is None)
    expected = initialize(opened.spec.network, opened.spec.training.seed) if given is None else given
    assert begun.network.parameters.tobytes() == expected.astype(opened.spec.training.precision).tobytes()


@pytest.mark.parametrize("name", RUNNING)
def test_it_stands_where_it_stood_and_goes_on_with_equal_bits(name: str) -> None:
    opened = read_project(FOLDER / name)
    spec, samples, stood = opened.spec, prepare(opened.spec.data).samples, opened.snapshot
    assert stood is not None and 0 < stood.position < len(samples.train)
    moments = {moment: array(name, f"moments/{moment}.npy") for moment in stood.state}
    counts = stood.step_count, stood.epoch, stood.position, stood.moments_since
    by_hand = Trainer(spec, samples, Snapshot(spec.network, array(name, "parameters.npy"), moments, *counts))
    once, again = reopened(opened), reopened(read_project(write_project(opened)))
    for _ in range(60):
        for trainer in (by_hand, once, again):
            trainer.step()
    assert once.network.parameters.tobytes() == by_hand.network.parameters.tobytes()
    assert {key: moment.tobytes() for key, moment in once.state.items()} == {key: item.tobytes() for key, item in by_hand.state.items()}
    assert write_project(project_of(once)) == write_project(project_of(again))


def test_what_the_running_ones_knew() -> None:
    one, two, three = (read_project(FOLDER / f"v{number}-running.nnviz") for number in (1, 2, 3))
    for opened in (one, two, three):
        assert opened.snapshot is not None
        assert (opened.snapshot.epoch, opened.snapshot.position, opened.snapshot.step_count) == (12, 40, 38)
        assert [row.epoch for row in opened.history] == list(range(13))
        assert opened.spec.training.precision == "float32" and opened.spec.training.optimizer.kind == "adam"
        assert len(reopened(opened).curves.series["train_loss"][0]) == 13
    assert (one.curves, one.edited_at, two.view, two.edited_at) == (None, -1, VIEW, 9)
    assert write_project(two) == write_project(three)


def test_schedules_early_stopping_masks_and_a_teacher_go_on() -> None:
    opened = read_project(FOLDER / "v3-kinds.nnviz")
    assert opened.snapshot is not None and opened.snapshot.best is not None and opened.teacher is not None
    assert opened.snapshot.past.plateau.factor < 1 and opened.snapshot.past.best.loss is not None
    assert opened.spec.network.layers[0].lesioned and opened.spec.network.output.pruned
    runs = []
    for project in (opened, read_project(write_project(opened))):
        samples = taught(project.spec.data, Teacher(project.spec.data, project.teacher)).samples
        trainer = Trainer(project.spec, samples, project.snapshot, None, True, project.history, project.curves)
        while trainer.stopped is None:
            trainer.advance()
        runs.append((trainer.network.parameters.tobytes(), trainer.epoch, trainer.stopped))
    assert runs[0] == runs[1] and runs[0][2].reason == "patience"


def test_an_image_network_opens() -> None:
    kinds = [layer.kind for layer in read_project(FOLDER / "v3-image.nnviz").spec.network.layers]
    assert kinds[0] == "conv2d" and {"maxpool2d", "flatten", "dense"} <= set(kinds)


def test_decimated_curves_go_on_in_a_file_without_history() -> None:
    opened = read_project(FOLDER / "v2-long.nnviz")
    assert opened.history == () and opened.curves is not None and opened.snapshot is not None
    trainer = reopened(opened)
    epochs, values = trainer.curves.series["train_loss"]
    assert BUCKETS < opened.snapshot.epoch == epochs[-1] and np.isfinite(values).all()
    assert opened.curves.series["train_loss"][-1, 0] == 2  # merged once: two values in a bucket
    assert trainer.store.state().series["train_loss"].tobytes() == array("v2-long.nnviz", "curves/train_loss.npy").tobytes()
