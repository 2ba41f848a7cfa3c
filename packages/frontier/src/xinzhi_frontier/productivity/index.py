"""Indices of productivity between consecutive periods, with components that add or multiply out.

An index of productivity as a variable of the panel: changes, and levels chained from a base period.

With c_t the change from the period before t to t, the level is 1 in the base period and

    l_t = l_{t-1} · c_t  (after it),    l_{t-1} = l_t / c_t  (before it);

indicators, which are differences, are added and start at 0. A pair that has no value breaks the chain:
what lies beyond it, seen from the base, is missing, because nothing is filled unasked.

Färe, Grosskopf, Norris and Zhang (1994), "Productivity growth, technical progress, and efficiency change
in industrialized countries", American Economic Review 84: cumulated indices in section III.

Scores of rows against the frontiers of their own and of neighbouring periods.

Products of efficiency and technical change, for indices that are ratios.

In the names of the arrays `same` is the frontier of the row's own period, `after` that of the next one
and `before` that of the last one: `before[second]` is E¹(2), `after[first]` is E²(1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from xinzhi_core.errors import DataError, Problem, SpecError, Where, suggestion
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.notices import Notice
from xinzhi_core.panel.calendar import YEARS, Calendar
from xinzhi_core.panel.notebook import SHOWN, ByValue
from xinzhi_core.periods import period_name
from xinzhi_core.register import Register
from xinzhi_core.vocabulary import canonical
from xinzhi_core.wording import Message, message
from xinzhi_frontier.evaluate import base_of, evaluate, run_tasks
from xinzhi_frontier.frames import FRAMES, Key, beside, has_frames, plain_rows
from xinzhi_frontier.measure import MEASURES, Registered, Task
from xinzhi_frontier.options import Options, checked, in_force
from xinzhi_frontier.result import Activities, Array, Label
from xinzhi_frontier.technology import Positions, technology_of
from xinzhi_frontier.zeros import VALUES, check_zeros, influence_notice, named

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", FRAMES)

VALUE = "value"


def changes(result: ProductivityResult, component: str = VALUE) -> pd.Series:
    """Give the change to each period, indexed (entity, period); the first period has none.

    Raises
    ------
    SpecError
        The index has no such component, with the nearest one.
    """
    index = pd.MultiIndex.from_arrays([result.entities, result.second], names=["entity", "period"])
    return pd.Series(_part(result, component), index=index, name=component)


def cumulated(
    result: ProductivityResult, component: str = VALUE, base: int | None = None
) -> pd.Series:
    """Give the level of each period relative to the base period, indexed (entity, period).

    Parameters
    ----------
    component
        `value` or a component of the index.
    base
        Period of level 1 (0 for indicators); the first of the data where None.

    Raises
    ------
    SpecError
        The index has no such component.
    DataError
        No pair of periods begins or ends in the base period.

    Examples
    --------
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"x": [1.0, 1, 1, 2, 1, 1], "y": [1.0, 1, 1, 1, 1, 1]}, index=index)
    >>> found = xz.productivity(frame, index="malmquist", inputs="x", good_outputs="y")
    >>> cumulated(found).tolist(), cumulated(found, base=3).tolist()
    ([1.0, 1.0, 1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 1.0, 0.5, 1.0, 1.0])
    """
    values = _part(result, component)
    periods = sorted({*result.first, *result.second})
    if base is None:
        base = periods[0]
    if base not in periods:
        text = message("The base period {base} is not among the periods of the index.", base=base)
        remedy = message(
            "choose one from {first} to {last}.",
            first=period_name(periods[0]),
            last=period_name(periods[-1]),
        )
        raise DataError(Problem("productivity.no_base", text, Where(key="base"), remedy))
    # Entities in the order of the data, so that levels come back as the pairs were given.
    entities = list(dict.fromkeys(result.entities))
    steps = np.full((len(entities), len(periods)), np.nan)
    row = {entity: place for place, entity in enumerate(entities)}
    column = {period: place for place, period in enumerate(periods)}
    steps[[row[e] for e in result.entities], [column[p] for p in result.second]] = values
    levels = _chain(steps, column[base], adds=result.is_difference)
    index = pd.MultiIndex.from_product([entities, periods], names=["entity", "period"])
    every = pd.Series(levels.ravel(), index=index, name=component)
    # A level exists where a pair of periods begins or ends, even if it is missing.
    is_seen = pd.MultiIndex.from_arrays([result.entities * 2, result.first + result.second])
    return every[index.isin(is_seen)]


def _part(result: ProductivityResult, component: str) -> Array:
    values = result.values  # noqa: PD011 - a field of ours
    parts = {VALUE: values, **result.components}
    if component not in parts:
        text = message(
            "The index {index} has no component '{name}'.",
            index=result.index,
            name=component,
        )
        remedy = suggestion(component, tuple(parts))
        raise SpecError(Problem("productivity.no_component", text, Where(key="component"), remedy))
    return np.asarray(parts[component])


def _chain(steps: Array, base: int, *, adds: bool) -> Array:
    """Chain changes forwards and backwards from a base; shape (entities, periods)."""
    levels = np.full_like(steps, np.nan)
    levels[:, base] = 0.0 if adds else 1.0
    for t in range(base + 1, steps.shape[1]):
        before = levels[:, t - 1]
        levels[:, t] = before + steps[:, t] if adds else before * steps[:, t]
    for t in range(base, 0, -1):
        after = levels[:, t]
        # A change of 0 has no way back: the level before it stays missing.
        by = np.where(steps[:, t] == 0, np.nan, steps[:, t])
        levels[:, t - 1] = after - steps[:, t] if adds else after / by
    return levels


Frontier = Literal["own", "next", "last", "pooled", "base"]
"""Whose frontier: the row's own period, the next period, the last period, all periods, the base period."""


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Scores by frontier and returns, computed when they are first asked for."""

    activities: Activities
    options: Options
    jobs: int = 1
    _cache: dict[tuple[str, str], Array] = field(default_factory=dict)

    @property
    def measure(self) -> Registered:
        """The measure that the scores come from."""
        return MEASURES.get(self.options.measure)

    def periods(self) -> list[int]:
        """Periods in order."""
        return sorted({period for _, period in self.activities.labels if period is not None})

    def scores(self, frontier: Frontier, returns_to_scale: str = "") -> Array:
        """Scores of all rows against a frontier, NaN where there is none, shape (n,)."""
        returns = returns_to_scale or self.options.returns_to_scale
        key = (frontier, returns)
        if key not in self._cache:
            options = replace(self.options, returns_to_scale=returns)
            self._cache[key] = (
                self._joined(options, frontier)
                if frontier in {"own", "pooled"}
                else self._across(options, self._pairs(frontier))
            )
            if frontier == "base":
                # The rows of the base period are part of its frontier, and join it for their own score.
                rows = self._rows(base_of(self.options, self.activities.labels))
                self._cache[key][rows] = self.scores("own", returns)[rows]
        return self._cache[key]

    def efficiency(self, frontier: Frontier, returns_to_scale: str = "") -> Array:
        """Efficiencies: 1 is efficient, more is better."""
        scores = self.scores(frontier, returns_to_scale)
        return self.measure.traits.efficiency(scores, self.options)

    def inefficiency(self, frontier: Frontier) -> Array:
        """Inefficiencies: 0 is efficient, less is better; 1 - efficiency unless measured as such."""
        if self.measure.traits.is_inefficiency:
            return self.scores(frontier)
        return 1.0 - self.efficiency(frontier)

    def _joined(self, options: Options, frontier: Frontier) -> Array:
        """Measure all rows against frontiers that they are part of."""
        reference = "contemporaneous" if frontier == "own" else "global"
        # The index says which frontiers; a window or a group of the score has no part in them.
        options = replace(options, reference=reference, window=None, base_period=None, group=None)
        # What rows with a zero move is named once, for the values of the index.
        return evaluate(
            self.activities, options=options, jobs=self.jobs, with_influence=False
        ).scores

    def _pairs(self, frontier: Frontier) -> list[tuple[int, int]]:
        """List periods of rows, and of the frontier that they are measured against."""
        periods = self.periods()
        if frontier == "base":
            base = base_of(self.options, self.activities.labels)
            return [(period, base) for period in periods if period != base]
        steps = list(pairwise(periods))
        return steps if frontier == "next" else [(after, before) for before, after in steps]

    def _across(self, options: Options, pairs: Sequence[tuple[int, int]]) -> Array:
        """Measure the rows of a period against the frontier of another one, which they do not join."""
        if self.measure.across is None:
            text = message(
                "The measure {measure} has no scores against other periods.",
                measure=options.measure,
            )
            remedy = message("choose a global index, or another measure.")
            raise SpecError(Problem("productivity.measure", text, Where(key="index"), remedy))
        # One scale for all periods: scores against different frontiers are divided by each other.
        technology = technology_of(self.activities, returns_to_scale=options.returns_to_scale)
        tasks = [
            Task.of(self.activities, technology, options, self._rows(period), self._rows(base))
            for period, base in pairs
        ]
        scores = np.full(self.activities.n, np.nan)
        for outcome in run_tasks(tasks, self.jobs, across=True):
            scores[outcome.rows] = outcome.solutions.score
        return scores

    def _rows(self, period: int) -> Positions:
        rows = [i for i, (_, when) in enumerate(self.activities.labels) if when == period]
        return np.array(rows, dtype=np.intp)


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


INDICES: Register[RegisteredIndex] = Register(
    message("index"), "xinzhi_frontier.productivity.indices"
)


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
        data: object,
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
        pairs = zip(self.entities, self.first, self.second, self.values.tolist(), strict=True)
        shown: object = self.to_frame() if has_frames() else plain_rows([*pairs])
        size = message("{n} pairs", one="{n} pair", n=len(self.values))
        return f"{self.index}, {size}\n{self._in_force()}\n{shown}"

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


def adjacent_ratio(distances: Distances, pairs: Pairs, returns: str = "") -> Values:
    """Return the geometric mean of the ratios on both periods' frontiers, as EC times TC."""
    same, after, before = (
        distances.efficiency(frontier, returns) for frontier in ("own", "next", "last")
    )
    change = same[pairs.second] / same[pairs.first]
    technical = np.sqrt(
        before[pairs.second] / same[pairs.second] * same[pairs.first] / after[pairs.first]
    )
    return {
        "value": change * technical,
        "efficiency_change": change,
        "technical_change": technical,
    }


def fixed_ratio(distances: Distances, pairs: Pairs, frontier: Frontier) -> Values:
    """Return the ratio on one frontier for all periods, as EC times the change of the gap to it."""
    same, fixed = (distances.efficiency(against) for against in ("own", frontier))
    value = fixed[pairs.second] / fixed[pairs.first]
    change = same[pairs.second] / same[pairs.first]
    return {"value": value, "efficiency_change": change, "technical_change": value / change}
