"""Convergence: whether the dispersion of a score shrinks, and whether those behind grow faster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.convergence.section import ConvergenceSection
from xinzhi.analyses.convergence.tables import beta_table, sigma_table
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.space_and_time import KEY, at, part, part_table, reads_of, sections_of
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.notices import Notice
from xinzhi.space.convergence import Beta, Sigma, beta, sigma
from xinzhi.wording import Wording, message


@dataclass(frozen=True, slots=True, eq=False)
class Convergence:
    """Convergence of a score; None where it was not asked for."""

    sigma: Sigma | Unavailable | None
    """Dispersion of each period, and its trend."""
    beta: Beta | Unavailable | None
    """Growth regressed on the start."""


class ConvergenceAnalysis(Analysis[ConvergenceSection, Convergence]):
    """Test whether the dispersion of a score shrinks (sigma) and whether those behind grow faster (beta).

    Sigma convergence is a falling trend of the coefficient of variation. Beta convergence is a
    negative beta in

        (ln s_iT - ln s_i0) / T = a + beta ln s_i0 + e_i,    speed = -ln(1 + beta T) / T,

    with errors robust to heteroscedasticity.

    Returns
    -------
    Convergence
        `sigma` and `beta`; None for the one that was not asked for.

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
        scores, asked = given.panel.frame[section.score], section.convergence
        return Convergence(
            part("sigma", lambda: sigma(scores)) if "sigma" in asked else None,
            part("beta", lambda: beta(scores)) if "beta" in asked else None,
        )

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
        name, score = shown.name, shown.study.score_label(section.score)
        title = message("Dispersion of {score} (σ convergence)", score=score)
        dispersion = part_table(f"{name}_sigma", title, result.sigma, sigma_table)
        title = message("Growth of {score} and its start (β convergence)", score=score)
        growth = part_table(f"{name}_beta", title, result.beta, beta_table)
        return Exhibits((*dispersion, *growth), findings=first_sentences(*dispersion, *growth))


ANALYSES.add("convergence")(ConvergenceAnalysis())
