"""Convergence of a score: the trend of its dispersion, and growth regressed on the start."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.convergence.section import ConvergenceSection
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.panel.notebook import InNotebook
from xinzhi.space.beta_convergence import Beta, beta
from xinzhi.space.sigma_convergence import Sigma, sigma


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


def convergence(section: ConvergenceSection, given: Given) -> Convergence:
    """Compute each kind of convergence that is asked for."""
    scores, asked = given.panel.frame[section.score], section.convergence
    return Convergence(
        attempt("sigma", lambda: sigma(scores)) if "sigma" in asked else None,
        attempt("beta", lambda: beta(scores)) if "beta" in asked else None,
    )
