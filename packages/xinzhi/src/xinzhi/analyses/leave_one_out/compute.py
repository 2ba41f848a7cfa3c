"""The study without each of its entities: the frontier, the scores and every regression once more.

With θ_(i) the estimate without entity i, of n entities, and θ̄ the mean of these,

    range  min θ_(i), max θ_(i)
    error  √( (n - 1)/n Σ (θ_(i) - θ̄)² )      the jackknife over entities
    d_i    (θ_(i) - θ) / error                  the change when entity i is left out

The influence of an entity is the root mean square of d_i over all effects.

References
----------
Tukey (1958), Annals of Mathematical Statistics 29(2), 614; Miller (1974), doi:10.1093/biomet/61.1.1.

Leaving out entities: the section `inference.leave_one_out` of a study file.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.effects import Quantity
from xinzhi.analyses.section import Section
from xinzhi.analyses.whole_study.draws import Place, n_left_out, not_drawn, study_draws
from xinzhi_core.errors import Problem, SpecError
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import message
from xinzhi_econometrics.least_squares import Array, Codes
from xinzhi_econometrics.resampling.reestimation import StudyRows


class LeaveOneOutOptions(Section):
    """Each entity is left out of everything once; there is nothing to choose."""


FEWEST = 3
"""Entities that leave something to compare."""
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class WithoutOne:
    """Takes all entities but one, by its number."""

    n: int

    def select(self, number: int) -> Codes:
        """Give the others.

        >>> WithoutOne(4).select(1).tolist()
        [0, 2, 3]
        """
        return np.delete(np.arange(self.n, dtype=np.intp), number)


@dataclass(frozen=True, slots=True)
class Range:
    """An effect of the study, and its estimates without each entity."""

    place: Place
    quantity: Quantity
    low: float
    without_low: str
    """Entity without which the estimate is smallest."""
    high: float
    without_high: str
    std_error: float
    """Of the jackknife over entities."""
    n_turned: int
    """Entities without which the estimate has the other sign."""
    n: int
    """Entities without which it could be estimated."""


@dataclass(frozen=True, slots=True)
class LeaveOneOutInfluence:
    """What leaving out one entity changes, in jackknife standard errors of each effect."""

    entity: str
    overall: float
    """Root mean square over the effects."""
    largest: float
    """The largest change of an effect, with its sign."""
    position: int
    """Of this effect among the ranges."""
    n_turned: int
    """Effects that have the other sign without it."""


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut(InNotebook):
    """The study without each of its entities."""

    ranges: tuple[Range, ...]
    influences: tuple[LeaveOneOutInfluence, ...]
    """Of all entities, the largest first."""
    without: Array
    """Estimates without each entity, shape (entities, effects); NaN where there is none."""
    entities: tuple[str, ...]
    lost: tuple[str, ...]
    """Entities without which no frontier could be measured."""
    n_left_out: int
    """Effects whose regressions could not be made from a part of the entities."""
    has_frontier: bool
    """Whether the study measures scores at all."""
    not_drawn: tuple[Place, ...] = ()
    """Sections that estimate and whose numbers are not computed again."""


def leave_one_out(given: Given, places: tuple[Place, ...]) -> LeaveOneOut:
    """Compute all effects of the analyses at `places` without each entity.

    Raises
    ------
    StudyError
        There are too few entities, or no analysis has an effect.
    """
    again = given.again
    assert again is not None
    rows = StudyRows.of(again.index)
    n = rows.n_entities
    if n < FEWEST:
        text = message(
            "{n} entities are too few to leave one out.",
            one="{n} entity is too few to leave one out.",
            n=n,
        )
        remedy = message("leave `inference.leave_one_out` out.")
        raise SpecError(Problem("leave_one_out.few", text, remedy=remedy))
    task, quantities = study_draws(given, again, rows, WithoutOne(n), places)
    draws = given.engine.draws(
        task,
        n,
        key=sha256(f"{given.key} leave one out".encode()).hexdigest(),
        name=message("the study without each entity"),
    )
    entities = tuple(map(str, again.index.get_level_values(0).unique()))
    # Draw i leaves out entity i: the numbers of draws are those of entities.
    # The last column counts the rows without a score; it is missing where there is no frontier.
    without = draws[:, :-1]
    ranges = tuple(
        summarise_range(*quantity, without[:, j], entities) for j, quantity in enumerate(quantities)
    )
    lost = tuple(entities[i] for i in np.flatnonzero(np.isnan(draws[:, -1])))
    return LeaveOneOut(
        ranges,
        influences(ranges, without, entities),
        without,
        entities,
        lost,
        n_left_out(given, places, quantities),
        bool(again.sources),
        not_drawn(given.study, places, quantities),
    )


def summarise_range(
    place: Place, quantity: Quantity, without: Array, entities: tuple[str, ...]
) -> Range:
    """Summarise the estimates of an effect without each entity, shape (n,)."""
    estimates = without[~np.isnan(without)]
    n = len(estimates)
    if n < FEWEST:
        return Range(place, quantity, NAN, "", NAN, "", NAN, 0, n)
    low, high = int(np.nanargmin(without)), int(np.nanargmax(without))
    error = float(np.sqrt((n - 1) / n * ((estimates - estimates.mean()) ** 2).sum()))
    turned = int((np.sign(estimates) != np.sign(quantity.estimate)).sum())
    return Range(
        place,
        quantity,
        float(without[low]),
        entities[low],
        float(without[high]),
        entities[high],
        error,
        turned,
        n,
    )


def influences(
    ranges: tuple[Range, ...], without: Array, entities: tuple[str, ...]
) -> tuple[LeaveOneOutInfluence, ...]:
    """Put the changes of all effects on one scale, and order the entities by them."""
    estimates = np.array([effect.quantity.estimate for effect in ranges])
    errors = np.array([effect.std_error for effect in ranges])
    # An effect that no entity changes has no scale on which a change could be measured.
    errors = np.where(errors > 0.0, errors, np.nan)
    changes = (without - estimates) / errors
    turned = ~np.isnan(without) & (np.sign(without) != np.sign(estimates))
    by_entity = []
    for entity, change, is_turned in zip(entities, changes, turned, strict=True):
        if not np.isnan(change).all():
            largest = int(np.nanargmax(np.abs(change)))
            overall = float(np.sqrt(np.nanmean(change**2)))
            n_turned = int(is_turned.sum())
            by_entity.append(
                LeaveOneOutInfluence(entity, overall, float(change[largest]), largest, n_turned)
            )
    # The sort is stable: entities of equal influence keep the order of the data.
    return tuple(sorted(by_entity, key=lambda influence: -influence.overall))
