"""Pathways, what-if, pages of entities, scripts and README of a study, end to end on made cities."""

# 1e-9: the same arithmetic in another order. 1e-8: the R script regresses on explicit dummies.

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest

from browser import needs_browser, opened, unpacked
from cli_runner import attempt, call
from made_cities import HOSTILE, STUDY, cities, write_study
from needs import R
from xinzhi.study.file.load import spec_of
from xinzhi.study.run import run
from xinzhi_core.errors import SpecError

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Run the whole study once, all formats."""
    folder = tmp_path_factory.mktemp("pathways")
    write_study(folder, cities())
    call("run", folder)
    return folder


@pytest.fixture(scope="module")
def tables(folder) -> dict:
    text = (folder / "results" / "results.json").read_text(encoding="utf-8")
    return json.loads(text)["tables"]


@pytest.fixture(scope="module")
def scores(folder) -> pd.DataFrame:
    table = pd.read_csv(folder / "results" / "scores.csv", encoding="utf-8-sig")
    table["entity"] = table["entity"].str.removeprefix("'")
    return table.set_index(["entity", "period"])


def notices(result) -> set[str]:
    return {notice.code for notice in result.notices}


def changed(folder: Path, *changes: tuple[str, str], frame: pd.DataFrame | None = None):
    """Run the study with parts of its text replaced."""
    text = STUDY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return run(write_study(folder, cities() if frame is None else frame, text))


def test_pathways_are_those_of_the_construction(tables):
    """HEE works through SEE, IRD does nothing, PGPP works in old cities only and through no channel."""
    found = tables["pathways_by_city"]["cities"]

    assert {one["pathways"]["education_upgrading"]["status"] for one in found.values()} == {
        "supported"
    }
    assert {one["pathways"]["equipment_diversifying"]["status"] for one in found.values()} == {
        "unsupported"
    }
    by_stage = {
        (one["groups"].get("stage"), one["pathways"]["technology_substitution"]["status"])
        for one in found.values()
    }
    assert {("old", "effect_only"), ("young", "unsupported")} <= by_stage


def test_each_pathway_has_a_page_with_its_entities(folder, tables):
    """The page lists the entities whose estimates support it; where there is none it says so."""
    found = tables["pathways_by_city"]["cities"]
    for rule in ("education_upgrading", "equipment_diversifying", "technology_substitution"):
        wanted = [c for c, one in found.items() if one["pathways"][rule]["status"] == "supported"]
        assert tables[f"pathway_{rule}"]["entities"] == wanted
    text = (folder / "results" / "report.html").read_text("utf-8")
    n = len(found)
    assert tables["pathway_equipment_diversifying"]["entities"] == []
    assert f"supported for no entity: effect not significant ({n})." in text
    assert "The pathways and their estimates" in text


def test_pathways_rest_on_the_printed_slopes(tables):
    """The estimate that speaks for a city is, digit by digit, one of the regression tables, with the error that judges."""
    slopes = tables["baseline"]["columns"][0]["coefficients"]
    groups = {c["group"]: c["coefficients"] for c in tables["cities"]["columns"]}

    for city in tables["pathways_by_city"]["cities"].values():
        for pathway in city["pathways"].values():
            for e in pathway["evidence"]:
                printed = groups[e["group"]] if e["group"] else slopes
                assert (e["b"], e["se"]) == (
                    printed[pathway["factor"]]["b"],
                    printed[pathway["factor"]]["judge_se"],
                )


def test_what_if_is_the_formula_by_hand(tables, scores):
    """New score = (1 + score) exp(b [T(new) - T(old)]) - 1, from the printed slope and the raw file."""
    raw = cities().set_index(["city", "year"])
    last = raw.index.get_level_values("year").max()

    for one in tables["what_if"]["what_if"]:
        b = slope_of(tables, one)
        score = scores.loc[(one["entity"], last), "score"]
        value = raw.loc[(one["entity"], last), one["factor"].lower()]
        moved = 2.0 if one["factor"] == "IRD" else np.log1p(1.1 * value) - np.log1p(value)
        assert one["change"] == pytest.approx((1 + score) * np.expm1(b * moved), abs=1e-9)
        assert one["ci_low"] < one["change"] < one["ci_high"]


def slope_of(tables: dict, one: dict) -> float:
    columns = tables["cities"]["columns"] if one["group"] else tables["baseline"]["columns"]
    column = next(c for c in columns if c.get("group", "") == one["group"])
    return column["coefficients"][one["factor"]]["b"]


def test_distances_are_the_targets_of_the_scores(tables, scores):
    """Value and gap give the target that scores.csv has, with the sign of the direction."""
    for one in tables["distance_to_frontier"]["distance"]:
        target = scores.loc[(one["entity"], one["period"]), f"target_{one['variable']}"]
        sign = 1 if one["kind"] == "good_output" else -1
        sign = -sign if one["direction"] == "ahead" else sign

        assert one["value"] + sign * one["gap"] == pytest.approx(target, rel=1e-9)


def test_the_r_script_gives_every_printed_slope(folder, tables):
    """Tables, mediation and groups come out of R again, to 1e-8."""
    if shutil.which("Rscript") is None:
        pytest.skip(R)
    done = subprocess.run(
        ["Rscript", "--vanilla", "study.R"], cwd=folder / "results" / "scripts",
        capture_output=True, text=True, check=False,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )  # fmt: skip
    if "install.packages" in done.stderr:
        pytest.skip(R)
    assert done.returncode == 0, done.stderr
    found = pd.read_csv(folder / "results" / "scripts" / "study_R.csv")
    found = found.set_index(["model", "name"])

    wanted = {"baseline/1": tables["baseline"]["columns"][0]}
    wanted |= {f"cities/stage/{c['group']}": c for c in tables["cities"]["columns"]}
    for model, column in wanted.items():
        for name, printed in column["coefficients"].items():
            for theirs, ours in (("estimate", "b"), ("std_error", "se")):
                assert found.loc[(model, name), theirs] == pytest.approx(printed[ours], rel=1e-8)
    assert {"mechanism/total", "mechanism/SEE/first", "mechanism/SEE/second"} <= set(
        found.index.get_level_values("model")
    )


def test_the_readme_names_files_and_digests(folder):
    """README.md says in both languages what lies there and what was read."""
    text = (folder / "results" / "README.md").read_text(encoding="utf-8")
    read = json.loads((folder / "results" / "run.json").read_text(encoding="utf-8"))["inputs"]

    assert text.count(read[0]["sha256"]) == 2
    for name in re.findall(r"^- `([^`]+)`", text, flags=re.MULTILINE):
        assert list((folder / "results").glob(name)), name


def test_every_entity_has_a_page_in_the_workbook(folder):
    """Each language has a sheet with an index that leads to every page; names stay text."""
    book = openpyxl.load_workbook(folder / "results" / "tables.xlsx")
    sheets = [s for s in book.worksheets if s["A3"].value == HOSTILE and s["A3"].hyperlink]

    assert len(sheets) == 2
    for sheet in sheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        links = [sheet.cell(row, 1).hyperlink.location for row in range(3, 27)]
        targets = [sheet[link.split("!")[1]].value for link in links]
        assert targets == [sheet.cell(row, 1).value for row in range(3, 27)]


def test_pages_of_entities_are_data_and_no_markup(folder):
    """The hostile name stands in the JSON of the page, escaped; no element is made of it."""
    page = (folder / "results" / "report.html").read_text(encoding="utf-8")
    data = re.search(r'id="data">(.*?)</script>', page).group(1)

    assert re.fullmatch(r"[A-Za-z0-9+/=]+", data)
    assert HOSTILE in [item["key"] for item in unpacked(data)["items"]]
    assert page.count("<script") == 2 + len(re.findall(r"<script>", page))


@needs_browser
def test_a_page_is_shown_without_a_complaint(folder, tmp_path):
    """Chromium opens the report from disk, shows the asked entity, and its console stays silent."""
    page = folder / "results" / "report.html"
    dom, complaints = opened(page, "?lang=en&city=城05", profile=tmp_path)

    assert complaints == []
    shown = dom.split('id="profile"')[1].split("</article>")[0]
    assert "城05" in shown
    assert "polyline" in shown
    # 24 entities to choose from and to find, and three orders.
    beside_tables = re.findall('<details class="trace".*?</details>', dom, re.DOTALL)
    assert beside_tables
    assert dom.count("<option") - sum(one.count("<option") for one in beside_tables) == 2 * 24 + 3


def test_only_typology_keeps_what_it_reads(tmp_path):
    """`--only typology` runs the tables, mediations, moderations and groups that it rests on."""
    path = write_study(tmp_path, cities())

    result = run(path, only=("typology",))

    assert result.results["typology"]["typology"] is not None
    assert set(result.results["tables"]) == {"baseline"}
    assert set(result.results["mediation"]) == {"mechanism"}


def test_without_mediation_no_pathway_is_supported_and_it_is_said(tmp_path):
    """No mediation in the study: the effects are judged, no pathway, a notice, all else done."""
    result = changed(tmp_path, ("from: [baseline, mechanism, tools, cities]", "from: baseline"))

    assert {"pathways.no_mediation", "pathways.no_differences", "pathways.none"} <= notices(result)
    statuses = {
        p.status
        for c in result.results["typology"]["typology"].pathways.by_city.values()
        for p in c.pathways
    }
    assert statuses == {"effect_only", "unsupported"}
    assert len(result.results["typology"]["typology"].what_if.by_city) == 24 * 3


def test_a_tool_without_an_estimate_is_named(tmp_path):
    """A moderator that could not be estimated is told, and hinders nothing."""
    frame = cities().assign(rder=1.0)

    result = changed(tmp_path, frame=frame)

    assert "pathways.no_tool" in notices(result)
    assert result.results["typology"]["typology"].pathways.by_city["城05"].supported


def test_no_effect_at_all_is_an_honest_result(tmp_path):
    """Where nothing moves the outcome, no pathway is supported and the report says so."""
    result = changed(tmp_path, frame=cities(strength=0.0))

    assert "pathways.none" in notices(result)
    assert not any(
        c.supported for c in result.results["typology"]["typology"].pathways.by_city.values()
    )


def test_one_city_is_told_and_the_rest_done(tmp_path):
    """One entity: nothing can be estimated, which is told; scores and the page are there."""
    frame = cities().query("city == '城05'")

    result = changed(tmp_path, ("groups:\n  stage: {column: stage, young: [young], old: [old], label: {zh: 阶段, en: Stage}}\n", ""), ("heterogeneity: {cities: {from: baseline/1, by: stage, difference: interaction}}\n", ""), ("mechanism, tools, cities]", "mechanism, tools]"), frame=frame)  # fmt: skip

    assert list(result.results["typology"]["typology"].pathways.by_city) == ["城05"]
    assert "pathways.none" in notices(result)
    assert result.failures


def test_a_city_in_no_group_gets_the_common_estimate(tables):
    """The third city has no stage: the estimate for all speaks for it."""
    city = tables["pathways_by_city"]["cities"]["城02"]

    assert city["groups"] == {}
    evidence = [e for p in city["pathways"].values() for e in p["evidence"]]
    assert {e["group"] for e in evidence} == {""}


def test_a_move_out_of_the_domain_is_told_and_the_rest_done(tmp_path):
    """A logarithm that does not exist leaves what-if out, with its reason; pathways are there."""
    result = changed(tmp_path, ("what_if: {HEE: 10%, PGPP: 10%, IRD: 2}", "what_if: {HEE: -1000}"))

    assert "what_if.domain" in notices(result)
    assert result.results["typology"]["typology"].pathways.by_city["城05"].supported


def test_an_outcome_that_is_no_score_has_no_frontier(tmp_path):
    """A column as the outcome: no role models, no distances, said; pathways and what-if are there."""
    result = changed(tmp_path, ("GTFP: {from: GTFP,", "GTFP: {column: gdp,"))

    assert "typology.no_score" in notices(result)
    assert result.results["typology"]["typology"].distance is None
    assert len(result.results["typology"]["typology"].what_if.by_city) == 24 * 3


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[baseline, mechanism, tools, cities]", "[baselin]", "did you mean 'baseline'"),
        ("[baseline, mechanism, tools, cities]", "[tools]", "estimates the effect of a factor"),
        ("factor: HEE,", "factor: HEEE,", "did you mean 'HEE'"),
        ("factor: HEE,", "factors: HEE,", "did you mean 'factor'"),
        ("tools, cities]", "tools, cities]\n  level: 0.10", "inference: {level: 0.1}"),
        ("what_if: {HEE: 10%,", "what_if: {HEE: plenty,", "such as 10%"),
        ("what_if: {HEE: 10%,", "what_if: {HEE: 0%,", "no effect"),
        ("what_if: {HEE: 10%,", "what_if: {HEF: 10%,", "did you mean 'HEE'"),
        ("columns: [{x: factors}]", "columns: [{x: factors}, {outcome: SEE, x: [HEE]}]", None),
    ],
)
def test_what_is_wrong_in_the_section_is_said_with_its_line(old, new, told):
    """Each mistake is an error of the study file with line and remedy; what is right is no error."""
    text = STUDY.replace(old, new)
    assert text != STUDY
    if told is None:
        assert spec_of(text, "study.yaml").typology is not None
        return

    with pytest.raises(SpecError) as error:
        spec_of(text, "study.yaml")

    assert told in str(error.value)
    assert error.value.problems[0].where.line is not None


def test_an_inefficiency_is_refused():
    """Where more is worse, what raises the outcome must not be taken for a pathway."""
    text = STUDY.replace("GTFP: {inputs", "GTFP: {measure: nonradial_directional, inputs")

    with pytest.raises(SpecError, match="the more, the worse"):
        spec_of(text, "study.yaml")


def test_two_outcomes_are_refused():
    """Effects on two outcomes cannot make one pathway."""
    text = STUDY.replace(
        "columns: [{x: factors}]", "columns: [{x: factors}, {outcome: SEE, x: HEE}]"
    )
    text = text.replace("[baseline, mechanism", "[baseline, baseline/2, mechanism")

    with pytest.raises(SpecError, match="different outcomes"):
        spec_of(text, "study.yaml")


def test_the_earlier_named_estimate_speaks(tmp_path):
    """Of two estimates of one effect the first named speaks, and a disagreement is told."""
    result = changed(
        tmp_path,
        ("columns: [{x: factors}]", "columns: [{x: factors}, {x: [IRD, HEE], effects: []}]"),
        ("[baseline, mechanism", "[baseline/1, baseline/2, mechanism"),
    )

    own = result.results["typology"]["typology"].inputs.estimates.query(
        "path == 'HEE -> GTFP' and grouping == ''"
    )
    assert own["source"].tolist() == ["baseline/1"]


def test_the_console_shows_the_pathways(tmp_path):
    """The digest of the console shows which factor works in which group."""
    write_study(tmp_path, cities(), STUDY.replace("[html, docx, xlsx, tex, md]", "[md]"))

    done = attempt("run", tmp_path, "--lang", "en")

    assert "Differentiated empowerment by group" in done.stdout


def test_the_hostile_name_is_text_in_word_tex_and_markdown(folder):
    """Word shows it as text; TeX and Markdown hold no command and no element of it."""
    results = folder / "results"
    words = "\n".join(
        cell.text
        for table in docx.Document(str(results / "report.docx")).tables
        for cell in table.columns[0].cells
    )
    tex = (results / "tables" / "pathways_by_city.tex").read_text(encoding="utf-8")
    markdown = (results / "tables" / "pathways_by_city.md").read_text(encoding="utf-8")

    assert HOSTILE in words
    assert "\\input" not in tex
    assert not re.search(r"(?<!\\)<script", markdown)
