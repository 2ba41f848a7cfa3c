"""A step of preparation and a diagnostic from another package: found, used, counted in the cache, named in errors.

The package is the one of the how-to page *Add an analysis*.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from places import ROOT

pytestmark = pytest.mark.long

PAGES = [ROOT / "docs" / folder / "add-an-analysis.md" for folder in ("how-to", "zh/how-to")]
BLOCK = re.compile(r'```(?:python|yaml|toml|po) title="(parts[^"]*)"\n(.*?)```', re.DOTALL)
STUDY = """\
title: Parts
seed: 1
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables: {transform: none, y: {column: y}, grown: {column: grown}}
tables: {baseline: {outcome: y, columns: [{x: [grown]}]}}
report: {languages: [en, zh], formats: [md]}
"""


def made():
    """Twelve cities over six years, errors that are not normal."""
    draw = np.random.default_rng(4)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(12)], range(2010, 2016)], names=["city", "year"]
    )
    x = draw.normal(size=len(index))
    return pd.DataFrame({"y": x + draw.exponential(size=len(index)), "x": x}, index)


def by_dummies():
    """Regress y on x, cities and years by another way: the slope, and the residuals."""
    frame = made()
    city, year = (pd.get_dummies(frame.index.get_level_values(k)).to_numpy(float) for k in (0, 1))
    design = np.column_stack([frame["x"], city, year[:, 1:]])
    slopes = np.linalg.lstsq(design, frame["y"].to_numpy(), rcond=None)[0]
    return slopes[0], frame["y"].to_numpy() - design @ slopes


@pytest.fixture(scope="module")
def blocks():
    """Files of the page; those of its twin are the same."""
    english, chinese = (dict(BLOCK.findall(page.read_text(encoding="utf-8"))) for page in PAGES)
    assert english == chinese
    return english


@pytest.fixture(scope="module")
def site(tmp_path_factory, blocks):
    """Install the package, and write a study that uses it."""
    folder = tmp_path_factory.mktemp("parts_site")
    for name, text in blocks.items():
        if name.startswith("parts/") and not name.endswith(".toml"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    points = tomllib.loads(blocks["parts/pyproject.toml"])["project"]["entry-points"]
    about = folder / "parts-0.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: parts\nVersion: 0.1\n")
    (about / "entry_points.txt").write_text(
        "".join(f"[{group}]\nparts = {each['parts']}\n" for group, each in points.items())
    )
    made().to_csv(folder / "data.csv", float_format="%.17g")
    (folder / "study.yaml").write_text(STUDY + blocks["parts.yaml"], encoding="utf-8")
    return folder


def python(site, *words, code=0):
    """Start Python with the package beside xinzhi."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONUTF8": "1"},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def xinzhi(site, *words, code=0):
    """Run a command."""
    return python(site, "-m", "xinzhi.cli.main", *words, code=code)


def computed(site):
    """Stages of the last run -> whether they were computed."""
    text = (site / "results" / "run.json").read_text(encoding="utf-8")
    return {one["name"]: one["computed"] for one in json.loads(text)["stages"]}


def test_a_study_uses_both_and_their_code_is_in_the_cache(site):
    """The column is that of the step, the test that of the package; changed code computes both anew."""
    xinzhi(site, "run", "study.yaml")
    results = site / "results"
    tables = json.loads((results / "results.json").read_text(encoding="utf-8"))["tables"]
    slope, residuals = by_dummies()
    found = tables["baseline"]["columns"][0]["coefficients"]["grown"]["b"]
    test = tables["tests"]["tests"]["normal_residuals"]
    expected = stats.jarque_bera(residuals)
    (moments,) = tables["normal_residuals"]["rows"]

    assert found == pytest.approx(slope / 2.5, rel=1e-9)
    assert test["value"] == pytest.approx(expected.statistic, rel=1e-8)
    assert test["p"] == pytest.approx(expected.pvalue, rel=1e-6)
    assert (test["null"], test["distribution"]) == ("the residuals are normal.", "chi2(2)")
    assert moments["index"] == "residuals"
    assert moments["skewness"] == pytest.approx(stats.skew(residuals), rel=1e-8)
    assert moments["kurtosis"] == pytest.approx(stats.kurtosis(residuals), rel=1e-8)
    assert "残差服从正态分布。" in (results / "report.zh.md").read_text(encoding="utf-8")
    english = (results / "report.md").read_text(encoding="utf-8")
    assert "the residuals are normal." in english
    assert re.search(r"skewness\W+kurtosis", english)

    xinzhi(site, "run", "study.yaml")
    again = computed(site)
    assert (again["prepare"], again["diagnostics"]) == (False, False)
    file = site / "parts" / "__init__.py"
    file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    xinzhi(site, "run", "study.yaml")
    after = computed(site)
    assert (after["prepare"], after["diagnostics"], after["read"]) == (True, True, False)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("step: times", "step: tims", "Unknown preparation step 'tims'."),
        ("[normal_residuals]", "[normal_residual]", "Unknown diagnostic 'normal_residual'."),
        ("by: 2.5", "by: much", "by"),
    ],
)
def test_what_is_misspelt_is_refused_with_the_nearest_name(site, right, wrong, told):
    """Parts of other packages are among the names that are offered; the line is named."""
    text = (site / "study.yaml").read_text(encoding="utf-8").replace(right, wrong)
    (site / "wrong.yaml").write_text(text, encoding="utf-8")
    said = xinzhi(site, "check", "wrong.yaml", "--lang", "en", code=1)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if wrong in one)

    assert told in said
    assert re.search(rf"wrong\.yaml\D+{line}\b", said)
    if told.startswith("Unknown "):
        assert f"did you mean '{right.strip('[]').removeprefix('step: ')}'?" in said


def test_command_and_python_have_both(site):
    """`xinzhi parts` lists them with their first line; functions take them by name."""
    listed = " ".join(xinzhi(site, "parts").split())
    code = (
        "import json, pandas as pd, xinzhi as xz; data = pd.read_csv('data.csv'); keys = dict(entity='city', period='year'); "
        "panel = xz.prepare_panel(data, {'grown': {'step': 'times', 'column': 'x', 'by': 2.5}}, **keys); "
        "found = xz.diagnose(data, outcome='y', regressors='x', tests=['normal_residuals'], **keys); "
        "ratio = panel.frame['grown'] / panel.frame['x']; "
        "print(json.dumps([ratio.min(), ratio.max(), found.to_frame()['value'].iloc[0]]))"
    )
    low, high, value = json.loads(python(site, "-c", code))

    assert "times Multiply a column, y_it = k x_it." in listed
    assert "normal_residuals Test whether residuals are normal (Jarque and Bera 1987)." in listed
    assert (low, high) == pytest.approx((2.5, 2.5), rel=1e-12)
    assert value == pytest.approx(stats.jarque_bera(by_dummies()[1]).statistic, rel=1e-8)
