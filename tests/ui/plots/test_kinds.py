"""What each plot shows: the right numbers, named rightly."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.history import Curves
from nnviz.engine.table import choose
from nnviz.ui.plots.base import MOST_SAMPLES, spread
from nnviz.ui.plots.gradients import norm
from nnviz.ui.plots.lines import thinned
from nnviz.ui.theme import LIGHT


def test_the_loss_table_is_the_curves(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    header, rows = shown("loss", trained).table()
    series = trained.last.curves.series
    assert header == ("epoch", "train_loss", "validation_loss")
    assert [row[0] for row in rows] == series["train_loss"][0].tolist()
    assert [row[1] for row in rows] == series["train_loss"][1].tolist()
    assert [row[2] for row in rows] == series["validation_loss"][1].tolist()


def test_lines_of_different_x_are_joined_by_x(run: Callable, shown: Callable) -> None:
    plot = shown("loss", run("spiral"))
    train, validation = np.array([[0.0, 1.0], [5.0, 4.0]]), np.array([[1.0, 2.0], [3.0, 2.0]])
    curves = Curves({"train_loss": tuple(train), "validation_loss": tuple(validation)})
    plot.show_frame(replace(run("spiral").last, curves=curves))
    assert plot.table()[1] == [(0, 5.0, None), (1, 4.0, 3.0), (2, None, 2.0)]


def test_lines_differ_by_more_than_color(run: Callable, shown: Callable) -> None:
    train, validation = shown("loss", run("spiral")).view.decor.legend
    assert train.color != validation.color
    assert train.dashed != validation.dashed


def test_the_loss_names_its_formula(run: Callable, shown: Callable) -> None:
    assert shown("loss", run("spiral")).view.decor.y_name == "mean squared error · half the mean"


def test_hover_shows_the_values_of_the_nearest_epoch(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    plot = shown("loss", trained)
    hover = plot.hover_at(float(plot.view.decor.x.place(3.2)), 0.5)
    assert hover.lines[0][1:] == ("epoch", "3")
    assert float(hover.lines[1][2]) == pytest.approx(trained.last.curves.series["train_loss"][1][3], abs=1e-4)


def test_before_the_first_epoch_a_hint_stands_beside_the_first_point(run: Callable, shown: Callable) -> None:
    first = run("spiral").frames[0]
    plot = shown("loss", run("spiral"))
    plot.show_frame(replace(first, curves=Curves({"train_loss": (np.zeros(1), np.ones(1))})))
    assert "Space" in plot.view.decor.message
    assert plot.view.decor.x is not None


def test_a_loss_of_zero_is_explained_on_a_logarithmic_axis(run: Callable, shown: Callable) -> None:
    plot = shown("loss", run("spiral"))
    plot.show_frame(replace(run("spiral").last, curves=Curves({"train_loss": (np.arange(3.0), np.zeros(3))})))
    assert "linear" in plot.view.decor.message
    plot.set_log(False)
    assert not plot.view.decor.message


@pytest.mark.parametrize(("example", "title"), [("spiral", "Accuracy"), ("sine", "R²")])
def test_the_metric_is_named_by_the_problem(example: str, title: str, run: Callable, shown: Callable) -> None:
    plot = shown("metric", run(example))
    assert plot.title == title
    assert plot.view.decor.y.high >= 1


def test_a_terrible_r2_does_not_flatten_the_rest(run: Callable, shown: Callable) -> None:
    plot = shown("metric", run("sine"))
    plot.show_frame(replace(run("sine").last, curves=Curves({"train_metric": (np.arange(3.0), np.array([-500.0, 0.2, 0.9]))})))
    assert plot.view.decor.y.low > -2


def test_accuracy_is_hovered_in_percent(run: Callable, shown: Callable) -> None:
    plot = shown("metric", run("spiral"))
    assert all(value.endswith(" %") for _, _, value in plot.hover_at(0.5, 0.5).lines[1:])


def test_bars_count_every_weight_once_and_never_mix_signs(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    plot = shown("weights", trained)
    weights = np.concatenate([layer.weights.ravel() for layer in trained.last.layers])
    _, rows = plot.table()
    assert sum(count for _, _, count in rows) == weights.size
    assert all(low >= -1e-12 or high <= 1e-12 for low, high, _ in rows)
    for low, high, count in rows:
        assert count == np.count_nonzero((weights >= low) & (weights < high))


def test_the_selected_layer_is_shown_alone(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    plot = shown("weights", trained)
    layer = trained.last.spec.network.layers[1]
    plot.show_layer(layer.id)
    assert layer.name in plot.title
    assert sum(row[2] for row in plot.table()[1]) == trained.last.layers[1].weights.size
    plot.show_layer("gone")
    assert "all layers" in plot.title


def test_the_hovered_bar_is_the_one_under_the_pointer(run: Callable, shown: Callable) -> None:
    plot = shown("weights", run("spiral"))
    tallest = int(np.argmax([count for _, _, count in plot.table()[1]]))
    hover = plot.hover_at((tallest + 0.5) / len(plot.table()[1]), 0.1)
    assert hover.lines[1][2] == str(plot.table()[1][tallest][2])


def test_gradient_norms_are_recorded_by_step(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    header, rows = shown("gradients", trained).table()
    assert header == ("step", *(layer.id for layer in trained.last.layers))
    assert [row[0] for row in rows] == [frame.step for frame in trained.frames[1:]]
    assert rows[-1][1] == pytest.approx(np.linalg.norm(trained.last.layers[0].gradient))


def test_going_back_forgets_what_came_after(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    plot = shown("gradients", trained)
    plot.show_frame(trained.frames[2])
    assert plot.table()[1][-1][0] == trained.frames[2].step
    plot.show_frame(trained.frames[0])
    assert plot.table()[1] == []


def test_gradients_stay_bounded(run: Callable, shown: Callable) -> None:
    plot, last = shown("gradients"), run("spiral").last
    for step in range(1, 3000):
        layers = tuple(replace(layer, gradient=layer.gradient * (2 + math.sin(step))) for layer in last.layers)
        plot.record(replace(last, step=step, layers=layers))
    plot.show_frame(replace(last, step=3000))
    assert 100 < len(plot.table()[1]) < 600
    assert plot.table()[1][-1][0] == 3000


def test_norms_neither_overflow_nor_underflow() -> None:
    assert norm(np.array([3e200, 4e200])) == pytest.approx(5e200)
    assert norm(np.array([3e-200, 4e-200])) == pytest.approx(5e-200)
    assert norm(np.zeros((0, 3))) == 0
    assert math.isnan(norm(np.array([1.0, np.nan])))
    assert norm(np.array([1.0, np.inf])) == np.inf


def test_thinning_keeps_ends_and_peaks() -> None:
    x = np.arange(10_000.0)
    y = np.sin(x / 100)
    y[1234], y[7777] = 50, -50
    thin_x, thin_y = thinned(x, y, 200)
    assert len(thin_x) < 500
    assert (np.diff(thin_x) >= 0).all()
    assert thin_x[0] == 0
    assert thin_x[-1] == 9999
    assert thin_y.max() == 50
    assert thin_y.min() == -50
    same = thinned(x[:10], y[:10], 200)
    assert np.array_equal(same[0], x[:10])


def test_the_surface_is_the_right_way_up(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    plot = shown("surface", trained, (400, 400))
    surface = np.full((1, 100, 100), -1.0, dtype=np.float32)
    surface[:, 90:, :] = 1.0  # high x2
    plot.show_data(replace(trained.data, raw=trained.data.raw + 1e6))  # no sample hides a colour
    plot.show_frame(replace(trained.last, surface=surface))
    image = QImage.fromData(plot.png(1.0))
    rect = plot.view.plot_rect()
    above, below = rect.top() + 0.04 * rect.height(), rect.bottom() - 0.04 * rect.height()
    assert image.pixelColor(int(rect.center().x()), int(above)) == QColor(LIGHT.positive)
    assert image.pixelColor(int(rect.center().x()), int(below)) == QColor(LIGHT.negative)
    assert plot.hover_at(0.5, 0.99).lines[-1][2] == "1"
    assert plot.hover_at(0.5, 0.01).lines[-1][2] == "−1"


def test_the_surface_is_square(run: Callable, shown: Callable) -> None:
    for size in ((420, 200), (300, 500), (800, 500)):
        rect = shown("surface", run("spiral"), size).view.plot_rect()
        assert rect.width() == pytest.approx(rect.height(), abs=2)


def test_one_output_speaks_in_values_and_several_in_classes(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    plot = shown("surface", trained)
    assert {entry.color for entry in plot.view.decor.legend[-2:]} == {LIGHT.negative, LIGHT.positive}
    assert plot.view.decor.ramp is not None
    layers = trained.last.spec.network.layers
    output = replace(layers[-1], neurons=("a", "b"), activation=choose(ACTIVATIONS, "softmax"))
    spec = replace(trained.last.spec, network=replace(trained.last.spec.network, layers=(*layers[:-1], output)))
    surface = np.concatenate([trained.last.surface, 1 - trained.last.surface])
    plot.show_frame(replace(trained.last, spec=spec, surface=surface))
    assert [entry.color for entry in plot.view.decor.legend[-2:]] == list(LIGHT.classes[:2])
    assert len({entry.symbol for entry in plot.view.decor.legend[-2:]}) == 2
    assert plot.view.decor.ramp is None
    assert len(plot.hover_at(0.5, 0.5).lines) == 4


def test_a_hundred_classes_all_look_different(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    names = tuple(f"class {k}" for k in range(100))
    plot = shown("surface", trained)
    layers = trained.last.spec.network.layers
    output = replace(layers[-1], neurons=names)
    plot.show_spec(replace(trained.last.spec, network=replace(trained.last.spec.network, layers=(*layers[:-1], output))))
    plot.show_data(replace(trained.data, class_names=names, samples=replace(trained.data.samples, classes=100)))
    looks = {(entry.color, entry.symbol) for entry in plot.view.decor.legend if entry.text.startswith("class")}
    assert len(looks) == 100
    assert plot.png(1.0)


def test_the_surface_table_stands_on_the_plane(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    header, rows = shown("surface", trained).table()
    (left, right), (bottom, top) = trained.data.domain
    assert header == ("x1", "x2", "output 1")
    assert rows[0] == (left, bottom, float(trained.last.surface[0, 0, 0]))
    assert rows[-1] == (right, top, float(trained.last.surface[0, -1, -1]))


@pytest.mark.parametrize(("name", "example"), [("surface", "iris"), ("surface", "sine"), ("fit", "spiral"), ("fit", "iris")])
def test_data_of_other_dimensions_get_words(name: str, example: str, run: Callable, shown: Callable) -> None:
    plot = shown(name, run(example))
    assert "input coordinate" in plot.view.decor.message
    assert plot.table()[1] == []


def test_the_fit_table_is_the_surface(run: Callable, shown: Callable) -> None:
    trained = run("sine")
    header, rows = shown("fit", trained).table()
    assert header == ("x1", "output 1")
    assert [row[1] for row in rows] == [float(value) for value in trained.last.surface[0]]
    assert (rows[0][0], rows[-1][0]) == trained.data.domain[0]


def test_a_wild_curve_does_not_flatten_the_samples(run: Callable, shown: Callable) -> None:
    trained = run("sine")
    plot = shown("fit", trained)
    plot.show_frame(replace(trained.last, surface=trained.last.surface * 1e6))
    assert plot.view.decor.y.high < 10


def test_too_many_samples_are_thinned_and_said(run: Callable, shown: Callable) -> None:
    trained = run("spiral")
    times = -(-3 * MOST_SAMPLES // len(trained.data.raw))
    labels, part_of = np.tile(trained.data.labels, times), np.tile(trained.data.part_of, times)
    data = replace(trained.data, raw=np.tile(trained.data.raw, (times, 1)), labels=labels, part_of=part_of)
    plot = shown("surface", trained)
    plot.show_data(data)
    assert plot.view.decor.legend[0].text == f"{MOST_SAMPLES} of {len(data.raw)} samples"
    assert len(spread(np.arange(10**6))) == MOST_SAMPLES
    assert spread(np.arange(10**6))[[0, -1]].tolist() == [0, 10**6 - 1]


def test_layers_without_weights_have_no_bars_and_no_line(run: Callable, shown: Callable) -> None:
    network = run("digits-cnn").last.spec.network
    pooling = next(layer for layer in network.layers if layer.kind == "maxpool2d")
    weights = shown("weights", run("digits-cnn"))
    weights.show_layer(pooling.id)
    assert weights.draw().message == "This layer has no weights"
    gradients = shown("gradients", run("digits-cnn"))
    learning = [layer.id for layer in network.layers if hasattr(layer, "neurons")]
    assert [line.name for line in gradients.lines()] == learning


@pytest.mark.parametrize("name", ["loss", "metric", "surface", "fit", "weights", "gradients"])
@pytest.mark.parametrize("example", ["digits-cnn", "digits-autoencoder"])
def test_every_plot_draws_images_and_autoencoders_or_says_why_not(name: str, example: str, run: Callable, shown: Callable) -> None:
    plot = shown(name, run(example))
    assert not plot.grab().isNull()
    message = plot.draw().message
    assert "No epoch yet" not in message
    assert name not in ("surface", "fit") or message


def test_an_autoencoder_is_judged_by_r2_and_its_samples_have_no_classes(run: Callable, shown: Callable) -> None:
    assert shown("metric", run("digits-autoencoder")).title == "R²"
    made = run("gauss")
    data = replace(made.data, samples=replace(made.data.samples, classes=0), labels=None, values=made.data.raw)
    surface = shown("surface", replace(made, data=data))
    assert not {entry.text for entry in surface.draw().legend} & set(data.class_names)
