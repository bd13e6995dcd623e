"""`nnviz export --out pass.gif`: every stage of one pass, one picture each."""

from __future__ import annotations

import io

from PIL import Image

from nnviz.app.framing import probe_trace
from nnviz.cli.drawing import pass_animation
from nnviz.data.prepare import prepare
from nnviz.engine.trainer import Trainer
from nnviz.explain.stages import stages
from nnviz.formats.examples import load


def test_the_animated_pass_has_a_picture_a_stage(qapp: object) -> None:
    example = load("mazur")
    data = prepare(example.spec.data)
    trainer = Trainer(example.spec, data.samples, initial=example.initial)
    moving = Image.open(io.BytesIO(pass_animation(trainer, data)))
    assert moving.n_frames == len(stages(probe_trace(trainer, data, 0)))
