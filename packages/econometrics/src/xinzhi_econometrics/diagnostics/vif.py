"""Variance inflation: how much of a regressor the other regressors explain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.least_squares import Array, dependences
from xinzhi_econometrics.specification import Covariance, Regression, Sample, draw

HIGH = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Vif(InNotebook):
    """Variance inflation factors; the arrays follow `names`."""

    names: tuple[str, ...]
    vif: Array
    """diag(R⁻¹) >= 1; infinite for an exact linear combination of others, NaN for a constant."""
    notices: tuple[Notice, ...] = ()

    @property
    def tolerance(self) -> Array:
        """1/VIF, the share that the other regressors do not explain."""
        return 1.0 / self.vif

    @property
    def mean(self) -> float:
        """Mean of the factors."""
        return float(np.nanmean(self.vif)) if np.isfinite(self.vif).any() else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a regressor: vif, tolerance."""
        return pd.DataFrame(
            {"vif": self.vif, "tolerance": self.tolerance}, index=pd.Index(self.names, name="name")
        )


def vif(data: Panel | pd.DataFrame, regression: Regression) -> Vif:
    """Compute variance inflation factors of regressors and controls over the pooled rows.

    VIF_j = 1/(1 - R_j²) = (R⁻¹)_jj, R the correlation matrix of the regressors; effects are left
    out, as is customary.

    References
    ----------
    Marquardt (1970), doi:10.1080/00401706.1970.10488699.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([range(5), [0]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"y": 1.0, "a": [-2.0, -1, 0, 1, 2], "b": [2.0, -1, -2, -1, 2]}, index=index)
    >>> vif(frame, Regression("y", ("a", "b"), effects=())).vif.round(6).tolist()
    [1.0, 1.0]
    """
    pooled = replace(regression, effects=(), covariance=Covariance())
    sample = draw(data, pooled)
    centred = sample.design - sample.design.mean(axis=0)
    size = np.linalg.norm(centred, axis=0)
    raw = np.linalg.norm(sample.design, axis=0)
    varies = np.flatnonzero(size > 1e-13 * raw)
    factors = np.full(len(sample.names), np.nan)
    noise = 64 * np.finfo(float).eps * raw[varies] / size[varies]
    independent, dependent = dependences(centred[:, varies], noise)
    columns = varies[list(independent)]
    r = np.asarray(np.linalg.qr(centred[:, columns] / size[columns], mode="r"))
    # (R'R)⁻¹ has the squared norms of the rows of R⁻¹ on its diagonal: X'X is not formed, so that
    # high factors keep their digits.
    inverse = np.linalg.solve(r, np.eye(len(columns)))
    factors[columns] = np.einsum("ij,ij->i", inverse, inverse)
    for dependence in dependent:
        factors[varies[[dependence.column, *dependence.others]]] = np.inf
    return Vif(sample.names, factors, tuple(_notices(sample, factors)))


def _notices(sample: Sample, factors: Array) -> Iterator[Notice]:
    high = [name for name, f in zip(sample.names, factors, strict=True) if f > HIGH]
    constant = [name for name, f in zip(sample.names, factors, strict=True) if np.isnan(f)]
    if high:
        what = message("VIF above {limit:g}: {names}.", limit=HIGH, names=", ".join(high))
        yield Notice("vif.high", what)
    if constant:
        what = message("No VIF for constant columns: {names}.", names=", ".join(constant))
        yield Notice("vif.constant", what)


@DIAGNOSTICS.add("vif")
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Compute variance inflation factors of the regressors."""
    result = vif(data, regression)
    return Diagnosis("vif", table=result.to_frame(), notices=result.notices)
