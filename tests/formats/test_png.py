"""PNG files hold every pixel, and say in words what they show."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from nnviz.formats.png import to_png


@given(
    st.sampled_from([3, 4]).flatmap(lambda depth: arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 7), st.just(depth)))),
    st.integers(1, 10),
)
def test_another_program_reads_the_very_pixels(pixels: np.ndarray, rows: int) -> None:
    height, width, depth = pixels.shape
    strips = (pixels[begin : begin + rows] for begin in range(0, height, rows))
    image = Image.open(io.BytesIO(to_png((width, height), strips)))
    assert image.mode == {3: "RGB", 4: "RGBA"}[depth]
    assert np.array_equal(np.asarray(image), pixels)


def test_words_and_size_on_paper() -> None:
    pixels = np.zeros((2, 2, 3), dtype=np.uint8)
    words = {"Title": "Gewichte ü", "Description": "Schritt 7, 层"}
    image = Image.open(io.BytesIO(to_png((2, 2), [pixels], dots_per_meter=3780, words=words)))
    image.load()
    assert {key: str(image.info[key]) for key in words} == words
    assert round(image.info["dpi"][0]) == 96


def test_no_rows_are_no_picture() -> None:
    with pytest.raises(ValueError, match="rows"):
        to_png((1, 1), [])
