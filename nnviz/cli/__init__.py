"""The command line, one file a group of commands; Qt is loaded only to open the window and to draw."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, by default that of the process, and return the exit code."""
    from nnviz.cli.app import run

    return run(arguments)
