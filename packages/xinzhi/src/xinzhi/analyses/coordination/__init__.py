"""How quantities develop beside each other: coordination of indices, decoupling, decomposition of a product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.of_steps import (
    PreparedSection,
    StepAnalysis,
    count_members,
    index_place,
    name_of,
    names_without,
    refuse_changed,
)
from xinzhi.analyses.section import Names, Refers, TitledSection
from xinzhi.analyses.space_and_time import choose_dates, unknown_dates
from xinzhi.options import PeriodNumber
from xinzhi.options import Refused as Refused
from xinzhi.prepare.steps.coordination import (
    COUPLINGS,
    CouplingOptions,
    TapioOptions,
    coordinate_rows,
    elasticities,
)
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import rows_of, table_from
from xinzhi.present.table import Table
from xinzhi_core.errors import (
    DataError,
    MethodError,
    OutOfDomain,
    Problem,
    StudyError,
    Where,
)
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import PERIOD, Panel
from xinzhi_core.panel.profile import holds_numbers
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, Wording, enumerated, listed, message
from xinzhi_econometrics.composite.coordination import CLASSES, STATES, class_places, state_places
from xinzhi_econometrics.composite.decomposition import IDENTITY, deviations, lmdi

CLASS_WORDS: Mapping[str, Message] = {
    "extreme_imbalance": message("extreme imbalance"),
    "severe_imbalance": message("severe imbalance"),
    "moderate_imbalance": message("moderate imbalance"),
    "mild_imbalance": message("mild imbalance"),
    "near_imbalance": message("near imbalance"),
    "bare_coordination": message("bare coordination"),
    "primary_coordination": message("primary coordination"),
    "intermediate_coordination": message("intermediate coordination"),
    "good_coordination": message("good coordination"),
    "superior_coordination": message("superior coordination"),
}
"""Class -> its name in print."""


class CouplingSection(PreparedSection, CouplingOptions):
    """Coupling coordination of several indices."""


@dataclass(frozen=True, slots=True, eq=False)
class CouplingCoordination(InNotebook):
    """Coordination of each row, and its classes."""

    rows: pd.DataFrame
    """By (entity, period): coupling C, development T, degree D, all from 0 to 1, and the class."""

    @property
    def counts(self) -> pd.DataFrame:
        """Number of entities in each class by period, all ten classes from low to high."""
        return count_members(self.rows["class"], CLASSES)

    @property
    def empty(self) -> tuple[str, ...]:
        """Classes that no row is in."""
        return names_without(self.counts)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Which classes nobody is in."""
        found = []
        if self.empty and len(self.empty) < len(CLASSES):
            names = listed([CLASS_WORDS[name] for name in self.empty])
            text = message(
                "No entity is in {n} of the ten classes of coordination: {names}.",
                n=len(self.empty),
                names=names,
            )
            found.append(Notice("coupling.empty_class", text))
        if missing := int(self.rows["degree"].isna().sum()):
            text = message(
                "{n} rows have no degree of coordination: an index is missing, or all of them are 0.",
                one="{n} row has no degree of coordination: an index is missing, or all of them are 0.",
                n=missing,
            )
            found.append(Notice("coupling.missing", text))
        return tuple(found)

    def to_frame(self) -> pd.DataFrame:
        """Return coupling, development, degree and class of each row."""
        return self.rows


class CouplingAnalysis(StepAnalysis[CouplingSection, CouplingCoordination]):
    """Measure the coupling coordination of 2 to 4 indices, D = sqrt(C T), T their weighted mean.

    `standard`: C is the geometric over the arithmetic mean of the indices. `ratio`: C = sqrt((1 - mean |U_i - U_j|)
    (prod U_i / max U)^(1/(n-1))). All lie between 0 and 1; the degree D has ten classes, a tenth each.

    Returns
    -------
    CouplingCoordination
        `rows`: coupling, development, degree (no unit) and class of each row; `counts` of the classes by period.

    Raises
    ------
    SpecError, OutOfDomain
        Not 2 to 4 indices, weights that do not sum to 1, or an index outside [0, 1].

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"digital": [0.4, 0.5], "green": [0.9, 0.5]}, index=index)
    >>> xz.coupling(frame, of=["digital", "green"]).rows["degree"].round(4).tolist()
    [0.7746, 0.7071]

    References
    ----------
    Liao (1999), Tropical Geography 19(2), 171-177; Wang, Kong, Ren, Zhi and Dai (2021), doi
    10.31497/zrzyxb.20210319.
    """

    section = CouplingSection
    step = "coupling"
    verb = "coupling"
    description = "Indices -> their coupling coordination."
    title = message("Coupling coordination")
    place = index_place(11.2)

    def columns(self, section: CouplingSection) -> tuple[str, ...]:
        """List the indices."""
        return section.of

    def compute(self, section: CouplingSection, given: Given) -> CouplingCoordination:
        """Measure coupling, development and degree, and class the degree."""
        found = coordinate_rows(given.panel, section, step=section.prepared or "coupling")
        refuse_changed(given.panel, section, found.degree)
        places = class_places(found.degree)
        names = [CLASSES[place] if place >= 0 else None for place in places]
        rows = pd.DataFrame(
            {"coupling": found.coupling, "development": found.development, "degree": found.degree},
            index=given.panel.frame.index,
        )
        return CouplingCoordination(rows.assign(**{"class": pd.array(names, dtype=object)}))

    def show(
        self, section: CouplingSection, result: CouplingCoordination, shown: Shown
    ) -> Exhibits:
        """Set means by period with the number of entities in each class that somebody is in."""
        means = result.rows[["coupling", "development", "degree"]].groupby(level=PERIOD).mean()
        frame = means.join(result.counts)
        present: dict[str, tuple[Wording, Wording]] = {
            name: (message("Entities"), CLASS_WORDS[name])
            for name in CLASSES
            if name not in result.empty
        }
        table = table_from(
            frame.rename_axis(PERIOD),
            {
                "coupling": message("Coupling C"),
                "development": message("Development T"),
                "degree": message("Degree D"),
                **present,
            },
            id=f"{shown.name}_coordination",
            title=message("Coupling coordination: {name}", name=name_of(section, shown)),
            stub=message("Period"),
            kinds=dict.fromkeys(CLASSES, "count"),
            notes=(
                message(
                    "C: {form}; T: weighted mean of {names}; D = √(CT). Means over the entities; classes of D are 0.1 "
                    "wide.",
                    form=COUPLINGS[section.form],
                    names=listed([shown.panel.label(name) for name in section.of]),
                ),
            ),
            reading=tuple(_course(means["degree"])),
            machine={
                "periods": rows_of(frame),
                "rows": rows_of(result.rows),
                "weights": dict(zip(section.of, section.shares.tolist(), strict=True)),
            },
            part="text",
        )
        return Exhibits((table,), prose=first_sentences(table))

    def draw(
        self, section: CouplingSection, result: CouplingCoordination, shown: Shown
    ) -> Iterator[Chart]:
        """Draw the means of C, T and D over time."""
        if not shown.panel.has_periods:
            return
        from xinzhi.present.plots import curve

        means = result.rows[["coupling", "development", "degree"]].groupby(level=PERIOD).mean()
        words = {
            "coupling": message("Coupling C"),
            "development": message("Development T"),
            "degree": message("Degree D"),
        }
        lines = [
            {"period": period, "value": value, "series": words[name]}
            for name in words
            for period, value in means[name].items()
        ]
        yield curve(
            pd.DataFrame(lines),
            ("period", message("Period")),
            ("value", message("Mean over the entities")),
            series="series",
            id=f"{shown.name}_coordination_chart",
            title=message("Coupling coordination: {name}", name=name_of(section, shown)),
        )


def _course(degree: pd.Series) -> Iterator[Wording]:
    """Say where the mean degree begins and ends, in words of the classes."""
    known = degree.dropna()
    if len(known) < 2:
        return
    first, last = known.iloc[0], known.iloc[-1]
    names = [CLASS_WORDS[CLASSES[int(place)]] for place in class_places(np.array([first, last]))]
    yield message(
        "The mean degree of coordination is {first} in {start} ({before}) and {last} in {end} ({after}).",
        first=numbers.number(float(first), 3),
        start=period_name(int(known.index[0])),
        before=names[0],
        last=numbers.number(float(last), 3),
        end=period_name(int(known.index[-1])),
        after=names[1],
    )


STATE_WORDS: Mapping[str, Message] = {
    "strong_decoupling": message("strong decoupling"),
    "weak_decoupling": message("weak decoupling"),
    "expansive_coupling": message("expansive coupling"),
    "expansive_negative_decoupling": message("expansive negative decoupling"),
    "strong_negative_decoupling": message("strong negative decoupling"),
    "weak_negative_decoupling": message("weak negative decoupling"),
    "recessive_coupling": message("recessive coupling"),
    "recessive_decoupling": message("recessive decoupling"),
}
"""State -> its name in print."""


class TapioSection(PreparedSection, TapioOptions):
    """Decoupling of one quantity from another."""


@dataclass(frozen=True, slots=True, eq=False)
class TapioDecoupling(InNotebook):
    """Elasticity and state of each change; the row is that of its end."""

    rows: pd.DataFrame
    """By (entity, period): change of both quantities relative to their start, elasticity, state."""
    undefined: int
    """Changes whose quantities are known and whose elasticity is not defined."""

    @property
    def counts(self) -> pd.DataFrame:
        """Number of entities in each state by period, all eight states."""
        return count_members(self.rows["state"], STATES)

    @property
    def empty(self) -> tuple[str, ...]:
        """States that no change is in."""
        return names_without(self.counts)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Which states no change is in, and how many changes have no elasticity."""
        found = []
        if self.undefined:
            text = message(
                "{n} changes have no elasticity: a quantity starts from 0, or the one it is compared with does not change.",
                one="{n} change has no elasticity: a quantity starts from 0, or the one it is compared with does not change.",
                n=self.undefined,
            )
            found.append(Notice("tapio.undefined", text))
        if self.empty and len(self.empty) < len(STATES):
            names = listed([STATE_WORDS[name] for name in self.empty])
            text = message(
                "No entity is in {n} of the eight states of decoupling: {names}.",
                n=len(self.empty),
                names=names,
            )
            found.append(Notice("tapio.empty_state", text))
        return tuple(found)

    def to_frame(self) -> pd.DataFrame:
        """Return elasticity and state of each row."""
        return self.rows


class TapioAnalysis(StepAnalysis[TapioSection, TapioDecoupling]):
    """Relate the relative changes of two quantities, e = (Δy / y) / (Δx / x), and name the state of decoupling.

    Where x grows: strong decoupling e < 0, weak decoupling e < 0.8, expansive coupling up to 1.2, expansive negative
    decoupling above. Where x shrinks: strong negative decoupling e < 0, weak negative decoupling e < 0.8, recessive
    coupling up to 1.2, recessive decoupling above.

    Returns
    -------
    TapioDecoupling
        `rows`: change, by_change (relative to the start), elasticity (no unit) and state of each row; `counts` of
        the states by period.

    Raises
    ------
    SpecError, OutOfDomain
        Data without periods, or a quantity below 0.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"co2": [100.0, 105.0], "gdp": [100.0, 110.0]}, index=index)
    >>> xz.tapio(frame, of="co2", by="gdp").rows["state"].dropna().tolist()
    ['weak_decoupling']

    References
    ----------
    Tapio (2005), doi 10.1016/j.tranpol.2005.01.001.
    """

    section = TapioSection
    step = "tapio"
    verb = "tapio"
    description = "Two quantities -> their decoupling."
    title = message("Decoupling")
    place = index_place(11.4)

    def columns(self, section: TapioSection) -> tuple[str, ...]:
        """List both quantities."""
        return (section.of, section.by)

    def compute(self, section: TapioSection, given: Given) -> TapioDecoupling:
        """Compute the elasticities, and name their states."""
        found = elasticities(given.panel, section, step=section.prepared or "tapio")
        e = found["elasticity"].to_numpy()
        refuse_changed(given.panel, section, e)
        places = state_places(e, (found["by_end"] > found["by_start"]).to_numpy())
        rows = pd.DataFrame(
            {
                "change": found["end"] / found["start"].where(found["start"] != 0) - 1,
                "by_change": found["by_end"] / found["by_start"].where(found["by_start"] != 0) - 1,
                "elasticity": e,
            }
        )
        names = [STATES[place] if place >= 0 else None for place in places]
        known = found[["start", "end", "by_start", "by_end"]].notna().all(axis=1)
        undefined = int((known & found["elasticity"].isna()).sum())
        return TapioDecoupling(rows.assign(state=pd.array(names, dtype=object)), undefined)

    def show(self, section: TapioSection, result: TapioDecoupling, shown: Shown) -> Exhibits:
        """Set the number of entities in each state by period."""
        of, by = (shown.panel.label(name) for name in (section.of, section.by))
        counts = result.counts
        table = table_from(
            counts.rename_axis(PERIOD),
            {
                name: (message("Entities"), STATE_WORDS[name])
                for name in STATES
                if name not in result.empty
            },
            id=f"{shown.name}_states",
            title=message("Decoupling of {of} from {by}", of=of, by=by),
            stub=message("Period"),
            kinds=dict.fromkeys(STATES, "count"),
            notes=(
                message(
                    "Elasticity: relative change of {of} over that of {by}; coupled from 0.8 to 1.2.",
                    of=of,
                    by=by,
                ),
            ),
            reading=tuple(_most(counts)),
            machine={"periods": rows_of(counts), "rows": rows_of(result.rows)},
            part="text",
        )
        return Exhibits((table,), prose=first_sentences(table))

    def draw(self, section: TapioSection, result: TapioDecoupling, shown: Shown) -> Iterator[Chart]:
        """Draw the number of entities in each state by period."""
        from xinzhi.present.plots import bars

        marks = [
            {"period": period_name(period), "n": int(n), "state": STATE_WORDS[state]}
            for state in STATES
            if state not in result.empty
            for period, n in result.counts[state].items()
        ]
        if marks:
            of, by = (shown.panel.label(name) for name in (section.of, section.by))
            yield bars(
                pd.DataFrame(marks),
                ("period", message("Period")),
                ("n", message("Entities")),
                series="state",
                id=f"{shown.name}_states_chart",
                title=message("Decoupling of {of} from {by}", of=of, by=by),
            )


def _most(counts: pd.DataFrame) -> Iterator[Wording]:
    """Say which state most entities are in at the last date, or which states where several are as frequent."""
    if len(counts) and counts.iloc[-1].sum():
        last = counts.iloc[-1]
        states = [STATE_WORDS[str(name)] for name in last.index[last == last.max()]]
        numbers_of_entities = {"k": int(last.max()), "n": int(last.sum())}
        period = period_name(int(counts.index[-1]))
        if len(states) == 1:
            yield message(
                "The most frequent state in {period} is {state} ({k} of {n}).",
                period=period,
                state=states[0],
                **numbers_of_entities,
            )
        else:
            yield message(
                "The most frequent states in {period} are {states} ({k} of {n} each).",
                period=period,
                states=enumerated(states),
                **numbers_of_entities,
            )


NAMED = 5
"""Rows that an error names."""


class DecomposeSection(TitledSection):
    """A product and its factors."""

    of: Annotated[str, Refers("data")]
    """Quantity whose change is decomposed, such as emissions."""
    factors: Annotated[Names, Refers("data"), Field(min_length=2)]
    """Its factors: their product is the quantity, but for a constant of the units."""
    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=2)
    """Periods between which changes are decomposed; where left out at most four, evenly apart, first and last
    among them."""


@dataclass(frozen=True, slots=True, eq=False)
class FactorDecomposition(InNotebook):
    """Parts of the factors in the change of the total, between neighbouring dates and from the first to the last."""

    additive: pd.DataFrame
    """By interval: start, end, n (entities), change, and the part of each factor, in the unit of the quantity."""
    multiplicative: pd.DataFrame
    """By interval: start, end, n, ratio of the totals, and the ratio that goes with each factor."""
    by_entity: pd.DataFrame
    """By (entity, interval): change, and the part of each factor."""
    with_zero: int
    """Changes of an entity from or to 0."""
    left_out: int
    """Changes of an entity with a missing value."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """How zeros were treated, and what was left out."""
        found = []
        if self.with_zero:
            text = message(
                "{n} changes of an entity begin or end at 0: they go in equal parts to the factors that are 0 there, "
                "the limit of small values.",
                one="{n} change of an entity begins or ends at 0: it goes in equal parts to the factors that are 0 "
                "there, the limit of small values.",
                n=self.with_zero,
            )
            found.append(Notice("decompose.zero", text))
        if self.left_out:
            text = message(
                "{n} changes of an entity are left out of the totals: a value at one of the dates is missing.",
                one="{n} change of an entity is left out of the totals: a value at one of the dates is missing.",
                n=self.left_out,
            )
            found.append(Notice("decompose.missing", text))
        return tuple(found)

    def to_frame(self) -> pd.DataFrame:
        """Return the additive parts by interval."""
        return self.additive


class DecomposeAnalysis(Analysis[DecomposeSection, FactorDecomposition]):
    """Decompose the change of a product into the parts of its factors (LMDI-I), additive and multiplicative.

    Δ_k = sum_i L(y_iT, y_i0) ln(x_ikT / x_ik0) and D_k = exp(Δ_k / L(Y_T, Y_0)), Y the total over the entities. The Δ_k
    sum to the change of the total, the D_k multiply to its ratio; a value of 0 takes the limit of small values.

    Returns
    -------
    FactorDecomposition
        `additive` (in the unit of the quantity) and `multiplicative` parts by interval, `by_entity`.

    Raises
    ------
    DataError, OutOfDomain
        A value below 0, or a quantity that is not the product of its factors.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"co2": [20.0, 60.0], "gdp": [10.0, 20.0], "rate": [2.0, 3.0]}, index=index)
    >>> found = xz.decompose(frame, of="co2", factors=["gdp", "rate"])
    >>> found.additive[["change", "gdp", "rate"]].round(4).loc["1–2"].tolist()
    [40.0, 25.2372, 14.7628]

    References
    ----------
    Ang (2005), doi 10.1016/j.enpol.2003.10.010; Ang and Liu (2007), doi 10.1016/j.enpol.2005.11.001.
    """

    section = DecomposeSection
    verb = "decompose"
    description = "Name -> a product whose change is decomposed by its factors."
    title = message("Decomposition by factors")
    place = index_place(11.6)

    def reads(self, section: DecomposeSection, study: Study) -> Reads:
        """Read the quantity and its factors."""
        del study
        return Reads(panel=(section.of, *section.factors))

    def inspect(self, section: DecomposeSection, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse dates that are not in the data; doubt values that cannot be decomposed."""
        del study
        yield from unknown_dates(section.dates, panel, Where())
        names = (section.of, *section.factors)
        if all(name in panel.frame and holds_numbers(panel.frame[name]) for name in names):
            try:
                refuse_unfit(panel, names)
            except StudyError as error:
                yield from (replace(problem, severity="warning") for problem in error.problems)

    def compute(self, section: DecomposeSection, given: Given) -> FactorDecomposition:
        """Decompose the change between neighbouring dates, and from the first to the last."""
        panel = given.panel
        names = (section.of, *section.factors)
        refuse_unfit(panel, names)
        dates = choose_dates(section.dates, panel)
        if len(dates) < 2:
            what = message("A change needs at least two periods.")
            remedy = message("use data of several periods, or name two `dates`.")
            raise MethodError(Problem("decompose.one_period", what, remedy=remedy))
        intervals = [*pairwise(dates), *([(dates[0], dates[-1])] if len(dates) > 2 else [])]
        return decompose(panel.frame[list(names)], section.factors, intervals)

    def show(
        self, section: DecomposeSection, result: FactorDecomposition, shown: Shown
    ) -> Exhibits:
        """Set both forms, one row for each interval."""
        tables = tuple(_tables(section, result, shown))
        return Exhibits(tables, prose=first_sentences(*tables))

    def draw(
        self, section: DecomposeSection, result: FactorDecomposition, shown: Shown
    ) -> Iterator[Chart]:
        """Draw the additive part of each factor by interval."""
        from xinzhi.present.plots import bars

        marks = [
            {"interval": interval, "part": part, "factor": shown.panel.label(factor)}
            for factor in section.factors
            for interval, part in result.additive[factor].items()
        ]
        yield bars(
            pd.DataFrame(marks),
            ("interval", message("Interval")),
            ("part", message("Part in the change of {of}", of=shown.column(section.of))),
            series="factor",
            id=f"{shown.name}_parts_chart",
            title=shown.title,
        )


def refuse_unfit(panel: Panel, names: tuple[str, ...]) -> None:
    """Refuse values below 0, and a quantity that is not the product of its factors.

    Raises
    ------
    OutOfDomain
        `decompose.negative`, with the rows.
    DataError
        `decompose.identity`, with the rows that deviate most.
    """
    values = panel.frame[list(names)].to_numpy(dtype=np.float64, na_value=np.nan)
    cells = np.argwhere(values < 0).tolist()
    if cells:
        raise OutOfDomain(
            Problem(
                "decompose.negative",
                message("{value} is negative.", value=float(values[i, j])),
                panel.place(i, names[j]),
                message("decompose values that are not negative."),
            )
            for i, j in cells
        )
    rows = np.flatnonzero(~np.isnan(values).any(axis=1))
    apart = deviations(values[rows, 0], values[rows][:, 1:])
    amiss = [int(k) for k in np.argsort(-apart, kind="stable")[:NAMED] if apart[k] > IDENTITY]
    if amiss:
        raise DataError(
            Problem(
                "decompose.identity",
                message(
                    "'{of}' is not the product of {factors}, but for a constant: {value} and {product}.",
                    of=names[0],
                    factors=listed(names[1:]),
                    value=float(values[rows[k], 0]),
                    product=float(values[rows[k], 1:].prod()),
                ),
                panel.place(int(rows[k]), names[0]),
                message(
                    "compute one factor as what is left by the others, such as intensity = of / gdp."
                ),
            )
            for k in amiss
        )


def decompose(
    frame: pd.DataFrame, factors: tuple[str, ...], intervals: list[tuple[int, int]]
) -> FactorDecomposition:
    """Decompose the change of the first column over each interval; entities with a gap are left out of it."""
    periods = frame.index.get_level_values(PERIOD)
    by_date = {
        date: frame[periods == date].droplevel(PERIOD) for pair in intervals for date in pair
    }
    additive, multiplicative, rows = {}, {}, {}
    with_zero = left_out = 0
    for start, end in intervals:
        union = by_date[start].index.union(by_date[end].index)
        values = np.hstack([by_date[date].reindex(union).to_numpy(float) for date in (start, end)])
        complete = ~np.isnan(values).any(axis=1)
        entities, values, k = union[complete], values[complete], frame.shape[1]
        left_out += len(union) - len(entities)
        y0, y1 = values[:, 0], values[:, k]
        found = lmdi((y0, y1), (values[:, 1:k], values[:, k + 1 :]))
        with_zero += int(found.with_zero.sum())
        interval = f"{period_name(start)}–{period_name(end)}"
        head = {"start": start, "end": end, "n": len(entities)}
        parts = dict(zip(factors, found.additive.tolist(), strict=True))
        additive[interval] = {**head, "change": float(y1.sum() - y0.sum()), **parts}
        ratio = float(y1.sum() / y0.sum()) if y0.sum() > 0 else np.nan
        ratios = dict(zip(factors, found.multiplicative.tolist(), strict=True))
        multiplicative[interval] = {**head, "ratio": ratio, **ratios}
        for entity, change, row in zip(entities, y1 - y0, found.by_row, strict=True):
            rows[entity, interval] = {"change": change, **dict(zip(factors, row, strict=True))}
    by_entity = pd.DataFrame.from_dict(rows, orient="index")
    if rows:
        by_entity.index = pd.MultiIndex.from_tuples(list(rows), names=["entity", "interval"])
    in_sum, in_ratio = (
        pd.DataFrame.from_dict(form, orient="index").rename_axis("interval")
        for form in (additive, multiplicative)
    )
    return FactorDecomposition(in_sum, in_ratio, by_entity, with_zero, left_out)


def _tables(
    section: DecomposeSection, result: FactorDecomposition, shown: Shown
) -> Iterator[Table]:
    """Set the additive parts in the unit of the quantity, then the ratios."""
    of = shown.column(section.of)
    labels = {name: shown.panel.label(name) for name in section.factors}
    forms = (
        (
            "additive",
            "change",
            message("Change"),
            message("{title}: change of {of}", title=shown.title, of=of),
        ),
        (
            "multiplicative",
            "ratio",
            message("Ratio"),
            message("{title}: ratio of {of}", title=shown.title, of=of),
        ),
    )
    for form, total, heading, title in forms:
        frame: pd.DataFrame = getattr(result, form)
        # Columns of factors may have any name; how a cell is written must not depend on it.
        written = frame.rename(columns={name: f"factor {name}" for name in section.factors})
        factors = {f"factor {name}": (message("Part of"), labels[name]) for name in section.factors}
        yield table_from(
            written,
            {"n": message("Entities"), total: heading, **factors},
            id=f"{shown.name}_{form}",
            title=title,
            stub=message("Interval"),
            notes=(
                message(
                    "LMDI-I of the total over the entities; the parts of an interval sum to its change."
                )
                if form == "additive"
                else message(
                    "LMDI-I of the total over the entities; the ratios multiply to that of the total."
                ),
            ),
            reading=tuple(_largest(section, result, shown)) if form == "additive" else (),
            machine={
                "rows": rows_of(frame),
                **({"entities": rows_of(result.by_entity)} if form == "additive" else {}),
            },
            part="text" if form == "additive" else "appendix",
        )


def _largest(
    section: DecomposeSection, result: FactorDecomposition, shown: Shown
) -> Iterator[Wording]:
    """Say which factor goes with most of the change over the longest interval."""
    last = result.additive.iloc[-1]
    parts = last[list(section.factors)].astype(float)
    name = str(parts.abs().idxmax())
    yield message(
        "Change of {of} from {start} to {end}: {change}; the part that is largest in absolute value, {part}, goes with {factor}.",
        start=period_name(int(last["start"])),
        end=period_name(int(last["end"])),
        of=shown.panel.label(section.of),
        change=numbers.number(float(last["change"]), shown.style.decimals),
        part=numbers.number(float(parts[name]), shown.style.decimals),
        factor=shown.panel.label(name),
    )


ANALYSES.add("coupling")(CouplingAnalysis())
ANALYSES.add("tapio")(TapioAnalysis())
ANALYSES.add("decompose")(DecomposeAnalysis())
