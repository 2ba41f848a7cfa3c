"""A composite index beside what else could have been chosen, and the obstacles that keep entities from its best value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.analyses.of_steps import PreparedSection, refuse_changed
from xinzhi.analyses.space_and_time import choose_dates
from xinzhi.options import PeriodNumber
from xinzhi.prepare.steps.entropy_index import (
    IndexOptions,
    Places,
    constant_notes,
    entities_of,
    opposed_notes,
    scale_notes,
    weight_notes,
)
from xinzhi_core.errors import DataError
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import PERIOD, Panel
from xinzhi_core.wording import Wording, in_a_row, message
from xinzhi_econometrics.composite.index import (
    Composite,
    Construction,
    Floats,
    build_index,
    obstacles,
    other_constructions,
    rank_moves,
    ranks_of,
    without,
)

CHOSEN = "chosen"
"""Column of the weights of the index itself."""


class IndexSection(PreparedSection, IndexOptions):
    """A composite index: its indicators, weights and score."""


@dataclass(frozen=True, slots=True, eq=False)
class CompositeIndex(InNotebook):
    """An index, its weights, and how far ranks within a period depend on the choices."""

    index: pd.Series
    """Of each row (entity, period); missing where an indicator is."""
    weights: pd.DataFrame
    """By indicator: direction (1 or -1), dimension, chosen, and the weight under each other scheme."""
    by_dimension: pd.Series
    """Weight of each dimension; empty where none are declared."""
    moves: pd.DataFrame
    """By (kind, name) of another choice: mean_change, largest_change, share_moved, rank_correlation."""
    notes: tuple[Wording, ...]
    """What a reader must know."""
    unavailable: Mapping[tuple[str, str], Wording]
    """(kind, name) of the choices that have no answer -> why."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the weights and the scale mean for a reader, and how many comparisons have no answer."""
        n = len(self.unavailable)
        text = message(
            "{n} other choices give no index: {why}",
            one="{n} other choice gives no index: {why}",
            n=n,
            why=in_a_row([*dict.fromkeys(self.unavailable.values())]),
        )
        found = [Notice("index.weights", note) for note in self.notes]
        if n:
            found.append(Notice("index.no_comparison", text))
        if missing := int(self.index.isna().sum()):
            words = message(
                "{n} rows have no index: an indicator is missing.",
                one="{n} row has no index: an indicator is missing.",
                n=missing,
            )
            found.append(Notice("index.missing", words))
        return tuple(found)

    def to_frame(self) -> pd.DataFrame:
        """Return the index."""
        return self.index.to_frame("index")


@dataclass(frozen=True, slots=True, eq=False)
class IndexData:
    """Complete rows of the indicators, and how the index is built from them."""

    x: Floats
    """Indicators (n, k), those that count the other way round with a minus."""
    periods: Floats
    groups: Floats | None
    names: tuple[str, ...]
    how: Construction
    complete: Floats
    """Flags of the complete rows among all."""
    entities: Places
    """Number of the entity of each complete row."""

    @classmethod
    def of(cls, panel: Panel, options: IndexOptions) -> IndexData:
        """Take the indicators from a panel."""
        names = options.indicators
        x = panel.frame[list(names)].to_numpy(dtype=np.float64, na_value=np.nan)
        complete = ~np.isnan(x).any(axis=1)
        periods = panel.frame.index.get_level_values(PERIOD).to_numpy(dtype=np.float64)[complete]
        groups = periods if options.pool == "period" else None
        values = x[complete] * options.directions
        entities = entities_of(panel, complete)
        return cls(values, periods, groups, names, options.construction, complete, entities)

    def build(self, how: Construction | None = None) -> Composite:
        """Build the index, or one of another construction."""
        return build_index(self.x, self.names, how or self.how, self.groups)

    def notes(
        self, options: IndexSection | ObstaclesSection, built: Composite
    ) -> tuple[Wording, ...]:
        """Say what a reader of the index must know."""
        if options.prepared is not None:
            # The step has said it, in the ledger.
            return ()
        return (
            *weight_notes(options, built.weights),
            *scale_notes(options),
            *constant_notes(options, self.x),
            *opposed_notes(options, self.x, self.entities),
        )

    def build_without(self, name: str) -> Composite:
        """Build the index without one indicator."""
        rest, how = without(self.names, self.how, name)
        names = [self.names[place] for place in rest]
        return build_index(self.x[:, rest], names, how, self.groups)


def compute_index(panel: Panel, section: IndexSection) -> CompositeIndex:
    """Build the index, and compare the ranks of its rows with those of other choices.

    Raises
    ------
    DataError
        As `build_index` for the index itself; another choice that has no answer is named in `unavailable`.
    """
    data = IndexData.of(panel, section)
    built = data.build()
    index = np.full(len(panel.frame), np.nan)
    index[data.complete] = built.index
    of = {name: dimension for dimension, names in section.dimensions.items() for name in names}
    weights = pd.DataFrame(
        {
            "direction": section.directions.astype(int),
            "dimension": [of.get(name, "") for name in data.names],
            CHOSEN: built.weights,
        },
        index=pd.Index(data.names, name="indicator"),
    )
    compared = dict(_others(data))
    others = {key: one for key, one in compared.items() if isinstance(one, Composite)}
    for (kind, name), other in others.items():
        if kind == "weights":
            weights[name] = other.weights
    ranks = ranks_of(built.index, data.periods)
    moves = pd.DataFrame.from_dict(
        {
            key: rank_moves(ranks, ranks_of(other.index, data.periods))
            for key, other in others.items()
        },
        orient="index",
    )
    if others:
        moves.index = pd.MultiIndex.from_tuples(list(others), names=["kind", "name"])
    by_dimension = (
        weights[weights["dimension"] != ""].groupby("dimension", sort=False)[CHOSEN].sum()
    )
    return CompositeIndex(
        pd.Series(index, index=panel.frame.index),
        weights,
        by_dimension,
        moves,
        data.notes(section, built),
        {key: why for key, why in compared.items() if not isinstance(why, Composite)},
    )


def _others(data: IndexData) -> Iterator[tuple[tuple[str, str], Composite | Wording]]:
    """Build the index of every other choice, (kind, name) -> index, or say why it has no answer."""
    for name, how in other_constructions(data.names, data.how).items():
        kind = "score" if name in ("sum", "topsis") else "weights"
        yield (kind, name), _answer(partial(data.build, how))
    for name in data.names if len(data.names) > 1 else ():
        yield ("without", name), _answer(partial(data.build_without, name))


def _answer(build: Callable[[], Composite]) -> Composite | Wording:
    try:
        found = build()
    except DataError as error:
        return error.problems[0].what
    if np.isnan(found.index).any():
        return message("The indicators that have a weight do not vary.")
    return found


class ObstaclesSection(PreparedSection, IndexOptions):
    """Obstacles of a composite index: its indicators and weights, and the dates."""

    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""
    top: int = Field(default=3, ge=1)
    """How many of the largest obstacles of an entity are listed."""

    def refusal(self) -> tuple[Wording, Wording, str] | None:
        """Refuse values as they are beside what an index refuses: nothing is missing to their best value."""
        if self.standardise:
            return super().refusal()
        what = message("Obstacles are not defined for values as they are.")
        return what, message("leave out `standardise: false`."), "standardise"


@dataclass(frozen=True, slots=True, eq=False)
class ObstacleDegrees(InNotebook):
    """Obstacle degrees: shares of the indicators in what an entity lacks."""

    dates: tuple[int, ...]
    """Periods that are compared."""
    degrees: pd.DataFrame
    """By (entity, period) and indicator; a row sums to 1, and is missing where an indicator is or nothing lacks."""
    by_dimension: pd.DataFrame
    """The same summed by dimension; no columns where none are declared."""
    notes: tuple[Wording, ...] = ()
    """What a reader of the index must know."""

    @property
    def means(self) -> pd.DataFrame:
        """Mean over the entities of each date, by indicator."""
        by_period = self.degrees.groupby(level=PERIOD).mean()
        return by_period.loc[[date for date in self.dates if date in by_period.index]]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader of the index must know, and how many rows have no degrees."""
        n = int(self.degrees.isna().any(axis=1).sum())
        text = message(
            "{n} rows have no obstacle degrees: an indicator is missing, or they are best in every one.",
            one="{n} row has no obstacle degrees: an indicator is missing, or it is best in every one.",
            n=n,
        )
        more = (Notice("obstacles.missing", text),) if n else ()
        return (*(Notice("index.weights", note) for note in self.notes), *more)

    def to_frame(self) -> pd.DataFrame:
        """Return the degrees of all rows."""
        return self.degrees


def compute_obstacles(panel: Panel, section: ObstaclesSection) -> ObstacleDegrees:
    """Build the index, and share out what each row lacks."""
    data = IndexData.of(panel, section)
    built = data.build()
    index = np.full(len(panel.frame), np.nan)
    index[data.complete] = built.index
    refuse_changed(panel, section, index)
    values = np.full((len(panel.frame), len(data.names)), np.nan)
    values[data.complete] = obstacles(built.z, built.weights)
    degrees = pd.DataFrame(values, index=panel.frame.index, columns=list(data.names))
    sums = {
        name: degrees[list(members)].sum(axis=1, skipna=False)
        for name, members in section.dimensions.items()
    }
    by_dimension = pd.DataFrame(sums, index=degrees.index)
    dates, notes = choose_dates(section.dates, panel), data.notes(section, built)
    return ObstacleDegrees(dates, degrees, by_dimension, notes)
