"""A new entry of a table appears in the panels by itself: offered, chosen, with its parameters, and with its sentence as tip."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.engine.table import Parameter, choose
from nnviz.ui.choice_editor import ChoiceEditor
from nnviz.ui.panels.inspector import Inspector
from nnviz.ui.panels.training import TrainingPanel
from nnviz.ui.selection import Selection
from tests.ui.panels.conftest import PaperDocument

Editors = dict[str, tuple[ChoiceEditor, ...]]
NAME, SENTENCE, GAIN = "brand_new", "Does something nobody has done before.", Parameter("my_gain", 2.5, 0.0, 10.0)
LIKE = {"activation": "tanh", "loss": "mse", "optimizer": "adam", "schedule": "constant", "initializer": "zeros"}
TABLES = {"activation": ACTIVATIONS, "loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES, "initializer": INITIALIZERS}


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch) -> PaperDocument:
    """A document made after every table got an entry like one of its own, with a parameter."""
    for kind, table in TABLES.items():
        entry = replace(table[LIKE[kind]], name=NAME, summary=SENTENCE, parameters=(GAIN,))  # type: ignore[type-var]
        monkeypatch.setitem(table, NAME, entry)  # type: ignore[arg-type]
    return PaperDocument()


@pytest.fixture
def editors(qtbot: QtBot, document: PaperDocument) -> Editors:
    """Every editor that shows a choice out of each table, in panels that are shown."""
    panel, inspector = TrainingPanel(document), Inspector(document)  # type: ignore[arg-type]
    for widget in (panel, inspector):
        qtbot.addWidget(widget)
        widget.show()
    inspector.show_selection(Selection("layer", document.spec.network.layers[0].id))
    common = inspector.page.own.common  # type: ignore[attr-defined]
    return {
        "activation": (common.activation,),
        "loss": (panel.loss,),
        "optimizer": (panel.optimizer,),
        "schedule": (panel.rate.schedule,),
        "initializer": (panel.initializer, common.initializer),
    }


@pytest.mark.parametrize("kind", list(TABLES))
def test_it_is_offered_by_a_readable_name_with_its_sentence(editors: Editors, kind: str) -> None:
    for editor in editors[kind]:
        at = editor.box.findData(NAME)
        assert editor.box.itemText(at) == "brand new"
        assert SENTENCE in editor.box.itemData(at, Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize("kind", list(TABLES))
def test_chosen_it_says_its_sentence_and_shows_its_parameter(qtbot: QtBot, editors: Editors, kind: str) -> None:
    for editor in editors[kind]:
        seen: list[object] = []
        editor.edited.connect(lambda choice, _, seen=seen: seen.append(choice))
        editor.box.activated.emit(editor.box.findData(NAME))
        assert seen == [choose(TABLES[kind], NAME)]
        editor.show_choice(seen[0])  # type: ignore[arg-type]
        assert SENTENCE in editor.box.toolTip()
        row = editor.rows["my_gain"]
        assert row.label.text() == "my gain" and row.field.value() == 2.5
        qtbot.waitUntil(row.isVisible)
        assert "From 0 to 10" in row.field.toolTip()


def test_choosing_it_is_an_edit_of_the_document_with_its_name(document: PaperDocument, editors: Editors) -> None:
    for kind in ("loss", "optimizer", "schedule"):
        box = editors[kind][0].box
        box.activated.emit(box.findData(NAME))
        assert getattr(document.spec.training, kind).kind == NAME
        assert "brand new" in document.edits[-1][0]
    for kind in ("activation", "initializer"):
        box = editors[kind][-1].box
        box.activated.emit(box.findData(NAME))
        assert getattr(document.spec.network.layers[0], kind).kind == NAME
        assert "brand new" in document.edits[-1][0]
