"""Options of convergence."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from xinzhi.analyses.section import Refers, Section, one_or_many


class ConvergenceSection(Section):
    """Convergence of a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    convergence: Annotated[
        tuple[Literal["sigma", "beta"], ...], one_or_many, Field(min_length=1)
    ] = ("sigma", "beta")
    """sigma: does the dispersion shrink; beta: do those behind grow faster."""
