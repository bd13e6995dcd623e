"""A GIF holds every picture in its order and colours."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from nnviz.formats.animation import to_gif


def test_every_picture_is_there_in_its_colours() -> None:
    colours = [(9, 126, 223), (243, 94, 27), (84, 11, 107)]
    pictures = [np.full((40, 60, 3), colour, np.uint8) for colour in colours]
    moving = Image.open(io.BytesIO(to_gif(pictures, 0.5)))
    shown = [np.asarray(frame.convert("RGB"))[20, 30] for frame in ImageSequence.Iterator(moving)]
    assert len(shown) == 3 and moving.info["duration"] == 500 and moving.info["loop"] == 0
    assert np.abs(np.array(shown, int) - np.array(colours)).max() <= 8


@pytest.mark.parametrize("shapes", [[], [(4, 4, 3), (4, 5, 3)]])
def test_no_pictures_or_unequal_ones_are_refused(shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="all of one size"):
        to_gif([np.zeros(shape, np.uint8) for shape in shapes], 1.0)
