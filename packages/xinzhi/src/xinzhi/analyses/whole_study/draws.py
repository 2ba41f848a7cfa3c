"""Draws of the study by number: frontier, scores, variables, regressions and quantities of some entities.

For the entities of draw b, everything after the preparation of the data is computed again:

    entities_b -> frontier_b -> scores_b -> variables_b -> slopes_b -> quantities_b

Inside a draw nothing is drawn or permuted. Levels of moderators, members of groups and the rows of each
regression are those of the study.

The regressions of all analyses, posed so that draws can estimate them again.

What changes with a draw is found by changing it. The regressions are made three times: from the study,
from other scores, and from half of its entities. A column that is a variable made of a score moves with it;
one that stays the same everywhere is fixed; a regression with any other column (a lag of a score, a
product with one, winsorised values, whose percentiles depend on the sample) is made again in each draw.

What the effects of a study are called in a table of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import reduce
from itertools import groupby
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import (
    ANALYSES,
    Estimation,
    EstimationData,
    Given,
    Resampled,
    Shown,
    Study,
    in_order,
    title_of,
)
from xinzhi.analyses.effects import Quantity
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.reads import Again
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.table import EMPTY, Cell, Row
from xinzhi_core.errors import MethodError, Problem, StudyError
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.instruments.estimate import Instrumented
from xinzhi_econometrics.least_squares import Array, Codes
from xinzhi_econometrics.resampling.reestimation import Column, Posed, Reestimation, StudyRows
from xinzhi_econometrics.specification import key_of, read_columns

Place = tuple[str, str]
"""Key of an analysis and name of its section."""
Name = tuple[str, str, str]
"""The same, and the name of a regression in it."""
Estimated = Estimates | Instrumented


@dataclass(frozen=True, slots=True, eq=False)
class StudyRegressions:
    """The regressions of the analyses of a study, which can be listed for other data too."""

    given: Given
    places: tuple[Place, ...]

    def estimated(
        self, frames: Mapping[EstimationData, pd.DataFrame | StudyError] | None = None
    ) -> dict[Name, tuple[pd.DataFrame, Estimated]]:
        """Give all regressions with the data that they are estimated on; those that cannot be made are left out."""
        regressions: dict[Name, tuple[pd.DataFrame, Estimated]] = {}
        given = self.given if frames is None else replace(self.given, frames=frames)
        for key, name in self.places:
            result = given.results[key, name]
            analysis, section = ANALYSES.get(key), given.study.section(key, name)
            if isinstance(result, Unavailable) or isinstance(analysis, Resampled):
                continue
            try:
                for regression, frame, estimated in analysis.regressions(section, result, given):
                    regressions[key, name, regression] = frame, estimated
            except StudyError:  # A draw may lack what the options name, such as a group.
                continue
        return regressions


def pose(frame: pd.DataFrame, estimated: Estimated, index: pd.Index) -> Posed | None:
    """Pose a regression on the rows that it was estimated on, as far as the frame has them."""
    endogenous: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    if isinstance(estimated, Instrumented):
        endogenous, instruments = estimated.endogenous, estimated.instruments
        estimated = estimated.estimates
    used = estimated.residuals.index
    places = frame.index.get_indexer(used)
    rows = index.get_indexer(used)
    is_there = (places >= 0) & (rows >= 0)
    # Rows ascend as in the panel, whatever the order in which they were estimated.
    order = np.argsort(rows[is_there], kind="stable")
    places, rows = places[is_there][order], rows[is_there][order].astype(np.intp)
    if not len(rows):
        return None
    asked = estimated.regression
    reported = estimated.on_outcome.names
    slopes = tuple(
        n for n in (*asked.regressors, *asked.controls) if n in estimated.names or n in reported
    )
    names = tuple(dict.fromkeys((asked.outcome, *slopes, *instruments)))
    values, codes = read_columns(frame, names, asked.effects)
    return Posed(
        asked,
        slopes,
        rows,
        {name: np.ascontiguousarray(values[places, j]) for j, name in enumerate(names)},
        {key_of(frame, name): levels[places] for name, levels in codes.items()},
        endogenous,
        instruments,
    )


@dataclass(frozen=True, slots=True, eq=False)
class RegressionPlan:
    """How each regression is made in a draw."""

    posed: tuple[Posed, ...]
    """Regressions whose columns are fixed or move with a score."""
    made_again: tuple[Name, ...]
    """Regressions whose columns have to be made from each draw."""
    slopes: tuple[tuple[Name, str], ...]
    """Regression and variable of each slope, first those of `posed`."""
    behind: Mapping[Name, frozenset[int]]
    """Numbers of the sources, scores and indices, from which columns of each regression follow."""


def make_plan(regressions: StudyRegressions, again: Again, scores: Array) -> RegressionPlan:
    """Find out what is fixed and what moves, by other scores and by half of the entities.

    `scores` are those of the study, shape (N, number of sources).
    """
    index, asked = again.index, tuple(regressions.given.frames)
    rows = np.arange(len(index), dtype=np.intp)
    # Any other numbers do: between 0.2 and 0.8 every transformation of a score is defined.
    other = np.random.default_rng(20240229).uniform(0.2, 0.8, scores.shape)
    moved = regressions.estimated(again.frames(rows, other, asked))
    # Every second entity by its data, with all its rows: whatever they are called, draws are made alike.
    every = StudyRows.of(index, again.data)
    half = np.sort(every.of_entities(np.arange(0, every.n_entities, 2, dtype=np.intp)))
    halved = regressions.estimated(again.frames(half, scores[half], asked))
    moving = again.moving(other)
    posed: dict[Name, Posed] = {}
    made_again: dict[Name, Posed] = {}
    # From the scores as draws measure them: those of the study may differ in the last bit.
    every_one = _posed(regressions.estimated(again.frames(rows, scores, asked)), index)
    for name, usual in every_one.items():
        columns = None
        if name in moved and name in halved:
            after, part = (pose(*each, index) for each in (moved[name], halved[name]))
            columns = classify_columns(usual, after, part, again.variables, moving)
        if columns is None:
            made_again[name] = usual
        else:
            posed[name] = replace(usual, columns=columns)
    slopes = (
        (name, variable)
        for name, each in (*posed.items(), *made_again.items())
        for variable in each.slopes
    )
    resting = {n: p for n, p in every_one.items() if not _is_alike(p, _posed_one(moved, n, index))}
    behind = {name: frozenset[int]() for name in every_one}
    for number in range(scores.shape[1] if resting else 0):
        one = scores.copy()
        one[:, number] = other[:, number]
        changed = regressions.estimated(again.frames(rows, one, asked))
        for name, usual in resting.items():
            if not _is_alike(usual, _posed_one(changed, name, index)):
                behind[name] |= {number}
    return RegressionPlan(tuple(posed.values()), tuple(made_again), tuple(slopes), behind)


Made = Mapping[Name, tuple[pd.DataFrame, Estimated]]


def _posed(made: Made, index: pd.Index) -> dict[Name, Posed]:
    each = {name: pose(*estimated, index) for name, estimated in made.items()}
    return {name: usual for name, usual in each.items() if usual is not None}


def _posed_one(made: Made, name: Name, index: pd.Index) -> Posed | None:
    return pose(*made[name], index) if name in made else None


def _is_alike(usual: Posed, after: Posed | None) -> bool:
    """Whether nothing of a regression has changed; one that cannot be made any more has."""
    return (
        after is not None
        and np.array_equal(usual.rows, after.rows)
        and all(is_same(column, after.columns[name]) for name, column in usual.columns.items())
    )


def classify_columns(
    usual: Posed,
    after: Posed | None,
    part: Posed | None,
    variables: Mapping[tuple[str, Any], int],
    moving: Array,
) -> dict[str, Column] | None:
    """Tell fixed columns from those that are a moving variable; None where one is neither."""
    if after is None or part is None or not np.array_equal(usual.rows, after.rows):
        return None
    inside = np.isin(usual.rows, part.rows)
    columns: dict[str, Column] = {}
    for name, column in usual.columns.items():
        columns[name] = column
        if not is_same(column, after.columns[name]):
            number = _number(name, after.columns[name], usual.rows, variables, moving)
            if number is None:
                return None
            columns[name] = number
        # Percentiles, means and the like depend on the sample though they do not on the scores.
        if not is_same(np.asarray(column)[inside], part.columns[name]):
            return None
    return columns


def is_same(first: Column, second: Column) -> bool:
    """Whether two columns hold the same values."""
    return np.array_equal(np.asarray(first), np.asarray(second), equal_nan=True)


def _number(
    name: str,
    column: Column,
    rows: Codes,
    variables: Mapping[tuple[str, Any], int],
    moving: Array,
) -> int | None:
    """Find the moving variable that a column is, under whichever frontier."""
    for (variable, _), number in variables.items():
        if variable == name and is_same(moving[rows, number], column):
            return number
    return None


def pose_again(
    regressions: StudyRegressions,
    names: Sequence[Name],
    frames: Mapping[EstimationData, pd.DataFrame | StudyError],
    index: pd.Index,
) -> dict[Name, Posed]:
    """Make regressions from the data of a draw; `index` is that of the study."""
    estimated = regressions.estimated(frames)
    posed = {}
    for name in names:
        if name in estimated:
            try:
                regression = pose(*estimated[name], index)
            except StudyError:  # A column without finite numbers in this draw.
                continue
            if regression is not None:
                posed[name] = regression
    return posed


Terms = tuple[tuple[tuple[tuple[float, int], ...], ...], ...]
"""Sum of products of weighted sums of slopes, by their numbers."""


class Selection(Protocol):
    """Which entities each draw takes."""

    def select(self, number: int) -> Codes:
        """Give the entities of one draw, ascending; one that is drawn twice stands twice."""


@dataclass(frozen=True, slots=True, eq=False)
class StatisticAgain:
    """The numbers of an analysis that is `Resampled`, computed from the data of each draw."""

    place: Place
    section: object
    result: object
    equation: Equation
    data: EstimationData
    raw: pd.DataFrame
    names: tuple[str, ...] = ()
    """Numbers that the data of the study give, in the order of `values`."""

    def numbers(
        self,
        frames: Mapping[EstimationData, pd.DataFrame | StudyError],
        times: Mapping[object, int],
    ) -> Mapping[str, float]:
        """Compute the numbers by their names; none where these data give none."""
        data, analysis = frames[self.data], ANALYSES.get(self.place[0])
        assert isinstance(analysis, Resampled)
        if isinstance(data, StudyError):
            return {}
        try:
            sample = Estimation.of(self.equation, data, self.data.as_measured, self.raw, times)
            return analysis.statistic(self.section, self.result, sample)
        except (StudyError, np.linalg.LinAlgError):  # A draw may hold too little.
            return {}

    def values(
        self,
        frames: Mapping[EstimationData, pd.DataFrame | StudyError],
        times: Mapping[object, int],
    ) -> Iterator[float]:
        """Compute the numbers that the data of the study give, NaN where a draw gives none."""
        numbers = self.numbers(frames, times)
        values = (float(numbers.get(name, np.nan)) for name in self.names)
        return (value if np.isfinite(value) else np.nan for value in values)


@dataclass(frozen=True, slots=True, eq=False)
class StudyDraws:
    """Computes draws of the study by number; it can be sent to another process."""

    again: Again
    rows: StudyRows
    selection: Selection
    plan: RegressionPlan
    reestimation: Reestimation
    regressions: StudyRegressions | None
    """Where some have to be made again."""
    terms: tuple[Terms, ...]
    """Of each quantity."""
    statistics: tuple[StatisticAgain, ...] = ()
    """Numbers that follow from no slopes; they stand behind the quantities."""

    def __call__(self, numbers: range) -> Array:
        """Compute draws, shape (len(numbers), quantities + 1); last the rows without a score."""
        return np.array([self.compute(self.selection.select(k)) for k in numbers])

    def compute(self, entities: Codes) -> Array:
        """Compute the quantities on entities, ascending; NaN where there is no answer."""
        # An entity that is drawn twice is one point of the frontier, but two of the regressions.
        distinct = np.unique(entities)
        rows = self.rows.of_entities(distinct)
        try:
            scores = self.again.measured(rows)
        except StudyError:  # No frontier, or no meaning of the measure, in this draw.
            n_statistics = sum(len(each.names) for each in self.statistics)
            return np.full(len(self.terms) + n_statistics + 1, np.nan)
        moving = self.again.moving(scores)
        whole = np.full((len(self.rows.entity), moving.shape[1]), np.nan)
        whole[rows] = moving
        slopes = self.reestimation.slopes(entities, whole)
        asked = tuple(self.regressions.given.frames) if self.regressions is not None else ()
        asked = tuple(dict.fromkeys((*asked, *(each.data for each in self.statistics))))
        ascending = np.argsort(rows)  # as the data of a study stand
        frames = self.again.frames(rows[ascending], scores[ascending], asked) if asked else {}
        if self.regressions is not None:
            more = self._slopes_again(self.regressions, entities, frames, whole)
            slopes = np.concatenate([slopes, more])
        # A slope without a value makes the quantity NaN, and a product of an infinite one too.
        quantities = [_value(terms, slopes) for terms in self.terms]
        statistics = self._statistics_again(entities, frames)
        return np.array([*quantities, *statistics, float(np.isnan(scores).any(axis=1).sum())])

    def _statistics_again(
        self, entities: Codes, frames: Mapping[EstimationData, pd.DataFrame | StudyError]
    ) -> Iterator[float]:
        """Compute the numbers that follow from no slopes, in the order of the plan."""
        if not self.statistics:
            return
        names = self.again.index.get_level_values(0)
        numbers, counts = np.unique(entities, return_counts=True)
        several = zip(numbers[counts > 1], counts[counts > 1], strict=True)
        times = {names[self.rows.of_entities(np.array([e]))[0]]: int(n) for e, n in several}
        for each in self.statistics:
            yield from each.values(frames, times)

    def _slopes_again(
        self,
        regressions: StudyRegressions,
        entities: Codes,
        frames: Mapping[EstimationData, pd.DataFrame | StudyError],
        whole: Array,
    ) -> Array:
        """Estimate the regressions that are made from each draw, in the order of the plan."""
        posed = pose_again(regressions, self.plan.made_again, frames, self.again.index)
        again = Reestimation.of(list(posed.values()), self.rows, whole)
        names = [(name, variable) for name, each in posed.items() for variable in each.slopes]
        values = dict(zip(names, again.slopes(entities, whole), strict=True))
        # What cannot be made in this draw has no slope: NaN in its place.
        planned = self.plan.slopes[sum(self.reestimation.n_slopes) :]
        return np.array([values.get(slope, np.nan) for slope in planned])


def _value(terms: Terms, slopes: Array) -> float:
    total = 0.0
    for lines in terms:
        product = 1.0
        for line in lines:
            product *= sum(weight * slopes[number] for weight, number in line)
        total += product
    return float(total)


def study_draws(
    given: Given, again: Again, rows: StudyRows, selection: Selection, places: tuple[Place, ...]
) -> tuple[StudyDraws, list[tuple[Place, Quantity]]]:
    """Prepare the draws, and list the quantities in the order in which each draw gives them."""
    scores = again.measured(np.arange(len(again.index), dtype=np.intp))
    regressions = StudyRegressions(given, places)
    plan = make_plan(regressions, again, scores)
    numbers = {slope: number for number, slope in enumerate(plan.slopes)}
    quantities, terms = [], []
    for place, quantity in list_quantities(given, places):
        numbered = _terms(place, quantity, numbers)
        if numbered is not None:
            quantities.append((place, quantity))
            terms.append(numbered)
    statistics, estimates = list_statistics(given, again, scores, places)
    quantities += estimates
    if not quantities:
        text = message("No regression of the study was estimated that could be drawn again.")
        remedy = message("ask for a table of regressions, or leave it out.")
        raise MethodError(Problem("whole_study.nothing", text, remedy=remedy))
    reestimation = Reestimation.of(plan.posed, rows, again.moving(scores))
    # Without a regression that is made again the frames need not be sent to the processes.
    needed = regressions if plan.made_again else None
    behind = {(*each.place, ""): _sources_behind(each.data, again, scores) for each in statistics}
    plan = replace(plan, behind={**plan.behind, **behind})
    draws = StudyDraws(
        again, rows, selection, plan, reestimation, needed, tuple(terms), tuple(statistics)
    )
    return draws, quantities


def list_statistics(
    given: Given, again: Again, scores: Array, places: tuple[Place, ...]
) -> tuple[list[StatisticAgain], list[tuple[Place, Quantity]]]:
    """Prepare the numbers of analyses that are `Resampled`, with their estimates from the data of the study.

    One whose numbers these data do not give, or that reads several regressions, is left out: `not_drawn`.
    """
    statistics, estimates = [], []
    rows = np.arange(len(again.index), dtype=np.intp)
    for place in places:
        analysis, result = ANALYSES.get(place[0]), given.results[place]
        if not isinstance(analysis, Resampled) or isinstance(result, Unavailable):
            continue
        section = given.study.section(*place)
        reads = analysis.reads(section, given.study)
        if (len(reads.data), len(reads.equations)) != (1, 1):
            continue
        raw = (
            given.panel.frame[list(reads.panel)] if reads.panel else pd.DataFrame(index=again.index)
        )
        one = StatisticAgain(place, section, result, reads.equations[0], reads.data[0], raw)
        frames = again.frames(rows, scores, reads.data)
        numbers = {n: float(v) for n, v in one.numbers(frames, {}).items() if np.isfinite(v)}
        words = analysis.statistic_words(section, result, given.study)
        statistics += [replace(one, names=tuple(numbers))] if numbers else []
        estimates += [
            (place, Quantity("statistic", (n,), (), v, np.nan, np.nan, words=words.get(n, "")))
            for n, v in numbers.items()
        ]
    return statistics, estimates


def _sources_behind(asked: EstimationData, again: Again, scores: Array) -> frozenset[int]:
    """Find the scores from which data follow: those whose change changes a column."""
    rows = np.arange(len(again.index), dtype=np.intp)
    usual = again.frames(rows, scores, (asked,))[asked]
    behind = set()
    for number in range(scores.shape[1]):
        one = scores.copy()
        one[:, number] = np.random.default_rng(20240229).uniform(0.2, 0.8, len(scores))
        after = again.frames(rows, one, (asked,))[asked]
        frames = (
            each.reindex(columns=asked.columns)
            for each in (usual, after)
            if not isinstance(each, StudyError)
        )
        first, *second = frames
        if not (second and first.equals(second[0])):
            behind.add(number)
    return frozenset(behind)


def _terms(
    place: Place, quantity: Quantity, numbers: Mapping[tuple[Name, str], int]
) -> Terms | None:
    """Put numbers in the place of the names of slopes; None where one is not estimated."""
    try:
        return tuple(
            tuple(
                tuple(
                    (weight, numbers[(*place, name), variable]) for weight, (name, variable) in line
                )
                for line in lines
            )
            for lines in quantity.products
        )
    except KeyError:
        return None


def list_quantities(given: Given, places: tuple[Place, ...]) -> Iterator[tuple[Place, Quantity]]:
    """List the quantities of the analyses that have a result."""
    for key, name in places:
        result = given.results[key, name]
        if not isinstance(result, Unavailable) and not isinstance(ANALYSES.get(key), Resampled):
            section = given.study.section(key, name)
            for quantity in ANALYSES.get(key).quantities(section, result, given.study):
                yield (key, name), quantity


def n_left_out(
    given: Given, places: tuple[Place, ...], quantities: list[tuple[Place, Quantity]]
) -> int:
    """Count the quantities whose regressions could not be made for draws."""
    drawn = sum(quantity.kind != "statistic" for _, quantity in quantities)
    return sum(1 for _ in list_quantities(given, places)) - drawn


def not_drawn(
    study: Study, places: Sequence[Place], quantities: Iterable[tuple[Place, Quantity]]
) -> tuple[Place, ...]:
    """List the sections that estimate something and have no number among the quantities.

    Those at `places` have a number by what they are: it could not be computed from the data of the study, or
    their regressions were left out, which is counted elsewhere.
    """
    drawn = {place for place, _ in quantities}
    found = []
    for key, analysis in in_order():
        for name, section in study.sections(key).items() if analysis.under != "inference" else ():
            if (key, name) in places:
                is_left = isinstance(analysis, Resampled) and (key, name) not in drawn
            else:
                is_left = bool(analysis.reads(section, study).equations)
            found += [(key, name)] if is_left else []
    return tuple(found)


def not_drawn_notes(places: Sequence[Place], shown: Shown) -> Iterator[Wording]:
    """Name the sections whose numbers are not computed again."""
    if places:
        yield message(
            "Not computed again: {sections}.",
            sections=listed([section_title(place, shown) for place in places]),
        )


def places_for_machines(places: Sequence[Place]) -> list[str]:
    """Name sections as results.json does: key and name, or the key alone where both are one.

    >>> places_for_machines([("tables", "baseline"), ("specification_curve", "specification_curve")])
    ['tables.baseline', 'specification_curve']
    """
    return [".".join(dict.fromkeys(place)) for place in places]


MANY = 8
"""Effects that a sentence names; of more it gives the number."""
KINDS: Mapping[str, Wording] = MappingProxyType(
    {
        "interaction": message("interaction"),
        "index": message("mean + SD less mean − SD"),
    }
)
LEVELS: Mapping[str, Wording] = MappingProxyType(
    {
        "low": message("at mean − SD"),
        "mean": message("at the mean"),
        "high": message("at mean + SD"),
    }
)


def name_effect(quantity: Quantity, shown: Shown) -> Wording:
    """Name an effect by labels: its path, and what it is of it.

    The number of the column stands first where the effect is one of a table.
    """
    labels = shown.style.labels
    words = [name_of(name, labels) for name in quantity.links]
    path = reduce(lambda left, right: message("{left} → {right}", left=left, right=right), words)
    if quantity.moderator:
        path = message(
            "{path} | {moderator}", path=path, moderator=name_of(quantity.moderator, labels)
        )
    study = shown.study
    if quantity.words:
        return quantity.words
    if quantity.kind == "difference":
        return message(
            "{path}, {first} less {second}",
            path=path,
            first=study.member_label(quantity.grouping, quantity.group),
            second=study.member_label(quantity.grouping, quantity.other),
        )
    if quantity.group:
        return message(
            "{effect}, {group}",
            effect=path,
            group=study.member_label(quantity.grouping, quantity.group),
        )
    kind = KINDS.get(quantity.kind, LEVELS.get(quantity.at))
    if kind is not None:
        return message("{path}, {what}", path=path, what=kind)
    if quantity.kind == "direct":
        return message(
            "{path}, beside {mediator}",
            path=path,
            mediator=name_of(quantity.past, labels),
        )
    return (
        message("({number}) {path}", number=quantity.column, path=path) if quantity.column else path
    )


class NamedQuantity(Protocol):
    """What is known of a quantity, of whatever analysis."""

    @property
    def quantity(self) -> Quantity:
        """The quantity."""

    @property
    def place(self) -> Place:
        """Where it stands."""


N = TypeVar("N", bound=NamedQuantity)


def distinct(found: Iterable[N]) -> tuple[N, ...]:
    """Take each effect once, by its first estimate: a slope stands in a table, a mediation and a moderation."""
    first: dict[object, N] = {}
    for each in found:
        q = each.quantity
        # The effect at the mean of a moderator is that of the regression without it.
        is_whole = q.kind in {"slope", "indirect"} or (q.kind == "conditional" and q.at == "mean")
        of_kind: object = "effect" if is_whole else (q.kind, q.moderator, q.at, q.past)
        if q.kind == "statistic":  # Two sections may call theirs alike.
            of_kind = each.place
        first.setdefault((of_kind, q.links, q.grouping, q.group, q.other), each)
    return tuple(first.values())


def section_title(place: Place, shown: Shown) -> Wording:
    """Title of a section."""
    key, name = place
    return title_of(ANALYSES.get(key), name, shown.study.sections(key), shown.study)


def effect_key(place: Place, quantity: Quantity) -> str:
    """Name an effect for machines: tables.baseline/1 HEE -> GTFP."""
    key, name = place
    where = f"{key}.{name}" + (f"/{quantity.column}" if quantity.column else "")
    more = (
        *(() if quantity.kind == "slope" else (quantity.kind,)),
        *((f"{quantity.grouping}: {quantity.group}",) if quantity.grouping else ()),
        *((f"less {quantity.other}",) if quantity.other else ()),
        *((f"| {quantity.moderator}",) if quantity.moderator else ()),
        *((f"at {quantity.at}",) if quantity.at else ()),
        *((f"beside {quantity.past}",) if quantity.past else ()),
    )
    return " ".join((where, " -> ".join(quantity.links), *more))


def name_in_section(place: Place, quantity: Quantity, shown: Shown) -> Wording:
    """Name an effect with its section, for a sentence."""
    return message(
        "{effect} ({section})",
        effect=name_effect(quantity, shown),
        section=section_title(place, shown),
    )


def effect_record(place: Place, quantity: Quantity) -> dict[str, object]:
    """Identify an effect for machines, with its estimate and its usual interval."""
    fields = asdict(quantity)
    del fields["products"], fields["words"]
    return {
        "of": ".".join(place),
        "key": effect_key(place, quantity),
        **{name: value for name, value in fields.items() if value not in ("", 0)},
        "estimate": quantity.estimate,
    }


def rows_by_section(
    effects: Iterable[tuple[Place, Quantity, tuple[Cell, ...]]], shown: Shown
) -> Iterator[Row]:
    """Set one row an effect, those of a section of the study below its title."""
    for place, members in groupby(effects, key=lambda effect: effect[0]):
        rows = [
            Row(name_effect(quantity, shown), cells, key=effect_key(place, quantity))
            for _, quantity, cells in members
        ]
        empty = (EMPTY,) * len(rows[0].cells)
        yield Row(section_title(place, shown), empty, key=".".join(place), rule_above=True)
        yield from rows


def excludes_zero(low: float, high: float) -> bool:
    """Whether an interval lies on one side of 0."""
    return low > 0.0 or high < 0.0
