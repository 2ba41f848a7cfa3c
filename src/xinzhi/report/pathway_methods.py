"""The methods paragraphs of pathways and of what-if, in words."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.tables import numbers
from xinzhi.tables.regression.fitted import name_of
from xinzhi.tables.what_if import move_in_words
from xinzhi.wording import Wording, listed, message

GELMAN = (
    "Gelman, A., & Stern, H. (2006). The difference between “significant” and “not significant” is not "
    "itself statistically significant. The American Statistician, 60(4), 328–331. "
    "doi:10.1198/000313006X152649"
)


def pathway_methods(result: StudyResult) -> Iterator[Wording]:
    """Say when a pathway counts as supported, and how a what-if is computed."""
    section, found = result.spec.typology, result.typology
    if section is None or found is None:
        return
    limits = found.pathways.thresholds
    yield message(
        "A pathway is supported for an entity if the factor's effect and its effect through a "
        "channel are positive with p below {level}. The estimate of a group speaks for its entities "
        "only where the groups differ (p below {difference}), else that for all.",
        level=numbers.level(limits.level),
        difference=numbers.level(limits.level_of_difference),
    )
    if limits.minimum_effect:
        yield message(
            "An effect below {least} does not count.",
            least=numbers.number(limits.minimum_effect, result.spec.report.decimals),
        )
    if section.what_if:
        words = labels(result.spec)
        moves = [
            message("{factor} {move}", factor=name_of(name, words), move=move_in_words(change))
            for name, change in section.what_if.items()
        ]
        yield message(
            "What-if ({moves}): the slope that speaks for the entity times the move, taken back "
            "through the logarithms; intervals of {confidence} by the delta method.",
            moves=listed(moves),
            confidence=numbers.level(section.confidence),
        )


def pathway_references(result: StudyResult) -> frozenset[str]:
    """List the references of the pathways, where the study has them."""
    return frozenset({GELMAN} if result.typology is not None else ())
