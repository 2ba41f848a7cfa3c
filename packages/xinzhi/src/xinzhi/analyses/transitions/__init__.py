"""Transitions: how entities move between the classes of a score, and which regions have which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Given, Reads, Shown, Study
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.space_and_time import ScoreAnalysis, report_place
from xinzhi.analyses.transitions.compute import Moves, TransitionsSection, moves
from xinzhi.analyses.transitions.show import exhibits
from xinzhi_core.wording import message


class TransitionsAnalysis(ScoreAnalysis[TransitionsSection, Moves]):
    """Estimate the probabilities of moving between classes of a score from one period to the next.

    Each row of the matrix holds the shares of the moves out of a class, with Wilson's interval; the
    long run is the stationary distribution of the chain.

    Returns
    -------
    Moves
        `transitions` (counts and probabilities, without units), `paths` over the dates, and `by_region`, the
        classes by period and region; None for what these data or options do not give.

    Raises
    ------
    SpecError, DataError
        The classes leave a gap or overlap, or the score is not a column of finite numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("ab"), [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": [0.2, 0.7, 0.8, 0.9]}, index=index)
    >>> found = xz.transitions(frame, score="score", classes={"low": "< 0.3", "high": ">= 0.3"})
    >>> found.transitions.counts.to_numpy().tolist()
    [[0, 1], [0, 1]]

    References
    ----------
    Anderson and Goodman (1957), doi 10.1214/aoms/1177707039; Wilson (1927), doi
    10.1080/01621459.1927.10502953.
    """

    section = TransitionsSection
    verb = "transitions"
    description = "Score -> moves between its classes."
    title = message("Transitions")
    place = report_place(45.1)
    suffix = "transitions"
    caption = message("Transitions between the classes of {score}")

    def is_asked(self, key: str, options: object) -> bool:
        """Follow every score of the section; `sections` leaves out those without classes."""
        return True

    def sections(self, key: str, options: Any) -> Mapping[str, TransitionsSection]:
        """Find the scores of the section that have classes."""
        classes = {name: score.classes for name, score in options.efficiency.items()}
        return {
            name: section.model_copy(update={"classes": classes[name]})
            for name, section in super().sections(key, options).items()
            if classes.get(name)
        }

    def reads(self, section: Any, study: Study) -> Reads:
        """Read the score and the regions, and at which level intervals are given."""
        return replace(super().reads(section, study), asked=(study.inference.coverage(),))

    def compute(self, section: TransitionsSection, given: Given) -> Moves:
        """Count the moves."""
        return moves(section, given)

    def show(self, section: TransitionsSection, result: Moves, shown: Shown) -> Exhibits:
        """Set the classes by region, the matrix, and the paths."""
        return exhibits(self.heading(section, shown), section, result, shown)


ANALYSES.add("transitions")(TransitionsAnalysis())
