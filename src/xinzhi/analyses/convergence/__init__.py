"""Convergence: whether the dispersion of a score shrinks, and whether those behind grow faster."""

from __future__ import annotations

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.analysis import Reads as Reads
from xinzhi.analyses.analysis import Study as Study
from xinzhi.analyses.convergence.compute import Convergence, convergence
from xinzhi.analyses.convergence.section import ConvergenceSection
from xinzhi.analyses.convergence.show import exhibits
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.space_and_time import ScoreAnalysis, at
from xinzhi.analyses.unavailable import Unavailable as Unavailable
from xinzhi.notices import Notice as Notice
from xinzhi.wording import Wording, message


class ConvergenceAnalysis(ScoreAnalysis[ConvergenceSection, Convergence]):
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
    verb = "convergence"
    description = "Score -> its convergence."
    title = message("Convergence")
    place = at(45.3)

    def compute(self, section: ConvergenceSection, given: Given) -> Convergence:
        """Compute each kind that is asked for."""
        return convergence(section, given)

    def heading(self, section: ConvergenceSection, shown: Shown) -> tuple[str, Wording]:
        """Keep the place of both tables."""
        score = shown.study.score_label(section.score)
        return f"{shown.name}_convergence", message("Convergence of {score}", score=score)

    def show(self, section: ConvergenceSection, result: Convergence, shown: Shown) -> Exhibits:
        """Set the dispersion by period and the growth regression."""
        return exhibits(section, result, shown)


ANALYSES.add("convergence")(ConvergenceAnalysis())
