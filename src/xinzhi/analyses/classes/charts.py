"""Counts of classes over time, as stacked bars."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import altair as alt
import pandas as pd

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.map.layers import MISSING, PALETTE, SHADES, borders
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

NONE = "none"
"""Column of rows without a score."""
HEIGHT = 260


def class_counts(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    counts: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
) -> Chart:
    """Stack the counts of classes in each period, low classes at the bottom.

    `counts` has one row a period and one column a class, from low to high; a column `none`
    counts rows without a score. `labels` words the classes.
    """
    shown = counts.drop(columns=NONE) if NONE in counts and not counts[NONE].any() else counts
    words = {NONE: message("No score"), **labels}
    names = {str(column): words.get(str(column), str(column)) for column in shown.columns}
    rows = [
        {"period": str(period), "class": str(name), "place": place, "n": int(n)}
        for period, row in zip(shown.index, shown.to_numpy(), strict=True)
        for place, (name, n) in enumerate(zip(shown.columns, row, strict=True))
    ]
    specifications = {
        language: _specification(rows, names, say(title, language), language)
        for language in LANGUAGES
    }
    return Chart(id=id, title=title, specifications=MappingProxyType(specifications))


def _specification(
    rows: list[dict[str, Any]], names: Mapping[str, Wording], description: str, language: Language
) -> Mapping[str, object]:
    said = {name: say(word, language) for name, word in names.items()}
    data = [row | {"said": said[row["class"]]} for row in rows]
    period, count = say(message("Period"), language), say(message("Count"), language)
    bars = (
        alt.Chart(alt.InlineData(values=data))
        .mark_bar(strokeWidth=0.5)
        .encode(
            x=alt.X("period:O", title=period, scale=alt.Scale(paddingInner=0.35, paddingOuter=0.2)),
            y=alt.Y("n:Q", title=count, stack="zero", axis=alt.Axis(format="d", tickMinStep=1)),
            color=alt.Color("said:N", title=None, scale=_scale(said), sort=list(said.values())),
            order=alt.Order("place:Q"),
            **borders("class", NONE),
            tooltip=[
                alt.Tooltip("period:O", title=period),
                alt.Tooltip("said:N", title=say(message("Class"), language)),
                alt.Tooltip("n:Q", title=count, format="d"),
            ],
        )
    )
    return style.finish(bars, description=description, height=HEIGHT)


def _scale(said: Mapping[str, str]) -> alt.Scale:
    """Shade the classes from low to high, grey for rows without a score."""
    classes = [name for name in said if name != NONE]
    shades = SHADES.get(len(classes), SHADES[5])
    colours = {name: PALETTE[shades[place % len(shades)]] for place, name in enumerate(classes)} | {
        NONE: MISSING
    }
    return alt.Scale(domain=list(said.values()), range=[colours[name] for name in said])
