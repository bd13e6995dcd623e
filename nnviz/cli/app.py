"""The commands put together, and `run`: which of them is meant, what went wrong, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import numpy as np
import typer
from typer.main import get_command

from nnviz.cli.errors import FAILED, INTERRUPTED, WRONG_USAGE, WrongUsageError, nearest, report
from nnviz.cli.options import is_path
from nnviz.engine.problem import Problem, ProblemError, problem
from nnviz.formats import examples

# name -> (module and function, example). A first word that is none of these is a file to open. The modules are imported when
# a command is meant: the window does not wait for them.
COMMANDS: dict[str, tuple[str, str]] = {
    "train": ("train:train", "nnviz train iris --epochs 50 --out run --weights npz,safetensors --plots"),
    "trace": ("trace:trace", "nnviz trace mazur --json"),
    "check": ("check:check", "nnviz check xor"),
    "evaluate": ("evaluate:evaluate", "nnviz evaluate run/model.nnviz --split validation"),
    "list": ("listing:list_names", "nnviz list examples"),
    "export": ("export:export", "nnviz export run/model.nnviz --out weights.npz --out network.svg"),
    "bench": ("bench:bench", "nnviz bench --only W1 --json"),
}
ABOUT = """See a neural network learn.

Without a command the window opens: nnviz [FILE...] [--example NAME] [--theme light|dark|system] [--reset]
"""
# Typer keeps a Click of its own since 0.26; this is the class of wrong command lines in either.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]
_COMPLETION = "_NNVIZ_COMPLETE"


def _commands() -> typer.Typer:
    app = typer.Typer(name="nnviz", help=ABOUT, no_args_is_help=True, pretty_exceptions_enable=False)
    for name, (place, example) in COMMANDS.items():
        module, function = place.split(":")
        app.command(name, epilog=f"Example: {example}")(getattr(import_module(f"nnviz.cli.{module}"), function))
    app.callback()(_options)
    return app


def _options() -> None:
    """Take the options of no command: --help and those for completion."""


def _window(words: list[str]) -> typer.Typer:
    """Return the opening of the window; a first word that is no file was meant as a command."""
    from nnviz.cli.window import open_window

    first = words[0] if words else "-"
    if not first.startswith("-") and not is_path(first):
        known = [*COMMANDS, *(f"--example {name}" for name in examples.names() if name == first)]
        raise WrongUsageError(problem("nnviz", "unknown-command", name=first[:60], nearest=nearest(first, known)))
    app = typer.Typer(name="nnviz", add_completion=False, pretty_exceptions_enable=False)
    app.command(epilog="Example: nnviz --example spiral --theme dark")(open_window)
    return app


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if sys.stdout is None and _is_command(words):  # told before the work, which may be long
            return _told([problem("stdout", "output-lost", reason="stdout is closed")], FAILED, [])
        return _run(words)
    except OSError as error:
        if error.filename is not None:  # then it was not the output that failed, which has no name
            raise
        _silence()
        return _told([problem("stdout", "output-lost", reason=error.strerror or str(error))], FAILED, [])


def _silence() -> None:
    """Lead the streams that cannot be written to into nothing, or the end of the process would try them again."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _run(words: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show "−" gets "?", not a traceback
    try:
        _refuse_empty(words)
        app = _commands() if _is_command(words) else _window(words)
        with np.errstate(all="ignore"):  # numbers that overflow are told by what is computed from them
            # Not app(...): that would put Typer's own excepthook in place of the window's.
            code = get_command(app).main(words, prog_name="nnviz", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        if code == INTERRUPTED:  # by the command itself, or by Typer, which says nothing
            return _told([problem("", "interrupted")], INTERRUPTED, [])
        return code if isinstance(code, int) else 0
    except ProblemError as error:
        return _told(error.problems, WRONG_USAGE if isinstance(error, WrongUsageError) else FAILED, words)
    except _UsageError as error:
        return _told([_usage_problem(error, words)], WRONG_USAGE, words)
    except (KeyboardInterrupt, typer.Abort):
        return _told([problem("", "interrupted")], INTERRUPTED, words)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read has gone; nobody is left to tell
        return FAILED


def _refuse_empty(words: list[str]) -> None:
    """Refuse words that are empty, as unset variables of a shell leave them: as a path they would mean this folder."""
    for before, word in zip(["", *words], words, strict=False):
        if word == "" or (word.startswith("--") and word.endswith("=")):
            raise WrongUsageError(problem((word or before).rstrip("=") if (word or before).startswith("--") else "", "empty-word"))


def _is_command(words: list[str]) -> bool:
    """Tell whether the first word is a command, or an option of the program itself."""
    first = words[0] if words else ""
    return first in COMMANDS or first in ("--help", "--install-completion", "--show-completion") or _COMPLETION in os.environ


def _told(problems: Sequence[Problem], code: int, words: list[str]) -> int:
    report(problems, as_json="--json" in words)
    if sys.stdout is not None:
        sys.stdout.flush()
    return code


def _usage_problem(error: Exception, words: list[str]) -> Problem:
    """Put what Typer says into a problem: an unknown option names the nearest ones."""
    command = f"nnviz {words[0]}" if words and words[0] in COMMANDS else "nnviz"
    option = getattr(error, "option_name", None)
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoSuchOption" and option and context is not None:
        known = [name for parameter in context.command.params for name in parameter.opts if name.startswith("--")]
        return problem(command, "unknown-option", option=option, nearest=nearest(option, [*known, "--help"]))
    reason = getattr(error, "format_message", error.__str__)()
    return problem(command, "wrong-usage", reason=str(reason).rstrip("."), command=command)

