"""The whole study on draws of its entities: frontier, scores, variables, regressions, and what follows from them.

Each draw of entities measures the frontier again (`draws`), so that its error is part of every interval.

References
----------
Simar and Wilson (2007), doi:10.1016/j.jeconom.2005.07.009 (why scores are not data); Efron (1979),
doi:10.1214/aos/1176344552.

How the whole study is drawn again: the section `inference.whole_study` of a study file.

Which entities a draw takes, and the interval that its draws give.

bootstrap   n of n with replacement; percentile interval of the draws θ*
subsample   m of n without replacement; with q the quantiles of θ* less their mean θ̄*, f = √(m / (n - m)),
            and the bias b = (θ̄* - θ) / ((n / m)^r - 1),
            θ - b - f q_{1-α/2} <= θ_0 <= θ - b - f q_{α/2}

The factor f makes up for subsamples that overlap: they vary by 1/m - 1/n as much as samples vary by 1/n.
b is the generalised jackknife: a bias that falls as n^-r grows from n to m by what tells how large it is at
n. r is that of the quantity itself: of an effect that rests on scores the rate of the slowest of these, the bias of
a frontier; of a product without a score 1, as the covariance of its slopes falls; a slope without a score has
no such bias, and b = 0, as a correction would add the noise of the draws over (n / m)^r - 1.

References
----------
Politis, Romano and Wolf (1999), Subsampling, doi:10.1007/978-1-4612-1554-7; Efron (1979),
doi:10.1214/aos/1176344552; Wu (1990), doi:10.1214/aos/1176347741 (the factor); Kneip, Simar and Wilson
(2015), doi:10.1017/S0266466614000413 (the bias, for means of scores).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple

import numpy as np
from pydantic import Field

from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.capabilities import JointStatements
from xinzhi.analyses.effects import JointSigns, Quantity
from xinzhi.analyses.section import Section
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.whole_study.draws import Name, Place, n_left_out, not_drawn, study_draws
from xinzhi_core.errors import Problem, SpecError
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.resampled import zero_interval, zero_p
from xinzhi_core.wording import message
from xinzhi_econometrics.least_squares import Array, Codes
from xinzhi_econometrics.resampling.reestimation import StudyRows
from xinzhi_frontier.inference.replicates import stream


class WholeStudyOptions(Section):
    """Draws of entities from which everything is computed again, the frontier first."""

    draws: int = Field(default=2000, ge=2, le=1_000_000)
    """Number of draws."""
    unit: Literal["entity"] = "entity"
    """What is drawn: entities, each with all its periods."""
    scheme: Literal["subsample", "bootstrap"] = "subsample"
    """subsample: `size` entities without replacement, differences rescaled, and the bias of the frontier
    corrected; bootstrap: as many entities as there are, with replacement, and percentile intervals."""
    size: int | None = Field(default=None, ge=2)
    """Entities of a subsample; half of them where left out."""
    level: float | None = Field(default=None, gt=0, lt=1)
    """Level of the intervals; 1 less `inference.level` where left out."""


NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How entities are drawn."""

    n: int
    """Entities of the study."""
    m: int
    """Entities of a draw."""
    is_with_replacement: bool
    seed: int

    def select(self, number: int) -> Codes:
        """Draw the entities of one draw, ascending; one that is drawn twice stands twice."""
        # `stage` keeps these numbers apart from other draws of the same seed.
        # A stream for each number: draw k is the same whichever process computes it.
        rng = stream(self.seed, number, stage=7)
        if self.is_with_replacement:
            return np.sort(rng.integers(self.n, size=self.m)).astype(np.intp)
        return np.sort(rng.permutation(self.n)[: self.m]).astype(np.intp)

    @property
    def factor(self) -> float:
        """Standard deviation of the study over that of the draws."""
        return 1.0 if self.is_with_replacement else float(np.sqrt(self.m / (self.n - self.m)))

    def distribution(self, estimate: float, draws: Array, rate: float = NAN) -> Array:
        """Turn draws, shape (B,), into the distribution whose quantiles are the ends of intervals.

        The draws themselves, or those of subsamples rescaled, mirrored and less the bias, which falls as
        n^-rate; NaN corrects nothing.
        """
        if self.is_with_replacement:
            return draws
        mean = float(draws.mean())
        return np.asarray(
            estimate - self.bias(estimate, mean, rate) - self.factor * (draws - mean),
            dtype=np.float64,
        )

    def interval(
        self, estimate: float, draws: Array, level: float, rate: float = NAN
    ) -> tuple[float, float]:
        """Interval of a number from its draws, shape (B,), none of which is lost."""
        return zero_interval(self.distribution(estimate, draws, rate), level)

    def bias(self, estimate: float, mean: float, rate: float) -> float:
        """Bias of the estimate from the mean of its draws; 0 where it is not corrected.

        >>> Scheme(100, 50, is_with_replacement=False, seed=1).bias(1.0, 1.25, 1.0)
        0.25
        """
        if self.is_with_replacement or np.isnan(rate):
            return 0.0
        growth = float((self.n / self.m) ** rate)
        return (mean - estimate) / (growth - 1.0)


def choose_scheme(scheme: str, size: int | None, n: int, seed: int) -> Scheme:
    """Make a scheme for n entities.

    Raises
    ------
    SpecError
        A subsample has as many entities as there are, or there are too few to draw from.
    """
    if n < 3:
        text = message(
            "{n} entities are too few to draw from.", one="{n} entity is too few to draw from.", n=n
        )
        remedy = message("leave `inference.whole_study` out.")
        raise SpecError(Problem("whole_study.few", text, remedy=remedy))
    if scheme == "bootstrap":
        return Scheme(n, n, is_with_replacement=True, seed=seed)
    m = n // 2 if size is None else size
    if m >= n:
        text = message("A subsample of {m} entities needs more than the {n} there are.", m=m, n=n)
        remedy = message("choose a size below {n}, such as {half}.", n=n, half=n // 2)
        raise SpecError(Problem("whole_study.size", text, remedy=remedy))
    return Scheme(n, m, is_with_replacement=False, seed=seed)


FEWEST = 20
"""Draws with an answer that an interval needs."""


@dataclass(frozen=True, slots=True)
class QuantityInterval:
    """A quantity of the study and its interval over the draws."""

    place: Place
    quantity: Quantity
    low: float
    high: float
    std_error: float
    n_draws: int
    """Draws in which it was estimated."""
    share_of_sign: float
    """Share of them with the sign of the estimate."""
    rate: float
    """r of its bias, which falls as n^-r; NaN where none is corrected."""
    rests_on_score: bool
    """Whether a score is among the columns of its regressions, or something that is made of one."""
    p_value: float
    """Two-sided, at least 2/(n_draws + 1); below 1 - level exactly where the interval leaves out zero."""


@dataclass(frozen=True, slots=True)
class Support:
    """The share of draws in which all effects have the sign on which a statement rests."""

    place: Place
    signs: JointSigns
    share: float
    n_draws: int


@dataclass(frozen=True, slots=True, eq=False)
class WholeStudy(InNotebook):
    """Intervals over draws of the whole study."""

    intervals: tuple[QuantityInterval, ...]
    support: tuple[Support, ...]
    draws: Array
    """Quantities of each draw, shape (draws, number of quantities); NaN where not estimated."""
    scheme: Scheme
    level: float
    n_lost: int
    """Draws without any answer, because no frontier could be measured."""
    n_without_score: float
    """Mean number of rows of a draw without a score."""
    n_left_out: int
    """Effects whose regressions could not be made for draws."""
    has_frontier: bool
    """Whether the study measures scores at all."""
    not_drawn: tuple[Place, ...] = ()
    """Sections that estimate and whose numbers are not computed again."""


def whole_study(options: WholeStudyOptions, given: Given, places: tuple[Place, ...]) -> WholeStudy:
    """Compute the intervals of all quantities of the analyses at `places`.

    Raises
    ------
    StudyError
        Nothing can be drawn, or no analysis has a quantity.
    """
    assert given.again is not None
    again = given.again
    rows = StudyRows.of(again.index, again.data)
    n, seed = rows.n_entities, given.study.seed
    level = given.study.inference.coverage(options.level)
    scheme = choose_scheme(options.scheme, options.size, n, seed)
    task, quantities = study_draws(given, again, rows, scheme, places)
    # The last column counts the rows without a score; it is missing where the draw has no frontier.
    draws = given.engine.draws(
        task,
        options.draws,
        key=sha256(f"{given.key} {options.scheme} {scheme.m}".encode()).hexdigest(),
        name=message("draws of the whole study"),
    )
    values, without_score = draws[:, :-1], draws[:, -1]
    is_lost = np.isnan(without_score)
    bases = [basis_of(*quantity, task.plan.behind, again.rates) for quantity in quantities]
    return WholeStudy(
        tuple(
            _interval(*quantity, values[:, j], scheme, level, bases[j])
            for j, quantity in enumerate(quantities)
        ),
        tuple(_supports(given, places, quantities, values, scheme, bases)),
        values,
        scheme,
        level,
        int(is_lost.sum()),
        NAN if is_lost.all() else float(np.nanmean(without_score)),
        n_left_out(given, places, quantities),
        bool(again.sources),
        not_drawn(given.study, places, quantities),
    )


class BiasSource(NamedTuple):
    """What the bias of a quantity follows from."""

    rate: float
    rests_on_score: bool


def basis_of(
    place: Place,
    quantity: Quantity,
    behind: Mapping[Name, frozenset[int]],
    rates: Sequence[float],
) -> BiasSource:
    """Find the rate at which the bias of a quantity falls (`schemes`)."""
    names = {
        (*place, regression)
        for lines in quantity.products
        for line in lines
        for _, (regression, _) in line
    }
    if quantity.kind == "statistic":
        names = {(*place, "")}
    sources = frozenset[int]().union(*(behind[name] for name in names))
    if sources:
        known = (rates[number] for number in sources if not np.isnan(rates[number]))
        return BiasSource(min(known, default=NAN), rests_on_score=True)
    is_product = any(len(lines) > 1 for lines in quantity.products)
    return BiasSource(1.0 if is_product else NAN, rests_on_score=False)


def _interval(
    place: Place, quantity: Quantity, draws: Array, scheme: Scheme, level: float, basis: BiasSource
) -> QuantityInterval:
    draws, estimate = draws[~np.isnan(draws)], quantity.estimate
    if len(draws) < FEWEST:
        return QuantityInterval(place, quantity, NAN, NAN, NAN, len(draws), NAN, *basis, NAN)
    low, high = scheme.interval(estimate, draws, level, basis.rate)
    std_error = scheme.factor * float(draws.std(ddof=1))
    distribution = scheme.distribution(estimate, draws, basis.rate)
    share = float(np.mean(np.sign(distribution) == np.sign(estimate)))
    p = zero_p(distribution)
    return QuantityInterval(place, quantity, low, high, std_error, len(draws), share, *basis, p)


def _supports(
    given: Given,
    places: tuple[Place, ...],
    quantities: Sequence[tuple[Place, Quantity]],
    values: Array,
    scheme: Scheme,
    bases: Sequence[BiasSource],
) -> list[Support]:
    """Count the draws in which all effects of a statement have its signs."""
    columns: dict[object, int] = {}
    for j, (_, quantity) in enumerate(quantities):
        if quantity.is_effect:  # Of two estimates the first counts, as in the pathways.
            columns.setdefault(quantity.effect, j)
    supports = []
    for place in places:
        result, analysis = given.results[place], ANALYSES.get(place[0])
        if isinstance(result, Unavailable) or not isinstance(analysis, JointStatements):
            continue
        for signs in analysis.joint_signs(result, given.study):
            numbers = [columns[effect] for effect, _ in signs.effects if effect in columns]
            if len(numbers) < len(signs.effects):
                supports.append(Support(place, signs, NAN, 0))
                continue
            draws = values[:, numbers]
            draws = draws[~np.isnan(draws).any(axis=1)]
            for i, j in enumerate(numbers if len(draws) else ()):
                draws[:, i] = scheme.distribution(
                    quantities[j][1].estimate, draws[:, i], bases[j].rate
                )
            holds = (np.sign(draws) == [sign for _, sign in signs.effects]).all(axis=1)
            share = float(holds.mean()) if len(draws) >= FEWEST else NAN
            supports.append(Support(place, signs, share, len(draws)))
    return supports
