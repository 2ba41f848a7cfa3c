"""The charts of moderation: a moderator in the mechanism, and the effects along it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.moderation.compute import Moderated
from xinzhi.analyses.moderation.moderated_effect import Moderation
from xinzhi.analyses.moderation.path_table import lag_note
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.coverage import coverage_of
from xinzhi.present.moderation_diagram import Bent, moderation_diagram
from xinzhi.present.numbers import level as percent
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.regression.inference import t_quantile, t_tails
from xinzhi.regression.verdict import CUSTOMARY, Inference, are_significant
from xinzhi.wording import LANGUAGES, Language, Wording, message, say


def charts(result: Moderated, shown: Shown) -> Iterator[Chart]:
    """Draw what the moderators do to the paths, then the effects along each of them."""
    look = shown.style
    known = [path.judged for path in result.paths if isinstance(path.judged, Moderation)]
    if not known:
        return
    title = message("{title}: what the moderators do to the paths", title=shown.title)
    chart = moderation_diagram(f"{shown.name}_diagram", title, [_bent(one) for one in known], look)
    lags = dict.fromkeys(lag_note(one.lag, one.lagged) for one in known if one.lag)
    yield replace(chart, notes=(*chart.notes, *lags))
    for moderator in dict.fromkeys(one.moderator for one in known):
        own = [one for one in known if one.moderator == moderator]
        along = name_of(own[0].terms.moderator, look.labels)
        lines = [_line(one, look, result.observed[moderator]) for one in own]
        title = message("Effects along {tool}", tool=along)
        coverage = _coverage(own, look.level)
        yield conditional_effects(
            f"{shown.name}_{moderator}_along", title, lines, coverage=coverage
        )


def _coverage(own: Sequence[Moderation], level: float) -> Iterator[Wording]:
    """Quote the coverage of the bands, which was simulated for bands of 95 %."""
    if level == SIMULATED:
        yield from coverage_of("conditional_effect", [one.estimates for one in own])


def _bent(one: Moderation) -> Bent:
    at = one.estimates.position(one.interaction)
    mean = next(c for c in one.conditional if c.place == "mean")
    crossed = float(one.estimates.estimate[at]), float(one.estimates.p_value[at])
    return Bent(one.focal, one.outcome, one.moderator, mean.effect, mean.p_value, *crossed)


def _line(one: Moderation, look: Style, seen: tuple[float, float]) -> Line:
    words = look.labels
    pick = [one.estimates.position(name) for name in (one.terms.focal, one.terms.interaction)]
    b1, b3 = (float(one.estimates.estimate[at]) for at in pick)
    v = [[float(one.estimates.vcov[i, j]) for j in pick] for i in pick]
    return Line(
        words=message(
            "{source} → {target}",
            source=name_of(one.terms.focal, words),
            target=name_of(one.outcome, words),
        ),
        moderator=name_of(one.terms.moderator, words),
        b1=b1,
        b3=b3,
        vcov=((v[0][0], v[0][1]), (v[1][0], v[1][1])),
        df=one.estimates.covariance.df,
        inference=look.inference,
        low=max(one.moderator_mean - 2 * one.moderator_sd, float(seen[0])),
        high=min(one.moderator_mean + 2 * one.moderator_sd, float(seen[1])),
    )


Array = npt.NDArray[np.float64]
POINTS = 41
WIDTH, HEIGHT, ACROSS = 200, 140, 3
"""Of a panel in px, and panels in a row."""
SIMULATED = 0.05
"""Level of the bands whose coverage was simulated."""


@dataclass(frozen=True, slots=True)
class Line:
    """One effect along its moderator: b1 + b3 w, with the covariance of (b1, b3)."""

    words: Wording
    moderator: Wording
    b1: float
    b3: float
    vcov: tuple[tuple[float, float], tuple[float, float]]
    df: float
    """Degrees of freedom of t."""
    low: float
    """Range of the moderator that is drawn."""
    high: float
    inference: Inference = CUSTOMARY


def band(line: Line) -> tuple[Array, Array, Array, Array]:
    """Compute the effect and its band over the range of the moderator.

        effect = b1 + b3 w,  s^2 = V11 + 2 w V13 + w^2 V33,  band = effect -+ t s

    Returns
    -------
    tuple
        w, effect, lower and upper edge, each of shape (41,).

    References
    ----------
    Brambor, T., Clark, W. R. and Golder, M. (2006), Political Analysis 14, 63-82,
    doi:10.1093/pan/mpi014.

    Examples
    --------
    >>> flat = Line("x", "w", 1.0, 0.0, ((0.25, 0.0), (0.0, 0.0)), np.inf, 0.0, 1.0)
    >>> [round(float(part[0]), 2) for part in band(flat)]
    [0.0, 1.0, 0.02, 1.98]
    """
    w, effect, error = _along(line)
    half = t_quantile(1 - line.inference.level / 2, line.df) * error
    return w, effect, effect - half, effect + half


def _along(line: Line) -> tuple[Array, Array, Array]:
    """Give the moderator, the effect and its standard error."""
    w = np.linspace(line.low, line.high, POINTS)
    (v11, v13), (_, v33) = line.vcov
    error = np.sqrt(np.maximum(v11 + 2 * w * v13 + w**2 * v33, 0.0))
    return w, line.b1 + line.b3 * w, error


def conditional_effects(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    lines: Sequence[Line],
    *,
    coverage: Iterable[Wording] = (),
) -> Chart:
    """Draw each effect along its moderator, three in a row.

    Bands and thick lines, where the effect is significant, are at the declared level; `coverage` says how often
    such bands cover the true effect.
    """
    drawn = MappingProxyType({one: _all(lines, title, one) for one in LANGUAGES})
    return Chart(
        id=id,
        title=title,
        specifications=drawn,
        still=drawn,
        notes=(
            message(
                "Line: effect at each value of the moderator, over its mean ± 2 SD as far as it "
                "was observed; band: {band}, pointwise; thick: statistically significant at "
                "the {level} level.",
                band=percent(1 - lines[0].inference.level),
                level=percent(lines[0].inference.level),
            ),
            *coverage,
        ),
        part="text",
    )


def _all(lines: Sequence[Line], title: Wording, language: Language) -> Mapping[str, object]:
    datasets = {f"line {at}": _rows(line) for at, line in enumerate(lines)}
    panels = [
        _panel(line, name, rows, language)
        for line, (name, rows) in zip(lines, datasets.items(), strict=True)
    ]
    chart = panels[0] if len(panels) == 1 else alt.concat(*panels, columns=ACROSS, spacing=14)
    return style.finish_still(chart, description=say(title, language), datasets=datasets)


def _panel(line: Line, name: str, rows: list[dict[str, Any]], language: Language) -> alt.LayerChart:
    words = alt.TitleParams(
        text=say(line.words, language), anchor="start", fontSize=12, frame="group"
    )
    x = alt.X("w:Q", title=say(line.moderator, language), scale=alt.Scale(zero=False, nice=False))
    base = alt.Chart(alt.NamedData(name=name)).encode(x=x)
    area = base.mark_area(color=style.ORDERED[1], fillOpacity=0.6, opacity=1).encode(
        y=alt.Y("low:Q", title=say(message("Effect"), language), axis=alt.Axis(minExtent=34)),
        y2=alt.Y2("high:Q"),
    )
    thin = base.mark_line(color=style.ORDERED[4], strokeWidth=1).encode(y=alt.Y("effect:Q"))
    thick = base.mark_line(color=style.ORDERED[4], strokeWidth=3).encode(y=alt.Y("clear:Q"))
    zero = (
        alt.Chart(alt.InlineData(values=[{"effect": 0}]))
        .mark_rule(color=style.MUTED, strokeDash=[4, 3])
        .encode(y=alt.Y("effect:Q"))
    )
    has_thick = any(row["clear"] is not None for row in rows)
    layers = [area, zero, thin, *([thick] if has_thick else [])]
    return alt.LayerChart(layer=layers).properties(width=WIDTH, height=HEIGHT, title=words)


def _rows(line: Line) -> list[dict[str, Any]]:
    _, effect, error = _along(line)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = t_tails(effect / error, line.df)
    clear = are_significant(effect, p, line.inference)
    return [
        {
            "w": w,
            "effect": b,
            "low": low,
            "high": high,
            "clear": b if is_clear else None,
        }
        for is_clear, w, b, low, high in zip(
            clear.tolist(), *(part.tolist() for part in band(line)), strict=True
        )
    ]
