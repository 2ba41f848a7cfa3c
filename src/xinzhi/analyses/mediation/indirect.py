"""The mediated effect ab of one factor: its normal tests, and its sensitivity to an omitted cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Inapplicable, Statistic, normal_tails
from xinzhi.wording import Wording, message

NULL = message("There is no mediated effect: ab = 0.")


@dataclass(frozen=True, slots=True)
class Sobel:
    """The three normal tests of ab; Goodman's variance can be negative."""

    sobel: Statistic
    aroian: Statistic
    goodman: Statistic | Inapplicable
    std_error: float
    """Sobel's error of ab."""


def sobel(a: float, a_error: float, b: float, b_error: float) -> Sobel:
    """Test a product of two slopes: z = ab / s.

    Sobel s² = b²s_a² + a²s_b²; Aroian adds s_a²s_b², Goodman subtracts it.

    References
    ----------
    Sobel (1982), doi:10.2307/270723; Aroian (1947), doi:10.1214/aoms/1177730442; Goodman (1960),
    doi:10.1080/01621459.1960.10483369.

    Examples
    --------
    >>> round(sobel(0.5, 0.1, 0.4, 0.2).sobel.value, 6)
    1.856953
    """
    first, product = (b * a_error) ** 2 + (a * b_error) ** 2, (a_error * b_error) ** 2

    def test(name: str, variance: float) -> Statistic:
        why: Wording = ""
        if np.isnan(variance):
            why = message("a path of ab has no standard error.")
        elif not variance > 0.0:
            why = message("the variance of ab is not positive.")
        z = float("nan") if why else a * b / float(np.sqrt(variance))
        return Statistic(name, NULL, z, "N(0, 1)", normal_tails(z), why)

    goodman = test("goodman", first - product)
    return Sobel(
        test("sobel", first),
        test("aroian", first + product),
        # Its variance may be negative, so that it is the only one that can be refused.
        Inapplicable("goodman", goodman.remark) if goodman.remark else goodman,
        float(np.sqrt(first)),
    )


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How strong an omitted cause of mediator and outcome must be to explain ab away."""

    rho: float
    """Correlation of the errors of the two equations at which the mediated effect is 0."""
    robustness: float
    """Share of the residual variance of mediator and outcome that it must explain to make b 0."""
    slope: float
    """Change of the mediated effect at rho = 0: a · s_y / s_m."""

    def at(self, rho: float) -> float:
        """Mediated effect if the errors of mediator and outcome correlate by rho, |rho| < 1.

        ab(ρ) = a (s_y/s_m) [r - ρ sqrt((1 - r²)/(1 - ρ²))], r the correlation of the residuals.
        """
        return self.slope * (self.rho - rho * float(np.sqrt((1 - self.rho**2) / (1 - rho**2))))


def sensitivity(first: Estimates, total: Estimates, a: float) -> Sensitivity:
    """Measure the sensitivity of a mediated effect to an omitted cause.

    References
    ----------
    Imai, Keele and Yamamoto (2010), theorem 4, doi:10.1214/10-STS321; Cinelli and Hazlett (2020),
    doi:10.1111/rssb.12348.
    """
    m, y = first.residuals.to_numpy(), total.residuals.to_numpy()
    sm, sy = float(np.sqrt(m @ m)), float(np.sqrt(y @ y))
    r = float(m @ y) / (sm * sy) if sm > 0.0 and sy > 0.0 else float("nan")
    # r is also the partial correlation of mediator and outcome: f² = t²/df of b without clusters
    f2 = r**2 / (1 - r**2) if abs(r) < 1.0 else float("inf")
    robustness = (float(np.sqrt(f2**2 + 4 * f2)) - f2) / 2 if np.isfinite(f2) else 1.0
    return Sensitivity(r, robustness, a * sy / sm if sm > 0.0 else float("nan"))
