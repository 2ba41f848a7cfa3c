"""What the import report decided is pasted into the study file; the second run decides nothing."""

from __future__ import annotations

import json

import openpyxl
import pytest

from cli_runner import attempt, call

CITIES = ["唐山市", "大同市", "阜新市"]
YEARS = (2008, 2009, 2010)
SOURCES = {
    "book": "file: book.xlsx, kind: panel, entity: 城市, period: 年份",
    "power": "file: power.csv, kind: panel, entity: 地区, period: 年份",
    "wide": "file: wide.xlsx, kind: panel, entity: 城市, period: 年份",
    "census": "file: census.csv, kind: series, keys: [城市, 行业]",
    "robots": "file: robots.csv, kind: series, keys: [行业, 年份]",
}


def study(folder, how=()):
    """Write the study file, with what is stated put behind the description of each source."""
    added = dict(how)
    lines = [f"  {name}: {{{words}{added.get(name, '')}}}" for name, words in SOURCES.items()]
    step = "{step: exposure, variant: in_city_shares, shares: census, shocks: robots}"
    text = "\n".join(
        [
            "title: {zh: 试, en: test}",
            "sources:",
            *lines,
            "panel: {from: [book, power, wide]}",
            f"prepare: [{{IRD: {step}}}]",
            "variables: {x: {column: 人口}, y: {column: 就业}}",
            "describe: {variables: [x, y]}",
        ]
    )
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    """Three blemished files of cities, a workbook of several sheets and a wide one, and two series."""
    book = openpyxl.Workbook()
    book.active.append(["本表说明"])
    sheet = book.create_sheet("综合")
    sheet.append(["表1 主要指标"])
    sheet.append(["城市", "年份", "人口（万人）", "产值"])
    for city in CITIES:
        for year in YEARS:
            worth = "—" if year == 2010 else f"{3000 + year:,}"
            people = "７００.5" if year == 2008 else 710.0 + year - 2008
            sheet.append([city[0] + " " + city[1:], f"{year}年", people, worth])
    sheet.append(["合计", 2008, 1, 2])
    sheet.append(["注：快报数"])
    book.save(tmp_path / "book.xlsx")
    wide = openpyxl.Workbook()
    wide.active.title = "就业"
    wide.active.append(["年末就业人员"])
    wide.active.append(["城市", *(f"{year}年" for year in YEARS)])
    for i, city in enumerate(CITIES):
        wide.active.append([city, 10 + i, 11 + i, f"{12 + i}①"])
    wide.save(tmp_path / "wide.xlsx")
    cells = [f"{c};{y};{y - 1000},5" for c in CITIES for y in YEARS]
    power = "\n".join(["地区;年份;用电量", *cells])
    (tmp_path / "power.csv").write_bytes(power.encode("gb18030"))
    census = [
        "城市,行业,人数",
        *(f"{c},{i},{n}①" for c in CITIES for i, n in (("制", 5), ("矿", 7))),
    ]
    (tmp_path / "census.csv").write_text("\n".join(census), encoding="utf-8")
    robots = ["机器人", "行业,2008,2009,2010", "制,1,2,4", "矿,5,6,7"]
    (tmp_path / "robots.csv").write_text("\n".join(robots), encoding="utf-8")
    return tmp_path


def checked(path):
    return json.loads(call("check", path, "--format", "json").stdout)


def written(stated):
    """Turn what the JSON states into the words of the study file; JSON is YAML."""
    plain = {key: value for key, value in stated.items() if key != "sheet"}
    sheet = f", sheet: {json.dumps(stated['sheet'])}" if "sheet" in stated else ""
    return f"{sheet}, read: {json.dumps(plain, ensure_ascii=False)}"


def test_the_second_run_decides_nothing(folder):
    """Sheets, titles, encodings, wide tables and marks of all five files are stated once and known."""
    first = checked(study(folder))
    told = " ".join(str(d) for d in (*first["decisions"], *first["problems"]))
    assert all(f"{name}." in told for name in SOURCES)

    second = checked(study(folder, {k: written(v) for k, v in first["stated"].items()}))

    assert second["table"] == first["table"]
    assert [d["code"] for d in second["decisions"]] == ["files.matched"]  # a count, no decision
    assert second["problems"] == []


def test_the_words_on_the_console_are_those_of_the_study_file(folder):
    """What is printed under the name of a source can be pasted behind its file."""
    told = call("check", study(folder), "--lang", "en").stdout.splitlines()
    lines = [line for line in told if line.startswith("To state all this under sources.")]
    found = dict(
        line.removeprefix("To state all this under sources.").split(": ", 1) for line in lines
    )
    assert set(found) == set(SOURCES)

    again = call(
        "check", study(folder, {k: f", {v[1:-1]}" for k, v in found.items()}), "--lang", "en"
    )

    assert "No problem found." in again.stdout
    notes = [line for line in again.stdout.splitlines() if line.startswith("·")]
    assert notes == ["· 3 of 3 entities are in all 3 files."]


def test_what_is_stated_of_records_and_would_have_no_effect_is_refused(folder):
    """Records are streamed from their first line; a row of the header cannot be stated."""
    path = study(folder)
    firms = "  firms: {file: f.csv, kind: records, id: a, date: b, read: {header: 2}}\n"
    text = path.read_text(encoding="utf-8").replace("sources:\n", "sources:\n" + firms)
    path.write_text(text, encoding="utf-8")

    done = attempt("check", path, "--lang", "en")

    assert done.code == 1
    assert "header" in done.stdout
