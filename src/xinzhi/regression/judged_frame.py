"""Estimates as a frame, with the test that judges each coefficient."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from xinzhi.regression.grouping import Array
from xinzhi.regression.instruments.confidence_set import Pieces
from xinzhi.regression.judgement import Judge, Judgement


class JudgedEstimates:
    """Estimates whose coefficients have each a test that judges."""

    __slots__ = ()
    names: tuple[str, ...]
    estimate: Array
    std_error: Array
    p_value: Array
    judgement: Judgement | None

    @property
    def usual_df(self) -> float:
        """Degrees of freedom of t where nothing else judges."""
        return math.nan

    @property
    def judged(self) -> Judgement:
        """What judges each coefficient: t, where estimates were put together without a judge."""
        if self.judgement is not None:
            return self.judgement
        k = len(self.names)
        usual: Judge = "t"
        df, unknown = np.full(k, self.usual_df), np.full(k, math.nan)
        return Judgement((usual,) * k, self.std_error, df, self.p_value, unknown)

    @property
    def judge(self) -> tuple[Judge, ...]:
        """Test whose p-value and interval each coefficient has: t, cr2, anderson_rubin, none."""
        return self.judged.judge

    @property
    def errors(self) -> Array:
        """Standard errors of the test that judges; missing where it has none."""
        return self.judged.error

    @property
    def df(self) -> Array:
        """Degrees of freedom of the test that judges each coefficient."""
        return self.judged.df

    def set_at(self, name: str, level: float) -> Pieces:
        """Give the confidence set of a coefficient by the test that judges it: an interval, or pieces."""
        j = self.names.index(name)
        return self.judged.interval(j, float(self.estimate[j]), level)


def judged_frame(effects: JudgedEstimates) -> pd.DataFrame:
    """Set estimates, errors, p-values and intervals out, one row a coefficient, with the test that judges."""
    columns = ("estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high")
    judgement = effects.judged
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
