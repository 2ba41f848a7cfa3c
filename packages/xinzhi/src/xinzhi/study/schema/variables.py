"""Variables of the tables, and groups of entities by the values of a column or a split at the median."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from xinzhi.analyses.reads import ResultPart
from xinzhi.analyses.section import BothLanguages, Section, Words
from xinzhi.options import PeriodNumber, Refused
from xinzhi_core.errors import Where, quoted
from xinzhi_core.wording import listed, message

Transform = Literal["none", "ln1p", "ln"]


class Variable(Section):
    """A name used in the tables: a column of the panel or a score."""

    score: str | None = Field(default=None, alias="from")
    """Name of a score under `efficiency`, or of an index under `productivity`."""
    kind: Literal["change", "cumulative"] | None = Field(default=None, alias="as")
    """Of an index. change: from the period before, the first has none; cumulative: the level since a base period."""
    base: PeriodNumber | None = None
    """Of `as: cumulative`: period in which the level is 1 (0 of an indicator); the first period where left out."""
    component: str | None = None
    """Instead of the score or the index itself: slack_COLUMN or target_COLUMN of a score, or a component
    of the index such as efficiency_change."""
    column: str | None = None
    """Column of the panel."""
    expression: str | None = None
    """Formula over other variables, and over columns of the panel: `talent^2`, `L1.gdp`, `period >= 2015`."""
    transform: Transform | None = None
    """none, ln1p (ln(1+x)) or ln; where left out that of the section, and none for a formula."""
    unit: str | None = None
    """Unit of measure, such as percent, ratio, million persons."""
    label: BothLanguages = Words()
    """Name in the tables, in both languages."""
    _where: Where | None = PrivateAttr(default=None)

    @property
    def where(self) -> Where | None:
        """Place of its formula in the study file."""
        return self._where

    def placed(self, where: Where) -> Variable:
        """Keep the place of its formula."""
        variable = self.model_copy()
        variable._where = where  # noqa: SLF001 - of the same class
        return variable

    @model_validator(mode="after")
    def _one_origin(self) -> Variable:
        if sum(origin is not None for origin in (self.score, self.column, self.expression)) != 1:
            raise Refused(
                message("A variable has one origin."),
                message("write one of `from: SCORE`, `column: COLUMN` and `expression: FORMULA`."),
            )
        if self.score is None and (self.kind or self.component):
            raise Refused(
                message("`as` and `component` are those of a score or an index."),
                message("write `from: NAME`."),
            )
        if self.base is not None and self.kind != "cumulative":
            raise Refused(
                message("`base` has no effect."),
                message("write `as: cumulative` beside it, or remove it."),
            )
        return self

    @property
    def part(self) -> ResultPart:
        """Tell what of the score or the index it is."""
        return ResultPart(self.component, self.kind or "change", self.base)


def _names_beside(schema: dict[str, Any]) -> None:
    """Let the schema say that names stand beside the other keys, as they do in the file."""
    named = schema["properties"].pop("named")
    schema["additionalProperties"] = named["additionalProperties"]


class Variables(Section):
    """All variables by name."""

    model_config = ConfigDict(json_schema_extra=_names_beside)

    transform: Transform = "none"
    """Transform of the variables that name none of their own."""
    named: dict[str, Variable] = Field(default_factory=dict)
    """Name -> variable; in the file the names stand beside `transform`."""

    def transform_of(self, variable: Variable) -> Transform:
        """Tell how a variable is transformed: as it says, or as the section does."""
        return variable.transform or ("none" if variable.expression else self.transform)

    @model_validator(mode="before")
    @classmethod
    def _names_beside_transform(cls, value: object) -> object:
        if not isinstance(value, dict) or "named" in value:
            return value
        named = {name: words for name, words in value.items() if name != "transform"}
        return {
            "named": named,
            **({"transform": value["transform"]} if "transform" in value else {}),
        }


REST = "rest"
KEYS = ("column", "split", "label", "labels")


def _values(value: object) -> object:
    if value == REST or isinstance(value, (list, tuple)):
        return value
    raise Refused(
        message("A member is a list of values or `rest`."),
        message(
            "write [{value}]; the keys of a group are {keys}.",
            value=quoted(value),
            keys=listed(KEYS),
        ),
    )


Values = Annotated[
    Literal["rest"] | tuple[str | int | float, ...],
    BeforeValidator(_values, json_schema_input_type=str | list[object]),
]


class Group(Section):
    """A grouping of entities; each value of the column is a member where none is named."""

    model_config = ConfigDict(json_schema_extra=_names_beside)

    column: str
    """Column of the panel that tells the groups apart, or a formula over columns (人口 > 500 is 1 or 0);
    an entity keeps its value."""
    split: Literal["median"] | None = None
    """median: high where the entity's value in its first period lies above the median, else low."""
    label: BothLanguages = Words()
    """Name of the grouping."""
    labels: dict[str, BothLanguages] = Field(default_factory=dict)
    """Member -> its name in both languages."""
    named: dict[str, Values] = Field(default_factory=dict)
    """Member -> values of the column, or `rest`; in the file members stand beside `column`."""

    @model_validator(mode="before")
    @classmethod
    def _members_beside_column(cls, value: object) -> object:
        if not isinstance(value, dict) or "named" in value:
            return value
        named = {key: words for key, words in value.items() if key not in KEYS}
        return {**{k: v for k, v in value.items() if k in KEYS}, "named": named}

    @model_validator(mode="after")
    def _one_way(self) -> Group:
        if self.split is not None and self.named:
            raise Refused(
                message("A group is split, or its members are named."),
                message("remove `split` or the members."),
            )
        if sum(values == REST for values in self.named.values()) > 1:
            raise Refused(
                message("Two members take the rest."), message("let one of them be `rest`.")
            )
        return self
