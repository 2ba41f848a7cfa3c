"""Published figures to compare with."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from xinzhi.analyses.comparison.reason import Reason, with_bounds
from xinzhi.analyses.section import Section, as_words

Told = Annotated[Reason, BeforeValidator(as_words, json_schema_input_type=str | Reason)]


class ComparisonSection(Section):
    """Printed figures, set beside the computed ones and marked where they agree."""

    published: str
    """TOML file of printed figures, each digit as printed; from the folder of the study file."""
    tables: dict[str, str] = Field(default_factory=dict)
    """Table of the file -> table of this study, where they have other names; or a part of one -> a
    part of the other, such as `table7.col1: mechanism/2` or `gtfp.top20_2008: GTFP_top/2008`."""
    reasons: Annotated[dict[str, Told], AfterValidator(with_bounds)] = Field(default_factory=dict)
    """Why figures differ: figure, or a pattern of figures such as `table5.*.se` -> words and how far
    they reach (`within`, which a pattern needs); the first that fits and holds is printed, unless the
    printed figures themselves tell (`[audit]` in the file)."""
