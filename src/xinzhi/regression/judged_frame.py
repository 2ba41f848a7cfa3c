"""Estimates as a frame, with the test that judges each coefficient."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xinzhi.regression.instruments.confidence_set import Pieces
from xinzhi.regression.judgement import Judge, Judgement

if TYPE_CHECKING:
    from xinzhi.regression.estimates import Estimates, MarginalEffects


def judgement_of(effects: Estimates | MarginalEffects) -> Judgement:
    """Give what judges: t, where estimates were put together without a judge."""
    if effects.judgement is not None:
        return effects.judgement
    k = len(effects.names)
    df = effects.covariance.df if hasattr(effects, "covariance") else math.nan
    unknown = np.full(k, math.nan)
    usual: Judge = "t"
    return Judgement(
        (usual,) * k, effects.std_error, np.full(k, float(df)), effects.p_value, unknown
    )


def judged_frame(effects: Estimates | MarginalEffects) -> pd.DataFrame:
    """Set estimates, errors, p-values and intervals out, one row a coefficient, with the test that judges."""
    columns = ("estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high")
    judgement = judgement_of(effects)
    frame = pd.DataFrame(
        {
            **{column: getattr(effects, column) for column in columns},
            "df": judgement.df,
            "judge": judgement.judge,
        },
        index=pd.Index(effects.names, name="name"),
    )
    if judgement.sets:
        # Two ends cannot say where a set has a gap.
        frame["set"] = [
            "" if one is None else pieces_as_text(one.at(one.level)) for one in judgement.sets
        ]
    return frame


def pieces_as_text(pieces: Pieces) -> str:
    """Write a set of values.

    >>> pieces_as_text(((float("-inf"), 0.5), (2.0, float("inf")))), pieces_as_text(())
    ('(-inf, 0.5] ∪ [2, inf)', 'empty')
    """

    def one(low: float, high: float) -> str:
        left, right = "(" if math.isinf(low) else "[", ")" if math.isinf(high) else "]"
        return f"{left}{low:g}, {high:g}{right}"

    return " ∪ ".join(one(low, high) for low, high in pieces) or "empty"
