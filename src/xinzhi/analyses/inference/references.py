"""References of the inference on scores."""

from __future__ import annotations

from xinzhi.frontier.inference.intervals import ScoreInference

KNEIP_2008 = (
    "Kneip, A., Simar, L., & Wilson, P. W. (2008). Asymptotics and consistent bootstraps for DEA "
    "estimators in nonparametric frontier models. Econometric Theory, 24(6), 1663–1697. "
    "doi:10.1017/S0266466608080651"
)
PARK_2010 = (
    "Park, B. U., Jeong, S.-O., & Simar, L. (2010). Asymptotic distribution of conical-hull estimators "
    "of directional edges. Annals of Statistics, 38(3), 1320–1340. doi:10.1214/09-AOS746"
)
SIMAR_2011 = (
    "Simar, L., & Wilson, P. W. (2011). Inference by the m out of n bootstrap in nonparametric frontier "
    "models. Journal of Productivity Analysis, 36(1), 33–53. doi:10.1007/s11123-010-0200-4"
)
SIMAR_2012 = (
    "Simar, L., Vanhems, A., & Wilson, P. W. (2012). Statistical inference for DEA estimators of "
    "directional distances. European Journal of Operational Research, 220(3), 853–864. "
    "doi:10.1016/j.ejor.2012.02.030"
)
SIMAR_1998 = (
    "Simar, L., & Wilson, P. W. (1998). Sensitivity analysis of efficiency scores: How to bootstrap in "
    "nonparametric frontier models. Management Science, 44(1), 49–61. doi:10.1287/mnsc.44.1.49"
)


def references_of(found: ScoreInference) -> frozenset[str]:
    """List the references of a resampling; none where no interval is known."""
    if found.plan.method == "smoothed":
        return frozenset({SIMAR_1998})
    if found.plan.method != "subsampling" or found.reason is not None:
        return frozenset()
    references = {KNEIP_2008, SIMAR_2011}
    if found.options.returns_to_scale == "constant":
        references.add(PARK_2010)
    if found.options.measure == "directional":
        references.add(SIMAR_2012)
    return frozenset(references)
