"""The variables of the tables: where each comes from and how it is transformed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from xinzhi.analyses.section import BothLanguages, Section, Words

Transform = Literal["none", "ln1p", "ln"]


class Variable(Section):
    """A name used in the tables: a column of the panel or a score."""

    score: str | None = Field(default=None, alias="from")
    """Name of a score under `efficiency`."""
    column: str | None = None
    """Column of the panel."""
    transform: Transform | None = None
    """none, ln1p (ln(1+x)) or ln; that of the section where left out."""
    unit: str | None = None
    """Unit of measure, such as percent, ratio, million persons."""
    label: BothLanguages = Words()
    """Name in the tables, in both languages."""

    @model_validator(mode="after")
    def _one_origin(self) -> Variable:
        if (self.score is None) == (self.column is None):
            msg = "A variable has one origin: `from: SCORE` or `column: COLUMN`."
            raise ValueError(msg)
        return self


class Variables(Section):
    """All variables by name."""

    transform: Transform = "none"
    """Transform of the variables that name none of their own."""
    named: dict[str, Variable] = Field(default_factory=dict)
    """Name -> variable; in the file the names stand beside `transform`."""

    @model_validator(mode="before")
    @classmethod
    def _names_beside_transform(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "named" in value:
            return value
        named = {name: words for name, words in value.items() if name != "transform"}
        return {
            "named": named,
            **({"transform": value["transform"]} if "transform" in value else {}),
        }
