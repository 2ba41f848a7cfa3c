"""Typology: what the estimates support for each entity, and what if a factor moved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from xinzhi.analyses.implied_change import FactorChange
from xinzhi.analyses.section import BothLanguages, Names, OneOrMore, Refers, Section, Words
from xinzhi.errors import quoted
from xinzhi.options import Refused
from xinzhi.wording import Message, listed, message

LEVEL = Annotated[float, Field(gt=0, lt=1)]
SHARE = re.compile(r"([+\-−]?\d+(?:\.\d+)?)\s*[%％]")


def move(value: Any) -> Any:
    """Read by how much a factor moves: `10%` of its own value, or a number in its own units.

    >>> move("10%"), move(-2)
    (FactorChange(amount=0.1, kind='relative', sd=1.0), FactorChange(amount=-2.0, kind='absolute', sd=1.0))
    """
    if isinstance(value, FactorChange):
        return value
    share = SHARE.fullmatch(str(value).strip())
    if share:
        change = FactorChange(float(share[1].replace("−", "-")) / 100)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300:
        change = FactorChange(float(value), "absolute")
    else:
        raise Refused(
            message("'{value}' is not a move of a factor.", value=quoted(value)),
            message("write a share such as 10%, or a number in the factor's own units."),
        )
    if change.amount == 0:
        raise Refused(
            message("A move of 0 has no effect."), message("write another number, or remove it.")
        )
    return change


Move = Annotated[FactorChange, BeforeValidator(move, json_schema_input_type=str | float)]


class Caution(Section):
    """A caution or a hint of the literature for entities of some groups."""

    note: BothLanguages
    """What to keep in mind."""
    groups: Annotated[dict[str, OneOrMore], Refers("members")] = Field(default_factory=dict)
    """Grouping -> its members whom it concerns; every entity where left out."""


class DeclaredPathway(Section):
    """A pathway: a factor, the mediator through which it acts, and the moderators of both steps."""

    name: str = Field(min_length=1)
    """Name of the pathway in results.json and in the names of files."""
    label: BothLanguages = Words()
    """Name in the report; where left out it is made of the labels of factor and mediator."""
    description: BothLanguages = Words()
    """What the pathway means, in a sentence."""
    factor: Annotated[str, Refers("variable")]
    """Variable from which the pathway starts."""
    mediator: Annotated[OneOrMore, Refers("variable")]
    """Variable through which the factor acts; of several, one that is shown is enough."""
    moderators: Annotated[Names | None, Refers("variables")] = None
    """Variables or sets on which the steps of the pathway depend; where left out, the moderators of all
    moderations named under `from`."""
    cautions: tuple[Caution, ...] = ()
    """What the literature asks to keep in mind."""


class TypologySection(Section):
    """Pathways for each entity, the distance to the frontier, and what if a factor moved."""

    sources: Annotated[OneOrMore, Refers("estimates")] = Field(alias="from")
    """Names of tables (or their columns, such as baseline/2), mediations, moderations and
    heterogeneities whose estimates are read; of two for the same effect the first named speaks."""
    pathways: tuple[DeclaredPathway, ...] = ()
    """The pathways that are judged; where left out, every factor with every mediator of the
    mediations named under `from`."""
    minimum_effect: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """An effect counts if its size is at least this, in the units of the regression."""
    role_models: int = Field(default=3, ge=1, le=20)
    """How many role models are shown for each entity."""
    what_if: Annotated[dict[str, Move], Refers("keyed by variable")] = Field(default_factory=dict)
    """Variable -> how much it moves: 10% of its own value, or a number in its own units."""
    confidence: LEVEL | None = None
    """Confidence of the intervals of `what_if`; 1 less `inference.level` where left out."""

    @model_validator(mode="before")
    @classmethod
    def _is_of_today(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        if isinstance(before := value.get("pathways"), Mapping):
            raise Refused(
                message("`pathways` is a list of pathways, and there are no roles."),
                _in_list_form(before),
            )
        for key in ("level", "difference_level"):
            if key in value:
                raise Refused(
                    message("`{key}` is declared once for the whole study.", key=key),
                    message(
                        "write `inference: {{level: {level}}}` in the study file.", level=value[key]
                    ),
                )
        return value

    @field_validator("pathways")
    @classmethod
    def _names_differ(cls, value: tuple[DeclaredPathway, ...]) -> tuple[DeclaredPathway, ...]:
        counts = Counter(pathway.name for pathway in value)
        repeated = [name for name, n in counts.items() if n > 1]
        if repeated:
            raise Refused(
                message("Two pathways are called '{name}'.", name=repeated[0]),
                message("give each pathway its own name."),
            )
        return value

    @model_validator(mode="after")
    def _confidence_has_effect(self) -> TypologySection:
        if "confidence" in self.model_fields_set and not self.what_if:
            raise Refused(
                message("`confidence` has no effect without `what_if`."),
                message("add `what_if`, or remove `confidence`."),
            )
        return self


OF_ROLES = (
    ("education", ("substitution",)),
    ("equipment", ("vitality", "substitution")),
    ("technology", ("substitution",)),
)
"""Pathways of the earlier form: role of the factor, roles of its mediators."""


def _in_list_form(before: Mapping[Any, Any]) -> Message:
    """Say how options of the earlier form, a section `pathways`, are written today."""
    moved = [f"`{key}`" for key in before if key in {"from", "minimum_effect", "role_models"}]
    roles = before.get("roles")
    roles = roles if isinstance(roles, Mapping) else {}
    declared = []
    for role, channels in OF_ROLES:
        mediators = [str(roles[name]) for name in channels if name in roles]
        if role in roles and mediators:
            written = mediators[0] if len(mediators) == 1 else f"[{', '.join(mediators)}]"
            declared.append(f"{{name: {role}, factor: {roles[role]}, mediator: {written}}}")
    pathways = ", ".join(declared) or "{name: …, factor: …, mediator: …}"
    if moved:
        return message(
            "write {moved} directly under `typology`, and `pathways: [{pathways}]`, or leave `pathways` out.",
            moved=listed(moved),
            pathways=pathways,
        )
    return message("write `pathways: [{pathways}]`, or leave `pathways` out.", pathways=pathways)
