"""The whole study on draws of its entities: intervals that hold the error of the frontier."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi.analyses.analysis import ANALYSES, Given, RequiredDraws, Shown, Study
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.whole_study.compute import WholeStudy, WholeStudyOptions, whole_study
from xinzhi.analyses.whole_study.resampling import (
    ResamplingAnalysis,
    left_out_notices,
    resampled_sections,
)
from xinzhi.analyses.whole_study.show import exhibits
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message


class WholeStudyAnalysis(ResamplingAnalysis[WholeStudyOptions, WholeStudy]):
    """Draw entities, and compute the frontier, the scores and every regression again in each draw."""

    section = WholeStudyOptions
    description = "Intervals over draws of the whole study, the frontier included."
    title = message("Intervals over draws of the whole study")
    charts = "xinzhi.analyses.whole_study.charts"
    place = Place("whole_study", message("Draws of the whole study"), 59.5, chapter="robustness")

    def drawn(self, section: WholeStudyOptions, study: Study) -> Iterator[RequiredDraws]:
        """List the draws of the intervals."""
        yield RequiredDraws("draws", section.draws, 1.0 - study.inference.coverage(section.level))

    def compute(self, section: WholeStudyOptions, given: Given) -> WholeStudy:
        """Draw, and take the intervals."""
        return whole_study(section, given, resampled_sections(given.study))

    def notices(self, result: WholeStudy) -> Iterator[Notice]:
        """Count draws without an answer, and rows without a score."""
        n_draws = len(result.draws)
        if result.n_lost:
            text = message(
                "{n} of {all} draws have no frontier and are left out.",
                one="{n} of {all} draws has no frontier and is left out.",
                n=result.n_lost,
                all=n_draws,
            )
            yield Notice("whole_study.lost", text)
        yield from left_out_notices("whole_study", result.n_left_out)
        missing = np.isnan(result.draws)
        never = missing.all(axis=0)
        # Draws without a frontier have been counted; an effect that no draw has rests on nothing.
        if never.any() and result.n_lost < n_draws:
            text = message(
                "{n} effects are not identified in any draw and have no interval.",
                one="{n} effect is not identified in any draw and has no interval.",
                n=int(never.sum()),
            )
            yield Notice("whole_study.never_identified", text)
        partly = int(missing[:, ~never].any(axis=1).sum()) - result.n_lost
        if partly > 0:
            text = message(
                "In {partly} of {n} draws some effect is not identified: its interval rests on the "
                "other draws, whose number is in the table.",
                partly=partly,
                n=n_draws,
            )
            yield Notice("whole_study.partly_lost", text)
        if result.n_without_score > 0:
            text = message(
                "On average {rows:.1f} rows of a draw have no score and are left out of its "
                "regressions.",
                rows=result.n_without_score,
            )
            yield Notice("whole_study.without_score", text)

    def show(self, section: WholeStudyOptions, result: WholeStudy, shown: Shown) -> Exhibits:
        """Set the intervals beside the usual ones."""
        return exhibits(section, result, shown)


ANALYSES.add("whole_study")(WholeStudyAnalysis())
