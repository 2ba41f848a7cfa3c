"""Options of the study file: what all sections share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from xinzhi.options import Names, OneOrMore, Refused, Section, one_or_many, refused
from xinzhi_core.errors import Problem, quoted, suggestion
from xinzhi_core.vocabulary import CHOICES
from xinzhi_core.wording import Label, Message, message

Member = str | int | float
"""Member of a group, as the study file writes it."""
__all__ = [
    "BothLanguages",
    "Box",
    "Member",
    "Names",
    "OneOrMore",
    "Refers",
    "Section",
    "TitledSection",
    "WordChoices",
    "Words",
    "as_list",
    "as_words",
    "as_written",
    "one_or_many",
    "references",
    "refused",
    "unknown_name",
]


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks an option that holds names of other parts of the study; they are checked by their kind."""

    kind: Literal[
        "column",
        "variable",
        "variables",
        "paths",
        "replacements",
        "instruments",
        "members",
        "grouping",
        "group",
        "score",
        "measured",
        "outlines",
        "diagnostic",
        "estimates",
        "keyed by variable",
        "data",
    ]
    """column: of a table, such as baseline/1; variables: variables or sets of them; paths:
    pairs of which the second is not a set; replacements: variables by those whose place they take;
    instruments: variables or sets by what they are instruments of; members: of groups, by their
    grouping; measured: scores, indices, variables that are a part of one, and columns that are variables of the same name; outlines: a map of the study, or built_in; estimates: sections, or columns of tables;
    keyed by variable: whatever is told of variables; data: columns of the data in their own units, whatever
    the variables are called: known once the data are prepared."""
    needs_regressors: bool = True
    """Whether a column of a table must have a regressor, where a function or a command states it."""
    first_if_left_out: bool = False
    """Whether the first column of all tables stands for one that is left out."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "x-refers": self.kind}


@dataclass(frozen=True, slots=True)
class Box:
    """Marks an option as a box of the study page, into which variables are moved."""

    title: Message
    about: Message
    """What belongs into it, in a sentence."""
    order: int
    """Place among the boxes of all sections."""
    name: str = ""
    """Name of the section that is made where the study has none."""
    members: str = ""
    """Set whose members it holds, where the option names sets."""
    role: str = ""
    """What is suggested for it: a field of `Roles` or of `Candidates`, or the scores of the study."""


@dataclass(frozen=True, slots=True)
class WordChoices:
    """Marks a text that is a word of the vocabulary; the schema lists the words as examples."""

    option: str

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "examples": list(CHOICES[self.option]), "x-option": self.option}


class Words(Section):
    """A title or label in one or two languages."""

    zh: str | None = None
    """In Chinese."""
    en: str | None = None
    """In English."""

    def label(self, name: str) -> Label:
        """Return the label of something that is called `name`."""
        return Label(name, zh=self.zh, en=self.en)


def as_list(value: Any) -> Any:
    """Let one value stand for a list of one.

    >>> as_list("sobel"), as_list(["sobel", "bootstrap"])
    (['sobel'], ['sobel', 'bootstrap'])
    """
    return value if isinstance(value, (list, tuple)) else [value]


def as_words(value: Any) -> Any:
    """Let one text stand for both languages."""
    if isinstance(value, str):
        return {"zh": value, "en": value}
    if not isinstance(value, (dict, Words)):
        raise Refused(
            message("{value} is neither a text nor texts by language.", value=quoted(repr(value))),
            message("write a text, or {{zh: …, en: …}}."),
        )
    return value


BothLanguages = Annotated[Words, BeforeValidator(as_words, json_schema_input_type=str | Words)]
"""`{zh: …, en: …}`, or one text for both."""


class TitledSection(Section):
    """A section whose tables have a title."""

    title: BothLanguages = Words()
    """Title of the tables."""


def references(
    section: Section, kind: str, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """List the names of a kind in the options of a section, each with its place inside of it."""
    for name, option in type(section).model_fields.items():
        value, here = getattr(section, name), (*place, option.alias or name)
        is_several = isinstance(value, tuple)
        items = value if is_several else (value,)
        is_of_kind = any(isinstance(m, Refers) and m.kind == kind for m in option.metadata)
        for number, item in enumerate(items):
            there = (*here, number) if is_several else here
            if isinstance(item, Section):
                yield from references(item, kind, there)
            elif is_of_kind and isinstance(item, str):
                yield there, item


def unknown_name(kind: str, name: str, names: Sequence[str]) -> Problem:
    """Say that a name of the study file points to nothing; offer the nearest one."""
    text = message("Unknown {kind} '{name}'.", kind=message(kind), name=name)
    remedy = suggestion(name, names)
    return Problem("study.unknown_name", text, remedy=remedy)


def as_written(value: object) -> str:
    """Write a value so that 1, 1.0 and '1' are the same.

    >>> as_written(1.0), as_written(1), as_written("East")
    ('1', '1', 'East')
    """
    # A spreadsheet gives 1.0 where the study file says 1.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
