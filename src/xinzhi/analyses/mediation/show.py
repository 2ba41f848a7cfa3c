"""The tables of mediation, its paragraph of methods and its references."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.mediation.section import MediationSection
from xinzhi.analyses.mediation.tables import mediation_effects, mediation_equations
from xinzhi.econometrics.mediation import Mediation
from xinzhi.tables.table import Table
from xinzhi.wording import Wording, message

SOBEL = (
    "Sobel, M. E. (1982). Asymptotic confidence intervals for indirect effects in structural "
    "equation models. Sociological Methodology, 13, 290–312. doi:10.2307/270723"
)
MACKINNON = (
    "MacKinnon, D. P., Lockwood, C. M., & Williams, J. (2004). Confidence limits for the indirect "
    "effect: Distribution of the product and resampling methods. Multivariate Behavioral Research, "
    "39(1), 99–128. doi:10.1207/s15327906mbr3901_4"
)
IMAI = (
    "Imai, K., Keele, L., & Yamamoto, T. (2010). Identification, inference and sensitivity analysis "
    "for causal mediation effects. Statistical Science, 25(1), 51–71. doi:10.1214/10-STS321"
)
REFERENCES = frozenset({SOBEL, MACKINNON, IMAI})


def exhibits(section: MediationSection, result: Mediation, shown: Shown) -> Exhibits:
    """Make the exhibits of a section."""
    return Exhibits(
        tuple(_tables(section, result, shown)),
        (_methods(section),),
        REFERENCES,
    )


def _tables(section: MediationSection, result: Mediation, shown: Shown) -> Iterator[Table]:
    style = shown.style
    equations = message("{title}: equations", title=shown.title)
    yield mediation_equations(
        shown.name,
        equations,
        result,
        style,
    )
    effects = message("{title}: direct and mediated effects", title=shown.title)
    yield mediation_effects(
        f"{shown.name}_effects",
        effects,
        result,
        style,
        tests=section.tests,
    )


def _methods(section: MediationSection) -> Wording:
    return message(
        "Mediation: each mediator alone, all equations on one common sample; ab tested by {tests}.",
        tests=_tests(section.tests, section.draws),
    )


def _tests(tests: tuple[str, ...], draws: int) -> Wording:
    bootstrap = message("percentiles of {draws} draws of whole clusters", draws=draws)
    sobel = message("Sobel's normal test")
    if "bootstrap" not in tests:
        return sobel
    if "sobel" not in tests:
        return bootstrap
    return message("{first} and {second}", first=sobel, second=bootstrap)
