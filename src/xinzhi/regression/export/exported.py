"""What the scripts need: the panel they read, and for each regression its columns and rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.problems import require_columns
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.instruments.estimate import Instrumented
from xinzhi.regression.sample import frame_of, key_of
from xinzhi.regression.specification import LEAST_SQUARES

FILE = "panel.csv"
"""Name under which the panel stands beside the scripts."""


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """One regression as a script needs it."""

    name: str
    outcome: str
    slopes: tuple[str, ...]
    """Those that were kept, in the order of the estimates."""
    effects: tuple[str, ...]
    clusters: tuple[str, ...]
    kind: str
    rule: str
    lag: int | None
    rows: str
    """Column of the exported panel that is 1 in the rows used; empty if all are."""
    keeps_singletons: bool
    endogenous: tuple[str, ...] = ()
    """Slopes that are instrumented; empty for least squares."""
    instruments: tuple[str, ...] = ()
    to_xtscc: float = 1.0
    """Driscoll-Kraay errors of the study divided by those that xtscc gives."""
    has_gaps: bool = False
    """Whether periods are missing between others, which xtscc takes as neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """The panel of the scripts and its regressions."""

    frame: pd.DataFrame
    """Columns entity, period, variables, marks of the rows used."""
    models: tuple[ExportedModel, ...]
    file: str
    left_out: tuple[tuple[str, str], ...] = ()
    """(Name, estimator) of regressions that are not least squares, which the scripts do not repeat."""

    def to_csv(self) -> str:
        """Write the panel with all digits."""
        # 17 digits give every number back as it was.
        return str(self.frame.to_csv(index=False, float_format="%.17g"))


def export(
    data: Panel | pd.DataFrame, estimates: Mapping[str, Estimates | Instrumented]
) -> Exported:
    """Gather what scripts need to estimate regressions again.

    Parameters
    ----------
    data
        The panel with all columns of the regressions, lags and interactions included.
    estimates
        Name of the regression -> its estimates; those of other estimators than least squares, in one
        or two stages, are named in `left_out`.

    Raises
    ------
    MissingColumn
        A regression uses a column that the panel has not.
    """
    frame = frame_of(data)
    others = {
        name: result.estimator
        for name, result in estimates.items()
        if isinstance(result, Estimates) and result.estimator != LEAST_SQUARES
    }
    estimates = {name: result for name, result in estimates.items() if name not in others}
    table = frame[list(_columns(frame, estimates))].copy()
    models = []
    for number, (name, result) in enumerate(estimates.items(), start=1):
        stage, endogenous, instruments = _parts(result)
        used = table.index.isin(stage.residuals.index)
        mark = "" if used.all() else f"rows_{number}"
        # The rows used are marked, not selected again: other software may treat singletons otherwise.
        if mark:
            table[mark] = used.astype(int)
        plain = _model(frame, name, stage, mark)
        models.append(replace(plain, endogenous=endogenous, instruments=instruments))
    table.index = table.index.set_names([ENTITY, PERIOD])
    return Exported(table.reset_index(), tuple(models), FILE, tuple(others.items()))


def _parts(result: Estimates | Instrumented) -> tuple[Estimates, tuple[str, ...], tuple[str, ...]]:
    """Give estimates, endogenous regressors and instruments."""
    if isinstance(result, Instrumented):
        return result.estimates, result.endogenous, result.instruments
    return result, (), ()


def _columns(
    frame: pd.DataFrame, estimates: Mapping[str, Estimates | Instrumented]
) -> tuple[str, ...]:
    wanted: dict[str, None] = {}
    for result in estimates.values():
        stage, _, instruments = _parts(result)
        r = stage.regression
        keys = (key_of(frame, key) for key in (*r.effects, *r.covariance.clusters))
        columns = (key for key in keys if key not in {ENTITY, PERIOD})
        wanted |= dict.fromkeys((r.outcome, *_slopes(stage), *instruments, *columns))
    require_columns(wanted, frame.columns)
    return tuple(wanted)


def _slopes(estimates: Estimates) -> tuple[str, ...]:
    return tuple(name for name in estimates.names if name != "_cons")


def _model(frame: pd.DataFrame, name: str, estimates: Estimates, mark: str) -> ExportedModel:
    regression, how = estimates.regression, estimates.regression.covariance
    return ExportedModel(
        name=name,
        outcome=regression.outcome,
        slopes=_slopes(estimates),
        effects=tuple(key_of(frame, effect) for effect in regression.effects),
        clusters=tuple(key_of(frame, cluster) for cluster in how.clusters),
        kind=how.kind,
        rule=how.rule,
        lag=estimates.covariance.lag,
        rows=mark,
        keeps_singletons=regression.singletons == "keep",
        to_xtscc=_to_xtscc(frame, estimates),
        has_gaps=estimates.covariance.has_gaps,
    )


def _to_xtscc(frame: pd.DataFrame, estimates: Estimates) -> float:
    """Compare K of the rule with that of xtscc, which counts slopes, constant and dummies."""
    n, rule = estimates.n, estimates.covariance
    if rule.kind != "driscoll_kraay":
        return 1.0
    others = [levels - 1 for name, levels in estimates.effects if key_of(frame, name) != ENTITY]
    counted_by_xtscc = len(_slopes(estimates)) + 1 + sum(others)
    # V is proportional to 1/(N-K), all else is the same in both.
    return math.sqrt((n - counted_by_xtscc) / (n - rule.counted))
