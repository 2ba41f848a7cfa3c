"""Maps of scores: classes by colour, a slider for the period, names under the pointer."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from xinzhi.errors import Problem, ReportError
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.present.map.china import TOLERANCE, sheet
from xinzhi.present.map.china_layers import MapWords, interactive, still
from xinzhi.present.map.layers import PALETTE, map_specification
from xinzhi.present.map.rows import counts_of, notes_of, rows_of
from xinzhi.space.scores import choose_periods
from xinzhi.wording import LANGUAGES, Wording, message


def world_map(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    values: pd.Series,
    *,
    classes: pd.Series,
    names: Mapping[str, Wording],
    boundaries: Boundaries,
    value: Wording,
    labels: Mapping[str, Wording] | None = None,
    decimals: int = numbers.DECIMALS,
) -> Chart:
    """Colour the areas by the class of their value, period by period.

    Parameters
    ----------
    values
        Indexed (entity, period).
    classes
        Class of each value, indexed alike; missing where there is no value.
    names
        Class -> words, from low to high; at most five.
    boundaries
        Outlines; entities without one are named in a note.
    value
        Words for the value.
    labels
        Words for the entities; the names that come with the outlines where None.

    Returns
    -------
    Chart
        A slider chooses the period; the legend counts the areas of each class in it.

    Raises
    ------
    ReportError
        More classes than the eye can tell apart.
    """
    _refuse_many(names)
    rows = rows_of(values, classes, names, boundaries.labels if labels is None else labels)
    outlined = boundaries.keys
    drawn = [row for row in rows if row["entity"] in outlined]
    counts = counts_of(rows, names)
    titles = (title, value)
    return Chart(
        id=id,
        title=title,
        specifications={
            language: map_specification(drawn, counts, boundaries, titles, language, decimals)
            for language in LANGUAGES
        },
        notes=notes_of(rows, drawn, boundaries),
    )


def china_map(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    values: pd.Series,
    *,
    classes: pd.Series,
    names: Mapping[str, Wording],
    boundaries: Boundaries,
    value: Wording,
    labels: Mapping[str, Wording] | None = None,
    decimals: int = numbers.DECIMALS,
    approval: str = "",
    is_ordered: bool = True,
) -> Chart:
    """Colour the areas of China by the class of their value.

    A page shows one large map with a slider for the period; a picture shows the periods side by
    side, at most four of them. Both have the South China Sea in an inset, the dashed line, a
    legend that counts, and a scale bar.

    Parameters
    ----------
    values, classes, names, boundaries, value, labels
        As for `world_map`.
    approval
        Approval number of the base map, written on the map.
    is_ordered
        False for classes that are neither low nor high; they get colours instead of shades.

    Raises
    ------
    ReportError
        More classes than the eye can tell apart.
    """
    _refuse_many(names)
    rows = rows_of(values, classes, names, boundaries.labels if labels is None else labels)
    outlined = boundaries.keys
    drawn = [row for row in rows if row["entity"] in outlined]
    counts = counts_of(rows, names, is_ordered=is_ordered)
    drawing, words = sheet(boundaries), MapWords(title, value, approval, is_ordered)
    shown = choose_periods(sorted({row["period"] for row in rows}))
    paper = drawing if len(shown) <= 1 else sheet(boundaries, tolerance=2 * TOLERANCE)
    return Chart(
        id=id,
        title=title,
        specifications={
            language: interactive(drawn, counts, drawing, words, language, decimals)
            for language in LANGUAGES
        },
        still={
            language: still(drawn, counts, paper, words, language, shown) for language in LANGUAGES
        },
        notes=notes_of(rows, drawn, boundaries),
    )


def _refuse_many(names: Mapping[str, Wording]) -> None:
    if len(names) > len(PALETTE):
        text = message("A map cannot show {n} classes distinguishably.", n=len(names))
        remedy = message("use {most} classes or fewer.", most=len(PALETTE))
        raise ReportError(Problem("figure.classes", text, remedy=remedy))
