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
from xinzhi.analyses.pathways.applicable import resolve
from xinzhi.analyses.pathways.declared import Declared, declared_pathways
from xinzhi.analyses.pathways.dose import Dose
from xinzhi.analyses.pathways.evidence import (
    Findings,
    Thresholds,
    build_findings,
    empowerment,
    join_path,
)
from xinzhi.analyses.pathways.find import find_pathways, groups_by_entity, supported_by_default
from xinzhi.analyses.pathways.frontier import Distance, RoleModels, read_frontier
from xinzhi.analyses.pathways.inputs import KEYS, PathwayInputs, find_outcome, gather_inputs
from xinzhi.analyses.pathways.own_level import read_levels
from xinzhi.analyses.pathways.pathways import Pathways, list_doses
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.pathways.what_if import WhatIf, what_if
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import MethodError, Problem, StudyError, Where
from xinzhi.notices import Notice
from xinzhi.panel.notebook import InNotebook
from xinzhi.panel.panel import ENTITY, PERIOD
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
    def doses(self) -> pd.DataFrame:
        """One row an entity, tool and step: how much of the tool makes the step significant, with its interval."""
        rows = [
            {"entity": city.entity, "tool": tool, "path": path, **dose.to_dict()}
            for city in self.pathways.by_city.values()
            for (tool, path), dose in list_doses(city).items()
        ]
        columns = ["entity", "tool", "path", *Dose("unknown").to_dict()]
        return pd.DataFrame(rows, columns=columns)

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
    levels = read_levels(given, levels_read(declared), inputs.slopes.values(), thresholds)
    pathways = find_pathways(findings, groups, declared, outcome=inputs.outcome, levels=levels)
    frontier = read_frontier(given, inputs.outcome, groups)
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
        empowerment=empowerment(findings, inputs.outcome),
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
        text = message("The score '{name}' could not be measured.", name=score)
        raise MethodError(Problem("typology.no_score", text, Where(key=f"efficiency.{score}")))


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
            without_zero={name for name in changes if not given.study.origin(name).has_zero},
            observed=pd.DataFrame({name: own_values(given, name) for name in changes}),
            confidence=given.study.inference.coverage(section.confidence),
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
