"""Indices of productivity between consecutive periods, with components that add or multiply out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.columns.beside import beside
from xinzhi.columns.keys import Key
from xinzhi.errors import DataError, Problem, SpecError, Where
from xinzhi.frontier.activities import Activities, Label
from xinzhi.frontier.measure import MEASURES
from xinzhi.frontier.notices import named
from xinzhi.frontier.options import Options, checked, in_force
from xinzhi.frontier.productivity.cumulative import changes, cumulated
from xinzhi.frontier.productivity.distances import Distances
from xinzhi.frontier.reference import base_of
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Positions
from xinzhi.frontier.zeros import VALUES, check_zeros, influence_notice
from xinzhi.notices import Notice
from xinzhi.panel.by_value import ByValue
from xinzhi.panel.calendar import YEARS, Calendar
from xinzhi.panel.notebook import SHOWN
from xinzhi.register import Register
from xinzhi.vocabulary import canonical
from xinzhi.wording import Message, message

RADIAL_SCORES: Mapping[str, str] = MappingProxyType({"measure": "radial", "orientation": "output"})
DIRECTIONAL: Mapping[str, str] = MappingProxyType(
    {"measure": "directional", "orientation": "none", "disposability": "strong"}
)
"""Distances along a row's own amounts: every input falls, every output rises, every bad falls."""
ENVIRONMENTAL: Mapping[str, str] = MappingProxyType(
    {"measure": "directional", "orientation": "output", "disposability": "weak"}
)
"""Distances along (0, y, -b) with weakly disposable bads, as Chung, Färe and Grosskopf (1997) and
Oh (2010) define them."""


@dataclass(frozen=True, slots=True)
class IndexTraits:
    """What an index is: how its components combine, and where it comes from."""

    title: Message
    references: tuple[str, ...]
    """DOIs."""
    is_difference: bool = False
    """Whether components add up to the value; otherwise they multiply."""
    is_global: bool = False
    """Whether values along a path of periods combine to that of the whole path."""
    has_base: bool = False
    """Whether all rows are measured against the frontier of one base period."""
    usual: Mapping[str, str] = field(default_factory=lambda: RADIAL_SCORES)
    """Options of the scores that the index is defined on, in force where no measure is named."""

    @property
    def is_directional(self) -> bool:
        """Whether it is defined on directional distances, so that radial scores are refused."""
        return self.usual["measure"] == "directional"


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Rows of the same entity in consecutive periods."""

    first: Positions
    second: Positions


Values = Mapping[str, Array]
"""Components by name, shape (n_pairs,) each; `value` is the index."""
Index = Callable[[Distances, Pairs], Values]


@dataclass(frozen=True, slots=True)
class RegisteredIndex:
    """An index with its traits."""

    traits: IndexTraits
    run: Index


INDICES: Register[RegisteredIndex] = Register("index", "xinzhi.frontier.productivity.indices")


def registered(name: str, traits: IndexTraits) -> Callable[[Index], Index]:
    """Register an index under a name (decorator)."""

    def keep(index: Index) -> Index:
        INDICES.add(name)(RegisteredIndex(traits, index))
        return index

    return keep


@dataclass(frozen=True, slots=True, eq=False)
class ProductivityResult(ByValue):
    """Values of an index for pairs of consecutive periods."""

    index: str
    options: Options
    entities: tuple[str, ...]
    """Entity of each pair; pairs ordered by entity as given, then by period."""
    first: tuple[int, ...]
    """Period from which."""
    second: tuple[int, ...]
    """Period to which."""
    values: Array
    """Shape (n_pairs,); NaN where a score that it needs does not exist."""
    components: Values
    """Components by name, shape (n_pairs,) each."""
    notices: tuple[Notice, ...] = ()
    has_bads: bool = True
    """Whether there are bad outputs; without them options about them say nothing."""
    calendar: Calendar = YEARS
    """How the periods are numbered."""

    @property
    def is_difference(self) -> bool:
        """Whether it is an indicator, whose components add up; otherwise they multiply."""
        return INDICES.get(self.index).traits.is_difference

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair: entity, from, to, value, components."""
        return pd.DataFrame(
            {
                "entity": self.entities,
                "from": list(map(self.calendar.label, self.first)),
                "to": list(map(self.calendar.label, self.second)),
                "value": self.values,
                **self.components,
            }
        )

    def join(
        self,
        data: Any,
        *,
        entity: Key | None = None,
        period: Key | None = None,
        base: int | None = None,
    ) -> pd.DataFrame:
        """Put the index behind the columns of the data: change, components, and level since a base period.

        The columns are called after the index: `malmquist`, `malmquist_efficiency_change`,
        `malmquist_cumulative`. Changes belong to the later period of a pair; the level is 1 in the base
        period (0 of an indicator), the first of the data where `base` is None.

        Raises
        ------
        DataError
            The data lack a row of the index, have a column of the same name, or no such base period.

        Examples
        --------
        >>> import xinzhi as xz
        >>> index = pd.MultiIndex.from_product([["a"], [1, 2, 3]], names=["entity", "period"])
        >>> data = pd.DataFrame({"x": [4.0, 2, 1], "y": [1.0, 1, 1]}, index=index)
        >>> found = xz.productivity(data, index="malmquist", inputs="x", good_outputs="y")
        >>> found.join(data)["malmquist_cumulative"].tolist()
        [1.0, 2.0, 4.0]
        """
        columns = {self.index: changes(self)}
        columns |= {f"{self.index}_{name}": changes(self, name) for name in self.components}
        columns[f"{self.index}_cumulative"] = cumulated(self, base=base)
        computed = pd.concat(columns, axis="columns")
        labels = [(str(entity), int(when)) for entity, when in computed.index]
        return beside(data, labels, computed, entity, period)

    def __repr__(self) -> str:
        return f"{self.index}, {len(self.values)} pairs\n{self._in_force()}\n{self.to_frame()}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._in_force())}</p>{self.to_frame().to_html(max_rows=SHOWN)}"

    def _in_force(self) -> str:
        return in_force(self.options, has_bads=self.has_bads, of_index=True)


def productivity(
    activities: Activities,
    *,
    index: str,
    options: Options = Options(),  # noqa: B008
    jobs: int = 1,
) -> ProductivityResult:
    """Compute an index of productivity for each entity and pair of consecutive periods.

    Consecutive are periods that follow each other in the data as a whole. A pair exists where an
    entity has a row in both; the options' reference is not used, the index says which frontiers.

    Parameters
    ----------
    activities
        Rows with periods; the panel may be unbalanced.
    index
        Name of a registered index.
    options
        Measure, returns, orientation, direction and so on of the scores.
    jobs
        Processes.

    Raises
    ------
    DataError
        There are fewer than two periods.
    SpecError
        The index or an option is unknown, the measure is radial where the index is directional,
        or it has no scores across periods.
    """
    index = canonical("index", index)
    definition = INDICES.get(index)
    options = checked(options)
    if problem := unsuited(index, options.measure):
        raise SpecError(problem)
    options = _with_base(index, options, activities)
    zeros = check_zeros(activities, MEASURES.get(options.measure).traits, options)
    whole = activities
    if zeros.dropped.any():
        activities = activities.take(np.flatnonzero(~zeros.dropped).tolist())
    distances = Distances(activities, options, jobs)
    pairs, incomplete = _pairs(activities, distances.periods())
    values = dict(definition.run(distances, pairs))
    total = values.pop("value")
    # A component of what does not exist would invite to be read alone: all or nothing.
    values = {name: np.where(np.isnan(total), np.nan, part) for name, part in values.items()}
    labels = [activities.labels[position] for position in pairs.second.tolist()]
    earlier = [activities.labels[position][1] or 0 for position in pairs.first.tolist()]
    result = ProductivityResult(
        index=index,
        options=options,
        entities=tuple(entity for entity, _ in labels),
        first=tuple(earlier),
        second=tuple(period or 0 for _, period in labels),
        values=total,
        components=MappingProxyType(values),
        notices=(*zeros.notices, *_missing(labels, total, incomplete)),
        has_bads=bool(activities.roles.bad_outputs),
    )
    if not zeros.are_kept(options):
        return result
    again = productivity(whole, index=index, options=replace(options, zeros="drop_row"), jobs=jobs)
    influence = _influence(result, again, n_zeros=int(zeros.rows.sum()))
    return replace(result, notices=(*result.notices, influence))


def _influence(result: ProductivityResult, again: ProductivityResult, *, n_zeros: int) -> Notice:
    """Name the index values that the rows with a zero move; `again` is computed without them."""
    labels = list(zip(result.entities, result.second, strict=True))
    without = dict(zip(zip(again.entities, again.second, strict=True), again.values, strict=True))
    # A pair that lost one of its rows has no value without it, and none that could be compared.
    both = [place for place, label in enumerate(labels) if label in without]
    after = np.array([without[labels[place]] for place in both], dtype=np.float64)
    before = result.values[both]  # noqa: PD011 - a field of the index
    moved = [labels[place] for place in both]
    return influence_notice(moved, before, after, n_zeros=n_zeros, of=VALUES)


def _with_base(index: str, options: Options, activities: Activities) -> Options:
    """Name the base period of an index that has one; another index has none.

    Raises
    ------
    SpecError
        A base period is named that would have no effect, or that the data do not have.
    """
    if INDICES.get(index).traits.has_base:
        return replace(options, base_period=base_of(options, activities.labels))
    if options.base_period is not None and options.reference != "base":
        text = message("The index {index} has no base period.", index=index)
        remedy = message("leave it out, or choose the index base_malmquist.")
        raise SpecError(Problem("productivity.base", text, Where(key="base_period"), remedy))
    return replace(options, base_period=None)


def unsuited(index: str, measure: str) -> Problem | None:
    """Say why an index cannot be made of the scores of a measure, or None where it can."""
    traits = INDICES.get(index).traits
    if not (traits.is_directional and MEASURES.get(measure).traits.is_radial):
        return None
    text = message(
        "The {index} is defined on directional distances or slacks, but {measure} is a radial "
        "measure.",
        index=traits.title,
        measure=measure,
    )
    remedy = message(
        "choose the measure directional (the usual one), sbm or super_sbm; the index of radial "
        "scores is malmquist or global_malmquist."
    )
    return Problem("productivity.measure", text, Where(key="index"), remedy)


def _pairs(activities: Activities, periods: Sequence[int]) -> tuple[Pairs, list[Label]]:
    """Pair the rows of consecutive periods; the second value are pairs that lack one of both rows."""
    if len(periods) < 2:
        text = message("An index of productivity needs at least two periods.")
        remedy = message("name the column of periods, or measure efficiency only.")
        raise DataError(Problem("productivity.one_period", text, remedy=remedy))
    place = {label: position for position, label in enumerate(activities.labels)}
    pairs: list[tuple[int, int]] = []
    incomplete: list[Label] = []
    for entity in dict.fromkeys(entity for entity, _ in activities.labels):
        for before, after in pairwise(periods):
            rows = [place[entity, when] for when in (before, after) if (entity, when) in place]
            if len(rows) == 2:
                pairs.append((rows[0], rows[1]))
            elif rows:
                incomplete.append((entity, after))
    table = np.array(pairs, dtype=np.intp).reshape(len(pairs), 2)
    return Pairs(table[:, 0], table[:, 1]), incomplete


def _missing(labels: Sequence[Label], values: Array, incomplete: list[Label]) -> Iterator[Notice]:
    """Say which values do not exist, for want of a score or of a row."""
    lost = [label for label, value in zip(labels, values, strict=True) if np.isnan(value)]
    if lost:
        text = message(
            "{n} of {total} index values do not exist because a score that they need is "
            "infeasible or undefined: {rows}.",
            one="{n} of {total} index values does not exist because a score that it needs is "
            "infeasible or undefined: {rows}.",
            n=len(lost),
            total=len(labels),
            rows=named(lost),
        )
        yield Notice("productivity.infeasible", text)
    if incomplete:
        text = message(
            "{n} index values do not exist because the entity lacks one of the two periods: "
            "{rows}.",
            one="{n} index value does not exist because the entity lacks one of the two periods: {rows}.",
            n=len(incomplete),
            rows=named(incomplete),
        )
        yield Notice("productivity.unbalanced", text)
