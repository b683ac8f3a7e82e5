"""The numbers of a plot as columns, and as text that other programs read."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Cell = float | int | str


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        With its symbol or unit, as the plot has it.
    values : sequence or ndarray, shape (M,)
        Numbers or words; NaN where nothing is known.
    """

    name: str
    values: Sequence[Cell] | np.ndarray


def against(axis: str, curves: Iterable[tuple[str, Sequence[float] | np.ndarray, Sequence[float] | np.ndarray]]) -> tuple[Column, ...]:
    """Curves over one axis: every place that one of them has, from the least to the largest, then the values of each there.

    Parameters
    ----------
    axis : str
        What the axis is called.
    curves : iterable of (str, array, array)
        Name, places and values of each, both of shape (M,). Of a place that comes twice the last value counts; one without values has
        no column.
    """
    known = [(name, np.asarray(x), np.asarray(y, np.float64)) for name, x, y in curves if len(x)]
    if not known:
        return ()
    places = np.unique(np.concatenate([x for _, x, _ in known]))
    columns = [Column(axis, places)]
    for name, x, y in known:
        values = np.full(len(places), np.nan)
        values[np.searchsorted(places, x)] = y
        columns.append(Column(name, values))
    return tuple(columns)


def csv_text(columns: Sequence[Column], said: Sequence[str] = ()) -> str:
    """The columns as comma-separated values: numbers as exact as they are, nothing where nothing is known.

    Parameters
    ----------
    said : sequence of str
        Lines before the head, each after a "#".
    """
    text = io.StringIO()
    for line in said:
        text.write(f"# {' '.join(line.split())}\n")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_named_apart([column.name for column in columns]))
    rows.writerows(zip(*([_written(cell) for cell in _plain(column.values)] for column in columns), strict=True))
    return text.getvalue()


def _plain(values: Sequence[Cell] | np.ndarray) -> Sequence[Cell]:
    return values.tolist() if isinstance(values, np.ndarray) else values  # what Python writes is exact


def _written(cell: Cell) -> str:
    if isinstance(cell, float):
        return "" if math.isnan(cell) else repr(cell)
    return str(cell)


def _named_apart(names: Sequence[str]) -> list[str]:
    """The names, numbered where one comes again: a reader knows columns by them."""
    return [f"{name} ({names[:i].count(name) + 1})" if names.count(name) > 1 else name for i, name in enumerate(names)]
