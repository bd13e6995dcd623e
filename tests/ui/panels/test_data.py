"""The data panel: shows the spec, asks for edits, and says why one cannot be."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.spec import MISSING
from nnviz.formats.examples import load, names
from nnviz.ui.panels.data import DataPanel
from nnviz.ui.theme import DARK, LIGHT, apply
from tests.ui.scaling import scaled


@pytest.fixture
def panel(qtbot: QtBot, document: object) -> DataPanel:
    made = DataPanel(document)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(212, 700)
    made.show()
    return made


def test_it_shows_the_spec_and_makes_no_edit_by_showing(panel: DataPanel) -> None:
    spec = panel.document.spec
    assert panel.noise.value() == pytest.approx(100 * spec.data.noise)
    assert panel.split.value() == pytest.approx(100 * spec.data.split.train)
    assert panel.batch.value() == spec.training.batch_size
    assert panel.samples.value() == spec.data.samples
    assert panel.problem.text() == "classification"
    for name in names():
        panel.document.name = name
        panel.document.spec = load(name).spec
        panel.show_spec(panel.document.spec)
    assert panel.document.edits == []


def test_every_example_has_a_thumbnail_and_a_click_opens_it(qtbot: QtBot, panel: DataPanel) -> None:
    assert tuple(panel.gallery.thumbnails) == names()
    panel.example_requested.connect(panel.document.open_example)
    qtbot.mouseClick(panel.gallery.thumbnails["xor"], Qt.MouseButton.LeftButton)
    assert panel.document.opened == ["xor"]
    assert [name for name, button in panel.gallery.thumbnails.items() if button.isChecked()] == ["xor"]


def test_thumbnails_stand_four_a_row_square_and_apart(qtbot: QtBot, panel: DataPanel) -> None:
    panel.gallery.more.unfold(True)
    panel.resize(212, 1400)
    buttons = list(panel.gallery.thumbnails.values())
    qtbot.waitUntil(lambda: buttons[-1].y() >= 0 and buttons[-1].height() == buttons[-1].width() == buttons[0].width())
    boxes = [QRect(button.mapTo(panel, QPoint()), button.size()) for button in buttons]
    assert len({box.x() for box in boxes}) == 4
    for at, box in enumerate(boxes):
        assert abs(box.width() - box.height()) <= 1
        assert not any(box.intersects(other) for other in boxes[at + 1 :])


def test_noise_is_shown_in_percent_and_kept_as_a_fraction(panel: DataPanel) -> None:
    panel.noise.slider.setValue(20)
    assert panel.document.spec.data.noise == 0.2
    assert panel.noise.field.text() == "20 %"
    assert panel.document.edits[-1][0] == "Set noise to 20 %"


def test_one_drag_is_one_merge_key_and_the_next_drag_another(panel: DataPanel) -> None:
    for positions in ((10, 20, 30), (5, 15)):
        panel.noise.slider.setSliderDown(True)
        for position in positions:
            panel.noise.slider.setValue(position)
        panel.noise.slider.setSliderDown(False)
    keys = [key for _, key in panel.document.edits]
    assert len(keys) == 5
    assert len(set(keys[:3])) == len(set(keys[3:])) == 1
    assert keys[0] != keys[-1]


def test_the_split_keeps_its_sum(panel: DataPanel) -> None:
    panel.split.slider.setValue(panel.split.slider.value() - 3)
    split = panel.document.spec.data.split
    assert split.train + split.validation + split.test == pytest.approx(1.0, abs=1e-12)
    assert panel.split.field.text() == f"{split.train * 100:g} / {split.validation * 100:g}"


def test_a_split_that_leaves_a_part_empty_is_refused_in_words(panel: DataPanel) -> None:
    panel.document.open_example("xor")
    panel.show_spec(panel.document.spec)
    before = panel.document.spec
    panel.split._take_typed(95.0)
    assert panel.document.spec == before
    assert panel.split.value() == 100 * before.data.split.train
    assert panel.split.field.note.isVisible()
    assert "No sample is left" in panel.split.field.note.text()


def test_fewer_samples_than_a_batch_are_refused_in_words(panel: DataPanel) -> None:
    before = panel.document.spec
    panel.samples._take_typed(20.0)
    assert panel.document.spec == before
    assert panel.samples.value() == before.data.samples
    assert "batch" in panel.samples.field.note.text()


def test_a_batch_has_at_most_the_training_part(qtbot: QtBot, panel: DataPanel) -> None:
    train = panel._facts.train
    panel.batch.slider.setValue(panel.batch.slider.maximum())
    assert panel.document.spec.training.batch_size == train
    panel.batch.field.setFocus()
    panel.batch.field.selectAll()
    qtbot.keyClicks(panel.batch.field, str(train + 1))
    qtbot.keyClick(panel.batch.field, Qt.Key.Key_Return)
    assert panel.document.spec.training.batch_size == train
    assert str(train) in panel.batch.field.note.text()


def test_batch_zero_is_called_all(panel: DataPanel) -> None:
    panel.batch._take_typed(0.0)
    assert panel.document.spec.training.batch_size == 0
    assert panel.batch.field.text() == "all"


def test_samples_are_hidden_where_the_data_have_a_fixed_number(panel: DataPanel) -> None:
    assert panel.samples.isVisibleTo(panel)
    panel.document.open_example("iris")
    panel.show_spec(panel.document.spec)
    assert not panel.samples.isVisibleTo(panel)


def test_a_chip_switches_a_feature_in_the_order_of_the_offer(qtbot: QtBot, panel: DataPanel) -> None:
    assert panel.document.spec.data.features == ("x1", "x2", "sin(x1)", "sin(x2)")
    qtbot.mouseClick(panel.chips.chips["x1^2"], Qt.MouseButton.LeftButton)
    assert panel.document.spec.data.features == ("x1", "x2", "x1^2", "sin(x1)", "sin(x2)")
    assert panel.document.spec.network.input.names == panel.document.spec.data.features
    assert panel.document.edits[-1][0] == "Add input x₁²"


def test_the_last_feature_cannot_be_switched_off(qtbot: QtBot, panel: DataPanel) -> None:
    for feature in ("x2", "sin(x1)", "sin(x2)"):
        qtbot.mouseClick(panel.chips.chips[feature], Qt.MouseButton.LeftButton)
    edits = len(panel.document.edits)
    qtbot.mouseClick(panel.chips.chips["x1"], Qt.MouseButton.LeftButton)
    assert panel.document.spec.data.features == ("x1",)
    assert len(panel.document.edits) == edits
    assert panel.chips.chips["x1"].isChecked()
    assert panel.chips.note.isVisible()
    assert "at least one input" in panel.chips.note.text()


def test_a_table_offers_its_columns(panel: DataPanel) -> None:
    panel.document.open_example("iris")
    panel.show_spec(panel.document.spec)
    assert list(panel.chips.chips) == ["sepal length", "sepal width", "petal length", "petal width"]


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("example", ["spiral", "iris", "sine", "xor", "heart-disease", "mnist-cnn"])
def test_nothing_is_clipped_in_a_narrow_dock(qapp: QApplication, panel: DataPanel, scale: float, example: str) -> None:
    theme = scaled(LIGHT, scale)
    apply(qapp, theme)
    panel.document.open_example(example)
    panel.set_theme(theme)
    panel.show_spec(panel.document.spec)
    panel.resize(212, 1200)
    for widget in panel.findChildren(QWidget):
        if widget.isVisibleTo(panel) and widget.width():
            assert widget.mapTo(panel, widget.rect().topRight()).x() < 212, widget
    apply(qapp, LIGHT)


def test_theme_and_language_build_it_anew(panel: DataPanel) -> None:
    panel.set_theme(DARK)
    QApplication.sendEvent(panel, QEvent(QEvent.Type.LanguageChange))
    assert panel.noise.value() == pytest.approx(100 * panel.document.spec.data.noise)
    assert panel.document.edits == []
    assert len(panel.findChildren(type(panel.gallery), options=Qt.FindChildOption.FindChildrenRecursively)) >= 1


def opened(panel: DataPanel, name: str) -> None:
    panel.document.open_example(name)
    panel.show_spec(panel.document.spec)


def test_images_have_no_chips_but_say_how_many_columns(panel: DataPanel) -> None:
    opened(panel, "mnist-mlp")
    assert panel.chips.chips == {} and not panel.chips.isVisibleTo(panel)
    assert panel.columns.isVisibleTo(panel) and panel.columns.text().startswith("All 784 columns")
    assert "784" in panel.features.head.accessibleName()


def test_many_columns_are_folded_away_and_few_are_not(panel: DataPanel) -> None:
    opened(panel, "breast-cancer")
    assert not panel.features.head.isChecked() and len(panel.chips.chips) == 30
    opened(panel, "iris")
    assert panel.features.head.isChecked()
    panel.features.head.click()
    panel.noise.slider.setValue(5)
    panel.show_spec(panel.document.spec)
    assert not panel.features.head.isChecked()  # as the person left it


def test_no_features_chosen_means_all_of_them(panel: DataPanel) -> None:
    opened(panel, "wine")
    assert panel.document.spec.data.features in ((), panel._facts.columns)
    assert all(chip.isChecked() for chip in panel.chips.chips.values())
    panel.chips.chips["ash"].click()
    assert panel.document.spec.data.features == tuple(name for name in panel._facts.columns if name != "ash")
    assert panel.document.spec.network.input.names == panel.document.spec.data.features


def test_what_becomes_of_empty_cells_is_asked_only_where_there_are_some(panel: DataPanel) -> None:
    opened(panel, "wine")
    assert not panel.missing_row.isVisibleTo(panel)
    opened(panel, "heart-disease")
    assert panel.missing_row.isVisibleTo(panel)
    for key in MISSING:
        panel.missing.activated.emit(panel.missing.findData(key))
        panel.show_spec(panel.document.spec)
        assert panel.document.spec.data.missing == key == panel.missing.key()


def test_an_autoencoder_is_called_one(panel: DataPanel) -> None:
    opened(panel, "digits-autoencoder")
    assert panel.problem.text() == "autoencoder"


def test_the_open_example_is_never_folded_away(panel: DataPanel) -> None:
    assert not panel.gallery.more.head.isChecked()
    panel.gallery.show_current(names()[-1])
    assert panel.gallery.thumbnails[names()[-1]].isVisibleTo(panel)
