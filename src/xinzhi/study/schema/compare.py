"""Printed figures to compare with."""

from __future__ import annotations

from pydantic import Field

from xinzhi.study.schema.base import Section


class Compare(Section):
    """Printed figures, set beside the computed ones and marked where they agree."""

    published: str
    """TOML file of printed figures, each digit as printed; from the folder of the study file."""
    tables: dict[str, str] = Field(default_factory=dict)
    """Table of the file -> table of this study, where they have other names; or column -> column,
    such as `table7.col1: mechanism/2`."""
