"""Columns that relate indices or quantities to each other: coupling coordination, and Tapio's decoupling."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import ConfigDict, Field

from xinzhi.options import Names
from xinzhi.prepare.columns import (
    Flags,
    Floats,
    derive,
    entry_of,
    numbers,
    refuse_cross_section,
    refuse_where,
)
from xinzhi.prepare.step import NO_SOURCES, STEPS, CheckedStep, PreparedOptions, Sources
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.panel import transforms
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_econometrics.composite.coordination import (
    Coordination,
    Form,
    coordinate,
    elasticity,
)

FEWEST, MOST = 2, 4
"""Numbers of indices for which coupling is computed."""
SUM = 1e-6
"""Distance of the sum of weights from 1 that is rounding."""
COUPLINGS: dict[str, Message] = {
    "standard": message("geometric over arithmetic mean"),
    "ratio": message("corrected for the distance between the indices"),
}
"""Form of the coupling C -> its name."""


class CouplingOptions(PreparedOptions):
    """Indices whose coordination is measured."""

    of: Names
    """Two to four indices from 0 to 1."""
    form: Form = "standard"
    """standard: C is the geometric over the arithmetic mean of the indices; ratio: C is also smaller where they lie
    apart (Wang et al. 2021)."""
    weights: Annotated[tuple[float, ...], Field(strict=False)] = ()
    """Weights of the indices in T, summing to 1; the same for each where left out."""

    @property
    def shares(self) -> Floats:
        """Weights of the indices, (n,)."""
        return np.array(self.weights or [1 / len(self.of)] * len(self.of), dtype=np.float64)

    def refusal(self) -> tuple[Wording, Wording, str] | None:
        """Say what is wrong with the options: what, the remedy and the option."""
        n = len(self.of)
        if not FEWEST <= n <= MOST or len(set(self.of)) < n:
            what = message("Coupling is defined for 2 to 4 different indices.")
            return what, message("name 2 to 4 of them under `of`."), "of"
        total = sum(self.weights)
        is_weights = len(self.weights) == n and all(weight >= 0 for weight in self.weights)
        if self.weights and not (is_weights and abs(total - 1.0) <= SUM):
            what = message("Weights are one number for each index, not negative, and sum to 1.")
            return what, message("write one weight for each index."), "weights"
        return None


def coordinate_rows(panel: Panel, options: CouplingOptions, *, step: str) -> Coordination:
    """Measure the coordination of each row of a panel; NaN where an index is missing or all are 0.

    Raises
    ------
    OutOfDomain
        `coupling.domain`: an index outside [0, 1], with its row.
    """
    u = numbers(panel, options.of, step=step)
    for name in options.of:
        refuse_where(
            panel,
            ((u[name] < 0) | (u[name] > 1)).to_numpy(),
            name,
            code="coupling.domain",
            what=message("Coupling needs indices from 0 to 1, not {value}."),
            remedy=message(
                "take an index from 0 to 1, such as `entropy_index` with `shift: 0` or `score: topsis`."
            ),
        )
    return coordinate(u.to_numpy(), options.shares, options.form)


@STEPS.add("coupling")
class Coupling(CheckedStep, CouplingOptions):
    """Degree of coupling coordination of 2 to 4 indices, D = sqrt(C T) (Liao 1999; Wang et al. 2021)."""

    model_config = ConfigDict(strict=True)

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name` with the degree of coordination D."""
        del sources
        degree = coordinate_rows(panel, self, step=name).degree
        u = panel.frame[list(self.of)]
        zero = (u.notna().all(axis=1) & np.isnan(degree)).to_numpy()
        why = message(
            "degree of coupling coordination of {names} ({form})",
            names=listed(self.of),
            form=COUPLINGS[self.form],
        )
        undefined = message("All indices are 0: their coupling is not defined.")
        return derive(
            panel,
            step=name,
            kind="coupling",
            values=degree,
            why=why,
            uses=self.of,
            more=_flagged(panel, rows=zero, why=undefined, step=name, kind="coupling"),
        )


class TapioOptions(PreparedOptions):
    """What is decoupled from what."""

    of: str
    """Quantity that is to be decoupled, such as emissions."""
    by: str
    """Quantity that it is compared with, such as output."""
    every: int = Field(default=1, ge=1)
    """Periods between the two dates of a change."""

    def refusal(self) -> tuple[Wording, Wording, str] | None:
        """Refuse a quantity that is compared with itself: its elasticity is 1 everywhere."""
        if self.of != self.by:
            return None
        what = message("'{name}' is compared with itself.", name=self.of)
        return what, message("name another quantity."), "by"


@STEPS.add("tapio")
class Tapio(CheckedStep, TapioOptions):
    """Elasticity of decoupling, e = (Δy / y) / (Δx / x) (Tapio 2005)."""

    model_config = ConfigDict(strict=True)

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; the first periods of an entity have none."""
        del sources
        values = elasticities(panel, self, step=name)["elasticity"].to_numpy()

        def again(frame: pd.DataFrame) -> Floats:
            return changes(frame, self)["elasticity"].to_numpy()

        rows = changes(panel.frame, self)
        has_both = rows[["start", "end", "by_start", "by_end"]].notna().all(axis=1).to_numpy()
        undefined = message(
            "No elasticity: a quantity starts from 0, or {by} does not change.", by=self.by
        )
        return derive(
            panel,
            step=name,
            kind="tapio",
            values=values,
            why=message("elasticity of decoupling of {of} from {by}", of=self.of, by=self.by),
            uses=(self.of, self.by),
            more=_flagged(
                panel,
                rows=has_both & np.isnan(values),
                why=undefined,
                step=name,
                kind="tapio",
            ),
            again=again,
        )


def elasticities(panel: Panel, options: TapioOptions, *, step: str) -> pd.DataFrame:
    """Relate the changes of two columns, row by row; see `changes` for the columns.

    Raises
    ------
    SpecError
        `option.domain`, `expression.no_periods`: changes over less than one period, or without periods.
    OutOfDomain
        `tapio.negative`: a value below 0, with its row.
    DataError
        `tapio.no_change`: no entity has a change.
    """
    refuse_cross_section(panel, options.every, step=step)
    x = numbers(panel, (options.of, options.by), step=step)
    for name in x:
        refuse_where(
            panel,
            (x[name] < 0).to_numpy(),
            str(name),
            code="tapio.negative",
            what=message("A relative change from {value} has no direction."),
            remedy=message("use quantities that are not negative."),
        )
    found = changes(panel.frame, options)
    if not found[["start", "end", "by_start", "by_end"]].notna().all(axis=1).any():
        raise DataError(
            Problem(
                "tapio.no_change",
                message(
                    "No entity has both '{of}' and '{by}' at two dates that are {n} periods apart.",
                    one="No entity has both '{of}' and '{by}' at two dates that are {n} period apart.",
                    n=options.every,
                    of=options.of,
                    by=options.by,
                ),
                Where(file=panel.source, key=f"prepare.{step}"),
                message("write a smaller `every`, or name columns that are there in more periods."),
            )
        )
    return found


def changes(frame: pd.DataFrame, options: TapioOptions) -> pd.DataFrame:
    """Set both quantities at the start and the end of each change beside its elasticity.

    Columns start, end, by_start, by_end, elasticity; the row is that of the end.
    """
    end, by_end = (
        frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in (options.of, options.by)
    )
    start, by_start = (transforms.lag(frame.index, x, options.every) for x in (end, by_end))
    return pd.DataFrame(
        {
            "start": start,
            "end": end,
            "by_start": by_start,
            "by_end": by_end,
            "elasticity": elasticity(start, end, by_start, by_end),
        },
        index=frame.index,
    )


def _flagged(panel: Panel, *, rows: Flags, why: Message, step: str, kind: str) -> tuple[Entry, ...]:
    """Name rows without a value in the ledger; nothing where there are none."""
    if not rows.any():
        return ()
    return (entry_of(panel, rows, why, step=step, kind=kind, change="flagged"),)
