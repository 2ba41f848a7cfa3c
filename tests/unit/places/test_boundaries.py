"""Outlines that come with the package: right names, areas and neighbours."""

from __future__ import annotations

import pytest

from rings import rings_of
from xinzhi.present.map.lines import albers
from xinzhi_core.errors import DataError
from xinzhi_econometrics.space.weights import adjacent
from xinzhi_panel.io.outlines import read_boundaries
from xinzhi_panel.io.topology import AREAS, area_of
from xinzhi_panel.places import boundaries
from xinzhi_panel.places.registry import resource_cities

# What the outlines have to keep; measured 0.12 % at worst.
AREA_TOLERANCE = 0.01


def areas_of(topology, name, key):
    """Area in km2 by code, in the equal-area projection."""
    found: dict[str, float] = {}
    for shape, ring in rings_of(topology, name):
        code = str(shape["properties"][key])
        found[code] = found.get(code, 0.0) - area_of(albers(ring))
    return found


def pairs_of(topology, name, key):
    found = adjacent(topology, name=name, key=key)
    rows, columns = found.weights.nonzero()
    return {(found.entities[i], found.entities[j]) for i, j in zip(rows, columns, strict=True)}


@pytest.fixture(scope="module")
def packaged():
    return areas_of(boundaries.outlines("prefecture"), boundaries.OBJECT, boundaries.KEY)


@pytest.mark.long
def test_areas_and_neighbours_are_those_of_the_source(packaged, shared):
    """Prefectures against the polygons of the source: each area within 1 %, the same neighbours."""
    source = read_boundaries(shared / "data" / "cn_prefectures.parquet").topology
    theirs = areas_of(source, AREAS, "adcode")

    assert packaged.keys() == theirs.keys()
    off = {code: abs(packaged[code] / theirs[code] - 1) for code in theirs}
    assert max(off.values()) < AREA_TOLERANCE
    ours = pairs_of(boundaries.outlines("prefecture"), boundaries.OBJECT, boundaries.KEY)
    others = pairs_of(source, AREAS, "adcode")
    assert ours == others


def test_areas_are_those_of_the_register(packaged):
    """The 125 resource-based cities with an outline: area within 1 % of that of the register."""
    known = {city.code: city.area for city in resource_cities() if city.code in packaged}

    assert len(known) == 125
    for code, area in known.items():
        assert packaged[code] == pytest.approx(area, rel=AREA_TOLERANCE)


def test_provinces_are_the_sum_of_their_prefectures(packaged):
    """The area of each province, Hong Kong and Macau included, within 1 % of its prefectures' sum."""
    provinces = areas_of(boundaries.outlines("province"), boundaries.OBJECT, boundaries.KEY)
    sums: dict[str, float] = {}
    for code, area in packaged.items():
        sums[code[:2]] = sums.get(code[:2], 0.0) + area

    assert len(provinces) == 34
    for code, area in provinces.items():
        assert area == pytest.approx(sums[code[:2]], rel=AREA_TOLERANCE), code


def test_neighbours_of_provinces_known_by_heart():
    """Hainan and Taiwan have no land border; Beijing has two neighbours, Shaanxi eight."""
    pairs = pairs_of(boundaries.outlines("province"), boundaries.OBJECT, "name")
    of = {
        name: {b for a, b in pairs if a == name}
        for name in ("海南省", "台湾省", "北京市", "陕西省")
    }

    assert of["海南省"] == of["台湾省"] == set()
    assert of["北京市"] == {"天津市", "河北省"}
    assert len(of["陕西省"]) == 8


def test_the_dashed_line_and_taiwan_are_there():
    """What every national map must show."""
    assert len(boundaries.dashed_line()) == 10
    assert {"710000", "810000", "820000"} <= boundaries.codes("province")


def test_all_cities_of_the_paper_have_an_outline():
    """The 115 are found by name, in both languages and by code; Laiwu, abolished, has no outline."""
    for word in ("name", "english", "code"):
        found = boundaries.place(getattr(city, word) for city in resource_cities())
        assert found.level == "prefecture"
        assert {found.of[getattr(c, word)] for c in resource_cities() if c.in_paper} == {
            c.code for c in resource_cities() if c.in_paper
        }
        assert len(found.without) == 1


@pytest.mark.parametrize(
    ("names", "level"),
    [
        (["山西", "吉林", "北京市"], "province"),
        (["大同市", "吉林", "北京市"], "prefecture"),
        (["北京市", "上海市"], "province"),
        (["Shanxi", "Shaanxi", "Inner Mongolia"], "province"),
        (["襄樊", "140200"], "prefecture"),
    ],
)
def test_the_level_is_found_from_the_names(names, level):
    """吉林 is the province among provinces and the city among cities."""
    found = boundaries.place(names)

    assert (found.level, found.without) == (level, ())


def test_the_same_area_twice_is_refused():
    """Two names of one place would be drawn over each other."""
    with pytest.raises(DataError, match="襄阳市, 襄樊 are the same area"):
        boundaries.place(["襄阳市", "襄樊"])


def test_names_of_no_place_are_refused():
    """Countries have no outline here; a file of one's own is the remedy."""
    with pytest.raises(DataError, match="boundary file of your own"):
        boundaries.place(["France", "Spain"])
