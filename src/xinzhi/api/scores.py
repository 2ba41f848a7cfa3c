"""Scores: efficiency, productivity, and the precision of scores.

Their keywords are the options of a measurement, of an index and of a resampling in the study file.
Rows keep the order of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from xinzhi.api.arguments import calendar, names_of, panel_and_order
from xinzhi.api.declared import Keyword, declared, keywords_of, optional
from xinzhi.columns.keys import Key
from xinzhi.errors import MethodError
from xinzhi.frontier.activities import Activities, ActivityRoles, activities_of
from xinzhi.frontier.evaluate import evaluate as evaluate_activities
from xinzhi.frontier.inference.convergence import no_interval
from xinzhi.frontier.inference.intervals import Resampling, infer
from xinzhi.frontier.measure import refuse_without_bads
from xinzhi.frontier.options import Options
from xinzhi.frontier.productivity.index import ProductivityResult
from xinzhi.frontier.productivity.index import productivity as index_of
from xinzhi.frontier.resolve import resolve
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.notices import Notice
from xinzhi.panel.calendar import Calendar
from xinzhi.places.strangers import RESIDUAL, doubt_strangers, is_residual
from xinzhi.regression.verdict import CUSTOMARY
from xinzhi.vocabulary import CHOICES, bounds_word

CALL: Mapping[str, Keyword] = MappingProxyType(
    {
        "solver": Keyword(
            Literal[tuple(CHOICES["solver"])],
            "auto",
            "auto, highs (HiGHS alone) or exact (rational arithmetic, small data).",
        ),
        "entity": Keyword(
            Key | None,
            None,
            "Column or index level of a frame that names its rows; not needed where the names of its "
            "two index levels, or their values, leave no doubt.",
        ),
        "period": Keyword(Key | None, None, "The same for the period."),
        "jobs": Keyword(int, 1, "Number of processes; the result does not depend on it."),
    }
)
"""Keywords of a call, for which a study file has no key."""
ROLES = ("inputs", "good_outputs", "bad_outputs")
OF_SCORES = ("reference", "window", "base_period", "group")
"""Options of a measurement that an index does not have: it has frontiers, and a base period, of its own."""


def measurement_keywords(
    usual: Mapping[str, str],
    without: tuple[str, ...] = (),
    depends: tuple[str, ...] = (),
    *,
    open_ended: bool = False,
) -> dict[str, Keyword]:
    """Make the keywords of a measurement; the orientation is the usual one of the measure.

    With `open_ended` what is left out has no default: whoever reads the options varies them.
    """
    from xinzhi.analyses.efficiency.section import OTHER_ANALYSES, Measurement

    keywords = keywords_of(Measurement, {*OTHER_ANALYSES, *without})
    return optional(keywords, usual, keywords if open_ended else ("orientation", *depends))


def _of_productivity() -> dict[str, Keyword]:
    from xinzhi.analyses.productivity.section import Productivity

    index = keywords_of(Productivity, ("of", "label"))
    depends = ("measure", "disposability")
    return {**index, **measurement_keywords({}, OF_SCORES, depends), **CALL}


def _of_bootstrap() -> dict[str, Keyword]:
    from xinzhi.analyses.inference.section import ResamplingOptions

    resampling = keywords_of(ResamplingOptions)
    seed = Keyword(int, about="Start of the draws; draw k depends on the seed and k alone.")
    return {**measurement_keywords({"measure": "radial"}), **resampling, "seed": seed, **CALL}


@declared(lambda: {**measurement_keywords({}), **CALL})
def evaluate(asked: Mapping[str, Any]) -> EfficiencyResult:
    """Measure the efficiency of each row, with a certificate of optimality.

    Options are those of a score in the study file. Short forms such as `vrs` are understood; `ccr` and
    `bcc` are the radial measure under constant and variable returns. Generalised returns are a pair
    of bounds of the sum of intensities: `returns_to_scale=(0.8, 1.2)`, or `"0.8..1.2"`.

    Returns
    -------
    EfficiencyResult
        Scores (1 is the frontier; those of range-adjusted and directional measures as their pages say),
        statuses, slacks and targets in the units of the columns, peers, certificates; `.to_frame()` has
        a column `score`.

    Raises
    ------
    SpecError, DataError
        An option that does not exist or contradicts another one; cells that are empty or negative,
        or 0 where the measure divides by them, with their places.

    References
    ----------
    Tone (2001), doi 10.1016/S0377-2217(99)00407-5; Tone (2002), doi 10.1016/S0377-2217(01)00324-1;
    Banker and Morey (1986), doi 10.1287/opre.34.4.513.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("b", 1)], names=["entity", "period"])
    >>> frame = pd.DataFrame({"labour": [1.0, 2.0], "gdp": [1.0, 1.0]}, index=index)
    >>> evaluate(frame, inputs="labour", good_outputs="gdp", measure="sbm").to_frame()["score"].tolist()
    [1.0, 0.5]
    """
    rows = rows_of(asked)
    result = evaluate_activities(
        rows.activities, options=_options(asked), groups=rows.groups, jobs=asked["jobs"]
    )
    return replace(result, calendar=rows.calendar, notices=(*rows.notices, *result.notices))


@declared(_of_productivity)
def productivity(asked: Mapping[str, Any]) -> ProductivityResult:
    """Compute an index of productivity between consecutive periods.

    The other options are those of the scores that the index is made of. Without a measure they are
    those that the index is defined on: radial and output-oriented for the Malmquist indices;
    directional along (0, y, -b) with weakly disposable bads for the Malmquist-Luenberger indices
    (Chung, Färe and Grosskopf 1997, Oh 2010); directional along (-x, y, -b) for the Luenberger
    indicators, which like those take slacks-based scores, but no radial ones.

    Returns
    -------
    ProductivityResult
        One row for each entity and pair of periods, with components that multiply or add out; ratios, 1
        without change, and of the Luenberger indicators differences, 0 without change: no units.

    Raises
    ------
    SpecError, DataError
        An option that does not exist or contradicts another one, a single period, or cells that a
        distance is not defined for, with their places.

    References
    ----------
    Färe, Grosskopf, Norris and Zhang (1994); Chung, Färe and Grosskopf (1997), doi
    10.1006/jema.1997.0146; Oh (2010), doi 10.1007/s11123-010-0178-y. The page of each
    index names its source.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"labour": [1.0, 1, 2, 1], "gdp": [1.0, 1, 1, 1]}, index=index)
    >>> found = productivity(frame, index="malmquist", inputs="labour", good_outputs="gdp")
    >>> found.to_frame()["value"].round(6).tolist()
    [1.0, 2.0]
    """
    options = _options(asked, index=asked["index"])
    rows = rows_of(asked)
    result = index_of(rows.activities, index=asked["index"], options=options, jobs=asked["jobs"])
    return replace(result, calendar=rows.calendar, notices=(*rows.notices, *result.notices))


@declared(_of_bootstrap)
def bootstrap_scores(asked: Mapping[str, Any]) -> pd.DataFrame:
    """Compute confidence intervals of the true scores by subsampling, or resample scores otherwise.

    Returns
    -------
    DataFrame
        One row per row with a score. subsampling: low and high in units of the score, n and m, draws
        that cannot reach the row, and a status; smoothed: efficiency, bias, corrected, variance;
        sensitivity: n_draws, mean, sd, min, max.

    Raises
    ------
    MethodError
        No valid confidence interval is known for the measure; the error says why.

    References
    ----------
    Kneip, Simar and Wilson (2008), doi 10.1017/S0266466608080651; Simar and Wilson (1998), doi
    10.1287/mnsc.44.1.49, (2011), doi 10.1007/s11123-010-0200-4.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([[f"shop {i:02}" for i in range(24)], [1]])
    >>> frame = pd.DataFrame({"labour": range(10, 34)}, index=index).assign(gdp=[20, 25, 30] * 8)
    >>> found = bootstrap_scores(frame, inputs="labour", good_outputs="gdp", draws=20, size=12, seed=1)
    >>> scores = evaluate(frame, inputs="labour", good_outputs="gdp", measure="radial", orientation="input")
    >>> bool((found["low"] < found["high"]).all()), bool((found["high"] <= scores.scores + 1e-9).all())
    (True, True)
    """
    measure = "radial" if asked["measure"] is None else asked["measure"]
    options = _options({**asked, "measure": measure})
    plan = plan_of(asked)
    rows = rows_of(asked)
    inference = infer(rows.activities, options, plan, groups=rows.groups, jobs=asked["jobs"])
    # A study shows the reason in the place of the intervals; a call has no other result to give.
    if inference.reason is not None:
        raise MethodError(no_interval(inference.reason))
    return rows.calendar.named(inference.table)


@dataclass(frozen=True, slots=True, eq=False)
class GivenRows:
    """Rows as given, without those that `missing` leaves out."""

    activities: Activities
    groups: list[str] | None
    """Group of each row, of a group frontier."""
    calendar: Calendar
    """How its periods are numbered."""
    notices: tuple[Notice, ...]


def plan_of(asked: Mapping[str, Any]) -> Resampling:
    """Make the plan of a resampling from its keywords."""
    words = {option.name: asked.get(option.name) for option in fields(Resampling)}
    level = CUSTOMARY.coverage(asked.get("level"))
    return Resampling(**{**words, "method": asked["resampling"], "level": level})


def rows_of(asked: Mapping[str, Any]) -> GivenRows:
    """Take the rows of a call, in the order of the data."""
    panel, order = panel_and_order(asked["data"], asked["entity"], asked["period"])
    roles = ActivityRoles(*(names_of(asked[name]) if asked[name] else () for name in ROLES))
    # What remains of the places is no unit of its own: it is measured, and said.
    doubts = doubt_strangers(panel) if any(map(is_residual, panel.entities)) else ()
    notices = tuple(Notice(p.code, p.what, p.where) for p in doubts if p.code == RESIDUAL)
    if asked["missing"] == "leave_out":
        from xinzhi.analyses.efficiency.compute import complete_rows, left_out

        panel.require(roles.names)
        complete = complete_rows(panel, roles)
        notices += left_out(panel, complete)
        place = np.cumsum(complete) - 1  # of each complete row among these
        order = [int(place[position]) for position in order if complete[position]]
        panel = panel.take(complete)
    activities = activities_of(panel, roles).take(order)
    if not roles.bad_outputs and asked.get("disposability") and not asked.get("index"):
        refuse_without_bads(_options(asked))
    group, groups = asked.get("group"), None
    if group is not None:
        panel.require((group,))
        groups = [str(panel.frame[group].iloc[position]) for position in order]
    return GivenRows(
        activities, groups, calendar(asked["data"], asked["entity"], asked["period"]), notices
    )


def _options(asked: Mapping[str, Any], *, index: str | None = None) -> Options:
    given: dict[str, Any] = {option.name: asked.get(option.name) for option in fields(Options)}
    given["returns_to_scale"] = bounds_word(given["returns_to_scale"])
    for name in ("nonseparable", "noncontrollable", "nondiscretionary"):
        given[name] = None if given[name] is None else names_of(given[name])
    return resolve(given, index=index)
