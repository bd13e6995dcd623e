"""All built-in data sets by name, in the order they are listed."""

from __future__ import annotations

from nnviz.data.dataset import Dataset
from nnviz.data.images import IMAGES
from nnviz.data.planar import PLANAR
from nnviz.data.tables import TABLES
from nnviz.data.textbook import TEXTBOOK

DATASETS: dict[str, Dataset] = {item.name: item for item in (*PLANAR, *TEXTBOOK, *TABLES, *IMAGES)}
