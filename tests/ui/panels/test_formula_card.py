"""The formula card: the true numbers, escaped, coloured by sign, each linked to where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from nnviz.engine.problem import Message
from nnviz.explain.card import Card, Section, card
from nnviz.explain.stages import Stage, stages
from nnviz.explain.tokens import Token, line_text
from nnviz.explain.words import catalogue
from nnviz.ui.panels import card_section
from nnviz.ui.panels.card_section import CardSection
from nnviz.ui.panels.formula_card import FormulaCard
from nnviz.ui.theme import DARK, LIGHT
from tests.ui.panels.conftest import Run


@pytest.fixture
def view(qtbot: QtBot) -> FormulaCard:
    made = FormulaCard()
    qtbot.addWidget(made)
    made.resize(276, 600)
    made.show()
    return made


def delta_stage(run: Run) -> Stage:
    return [stage for stage in stages(run.trace) if stage.quantity == "delta"][-1]


def card_of(run: Run) -> Card:
    return card(run.trace, delta_stage(run), run.trace.spec.network.layers[0].id, 2)


def test_every_line_is_shown_to_the_letter(view: FormulaCard, run: Run) -> None:
    shown = card_of(run)
    view.show_card(shown, delta_stage(run))
    for section, given in zip(view.sections, shown.sections, strict=True):
        lines = section.text().splitlines()
        assert lines[1:] == [line_text(line).replace("\n", " ") for line in given.lines]


def test_every_stage_of_every_neuron_can_be_shown(view: FormulaCard, run: Run) -> None:
    for stage in stages(run.trace):
        for layer in run.trace.spec.network.layers:
            shown = card(run.trace, stage, layer.id, 0)
            view.show_card(shown, stage)
            visible = [section for section in view.sections if section.isVisibleTo(view)]
            assert len(visible) == len(shown.sections)
            for section in visible:
                assert section.height() >= section._document.size().height()
    assert view.formula.latex


def test_the_present_and_the_coming_section_say_so(view: FormulaCard, run: Run) -> None:
    shown = card_of(run)
    view.show_card(shown, delta_stage(run))
    for section, given in zip(view.sections, shown.sections, strict=True):
        title = section.text().splitlines()[0]
        assert title.endswith("— now") == (given.state == "now")
        assert title.startswith("next —") == (given.state == "next")


def one_line(monkeypatch: pytest.MonkeyPatch, *tokens: Token, state: str = "done") -> Section:
    monkeypatch.setitem(catalogue("en"), "test", {"title": "title"})
    return Section(Message("test.title"), state, (tokens,))


def section_with(qtbot: QtBot, section: Section) -> CardSection:
    made = CardSection(LIGHT)
    qtbot.addWidget(made)
    made.resize(276, 100)
    made.show()
    made.show_section(section)
    return made


def test_markup_is_shown_literally(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = '<img src="x"> &amp; <a href="99">'
    made = section_with(qtbot, one_line(monkeypatch, Token(evil, node=("l1", 0)), Token("</p><h1>", "strong")))
    assert made.text().splitlines()[1] == evil + "</p><h1>"


@pytest.mark.parametrize(
    ("role", "ink"),
    [
        ("positive", LIGHT.positive_text),
        ("negative", LIGHT.negative_text),
        ("rising", LIGHT.rising),
        ("falling", LIGHT.falling),
        ("plain", LIGHT.ink),
        ("strong", LIGHT.ink),
    ],
)
def test_the_colour_of_a_number_says_its_sign(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, role: str, ink: str) -> None:
    made = section_with(qtbot, one_line(monkeypatch, Token("1.5", role, node=("l1", 0))))
    block = made._document.lastBlock()
    letters = block.begin().fragment().charFormat()
    assert letters.foreground().color().name() == ink
    assert (letters.fontWeight() >= 600) == (role == "strong")


def test_what_comes_next_is_quiet(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    made = section_with(qtbot, one_line(monkeypatch, Token("1.5", "positive"), state="next"))
    assert made._document.lastBlock().begin().fragment().charFormat().foreground().color().name() == LIGHT.muted


def test_pointing_at_a_number_tells_where_it_stands(qtbot: QtBot, view: FormulaCard, run: Run) -> None:
    view.show_card(card_of(run), delta_stage(run))
    seen: list[object] = []
    view.token_hovered.connect(seen.append)
    section = view.sections[0]
    linked = {token.node or token.edge for token in section._tokens if token.node or token.edge}
    for y in range(0, section.height(), 4):
        for x in range(0, section.width(), 6):
            if section.token_at(QPointF(x, y)) is not None:
                qtbot.mouseMove(section, QPoint(x, y))
    assert linked == {place for place in seen if place is not None}
    qtbot.mouseMove(section, QPoint(1, 1))
    assert seen[-1] is None


def test_the_number_of_a_place_can_be_marked(view: FormulaCard, run: Run) -> None:
    view.show_card(card_of(run), delta_stage(run))
    place = next(token.edge for token in view.sections[0]._tokens if token.edge)
    plain = view.sections[0]._document.toHtml()
    view.mark(place)
    assert LIGHT.accent_soft in view.sections[0]._document.toHtml()
    view.mark(None)
    assert view.sections[0]._document.toHtml() == plain


def test_long_lines_wrap_and_the_box_grows(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    made = section_with(qtbot, one_line(monkeypatch, *[Token(f"{at} × 0.1234 ") for at in range(30)]))
    wide = made.height()
    made.resize(120, made.height())
    assert made.height() > wide
    assert made._document.idealWidth() <= 120 - 2 * card_section.MARGIN + 1


def test_another_theme_recolours(view: FormulaCard, run: Run) -> None:
    view.show_card(card_of(run), delta_stage(run))
    view.set_theme(DARK)
    assert DARK.positive_text in view.sections[0]._document.toHtml()
    assert not view.grab().isNull()


def test_a_card_with_fewer_sections_hides_the_rest(view: FormulaCard, run: Run) -> None:
    shown = card_of(run)
    view.show_card(shown, delta_stage(run))
    view.show_card(replace(shown, sections=shown.sections[:1]), delta_stage(run))
    assert [section.isVisibleTo(view) for section in view.sections] == [True] + [False] * (len(shown.sections) - 1)
