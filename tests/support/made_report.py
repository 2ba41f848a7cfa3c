"""Small made-up results from which tables, charts and reports are tested."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.analyses.exhibits import MethodPart
from xinzhi.present.regression import regression_table
from xinzhi.present.style import Style
from xinzhi.report.document import Content, Document
from xinzhi_core.wording import Label
from xinzhi_econometrics.estimates import CovarianceRule, Dropped, Estimates, Fit
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Certificate, EfficiencyResult, Status

HOSTILE = (
    "</script><script>alert(1)</script> =cmd|\" ' $\\input{x} <img src=x onerror=alert(2)> & % _"
)


def efficiency(
    scores: Sequence[float | None],
    labels: Sequence[tuple[str, int | None]],
    statuses: Sequence[Status] | None = None,
    options: Options | None = None,
) -> EfficiencyResult:
    """Make a result; a score that is None is infeasible unless its status says otherwise."""
    n = len(scores)
    given = statuses or ["infeasible" if score is None else "certified" for score in scores]
    values = np.array([np.nan if score is None else score for score in scores])
    small = np.where(np.isnan(values), np.nan, 1e-12)
    return EfficiencyResult(
        options=options or Options(),
        labels=tuple(labels),
        variables=("labour", "gdp"),
        scores=values,
        statuses=tuple(given),
        slacks=np.zeros((n, 2)),
        targets=np.ones((n, 2)),
        peers=((),) * n,
        certificate=Certificate(small, small, small),
        methods=("super",) * n,
    )


def four_scores() -> EfficiencyResult:
    """Two cities over two years, by hand: 2008 has 0.5 and 1.5, 2009 has 0.7 and none."""
    labels = [("甲", 2008), ("甲", 2009), ("乙", 2008), ("乙", 2009)]
    return efficiency([0.5, 0.7, 1.5, None], labels)


def estimates(
    slopes: dict[str, tuple[float, float, float]],
    *,
    controls: tuple[str, ...] = (),
    effects: tuple[str, ...] = ("entity", "period"),
    kind: str = "cluster",
    n_missing: int = 0,
    n_singletons: int = 0,
    dropped: tuple[Dropped, ...] = (),
    label: str = "",
    outcome: str = "score",
) -> Estimates:
    """Make estimates from name -> (slope, standard error, p-value)."""
    names = tuple(slopes)
    b, se, p = (np.array([slopes[name][at] for name in names]) for at in range(3))
    regressors = tuple(name for name in names if name not in controls and name != "_cons")
    clusters = (("entity", 115),) if kind == "cluster" else ()
    return Estimates(
        regression=Regression(
            outcome, regressors, controls, effects, Covariance(kind, tuple(dict(clusters))), label
        ),
        names=names,
        estimate=b,
        std_error=se,
        statistic=b / se,
        p_value=p,
        ci_low=b - 2 * se,
        ci_high=b + 2 * se,
        vcov=np.diag(se**2),
        n=1840,
        n_missing=n_missing,
        n_singletons=n_singletons,
        dropped=dropped,
        fit=Fit(0.8, 0.6946, 0.21, 12.5, len(names), 114, 0.0000012, 3.2, 1.568),
        covariance=CovarianceRule(kind, clusters, "fixest", 114),
        effects=tuple((effect, 115 if effect == "entity" else 16) for effect in effects),
        df_absorbed=130,
        residuals=pd.Series(dtype=float),
    )


def hostile_document() -> Document:
    """Make a document in which every word of the user is hostile."""
    from xinzhi.analyses.efficiency.charts import scores_over_time
    from xinzhi.report.document import compose
    from xinzhi_core.notices import Notice

    label = Label(HOSTILE, zh=HOSTILE + "甲", en=HOSTILE)
    table = regression_table(
        "hostile",
        label,
        [estimates({HOSTILE: (0.5, 0.1, 0.001)}, label=HOSTILE, outcome=HOSTILE)],
        style=Style({HOSTILE: label}),
    )
    result = efficiency([0.5, 0.7], [(HOSTILE, 2008), (HOSTILE, 2009)])
    chart = scores_over_time("hostile", label, result, score=label, labels={HOSTILE: label})
    return compose(
        Content(
            title=label,
            subtitle=HOSTILE,
            data_summary=(HOSTILE,),
            tables={"models": (table,)},
            charts={"efficiency": (chart,)},
            notices=(Notice("x", HOSTILE),),
            methods=(MethodPart(HOSTILE, (), (HOSTILE,)),),
            provenance=(HOSTILE,),
        )
    )
