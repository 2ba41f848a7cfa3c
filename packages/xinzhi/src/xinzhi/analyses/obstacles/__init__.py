"""Obstacle degree: which indicators keep an entity from the best value of a composite index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.entropy_index.compute import IndexData
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.of_steps import (
    METHODS,
    PreparedSection,
    made,
    name_of,
    options_of,
    refuse_changed,
    steps_of,
)
from xinzhi.analyses.space_and_time import KEY, choose_dates, report_place
from xinzhi.options import PeriodNumber, Refused
from xinzhi.prepare.steps.entropy_index import IndexOptions
from xinzhi.present import numbers
from xinzhi.present.frames import rows_of, table_from
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.errors import Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.composite.index import obstacles
from xinzhi_econometrics.space.scores import list_names


class ObstaclesSection(PreparedSection, IndexOptions):
    """Obstacles of a composite index: its indicators and weights, and the dates."""

    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""
    top: int = Field(default=3, ge=1)
    """How many of the largest obstacles of an entity are listed."""

    @model_validator(mode="after")
    def _check(self) -> ObstaclesSection:
        if found := self.refusal():
            what, remedy, _ = found
            raise Refused(what, remedy)
        if not self.standardise:
            raise Refused(
                message("Values as they are have no best value to be kept from."),
                message("leave out `standardise: false`."),
            )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class ObstacleDegrees(InNotebook):
    """Obstacle degrees: shares of the indicators in what an entity lacks."""

    dates: tuple[int, ...]
    """Periods that are compared."""
    degrees: pd.DataFrame
    """By (entity, period) and indicator; a row sums to 1, and is missing where an indicator is or nothing lacks."""
    by_dimension: pd.DataFrame
    """The same summed by dimension; no columns where none are declared."""

    @property
    def means(self) -> pd.DataFrame:
        """Mean over the entities of each date, by indicator."""
        by_period = self.degrees.groupby(level=PERIOD).mean()
        return by_period.loc[[date for date in self.dates if date in by_period.index]]

    def to_frame(self) -> pd.DataFrame:
        """Return the degrees of all rows."""
        return self.degrees


class ObstaclesAnalysis(Analysis[ObstaclesSection, ObstacleDegrees]):
    """Share out what keeps each entity from the best value of a composite index among its indicators.

    O_ij = w_j (1 - z_ij) / sum_k w_k (1 - z_ik), w the weights of the index and z its indicators from 0 to 1.

    Returns
    -------
    ObstacleDegrees
        `degrees` by row and indicator, which sum to 1; `by_dimension`; `means` at the dates.

    Raises
    ------
    SpecError, DataError
        As the composite index.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abc"), [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"talent": [1.0, 2.0, 4.0], "waste": [9.0, 7.0, 1.0]}, index=index)
    >>> found = xz.obstacles(frame, positive="talent", negative="waste", weights="equal")
    >>> found.degrees.round(4).loc["b"].values.tolist()
    [[0.4706, 0.5294]]
    """

    section = ObstaclesSection
    is_declared = False
    under = KEY
    verb = "obstacles"
    description = "Composite index -> what keeps entities from its best value."
    title = message("Obstacle degrees")
    place = report_place(45.6)

    def sections(self, key: str, options: Any) -> Mapping[str, ObstaclesSection]:
        """Take the options of the step that made the index, and the dates of the score."""
        steps = steps_of(options.prepare, "entropy_index")
        asked = {
            name: score
            for name, score in getattr(options, KEY).items()
            if score.obstacles is not None
        }
        return {
            name: ObstaclesSection.model_construct(
                prepared=score.obstacles.of,
                **options_of(steps[score.obstacles.of]),
                dates=score.dates,
                top=score.obstacles.top,
            )
            for name, score in asked.items()
            if score.obstacles.of in steps
        }

    def reads(self, section: ObstaclesSection, study: Study) -> Reads:
        """Read the indicators and the index."""
        del study
        return Reads(panel=(*section.indicators, *made(section)), methods=METHODS)

    def inspect(self, section: ObstaclesSection, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse dates that are not in the data, and an index of values as they are."""
        del study
        for period in section.dates or ():
            if period not in panel.periods:
                yield Problem(
                    "space.no_period",
                    message("The data have no period {period}.", period=period),
                    Where(period=period),
                    message("known: {known}.", known=list_names(map(period_name, panel.periods))),
                )
        if not section.standardise:
            yield Problem(
                "obstacles.scale",
                message("Values as they are have no best value to be kept from."),
                Where(),
                message("leave out `standardise: false`."),
            )

    def compute(self, section: ObstaclesSection, given: Given) -> ObstacleDegrees:
        """Build the index, and share out what each row lacks."""
        panel = given.panel
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
        return ObstacleDegrees(choose_dates(section.dates, panel), degrees, by_dimension)

    def notices(self, result: ObstacleDegrees) -> Iterator[Notice]:
        """Say how many rows have no degrees."""
        if n := int(result.degrees.isna().any(axis=1).sum()):
            text = message(
                "{n} rows have no obstacle degrees: an indicator is missing, or they are best in every one.",
                one="{n} row has no obstacle degrees: an indicator is missing, or it is best in every one.",
                n=n,
            )
            yield Notice("obstacles.missing", text)

    def show(self, section: ObstaclesSection, result: ObstacleDegrees, shown: Shown) -> Exhibits:
        """Set the means at the dates, and the largest obstacles of each entity at the last."""
        return Exhibits((_means(section, result, shown), _largest(section, result, shown)))


def _means(section: ObstaclesSection, result: ObstacleDegrees, shown: Shown) -> Table:
    """Set one row for each indicator and dimension, one column for each date."""
    means = result.means.T
    if len(result.by_dimension.columns):
        sums = result.by_dimension.groupby(level=PERIOD).mean().loc[list(means.columns)].T
        means = pd.concat([means, sums.rename(index=lambda name: f"dimension {name}")])
    dates = [period_name(int(date)) for date in means.columns]
    frame = means.set_axis([f"share_{date}" for date in dates], axis=1).rename_axis("indicator")
    labels: dict[str, Wording] = {name: shown.panel.label(name) for name in section.indicators}
    labels |= {
        f"dimension {name}": message("Sum of {dimension}", dimension=name)
        for name in section.dimensions
    }
    last = result.means.iloc[-1].dropna()
    reading: tuple[Wording, ...] = ()
    if len(last):
        reading = (
            message(
                "In {period} the largest obstacle on average is {name} ({share}%).",
                period=dates[-1],
                name=labels[str(last.idxmax())],
                share=numbers.number(100 * float(last.max()), 1),
            ),
        )
    return table_from(
        frame,
        {f"share_{date}": date for date in dates},
        id=f"{shown.name}_obstacles",
        title=message("Obstacle degrees of {index}", index=name_of(section, shown)),
        stub=message("Indicator"),
        labels=labels,
        notes=(message("Means over the entities; the degrees of an entity sum to 100%."),),
        reading=reading,
        machine={"means": rows_of(frame), "rows": rows_of(result.degrees)},
        part="text",
    )


def _largest(section: ObstaclesSection, result: ObstacleDegrees, shown: Shown) -> Table:
    """Set the largest obstacles of each entity at the last date, with their degrees."""
    date = result.dates[-1]
    rows = result.degrees[result.degrees.index.get_level_values(PERIOD) == date].droplevel(PERIOD)
    top = min(section.top, len(section.indicators))
    lines, machine = [], []
    for entity, degrees in rows.dropna().iterrows():
        largest = degrees.sort_values(ascending=False, kind="stable").iloc[:top]
        cells = tuple(
            Cell(
                message(
                    "{name} ({share}%)",
                    name=shown.panel.label(str(name)),
                    share=numbers.number(100 * float(degree), 1),
                ),
                "text",
            )
            for name, degree in largest.items()
        )
        lines.append(
            Row(shown.style.entities.get(str(entity), str(entity)), cells, key=str(entity))
        )
        machine.append({ENTITY: str(entity), "obstacles": largest.to_dict()})
    return Table(
        f"{shown.name}_largest_obstacles",
        message(
            "Largest obstacles of {index} in {period}",
            index=name_of(section, shown),
            period=period_name(int(date)),
        ),
        tuple(Column(f"rank {n}", str(n)) for n in range(1, top + 1)),
        tuple(lines),
        message("Entity"),
        machine={"period": int(date), "rows": machine},
    )


ANALYSES.add("obstacles")(ObstaclesAnalysis())
