"""Figures of series that cannot well be true are told, as those of the panel are."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from cli_runner import call
from xinzhi.study.checked import check_study_file

CITIES = ("唐山市", "大同市", "赣州市", "徐州市", "榆林市")
YEARS = range(2008, 2018)
STUDY = """\
title: T
sources:
  data: {{file: data.csv, entity: city, period: year}}
  census: {{file: census.csv, kind: series, keys: [city, industry]}}
  nation: {{file: nation.csv, kind: series, keys: [industry]}}
  robots: {{file: robots.csv, kind: series, keys: [industry, year]{accept}}}
panel: {{from: data}}
prepare: [{{density: {{step: exposure, shares: census, national: nation, shocks: robots}}}}]
variables: {{y: {{column: y}}, d: {{column: density}}}}
tables: {{base: {{outcome: y, effects: [entity], columns: [{{x: [d]}}]}}}}
"""


@pytest.fixture
def found(tmp_path):
    """A function that writes a study, with some figures altered, and gives the problems of its check by code."""
    panel = [(c, y, 1 + (i * y) % 7) for i, c in enumerate(CITIES) for y in YEARS]
    pd.DataFrame(panel, columns=["city", "year", "y"]).to_csv(tmp_path / "data.csv", index=False)
    stock = {(i, y): 100 * (k + 1) + 20 * (y - 2008) for k, i in enumerate("ab") for y in YEARS}
    jobs = {(c, i): 100 + 10 * k for k, c in enumerate(CITIES) for i in "ab"}

    def check(robots=(), census=(), nation=(5000, 6000), unit="", accept=""):
        rows = [(*key, n) for key, n in {**stock, **dict(robots)}.items()]
        columns = ["industry", "year", "robots"]
        pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "robots.csv", index=False)
        rows = [(*key, n) for key, n in {**jobs, **dict(census)}.items()]
        columns = ["city", "industry", f"jobs{unit and '（人）'}"]
        pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "census.csv", index=False)
        columns = ["industry", f"jobs{unit}"]
        rows = zip("ab", nation, strict=True)
        pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "nation.csv", index=False)
        path = tmp_path / "study.yaml"
        path.write_text(STUDY.format(accept=accept), encoding="utf-8")
        checked = check_study_file(path)
        assert checked.status != "error", [str(one.what) for one in checked.problems]
        codes = ("plausible", "prepare")
        return {p.code: p for p in checked.problems if p.code.startswith(codes)}

    return check


def test_a_sound_series_is_not_doubted(found):
    """Steady stocks, and cities with a part of the nation's workers."""
    assert found() == {}


@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        ({("a", 2012): 18_000}, "plausible.unit_change", "a 2012 (160 → 18000)"),
        ({("a", 2012): 1.8}, "plausible.unit_change", "a 2012 (160 → 1.8)"),
        ({("b", 2014): 7_000}, "plausible.spike", "b 2014 (7000)"),
        ({("b", 2016): 7_000}, "plausible.spike", "b 2016 (7000)"),
        ({("a", 2012): ""}, "plausible.empty", "no value in 1 of 20 rows of 'robots': a 2012."),
        (
            {("b", y): "" for y in range(2010, 2015)},
            "plausible.empty",
            "5 of 20 rows of 'robots': b 2010, b 2011, b 2012 and 2 more.",
        ),
        ({("b", y): 100 + y / 100 for y in range(2013, 2018)}, None, ""),
    ],
)
def test_a_figure_in_another_unit_is_told_with_its_file(found, wrong, code, says):
    """A power of ten, or far from the years beside it; a new level is none."""
    problems = found(robots=wrong)

    assert [*problems] == ([] if code is None else [code])
    if code is not None:
        assert says in str(problems[code].what)
        assert problems[code].where.file == "robots.csv"
        assert problems[code].where.column == "robots"


@pytest.mark.parametrize(("figure", "code"), [(18_000, "unit_change"), ("", "empty robots")])
def test_what_is_true_can_be_stated(found, figure, code):
    """`accept` of the source takes the doubt off, of all columns or of one."""
    assert found({("a", 2012): figure}, accept=f", read: {{accept: [plausible.{code}]}}") == {}


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (
            {"nation": (500, 6000)},
            "1.2 times the workers of the nation ('census' and 'nation'): a;",
        ),
        ({"nation": (50, 6000)}, "12 times the workers of the nation ('census' and 'nation'): a;"),
        ({"nation": (50, 60)}, ": a, b;"),
        ({"nation": (560, 6000)}, ""),  # 600 workers: both are counted at other times
        ({"census": {("唐山市", "b"): 100_000}}, "16.8 times"),
        ({"nation": (0.5, 0.6), "unit": "（万人）"}, ""),
        ({"nation": (0.05, 0.6), "unit": "（万人）"}, "1.2 times"),
    ],
)
def test_cities_with_more_workers_than_the_nation_are_told(found, figures, told):
    """The sum of the cities is a part of the national figure, in heads; else one of both is in another unit."""
    problems = found(**figures)

    assert [*problems] == (["prepare.exposure"] if told else [])
    if told:
        assert told in str(problems["prepare.exposure"].what)


PLACES = (*CITIES, "铜川市", "本溪市", "阳泉市", "铜陵市", "平顶山市")
KNOWN = """\
title: T
sources:
  data: {file: data.csv, entity: city, period: year}
  census: {file: census.csv, kind: series, keys: [city, industry]}
  nation: {file: nation.csv, kind: series, keys: [industry]}
  yearly: {file: yearly.csv, kind: series, keys: [industry, year]}
  robots: {file: robots.csv, kind: series, keys: [industry, year]}
  firms: {file: firms.csv, kind: series, keys: [city, industry, year]}
panel: {from: data}
prepare:
  - millions: {step: expression, expression: 常住人口 / 1000000, unit: 百万人}
  - density: {step: exposure, shares: census, national: nation, shocks: robots}
  - in_city: {step: exposure, variant: in_city_shares, shares: census, shocks: robots}
  - weighted: {step: dynamic_exposure, enterprises: firms, national: yearly, shocks: robots}
variables: {y: {column: y}, d: {column: density}, c: {column: in_city}, w: {column: weighted}}
tables: {base: {outcome: y, effects: [entity], columns: [{x: [d]}, {x: [c]}, {x: [w]}]}}
report: {formats: [md], languages: [en]}
"""


def tables():
    """Tables with headings of the field, in heads: urban units have 0.1 to 0.2 workers a resident; nothing here is real."""
    draw = np.random.default_rng(5)
    people = {c: 1_000_000 + 150_000 * (7 * k % 10) for k, c in enumerate(PLACES)}
    panel = [(c, y, draw.normal(), people[c] + 1000 * (y - 2008)) for c in PLACES for y in YEARS]
    share = {c: 0.1 + 0.01 * k for k, c in enumerate(PLACES)}
    nation = {"a": 9_000_000, "b": 6_000_000}
    return {
        "data": ({row[:2]: row[2:] for row in panel}, ["city", "year", "y", "常住人口（人）"]),
        "census": (
            {
                (c, i): round(people[c] * share[c] * part)
                for c in PLACES
                for i, part in (("a", 0.7), ("b", 0.3))
            },
            ["city", "industry", "从业人员"],
        ),
        "nation": ({(i,): n for i, n in nation.items()}, ["industry", "从业人员"]),
        "yearly": (
            {(i, y): n + 10_000 * (y - 2008) for i, n in nation.items() for y in YEARS},
            ["industry", "year", "从业人员"],
        ),
        "robots": (
            {(i, y): 100 * (k + 1) + 20 * (y - 2008) for k, i in enumerate("ab") for y in YEARS},
            ["industry", "year", "robots"],
        ),
        "firms": (
            {
                (c, i, y): 200 + 10 * k + y - 2008
                for k, c in enumerate(PLACES)
                for i in "ab"
                for y in YEARS
            },
            ["city", "industry", "year", "firms"],
        ),
    }


def written(folder, wrong):
    """Write the study with some figures altered: {table: {key: figure}}."""
    for name, (figures, columns) in tables().items():
        rows = {**figures, **wrong.get(name, {})}
        lines = [(*key, *(v if isinstance(v, tuple) else (v,))) for key, v in rows.items()]
        pd.DataFrame(lines, columns=columns).to_csv(folder / f"{name}.csv", index=False)
    (folder / "study.yaml").write_text(KNOWN, encoding="utf-8")
    return folder / "study.yaml"


def doubts(folder, wrong):
    """List code, file and words of what a check doubts."""
    checked = check_study_file(written(folder, wrong))
    return [
        (p.code, p.where.file, str(p.what))
        for p in checked.problems
        if p.code.startswith(("plausible", "prepare"))
    ]


def unit_of_all():
    """All employment in ten thousands, without a word of it."""
    return {key: figure / 10_000 for key, figure in tables()["census"][0].items()}


OTHER = "is not between half and twice the figures of any year in 'yearly': "
UNFIT = "workers of 'census' and '常住人口' do not fit each other: "


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        ({}, None, ""),
        ({"nation": {("a",): 900_000_000}}, "plausible.other_table", f"{OTHER}a (900000000; 9"),
        ({"nation": {("b",): 2_900_000}}, "plausible.other_table", f"{OTHER}b (2900000; 6000000"),
        ({"nation": {("b",): 11_000_000}}, None, ""),
        ({"census": {("唐山市", "a"): 7_000_000}}, "prepare.exposure", f"{UNFIT}唐山市 (7"),
        ({"census": {("徐州市", "b"): 4_000_000}}, "prepare.exposure", f"{UNFIT}徐州市 (3.5"),
        ({"census": {("徐州市", "b"): 4_000}}, None, ""),
        ({"census": unit_of_all()}, "prepare.exposure", f"{UNFIT}唐山市 (9.96e-06 workers"),
        ({"firms": {("唐山市", "a", 2012): ""}}, "plausible.empty", "唐山市 a 2012."),
        ({"yearly": {("b", 2012): ""}}, "plausible.empty", ": b 2012."),
    ],
)
def test_tables_are_compared_with_one_another(tmp_path, wrong, code, says):
    """The same quantity once and by year, workers and residents, cells that are empty; each is told once."""
    told = doubts(tmp_path, wrong)

    if code == "prepare.exposure":  # The cities may have more than the nation as well.
        told = [one for one in told if "workers of the nation" not in one[2]]
    assert [one[0] for one in told] == ([] if code is None else [code])
    assert code is None or says in told[0][2]


def test_where_the_file_of_a_doubt_is_named(tmp_path):
    """Both tables by the names of their sources, the cell in the file of the first."""
    (told,) = doubts(tmp_path, {"nation": {("a",): 900_000_000}})
    assert told[1] == "nation.csv"
    assert "'从业人员' of 'nation'" in told[2]


@pytest.mark.long
def test_check_run_results_and_report_tell_the_same(tmp_path):
    """What is doubted about a series stands at every door, in both languages."""
    wrong = {
        "nation": {("b",): 2_900_000},
        "firms": {("唐山市", "a", 2012): ""},
        "census": unit_of_all(),
    }
    study = written(tmp_path, wrong)
    codes = {"plausible.other_table", "plausible.empty", "prepare.exposure"}
    checked = json.loads(call("check", study, "--format", "json").stdout)
    assert {p["code"] for p in checked["problems"]} >= codes

    ran = call("run", study, "--lang", "en")
    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    told = [n["text"] for n in results["notices"] if n["code"] in codes]
    report = (tmp_path / "results" / "report.md").read_text(encoding="utf-8")
    assert len(told) == 3
    for words in told:
        assert words["en"] in ran.stderr
        assert words["en"] in report
        assert words["zh"] != words["en"]
