"""Scale efficiency and the class of returns to scale of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import message
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.frames import FRAMES
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.result import Activities, Array, Label

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", FRAMES)

Returns = Literal["constant", "increasing", "decreasing", "unknown"]
EQUAL = 1e-8
"""Scores this near are the same: two certified scores differ by 2e-9 at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Scale(InNotebook):
    """Efficiency of n rows by returns to scale, and what follows from their differences."""

    labels: tuple[Label, ...]
    constant: Array
    """Shape (n,): efficiency under constant returns."""
    variable: Array
    """Shape (n,): pure efficiency, under variable returns."""
    non_increasing: Array
    """Shape (n,): efficiency under non-increasing returns."""
    scale: Array
    """Shape (n,): constant / variable."""
    returns: tuple[Returns, ...]
    """Class of each row: increasing where it is too small, decreasing where it is too large."""
    options: Options = Options()
    """How the efficiencies are measured, but for the returns to scale."""
    has_bads: bool = False

    def to_frame(self) -> pd.DataFrame:
        """Return one row per row, indexed (entity, period)."""
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        return pd.DataFrame(
            {
                "constant": self.constant,
                "variable": self.variable,
                "non_increasing": self.non_increasing,
                "scale": self.scale,
                "returns": self.returns,
            },
            index=index,
        )


def suited_for_scale(measure: str) -> None:
    """Refuse a measure whose scores make no ratio of efficiencies.

    Raises
    ------
    SpecError
        A super score tells efficient rows apart, so that its ratio is not one of sizes; a sum of slacks
        is not an efficiency.
    """
    traits = MEASURES.get(measure).traits
    best = traits.efficiency(np.array([traits.best]), Options(measure))[0]
    if traits.is_super or best != 1:
        text = message(
            "Scale efficiency is a ratio of efficiencies of at most 1; {measure} has none.",
            measure=measure,
        )
        remedy = message("choose the measure radial or sbm.")
        raise SpecError(Problem("efficiency.scale", text, Where(key="measure"), remedy))


def scale_efficiency(
    activities: Activities,
    *,
    options: Options,
    groups: Sequence[str] | None = None,
    jobs: int = 1,
) -> Scale:
    """Compare constant, variable and non-increasing returns.

    Scale efficiency = constant / variable. Returns are constant where both agree, increasing where
    the non-increasing frontier agrees with the constant one, else decreasing.

    Raises
    ------
    SpecError
        The measure is a super measure, or its scores are not efficiencies.

    References
    ----------
    Färe, R., Grosskopf, S., Lovell, C. A. K. (1985). The Measurement of Efficiency of Production,
    doi 10.1007/978-94-015-7721-2.
    """
    options = checked(options)
    suited_for_scale(options.measure)
    efficiency = MEASURES.get(options.measure).traits.efficiency
    constant, variable, lower = (
        efficiency(
            evaluate(
                activities,
                options=replace(options, returns_to_scale=returns),
                groups=groups,
                jobs=jobs,
            ).scores,
            options,
        )
        for returns in ("constant", "variable", "non_increasing")
    )
    has_scores = np.isfinite(constant) & np.isfinite(variable) & np.isfinite(lower)
    classes: list[Returns] = [
        _class(*scores) if has_all else "unknown"
        for *scores, has_all in zip(constant, variable, lower, has_scores, strict=True)
    ]
    return Scale(
        activities.labels,
        constant,
        variable,
        lower,
        constant / variable,
        tuple(classes),
        options,
        has_bads=bool(activities.roles.bad_outputs),
    )


def _class(constant: float, variable: float, lower: float) -> Returns:
    if abs(constant - variable) <= EQUAL:
        return "constant"
    # Färe, Grosskopf and Lovell (1985): below its best size a row loses nothing by Σ λ <= 1.
    return "increasing" if abs(lower - constant) <= EQUAL else "decreasing"
