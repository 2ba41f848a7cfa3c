"""What all analyses share that compute the regressions of the study again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from xinzhi.analyses.analysis import ANALYSES, Analysis, Reads, Study, in_order
from xinzhi.analyses.section import Section

S = TypeVar("S", bound=Section)
R = TypeVar("R")


class OverDraws(Analysis[S, R]):
    """An analysis under `inference` that computes the numbers of the others again."""

    is_single = True
    is_declared = False
    under = "inference"
    in_workers = "xinzhi.analyses.whole_study.draws"
    keeps_instruments = True
    keeps_estimator = True

    def sections(self, key: str, options: Any) -> Mapping[str, S]:
        """Find the options among those of inference."""
        found = getattr(options.inference, key, None)
        return {key: found} if found is not None else {}

    def reads(self, section: S, study: Study) -> Reads:
        """Read all that the analyses with regressions read, and their results."""
        del section
        return redrawn_reads(study)


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
