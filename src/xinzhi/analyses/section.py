"""Options of the study file: what all sections share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from xinzhi.errors import StudyError
from xinzhi.wording import Label


class Section(BaseModel):
    """A section of the study file: frozen, and unknown keys are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=False, use_attribute_docstrings=True
    )


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks an option that holds names of other parts of the study; they are checked by their kind."""

    kind: Literal[
        "column", "variables", "paths", "replacements", "members", "grouping", "score", "diagnostic"
    ]
    """column: of a table, such as baseline/1; variables: variables or sets of them; paths:
    pairs of which the second is no set; replacements: variables by those whose place they take;
    members: of groups, by their grouping."""


class Words(Section):
    """A title or label in one or two languages."""

    zh: str | None = None
    """In Chinese."""
    en: str | None = None
    """In English."""

    def label(self, name: str) -> Label:
        """Return the label of something that is called `name`."""
        return Label(name, zh=self.zh, en=self.en)


def _words(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


BothLanguages = Annotated[Words, BeforeValidator(_words)]
"""`{zh: …, en: …}`, or one text for both."""
Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
"""One name or a list of names."""
OneOrMore = Annotated[Names, Field(min_length=1)]


def refused(error: StudyError) -> ValueError:
    """Turn an error of ours into one that pydantic collects with the place of the value."""
    problem = error.problems[0]
    return ValueError(f"{problem.what} Remedy: {problem.remedy}")
