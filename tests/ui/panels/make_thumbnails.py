"""Makes resources/thumbnails.npz: a few samples of the data sets that take long to load, for the thumbnails of the examples.

    python -m tests.ui.panels.make_thumbnails

Of a table every n-th sample with its two most telling columns (`COLUMNS`) and its answer; of images the first of four classes.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.datasets import DATASETS

POINTS = 25
COLUMNS = {
    "iris": ("petal length", "petal width"),
    "wine": ("flavanoids", "color intensity"),
    "breast-cancer": ("worst radius", "worst concave points"),
    "diabetes": ("body mass index", "log triglycerides"),
    "heart-disease": ("age", "highest heart rate"),
}
CLASSES = {"digits": (3, 4, 7, 8), "mnist": (2, 5, 0, 7), "fashion": (0, 9, 1, 8)}


def made() -> dict[str, NDArray[Any]]:
    """Return the content of the file by name."""
    found: dict[str, NDArray[Any]] = {}
    for name, columns in COLUMNS.items():
        source = DATASETS[name]
        raw = source.make(0, 0.0, np.random.default_rng(0))
        rows = np.linspace(0, len(raw.inputs) - 1, POINTS).astype(np.intp)
        found[f"{name}.points"] = raw.inputs[rows][:, [source.columns.index(column) for column in columns]].astype(np.float32)
        found[f"{name}.answers"] = raw.targets[rows].ravel().astype(np.float32)
    for name, classes in CLASSES.items():
        source = DATASETS[name]
        raw = source.make(0, 0.0, np.random.default_rng(0))
        firsts = [int(np.flatnonzero(raw.targets == label)[0]) for label in classes]
        found[f"{name}.images"] = np.round(255 * raw.inputs[firsts].reshape(-1, *source.shape[:2])).astype(np.uint8)
    return found


def main() -> None:
    """Write the file."""
    from nnviz.formats.save import save
    from nnviz.resources import resource

    content = io.BytesIO()
    np.savez_compressed(content, **made())
    save(resource("style.qss").with_name("thumbnails.npz"), content.getvalue())


if __name__ == "__main__":
    main()
