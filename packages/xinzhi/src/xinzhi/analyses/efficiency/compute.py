"""Scores of the rows of a panel, each proved optimal or given a status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.analyses.efficiency.section import OTHER_ANALYSES, Measurement
from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import ENTITY, NO_PERIOD, PERIOD, Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import listed, message
from xinzhi_frontier.evaluate import FrontierDraws, GapRatios, evaluate, gap_ratios
from xinzhi_frontier.measure import MEASURES, refuse_without_bads
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.productivity.index import ProductivityResult, productivity
from xinzhi_frontier.result import (
    Activities,
    ActivityRoles,
    Array,
    EfficiencyResult,
    Label,
    activities_of,
    number_by_data,
)

SHOWN = 20
"""Rows that a notice names one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredScores:
    """The scores of a panel's rows, and the index of productivity where one was asked for."""

    activities: Activities
    result: EfficiencyResult
    productivity: ProductivityResult | None
    gap: GapRatios | None
    """Efficiency in the group beside that among all, of a group frontier."""
    notices: tuple[Notice, ...]
    groups: tuple[str, ...] | None = None
    """Group of each row, of a group frontier."""


def measure_panel(
    panel: Panel,
    roles: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    options: Options,
    *,
    index: str | None = None,
    missing: str = "refuse",
    as_in_file: bool = False,
    jobs: int = 1,
) -> MeasuredScores:
    """Measure the rows of a panel; `roles` are inputs, good and bad outputs.

    Rows stand in the order of the panel, or with `as_in_file` in that of the file.

    With `missing="leave_out"` rows with an empty cell are left out everywhere, and are named.
    """
    columns = ActivityRoles(*roles)
    panel.require((*columns.names, *([options.group] if options.group else [])))
    notices: list[Notice] = []
    if missing == "leave_out":
        complete = complete_rows(panel, columns)
        notices += left_out(panel, complete)
        panel = panel.take(complete)
    activities = activities_of(panel, columns)
    groups = panel.frame[options.group].astype(str).tolist() if options.group else None
    if as_in_file and panel.rows:
        order = sorted(range(activities.n), key=lambda position: panel.rows[position])
        if order != list(range(activities.n)):
            activities = activities.take(order)
            groups = groups and [groups[position] for position in order]
    if index is None and not columns.bad_outputs:
        # An index brings weak disposability with it, whether there are bads or not.
        refuse_without_bads(options)
    of_scores = options
    if index is not None and options.reference != "base":
        of_scores = replace(options, base_period=None)  # the base period is that of the index
    resolved = checked(of_scores)
    traits = MEASURES.get(resolved.measure).traits
    gap = None
    # The ratio of two efficiencies is a technology gap; that of two inefficiencies is not.
    if groups is not None and resolved.reference == "group" and not traits.is_inefficiency:
        gap = gap_ratios(activities, options=of_scores, groups=groups, jobs=jobs)
        result = gap.group
    else:
        result = evaluate(activities, options=of_scores, groups=groups, jobs=jobs)
    if groups is not None:
        notices += _singleton_groups(activities, groups)
    change = None
    if index is not None:
        change = productivity(activities, index=index, options=options, jobs=jobs)
        notices += change.notices
    every_notice = tuple(dict.fromkeys((*notices, *result.notices)))
    return MeasuredScores(
        activities=activities,
        result=replace(result, notices=every_notice),
        productivity=change,
        gap=gap,
        notices=every_notice,
        groups=None if groups is None else tuple(groups),
    )


def _singleton_groups(activities: Activities, groups: list[str]) -> Iterator[Notice]:
    """Name groups of one entity: it is compared with itself, so its score says nothing."""
    members: dict[str, set[str]] = {}
    for (entity, _), group in zip(activities.labels, groups, strict=True):
        members.setdefault(group, set()).add(entity)
    for group, entities in sorted(members.items()):
        if len(entities) == 1:
            text = message(
                "Group '{group}' holds one entity, {entity}: it is compared with itself only. "
                "Remedy: join the group to another one.",
                group=group,
                entity=next(iter(entities)),
            )
            yield Notice("group.singleton", text)


def complete_rows(panel: Panel, roles: ActivityRoles) -> npt.NDArray[np.bool_]:
    """Find the rows without an empty cell among the roles, shape (n,)."""
    return panel.frame[list(roles.names)].notna().all(axis=1).to_numpy(dtype=bool)


def options_of(measurement: Measurement) -> Options:
    """Translate a measurement of the study file into options."""
    return Options(
        **measurement.model_dump(
            exclude={"inputs", "good_outputs", "bad_outputs", "missing", *OTHER_ANALYSES}
        )
    )


def roles_of(measurement: Measurement) -> ActivityRoles:
    """Name the inputs and outputs of a measurement."""
    return ActivityRoles(measurement.inputs, measurement.good_outputs, measurement.bad_outputs)


def _is_measured(measurement: Measurement, panel: Panel) -> npt.NDArray[np.bool_]:
    """Mark the rows that a score is measured on: all but those that `missing` leaves out."""
    if measurement.missing == "leave_out":
        return complete_rows(panel, roles_of(measurement))
    return np.ones(len(panel.frame), dtype=bool)


def measured_rows(measurement: Measurement, panel: Panel) -> Activities:
    """Take the rows that a score is measured on, without those that `missing` leaves out."""
    roles = roles_of(measurement)
    panel.require(roles.names)
    if measurement.missing == "leave_out":  # otherwise a large panel would be copied for nothing
        panel = panel.take(_is_measured(measurement, panel))
    return activities_of(panel, roles)


def groups_of(measurement: Measurement, panel: Panel) -> list[str] | None:
    """Find the group of each measured row, of a group frontier."""
    if measurement.group is None:
        return None
    panel.require((measurement.group,))
    groups = panel.frame.loc[_is_measured(measurement, panel), measurement.group]
    return groups.astype(str).tolist()


def left_out(panel: Panel, complete: npt.NDArray[np.bool_]) -> tuple[Notice, ...]:
    """Name the rows with an empty cell, which are left out everywhere."""
    rows = panel.frame.index[~complete]
    names = [f"{entity} {period_name(period)}" for entity, period in rows[:SHOWN]]
    text = message(
        "{n} rows with an empty cell have no score and are not part of the frontier: {rows}.",
        one="{n} row with an empty cell has no score and is not part of the frontier: {rows}.",
        n=len(rows),
        rows=listed(names + (["…"] if len(rows) > SHOWN else [])),
    )
    return (Notice("efficiency.left_out", text),) if names else ()


def by_row(result: EfficiencyResult, component: str | None = None) -> pd.Series:
    """Give the scores as a column indexed (entity, period); rows that were left out have none.

    `component` names another column of the result: slack_COLUMN or target_COLUMN.
    """
    values = result.scores if component is None else _component(result, component)
    return pd.Series(values, index=by_row_index(result.labels), dtype=np.float64)


def _component(result: EfficiencyResult, component: str) -> Array:
    components = {
        f"{kind}_{name}": values[:, position]
        for kind, values in (("slack", result.slacks), ("target", result.targets))
        for position, name in enumerate(result.variables)
    }
    if component not in components:
        text = message("The score has no component '{name}'.", name=component)
        remedy = suggestion(component, tuple(components))
        raise SpecError(Problem("study.unknown_component", text, Where(key="component"), remedy))
    return components[component]


def by_row_index(labels: Sequence[Label]) -> pd.MultiIndex:
    """Index rows (entity, period) as a panel does, without periods too."""
    rows = [(entity, NO_PERIOD if period is None else period) for entity, period in labels]
    return pd.MultiIndex.from_tuples(rows, names=[ENTITY, PERIOD])


@dataclass(frozen=True, slots=True, eq=False)
class RowsAgain:
    """Scores of draws of a panel's rows; rows with an empty cell have none."""

    draws: FrontierDraws
    place: npt.NDArray[np.intp]
    """Place of each row of the panel among those that are measured; -1 where it is not."""

    def __call__(self, rows: npt.NDArray[np.intp]) -> Array:
        """Measure rows on the frontiers that they make."""
        places = self.place[rows]
        scores = np.full(len(rows), np.nan)
        is_measured = places >= 0
        scores[is_measured] = self.draws(places[is_measured]).scores
        return scores


def scores_again(measurement: Measurement, panel: Panel) -> RowsAgain:
    """Prepare to measure draws of the rows of a panel."""
    is_measured = _is_measured(measurement, panel)
    rows = measured_rows(measurement, panel)
    # Under numbers of their data, so that the digits of draws do not depend on names.
    draws = FrontierDraws.of(
        replace(rows, labels=number_by_data(rows)),
        options=options_of(measurement),
        groups=groups_of(measurement, panel),
    )
    # The place of a measured row is the number of measured rows before it.
    return RowsAgain(draws, np.where(is_measured, np.cumsum(is_measured) - 1, -1))
