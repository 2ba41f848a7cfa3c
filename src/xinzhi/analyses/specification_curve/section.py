"""The specification curve: one slope under every combination of declared choices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from xinzhi.analyses.changes import Effects, Members, Percentiles, Window, gather_frontier_options
from xinzhi.analyses.section import BothLanguages, Names, Refers, Section, Words, as_list
from xinzhi.analyses.standard_errors import Errors
from xinzhi.options import Refused
from xinzhi.wording import message


def _each(value: Any) -> Any:
    return value if value == "each" else as_list(value)


Each = Annotated[
    Literal["each"] | tuple[Names, ...],
    BeforeValidator(_each, json_schema_input_type=str | list[Any]),
]


class Choices(Section):
    """Kind of choice -> the values to try; null stands for what the regression has."""

    model_config = ConfigDict(json_schema_extra={"patternProperties": {r"^efficiency\.": {}}})

    controls: Annotated[Each | None, Refers("variables")] = None
    """each: every subset of the controls; or lists of controls."""
    effects: tuple[Effects, ...] | None = None
    """Lists of fixed effects."""
    window: tuple[Window | None, ...] | None = None
    """First and last periods."""
    covariance: tuple[Errors | None, ...] | None = None
    """Kinds of errors."""
    winsorise: tuple[Percentiles | None, ...] | None = None
    """Pairs of percentiles."""
    replace: Annotated[tuple[dict[str, str] | None, ...] | None, Refers("replacements")] = None
    """Variable -> the one that takes its place."""
    drop: Annotated[tuple[dict[str, Members] | None, ...] | None, Refers("members")] = None
    """Group, or entity, -> members left out."""
    efficiency: dict[str, tuple[Any, ...]] = Field(default_factory=dict)
    """Option of the frontier -> its values: {returns_to_scale: [constant, variable]}."""

    @model_validator(mode="before")
    @classmethod
    def _dotted_options(cls, value: Any) -> Any:
        return gather_frontier_options(value)

    @model_validator(mode="after")
    def _something_varies(self) -> Choices:
        if not self.model_fields_set:
            raise Refused(
                message("Nothing varies."), message("name choices, such as `controls: each`.")
            )
        if any(len(groups or {}) > 1 for groups in self.drop or ()):
            raise Refused(
                message("One group is dropped at a time."),
                message("write [{{coal: non_coal}}, {{stage: growing}}]."),
            )
        return self


class SpecificationCurveSection(Section):
    """The product of choices around one regression."""

    title: BothLanguages = Words()
    """Title of the table and the chart."""
    base: Annotated[str, Refers("column")] = Field(alias="of")
    """Column of a table that is varied, such as baseline/1."""
    vary: Choices = Field(examples=[{"controls": "each"}])
    """What varies."""
