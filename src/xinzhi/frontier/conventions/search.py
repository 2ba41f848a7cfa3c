"""Find the combination of declared options that reproduces the scores of another program.

Every combination is measured with its certificates and compared row by row. A row agrees where both scores
differ by no more than half a unit of the other program's last digit, plus what the proof leaves open. The
nearest combination is the one with the most rows that agree, then with the smallest median difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.errors import DataError, Problem, StudyError
from xinzhi.frontier.activities import Activities, Label
from xinzhi.frontier.conventions.candidates import Convention, options_to_try, prints_of
from xinzhi.frontier.evaluate import evaluate
from xinzhi.frontier.measure import MEASURES
from xinzhi.frontier.options import in_force
from xinzhi.frontier.result import Array
from xinzhi.panel.notebook import InNotebook
from xinzhi.wording import message

PROVED = 1e-7
"""What the certificates of a score leave open, generously."""
SHOWN = 10
"""Conventions that are kept for a reader."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A convention, and how near its scores come."""

    convention: Convention
    scores: Array
    """As printed under it, shape (n,)."""
    n_agree: int
    median: float
    """Median of the absolute differences over the rows with both scores."""
    largest: float


@dataclass(frozen=True, slots=True, eq=False)
class ScoresExplained(InNotebook):
    """The conventions that come nearest to scores of another program, best first."""

    labels: tuple[Label, ...]
    theirs: Array
    """Shape (n,); NaN where the other program has no score."""
    tolerance: float
    """Up to which difference two scores agree."""
    candidates: tuple[Candidate, ...]
    n_tried: int
    has_bads: bool
    not_in_data: tuple[Label, ...] = ()
    """Rows of the other program that the data do not have."""

    @property
    def n(self) -> int:
        """Number of rows with a score of the other program."""
        return int(np.isfinite(self.theirs).sum())

    @property
    def exact(self) -> tuple[Candidate, ...]:
        """Conventions that reproduce every row."""
        return tuple(candidate for candidate in self.candidates if candidate.n_agree == self.n)

    @property
    def is_reproduced(self) -> bool:
        """Whether a convention reproduces every row."""
        return bool(self.exact)

    def in_words(self, candidate: Candidate) -> str:
        """Write the options of a convention."""
        return in_force(candidate.convention.options, has_bads=self.has_bads)

    def differing(self) -> pd.DataFrame:
        """List the rows that the nearest convention does not reproduce, the largest difference first."""
        best = self.candidates[0]
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        frame = pd.DataFrame({"theirs": self.theirs, "ours": best.scores}, index=index)
        frame["difference"] = frame["ours"] - frame["theirs"]
        apart = frame["difference"].abs()
        has_score = frame["theirs"].notna().to_numpy()
        off = has_score & ~(apart <= self.tolerance).to_numpy()
        order = apart[off].sort_values(ascending=False, na_position="first", kind="stable").index
        return frame[off].loc[order]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a convention: its options, rows that agree, median and largest difference."""
        return pd.DataFrame(
            {
                "options": self.in_words(candidate),
                "printed": candidate.convention.printed,
                "agree": candidate.n_agree,
                "of": self.n,
                "median": candidate.median,
                "largest": candidate.largest,
            }
            for candidate in self.candidates
        )

    def __repr__(self) -> str:
        best = self.candidates[0]
        head = "reproduced" if self.is_reproduced else "nearest"
        return (
            f"{head}: {best.n_agree} of {self.n} rows by {self.in_words(best)}, "
            f"printed: {best.convention.printed} ({self.n_tried} combinations tried)"
        )


def explain_scores(
    activities: Activities,
    theirs: Array,
    *,
    tolerance: float,
    given: Mapping[str, Any],
    jobs: int = 1,
) -> ScoresExplained:
    """Try the combinations of options, and rank them by how many rows they reproduce.

    Parameters
    ----------
    activities
        Rows with their inputs and outputs, shape (n, k).
    theirs
        Scores of the other program, shape (n,); NaN where it has none.
    tolerance
        Half a unit of their last digit.
    given
        Options that are known, such as `returns_to_scale`; they are not varied.

    Raises
    ------
    DataError
        There is no score to compare with, or no combination can be measured on these data.
    """
    if not np.isfinite(theirs).any():
        text = message("The other program has no score for any of these rows.")
        remedy = message("name the column of scores, and compare how the rows are called.")
        raise DataError(Problem("explain.no_scores", text, remedy=remedy))
    has_periods = len({period for _, period in activities.labels}) > 1
    has_bads = bool(activities.roles.bad_outputs)
    candidates: list[Candidate] = []
    refused: StudyError | None = None
    n_tried = 0
    names = activities.roles.names
    for options in options_to_try(given, names, has_periods=has_periods, has_bads=has_bads):
        try:
            scores = evaluate(activities, options=options, jobs=jobs).scores
        except StudyError as error:  # a combination that does not exist, or not on these data
            refused = error
            continue
        n_tried += 1
        traits = MEASURES.get(options.measure).traits
        for printed, values in prints_of(scores, traits).items():
            candidates.append(_compare(Convention(options, printed), values, theirs, tolerance))
        # Each holds n scores: the best ones stay, not those of every combination.
        candidates = sorted(candidates, key=partial(_rank, n=int(np.isfinite(theirs).sum())))
        candidates = candidates[: 4 * SHOWN]
    if not candidates:
        assert refused is not None
        raise DataError(refused.problems)
    return ScoresExplained(
        activities.labels, theirs, tolerance, tuple(candidates[:SHOWN]), n_tried, has_bads
    )


def _compare(convention: Convention, scores: Array, theirs: Array, tolerance: float) -> Candidate:
    apart = np.abs(scores - theirs)[np.isfinite(theirs)]
    finite = apart[np.isfinite(apart)]
    return Candidate(
        convention,
        scores,
        int((apart <= tolerance + PROVED).sum()),
        float(np.median(finite)) if len(finite) else np.inf,
        # A row that has a score in one of both programs only is infinitely far off.
        float(finite.max(initial=0.0)) if len(finite) == len(apart) else np.inf,
    )


def _rank(candidate: Candidate, n: int) -> tuple[int, float, tuple[int, int]]:
    """Order by rows that agree; of conventions that reproduce all, the plainest comes first."""
    agree, median = candidate.n_agree, candidate.median
    return -agree, 0.0 if agree == n else median, candidate.convention.rank
