"""The charts of heterogeneity: effects by group as a heat map, and with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.heterogeneity.compute import GroupComparisons, Heterogeneity
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart, wrapped
from xinzhi.present.composer import alt
from xinzhi.present.coverage import slope_coverage
from xinzhi.present.effects import PlottedEffect, effects_plot
from xinzhi.present.numbers import DECIMALS, number
from xinzhi.present.numbers import level as percent
from xinzhi.present.regression.fitted import name_of
from xinzhi.work.parts import ReportParts
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, said, say
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import judge, judge_slope


def charts(result: GroupComparisons, shown: Shown) -> Iterator[Chart]:
    """Draw the heat map, then the plot of effects."""
    comparisons = [comparison.judged for comparison in result.comparisons]
    cells = [cell for comparison in comparisons for cell in _cells(comparison, shown)]
    if cells:
        yield heat_map(
            f"{shown.name}_heat",
            message("Effects by groups at a glance"),
            cells,
            decimals=shown.style.decimals,
            parts=shown.parts,
        )
    effects = [effect for comparison in comparisons for effect in _effects(comparison, shown)]
    if effects:
        yield effects_plot(
            f"{shown.name}_groups",
            message("Effects by groups"),
            effects,
            axis=message("Coefficient"),
            marks=message(
                "Lines: {coverage} intervals; hollow: not statistically significant (p ≥ {level}).",
                coverage=percent(1 - shown.style.level),
                level=f"{shown.style.level:g}",
            ),
            coverage=slope_coverage(
                estimates for comparison in comparisons for _, estimates in comparison.fitted
            ),
            parts=shown.parts,
        )


def _cells(comparison: Heterogeneity, shown: Shown) -> Iterator[HeatCell]:
    for difference in comparison.differences:
        for group, estimates in comparison.groups:
            verdict = judge(nan, nan)
            if isinstance(estimates, Estimates):
                verdict = judge_slope(estimates, difference.regressor, shown.style.inference)
            yield HeatCell(
                message(
                    "{grouping}: {group}",
                    grouping=shown.study.group_label(comparison.grouping),
                    group=shown.study.member_label(comparison.grouping, group),
                ),
                name_of(difference.regressor, shown.style.labels),
                verdict.estimate,
                shown.style.marks(verdict),
                is_clear=verdict.is_significant,
            )


def _effects(comparison: Heterogeneity, shown: Shown) -> Iterator[PlottedEffect]:
    for difference in comparison.differences:
        for group, estimates in comparison.fitted:
            verdict = judge_slope(estimates, difference.regressor, shown.style.inference)
            yield PlottedEffect(
                message(
                    "{name} | {grouping}: {member}",
                    name=name_of(difference.regressor, shown.style.labels),
                    grouping=shown.study.group_label(comparison.grouping),
                    member=shown.study.member_label(comparison.grouping, group),
                ),
                verdict.estimate,
                *verdict.interval,
                verdict.is_significant,
            )


DIVERGING = ("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#c6dcec", "#6d9fc5", "#12436d")
"""Orange for less, blue for more, apart for the colour-blind; the numbers carry the sign in grey."""
LINE, LABEL_LINE = 30, 15
"""Pixels of a row of cells, and of a line of a heading."""
FONT_SIZE = 12
WIDTH, WIDEST = 480, 260
"""Pixels for the cells of a page, which share them, and for the words at the left."""
DARK = 0.62
"""Share of the largest size from which the words of a cell are white."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A coefficient of one group and one variable; missing where it could not be estimated."""

    row: Wording
    """The group."""
    column: Wording
    """The variable; a long name is broken into lines."""
    estimate: float
    stars: str = ""
    is_clear: bool = True
    """Whether it is statistically significant; otherwise it has no colour."""


def heat_map(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    cells: Sequence[HeatCell],
    *,
    decimals: int = DECIMALS,
    parts: ReportParts | None = None,
) -> Chart:
    """Draw groups by variables; each cell carries its number and its stars.

    Colours are scaled within each column: variables have units of their own. `parts` keeps the specifications.
    """
    rows = [_row(cell, cells, decimals) for cell in cells]
    return Chart(
        id=id,
        title=title,
        specifications=(parts or ReportParts()).specifications(
            "heat map",
            (rows, said(title)),
            lambda: {
                language: _specification(rows, say(title, language), language)
                for language in LANGUAGES
            },
        ),
        notes=(
            message(
                "Blue: positive; orange: negative; without colour: not statistically significant; "
                "shade: size relative to the largest coefficient of the variable. The table tests "
                "whether the groups differ."
            ),
        ),
    )


def _row(cell: HeatCell, cells: Sequence[HeatCell], decimals: int) -> dict[str, object]:
    column = (abs(c.estimate) for c in cells if c.column == cell.column)
    largest = max(filter(isfinite, column), default=0.0)
    is_known = isfinite(cell.estimate)
    share = cell.estimate / largest if is_known and largest else 0.0
    return {
        **{f"row_{language}": say(cell.row, language) for language in LANGUAGES},
        **{f"column_{language}": say(cell.column, language) for language in LANGUAGES},
        "share": share if is_known and cell.is_clear else None,
        "text": number(cell.estimate if is_known else None, decimals) + cell.stars,
        "is_dark": cell.is_clear and abs(share) > DARK,
    }


def _specification(
    rows: list[dict[str, Any]], description: str, language: Language
) -> Mapping[str, object]:
    groups = list(dict.fromkeys(row[f"row_{language}"] for row in rows))
    columns = list(dict.fromkeys(row[f"column_{language}"] for row in rows))
    room = WIDTH / max(len(columns), 1) / FONT_SIZE
    headings = {words: "\n".join(wrapped(words, room)) for words in columns}
    data = [row | {"heading": headings[row[f"column_{language}"]]} for row in rows]
    bare = alt.Axis(title=None, labelLimit=WIDEST, domain=False, ticks=False)
    top = alt.Axis(
        title=None,
        orient="top",
        labelLimit=WIDEST,
        labelPadding=8,
        labelBaseline="bottom",
        labelLineHeight=LABEL_LINE,
        labelExpr="split(datum.label, '\\n')",
        labelOverlap=False,
        domain=False,
        ticks=False,
    )
    base = alt.Chart(alt.InlineData(values=data)).encode(
        # In their order, also where all cells of a row are without colour.
        x=alt.X("heading:N", sort=list(headings.values()), axis=top),
        y=alt.Y(f"row_{language}:N", sort=groups, axis=bare),
    )
    scale = alt.Scale(domain=[-1, 1], range=list(DIVERGING), type="linear")
    rectangles = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        color=alt.Color("share:Q", scale=scale, legend=None)
    )
    words = base.mark_text(fontSize=FONT_SIZE).encode(
        text=alt.Text("text:N"),
        color=alt.ColorValue(style.INK, condition={"test": "datum.is_dark", "value": "#ffffff"}),
    )
    chart = alt.LayerChart(layer=[rectangles, words])
    lines = max((heading.count("\n") for heading in headings.values()), default=0)
    height = LINE * max(len(groups), 1) + LABEL_LINE * (lines + 2)
    return style.finish(chart, description=description, height=height)
