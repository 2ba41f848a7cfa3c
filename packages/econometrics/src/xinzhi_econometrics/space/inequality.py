"""Inequality of the scores, decomposed into within and between groups (Theil, Dagum).

Theil's indices are sums over members. The Gini ratio needs the distances of all pairs of members,
n^2 of them; sorting the members and adding up the gaps between neighbours in that order gives the
same sums in n log n steps, and n more for each group. Every term is positive, so that nothing
cancels: two groups without overlap have a transvariation of exactly 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import MethodError, OutOfDomain, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.space.scores import assign_groups, require, require_choice, to_wide

Array = npt.NDArray[np.float64]
Index = Literal["T", "L"]


@dataclass(frozen=True, slots=True, eq=False)
class Theil:
    """Theil's index by period, and what each group contributes."""

    index: Index
    by_period: pd.DataFrame
    """`n`, `total`, `within`, `between` (they add up), `share_between` (missing if total is 0)."""
    by_group: pd.DataFrame
    """Indexed (period, group): `n`, `mean`, `weight` (share of the total score for T, of the number
    for L), `theil` of the group, `within` = weight * theil."""
    notices: tuple[Notice, ...] = ()


def theil(scores: pd.Series, groups: pd.Series, *, index: Index = "T") -> Theil:
    """Decompose Theil's T or L within and between groups, for each period.

        T = 1/n sum_i (y_i/m) ln(y_i/m) = sum_g s_g T_g + sum_g s_g ln(m_g/m),   s_g = n_g m_g / (n m)
        L = 1/n sum_i ln(m/y_i)         = sum_g w_g L_g + sum_g w_g ln(m/m_g),   w_g = n_g / n

    Parameters
    ----------
    scores
        Indexed (entity, period). T needs y >= 0 with a positive sum in each group, L needs y > 0.
    groups
        Group per entity; entities without one are left out and named in a notice.
    index
        `T` or `L` (mean log deviation).

    Raises
    ------
    OutOfDomain
        A score is negative, or zero for L, or a group has only zeros.
    MethodError
        No entity with a score has a group.

    References
    ----------
    Shorrocks, A. F. (1980), Econometrica 48, 613-625, doi:10.2307/1913126.

    Examples
    --------
    >>> key = pd.MultiIndex.from_product([["a", "b", "c", "d"], [1]], names=["entity", "period"])
    >>> found = theil(pd.Series([1.0, 1.0, 3.0, 3.0], key),
    ...     pd.Series({"a": "x", "b": "x", "c": "y", "d": "y"}))
    >>> found.by_period.round(4).loc[1, ["within", "share_between"]].tolist()
    [0.0, 1.0]
    """
    require_choice("index", index, ("T", "L"))
    table, of, notices = _prepare(scores, groups, lowest_is_allowed=index == "T")
    by_period, by_group = {}, {}
    for members in _members(table, of):
        by_period[members.period], by_group[members.period] = _decompose_theil(members, index)
    groups_by_period = _stack(by_group, ["period", "group"])
    return Theil(index, _by_period(by_period), groups_by_period, notices)


def _decompose_theil(members: _Members, index: Index) -> tuple[dict[str, float], dict[str, object]]:
    y, n, mean, means = members.scores, len(members.scores), members.scores.mean(), members.means
    inner = members.sum(_theil_terms(y, means[members.codes], index)) / members.sizes
    weight = members.sums / members.sums.sum() if index == "T" else members.sizes / n
    apart = np.log(means / mean) if index == "T" else np.log(mean / means)
    # All three are computed from their sums, none as a difference, so that a test can add them up.
    total, within = float(_theil_terms(y, mean, index).mean()), float(weight @ inner)
    between = float(weight @ apart)
    summary = {"n": n, "total": total, "within": within, "between": between}
    by_group = {
        "group": members.names,
        "n": members.sizes,
        "mean": means,
        "weight": weight,
        "theil": inner,
        "within": weight * inner,
    }
    return {**summary, "share_between": _share(between, total)}, by_group


def _theil_terms(y: Array, mean: Array | float, index: Index) -> Array:
    """Compute what each member adds to n times the index; 0 ln 0 = 0."""
    if index == "L":
        return np.asarray(np.log(mean / y))
    relative = y / mean
    return np.asarray(relative * np.log(np.where(relative > 0, relative, 1.0)))


def _share(part: float, total: float) -> float:
    return part / total if total > 0 else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Dagum:
    """Gini ratio by period in Dagum's three parts."""

    by_period: pd.DataFrame
    """`n`, `gini`, `within`, `between` (net), `transvariation` (they add up), and the shares
    `share_within`, `share_between`, `share_transvariation` (missing if gini is 0)."""
    by_group: pd.DataFrame
    """Indexed (period, group): `n`, `mean`, `gini` of the group."""
    by_pair: pd.DataFrame
    """Indexed (period, group, other), group with the higher mean first: `gini` between the two,
    `affluence` D, the relative economic affluence in [0, 1] (0 where both are all alike)."""
    notices: tuple[Notice, ...] = ()


def dagum(scores: pd.Series, groups: pd.Series) -> Dagum:
    """Decompose the Gini ratio within groups, net between them, and transvariation.

        G_jh = mean |y_j - y_h| / (m_j + m_h),   D_jh = (m_j - m_h) / mean |y_j - y_h|,  m_j >= m_h
        G = sum_j G_jj p_j s_j + sum_j>h G_jh (p_j s_h + p_h s_j) [D_jh + (1 - D_jh)]

    with p the share of a group in the number, s in the total score. The mean of (y_j - y_h)+ less
    that of (y_h - y_j)+ is m_j - m_h, so that D is Dagum's (d - p) / (d + p).

    Parameters
    ----------
    scores
        Indexed (entity, period), y >= 0 with a positive sum in each group.
    groups
        Group per entity; entities without one are left out and named in a notice.

    Raises
    ------
    OutOfDomain
        A score is negative, or a group has only zeros.
    MethodError
        No entity with a score has a group.

    References
    ----------
    Dagum, C. (1997), Empirical Economics 22, 515-531, doi:10.1007/BF01205777.

    Examples
    --------
    >>> key = pd.MultiIndex.from_product([["a", "b", "c", "d"], [1]], names=["entity", "period"])
    >>> found = dagum(pd.Series([1.0, 1.0, 3.0, 3.0], key),
    ...     pd.Series({"a": "x", "b": "x", "c": "y", "d": "y"}))
    >>> found.by_period.loc[1, ["gini", "between"]].tolist()
    [0.25, 0.25]
    """
    table, of, notices = _prepare(scores, groups, lowest_is_allowed=True)
    by_period, by_group, by_pair = {}, {}, {}
    for members in _members(table, of):
        parts = _decompose_gini(members)
        by_period[members.period], by_group[members.period], by_pair[members.period] = parts
    return Dagum(
        _by_period(by_period),
        _stack(by_group, ["period", "group"]),
        _stack(by_pair, ["period", "group", "other"]),
        notices,
    )


def _decompose_gini(
    members: _Members,
) -> tuple[dict[str, float], dict[str, Any], dict[str, Any]]:
    n, means, sizes = len(members.scores), members.means, members.sizes
    p, s = sizes / n, members.sums / members.sums.sum()
    ahead = _excess(members)
    distance = ahead + ahead.T
    gini = distance / np.outer(sizes, sizes) / np.add.outer(means, means)
    first, second = np.triu_indices(len(sizes), 1)
    # Which mean is higher is decided by the sums themselves: `net` is then never a rounding below 0.
    is_ahead = ahead[first, second] >= ahead[second, first]
    high, low = np.where(is_ahead, first, second), np.where(is_ahead, second, first)
    net, apart = ahead[high, low] - ahead[low, high], distance[high, low]
    affluence = np.divide(net, apart, out=np.zeros(len(net)), where=apart > 0)
    gross = gini[high, low] * (p[high] * s[low] + p[low] * s[high])
    parts = {
        "within": float(gini.diagonal() @ (p * s)),
        "between": float(gross @ affluence),
        "transvariation": float(gross @ (1.0 - affluence)),
    }
    total = float(distance.sum() / n**2 / (2.0 * members.scores.mean()))
    shares = {f"share_{name}": _share(part, total) for name, part in parts.items()}
    by_group = {"group": members.names, "n": sizes, "mean": means, "gini": gini.diagonal()}
    by_pair = {
        "group": members.names[high],
        "other": members.names[low],
        "gini": gini[high, low],
        "affluence": affluence,
    }
    return {"n": n, "gini": total, **parts, **shares}, by_group, by_pair


def _excess(members: _Members) -> Array:
    """Sum (y_i - y_l)+ over the members i of each group (rows) and l of each group (columns).

    With the members sorted, y_i - y_l is the sum of the gaps between them: each gap below i counts
    once for every member of the other group that lies below it.
    """
    order = np.argsort(members.scores, kind="stable")
    codes, gaps = members.codes[order], np.diff(members.scores[order])
    n_groups = len(members.names)
    excess = np.empty((n_groups, n_groups))
    for other in range(n_groups):
        n_below = np.cumsum(codes == other)[:-1]  # members of `other` below each gap
        reach = np.concatenate([[0.0], np.cumsum(gaps * n_below)])
        excess[:, other] = np.bincount(codes, weights=reach, minlength=n_groups)
    return excess


@dataclass(frozen=True, slots=True, eq=False)
class _Members:
    """The scores of one period, group by group."""

    period: int
    names: npt.NDArray[np.object_]
    """Groups that have a score in this period, sorted."""
    codes: npt.NDArray[np.intp]
    """Position of each member's group among the names."""
    scores: Array

    @property
    def sizes(self) -> npt.NDArray[np.intp]:
        """Members of each group."""
        return np.bincount(self.codes, minlength=len(self.names))

    @property
    def sums(self) -> Array:
        """Total score of each group."""
        return self.sum(self.scores)

    @property
    def means(self) -> Array:
        """Mean score of each group."""
        return self.sums / self.sizes

    def sum(self, terms: Array) -> Array:
        """Add up numbers of the members, group by group."""
        return np.asarray(np.bincount(self.codes, terms, len(self.names)), dtype=np.float64)


def _members(table: pd.DataFrame, of: pd.Series) -> Iterator[_Members]:
    """Go through the periods; an entity without a score in a period is not a member in it."""
    every, group = np.unique(of.reindex(table.index).to_numpy(object), return_inverse=True)
    for period, column in table.items():
        scores = column.to_numpy(float)
        has_score = ~np.isnan(scores)
        present, codes = np.unique(group[has_score], return_inverse=True)
        yield _Members(int(str(period)), every[present], codes, scores[has_score])


def _by_period(summaries: Mapping[int, Mapping[str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(dict(summaries), orient="index").astype({"n": int})
    return frame.rename_axis("period")


def _stack(parts: Mapping[int, Mapping[str, Any]], keys: list[str]) -> pd.DataFrame:
    """Put the columns of all periods below each other."""
    columns = {
        name: np.concatenate([part[name] for part in parts.values()])
        for name in next(iter(parts.values()))
    }
    sizes = [len(part["group"]) for part in parts.values()]
    return pd.DataFrame({"period": np.repeat(list(parts), sizes), **columns}).set_index(keys)


def _prepare(
    scores: pd.Series, groups: pd.Series, *, lowest_is_allowed: bool
) -> tuple[pd.DataFrame, pd.Series, tuple[Notice, ...]]:
    table = to_wide(scores).dropna(how="all")
    grouping = assign_groups(groups, table.index)
    table = table[table.index.isin(grouping.of.index)]
    is_empty = table.isna().all()
    gaps = tuple(
        Notice(
            "inequality.empty_period",
            message("In {period} no entity of a group has a score.", period=str(period)),
            Where(period=int(str(period))),
        )
        for period in table.columns[is_empty]
    )
    table = table.loc[:, ~is_empty]
    require(
        not table.empty,
        "inequality.no_groups",
        message("No entity with a score has a group."),
        message("check that entities are written alike in both tables."),
        error=MethodError,
    )
    _check_domain(table, grouping.of, lowest_is_allowed=lowest_is_allowed)
    return table, grouping.of, (*grouping.left_out, *gaps, *_note_singletons(table, grouping.of))


def _check_domain(table: pd.DataFrame, of: pd.Series, *, lowest_is_allowed: bool) -> None:
    """Refuse negative scores, zeros where logs are taken of them, groups of zeros."""
    scores, entities, periods = table.to_numpy(float), list(table.index), list(table.columns)
    # Transposed, so that problems stand period by period.
    columns, rows = np.nonzero((scores < 0 if lowest_is_allowed else scores <= 0).T)
    problems = [
        Problem(
            "inequality.domain",
            message("The index is not defined for the score {score}.", score=float(scores[i, j])),
            Where(entity=str(entities[i]), period=int(periods[j])),
            message("leave the entity out, or use Theil's T or the Gini ratio, which allow zeros."),
        )
        for j, i in zip(columns, rows, strict=True)
    ]
    # Without negative scores a group adds up to 0 only where all its scores are 0.
    problems = problems or [
        Problem(
            "inequality.zero_group",
            message("All scores of group {group} are zero.", group=str(name)),
            Where(period=members.period),
            message("leave the group out."),
        )
        for members in _members(table, of)
        for name in members.names[members.sums == 0]
    ]
    if problems:
        raise OutOfDomain(problems)


def _note_singletons(table: pd.DataFrame, of: pd.Series) -> Iterator[Notice]:
    """Say which groups have one member: nothing within them can differ."""
    sizes = table.notna().groupby(of.reindex(table.index)).sum()
    for name in sizes.index[(sizes == 1).any(axis=1)]:
        text = message(
            "Group {group} has a single member with a score: inequality within it is 0 by definition.",
            group=str(name),
        )
        yield Notice("inequality.group_of_one", text)
