"""Neighbours from boundaries."""

from __future__ import annotations

import json

import pytest

from oracles_typology import pairs_by_segments
from xinzhi_core.errors import DataError
from xinzhi_econometrics.space.weights import adjacent

# Four squares around a point: 0 1 / 2 3. Arcs 0-3 are the inner borders, 4-7 the outer ones.
SQUARES = [
    {"type": "Polygon", "properties": {"name": "north_west"}, "arcs": [[0, 1, 4]]},
    {"type": "Polygon", "properties": {"name": "north_east"}, "arcs": [[~0, 2, 5]]},
    {"type": "MultiPolygon", "properties": {"name": "south_west"}, "arcs": [[[~1, 3, 6]]]},
    {"type": "Polygon", "properties": {"name": "south_east"}, "arcs": [[~2, ~3, 7]]},
    {"type": "Polygon", "properties": {"name": "island"}, "arcs": [[8]]},
]


def topology(geometries: list) -> dict:
    return {"type": "Topology", "objects": {"map": {"geometries": geometries}}}


def neighbours(found, name: str) -> set[str]:
    """Names of the neighbours of an area."""
    row = found.weights[[found.entities.index(name)]].toarray()[0]
    return {other for other, weight in zip(found.entities, row, strict=True) if weight}


def test_a_common_border_makes_neighbours_and_a_common_point_does_not():
    """Squares that meet at a corner are no neighbours; an island has none."""
    found = adjacent(topology(SQUARES), name="map", key="name")

    assert neighbours(found, "north_west") == {"north_east", "south_west"}
    assert neighbours(found, "island") == set()


def test_parts_with_one_key_are_one_area():
    """An area in two pieces has the neighbours of both and is not its own neighbour."""
    pieces = [
        {"type": "Polygon", "id": "a", "arcs": [[0, 1]]},
        {"type": "Polygon", "id": "a", "arcs": [[~0, 2]]},
        {"type": "Polygon", "id": "b", "arcs": [[~2, 3]]},
    ]

    found = adjacent(topology(pieces), name="map", key="id")

    assert neighbours(found, "a") == {"b"}


def test_an_unknown_object_or_key_is_named():
    """The error says which objects and properties there are."""
    with pytest.raises(DataError, match="did you mean 'map'"):
        adjacent(topology(SQUARES), name="maps", key="name")
    with pytest.raises(DataError, match="known: name"):
        adjacent(topology(SQUARES), name="map", key="adcode")


def test_provinces_border_on_whom_the_atlas_says(shared):
    """Shaanxi and Inner Mongolia border on eight provinces each; Hainan and Taiwan on none."""
    text = (shared / "data" / "cn_provinces.topo.json").read_text(encoding="utf-8")

    found = adjacent(json.loads(text), name="data", key="name")

    shaanxi = {"山西省", "河南省", "湖北省", "重庆市", "四川省", "甘肃省", "宁夏回族自治区"}
    mongolia = {"黑龙江省", "吉林省", "辽宁省", "河北省", "山西省", "甘肃省", "宁夏回族自治区"}
    assert neighbours(found, "陕西省") == {*shaanxi, "内蒙古自治区"}
    assert neighbours(found, "内蒙古自治区") == {*mongolia, "陕西省"}
    assert neighbours(found, "海南省") == neighbours(found, "台湾省") == set()
    assert (found.weights != found.weights.T).nnz == 0


def test_arcs_find_what_the_outlines_have_in_common(shared):
    """For 375 prefectures shared arcs and shared segments give the same 979 borders, 3 islands."""
    text = (shared / "data" / "cn_prefectures.topo.json").read_text(encoding="utf-8")
    boundaries = json.loads(text)

    found = adjacent(boundaries, name="data", key="adcode")

    rows, columns = found.weights.nonzero()
    pairs = {
        (found.entities[i], found.entities[j]) for i, j in zip(rows, columns, strict=True) if i < j
    }
    assert pairs == pairs_by_segments(boundaries, "data", "adcode")
    assert len(pairs) == 979
    # Zhoushan, Sansha and Taiwan
    islands = set(found.entities) - {name for pair in pairs for name in pair}
    assert islands == {"330900", "460300", "710000"}
