"""Names of countries, provinces and cities by register."""

from __future__ import annotations

import csv

import pytest

from places import EXAMPLES
from xinzhi_panel.places.divisions import find_countries, rows
from xinzhi_panel.places.names import Identity, Unidentified, identify

AMBIGUOUS = {"Congo", "刚果", "多米尼加"}


def test_every_country_is_found_by_each_of_its_names():
    """Codes and names are unique but for the ones that are left to a person."""
    for row in rows("countries.csv"):
        names = (
            row["iso3"],
            row["iso2"],
            row["name"],
            row["name_zh"],
            *filter(None, row["also"].split(";")),
        )
        for name in names:
            found = [country.code for country in find_countries(name)]
            assert (found == [row["iso3"]]) != (name in AMBIGUOUS), name


def test_countries_of_the_example_are_known():
    """The packaged panel names its countries by code, in English and in Chinese: all three agree."""
    path = EXAMPLES / "oecd" / "oecd_panel.csv"
    with path.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            for name in (row["country"], row["country_zh"]):
                assert [one.code for one in find_countries(name)] == [row["iso3"]]


@pytest.mark.parametrize("name", ["香港", "Hong Kong", "HKG", "台湾", "Taiwan", "澳门", "Macau"])
def test_regions_of_china_are_named_so(name):
    """In both languages."""
    (country,) = find_countries(name)

    assert country.name.endswith(", China")
    assert country.chinese.startswith("中国")


@pytest.mark.parametrize(
    ("register", "name", "meant"),
    [
        ("china_provinces", "内蒙古", "内蒙古自治区"),
        ("china_provinces", "Shanxi Province", "山西省"),
        ("china_provinces", "610000", "陕西省"),
        ("china_cities", "襄樊", "襄阳市"),
        ("china_cities", "340200", "芜湖市"),
        ("countries", "Viet Nam", "Vietnam"),
        ("countries", "St Lucia", "St. Lucia"),
    ],
)
def test_spellings_codes_and_former_names_are_one_place(register, name, meant):
    """Each by its register."""
    found = identify([(name, None, None)], register).found[name, None, None]

    assert isinstance(found, Identity)
    assert found.name == meant


@pytest.mark.parametrize(
    ("register", "name"),
    [("china_provinces", "芜湖"), ("china_cities", "平定县"), ("countries", "Atlantis")],
)
def test_what_a_register_does_not_know_stays_unknown(register, name):
    """A county is not its prefecture, a city not a province."""
    assert isinstance(
        identify([(name, None, None)], register).found[name, None, None], Unidentified
    )
