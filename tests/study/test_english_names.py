"""An English report of Chinese cities speaks of them in English; the numbers keep the names of the data."""

from __future__ import annotations

import json
import re

import pytest

from cli_runner import call

CITIES = ("唐山市", "大同市", "伊春市", "宜春市", "阜新市", "鸡西市", "铜川市", "榆林市")
STUDY = """\
title: {zh: 效率, en: Efficiency}
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
efficiency: {e: {inputs: [x], good_outputs: [y]}}
variables: {e: {from: e, label: {zh: 效率, en: Efficiency}}}
space_and_time: {e: {dates: [2001, 2004], top: 3}}
report: {formats: [html, docx, md], languages: [en, zh]}
"""
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    rows = [
        f"{city},{year},{1 + (3 * n + year) % 7},{1 + (5 * n + 2 * year) % 11}"
        for n, city in enumerate(CITIES)
        for year in range(2001, 2005)
    ]
    (folder / "data.csv").write_text("\n".join(("city,year,x,y", *rows)), encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    told = call("run", folder, "--lang", "en")
    return folder / "results", told


def test_no_chinese_is_left_in_english_tables(results):
    folder, _ = results
    found = {
        path.name: CHINESE.findall(path.read_text(encoding="utf-8"))
        for path in folder.glob("tables/*.md")
        if ".zh." not in path.name
    }
    assert found
    assert not any(found.values())


def test_no_chinese_is_left_on_an_english_console(results):
    _, told = results
    assert CHINESE.findall(told.stdout) == []


def test_two_cities_of_one_name_stay_apart(results):
    folder, _ = results
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in folder.glob("tables/*.md")
        if ".zh." not in path.name
    )
    assert "Yichun (Jiangxi)" in text
    assert "Yichun (Heilongjiang)" in text


def test_chinese_tables_and_keys_keep_the_names_of_the_data(results):
    folder, _ = results
    chinese = "".join(path.read_text(encoding="utf-8") for path in folder.glob("tables/*.zh.md"))
    assert "伊春市" in chinese
    assert "Tangshan" not in chinese
    keys = json.dumps(
        json.loads((folder / "results.json").read_text(encoding="utf-8"))["tables"],
        ensure_ascii=False,
    )
    assert "伊春市" in keys
    assert "Yichun" not in keys


OF_COLUMNS = """\
title: {zh: 效率, en: Efficiency}
sources: {data: {file: 年鉴.csv, entity: city, period: year}}
panel:
  from: data
  labels: {产值: {zh: 产值, en: Output}, 产值指数: {zh: 产值指数, en: Index of output}}
prepare:
  - 实际产值: {step: real_output, nominal: 产值, index: 产值指数, index_kind: previous_year, base: 2001}
efficiency: {e: {inputs: [x], good_outputs: [产值]}}
variables:
  e: {from: e, label: {zh: 效率, en: Efficiency}}
  Y: {column: 实际产值, label: {zh: 实际产值, en: Output at constant prices}}
report: {formats: [md], languages: [en, zh]}
"""


def test_the_reading_log_of_an_english_report_calls_columns_by_their_labels(tmp_path):
    """What steps did with which column is said in English; in Chinese the headings of the file stay. The source is the file."""
    rows = [
        f"{city},{year},{1 + (3 * n + year) % 7},{5 + (5 * n + 2 * year) % 11},{102 + (n + year) % 5}"
        for n, city in enumerate(CITIES)
        for year in range(2001, 2005)
    ]
    table = "\n".join(("city,year,x,产值,产值指数", *rows))
    (tmp_path / "年鉴.csv").write_text(table, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(OF_COLUMNS, encoding="utf-8")
    call("run", tmp_path, "--lang", "en")
    english = (tmp_path / "results" / "report.md").read_text("utf-8")
    chinese = (tmp_path / "results" / "report.zh.md").read_text("utf-8")

    assert "Output of 2001, moved by Index of output" in english
    assert "按产值指数" in chinese
    definitions = (tmp_path / "results" / "tables" / "variables.md").read_text("utf-8")
    assert "年鉴" in definitions
    assert "| data |" not in definitions


OF_LOSSES = """\
title: {zh: 效率, en: Efficiency}
sources: {data: {file: data.csv, entity: city, period: year, read: {missing: ['']}}}
panel: {from: data}
variables:
  Y: {column: y, label: {zh: 产出, en: Output}}
  X: {column: x, label: {zh: 投入, en: Input}}
tables: {baseline: {outcome: Y, effects: [entity, period], columns: [{x: [X]}]}}
report: {formats: [md], languages: [en, zh]}
"""
HEADINGS = (
    "社会消费品零售总额（亿元）",
    "专利授权数_市辖区（件）",
    "专利申请受理量（件）",
    "专利申请受理数（件）",
    "环境奖励分（分）",
)
"""Known; of the districts alone; two of one indicator; unknown."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Reports of a panel with one empty cell of a regressor and columns that the study does not label."""
    folder = tmp_path_factory.mktemp("losses")
    rows = []
    for n, city in enumerate(CITIES):
        for year in range(2001, 2005):
            x = "" if (n, year) == (2, 2003) else f"{1 + (3 * n + year * year) % 7}"
            others = (
                f"{10 + (k * n + year) % (11 + k)}.5" for k, _ in enumerate(HEADINGS, start=2)
            )
            rows.append(",".join((city, str(year), x, f"{(5 * n + 2 * year) % 11}", *others)))
    table = "\n".join((",".join(("city", "year", "x", "y", *HEADINGS)), *rows))
    (folder / "data.csv").write_text(table, encoding="utf-8")
    (folder / "study.yaml").write_text(OF_LOSSES, encoding="utf-8")
    done = call("run", folder, "--lang", "en")
    assert done.code == 0, done.stderr
    return [
        (folder / "results" / name).read_text("utf-8") for name in ("report.md", "report.zh.md")
    ]


def test_an_english_reading_log_calls_known_columns_by_the_vocabulary(reports):
    """What the study does not label, and no other column is called; the rest keeps its heading."""
    english, chinese = reports
    log = next(line for line in english.splitlines() if "Units were read" in line)

    assert "Retail sales of consumer goods" in log
    assert "Patents granted (districts)" in log
    assert "专利申请受理量" in log
    assert "专利申请受理数" in log
    assert "环境奖励分" in log
    assert "Retail sales" not in chinese


def test_a_kind_of_loss_without_rows_is_not_spoken_of(reports):
    """One row lacks a value; no row is alone in a level of a fixed effect, and none is said to be."""
    english, chinese = reports

    assert "1 observation is excluded because a variable is missing." in english
    assert "1个观测因变量缺失而剔除。" in chinese
    assert "only one in a level" not in english
    assert "仅此一行" not in chinese
