"""What the pages of all entities are written from, sorted by entity beforehand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.report.naming import entity_labels
from xinzhi.study.advice import Advice
from xinzhi.study.groups import group_label, member_label
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.tables.regression.fitted import name_of
from xinzhi.typology.evidence import ALL
from xinzhi.typology.what_if import WhatIf
from xinzhi.wording import Wording, message

Records = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """The findings of a study by entity, and what things are called."""

    result: StudyResult
    found: Advice
    words: Mapping[str, Wording]
    names: Mapping[str, Wording]
    values: Records
    """Period, score, rank and, where there are classes, class."""
    n_ranked: Mapping[Any, int]
    """Period -> number of entities with a rank."""
    peers: Records
    models: Records
    moved: Records
    apart: Records

    @property
    def decimals(self) -> int:
        """Digits after the point in the report."""
        return self.result.spec.report.decimals

    @property
    def has_periods(self) -> bool:
        """Whether the panel has periods."""
        return self.result.panel.has_periods

    def name(self, variable: str) -> Wording:
        """Word a variable."""
        return name_of(variable, self.words)

    def group(self, grouping: str, group: str) -> Wording:
        """Word a group with its grouping; all entities where it is empty."""
        spec = self.result.spec
        if grouping == ALL:
            return message("All")
        return message(
            "{grouping}: {group}",
            grouping=group_label(spec, grouping),
            group=member_label(spec, grouping, group),
        )


def sorted_findings(result: StudyResult, found: Advice) -> Sorted:
    """Sort the findings by entity."""
    values = pd.DataFrame(
        {"score": found.outcomes, "rank": found.ranks.reindex(found.outcomes.index)}
    )
    classes = result.of("classes").get(found.score or "")
    if classes is not None:
        values["class"] = classes.of.reindex(values.index)
    moved = found.what_if.by_city if isinstance(found.what_if, WhatIf) else pd.DataFrame()
    models = found.role_models.by_city.reset_index() if found.role_models else pd.DataFrame()
    return Sorted(
        result=result,
        found=found,
        words=labels(result.spec),
        names=entity_labels(result),
        values=_by_entity(values.reset_index()),
        n_ranked=values["rank"].dropna().groupby(level="period").size().to_dict(),
        peers=_by_entity(found.peers),
        models=_by_entity(models),
        moved=_by_entity(moved),
        apart=_by_entity(found.distance.by_city.reset_index()) if found.distance else {},
    )


def _by_entity(frame: pd.DataFrame) -> Records:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.astype(object).to_dict(orient="records"):
        found.setdefault(str(row["entity"]), []).append({str(k): v for k, v in row.items()})
    return found


def number_or_none(value: Any) -> float | None:
    """Give a number, or None where there is none."""
    return None if value is None or math.isnan(value) else float(value)
