"""Equations: a regression of a study, and what is changed before it is estimated."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xinzhi.analyses.section import Member, as_written
from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.regression.instruments.estimate import TAU
from xinzhi.regression.specification import DEFAULT, Covariance, Regression
from xinzhi.regression.variation import Variation, changes
from xinzhi.wording import message

Dropped = tuple[tuple[str, tuple[Member, ...]], ...]
Instruments = tuple[tuple[str, tuple[str, ...]], ...]
Frontier = tuple[tuple[str, object], ...]
"""Options under which scores are measured again, each with its value."""
ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Equation:
    """A regression, and what is changed before it is estimated."""

    regression: Regression
    variation: Variation = Variation()
    """Variables that take the place of others, window, percentiles."""
    drop: Dropped = ()
    """Grouping, or entity, and the members whose rows are left out."""
    instruments: Instruments = ()
    """Endogenous regressors, each with its instruments."""
    tau: float = TAU
    """Share of the worst bias above which they count as weak."""
    frontier: Frontier = ()
    declared: Covariance = DEFAULT
    """Standard errors by which the study judges its effects, whatever errors the regression has."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables that are read, those of instruments and replacements included."""
        asked = self.regression
        return tuple(
            dict.fromkeys(
                (
                    asked.outcome,
                    *asked.regressors,
                    *asked.controls,
                    *self.variation.replace.values(),
                    *(name for _, names in self.instruments for name in names),
                )
            )
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that are not variables: effects, clusters, groupings."""
        asked = self.regression
        clusters = (*asked.covariance.clusters, *self.declared.clusters)
        return (*asked.effects, *clusters, *(name for name, _ in self.drop))

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        return tuple(dict.fromkeys((*self.variables, *self.keys)))

    def applied(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Regression]:
        """Change rows, columns and regression as the equation says."""
        return changes(drop_members(frame, self.drop), self.regression, self.variation)


def drop_members(frame: pd.DataFrame, drop: Dropped) -> pd.DataFrame:
    """Leave out the rows of the members that are dropped.

    Raises
    ------
    DataError
        A member has no row: dropping it would change nothing, so it is a slip.
    """
    remains = pd.Series(True, index=frame.index)
    # Members are compared as they are written, so that 1 in the file means 1.0 in the data.
    for name, members in drop:
        values = frame.index.get_level_values(0) if name == ENTITY else frame[name]
        written = pd.Index(values).map(as_written)
        wanted = [as_written(member) for member in members]
        _refuse_unknown(name, wanted, set(written[pd.notna(values)]))
        remains &= ~written.isin(wanted)
    return frame.loc[remains.to_numpy(dtype=bool)]


def _refuse_unknown(name: str, wanted: list[str], members: set[str]) -> None:
    problems = [
        Problem(
            "study.unknown_member",
            message("'{name}' has no member '{member}' in the data.", name=name, member=member),
            Where(key=f"drop.{name}"),
            suggestion(member, sorted(members)[:30]),
        )
        for member in wanted
        if member not in members
    ]
    if problems:
        raise DataError(problems)
