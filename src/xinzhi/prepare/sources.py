"""Step inputs besides the panel, by their names in the study file: tables, series, lists of terms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import DataError, Problem, SpecError, Where, suggestion
from xinzhi.io.recognise.entity_names import may_be_same, stem
from xinzhi.io.series import UNITS
from xinzhi.panel.panel import Panel
from xinzhi.prepare.step import Sources
from xinzhi.problems import MISSING_COLUMN
from xinzhi.wording import message


def table(sources: Sources, name: str, *, step: str) -> pd.DataFrame:
    """Take a table by the name of its source.

    Raises
    ------
    SpecError
        `prepare.source`: there is no such source, or it is not a table.
    """
    content = source(sources, name, step=step)
    if not isinstance(content, pd.DataFrame):
        raise SpecError(wrong_kind(name, "table", step))
    return content


def source(sources: Sources, name: str, *, step: str) -> object:
    """Take a source by name; an unknown one is answered with the nearest."""
    if name not in sources:
        text = message("There is no source '{name}'.", name=name)
        remedy = suggestion(name, tuple(sources))
        raise SpecError(Problem("prepare.source", text, Where(key=f"prepare.{step}"), remedy))
    return sources[name]


def wrong_kind(name: str, kind: str, step: str) -> Problem:
    """Say that a source is of another kind than a step needs."""
    what = message("The source '{name}' is not a {kind}.", name=name, kind=kind)
    remedy = message("declare its kind under `sources`.")
    return Problem("prepare.source", what, Where(key=f"prepare.{step}"), remedy)


def series(sources: Sources, name: str, *, n_keys: int, column: str | None, step: str) -> pd.Series:
    """Take one column of numbers of a table with so many keys.

    Raises
    ------
    DataError
        `prepare.keys`: other keys than needed, a key twice, or a column that is not clear.
    """
    content = table(sources, name, step=step)
    where = Where(file=name, key=f"prepare.{step}")
    if content.index.nlevels != n_keys or not content.index.is_unique:
        twice = sorted({str(key) for key in content.index[content.index.duplicated()]})
        what = message(
            "The source '{name}' must have {n} keys, each combination once ({twice}).",
            name=name,
            n=n_keys,
            twice=", ".join(twice[:5]) or content.index.nlevels,
        )
        remedy = message("state its `keys` under `sources`.")
        raise DataError(Problem("prepare.keys", what, where, remedy))
    numeric = [str(c) for c in content.columns if content[c].dtype == np.float64]
    chosen = column or (numeric[0] if len(numeric) == 1 else None)
    if chosen not in numeric:
        text = message("It is not clear which column of '{name}' is meant.", name=name)
        remedy = message("name one of: {columns}.", columns=", ".join(numeric))
        raise DataError(Problem(MISSING_COLUMN, text, where, remedy))
    return content[chosen]


def unit_of(sources: Sources, name: str, values: pd.Series, *, step: str) -> str | None:
    """Return the unit of a column of a table, if its file states it."""
    units = table(sources, name, step=step).attrs.get(UNITS, {})
    unit = units.get(values.name) if isinstance(units, dict) else None
    return unit if isinstance(unit, str) else None


def spread(values: pd.Series) -> pd.DataFrame:
    """Spread a series with two keys: the first down, the second across, sorted."""
    first, second = (values.index.get_level_values(i) for i in (0, 1))
    frame = pd.DataFrame({"row": first, "column": second, "value": values.to_numpy()})
    return frame.pivot_table(
        index="row", columns="column", values="value", aggfunc="first", dropna=False
    )


def match_entities(
    panel: Panel, names: Mapping[str, object] | pd.Index, *, source: str, step: str
) -> dict[str, str]:
    """Find the name that each entity of the panel has in another table.

    Names that differ by 市 or 省 only are the same; anything else is an error.

    Raises
    ------
    DataError
        `prepare.entity`: entities without a row in the table, with the nearest names.
    """
    exact = dict.fromkeys(str(name) for name in names)
    by_stem: dict[str, list[str]] = {}
    for name in exact:
        by_stem.setdefault(stem(name), []).append(name)
    matches: dict[str, str] = {}
    problems: list[Problem] = []
    for entity in panel.entities:
        alike = [name for name in by_stem.get(stem(entity), []) if may_be_same(name, entity)]
        if entity in exact:
            matches[entity] = entity
        # Two names of one stem, such as a city and a county, are not told apart by a guess.
        elif len(alike) == 1:
            matches[entity] = alike[0]
        else:
            problems.append(
                Problem(
                    "prepare.entity",
                    message("{entity} is not in '{source}'.", entity=entity, source=source),
                    Where(file=source, key=f"prepare.{step}", entity=entity),
                    suggestion(entity, tuple(exact)),
                )
            )
    if problems:
        raise DataError(problems)
    return matches


def encode(column: pd.Series) -> tuple[npt.NDArray[np.int64], list[object]]:
    """Give the number of its distinct value for each cell, -1 for none, and the values.

    >>> encode(pd.Series(["b", None, "a", "b"], dtype=object))
    (array([ 0, -1,  1,  0]), ['b', 'a'])
    """
    places, distinct = pd.factorize(column, use_na_sentinel=True)
    return np.asarray(places, dtype=np.int64), list(distinct)
