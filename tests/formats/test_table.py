"""Tables lose no digit and hide no formula."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.history import HistoryRow
from nnviz.formats.table import history_csv, to_csv


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_numbers_come_back_bit_for_bit(numbers: list[float]) -> None:
    rows = read(to_csv(["x"], [[number] for number in numbers]))
    assert [float(row[0]) for row in rows[1:]] == numbers


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2)))
def test_no_cell_starts_like_a_formula_and_no_text_is_lost(rows: list[list[str]]) -> None:
    back = read(to_csv(["a", "b"], rows))[1:]
    for row, found in zip(rows, back, strict=True):
        for text, cell in zip(row, found, strict=True):
            assert cell == text or cell == f"'{text}"
            assert not cell.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=cmd|"/c calc"!A1', "\t=1", "\r=1"])
def test_formulas_are_disarmed_in_cells_and_headers(text: str) -> None:
    disarmed = "'" + text.replace("\r", "\n")
    assert read(to_csv([text], [[text]])) == [[disarmed], [disarmed]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-0.1, "-0.1"),
        (1e-300, "1e-300"),
        (np.float64(0.1), "0.1"),
        (np.float32(0.1), "0.10000000149011612"),
        (np.int64(-7), "-7"),
        (True, "true"),
        (np.False_, "false"),
        (None, '""'),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        ("a,b", '"a,b"'),
        ("∂L/∂w", "∂L/∂w"),
    ],
)
def test_cells(value: object, cell: str) -> None:
    assert to_csv(["x"], [[value]]).decode("utf-8") == f"x\n{cell}\n"


def test_history_has_a_line_an_epoch() -> None:
    rows = [HistoryRow(0, 0, 0.5, 0.4, math.nan, math.nan, 0.03), HistoryRow(1, 11, 0.25, 0.9, math.nan, math.nan, 0.03)]
    assert history_csv(rows).decode() == (
        "epoch,step,train_loss,train_metric,validation_loss,validation_metric,learning_rate\n"
        "0,0,0.5,0.4,nan,nan,0.03\n"
        "1,11,0.25,0.9,nan,nan,0.03\n"
    )
