"""Which rows are one entity, and which are none: twins, counties, typing errors, raised places, sums."""

from __future__ import annotations

import numpy as np
import pytest

from made_files import HEADER, ROWS, read_bytes, read_lines, text_of
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.recognise.entity_names import differ_by_one

CITIES = ("大同", "阳泉", "鞍山", "淮南", "攀枝花", "克拉玛依")
YEARS = ("2008", "2009", "2010")


def cities():
    """Six cities in three years, with three amounts of two decimals that are not proportional."""
    draw = np.random.default_rng(5)
    return [
        [name, year, *(f"{draw.uniform(20, 900):.2f}" for _ in range(3))]
        for name in CITIES
        for year in YEARS
    ]


DATA = cities()
HEAD = ["城市", "年份", "人口", "资本", "产值"]


def total(rows, name, year, digits=2):
    mine = [row for row in rows if row[1] == year]
    return [name, year, *(f"{sum(float(row[c]) for row in mine):.{digits}f}" for c in (2, 3, 4))]


def totals(rows, name, digits=2):
    return [total(rows, name, year, digits) for year in YEARS]


def warned(result):
    return {warning.code: str(warning) for warning in result.warnings}


def renamed(name, other, year):
    return [[other if row[:2] == [name, year] else row[0], *row[1:]] for row in DATA]


SUMS = {
    "below": [*DATA, *totals(DATA, "煤城")],
    "above": [*totals(DATA, "煤城"), *DATA],
    "between": [*DATA[:9], *totals(DATA, "煤城"), *DATA[9:]],
    "year by year": [
        row
        for year in YEARS
        for row in [*(r for r in DATA if r[1] == year), total(DATA, "煤城", year)]
    ],
    "in one year": [*DATA, total(DATA, "煤城", "2009")],
    "rounded": [*DATA, *totals(DATA, "煤城", digits=0)],
}


@pytest.mark.parametrize("name", SUMS)
def test_a_row_that_is_the_sum_of_all_others_is_left_out_and_named(name, tmp_path):
    """Under an innocent name it would be the largest city and span the frontier."""
    result = read_lines(tmp_path, [HEAD, *SUMS[name]])
    assert result.panel.entities == tuple(sorted(CITIES))
    assert "煤城" in warned(result)["panel.sum_of_others"]


@pytest.mark.parametrize("digit", ["37.5", "0.0"])
def test_a_sum_is_known_beside_columns_that_are_not_added(digit, tmp_path):
    """A rate or an empty row of zeros in a further column does not hide two columns of sums."""
    lines = [[*row, f"{10 + i * 0.37:.2f}"] for i, row in enumerate(DATA)]
    lines += [[*row, digit] for row in totals(DATA, "煤城")]
    assert "panel.sum_of_others" in warned(read_lines(tmp_path, [[*HEAD, "率"], *lines]))


@pytest.mark.parametrize("above", [True, False])
def test_sums_of_neighbours_and_their_total_are_left_out(above, tmp_path):
    """Two regions under names of their own, above or below their cities, and the total of both."""
    north, south = DATA[:9], DATA[9:]
    parts = [(north, totals(north, "北片")), (south, totals(south, "南片"))]
    lines = [row for rows, sums in parts for row in ([*sums, *rows] if above else [*rows, *sums])]
    result = read_lines(tmp_path, [HEAD, *lines, *totals(DATA, "总区")])
    assert result.panel.entities == tuple(sorted(CITIES))
    codes = [w.code for w in result.warnings]
    assert codes.count("panel.sum_of_rows") == 2
    assert codes.count("panel.sum_of_others") == 1


def test_a_sum_that_is_stated_to_be_an_entity_is_kept(tmp_path):
    """`entities` has the last word."""
    text = text_of([HEAD, *SUMS["below"]])
    result = read_bytes(tmp_path, text.encode(), reading=ReadOptions(entities=("煤城",)))
    assert "煤城" in result.panel.entities
    assert "panel.sum_of_others" not in warned(result)


def proportional():
    return [
        [f"城{k}", y, *(f"{k * v:.3f}" for v in (2.513, 7.771, 1.237))]
        for k in (1, 2, 3, 6, 9)
        for y in YEARS
    ]


def small_numbers():
    table = (("甲", 1, 2, 3), ("乙", 2, 3, 1), ("丙", 3, 5, 4), ("丁", 6, 10, 8))
    return [[name, year, str(a), str(b), str(c)] for name, a, b, c in table for year in YEARS]


def sums_in_one_column():
    return [*DATA, *([*row[:2], row[2], "77.31", "5.13"] for row in totals(DATA, "煤城"))]


@pytest.mark.parametrize("rows", [DATA, proportional(), small_numbers(), sums_in_one_column()])
def test_sums_by_chance_or_by_proportion_are_no_sums(rows, tmp_path):
    """Digits of two columns must agree, and shares must differ between them: no row is lost."""
    result = read_lines(tmp_path, [HEAD, *rows])
    assert len(result.panel.frame) == len(rows)
    assert not {"panel.sum_of_others", "panel.sum_of_rows"} & set(warned(result))


def test_random_panels_have_no_sums(tmp_path):
    """Twenty-five panels of whole numbers up to 500: nothing is taken for a sum."""
    for seed in range(25):
        draw = np.random.default_rng(seed)
        rows = [
            [f"c{i}", y, *(str(draw.integers(1, 500)) for _ in range(3))]
            for i in range(6)
            for y in YEARS
        ]
        assert len(read_lines(tmp_path, [HEAD, *rows]).panel.frame) == len(rows)


@pytest.mark.parametrize(
    "others", [("重慶", "重庆"), ("瀋陽市", "沈阳"), ("鄂爾多斯", "鄂尔多斯市")]
)
def test_traditional_and_simplified_names_are_one_entity(others, tmp_path):
    """重慶 in one year and 重庆 in the others: joined, with a warning."""
    rows = [[others[year > "2008"], year, "1", "2"] for year in YEARS]
    result = read_lines(tmp_path, [HEADER, *ROWS, *rows])
    simple = others[1].removesuffix("市")
    assert len(result.panel.frame.loc[simple]) == 3
    assert others[0] in warned(result)["names.traditional"]


def test_a_table_in_traditional_characters_keeps_its_names(tmp_path):
    """Where there is no twin, nothing is rewritten."""
    result = read_lines(tmp_path, [HEADER, ["瀋陽", "2008", "1", "2"], ["重慶", "2008", "3", "4"]])
    assert set(result.panel.entities) == {"瀋陽", "重慶"}
    assert "names.traditional" not in warned(result)


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("大同县", "大同"),
        ("大同区", "大同"),
        ("唐山新区", "唐山"),
        ("唐山市区", "唐山"),
        ("大同市辖区", "大同"),
        ("平定县", ""),
        ("达茂旗", ""),
        ("沁县", ""),
    ],
)
def test_a_county_among_cities_is_named(name, beside, tmp_path):
    """A county has another extent than the city of its name: kept apart, and said."""
    cells = [["北京", "1"], ["石家庄", "2"], ["秦皇岛", "3"], [name, "4"]]
    result = read_lines(tmp_path, [HEADER, *ROWS, *([n, "2008", v, v] for n, v in cells)])
    assert name in result.panel.entities
    assert name in warned(result)["names.county"]
    assert beside in warned(result)["names.county"]


@pytest.mark.parametrize(
    "names",
    [("平定县", "盂县", "介休市", "沁县"), ("海淀区", "朝阳区", "丰台区"), ("甲", "乙", "丙")],
)
def test_a_table_of_counties_is_a_table_of_counties(names, tmp_path):
    """Where most are counties or districts, no level is mixed."""
    result = read_lines(tmp_path, [HEADER, *([n, y, "1", y] for n in names for y in YEARS)])
    assert "names.county" not in warned(result)


def test_a_county_level_city_beside_its_prefecture_is_named(tmp_path):
    """大理市 lies within 大理州."""
    rows = [[n, y, "1", y] for n in ("大理州", "大理市", "昆明市") for y in YEARS]
    assert "大理市 (大理州)" in warned(read_lines(tmp_path, [HEADER, *rows]))["names.county"]


RAISED = (
    ("吕梁地区", "吕梁市", "吕梁市"),
    ("毕节地区", "毕节市", "毕节市"),
    ("乌兰察布盟", "乌兰察布市", "乌兰察布市"),
    ("延边州", "延边朝鲜族自治州", "延边州"),
    ("湘西土家族苗族自治州", "湘西", "湘西土家族苗族自治州"),
    ("大兴安岭", "大兴安岭地区", "大兴安岭"),
    ("山西省太原市", "太原", "太原"),
    ("太原市（山西）", "太原市", "太原市"),
    ("内蒙古包头", "包头市", "包头市"),
)


@pytest.mark.parametrize(("old", "new", "kept"), RAISED)
def test_a_raised_or_shortened_prefecture_goes_on(old, new, kept, tmp_path):
    """吕梁地区 until a year and 吕梁市 from the next are one entity."""
    rows = [[old, "2008", "1", "2"], [new, "2009", "3", "4"], [new, "2010", "5", "6"]]
    result = read_lines(tmp_path, [HEADER, *ROWS, *rows])
    assert result.panel.frame.loc[kept].index.tolist() == [2008, 2009, 2010]
    assert "names.joined" in {d.code for d in result.decisions}


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["阜阳地区", "2008", "1", "2"],
            ["阜阳市", "2008", "3", "4"],
            ["阜阳市", "2009", "3", "4"],
        ],
        [["南宁地区", "2008", "1", "2"], ["南宁市", "2009", "3", "4"]],
        [["吕梁市", "2008", "1", "2"], ["吕梁地区", "2009", "3", "4"]],
        [["山西省太原市", "2008", "1", "2"], ["太原", "2008", "3", "4"]],
    ],
)
def test_a_prefecture_and_a_city_that_do_not_follow_are_kept_apart(rows, tmp_path):
    """Both in one year, a prefecture that was divided, or in the wrong order: two names, one warning."""
    result = read_lines(tmp_path, [HEADER, *ROWS, *rows])
    assert {row[0] for row in rows} <= set(result.panel.entities)
    assert "panel.similar_names" in warned(result)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("攀枝花", "攀枝化"),
        ("攀枝花", "攀枝化市"),
        ("克拉玛依", "克拉依"),
        ("克拉玛依", "克玛拉依"),
        ("阳泉", "阳泉泉"),
        ("淮南", "淮楠"),
    ],
)
def test_a_typing_error_that_fills_a_gap_is_named(name, typed, tmp_path):
    """One city in all years but one, and in that year a name that differs by a character: that one is the error."""
    result = read_lines(tmp_path, [HEAD, *renamed(name, typed, "2009")])
    (found,) = (one for one in result.warnings if one.code == "names.typo")
    rest = str(found).partition(f"'{typed}' (rows ")[2]
    assert f"fills periods that '{name}' lacks" in rest
    assert found.where.entity == typed


@pytest.mark.parametrize(
    "pair",
    [
        ("淮南", "淮北"),
        ("firm 1", "firm 2"),
        ("plant A", "plant B"),
        ("襄樊", "襄阳"),
        ("a1", "a2"),
    ],
)
def test_names_that_are_told_apart_on_purpose_are_no_typing_errors(pair, tmp_path):
    """Directions, numbers, letters, and places that were renamed, although one fills the other's gap."""
    rows = [[pair[year > "2008"], year, "1", "2"] for year in YEARS]
    assert "names.typo" not in warned(read_lines(tmp_path, [HEADER, *ROWS, *rows]))


def test_like_names_in_all_years_are_two_entities(tmp_path):
    """大同 and 大庆, each complete: nothing is said."""
    rows = [[n, y, "1", y] for n in ("大同", "大庆", "大连") for y in YEARS]
    assert "names.typo" not in warned(read_lines(tmp_path, [HEADER, *rows]))


@pytest.mark.parametrize("one", ["", "大", "Tangshan"])
def test_a_name_does_not_differ_from_itself(one):
    """Neither is a name of one character alike to all others."""
    assert not differ_by_one(one, one)
    assert not differ_by_one(one, "连")


def test_china_is_an_entity_among_countries(tmp_path):
    """中国 beside 美国 is a country; beside cities it is of a higher level."""
    countries = [[n, y, "1", y] for n in ("中国", "美国", "日本") for y in YEARS]
    assert "panel.mixed_level" not in warned(read_lines(tmp_path, [HEADER, *countries]))
    nation = read_lines(tmp_path, [HEADER, *ROWS, ["中国", "2008", "1", "2"]])
    assert "panel.mixed_level" in warned(nation)
