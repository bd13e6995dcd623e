"""Moving pictures as files. Qt cannot write GIF; Pillow can."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def to_gif(pictures: Sequence[Array], seconds: float) -> bytes:
    """Return pictures, each (height, width, 3) uint8, as an endless GIF that shows each for `seconds`.

    Raises:
        ValueError: there are no pictures, or they differ in size.
    """
    from PIL import Image

    if len({picture.shape for picture in pictures}) != 1:
        raise ValueError("a moving picture needs pictures, all of one size")
    # One palette for all, chosen from all: else the colours of values would flicker from stage to stage.
    sampled = np.concatenate([picture[::4, ::4] for picture in pictures])
    palette = Image.fromarray(sampled).quantize(256, dither=Image.Dither.NONE)
    frames = [Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    content = io.BytesIO()
    frames[0].save(content, "gif", save_all=True, append_images=frames[1:], duration=round(1000 * seconds), loop=0)
    return content.getvalue()
