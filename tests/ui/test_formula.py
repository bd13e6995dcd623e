"""Formulas: typeset off the critical path, kept, and never a crash."""

from __future__ import annotations

import logging
import time

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.ui.formula import Formula, plain, typeset
from nnviz.ui.theme import DARK, LIGHT

ALL = sorted({entry.formula for table in (ACTIVATIONS, LOSSES, REDUCTIONS, OPTIMIZERS) for entry in table.values()})


@pytest.fixture
def formula(qtbot: QtBot) -> Formula:
    made = Formula(LIGHT)
    qtbot.addWidget(made)
    made.resize(260, 60)
    made.show()
    return made


@pytest.mark.parametrize("latex", ALL)
def test_every_formula_of_the_tables_can_be_set(latex: str) -> None:
    svg = typeset(latex, 16.0, LIGHT.ink)
    assert svg.startswith(b"<svg")
    assert LIGHT.ink.encode() in svg
    assert plain(latex)


def test_asking_is_quick_and_the_setting_comes_later(qtbot: QtBot, formula: Formula) -> None:
    start = time.thread_time()
    formula.set_latex(r"a = \tanh z")
    assert time.thread_time() - start < 0.02
    assert not formula._svg.isValid()
    assert formula.accessibleName() == "a = tanh z"
    qtbot.waitUntil(lambda: formula._svg.isValid(), timeout=10_000)
    assert not formula.grab().isNull()


def test_what_cannot_be_read_stays_as_plain_text_and_the_log_says_so(
    qtbot: QtBot, formula: Formula, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        formula.set_latex(r"\frac{")
        qtbot.waitUntil(lambda: "stays plain text" in caplog.text, timeout=10_000)
    assert not formula._svg.isValid()
    assert not formula.grab().isNull()


def test_a_formula_is_set_once(qtbot: QtBot, formula: Formula) -> None:
    formula.set_latex(r"f'(z) = 1")
    qtbot.waitUntil(lambda: formula._svg.isValid(), timeout=10_000)
    misses = typeset.cache_info().misses
    formula.set_latex("")
    formula.set_latex(r"f'(z) = 1")
    qtbot.waitUntil(lambda: formula._svg.isValid())
    assert typeset.cache_info().misses == misses


def test_a_wide_formula_shrinks_into_its_panel(qtbot: QtBot, formula: Formula) -> None:
    formula.set_latex(OPTIMIZERS["adam"].formula)
    qtbot.waitUntil(lambda: formula._svg.isValid(), timeout=10_000)
    assert formula._svg.defaultSize().width() > 260
    assert formula._shrink() < 1.0
    assert formula.sizeHint().height() < formula._svg.defaultSize().height()
    assert formula.minimumSizeHint().width() < 50


def test_another_theme_sets_it_in_another_ink(qtbot: QtBot, formula: Formula) -> None:
    formula.set_latex("z")
    qtbot.waitUntil(lambda: formula._svg.isValid(), timeout=10_000)
    light = formula.grab().toImage()
    formula.set_theme(DARK)
    qtbot.waitUntil(lambda: formula.grab().toImage() != light)


def test_an_empty_formula_takes_no_room(formula: Formula) -> None:
    assert formula.sizeHint().height() == 0
    assert QApplication.instance() is not None
