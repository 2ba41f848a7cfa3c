"""Diagnostics of a regression: each is one file of this folder that adds itself to `DIAGNOSTICS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.register import Register
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.specification import Regression


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
    message("diagnostic"), "xinzhi_econometrics.diagnostics", entry_points="xinzhi.diagnostics"
)
