"""Maps on a boundary file of the user, from the file to the report."""

from __future__ import annotations

import json
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli_runner import attempt, call
from xinzhi.report.exhibits import charts_of
from xinzhi.study.run import run
from xinzhi_core.wording import say

pytestmark = pytest.mark.long

PLACES = ("甲", "乙", "丙", "丁")
STUDY = """
title: T
sources: {{d: {{file: d.csv, kind: panel, entity: e, period: t}}}}
panel: {{from: d}}
efficiency: {{s: {{inputs: [x], good_outputs: [y], classes: {{low: "< 0.7", high: ">= 0.7"}}}}}}
maps: {{m: {{value: s, boundaries: {file}, key: {key}}}}}
report: {{formats: [svg]}}
"""


def ring(at, *, clockwise=False):
    """A square of one degree in western China, counterclockwise unless told."""
    corners = [[90 + at, 30], [91 + at, 30], [91 + at, 31], [90 + at, 31], [90 + at, 30]]
    return corners[::-1] if clockwise else corners


def geojson(names, **options):
    shapes = [
        {"type": "Feature", "properties": {"name": name, "code": f"c{at}"},
         "geometry": {"type": "Polygon", "coordinates": [ring(at, **options)]}}
        for at, name in enumerate(names)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": shapes}).encode()


def topojson(names):
    shapes = [
        {"type": "Polygon", "properties": {"name": name, "code": f"c{at}"}, "arcs": [[at]]}
        for at, name in enumerate(names)
    ]
    arcs = [ring(at, clockwise=True) for at in range(len(names))]  # as d3 draws them
    objects = {"places": {"type": "GeometryCollection", "geometries": shapes}}
    return json.dumps({"type": "Topology", "objects": objects, "arcs": arcs}).encode()


def geoparquet(names):
    shapes = [
        struct.pack("<BIII", 1, 3, 1, 5) + b"".join(struct.pack("<2d", *p) for p in ring(at))
        for at in range(len(names))
    ]
    told = {"version": "1.0.0", "primary_column": "geometry", "columns": {
        "geometry": {"encoding": "WKB", "geometry_types": ["Polygon"]}}}  # fmt: skip
    table = pa.table({"name": list(names), "geometry": shapes})
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(told)}), sink)
    return sink.getvalue().to_pybytes()


def study(folder, file, content, *, key="name"):
    """Four places in two years, of which the last has no row in the second."""
    rows = [f"{e},{t},{i + 2},{i + t - 2000}" for i, e in enumerate(PLACES) for t in (2008, 2009)]
    (folder / "d.csv").write_text("\n".join(["e,t,x,y", *rows[:-1]]), encoding="utf-8")
    (folder / file).write_bytes(content)
    (folder / "study.yaml").write_text(STUDY.format(file=file, key=key), encoding="utf-8")
    return folder


def chart_of(folder):
    charts = charts_of(run(folder / "study.yaml")).charts["efficiency"]
    (chart,) = (one for one in charts if one.id.endswith("_map"))
    return chart


def areas(chart):
    """Entity -> corners of what is drawn, whatever the order of the corners."""
    sets = chart.specifications["en"]["datasets"].values()
    rows = next(rows for rows in sets if rows and "outline" in rows[0])
    return {
        row["entity"]: {tuple(point) for polygon in row["outline"]["geometry"]["coordinates"]
                        for one in polygon for point in one}
        for row in rows
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("b.json", topojson(PLACES)),
        ("b.parquet", geoparquet(PLACES)),
        ("b.geojson", geojson(PLACES, clockwise=True)),
    ],
    ids=["TopoJSON", "GeoParquet", "clockwise"],
)
def test_every_kind_of_boundary_file_draws_the_same(tmp_path, file, content):
    """The plain GeoJSON is the witness: same places, same corners; what was turned is told."""
    for name in ("plain", "other"):
        (tmp_path / name).mkdir()
    plain = chart_of(study(tmp_path / "plain", "a.geojson", geojson(PLACES)))
    other = chart_of(study(tmp_path / "other", file, content))

    assert areas(other) == areas(plain)
    assert set(areas(plain)) == set(PLACES)
    turned = any("ran the wrong way" in str(note) for note in other.notes)
    assert turned == (file == "b.geojson")


def test_a_place_without_an_outline_and_a_year_without_a_row_are_told(tmp_path):
    """Both stand under the map in both languages; the legend counts what the table counts."""
    chart = chart_of(study(tmp_path, "b.geojson", geojson(PLACES[:3])))

    assert set(areas(chart)) == set(PLACES[:3])
    notes = {language: [say(note, language) for note in chart.notes] for language in ("zh", "en")}
    assert "1 entity is counted but not on the map, for want of an outline: 丁." in notes["en"]
    assert "有 1 个个体计入数量但因缺少边界未绘入地图：丁。" in notes["zh"]
    assert any("1 entity of the study has no row in 2009" in note for note in notes["en"])


def test_a_key_that_fits_no_entity_is_refused_with_the_one_that_does(tmp_path):
    """Else the map would be empty."""
    folder = study(tmp_path, "b.geojson", geojson(PLACES), key="code")

    done = attempt("run", folder)

    assert done.code == 1
    assert "outlines are called c0, c1, c2" in done.stderr
    assert "did you mean 'name'?" in done.stderr


def test_the_map_of_a_user_becomes_a_picture(tmp_path):
    """From the command line, in both languages."""
    folder = study(tmp_path, "b.geojson", geojson(PLACES))

    call("run", folder)

    pictures = {path.name for path in (folder / "results" / "figures").glob("m_map*")}
    assert pictures == {"m_map.svg", "m_map.en.svg"}
