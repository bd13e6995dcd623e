"""Tables as CSV bytes: numbers in full precision, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from nnviz.engine.history import HistoryRow

MAX_ROWS = 1_000_000
MAX_LINE = 10_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return UTF-8 CSV with a header line, lines ending in a newline.

    Numbers are written by `repr`, so that reading gives the same bits; None is an empty cell; text that starts
    like a formula gets an apostrophe.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_cell(item) for item in header])
    writer.writerows([_cell(item) for item in row] for row in rows)
    return buffer.getvalue().encode("utf-8")


def history_csv(rows: Iterable[HistoryRow]) -> bytes:
    """Return history.csv: one line an epoch, the losses and metrics of the whole training and validation part."""
    return to_csv(HistoryRow._fields, rows)


def text_lines(data: bytes) -> Iterator[str]:
    """Yield the lines of a table of a few columns, decoded one by one: all of it as text could take four times its size.

    Raises:
        ValueError: it is no UTF-8, or a line is longer than any that nnviz writes.
    """
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    while line := text.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise ValueError("a line too long")
        yield line


def read_history(data: bytes) -> Iterator[HistoryRow]:
    """Yield the rows of history.csv, at most `MAX_ROWS`. Raises ValueError for anything else."""
    lines = csv.reader(text_lines(data), strict=True)
    try:
        if tuple(next(lines, ())) != HistoryRow._fields:
            raise ValueError("other columns")
        yield from (_history_row(line) for line in islice(lines, MAX_ROWS))
        if next(lines, None) is not None:
            raise ValueError("too many rows")
    except csv.Error as error:
        raise ValueError("not a table") from error


def _history_row(line: list[str]) -> HistoryRow:
    if len(line) != len(HistoryRow._fields):
        raise ValueError("a line of another length")
    epoch, step, *numbers = line
    return HistoryRow(int(epoch), int(step), *map(float, numbers))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return repr(int(value))
    if isinstance(value, float | np.floating):
        return repr(float(value))
    text = f"'{value}" if str(value).startswith(FORMULA_STARTS) else str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n")  # a bare carriage return would end the line for some readers
