"""F tests of the fixed effects: all together, and each given the others."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from types import MappingProxyType

import pandas as pd

from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.inference import Inapplicable, Statistic, f_tail
from xinzhi_econometrics.least_squares import Array, Grouping, least_squares
from xinzhi_econometrics.model import Model, build_model
from xinzhi_econometrics.specification import Regression
from xinzhi_econometrics.within import within

KEYS: Mapping[str, Wording] = MappingProxyType(
    {"entity": message("entity"), "period": message("period")}
)


def effects_f(
    data: Panel | pd.DataFrame, regression: Regression
) -> tuple[Statistic | Inapplicable, ...]:
    """Test all effects together, then each effect given the others.

    F = [(RSS_0 - RSS_1)/(df_0 - df_1)] / [RSS_1/df_1], on the same rows and slopes; it assumes
    independent errors of equal variance.

    References
    ----------
    Baltagi (2021), Econometric Analysis of Panel Data, sections 2.1 and 3.1,
    doi:10.1007/978-3-030-53953-5.
    """
    if not regression.effects:
        return (Inapplicable("effects_f", message("The regression has no effects.")),)
    full = build_model(data, regression)
    effects = full.sample.effects
    tests = [_test(full, (), "effects_f", regression.effects)]
    if len(effects) > 1:
        for others in combinations(effects, len(effects) - 1):
            left_out = next(effect for effect in effects if effect not in others)
            tests.append(_test(full, others, f"effects_f.{left_out.name}", (left_out.name,)))
    return tuple(tests)


def _test(
    full: Model, others: tuple[Grouping, ...], name: str, tested: tuple[str, ...]
) -> Statistic | Inapplicable:
    restricted = within(others)
    df1 = full.within.df - restricted.df
    names = listed([KEYS.get(name, name) for name in tested])
    if df1 <= 0:
        return Inapplicable(
            name, message("The effects {names} are contained in the others.", names=names)
        )
    # On the rows of the full model, singletons included or not, and with its slopes.
    both = restricted.demean(full.sample.outcome, full.sample.design)
    rss0 = _rss(least_squares(both[:, 0], both[:, 1:]).residuals)
    rss1 = _rss(least_squares(full.outcome, full.design).residuals)
    value = (rss0 - rss1) / df1 / (rss1 / full.df)
    null = message("The effects {names} are all equal.", names=names)
    return Statistic(
        name, null, float(value), f"F({df1}, {full.df})", f_tail(float(value), df1, full.df)
    )


def _rss(residuals: Array) -> float:
    return float(residuals @ residuals)


@DIAGNOSTICS.add("effects_f")
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Test the joint significance of the fixed effects."""
    return Diagnosis("effects_f", effects_f(data, regression))
