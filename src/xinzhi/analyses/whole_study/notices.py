"""What a reader of intervals over draws of the whole study must know."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi.analyses.whole_study.compute import WholeStudy
from xinzhi.notices import Notice
from xinzhi.wording import message


def notices(result: WholeStudy) -> Iterator[Notice]:
    """Count draws without an answer, and rows without a score."""
    n = len(result.draws)
    if result.n_lost:
        yield Notice(
            "whole_study.lost",
            message(
                "{lost} of {n} draws have no frontier and are left out.",
                one="{lost} of {n} draws has no frontier and is left out.",
                lost=result.n_lost,
                n=n,
            ),
        )
    yield from left_out("whole_study", result.n_left_out)
    partly = np.isnan(result.draws).any(axis=1).sum() - result.n_lost
    if partly:
        yield Notice(
            "whole_study.partly_lost",
            message(
                "In {partly} of {n} draws some effect is not identified: its interval rests on the "
                "other draws, whose number is in the table.",
                partly=int(partly),
                n=n,
            ),
        )
    if result.n_without_score > 0:
        yield Notice(
            "whole_study.without_score",
            message(
                "On average {rows:.1f} rows of a draw have no score and are left out of its "
                "regressions.",
                rows=result.n_without_score,
            ),
        )


def left_out(analysis: str, n: int) -> Iterator[Notice]:
    """Count the effects of regressions that an analysis could not make from a part of the entities."""
    if n:
        yield Notice(
            f"{analysis}.left_out",
            message(
                "{n} effects are not estimated again: their regressions cannot be made from other data "
                "than those of the study.",
                one="{n} effect is not estimated again: its regression cannot be made from other data "
                "than those of the study.",
                n=n,
            ),
        )
