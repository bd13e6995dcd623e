"""One door for every file: a project, whole or damaged, weights that fit, or a refusal that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnviz.formats.opening import Weights, open_file
from nnviz.formats.project import Opened
from nnviz.formats.strict import ImportProblem
from nnviz.formats.weights import WEIGHTS
from tests.formats.build import TRAINER, WHOLE, spiral, tampered


def test_projects_open_whole_or_in_part(tmp_path: Path) -> None:
    damaged = tampered(WHOLE, lambda parts: parts.update({"view.json": b"?"}))
    for content, faults in ((WHOLE, 0), (damaged, 1)):
        (tmp_path / "run").write_bytes(content)
        opened = open_file(tmp_path / "run", spiral())
        assert isinstance(opened, Opened) and len(opened.damaged) == faults and opened.project.spec == TRAINER.spec


@pytest.mark.parametrize("kind", WEIGHTS)
def test_weights_open_for_the_network_that_is_there(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"w.{kind}").write_bytes(WEIGHTS[kind](TRAINER.spec, TRAINER.network.parameters))
    opened = open_file(tmp_path / f"w.{kind}", TRAINER.spec)
    assert isinstance(opened, Weights) and opened.spec == TRAINER.spec
    assert opened.parameters.tobytes() == TRAINER.network.parameters.tobytes()


def test_everything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"\x80\x02.")
    with pytest.raises(ImportProblem, match="kind-unsafe"):
        open_file(tmp_path / "model.pt", spiral())
