"""The charts of moderation: a moderator in the mechanism, and the effects along it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.moderation.compute import Moderated
from xinzhi.analyses.moderation.moderated_effect import Moderation, slope_along
from xinzhi.analyses.moderation.path_table import lag_notes
from xinzhi.present import chart as diagram
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi.present.coverage import coverage_of
from xinzhi.present.moderation_diagram import Bent, moderation_diagram
from xinzhi.present.numbers import level as percent
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.work.parts import ReportParts
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, say
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.verdict import CUSTOMARY, JudgementRule, are_significant

POINTS = 41
Rows = list[dict[str, object]]
WIDTH, HEIGHT, ACROSS, TITLE = 172, 140, 3, 12
"""Of a panel in px, and panels in a row."""
LOW, ROWS = 70, 2
"""Height of a panel where there are more rows than these: two such pictures stand on one page."""
SIMULATED = 0.05
"""Level of the bands whose coverage was simulated."""


def charts(result: Moderated, shown: Shown) -> Iterator[Chart]:
    """Draw what the moderators do to the paths, then the effects along each of them."""
    look = shown.style
    paths = [path.judged for path in result.paths if isinstance(path.judged, Moderation)]
    if not paths:
        return
    title = message("{title}: what the moderators do to the paths", title=shown.title)
    chart = moderation_diagram(f"{shown.name}_diagram", title, list(map(_bent, paths)), look)
    notes = lag_notes((path.lag, path.lagged) for path in paths)
    yield replace(chart, notes=(*chart.notes, *notes))
    for moderator in dict.fromkeys(path.moderator for path in paths):
        moderated = [path for path in paths if path.moderator == moderator]
        words = name_of(moderated[0].terms.moderator, look.labels)
        # Coverage was simulated for bands of 95%: it says nothing of others.
        simulated = moderated if look.level == SIMULATED else []
        yield conditional_effects(
            f"{shown.name}_{moderator}_along",
            message("Effects along {tool}", tool=words),
            [_line(path, look, result.observed[moderator]) for path in moderated],
            coverage=coverage_of("conditional_effect", [path.estimates for path in simulated]),
            parts=shown.parts,
        )


def _bent(path: Moderation) -> Bent:
    position = path.estimates.position(path.interaction)
    mean = next(c for c in path.conditional if c.place == "mean")
    crossed = (float(v[position]) for v in (path.estimates.estimate, path.estimates.p_value))
    return Bent(path.focal, path.outcome, path.moderator, mean.effect, mean.p_value, *crossed)


def _line(path: Moderation, look: Style, observed: tuple[float, float]) -> EffectLine:
    return EffectLine(
        message(
            "{source} → {target}",
            source=name_of(path.terms.focal, look.labels),
            target=name_of(path.outcome, look.labels),
        ),
        name_of(path.terms.moderator, look.labels),
        slope_along(path.estimates, path.terms),
        low=max(path.moderator_mean - 2 * path.moderator_sd, observed[0]),
        high=min(path.moderator_mean + 2 * path.moderator_sd, observed[1]),
        inference=look.inference,
    )


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One effect along its moderator."""

    words: Wording
    moderator: Wording
    slope: ConditionalSlope
    low: float
    """Range of the moderator that is drawn."""
    high: float
    inference: JudgementRule = CUSTOMARY

    @property
    def range(self) -> Array:
        """Values of the moderator at which the line is drawn, shape (41,)."""
        return np.linspace(self.low, self.high, POINTS)


def band(line: EffectLine) -> tuple[Array, Array, Array, Array]:
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
    >>> slope = ConditionalSlope(("x", "y"), "w", 1.0, 0.0, 0.25, 0.0, 0.0, np.inf, 50)
    >>> [round(float(part[0]), 2) for part in band(EffectLine("x", "w", slope, 0.0, 1.0))]
    [0.0, 1.0, 0.02, 1.98]
    """
    effect, half = line.slope.at(line.range)[0], line.slope.reach(line.range, line.inference.level)
    return line.range, effect, effect - half, effect + half


def conditional_effects(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    lines: Sequence[EffectLine],
    *,
    coverage: Iterable[Wording] = (),
    parts: ReportParts | None = None,
) -> Chart:
    """Draw each effect along its moderator, three in a row.

    Bands and thick lines, where the effect is significant, are at the declared level; `coverage` says how often
    such bands cover the true effect. `parts` keeps the specifications for the next report.
    """
    rows = [_rows(line) for line in lines]
    words = (title, *(words for line in lines for words in (line.words, line.moderator)))
    drawn = (parts or ReportParts()).specifications(
        "conditional effects",
        (rows, [[say(each, language) for each in words] for language in LANGUAGES]),
        lambda: {language: _all(lines, rows, title, language) for language in LANGUAGES},
    )
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


def _all(
    lines: Sequence[EffectLine],
    rows_of_lines: Sequence[Rows],
    title: Wording,
    language: Language,
) -> Mapping[str, object]:
    datasets = {f"line {n}": rows for n, rows in enumerate(rows_of_lines)}
    height = LOW if len(lines) > ROWS * ACROSS else HEIGHT
    panels = [
        _panel(line, name, rows, language).properties(height=height)
        for line, (name, rows) in zip(lines, datasets.items(), strict=True)
    ]
    chart = panels[0] if len(panels) == 1 else alt.concat(*panels, columns=ACROSS, spacing=14)
    return style.finish_still(chart, description=say(title, language), datasets=datasets)


def _panel(line: EffectLine, name: str, rows: Rows, language: Language) -> alt.LayerChart:
    # A title wider than its panel would push the next one away, and the picture would shrink in print.
    path = say(line.words, language).replace("(lag ", "(lag\u00a0")
    lines = diagram.wrapped(path, WIDTH / TITLE)
    title = [*lines] if len(lines) > 1 else path
    words = alt.TitleParams(text=title, anchor="start", fontSize=TITLE, frame="group")
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
    return alt.LayerChart(layer=layers).properties(width=WIDTH, title=words)


def _rows(line: EffectLine) -> Rows:
    effect, error, p_value = line.slope.at(line.range)
    clear = are_significant(effect, p_value, line.inference)
    # A variance below zero, as two-way clusters may give, has no band; JSON knows no NaN.
    has_band = np.isfinite(error)
    parts = (part.tolist() for part in (clear, has_band, *band(line)))
    return [
        {
            "w": w,
            "effect": b,
            "low": low if has_edges else None,
            "high": high if has_edges else None,
            "clear": b if is_clear else None,
        }
        for is_clear, has_edges, w, b, low, high in zip(*parts, strict=True)
    ]
