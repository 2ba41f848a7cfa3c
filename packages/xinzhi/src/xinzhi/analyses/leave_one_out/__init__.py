"""The study without each of its entities: ranges of all effects, and the most influential entities."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.leave_one_out.compute import LeaveOneOut, LeaveOneOutOptions, leave_one_out
from xinzhi.analyses.leave_one_out.show import exhibits
from xinzhi.analyses.whole_study.resampling import (
    ResamplingAnalysis,
    left_out_notices,
    resampled_sections,
)
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message


class LeaveOneOutAnalysis(ResamplingAnalysis[LeaveOneOutOptions, LeaveOneOut]):
    """Leave each entity out of everything once: the frontier, the scores and every regression."""

    section = LeaveOneOutOptions
    description = "All effects without each entity, which is left out of the frontier too."
    title = message("Effects without each entity")
    place = Place("leave_one_out", message("Leaving out one entity"), 59.6, chapter="robustness")

    def compute(self, section: LeaveOneOutOptions, given: Given) -> LeaveOneOut:
        """Compute everything once without each entity."""
        del section
        return leave_one_out(given, resampled_sections(given.study))

    def notices(self, result: LeaveOneOut) -> Iterator[Notice]:
        """Count what could not be estimated without some entity."""
        if result.lost:
            text = message(
                "Without {n} of {all} entities no frontier can be measured.",
                n=len(result.lost),
                all=len(result.entities),
            )
            yield Notice("leave_one_out.lost", text)
        yield from left_out_notices("leave_one_out", result.n_left_out)
        n_complete = len(result.entities) - len(result.lost)
        partly = sum(effect.n < n_complete for effect in result.ranges)
        if partly:
            text = message(
                "{n} effects are not identified without some entity: their ranges rest on the "
                "others, whose number is in the table.",
                one="{n} effect is not identified without some entity: its range rests on the "
                "others, whose number is in the table.",
                n=partly,
            )
            yield Notice("leave_one_out.partly_lost", text)

    def show(self, section: LeaveOneOutOptions, result: LeaveOneOut, shown: Shown) -> Exhibits:
        """Set the range of each effect, and the most influential entities."""
        del section
        return exhibits(result, shown)


ANALYSES.add("leave_one_out")(LeaveOneOutAnalysis())
