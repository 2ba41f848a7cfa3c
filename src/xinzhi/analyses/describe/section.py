"""Descriptive statistics: which variables."""

from __future__ import annotations

from typing import Annotated

from xinzhi.analyses.section import Names, Refers, Section


class DescribeSection(Section):
    """Descriptive statistics."""

    variables: Annotated[Names, Refers("variables")]
    """Variables or sets."""
