"""Inequality of the scores, taken apart into within and between groups (Theil, Dagum)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import MethodError, OutOfDomain, Problem, Where
from xinzhi.notices import Notice
from xinzhi.space.scores import grouped, require_choice, wide
from xinzhi.wording import message

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
    periods, parts = [], []
    for period in table.columns:
        samples = _samples(table[period], of)
        summary, by_group = _theil_of(samples, index)
        periods.append(pd.Series(summary, name=period))
        parts.append(by_group.assign(period=period))
    by_period = pd.DataFrame(periods).astype({"n": int})
    by_period.index.name = "period"
    return Theil(index, by_period, _keyed(parts, ["period", "group"]), notices)


def _theil_of(samples: dict[str, Array], index: Index) -> tuple[dict[str, float], pd.DataFrame]:
    every = np.concatenate(list(samples.values()))
    n, mean = len(every), float(every.mean())
    of_total: Callable[[Array], float] = _theil_t if index == "T" else _theil_l
    rows = []
    between = 0.0
    for name, values in samples.items():
        m, share = float(values.mean()), len(values) / n
        weight = share * m / mean if index == "T" else share
        between += weight * float(np.log(m / mean)) * (1.0 if index == "T" else -1.0)
        inner = of_total(values)
        rows.append(
            {
                "group": name,
                "n": len(values),
                "mean": m,
                "weight": weight,
                "theil": inner,
                "within": weight * inner,
            }
        )
    by_group = pd.DataFrame(rows)
    total, within = of_total(every), float(by_group["within"].sum())
    summary = {"n": n, "total": total, "within": within, "between": between}
    return {**summary, "share_between": _share(between, total)}, by_group


def _theil_t(values: Array) -> float:
    relative = values / values.mean()
    positive = relative[relative > 0]  # 0 ln 0 = 0
    return float((positive * np.log(positive)).sum() / len(values))


def _theil_l(values: Array) -> float:
    return float(np.log(values.mean() / values).mean())


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
    periods, inner, pairs = [], [], []
    for period in table.columns:
        samples = _samples(table[period], of)
        by_group, by_pair, summary = _dagum_of(samples)
        periods.append(pd.Series(summary, name=period))
        inner.append(by_group.assign(period=period))
        pairs.append(by_pair.assign(period=period))
    by_period = pd.DataFrame(periods).astype({"n": int})
    by_period.index.name = "period"
    return Dagum(
        by_period,
        _keyed(inner, ["period", "group"]),
        _keyed(pairs, ["period", "group", "other"]),
        notices,
    )


def _dagum_of(samples: dict[str, Array]) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    every = np.concatenate(list(samples.values()))
    n, total = len(every), float(every.sum())
    p = {name: len(values) / n for name, values in samples.items()}
    s = {name: float(values.sum()) / total for name, values in samples.items()}
    inner = pd.DataFrame(
        [
            {"group": name, "n": len(y), "mean": float(y.mean()), "gini": _gini_between(y, y)}
            for name, y in samples.items()
        ]
    )
    pairs = pd.DataFrame(
        [_pair(*pair, samples, p, s) for pair in combinations(samples, 2)],
        columns=["group", "other", "gini", "affluence", "weight"],
    )
    within = sum(
        g * p[name] * s[name] for name, g in zip(inner["group"], inner["gini"], strict=True)
    )
    gross = pairs["gini"] * pairs["weight"]
    parts = {
        "within": float(within),
        "between": float((gross * pairs["affluence"]).sum()),
        "transvariation": float((gross * (1.0 - pairs["affluence"])).sum()),
    }
    gini = _gini_between(every, every)
    shares = {f"share_{name}": _share(part, gini) for name, part in parts.items()}
    return inner, pairs.drop(columns="weight"), {"n": n, "gini": gini, **parts, **shares}


def _pair(
    a: str, b: str, samples: dict[str, Array], p: dict[str, float], s: dict[str, float]
) -> dict[str, object]:
    high, low = (a, b) if samples[a].mean() >= samples[b].mean() else (b, a)
    distance = _mean_distance(samples[high], samples[low])
    ahead = float(samples[high].mean() - samples[low].mean())
    return {
        "group": high,
        "other": low,
        "gini": _gini_between(samples[high], samples[low]),
        "affluence": min(ahead / distance, 1.0) if distance > 0 else 0.0,
        "weight": p[high] * s[low] + p[low] * s[high],
    }


def _gini_between(a: Array, b: Array) -> float:
    return _mean_distance(a, b) / float(a.mean() + b.mean())


def _mean_distance(a: Array, b: Array) -> float:
    """Mean of |a_i - b_j| over all pairs, by sorting: O(n log n)."""
    ordered = np.sort(b)
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    below = np.searchsorted(ordered, a)
    under = a * below - sums[below]
    over = sums[-1] - sums[below] - a * (len(b) - below)
    return max(float((under + over).mean() / len(b)), 0.0)


def _prepare(
    scores: pd.Series, groups: pd.Series, *, lowest_is_allowed: bool
) -> tuple[pd.DataFrame, pd.Series, tuple[Notice, ...]]:
    table = wide(scores).dropna(how="all")
    found = grouped(groups, table.index)
    table = table.loc[[str(entity) in found.of.index for entity in table.index]]
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
    if table.empty:
        raise MethodError(
            Problem(
                "inequality.no_groups",
                message("No entity with a score has a group."),
                remedy=message("check that entities are written alike in both tables."),
            )
        )
    _check_domain(table, found.of, lowest_is_allowed=lowest_is_allowed)
    return table, found.of, (*found.notices, *gaps, *_singles(table, found.of))


def _check_domain(table: pd.DataFrame, of: pd.Series, *, lowest_is_allowed: bool) -> None:
    """Refuse negative scores, zeros where logs are taken of them, groups of zeros."""
    wrong = [
        Problem(
            "inequality.domain",
            message("The index is not defined for the score {score}.", score=float(score)),
            Where(entity=str(entity), period=int(str(period))),
            message("leave the entity out, or use Theil's T or the Gini ratio, which allow zeros."),
        )
        for period, column in table.items()
        for entity, score in column.items()
        if score < 0 or (score == 0 and not lowest_is_allowed)
    ]
    zeros = [
        Problem(
            "inequality.zero_group",
            message("All scores of group {group} are zero.", group=name),
            Where(period=int(str(period))),
            message("leave the group out."),
        )
        for period, column in table.items()
        for name, values in _samples(column, of).items()
        if not wrong and values.sum() == 0
    ]
    if wrong or zeros:
        raise OutOfDomain([*wrong, *zeros])


def _singles(table: pd.DataFrame, of: pd.Series) -> tuple[Notice, ...]:
    """Say which groups have one member: nothing within them can differ."""
    sizes = table.notna().groupby(of.reindex(table.index)).sum()
    alone = sorted(str(name) for name in sizes.index[(sizes == 1).any(axis=1)])
    return tuple(
        Notice(
            "inequality.group_of_one",
            message(
                "Group {group} has a single member with a score: nothing differs in it.", group=name
            ),
        )
        for name in alone
    )


def _samples(column: pd.Series, of: pd.Series) -> dict[str, Array]:
    values = column.dropna()
    names = of.reindex(values.index)
    return {str(name): values[names == name].to_numpy(float) for name in sorted(names.unique())}


def _keyed(parts: list[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True).set_index(keys)
