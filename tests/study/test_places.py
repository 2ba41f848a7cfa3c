"""Space and time of a real study: provinces of China, end to end, one class in every output."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from cli_runner import attempt, call
from needs import CASES
from places import SHARED

pytestmark = pytest.mark.long

STUDY = Path(__file__).parent / "places.yaml"
DATES = ["2004", "2009", "2014", "2019"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    data = SHARED / "data" / "province_panel.csv"
    if not data.is_file():
        pytest.skip(CASES)
    folder = tmp_path_factory.mktemp("places")
    shutil.copy(STUDY, folder / "study.yaml")
    shutil.copy(data, folder)
    call("run", folder)
    return folder


@pytest.fixture(scope="module")
def tables(folder) -> dict:
    return json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))["tables"]


@pytest.fixture(scope="module")
def scores(folder) -> pd.DataFrame:
    """Scores of scores.csv, entities x dates, with the region of each entity."""
    table = pd.read_csv(folder / "results" / "scores.csv", encoding="utf-8-sig")
    wide = table.pivot_table(index="entity", columns="period", values="score")
    raw = pd.read_csv(folder / "province_panel.csv").drop_duplicates("province_zh")
    return wide.assign(region=raw.set_index("province_zh")["region4"])


def class_of(score):
    return "low" if score < 0.40 else "high" if score > 0.60 else "middle"


def map_rows(folder):
    """Rows of the map of scores as the page holds them."""
    page = (folder / "results" / "report.html").read_text(encoding="utf-8")
    start = page.index('id="charts"')
    data = json.loads(page[page.index(">", start) + 1 : page.index("</script>", start)])
    sets = [
        s for s in data["datasets"].values() if isinstance(s, list) and s and isinstance(s[0], dict)
    ]
    rows = next(s for s in sets if {"entity", "class", "value"} <= s[0].keys() and s[0]["value"])
    legends = [s for s in sets if {"n", "text", "class"} <= s[0].keys()]
    return rows, legends


def test_a_province_has_the_same_class_in_every_output(folder, tables, scores):
    """scores.csv, the counts by period, the counts by region, the map and its legend agree."""
    rows, legends = map_rows(folder)
    for row in rows:
        expected = class_of(scores.loc[row["entity"], row["period"]])
        assert ["low", "middle", "high"][row["class"]] == expected
    for date in DATES:
        expected = scores[int(date)].map(class_of).value_counts()
        by_region = tables["carbon_regions"]["periods"][date]
        for name in ("low", "middle", "high"):
            n = int(expected.get(name, 0))
            assert tables["carbon_classes"]["periods"][date][name] == n
            assert sum(row[name] for row in by_region.values()) == n
            place = ["low", "middle", "high"].index(name)
            shown = {
                line["n"]
                for one in legends
                for line in one
                if (line["period"], line.get("class")) == (int(date), place) and "n" in line
            }
            assert shown == {n}


def test_ends_and_ranks_are_those_of_pandas_and_scipy(tables, scores):
    """The eight highest and lowest by nlargest and nsmallest, the stayers by intersection of sets."""
    for end, pick in (("top", "nlargest"), ("bottom", "nsmallest")):
        found = tables[f"carbon_{end}"]
        sets = [set(getattr(scores[int(date)], pick)(8).index) for date in DATES]
        assert [set(found["periods"][date]) for date in DATES] == sets
        assert set(found["stayers"]) == set.intersection(*sets)
        for date, members in zip(DATES, sets, strict=True):
            expected = scores.loc[sorted(members), "region"].value_counts()
            for region, n in expected.items():
                assert found["regions"][date][region] == n
    for date in DATES:
        ranks = dict(zip(scores.index, rankdata(-scores[int(date)], method="min"), strict=True))
        assert {e: row[date] for e, row in tables["carbon_ranks"]["ranks"].items()} == ranks


def test_moves_are_counted_one_by_one(tables, scores):
    """Every move between neighbouring years, by a plain loop."""
    years = sorted(c for c in scores.columns if c != "region")
    counts: dict = {}
    for before, after in pairwise(years):
        for entity in scores.index:
            pair = class_of(scores.loc[entity, before]), class_of(scores.loc[entity, after])
            counts[pair] = counts.get(pair, 0) + 1
    found = tables["carbon_transitions"]["counts"]

    assert {(a, b): n for a, row in found.items() for b, n in row.items() if n} == counts
    paths = scores[[int(d) for d in DATES]].map(class_of).agg(" > ".join, axis=1).value_counts()
    assert tables["carbon_paths"]["counts"] == paths.to_dict()


def test_convergence_is_that_of_plain_least_squares(tables, scores):
    """Beta by numpy's lstsq on logs, the coefficients of variation by pandas; 1e-10 for rounding."""
    years = sorted(c for c in scores.columns if c != "region")
    first, last = np.log(scores[years[0]]), np.log(scores[years[-1]])
    design = np.column_stack([np.ones(len(first)), first])
    slope = np.linalg.lstsq(design, (last - first) / (years[-1] - years[0]))[0][1]

    assert tables["carbon_beta"]["effects"]["beta"]["beta"] == pytest.approx(slope, rel=1e-10)
    for year in years:
        found = tables["carbon_sigma"]["periods"][str(year)]["cv"]
        assert found == pytest.approx(scores[year].std() / scores[year].mean(), rel=1e-10)


def test_inequality_adds_up_and_is_that_of_its_definition(tables, scores):
    """Theil's T by its sum, the Gini ratio by all pairs; the parts add up to the whole."""
    for date in DATES:
        y = scores[int(date)].to_numpy(float)
        theil, dagum = (
            tables["carbon_theil"]["periods"][date],
            tables["carbon_dagum"]["periods"][date],
        )
        relative = y / y.mean()
        gini = np.abs(y[:, None] - y[None, :]).mean() / (2 * y.mean())

        assert theil["total"] == pytest.approx((relative * np.log(relative)).mean(), rel=1e-10)
        assert theil["within"] + theil["between"] == pytest.approx(theil["total"], rel=1e-10)
        assert dagum["gini"] == pytest.approx(gini, rel=1e-10)
        parts = sum(dagum[f"share_{part}"] for part in ("within", "between", "transvariation"))
        assert parts == pytest.approx(1.0, rel=1e-10)


def test_hainan_has_no_neighbour_and_that_is_said_once(folder, tables):
    """The island is left out of Moran's I in all sixteen years: one notice, not sixteen."""
    results = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))
    islands = [n for n in results["notices"] if n["code"] == "spatial.islands"]

    assert len(islands) == 1
    assert "海南省" in islands[0]["text"]["zh"]
    assert "Hainan" in islands[0]["text"]["en"]
    assert {row["n"] for row in tables["carbon_moran"]["periods"].values()} == {29}


def test_draws_do_not_depend_on_the_run(folder, tables, tmp_path):
    """Permutations start from the seed: the same p-values in a run of this section alone."""
    for name in ("study.yaml", "province_panel.csv"):
        shutil.copy(folder / name, tmp_path)
    call("run", tmp_path, "--only", "space_and_time")
    again = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))[
        "tables"
    ]

    assert again["carbon_moran"] == tables["carbon_moran"]
    assert again["carbon_hot_spots"] == tables["carbon_hot_spots"]


def test_the_sides_of_the_local_tests_are_said_and_can_be_chosen(folder, tables, tmp_path):
    """Two-sided by default; one_sided takes the smaller tail alone: half the p-values, and said so."""
    shutil.copy(folder / "province_panel.csv", tmp_path)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    chosen = text.replace(
        "neighbours: provinces", "neighbours: provinces\n    local_test: one_sided"
    )
    (tmp_path / "study.yaml").write_text(chosen, encoding="utf-8")
    call("run", tmp_path, "--only", "space_and_time")
    again = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))[
        "tables"
    ]

    for name, column in (("carbon_local_moran", "p"), ("carbon_hot_spots", "p_permutation")):
        assert (tables[name]["test"], again[name]["test"]) == ("two_sided", "one_sided")
        two, one = (
            [row[column] for row in found[name]["periods"]["2019"].values()]
            for found in (tables, again)
        )
        np.testing.assert_allclose(two, np.minimum(1.0, 2 * np.array(one)), atol=1e-12)
    assert again["carbon_moran"] == tables["carbon_moran"]
    page = (folder / "results" / "report.html").read_text(encoding="utf-8")
    assert "two-sided test, twice the smaller tail" in page


def test_all_formats_are_there_in_both_languages(folder):
    """Maps as SVG, PNG and PDF; four years side by side, the page with its slider."""
    figures = folder / "results" / "figures"
    for name in ("provinces_map", "regions_map", "carbon_distribution_over_time"):
        for suffix in ("svg", "png", "pdf", "en.svg", "en.png", "en.pdf"):
            assert (figures / f"{name}.{suffix}").stat().st_size > 1000
    picture = (figures / "provinces_map.svg").read_text(encoding="utf-8")
    for date in DATES:
        assert f"碳效率，{date}" in picture or f"碳效率, {date}" in picture
    page = (folder / "results" / "report.html").read_text(encoding="utf-8")
    assert "period_shown" in page


@pytest.mark.parametrize(
    ("line", "other", "told"),
    [
        ("dates: [2004, 2009, 2014, 2019]", "dates: [2004, 2030]", "The data have no period 2030"),
        ("neighbours: provinces", "neighbours: provincse", "did you mean 'provinces'"),
        ("regions: region\n", "regions: gdp_100m08\n", "is in more than one region"),
        ("groups: region,", "groups: regoin,", "did you mean 'region'"),
        ("  carbon:\n    regions", "  carbn:\n    regions", "did you mean 'carbon'"),
    ],
)
def test_what_does_not_fit_is_said(folder, tmp_path, line, other, told):
    """A year, a map, a region, a grouping, a score that are not there: errors with their remedy."""
    shutil.copy(folder / "province_panel.csv", tmp_path)
    text = STUDY.read_text(encoding="utf-8")
    assert line in text
    (tmp_path / "study.yaml").write_text(text.replace(line, other), encoding="utf-8")

    done = attempt("run", tmp_path, "--lang", "en")

    assert done.code == 1
    assert told in " ".join((done.stdout + done.stderr).split())
