"""Typology: estimates and scores -> pathways, role models, distances, what-if."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.efficiency.result import EfficiencyResult
from xinzhi.errors import MethodError, Problem, StudyError, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import ENTITY, NO_PERIOD, PERIOD, Panel
from xinzhi.space.ranks import rank
from xinzhi.study.advice import Advice
from xinzhi.study.evidence import Gathered, gathered
from xinzhi.study.groups import memberships
from xinzhi.study.results import Results
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.typology import TypologySection
from xinzhi.typology.applicable import speak
from xinzhi.typology.distance import Distance, Kind, distance_to_targets
from xinzhi.typology.empowerment import empowerment
from xinzhi.typology.evidence import ARROW, Findings, Thresholds, findings_of, path_of
from xinzhi.typology.matching import COLUMNS, RoleModels, role_models
from xinzhi.typology.pathways import find_pathways
from xinzhi.typology.what_if import WhatIf, what_if
from xinzhi.wording import message


def advise(
    spec: StudySpec,
    panel: Panel,
    results: Results,
) -> Advice | None:
    """Typology: what the estimates support for each entity, and how far it is from the frontier."""
    if spec.typology is None:
        return None
    section = spec.typology
    found = gathered(spec, results)
    thresholds = _thresholds(section)
    findings = findings_of(found.estimates, found.differences, thresholds)
    groups = groups_by_entity(spec, panel)
    pathways = find_pathways(
        found.estimates,
        groups,
        outcome=found.outcome,
        differences=found.differences,
        tools=found.tools,
        roles={str(role): name for role, name in section.pathways.roles.items()},
        thresholds=thresholds,
    )
    values = values_of(spec, panel, found.outcome)
    frontier = _frontier(spec, panel, results, found.outcome, groups)
    now = _now(spec, panel, found.outcome)
    moved = _what_if(spec, now, panel, found, findings, groups)
    notices = [*found.notices, *pathways.notices, *frontier.notices, *_told(moved)]
    return Advice(
        gathered=found,
        findings=findings,
        pathways=pathways,
        empowerment=empowerment(
            found.estimates,
            factors=_factors(found),
            outcome=found.outcome,
            differences=found.differences,
            thresholds=thresholds,
        ),
        groups=groups,
        score=spec.variables.named[found.outcome].score,
        outcomes=values,
        ranks=rank(values).of,
        distance=frontier.distance,
        peers=frontier.peers,
        role_models=frontier.models,
        what_if=moved,
        moved_in={str(entity): int(period) for entity, period in now[PERIOD].items()},
        notices=tuple(dict.fromkeys(notices)),
    )


def _thresholds(section: TypologySection) -> Thresholds:
    asked = section.pathways
    return Thresholds(asked.level, asked.minimum_effect, asked.difference_level)


def _factors(found: Gathered) -> tuple[str, ...]:
    """Variables whose whole effect on the outcome was estimated, in the order of the estimates."""
    chains = [str(path).split(ARROW) for path in found.estimates.loc[~_is_tool(found), "path"]]
    ends = (links[0] for links in chains if len(links) == 2 and links[1] == found.outcome)
    return tuple(dict.fromkeys(ends))


def _is_tool(found: Gathered) -> pd.Series:
    return found.estimates["tool"].astype(str) != ""


def groups_by_entity(spec: StudySpec, panel: Panel) -> pd.DataFrame:
    """Give each entity its group in each grouping: that of its last period with one."""
    entities = pd.Index(panel.entities, name=ENTITY)
    found = {
        name: members.dropna().groupby(level=ENTITY).last().reindex(entities)
        for name, members in memberships(spec, panel).items()
    }
    return pd.DataFrame(found, index=entities, dtype=object)


def values_of(spec: StudySpec, panel: Panel, name: str) -> pd.Series:
    """Values of a variable in its own units, not transformed."""
    variable = spec.variables.named[name]
    source = variable.column or variable.score
    return panel.frame[source].astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Frontier:
    """What the efficiency measurement says of the last period with a score of each entity."""

    distance: Distance | None
    peers: pd.DataFrame
    models: RoleModels | None
    notices: tuple[Notice, ...]


def _frontier(
    spec: StudySpec,
    panel: Panel,
    results: Results,
    outcome: str,
    groups: pd.DataFrame,
) -> _Frontier:
    name = spec.variables.named[outcome].score
    if name is None:
        text = message(
            "The outcome is no score of this study: there are no role models and no distances."
        )
        none = pd.DataFrame(columns=list(COLUMNS))
        return _Frontier(None, none, None, (Notice("typology.no_score", text),))
    result = results["efficiency"][name]
    if isinstance(result, Unavailable):
        raise MethodError(
            Problem(
                "typology.no_score",
                message("The score '{name}' could not be measured.", name=name),
                Where(key=f"efficiency.{name}"),
            )
        )
    measurement = spec.sections("efficiency")[name]
    rows = _last_rows(result)
    distance = _distance(measurement, result, panel, rows)
    peers = _peers(measurement, result, panel, rows)
    assert spec.typology is not None
    models = role_models(peers, groups=groups, n=spec.typology.pathways.role_models)
    return _Frontier(distance, peers, models, (*distance.notices, *models.notices))


def _key(label: tuple[str, int | None]) -> tuple[str, int]:
    return label[0], NO_PERIOD if label[1] is None else label[1]


def _last_rows(result: EfficiencyResult) -> list[int]:
    """Positions of the last row with a score of each entity."""
    last: dict[str, tuple[int, int]] = {}
    for at, label in enumerate(result.labels):
        entity, period = _key(label)
        if np.isfinite(result.scores[at]) and period >= last.get(entity, (period, at))[0]:
            last[entity] = (period, at)
    return sorted(at for _, at in last.values())


def _distance(
    measurement: Measurement, result: EfficiencyResult, panel: Panel, rows: list[int]
) -> Distance:
    names = list(result.variables)
    keys = [_key(result.labels[at]) for at in rows]
    index = pd.MultiIndex.from_tuples(keys, names=[ENTITY, PERIOD]) if keys else _no_rows()
    targets = pd.DataFrame(result.targets[rows], index=index, columns=names)
    kinds: dict[str, Kind] = dict.fromkeys(measurement.inputs, "input")
    kinds |= dict.fromkeys(measurement.good_outputs, "good_output")
    kinds |= dict.fromkeys(measurement.bad_outputs, "bad_output")
    return distance_to_targets(panel.frame.loc[index, names], targets, kinds)


def _no_rows() -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([[], []], names=[ENTITY, PERIOD])


def _peers(
    measurement: Measurement, result: EfficiencyResult, panel: Panel, rows: list[int]
) -> pd.DataFrame:
    """List the peers of the rows.

    Under constant returns an intensity is a multiple of the peer, so that its size, the first good
    output, weighs too.
    """
    found = [
        (*_key(result.labels[at]), *_key(result.labels[peer.position]), peer.intensity)
        for at in rows
        for peer in result.peers[at]
    ]
    frame = pd.DataFrame(found, columns=list(COLUMNS))
    if measurement.returns_to_scale == "constant" and len(frame):
        sizes = panel.frame[measurement.good_outputs[0]]
        keys = pd.MultiIndex.from_frame(frame[["peer", "peer_period"]])
        frame["size"] = sizes.reindex(keys).to_numpy(float)
    return frame


def _what_if(
    spec: StudySpec,
    now: pd.DataFrame,
    panel: Panel,
    found: Gathered,
    findings: Findings,
    groups: pd.DataFrame,
) -> WhatIf | Unavailable | None:
    assert spec.typology is not None
    changes = spec.typology.what_if
    if not changes:
        return None
    transforms = {
        name: spec.variables.named[name].transform or spec.variables.transform
        for name in (found.outcome, *changes)
    }
    try:
        return what_if(
            now[found.outcome],
            now[list(changes)],
            speaking(found, findings, groups, tuple(changes)),
            changes,
            factor_transform={name: transforms[name] for name in changes},
            outcome_transform=transforms[found.outcome],
            observed=pd.DataFrame({name: values_of(spec, panel, name) for name in changes}),
            confidence=spec.typology.confidence,
        )
    except StudyError as error:
        return Unavailable("what_if", error.problems)


def _now(spec: StudySpec, panel: Panel, outcome: str) -> pd.DataFrame:
    """Give outcome and moving factors in the last period in which all are known, and the period."""
    assert spec.typology is not None
    names = (outcome, *spec.typology.what_if)
    values = pd.DataFrame({name: values_of(spec, panel, name) for name in names})
    values[PERIOD] = values.index.get_level_values(PERIOD)
    return values.dropna().groupby(level=ENTITY).last()


def speaking(
    found: Gathered, findings: Findings, groups: pd.DataFrame, factors: tuple[str, ...]
) -> pd.DataFrame:
    """List for each entity the estimates of the factors' effects that speak for it."""
    keys = zip(*(found.estimates[k] for k in ("path", "grouping", "group", "tool")), strict=True)
    df = dict(zip(keys, found.estimates["df"], strict=True))
    rows = [
        (entity, factor, e.grouping, e.group, e.b, e.se, df[e.path, e.grouping, e.group, e.tool])
        for entity, own in _own_groups(groups)
        for factor in factors
        for e in (
            one.evidence for one in speak(findings, path_of(factor, found.outcome), own).applied
        )
    ]
    return pd.DataFrame(
        rows, columns=["entity", "factor", "grouping", "group", "b", "se", "df"]
    ).astype({"b": float, "se": float, "df": float})


def _own_groups(groups: pd.DataFrame) -> Iterator[tuple[str, dict[str, str]]]:
    for entity in groups.index:
        row = groups.loc[entity].dropna()
        yield str(entity), {str(name): str(group) for name, group in row.items()}


def _told(moved: WhatIf | Unavailable | None) -> tuple[Notice, ...]:
    if isinstance(moved, Unavailable):
        return tuple(Notice(p.code, p.what, p.where) for p in moved.problems)
    return () if moved is None else moved.notices
