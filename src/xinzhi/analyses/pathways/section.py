"""Typology: what the estimates support for each entity, and what if a factor moved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.pathways.implied_change import Change
from xinzhi.analyses.section import OneOrMore, Refers, Section

Role = Literal["technology", "education", "equipment", "vitality", "substitution"]
LEVEL = Annotated[float, Field(gt=0, lt=1)]
SHARE = re.compile(r"([+\-−]?\d+(?:\.\d+)?)\s*[%％]")


def move(value: Any) -> Any:
    """Read by how much a factor moves: `10%` of its own value, or a number in its own units.

    >>> move("10%"), move(-2)
    (Change(amount=0.1, kind='relative'), Change(amount=-2.0, kind='absolute'))
    """
    if isinstance(value, Change):
        return value
    found = SHARE.fullmatch(str(value).strip())
    if found:
        change = Change(float(found[1].replace("−", "-")) / 100)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300:
        change = Change(float(value), "absolute")
    else:
        msg = f"'{value}' is no move. Remedy: write a share such as 10%, or a number in the factor's own units."
        raise ValueError(msg)
    if change.amount == 0:
        msg = "A move of 0 has no effect. Remedy: write another number, or remove it."
        raise ValueError(msg)
    return change


Move = Annotated[Change, BeforeValidator(move, json_schema_input_type=str | float)]


class PathwaysSection(Section):
    """Which pathways the estimates support for each entity."""

    sources: Annotated[OneOrMore, Refers("estimates")] = Field(alias="from")
    """Names of tables (or their columns, such as baseline/2), mediations, moderations and
    heterogeneities whose estimates are read; of two for the same effect the first named speaks."""

    @model_validator(mode="before")
    @classmethod
    def _level_is_declared_once(cls, value: Any) -> Any:
        for key in ("level", "difference_level"):
            if isinstance(value, Mapping) and key in value:
                msg = (
                    f"`{key}` is declared once for the whole study. "
                    f"Remedy: write `inference: {{level: {value[key]}}}` in the study file."
                )
                raise ValueError(msg)
        return value

    minimum_effect: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """An effect counts if its size is at least this, in the units of the regression."""
    roles: Annotated[dict[Role, str], Refers("variable")] = Field(default_factory=dict)
    """Role of the paper -> variable of this study: technology (PGPP), education (HEE), equipment
    (IRD), vitality (NEPP), substitution (SEE)."""
    role_models: int = Field(default=3, ge=1, le=20)
    """How many role models are shown for each entity."""


class TypologySection(Section):
    """Pathways for each entity, the distance to the frontier, and what if a factor moved."""

    pathways: PathwaysSection
    """What the estimates support."""
    what_if: Annotated[dict[str, Move], Refers("keyed by variable")] = Field(default_factory=dict)
    """Variable -> how much it moves: 10% of its own value, or a number in its own units."""
    confidence: LEVEL = 0.95
    """Confidence of the intervals of `what_if`."""

    @model_validator(mode="after")
    def _confidence_has_effect(self) -> TypologySection:
        if "confidence" in self.model_fields_set and not self.what_if:
            msg = "`confidence` has no effect without `what_if`. Remedy: add `what_if`, or remove `confidence`."
            raise ValueError(msg)
        return self
