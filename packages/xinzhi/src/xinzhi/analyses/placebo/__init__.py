"""Placebo factors: the paths of a factor are permuted between entities."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import ANALYSES, Given, RequiredDraws, Shown, Study
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.placebo.compute import PlaceboOptions, Placebos, placebo
from xinzhi.analyses.placebo.show import exhibits
from xinzhi.analyses.whole_study.resampling import (
    ResamplingAnalysis,
    left_out_notices,
    resampled_sections,
)
from xinzhi_core.notices import Notice
from xinzhi_core.wording import listed, message


class PlaceboAnalysis(ResamplingAnalysis[PlaceboOptions, Placebos]):
    """Permute the paths of each factor between entities, and test its slopes against these."""

    section = PlaceboOptions
    description = "Slopes of factors whose paths are permuted between entities."
    title = message("Slopes of placebo factors")
    place = Place("placebo", message("Placebo factors"), 59.7, chapter="robustness")

    def drawn(self, section: PlaceboOptions, study: Study) -> Iterator[RequiredDraws]:
        """List the permutations, which count both tails at once."""
        yield RequiredDraws("draws", section.draws, study.inference.level, sides=1)

    def compute(self, section: PlaceboOptions, given: Given) -> Placebos:
        """Permute each factor by itself."""
        return placebo(section, given, resampled_sections(given.study))

    def notices(self, result: Placebos) -> Iterator[Notice]:
        """Say which factors stand nowhere, and what was lost."""
        if result.absent:
            text = message(
                "Factors that stand in no regression that can be estimated again are not permuted: {names}.",
                names=listed(list(result.absent)),
            )
            yield Notice("placebo.absent", text)
        yield from left_out_notices("placebo", result.n_left_out)
        partly = sum(slope.n < len(result.draws) for slope in result.slopes)
        if partly:
            text = message(
                "{n} slopes are not identified in some permutation: their p-values rest on the "
                "others, whose number is in the table.",
                one="{n} slope is not identified in some permutation: its p-value rests on the "
                "others, whose number is in the table.",
                n=partly,
            )
            yield Notice("placebo.partly_lost", text)
        if not result.is_balanced:
            text = message(
                "Not every entity has a row in every period: where the other entity of a "
                "permutation has none, the row is left out of its regressions."
            )
            yield Notice("placebo.unbalanced", text)

    def show(self, section: PlaceboOptions, result: Placebos, shown: Shown) -> Exhibits:
        """Set each slope beside its distribution over permutations."""
        del section
        return exhibits(result, shown)


ANALYSES.add("placebo")(PlaceboAnalysis())
