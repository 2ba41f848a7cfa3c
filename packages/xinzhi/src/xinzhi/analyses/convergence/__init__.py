"""Convergence: whether the dispersion of a score shrinks, and whether those behind grow faster."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.convergence.show import ConvergenceSection, beta_table, sigma_table
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.space_and_time import ScoreAnalysis, part_table, report_place
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import message
from xinzhi_econometrics.space.convergence import Beta, Sigma, beta, sigma


@dataclass(frozen=True, slots=True, eq=False)
class Convergence(InNotebook):
    """Convergence of a score; None where it was not asked for."""

    sigma: Sigma | Unavailable | None
    """Dispersion of each period, and its trend."""
    beta: Beta | Unavailable | None
    """Growth regressed on the start."""

    @property
    def parts(self) -> tuple[Sigma | Beta | Unavailable | None, ...]:
        """Both, in the order of the report."""
        return self.sigma, self.beta


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
    place = report_place(45.3)
    suffix = "convergence"
    caption = message("Convergence of {score}")

    def compute(self, section: ConvergenceSection, given: Given) -> Convergence:
        """Compute each kind that is asked for."""
        scores, asked = given.panel.frame[section.score], section.convergence
        return Convergence(
            attempt("sigma", lambda: sigma(scores)) if "sigma" in asked else None,
            attempt("beta", lambda: beta(scores)) if "beta" in asked else None,
        )

    def show(self, section: ConvergenceSection, result: Convergence, shown: Shown) -> Exhibits:
        """Set the dispersion by period and the growth regression."""
        name, score, style = shown.name, shown.study.score_label(section.score), shown.style
        title = message("Dispersion of {score} (σ convergence)", score=score)
        dispersion = part_table(f"{name}_sigma", title, result.sigma, sigma_table, style=style)
        title = message("Growth of {score} and its initial level (β convergence)", score=score)
        growth = part_table(f"{name}_beta", title, result.beta, beta_table, style=style)
        return Exhibits((*dispersion, *growth), prose=first_sentences(*dispersion, *growth))


ANALYSES.add("convergence")(ConvergenceAnalysis())
