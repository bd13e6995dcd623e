"""What the Export menu writes, copies and prints, also while training; and that a file ends in what it is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.app.frame import Frame
from nnviz.formats.weights import copies
from nnviz.ui.export_dialog import CANVAS, NETWORK_WEIGHTS, Choice, suffixes
from nnviz.ui.export_files import with_suffix
from nnviz.ui.main_window import MainWindow
from nnviz.ui.pictures import Picture, paint_page
from nnviz.ui.printing import Preview
from tests.ui.conftest import OpenWindow
from tests.ui.files import said_of

TABLE = "CSV (*.csv)"
KNOWN = (".png", ".csv", ".npz", ".safetensors", ".svg")
Answer = Callable[[Path, str], None]


@pytest.mark.parametrize("what", [CANVAS, "loss", "surface"])
def test_paper_is_white_in_the_dark_theme_too(open_window: OpenWindow, what: str) -> None:
    window = open_window("spiral")
    window.program.settings.change(decimal_comma=True, digits=6)
    window.look.use_dark()
    shown, things = window.theme, window.exports._things
    page = QImage(600, 600, QImage.Format.Format_RGB32)
    page.fill(QColor("white"))
    picture = things.on_paper(what)
    with QPainter(page) as painter:
        paint_page(picture, painter, page.rect())
    inks = [page.pixelColor(x, y).lightness() for x in range(0, 600, 3) for y in range(0, 600, 3)]
    assert sum(ink > 200 for ink in inks) > 0.5 * len(inks)
    assert picture.background.lightness() > 240 and min(inks) < 200
    view = window.canvas.sheet.inks if what == CANVAS else window.plots.plots[what]
    assert view.theme == shown == window.theme, "the screen stays as it is"
    assert things.picture(what).background.lightness() < 60


def test_printing_is_on_paper(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window, printed = open_window("xor"), list[Picture]()
    window.look.use_dark()
    monkeypatch.setattr(Preview, "__init__", lambda _, picture, parent: printed.append(picture))
    monkeypatch.setattr(Preview, "open", lambda _: None)
    window.exports.print_preview()
    assert printed[0].background.lightness() > 240


@pytest.mark.parametrize(
    ("typed", "kind", "written"),
    [
        ("loss", TABLE, "loss.csv"),
        ("loss", "", "loss.png"),
        ("loss.png", TABLE, "loss.png"),
        ("LOSS.PNG", TABLE, "LOSS.PNG"),
        ("rate 0.01", TABLE, "rate 0.01.csv"),
        ("run.2", "safetensors (*.safetensors)", "run.2.safetensors"),
        ("loss.jpg", "PNG (*.png)", "loss.jpg.png"),
    ],
)
def test_the_suffix_is_that_of_the_chosen_kind(typed: str, kind: str, written: str) -> None:
    assert with_suffix(Path("folder") / typed, kind, ".png", KNOWN) == Path("folder") / written


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Answer the file dialog with a path and a kind."""

    def set_(path: Path, kind: str = "") -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))

    return set_


def export(qtbot: QtBot, window: MainWindow, choice: Choice) -> None:
    """Export and wait until the job is over."""
    window.exports._export(choice)
    qtbot.waitUntil(lambda: not window.program.jobs.running, timeout=20000)


def things(window: MainWindow) -> list[str]:
    return [CANVAS, *window.plots.plots, NETWORK_WEIGHTS]


def test_everything_is_written_in_every_format(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, answer: Answer) -> None:
    window = open_window("spiral")
    for what in things(window):
        for suffix in suffixes(what):
            path = tmp_path / f"{what}{suffix}"
            answer(path)
            export(qtbot, window, Choice(what, suffix, 1.0))
            assert path.stat().st_size > (4 if suffix == ".csv" else 500), path
            assert path.name in window.statusBar().currentMessage()


@pytest.mark.parametrize("slot", ["npz", "safetensors", "weights_json", "weights_csv", "png", "svg", "pdf"])
def test_the_menu_entries_ask_for_a_file_of_their_kind(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slot: str
) -> None:
    window, asked = open_window("xor"), []

    def ask(parent: object, title: str, name: str, filters: str, first: str) -> tuple[str, str]:
        asked.append((name, first))
        return str(tmp_path / name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    getattr(window.exports, slot)()
    qtbot.waitUntil(lambda: not window.program.jobs.running, timeout=20000)
    suffix = f".{slot.removeprefix('weights_')}"
    assert asked[0][0].endswith(suffix)
    assert f"(*{suffix})" in asked[0][1]
    assert [path.suffix for path in tmp_path.iterdir()] == [suffix]


def numbers(path: Path) -> np.ndarray:
    """Return the weights of a file, in the order of their names."""
    if path.suffix == ".npz":
        with np.load(path) as archive:
            return np.concatenate([archive[name].ravel() for name in sorted(archive.files)])
    if path.suffix == ".safetensors":
        from safetensors.numpy import load_file

        stored = load_file(path)
        return np.concatenate([stored[name].ravel() for name in sorted(stored)])
    if path.suffix == ".json":
        stored = json.loads(path.read_text(encoding="utf-8"))
        return np.concatenate([np.ravel(stored[name]["values"]) for name in sorted(stored)])
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))[1:]
    return np.array([float(row[-1]) for row in sorted(rows, key=lambda row: row[0])])


def test_while_training_each_file_is_of_one_step(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, answer: Answer) -> None:
    """RELIABILITY row 11: five times each, read back, one step inside."""
    window = open_window("circle")
    frames: dict[int, Frame] = {}
    window.document.frame_changed.connect(lambda frame: frames.__setitem__(frame.step, frame))
    frames[window.document.frame.step] = window.document.frame
    window.document.train()
    steps = set()
    for turn in range(5):
        for what in things(window):
            for suffix in suffixes(what):
                path = tmp_path / f"{what}-{turn}{suffix}"
                answer(path)
                export(qtbot, window, Choice(what, suffix, 1.0))
                if what == NETWORK_WEIGHTS:
                    written = numbers(path)
                    flats = [copies(frame.spec, frame.parameters) for frame in frames.values()]
                    assert any(np.array_equal(np.concatenate([flat[name].ravel() for name in sorted(flat)]), written) for flat in flats)
                elif suffix != ".csv":
                    said = said_of(path.read_bytes())
                    named = [step for step, frame in frames.items() if f"step {step}, epoch {frame.epoch}" in said]
                    assert named, said
                    steps.add(max(named))
    assert window.document.state is RunState.TRAINING
    assert len(steps) > 5
    window.document.pause()
    qtbot.waitUntil(lambda: window.document.state is RunState.PAUSED)


def test_a_plot_saved_as_a_table_is_a_table(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, answer: Answer) -> None:
    window = open_window("xor")
    answer(tmp_path / "run 0.1", TABLE)
    export(qtbot, window, Choice("loss", ".png"))
    assert (tmp_path / "run 0.1.csv").read_text().startswith("epoch")
    assert "run 0.1.csv" in window.statusBar().currentMessage()


@pytest.mark.parametrize("yes", [True, False])
def test_an_added_suffix_never_replaces_a_file_unasked(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch, yes: bool
) -> None:
    window, asked = open_window("xor"), []
    buttons = QMessageBox.StandardButton
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or (buttons.Yes if yes else buttons.No))
    (tmp_path / "picture.png").write_bytes(b"precious")
    answer(tmp_path / "picture", "PNG (*.png)")
    export(qtbot, window, Choice())
    assert ((tmp_path / "picture.png").read_bytes() != b"precious") is yes
    assert "picture.png" in asked[0]
    answer(tmp_path / "picture.png", "PNG (*.png)")  # the file dialog itself has asked about a name that was typed
    export(qtbot, window, Choice())
    assert len(asked) == 1


def test_a_folder_that_is_gone_is_told(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, answer: Answer) -> None:
    window = open_window("xor")
    answer(tmp_path / "gone" / "c.svg")
    export(qtbot, window, Choice(CANVAS, ".svg"))
    assert window.banner.isVisible()
    assert "c.svg" in window.banner.words.text() or "gone" in window.banner.words.text()
    offered = [button for button in window.banner.findChildren(type(window.banner.dismiss)) if "Save as" in button.text()]
    assert len(offered) == 1
    assert not list(tmp_path.iterdir())


def test_a_view_that_is_switched_off_is_named(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, answer: Answer) -> None:
    window = open_window("xor")
    window.canvas.setProperty("switched off", True)
    answer(tmp_path / "c.png")
    export(qtbot, window, Choice())
    assert "Retry" in window.banner.words.text()
    assert not list(tmp_path.iterdir())
    window.canvas.setProperty("switched off", False)


@pytest.mark.parametrize("what", [CANVAS, "loss", "surface"])
def test_the_clipboard_gets_pixels_png_and_svg(open_window: OpenWindow, qtbot: QtBot, what: str) -> None:
    window = open_window("spiral")
    QApplication.clipboard().clear()
    width, height = window.exports._things.size(what)
    if what == CANVAS:
        window.exports.copy_canvas()
    else:
        window.exports.copy_plot(what)
    qtbot.waitUntil(lambda: not window.program.jobs.running, timeout=20000)
    held = QApplication.clipboard().mimeData()
    assert (held.imageData().width(), held.imageData().height()) == (round(2 * width), round(2 * height))
    assert QImage.fromData(held.data("image/png").data()) == held.imageData()
    assert "<text" in bytes(held.data("image/svg+xml").data()).decode()
    QApplication.clipboard().clear()
