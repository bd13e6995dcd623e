"""A document on a running worker, closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.places import HOME
from nnviz.app.start import example_start
from tests.app.journals import Opener

Open = Callable[[str], Document]


@pytest.fixture
def open_document(qtbot: QtBot) -> Iterator[Open]:
    """Open documents by example name, ready to train."""
    opened: list[Document] = []

    def open_(name: str) -> Document:
        document = Document(example_start(name))
        opened.append(document)
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED, timeout=20000)
        return document

    yield open_
    for document in opened:
        document.close()
        document.deleteLater()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep journals in a folder of the test's own."""
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Opener]:
    """Open documents with their journals, as a window does."""
    opener = Opener(qtbot)
    yield opener
    opener.close()
