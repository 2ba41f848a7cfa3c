"""A first study that knows the field: roles by meaning, missing ones named, real values, names in print, signs."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from cli_runner import call
from xinzhi.study.file.located import read_yaml
from xinzhi.study.first.preparation import _index_kind, prepared
from xinzhi.study.first.roles import candidates, meaning_of, propose_roles
from xinzhi.study.first.study_file import starter
from xinzhi.study.first.tables import first_tables
from xinzhi_app.findings import decide, suggest
from xinzhi_core.errors import SpecError
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import say

CITIES = [
    "石家庄市",
    "唐山市",
    "秦皇岛市",
    "邯郸市",
    "邢台市",
    "保定市",
    "张家口市",
    "承德市",
    "沧州市",
    "廊坊市",
    "衡水市",
    "太原市",
]
YEARBOOK = (
    *("地区生产总值（当年价格）（万元）", "地区生产总值指数（上年=100）", "固定资产投资额（万元）"),
    *(
        "固定资产投资价格指数（上年=100）",
        "城镇单位从业人员期末人数（万人）",
        "全社会用电量（万千瓦时）",
    ),
    *("工业二氧化硫排放量（吨）", "工业二氧化硫去除量（吨）", "专利授权数（件）", "城镇化率（%）"),
    *(
        "高新技术企业数（个）",
        "环境行政处罚案件数（件）",
        "地区生产总值增长率（%）",
        "社会消费品零售总额（万元）",
    ),
)


def frame(headings, cities=CITIES, years=range(2009, 2015)):
    """Make a table of cities and years; indices lie about 105, shares about 50."""
    draw = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([cities, years], names=["城市", "年份"])
    values = {
        name: (
            draw.uniform(102, 109, len(index)).round(1)
            if "=100" in name
            else draw.uniform(40, 60, len(index)).round(1)
            if "%" in name or "率" in name
            else draw.uniform(2000, 9000, len(index)).round()
        )
        for name in headings
    }
    return pd.DataFrame(values, index)


def panel(*headings, **more):
    """Make a panel of these headings."""
    return panel_of(frame(headings, **more).rename_axis(["entity", "period"]))


def study(tmp_path, headings, *, vocabulary="", language="en", change=lambda table: table):
    """Write the first study file of a csv."""
    file = tmp_path / "cities.csv"
    change(frame(headings)).to_csv(file, encoding="utf-8")
    if vocabulary:
        (tmp_path / "vocabulary.csv").write_text(vocabulary, encoding="utf-8")
    tables = first_tables([file], tmp_path)
    roles = propose_roles(tables.reading.panel, vocabulary=tables.vocabulary)
    return starter(tables, roles, "study", language).text


def test_a_yearbook_becomes_a_study_that_is_complete(tmp_path):
    """Real GDP, a stock of capital, labour, energy, emissions; factors, controls, mechanism with names in both languages."""
    text = study(tmp_path, YEARBOOK)
    spec = read_yaml(text, "study.yaml").value

    assert spec["prepare"] == [
        {
            "实际地区生产总值": {
                "step": "real_output",
                "nominal": "地区生产总值（当年价格）",
                "index": "地区生产总值指数",
                "index_kind": "previous_year",
                "base": 2009,
            }
        },
        {
            "资本存量": {
                "step": "capital_stock",
                "investment": "固定资产投资额",
                "price": "固定资产投资价格指数",
                "index_kind": "previous_year",
                "base": 2009,
                "depreciation": 0.096,
            }
        },
    ]
    measured = spec["efficiency"]["efficiency"]
    assert measured["inputs"] == ["城镇单位从业人员期末人数", "资本存量", "全社会用电量"]
    assert measured["good_outputs"] == ["实际地区生产总值"]
    assert measured["bad_outputs"] == ["工业二氧化硫排放量"]
    assert spec["sets"] == {
        "factors": ["PAT"],
        "controls": ["UR", "CONS"],
    }
    assert spec["tables"]["baseline"]["columns"] == [
        {"x": ["factors", "controls"]},
        {"x": ["factors"]},
        {"x": ["factors", "UR"]},
    ]
    assert spec["tables"]["baseline"]["outcome"] == "GE"
    assert spec["variables"]["GE"] == {
        "from": "efficiency",
        "label": {"zh": "绿色效率", "en": "Efficiency"},
    }
    assert [*spec["variables"]] == [
        *("GE", "L", "K", "E", "GDP", "SO2", "PAT", "UR", "CONS", "M1", "ER"),
    ]
    assert spec["variables"]["PAT"] == {
        "column": "专利授权数",
        "label": {"zh": "专利授权数", "en": "Patents granted"},
        "transform": "ln1p",
    }
    assert spec["variables"]["UR"]["label"]["en"] == "Urban share of the population"
    assert "transform" not in spec["variables"]["UR"]
    assert spec["variables"]["GDP"]["label"]["en"] == "GDP at constant prices"
    assert spec["panel"]["labels"]["城镇单位从业人员期末人数"] == {
        "zh": "城镇单位从业人员",
        "en": "Employment in urban units",
    }
    assert spec["panel"]["labels"]["地区生产总值（当年价格）"]["en"] == "GDP at current prices"
    assert spec["panel"]["labels"]["资本存量"]["en"] == "Capital stock"
    assert len(spec["panel"]["labels"]) == 9
    assert spec["describe"]["variables"] == list(spec["variables"])
    assert spec["report"] == {"languages": ["zh", "en"], "formats": ["html", "docx", "xlsx"]}
    assert spec["mediation"] == {
        "mechanism": {
            "from": "baseline/1",
            "through": ["M1"],
            "tests": ["sobel", "bootstrap"],
            "draws": 1000,
        }
    }
    assert spec["moderation"] == {
        "tools": {
            "from": "baseline/1",
            "moderators": ["ER"],
            "lag": 1,
            "paths": ["factors -> M1", "M1 -> GE"],
        }
    }
    # Neither an effort, nor growth, nor what is left over is used, and this is said.
    unused = "工业二氧化硫去除量, 地区生产总值增长率"
    assert f"\n## Columns not used in this study: {unused}.\n" in text
    for name in unused.split(", "):
        assert text.count(name) == 1
    assert "No mediator" not in text
    assert "No moderator" not in text


@pytest.mark.long
def test_capital_is_named_where_it_is_missing_with_the_remedy(tmp_path):
    """Investment without a price index, with holes, or none at all."""
    without = [h for h in YEARBOOK if "价格指数" not in h]
    text = study(tmp_path, without)
    assert (
        "## No capital found: it can be made of '固定资产投资额' by `capital_stock`, with a price index of "
        "investment; bring that in by a second file, then write under `prepare`:\n"
        "## - 资本存量: {step: capital_stock, investment: 固定资产投资额, price: '…', index_kind: previous_year, "
        "base: 2009, depreciation: 0.096}\n"
    ) in text
    assert read_yaml(text, "").value["efficiency"]["efficiency"]["inputs"] == [
        *("城镇单位从业人员期末人数", "全社会用电量"),
    ]

    def holes(table):
        table.iloc[3, table.columns.get_loc("固定资产投资额（万元）")] = np.nan
        return table

    assert (
        "## No capital found: '固定资产投资额' has empty cells, and only without them can `capital_stock` make a "
        "stock of it; see the step `interpolate`.\n"
    ) in study(tmp_path, YEARBOOK, change=holes)
    none = [h for h in YEARBOOK if "固定资产" not in h]
    assert (
        "## No capital found: bring in a stock of capital, or fixed-asset investment "
        "and its price index, of which the step `capital_stock` makes one.\n"
    ) in study(tmp_path, none)


def test_labour_and_energy_are_named_where_they_are_missing():
    """Each input that a frontier needs has a sentence of its own."""
    data = panel("资本存量（万元）", "地区生产总值（2008年价）（万元）")
    done = prepared(propose_roles(data), data)

    assert [str(text) for text in done.missing] == [
        "No labour found: bring in persons employed.",
        "No energy found: bring in energy consumption or electricity.",
    ]
    assert done.steps == done.hints == ()


def test_current_prices_without_an_index_stay_as_they_are_and_are_hinted_at(tmp_path):
    """`real_output` needs the index of growth."""
    text = study(tmp_path, [h for h in YEARBOOK if "生产总值指数" not in h])
    spec = read_yaml(text, "").value

    assert spec["efficiency"]["efficiency"]["good_outputs"] == ["地区生产总值（当年价格）"]
    assert "the step `real_output` under `prepare` makes real values of it" in text
    assert ", at the prices of each year" in text


def test_an_index_of_a_fixed_base_is_told_by_its_heading_or_its_values():
    """1978=100, or values that leave 80 to 130."""
    good, labour = "地区生产总值（万元）", "从业人员（万人）"
    fixed = panel(good, labour, "地区生产总值指数（1978=100）")
    plain = panel(good, labour, "地区生产总值指数")
    plain.frame["地区生产总值指数"] = 105.0
    high = panel(good, labour, "地区生产总值指数")
    high.frame["地区生产总值指数"] = 500.0

    kinds = [
        re.search(r"index_kind: (\w+)", prepared(propose_roles(p), p).steps[0])[1]
        for p in (fixed, plain, high)
    ]
    assert kinds == ["fixed_base", "previous_year", "fixed_base"]


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "第三产业增加值（亿元）",
            "港澳台企业工业总产值（万元）",
            "工业增加值增速（%）",
            "单位GDP能耗（吨标准煤/万元）",
        ),
        *(
            "信息传输、软件和信息技术服务业从业人员（人）",
            "固定资本形成总额（亿元）",
            "工业二氧化硫去除量（吨）",
        ),
        *(
            "地区生产总值指数（1978=100）",
            "社会消费品零售总额（万元）",
            "国有企业从业人员（人）",
            "农村用电量（万千瓦时）",
        ),
    ],
)
def test_what_must_not_be_put_in_or_out_is_not_proposed(heading):
    """Parts, efforts, rates, investment: read alone, none is an input or an output."""
    roles = propose_roles(panel(heading))

    assert (roles.inputs, roles.good_outputs, roles.bad_outputs) == ((), (), ())


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "地区生产总值指数（1978=100）",
            "年平均汇率",
            "国内生产总值（亿元）",
        ),
        *(
            "城乡居民储蓄存款余额（万元）",
            "地区生产总值指数（上年=100）",
            "某种指标（个）",
            "固定资产投资额（万元）",
        ),
    ],
)
def test_no_column_fills_a_role_for_want_of_another(heading):
    """A section without a column is left out."""
    data = panel(heading)
    found = candidates(data, [*data.frame.columns])

    assert (found.variables, found.group, found.split) == ((), None, None)


def test_a_control_does_not_become_a_factor_for_want_of_one():
    """Nobody asked about it."""
    data = panel("社会消费品零售总额（万元）", "城镇化率（%）")
    found = candidates(data, [*data.frame.columns])

    assert (found.factors, found.mediator, found.moderator) == ((), None, None)
    assert found.controls == ("社会消费品零售总额（万元）", "城镇化率（%）")


def test_what_a_column_is_for_in_the_first_place_goes_before_what_it_can_be_as_well():
    """Of several that could moderate, the one whose first role it is; each column stands once."""
    names = (
        "科学技术支出（万元）",
        "环境行政处罚案件数（件）",
        "第二产业占GDP的比重（%）",
        "高新技术企业数（个）",
        "专利授权数（件）",
    )
    data = panel(*names)
    found = candidates(data, [*data.frame.columns])

    assert found.factors == ("科学技术支出（万元）", "专利授权数（件）")
    assert (found.mediator, found.moderator) == ("高新技术企业数（个）", "环境行政处罚案件数（件）")
    assert found.controls == ("第二产业占GDP的比重（%）",)


def test_pollutants_are_not_counted_twice():
    """A whole and its industrial part, an index and what it is made of, masses and what is in the air."""
    assert propose_roles(panel("二氧化硫排放量（吨）", "工业二氧化硫排放量（吨）")).bad_outputs == (
        "二氧化硫排放量（吨）",
    )
    assert propose_roles(panel("工业废水排放量（万吨）", "环境污染综合指数")).bad_outputs == (
        "环境污染综合指数",
    )
    assert propose_roles(panel("PM2.5", "工业废水排放量（万吨）")).bad_outputs == (
        "工业废水排放量（万吨）",
    )
    assert propose_roles(panel("PM2.5")).bad_outputs == ("PM2.5",)
    four = ("工业废水排放量", "工业二氧化硫排放量", "工业烟粉尘排放量", "工业氮氧化物排放量")
    assert propose_roles(panel(*four)).bad_outputs == four[:3]


def test_electricity_of_the_districts_comes_after_that_of_the_whole_city_and_says_so():
    """A person sees that the areas differ."""
    both = propose_roles(
        panel(
            "全社会用电量（市辖区）（万千瓦时）", "全社会用电量（全市）（万千瓦时）", "GDP（亿元）"
        )
    )
    alone = propose_roles(panel("全社会用电量（市辖区）（万千瓦时）", "GDP（亿元）"))

    assert both.inputs == ("全社会用电量（全市）（万千瓦时）",)
    assert str(alone.reasons["全社会用电量（市辖区）（万千瓦时）"]) == (
        "energy: the heading says '用电'; of the districts alone"
    )


def test_a_heading_that_may_be_several_things_is_asked_about():
    """All employed, or those of urban units only."""
    roles = propose_roles(panel("从业人员（万人）", "GDP（亿元）"))

    assert str(roles.reasons["从业人员（万人）"]) == (
        "labour: the heading says '从业'; or is it Employment in urban units?"
    )
    assert say(roles.reasons["从业人员（万人）"], "zh").endswith("；或者是城镇单位从业人员？")


def test_entries_of_ones_own_have_roles_and_names_in_print(tmp_path):
    """A file `vocabulary.csv` beside the data."""
    words = "id,zh,en_label,dimension,usual_unit,role_guess\nrice,稻谷产量,Rice,mass,万吨,good_output\nmills,碾米机数,Mills,count,台,factor\n"
    text = study(
        tmp_path, ("稻谷产量（万吨）", "从业人员（万人）", "碾米机数（台）"), vocabulary=words
    )
    spec = read_yaml(text, "").value

    assert spec["efficiency"]["efficiency"]["good_outputs"] == ["稻谷产量"]
    assert "# the vocabulary knows it as 'Rice'" in text
    assert spec["variables"]["X1"]["label"] == {"zh": "碾米机数", "en": "Mills"}
    assert spec["sets"] == {"factors": ["X1"]}


def test_a_name_without_english_makes_the_report_chinese_and_is_listed_once(tmp_path):
    """One sentence with what is to be filled."""
    words = "id,zh,dimension,usual_unit,role_guess\nrice,稻谷产量,mass,万吨,good_output\n"
    named = study(tmp_path, ("稻谷产量（万吨）", "从业人员（万人）"), vocabulary=words)
    unknown = study(tmp_path, ("地区生产总值（万元）", "从业人员（万人）", "专利授权数（件）"))

    assert read_yaml(unknown, "").value["report"]["languages"] == ["zh", "en"]
    assert read_yaml(named, "").value["variables"]["Y"]["label"] == {
        "zh": "稻谷产量",
        "en": "稻谷产量",
    }


def test_two_columns_of_one_indicator_keep_their_own_names(tmp_path):
    """One name in print would be two things; the districts are said."""
    text = study(
        tmp_path,
        ("从业人员（万人）", "地区生产总值（万元）", "专利授权数（件）", "专利授权量（件）"),
    )
    spec = read_yaml(text, "").value

    assert spec["variables"]["PAT"]["label"] == {"zh": "专利授权数"}
    assert spec["variables"]["X2"] == {
        "column": "专利授权量",
        "label": {"zh": "专利授权量"},
        "transform": "ln1p",
    }
    assert spec["report"]["languages"] == ["zh"]
    assert (
        text.count(
            "The report is in Chinese alone: these names have no English label yet: 专利授权数"
        )
        == 1
    )


def test_signs_can_be_removed_literally(tmp_path):
    r"""With `sed 's/^#([^#])/\\1/'`, with or without a blank behind the sign: each is YAML and says the same."""
    text = study(tmp_path, YEARBOOK)
    first, rest = text.split("\n", 1)
    plain = re.sub(r"(?m)^#([^#])", r"\1", rest)
    older = re.sub(r"(?m)^#([^#])", r"# \1", rest)

    assert "\n#groups:" in text
    wanted = read_yaml(plain, "").value
    assert {"groups", "heterogeneity", "specification_curve"} <= wanted.keys()
    assert read_yaml(re.sub(r"(?m)^# ?(?=[^#])", "", older), "").value == wanted
    assert read_yaml(re.sub(r"(?m)^#([^#])", r"\1", older), "").value == wanted
    assert first == "# yaml-language-server: $schema=./study.schema.json"


BLOCK = "title: t\n#\nvariables:\n  a: {column: a}\n"


@pytest.mark.parametrize("line", ["   b: {column: b}\n", " b: {column: b}\n", "  b: {column: b}\n"])
def test_a_line_that_a_sign_left_one_blank_off_is_read_where_it_belongs(line):
    """Levels are two blanks wide."""
    assert read_yaml(BLOCK + line + "seed: 1\n", "").value == {
        "title": "t",
        "variables": {"a": {"column": "a"}, "b": {"column": "b"}},
        "seed": 1,
    }


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        (
            "title: t\n    seed: 1\n",
            "Line 2: a colon stands where none belongs: put a text with a colon into quotes.",
            2,
        ),
        ("title: t\nsets: {a: [b\n", "Line 3: a bracket is not closed, or a comma is missing.", 3),
        ("title: t\nseed\nx: 1\n", "Line 3: a key has no colon behind it.", 3),
        ("title: 't\n", "Line 2: a quote is opened and never closed.", 2),
        (
            "title: @t\n",
            "Line 1: a text begins with a sign that means something: put it into quotes.",
            1,
        ),
        ("a:\n    b: 1\n  c: 2\n", "Line 3: the indentation does not fit the lines above.", 3),
        (
            "  a: 1\nb: 2\n",
            "Line 2: the indentation does not fit the lines above; a section begins at the left edge.",
            2,
        ),
    ],
)
def test_errors_of_yaml_are_said_in_words_at_their_line(text, what, line):
    """Not in the words of the parser."""
    with pytest.raises(SpecError) as refused:
        read_yaml(text, "study.yaml")

    problem = refused.value.problems[0]
    assert (str(problem.what), problem.where.line) == (what, line)


def test_the_line_that_begins_with_a_blank_is_named_and_not_the_one_before_it():
    """Of a section that stays unreadable the cause is named."""
    with pytest.raises(SpecError) as refused:
        read_yaml("a: 1\nb: 2\n c: 3\n d: [\n", "study.yaml")

    assert refused.value.problems[0].where.line == 3


def written_beside(folder):
    """Take away what was written beside the data: name -> content."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "data"
    }
    for name in files:
        (folder / name).unlink()
    return files


def folder_with(tmp_path, name, table, sheets=()):
    """Put a file where the page keeps files that were dropped."""
    folder = tmp_path / "cities"
    (folder / "data").mkdir(parents=True)
    if not sheets:
        table.to_csv(folder / "data" / name, encoding="utf-8")
        return folder
    with pd.ExcelWriter(folder / "data" / name) as book:
        for sheet in sheets:
            table.to_excel(book, sheet_name=sheet, merge_cells=False)
    return folder


@pytest.mark.long
def test_the_console_and_the_page_write_the_same_bytes(tmp_path):
    """One function builds a first study, for the same file in the same folder; entries of one's own come along."""
    folder = folder_with(tmp_path, "cities.csv", frame(YEARBOOK))
    (folder / "data" / "vocabulary.csv").write_text(
        "id,zh,en_label,symbol,dimension,role_guess\nhightech,高新技术企业数,Firms of high technology,HT,count,mediator\n",
        encoding="utf-8",
    )
    suggest(folder, tmp_path, "zh", False)
    page = written_beside(folder)
    call("init", folder, "--from", folder / "data" / "cities.csv", "--lang", "zh")

    assert written_beside(folder) == page
    assert [*sorted(page)] == [
        *("study.schema.json", "study.yaml", "text/conclusion.en.txt", "text/conclusion.zh.txt"),
        *("text/hypotheses.en.txt", "text/hypotheses.zh.txt", "text/introduction.en.txt"),
        *("text/introduction.zh.txt", "text/literature.en.txt", "text/literature.zh.txt"),
        "vocabulary.csv",
    ]
    assert {content for name, content in page.items() if name.startswith("text/")} == {b""}
    study_file = page["study.yaml"].decode()
    assert "title: cities\n" in study_file
    assert "through: [HT]" in study_file


@pytest.mark.long
def test_the_same_answers_give_the_same_bytes(tmp_path):
    """A mark that means no value and a column of text, whichever was answered first."""
    table = frame((*YEARBOOK, "编号"))
    table["编号"] = [f"{n}x" if n % 9 == 5 else n for n in range(len(table))]
    table["专利授权数（件）"] = table["专利授权数（件）"].astype(object)
    table.iloc[7, table.columns.get_loc("专利授权数（件）")] = "n.d."
    folder = folder_with(tmp_path, "cities.csv", table)
    suggest(folder, tmp_path, "zh", False)
    assert not (folder / "study.yaml").exists()
    decide(folder, tmp_path, "zh", {"edits": [], "read": {"text": ["编号"]}})
    decide(folder, tmp_path, "zh", {"edits": [], "read": {"missing": ["n.d."]}})
    page = written_beside(folder)
    words = ("--missing", "n.d.", "--text", "编号", "--lang", "zh")
    call("init", folder, "--from", folder / "data" / "cities.csv", *words)

    assert written_beside(folder) == page
    assert "    read: {missing: [n.d.], text: [编号]}\n" in page["study.yaml"].decode()


@pytest.mark.long
def test_the_sheet_that_was_chosen_gives_the_same_bytes(tmp_path):
    """`--sheet`, and the click of the page."""
    folder = folder_with(tmp_path, "cities.xlsx", frame(YEARBOOK), sheets=("甲", "乙"))
    decide(folder, tmp_path, "zh", {"edits": [], "sheets": {"cities.xlsx": ["乙"]}})
    page = written_beside(folder)
    words = ("--sheet", "乙", "--lang", "zh")
    call("init", folder, "--from", folder / "data" / "cities.xlsx", *words)

    assert written_beside(folder) == page
    assert "    sheet: 乙\n" in page["study.yaml"].decode()


@pytest.mark.long
def test_a_chapter_that_was_begun_is_kept_by_a_new_first_study(tmp_path):
    """By the page, which writes the study file anew, and by the console."""
    folder = folder_with(tmp_path, "cities.csv", frame(YEARBOOK))
    (folder / "text").mkdir()
    (folder / "text" / "introduction.zh.txt").write_text("已写。", encoding="utf-8")
    suggest(folder, tmp_path, "zh", True)
    suggest(folder, tmp_path, "zh", True)
    page = written_beside(folder)
    assert page["text/introduction.zh.txt"] == "已写。".encode()
    assert page["text/literature.zh.txt"] == b""
    (folder / "text" / "introduction.zh.txt").write_text("已写。", encoding="utf-8")
    call("init", folder, "--from", folder / "data" / "cities.csv")
    assert written_beside(folder)["text/introduction.zh.txt"] == "已写。".encode()


@pytest.mark.long
def test_a_study_without_a_score_has_no_chapters_yet(tmp_path):
    """They would be headings of a paper that measures nothing; one in Chinese alone has those of Chinese."""
    folder = folder_with(tmp_path, "cities.csv", frame(("专利授权数（件）",)))
    suggest(folder, tmp_path, "en", False)
    assert sorted(written_beside(folder)) == ["study.schema.json", "study.yaml"]
    twice = ("从业人员（万人）", "地区生产总值（万元）", "专利授权数（件）", "专利授权量（件）")
    frame(twice).to_csv(folder / "data" / "cities.csv", encoding="utf-8")
    suggest(folder, tmp_path, "en", False)
    files = written_beside(folder)
    assert [name for name in sorted(files) if name.startswith("text/")] == [
        *("text/conclusion.zh.txt", "text/hypotheses.zh.txt"),
        *("text/introduction.zh.txt", "text/literature.zh.txt"),
    ]
    assert (
        "## Introduction, literature, hypotheses and conclusion are yours: write them in the files of the "
        "folder `text`, each line a paragraph. Every report prints them, and no run changes them.\n"
        "report: {languages: [zh], formats: [html, docx, xlsx]}\n"
    ) in files["study.yaml"].decode()


def test_no_symbol_is_the_name_of_another_column_and_none_stands_twice(tmp_path):
    """PAT and GE are columns of the data; what is a short word already keeps its name."""
    names = ("从业人员（万人）", "地区生产总值（万元）", "专利授权数（件）", "pat", "GE", "hrsn")
    spec = read_yaml(study(tmp_path, names), "").value

    assert {key: one.get("column") for key, one in spec["variables"].items()} == {
        "EE": None,
        "L": "从业人员",
        "GDP": "地区生产总值",
        "X1": "专利授权数",
    }
    assert spec["tables"]["baseline"]["outcome"] == "EE"


def test_groups_are_part_of_the_study_where_each_has_five_entities(tmp_path):
    """A grouping of the data, called as its column; with four in one it is offered, and so is any cut."""

    def with_kinds(n_few):
        kinds = dict(zip(CITIES, ["A"] * n_few + ["B"] * (len(CITIES) - n_few), strict=True))
        names = ("从业人员（万人）", "地区生产总值（万元）", "专利授权数（件）", "城镇化率（%）")
        return study(
            tmp_path,
            names,
            change=lambda table: table.assign(类型=table.index.get_level_values(0).map(kinds)),
        )

    five, four = with_kinds(5), with_kinds(4)
    spec = read_yaml(five, "").value
    assert spec["groups"] == {"类型": {"column": "类型", "label": "类型"}}
    assert spec["heterogeneity"] == {
        "places": {
            "from": "baseline/1",
            "by": ["类型"],
            "difference": ["interaction", "permutation"],
            "draws": 1000,
        }
    }
    assert "heterogeneity" not in read_yaml(four, "").value
    assert (
        "#groups: {类型: {column: 类型, label: 类型}, 专利授权数: {column: 专利授权数, split: median, "
        "label: {zh: 专利授权数, en: Patents granted}}}\n"
        "#heterogeneity: {places: {from: baseline/1, by: [类型, 专利授权数], difference: [interaction, "
        "permutation], draws: 1000}}\n"
    ) in four


def test_a_cut_of_a_share_is_offered_only_where_there_is_no_amount():
    """It is called by its column, and has its names in print."""
    names = ("从业人员（万人）", "地区生产总值（万元）", "城镇化率（%）")
    data = panel(*names)
    assert candidates(data, [*data.frame.columns]).split == "城镇化率（%）"
    data = panel(*names, "社会消费品零售总额（万元）")
    assert candidates(data, [*data.frame.columns]).split == "社会消费品零售总额（万元）"


def test_moderation_is_part_of_the_study_only_with_a_mediator_that_is_known(tmp_path):
    """A word of an English heading is a guess: what rests on it is offered."""
    names = ("从业人员（万人）", "地区生产总值（万元）", "专利授权数（件）")
    guessed = study(tmp_path, (*names, "new firms of the year"))
    alone = study(tmp_path, (*names, "环境行政处罚案件数（件）"))

    assert "mediation" not in read_yaml(guessed, "").value
    assert "moderation" not in read_yaml(alone, "").value
    assert "\n#moderation" not in alone


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("地区生产总值指数", [100.0, 102.0, 104.5, 106.0, 109.0], "fixed_base"),
        ("地区生产总值指数", [109.0, 107.5, 108.2, 106.0, 106.4], "previous_year"),
        ("地区生产总值指数（上年=100）", [101.0, 102.0, 103.0, 104.0, 105.0], "previous_year"),
        ("地区生产总值指数（2008=100）", [100.0, 99.0, 98.0, 101.0, 100.5], "fixed_base"),
        ("地区生产总值指数", [110.0, 121.0, 133.1, 146.4, 161.0], "fixed_base"),
    ],
)
def test_an_index_with_one_base_is_not_chained(heading, values, kind):
    """The heading decides; where it is silent, an index that rises nearly every year is a running product."""
    cities = CITIES[:4]
    index = pd.MultiIndex.from_product([cities, range(2008, 2013)], names=["entity", "period"])
    frame_of_index = pd.DataFrame({heading: np.tile(values, len(cities))}, index=index)
    panel = panel_of(frame_of_index)
    assert _index_kind(panel, heading, meaning_of(panel, heading, None)) == kind


def variables(tmp_path, headings, **more):
    """Give the variables of a first study by their columns, each with its symbol."""
    spec = read_yaml(study(tmp_path, headings, **more), "").value
    return {one.get("column"): {**one, "symbol": key} for key, one in spec["variables"].items()}


def test_each_variable_has_a_short_symbol_by_its_role(tmp_path):
    """The vocabulary's, a short word of one's own, or a letter: L of labour that may be of urban units alone."""
    own = "id,zh,dimension,usual_unit,role_guess\nrice,稻谷产量,mass,万吨,good_output\nsoot,烟炱排放量,mass,吨,bad_output\n"
    headings = (
        "从业人员（万人）",
        "稻谷产量（万吨）",
        "烟炱排放量（吨）",
        "rd_spend",
        "digital_economy_index",
    )
    found = variables(tmp_path, headings, vocabulary=own)

    symbols = {column: one["symbol"] for column, one in found.items()}
    assert symbols["从业人员"] == "L"
    assert symbols["稻谷产量"] == "Y"
    assert symbols["烟炱排放量"] == "B1"
    assert symbols["rd_spend"] == "RD"
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,7}", one) for one in symbols.values())
    assert len(set(symbols.values())) == len(symbols)


def test_amounts_are_logged_and_what_says_that_it_is_a_share_or_an_index_is_not(tmp_path):
    """Also where the vocabulary does not know the heading, and where the unit is said in words; an amount per head is an amount."""
    headings = (
        "从业人员（万人）",
        "地区生产总值（万元）",
        "Patent applications (PCT)",
        "innovation_index",
    )
    headings += ("R&D personnel ratio", "patent_rate", "patents per firm")
    found = variables(tmp_path, headings)
    assert found["Patent applications (PCT)"].get("unit") in (None, "件")
    logged = {column for column, one in found.items() if "transform" in one}
    assert "Patent applications (PCT)" in logged
    assert not logged & {"innovation_index", "R&D personnel ratio", "patent_rate"}
    energy = "Energy use (kg of oil equivalent per capita) [EG.USE.PCAP.KG.OE]"
    share = "Research and development expenditure (% of GDP) [GB.XPD.RSDV.GD.ZS]"
    found = variables(
        tmp_path, ("Total employment", "GDP (constant 2015 US$) [NY.GDP.MKTP.KD]", energy, share)
    )
    assert found[energy]["transform"] == "ln1p"
    assert "transform" not in found[share]
    assert found[share]["label"]["en"] == "Research and development expenditure relative to GDP"


@pytest.mark.long
def test_labels_of_a_file_say_what_its_short_names_do_not(tmp_path):
    """What hc is may be human capital; its label says students. A label that nobody knows is the name in print."""
    labels = {
        "so2": "工业二氧化硫排放量（吨）",
        "hc": "普通高等学校在校学生数（人）",
        "gdp": "地区生产总值（亿元）",
    }
    labels |= {"l": "从业人员（万人）", "fin": "农户借贷余额（元）", "pat": "绿色专利授权数（件）"}
    table = frame(labels).rename_axis(["city", "year"]).reset_index()
    table.to_stata(tmp_path / "a.dta", version=118, write_index=False, variable_labels=labels)
    tables = first_tables([tmp_path / "a.dta"], tmp_path)
    roles = propose_roles(tables.reading.panel, vocabulary=tables.vocabulary)
    spec = read_yaml(starter(tables, roles, "study", "en").text, "").value
    found = {one.get("column"): {**one, "symbol": key} for key, one in spec["variables"].items()}

    assert found["so2"]["label"]["en"] == "Industrial sulphur dioxide"
    assert found["hc"]["label"]["zh"] == "普通高等学校在校学生数"
    assert spec["sets"]["factors"] == [found["hc"]["symbol"]]
    assert meaning_of(tables.reading.panel, "fin").id == "financial_development"
    assert "fin" not in found or found["fin"]["label"]["zh"] == "农户借贷余额"


def test_a_factor_is_chosen_before_the_roles_that_need_one():
    """Green patents are a mediator first; where nothing else is a factor, they explain."""
    alone = candidates(
        panel("绿色专利授权数（件）", "城镇化率（%）", "第三产业占GDP比重（%）"),
        *[["绿色专利授权数（件）", "城镇化率（%）", "第三产业占GDP比重（%）"]],
    )
    assert alone.factors == ("绿色专利授权数（件）",)
    assert alone.mediator == "第三产业占GDP比重（%）"


def test_a_firm_has_of_itself_what_the_yearbook_has_of_an_industry(tmp_path):
    """No firm's assets are called those of industry above scale."""
    table = frame(
        ("员工人数（人）", "营业总收入（元）", "固定资产净值（元）"),
        cities=["甲股份", "乙科技", "丙重工"],
    )
    table.rename_axis(["证券简称", "年份"]).to_csv(tmp_path / "firms.csv", encoding="utf-8")
    tables = first_tables([tmp_path / "firms.csv"], tmp_path)
    roles = propose_roles(tables.reading.panel, vocabulary=tables.vocabulary)
    spec = read_yaml(starter(tables, roles, "study", "en").text, "").value

    assert spec["variables"]["K"]["label"] == {
        "zh": "固定资产净值",
        "en": "Net value of fixed assets",
    }


def test_the_members_of_a_usual_grouping_have_english_names(tmp_path):
    """东部 is East; a grouping of which one member is not known keeps its own names."""
    table = frame(YEARBOOK)
    for names in (["东部", "西部"], ["东部", "沿江"]):
        table["所属区域"] = [
            names[CITIES.index(city) % 2] for city in table.index.get_level_values(0)
        ]
        file = tmp_path / "cities.csv"
        table.to_csv(file, encoding="utf-8")
        tables = first_tables([file], tmp_path)
        text = starter(tables, propose_roles(tables.reading.panel), "study", "en").text
        grouped = read_yaml(text, "").value["groups"]["所属区域"]
        assert grouped.get("labels", {}).get("东部", {}).get("en") == (
            "East" if "西部" in names else None
        )
