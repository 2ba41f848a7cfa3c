"""What reading a table says about it: whole sentences, with their places and remedies, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from told import told_each
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.recognise.years import parse_period

PLACES = ("唐山", "大同", "邯郸")
KEYS = [f"{city},{year}" for city in PLACES for year in (2019, 2020)]
NO_PERIOD = {"period": None}
Content = str | dict[str, list[list[Any]]] | Callable[[Path], None]


def lines(heads: str, *cells: str, above: str = "", below: str = "") -> str:
    """Write a table of three cities in two years as text; cells are taken in turn."""
    rows = [f"{key},{cells[i % len(cells)]}" for i, key in enumerate(KEYS)]
    return "\n".join(
        [*([above] if above else []), f"城市,年份,{heads}", *([below] if below else []), *rows]
    )


def of_years(*years: str, heading: str = "年份") -> str:
    """Write a table whose periods are given."""
    return "\n".join(
        [
            f"城市,{heading},人口",
            *(f"{c},{y},{i + 1.5}" for i, (c, y) in enumerate(product(PLACES, years))),
        ]
    )


def rows(
    *cells: Any, heads: tuple[str, ...] = ("x",), above: tuple[list[Any], ...] = ()
) -> list[list[Any]]:
    """Give the rows of a sheet of two cities in two years; cells are taken in turn."""
    keys = [[city, year] for city in PLACES[:2] for year in (2019, 2020)]
    return [
        *above,
        ["城市", "年份", *heads],
        *([*key, *([i + 1.5] * (len(heads) - 1)), cells[i]] for i, key in enumerate(keys)),
    ]


def part(
    year: int | None = None,
    title: str = "",
    cities: tuple[str, ...] = PLACES[:2],
    heads: tuple[str, ...] = ("人口", "产值"),
) -> list[list[Any]]:
    """Give the rows of a sheet that holds a part of a table, with a column of years where one is given."""
    keys = [[city, *([year] if year else [])] for city in cities]
    values = [[100.5 + 7 * i + k for k in range(len(heads))] for i in range(len(cities))]
    return [
        *([[title]] if title else []),
        ["城市", *(["年份"] if year else []), *heads],
        *([*key, *value] for key, value in zip(keys, values, strict=True)),
    ]


def percents(path: Path) -> None:
    """Write a sheet whose last column is shown in percent."""
    book = openpyxl.Workbook()
    for row in rows(0.385, 0.395, 0.405, 0.415, heads=("占比",)):
        book.active.append(row)
    for row in range(2, 6):
        book.active.cell(row, 3).number_format = "0.0%"
    book.save(path)


def stata(labels: dict[str, str] | None = None, **columns: list[Any]) -> Callable[[Path], None]:
    """Write a Stata file of two places in two periods."""

    def write(path: Path) -> None:
        dates = {"season": "tq"} if "season" in columns else {}
        pd.DataFrame(columns).to_stata(
            path, write_index=False, version=118, convert_dates=dates, variable_labels=labels
        )

    return write


def read(folder: Path, content: Content, **stated: Any) -> Any:
    """Write a table as text, as sheets or by a function, and read it."""
    ending = "csv" if isinstance(content, str) else "xlsx"
    path = folder / f"a.{'dta' if callable(content) and content is not percents else ending}"
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    elif callable(content):
        content(path)
    else:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, cells in content.items():
            sheet = book.create_sheet(name)
            for row in cells:
                sheet.append(row)
        book.save(path)
    return read_panel(path, **{"entity": "城市", "period": "年份", **stated})


CASES: dict[str, tuple[Content, dict[str, Any], str, str]] = {
    "names in two rows": (
        lines("人口,", "1.5,2", "2.5,7", below=",,总数,农村"),
        {},
        "The names are in two rows, 1 and 2. [a.csv, row 1; 1]",
        "列名分两行，位于第 1、2 行。 [a.csv，第 1 行; 1]",
    ),
    "names in three rows": (
        {
            "a": [
                ["城市", "年份", "人口", None, None, None],
                [None, None, "城镇", None, "农村", None],
                [None, None, "男", "女", "男", "女"],
                *[[c, y, 1.5, 2.5, 3.5 + y, 4.5] for c, y in product(PLACES, (2019, 2020))],
            ]
        },
        {},
        "The names are in rows 1, 2, 3. [a.xlsx, sheet a, row 1; 1]",
        "列名占第 1、2、3 行。 [a.xlsx，工作表 a，第 1 行; 1]",
    ),
    "names in another language": (
        lines("人口", "1.5", "2.5", below="City,Year,Population"),
        {},
        "Row 2 repeats the names in another language. [a.csv, row 2; 1]",
        "第 2 行用另一种语言重复了列名。 [a.csv，第 2 行; 1]",
    ),
    "a row of units": (
        lines("人口,产值", "1.5,2", "2.5,7", below=",,万人,亿元"),
        {},
        "Row 2 holds the units. [a.csv, row 2; 2]",
        "第 2 行是计量单位。 [a.csv，第 2 行; 2]",
    ),
    "an empty sheet": (
        {"a": []},
        {},
        ("The sheet is empty.\n  where: a.xlsx, sheet a, row 1\n  remedy: fill it."),
        ("工作表为空。\n  位置：a.xlsx，工作表 a，第 1 行\n  办法：请填写。"),
    ),
    "a unit in the title": (
        lines("人口", "1.5", "2.5", above="人口\n（单位：万人）"),
        {},
        "The unit 万人 was read from the title. [a.csv, row 2; 1]",
        "单位 万人 取自表头上方的说明。 [a.csv，第 2 行; 1]",
    ),
    "sheets of years without a period": (
        {"2019": part(), "2020": part()},
        NO_PERIOD,
        (
            "Several sheets hold such a table (2019, 2020), and they are not parts of one: the sheets are years, and no period is named.\n"
            "  where: a.xlsx\n"
            "  remedy: name the period, and the years of the sheets are taken: --period year."
        ),
        (
            "多个工作表含有这样的表（2019、2020），但不是同一张表的各部分：每个工作表是一个年份，但没有指明时期列的名称。\n"
            "  位置：a.xlsx\n"
            "  办法：请指明时期列的名称，即可采用各工作表的年份：--period 年份。"
        ),
    ),
    "a sheet without the column of periods": (
        {"2019": part(2019), "2020": part()},
        {},
        (
            "Several sheets hold such a table (2019, 2020), and they are not parts of one: sheet 2020 has no column '年份' and others have one.\n"
            "  where: a.xlsx, sheet 2020\n"
            "  remedy: make the sheets alike, or name one (`sheet`)."
        ),
        (
            "多个工作表含有这样的表（2019、2020），但不是同一张表的各部分：工作表 2020 没有“年份”列，而其他工作表有。\n"
            "  位置：a.xlsx，工作表 2020\n"
            "  办法：请使各工作表一致，或指明一个工作表（`sheet`）。"
        ),
    ),
    "two sheets of one year": (
        {"2019年": part(), "2019年续": part()},
        {},
        (
            "Several sheets hold such a table (2019年, 2019年续), and they are not parts of one: sheets 2019年 and 2019年续 are both of 2019.\n"
            "  where: a.xlsx, sheet 2019年续\n"
            "  remedy: `xinzhi init --from FILE` makes each sheet a source of one study; or name one (`sheet`)."
        ),
        (
            "多个工作表含有这样的表（2019年、2019年续），但不是同一张表的各部分：工作表 2019年 和 2019年续 都是 2019 年。\n"
            "  位置：a.xlsx，工作表 2019年续\n"
            "  办法：`xinzhi init --from 文件` 会把每个工作表作为同一研究的一个数据来源；也可指明一个工作表（`sheet`）。"
        ),
    ),
    "an edition of the year after": (
        {"2019": part(title="2018年城市人口"), "2020": part(title="2019年城市人口")},
        {},
        (
            "Sheet 2019 says 2018 above its table; the years above the tables were taken.\n"
            "  where: a.xlsx, sheet 2019\n"
            "  remedy: call the sheets by the years of their figures."
        ),
        (
            "工作表 2019 的表题写的是 2018 年；已采用各表题中的年份。\n"
            "  位置：a.xlsx，工作表 2019\n"
            "  办法：请用数据所属年份命名工作表。"
        ),
    ),
    "a title of another year": (
        {"2019": part(title="2018年城市人口"), "2020": part()},
        {},
        (
            "Several sheets hold such a table (2019, 2020), and they are not parts of one: sheet 2019 says 2018 above its table.\n"
            "  where: a.xlsx, sheet 2019\n"
            "  remedy: make the sheets alike, or name one (`sheet`)."
        ),
        (
            "多个工作表含有这样的表（2019、2020），但不是同一张表的各部分：工作表 2019 的表题写的是 2018 年。\n"
            "  位置：a.xlsx，工作表 2019\n"
            "  办法：请使各工作表一致，或指明一个工作表（`sheet`）。"
        ),
    ),
    "a sheet of other columns": (
        {"甲": part(2019), "乙": part(2019, cities=("邯郸",), heads=("a", "b"))},
        {},
        (
            "Several sheets hold such a table (甲, 乙), and they are not parts of one: sheet 甲 has other columns than the others.\n"
            "  where: a.xlsx, sheet 甲\n"
            "  remedy: `xinzhi init --from FILE` makes each sheet a source of one study; or name one (`sheet`)."
        ),
        (
            "多个工作表含有这样的表（甲、乙），但不是同一张表的各部分：工作表 甲 的列与其他工作表不同。\n"
            "  位置：a.xlsx，工作表 甲\n"
            "  办法：`xinzhi init --from 文件` 会把每个工作表作为同一研究的一个数据来源；也可指明一个工作表（`sheet`）。"
        ),
    ),
    "a sheet that lacks a column": (
        {"2019": part(heads=("人口", "产值", "用电")), "2020": part()},
        {},
        (
            "'用电' is not in sheet 2020: it is empty there.\n"
            "  where: a.xlsx, sheet 2020, column '用电'\n"
            "  remedy: if it has another heading there, write the same one."
        ),
        (
            "工作表 2020 中没有“用电”，该列在其中为空。\n"
            "  位置：a.xlsx，工作表 2020，列“用电”\n"
            "  办法：如果该列在其中另有列名，请改为相同的列名。"
        ),
    ),
    "text between rows": (
        lines("人口", "1.5", "2.5").replace(
            "大同,2019", "以下各市的资料由省统计局提供，口径略有不同\n大同,2019"
        ),
        {},
        (
            "1 of 7 rows between the first and the last row of data was left out as text (row 4).\n"
            "  where: a.csv, row 4\n"
            "  remedy: see that they are not data, and remove them from the file."
        ),
        (
            "首末数据行之间共 7 行，其中 1 行被当作文字而未计入（第 4 行）。\n"
            "  位置：a.csv，第 4 行\n"
            "  办法：请确认它们不是数据，并从文件中删除。"
        ),
    ),
    "a column of dates": (
        {"a": rows(*(dt.date(2001, i, 3) for i in range(1, 5)), heads=("成立日期",))},
        {},
        "Column '成立日期' holds dates; it stays as it is. [a.xlsx, sheet a, column '成立日期'; 4]",
        "列“成立日期”是日期，保持原样。 [a.xlsx，工作表 a，列“成立日期”; 4]",
    ),
    "dates under another heading": (
        lines("备注", "2019-05-01", "2020-06-03"),
        {},
        (
            "Column '备注' holds dates such as '2019-05-01'; no number is read from it.\n"
            "  where: a.csv, row 2, column '备注'\n"
            "  remedy: spreadsheets turn numbers such as 3-12 into dates: format the column as a number and restore the values."
        ),
        (
            "列“备注”为日期（例如“2019-05-01”），不作为数字读取。\n"
            "  位置：a.csv，第 2 行，列“备注”\n"
            "  办法：电子表格会把 3-12 之类的数字变成日期：请将该列设为数字格式并恢复原值。"
        ),
    ),
    "percents without a unit": (
        percents,
        {},
        (
            "The cells of column '占比' are formatted as percents, its heading names no unit: 0.385 shown as 38.5 % was read as 38.5.\n"
            "  where: a.xlsx, sheet Sheet, row 1, column '占比', cell C1\n"
            "  remedy: write (%) behind the heading, or format the cells as plain numbers."
        ),
        (
            "列“占比”的单元格为百分比格式，但列名没有写单位：显示为 38.5 % 的 0.385 读为 38.5。\n"
            "  位置：a.xlsx，工作表 Sheet，第 1 行，列“占比”，单元格 C1\n"
            "  办法：请在列名后注明（%），或将单元格改为普通数字格式。"
        ),
    ),
    "currency signs": (
        lines("产值", "￥12.5", "￥13.5"),
        {},
        "Currency signs were taken off in column '产值'. [a.csv, column '产值'; 6]",
        "列“产值”中的货币符号已去除。 [a.csv，列“产值”; 6]",
    ),
    "true and false": (
        {"a": rows(True, False, False, True)},
        {},
        "Column 'x' holds true and false; read as 1 and 0. [a.xlsx, sheet a, column 'x'; 4]",
        "列“x”为真/假，按 1 和 0 读取。 [a.xlsx，工作表 a，列“x”; 4]",
    ),
    "digits in a text": (
        lines("x", "12-34-5", "5 6 7", "8/9/x1"),
        {},
        (
            "Column 'x' was read as text, although its cells hold digits ('12-34-5').\n"
            "  where: a.csv, row 2, column 'x'\n"
            "  remedy: write plain numbers, or state that the column is text (`text`)."
        ),
        (
            "“x”列的单元格含有数字（“12-34-5”），但按文本读入。\n"
            "  位置：a.csv，第 2 行，列“x”\n"
            "  办法：请写成普通数字，或声明该列为文本（`text`）。"
        ),
    ),
    "numbers too long": (
        lines("x", "98765432109876543", "98765432109876541"),
        {},
        (
            "Column 'x' holds whole numbers with more digits than a number holds exactly ('98765432109876543'); it stays text.\n"
            "  where: a.csv, row 2, column 'x'\n"
            "  remedy: write amounts in a larger unit; of codes, state that the column is text (`text`)."
        ),
        (
            "列“x”中的整数位数过多（“98765432109876543”），无法精确存为数字，保留为文本。\n"
            "  位置：a.csv，第 2 行，列“x”\n"
            "  办法：若为数量，请改用更大的单位；若为编码，请声明该列为文本（`text`）。"
        ),
    ),
    "years beside periods": (
        lines("2019年,2020年", "1.5,2", "2.5,7"),
        {},
        (
            "Columns 2019年, 2020年 are named after years although there is a column of periods.\n"
            "  where: a.csv, row 1, column '2019年'\n"
            "  remedy: they are read as variables of their own; take out what does not belong."
        ),
        (
            "2019年、2020年 列以年份为列名，但表中另有时期列。\n"
            "  位置：a.csv，第 1 行，列“2019年”\n"
            "  办法：它们按独立变量读入；请删去不属于本表的列。"
        ),
    ),
    "variables by years": (
        "城市,人口2019,人口2020,产值2019,产值2020\n唐山,1,2,3,4\n大同,5,6,7,9",
        {},
        "Columns of variables by years were turned into rows: 人口, 产值. [a.csv, row 1; 4]",
        "按“变量×年份”横排的列已转为行：人口、产值。 [a.csv，第 1 行; 4]",
    ),
    "indicators in a column": (
        lines("指标,数值", "人口,3", "人口,4")
        + "\n"
        + "\n".join(f"{k},产值,{i}" for i, k in enumerate(KEYS)),
        {},
        "Indicators named in column '指标' were turned into columns. [a.csv, row 2, column '指标'; 2]",
        "列“指标”中的各指标已转为列。 [a.csv，第 2 行，列“指标”; 2]",
    ),
    "years of another calendar": (
        of_years("108", "109", heading="period"),
        {"period": "period"},
        (
            "The periods 108 to 109 are read as numbers, and may be years of another calendar.\n"
            "  where: a.csv, column 'period'\n"
            "  remedy: if they are, write the years of the common era: 民国 + 1911, 佛历 - 543; if not, confirm it."
        ),
        (
            "时期 108 至 109 按数字读取，也可能是另一种历法的年份。\n"
            "  位置：a.csv，列“period”\n"
            "  办法：如果是，请写公历年份：民国加 1911，佛历减 543；如果不是，请加以确认。"
        ),
    ),
    "New Year elsewhere": (
        of_years("2018-12-31T16:00:00Z", "2019-12-31T16:00:00Z"),
        {},
        (
            "'2018-12-31T16:00:00Z' is New Year by the clock of another time zone.\n"
            "  where: a.csv, row 2, column '年份'\n"
            "  remedy: write dates without hours, or years."
        ),
        (
            "“2018-12-31T16:00:00Z”是另一时区的元旦零点。\n"
            "  位置：a.csv，第 2 行，列“年份”\n"
            "  办法：请填写不带时刻的日期，或年份。"
        ),
    ),
    "New Year elsewhere, as a date": (
        {
            "a": [
                ["城市", "年份", "x"],
                *([city, pd.Timestamp("2018-12-31 16:00"), 1.5] for city in PLACES),
            ]
        },
        {},
        (
            "'2018-12-31 16:00:00' is New Year by the clock of another time zone.\n"
            "  where: a.xlsx, sheet a, row 2, column '年份'\n"
            "  remedy: write dates without hours, or years."
        ),
        (
            "“2018-12-31 16:00:00”是另一时区的元旦零点。\n"
            "  位置：a.xlsx，工作表 a，第 2 行，列“年份”\n"
            "  办法：请填写不带时刻的日期，或年份。"
        ),
    ),
    "a year with a note": (
        of_years("2019（预计）", "2020"),
        {},
        (
            "'2019（预计）' was read as 2019.\n"
            "  where: a.csv, column '年份'\n"
            "  remedy: read the note: such figures are often revised or estimated."
        ),
        (
            "“2019（预计）”读为 2019 年。\n"
            "  位置：a.csv，列“年份”\n"
            "  办法：请查看注释：此类数据往往是初步或估计数，以后可能修订。"
        ),
    ),
    "years in numerals": (
        of_years("二〇一九", "二〇二〇"),
        {},
        "Years were read from numerals such as '二〇一九'. [a.csv, column '年份'; 6]",
        "年份由中文数字读出，例如“二〇一九”。 [a.csv，列“年份”; 6]",
    ),
    "a code among names": (
        lines("x", "1.5", "2.5").replace("大同", "140200"),
        {},
        (
            "140200 is a code among names.\n"
            "  where: a.csv, column '城市', 140200\n"
            "  remedy: write names or codes throughout; until then they are entities of their own."
        ),
        (
            "140200 是代码，而其他行写的是名称。\n"
            "  位置：a.csv，列“城市”，140200\n"
            "  办法：请统一写名称或代码；否则它们按不同个体处理。"
        ),
    ),
    "a renamed city, joined": (
        "城市,年份,x\n襄樊市,2009,1\n襄阳市,2010,2\n唐山,2009,3\n唐山,2010,4",
        {"reading": ReadOptions(renamed="join")},
        (
            "襄樊市 was renamed 襄阳市 in 2010; both names occur in the data.\n"
            "  where: a.csv, column '城市', 襄阳市\n"
            "  remedy: they were joined as 襄阳市, as stated."
        ),
        (
            "襄樊市于 2010 年更名为襄阳市；数据中两个名称并存。\n"
            "  位置：a.csv，列“城市”，襄阳市\n"
            "  办法：已按声明合并为 襄阳市。"
        ),
    ),
    "years in labels": (
        stata({"A": "城市", "B": "2019", "C": "2020"}, A=["a", "b"], B=[1.5, 2.5], C=[3.5, 4.5]),
        {},
        "The years stand in the labels of the columns; the labels were taken for names. [a.dta; 3]",
        "年份写在各列的标签中，已用标签作为列名。 [a.dta; 3]",
    ),
    "a label twice": (
        stata(
            {"city": "城市", "year": "年份", "x": "人口", "y": "人口"},
            city=["a", "b"],
            year=[2019, 2019],
            x=[1.5, 2],
            y=[3.0, 4],
        ),
        {},
        "Several columns carry one label; state their names: 人口 (x, y). [a.dta; 1]",
        "有多列的标签相同，请改用变量名：人口（x、y）。 [a.dta; 1]",
    ),
    "quarters of Stata": (
        stata(
            None,
            city=["a", "a"],
            season=pd.to_datetime(["2019-01-01", "2019-04-01"]).to_list(),
            x=[1.5, 2],
        ),
        {"entity": "city", "period": "season"},
        "Parts of years were spelt out in column 'season'. [a.dta, column 'season'; 1]",
        "列“season”中的季度、月份等已写成文字。 [a.dta，列“season”; 1]",
    ),
    "fields between bars": (
        lines("x", "1", "2").replace(",", "|"),
        {},
        "Fields are separated by: vertical bar. [a.csv; 1]",
        "字段分隔符：竖线。 [a.csv; 1]",
    ),
    "texts in formulas": (
        lines("x", '="0012"', '="0013"'),
        {},
        'Cells written as ="text" were read as that text. [a.csv; 6]',
        '写作 ="文本" 的单元格已按该文本读取。 [a.csv; 6]',
    ),
}
"""What the table is like -> the table, what is stated about it, and what is said in English and Chinese."""


@pytest.mark.one_in(8)
@pytest.mark.parametrize("name", CASES)
def test_what_is_read_is_said_in_both_languages(tmp_path, name):
    """The sentence with its place and remedy; a decision with its place and how often it was taken."""
    content, stated, english, chinese = CASES[name]
    assert english in told_each(lambda: read(tmp_path, content, **stated))
    assert chinese in told_each(lambda: read(tmp_path, content, **stated), "zh")


@pytest.mark.parametrize(
    ("year", "read_as"),
    [
        ("2018-12-31T16:00:00Z", None),
        ("2018-12-31 16:00", None),
        ("31/12/2018 23:00:00", None),
        ("2018-12-31T00:00:00Z", 2018),
        ("2018-12-31 11:59:59", 2018),
        ("2018-12-30T16:00:00Z", 2018),
        ("2019-01-01T00:00:00+08:00", 2019),
    ],
)
def test_the_last_evening_of_a_year_is_no_year(year, read_as):
    """Programs that keep time by Greenwich write New Year of 2019 in Beijing as an evening of 2018."""
    assert parse_period(year).value == read_as
