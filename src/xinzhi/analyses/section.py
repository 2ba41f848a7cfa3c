"""Options of the study file: what all sections share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from xinzhi.options import Names, OneOrMore, Section, refused
from xinzhi.wording import Label

__all__ = ["BothLanguages", "Names", "OneOrMore", "Refers", "Section", "Words", "refused"]


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


BothLanguages = Annotated[Words, BeforeValidator(_words)]
"""`{zh: …, en: …}`, or one text for both."""
