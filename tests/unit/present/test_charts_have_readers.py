"""Whatever makes a chart has a test that reads its picture back; a new one without such a test fails here."""

from __future__ import annotations

import ast
from pathlib import Path

import xinzhi

SOURCE = Path(xinzhi.__file__).parent
TESTS = Path(__file__).parents[2]
MARKS, DIAGRAMS = "unit/present/test_drawn_marks.py", "unit/present/test_drawn_diagrams.py"
MAPS = "cells/test_map_cells.py"
READERS = {
    "present/effects.py:effects_plot": (MARKS, "points_and_intervals_stand"),
    "present/coefficients.py:coefficient_plot": (MARKS, "coefficients_stand_at"),
    "present/plots.py:_chart": (MARKS, "charts_of_a_frame"),
    "present/mechanism.py:mechanism": (DIAGRAMS, "key_of_a_mechanism"),
    "present/moderation_diagram.py:moderation_diagram": (DIAGRAMS, "a_cell_of_moderation"),
    "present/pathway_diagram.py:pathway_diagram": (DIAGRAMS, "steps_of_pathways"),
    "present/framework.py:framework_chart": (DIAGRAMS, "a_framework_has_its_panels"),
    "present/map/layers.py:china_map": (MAPS, "map_of_the_study"),
    "present/map/layers.py:world_map": (MAPS, "map_of_the_world"),
    "analyses/classes/charts.py:class_counts": (MARKS, "classes_are_stacked"),
    "analyses/efficiency/charts.py:scores_over_time": (MARKS, "scores_over_time_are_drawn"),
    "analyses/efficiency/charts.py:score_distribution": (MARKS, "counted_in_bars"),
    "analyses/heterogeneity/charts.py:heat_map": (MARKS, "the_heat_of_a_cell"),
    "analyses/moderation/charts.py:conditional_effects": (MARKS, "each_panel_of_conditional"),
    "analyses/productivity/charts.py:productivity_over_time": (MARKS, "an_index_over_time"),
    "analyses/ranks/charts.py:distribution_over_time": (MARKS, "bands_of_a_distribution"),
    "analyses/specification_curve/charts.py:specification_curve": (MARKS, "specification_curve_rises"),
}  # fmt: skip
"""Function that makes a chart -> the test that reads it, by part of its name."""


def makers():
    """Find each function of the package that makes a `Chart`."""
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "Chart(" not in text:
            continue
        for part in ast.walk(ast.parse(text)):
            if isinstance(part, ast.FunctionDef) and any(
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id == "Chart"
                for call in ast.walk(part)
            ):
                yield f"{file.relative_to(SOURCE).as_posix()}:{part.name}"


def test_each_chart_has_a_reader():
    """The register of readers names exactly the functions that make charts."""
    assert set(makers()) == set(READERS)


def test_each_reader_is_a_test():
    """What the register names is a function of the file, and reads a picture."""
    for file, name in READERS.values():
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        found = [
            one
            for one in tree.body
            if isinstance(one, ast.FunctionDef)
            and one.name.startswith("test_")
            and name in one.name
        ]
        assert len(found) == 1, (file, name)
        called = {
            call.func.id
            for call in ast.walk(found[0])
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        }
        readers = {"panel_of", "panels_of", "strokes_of", "bends_of", "lanes_of", "boxes_of", "page_of", "pictures_of"}  # fmt: skip
        assert called & readers, (file, name)


def test_only_these_draw():
    """Nothing else writes pictures of its own: SVG comes from the diagrams, Vega-Lite from the charts above."""
    drawing = {
        file.relative_to(SOURCE).as_posix()
        for file in SOURCE.rglob("*.py")
        if "alt.Chart(" in file.read_text(encoding="utf-8")
    }
    read = {name.partition(":")[0] for name in READERS}

    assert {one for one in drawing if not one.startswith("present/map/")} <= read
