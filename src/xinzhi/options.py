"""Declared options: what every section of a study file and every preparation step is made of.

An option is declared once, as a field of a frozen model. The schema of the study file, the flags of
the command line, the keywords in Python and the reference pages are made from the field.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from xinzhi.errors import StudyError
from xinzhi.periods import period_key, period_number
from xinzhi.wording import Wording


class Section(BaseModel):
    """A section of the study file: frozen, and unknown keys are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=False, use_attribute_docstrings=True
    )


def _one_or_many(value: Any) -> Any:
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
