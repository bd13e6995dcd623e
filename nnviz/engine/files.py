"""Finds resources/: beside the package in a checkout, inside it in an installed wheel.

Everybody asks `nnviz.resources`, except the data sets, which stand on the same floor as that and ask here.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource(name: str) -> Path:
    """Return the path of a file or folder of resources/, e.g. `resource("examples/xor.json")`.

    Raises:
        FileNotFoundError: the installation is damaged; the message names the missing file.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"nnviz is damaged: resources/{name} is missing; install it again")
