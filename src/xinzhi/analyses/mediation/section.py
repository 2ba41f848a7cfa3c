"""Mediation: through what a factor works."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.section import Box, OneOrMore, Refers, TitledSection, as_list
from xinzhi.options import Refused
from xinzhi.wording import message

MEDIATORS = Box(
    message("Mediators"),
    message("What may lie between factors and outcome: factor → mediator → outcome."),
    order=30,
    role="mediator",
    name="mechanism",
)


class MediationSection(TitledSection):
    """The paper's equations (3)-(5): each mediator taken alone, all on one common sample."""

    base: Annotated[str, Refers("column")] = Field(alias="from")
    """Column of a table with the total effects, such as baseline/1; its regressors are the factors."""
    through: Annotated[OneOrMore, Refers("variables"), MEDIATORS]
    """Mediators: variables or sets."""
    tests: Annotated[
        tuple[Literal["sobel", "bootstrap"], ...], BeforeValidator(as_list), Field(min_length=1)
    ] = ("sobel", "bootstrap")
    """sobel: the normal test of ab; bootstrap: percentile interval over resampled clusters."""
    draws: int = Field(default=1000, ge=2, le=100_000)
    """Draws of the bootstrap."""

    @model_validator(mode="after")
    def _draws_have_effect(self) -> MediationSection:
        if "draws" in self.model_fields_set and "bootstrap" not in self.tests:
            raise Refused(
                message("`draws` has no effect without the bootstrap."),
                message("add bootstrap to `tests`, or remove `draws`."),
            )
        return self
