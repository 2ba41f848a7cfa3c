"""Panel econometrics: fixed effects, standard errors, instruments, resampling, diagnostics, and one judge of them all.

`xinzhi_econometrics.regress(frame, outcome, regressors)` estimates; its result knows by which test it is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinzhi_core.lazy import doors

if TYPE_CHECKING:
    from xinzhi_econometrics.frame_regression import regress

__all__ = ["regress"]

__getattr__ = doors(__name__, {"regress": "xinzhi_econometrics.frame_regression"})
