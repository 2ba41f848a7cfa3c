"""Scores: efficiency, productivity, and the precision of scores.

Their keywords are the options of a measurement, of an index and of a resampling in the study file.
Rows keep the order of the data.

Why two programs disagree: the combination of options that reproduces the other program's scores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from xinzhi.api.declared import (
    Keyword,
    calendar,
    declared,
    keywords_of,
    names_of,
    optional,
    panel_and_order,
)
from xinzhi_core.errors import DataError, MethodError, MissingColumn, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.calendar import Calendar
from xinzhi_core.panel.panel import NO_PERIOD, Panel
from xinzhi_core.problems import missing_key
from xinzhi_core.vocabulary import CHOICES, bounds_word
from xinzhi_core.wording import message
from xinzhi_econometrics.verdict import CUSTOMARY
from xinzhi_frontier.conventions import ScoresExplained
from xinzhi_frontier.conventions import explain_scores as search
from xinzhi_frontier.evaluate import evaluate as evaluate_activities
from xinzhi_frontier.inference.intervals import Resampling, infer
from xinzhi_frontier.inference.replicates import no_interval
from xinzhi_frontier.measure import refuse_without_bads
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import ProductivityResult
from xinzhi_frontier.productivity.index import productivity as index_of
from xinzhi_frontier.resolve import resolve
from xinzhi_frontier.result import Activities, ActivityRoles, EfficiencyResult, Label, activities_of
from xinzhi_panel.columns.frames import table_of
from xinzhi_panel.columns.keys import Key, keyed
from xinzhi_panel.columns.seen import last_digit
from xinzhi_panel.places.strangers import RESIDUAL, doubt_strangers, is_residual

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
    from xinzhi.analyses.productivity.show import Productivity

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
        raise MethodError(no_interval(options, inference.reason))
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
    # What remains of the places is not a unit of its own: it is measured, and said.
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


def _options(asked: Mapping[str, object], *, index: str | None = None) -> Options:
    given: dict[str, Any] = {option.name: asked.get(option.name) for option in fields(Options)}
    given["returns_to_scale"] = bounds_word(given["returns_to_scale"])
    for name in ("nonseparable", "noncontrollable", "nondiscretionary"):
        given[name] = None if given[name] is None else names_of(given[name])
    return resolve(given, index=index)


THEIRS: Mapping[str, Keyword] = MappingProxyType(
    {
        "theirs": Keyword(
            object,
            about="Scores of the other program: a frame with the same keys, or a series indexed by them.",
        ),
        "column": Keyword(
            str | None,
            None,
            "Column of their scores; not needed where there is only one of numbers.",
        ),
        "their_entity": Keyword(
            Key | None, None, "Their column of names; `entity` where it has the same name."
        ),
        "their_period": Keyword(Key | None, None, "Their column of periods, in the same way."),
    }
)
"""Keywords that say where the other program's scores are."""
SEPARATORS = re.compile(r"[\s_\-.,:：年()（）]")
"""What stands between a name and its year, as programs without periods want them: Wuhu_2008, 芜湖市（2008年）."""


def _keywords() -> dict[str, Keyword]:
    return {**THEIRS, **measurement_keywords({"zeros": "keep"}, open_ended=True), **CALL}


@declared(_keywords)
def explain_scores(asked: Mapping[str, Any]) -> ScoresExplained:
    """Find the options under which another program's scores are reproduced.

    Form A and B, returns to scale, reference set, what leaves it, orientation and the way a score is
    printed are tried in all combinations that exist; an option that is given is kept. A row agrees
    where both scores differ by no more than half a unit of their last digit.

    Returns
    -------
    ScoresExplained
        The nearest combinations, best first; `.is_reproduced`, `.differing()` for the rows that stay
        apart, `.to_frame()`. Differences are in units of the other program's scores.

    Raises
    ------
    DataError
        No row of the other program is found in the data, or no combination can be measured on them.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [2.0, 4, 3, 6], "y": [1.0, 3, 2, 3]}, index=list("abcd"))
    >>> theirs = pd.Series([1.5, 1.0, 1.125, 1.5], index=list("abcd"))
    >>> found = explain_scores(data, theirs=theirs, inputs="x", good_outputs="y", measure="radial")
    >>> found.is_reproduced, found.candidates[0].convention.options.orientation
    (True, 'output')
    """
    activities = rows_of(asked).activities
    labels = activities.labels
    theirs = _with_years(_scores(asked), labels)
    matched = np.array([theirs.get(label, np.nan) for label in labels], dtype=np.float64)
    if theirs and not np.isfinite(matched).any():
        raise DataError(_nothing_common(labels, theirs))
    asked_for = {option.name: asked.get(option.name) for option in fields(Options)}
    given = {name: value for name, value in asked_for.items() if value is not None}
    if given:
        # Spelled out only: of the measure that resolving needs nothing is taken over.
        words = resolve({"measure": "radial", **given})
        given = {name: getattr(words, name) for name in given}
    tolerance = last_digit(matched) / 2
    explained = search(activities, matched, tolerance=tolerance, given=given, jobs=asked["jobs"])
    missing = tuple(label for label in theirs if label not in set(labels))
    return replace(explained, not_in_data=missing)


def _scores(asked: Mapping[str, Any]) -> dict[Label, float]:
    """Read the other program's scores: (entity, period) -> score."""
    theirs = asked["theirs"]
    table = table_of(theirs.to_frame("score") if isinstance(theirs, pd.Series) else theirs)
    if isinstance(table, Panel):
        frame, has_periods = table.frame, table.has_periods
    else:
        names = [*map(str, table.index.names), *map(str, table.columns)]
        entity, period = (
            asked[mine]
            if asked[mine] is not None
            else (asked[ours] if asked[ours] in names else None)
            for mine, ours in (("their_entity", "entity"), ("their_period", "period"))
        )
        keys = keyed(table, entity, period)
        assert isinstance(keys, pd.DataFrame)
        frame = keys
        has_periods = bool((frame.index.get_level_values(1) != NO_PERIOD).any())
    values = pd.to_numeric(frame[_column(frame, asked["column"])], errors="coerce")
    rows = zip(frame.index.tolist(), values.to_numpy(np.float64).tolist(), strict=True)
    return {
        (str(name), int(when) if has_periods else None): score
        for (name, when), score in rows
        if np.isfinite(score)
    }


def _column(frame: pd.DataFrame, column: str | None) -> str:
    """Find the column of scores."""
    if column is not None:
        if column not in frame.columns:
            raise MissingColumn(missing_key(column, [*map(str, frame.columns)]))
        return column
    numbers = [str(name) for name in frame.columns if frame[name].dtype.kind in "fiu"]
    called = [
        name for name in numbers if re.search(r"score|效率|efficiency|得分", name, re.IGNORECASE)
    ]
    for names in (numbers, called):
        if len(names) == 1:
            return names[0]
    raise DataError(
        Problem(
            "explain.which_column",
            message("Several columns could be the scores: {names}.", names=", ".join(numbers))
            if numbers
            else message("No column of the other program holds numbers."),
            Where(key="column"),
            message("name it: column=…."),
        )
    )


def _with_years(theirs: dict[Label, float], labels: tuple[Label, ...]) -> dict[Label, float]:
    """Split names that carry their year, where the data have periods and the other program has none."""
    if any(when is not None for _, when in theirs) or labels[0][1] is None:
        return theirs
    joined = {
        _plain(text): (name, when)
        for name, when in labels
        for text in (f"{name}{when}", f"{when}{name}")
    }
    return {joined.get(_plain(name), (name, None)): score for (name, _), score in theirs.items()}


def _plain(name: str) -> str:
    return SEPARATORS.sub("", name).casefold()


def _nothing_common(labels: tuple[Label, ...], theirs: Mapping[Label, float]) -> Problem:
    text = message(
        "No row of the other program is one of the data: '{theirs}' there, '{ours}' here.",
        theirs=" ".join(str(part) for part in next(iter(theirs), ("—",)) if part is not None),
        ours=" ".join(str(part) for part in labels[0] if part is not None),
    )
    remedy = message("use the same names, and name the columns of entity and period.")
    return Problem("explain.nothing_common", text, remedy=remedy)
