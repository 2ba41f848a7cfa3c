"""Why two programs disagree: the combination of options that reproduces the other program's scores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.api.declared import Keyword, declared
from xinzhi.api.scores import CALL, measurement_keywords, rows_of
from xinzhi.columns.frames import table_of
from xinzhi.columns.keys import Key, keyed
from xinzhi.columns.seen import last_digit
from xinzhi.errors import DataError, MissingColumn, Problem, Where
from xinzhi.frontier.activities import Label
from xinzhi.frontier.conventions import ScoresExplained
from xinzhi.frontier.conventions import explain_scores as search
from xinzhi.frontier.options import Options
from xinzhi.frontier.resolve import resolve
from xinzhi.panel.panel import NO_PERIOD, Panel
from xinzhi.problems import missing_key
from xinzhi.wording import message

THEIRS: Mapping[str, Keyword] = MappingProxyType(
    {
        "theirs": Keyword(
            Any,
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
    if not np.isfinite(matched).any():
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
