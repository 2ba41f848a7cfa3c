"""How entities move between classes: the transition matrix and the paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from xinzhi.errors import DataError, Problem
from xinzhi.notices import Notice
from xinzhi.typology.scores import check_index, pick, require
from xinzhi.typology.transition_intervals import long_run_interval, wilson
from xinzhi.wording import message

FEW = 30
"""Moves from a class below which its row is doubted: at 30 the interval of a probability of one
half is still 17 points wide to either side, and of three classes each gets ten moves."""
NEVER = 1e-12
"""Long-run share below which a class is left for ever; the shares come from least squares."""


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """Moves between classes from one date to the next."""

    names: tuple[str, ...]
    """Classes in their order, lowest first."""
    counts: pd.DataFrame
    """Moves from class (rows) to class (columns)."""
    probabilities: pd.DataFrame
    """Rows sum to 1; a class that nobody left from is a row of missing numbers."""
    low: pd.DataFrame
    """Lower bounds of the probabilities, 95 %."""
    high: pd.DataFrame
    """Upper bounds."""
    pairs: tuple[tuple[int, int], ...]
    """Pairs of dates that were compared."""
    n: int
    """Moves counted."""
    n_missing: int
    """Moves left out because a class is missing at one of the two dates."""
    mobility: float
    """Shorrocks' index (k - trace) / (k - 1): 0 nobody moves; missing where a row is."""
    long_run: pd.Series | None
    """Shares of the classes if the moves went on for ever; None where they do not settle."""
    long_run_interval: pd.DataFrame | None
    """Columns low and high, 95 %; None where there is no long run."""
    notices: tuple[Notice, ...] = ()


def transitions(
    classes: pd.Series,
    names: Sequence[str],
    *,
    step: int = 1,
    periods: Sequence[int] | None = None,
    seed: int = 0,
) -> Transitions:
    """Count the moves between classes.

        p_ab = n_ab / sum_c n_ac

    Parameters
    ----------
    classes
        Class per (entity, period); missing where there is none.
    names
        Classes in their order, lowest first.
    step
        Distance of the two dates of a move, in periods: 1 compares 2008 with 2009. Where a period
        is absent from the data no move across it is counted.
    periods
        Dates to compare one after the other, such as 2008, 2013, 2018, 2023; replaces `step`.
    seed
        Of the draws behind the interval of the long run.

    Raises
    ------
    DataError
        A class is not among the names, a date is not in the data, or no two dates can be compared.

    References
    ----------
    Shorrocks, A. F. (1978), Econometrica 46, 1013-1024, doi:10.2307/1911433.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> moved = transitions(pd.Series(["low", "high", "low", "low"], index), ["low", "high"])
    >>> moved.probabilities.loc["low"].tolist()
    [0.5, 0.5]
    """
    table = class_table(classes, names)
    pairs = _pairs(table, step, periods)
    moves = pd.DataFrame(
        [(a, b) for first, second in pairs for a, b in table[[first, second]].to_numpy()],
        columns=["before", "after"],
    )
    whole = moves.dropna()
    counts = pd.crosstab(whole["before"], whole["after"])
    counts = counts.reindex(index=list(names), columns=list(names), fill_value=0)
    counts.index.name, counts.columns.name = "from", "to"
    totals = counts.sum(axis=1)
    probabilities = counts.div(totals.where(totals > 0), axis=0)
    low, high = wilson(counts)
    long_run = _long_run(probabilities)
    return Transitions(
        names=tuple(names),
        counts=counts,
        probabilities=probabilities,
        low=low,
        high=high,
        pairs=pairs,
        n=len(whole),
        n_missing=_one_sided(moves),
        mobility=_mobility(probabilities),
        long_run=long_run,
        long_run_interval=None if long_run is None else long_run_interval(counts, seed=seed),
        notices=(*_notices(totals, _one_sided(moves)), *_cautions(counts, long_run)),
    )


def _one_sided(moves: pd.DataFrame) -> int:
    """Count the moves with one end known; an entity absent from both dates made no move."""
    return int((moves.isna().sum(axis=1) == 1).sum())


def class_table(classes: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    """Set the classes out as entities x periods; one that is not among the names is an error."""
    check_index(classes)
    require(
        len(names) > 0 and len(set(names)) == len(names),
        "transitions.names",
        message("The classes need names that differ."),
        message("give each class its own name."),
    )
    unknown = sorted({str(word) for word in classes.dropna()} - set(names))
    if unknown:
        raise DataError(
            Problem(
                "transitions.unknown_class",
                message("'{name}' is not one of the classes.", name=name),
                remedy=message("known: {known}.", known=", ".join(names)),
            )
            for name in unknown
        )
    table = classes.astype(object).unstack("period")  # noqa: PD010 - keys are unique
    return table.sort_index().sort_index(axis=1)


def _pairs(
    table: pd.DataFrame, step: int, periods: Sequence[int] | None
) -> tuple[tuple[int, int], ...]:
    if periods is not None:
        pairs = tuple(pairwise(sorted(int(p) for p in pick(table, periods).columns)))
    else:
        require(
            step >= 1,
            "transitions.step",
            message("The distance of two dates is {step}.", step=step),
            message("give 1 or more."),
        )
        known = {int(p) for p in table.columns}
        pairs = tuple((p, p + step) for p in sorted(known) if p + step in known)
    if not pairs:
        raise DataError(
            Problem(
                "transitions.no_pair",
                message("No two dates can be compared."),
                remedy=message("give two dates that are in the data."),
            )
        )
    return pairs


def _mobility(probabilities: pd.DataFrame) -> float:
    k = len(probabilities)
    return float("nan") if k < 2 else float((k - np.trace(probabilities.to_numpy())) / (k - 1))


def _long_run(probabilities: pd.DataFrame) -> pd.Series | None:
    """Solve pi P = pi, sum pi = 1; None unless there is one closed set of classes, so one answer."""
    P = probabilities.to_numpy(float)
    if np.isnan(P).any():
        return None
    n_sets, of = connected_components(P > 0, directed=True, connection="strong")
    closed = [s for s in range(n_sets) if not (P[of == s][:, of != s] > 0).any()]
    if len(closed) != 1:
        return None
    k = len(P)
    system = np.vstack([P.T - np.eye(k), np.ones(k)])
    shares = np.linalg.lstsq(system, np.append(np.zeros(k), 1.0))[0]
    return pd.Series(np.clip(shares, 0.0, 1.0), index=probabilities.index, name="long_run")


def _notices(totals: pd.Series, n_missing: int) -> tuple[Notice, ...]:
    notices = [
        Notice(
            "transitions.empty_class",
            message("No move starts from class {name}: its row is empty.", name=str(name)),
        )
        for name in totals.index[totals == 0]
    ]
    if n_missing:
        notices.append(
            Notice(
                "transitions.missing",
                message(
                    "{n} moves are not counted: one end has no class.",
                    one="{n} move is not counted: one end has no class.",
                    n=n_missing,
                ),
            )
        )
    return tuple(notices)


def _cautions(counts: pd.DataFrame, long_run: pd.Series | None) -> Iterator[Notice]:
    """Warn of classes with few moves, and of a long run that rests on what was not seen."""
    totals = counts.sum(axis=1)
    for name in totals.index[(totals > 0) & (totals < FEW)]:
        yield Notice(
            "transitions.few_moves",
            message(
                "From class {name} only {n} moves start, fewer than {few}: read its probabilities, "
                "and the long run, by their intervals.",
                one="From class {name} only {n} move starts, fewer than {few}: read its "
                "probabilities, and the long run, by their intervals.",
                name=str(name),
                n=int(totals[name]),
                few=FEW,
            ),
        )
    if long_run is not None and (long_run < NEVER).any():
        yield Notice(
            "transitions.one_way",
            message(
                "No move leads out of {names} into the other classes, so the long run ends there: "
                "{n} moves that start there show none, which does not rule one out.",
                names=", ".join(map(str, long_run.index[long_run >= NEVER])),
                n=int(totals[long_run >= NEVER].sum()),
            ),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """The classes that each entity went through."""

    of: pd.DataFrame
    """Class per entity (rows) and date (columns)."""
    kinds: pd.Series
    """Per entity: `stayed`, `rose`, `fell`, `mixed` (up and down), `unknown` (a class missing)."""
    counts: pd.Series
    """Number of entities per whole path, most common first; index: classes joined by ` > `."""


def paths(classes: pd.Series, names: Sequence[str], *, periods: Sequence[int]) -> Paths:
    """Follow the class of each entity over given dates.

    Parameters
    ----------
    classes
        Class per (entity, period).
    names
        Classes in their order, lowest first.
    periods
        Dates, in order of time.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> found = paths(pd.Series(["low", "high", "low", "low"], index), ["low", "high"],
    ...     periods=[1, 2])
    >>> found.kinds.to_dict(), found.counts.to_dict()
    ({'a': 'rose', 'b': 'stayed'}, {'low > high': 1, 'low > low': 1})
    """
    of = pick(class_table(classes, names), sorted(periods))
    order = {name: place for place, name in enumerate(names)}
    places = of.map(lambda word: order.get(word, float("nan")))
    kinds = pd.Series([_kind(row) for row in places.to_numpy(float)], index=of.index, dtype=object)
    whole = of.dropna()
    words = pd.Series([" > ".join(row) for row in whole.to_numpy()], dtype=object)
    counts = words.value_counts().rename_axis("path").reset_index()
    counts = counts.sort_values(["count", "path"], ascending=[False, True])
    return Paths(of=of, kinds=kinds, counts=counts.set_index("path")["count"])


def _kind(places: np.ndarray) -> str:
    if np.isnan(places).any():
        return "unknown"
    steps = np.sign(np.diff(places))
    up, down = bool((steps > 0).any()), bool((steps < 0).any())
    return {(False, False): "stayed", (True, False): "rose", (False, True): "fell"}.get(
        (up, down), "mixed"
    )
