"""Heterogeneity: the regression by groups, and whether the groups truly differ.

A coefficient that is significant in one group and not in another is not a difference; the difference
has a test of its own, in the fully interacted model and by permuting entities between groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from xinzhi.errors import DataError, MethodError, Problem, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.problems import require_columns
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.fit import fit_least_squares
from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import Inapplicable, Statistic, f_tail, wald
from xinzhi.regression.resampling.permutation import Permutation, permute
from xinzhi.regression.sample import frame_of, with_keys
from xinzhi.regression.specification import Regression, with_errors
from xinzhi.wording import message


@dataclass(frozen=True, slots=True, eq=False)
class GroupDifference:
    """Whether one slope differs between groups."""

    regressor: str
    interaction: Statistic | Inapplicable
    """Wald test in the fully interacted model."""
    permutations: tuple[Permutation | Inapplicable, ...]
    """One for each pair of groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Heterogeneity:
    """The regression by groups of one grouping."""

    grouping: str
    groups: tuple[tuple[str, Estimates | Inapplicable], ...]
    """In the order that was asked for, else in that of their names."""
    sizes: tuple[tuple[str, int], ...]
    """Entities a group."""
    differences: tuple[GroupDifference, ...]
    joint: Statistic | Inapplicable
    """All slopes of interest together."""
    notices: tuple[Notice, ...]
    declared: Heterogeneity | None = None
    """The same with the declared errors, where these regressions have others."""
    default: Heterogeneity | None = None
    """The same with errors clustered by entity, where it is judged by others."""

    @property
    def judged(self) -> Heterogeneity:
        """The groups as they are judged."""
        return self.declared or self

    @property
    def fitted(self) -> tuple[tuple[str, Estimates], ...]:
        """The groups that could be estimated."""
        return tuple((name, e) for name, e in self.groups if isinstance(e, Estimates))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope of interest: a column a group, and p of the difference."""
        names = [difference.regressor for difference in self.differences]
        table: dict[str, list[float]] = {
            group: [
                float(estimates.estimate[estimates.position(name)])
                if isinstance(estimates, Estimates)
                else np.nan
                for name in names
            ]
            for group, estimates in self.groups
        }
        table["p_interaction"] = [
            d.interaction.p_value if isinstance(d.interaction, Statistic) else np.nan
            for d in self.differences
        ]
        return pd.DataFrame(table, index=pd.Index(names, name="name"))


def compare_groups(
    data: Panel | pd.DataFrame,
    regression: Regression,
    by: str,
    *,
    draws: int = 1000,
    seed: int = 0,
    order: Sequence[str] = (),
) -> Heterogeneity:
    """Estimate a regression in each group and test the differences.

    Parameters
    ----------
    by
        Column of groups, constant within an entity; rows without a group are left out.
    draws, seed
        Of the permutation of entities between each two groups; 0 for none.
    order
        Groups in the order in which they stand; those that it does not name follow by name.

    Raises
    ------
    DataError
        The grouping is not in the data, changes within an entity, or has one group only.
    """
    frame = _with_groups(frame_of(data), by)
    # Errors are resolved on all rows, so that every group has the same kind.
    regression = with_keys(frame, with_errors(frame, regression))
    label = frame[by].map(_label)
    places = {name: place for place, name in enumerate(order)}
    names = sorted(label.unique(), key=lambda name: (places.get(name, len(places)), name))
    fitted = tuple((name, _fit_group(frame.loc[label == name], regression)) for name in names)
    usable = [name for name, estimates in fitted if isinstance(estimates, Estimates)]
    inside = frame.loc[label.isin(usable)].assign(**{by: label})
    tests = _interaction(inside, regression, by, usable)
    permuted = [
        permute(inside, regression, by, pair, draws=draws, seed=seed)
        for pair in combinations(usable, 2)
        if draws
    ]
    return Heterogeneity(
        grouping=by,
        groups=fitted,
        sizes=tuple(
            (name, int(frame.loc[label == name].index.get_level_values(0).nunique()))
            for name in names
        ),
        differences=tuple(
            GroupDifference(name, tests[name], tuple(pair[name] for pair in permuted))
            for name in regression.regressors
        ),
        joint=tests[""],
        notices=_notices(fitted, by),
    )


def _label(value: object) -> str:
    # Codes beside empty cells are floats: 1.0 is the group 1.
    return f"{value:g}" if isinstance(value, float) else str(value)


def _with_groups(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Keep the rows with a group, after checking that it is a grouping of entities."""
    require_columns((by,), frame.columns)
    grouped = frame.loc[frame[by].notna()]
    kinds = grouped[by].groupby(level=0).nunique()
    if (kinds > 1).any():
        raise DataError(
            Problem(
                "groups.change",
                message(
                    "'{name}' changes within {n} entities.",
                    one="'{name}' changes within {n} entity.",
                    name=by,
                    n=int((kinds > 1).sum()),
                ),
                Where(column=by, entity=str(kinds.index[kinds > 1][0])),
                message("use a group that an entity keeps, such as its value in the first year."),
            )
        )
    if grouped[by].nunique() < 2:
        text = message("'{name}' has fewer than two groups.", name=by)
        remedy = message("use a column with two or more groups.")
        raise DataError(Problem("groups.one", text, Where(column=by), remedy))
    return grouped


def _fit_group(frame: pd.DataFrame, regression: Regression) -> Estimates | Inapplicable:
    try:
        return fit_least_squares(frame, regression)
    except MethodError as error:
        return Inapplicable(regression.label or regression.outcome, error.problems[0].what)


def _interaction(
    frame: pd.DataFrame, regression: Regression, by: str, groups: list[str]
) -> dict[str, Statistic | Inapplicable]:
    """Wald tests of equal slopes, name by name and of all (""); every slope and effect is the group's own.

    Entities are nested in groups; other effects are crossed with them (group x year), so that the
    slopes of the one big model are those of the groups' own regressions.
    """
    names = regression.regressors
    if len(groups) < 2:
        why = message("fewer than two groups could be estimated.")
        return {name: Inapplicable("interaction", why) for name in (*names, "")}
    wide, variables = frame.copy(), (*names, *regression.controls)
    for group in groups:
        for name in variables:
            inside = frame[by] == group
            wide[_own(name, group)] = np.where(inside & frame[name].notna(), frame[name], 0.0)
    # An empty cell became 0 above, which is not its value: its row is left out.
    wide = wide.loc[frame[list(variables)].notna().all(axis=1)]
    # Without effects each group keeps a constant of its own.
    effects = tuple(_crossed(wide, effect, by) for effect in regression.effects) or (by,)
    big = replace(
        regression,
        regressors=tuple(_own(name, group) for name in names for group in groups),
        controls=tuple(_own(name, group) for name in regression.controls for group in groups),
        effects=effects,
    )
    try:
        estimates = fit_least_squares(wide, big)
    except MethodError as error:
        reason = error.problems[0].what
        return {name: Inapplicable("interaction", reason) for name in (*names, "")}
    tests = {name: _wald(estimates, (name,), groups) for name in names}
    return {**tests, "": _wald(estimates, names, groups)}


def _own(name: str, group: str) -> str:
    return f"{name} | {group}"


def _crossed(wide: pd.DataFrame, effect: str, by: str) -> str:
    """Name of the effect crossed with the groups; a new column unless entities already nest."""
    if effect == "entity":
        return effect
    name = f"{effect} × {by}"
    level = wide.index.get_level_values(1) if effect == "period" else wide[effect]
    wide[name] = pd.Series(level.astype(str), index=wide.index) + " " + wide[by].astype(str)
    return name


def _wald(
    estimates: Estimates, names: tuple[str, ...], groups: list[str]
) -> Statistic | Inapplicable:
    """Test that the slopes of each name are equal in all groups: F with (q, df)."""
    rows = []
    for name in names:
        first = estimates.position(_own(name, groups[0]))
        for group in groups[1:]:
            row = np.zeros(len(estimates.names))
            row[first], row[estimates.position(_own(name, group))] = 1.0, -1.0
            rows.append(row)
    contrast: Array = np.array(rows)
    # Only the slopes that are compared: a control without an error would make 0 · NaN of V.
    pick = np.flatnonzero(contrast.any(axis=0))
    q, judgement = len(rows), estimates.judgement
    few = None if judgement is None else judgement.few
    df: float = estimates.covariance.df
    if few is not None and any(estimates.judge[j] == "cr2" for j in pick):
        # As slopes are judged with few clusters: the approximate Hotelling test on CR2 errors.
        eta, df = few.joint(contrast)
        scores = few.scores[:, pick] @ contrast[:, pick].T
        value = wald(contrast @ estimates.estimate, scores.T @ scores) * df / eta
    else:
        v = contrast[:, pick] @ estimates.vcov[np.ix_(pick, pick)] @ contrast[:, pick].T
        value = wald(contrast @ estimates.estimate, v)
    if not (np.isfinite(value) and df > 0.0):
        return Inapplicable("interaction", message("there are too few clusters for this test."))
    return Statistic(
        "interaction",
        message("The slopes of {names} are the same in all groups.", names=", ".join(names)),
        value,
        f"F({q}, {df:.4g})",
        f_tail(value, q, df),
    )


def _notices(
    fitted: tuple[tuple[str, Estimates | Inapplicable], ...], by: str
) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            "groups.refused",
            message(
                "Group '{group}' of '{by}' was not estimated: {why}",
                group=name,
                by=by,
                why=refusal.reason,
            ),
            Where(column=by),
        )
        for name, refusal in fitted
        if isinstance(refusal, Inapplicable)
    )


def holm(p_values: Array) -> Array:
    """Adjust p-values for looking at several tests (Holm's step-down).

    p̃_(j) = max_{i<=j} min(1, (m - i + 1) p_(i)); NaN stays NaN and does not count.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    adjusted = np.full(len(p_values), np.nan)
    present = np.flatnonzero(~np.isnan(p_values))
    order = present[np.argsort(p_values[present], kind="stable")]
    m = len(order)
    steps = np.minimum(1.0, p_values[order] * (m - np.arange(m)))
    adjusted[order] = np.maximum.accumulate(steps) if m else steps
    return adjusted
