"""The charts of moderation: a moderator in the mechanism, and the effects along it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.moderation.compute import Moderated
from xinzhi.analyses.moderation.tables import lag_note
from xinzhi.econometrics.distributions import t_quantile
from xinzhi.econometrics.moderation import LEVEL, Moderation
from xinzhi.figures.chart import Chart
from xinzhi.figures.conditional_effects import Line, conditional_effects
from xinzhi.figures.mechanism import mechanism
from xinzhi.tables.coverage import coverage_of
from xinzhi.tables.regression.fitted import name_of
from xinzhi.wording import Wording, message

ARROWS = ["source", "target", "estimate", "p_value", "interaction", "interaction_p"]
"""Columns of the arrows of a mechanism whose paths a moderator changes."""


def charts(result: Moderated, shown: Shown) -> Iterator[Chart]:
    """Draw the mechanism of each moderator, then the effects along it."""
    style = shown.style
    known = [path.found for path in result.paths if isinstance(path.found, Moderation)]
    for moderator in dict.fromkeys(one.moderator for one in known):
        own = [one for one in known if one.moderator == moderator]
        chart = mechanism(
            f"{shown.name}_{moderator}_mechanism",
            message("{tool} and the mechanism", tool=name_of(moderator, style.labels)),
            pd.DataFrame([_bent(one) for one in own], columns=ARROWS),
            labels=style.labels,
            tool=moderator,
            stars=style.stars,
            level=style.level,
            decimals=style.decimals,
        )
        at_mean = message("Coefficients on the arrows hold where the tool is at its mean.")
        lags = [lag_note(own[0].lag, own[0].lagged)] if own[0].lag else []
        yield replace(chart, notes=(*chart.notes, at_mean, *lags))
        along = name_of(own[0].terms.moderator, style.labels)
        lines = [_line(one, style.labels, result.observed[moderator]) for one in own]
        title = message("Effects along {tool}", tool=along)
        coverage = coverage_of("conditional_effect", [one.estimates for one in own])
        yield conditional_effects(
            f"{shown.name}_{moderator}_along", title, lines, coverage=coverage
        )


def _bent(one: Moderation) -> list[object]:
    at = one.estimates.position(one.interaction)
    mean = next(c for c in one.conditional if c.place == "mean")
    crossed = [float(one.estimates.estimate[at]), float(one.estimates.p_value[at])]
    return [one.focal, one.outcome, mean.effect, mean.p_value, *crossed]


def _line(one: Moderation, words: Mapping[str, Wording], seen: tuple[float, float]) -> Line:
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
        t=float(t_quantile(0.5 + LEVEL / 2, one.estimates.covariance.df)),
        low=max(one.moderator_mean - 2 * one.moderator_sd, float(seen[0])),
        high=min(one.moderator_mean + 2 * one.moderator_sd, float(seen[1])),
    )
