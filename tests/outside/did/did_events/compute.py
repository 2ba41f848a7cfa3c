"""Imputed effects of a policy with staggered starts, and leads on untreated rows.

With b from untreated rows alone, τ = y - x'b of each treated row. A mean w'τ has the weights v = w - x0 (x0'x0)⁻ x'w
on the outcomes; errors are conservative: residuals of treated rows are taken from the mean of their start and year.

References
----------
Borusyak, Jaravel and Spiess (2024), doi:10.1093/restud/rdae007.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy

from xinzhi.analyses.analysis import Estimation
from xinzhi_core.errors import MethodError, Problem, Where
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit_least_squares
from xinzhi_econometrics.inference import wald


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """Two-way and imputation estimates, and effects by year since the start."""

    overall: pd.DataFrame
    events: pd.DataFrame
    estimates: Estimates
    """The two-way regression."""
    frame: pd.DataFrame
    pre_p: float
    n_starts: int
    n_treated: int

    def to_frame(self) -> pd.DataFrame:
        """Return the overall estimates."""
        return self.overall


def estimate(data: Estimation, since: str, leads: int = 5, lags: int = 10) -> Policy:
    """Estimate the effect; entities that are treated in all years are left out."""
    year, first = data.frame.index.get_level_values(1).to_numpy(), data.raw[since].fillna(0)
    if (first.groupby(level=0).transform("max") != first).any():
        text = message("'{since}' changes within an entity.", since=since)
        raise MethodError(Problem("did.since", text, Where(column=since)))
    first = first.to_numpy()
    kept = (first == 0) | (first > year.min())
    frame, sample, year, first = data.frame[kept], data.sample.keep(kept), year[kept], first[kept]
    d = (first > 0) & (year >= first)
    if not d.any() or d.all():
        text = message("There is no treated row, or no untreated one.")
        raise MethodError(Problem("did.nobody", text, Where(column=since)))
    regression = replace(data.regression, regressors=("policy",))
    frame = frame.assign(policy=d.astype(float))
    two_way = fit_least_squares(frame, regression)
    # Imputation: all coefficients from untreated rows.
    effects = [np.eye(effect.n_levels)[effect.codes] for effect in sample.effects]
    controls = data.columns(*regression.controls)[kept]
    x = np.column_stack([*effects, np.ones((len(d), 0 if effects else 1)), controls])
    x0 = x * ~d[:, None]
    inverse = np.linalg.pinv(x0.T @ x0)
    effect = sample.outcome - x @ (inverse @ (x0.T @ sample.outcome))
    entity, event = (
        pd.factorize(frame.index.get_level_values(0))[0],
        np.where(first > 0, year - first, np.nan),
    )
    means = pd.Series(effect[d]).groupby([first[d], event[d]]).transform("mean")
    residual = effect.copy()
    residual[d] -= means

    def mean_of(rows: np.ndarray) -> tuple[float, float, int]:
        weights = rows / rows.sum()
        scores = np.bincount(entity, (weights - x0 @ (inverse @ (x.T @ weights))) * residual)
        return float(weights @ effect), float(np.sqrt(scores @ scores)), int(rows.sum())

    later = [int(e) for e in np.unique(event[d]) if e <= lags]
    after = [(e, *mean_of(d & (event == e))) for e in later]
    names = {f"lead{k}": (event == -k).astype(float) for k in range(1, leads + 1)}
    before = frame.assign(**names)[~d]
    names = tuple(name for name in names if before[name].any())
    pre = fit_least_squares(before, replace(regression, regressors=names))
    k = len(names)
    p = float(scipy.stats.f.sf(wald(pre.estimate[:k], pre.vcov[:k, :k]), k, pre.covariance.df))
    ahead = [
        (-int(name[4:]), *map(float, numbers), int(before[name].sum()))
        for name, *numbers in zip(names, pre.estimate, pre.std_error, strict=False)
    ]
    overall = [("two_way", float(two_way.estimate[0]), float(two_way.std_error[0]), int(d.sum()))]
    overall.append(("imputation", *mean_of(d)))
    tables = (_tested(overall, "estimator"), _tested(sorted(ahead + after), "event"))
    starts, treated = np.unique(first[first > 0]), np.unique(entity[first > 0])
    return Policy(*tables, two_way, frame, p, len(starts), len(treated))


def _tested(rows: list[tuple], index: str) -> pd.DataFrame:
    """Add normal p-values and 95% intervals."""
    table = pd.DataFrame(rows, columns=[index, "estimate", "std_error", "n"]).set_index(index)
    b, se = table["estimate"], table["std_error"]
    p = 2 * scipy.stats.norm.sf(np.abs(b / se))
    return table.assign(p_value=p, low=b - 1.959964 * se, high=b + 1.959964 * se)
