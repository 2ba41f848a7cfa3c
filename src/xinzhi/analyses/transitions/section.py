"""Options of transitions between classes."""

from __future__ import annotations

from typing import Annotated

from xinzhi.analyses.classes.section import Classes
from xinzhi.analyses.section import Refers
from xinzhi.analyses.space_and_time import DatesAndRegions


class TransitionsSection(DatesAndRegions):
    """Transitions between the classes of a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    classes: Classes
    """Name of a class -> range of scores, such as {low: "< 0.30", high: ">= 0.30"}."""
