"""Counts of classes over time, as stacked bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from xinzhi.analyses.classes.show import NONE, class_columns
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi.present.map.layers import MISSING, PALETTE, SHADES, borders
from xinzhi.work.parts import ReportParts
from xinzhi_core.periods import period_name
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, said, say

HEIGHT = 260


def class_counts(
    chart_id: str,
    title: Wording,
    counts: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    parts: ReportParts | None = None,
) -> Chart:
    """Stack the counts of classes in each period, low classes at the bottom.

    `counts` has one row a period and one column a class, from low to high; a column `none`
    counts rows without a score. `labels` words the classes, `parts` keeps the specifications.
    """
    shown, columns = class_columns(counts, labels)
    names = {column.key: column.heading for column in columns[:-1]}  # the last one is the total
    rows = [
        {"period": period_name(int(period)), "class": str(name), "place": place, "n": int(n)}
        for period, row in zip(shown.index, shown.to_numpy(), strict=True)
        for place, (name, n) in enumerate(zip(shown.columns, row, strict=True))
    ]
    specifications = (parts or ReportParts()).specifications(
        "counts of classes",
        (rows, {name: said(words) for name, words in names.items()}, said(title)),
        lambda: {
            language: _specification(rows, names, say(title, language), language)
            for language in LANGUAGES
        },
    )
    return Chart(id=chart_id, title=title, specifications=specifications)


def _specification(
    rows: list[dict[str, Any]], names: Mapping[str, Wording], description: str, language: Language
) -> Mapping[str, object]:
    words = {name: say(label, language) for name, label in names.items()}
    data = [row | {"said": words[row["class"]]} for row in rows]
    period, count = say(message("Period"), language), say(message("Count"), language)
    bars = (
        alt.Chart(alt.InlineData(values=data))
        .mark_bar(strokeWidth=0.5)
        .encode(
            x=alt.X("period:O", title=period, scale=alt.Scale(paddingInner=0.35, paddingOuter=0.2)),
            y=alt.Y("n:Q", title=count, stack="zero", axis=alt.Axis(format="d", tickMinStep=1)),
            color=alt.Color("said:N", title=None, scale=_scale(words), sort=list(words.values())),
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


def _scale(words: Mapping[str, str]) -> alt.Scale:
    """Shade the classes from low to high, grey for rows without a score."""
    classes = [name for name in words if name != NONE]
    shades = SHADES.get(len(classes), SHADES[5])
    # More classes than there are shades begin with the first shade again.
    colours = {name: PALETTE[shades[place % len(shades)]] for place, name in enumerate(classes)}
    colours[NONE] = MISSING
    return alt.Scale(domain=list(words.values()), range=[colours[name] for name in words])
