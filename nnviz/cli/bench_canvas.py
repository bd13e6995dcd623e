"""What the canvas costs against the number of edges, in `nnviz bench --only canvas`: two dense layers, 100 to 1 000 000 edges.

Folded, as a person first sees it, wide layers show their first and last neurons; unfolded, all of them.
`python -m nnviz.cli.bench_canvas` measures in a process of its own and prints JSON.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from nnviz.cli.bench_files import table_data
from nnviz.cli.bench_rounds import Row, row
from nnviz.cli.bench_screen import own_home
from nnviz.cli.bench_work import Workload, spec_of
from nnviz.cli.errors import FailedError
from nnviz.cli.tables import aligned
from nnviz.engine.problem import message, problem
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.explain.words import say

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from nnviz.app.frame import Frame
    from nnviz.ui.canvas.canvas import Canvas

SIZES = {100: (9, 10, 1), 1_000: (24, 40, 1), 10_000: (99, 100, 1), 100_000: (399, 250, 1), 1_000_000: (999, 1000, 1)}
ROUNDS = 7
SIZE = (1200, 800)
COSTS = ("open_ms", "training_ms", "still_ms", "pan_ms", "hover_ms")


def canvas_rows(edges: tuple[int, ...] = tuple(SIZES)) -> list[Row]:
    """Measure networks of so many edges, those of wide layers folded and unfolded. Raises FailedError."""
    command = [sys.executable, "-m", "nnviz.cli.bench_canvas", *map(str, edges)]
    with own_home() as environment:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(problem("canvas", "bench-worker-ended"))
    rows: list[Row] = json.loads(done.stdout.splitlines()[-1])
    return rows


def canvas_lines(rows: list[Row]) -> list[str]:
    """Return the table: a line a network, milliseconds each."""
    words = [say(message(f"cli.bench-{word}")) for word in ("edges", "open", "training", "still", "pan", "hover", "items")]
    table = [words] + [[made["implementation"], *(f"{made[cost]:.1f}" for cost in COSTS), str(made["items"])] for made in rows]
    return aligned(table)


def _measured(edges: list[int]) -> list[Row]:
    from PySide6.QtWidgets import QApplication

    from nnviz.ui.canvas.spacing import FOLD_ABOVE
    from nnviz.ui.theme import LIGHT, apply, load_fonts

    application, rows = QApplication(["nnviz"]), []
    load_fonts()
    apply(application, LIGHT)
    for count in edges:
        sizes = SIZES[count]
        shown = _Shown(sizes)
        for state in ("folded", "unfolded") if max(sizes) > FOLD_ABOVE else ("",):
            rows.append(shown.row(f"{count} {state}".rstrip(), unfolded=state == "unfolded"))
    application.quit()
    return rows


class _Shown:
    """One network, and frames of it to be shown on new canvases."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        from nnviz.app.frame import Wanted
        from nnviz.app.framing import make_frame, planes

        work = Workload(sizes, "tanh", "sgd", 0.1, 8, 16)
        self._spec, self._data = spec_of(work), table_data(work)
        trainer = Trainer(self._spec, self._data.samples)
        self._frames: list[Frame] = []
        for _ in range(3):
            trainer.advance()
            self._frames.append(make_frame(trainer, self._data, planes(self._data), 0, Wanted(), 0))

    def row(self, name: str, *, unfolded: bool) -> Row:
        """Return what it costs to open, to paint, to pan and to hover."""
        from PySide6.QtGui import QImage

        image = QImage(*SIZE, QImage.Format.Format_RGB32)
        canvas, opened = self._opened(image, unfolded)
        rounds = range(ROUNDS)

        def train(number: int) -> None:
            canvas.show_frame(self._frames[number % 3])
            _paint(canvas, image)

        train(0)  # a frame alone is drawn as still values are
        training = [_timed(train, number) for number in rounds]
        canvas.come_to_rest()
        still = [_timed(_paint_anew, canvas, image) for _ in range(3)]
        pan = [_timed(_pan, canvas, image, step) for step in range(3 * ROUNDS)]
        canvas.come_to_rest()
        _paint(canvas, image)
        hover = [_timed(_hover, canvas, image, number) for number in rounds]
        medians = [opened, *(statistics.median(times) for times in (training, still, pan, hover))]
        items = len(canvas.scene().items())
        canvas.deleteLater()
        costs = dict(zip(COSTS, (cost / 1e3 for cost in medians), strict=True))
        return row("canvas", name, training, {}) | costs | {"items": items}

    def _opened(self, image: QImage, unfolded: bool) -> tuple[Canvas, float]:
        """Return a canvas that shows the network, and the microseconds until its first paint."""
        from nnviz.ui.canvas.canvas import Canvas
        from nnviz.ui.theme import LIGHT

        canvas = Canvas(LIGHT)
        canvas.resize(*SIZE)
        canvas.viewport().resize(*SIZE)
        if unfolded:
            canvas.sheet.unfolded = frozenset({"input", *(layer.id for layer in self._spec.network.layers)})

        def begin(spec: Spec) -> None:
            canvas.show_spec(spec)
            canvas.show_data(self._data)
            canvas.show_frame(self._frames[0])
            _paint(canvas, image)

        return canvas, _timed(begin, self._spec)


def _timed(work: Callable[..., None], *given: object) -> float:
    """Return the microseconds of CPU time that something takes."""
    begun = time.process_time()
    work(*given)
    return (time.process_time() - begun) * 1e6


def _paint(canvas: Canvas, image: QImage) -> None:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter

    painter = QPainter(image)
    canvas.render(painter, QRect(image.rect()), canvas.viewport().rect())
    painter.end()


def _paint_anew(canvas: Canvas, image: QImage) -> None:
    canvas.sheet.version += 1
    _paint(canvas, image)


def _pan(canvas: Canvas, image: QImage, step: int) -> None:
    """Zoom a little in, then move to and fro, as with the wheel."""
    canvas.navigator.zoom(1.2 if step == 0 else 1.001)
    for bar in (canvas.horizontalScrollBar(), canvas.verticalScrollBar()):
        bar.setValue(bar.value() + (23 if step % 10 < 5 else -23))
    _paint(canvas, image)


def _hover(canvas: Canvas, image: QImage, number: int) -> None:
    """Find what is under the pointer and keep it bright; then a neuron, which has many edges."""
    from PySide6.QtCore import QPointF

    from nnviz.ui.selection import Selection

    canvas.pointer.hit(QPointF(300.0 + 40.0 * number, 400.0))
    spec = canvas.sheet.spec
    if spec is not None:
        neurons = spec.network.weighted(spec.network.layers[0].id).neurons
        canvas.highlight(Selection("neuron", spec.network.layers[0].id, neurons[number % 5]))
    _paint(canvas, image)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured([int(count) for count in sys.argv[1:]])) + "\n")
