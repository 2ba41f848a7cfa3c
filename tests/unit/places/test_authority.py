"""Counties, offices and addresses: to their prefecture, left open, or refused."""

from __future__ import annotations

import pytest

from xinzhi_panel.places.divisions import divisions
from xinzhi_panel.places.places import Ambiguous, Matched, Unknown, place_of, province_name
from xinzhi_panel.places.reading import VAGUE, resolve_place

COUNTIES = [d for d in divisions() if d.level == "county"]


@pytest.mark.parametrize(
    ("text", "year", "place", "county"),
    [
        ("大同市云冈区生态环境局", None, "大同市", "云冈区"),
        ("大同市生态环境局云冈分局", None, "大同市", "云冈区"),
        ("大同市生态环境局云冈区分局", None, "大同市", "云冈区"),
        ("大同云冈环保分局", None, "大同市", "云冈区"),
        ("大同市云冈环保局", None, "大同市", "云冈区"),
        ("大同市南郊区环境保护局", 2012, "大同市", "南郊区"),
        ("大同市环境监察支队", None, "大同市", ""),
        # A prefecture and the county at its seat carry one name: the office is not said to be the county's.
        ("文山公安局", 2019, "文山壮族苗族自治州", ""),
        ("原大同市环境保护局", None, "大同市", ""),
        ("原平市环境保护局", None, "忻州市", "原平市"),
        ("国家税务总局大同市税务局", None, "大同市", ""),
        ("唐山高新技术产业开发区环境保护局", None, "唐山市", ""),
        ("灵石县环境保护局", None, "晋中市", "灵石县"),
        ("灵石环保局", None, "晋中市", "灵石县"),
        ("山西灵石环保局", None, "晋中市", "灵石县"),
        ("山西省晋中市灵石县翠峰镇", None, "晋中市", "灵石县"),
        ("140729", None, "晋中市", "灵石县"),
        ("140729103000", None, None, None),
        ("140729000000", None, "晋中市", "灵石县"),
        ("522401", 2009, "毕节市", "毕节市"),
        ("毕节市七星关区环境保护局", None, "毕节市", "七星关区"),
        ("黔西县环境保护局", 2012, "毕节市", "黔西县"),
        ("黔西市生态环境局", 2022, "毕节市", "黔西市"),
        ("威宁县环保局", None, "毕节市", "威宁彝族回族苗族自治县"),
        ("寿县环境保护局", 2012, "六安市", "寿县"),
        ("寿县环境保护局", 2016, "淮南市", "寿县"),
        ("枞阳县环境保护局", 2010, "安庆市", "枞阳县"),
        ("枞阳县环境保护局", 2018, "铜陵市", "枞阳县"),
        ("和县环保局", 2009, "巢湖市", "和县"),
        ("和县环保局", 2013, "马鞍山市", "和县"),
        ("巢湖市环境保护局", 2009, "巢湖市", ""),
        ("巢湖市环境保护局", 2013, "合肥市", "巢湖市"),
        ("莱芜市环境保护局", 2018, "莱芜市", ""),
        ("莱芜区生态环境局", 2020, "济南市", "莱芜区"),
        ("济南市生态环境局莱芜分局", None, "济南市", "莱芜区"),
        ("公主岭市环境保护局", 2012, "四平市", "公主岭市"),
        ("吉林省吉林市环境保护局", None, "吉林市", ""),
        ("吉林市环境保护局", None, "吉林市", ""),
        ("海西州格尔木市生态环境局", None, "海西蒙古族藏族自治州", "格尔木市"),
        ("加格达奇区环保局", None, "大兴安岭地区", "加格达奇区"),
        ("伊春市伊春区环保局", 2012, "伊春市", "伊春区"),
        ("河北区环保局", None, "天津市", "河北区"),
        ("重庆市环境保护局", None, "重庆市", ""),
        ("北京环保局", None, "北京市", ""),
        ("阳泉市城区环保局", None, "阳泉市", "城区"),
        ("朔州市城区环境监察大队", None, "朔州市", ""),
        ("Datong", None, "大同市", ""),
    ],
)
def test_offices_and_addresses(text, year, place, county):
    """An office or address goes to the prefecture of its first places, in the year of the record."""
    found = resolve_place(text, year=year)

    if place is None:
        assert isinstance(found, Unknown)
    else:
        assert isinstance(found, Matched)
        assert (found.place.name, found.county) == (place, county)


@pytest.mark.parametrize(
    ("text", "year", "candidates"),
    [
        ("朝阳区环保局", None, ["北京市", "长春市"]),
        ("朝阳环保局", None, ["朝阳市", "北京市", "长春市"]),
        ("大同环保局", None, ["大同市", "大庆市"]),
        ("大同市朝阳区环保局", None, ["大同市", "北京市", "长春市"]),
        ("大同市朝阳区", None, ["大同市", "北京市", "长春市"]),
        ("市中区环保局", 2020, ["济南市", "枣庄市", "内江市", "乐山市"]),
        ("吉林环保局", None, ["吉林市", "吉林省"]),
        ("寿县环境保护局", None, ["淮南市", "六安市"]),
        ("巢湖市环境保护局", None, ["巢湖市", "合肥市"]),
    ],
)
def test_left_open(text, year, candidates):
    """Names that several cities share, contradictions, and moved counties without a year stay open."""
    found = resolve_place(text, year=year)

    assert isinstance(found, Ambiguous)
    assert [place.name for place in found.candidates] == candidates


@pytest.mark.parametrize(
    ("text", "year", "reason", "nearest"),
    [
        ("", None, "empty", []),
        ("山西省生态环境厅", None, "province", []),
        ("黑龙江省农垦总局", None, "province", []),
        ("生态环境部", None, "office", []),
        ("关于大同市某公司的决定", None, "office", ["大同市"]),
        ("北京路街道", None, "office", ["北京市"]),
        ("城区环保局", None, "office", ["大同市", "阳泉市", "长治市", "晋城市", "汕尾市"]),
        ("矿区生态环境局", 2020, "office", ["大同市", "阳泉市"]),
        ("江西省伊春市环保局", None, "elsewhere", ["伊春市"]),
        ("莱芜市环境保护局", 2020, "abolished", ["济南市"]),
        ("999999", None, "code", []),
        ("140000", None, "province", []),
        ("469025", 2005, "code", []),
    ],
)
def test_refused(text, year, reason, nearest):
    """Offices of provinces, words of the language and unplaced texts are refused with the reason."""
    found = resolve_place(text, year=year)

    assert isinstance(found, Unknown)
    assert found.reason == reason
    assert [place.name for place in found.nearest] == nearest


def test_the_year_is_asked_for():
    """A county that moved is left open with the years of each prefecture."""
    assert (
        str(resolve_place("寿县").why) == "'寿县' depends on the year: 六安市 –2014、淮南市 2015–."
    )


def test_the_year_of_a_move_is_a_doubt():
    """In the year in which a county moved the match carries a note."""
    found = resolve_place("寿县环境保护局", year=2015)

    assert (found.place.name, found.confidence) == ("淮南市", "medium")
    assert "passed from 六安市 to 淮南市" in str(found.notes[0])


def test_a_name_of_another_time_is_a_doubt():
    """A county under a name that it did not bear in the year is matched with a note."""
    found = resolve_place("云冈区生态环境局", year=2012)

    assert (found.place.name, found.confidence) == ("大同市", "medium")


@pytest.mark.long
def test_every_county_with_its_prefecture_and_year():
    """Each county, written with province and prefecture of its time, goes to that prefecture."""
    for d in COUNTIES:
        year = d.last or 2023
        prefecture = next(
            row.name for row in divisions() if row.code == d.prefecture and row.holds(year)
        )
        found = resolve_place(f"{prefecture}{d.name}环境保护局", year=year)

        assert isinstance(found, Matched), d
        assert found.place == place_of(d)
        assert found.county == d.name


def test_every_county_alone_is_right_or_open():
    """Each county by its name alone goes to its own prefecture or stays open; never to another's."""
    refused = set()
    for d in COUNTIES:
        found = resolve_place(d.name + "生态环境局", year=d.first or 2003)
        if isinstance(found, Matched):
            assert found.place == place_of(d), d
        elif isinstance(found, Ambiguous):
            assert place_of(d) in found.candidates, d
        else:
            refused.add(d.name)

    assert refused == set(VAGUE) & {d.name for d in COUNTIES}


def test_every_county_by_its_code():
    """Each code of a county goes to its prefecture."""
    for d in COUNTIES:
        assert resolve_place(d.code).place == place_of(d)


@pytest.mark.long
def test_every_county_with_its_province():
    """Each county with its province goes to its prefecture or stays open."""
    for d in COUNTIES:
        found = resolve_place(province_name(d.code) + d.name, year=d.last or 2023)

        assert not isinstance(found, Matched) or found.place == place_of(d), d
        assert isinstance(found, Matched) or d.name in VAGUE or place_of(d) in found.candidates
