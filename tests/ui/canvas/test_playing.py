"""A pass on the canvas: what acts is lit with true numbers, pulses travel along the very edges, then all is as before."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from nnviz.explain.numbers import shown_value
from nnviz.explain.picture import Picture
from nnviz.ui.canvas.canvas import Canvas, Selection
from nnviz.ui.canvas.columns import RING, overlaps, solid_boxes, text_boxes
from nnviz.ui.canvas.edges import nearest, points_at
from nnviz.ui.canvas.lighting import light
from nnviz.ui.canvas.motion import Motion, eased
from nnviz.ui.canvas.playing import PLAYED, pass_pictures, wave_pictures
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, flowers, planar


@pytest.fixture(scope="module")
def spiral() -> Run:
    return planar((8, 6, 1), ("x1", "x2", "sin(x1)", "sin(x2)"), source="spiral")


def grabbed(canvas: Canvas) -> QImage:
    return canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_numbers_on_edges_overlap_nothing_at_any_stage(show: Show, spiral: Run) -> None:
    for run in (spiral, flowers()):
        canvas = show(run, size=(1200, 780))
        assert canvas.sheet.layout is not None
        rings = solid_boxes(canvas.sheet.layout)
        still = np.concatenate([text_boxes(canvas.sheet.layout), rings])
        for quantity in ("z", "grad", "back", "step", "new"):
            for picture in run.pictures(quantity):
                canvas.show_pass(picture)
                assert canvas.sheet.light is not None
                boxes = np.array([number.box for number in canvas.sheet.light.numbers])
                assert len(boxes) >= 6
                assert not np.triu(overlaps(boxes, boxes), k=1).any()
                assert not overlaps(boxes, still).any()
                assert not overlaps(boxes, rings + np.array([-RING, -RING, 2 * RING, 2 * RING])).any()


def test_numbers_on_edges_are_those_of_the_pass(show: Show, spiral: Run) -> None:
    canvas = show(spiral, size=(1200, 780))
    picture = spiral.pictures("z")[1]
    canvas.show_pass(picture)
    assert canvas.sheet.light is not None
    lit = canvas.sheet.light.edges[0]
    bundle = canvas.sheet.bundles[lit.bundle]
    values, lines = bundle.pick(picture.edge_values["l2"]), bundle.lines(np.arange(bundle.size))
    for number in canvas.sheet.light.numbers:
        middle = number.box[0] + number.box[2] / 2, number.box[1] + number.box[3] / 2
        edge, distance = nearest(lines, middle)
        assert distance < 1.0
        close = [value for value, line in zip(values, lines, strict=True) if nearest(line[None], middle)[1] < 1.0]
        assert min(abs(float(shown_value(number.text)) - value) for value in close) <= 6e-4, edge


def test_the_selected_neuron_gets_its_numbers_first(show: Show, spiral: Run) -> None:
    canvas = show(spiral, size=(1200, 780))
    canvas.show_pass(spiral.pictures("back")[1])
    canvas.select(Selection("neuron", "l1", "n3"))
    assert canvas.sheet.light is not None
    texts = [number.text for number in canvas.sheet.light.numbers]
    (_, mine), *_ = (found for found in canvas.sheet.edges_of(canvas.selection) if found[0] == 1)
    values = canvas.sheet.bundles[1].pick(canvas.sheet.light.picture.edge_values["l2"])[mine]
    for value in values:
        assert any(abs(float(shown_value(text)) - value) <= 1e-3 * max(1.0, abs(value)) for text in texts)


def test_nodes_carry_symbol_sign_and_rings(show: Show, spiral: Run) -> None:
    canvas = show(spiral)
    picture = spiral.pictures("delta")[-1]
    canvas.show_pass(picture)
    assert canvas.sheet.light is not None
    mark = canvas.sheet.light.nodes["l1"]
    assert all(text.startswith("δ ") for text in mark.texts)
    assert mark.ringed
    assert mark.lit
    assert mark.gradient
    assert (np.sign(mark.shares) == np.sign(picture.node_values["l1"])).all()
    assert not canvas.sheet.light.nodes["input"].ringed


def test_leaving_the_pass_gives_the_same_picture_back(show: Show, spiral: Run) -> None:
    canvas = show(spiral)
    before = grabbed(canvas)
    canvas.show_pass(spiral.pictures("back")[0])
    assert grabbed(canvas) != before
    canvas.show_pass(None)
    assert grabbed(canvas) == before


def test_the_same_stage_gives_the_same_picture(show: Show, spiral: Run) -> None:
    canvas = show(spiral)
    first, second = spiral.pictures("z")[0], spiral.pictures("back")[0]
    canvas.show_pass(first)
    seen = grabbed(canvas)
    canvas.show_pass(second)
    grabbed(canvas)
    canvas.show_pass(first)
    assert grabbed(canvas) == seen


def test_pulses_lie_on_their_edges_and_move_the_right_way(show: Show, spiral: Run) -> None:
    canvas = show(spiral)
    for quantity, sign in (("z", 1), ("back", -1)):
        canvas.show_pass(spiral.pictures(quantity)[1])
        assert canvas.sheet.light is not None
        assert canvas.sheet.light.direction == sign
        lit = canvas.sheet.light.edges[0]
        places = []
        for share in (0.2, 0.7):
            canvas.overlay.progress = share
            grabbed(canvas)
            drawn = canvas.overlay.fragments.memory[0, :3, :2].copy()
            assert max(nearest(lit.lines, (float(x), float(y)))[1] for x, y in drawn) < 1e-6
            places.append(drawn[:, 0].mean())
        assert np.sign(places[1] - places[0]) == sign


def test_a_stage_plays_once_and_then_stands(show: Show, spiral: Run, qtbot: QtBot) -> None:
    canvas = show(spiral)
    picture = spiral.pictures("z")[0]
    canvas.show_pass(picture)
    standing = grabbed(canvas)
    with qtbot.waitSignal(canvas.played, timeout=5000):
        canvas.animate_stage(picture, 0.08)
        assert canvas.player.running
    assert not canvas.player.running
    assert grabbed(canvas) == standing


def test_a_training_step_is_played_forward_then_backward_then_the_run_is_back(show: Show, spiral: Run, qtbot: QtBot) -> None:
    canvas = show(spiral)
    before = grabbed(canvas)
    seen: list[Picture] = []

    def note() -> None:
        if canvas.sheet.light is not None:
            seen.append(canvas.sheet.light.picture)

    canvas.player.lit.connect(note)
    with qtbot.waitSignal(canvas.played, timeout=8000):
        canvas.play_pass(spiral.trace, 0.6)
    canvas.player.lit.disconnect(note)
    directions = [picture.direction for picture in seen if picture.direction]
    assert directions[0] == 1
    assert -1 in directions
    assert directions == sorted(directions, reverse=True)
    assert canvas.sheet.light is None
    assert grabbed(canvas) == before


def test_the_played_beats_are_the_stages_of_the_pass(spiral: Run) -> None:
    beats = pass_pictures(spiral.trace)
    assert len(beats) == sum(len(spiral.pictures(quantity)) for quantity in PLAYED)
    assert beats[-1].edge_kind["l1"] == "weight"
    assert np.array_equal(beats[-1].edge_values["l1"], spiral.trace.layers[0].new_weights)


def test_a_wave_runs_over_the_run_without_dimming_it(show: Show, spiral: Run, qtbot: QtBot) -> None:
    canvas = show(spiral)
    with qtbot.waitSignal(canvas.played, timeout=5000):
        canvas.pulse(0.15)
        assert canvas.sheet.light is None
        assert len(canvas.overlay.waves) == 3
    assert canvas.overlay.waves == ()
    waves = wave_pictures(spiral.frame)
    terms = waves[1].edge_values["l2"]
    layer = spiral.frame.layers[1]
    assert terms.sum(axis=1) + layer.bias == pytest.approx(layer.z)


def test_frames_that_come_meanwhile_do_not_stop_a_wave(show: Show, spiral: Run, qtbot: QtBot) -> None:
    canvas = show(spiral)
    with qtbot.waitSignal(canvas.played, timeout=5000):
        canvas.pulse(0.2)
        canvas.show_frame(spiral.frame)
        canvas.pulse(0.2)
        assert len(canvas.overlay.waves) == 3
    canvas.pulse(0.2)
    canvas.show_spec(planar((2, 1), epochs=0).spec)
    assert not canvas.player.running
    assert canvas.overlay.waves == ()


def test_reduced_motion_shows_the_steps_but_no_travel(qtbot: QtBot) -> None:
    motion = Motion()
    motion.reduced = True
    beats: list[int] = []
    shares: list[float] = []
    motion.beat_changed.connect(beats.append)
    motion.moved.connect(shares.append)
    motion.play(3, 3.0)
    for seconds in (0.4, 0.9, 1.2, 2.2):
        motion.show_at(seconds)
    motion.stop()
    assert beats == [0, 1, 2]
    assert set(shares) == {0.5}


def test_motion_runs_only_while_something_moves(qtbot: QtBot) -> None:
    motion = Motion()
    motion.play(0, 1.0)
    assert not motion.running
    with qtbot.waitSignal(motion.finished, timeout=3000):
        motion.play(2, 0.05)
        assert motion.running
    assert not motion.running


def test_easing_goes_from_end_to_end_and_never_back() -> None:
    shares = [eased(share) for share in np.linspace(0, 1, 50)]
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1)
    assert (np.diff(shares) > 0).all()


def test_a_picture_that_does_not_fit_the_network_lights_nothing(show: Show, spiral: Run) -> None:
    canvas = show(planar((2, 1)))
    found = light(canvas.sheet, spiral.pictures("z")[1])
    assert found.numbers == ()
    canvas.show_pass(spiral.pictures("z")[1])
    grabbed(canvas)


def test_numbers_that_are_not_finite_are_written_not_drawn(show: Show, spiral: Run) -> None:
    good = spiral.pictures("z")[0]
    values = good.edge_values["l1"].copy()
    values[0, 0], values[1, 1] = np.nan, np.inf
    nodes = dict(good.node_values, l1=np.where(np.arange(8) == 2, np.nan, good.node_values["l1"]))
    canvas = show(spiral)
    canvas.show_pass(Picture(nodes, good.node_symbols, {"l1": values}, good.edge_kind, good.lit_nodes, good.lit_edges, 1))
    assert canvas.sheet.light is not None
    assert canvas.sheet.light.nodes["l1"].texts[2] == "z NaN"
    assert np.isfinite(canvas.sheet.light.edges[0].shares).all()
    assert np.isfinite(points_at(canvas.sheet.light.edges[0].lines, 0.5)).all()
    grabbed(canvas)
