"""The findings sorted by entity, once, as the pages of all entities and pathways read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.classes.compute import Classification, class_labels
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.evidence import ALL
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.pathways.what_if import WhatIf
from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import Wording, message

Records = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """The findings by entity, sorted once for the pages of all entities, and what things are called."""

    found: PathwayResult
    section: TypologySection
    shown: Shown
    classes: Mapping[str, Wording] | None
    """Class of the score -> its name; None without classes."""
    values: Records
    """Period, score, rank and, where there are classes, class."""
    n_ranked: Mapping[Any, int]
    """Period -> number of entities with a rank."""
    peers: Records
    models: Records
    moved: Records
    apart: Records

    @property
    def names(self) -> Mapping[str, Wording]:
        """Entity -> its label."""
        return self.shown.style.entities

    @property
    def words(self) -> Mapping[str, Wording]:
        """Variable -> its label."""
        return self.shown.style.labels

    @property
    def decimals(self) -> int:
        """Digits after the point in the report."""
        return self.shown.style.decimals

    @property
    def has_periods(self) -> bool:
        """Whether the panel has periods."""
        return self.shown.panel.has_periods

    def name(self, variable: str) -> Wording:
        """Word a variable."""
        return name_of(variable, self.words)

    def group(self, grouping: str, group: str) -> Wording:
        """Word a group with its grouping; all entities where it is empty."""
        study = self.shown.study
        if grouping == ALL:
            return message("All")
        return message(
            "{grouping}: {group}",
            grouping=study.group_label(grouping),
            group=study.member_label(grouping, group),
        )


def number_or_none(value: Any) -> float | None:
    """Give a number, or None where there is none."""
    return None if value is None or math.isnan(value) else float(value)


def sort_findings(result: PathwayResult, section: TypologySection, shown: Shown) -> Sorted:
    """Sort the findings by entity."""
    values = pd.DataFrame(
        {"score": result.outcomes, "rank": result.ranks.reindex(result.outcomes.index)}
    )
    classes = shown.results.get("classes", {}).get(result.score or "")
    if isinstance(classes, Classification):
        values["class"] = classes.of.reindex(values.index)
    moved = result.what_if.by_city if isinstance(result.what_if, WhatIf) else pd.DataFrame()
    models = result.role_models.by_city.reset_index() if result.role_models else pd.DataFrame()
    return Sorted(
        found=result,
        section=section,
        shown=shown,
        classes=class_labels(classes) if isinstance(classes, Classification) else None,
        values=_by_entity(values.reset_index()),
        n_ranked=values["rank"].dropna().groupby(level="period").size().to_dict(),
        peers=_by_entity(result.peers),
        models=_by_entity(models),
        moved=_by_entity(moved),
        apart=_by_entity(result.distance.by_city.reset_index()) if result.distance else {},
    )


def _by_entity(frame: pd.DataFrame) -> Records:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.astype(object).to_dict(orient="records"):
        found.setdefault(str(row["entity"]), []).append({str(k): v for k, v in row.items()})
    return found
