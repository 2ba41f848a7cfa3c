"""A study that starts from raw files: yearbook sheet, census, robots, firm records, cases."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cli_runner import attempt, call
from xinzhi.study.run import run

pytestmark = pytest.mark.long

CITIES = ["唐山市", "大同", "阜新市", "襄樊"]
YEARS = range(2008, 2014)
COLUMNS = [
    "地区生产总值（亿元）",
    "生产总值指数",
    "固定资产投资（亿元）",
    "投资价格指数",
    "工业废水",
    "工业SO2",
    "用电量",
    "发明专利授权",
    "实用新型授权",
    "常住人口（万人）",
    "科学技术支出",
    "财政支出",
    "从业人员",
    "采矿业从业人员",
]
STUDY = """\
title: {zh: 从原始资料到变量, en: From raw files to variables}
simulated: true
sources:
  yearbook: {file: cities.xlsx, kind: panel, entity: 城市, period: 年份}
  finance:  {file: dfii.csv, kind: panel, entity: 城市, period: 年份}
  census:   {file: census.csv, kind: series, keys: [城市, 行业]}
  national: {file: national.csv, kind: series, keys: [行业]}
  robots:   {file: robots.csv, kind: series, keys: [行业, 年份]}
  firms:    {file: firms.csv, kind: records, id: 编号, date: 成立日期, closed: 注销日期, place: 地址, code: 行业代码, text: 经营范围}
  cases:    {file: cases.csv, kind: records, id: 案号, date: 处罚日期, place: 处罚机关, text: 案由, read: {encoding: gb18030}}
panel: {from: [yearbook, finance], cities: resource_based, periods: {from: 2008, to: 2013}}
prepare:
  - gaps:      {step: interpolate, method: linear, columns: [工业废水]}
  - DFII:      {step: carry_back, column: 数字普惠金融指数, from: 2011, to: [2008, 2009, 2010]}
  - gdp:       {step: real_output, nominal: 地区生产总值, index: 生产总值指数, index_kind: previous_year, base: 2008}
  - capital:   {step: capital_stock, investment: 固定资产投资, price: 投资价格指数, index_kind: previous_year, base: 2008}
  - pollution: {step: entropy_index, columns: [工业废水, 工业SO2]}
  - IRD:       {step: exposure, shares: census, national: national, shocks: robots, scale: 10000}
  - NEPP:      {step: new_firms, from: firms, population: 常住人口}
  - SEE:       {step: emerging_firms, from: firms, codes: codes.csv, terms: terms.yaml, classes: [装备]}
  - EPPCN:     {step: penalty_cases, from: cases, terms: causes.yaml}
  - PGPP:      {step: rate, numerator: [发明专利授权, 实用新型授权], denominator: 常住人口, per: 10000}
  - RDER:      {step: rate, numerator: 科学技术支出, denominator: 财政支出, per: 100}
  - MEP:       {step: rate, numerator: 采矿业从业人员, denominator: 从业人员, per: 100}
efficiency:
  GTFP: {inputs: [从业人员, capital, 用电量], good_outputs: [gdp], bad_outputs: [pollution]}
variables:
  transform: ln1p
  GTFP: {from: GTFP}
  IRD: {column: IRD}
  DFII: {column: DFII}
describe: {variables: [GTFP, IRD, DFII]}
tables:
  baseline: {outcome: GTFP, effects: [entity], columns: [{x: [IRD, DFII]}]}
report: {languages: [zh, en], formats: [html]}
"""


def yearbook(path: Path) -> None:
    """Write a yearbook sheet with its title, a gap, an old name and full-width digits."""
    chance = np.random.default_rng(1)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["表1 城市统计"])
    sheet.append(["城市", "年份", *COLUMNS])
    for city in CITIES:
        for year in YEARS:
            row = dict(
                zip(
                    COLUMNS,
                    np.round(chance.uniform(50, 100, len(COLUMNS)), 2).tolist(),
                    strict=True,
                )
            )
            row |= {"生产总值指数": 108.0, "投资价格指数": 102.0}
            if (city, year) == ("唐山市", 2010):
                row["工业废水"] = None
            if (city, year) == ("阜新市", 2009):
                row["用电量"] = "６５．５"
            name = "襄阳市" if city == "襄樊" and year > 2010 else city
            sheet.append([name, f"{year}年", *row.values()])
    sheet.append(["注：快报数"])
    book.save(path)


@pytest.fixture
def study(tmp_path) -> Path:
    yearbook(tmp_path / "cities.xlsx")
    names = ["唐山市", "大同市", "阜新市"]
    files = {
        "dfii.csv": "城市,年份,数字普惠金融指数\n"
        + "".join(f"{c},{y},{100 + y - 2011 + len(c)}\n" for c in names for y in range(2011, 2014)),
        "census.csv": "城市,行业,人数\n"
        + "".join(
            f"{c},{i},{50 + len(c) * k}\n" for c in names for k, i in enumerate(["制造", "采矿"], 1)
        ),
        "national.csv": "行业,人数\n制造,800\n采矿,1200\n",
        "robots.csv": "行业,"
        + ",".join(map(str, YEARS))
        + "\n制造,40,50,60,70,80,90\n采矿,12,13,14,15,16,17\n",
        "firms.csv": "编号,成立日期,注销日期,地址,行业代码,经营范围\n"
        + "".join(
            f"{i},{2008 + i % 6}-05-01,,{names[i % 3]}某区,3562,工业机器人\n" for i in range(12)
        ),
        "codes.csv": "class,code,starred\n装备,3562,0\n",
        "terms.yaml": "装备: {include: [机器人]}\n",
        "causes.yaml": "include: [污染]\n",
        "study.yaml": STUDY,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    cases = "案号,处罚日期,处罚机关,案由\n" + "".join(
        f"c{i},{2008 + i % 6}-01-01,{names[i % 3]}生态环境局,大气污染\n" for i in range(18)
    )
    (tmp_path / "cases.csv").write_bytes(cases.encode("gb18030"))
    return tmp_path


def test_a_study_starts_from_raw_files(study):
    """Cities of the registry under their names of today, all variables, scores and a table."""
    done = call("run", study, "--lang", "en")

    table = pd.read_csv(study / "results" / "scores.csv", encoding="utf-8-sig")
    assert sorted(table["entity"].unique()) == sorted(["唐山市", "大同市", "阜新市"])
    assert set(table["status"]) == {"certified"}
    assert "6 rows are not cities on the list and are left out" in (
        study / "results" / "run.json"
    ).read_text(encoding="utf-8")
    assert "simulated" in done.stdout.lower() + done.stderr.lower()


def test_every_file_that_was_read_has_its_digest(study):
    """Records, codes and terms too: whoever computes it again can tell whether they are the same."""
    call("run", study)
    told = json.loads((study / "results" / "run.json").read_text(encoding="utf-8"))["inputs"]
    digests = {one["file"]: one["sha256"] for one in told}

    for name in ("firms.csv", "cases.csv", "codes.csv", "terms.yaml"):
        assert digests[name] == sha256((study / name).read_bytes()).hexdigest()


def test_what_was_filled_is_told(study):
    """The gap and the years carried back stand in the ledger, by variable and year."""
    call("run", study)

    tables = json.loads((study / "results" / "results.json").read_text(encoding="utf-8"))["tables"]
    filled = tables["filled"]["variables"]
    assert filled["工业废水"]["2010"] == 1
    assert [filled["DFII"][str(year)] for year in (2008, 2009, 2010)] == [3, 3, 3]
    notices = json.loads((study / "results" / "results.json").read_text(encoding="utf-8"))[
        "notices"
    ]
    assert any(n["code"] == "sample.filled" for n in notices)


def test_a_changed_record_is_counted_again(study):
    """Another case changes the preparation, and what rests on it, but not the reading."""
    call("run", study)
    path = study / "cases.csv"
    path.write_bytes(
        path.read_bytes() + "c99,2012-03-01,大同市生态环境局,水污染\n".encode("gb18030")
    )

    call("run", study)

    stages = {
        s["name"]: s
        for s in json.loads((study / "results" / "run.json").read_text("utf-8"))["stages"]
    }
    assert not stages["read"]["computed"]
    assert stages["prepare"]["why"] == "changed: file cases"
    assert not stages["efficiency.GTFP"]["computed"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("shares: census", "shares: censsus", "censsus"),
        (
            "kind: series, keys: [行业]}",
            "kind: series, entity: 行业, keys: [行业]}",
            "entity (panel)",
        ),
        (
            "kind: panel, entity: 城市, period: 年份}\n  finance",
            "kind: panel, period: 年份}\n  finance",
            "needs `entity`",
        ),
        ("{from: [yearbook, finance]", "{from: [yearbook, census]", "census"),
        ("terms: terms.yaml", "terms: missing.yaml", "missing.yaml"),
        (
            "  cases:",
            "  spare: {file: x.csv, kind: series, keys: [a]}\n  cases:",
            "'spare' is not used",
        ),
    ],
)
def test_a_wrong_source_is_refused(study, old, new, words):
    """Unknown sources, keys of another kind, files that are not there: named before anything runs."""
    assert old in STUDY
    (study / "study.yaml").write_text(STUDY.replace(old, new), encoding="utf-8")

    done = attempt("run", study, "--lang", "en")

    assert done.code == 1
    assert words in done.stderr


def test_what_the_reader_decided_can_be_stated(study):
    """`check` prints what to write under `read`; then the second reading decides nothing."""
    told = call("check", study / "cases.csv", "--entity", "处罚机关", "--lang", "en", code=1).stdout
    assert told  # the same authority stands in several rows: no panel

    done = call(
        "check", study / "cities.xlsx", "--entity", "城市", "--period", "年份", "--format", "json"
    )
    stated = json.loads(done.stdout)["stated"]

    assert stated["header"] == 2
    assert "year.text" in stated["accept"]


def test_the_samples_can_be_tried_and_say_that_they_are_samples(study):
    """Codes, terms and causes of the second example serve a study of one's own, with a warning each."""
    text = STUDY.replace("codes.csv", "sample_codes").replace("terms.yaml", "sample_terms")
    text = text.replace("causes.yaml", "sample_causes").replace("[装备]", "[high_end_equipment]")
    (study / "study.yaml").write_text(text, encoding="utf-8")

    found = json.loads(call("check", study / "study.yaml", "--format", "json").stdout)

    told = [p["what"] for p in found["problems"] if p["code"] == "prepare.sample"]
    assert [
        name for name in ("codes", "terms", "causes") if f"sample_{name}" in " ".join(told)
    ] == [*("codes", "terms", "causes")]
    assert "SEE" in found["table"]["columns"]


def test_the_list_of_environmental_penalties_says_what_was_not_measured(study):
    """A list of the package finds the cases, and `check` and the report say that it may err."""
    text = STUDY.replace("causes.yaml", "environmental_penalties")
    (study / "study.yaml").write_text(text, encoding="utf-8")

    found = json.loads(call("check", study / "study.yaml", "--format", "json").stdout)

    doubts = [p["what"] for p in found["problems"] if p["code"] == "prepare.built_in_list"]
    # One for each sample: those of the generator, and those that were written by hand.
    assert [re.search(r"on (\d+) made records", one)[1] for one in doubts] == ["200", "40"]
    assert all("on records of a registry it was not measured" in one for one in doubts)
    assert "EPPCN" in found["table"]["columns"]


def test_a_table_of_codes_that_nobody_can_hold_against_the_classification_is_named(study):
    """Codes of a class of 2018 without the column `group` lead to a notice in check and report."""
    codes = (study / "codes.csv").read_text(encoding="utf-8").replace("装备", "高端装备制造产业")
    (study / "codes.csv").write_text(codes, encoding="utf-8")
    terms = (
        (study / "terms.yaml").read_text(encoding="utf-8").replace("装备", "高端装备制造产业", 1)
    )
    (study / "terms.yaml").write_text(terms, encoding="utf-8")
    text = STUDY.replace("classes: [装备]", "classes: [高端装备制造产业]")
    (study / "study.yaml").write_text(text, encoding="utf-8")

    call("run", study)

    made = json.loads((study / "results" / "results.json").read_text(encoding="utf-8"))
    told = [n["text"]["en"] for n in made["notices"] if "no column `group`" in n["text"]["en"]]
    assert len(told) == 1
    assert told[0].startswith("SEE: the table has")


def test_undecided_firms_are_listed_decided_by_hand_and_read_back(study):
    """results/review_SEE.csv is filled in and named under `review`: its firms count, the list is gone."""
    (study / "terms.yaml").write_text("装备: {include: [激光]}\n", encoding="utf-8")
    call("run", study)
    listed = pd.read_csv(study / "results" / "review_SEE.csv", dtype=str)
    assert len(listed) == 12
    assert listed["verdict"].isna().all()
    listed.assign(verdict="是").iloc[:11].to_csv(study / "reviewed.csv", index=False)
    text = STUDY.replace("codes: codes.csv,", "codes: codes.csv, review: reviewed.csv,")
    (study / "study.yaml").write_text(text, encoding="utf-8")

    call("run", study)

    panel = json.loads((study / "results" / "results.json").read_text(encoding="utf-8"))
    told = [n["text"]["en"] for n in panel["notices"] if "undecided" in n["text"]["en"]]
    assert told == ["SEE: 1 firm is undecided and does not count until it is reviewed"]
    left = pd.read_csv(study / "results" / "review_SEE.csv", dtype=str)
    assert left["id"].tolist() == listed["id"].tolist()[11:]


def test_a_series_is_read_from_the_sheet_that_it_names(study):
    """A workbook holds several series: each source reads its own sheet, and another sheet changes the result."""
    text = (study / "study.yaml").read_text(encoding="utf-8")
    right = pd.read_csv(study / "national.csv")
    wrong = right.copy()
    number = right.columns[-1]
    wrong[number] = wrong[number] * 3
    with pd.ExcelWriter(study / "national.xlsx") as book:
        wrong.to_excel(book, sheet_name="other", index=False)
        right.to_excel(book, sheet_name="right", index=False)
    found = {}
    for sheet in ("right", "other"):
        stated = text.replace("file: national.csv,", f"file: national.xlsx, sheet: {sheet},")
        (study / "study.yaml").write_text(stated, encoding="utf-8")
        found[sheet] = run(study / "study.yaml").panel.frame["IRD"]

    (study / "study.yaml").write_text(text, encoding="utf-8")
    from_csv = run(study / "study.yaml").panel.frame["IRD"]
    pd.testing.assert_series_equal(found["right"], from_csv)
    ratio = (found["other"] / found["right"]).dropna()
    assert ratio.to_numpy() == pytest.approx(1 / 3)
