"""What is measured: each case is one piece of work, done by xinzhi and by one peer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table."""

    work: str
    """In words."""
    data: str
    """Name in `DATA`."""
    task: str
    """Function of the contenders' modules."""
    peer: str
    """Module of the peer: contenders/with_PEER.py."""
    versus: str
    """What of the peer, in words."""
    kind: str = "frontier"
    """frontier or regression."""
    ours: str = ""
    """Function of contenders/with_xinzhi.py, where it is not named as the peer's."""


DATA = {
    "cities": "data:cities",
    "oecd": "data:oecd",
    "panel": "data:regression_panel:115,16",
    "large": "data:regression_panel:11500,16",
    "unbalanced": "data:regression_panel:11500,16,0.8",
}
"""Name -> function of data.py and its arguments; made in the process that uses it."""

SBM, SUPER = "SBM with a bad output", "super-SBM with a bad output"
SCIPY, DEAPACK = "SciPy linprog, a program a row", "deapack UndesirableSBM"
PANEL_OLS, FEOLS = "linearmodels PanelOLS", "pyfixest feols"
REGRESSIONS = {
    "panel": "two-way effects, clustered errors, 8 regressors",
    "large": "the same, 100 times the rows",
    "unbalanced": "the same, a fifth of the rows missing",
}

CASES = (
    Case(SBM, "oecd", "sbm", "scipy", SCIPY),
    Case(SBM, "oecd", "sbm", "deapack", DEAPACK),
    Case(SUPER, "oecd", "super_sbm", "scipy", SCIPY),
    Case(SBM, "cities", "sbm", "scipy", SCIPY),
    Case(SBM, "cities", "sbm", "deapack", DEAPACK),
    Case(SUPER, "cities", "super_sbm", "scipy", SCIPY),
    *(
        case
        for name, work in REGRESSIONS.items()
        for case in (
            Case(
                work,
                name,
                "two_way",
                "linearmodels",
                PANEL_OLS,
                "regression",
                "two_way_all_counted",
            ),
            Case(work, name, "two_way", "pyfixest", FEOLS, "regression"),
        )
    ),
)
