"""Conditional effects: the effect of a variable along its moderator, with its band."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt

from xinzhi.figures import style
from xinzhi.figures.chart import Chart
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

Array = npt.NDArray[np.float64]
POINTS = 41
WIDTH, HEIGHT = 330, 200


@dataclass(frozen=True, slots=True)
class Line:
    """One effect along its moderator: b1 + b3 w, with the covariance of (b1, b3)."""

    words: Wording
    moderator: Wording
    b1: float
    b3: float
    vcov: tuple[tuple[float, float], tuple[float, float]]
    t: float
    """Critical value of t for the band."""
    low: float
    """Range of the moderator that is drawn."""
    high: float


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
    >>> flat = Line("x", "w", 1.0, 0.0, ((0.25, 0.0), (0.0, 0.0)), 2.0, 0.0, 1.0)
    >>> [float(part[0]) for part in band(flat)]
    [0.0, 1.0, 0.0, 2.0]
    """
    w = np.linspace(line.low, line.high, POINTS)
    (v11, v13), (_, v33) = line.vcov
    effect = line.b1 + line.b3 * w
    half = line.t * np.sqrt(np.maximum(v11 + 2 * w * v13 + w**2 * v33, 0.0))
    return w, effect, effect - half, effect + half


def conditional_effects(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    lines: Sequence[Line],
    *,
    coverage: Iterable[Wording] = (),
) -> Chart:
    """Draw each effect along its moderator, two in a row.

    Where the band does not hold zero the effect is significant at the 5 % level, and its line is thick;
    `coverage` says how often such bands cover the true effect.
    """
    drawn = MappingProxyType({one: _all(lines, title, one) for one in LANGUAGES})
    return Chart(
        id=id,
        title=title,
        specifications=drawn,
        still=drawn,
        notes=(
            message(
                "Line: effect at each value of the moderator, over its mean ± 2 SD as far as it was "
                "observed; band: 95 %, pointwise; thick: significant at the 5 % level."
            ),
            *coverage,
        ),
    )


def _all(lines: Sequence[Line], title: Wording, language: Language) -> Mapping[str, object]:
    datasets = {f"line {at}": _rows(line) for at, line in enumerate(lines)}
    panels = [
        _panel(line, name, rows, language)
        for line, (name, rows) in zip(lines, datasets.items(), strict=True)
    ]
    chart = panels[0] if len(panels) == 1 else alt.concat(*panels, columns=2, spacing=18)
    return style.finish_still(chart, description=say(title, language), datasets=datasets)


def _panel(line: Line, name: str, rows: list[dict[str, Any]], language: Language) -> alt.LayerChart:
    words = alt.TitleParams(text=say(line.words, language), anchor="start", fontSize=12)
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
    return [
        {"w": w, "effect": b, "low": low, "high": high, "clear": b if low > 0 or high < 0 else None}
        for w, b, low, high in zip(*(part.tolist() for part in band(line)), strict=True)
    ]
