"""The whole study on draws of its entities: intervals that hold the error of the frontier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study, in_order
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.whole_study.compute import WholeStudy, whole_study
from xinzhi.analyses.whole_study.notices import notices
from xinzhi.analyses.whole_study.section import WholeStudyOptions
from xinzhi.analyses.whole_study.show import exhibits
from xinzhi.notices import Notice
from xinzhi.wording import message

KEY = "whole_study"


class WholeStudyAnalysis(Analysis[WholeStudyOptions, WholeStudy]):
    """Draw entities, and compute the frontier, the scores and every regression again in each draw."""

    section = WholeStudyOptions
    is_single = True
    is_declared = False
    under = "inference"
    keeps_instruments = True
    keeps_estimator = True
    description = "Intervals over draws of the whole study, the frontier included."
    title = message("Intervals over draws of the whole study")
    place = Place("whole_study", message("Draws of the whole study"), 59.5)

    def sections(self, key: str, options: Any) -> Mapping[str, WholeStudyOptions]:
        """Find the options among those of inference."""
        found = getattr(options.inference, key, None)
        return {key: found} if found is not None else {}

    def reads(self, section: WholeStudyOptions, study: Study) -> Reads:
        """Read all that the analyses with regressions read, and their results."""
        return redrawn_reads(study)

    def compute(self, section: WholeStudyOptions, given: Given) -> WholeStudy:
        """Draw, and take the intervals."""
        return whole_study(section, given, redrawn(given.study))

    def notices(self, result: WholeStudy) -> Iterator[Notice]:
        """Say what was lost, and what the intervals assume."""
        return notices(result)

    def show(self, section: WholeStudyOptions, result: WholeStudy, shown: Shown) -> Exhibits:
        """Set the intervals beside the usual ones."""
        return exhibits(section, result, shown)


def redrawn(study: Study) -> tuple[tuple[str, str], ...]:
    """List the sections whose numbers draws compute again, in the order of the report."""
    return tuple(
        (key, name)
        for key, analysis in in_order()
        if has_draws(analysis)
        for name in study.sections(key)
    )


def has_draws(analysis: Analysis[Any, Any]) -> bool:
    """Whether an analysis has numbers, or statements about signs, that draws compute again."""
    kind = type(analysis)
    return (
        kind.quantities is not Analysis.quantities or kind.joint_signs is not Analysis.joint_signs
    )


def redrawn_reads(study: Study) -> Reads:
    """Gather what the sections read, and the scores behind it."""
    places = redrawn(study)
    reads = [ANALYSES.get(key).reads(study.section(key, name), study) for key, name in places]
    measured = tuple(
        (key, name)
        for key, analysis in in_order()
        if analysis.measures
        for name in study.sections(key)
    )
    return Reads(
        data=tuple(dict.fromkeys(asked for one in reads for asked in one.data)),
        equations=tuple(dict.fromkeys(asked for one in reads for asked in one.equations)),
        groupings=tuple(dict.fromkeys(name for one in reads for name in one.groupings)),
        results=(*measured, *places),
        methods=("regression", "frontier"),
        again=True,
    )


ANALYSES.add(KEY)(WholeStudyAnalysis())
