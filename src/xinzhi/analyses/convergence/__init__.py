"""Convergence: whether the dispersion of a score shrinks, and whether those behind grow faster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.convergence.compute import Convergence, convergence
from xinzhi.analyses.convergence.section import ConvergenceSection
from xinzhi.analyses.convergence.show import exhibits
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.space_and_time import KEY, at, reads_of, sections_of
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.notices import Notice
from xinzhi.wording import Wording, message


class ConvergenceAnalysis(Analysis[ConvergenceSection, Convergence]):
    """Test whether the dispersion of a score shrinks (sigma) and whether those behind grow faster (beta).

    Sigma convergence is a falling trend of the coefficient of variation. Beta convergence is a
    negative beta in

        (ln s_iT - ln s_i0) / T = a + beta ln s_i0 + e_i,    speed = -ln(1 + beta T) / T,

    with errors robust to heteroscedasticity.

    Returns
    -------
    Convergence
        `sigma` and `beta`, whose speed is a rate per unit of time; None for the one that was not asked for.

    Raises
    ------
    DataError
        The score is not in the data, holds text or infinite values, or a key is in two rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2, 3]], names=["entity", "period"])
    >>> score = [0.2, 0.4, 0.5, 0.4, 0.5, 0.6, 0.8, 0.8, 0.9]
    >>> frame = pd.DataFrame({"score": score}, index=index)
    >>> found = xz.convergence(frame, score="score", convergence="sigma")
    >>> found.sigma.slope < 0, found.beta
    (True, None)

    References
    ----------
    Barro and Sala-i-Martin (1992), doi 10.1086/261816.
    """

    section = ConvergenceSection
    is_declared = False
    under = KEY
    named_by = "score"
    verb = "convergence"
    description = "Score -> its convergence."
    title = message("Convergence")
    place = at(45.3)

    def sections(self, key: str, options: Any) -> Mapping[str, ConvergenceSection]:
        """Find the scores whose convergence is asked for."""
        return sections_of(ConvergenceSection, options, lambda one: one.convergence)

    def reads(self, section: ConvergenceSection, study: Study) -> Reads:
        """Read the score."""
        return reads_of(section.score)

    def compute(self, section: ConvergenceSection, given: Given) -> Convergence:
        """Compute each kind that is asked for."""
        return convergence(section, given)

    def notices(self, result: Convergence) -> Iterator[Notice]:
        """Say who was left out."""
        for one in (result.sigma, result.beta):
            yield from getattr(one, "notices", ())

    def failures(self, result: Convergence) -> Iterator[Unavailable]:
        """List the kinds that have no answer."""
        yield from (one for one in (result.sigma, result.beta) if isinstance(one, Unavailable))

    def heading(self, section: ConvergenceSection, shown: Shown) -> tuple[str, Wording]:
        """Keep the place of both tables."""
        score = shown.study.score_label(section.score)
        return f"{shown.name}_convergence", message("Convergence of {score}", score=score)

    def show(self, section: ConvergenceSection, result: Convergence, shown: Shown) -> Exhibits:
        """Set the dispersion by period and the growth regression."""
        return exhibits(section, result, shown)


ANALYSES.add("convergence")(ConvergenceAnalysis())
