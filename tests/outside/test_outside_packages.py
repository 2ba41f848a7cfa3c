"""Two packages from outside, installed beside xinzhi: a panel threshold and a policy with staggered starts.

Their numbers are those of the reference cases in the study file, the command and Python; and their tables, charts,
scripts, forms and draws come from xinzhi, in both languages.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from places import ROOT

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
PACKAGES = {"threshold": "threshold", "did": "did_events"}
GUIDES = [ROOT / "docs" / folder / "add-an-analysis.md" for folder in ("how-to", "zh/how-to")]
STUDY = """\
title: Outside
seed: 3
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
efficiency: {green: {measure: radial, inputs: [labour], good_outputs: [gdp]}}
variables:
  transform: none
  green: {from: green}
  x: {column: x}
  z: {column: z}
  q: {column: q, label: {zh: 门槛, en: Gate}}
  post: {column: post}
tables:
  baseline: {outcome: green, columns: [{x: [x, z]}]}
  twoway: {outcome: green, columns: [{x: [post]}]}
threshold: {stage: {from: baseline/1, threshold: q, regime: [x], draws: 19}}
policy: {start: {from: twoway/1, since: first, lags: 2, leads: 2}}
specification_curve: {of: baseline/1, vary: {effects: [[entity], [entity, period]]}}
inference: {whole_study: {draws: 40}, leave_one_out: {}, placebo: {factors: [x], draws: 20}}
report: {languages: [en, zh], formats: [html, xlsx, md, tex, docx]}
"""


def made():
    """Thirty cities over eight years: slopes change at q = 0, a policy starts in 2013 or 2015 or never."""
    draw = np.random.default_rng(9)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(30)], range(2010, 2018)], names=["city", "year"]
    )
    n, city, year = len(index), index.codes[0], index.get_level_values(1)
    frame = pd.DataFrame(draw.normal(size=(n, 3)), index, ["x", "z", "q"])
    frame["first"] = np.array([np.nan, 2013, 2015])[city % 3]
    frame["post"] = (year >= frame["first"]).astype(float)
    slope = np.where(frame["q"] > 0, 0.12, 0.02)
    score = 0.6 + slope * frame["x"] + 0.05 * frame["post"] + 0.05 * draw.normal(size=n)
    frame["labour"] = draw.uniform(1, 3, size=n)
    frame["gdp"] = frame["labour"] * score.clip(0.05, 1)
    frame["first"] = frame["first"].fillna(0)
    return frame


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Install the packages: their files, and the metadata that an installer writes."""
    folder = tmp_path_factory.mktemp("site")
    for project, package in PACKAGES.items():
        shutil.copytree(HERE / project / package, folder / package)
        about = tomllib.loads((HERE / project / "pyproject.toml").read_text(encoding="utf-8"))
        name, points = about["project"]["name"], about["project"]["entry-points"]
        written = "".join(
            f"[{group}]\n" + "".join(f"{key} = {module}\n" for key, module in entries.items())
            for group, entries in points.items()
        )
        folder_of = folder / f"{name.replace('-', '_')}-0.1.dist-info"
        folder_of.mkdir()
        (folder_of / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
        (folder_of / "entry_points.txt").write_text(written)
    return folder


def python(site, *words, code=0):
    """Start Python with the packages beside xinzhi."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
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


def write(folder, text, frame):
    """Write a study and its data."""
    frame.to_csv(folder / "data.csv", float_format="%.17g")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def ran(site, tmp_path_factory):
    """Run the made study; the folder of its results."""
    study = write(tmp_path_factory.mktemp("study"), STUDY, made())
    xinzhi(site, "run", study)
    return study.parent / "results"


@pytest.fixture(scope="module")
def tables(ran):
    return json.loads((ran / "results.json").read_text(encoding="utf-8"))["tables"]


def test_every_format_has_both_languages(ran):
    """Titles, options and sentences come from the catalogue of the package; the chart is in the page."""
    html = (ran / "report.html").read_text(encoding="utf-8")

    for words in (
        "Panel threshold regression: tests",
        "面板门槛回归：门槛效应检验",
        "分区间回归",
        "政策效应：事件研究",
    ):
        assert words in html
    assert html.count("stage_ratio") >= 1
    written = {path.suffix for path in ran.rglob("*") if path.is_file()}
    assert {".html", ".xlsx", ".md", ".tex", ".docx"} <= written


def test_the_planted_numbers_are_found(tables):
    """The threshold lies near 0, the slopes differ, and the policy has an effect."""
    (test,) = tables["stage_tests"]["rows"]
    overall = {row["estimator"]: row for row in tables["start_overall"]["rows"]}

    assert abs(test["estimate"]) < 0.25
    assert test["p_value"] == 1 / 20
    assert test["draws"] == 19
    assert overall["imputation"]["n"] == 10 * 5 + 10 * 3
    assert overall["imputation"]["estimate"] > 0.02
    assert [row["event"] for row in tables["start_events"]["rows"]] == [-2, -1, 0, 1, 2]


def test_what_is_not_drawn_is_named_in_words(ran):
    """Beneath the tables of draws in both languages; a placebo permutes slopes, and names whatever has none."""
    english, chinese = (
        (ran / name).read_text(encoding="utf-8") for name in ("report.md", "report.zh.md")
    )

    assert english.count("Not computed again: ") == 2
    assert english.count("Not computed again: Specification curve.") == 1
    assert chinese.count("以下各节未重新计算：") == 2
    assert chinese.count("以下各节未重新计算：设定曲线。") == 1
    (line,) = (
        one for one in chinese.split("以下各节未重新计算：")[1:] if not one.startswith("设定曲线。")
    )
    assert {"面板门槛回归", "政策效应", "设定曲线"} <= set(
        re.split("[、和与。]", line.partition("。")[0])
    )


def test_numbers_that_are_drawn_again_have_names_in_both_languages(ran):
    """Words of the package in the table of draws."""
    assert "门槛的第1个门槛值" in (ran / "report.zh.md").read_text(encoding="utf-8")
    assert "Threshold 1 of Gate" in (ran / "report.md").read_text(encoding="utf-8")


def test_both_are_drawn_again_with_the_frontier(tables):
    """Their numbers stand in the table of whole-study draws; what is not drawn is named."""
    whole = tables["whole_study"]
    found = {one["key"]: one for one in whole["intervals"] if one["kind"] == "statistic"}
    stage = found["threshold.stage threshold1 statistic"]

    assert {"threshold.stage x.regime1 statistic", "threshold.stage x.regime2 statistic"} <= {
        *found
    }
    assert {"policy.start imputation statistic", "policy.start event+0 statistic"} <= {*found}
    assert stage["estimate"] == pytest.approx(
        tables["stage_tests"]["rows"][0]["estimate"], abs=1e-9
    )
    for one in found.values():
        assert one["rests_on_score"] is True
        assert one["n_draws"] >= 20
        assert one["whole_low"] < one["whole_high"] or one["key"].startswith("threshold")
    assert whole["not_drawn"] == ["specification_curve"]
    assert tables["leave_one_out"]["not_drawn"] == ["specification_curve"]
    assert sorted(tables["placebo"]["not_drawn"]) == [
        "policy.start",
        "specification_curve",
        "threshold.stage",
    ]


def test_regressions_are_in_the_script_for_r(ran):
    """The regression by regimes and the two-way one can be estimated again."""
    script = (ran / "scripts" / "study.R").read_text(encoding="utf-8")

    assert "stage/regression" in script
    assert "start/regression" in script


def test_a_raw_column_that_is_not_there_is_refused_before_the_run(site, tmp_path):
    """The place in the study file and the nearest column are named."""
    study = write(tmp_path, STUDY.replace("since: first", "since: frst"), made())
    told = xinzhi(site, "check", study, "--lang", "en", code=1)

    assert "Column 'frst' is not in the data." in told
    assert "policy.start.since" in told or re.search(r"study\.yaml\D+21\b", told)
    assert "did you mean 'first'?" in told


def test_the_form_has_the_options_in_chinese(site):
    """Descriptions come from the catalogue of the package; a raw column is offered the columns of the data."""
    code = "import json; from xinzhi_app.form import form; print(json.dumps(form('zh')))"
    made_form = json.loads(python(site, "-c", code))
    field = next(one for one in made_form["fields"] if one["key"] == "policy")
    options = {one["key"]: one for one in made_form["sections"][field["item"]["of"]]["fields"]}

    assert options["since"]["refers"] == "data"
    assert options["since"]["about"] == "政策首年所在的列；从未实施者为0或空。"
    threshold = next(one for one in made_form["fields"] if one["key"] == "threshold")
    assert "as" in {one["key"] for one in made_form["sections"][threshold["item"]["of"]]["fields"]}


def command(site, key, folder, *flags):
    """Run the command of an analysis; its tables for machines."""
    words = ("analyse", key, folder / "data.csv", "--entity", "city", "--period", "year")
    return json.loads(xinzhi(site, *words, *flags, "--format", "json"))


CASES = {"sim_single": "entity", "sim_none": "twoway"}
REFERENCE = """\
title: Case
seed: 0
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables: {transform: none, y: {column: y}, x: {column: x}, z: {column: z}, q: {column: q}}
tables: {baseline: {outcome: y, effects: EFFECTS, columns: [{x: [x, z]}]}}
threshold: {stage: {from: baseline/1, threshold: q, regime: [x], at_most: 3, draws: 19}}
report: {languages: [en], formats: [html]}
"""


@pytest.mark.parametrize("name", CASES)
def test_the_threshold_is_that_of_the_case(site, shared, tmp_path, name):
    """In the study file, the command and Python; with the draws of the case also those of its bootstrap."""
    folder = shared / "cases" / "chapters" / "panel_threshold"
    case = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["expected"]
    effects = {"entity": "[entity]", "twoway": "[entity, period]"}[CASES[name]]
    frame = pd.read_csv(folder / "data" / f"{name}.csv").set_index(["city", "year"])
    study = write(tmp_path, REFERENCE.replace("EFFECTS", effects), frame)
    xinzhi(site, "run", study)
    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    flags = (
        "--outcome",
        "y",
        "--regressors",
        "x,z",
        "--threshold",
        "q",
        "--regime",
        "x",
        "--at-most",
        "3",
        "--draws",
        "19",
    )
    by_command = command(
        site, "threshold", tmp_path, *flags, "--effects", effects.strip("[]").replace(" ", "")
    )
    for rows in (results["tables"]["stage_tests"]["rows"], by_command["threshold_tests"]["rows"]):
        check_tests(rows, case[CASES[name]])
    code = (
        "import json, sys, pandas as pd, xinzhi as xz; "
        "from threshold.compute import estimate; from xinzhi.analyses.equation import Equation, Estimation; "
        "from xinzhi_econometrics.specification import Regression; "
        "data, draws = map(pd.read_csv, sys.argv[1:3]); "
        "asked = dict(outcome='y', regressors='x', controls='z', effects='entity'); "
        "found = xz.threshold(data, **asked, threshold='q', regime='x', draws=19, entity='city', period='year'); "
        "one = Estimation.of(Equation(Regression('y', ('x',), ('z',), effects=('entity',))), data.set_index(['city', 'year']), ('q',)); "
        "given = estimate(one, 'q', ('x',), resamples=draws.to_numpy()); "
        "print(json.dumps([found.to_frame()[['estimate', 'f']].iloc[0].tolist(), given.draws[0, :5].tolist(), "
        "given.tests.iloc[0].tolist(), list(found.estimates.estimate), list(found.estimates.std_error)]))"
    )
    draws = folder / "data" / f"{name}_draws.csv"
    by_verb, first, test, slopes, errors = json.loads(
        python(site, "-c", code, tmp_path / "data.csv", draws)
    )
    expected, boot = case["entity"], case["bootstrap_entity_single"]

    assert by_verb == pytest.approx(
        [expected["single"]["threshold"], expected["single"]["F"]], rel=1e-6
    )
    assert first == pytest.approx(boot["first_five"], rel=1e-6)
    assert test[5] == pytest.approx(boot["p_plus_one"], rel=1e-9)
    assert test[6:9] == pytest.approx(
        [boot["crit"][level] for level in ("10%", "5%", "1%")], rel=1e-6
    )
    assert slopes[:3] == pytest.approx(
        [*expected["regime_slopes"]["slope"], expected["regime_slopes"]["z"]], rel=1e-6
    )
    assert errors[:2] == pytest.approx(expected["regime_slopes"]["se_cluster"], rel=1e-6)


def check_tests(rows, expected):
    """Compare thresholds, sums of squares, F and regions of the three tests."""
    single, double, triple = expected["single"], expected["double"], expected["triple"]
    assert [row["estimate"] for row in rows] == [
        single["threshold"],
        double["second"],
        triple["third"],
    ]
    assert [row["rss"] for row in rows] == pytest.approx(
        [each["rss"] for each in (single, double, triple)], rel=1e-8
    )
    assert [row["f"] for row in rows] == pytest.approx(
        [each["F"] for each in (single, double, triple)], rel=1e-6
    )
    assert [rows[0]["low"], rows[0]["high"], rows[1]["low"], rows[1]["high"]] == [
        *single["ci"],
        *double["ci_second"],
    ]


CASTLE = """\
title: Castle
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables: {transform: none, y: {column: y}, post: {column: post}}
tables: {baseline: {outcome: y, columns: [{x: [post]}]}}
policy: {castle: {from: baseline/1, since: first}}
report: {languages: [zh], formats: [html]}
"""


def test_the_policy_is_that_of_the_case(site, shared, tmp_path):
    """In the study file, the command and Python, these without any regressor."""
    folder = shared / "cases" / "chapters" / "did"
    case = json.loads((folder / "castle_imputation.json").read_text(encoding="utf-8"))["expected"]
    frame = pd.read_csv(folder / "data" / "castle.csv")
    frame["sid"] = "s" + frame["sid"].astype(str)
    frame = frame.rename(columns={"sid": "city"}).set_index(["city", "year"])
    xinzhi(site, "run", write(tmp_path, CASTLE, frame))
    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))[
        "tables"
    ]
    by_command = command(site, "policy", tmp_path, "--outcome", "y", "--since", "first")
    code = (
        "import json, sys, pandas as pd, xinzhi as xz; data = pd.read_csv(sys.argv[1]); "
        "found = xz.policy_effect(data, outcome='y', since='first', entity='city', period='year'); "
        "print(json.dumps([found.to_frame().reset_index().to_dict('records'), found.events.reset_index().to_dict('records')]))"
    )
    by_verb = json.loads(python(site, "-c", code, tmp_path / "data.csv"))
    for overall, events in (
        (results["castle_overall"]["rows"], results["castle_events"]["rows"]),
        (by_command["policy_overall"]["rows"], by_command["policy_events"]["rows"]),
        by_verb,
    ):
        assert overall[1]["estimate"] == pytest.approx(case["overall"], rel=1e-6)
        assert overall[1]["std_error"] == pytest.approx(case["se_bjs"], rel=1e-5)
        after = [(row["event"], row["n"]) for row in events if row["event"] >= 0]
        assert after == [(one["event_time"], one["n"]) for one in case["by_event"]]
        assert [row["estimate"] for row in events if row["event"] >= 0] == pytest.approx(
            [one["att"] for one in case["by_event"]], rel=1e-6
        )


def test_a_regression_needs_a_regressor_elsewhere(site, tmp_path):
    """The command of the threshold demands what its options need."""
    made().to_csv(tmp_path / "data.csv")
    words = (
        "analyse",
        "threshold",
        tmp_path / "data.csv",
        "--entity",
        "city",
        "--period",
        "year",
        "--outcome",
        "z",
    )
    xinzhi(site, *words, "--threshold", "q", "--regime", "x", code=2)


def test_a_flag_is_spelled_as_the_key_of_the_study_file(site):
    """`as` is `--as`, although Python has the word itself."""
    told = xinzhi(site, "analyse", "threshold", "--help")

    assert "--as " in told
    assert "--as-" not in told


def test_the_guide_names_every_module_that_they_import():
    """An author needs no other module of xinzhi."""
    pages = [page.read_text(encoding="utf-8") for page in GUIDES]
    for project, package in PACKAGES.items():
        for path in (HERE / project / package).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xinzhi"):
                    assert all(f"`{node.module}`" in page for page in pages), node.module
