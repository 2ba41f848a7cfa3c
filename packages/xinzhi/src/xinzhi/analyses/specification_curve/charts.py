"""The charts of the specification curve: estimates in order, and the choices beneath."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.specification_curve.compute import SpecificationCurve
from xinzhi.analyses.specification_curve.show import curve_coverage, ways
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi.present.numbers import level as percent
from xinzhi.present.regression.fitted import name_of
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, say
from xinzhi_econometrics.verdict import CUSTOMARY, JudgementRule, are_significant


def charts(result: SpecificationCurve, shown: Shown) -> Iterator[Chart]:
    """Draw one curve for each variable of interest."""
    if result.table.empty:
        return
    labels = shown.style.labels
    for name, part in result.table.groupby("name", sort=False):
        label = name_of(str(name), labels)
        split = [(words, rows) for words, rows, _ in ways(part, labels)]
        yield from specification_curve(
            f"{shown.name}_{name}",
            message("{title}: {name}", title=shown.title, name=label),
            part,
            split,
            name=label,
            inference=shown.style.inference,
            coverage=curve_coverage(result, labels),
        )


MARGIN = 190
"""Pixels at the left of both charts, so that they stand exactly above one another."""
LINE = 18
MOST_MARKS = 12_000
"""Marks of choices beyond which their chart is left out: the table sums them up."""
Way = tuple[Wording, "pd.Series[bool]"]


def specification_curve(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    part: pd.DataFrame,
    ways: Sequence[Way],
    *,
    name: Wording,
    inference: JudgementRule = CUSTOMARY,
    coverage: Iterable[Wording] = (),
) -> tuple[Chart, ...]:
    """Draw the estimates of one variable in rising order, then which choices each rests on.

    Parameters
    ----------
    part
        One row a specification: estimate, ci_low, ci_high, p_value.
    ways
        Words of a choice, and which specifications make it; the index is that of `part`.
    name
        Words for the variable.
    inference
        How each specification is judged.
    coverage
        How often such intervals cover the true value, where that is too little or too much.
    """
    ordered = part.sort_values("estimate", kind="stable")
    columns = ordered[["estimate", "ci_low", "ci_high"]].to_numpy(float).tolist()
    clear = are_significant(ordered["estimate"], ordered["p_value"], inference).tolist()
    points = [
        {"place": place, "b": b, "low": low, "high": high, "clear": is_clear}
        for place, ((b, low, high), is_clear) in enumerate(zip(columns, clear, strict=True), 1)
    ]
    note = message(
        "One point per specification, in ascending order; lines: {coverage} intervals; filled: "
        "p < {level}.",
        coverage=percent(1 - inference.level),
        level=f"{inference.level:g}",
    )
    curves = {language: _curve(points, title, name, language) for language in LANGUAGES}
    curve = Chart(id, title, MappingProxyType(curves), notes=(note, *coverage))
    if not ways or len(ordered) * len(ways) > MOST_MARKS:
        return (curve,)
    marks = [
        {"place": place, **{language: say(words, language) for language in LANGUAGES}}
        for words, made in ways
        for place, has in enumerate(made.reindex(ordered.index), 1)
        if has
    ]
    title = message("{title}: choices", title=title)
    choices = {
        language: _choices(marks, len(ordered), len(ways), title, language)
        for language in LANGUAGES
    }
    note = message("A mark shows that the specification above it makes this choice.")
    return curve, Chart(f"{id}_choices", title, MappingProxyType(choices), notes=(note,))


def _x(n: int, language: Language, *, is_titled: bool) -> alt.X:
    words = say(message("Specifications in ascending order of the estimate"), language)
    return alt.X(
        "place:Q",
        title=words if is_titled else None,
        scale=alt.Scale(domain=[0, n + 1], nice=False),
        axis=alt.Axis(labels=False, ticks=False, grid=False),
    )


def _curve(
    points: list[dict[str, object]], title: Wording, name: Wording, language: Language
) -> Mapping[str, object]:
    base = alt.Chart(alt.NamedData("curve")).encode(
        x=_x(len(points), language, is_titled=True),
        tooltip=[
            alt.Tooltip("b:Q", title=say(name, language), format=".3f"),
            alt.Tooltip("low:Q", title=say(message("Lower bound"), language), format=".3f"),
            alt.Tooltip("high:Q", title=say(message("Upper bound"), language), format=".3f"),
        ],
    )
    axis = alt.Axis(minExtent=MARGIN, maxExtent=MARGIN)
    lines = base.mark_rule(color=style.ORDERED[1], strokeWidth=1).encode(
        y=alt.Y("low:Q", title=None, axis=axis), y2=alt.Y2("high:Q")
    )
    estimates = base.mark_point(stroke=style.BLUE, size=18, opacity=1, strokeWidth=1).encode(
        y=alt.Y("b:Q"),
        fill=alt.FillValue("#ffffff", condition={"test": "datum.clear", "value": style.BLUE}),
    )
    zero = (
        alt.Chart(alt.InlineData(values=[{"b": 0}]))
        .mark_rule(color=style.MUTED, strokeDash=[4, 3])
        .encode(y=alt.Y("b:Q"))
    )
    return style.finish(
        alt.LayerChart(layer=[zero, lines, estimates]),
        description=say(title, language),
        height=220,
        datasets={"curve": points},
    )


def _choices(
    marks: list[dict[str, object]], n: int, n_ways: int, title: Wording, language: Language
) -> Mapping[str, object]:
    labels = alt.Axis(labelLimit=MARGIN - 10, grid=False, minExtent=MARGIN, maxExtent=MARGIN)
    ticks = (
        alt.Chart(alt.NamedData("choices"))
        .mark_tick(color=style.BLUE, thickness=1.4, orient="vertical", size=LINE - 7)
        .encode(
            x=_x(n, language, is_titled=False),
            y=alt.Y(f"{language}:N", title=None, sort=None, axis=labels),
        )
    )
    return style.finish(
        ticks,
        description=say(title, language),
        height=LINE * n_ways,
        datasets={"choices": marks},
    )
