"""Options of the geodetector: outcome, factors, and how a number is cut into strata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.section import Names, Refers, TitledSection
from xinzhi.options import PeriodNumber, Refused
from xinzhi_core.wording import message

StrataRule = Literal["quantiles", "natural_breaks", "geometric", "best"]
VALUES, BEST = "values", "best"
MOST_CLASSES = 8
"""Strata up to which the best are searched where the study file names no number."""
FEWEST: Mapping[str, int] = {"quantiles": 2, "natural_breaks": 2, "geometric": 2, BEST: 3}


def _strata(value: Any) -> Any:
    """Let `values` stand for no rule, and `best` for a search up to the usual number."""
    return (
        {VALUES: {}, BEST: {BEST: MOST_CLASSES}}.get(value, value)
        if isinstance(value, str)
        else value
    )


class DetectorSection(TitledSection):
    """How much of the variance of an outcome lies between the strata of factors."""

    outcome: Annotated[str | None, Refers("variable")] = None
    """Variable whose variance is explained; the name of the section where left out."""
    factors: Annotated[Names, Refers("variables")] = ()
    """Variables that make strata, or sets of them."""
    strata: Annotated[
        dict[StrataRule, int],
        BeforeValidator(
            _strata, json_schema_input_type=dict[StrataRule, int] | Literal["values", "best"]
        ),
    ] = Field(default_factory=dict, max_length=1)
    """How `factors` are cut: {quantiles: 5}, {natural_breaks: 5}, {geometric: 5}, or best, the rule and the
    number, up to 8 or that of {best: 6}, with the highest q; each value is a stratum where left out (values)."""
    by: Annotated[Names, Refers("grouping")] = ()
    """Groupings under `groups`, or columns, whose members are strata as they are."""
    interaction: bool = True
    """Whether pairs of factors are laid over each other."""
    date: PeriodNumber | None = None
    """Period whose rows are used; all where left out."""
    permutations: int = Field(default=999, ge=99)
    """Random orders behind the p-value of best strata."""

    @model_validator(mode="after")
    def _options_have_effect(self) -> DetectorSection:
        if not (self.factors or self.by):
            raise Refused(message("No factor is named."), message("name `factors` or `by`."))
        if self.strata and not self.factors:
            raise Refused(
                message("`strata` cuts `factors`, and there are none."), message("remove it.")
            )
        if "permutations" in self.model_fields_set and BEST not in self.strata:
            raise Refused(
                message("`permutations` judge the search for the best strata."),
                message("write `strata: best`, or leave it out."),
            )
        for rule, n in self.strata.items():
            if n < FEWEST[rule]:
                raise Refused(
                    message("{n} strata are too few for {rule}.", n=n, rule=rule),
                    message("write {fewest} or more.", fewest=FEWEST[rule]),
                )
        return self
