"""The example `oecd`, end to end, as a newcomer runs it."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import PanelOLS

from browser import needs_browser
from causes import claims_in
from cli_runner import attempt, call
from english import HAN, english_words
from page_rules import cut_tables, faults_of
from printed_codes import codes_in, codes_of

pytestmark = pytest.mark.long

FACTORS = ["human_capital", "investment", "trade", "government", "urban"]


@pytest.fixture
def copy(oecd, tmp_path) -> Path:
    """Copy the finished example, so that a test may change it."""
    return Path(shutil.copytree(oecd, tmp_path / "copy"))


def results(folder: Path) -> dict:
    return json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))


def run_json(folder: Path) -> dict:
    return json.loads((folder / "results" / "run.json").read_text(encoding="utf-8"))


def scores(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "results" / "scores.csv", encoding="utf-8-sig")


def test_variables_stand_under_their_labels(oecd):
    """No code of a variable stands in the report or in the workbook, in either language."""
    assert codes_in(oecd / "results", codes_of(oecd / "study.yaml")) == []


def test_no_pathway_is_one_sentence(oecd):
    """Nothing is supported: the tables of pathways and what-ifs have no column, and say why."""
    told = results(oecd)["tables"]
    assert told["pathways"]["pathways"]["education"] == {"unsupported": 32}
    text = html.unescape((oecd / "results" / "report.html").read_text(encoding="utf-8"))
    assert "The estimates support no pathway for any of 32 countries: Human capital" in text
    assert "No change is implied for any country: no effect of Human capital" in text
    assert "Find a country" in text
    assert "查找国家" in text
    assert "城市" not in text


def test_the_demo_says_where_to_look(oecd):
    """The console ends with the places of the outputs, and each is there."""
    told = (oecd / "stdout.txt").read_text(encoding="utf-8").split("Where to look:")[1]

    for name in ("report.html", "results.json", "scores.csv", "run.json"):
        assert name in told
        assert (oecd / "results" / name).stat().st_size > 0


def test_the_scores_are_those_of_the_study_written_down_before(oecd):
    """Documented with the data: mean .446, sd .153, minimum SVN 2012, maximum IRL 2019, 4 on the frontier.

    Printed to three digits, so half a unit of the third.
    """
    table = scores(oecd)

    assert len(table) == 288
    assert table["score"].mean() == pytest.approx(0.446, abs=5e-4)
    assert table["score"].std() == pytest.approx(0.153, abs=5e-4)
    lowest, highest = table.loc[table["score"].idxmin()], table.loc[table["score"].idxmax()]
    assert (lowest["entity"], lowest["period"]) == ("Slovenia", 2012)
    assert (highest["entity"], highest["period"]) == ("Ireland", 2019)
    assert highest["score"] == pytest.approx(1.035, abs=5e-4)
    assert (table["score"] >= 1).sum() == 4
    means = table.groupby("period")["score"].mean().to_numpy()
    printed = [0.414, 0.414, 0.418, 0.433, 0.450, 0.451, 0.463, 0.478, 0.490]
    assert means == pytest.approx(printed, abs=5e-4)


def test_every_score_is_certified(oecd):
    """Each status is `certified` and the worst certificate is at most 1e-9 (N2)."""
    assert set(scores(oecd)["status"]) == {"certified"}
    assert max(run_json(oecd)["certificates"]["green_efficiency"].values()) <= 1e-9


def independent(oecd, names):
    """Fit the regression again by linearmodels, from scores.csv and the raw file."""
    raw = pd.read_csv(oecd / "oecd_panel.csv").set_index(["country", "year"])
    table = scores(oecd).set_index(["entity", "period"])["score"].rename_axis(["country", "year"])
    columns = {"human_capital": raw["human_capital_index"]} | {
        name: raw[f"{name}_share_pct"] / 100 for name in FACTORS[1:]
    }
    frame = np.log1p(pd.DataFrame(columns | {"score": table})).dropna()
    return PanelOLS(frame["score"], frame[names], entity_effects=True, time_effects=True).fit(
        cov_type="unadjusted"
    )


@pytest.mark.parametrize(("position", "names"), [(0, FACTORS), (1, FACTORS[:1])])
def test_the_slopes_are_those_of_independent_software(oecd, position, names):
    """linearmodels, fed with the printed scores and the raw file, finds the same slopes.

    1e-8: the scores pass through text with all digits; both are least squares in double precision.
    """
    column = results(oecd)["tables"]["baseline"]["columns"][position]

    fitted = independent(oecd, names)

    assert column["n"] == fitted.nobs == 224
    for name in names:
        assert column["coefficients"][name]["b"] == pytest.approx(fitted.params[name], abs=1e-8)
    assert column["fit"]["r2_within"] == pytest.approx(fitted.rsquared, abs=1e-8)


def test_rows_without_drivers_are_counted(oecd):
    """The drivers end in 2017: 64 rows are left out and the table says so."""
    column = results(oecd)["tables"]["baseline"]["columns"][0]

    assert (column["n"], column["n_missing"]) == (224, 64)


def test_a_null_result_is_called_one(oecd):
    """The page says in words that human capital is not statistically significant."""
    page = (oecd / "results" / "report.html").read_text(encoding="utf-8")

    assert "is not statistically significant" in page


def test_classes_add_up_and_agree_with_the_scores(oecd):
    """The counts of the table are those of the scores: one class in every output."""
    counts = results(oecd)["tables"]["green_efficiency_classes"]["periods"]
    table = scores(oecd)

    for period, found in counts.items():
        score = table.loc[table["period"] == int(period), "score"]
        assert found["low"] == (score < 0.30).sum()
        assert found["middle"] == score.between(0.30, 0.60).sum()
        assert found["high"] == (score > 0.60).sum()


def test_the_page_asks_nobody(oecd):
    """No address is fetched: no src, no link, no import from outside, and a policy that forbids it."""
    page = (oecd / "results" / "report.html").read_text(encoding="utf-8")
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)

    assert not re.search(r"""(src|href|action)\s*=\s*["']?\s*(https?:)?//""", markup)
    assert "default-src 'none'" in html.unescape(page)


def test_a_second_run_computes_nothing(copy):
    """Every stop, the draws too, is taken from the first run; the results are the same to the last byte."""
    before = (copy / "results" / "results.json").read_bytes()

    call("run", copy / "study.yaml")

    stages = run_json(copy)["stages"]
    assert [s["name"] for s in stages if s["computed"]] == []
    assert {s["why"] for s in stages} == {"unchanged"}
    assert (copy / "results" / "results.json").read_bytes() == before


def test_a_changed_label_computes_nothing_but_the_report(copy):
    """Words are no numbers."""
    study = copy / "study.yaml"
    study.write_text(
        study.read_text(encoding="utf-8").replace("en: Human capital}", "en: Skills}"),
        encoding="utf-8",
    )

    done = call("run", study, "--lang", "en")

    n = len(run_json(copy)["stages"])
    assert [s["name"] for s in run_json(copy)["stages"] if s["computed"]] == []
    assert f"{n} of {n} stages were unchanged" in done.stderr
    assert "Skills" in (copy / "results" / "report.html").read_text(encoding="utf-8")


def test_a_changed_cell_computes_what_depends_on_it(copy):
    """A driver changes: reading, preparation and what uses the driver run again, the scores do not."""
    data = copy / "oecd_panel.csv"
    frame = pd.read_csv(data, dtype=str, keep_default_na=False)
    frame.loc[(frame["iso3"] == "AUS") & (frame["year"] == "2012"), "human_capital_index"] = "3.5"
    data.write_text(frame.to_csv(index=False), encoding="utf-8")

    call("run", copy / "study.yaml")

    stages = {s["name"]: s for s in run_json(copy)["stages"]}
    assert not stages["efficiency.green_efficiency"]["computed"]
    assert stages["tables.baseline"]["why"] == "changed: column human_capital"
    assert all(
        stages[name]["computed"] for name in ("read", "prepare", "tables.baseline", "diagnostics")
    )


def test_a_damaged_store_is_noticed_and_computed_again(copy):
    """A flipped byte in remembered work is never used."""
    for path in (copy / "results" / "store").glob("*.npz"):
        body = bytearray(path.read_bytes())
        body[len(body) // 2] ^= 1
        path.write_bytes(bytes(body))
    before = results(copy)

    call("run", copy / "study.yaml")

    assert all(s["computed"] for s in run_json(copy)["stages"])
    assert results(copy) == before


def test_the_order_of_the_rows_changes_nothing(oecd, tmp_path):
    """Rows of the file turned upside down: the same scores and tables to the last byte (D5)."""
    other = tmp_path / "other"
    other.mkdir()
    lines = (oecd / "oecd_panel.csv").read_text(encoding="utf-8").splitlines()
    (other / "oecd_panel.csv").write_text(
        "\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8"
    )
    for name in ("study.yaml", "countries.topo.json"):
        shutil.copy(oecd / name, other)

    call("run", other / "study.yaml", "--jobs", "2")

    for name in ("results.json", "scores.csv"):
        assert (other / "results" / name).read_bytes() == (oecd / "results" / name).read_bytes()


def test_a_demo_that_is_there_is_not_overwritten(copy):
    """What the user changed in the copy stays, and is said."""
    study = copy / "study.yaml"
    study.write_text(
        study.read_text(encoding="utf-8").replace("seed: 20250429", "seed: 7"), encoding="utf-8"
    )

    done = call("demo", "oecd", "--out", copy, "--lang", "en")

    assert "seed: 7" in study.read_text(encoding="utf-8")
    assert "is kept as it is" in done.stderr


def test_an_unknown_example_is_refused_with_the_known_ones():
    """The nearest name is offered."""
    done = attempt("demo", "oced", "--lang", "en")

    assert done.code == 1
    assert "did you mean 'oecd'" in done.stderr


@pytest.mark.parametrize(("lang", "words"), [("zh", "绿色效率"), ("en", "Green efficiency")])
def test_the_console_speaks_both_languages(copy, lang, words):
    """--lang chooses the language of the tables in the console."""
    assert words in call("run", copy / "study.yaml", "--lang", lang).stdout


def test_no_sentence_of_the_report_claims_a_cause(oecd):
    """The composed page, in its languages: associations, never what one thing does to another."""
    assert claims_in(oecd) == []


def test_english_is_english(oecd):
    """No Chinese character stands in what an English reader of the page is shown."""
    page = (oecd / "results" / "report.html").read_text(encoding="utf-8")
    assert [words for _, words in english_words(page) if HAN.search(words)] == []


@needs_browser
def test_the_page_breaks_no_rule(oecd, tmp_path):
    """Screen readers, keyboards, contrast, extents; on a screen of 1,280 pixels no table is cut."""
    page = oecd / "results" / "report.html"
    assert faults_of(page, tmp_path) == []
    assert cut_tables(page, tmp_path) == []
