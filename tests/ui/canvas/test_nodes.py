"""The colors of neurons: outputs that lie in −1 … 1 by their nature keep that scale, all others have that of their largest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.spec import DataSpec, Spec, TrainingSpec
from nnviz.ui.canvas import inks, nodes
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import network, planar, run
from tests.ui.canvas.test_canvas import grabbed

WORDS = (r"f(z) = z", r"f'(z) = 1", "Made up for a test.", "nowhere")
HALF = Activation("half", lambda z: np.tanh(z) / 2, lambda _z, a: 0.5 - 2 * a * a, (-0.5, 0.5), *WORDS)
WIDE = Activation("wide", lambda z: 3 * np.tanh(z), lambda _z, a: 3 - a * a / 3, (-3.0, 3.0), *WORDS)


@pytest.mark.parametrize("kind", ["tanh", "sigmoid", "hard_sigmoid", "sine", "half", "relu", "elu", "linear", "wide"])
def test_a_scale_of_one_is_for_what_never_goes_beyond_it(monkeypatch: pytest.MonkeyPatch, show: Show, kind: str) -> None:
    for entry in (HALF, WIDE):
        monkeypatch.setitem(ACTIVATIONS, entry.name, entry)
    features = ("alcohol", "hue", "proline")
    data = DataSpec("wine", features=features, scaling="standard")
    made = run(Spec(network((4, 3), features, kind, "tanh"), TrainingSpec(), data), 1)
    hidden = set[float]()

    def noted(values: Any, scale: float) -> Any:
        if len(values) == 4:
            hidden.add(float(scale))
        return shades(values, scale)

    shades = nodes.shades
    monkeypatch.setattr(nodes, "shades", noted)
    grabbed(show(made))
    assert hidden and (hidden == {1.0}) is (kind not in ("relu", "elu", "linear", "wide"))


def test_each_tile_shows_its_own_map_and_nothing_of_its_neighbors(show: Show) -> None:
    canvas = show(planar((4, 1)))
    sheet = canvas.sheet
    item = nodes.NodesItem(sheet)
    assert sheet.layout is not None and sheet.frame is not None
    column = sheet.layout.column("l1")
    face = item.face(column)
    assert face is not None and face.maps is not None
    side = face.maps.width()
    assert face.maps.height() == 4 * side
    table = sheet.inks.value_table
    for row, shown in enumerate(sheet.frame.maps["l1"]):
        place = face.map_of(row)
        middle = table[inks.shades(shown[::-1], 1.0)][side // 2]
        pixels = [face.maps.pixel(x, int(place.y()) + side // 2) for x in range(side)]
        assert pixels == middle.tolist()
        alone, among = (QImage(60, 60, QImage.Format.Format_RGB32) for _ in range(2))
        for picture, drawn, source in ((alone, face.maps.copy(place.toRect()), QRectF(0, 0, side, side)), (among, face.maps, place)):
            picture.fill(sheet.inks.background)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(1.3, 2.6, 56.0, 56.0), drawn, source)
            painter.end()
        assert alone == among


def test_the_corners_of_a_map_are_left_out_and_its_sides_are_not() -> None:
    kept = nodes._inside(40) > 0
    assert not kept[[0, 0, -1, -1], [0, -1, 0, -1]].any()
    assert kept[0, 10:30].all() and kept[20].all() and (kept == kept[::-1]).all() and (kept == kept.T).all()


def test_a_frame_covers_what_a_stroke_along_the_tile_does() -> None:
    box, pictures = QRectF(10.4, 12.7, 56.0, 56.0), []
    for way in ("stroke", "fill"):
        picture = QImage(80, 80, QImage.Format.Format_Grayscale8)
        picture.fill(255)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corner = 56.0 * nodes.CORNER
        if way == "stroke":
            painter.setPen(QPen(QColor("black"), inks.BORDER))
            painter.drawRoundedRect(box, corner, corner)
        else:
            painter.fillPath(nodes._frame(box, corner), QColor("black"))
        painter.end()
        pictures.append(np.frombuffer(picture.constBits(), np.uint8).astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() <= 40 and abs(pictures[0].mean() - pictures[1].mean()) < 0.3
