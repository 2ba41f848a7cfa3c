"""What is measured of the regressions: one fit, a million rows, resampling, a specification curve."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec

from case import Case

DATA = {
    "panel": "data:regression_panel:115,16",
    "large": "data:regression_panel:11500,16",
    "unbalanced": "data:regression_panel:11500,16,0.8",
    "million": "data:regression_panel:100000,20,0.5",
    "three": "data:three_way_panel:62500,16",
    "gaps": "data:regression_panel:115,16,0.8",
}
REGRESSIONS = {
    "panel": "two-way effects, clustered errors, 8 regressors",
    "large": "the same, 100 times the rows",
    "unbalanced": "the same, a fifth of the rows missing",
    "million": "the same, 100,000 entities, half of 20 periods missing",
}
PANEL_OLS, FEOLS = "linearmodels PanelOLS", "pyfixest feols"
ROBUST = "R estimatr lm_robust"
_Case = partial(Case, area="econometrics")

ECONOMETRICS = (
    *(
        case
        for name, work in REGRESSIONS.items()
        for case in (
            _Case(work, name, "two_way", "linearmodels", PANEL_OLS, ours="two_way_all_counted"),
            _Case(work, name, "two_way", "pyfixest", FEOLS),
        )
        if (name, case.peer) != ("million", "linearmodels")
    ),
    _Case(
        "1,000,000 rows with a third effect of 1,000 levels",
        "three",
        "three_way",
        "pyfixest",
        FEOLS,
    ),
    _Case(REGRESSIONS["panel"], "panel", "two_way", "estimatr", ROBUST, ours="two_way_all_counted"),
    _Case(
        "mediation with 1,000 draws of clusters",
        "panel",
        "mediation",
        "linearmodels",
        "linearmodels PanelOLS, 4 of 1,000 draws refitted, x 250",
        share=4 / 1000,
    ),
    _Case(
        "the same, a fifth of the rows missing",
        "gaps",
        "mediation",
        "linearmodels",
        "linearmodels PanelOLS, 4 of 1,000 draws refitted, x 250",
        share=4 / 1000,
    ),
    _Case(
        "specification curve of 2,048 fits",
        "panel",
        "curve",
        "linearmodels",
        "linearmodels PanelOLS, 32 of 2,048 fits, x 64",
        share=32 / 2048,
    ),
    *(
        (
            _Case(
                "wild cluster bootstrap, 9,999 draws, 8 slopes",
                "panel",
                "wild_9999",
                "wildboottest",
                "wildboottest, 1 of 8 slopes, no interval, x 8",
                share=1 / 8,
            ),
        )
        if find_spec("wildboottest")
        else ()
    ),
)
"""wildboottest brings numba and statsmodels along: `--with wildboottest` adds it for a run."""
