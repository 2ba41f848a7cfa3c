"""What the analyses of prepared columns share: their options are those of a step under `prepare`.

The column itself is made by the step; the analysis sets how it was made, from the same options and the same data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self, TypeVar, cast

import numpy as np
import pandas as pd
from pydantic import ValidationError, model_validator

from xinzhi.analyses.analysis import Analysis, Reads, Shown, Study
from xinzhi.analyses.exhibits import Place
from xinzhi.options import Refused
from xinzhi.prepare.columns import Floats
from xinzhi.prepare.step import STEPS, PreparedOptions, Step
from xinzhi_core.errors import MethodError, Problem, StudyError, Where
from xinzhi_core.panel.panel import PERIOD, Panel
from xinzhi_core.wording import Wording, message


class PreparedSection(PreparedOptions):
    """Options of a step, and the column that it made."""

    prepared: str | None = None
    """Column as a step prepared it: a result that differs from it is refused."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if found := self.refusal():
            what, remedy, _ = found
            raise Refused(what, remedy)
        return self


S = TypeVar("S", bound=PreparedSection)
R = TypeVar("R")
METHODS = ("regression", "prepare")
"""Packages whose code these analyses call."""


class StepAnalysis(Analysis[S, R]):
    """Analysis of a prepared column: each step of its kind asks for it."""

    is_declared = False
    under = "prepare"
    step: ClassVar[str]
    """Kind of step."""

    def is_asked(self, step: Step) -> bool:
        """Whether a step asks for the analysis."""
        del step
        return True

    def sections(self, key: str, options: object) -> Mapping[str, S]:
        """Take the options of each step of the kind."""
        del key
        kind = cast("type[S]", self.section)
        return {
            name: kind.model_validate({"prepared": name, **options_of(step)})
            for name, step in steps_of(options, self.step).items()
            if self.is_asked(step)
        }

    def columns(self, section: S) -> tuple[str, ...]:
        """List the columns that it is computed from."""
        raise NotImplementedError

    def reads(self, section: S, study: Study) -> Reads:
        """Read what the column was made of, and the column."""
        del study
        return Reads(panel=(*self.columns(section), *made(section)), methods=METHODS)


def options_of(step: Step) -> dict[str, object]:
    """List the options of a step that are given, by their names."""
    return {name: getattr(step, name) for name in sorted(step.model_fields_set)}


def made(section: PreparedSection) -> tuple[str, ...]:
    """Name the prepared column where there is one."""
    return () if section.prepared is None else (section.prepared,)


def steps_of(study: object, kind: str) -> dict[str, Step]:
    """List the steps of a kind whose options are valid; of the others the check of the steps tells."""
    steps: dict[str, Step] = {}
    for name, options in getattr(study, StepAnalysis.under):
        if options.get("step") != kind:
            continue
        rest = {key: value for key, value in options.items() if key != "step"}
        try:
            steps[name] = STEPS.get(kind).model_validate(rest)
        except (ValidationError, StudyError):
            continue
    return steps


def refuse_changed(panel: Panel, section: PreparedSection, values: Floats) -> None:
    """Refuse a result that is not the column of the step.

    Raises
    ------
    MethodError
        `prepare.changed`: a later step changed the column, or one that it was made of.
    """
    for name in made(section):
        column = panel.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        if not np.allclose(column, values, rtol=1e-9, atol=1e-12, equal_nan=True):
            what = message(
                "'{name}' or a column that it was made of was changed by a later step.", name=name
            )
            remedy = message("give the later step another name.")
            raise MethodError(
                Problem("prepare.changed", what, Where(key=f"prepare.{name}"), remedy)
            )


def count_members(labels: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    """Count the entities with each label by period; a name that no row has counts 0, a missing label nowhere.

    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> count_members(pd.Series(["low", None, "low", "high"], index), ("low", "high")).to_numpy().tolist()
    [[2, 0], [0, 1]]
    """
    known = labels.dropna()
    counts = pd.crosstab(known.index.get_level_values(PERIOD), known)
    return counts.reindex(columns=list(names), fill_value=0).rename_axis(index="period")


def names_without(counts: pd.DataFrame) -> tuple[str, ...]:
    """List the names that nobody has at any date."""
    return tuple(str(name) for name in counts if not counts[name].any())


def index_place(order: float) -> Place:
    """Give the place of the analysis in the report: all of them stand in one section."""
    return Place("indices", message("Composite indices"), order, chapter="data")


def name_of(section: PreparedSection, shown: Shown) -> Wording:
    """Name the column in print; the analysis itself where none was prepared."""
    names = made(section)
    return shown.panel.label(names[0]) if names else shown.title
