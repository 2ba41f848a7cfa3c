"""Figures of series that cannot well be true are told, as those of the panel are."""

from __future__ import annotations

import pandas as pd
import pytest

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


def test_what_is_true_can_be_stated(found):
    """`accept` of the source takes the doubt off."""
    wrong = {("a", 2012): 18_000}
    assert found(wrong, accept=", read: {accept: [plausible.unit_change]}") == {}


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
