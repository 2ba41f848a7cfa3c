"""`xinzhi demo`: the study of the paper as a newcomer runs it, from raw files to every output."""

from __future__ import annotations

import csv
import json
import re
import tomllib
import zipfile
from decimal import Decimal
from typing import NamedTuple

import pytest
from openpyxl import load_workbook
from ruamel.yaml import YAML

from altered_print import NOTICED, Readers, alterations
from browser import needs_browser
from causes import claims_in
from cli_runner import Done, call
from english import HAN, english_words
from oracles_pathways import Study, advice
from page_rules import cut_tables, faults_of
from papers import W, pages_of, parts_of, without_appendix
from places import EXAMPLES, ROOT
from printed_codes import codes_in, codes_of
from word_fields import NUMBER, fields_of, loose_references
from xinzhi.study.file.load import load
from xinzhi.study.run import run
from xinzhi_panel.places.registry import resource_cities

pytestmark = pytest.mark.long

# What the print itself rules out, and two adjusted R² that ask for waves in the year means;
# docs/how-to/reproducing-the-paper.md says why.
IMPOSSIBLE = {
    "table5.col3._cons",
    "table5.col3.adj_r2",
    "table5.col4.adj_r2",
    "table7.col4.adj_r2",
    "table5.col3.UR",
    "table6.col2.RDE",
}
# Goals of the twin: errors are met within a quarter, constants and adjusted R² nearly.
ERRORS, CONSTANTS, FIT = 0.25, 0.002, 0.005
MOST_SLOPES_OFF, FEWEST_STARS = 2, 74
# What the comparison lists as missed beside standard errors, which are aimed at within a share only.
# The list is exact: a figure that is missed no longer, or newly, is told here.
MISSED = {
    "table5.col1.F.value",
    "table5.col1._cons.stars",
    "table5.col2.F.value",
    "table5.col3.F.value",
    "table5.col3._cons.b",
    "table5.col3.adj_r2.value",
    "table5.col3.hausman.stars",
    "table5.col3.hausman.value",
    "table5.col4.F.value",
    "table5.col4.adj_r2.value",
    "table5.col4.hausman.stars",
    "table5.col4.hausman.value",
    "table6.col1._cons.stars",
    "table6.col2._cons.stars",
    "table6.col3._cons.stars",
    "table6.col4._cons.stars",
    "table6.col5._cons.stars",
    "table6.col6._cons.stars",
    "table7.col3._cons.stars",
    "table7.col4._cons.stars",
    "table7.col4.adj_r2.value",
    "table7.col5._cons.stars",
    "table7.col6._cons.stars",
    "table7.sobel.NEPP.HEE.effect",
    "table7.sobel.NEPP.HEE.z",
    "table7.sobel.NEPP.IRD.stars",
    "table7.sobel.NEPP.IRD.z",
    "table7.sobel.NEPP.PGPP.z",
    "table7.sobel.SEE.HEE.share",
    "table7.sobel.SEE.HEE.z",
    "table7.sobel.SEE.IRD.effect",
    "table7.sobel.SEE.IRD.share",
    "table7.sobel.SEE.IRD.z",
    "table7.sobel.SEE.PGPP.effect",
    "table7.sobel.SEE.PGPP.share",
    "table7.sobel.SEE.PGPP.z",
    "table8.central_west._cons.stars",
    "table8.coal._cons.stars",
    "table8.east._cons.stars",
    "table8.growing_or_mature._cons.stars",
    "table8.high_income._cons.stars",
    "table8.low_income._cons.stars",
}
# Notices of the reader, the rules and the steps that what was planted in the sources calls for.
PLANTED = {
    "panel.renamed_city": 1,
    "panel.duplicate": 1,
    # Not planted, but as they were drawn: three cities have no foreign investment at all (七台河, 庆阳, 武威).
    "panel.zero_entity": 3,
    # Nor the counts of enterprises of 泰安 in 2008.
    "plausible.spike": 1,
    "prepare.emerging_firms": 8,
    "prepare.penalty_cases": 5,
}
KINDS = ("F", "hausman", "N", "adj_r2", "_cons")
STOPS = ("load", "read", "prepare", "measure", "analyse", "report")


class Demo(NamedTuple):
    """What the command wrote and said."""

    folder: object
    done: Done
    results: dict


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "paper"
    done = call("demo", "--out", folder, "--lang", "en")
    return Demo(folder, done, json.loads((folder / "results/results.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def published():
    return tomllib.loads(
        (EXAMPLES / "resource_cities" / "published.toml").read_text("utf-8"), parse_float=Decimal
    )


def test_each_stop_is_told_and_the_end_says_where_to_look(demo):
    """Progress goes to stderr, one line a stop; the last lines are places that exist."""
    told = re.findall(r"^\[(\d)/6\] (\w+)(?:, [\d.]+ s)?$", demo.done.stderr, re.MULTILINE)
    assert [name for _, name in told] == list(STOPS)
    last = demo.done.stdout.partition("Where to look:\n")[2].splitlines()
    places = [line.split("  ")[1].split(", ")[0] for line in last]
    assert [
        str(demo.folder / "results" / name) for name in ("report.html", "report.docx")
    ] == places[:2]
    assert len(places) <= 10
    assert all((demo.folder / place).exists() for place in places)


def test_the_word_simulated_stands_everywhere(demo):
    """In the console, and in each source and output: no page, table or figure goes without."""
    results = demo.folder / "results"
    assert "SIMULATED" in demo.done.stderr.splitlines()[1]
    assert demo.done.stdout.startswith("SIMULATED DATA")
    named = [path.name for path in demo.folder.iterdir() if path.suffix in (".xlsx", ".parquet")]
    assert named
    assert all(name.startswith("simulated_") for name in named)
    text = (results / "report.html").read_text("utf-8")
    captions = re.findall(r"<figcaption\b.*?</figcaption>", text, re.DOTALL)
    assert len(captions) > 40
    assert all("simulated data" in caption for caption in captions)
    assert len(re.findall(r"<figure ", text)) == text.count('<li><span lang="zh">模拟数据。')
    files = [p for p in results.rglob("*") if p.suffix in (".md", ".tex", ".R", ".do")]
    for path in files:
        said = path.read_text("utf-8").casefold()
        assert "simulated" in said or "模拟" in said, path.name
    with (results / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["simulated"] for row in csv.DictReader(file)} == {"simulated"}
    assert demo.results["simulated"] is True
    with zipfile.ZipFile(results / "report.en.docx") as word:
        assert "simulated data" in word.read("word/header1.xml").decode()
        body = word.read("word/document.xml").decode()
    n_captions = body.count('<w:pStyle w:val="Caption"/>')
    assert n_captions > 30  # long lists stand in the page and the workbook only
    assert body.count("(simulated data)") == n_captions + 1  # the title has it too
    with zipfile.ZipFile(results / "tables.xlsx") as book:
        assert "模拟数据" in book.read("xl/sharedStrings.xml").decode()


def test_goals_of_the_slopes(demo, published):
    """Slopes, fits and constants come out of the raw files as the printed tables have them."""
    off, misses, stars = [], [], []
    for path, printed, ours in columns(demo.results["tables"], published):
        if f"{path}.adj_r2" not in IMPOSSIBLE and "adj_r2" in printed:
            misses += far(f"{path}.adj_r2", printed["adj_r2"], ours["fit"]["r2_adj"], FIT)
        if f"{path}._cons" not in IMPOSSIBLE:
            misses += far(
                f"{path}._cons", printed["_cons"]["b"], ours["fit"]["constant"], CONSTANTS
            )
        for name, row in printed.items():
            if name in ours["coefficients"]:
                one = ours["coefficients"][name]
                stars.append(len(one["stars"]) == row["stars"])
                if abs(Decimal(one["b"]) - row["b"]) > Decimal(5).scaleb(exponent(row["b"]) - 1):
                    off.append(f"{path}.{name}")
                if f"{path}.{name}" not in IMPOSSIBLE:
                    reach = ERRORS * float(row["se"])
                    misses += far(f"{path}.{name} error", row["se"], one["se"], reach)
    assert misses == []
    assert [name for name in off if not name.startswith("table7")] == []
    assert len(off) <= MOST_SLOPES_OFF
    assert (len(stars), sum(stars) >= FEWEST_STARS) == (83, True)


def columns(tables, published):
    """Pair the columns of Tables 5 to 8 with the computed ones."""
    of = {"table5": tables["baseline"], "table6": tables["robustness"]}
    for table, computed in of.items():
        for key, printed in published[table].items():
            yield f"{table}.{key}", printed, computed["columns"][int(key[3:]) - 1]
    for key, printed in published["table7"].items():
        if key != "sobel":
            yield f"table7.{key}", printed, tables["mechanism"]["columns"][int(key[3:])]
    by_group = {column["group"]: column for column in tables["cities"]["columns"]}
    for key, printed in published["table8"].items():
        yield f"table8.{key}", printed, by_group[key]


def exponent(printed):
    return int(Decimal(printed).as_tuple().exponent)


def far(name, printed, computed, reach):
    return [] if abs(computed - float(printed)) <= reach else [f"{name}: {computed} for {printed}"]


def test_each_figure_that_is_missed_has_a_reason(demo, published):
    """Nothing is missed without a word; what is printed is what the file holds."""
    found = list(figures(demo.results["comparison"]))
    assert len(found) == demo.results["tables"]["comparison"]["n"]
    assert [path for path, one in found if not one["agrees"] and not one["reasons"]] == []
    for path, one in found:
        printed = published
        for key in path:
            printed = printed[key]
        if isinstance(printed, dict) and not isinstance(one["printed"], dict):
            printed = printed.get("value", printed)
        assert one["printed"] == json.loads(json.dumps(printed, default=float)), path
    beside = {".".join((*path, what)) for path, one in found for what in one.get("differs", ())}
    assert {name for name in beside if not name.endswith(".se")} == MISSED
    story = [one["agrees"] for path, one in found if path[0] in ("gtfp", "groups", "moderation")]
    assert len(story) == 9 + 17 + 11
    assert all(story)


def test_what_was_planted_in_the_sources_is_found_and_nothing_else(demo):
    """Old names, a repeated row, records that do not count; blanks, digits and notes in the reading log."""
    codes = [one["code"] for one in demo.results["notices"]]
    found = {c: codes.count(c) for c in codes if c.startswith(("plausible", "panel", "prepare"))}
    assert found == PLANTED
    log = (demo.folder / "results/report.html").read_text("utf-8")
    for told in (
        "Row 2 holds the units",
        "Text around the table was left out (rows or cells 1844)",
        "The names 毕节地区 = 毕节市 are one city",
        "Full-width digits were read in column &#39;Urban residents&#39;",
        "Students in higher education: gaps inside, linear (5 cells)",
        "Schooling: gaps inside, linear (3 cells)",
        "Expenditure on science and technology: gaps inside, linear (4 cells)",
    ):
        assert told in log, told


@pytest.mark.parametrize("guide", ["how-to", "zh/how-to"])
def test_the_guides_say_what_came_out(demo, guide):
    """Figures that agree, all of them, and what explains the others stand in the guide of each language."""
    text = (ROOT / "docs" / guide / "reproducing-the-paper.md").read_text("utf-8")
    text = " ".join(text.split())
    one, missed = demo.results["tables"]["comparison"], demo.results["tables"]["comparison_missed"]
    counts = (
        missed["explained_by_print"],
        missed["explained_by_simulation"],
        missed["unexplained"],
    )

    if guide == "how-to":
        said = "{} of the {} agree. Of the {} that differ, {} are explained by the print, {} by the simulation, and {} are unexplained."
        wanted = said.format(one["agrees"], one["n"], missed["n"], *counts)
    else:
        said = "{} 个数字中有 {} 个一致；不一致的 {} 个中，{} 个由已发表数字本身解释，{} 个由模拟解释，{} 个无解释。"
        wanted = said.format(one["n"], one["agrees"], missed["n"], *counts)
    assert wanted in text
    assert missed["explained_by_study"] == missed["unexplained"] == 0


def test_the_changelog_says_what_came_out(demo):
    """The newest line that counts figures has the numbers of the guides."""
    text = " ".join((ROOT / "CHANGELOG.md").read_text("utf-8").split())
    one = demo.results["tables"]["comparison"]

    counted = re.search(r"(\d+) (?:instead of \d+ )?of the (\d+) published figures agree", text)
    assert counted is not None
    assert counted.groups() == (str(one["agrees"]), str(one["n"]))


def test_each_altered_figure_of_the_print_is_noticed(demo, published):
    """Of every table, kind of figure and alteration the first: what is not noticed, benchmarks/altered_figures.md lists."""
    study = load(EXAMPLES / "resource_cities" / "study.yaml")
    text = (EXAMPLES / "resource_cities" / "published.toml").read_text("utf-8")
    page = (ROOT / "benchmarks" / "altered_figures.md").read_text("utf-8")
    readers = Readers(study.compare, text, demo.results["tables"])
    by_kind = {}
    for one in alterations(text, published):
        row = one.path[-1] if one.path[-1] in KINDS else ""
        by_kind.setdefault((one.path[0], row, one.part, one.kind), one)

    assert {row for _, row, _, _ in by_kind} == {"", *KINDS}
    unnoticed = {
        f"{one.name} {one.was} → {one.now}"
        for one in by_kind.values()
        if readers.judge(one) not in NOTICED
    }
    assert [name for name in sorted(unnoticed) if f"`{name}`" not in page] == []
    assert len(unnoticed) < len(by_kind) / 7


ROW = re.compile(r"^\| (\d{1,2}) [^|]*\|(?=.*`xinzhi ).*$", re.MULTILINE)
NOT_NAMES = {"figures/", "scores.csv"}


@pytest.mark.parametrize("guide", ["how-to", "zh/how-to"])
def test_each_row_of_the_paper_names_what_does_it_and_where_it_stands(demo, guide):
    """Eighteen rows: sections and steps of the study file, commands that run, tables and figures that are there."""
    text = (ROOT / "docs" / guide / "reproducing-the-paper.md").read_text("utf-8")
    rows = [match[0] for match in ROW.finditer(text)]
    study = YAML(typ="safe").load((demo.folder / "study.yaml").read_bytes())
    steps = {name for step in study["prepare"] for name in step}
    tables, drawn = demo.results["tables"], demo.folder / "results/figures"
    listed = call("show", "--study", demo.folder, "--lang", "en").stdout
    shown = {line.partition(":")[0] for line in listed.splitlines()}

    assert [int(ROW.match(row)[1]) for row in rows] == [*range(1, 19)]
    for row in rows:
        _, declared, commands, places, _ = row.strip("| ").split(" | ")
        for words in re.findall(r"`([^`]+)`", declared):
            section, _, names = words.partition(": ")
            if section == "prepare":
                assert {*names.split(", ")} <= steps, words
            elif section != "tests":
                inside = study
                for key in section.split("."):
                    inside = inside[key]
                assert not names or names in str(inside), words
        asked = re.findall(r"`xinzhi ([^`]+)`", commands)
        assert asked
        for words in asked:
            verb, _, name = words.partition(" ")
            assert (verb, name) == ("run", "") or (verb == "show" and name in shown), words
        for name in {*re.findall(r"`([^`]+)`", places)} - NOT_NAMES:
            found = [one for one in tables if one.startswith(name.partition("…")[0])]
            assert found or (drawn / f"{name}.svg").is_file(), name


def test_the_residents_are_mapped(demo):
    """The legend counts the cities of the yearbook by their residents, in both years of the map."""
    rows = load_workbook(demo.folder / "simulated_yearbook.xlsx").active.iter_rows(values_only=True)
    head = next(row for row in rows if "城市" in row)
    city, year, residents = (head.index(name) for name in ("城市", "年份", "常住人口"))
    found = {
        (row[city], int(row[year])): row[residents] / 1e6
        for row in rows
        if isinstance(row[residents], (int, float))
    }
    wanted = []
    for period in (2008, 2023):
        of_year = [figure for (_, when), figure in found.items() if when == period]
        assert len(of_year) == 115
        small, large = sum(one < 2 for one in of_year), sum(one > 5 for one in of_year)
        wanted += [
            f"Residents (millions), {period}",
            str(large),
            str(115 - small - large),
            str(small),
        ]

    drawn = (demo.folder / "results/figures/residents_map.en.svg").read_text("utf-8")
    words = re.findall(r"<text[^>]*>([^<]+)</text>", drawn)
    assert [one for one in words if one.isdecimal() or one.startswith("Residents")] == wanted


def figures(block, path=()):
    """Walk through the compared figures."""
    if "agrees" in block:
        yield path, block
    else:
        for key, inner in block.items():
            yield from figures(inner, (*path, key))


def test_maps_diagrams_and_pages_are_there(demo):
    """Four maps, the mechanism, a diagram for each tool, the pathways, a page for each of them."""
    text = (demo.folder / "results/report.html").read_text("utf-8")
    for year in (2008, 2013, 2018, 2023):
        assert str(year) in text
    for title in (
        "Mechanism: factors",
        "Moderation: what the moderators do to the paths",
    ):
        assert title in text
    assert "The pathways and their estimates" in text
    cities = {city.name: city for city in resource_cities()}
    open_to = demo.results["tables"]["pathway_technology"]["entities"]
    # The text says: suits cities other than coal, of low income.
    assert open_to
    assert all(not cities[name].is_coal and cities[name].income == "low" for name in open_to)


def test_variables_stand_under_their_labels(demo):
    """No code of a variable stands in documents, tables or pictures, in either language."""
    codes = codes_of(demo.folder / "study.yaml")

    assert {"RDER", "IRD", "SI_LP"} <= codes
    assert codes_in(demo.folder / "results", codes) == []


def test_tools_that_help_differ_between_cities(demo):
    """The same estimates, other levels of the tools: cities are told different things."""
    found = demo.results["tables"]["pathways_by_city"]["cities"]
    tools, advices = set(), set()
    for one in found.values():
        pathways = one["pathways"].items()
        told = ("helps", "needs_more", "hinders")
        tools.add(str([(name, *(found[what] for what in told)) for name, found in pathways]))
        told = ("status", *told, "lacks")
        advices.add(str([(name, *(found[what] for what in told)) for name, found in pathways]))

    assert len(found) == 115
    assert len(tools) > 1
    assert len(advices) > len(tools)


def test_the_advice_for_every_city_is_that_by_hand(demo):
    """The three pathways of the paper, city by city, from the estimates of one more run."""
    result = run(demo.folder / "study.yaml", results=demo.folder / "results", computes=False)
    study = Study(result, "baseline", "mechanism", "tools", "cities")
    found = demo.results["tables"]["pathways_by_city"]["cities"]
    groups = {name: one["groups"] for name, one in found.items()}
    tools = ("RDER", "EPPCN")
    for pathway in (
        ("technology", "PGPP", ("SEE",), tools),
        ("education", "HEE", ("SEE",), tools),
        ("equipment", "IRD", ("NEPP", "SEE"), tools),
    ):
        for name, one in found.items():
            told = one["pathways"][pathway[0]]
            wanted = advice(study, name, groups[name], pathway, groups)
            assert told["status"] == wanted.status
            assert told["lacks"] == wanted.lacks
            for what in ("helps", "needs_more", "hinders"):
                assert told[what] == [tool for tool, does in wanted.tools.items() if does == what]


def test_a_second_look_computes_nothing(demo):
    """What the run remembers is enough to tell its tables again."""
    done = call("show", "comparison_missed", "--study", demo.folder, "--lang", "en")

    assert "table5, col3, Urban share" in done.stdout


def test_no_sentence_of_the_report_claims_a_cause(demo):
    """The composed page, in its languages: associations, never what one thing does to another."""
    assert claims_in(demo.folder) == []


def names_the_paper(text):
    """Whether a paragraph names tables in reasons of the study alone, which are about the published ones."""
    study = YAML(typ="safe").load(EXAMPLES / "resource_cities" / "study.yaml")
    for reason in study["compare"]["reasons"].values():
        said = reason if isinstance(reason, dict) else {"en": reason}
        for language in ("zh", "en"):
            text = text.replace(str(said.get(language, "")), "")
    return not NUMBER.search(text)


@pytest.mark.parametrize("name", ["report.docx", "report.en.docx"])
def test_updating_the_fields_of_the_word_file_changes_nothing(demo, name):
    """Captions count on over tables that stand in the workbook, and each reference is a field to its caption."""
    found = fields_of((demo.folder / "results" / name).read_bytes())

    assert found.differences() == []
    # What the study says of the paper names the tables of the paper.
    assert [text for text in loose_references(found) if not names_the_paper(text)] == []
    assert len(found.of("SEQ")) > 60
    assert len(found.of("REF")) > 15


@pytest.mark.parametrize("name", ["report.docx", "report.en.docx"])
def test_the_report_is_a_paper_with_an_appendix(demo, name):
    """Few exhibits in the text; long lists of cities stand in the page and the workbook only."""
    text, appendix = parts_of(demo.folder / "results" / name)

    assert 8 <= len(text.tables) <= 12
    assert 4 <= text.kinds.count("picture") <= 7
    assert len(appendix.tables) > len(text.tables)
    longest = max(len(table.findall(f"{W}tr")) for table in appendix.tables)
    assert longest <= 45


@pytest.mark.parametrize("name", ["report.docx", "report.en.docx"])
def test_pages_of_the_report(demo, name, tmp_path):
    """Eight to fourteen pages of text, at most thirty of appendix, as LibreOffice lays them out."""
    whole = pages_of(demo.folder / "results" / name, tmp_path)
    without_appendix(demo.folder / "results" / name, tmp_path / f"text_{name}")
    text = pages_of(tmp_path / f"text_{name}", tmp_path)

    assert 8 <= text <= 14
    assert whole - text <= 30


SOURCES = re.compile(r"^[A-H]\s+(Reading log|Filled cells|Notices)$")
"""Chapters of the appendix that name files, headings and places as the sources write them."""


def test_english_is_english(demo):
    """Chinese stands where sources are named, and in the formulas of the variables that are made of their headings."""
    page = (demo.folder / "results/report.html").read_text("utf-8")
    found = [(chapter, words) for chapter, words in english_words(page) if HAN.search(words)]
    elsewhere = [(chapter, words) for chapter, words in found if not SOURCES.match(chapter)]
    headings = "|".join(sorted(_headings(demo.folder), key=len, reverse=True))
    assert found
    assert [words for _, words in elsewhere if HAN.search(re.sub(headings, "", words))] == []
    assert {chapter for chapter, _ in elsewhere} <= {"1  Data"}


def _headings(folder):
    """List the Chinese words in the headings of the sources."""
    books = (load_workbook(path).active for path in folder.glob("*.xlsx"))
    cells = (
        str(cell)
        for book in books
        for row in book.iter_rows(max_row=6, values_only=True)
        for cell in row
    )
    lines = [path.read_bytes().partition(b"\n")[0] for path in folder.glob("*.csv")]
    texts = (
        *cells,
        *(line.decode("gb18030", "replace") for line in lines),
        *(line.decode("utf-8", "replace") for line in lines),
    )
    return {word for text in texts for word in HAN.findall(text)}


@needs_browser
def test_the_page_breaks_no_rule(demo, tmp_path):
    """Screen readers, keyboards, contrast, extents; only a list of twenty columns is cut on a screen."""
    page = demo.folder / "results/report.html"
    assert faults_of(page, tmp_path) == []
    cut = cut_tables(page, tmp_path)
    assert len(cut) <= 2, cut
