"""The result sorted by entity, once, as the pages of all entities and pathways read it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.classes.compute import Classification, class_labels
from xinzhi.analyses.implied_change import Change
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.pathways.evidence import frame_records
from xinzhi.analyses.pathways.naming import Naming
from xinzhi.analyses.pathways.own_level import Like
from xinzhi.analyses.pathways.pathways import CityPathways
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.pathways.what_if import WhatIf
from xinzhi.present import numbers
from xinzhi.present.units import unit_in_words, with_unit
from xinzhi.wording import Wording, listed, message

Records = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """What a column of the data is called."""

    label: Wording
    unit: Wording
    both: Wording


@dataclass(frozen=True, slots=True, eq=False)
class PathwayView:
    """The result by entity, sorted once for the pages of all entities, and what things are called."""

    result: PathwayResult
    section: TypologySection
    shown: Shown
    classes: Mapping[str, Wording] | None
    """Class of the score -> its name; None without classes."""
    last_scores: Mapping[str, float]
    """Entity -> its last known score."""
    values: Records
    """Period, score, rank and, where there are classes, class."""
    n_ranked: Mapping[Any, int]
    """Period -> number of entities with a rank."""
    peers: Records
    models: Records
    what_ifs: Records
    moves: Mapping[str, Change]
    """Factor -> how it moves in the what-ifs."""
    distances: Records
    columns: Mapping[str, ColumnWords]
    """Inputs and outputs of the distances -> what they are called."""

    @property
    def names(self) -> Mapping[str, Wording]:
        """Entity -> its label."""
        return self.shown.style.entities

    @property
    def decimals(self) -> int:
        """Digits after the point in the report."""
        return self.shown.style.decimals

    @property
    def has_periods(self) -> bool:
        """Whether the panel has periods."""
        return self.shown.panel.has_periods

    @property
    def naming(self) -> Naming:
        """What variables, paths and groups are called."""
        return self.result.findings.naming

    def name(self, variable: str) -> Wording:
        """Word a variable."""
        return self.naming.variable(variable)

    def unit(self, variable: str) -> Wording:
        """Name the unit of a variable: as the study file states it, else that of its column."""
        origin = self.shown.study.origin(variable)
        unit = origin.unit or self.shown.panel.units.get(origin.column)
        return unit_in_words(unit) if unit else ""

    def amount(self, variable: str, value: float) -> Wording:
        """Write a value of a variable with its unit."""
        return _write_amount(value, self.unit(variable))

    def column_amount(self, column: str, value: float) -> Wording:
        """Write a value of a column of the data with its unit."""
        return _write_amount(value, self.columns[column].unit)

    def _models_of(self, entity: str, likes: Iterable[Like]) -> list[dict[str, Any]]:
        """List the role models that share the groups of one of the pathways, the first ones only."""
        # The groups are the entity's own, and a shared grouping has both in one group: comparing
        # groupings is enough.
        wanted = [{grouping for grouping, _ in like} for like in likes]
        shared = [
            row
            for row in self.models.get(entity, [])
            if any(groupings <= set(row["shared_groups"].split(", ")) for groupings in wanted)
        ]
        return shared[: self.section.role_models]

    def role_models(self, city: CityPathways) -> Wording:
        """Word the role models that share the groups of a supported pathway; empty without any."""
        likes = [pathway.like for pathway in city.supported]
        return listed([self._role_model(row) for row in self._models_of(city.entity, likes)])

    def shared_groups(self, row: Mapping[str, Any]) -> list[Wording]:
        """Word the groupings that a role model shares; two of one label, such as two of stages, once."""
        names = str(row.get("shared_groups", "")).split(", ")
        return list(dict.fromkeys(self.naming.grouping(name) for name in names if name))

    def _role_model(self, row: Mapping[str, Any]) -> Wording:
        """Word a role model with its years and its share among the peers."""
        name = self.names.get(str(row["model"]), str(row["model"]))
        share = numbers.percent(float(row["share"]), 0)
        if self.has_periods:
            name = message("{city} {period}", city=name, period=row["periods"])
        shared = self.shared_groups(row)
        if not shared:
            return message("{city} ({share})", city=name, share=share)
        return message(
            "{city} ({share}; same {groups})", city=name, share=share, groups=listed(shared)
        )


def _write_amount(value: float, unit: Wording) -> Wording:
    return with_unit(numbers.number(value, choose_decimals(value)), unit)


def choose_decimals(value: float) -> int:
    """Choose decimals for a value in its own units; a whole number, such as a count, has none."""
    # A whole number loses up to 1e-9 on the way through a logarithm and back.
    is_whole = not math.isfinite(value) or abs(value - round(value)) < 1e-9
    return 0 if is_whole else numbers.digits_for(value)


def number_or_none(value: Any) -> float | None:
    """Give a number, or None where there is none."""
    return None if value is None or math.isnan(value) else float(value)


def moves_of(result: PathwayResult, section: TypologySection) -> Mapping[str, Change]:
    """Give how the factors move: as computed, as declared where nothing could be computed."""
    return result.what_if.moves if isinstance(result.what_if, WhatIf) else section.what_if


def build_view(result: PathwayResult, section: TypologySection, shown: Shown) -> PathwayView:
    """Sort the result by entity."""
    values = pd.DataFrame(
        {"score": result.outcomes, "rank": result.ranks.reindex(result.outcomes.index)}
    )
    classes = shown.results.get("classes", {}).get(result.score or "")
    if isinstance(classes, Classification):
        values["class"] = classes.of.reindex(values.index)
    last = result.outcomes.dropna().groupby(level="entity").last()
    return PathwayView(
        result=result,
        section=section,
        shown=shown,
        classes=class_labels(classes) if isinstance(classes, Classification) else None,
        last_scores={str(entity): float(score) for entity, score in last.items()},
        values=_by_entity(values.reset_index()),
        n_ranked=values["rank"].dropna().groupby(level="period").size().to_dict(),
        peers=_by_entity(result.peers),
        models=_by_entity(result.role_models.by_city.reset_index()) if result.role_models else {},
        moves=moves_of(result, section),
        what_ifs=_by_entity(result.what_if.by_city) if isinstance(result.what_if, WhatIf) else {},
        distances=_by_entity(result.distance.by_city.reset_index()) if result.distance else {},
        columns={
            name: ColumnWords(shown.panel.label(name), shown.column_unit(name), shown.column(name))
            for name in result.measured_variables
        },
    )


def _by_entity(frame: pd.DataFrame) -> Records:
    records: dict[str, list[dict[str, Any]]] = {}
    for row in frame_records(frame):
        records.setdefault(str(row["entity"]), []).append(row)
    return records
