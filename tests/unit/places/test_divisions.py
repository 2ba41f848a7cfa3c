"""The dated divisions agree with themselves, with the changes and with known facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from xinzhi_panel.places.changes import changes, changes_of, successor
from xinzhi_panel.places.divisions import divisions
from xinzhi_panel.places.places import places, province_name


def _spans() -> dict[str, list[tuple[int, int]]]:
    spans = defaultdict(list)
    for d in divisions():
        spans[d.code].append((d.first or 0, d.last or 9999))
    return spans


def test_a_code_has_one_name_at_a_time():
    """The spans of the names of one code never overlap."""
    assert all(a[1] < b[0] for spans in _spans().values() for a, b in pairwise(sorted(spans)))


def test_names_are_unique_within_a_prefecture_and_year():
    """No two counties of one prefecture bear the same name at the same time."""
    for year in (2003, 2008, 2013, 2018, 2023):
        names = Counter(
            (d.prefecture, d.name) for d in divisions() if d.holds(year) and d.level == "county"
        )

        assert max(names.values()) == 1


def test_the_country_of_2023():
    """At the end of 2023 there are 333 divisions of prefecture level and 2844 of county level.

    Witness: China Statistical Yearbook 2024, table 1-1: 977 districts, 397 county-level cities,
    1299 counties, 117 autonomous counties, 49 banners, 3 autonomous banners, 1 special district,
    1 forestry district. Our lists lack the two districts of 三沙 and hold five bodies that the
    ministry does not count.
    """
    uncounted = {"232761", "232762", "232763", "232764", "632857"}
    now = [d for d in divisions() if d.holds(2023) and d.code not in uncounted]
    prefectures = [d for d in now if d.code[4:] == "00" and d.code[2:4] != "00"]
    kinds = Counter(_kind(d.name) for d in now if d.code[4:] != "00")

    assert len(prefectures) == 333
    assert kinds == {
        "区": 977 - 2,
        "市": 397,
        "县": 1299,
        "自治县": 117,
        "旗": 49,
        "自治旗": 3,
        "特区": 1,
        "神农架林区": 1,
    }


def _kind(name: str) -> str:
    kinds = ("神农架林区", "自治县", "自治旗", "特区", "区", "市", "县", "旗")
    return next(kind for kind in kinds if name.endswith(kind))


@pytest.mark.parametrize(
    ("code", "name", "last_year", "next_code", "next_name"),
    [
        ("420600", "襄樊市", 2009, "420600", "襄阳市"),
        ("530800", "思茅市", 2006, "530800", "普洱市"),
        ("522400", "毕节地区", 2010, "520500", "毕节市"),
        ("522200", "铜仁地区", 2010, "520600", "铜仁市"),
        ("632100", "海东地区", 2012, "630200", "海东市"),
    ],
)
def test_known_renamings(code, name, last_year, next_code, next_name):
    """Well-known renamings stand in the lists at the end of their years."""
    rows = {(d.code, d.name): d for d in divisions()}

    assert rows[code, name].last == last_year
    assert rows[next_code, next_name].first == last_year + 1


def test_changes_agree_with_the_lists():
    """Each change names places of the lists; the old one ends the year before, the new one begins."""
    rows = {(d.code, d.name): d for d in divisions()}
    for change in changes():
        old = rows[change.from_code, change.from_name]
        new = [rows[pair] for pair in zip(change.to_codes, change.to_names, strict=True)]

        if change.kind != "moved":
            assert old.last == change.year - 1, change
        if change.kind in {"renamed", "raised"}:
            assert new[0].first == change.year, change


def test_every_vanished_prefecture_has_a_fate():
    """Each prefecture that left the lists is renamed, raised, merged or split in the changes."""
    gone = {
        (d.code, d.name)
        for d in divisions()
        if d.level == "prefecture" and d.last is not None and not d.name.endswith("县")
    }
    told = {(c.from_code, c.from_name) for c in changes() if c.kind != "moved"}

    assert gone == told


def test_counties_that_moved():
    """The counties that passed between prefectures from 2003 to 2023 are found, with their years."""
    moved = {(c.county, c.year, c.to_names[0]) for c in changes() if c.kind == "moved"}

    assert moved >= {
        ("含山县", 2011, "马鞍山市"),
        ("和县", 2011, "马鞍山市"),
        ("无为县", 2011, "芜湖市"),
        ("庐江县", 2011, "合肥市"),
        ("寿县", 2015, "淮南市"),
        ("枞阳县", 2015, "铜陵市"),
        ("简阳市", 2016, "成都市"),
        ("公主岭市", 2020, "长春市"),
    }


def test_districts_of_one_name_did_not_move():
    """Districts of the same name in two cities are not taken for one that moved."""
    names = {c.county for c in changes() if c.kind == "moved"}

    assert not names & {"城区", "郊区", "矿区", "市中区", "新华区", "桥东区", "鼓楼区"}


def test_a_successor_goes_on():
    """A raised prefecture goes on under its new code; an abolished one does not."""
    assert successor("532700") == "530800"
    assert successor("341400") == "341400"
    assert [c.date for c in changes_of("530800")] == ["2003", "2007"]


def test_every_county_has_its_prefecture():
    """Each county lies in a place of prefecture level in the same province."""
    for d in divisions():
        if d.level == "county":
            assert places()[successor(d.prefecture)].province == province_name(d.code)
