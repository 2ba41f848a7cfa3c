"""Diagnostics: which tests of which regression."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from xinzhi.analyses.section import Names, Refers, Section


class DiagnosticsSection(Section):
    """Tests about one regression."""

    base: Annotated[str, Refers("column")] = Field(alias="of")
    """The column of a table that is tested, such as baseline/1."""
    tests: Annotated[Names, Refers("diagnostic")]
    """vif, effects_f …: see `xinzhi parts`."""
