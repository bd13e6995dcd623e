"""Tables as CSV bytes: numbers in full precision, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nnviz.engine.history import HistoryRow

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


def read_history(data: bytes) -> tuple[HistoryRow, ...]:
    """Return the rows of history.csv. Raises ValueError for anything else."""
    try:
        header, *lines = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
    except csv.Error as error:
        raise ValueError("not a table") from error
    if tuple(header) != HistoryRow._fields:
        raise ValueError("other columns")
    if any(len(line) != len(header) for line in lines):
        raise ValueError("a line of another length")
    return tuple(HistoryRow(int(epoch), int(step), *map(float, numbers)) for epoch, step, *numbers in lines)


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
