"""Images are rows of pixels between 0 and 1, named by row and column, as many of each class as is said."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.datasets

from nnviz.data import images
from nnviz.data.datasets import DATASETS
from nnviz.resources import resource
from tests.data.made import make

SIDES = {"digits": 8, "mnist": 28, "fashion": 28}


@pytest.mark.parametrize("name", SIDES)
def test_a_pixel_is_named_by_row_and_column(name: str) -> None:
    side, dataset = SIDES[name], DATASETS[name]
    assert dataset.shape == (side, side, 1)
    assert (dataset.columns[0], dataset.columns[1], dataset.columns[side]) == ("1,1", "1,2", "2,1")
    assert dataset.columns[-1] == f"{side},{side}"
    assert len(dataset.columns) == side * side


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_brightness_goes_from_0_to_1(name: str, noise: float) -> None:
    inputs = make(name, noise=noise).inputs
    assert (inputs.min(), inputs.max()) == (0.0, 1.0)
    assert set(DATASETS[name].domain) == {(0.0, 1.0)}


@pytest.mark.parametrize(
    ("name", "balance"),
    [("digits", [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]), ("mnist", [500] * 10), ("fashion", [200] * 10)],
)
def test_the_classes_are_as_many_as_is_said(name: str, balance: list[int]) -> None:
    assert np.bincount(make(name).targets).tolist() == balance
    assert len(DATASETS[name].class_names) == 10


def test_digits_are_those_of_scikit_learn() -> None:
    table, raw = sklearn.datasets.load_digits(), make("digits")
    assert (raw.inputs * 16).tolist() == table.data.tolist()
    assert raw.targets.tolist() == table.target.tolist()


@pytest.mark.parametrize(("name", "file"), [("mnist", "mnist_5k.npz"), ("fashion", "fashion_2k.npz")])
def test_the_stored_images_are_the_file(name: str, file: str) -> None:
    raw = make(name)
    with np.load(resource(f"data/{file}"), allow_pickle=False) as stored:
        pixels = stored["images"]
        assert np.rint(raw.inputs * 255).astype(np.uint8).tobytes() == pixels.tobytes()
        assert raw.targets.tolist() == stored["labels"].tolist()
    row, column = 13, 9
    index = DATASETS[name].columns.index(f"{row},{column}")
    assert raw.inputs[7, index] == pixels[7, row - 1, column - 1] / 255


def test_noise_is_a_deviation_of_the_brightness_wherever_there_is_room() -> None:
    clean, noisy = make("mnist").inputs, make("mnist", noise=0.1, seed=1).inputs
    gray = (clean > 0.45) & (clean < 0.55)
    assert (noisy - clean)[gray].std() == pytest.approx(0.1, rel=0.02)
    border = noisy[:, 0]
    assert (border == 0).mean() == pytest.approx(0.5, abs=0.05)
    assert border.max() > 0.2


def test_the_file_is_read_once_and_kept_unchanged() -> None:
    first, second = images._stored("mnist_5k.npz"), images._stored("mnist_5k.npz")
    assert first is second
    assert not any(array.flags.writeable for array in (*first, *images._optical_digits()))


def test_the_sources_are_told_beside_the_files() -> None:
    sources = resource("data/SOURCES.md").read_text(encoding="utf-8")
    files = {path.name for path in resource("data").iterdir()} - {"SOURCES.md"}
    assert files == {"mnist_5k.npz", "fashion_2k.npz", "heart_disease.csv"}
    assert all(f"| {file} |" in sources for file in files)
    assert "eeg" not in sources
