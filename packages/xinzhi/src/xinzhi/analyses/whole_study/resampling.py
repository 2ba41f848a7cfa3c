"""What the analyses share that compute the regressions of the study again: draws, leaving out, permutations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    AnyAnalysis,
    Reads,
    Resampled,
    Study,
    in_order,
)
from xinzhi.analyses.capabilities import DrawnInWorkers, JointStatements, Measured
from xinzhi.analyses.section import Section
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message

S = TypeVar("S", bound=Section)
R = TypeVar("R")


class ResamplingAnalysis(Analysis[S, R], DrawnInWorkers):
    """An analysis under `inference` that computes the numbers of the others again."""

    is_single = True
    is_declared = False
    under = "inference"
    in_workers = "xinzhi.analyses.whole_study.draws"
    keeps = frozenset({"instruments", "estimator"})

    def sections(self, key: str, options: Any) -> Mapping[str, S]:
        """Find the options among those of inference."""
        section = getattr(options.inference, key, None)
        return {} if section is None else {key: section}

    def reads(self, section: S, study: Study) -> Reads:
        """Read all that the analyses with regressions read, their results, and the scores behind them."""
        del section
        places = resampled_sections(study)
        reads = [ANALYSES.get(key).reads(study.section(key, name), study) for key, name in places]
        is_resampled = (isinstance(ANALYSES.get(key), Resampled) for key, _ in places)
        raw = [each for each, its in zip(reads, is_resampled, strict=True) if its]
        measured = tuple(
            (key, name)
            for key, analysis in in_order()
            if isinstance(analysis, Measured)
            for name in study.sections(key)
        )
        return Reads(
            data=tuple(dict.fromkeys(asked for each in reads for asked in each.data)),
            equations=tuple(dict.fromkeys(asked for each in reads for asked in each.equations)),
            panel=tuple(dict.fromkeys(column for each in raw for column in each.panel)),
            groupings=tuple(dict.fromkeys(name for each in reads for name in each.groupings)),
            results=(*measured, *places),
            methods=("regression", "frontier"),
            again=True,
        )


def resampled_sections(study: Study) -> tuple[tuple[str, str], ...]:
    """List the sections whose numbers draws compute again, in the order of the report."""
    return tuple(
        (key, name)
        for key, analysis in in_order()
        if has_draws(analysis)
        for name in study.sections(key)
    )


def has_draws(analysis: AnyAnalysis) -> bool:
    """Whether an analysis has numbers, or statements about signs, that draws compute again."""
    # Asked of the class and not of a result: what is read is known before anything is computed.
    return isinstance(analysis, Resampled) or (
        type(analysis).quantities is not Analysis.quantities
        or isinstance(analysis, JointStatements)
    )


def left_out_notices(analysis: str, n: int) -> Iterator[Notice]:
    """Count the effects of regressions that an analysis could not make from a part of the entities."""
    if n:
        text = message(
            "{n} effects are not estimated again: their regressions cannot be made from other data "
            "than those of the study.",
            one="{n} effect is not estimated again: its regression cannot be made from other data "
            "than those of the study.",
            n=n,
        )
        yield Notice(f"{analysis}.left_out", text)
