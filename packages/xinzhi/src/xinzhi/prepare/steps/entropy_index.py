"""A composite index whose weights come from the entropy of its indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations
from types import MappingProxyType
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ConfigDict, Field

from xinzhi.options import Names, OneOrMore, one_or_many
from xinzhi.prepare.columns import Flags, Floats, derive, entry_of, numbers
from xinzhi.prepare.step import NO_SOURCES, STEPS, CheckedStep, PreparedOptions, Sources
from xinzhi_core.errors import DataError, OutOfDomain, Problem, Where, nearest
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import PERIOD, Panel
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_econometrics.composite.index import (
    Composite,
    Construction,
    Scheme,
    Score,
    build_index,
    correlations,
)

Places = npt.NDArray[np.integer]
OTHER_SHIFTS = (0.001, 0.01)
"""Shifts under which the ranks are computed again, to say how far they depend on it."""
AGAINST = 0.2
"""Correlation from which on, with a minus, two indicators move against each other."""
ERRORS = 2.0
"""Standard errors 1/√n that it must exceed besides: of two that have nothing to do with each other, one pair in
forty does."""
OF_ONE_LIST = -0.5
"""Correlation below which two indicators of one list are questioned however few rows there are."""
MOST = 5
"""Pairs that are named."""
HEAVY = 0.6
"""Weight of one indicator above which it is said."""
SUM = 1e-6
"""Distance of the sum of given weights from 1 that is rounding."""
WEIGHTINGS: Mapping[str, Message] = MappingProxyType(
    {
        "entropy": message("entropy weights"),
        "critic": message("CRITIC weights"),
        "pca": message("weights from principal components"),
        "equal": message("equal weights"),
        "equal_dimensions": message("equal weights of the dimensions"),
        "given": message("given weights"),
    }
)
"""Scheme of weights -> its name; `given` where the study gives them."""
SCORES: Mapping[str, Message] = MappingProxyType(
    {"sum": message("weighted sum"), "topsis": message("TOPSIS closeness")}
)
POOLS: Mapping[str, Message] = MappingProxyType(
    {"all": message("scaled over all rows"), "period": message("scaled within each period")}
)


def entropy_index(
    x: Floats, *, shift: float = 1e-4, standardise: bool = True, groups: Floats | None = None
) -> Composite:
    """Weigh indicators by entropy and add them up.

    z = (x - min) / (max - min) per indicator; z' = z + c; p = z' / sum z';
    e = -(1 / ln n) sum p ln p; w = (1 - e) / sum (1 - e); index = sum w z'.

    Parameters
    ----------
    x
        Indicators, (n, k), finite; non-negative where they are not standardised.
    shift
        c, added after standardising, in units of z; SBM needs an index > 0.
    standardise
        Whether x is brought to [0, 1]; without it z' = x and the shift is not added.
    groups
        Group per row (n,) within which minimum and maximum are taken; None pools all rows.

    Returns
    -------
    Composite
        Index (n,), weights (k,), 0 for a constant indicator, and indicators from 0 to 1 (n, k).

    Raises
    ------
    DataError
        `derive.entropy_constant`: fewer than two rows, or no indicator varies.

    Examples
    --------
    >>> import numpy as np
    >>> entropy = entropy_index(np.array([[10.0, 200.0], [20.0, 150.0], [40.0, 100.0]]))
    >>> entropy.weights.round(8), entropy.index.round(8)
    (array([0.53715154, 0.46284846]), array([0.46294846, 0.41057474, 0.53725154]))
    """
    how = Construction(shift=shift, standardise=standardise)
    return build_index(x, [str(j) for j in range(x.shape[1])], how, groups)


class IndexOptions(PreparedOptions):
    """Indicators of a composite index, and how they are weighed and added up."""

    columns: OneOrMore = ()
    """Indicators; all of them count in the same direction, but for those under `negative`."""
    positive: Names = ()
    """Indicators of which more counts as more, in place of `columns`."""
    negative: Names = ()
    """Indicators that count the other way round: they enter as (max - x) / (max - min)."""
    dimensions: dict[str, OneOrMore] = Field(default_factory=dict)
    """Dimension -> its indicators: its weight is the sum of theirs."""
    weights: Scheme | dict[str, float] = "entropy"
    """entropy; critic: contrast and conflict; pca: principal components; equal; equal_dimensions: each dimension the
    same; or a weight for each indicator."""
    combine: Annotated[tuple[Scheme, ...], one_or_many] = ()
    """Further weightings: the geometric mean of all is taken, divided by its sum."""
    score: Score = "sum"
    """sum: weighted sum; topsis: closeness to the best values, from 0 to 1."""
    shift: float = 1e-4
    """Added after standardising, so that the cleanest row is not zero."""
    pool: Literal["all", "period"] = "all"
    """Whether minimum and maximum are taken over all rows or within each period."""
    standardise: bool = True
    """False weighs the values as they are."""

    @property
    def indicators(self) -> tuple[str, ...]:
        """All indicators, each once."""
        return tuple(dict.fromkeys(self.columns or (*self.positive, *self.negative)))

    @property
    def is_plain(self) -> bool:
        """Whether it is the weighted sum of `columns` by entropy, and nothing else."""
        choices = (self.weights, self.combine, self.score, self.dimensions)
        return bool(self.columns) and choices == ("entropy", (), "sum", {})

    @property
    def directions(self) -> Floats:
        """1 for each indicator of which more counts as more, -1 for the others."""
        return np.array([-1.0 if name in self.negative else 1.0 for name in self.indicators])

    @property
    def construction(self) -> Construction:
        """How the index is built."""
        return Construction(
            self.weights, self.combine, self.score, self.dimensions, self.shift, self.standardise
        )

    def refusal(self) -> tuple[Wording, Wording, str] | None:
        """Say what is wrong with the options: what, the remedy and the option; None where nothing is."""
        return next(chain(self._of_directions(), self._of_weights()), None)

    def _of_directions(self) -> Iterator[tuple[Wording, Wording, str]]:
        both = [name for name in self.positive if name in self.negative]
        unknown = [name for name in self.negative if self.columns and name not in self.columns]
        twice = [
            name
            for names in (self.columns, self.positive, self.negative)
            for name in names
            if names.count(name) > 1
        ]
        if not self.indicators:
            yield message("The index has no indicators."), message("name them under `positive` and `negative`."), "positive"  # fmt: skip
        elif self.columns and self.positive:
            what = message("`columns` and `positive` both name indicators.")
            yield what, message("write all under `positive` and `negative`."), "columns"
        elif both:
            what = message("'{name}' counts in both directions.", name=both[0])
            yield what, message("name it under `positive` or under `negative`."), "negative"
        elif twice:
            what = message("'{name}' is named twice.", name=twice[0])
            yield what, message("name each indicator once."), "columns" if self.columns else "positive"  # fmt: skip
        elif unknown:
            remedy = message("write it under `columns` too.")
            yield *self._stranger(unknown[0], remedy), "negative"
        elif not self.standardise and self.negative:
            what = message("Values as they are have no opposite direction.")
            remedy = message(
                "leave out `standardise: false`, or turn the indicator round beforehand."
            )
            yield what, remedy, "negative"
        elif not self.standardise and not self.is_plain:
            what = message("Values as they are are weighed by entropy and added up, nothing else.")
            yield what, message("leave out `standardise: false`."), "standardise"

    def _stranger(self, name: str, remedy: Wording) -> tuple[Wording, Wording]:
        """Say that a name is not an indicator, and which is meant; another remedy where none is near."""
        what = message("'{name}' is not among the indicators.", name=name)
        near = nearest(name, self.indicators)
        if near is None:
            return what, remedy
        return what, message("did you mean '{near}'? If not, {remedy}", near=near, remedy=remedy)

    def _of_weights(self) -> Iterator[tuple[Wording, Wording, str]]:
        members = [name for names in self.dimensions.values() for name in names]
        strangers = [name for name in members if name not in self.indicators]
        twice = [name for name in members if members.count(name) > 1]
        if strangers:
            remedy = message("write it under `positive` or `negative` too.")
            yield *self._stranger(strangers[0], remedy), "dimensions"
        if twice:
            what = message("'{name}' is in two dimensions.", name=twice[0])
            yield what, message("leave it in one."), "dimensions"
        if "equal_dimensions" in (self.weights, *self.combine) and not self.dimensions:
            what = message("There are no dimensions to weigh equally.")
            yield what, message("write `dimensions: {{NAME: [INDICATOR, …]}}`."), "dimensions"
        if self.weights in self.combine or len(set(self.combine)) < len(self.combine):
            what = message("A weighting is combined with itself.")
            yield what, message("name each weighting once."), "combine"
        if isinstance(self.weights, str):
            return
        given = self.weights
        strangers = [name for name in given if name not in self.indicators]
        amiss = [name for name in self.indicators if name not in given]
        if strangers:
            remedy = message("give each indicator a weight that is not negative.")
            yield *self._stranger(strangers[0], remedy), "weights"
        elif amiss:
            what = message("Weights are given for each indicator or for none: '{name}'.", name=amiss[0])  # fmt: skip
            yield what, message("give each indicator a weight that is not negative."), "weights"
        elif not all(np.isfinite(w) and w >= 0 for w in given.values()) or not sum(given.values()):
            what = message("The weights must not be negative or all be 0.")
            yield what, message("give each indicator a weight that is not negative."), "weights"


@STEPS.add("entropy_index")
class EntropyIndex(CheckedStep, IndexOptions):
    """Composite index of several indicators, weighted by entropy (Shannon 1948), or by another rule."""

    model_config = ConfigDict(strict=True)

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; weights and rows at the minimum go to the ledger."""
        del sources
        x = numbers(panel, self.indicators, step=name)
        # Rows with a gap get no index and do not take part in minimum, maximum or entropy.
        complete = x.notna().all(axis=1).to_numpy()
        self._refuse_negative(panel, x)
        # max - x is the opposite of x but for its level, which standardising takes away.
        values = x.to_numpy()[complete] * self.directions
        groups = panel.frame.index.get_level_values(PERIOD).to_numpy(dtype=np.float64)[complete]
        built = self._index(values, groups, self.shift, name)
        index = np.full(len(x), np.nan)
        index[complete] = built.index
        pairs = zip(x.columns, built.weights, strict=True)
        weights = ", ".join(f"{column} {weight:.8f}" for column, weight in pairs)
        why = message("weights: {weights}", weights=weights)
        return derive(
            panel,
            step=name,
            kind="entropy_index",
            values=index,
            why=why
            if self.is_plain
            else message("{how}; {why}", how=construction_words(self), why=why),
            uses=self.indicators,
            more=(
                *(
                    Entry(name, "entropy_index", name, "flagged", text)
                    for text in (*weight_notes(self, built.weights), *scale_notes(self))
                    if not self.is_plain
                ),
                *self._flags(panel, values, groups, index, complete, name),
                *(
                    Entry(name, "entropy_index", name, "flagged", text)
                    for text in (
                        *constant_notes(self, values),
                        *opposed_notes(self, values, entities_of(panel, complete)),
                    )
                ),
            ),
        )

    def _index(self, values: Floats, groups: Floats, shift: float, name: str) -> Composite:
        try:
            by = groups if self.pool == "period" else None
            if self.is_plain:
                return entropy_index(values, shift=shift, standardise=self.standardise, groups=by)
            how = replace(self.construction, shift=shift)
            return build_index(values, names=self.indicators, how=how, groups=by)
        except DataError as error:
            problem = error.problems[0]
            where = Where(key=f"prepare.{name}", column=", ".join(self.indicators))
            raise DataError(Problem(problem.code, problem.what, where, problem.remedy)) from error

    def _refuse_negative(self, panel: Panel, x: pd.DataFrame) -> None:
        values = x.to_numpy()
        cells = [] if self.standardise else np.argwhere(values < 0).tolist()
        if cells:
            raise OutOfDomain(
                Problem(
                    "derive.negative",
                    message("{value} is negative.", value=float(values[i, j])),
                    panel.place(i, self.indicators[j]),
                    message("entropy of values as they are needs values >= 0: standardise."),
                )
                for i, j in cells
            )

    def _flags(
        self,
        panel: Panel,
        values: Floats,
        groups: Floats,
        index: Floats,
        complete: Flags,
        name: str,
    ) -> list[Entry]:
        """Name the rows that are lowest in every indicator, and how far ranks depend on the shift."""
        if not self.standardise or self.score != "sum":
            return []
        lowest = np.zeros(len(index), dtype=bool)
        lowest[complete] = np.isclose(index[complete], self.shift, rtol=1e-12, atol=0.0)
        if not lowest.any():
            return []
        # Ranks, not values: a shift moves every index, what matters is whether the order changes.
        ranks = pd.Series(index[complete]).rank()

        def largest_change(shift: float) -> float:
            other = pd.Series(self._index(values, groups, shift, name).index).rank()
            return float((other - ranks).abs().max())

        low, high = OTHER_SHIFTS
        why = message(
            "These rows are lowest in every indicator: their index is the shift {shift} itself, and "
            "a frontier may rest on it. With a shift of {low} ranks change by at most {by_low}, "
            "with {high} by at most {by_high}.",
            shift=self.shift,
            low=low,
            by_low=largest_change(low),
            high=high,
            by_high=largest_change(high),
        )
        return [entry_of(panel, lowest, why, step=name, kind="entropy_index", change="flagged")]


def weighting_words(options: IndexOptions) -> Wording:
    """Name the weights of an index.

    >>> str(weighting_words(IndexOptions(positive=("a", "b"), combine=("critic",))))
    'geometric mean of entropy weights, CRITIC weights'
    """
    first = options.weights if isinstance(options.weights, str) else "given"
    if not options.combine:
        return WEIGHTINGS[first]
    names = listed([WEIGHTINGS[one] for one in (first, *options.combine)])
    return message("geometric mean of {names}", names=names)


def construction_words(options: IndexOptions) -> Message:
    """Say how an index is built: score, weights, scale."""
    return message(
        "{score} with {weights}, {scale}",
        score=SCORES[options.score],
        weights=weighting_words(options),
        scale=POOLS[options.pool],
    )


def weight_notes(options: IndexOptions, weights: Floats) -> Iterator[Wording]:
    """Say where one indicator is nearly the whole index, and where given weights were rescaled."""
    place = int(np.argmax(weights))
    if len(weights) > 1 and weights[place] > HEAVY:
        yield message(
            "'{name}' has {share} of the weight: the index nearly follows this indicator alone.",
            name=options.indicators[place],
            share=f"{100 * weights[place]:.1f}%",
        )
    if not isinstance(options.weights, str):
        total = sum(options.weights.values())
        if abs(total - 1.0) > SUM:
            yield message(
                "The given weights sum to {total}, not to 1: each is divided by it.",
                total=f"{total:g}",
            )


def constant_notes(options: IndexOptions, values: Floats) -> Iterator[Wording]:
    """Say which indicators are the same in all complete rows."""
    names = [
        name for name, x in zip(options.indicators, values.T, strict=True) if not np.ptp(x) > 0
    ]
    if names:
        yield message(
            "{n} indicators are the same in every row, so that they tell no row from another: {names}. Leave them out.",
            one="{n} indicator is the same in every row, so that it tells no row from another: {names}. Leave it out.",
            n=len(names),
            names=listed(names),
        )


def scale_notes(options: IndexOptions) -> Iterator[Wording]:
    """Say what a scale by period takes away."""
    if options.pool == "period":
        yield message(
            "Indicators are scaled within each period: the index compares the rows of one period, and its course "
            "over time says nothing about growth."
        )


def entities_of(panel: Panel, complete: Flags) -> Places:
    """Give the number of the entity of each complete row."""
    codes: Places = np.asarray(panel.frame.index.codes[0])[complete]  # type: ignore[attr-defined]
    return codes


def opposed_notes(options: IndexOptions, values: Floats, entities: Places) -> Iterator[Wording]:
    """Question indicators that are declared in one direction and move against each other.

    Two looks: over all rows, of which those of one entity say nearly the same, so that n counts entities; and
    less the means of entities, where n is the number of rows less that of the means. Under `positive` or
    `negative`, two indicators of one list are questioned below -0.5 however few the entities are.

    Parameters
    ----------
    values
        Indicators on complete rows (n, k), those that count the other way round with a minus.
    entities
        Number of the entity of each row (n,).
    """
    names, directions = options.indicators, options.directions
    _, entity, sizes = np.unique(entities, return_inverse=True, return_counts=True)
    within = values - np.array([np.bincount(entity, x) / sizes for x in values.T]).T[entity]
    # What is left of an indicator that an entity keeps is rounding.
    within = np.where(np.ptp(within, axis=0) > 1e-9 * np.abs(values).max(axis=0), within, 0.0)
    n_within = len(values) - len(sizes)
    overall, inside = correlations(values), correlations(within)
    found: list[tuple[float, Wording]] = []
    for i, j in combinations(range(len(names)), 2):
        of_one_list = not options.is_plain and directions[i] == directions[j]
        if (
            _is_against(overall[i, j], len(sizes))
            or _is_against(inside[i, j], n_within)
            or (of_one_list and overall[i, j] < OF_ONE_LIST)
        ):
            least = float(np.fmin(overall[i, j], inside[i, j]))
            found.append((least, _pair(names[i], names[j], overall[i, j], inside[i, j])))
    if not found:
        return
    found.sort(key=lambda one: one[0])
    yield message(
        "{n} pairs of indicators move against each other although they are declared in one direction, so that the "
        "index adds up what cancels: {pairs}. Name those that count the other way round under `negative`, or leave "
        "them out.",
        one="{n} pair of indicators moves against each other although they are declared in one direction, so that the "
        "index adds up what cancels: {pairs}. Name the one that counts the other way round under `negative`, or leave "
        "it out.",
        n=len(found),
        pairs=listed([words for _, words in found[:MOST]]),
    )


def _is_against(r: float, n: int) -> bool:
    """Whether a correlation is negative beyond chance.

    >>> _is_against(-0.3, 100), _is_against(-0.3, 30), _is_against(-0.19, 10_000), _is_against(float("nan"), 9)
    (True, False, False, False)
    """
    return bool(n > 0 and r < -max(AGAINST, ERRORS / np.sqrt(n)))


def _pair(first: str, second: str, overall: float, within: float) -> Wording:
    """Name two indicators with their correlations."""
    if np.isnan(within):
        return message(
            "{first} and {second} (r = {overall})",
            first=first,
            second=second,
            overall=f"{overall:.2f}",
        )
    return message(
        "{first} and {second} (r = {within} within entities, {overall} overall)",
        first=first,
        second=second,
        within=f"{within:.2f}",
        overall=f"{overall:.2f}",
    )
