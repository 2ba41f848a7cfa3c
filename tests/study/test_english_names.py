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
    assert "按 产值指数" in chinese
    definitions = (tmp_path / "results" / "tables" / "variables.md").read_text("utf-8")
    assert "年鉴" in definitions
    assert "| data |" not in definitions
