"""The methods paragraphs of the mechanism: what was done, in words, with references."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.study.groups import group_label
from xinzhi.study.result import StudyResult
from xinzhi.study.stops.bootstrap import DRAWS
from xinzhi.wording import Wording, message

WILD = (
    "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for "
    "inference with clustered errors. Review of Economics and Statistics, 90(3), 414–427. "
    "doi:10.1162/rest.90.3.414"
)
MONTIEL = (
    "Montiel Olea, J. L., & Pflueger, C. (2013). A robust test for weak instruments. Journal of "
    "Business & Economic Statistics, 31(3), 358–369. doi:10.1080/00401706.2013.806694"
)
KLEIBERGEN = (
    "Kleibergen, F., & Paap, R. (2006). Generalized reduced rank tests using the singular value "
    "decomposition. Journal of Econometrics, 133(1), 97–126. doi:10.1016/j.jeconom.2005.02.011"
)
STOCK = (
    "Stock, J. H., & Yogo, M. (2005). Testing for weak instruments in linear IV regression. In D. W. K. "
    "Andrews & J. H. Stock (Eds.), Identification and inference for econometric models (pp. 80–108). "
    "Cambridge University Press. doi:10.1017/CBO9780511614491.006"
)
ANDERSON = (
    "Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a "
    "complete system of stochastic equations. Annals of Mathematical Statistics, 20(1), 46–63. "
    "doi:10.1214/aoms/1177730090"
)


def mechanism_methods(result: StudyResult, analysed: tuple[Wording, ...]) -> Iterator[Wording]:
    """Say how the sections of the mechanism were computed."""
    spec, found = result.spec, result.mechanism
    for name, group in spec.groups.items():
        if group.split is not None:
            yield message(
                "{grouping}: entities are high where {column} in their first period lies above the "
                "median of all entities, else low.",
                grouping=group_label(spec, name),
                column=result.panel.label(group.column),
            )
    if any(found.instrumented.values()):
        yield message(
            "Instrumented columns are two-stage least squares on columns without the effects. With one "
            "endogenous regressor the instruments count as strong if the effective F exceeds the "
            "simplified critical value of Montiel Olea and Pflueger at the declared τ; with two and "
            "independent errors, if the Cragg-Donald F exceeds that of Stock and Yogo for a size of 10 %. "
            "Otherwise the t-tests are not used: the star of a single endogenous regressor follows the "
            "Anderson-Rubin test, which holds however weak the instruments are."
        )
    if found.wild:
        yield message(
            "Where errors are clustered by fewer than 40 clusters, p-values of the wild cluster "
            "bootstrap with the null hypothesis imposed ({draws} draws) stand beside the usual ones; its "
            "intervals hold the values that the same two-sided symmetric test does not reject.",
            draws=DRAWS,
        )
    yield from analysed


def mechanism_references(result: StudyResult) -> frozenset[str]:
    """List the references of the sections that the study has."""
    found = result.mechanism
    used: set[str] = set()
    for applies, references in (
        (bool(found.wild), (WILD,)),
        (any(found.instrumented.values()), (MONTIEL, ANDERSON, KLEIBERGEN, STOCK)),
    ):
        used |= set(references) if applies else set()
    return frozenset(used)
