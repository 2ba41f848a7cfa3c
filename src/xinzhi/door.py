"""The Python door: the verbs of the command line, for a notebook.

`import xinzhi as xz`, then `xz.read`, `xz.evaluate`, `xz.fit`, `xz.run`. Each takes a `Panel` or a plain
DataFrame indexed (entity, period) and returns a frozen result with `.to_frame()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.fit import fit as fit_regression
from xinzhi.econometrics.specification import Covariance, Regression
from xinzhi.efficiency.activities import Roles, activities_of
from xinzhi.efficiency.evaluate import evaluate as evaluate_activities
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.result import EfficiencyResult
from xinzhi.io.read import read_panel
from xinzhi.panel.panel import Panel, panel_of
from xinzhi.study.result import StudyResult
from xinzhi.study.run import run as run_study
from xinzhi.vocabulary import canonical

Names = str | Sequence[str]
Data = Panel | pd.DataFrame


def read(
    path: str | Path, *, entity: str, period: str | None = None, sheet: str | None = None
) -> Panel:
    """Read a file as a panel.

    Parameters
    ----------
    path
        A csv or xlsx file; its encoding, header row and number formats are found and checked.
    entity, period
        Columns that name the city and the year; without `period` the file is one cross-section.
    sheet
        Sheet of a workbook.

    Raises
    ------
    DataError
        With everything that is wrong with the file, each with row, column and remedy.

    Examples
    --------
    >>> from importlib.resources import files
    >>> path = files("xinzhi") / "examples" / "oecd" / "oecd_panel.csv"
    >>> panel = read(path, entity="country", period="year")
    >>> len(panel.entities), panel.periods[0], panel.periods[-1]
    (33, 2011, 2019)
    """
    return read_panel(path, entity=entity, period=period, sheet=sheet).panel


def evaluate(
    data: Data,
    *,
    inputs: Names,
    good_outputs: Names,
    bad_outputs: Names = (),
    measure: str = "super_sbm",
    returns_to_scale: str = "constant",
    orientation: str = "none",
    reference: str = "global",
    window: int | None = None,
    group: str | None = None,
    exclude: str = "observation",
    bads: str = "outputs",
    disposability: str = "strong",
    weights: Mapping[str, float] | None = None,
    direction: str | Mapping[str, float] | None = None,
    zeros: str = "refuse",
    fallback: str = "none",
    solver: str = "auto",
    jobs: int = 1,
) -> EfficiencyResult:
    """Measure the efficiency of each row, and prove each score.

    Parameters
    ----------
    data
        A panel, or a frame indexed (entity, period); rows keep the order in which they are given.
    inputs, good_outputs, bad_outputs
        Names of columns; amounts of any unit, not negative.
    measure, returns_to_scale, orientation, reference, window, group, exclude, bads, disposability
        As in `xinzhi.efficiency.options.Options`; short forms such as `vrs` are understood.
    weights, direction, zeros, fallback, solver
        As there.
    jobs
        Number of processes; the result does not depend on it.

    Returns
    -------
    EfficiencyResult
        Scores (1 is the frontier), statuses, slacks, targets, peers, certificates;
        `.to_frame()` has a column `score`.

    Raises
    ------
    SpecError, DataError
        An option that does not exist; cells that are empty or negative, each with its place.

    References
    ----------
    Tone (2001), doi 10.1016/S0377-2217(99)00407-5; Tone (2002), doi 10.1016/S0377-2217(01)00324-1.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("b", 1)], names=["entity", "period"])
    >>> frame = pd.DataFrame({"labour": [1.0, 2.0], "gdp": [1.0, 1.0]}, index=index)
    >>> evaluate(frame, inputs="labour", good_outputs="gdp", measure="sbm").to_frame()["score"].tolist()
    [1.0, 0.5]
    """
    panel, order = _panel(data)
    roles = Roles(_names(inputs), _names(good_outputs), _names(bad_outputs))
    options = Options(
        measure=measure,
        returns_to_scale=returns_to_scale,
        orientation=orientation,
        reference=reference,
        window=window,
        group=group,
        exclude=exclude,
        bads=bads,
        disposability=disposability,
        weights=weights,
        direction=direction,
        zeros=zeros,
        fallback=fallback,
        solver=solver,
    )
    activities = activities_of(panel, roles).take(order)
    groups = None
    if group is not None:
        panel.require((group,))
        groups = [str(panel.frame[group].iloc[position]) for position in order]
    return evaluate_activities(activities, options=options, groups=groups, jobs=jobs)


def fit(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    controls: Names = (),
    effects: Names = ("entity", "period"),
    covariance: str = "iid",
    cluster: Names = (),
    lag: int | None = None,
    rule: str = "fixest",
) -> Estimates:
    """Regress an outcome on columns with fixed effects.

    Parameters
    ----------
    data
        A panel, or a frame indexed (entity, period).
    outcome, regressors, controls
        Names of columns. A regressor that cannot be estimated is an error, a control is left out and
        named.
    effects
        `entity`, `period` or columns; empty for pooled least squares with a constant.
    covariance
        iid, hc1, cluster, two_way or driscoll_kraay; naming a `cluster` is enough for the first two
        kinds of clustering.
    cluster
        One column, or two.
    lag
        Lag of Driscoll-Kraay errors.
    rule
        fixest (= reghdfe), stata or areg: the small-sample rule of clustered errors.

    Returns
    -------
    Estimates
        Slopes, errors, fit, what was left out; `.to_frame()` has one row a slope.

    Raises
    ------
    NotIdentified, DataError, SpecError
        With column and remedy.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([list("abc"), range(4)], names=["entity", "period"])
    >>> x = np.array([0.0, 1, 2, 5, 1, 0, 1, 2, 7, 1, 3, 3])
    >>> frame = pd.DataFrame({"x": x, "y": 2 * x + np.repeat([0.0, 9, 5], 4)}, index=index)
    >>> frame.loc[("a", 0), "y"] += 1
    >>> float(fit(frame, outcome="y", regressors="x", effects="entity").to_frame()["estimate"].iloc[0].round(3))
    1.943
    """
    clusters = _names(cluster)
    kind = canonical("covariance", covariance)
    if clusters and kind == "iid":
        kind = "cluster" if len(clusters) == 1 else "two_way"
    return fit_regression(
        data,
        Regression(
            outcome=outcome,
            regressors=_names(regressors),
            controls=_names(controls),
            effects=_names(effects),
            covariance=Covariance(kind, clusters, lag, canonical("rule", rule)),
        ),
    )


def run(path: str | Path, *, results: str | Path | None = None, jobs: int = 1) -> StudyResult:
    """Run a study file, without writing its report.

    Parameters
    ----------
    path
        The study file.
    results
        Folder in which finished work is remembered; nothing is remembered where it is left out.
    jobs
        Number of processes; the result does not depend on it.

    Raises
    ------
    SpecError, DataError
        With all problems of the study file, or of the data.

    Examples
    --------
    >>> from importlib.resources import files
    >>> result = run(files("xinzhi") / "examples" / "oecd" / "study.yaml")
    >>> result.estimates["baseline"][0].n
    224
    """
    return run_study(Path(path), results=Path(results) if results else None, jobs=jobs)


def _names(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _panel(data: Data) -> tuple[Panel, list[int]]:
    """Return a panel and, per row as given, its position there."""
    if isinstance(data, Panel):
        return data, list(range(len(data.frame)))
    frame = data.rename_axis(index=["entity", "period"])
    panel = panel_of(frame, rows=tuple(range(len(frame))))
    return panel, [int(i) for i in np.argsort(panel.rows)]
