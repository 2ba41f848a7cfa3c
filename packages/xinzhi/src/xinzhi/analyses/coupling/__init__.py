"""Coupling coordination: how far several indices are developed together, with classes in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import model_validator

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.of_steps import (
    PreparedSection,
    StepAnalysis,
    index_place,
    name_of,
    refuse_changed,
)
from xinzhi.options import Refused
from xinzhi.prepare.steps.coordination import COUPLINGS, CouplingOptions, coordinate_rows
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import rows_of, table_from
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import PERIOD
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_econometrics.composite.coordination import CLASSES, class_places

WORDS: Mapping[str, Message] = {
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

    @model_validator(mode="after")
    def _check(self) -> CouplingSection:
        if found := self.refusal():
            what, remedy, _ = found
            raise Refused(what, remedy)
        return self


@dataclass(frozen=True, slots=True, eq=False)
class CouplingCoordination(InNotebook):
    """Coordination of each row, and its classes."""

    rows: pd.DataFrame
    """By (entity, period): coupling C, development T, degree D, all from 0 to 1, and the class."""

    @property
    def counts(self) -> pd.DataFrame:
        """Number of entities in each class by period, all ten classes from low to high."""
        periods = self.rows.index.get_level_values(PERIOD)
        counts = pd.crosstab(periods, self.rows["class"])
        return counts.reindex(columns=list(CLASSES), fill_value=0).rename_axis(index="period")

    @property
    def empty(self) -> tuple[str, ...]:
        """Classes that no row is in."""
        counts = self.counts
        return tuple(name for name in CLASSES if not counts[name].any())

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
        `rows`: coupling, development, degree and class of each row; `counts` of the classes by period.

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

    def notices(self, result: CouplingCoordination) -> Iterator[Notice]:
        """Say which classes nobody is in."""
        if result.empty and len(result.empty) < len(CLASSES):
            names = listed([WORDS[name] for name in result.empty])
            text = message(
                "Nobody is in {n} of the ten classes of coordination: {names}.",
                n=len(result.empty),
                names=names,
            )
            yield Notice("coupling.empty_class", text)

    def show(
        self, section: CouplingSection, result: CouplingCoordination, shown: Shown
    ) -> Exhibits:
        """Set means by period with the number of entities in each class that somebody is in."""
        means = result.rows[["coupling", "development", "degree"]].groupby(level=PERIOD).mean()
        frame = means.join(result.counts)
        present: dict[str, tuple[Wording, Wording]] = {
            name: (message("Entities"), WORDS[name]) for name in CLASSES if name not in result.empty
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
                    "C: {form}; T: weighted mean of {names}; D = √(CT). Means over the entities; classes of D are a "
                    "tenth wide.",
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
        return Exhibits((table,))

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
    names = [WORDS[CLASSES[int(place)]] for place in class_places(np.array([first, last]))]
    yield message(
        "The mean degree of coordination is {first} in {start} ({before}) and {last} in {end} ({after}).",
        first=numbers.number(float(first), 3),
        start=period_name(int(known.index[0])),
        before=names[0],
        last=numbers.number(float(last), 3),
        end=period_name(int(known.index[-1])),
        after=names[1],
    )


ANALYSES.add("coupling")(CouplingAnalysis())
