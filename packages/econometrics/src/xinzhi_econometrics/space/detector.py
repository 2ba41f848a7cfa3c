"""Geodetector: how much of the variance of an outcome lies between the strata of a factor.

Factor detector with the noncentral F test of Wang, Zhang and Fu (2016), interaction and ecological detector
of Wang et al. (2010), and the rules by which a number is cut into strata.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from xinzhi_core.errors import MethodError, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import listed, message
from xinzhi_econometrics.space.scores import list_names

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
CutRule = Literal["quantiles", "natural_breaks", "geometric"]
CUT_RULES: tuple[CutRule, ...] = ("quantiles", "natural_breaks", "geometric")
InteractionKind = Literal[
    "enhance_nonlinear", "independent", "enhance_bivariate", "no_more_than_one"
]
FEWEST_CLASSES = 3
"""Classes from which the search for the best strata starts."""
SAME = 1e-12
"""Difference of two values of q that is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """The stratum of each row by one factor."""

    codes: Codes
    """Shape (n,), 0 to `n - 1` in rising order of the factor."""
    labels: tuple[str, ...]
    """What each stratum holds: a value, or a range."""
    rule: str
    """quantiles, natural_breaks, geometric, or values."""
    breaks: tuple[float, ...] = ()
    """Inner borders; a stratum holds its upper border."""
    searched: bool = False
    """Whether the rule and the number of strata were chosen by q."""
    p_permutation: float = float("nan")
    """Of the search; missing where nothing was searched."""

    @property
    def sizes(self) -> Codes:
        """Rows of each stratum."""
        return np.bincount(self.codes, minlength=len(self.labels)).astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Detected(InNotebook):
    """Factor, interaction and ecological detector of one outcome."""

    factors: pd.DataFrame
    """By factor: q, f_statistic, p_value, noncentrality, p_permutation, n_strata, rule; q has no unit."""
    strata: pd.DataFrame
    """Indexed (factor, stratum): n and mean, in the unit of the outcome."""
    interaction: pd.DataFrame | None
    """Indexed (first, second): q_first, q_second, q, kind; None where it was not asked for."""
    ecological: pd.DataFrame | None
    """Indexed (first, second): f_statistic and its lower tail p_value; None with one factor."""
    n: int
    notices: tuple[Notice, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the factor detector."""
        return self.factors


def q_statistic(y: Array, codes: Codes) -> float:
    """Share of the variance that lies between strata, q = 1 - sum_h N_h s_h^2 / (N s^2).

    Variances divide by N_h and N.

    Parameters
    ----------
    y
        Shape (n,).
    codes
        Shape (n,): number of the stratum of each row.

    Examples
    --------
    >>> float(q_statistic(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1])))
    1.0
    """
    centred = y - y.mean()
    counts = np.bincount(codes)
    sums = np.bincount(codes, weights=centred)
    filled = counts > 0
    return float((sums[filled] ** 2 / counts[filled]).sum() / (centred @ centred))


def q_test(y: Array, codes: Codes) -> tuple[float, float, float]:
    """Test q against the variation of means that the strata have by themselves.

        F = (N - L) / (L - 1) q / (1 - q)
        lambda = (sum_h m_h^2 - (sum_h sqrt(N_h) m_h)^2 / N) / s^2,   s^2 with N - 1

    Returns F, its upper tail in the noncentral F distribution with L - 1 and N - L degrees of freedom,
    and lambda. The p-value is missing where N = L or q = 1.
    """
    n, counts = len(y), np.bincount(codes)
    means, k = np.bincount(codes, weights=y) / counts, len(counts)
    q = q_statistic(y, codes)
    # q divides by n and the noncentrality by n - 1, as the programs of the authors do.
    noncentrality = float(
        ((means**2).sum() - (np.sqrt(counts) @ means) ** 2 / n) / np.var(y, ddof=1)
    )
    if k >= n or q >= 1.0 - SAME:
        return float("nan"), float("nan"), noncentrality
    f = (n - k) / (k - 1) * q / (1.0 - q)
    return f, float(scipy.stats.ncf.sf(f, k - 1, n - k, max(noncentrality, 0.0))), noncentrality


def interaction_kind(first: float, second: float, both: float) -> InteractionKind:
    """Compare q of two factors together with each alone and with their sum.

    The overlay of two partitions refines both, so that q cannot fall: the kinds of weakening of Wang et al.
    (2010) do not occur in a sample.

    >>> interaction_kind(0.2, 0.3, 0.4), interaction_kind(0.2, 0.3, 0.6), interaction_kind(0.2, 0.3, 0.3)
    ('enhance_bivariate', 'enhance_nonlinear', 'no_more_than_one')
    """
    if both <= max(first, second) + SAME:
        return "no_more_than_one"
    if abs(both - first - second) <= SAME:
        return "independent"
    return "enhance_nonlinear" if both > first + second else "enhance_bivariate"


def by_values(values: pd.Series) -> Strata:
    """Make each value a stratum, numbers in rising order."""
    codes, names = pd.factorize(values, sort=True)
    return Strata(np.asarray(codes, dtype=np.intp), tuple(map(_written, names)), "values")


def cut(x: Array, rule: CutRule, k: int, *, factor: str = "") -> Strata:
    """Cut a number into at most k strata, each with its upper border.

    quantiles: borders at the quantiles i/k (linear interpolation); natural_breaks: the partition with the
    least sum of squares within (Fisher 1958); geometric: borders min (max/min)^(i/k).

    Strata that are empty, because borders coincide or no value lies between them, are left out.

    Raises
    ------
    MethodError
        The geometric rule meets a value that is not positive, or the factor has one value.
    """
    if x.min() == x.max():
        text = message("{factor} has the same value in every row.", factor=factor)
        raise MethodError(
            Problem(
                "detector.constant", text, Where(column=factor), message("name another column.")
            )
        )
    steps = np.arange(1, k) / k
    if rule == "quantiles":
        borders = np.quantile(x, steps)
    elif rule == "natural_breaks":
        borders = natural_breaks(x, k)
    elif x.min() > 0:
        borders = x.min() * (x.max() / x.min()) ** steps
    else:
        text = message(
            "Geometric strata need positive values, and {factor} has others.", factor=factor
        )
        remedy = message("use quantiles or natural_breaks.")
        raise MethodError(Problem("detector.not_positive", text, Where(column=factor), remedy))
    borders = np.unique(borders)
    found = np.searchsorted(borders, x, side="left")
    _, codes = np.unique(found, return_inverse=True)
    codes = codes.astype(np.intp)
    inner = tuple(float(x[codes == h].max()) for h in range(codes.max()))
    labels = tuple(
        f"{x[codes == h].min():.6g}–{x[codes == h].max():.6g}" for h in range(codes.max() + 1)
    )
    return Strata(codes, labels, rule, inner)


def natural_breaks(x: Array, k: int) -> Array:
    """Find the borders that leave the least sum of squares within k classes, exactly.

    Returns the upper borders of all classes but the last; fewer where there are fewer values than classes.

    Examples
    --------
    >>> natural_breaks(np.array([1.0, 2.0, 9.0, 10.0, 20.0]), 3).tolist()
    [2.0, 10.0]
    """
    values, counts = np.unique(x, return_counts=True)
    n, k = len(values), min(k, len(values))
    centred = values - x.mean()
    weight = np.concatenate([[0.0], np.cumsum(counts)])
    total = np.concatenate([[0.0], np.cumsum(counts * centred)])
    square = np.concatenate([[0.0], np.cumsum(counts * centred**2)])

    def within(stop: int) -> Array:
        """Sum of squares of the values from each start up to `stop`."""
        w, t, s = (part[stop] - part[:stop] for part in (weight, total, square))
        return np.asarray(s - t**2 / w)

    best = np.array([0.0, *(within(stop)[0] for stop in range(1, n + 1))])
    starts = np.zeros((k, n + 1), dtype=np.intp)
    for row in range(1, k):
        after = np.full(n + 1, np.inf)
        for stop in range(row + 1, n + 1):
            costs = best[row:stop] + within(stop)[row:]
            chosen = int(costs.argmin())
            after[stop], starts[row, stop] = costs[chosen], row + chosen
        best = after
    borders, stop = [], n
    for row in range(k - 1, 0, -1):
        stop = int(starts[row, stop])
        borders.append(values[stop - 1])
    return np.array(borders[::-1], dtype=np.float64)


def best_strata(
    y: Array,
    x: Array,
    most: int,
    *,
    generator: np.random.Generator,
    permutations: int = 999,
    factor: str = "",
) -> Strata:
    """Choose the rule and the number of strata, from 3 to `most`, whose q is highest.

    The p-value compares that q with the highest q of each random order of the outcome, so that it
    counts the search: (1 + as high) / (1 + permutations).

    Raises
    ------
    MethodError
        Every choice has a stratum of one row, or the factor has one value.
    """
    rules = CUT_RULES if x.min() > 0 else CUT_RULES[:2]
    choices = [
        strata
        for rule in rules
        for k in range(FEWEST_CLASSES, most + 1)
        if (strata := cut(x, rule, k, factor=factor)).sizes.min() > 1 and len(strata.labels) > 1
    ]
    if not choices:
        text = message("No rule cuts {factor} into strata of more than one row.", factor=factor)
        raise MethodError(
            Problem(
                "detector.no_strata", text, Where(column=factor), message("name another column.")
            )
        )
    found = [q_statistic(y, strata.codes) for strata in choices]
    highest = int(np.argmax(found))
    as_high = 0
    for _ in range(permutations):
        shuffled = generator.permutation(y)
        q = max(q_statistic(shuffled, strata.codes) for strata in choices)
        as_high += q >= found[highest] - SAME
    chosen = choices[highest]
    p = (1 + as_high) / (1 + permutations)
    return Strata(chosen.codes, chosen.labels, chosen.rule, chosen.breaks, True, p)


def detect(y: Array, strata: Mapping[str, Strata], *, interaction: bool = True) -> Detected:
    """Compute the factor detector, and the interaction and ecological detector of each pair.

    Parameters
    ----------
    y
        Outcome, shape (n,).
    strata
        Factor -> the stratum of each row.
    interaction
        Whether pairs are laid over each other.

    Raises
    ------
    MethodError
        The outcome does not vary, a factor has one stratum, or a stratum has one row.

    References
    ----------
    Wang et al. (2010), doi 10.1080/13658810802443457; Wang, Zhang and Fu (2016), doi
    10.1016/j.ecolind.2016.02.052.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 5.0, 6.0])
    >>> found = detect(y, {"x": by_values(pd.Series([1, 1, 2, 2]))})
    >>> round(float(found.factors.loc["x", "q"]), 4)
    0.9412
    """
    problems = [*_problems(y, strata)]
    if problems:
        raise MethodError(problems)
    rows = {}
    for name, of in strata.items():
        f, p, noncentrality = q_test(y, of.codes)
        rows[name] = {
            "q": q_statistic(y, of.codes),
            "f_statistic": f,
            "p_value": p,
            "noncentrality": noncentrality,
            "p_permutation": of.p_permutation,
            "n_strata": len(of.labels),
            "rule": of.rule,
        }
    factors = pd.DataFrame.from_dict(rows, orient="index").rename_axis("factor")
    pairs = list(combinations(strata, 2))
    both = _interactions(y, strata, pairs) if interaction and pairs else None
    return Detected(
        factors,
        _means(y, strata),
        both,
        _ecological(factors["q"], pairs, len(y)) if pairs else None,
        len(y),
        tuple(_notices(strata)),
    )


def _problems(y: Array, strata: Mapping[str, Strata]) -> Iterator[Problem]:
    if len(y) == 0 or y.min() == y.max():
        text = message("The outcome does not vary, so q is undefined.")
        yield Problem("detector.outcome", text, remedy=message("name another column."))
        return
    for name, of in strata.items():
        if len(of.labels) < 2:
            text = message("{factor} has a single stratum.", factor=name)
            yield Problem(
                "detector.one_stratum", text, Where(column=name), message("name another column.")
            )
            continue
        single = [of.labels[h] for h in np.flatnonzero(of.sizes == 1)]
        if single:
            text = message(
                "{n} strata of {factor} have one row each, which has no variance: {strata}.",
                one="{n} stratum of {factor} has one row, which has no variance: {strata}.",
                n=len(single),
                factor=name,
                strata=list_names(single),
            )
            remedy = message(
                "use fewer strata, such as `strata: {{quantiles: 5}}`, or join groups."
            )
            yield Problem("detector.one_row", text, Where(column=name), remedy)


def _means(y: Array, strata: Mapping[str, Strata]) -> pd.DataFrame:
    rows = {
        (name, label): {"n": int(size), "mean": float(y[of.codes == h].mean())}
        for name, of in strata.items()
        for h, (label, size) in enumerate(zip(of.labels, of.sizes, strict=True))
    }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index = pd.MultiIndex.from_tuples(rows, names=["factor", "stratum"])
    return frame


def _interactions(
    y: Array, strata: Mapping[str, Strata], pairs: list[tuple[str, str]]
) -> pd.DataFrame:
    rows = []
    for a, b in pairs:
        overlay = strata[a].codes * len(strata[b].labels) + strata[b].codes
        _, codes = np.unique(overlay, return_inverse=True)
        first, second = (q_statistic(y, strata[name].codes) for name in (a, b))
        q = q_statistic(y, codes.astype(np.intp))
        rows.append(
            {
                "q_first": first,
                "q_second": second,
                "q": q,
                "kind": interaction_kind(first, second, q),
                "n_cells": int(codes.max() + 1),
                "n_single": int((np.bincount(codes) == 1).sum()),
            }
        )
    return pd.DataFrame(rows, pd.MultiIndex.from_tuples(pairs, names=["first", "second"]))


def _ecological(q: pd.Series, pairs: list[tuple[str, str]], n: int) -> pd.DataFrame:
    """Compare the variances within the strata of two factors, F = (1 - q_second) / (1 - q_first)."""
    rows = []
    for a, b in pairs:
        unexplained = 1.0 - q[b]
        f = (1.0 - q[a]) / unexplained if unexplained > SAME else float("nan")
        rows.append({"f_statistic": f, "p_value": float(scipy.stats.f.cdf(f, n - 1, n - 1))})
    return pd.DataFrame(rows, pd.MultiIndex.from_tuples(pairs, names=["second", "first"]))


def _notices(strata: Mapping[str, Strata]) -> Iterator[Notice]:
    searched = [name for name, of in strata.items() if of.searched]
    if searched:
        yield Notice(
            "detector.searched",
            message(
                "The strata of {factors} are those with the highest q among all that were tried, so "
                "that q is too high and the p-value of the F test too low; the permutation p-value counts the search.",
                factors=listed(searched),
            ),
        )


def _written(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
