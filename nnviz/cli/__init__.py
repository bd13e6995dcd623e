"""The command line, one file a group of commands; Qt is loaded only to open the window and to draw."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, by default that of the process, and return the exit code."""
    try:
        from nnviz.cli.app import run

        return run(arguments)
    except KeyboardInterrupt:  # while the program was being loaded, or while it was telling something
        return _interrupted()


def _interrupted() -> int:
    """Say that Ctrl+C stopped the program; another one meanwhile changes nothing."""
    import signal

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        from nnviz.cli.errors import INTERRUPTED, report
        from nnviz.engine.problem import problem

        report([problem("", "interrupted")], as_json=False)
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, before)
