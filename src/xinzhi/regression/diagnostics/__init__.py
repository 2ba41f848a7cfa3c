"""Diagnostics of a regression: each is one file of this folder that adds itself to `DIAGNOSTICS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.register import Register
from xinzhi.regression.inference import Inapplicable, Statistic
from xinzhi.regression.specification import Regression
from xinzhi.wording import Wording


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """The result of a diagnostic."""

    name: str
    """Name in the register, as in the study file."""
    statistics: tuple[Statistic | Inapplicable, ...] = ()
    table: pd.DataFrame | None = None
    """Numbers by variable or by city, where the diagnostic gives some."""
    verdict: Wording = ""
    """What follows for the choice of model, in one sentence."""
    notices: tuple[Notice, ...] = ()


Diagnostic = Callable[[Panel | pd.DataFrame, Regression], Diagnosis]
DIAGNOSTICS: Register[Diagnostic] = Register(
    "diagnostic", "xinzhi.regression.diagnostics", entry_points="xinzhi.diagnostics"
)
