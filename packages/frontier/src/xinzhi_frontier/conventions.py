"""Find the combination of declared options that reproduces the scores of another program.

Every combination is measured with its certificates and compared row by row. A row agrees where both scores
differ by no more than half a unit of the other program's last digit, plus what the proof leaves open. The
nearest combination is the one with the most rows that agree, then with the smallest median difference.

Programs agree on the linear program and differ in what surrounds it: form A or B for bad outputs, returns,
who is in the reference set and who leaves it, orientation, and how a score is printed (Tone 2002 prints
efficiency, some programs its reciprocal; scores beyond 1 are cut off, or printed by the super program alone).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from xinzhi_core.errors import DataError, Problem, StudyError
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.vocabulary import CHOICES
from xinzhi_core.wording import Message, message
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.frames import FRAMES
from xinzhi_frontier.measure import MEASURES, Traits
from xinzhi_frontier.options import DEFAULTS, Options, in_force
from xinzhi_frontier.result import Activities, Array, Label

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", FRAMES)

OVER_TIME = ("global", "contemporaneous", "sequential", "biennial", "base")
"""References of a panel; a window has a length of its own and is tried where it was asked for. The base is the first period."""
PRINTED: Mapping[str, Message] = MappingProxyType(
    {
        "score": message("as the score"),
        "reciprocal": message("as its reciprocal, 1/score"),
        "at_most_best": message("cut off at the score of an efficient row"),
        "at_least_best": message("by the super program alone, so that no score is below 1"),
        "complement": message("as 1 - score"),
    }
)
"""How a program prints a score -> the words for it."""


@dataclass(frozen=True, slots=True)
class Convention:
    """A combination of options, and how the score is printed."""

    options: Options
    printed: str = "score"

    @property
    def rank(self) -> tuple[int, int]:
        """Order conventions with the same scores: the plainest first, then the best-known measure."""
        names = ("returns_to_scale", "reference", "exclude", "bads", "disposability", "direction")
        changed: int = sum(getattr(self.options, n) != getattr(DEFAULTS, n) for n in names)
        measures, measure = [*CHOICES["measure"]], self.options.measure
        # Measures of other packages come last.
        place = measures.index(measure) if measure in measures else len(measures)
        return changed + 2 * (self.printed != "score"), place


def options_to_try(
    given: Mapping[str, Any], names: Sequence[str], *, has_periods: bool, has_bads: bool
) -> Iterator[Options]:
    """List combinations of options for columns of these names; what is given is kept in all of them."""
    for measure in [given["measure"]] if given.get("measure") else MEASURES.names():
        traits = MEASURES.get(measure).traits
        if traits.has_nonseparable and not given.get("nonseparable"):
            continue
        fixed = {name: (value,) for name, value in given.items() if value is not None}
        choices = _choices(traits, names, has_periods=has_periods, has_bads=has_bads)
        choices = {**choices, **fixed, "measure": (measure,)}
        for values in product(*choices.values()):
            options = Options(**dict(zip(choices, values, strict=True)))
            # Weak disposability is said of bads as outputs, form A.
            if options.bads == "outputs" or options.disposability == "strong":
                yield options


def _choices(
    traits: Traits, names: Sequence[str], *, has_periods: bool, has_bads: bool
) -> dict[str, tuple[Any, ...]]:
    """List the choices that a measure leaves open."""
    choices: dict[str, tuple[object, ...]] = {
        "orientation": traits.orientations,
        "returns_to_scale": tuple(CHOICES["returns_to_scale"]),
        "reference": OVER_TIME if has_periods else ("global",),
        "zeros": ("keep",),
    }
    if traits.is_super and has_periods:
        choices["exclude"] = tuple(CHOICES["exclude"])
    if has_bads:
        choices["bads"] = tuple(CHOICES["bads"])
        choices["disposability"] = traits.disposabilities
    if traits.weights_are_sums:
        choices["weights"] = (None, dict.fromkeys(names, 1.0))
    if traits.has_direction:
        choices["direction"] = ("own", "mean")
    return choices


def prints_of(scores: Array, traits: Traits) -> dict[str, Array]:
    """Give the ways in which a program may print scores, shape (n,) each."""
    prints = {"score": scores}
    if traits.is_inefficiency:
        # 0 is efficient, so that its reciprocal is not a score.
        prints["complement"] = 1.0 - scores
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            prints["reciprocal"] = 1.0 / scores
    if traits.is_super:
        prints["at_most_best"] = np.minimum(scores, traits.best)
        prints["at_least_best"] = np.maximum(scores, traits.best)
    return prints


PROVED = 1e-7
"""What the certificates of a score leave open, generously."""
WHOLE = 0.5
"""Half a unit of the last digit of whole numbers: scores of any convention lie that near."""
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
    given: Mapping[str, object],
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
        No score to compare with exists, the scores are whole numbers, or no combination can be measured on these data.
    """
    if not np.isfinite(theirs).any():
        text = message("The other program has no score for any of these rows.")
        remedy = message("name the column of scores, and compare how the rows are called.")
        raise DataError(Problem("explain.no_scores", text, remedy=remedy))
    if tolerance >= WHOLE:
        text = message(
            "The other program's scores are whole numbers: to half a unit, many combinations give them."
        )
        remedy = message("write them out with their decimals.")
        raise DataError(Problem("explain.whole_numbers", text, remedy=remedy))
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
