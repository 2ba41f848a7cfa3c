"""Moderation: what strengthens or weakens a path."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.section import Box, OneOrMore, Refers, TitledSection, as_list
from xinzhi.errors import quoted
from xinzhi.options import Refused
from xinzhi.wording import message

MODERATORS = Box(
    message("Moderators"),
    message("What strengthens or weakens a path, such as a policy."),
    order=40,
    role="moderator",
    name="tools",
)
ARROW = re.compile(r"\s*(?:->|→|－>|-＞)\s*")


def path(value: Any) -> Any:
    """Read a path: `factors -> NEPP`.

    >>> path("factors -> NEPP")
    ('factors', 'NEPP')
    """
    if isinstance(value, (list, tuple)):
        return tuple(value)
    ends = ARROW.split(str(value).strip())
    if len(ends) != 2 or not all(ends):
        raise Refused(
            message("'{value}' is not a path.", value=quoted(value)),
            message("write two variables with an arrow, such as `HEE -> GTFP`."),
        )
    return tuple(ends)


Path = Annotated[tuple[str, str], BeforeValidator(path, json_schema_input_type=str)]


class ModerationSection(TitledSection):
    """The paper's equations (6)-(7): paths whose strength depends on a moderator."""

    base: Annotated[str | None, Refers("column")] = Field(default=None, alias="from")
    """Column of a table that gives other regressors, controls, effects and errors; the first of all where left out."""
    moderators: Annotated[OneOrMore, Refers("variables"), MODERATORS]
    """Variables or sets on which the paths depend."""
    lag: int = Field(default=1, ge=0)
    """Periods by which everything on the right is lagged inside the entity; 0 for none."""
    lagged: Literal["all", "moderator"] = "all"
    """What is lagged: all on the right, as in the paper, or the moderator alone."""
    paths: Annotated[
        tuple[Path, ...], BeforeValidator(as_list), Field(min_length=1), Refers("paths")
    ]
    """`x -> y`: variables, or a set on the left; all of a set are moderated in one equation."""
    draws: int = Field(default=1000, ge=0, le=100_000)
    """Draws for the moderated mediated effects, where the paths form x -> m -> y; 0 for none."""

    @model_validator(mode="after")
    def _lagged_has_effect(self) -> ModerationSection:
        if "lagged" in self.model_fields_set and self.lag == 0:
            raise Refused(
                message("`lagged` has no effect without a lag."),
                message("write `lag: 1`, or remove `lagged`."),
            )
        return self
