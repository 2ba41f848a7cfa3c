"""Published figures to compare with."""

from __future__ import annotations

from pydantic import Field

from xinzhi.analyses.section import BothLanguages, Section


class ComparisonSection(Section):
    """Printed figures, set beside the computed ones and marked where they agree."""

    published: str
    """TOML file of printed figures, each digit as printed; from the folder of the study file."""
    tables: dict[str, str] = Field(default_factory=dict)
    """Table of the file -> table of this study, where they have other names; or a part of one -> a
    part of the other, such as `table7.col1: mechanism/2` or `gtfp.top20_2008: GTFP_top/2008`."""
    reasons: dict[str, BothLanguages] = Field(default_factory=dict)
    """Why figures differ: figure, or a pattern of figures such as `table5.*.se` -> words; the
    first that fits is printed, unless the printed figures themselves tell (`[audit]` in the file)."""
