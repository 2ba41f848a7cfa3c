"""Heterogeneity: a regression by groups, and whether the groups truly differ."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.section import Box, OneOrMore, Refers, TitledSection, as_list
from xinzhi.options import Refused
from xinzhi.wording import message

GROUPS = Box(
    message("Groups"),
    message(
        "Columns by which the entities are parted, such as the region: is the effect the same in each group?"
    ),
    order=50,
    role="group",
    name="groups",
)


class HeterogeneitySection(TitledSection):
    """The regression in each group of each grouping, with tests of the differences."""

    base: Annotated[str, Refers("column")] = Field(alias="from")
    """Column of a table that is estimated in each group, such as baseline/1."""
    by: Annotated[OneOrMore, Refers("grouping"), GROUPS]
    """Names under `groups`."""
    difference: Annotated[
        tuple[Literal["interaction", "permutation"], ...], BeforeValidator(as_list)
    ] = ("interaction", "permutation")
    """Tests of the difference: the fully interacted model; random reassignment of entities to groups of the same size."""
    draws: int = Field(default=1000, ge=2, le=100_000)
    """Permutations of entities between two groups."""

    @model_validator(mode="after")
    def _draws_have_effect(self) -> HeterogeneitySection:
        if "draws" in self.model_fields_set and "permutation" not in self.difference:
            raise Refused(
                message("`draws` has no effect without permutation."),
                message("add permutation to `difference`, or remove `draws`."),
            )
        return self
