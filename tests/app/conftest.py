"""A document on a running worker, closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.start import example_start

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
