"""Scores: efficiency, productivity, and how precise scores are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from xinzhi.api.arguments import Data, Names, names_of, panel_and_order
from xinzhi.api.keys import Key
from xinzhi.errors import MethodError
from xinzhi.frontier.activities import Activities, Roles, activities_of
from xinzhi.frontier.evaluate import evaluate as evaluate_activities
from xinzhi.frontier.inference.convergence import no_interval
from xinzhi.frontier.inference.intervals import Resampling, infer
from xinzhi.frontier.productivity.index import ProductivityResult
from xinzhi.frontier.productivity.index import productivity as index_of
from xinzhi.frontier.resolve import resolve
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.vocabulary import bounds_word


def evaluate(
    data: Data,
    *,
    inputs: Names,
    good_outputs: Names,
    bad_outputs: Names = (),
    measure: str | None = None,
    returns_to_scale: str | tuple[float, float] | None = None,
    orientation: str | None = None,
    reference: str | None = None,
    window: int | None = None,
    group: str | None = None,
    exclude: str | None = None,
    bads: str | None = None,
    disposability: str | None = None,
    weights: Mapping[str, float] | None = None,
    direction: str | Mapping[str, float] | None = None,
    epsilon: float | None = None,
    nonseparable: Names | None = None,
    alpha_min: float | None = None,
    noncontrollable: Names | None = None,
    nondiscretionary: Names | None = None,
    zeros: str | None = None,
    fallback: str | None = None,
    solver: str = "auto",
    entity: Key | None = None,
    period: Key | None = None,
    jobs: int = 1,
) -> EfficiencyResult:
    """Measure the efficiency of each row, and prove each score.

    Parameters
    ----------
    data
        A panel, or a frame; rows keep the order in which they are given.
    inputs, good_outputs, bad_outputs
        Names of columns; amounts of any unit, not negative.
    measure, returns_to_scale, orientation, reference, window, group, exclude, bads, disposability
        As in `xinzhi.frontier.options.Options`, with the defaults there; the orientation is the
        usual one of the measure. Short forms such as `vrs` are understood; `ccr` and `bcc` are the
        radial measure under constant and variable returns. Generalised returns are a pair of bounds
        of the sum of intensities: `returns_to_scale=(0.8, 1.2)`, or `"0.8..1.2"`.
    weights, direction, epsilon, nonseparable, alpha_min, zeros, fallback, solver
        As there.
    noncontrollable, nondiscretionary
        Columns that no row can change, of the radial measure: the peers have as much of them, or
        are no worse in them (Banker and Morey 1986).
    entity, period
        Columns or index levels of a frame that name its rows; not needed where the names of its
        two index levels, or their values, leave no doubt.
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
        An option that does not exist or contradicts another one; cells that are empty or negative,
        or 0 where the measure divides by them, with their places.

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
    panel, order = panel_and_order(data, entity, period)
    roles = Roles(names_of(inputs), names_of(good_outputs), names_of(bad_outputs))
    options = resolve(
        {
            "measure": measure,
            "returns_to_scale": bounds_word(returns_to_scale),
            "orientation": orientation,
            "reference": reference,
            "window": window,
            "group": group,
            "exclude": exclude,
            "bads": bads,
            "disposability": disposability,
            "weights": weights,
            "direction": direction,
            "epsilon": epsilon,
            "nonseparable": None if nonseparable is None else names_of(nonseparable),
            "alpha_min": alpha_min,
            "noncontrollable": None if noncontrollable is None else names_of(noncontrollable),
            "nondiscretionary": None if nondiscretionary is None else names_of(nondiscretionary),
            "zeros": zeros,
            "fallback": fallback,
            "solver": solver,
        }
    )
    activities = activities_of(panel, roles).take(order)
    groups = None
    if group is not None:
        panel.require((group,))
        groups = [str(panel.frame[group].iloc[position]) for position in order]
    return evaluate_activities(activities, options=options, groups=groups, jobs=jobs)


def productivity(
    data: Data,
    *,
    index: str,
    inputs: Names,
    good_outputs: Names,
    bad_outputs: Names = (),
    measure: str | None = None,
    orientation: str | None = None,
    returns_to_scale: str | tuple[float, float] | None = None,
    disposability: str | None = None,
    direction: str | Mapping[str, float] | None = None,
    weights: Mapping[str, float] | None = None,
    zeros: str | None = None,
    entity: Key | None = None,
    period: Key | None = None,
    jobs: int = 1,
) -> ProductivityResult:
    """Compute an index of productivity between consecutive periods.

    Parameters
    ----------
    data
        A panel, or a frame.
    index
        malmquist, ray_desli, global_malmquist, malmquist_luenberger, global_malmquist_luenberger,
        luenberger or global_luenberger; short forms such as `gml` are understood.
    inputs, good_outputs, bad_outputs
        Names of columns.
    measure, orientation, returns_to_scale, disposability, direction, weights, zeros
        Of the scores that the index is made of. Without a measure they are those that the index is
        defined on: radial and output-oriented for the Malmquist indices; directional along
        (0, y, -b) with weakly disposable bads for the Malmquist-Luenberger indices (Chung, Färe and
        Grosskopf 1997, Oh 2010); directional along (-x, y, -b) for the Luenberger indicators, which
        like those take slacks-based scores, but no radial ones.
    entity, period
        As in `evaluate`.
    jobs
        Number of processes.

    Returns
    -------
    ProductivityResult
        One row for each entity and pair of periods, with components that multiply or add out.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"labour": [1.0, 1, 2, 1], "gdp": [1.0, 1, 1, 1]}, index=index)
    >>> found = productivity(frame, index="malmquist", inputs="labour", good_outputs="gdp")
    >>> found.to_frame()["value"].round(6).tolist()
    [1.0, 2.0]
    """
    given = {
        "measure": measure,
        "orientation": orientation or (None if measure is None else "output"),
        "returns_to_scale": bounds_word(returns_to_scale),
        "disposability": disposability,
        "direction": direction,
        "weights": weights,
        "zeros": zeros,
    }
    options = resolve(given, index=index)
    return index_of(
        _activities(data, inputs, good_outputs, bad_outputs, entity, period),
        index=index,
        options=options,
        jobs=jobs,
    )


def bootstrap_scores(
    data: Data,
    *,
    inputs: Names,
    good_outputs: Names,
    bad_outputs: Names = (),
    measure: str = "radial",
    orientation: str | None = None,
    returns_to_scale: str | tuple[float, float] | None = None,
    reference: str | None = None,
    method: Literal["subsampling", "smoothed", "sensitivity"] = "subsampling",
    draws: int = 2000,
    seed: int,
    level: float = 0.95,
    scale: Literal["distance", "efficiency"] = "distance",
    size: int | None = None,
    entity: Key | None = None,
    period: Key | None = None,
    jobs: int = 1,
) -> pd.DataFrame:
    """Find confidence intervals of true scores by subsampling, or resample scores otherwise.

    Parameters
    ----------
    data, entity, period
        A panel, or a frame, as in `evaluate`.
    inputs, good_outputs, bad_outputs, measure, orientation, returns_to_scale, reference
        As in `evaluate`, but for the measure, which is radial where left out.
    method
        subsampling: confidence intervals, of the measures radial and directional under constant or
        variable returns; smoothed: the bias of radial scores; sensitivity: each score over draws
        of entities, which is no confidence interval, of any measure.
    draws, seed
        Number of draws; draw k depends on the seed and k alone.
    level, scale, size
        Of the intervals: their level; where differences are taken, `distance` (1/θ, φ or β) or
        `efficiency` (θ or 1/φ); entities of a subsample, chosen by the data where None.
    jobs
        Number of processes; the result does not depend on it.

    Returns
    -------
    DataFrame
        One row per row. subsampling: low and high in units of the score, n and m, draws that
        cannot reach the row, and a status; smoothed: efficiency, bias, corrected, variance;
        sensitivity: n_draws, mean, sd, min, max.

    Raises
    ------
    MethodError
        No valid confidence interval is known for the measure; the error says why.

    References
    ----------
    Kneip, Simar and Wilson (2008), doi 10.1017/S0266466608080651; Simar and Wilson (1998), doi
    10.1287/mnsc.44.1.49, (2011), doi 10.1007/s11123-010-0200-4.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([[f"shop {i:02}" for i in range(24)], [1]])
    >>> frame = pd.DataFrame({"labour": range(10, 34)}, index=index).assign(gdp=[20, 25, 30] * 8)
    >>> found = bootstrap_scores(frame, inputs="labour", good_outputs="gdp", draws=20, size=12, seed=1)
    >>> scores = evaluate(frame, inputs="labour", good_outputs="gdp", measure="radial", orientation="input")
    >>> bool((found["low"] < found["high"]).all()), bool((found["high"] <= scores.scores + 1e-9).all())
    (True, True)
    """
    options = resolve(
        {
            "measure": measure,
            "orientation": orientation,
            "returns_to_scale": bounds_word(returns_to_scale),
            "reference": reference,
        }
    )
    activities = _activities(data, inputs, good_outputs, bad_outputs, entity, period)
    plan = Resampling(method, draws, seed, level, scale, size)
    found = infer(activities, options, plan, jobs=jobs)
    if found.reason is not None:
        raise MethodError(no_interval(found.reason))
    return found.table


def _activities(
    data: Data,
    inputs: Names,
    good_outputs: Names,
    bad_outputs: Names,
    entity: Key | None,
    period: Key | None,
) -> Activities:
    panel, order = panel_and_order(data, entity, period)
    roles = Roles(names_of(inputs), names_of(good_outputs), names_of(bad_outputs))
    return activities_of(panel, roles).take(order)
