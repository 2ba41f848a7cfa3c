"""Boundary files: read right in three formats, or refused with a remedy; never a wrong map."""

from __future__ import annotations

import json
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from places import ROOT
from rings import rings_of
from xinzhi_core.errors import DataError
from xinzhi_econometrics.space.weights import adjacent
from xinzhi_panel.io.outlines import read_boundaries
from xinzhi_panel.io.topology import AREAS, arcs_of, area_of, polygons_of, ring_of, topology_of

WEST = [[100, 30], [101, 30], [101, 31], [100, 31], [100, 30]]
EAST = [[101, 30], [102, 30], [102, 31], [101, 31], [101, 30]]
LAKE = [[100.2, 30.2], [100.2, 30.4], [100.4, 30.4], [100.4, 30.2], [100.2, 30.2]]


def geojson(path, *areas, crs=None, kind="Polygon"):
    """Write areas (name, rings) as a GeoJSON file."""
    features = [
        {"type": "Feature", "properties": {"name": name},
         "geometry": {"type": kind, "coordinates": rings}}
        for name, rings in areas
    ]  # fmt: skip
    known = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **known}))
    return path


def wkb(*polygons):
    """Write polygons as a multipolygon in well-known binary, little end first."""
    parts = []
    for rings in polygons:
        body = b"".join(
            struct.pack("<I", len(ring)) + b"".join(struct.pack("<2d", *p) for p in ring)
            for ring in rings
        )
        parts.append(struct.pack("<BII", 1, 3, len(rings)) + body)
    return struct.pack("<BII", 1, 6, len(polygons)) + b"".join(parts)


def geoparquet(path, shapes, **column):
    told = {"version": "1.1.0", "primary_column": "geometry",
            "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], **column}}}  # fmt: skip
    table = pa.table({"name": list(shapes), "geometry": list(shapes.values())})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(told)}), path)
    return path


def areas_in(topology, name=AREAS):
    """Signed area of each named area: outer rings negative, holes positive."""
    found: dict[str, float] = {}
    for shape, ring in rings_of(topology, name):
        key = shape["properties"]["name"]
        found[key] = found.get(key, 0.0) + area_of(ring)
    return found


def test_neighbours_share_one_arc(tmp_path):
    """A border that two areas of a GeoJSON file share is stored once and makes them neighbours."""
    read = read_boundaries(geojson(tmp_path / "a.geojson", ("w", [WEST, LAKE]), ("e", [EAST])))

    assert adjacent(read.topology, name=AREAS, key="name").weights.nnz == 2
    assert areas_in(read.topology) == pytest.approx({"w": -0.96, "e": -1.0})
    assert read.n_turned == 0


def test_wrong_winding_is_turned_and_counted(tmp_path):
    """An outer ring clockwise and a hole counterclockwise are turned: the same areas, two rings told."""
    file = geojson(tmp_path / "a.geojson", ("w", [WEST[::-1], LAKE[::-1]]), ("e", [EAST]))

    read = read_boundaries(file)

    assert areas_in(read.topology) == pytest.approx({"w": -0.96, "e": -1.0})
    assert read.n_turned == 2


@pytest.mark.parametrize(
    "crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4326"]
)
def test_longitudes_and_latitudes_are_known_by_their_names(tmp_path, crs):
    """WGS84 and CGCS2000 are accepted under their usual names."""
    assert read_boundaries(geojson(tmp_path / "a.json", ("w", [WEST]), crs=crs)).n_turned == 0


def test_another_projection_is_refused(tmp_path):
    """A projection by name, coordinates in metres, latitude before longitude: each is refused."""
    metres = [[x * 1e5, y * 1e5] for x, y in WEST]
    turned = [[y, x] for x, y in WEST]
    files = [
        geojson(tmp_path / "a.json", ("w", [WEST]), crs="urn:ogc:def:crs:EPSG::3857"),
        geojson(tmp_path / "b.json", ("w", [metres])),
        geojson(tmp_path / "c.json", ("w", [turned])),
    ]
    for file in files:
        with pytest.raises(DataError) as caught:
            read_boundaries(file)
        assert caught.value.code == "map.projection"
        assert "EPSG:4326" in str(caught.value.problems[0].remedy)


def test_projected_topojson_is_refused(tmp_path):
    """Quantised arcs are checked after they are brought to their scale."""
    topology = {"type": "Topology", "transform": {"scale": [1000, 1000], "translate": [0, 0]},
                "objects": {"map": {"type": "GeometryCollection", "geometries": [
                    {"type": "Polygon", "properties": {"name": "a"}, "arcs": [[0]]}]}},
                "arcs": [[[0, 0], [1, 0], [0, 1], [-1, -1]]]}  # fmt: skip
    (tmp_path / "a.topojson").write_text(json.dumps(topology))

    with pytest.raises(DataError, match="longitudes is 1000"):
        read_boundaries(tmp_path / "a.topojson")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "it is not JSON"),
        ("[]", "neither TopoJSON nor"),
        ('{"type": "Topology", "objects": {}}', "not complete TopoJSON"),
        ('{"type": "Topology", "arcs": [[[0,0],[1,1]]], "objects": {"a": {"geometries": [{"type": "Polygon", "arcs": [[7]]}]}}}', "not complete TopoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "holds no area"),
        ('{"type": "FeatureCollection", "features": [{}]}', "not complete GeoJSON"),
        ('{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}', "holds a Point"),
        ('{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon", "coordinates": [[[1, 2], [2, 2], [2, 3]]]}}]}', "not closed"),
        ('{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon", "coordinates": [[[179, 2], [-179, 2], [-179, 3], [179, 2]]]}}]}', "180 degrees"),
    ],
)  # fmt: skip
def test_what_is_no_boundary_file_is_said(tmp_path, content, reason):
    """Broken, empty and foreign files are refused with the reason."""
    (tmp_path / "a.json").write_text(content)

    with pytest.raises(DataError, match=reason):
        read_boundaries(tmp_path / "a.json")


def test_a_missing_file_is_said(tmp_path):
    """The name of the file stands in the error."""
    with pytest.raises(DataError, match=r"where: none.json"):
        read_boundaries(tmp_path / "none.json")


def test_geoparquet_gives_what_geojson_gives(tmp_path):
    """The same areas in both formats become the same topology."""
    one = read_boundaries(geojson(tmp_path / "a.json", ("w", [WEST, LAKE]), ("e", [EAST])))
    shapes = {"w": wkb([WEST, LAKE]), "e": wkb([EAST])}
    other = read_boundaries(geoparquet(tmp_path / "a.parquet", shapes))

    assert other.topology["arcs"] == one.topology["arcs"]
    assert areas_in(other.topology) == areas_in(one.topology)


def test_geoparquet_tells_its_projection(tmp_path):
    """EPSG:4490 is read; EPSG:3857 and an unknown projection (null) are refused."""
    shapes = {"w": wkb([WEST])}
    known = {"id": {"authority": "EPSG", "code": 4490}}
    assert read_boundaries(geoparquet(tmp_path / "a.parquet", shapes, crs=known)).topology["arcs"]

    for crs in ({"id": {"authority": "EPSG", "code": 3857}}, None):
        with pytest.raises(DataError) as caught:
            read_boundaries(geoparquet(tmp_path / "b.parquet", shapes, crs=crs))
        assert caught.value.code == "map.projection"


@pytest.mark.parametrize(
    "broken", [wkb([WEST])[:-3], b"\x01\x01\x00\x00\x00", struct.pack("<BII", 1, 1, 0)]
)
def test_broken_shapes_of_geoparquet_are_refused(tmp_path, broken):
    """Bytes that break off, and points among the areas, are errors of the file."""
    with pytest.raises(DataError) as caught:
        read_boundaries(geoparquet(tmp_path / "a.parquet", {"w": broken}))
    assert caught.value.code == "map.unreadable"


def test_parquet_without_shapes_is_no_geoparquet(tmp_path):
    """A plain table is not taken for boundaries."""
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")

    with pytest.raises(DataError, match="not GeoParquet"):
        read_boundaries(tmp_path / "a.parquet")


CELLS = st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(CELLS)
def test_cutting_borders_keeps_every_ring(cells):
    """Squares of a grid: each ring comes back whole, and neighbours are those that share a side."""
    areas = [
        ({"name": f"{x},{y}"}, [[[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]]])
        for x, y in sorted(cells)
    ]
    topology = topology_of(areas)
    arcs = arcs_of(topology)

    for shape, (_, polygons) in zip(topology["objects"][AREAS]["geometries"], areas, strict=True):
        ring = ring_of(arcs, polygons_of(shape)[0][0])
        assert {tuple(p) for p in ring.tolist()} == {tuple(map(float, p)) for p in polygons[0][0]}
        assert area_of(ring) == 1.0
    sides = sum((x + dx, y + dy) in cells for x, y in cells for dx, dy in ((1, 0), (0, 1)))
    assert adjacent(topology, name=AREAS, key="name").weights.nnz == 2 * sides


def test_the_world_of_the_example_runs_the_right_way():
    """No ring of the packaged world map is turned; two holes without an area have no direction."""
    assert (
        read_boundaries(
            ROOT / "packages/xinzhi/src/xinzhi/examples/oecd/countries.topo.json"
        ).n_turned
        == 0
    )
