"""Maps of a score or a column by class, or of groups of entities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, PlacedProblem, Reads, Shown, Study
from xinzhi.analyses.classes.compute import class_ranges, classify
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.maps.compute import Map, Mapped, look_up
from xinzhi.present.chart import Chart
from xinzhi_core.errors import Problem
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.profile import holds_numbers, not_numeric
from xinzhi_core.wording import Label, Wording, message


class MapsAnalysis(Analysis[Map, Mapped]):
    """Colour the areas of a map by the class of their score or figure, or by their group."""

    section = Map
    description = "Name -> map of a score, a column or groups."
    title = message("Map")
    place = Place("efficiency", message("Efficiency"), 30.05, chapter="efficiency")
    shown_only = frozenset(
        {"title", "boundaries", "level", "key", "areas", "land", "layout", "approval"}
    )

    def reads(self, section: Map, study: Study) -> Reads:
        """Read the score and its classes, the column, or the groups; the outlines are drawn, not computed with."""
        if section.column is not None:
            return Reads(panel=(section.column,), methods=())
        if section.value is None:
            grouping = str(section.groups)
            # The members name the colours in the order of the study file.
            return Reads(groupings=(grouping,), asked=(study.members(grouping),), methods=())
        classes = (("classes", section.value),) if section.classes is None else ()
        return Reads(panel=(section.value,), results=classes, methods=())

    def problems(self, section: Map, study: Study) -> Iterator[PlacedProblem]:
        """Refuse a score without classes."""
        if section.value is None or section.classes is not None:
            return
        score = study.section("efficiency", section.value)
        if score is None:
            remedy = message("add `classes` to the map.")
        elif score.classes is None:
            remedy = message("add `classes` to it under efficiency.")
        else:
            return
        text = message("'{name}' has no classes to colour a map by.", name=section.value)
        yield ("value",), Problem("study.no_classes", text, remedy=remedy)

    def inspect(self, section: Map, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse a column of words: classes are ranges of numbers."""
        if section.column in panel.frame:
            column = str(section.column)
            if not holds_numbers(panel.frame[column]):
                yield not_numeric(column, panel.frame[column])

    def compute(self, section: Map, given: Given) -> Mapped:
        """Look up the classes."""
        return look_up(section, given)

    def heading(self, section: Map, shown: Shown) -> tuple[str, Wording]:
        """Keep the place of the map."""
        title = _title(section) or message("Map {name}", name=Label(shown.name))
        return f"{shown.name}_map", title

    def show(self, section: Map, result: Mapped, shown: Shown) -> Exhibits:
        """Set no table: a map is a chart."""
        return Exhibits()

    def draw(self, section: Map, result: Mapped, shown: Shown) -> Iterator[Chart]:
        """Draw the map in its layout."""
        from xinzhi.present.map.layers import china_map, world_map

        study, boundaries = shown.study, shown.outlines[shown.name]
        names: dict[str, Wording]
        if section.groups is None:
            column, score = section.column, str(section.value)
            value = study.score_label(score) if column is None else study.column_label(column)
            names = class_ranges(
                shown.results["classes"][score]
                if section.classes is None
                else classify(result.values, section.classes)
            )
        else:
            grouping = str(section.groups)
            value = study.group_label(grouping)
            names = {member: study.member_label(grouping, member) for member in result.names}
        words: dict[str, Any] = {
            "classes": result.classes,
            "names": names,
            "boundaries": boundaries,
            "value": value,
            "labels": shown.style.entities or None,
            "decimals": shown.style.decimals,
            "parts": shown.parts,
        }
        title = _title(section) or message("{score} on the map", score=value)
        if boundaries.layout == "china":
            words |= {"approval": section.approval, "is_ordered": section.groups is None}
            chart = china_map(f"{shown.name}_map", title, result.values, **words)
        else:
            chart = world_map(f"{shown.name}_map", title, result.values, **words)
        # The main text has one map; the others stand in the appendix.
        is_first = shown.name == next(iter(shown.study.sections("maps")))
        chart = replace(chart, part="text" if is_first else "appendix")
        if section.approval:
            approval = message("Base map approval number: {number}.", number=section.approval)
            chart = replace(chart, notes=(*chart.notes, approval))
        yield chart


def _title(section: Map) -> Wording:
    return section.title.label("") if section.title.zh or section.title.en else ""


ANALYSES.add("maps")(MapsAnalysis())
