"""What `check` refuses or doubts in a study file and its data: whole sentences, with place and remedy, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import attempt
from made_small import STUDY, write_small

SOURCE = "sources: {data: {file: data.csv, entity: city, period: year}}"
VARIABLES = "variables: {e: {from: e}, x: {column: x}}"
MAP = "maps: {m: {column: x, classes: {low: < 3, high: '>= 3'}, boundaries: o.geojson, key: k}}\nreport:"
CITIES = ("张家口市", "承德市", "唐山市", "邯郸市", "邢台市", "大同市", "长治市", "晋城市")
SEVEN = tuple(f"{i}.csv" for i in range(7))
RECORDS = ", firms: {file: r.csv, kind: records, id: id, date: date, closed: closed, place: place, code: code, text: text}}"
RECORD = "id,date,closed,place,code,text\n1,2001-02-03,,A,3511,x\n"
Changes = dict[str, str]
Files = dict[str, str]


def rows(names: tuple[str, ...], heads: str = "x,y") -> str:
    """Write rows of cities in five years."""
    lines = [
        f"{name},{year},{1 + (i * year) % 7},{2 + (i + year) % 5}"
        for i, name in enumerate(names, 1)
        for year in range(2001, 2006)
    ]
    return "\n".join([f"city,year,{heads}", *lines])


def wide(shift: int) -> str:
    """Write a table of three years across."""
    lines = [f"{name},{i + 1},{2 * i + 1},{i * i + shift}" for i, name in enumerate(CITIES)]
    return "\n".join(["city,2001,2002,2003", *lines])


def worded() -> str:
    """Write rows of eight cities with a column of words."""
    head, *lines = rows(tuple("ABCDEFGH")).splitlines()
    return "\n".join([f"{head},t", *(f"{line},w{i % 8}" for i, line in enumerate(lines))])


def outline(name: str) -> str:
    """Write one outline, whose property k names nothing of the study."""
    ring = [[100, 30], [101, 30], [101, 31], [100, 31], [100, 30]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"k": "q", "name": name}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def sources(*names: str, more: str = "") -> Changes:
    """Read several files as sources of one panel."""
    entries = [
        f"s{i}: {{file: {name}, entity: city, period: year{more}}}" for i, name in enumerate(names)
    ]
    panel = ", ".join(f"s{i}" for i in range(len(names)))
    return {
        SOURCE: "sources: {" + ", ".join(entries) + "}",
        "panel: {from: data}": f"panel: {{from: [{panel}]}}",
    }


def checked(folder: Path, changes: Changes, files: Files, language: str) -> str:
    """Write the small study with changes, and check it."""
    write_small(folder)
    text = STUDY
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    done = attempt("check", folder / "study.yaml", "--lang", language)
    return done.stdout + done.stderr


CASES: dict[str, tuple[Changes, Files, str, str]] = {
    "a score with a part of an index": (
        {VARIABLES: "variables: {e: {from: e, as: change}, x: {column: x}}"},
        {},
        (
            "✗ 'e' is a score, not an index.\n"
            "  where: study.yaml, line 6, column 26, variables.e.as\n"
            "  remedy: remove `as`, or name an index of `productivity`."
        ),
        (
            "✗ “e”是效率得分，不是指数。\n"
            "  位置：study.yaml，第 6 行，第 26 列，variables.e.as\n"
            "  办法：请删除 `as`，或写出 `productivity` 下的指数。"
        ),
    ),
    "a unit of another thing": (
        {"period: year}": "period: year, read: {units: {x: 吨}}}"},
        {"data.csv": rows(tuple("ABCDEFGH"), "x（亿元）,y")},
        (
            "✗ 'x' is in 亿元 in data.csv, which cannot be converted to 吨.\n"
            "  where: data.csv, column 'x'\n"
            "  remedy: state another unit under `sources.data.read.units`."
        ),
        (
            "✗ data.csv 中“x”的单位是 亿元，不能换算为 吨。\n"
            "  位置：data.csv，列“x”\n"
            "  办法：请在 `sources.data.read.units` 下写明另一单位。"
        ),
    ),
    "a series without keys": (
        {"sources: {": "sources: {s: {file: data.csv, kind: series}, "},
        {},
        (
            "✗ A series needs `keys`.\n"
            "  where: study.yaml, line 2, column 11, sources.s\n"
            "  remedy: add `keys`: the columns that name each row once."
        ),
        (
            "✗ 序列数据（series）须写 `keys`。\n"
            "  位置：study.yaml，第 2 行，第 11 列，sources.s\n"
            "  办法：请加上 `keys`，写明唯一标识每一行的列。"
        ),
    ),
    "records without roles": (
        {"sources: {": "sources: {s: {file: data.csv, kind: records}, "},
        {},
        (
            "✗ Records need columns for their roles.\n"
            "  where: study.yaml, line 2, column 11, sources.s\n"
            "  remedy: name the columns, such as `date` and `place`."
        ),
        (
            "✗ 记录数据须写明各列的角色。\n"
            "  位置：study.yaml，第 2 行，第 11 列，sources.s\n"
            "  办法：请写明各列，如 `date` 和 `place`。"
        ),
    ),
    "two members of the rest": (
        {"report:": "groups: {g: {column: x, a: rest, b: rest}}\nreport:"},
        {},
        (
            "✗ Two members take the rest.\n"
            "  where: study.yaml, line 8, column 10, groups.g\n"
            "  remedy: let one of them be `rest`."
        ),
        (
            "✗ 有两个成员都写成了 `rest`。\n"
            "  位置：study.yaml，第 8 行，第 10 列，groups.g\n"
            "  办法：请只让其中一个为 `rest`。"
        ),
    ),
    "a score called as a column": (
        {"efficiency: {e:": "efficiency: {x:", "e: {from: e}": "e: {from: x}"},
        {},
        (
            "✗ 'x' is computed and has the name of a column of the data.\n"
            "  where: efficiency.x\n"
            "  remedy: give the score, the index or the variable another name."
        ),
        (
            "✗ “x”是计算结果，却与数据中的列同名。\n"
            "  位置：efficiency.x\n"
            "  办法：请为该得分、指数或变量另取名称。"
        ),
    ),
    "a variable of words": (
        {VARIABLES: "variables: {e: {from: e}, x: {column: t}}"},
        {"data.csv": worded()},
        (
            "✗ Column 't' holds text, so it cannot be a variable of a table.\n"
            "  where: variables.x.column\n"
            "  remedy: name a column of numbers."
        ),
        ("✗ 列“t”为文本，不能作为表中的变量。\n  位置：variables.x.column\n  办法：请指定数值列。"),
    ),
    "a median of words": (
        {"report:": "groups: {g: {column: t, split: median}}\nreport:"},
        {"data.csv": worded()},
        (
            "✗ Column 't' holds text and has no median.\n"
            "  where: groups.g.split, column 't'\n"
            "  remedy: name the members, or a column of numbers."
        ),
        (
            "✗ 列“t”是文本，没有中位数。\n"
            "  位置：groups.g.split，列“t”\n"
            "  办法：请列出各组成员，或指定数值列。"
        ),
    ),
    "a folder with a text": (
        {"file: data.csv": "files: [d]"},
        {"d/a.csv": rows(tuple("ABCDEFGH")), "d/readme.docx": "x"},
        (
            "! 1 entry of the folder is not a file of data, or is a copy of another, and is not read: readme.docx.\n"
            "  where: sources.data.files\n"
            "  remedy: to read one of them, name it under `files`."
        ),
        (
            "! 文件夹中有 1 项不是数据文件，或是其他文件的副本，未读取：readme.docx。\n"
            "  位置：sources.data.files\n"
            "  办法：如需读取其中某个文件，请在 `files` 下写出其名称。"
        ),
    ),
    "one file twice": (
        {"file: data.csv": "files: [a.csv, b.csv]"},
        {"a.csv": rows(tuple("ABCDEFGH")), "b.csv": rows(tuple("ABCDEFGH"))},
        (
            "! The files a.csv and b.csv have the same content.\n"
            "  where: b.csv, sources.data.files\n"
            "  remedy: it is read once; remove one of them."
        ),
        (
            "! 文件 a.csv 与 b.csv 的内容完全相同。\n"
            "  位置：b.csv，sources.data.files\n"
            "  办法：只读取一次；请删除其中一个。"
        ),
    ),
    "a name without a year": (
        {
            "file: data.csv": "files: [a.csv]",
            "period: year": "period: year, period_from: file_name",
        },
        {"a.csv": "city,x,y\nA,1,2\nB,3,4\n"},
        (
            "✗ The name of the file does not hold exactly one year.\n"
            "  where: a.csv, sources.data.period_from\n"
            "  remedy: call it by its year, such as 2019.xlsx."
        ),
        (
            "✗ 文件名中没有恰好一个年份。\n"
            "  位置：a.csv，sources.data.period_from\n"
            "  办法：请以年份命名文件，例如 2019.xlsx。"
        ),
    ),
    "periods that the data lack": (
        {"panel: {from: data}": "panel: {from: data, periods: {from: 1990, to: 1991}}"},
        {},
        (
            "✗ No row of the data is left after panel.periods and panel.keep.\n"
            "  where: data.csv, panel\n"
            "  remedy: compare them with the values in the data."
        ),
        (
            "✗ 经 panel.periods 与 panel.keep 筛选后没有剩余行。\n"
            "  位置：data.csv，panel\n"
            "  办法：请与数据中的值对照。"
        ),
    ),
    "outlines with another key": (
        {"report:": MAP},
        {"o.geojson": outline("A")},
        (
            "✗ No outline has the name of an entity: outlines are called q, entities A, B, C.\n"
            "  where: o.geojson, maps.m.key\n"
            "  remedy: did you mean 'name'?"
        ),
        (
            "✗ 没有任何边界与研究个体同名：边界名称如 q，个体名称如 A、B、C。\n"
            "  位置：o.geojson，maps.m.key\n"
            "  办法：是否指“name”？"
        ),
    ),
    "outlines of other places": (
        {"report:": MAP},
        {"o.geojson": outline("zz")},
        (
            "✗ No outline has the name of an entity: outlines are called q, entities A, B, C.\n"
            "  where: o.geojson, maps.m.key\n"
            "  remedy: name under key the property that holds the names of the data."
        ),
        (
            "✗ 没有任何边界与研究个体同名：边界名称如 q，个体名称如 A、B、C。\n"
            "  位置：o.geojson，maps.m.key\n"
            "  办法：请在 key 中写明含有数据所用名称的属性。"
        ),
    ),
    "a map that is none": (
        {"report:": "space_and_time: {e: {neighbours: nn}}\nreport:"},
        {},
        (
            "✗ Unknown map 'nn'.\n"
            "  where: study.yaml, line 8, column 22, space_and_time.e.neighbours\n"
            "  remedy: known: built_in."
        ),
        (
            "✗ 没有名为“nn”的地图。\n"
            "  位置：study.yaml，第 8 行，第 22 列，space_and_time.e.neighbours\n"
            "  办法：可用：built_in。"
        ),
    ),
    "a step that is none": (
        {"prepare: [": "prepare: [{q: {step: standardize, columns: [x]}}, "},
        {},
        (
            "✗ Unknown preparation step 'standardize'.\n"
            "  where: study.yaml, line 4, column 12, prepare.q\n"
            "  remedy: did you mean 'standardise'? Known: capital_stock, carry_back, coupling, difference, dynamic_exposure, emerging_firms, entropy_index, exposure, expression, extrapolate, interpolate, lag, lead, log, log1p, new_firms, penalty_cases, rate, real_output, standardise, tapio, winsorise."
        ),
        (
            "✗ 没有名为“standardize”的数据准备步骤。\n"
            "  位置：study.yaml，第 4 行，第 12 列，prepare.q\n"
            "  办法：是否指“standardise”？可用：capital_stock, carry_back, coupling, difference, dynamic_exposure, emerging_firms, entropy_index, exposure, expression, extrapolate, interpolate, lag, lead, log, log1p, new_firms, penalty_cases, rate, real_output, standardise, tapio, winsorise。"
        ),
    ),
    "a zero that is to grow": (
        {"prepare: [": "prepare: [{q: {step: extrapolate, column: x, to: 2007, method: growth}}, "},
        {"data.csv": rows(tuple("ABCDEFGH")).replace("A,2001,7", "A,2001,0")},
        (
            "✗ 0.0 has no rate of growth.\n"
            "  where: data.csv, row 2, column 'x', A, 2001\n"
            "  remedy: extrapolate linearly."
        ),
        ("✗ 0.0 没有增长率。\n  位置：data.csv，第 2 行，列“x”，A，2001\n  办法：请用线性外推。"),
    ),
    "a file of a step that is not there": (
        {
            SOURCE: SOURCE[:-1] + RECORDS,
            "prepare: [": "prepare: [{q: {step: emerging_firms, from: firms, codes: none.csv, terms: emerging_terms, classes: [new_energy_vehicles]}}, ",
        },
        {"r.csv": RECORD},
        (
            "✗ The file 'none.csv' is not there.\n"
            "  where: none.csv\n"
            "  remedy: name a source of the study file, or a file in its folder."
        ),
        (
            "✗ 文件“none.csv”不存在。\n"
            "  位置：none.csv\n"
            "  办法：请指定研究文件中的数据源，或其旁边的文件。"
        ),
    ),
    "samples and lists of the package": (
        {
            SOURCE: SOURCE[:-1] + RECORDS,
            "prepare: [": "prepare: [{q: {step: emerging_firms, from: firms, codes: sample_codes, terms: sample_terms, classes: [new_energy_vehicles]}}, ",
        },
        {"r.csv": RECORD},
        (
            "! 'sample_codes' is a sample for trying out: it was not checked against the official classification.\n"
            "  where: prepare\n"
            "  remedy: give a file of your own before the numbers are used: emerging_codes.csv.\n"
            "  also: 'sample_terms' is a sample for trying out: it was not checked against the official classification.\n"
            "  where: prepare\n"
            "  remedy: give a file of your own before the numbers are used: emerging_terms.yaml."
        ),
        (
            "! “sample_codes”只是供试用的示例，未经与官方分类标准逐条核对。\n"
            "  位置：prepare\n"
            "  办法：正式使用结果之前，请提供您自己的文件：emerging_codes.csv。\n"
            "  另有：“sample_terms”只是供试用的示例，未经与官方分类标准逐条核对。\n"
            "  位置：prepare\n"
            "  办法：正式使用结果之前，请提供您自己的文件：emerging_terms.yaml。"
        ),
    ),
    "names that a register lacks": (
        {"period: year}": "period: year, names: china_cities}"},
        {},
        (
            "! 8 names are not known as cities of China and stay as they are written: A, B, C, D, E, F, G, H.\n"
            "  where: A\n"
            "  remedy: if one is misspelt, state under `spellings` which place is meant."
        ),
        (
            "! 8 个名称不在中国的地级行政区名录中，按原样保留：A、B、C、D、E、F、G、H。\n"
            "  位置：A\n"
            "  办法：如有写错的名称，请在 `spellings` 下写明所指的地方。"
        ),
    ),
    "names in two spellings": (
        sources("a.csv", "b.csv"),
        {"a.csv": rows(CITIES), "b.csv": rows(tuple(name[:-1] for name in CITIES), "p,q")},
        (
            "! The files write the names of entities differently; they were matched as cities of China (8 of them).\n"
            "  where: sources.s0.names\n"
            "  remedy: state it: `names: china_cities`, or `names: text` to take them as written."
        ),
        (
            "! 各文件对个体名称的写法不同；已按中国的地级行政区匹配（共 8 个）。\n"
            "  位置：sources.s0.names\n"
            "  办法：请写明 `names: china_cities`；若按原样使用名称，则写 `names: text`。"
        ),
    ),
    "a city that many files lack": (
        sources(*SEVEN),
        {
            name: rows(CITIES if i < 4 else CITIES[:7], f"{'xabcdfg'[i]},{'yhijklm'[i]}")
            for i, name in enumerate(SEVEN)
        },
        (
            "! 7 of 8 entities are in all 7 files. Not in all of them: 晋城市 (not in 4.csv, 5.csv and 1 more).\n"
            "  where: sources\n"
            "  remedy: write one name for one entity, or state `names` (a register) or `spellings` (name as written: name that is meant) under the source."
        ),
        (
            "! 8 个个体中有 7 个出现在全部 7 个文件中。未在全部文件中出现的有：晋城市（不见于 4.csv、5.csv 及另外 1 个文件）。\n"
            "  位置：sources\n"
            "  办法：请对同一个体使用同一名称，或在数据源下写明 `names`（名录）或 `spellings`（文件中的写法: 所指的名称）。"
        ),
    ),
    "a prefecture of old": (
        {
            SOURCE: SOURCE.replace("period: year", "names: china_cities"),
            "effects: [entity]": "effects: []",
        },
        {
            "data.csv": "city,x,y\n"
            + "\n".join(f"{c},{i},{i * i}" for i, c in enumerate((*CITIES, "巢湖市"), 1))
        },
        (
            "! '巢湖市' was taken for the prefecture of this name, which existed until 2010: nearly all names beside it are prefectures. Today it is the name of a county-level city.\n"
            "  where: data.csv, 巢湖市\n"
            "  remedy: if the county-level city is meant, leave its row out."
        ),
        (
            "! “巢湖市”按存续至 2010 年的同名地级市处理：同表的名称几乎都是地级行政区。如今它是一个县级市的名称。\n"
            "  位置：data.csv，巢湖市\n"
            "  办法：如果指的是县级市，请删去该行。"
        ),
    ),
    "tables called after their files": (
        {
            SOURCE: "sources: {a: {files: [产值（亿元）.csv, 人口.csv], entity: city, period: year}}",
            "panel: {from: data}": "panel: {from: a}",
            "inputs: [x], good_outputs: [y]": "inputs: [人口], good_outputs: [产值]",
            "[x], denominator: y": "[人口], denominator: 产值",
            "x: {column: x}": "x: {column: 人口}",
        },
        {"产值（亿元）.csv": wide(2), "人口.csv": wide(3)},
        "· The values of the table are called '产值', after its file. (1 more like this)",
        "· 表中的数值以文件名命名为“产值”。（另有 1 处相同）",
    ),
}
"""What is wrong -> what is changed in the study file, its files, and what is said in English and Chinese."""


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", CASES)
def test_what_check_says_is_said_in_both_languages(tmp_path, name):
    """The sentence with its mark, its place and its remedy stands on the screen as one piece."""
    changes, files, english, chinese = CASES[name]
    assert f"{english}\n" in checked(tmp_path, changes, files, "en")
    assert f"{chinese}\n" in checked(tmp_path, changes, files, "zh")
