"""The methods paragraphs of inference on scores, in words, with references."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.report.naming import score_label
from xinzhi.study.result import StudyResult
from xinzhi.tables.score_inference import inference_notes, title_of
from xinzhi.wording import Wording, message

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


def score_inference_methods(result: StudyResult) -> Iterator[Wording]:
    """Say how the precision of scores was assessed, or why there is no confidence interval."""
    for name, found in result.intervals.items():
        title = title_of(found, score_label(result, name))
        for note in inference_notes(found):
            yield message("{title}. {note}", title=title, note=note)


def inference_references(result: StudyResult) -> frozenset[str]:
    """List the references of the inference on scores."""
    found: set[str] = set()
    for name, one in result.intervals.items():
        if one.plan.method == "smoothed":
            found.add(SIMAR_1998)
        elif one.plan.method == "subsampling" and one.reason is None:
            options = result.of("efficiency")[name].options
            found |= {KNEIP_2008, SIMAR_2011}
            found |= {PARK_2010} if options.returns_to_scale == "constant" else set()
            found |= {SIMAR_2012} if options.measure == "directional" else set()
    return frozenset(found)
