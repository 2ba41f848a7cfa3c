"""Declared options: what every section of a study file and every preparation step is made of.

An option is declared once, as a field of a frozen model. The schema of the study file, the flags of
the command line, the keywords in Python and the reference pages are made from the field.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, cast, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails

from xinzhi_core.errors import StudyError
from xinzhi_core.periods import period_key, period_number
from xinzhi_core.wording import Wording


class Section(BaseModel):
    """A section of the study file: frozen, and unknown keys are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=False, use_attribute_docstrings=True
    )

    @model_validator(mode="before")
    @classmethod
    def _true_is_not_one(cls, data: object) -> object:
        """Refuse true and false where a number is asked for: pydantic takes them for 1 and 0."""
        if not isinstance(data, dict):
            return data
        wrong: list[InitErrorDetails] = []
        for name, field in cls.model_fields.items():
            key = name if name in data else field.alias
            value, annotation = data.get(key), cast("object", field.annotation)
            # A dictionary of numbers, such as weights; one of options judges its own.
            many: tuple[object, ...] = (value,)
            if isinstance(value, dict | list | tuple):
                many = tuple(value.values() if isinstance(value, dict) else value)
            if not any(isinstance(each, bool) for each in many):
                continue
            kinds = _kinds(annotation)
            is_section = any(isinstance(k, type) and issubclass(k, BaseModel) for k in kinds)
            if (
                bool in kinds
                or not kinds & {int, float}
                or (is_section and isinstance(value, dict))
            ):
                continue
            kind = "float_type" if float in kinds else "int_type"
            wrong.append({"type": kind, "loc": (str(key),), "input": value})
        if wrong:
            raise ValidationError.from_exception_data(cls.__name__, wrong)
        return data


@cache
def _kinds(annotation: object) -> frozenset[object]:
    """List the types that stand in an annotation, at any depth."""
    inside = (_kinds(each) for each in get_args(annotation) if not isinstance(each, list | dict))
    return frozenset((annotation,)).union(*inside)


def _one_or_many(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


one_or_many = BeforeValidator(_one_or_many, json_schema_input_type=str | tuple[str, ...])
"""Lets one word stand for a list of one."""
Names = Annotated[tuple[str, ...], one_or_many]
"""One name or a list of names."""
OneOrMore = Annotated[Names, Field(min_length=1)]


def _period(value: object) -> object:
    number = period_number(value) if isinstance(value, str) else None
    return value if number is None else number


PeriodNumber = Annotated[
    int,
    BeforeValidator(_period, json_schema_input_type=int | str),
    PlainSerializer(period_key, when_used="json"),
]
"""A period as the study file names it: a year, a count, or a quarter such as 2016Q1."""


class Refused(ValueError):
    """A value that a section refuses; pydantic collects it with its place.

    >>> str(Refused("Nothing varies.", "name choices."))
    'Nothing varies. Remedy: name choices.'
    """

    def __init__(self, what: Wording, remedy: Wording = "") -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} Remedy: {self.remedy}" if self.remedy else str(self.what)


def refused(error: StudyError) -> Refused:
    """Turn an error of ours into one that pydantic collects with the place of the value."""
    problem = error.problems[0]
    return Refused(problem.what, problem.remedy)
