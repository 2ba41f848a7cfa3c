"""What the register tells of a place beside its name: values, sources and how sure they are.

Witnesses: the official codes, the four regions of the National Bureau of Statistics, the plan of 2013
(through `resource_cities`), and orders of magnitude of the census of 2020 that anyone can look up.
"""

from __future__ import annotations

from collections import Counter

import pytest

from xinzhi_panel.places.places import places
from xinzhi_panel.places.registry import resource_cities
from xinzhi_panel.places.traits import (
    SOURCES,
    WORDS,
    listed_places,
    residents_of,
    size_class,
    traits_of,
)


def test_the_126_have_the_traits_of_their_own_table():
    """Province, regions, stage, type, coal and income are those of the register of 126, none is new."""
    for city in resource_cities():
        found = traits_of(city.code)
        assert found["province"].value == city.province
        assert found["region4"].value == city.region
        assert found["region3_paper"].value == city.region_paper
        assert found["stage"].value == city.stage
        assert (found["resource_type"].value, found["resource_type"].confidence) == (
            city.resource_type,
            city.type_confidence,
        )
        assert found["is_coal"].value == float(city.is_coal)
        assert ("income_recon" in found) == (city.income is not None)
        assert found["resource_based"].value == 1.0


def test_every_place_has_region_province_level_and_whether_it_is_in_the_plan():
    """The 337 places of prefecture level lack none of these; other traits only where they are known."""
    listed = listed_places("prefecture")
    assert len(listed) == 337
    for place in listed:
        found = traits_of(place.code)
        assert {"province", "region4", "region3_paper", "level", "resource_based"} <= set(found)
        assert set(found) <= set(SOURCES)
    levels = Counter(traits_of(place.code)["level"].value for place in listed)
    assert levels == {
        "prefecture-level city": 278,
        "sub-provincial city": 15,
        "municipality": 4,
        "autonomous prefecture": 30,
        "prefecture": 7,
        "league": 3,
    }


def test_provinces_have_region_and_level_and_nothing_of_cities():
    """Thirty-four provinces; Taiwan, Hong Kong and Macao lie in none of the four regions."""
    listed = listed_places("province")
    assert Counter(traits_of(p.code)["level"].value for p in listed) == {
        "province": 23,
        "autonomous region": 5,
        "municipality": 4,
        "special administrative region": 2,
    }
    without = {p.name for p in listed if "region4" not in traits_of(p.code)}
    assert without == {"台湾省", "香港特别行政区", "澳门特别行政区"}
    regions = Counter(traits_of(p.code)["region4"].value for p in listed if p.name not in without)
    assert regions == {"East": 10, "Central": 6, "West": 12, "Northeast": 3}
    assert "size_class" not in traits_of("140000")
    assert traits_of("110000")["size_class"].value == "above 10 million"  # a city as well


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("阜新市", 1.6, 1.7),
        ("克拉玛依市", 0.48, 0.5),
        ("赣州市", 8.9, 9.1),
        ("临沂市", 10.9, 11.2),
        ("唐山市", 7.6, 7.8),
        ("杭州市", 11.8, 12.1),
        ("重庆市", 31, 33),
        ("那曲市", 0.4, 0.6),
    ],
)
def test_residents_are_those_of_the_census(name, low, high):
    """Within the rounding to two digits, in millions."""
    code = next(p.code for p in places().values() if p.name == name)
    assert low <= residents_of(code) / 100 <= high


def test_all_residents_together_are_those_of_the_nation():
    """The census counted 1.41 billion; rounding and the towns of the Construction Corps leave little."""
    codes = {p.code for p in places().values() if p.last is None and p.level == "prefecture"}
    total = sum(residents_of(code) or 0 for code in codes)
    assert total == pytest.approx(141_178, rel=0.01)


@pytest.mark.parametrize(
    ("residents", "found"),
    [
        (1000, ("above 10 million", "low")),
        (999, ("5 to 10 million", "low")),
        (700, ("5 to 10 million", "medium")),
        (500, ("5 to 10 million", "low")),
        (400, ("3 to 5 million", "medium")),
        (270, ("1 to 3 million", "medium")),
        (319, ("3 to 5 million", "medium")),
        (299, ("1 to 3 million", "low")),
        (70, ("0.5 to 1 million", "medium")),
        (49, ("below 0.5 million", "low")),
        (10, ("below 0.5 million", "medium")),
    ],
)
def test_a_size_near_a_bound_is_not_sure(residents, found):
    """A class begins at its bound; within six percent of one the rounding may decide."""
    assert size_class(residents) == found


def test_a_place_with_a_doubtful_number_of_residents_is_not_sure_either():
    """Baoding with or without Xiong'an and Dingzhou is far from every bound and still doubtful."""
    assert traits_of("130600")["size_class"].confidence == "low"
    assert traits_of("140100")["size_class"].confidence == "medium"


def test_minerals_are_known_of_cities_of_the_plan_only():
    """Each carries its confidence; nothing is made up for a city of several resources."""
    known = {p.code for p in listed_places("prefecture") if "mineral" in traits_of(p.code)}
    plan = {city.code for city in resource_cities()}
    assert known < plan
    assert traits_of("620300")["mineral"].value == "nickel"
    assert traits_of("360700")["mineral"].confidence == "high"
    assert all(
        traits_of(c.code)["mineral"].value == "coal"
        for c in resource_cities()
        if c.is_coal and c.code in known
    )
    assert "mineral" not in traits_of("371300")  # comprehensive
    assert len(known) >= 110


def test_a_place_that_is_no_more_keeps_what_follows_from_its_code():
    """Chaohu became counties in 2011: region and level are known, residents of 2020 are not."""
    code = next(p.code for p in places().values() if p.name == "巢湖市")
    found = traits_of(code)
    assert (found["region4"].value, found["level"].value) == ("Central", "prefecture-level city")
    assert "size_class" not in found


def test_all_words_of_traits_have_a_text_in_both_languages():
    """Every value that is a word and not a name is among those that are translated."""
    words = {str(word) for word in WORDS}
    for place in (*listed_places("prefecture"), *listed_places("province")):
        for name in ("region4", "region3_paper", "level", "size_class", "resource_type", "stage"):
            trait = traits_of(place.code).get(name)
            assert trait is None or trait.value in words
