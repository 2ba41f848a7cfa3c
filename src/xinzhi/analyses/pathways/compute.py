"""The pathways of a study: estimates and scores -> pathways, role models, distances, what-if.

Each entity gets the estimates of the other analyses that apply to it (`applicable.py`), the pathways
that these support, its distance to the frontier with the role models among its peers, and the change
of its outcome that a declared move of a factor implies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.pathways.applicable import resolve
from xinzhi.analyses.pathways.by_default import supported_by_default
from xinzhi.analyses.pathways.declared import Declared, declared_pathways
from xinzhi.analyses.pathways.distance import Distance, Kind, distance_to_targets
from xinzhi.analyses.pathways.empowerment import empowerment
from xinzhi.analyses.pathways.evidence import Findings, Thresholds, build_findings, join_path
from xinzhi.analyses.pathways.find import find_pathways, groups_by_entity
from xinzhi.analyses.pathways.inputs import KEYS, PathwayInputs, find_outcome, gather_inputs
from xinzhi.analyses.pathways.naming import ARROW
from xinzhi.analyses.pathways.own_level import read_levels
from xinzhi.analyses.pathways.pathways import Pathways
from xinzhi.analyses.pathways.role_models import COLUMNS, RoleModels, role_models
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.pathways.what_if import WhatIf, what_if
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import MethodError, Problem, StudyError, Where
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.notices import Notice
from xinzhi.panel.notebook import InNotebook
from xinzhi.panel.panel import ENTITY, NO_PERIOD, PERIOD, Panel
from xinzhi.space.ranks import rank
from xinzhi.wording import message


@dataclass(frozen=True, slots=True, eq=False)
class PathwayResult(InNotebook):
    """What the estimates support for each entity, and how far it is from the frontier."""

    declared: tuple[Declared, ...]
    """The pathways that the study asks for."""
    inputs: PathwayInputs
    """The estimates that were read."""
    findings: Findings
    """The same, found by what they are about."""
    pathways: Pathways
    empowerment: pd.DataFrame
    """Effect of each factor in each group, as `empowerment` gives it."""
    groups: pd.DataFrame
    """Entity x grouping."""
    score: str | None
    """Score under `efficiency` that the outcome is made from; None where it is a column."""
    outcomes: pd.Series
    """Outcome in its own units, indexed (entity, period)."""
    ranks: pd.Series
    """Rank within the period, 1 the best; same index."""
    distance: Distance | None
    """Of the last period with a score of each entity; None without a score."""
    peers: pd.DataFrame
    """Columns entity, period, peer, peer_period, intensity, of the same rows."""
    role_models: RoleModels | None
    what_if: WhatIf | Unavailable | None
    base_periods: Mapping[str, int]
    """Entity -> period whose values the what-if starts from."""
    supported_by_default: Mapping[str, int] | None
    """Pathway, or empty for any of them -> entities for which the default errors, tests and families support
    it; None where the study declares these."""
    notices: tuple[Notice, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row an entity, rule and estimate that speaks for it."""
        return self.pathways.to_frame()

    @property
    def measured_variables(self) -> tuple[str, ...]:
        """Inputs and outputs of the distances, in the order of the measurement."""
        if self.distance is None:
            return ()
        return tuple(map(str, self.distance.by_city.index.unique("variable")))


def compute_pathways(section: TypologySection, given: Given) -> PathwayResult:
    """Find what the estimates support for each entity, and how far it is from the frontier."""
    study = given.study
    _refuse_unmeasured(given, study.origin(find_outcome(section, study)).score)
    groups = read_groups(given)
    declared = declared_pathways(section, study)
    inputs = gather_inputs(section, study, given.results)
    thresholds = Thresholds(study.inference.level, section.minimum_effect)
    findings = build_findings(inputs.estimates, inputs.differences, thresholds)
    pathways = find_pathways(
        inputs.estimates,
        groups,
        declared,
        outcome=inputs.outcome,
        differences=inputs.differences,
        levels=read_levels(given, levels_read(declared), inputs.slopes.values(), thresholds.level),
        thresholds=thresholds,
    )
    frontier = _frontier(given, inputs.outcome, groups)
    outcomes = own_values(given, inputs.outcome)
    base, implied = _what_if(section, given, inputs, findings, groups)
    notices = [*inputs.notices, *pathways.notices, *frontier.notices]
    if isinstance(implied, Unavailable):
        notices += (Notice(p.code, p.what, p.where) for p in implied.problems)
    elif implied is not None:
        notices += implied.notices
    return PathwayResult(
        declared=declared,
        inputs=inputs,
        findings=findings,
        pathways=pathways,
        empowerment=empowerment(
            inputs.estimates,
            factors=_factors(inputs),
            outcome=inputs.outcome,
            differences=inputs.differences,
            thresholds=thresholds,
        ),
        groups=groups,
        score=study.origin(inputs.outcome).score,
        outcomes=outcomes,
        ranks=rank(outcomes).of,
        distance=frontier.distance,
        peers=frontier.peers,
        role_models=frontier.models,
        what_if=implied,
        base_periods={str(entity): int(period) for entity, period in base[PERIOD].items()},
        supported_by_default=supported_by_default(section, given, groups),
        notices=tuple(dict.fromkeys(notices)),
    )


def levels_read(declared: tuple[Declared, ...]) -> tuple[str, ...]:
    """List the variables whose own level each entity is told: factors and moderators."""
    factors = [pathway.factor for pathway in declared]
    moderators = [name for pathway in declared for name in pathway.moderators]
    return tuple(dict.fromkeys([*factors, *moderators]))


def _refuse_unmeasured(given: Given, score: str | None) -> None:
    """Refuse an outcome whose score could not be measured, before any column is asked for."""
    if score is not None and isinstance(given.results["efficiency", score], Unavailable):
        raise MethodError(
            Problem(
                "typology.no_score",
                message("The score '{name}' could not be measured.", name=score),
                Where(key=f"efficiency.{score}"),
            )
        )


def _factors(inputs: PathwayInputs) -> tuple[str, ...]:
    """Variables whose whole effect on the outcome was estimated, in the order of the estimates."""
    # A path with a tool is an interaction, one of three links or more a mediated effect.
    direct = inputs.estimates.loc[inputs.estimates["tool"] == "", "path"]
    chains = [path.split(ARROW) for path in direct]
    factors = (links[0] for links in chains if len(links) == 2 and links[1] == inputs.outcome)
    return tuple(dict.fromkeys(factors))


def read_groups(given: Given) -> pd.DataFrame:
    """Give each entity its group in each grouping: that of its last period with one."""
    entities = pd.Index(given.panel.entities, name=ENTITY)
    groups = {
        name: members.dropna().groupby(level=ENTITY).last().reindex(entities)
        for name, members in given.members.items()
    }
    return pd.DataFrame(groups, index=entities, dtype=object)


def own_values(given: Given, name: str) -> pd.Series:
    """Values of a variable in its own units, not transformed."""
    return given.column(given.study.origin(name).column).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Frontier:
    """What the efficiency measurement says of the last period with a score of each entity."""

    distance: Distance | None
    peers: pd.DataFrame
    models: RoleModels | None
    notices: tuple[Notice, ...]


def _frontier(given: Given, outcome: str, groups: pd.DataFrame) -> _Frontier:
    name = given.study.origin(outcome).score
    if name is None:
        text = message(
            "The outcome is not a score of this study: there are no role models and no distances."
        )
        none = pd.DataFrame(columns=list(COLUMNS))
        return _Frontier(None, none, None, (Notice("typology.no_score", text),))
    result = given.results["efficiency", name]
    measurement = given.study.section("efficiency", name)
    rows = _last_rows(result)
    distance = _distance(measurement, result, given.panel, rows)
    peers = _peers(measurement, result, given.panel, rows)
    # All role models: how many are shown depends on the groups that an entity shares with each.
    models = role_models(peers, groups=groups, n=max(1, len(groups)))
    return _Frontier(distance, peers, models, (*distance.notices, *models.notices))


def _key(label: tuple[str, int | None]) -> tuple[str, int]:
    return label[0], NO_PERIOD if label[1] is None else label[1]


def _last_rows(result: EfficiencyResult) -> list[int]:
    """Positions of the last row with a score of each entity."""
    last: dict[str, int] = {}
    # Sorted by period, so that the last row of an entity is the one that stays.
    for row in sorted(range(len(result.labels)), key=lambda row: _key(result.labels[row])[1]):
        if np.isfinite(result.scores[row]):
            last[result.labels[row][0]] = row
    return sorted(last.values())


def _distance(
    measurement: Measurement, result: EfficiencyResult, panel: Panel, rows: list[int]
) -> Distance:
    names = list(result.variables)
    keys = [_key(result.labels[row]) for row in rows]
    index = pd.MultiIndex.from_tuples(keys, names=[ENTITY, PERIOD])
    targets = pd.DataFrame(result.targets[rows], index=index, columns=names)
    kinds: dict[str, Kind] = dict.fromkeys(measurement.inputs, "input")
    kinds |= dict.fromkeys(measurement.good_outputs, "good_output")
    kinds |= dict.fromkeys(measurement.bad_outputs, "bad_output")
    return distance_to_targets(panel.frame.loc[index, names], targets, kinds)


def _peers(
    measurement: Measurement, result: EfficiencyResult, panel: Panel, rows: list[int]
) -> pd.DataFrame:
    """List the peers of the rows.

    Under constant returns an intensity is a multiple of the peer, so that its size, the first good
    output, weighs too.
    """
    records = [
        (*_key(result.labels[row]), *_key(result.labels[peer.position]), peer.intensity)
        for row in rows
        for peer in result.peers[row]
    ]
    frame = pd.DataFrame(records, columns=list(COLUMNS))
    if measurement.returns_to_scale == "constant" and len(frame):
        sizes = panel.frame[measurement.good_outputs[0]]
        keys = pd.MultiIndex.from_frame(frame[["peer", "peer_period"]])
        frame["size"] = sizes.reindex(keys).to_numpy(float)
    return frame


def _what_if(
    section: TypologySection,
    given: Given,
    inputs: PathwayInputs,
    findings: Findings,
    groups: pd.DataFrame,
) -> tuple[pd.DataFrame, WhatIf | Unavailable | None]:
    """Give the values from which factors change, and what the changes imply or why nothing does."""
    changes, outcome = section.what_if, inputs.outcome
    transforms = {name: given.study.origin(name).transform for name in (outcome, *changes)}
    base = _base_values((outcome,), given)
    if not changes:
        return base, None
    try:
        base = _base_values((outcome, *changes), given)
        return base, what_if(
            base[outcome],
            base[list(changes)],
            applicable_slopes(inputs, findings, groups, tuple(changes)),
            changes,
            transforms=transforms,
            outcome_transform=transforms[outcome],
            observed=pd.DataFrame({name: own_values(given, name) for name in changes}),
            confidence=section.confidence,
        )
    except StudyError as error:
        return base, Unavailable("what_if", error.problems)


def _base_values(names: tuple[str, ...], given: Given) -> pd.DataFrame:
    """Give outcome and changing factors in the last period in which all are known, and the period."""
    values = pd.DataFrame({name: own_values(given, name) for name in names})
    values[PERIOD] = values.index.get_level_values(PERIOD)
    return values.dropna().groupby(level=ENTITY).last()


def applicable_slopes(
    inputs: PathwayInputs, findings: Findings, groups: pd.DataFrame, factors: tuple[str, ...]
) -> pd.DataFrame:
    """List for each entity the estimates of the factors' effects that apply to it, and their judgement."""
    keyed = zip(*(inputs.estimates[key] for key in KEYS), strict=True)
    df = dict(zip(keyed, inputs.estimates["df"], strict=True))
    rows = []
    for entity, entity_groups in groups_by_entity(groups).items():
        for factor in factors:
            effect = resolve(findings, join_path(factor, inputs.outcome), entity_groups)
            for applied in effect.applicable:
                e = applied.evidence
                degrees = df[e.path, e.grouping, e.group, e.tool]
                slope = (e.grouping, e.group, e.b, e.se, degrees)
                rows.append((entity, factor, *slope, applied.verdict, effect.judgement))
    columns = ["entity", "factor", "grouping", "group", "b", "se", "df", "verdict", "judgement"]
    return pd.DataFrame(rows, columns=columns).astype({"b": float, "se": float, "df": float})
