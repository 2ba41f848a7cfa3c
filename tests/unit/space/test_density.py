"""Kernel densities: the case at every door, laws, modes, and what is refused."""

from __future__ import annotations

import json
import math
import statistics

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import xinzhi as xz
from cli_runner import attempt, call
from xinzhi_core.errors import MethodError, StudyError
from xinzhi_econometrics.space.density import bandwidth, count_modes, density

WAYS = {
    "gaussian_nrd0": ("silverman", "gaussian"),
    "gaussian_1_06": ("normal_reference", "gaussian"),
    "epanechnikov_at_nrd0": ("silverman", "epanechnikov"),
}
STUDY = """\
title: Incomes
sources: {{states: {{file: incomes.csv, kind: panel, entity: state, period: year}}}}
panel: {{from: states}}
variables: {{income: {{column: income, label: {{zh: 相对收入, en: Relative income}}}}}}
groups: {{part: {{column: part, early: [a], late: rest}}}}
space_and_time: {{income: {{density: {{{options}}}}}}}
report: {{languages: [en, zh], formats: [html, md]}}
"""


@pytest.fixture
def incomes(shared, tmp_path):
    """The case of 48 states in five years, as one long file."""
    folder = shared / "cases" / "chapters" / "kernel_density"
    case = json.loads((folder / "us_income_kde.json").read_text("utf-8"))
    frame = pd.read_csv(folder / case["data_file"])
    frame = frame.melt("state", var_name="year", value_name="income").astype({"year": int})
    frame["part"] = np.where(frame["state"] < "M", "a", "b")
    frame.to_csv(tmp_path / "incomes.csv", index=False)
    return case, frame, tmp_path


def check(case, key, rows, curves):
    """Compare bandwidth and curve of each year with the case, to its tolerance."""
    expected, rel = case["expected"], case["tolerance"]["rel"]
    name = "bw_1_06" if key.endswith("1_06") else "bw_nrd0"
    for row in rows:
        assert row["bandwidth"] == pytest.approx(
            expected["years"][str(row["period"])][name], rel=rel
        )
    for year, curve in curves.items():
        assert curve == pytest.approx(expected["years"][year][key], rel=rel)
    assert len(rows) == len(curves) == 5


@pytest.mark.parametrize("key", WAYS)
def test_the_incomes_of_states_come_out_in_python(incomes, key):
    """Both bandwidths, both kernels, at the places of the case."""
    case, frame, _ = incomes
    rule, kernel = WAYS[key]
    years = [1929, 1949, 1969, 1989, 2009]

    found = xz.density(
        frame, entity="state", period="year", score="income", dates=years, bandwidth=rule,
        kernel=kernel, grid=case["expected"]["grid"],
    )  # fmt: skip

    curves = {
        str(year): part["density"].tolist() for year, part in found.curves().groupby("period")
    }
    check(case, key, found.to_frame().reset_index().to_dict("records"), curves)


@pytest.mark.long
@pytest.mark.parametrize("key", WAYS)
def test_the_incomes_of_states_come_out_of_command_and_study(incomes, key):
    """JSON of the command and results.json hold the same numbers as the case."""
    case, _, folder = incomes
    rule, kernel = WAYS[key]
    grid = ",".join(map(str, case["expected"]["grid"]))
    years = "1929,1949,1969,1989,2009"
    options = f"dates: [{years}], bandwidth: {rule}, kernel: {kernel}, grid: [{grid}]"
    (folder / "study.yaml").write_text(STUDY.format(options=options), "utf-8")

    done = call(
        *("analyse", "density", folder / "incomes.csv", "--entity", "state", "--period", "year"),
        *("--score", "income", "--dates", years, "--bandwidth", rule, "--kernel", kernel),
        *("--grid", grid, "--format", "json"),
    )
    call("run", folder / "study.yaml", "--lang", "en")

    kept = json.loads((folder / "results" / "results.json").read_text("utf-8"))["tables"]
    for table in (json.loads(done.stdout)["density_density"], kept["income_density"]):
        curves = {name.split()[0]: [*part.values()] for name, part in table["curves"].items()}
        check(case, key, table["rows"], curves)


def test_regions_have_curves_of_their_own_in_the_report(incomes):
    """A row and a figure for each region, the rule of the bandwidth in both languages."""
    _, _, folder = incomes
    (folder / "study.yaml").write_text(
        STUDY.format(options="by: part, dates: [1929, 2009]"), "utf-8"
    )

    call("run", folder / "study.yaml", "--lang", "en")

    results = folder / "results"
    table = json.loads((results / "results.json").read_text("utf-8"))["tables"]["income_density"]
    assert [(row["period"], row["region"]) for row in table["rows"]] == [
        (year, region) for year in (1929, 2009) for region in ("all", "early", "late")
    ]
    page = (results / "report.html").read_text("utf-8")
    assert all(f"income_density_{number}" in page for number in range(3))
    for name, words in (("report.md", "Silverman"), ("report.zh.md", "主峰")):
        assert words in (results / name).read_text("utf-8")


def test_a_density_has_the_area_one_and_moves_with_its_values():
    """It agrees with scipy, and another unit divides it."""
    values = np.random.default_rng(2).gamma(2.0, size=80)
    found = density(values)

    theirs = stats.gaussian_kde(values, bw_method=found.bandwidth / values.std(ddof=1))
    moved = density(100 * values + 3)

    assert found.mass == pytest.approx(1.0, abs=2e-3)
    assert found.curve.to_numpy() == pytest.approx(theirs(found.curve.index.to_numpy()), rel=1e-9)
    assert moved.bandwidth == pytest.approx(100 * found.bandwidth)
    assert moved.curve.to_numpy() * 100 == pytest.approx(found.curve.to_numpy())


@pytest.mark.parametrize(
    ("values", "least"),
    [
        # A few far values: the quartiles are narrower than the standard deviation.
        ([5.0, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6, 5.7, 0.0, 12.0], "quartiles"),
        # Two heaps: the standard deviation is narrower than the quartiles.
        ([0.0, 0.1, 0.2, 0.3, 0.4, 1.0, 1.1, 1.2, 1.3, 1.4], "deviation"),
        # Quartiles that coincide say nothing.
        ([1.0] * 9 + [2.0], "deviation"),
    ],
)
def test_bandwidths_and_curves_are_those_of_the_textbook(values, least):
    """Silverman (1986), 3.28 and 3.31, and both kernels at one place, by hand."""
    n, sigma = len(values), statistics.stdev(values)
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    spread = {"deviation": sigma, "quartiles": (third - first) / 1.34 or math.inf}
    assert min(spread, key=spread.__getitem__) == least
    h = {"silverman": 0.9 * spread[least] * n ** (-1 / 5), "normal_reference": 1.06 * sigma * n ** (-1 / 5)}  # fmt: skip

    for rule, width in h.items():
        u = [(1.05 - x) / width for x in values]
        heights = {
            "gaussian": sum(math.exp(-(v**2) / 2) / math.sqrt(2 * math.pi) for v in u),
            "epanechnikov": sum(0.75 * (1 - v**2) for v in u if abs(v) < 1),
        }
        for kernel, height in heights.items():
            found = density(np.array(values), rule=rule, kernel=kernel, grid=[1.05])
            assert found.bandwidth == pytest.approx(width, rel=1e-12)
            assert found.curve.iloc[0] == pytest.approx(height / (n * width), rel=1e-12)


def test_nine_values_or_one_value_have_no_density():
    """Ten values that differ are the least."""
    with pytest.raises(MethodError, match="needs ten values, and there are 9"):
        density(np.arange(9.0))
    with pytest.raises(MethodError, match="the same"):
        density(np.ones(10))
    assert density(np.arange(10.0)).bandwidth > 0


def test_modes_are_counted_and_ripples_are_not():
    """Two clusters have two peaks; a ripple below a thousandth of the highest is none."""
    apart = np.concatenate([np.linspace(0, 1, 20), np.linspace(9, 10, 20)])

    assert density(apart).n_modes == 2
    assert [
        *map(count_modes, np.array([[0, 1, 0, 2, 0], [0, 1, 0.9999, 1, 0], [0, 1, 2, 3, 4]]))
    ] == [*(2, 1, 1)]
    assert bandwidth(np.array([0.0] * 15 + [1.0]), "silverman") > 0


def test_fewer_than_ten_values_are_refused(incomes):
    """A region of few stays without a curve and the rest stands; none at all is an error."""
    _, frame, folder = incomes
    keys = {"entity": "state", "period": "year", "score": "income"}
    few = frame[frame["state"] < "C"]

    with pytest.raises(StudyError, match="needs ten values"):
        xz.density(few, **keys)
    with pytest.raises(StudyError, match="the same"):
        xz.density(frame.assign(income=1.0), **keys)
    frame["part"] = np.where(frame["state"] < "C", "a", "b")
    rows = xz.density(frame, **keys, by="part").to_frame()
    year = rows.index[0][0]
    assert rows.loc[(year, "a"), "n"] == frame[frame["year"] == year]["part"].eq("a").sum()
    assert rows.loc[(year, "a")].drop("n").isna().all()
    assert rows.loc[(year, "b")].notna().all()
    frame.to_csv(folder / "incomes.csv", index=False)
    (folder / "study.yaml").write_text(STUDY.format(options="by: part"), "utf-8")
    done = attempt("run", folder / "study.yaml", "--lang", "en")
    assert done.code == 1
    assert "needs ten values" in done.stderr + done.stdout
