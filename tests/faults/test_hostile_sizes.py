"""Control characters, endless nesting, endless numbers, few open files: a message with its place."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest

from cli_runner import attempt, call
from xinzhi_core.wording import Label, say, visible
from xinzhi_panel.io.read import read_panel

HEADER = "city,year,labour,energy,gdp,waste,talent"
ROWS = [
    f"{city},{year},{10 + 3 * i + year % 7},{5 + 2 * i + year % 3},{20 + 7 * i + year % 5},{3 + i},{1 + i * (year % 4)}"
    for i, city in enumerate(["甲", "乙", "丙", "丁"])
    for year in (2008, 2009, 2010)
]
STUDY = """\
title: A study
sources:
  data: {file: data.csv, kind: panel, entity: city, period: year}
panel: {from: data}
efficiency:
  score: {inputs: [labour, energy], good_outputs: [gdp], bad_outputs: [waste], classes: {low: "< 1", high: ">= 1"}}
variables:
  score: {from: score}
  talent: {column: talent}
tables:
  baseline: {outcome: score, columns: [{x: [talent]}]}
"""
LINE = STUDY.count("\n") + 1
KEYS = ("--entity", "city", "--period", "year")


@pytest.fixture
def write(tmp_path):
    """Write data and study file, and other files beside them."""

    def go(text=STUDY, *, rows=ROWS, header=HEADER, **others):
        (tmp_path / "data.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        for name, content in others.items():
            (tmp_path / name.replace("_", ".")).write_text(content, encoding="utf-8")
        return tmp_path / "study.yaml"

    return go


def refused(study, *words):
    """`check` and `run` say the same, with exit code 1, and no work is done."""
    for command in ("check", "run"):
        done = attempt(command, study, "--lang", "en")
        said = done.stdout + done.stderr
        assert done.code == 1, said
        assert "failed unexpectedly" not in said
        for word in words:
            assert word in said, said
    assert not (study.parent / "results" / "report.html").exists()


@pytest.mark.parametrize("character", ["\x01", "\x08", "\x7f", "\ufffe"])
def test_a_control_character_in_a_name_is_found_before_the_work(write, character):
    """The name of a city: its row, and the character by its code."""
    rows = [row.replace("乙", f"乙{character}") for row in ROWS]

    refused(write(rows=rows), f"U+{ord(character):04X}", "row 5", "remedy")


def test_a_control_character_in_a_heading_is_found_before_the_work(write):
    """The heading of a column, shown by its code."""
    refused(write(header=HEADER.replace("talent", "tal\x02ent")), "U+0002", "tal\\x02ent")


@pytest.mark.long
def test_a_control_character_in_a_cell_of_text_is_a_warning_and_shown_by_its_code(write):
    """A text that is no key: a warning with row and column; the study runs in every format."""
    rows = [f"{row},{'east' if row[0] in '甲乙' else 'we' + chr(3) + 'st'}" for row in ROWS]
    text = (
        STUDY + "groups: {region: {column: region}}\nreport: {formats: [html, docx, xlsx, tex]}\n"
    )
    text = text.replace("columns: [{x: [talent]}]", "effects: [region], columns: [{x: [talent]}]")

    found = read_panel(
        write(text, rows=rows, header=HEADER + ",region").parent / "data.csv",
        entity="city",
        period="year",
    )
    call("run", write(text, rows=rows, header=HEADER + ",region"), "--lang", "en")

    (warning,) = [w for w in found.warnings if w.code == "data.control_character"]
    assert (warning.where.row, warning.where.column) == (8, "region")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("title: A study", 'title: "A\\x01 study"', "line 1, column 8"),
        ("title: A study", "title: A \x01study", "line 1, column 10"),
        ("title: A study", 'title: "A\\ud800 study"', "line 1, column 8"),
        ("{column: talent}", '{column: talent, label: {en: "T\\x0b"}}', "line 9, column 40"),
        ("  talent: {", '  "tal\\x01ent": {', "line 9, column 3"),
        ("data.csv", '"da\\0ta.csv"', "line 3, column 16"),
    ],
)
def test_a_control_character_in_the_study_file_has_its_place(write, old, new, place):
    """Title, label, key, path; written out or as an escape."""
    refused(write(STUDY.replace(old, new)), "which no document can show", place)


def test_a_label_that_comes_another_way_is_shown_by_its_codes():
    """Whatever is said in a report holds no character that ends the writing of a document."""
    assert say(Label("a\x01", en="b\x0b\ud800"), "en") == "b\\x0b\\ud800"
    assert visible("tab\tand\nline") == "tab\tand\nline"


NESTED = {
    "flow": "x: " + "[" * 800 + "]" * 800,
    "open": "x: " + "[" * 100_000,
    "mappings": "x: " + "{a: " * 800 + "1" + "}" * 800,
    "indented": "\n".join(" " * depth + "a:" for depth in range(800)),
    "dashes": "x:\n" + "- " * 800 + "1",
}


@pytest.mark.one_in(5)
@pytest.mark.parametrize("tail", NESTED.values(), ids=NESTED)
def test_a_study_file_nested_without_end_is_refused_at_its_place(write, tail):
    """800 levels, 100,000 brackets: the line where it becomes too deep, once."""
    study = write(STUDY + tail + "\n")

    refused(study, "nested too deeply", "study.yaml, line")
    assert attempt("check", study, "--lang", "en").stdout.count("nested too deeply") == 1


@pytest.mark.parametrize("digits", ["9" * 5000, "9" * 101, "9" * 5000 + ".5", "1e" + "9" * 200])
def test_a_number_without_end_is_refused_at_its_place(write, digits):
    """Whole numbers of 5,000 digits, which Python itself does not read, and others as long."""
    refused(write(f"{STUDY}seed: {digits}\n"), f"line {LINE}, column 7", "characters")


@pytest.mark.parametrize(
    "expression",
    ["(" * 100_000, "(" * 900 + "talent" + ")" * 900, "-" * 1900 + "talent", "9" * 1990],
)
def test_an_expression_without_end_is_refused_at_its_place(write, expression):
    """Brackets, signs and digits in declared arithmetic."""
    step = f"prepare: [{{z: {{step: expression, expression: '{expression}'}}}}]\nefficiency:"

    refused(write(STUDY.replace("efficiency:", step)), "line 5, column 12", "prepare.z.expression")


PRINTED = {
    "lists": ("a = " + "[" * 800 + "]" * 800, "nested too deeply"),
    "brackets": ("a = " + "[" * 100_000, "nested too deeply"),
    "dotted": ("a" + ".a" * 3000 + " = 1", "nested too deeply"),
    "whole": ("a = " + "9" * 5000, "5000 digits"),
    "power": ("a = 1e999999999999999999999", "too large"),
    "large": ("a = 1e400", "too large"),
    "nan": ("a = nan", "not a figure"),
    "control": ('"a\\u0001" = 1', "U+0001"),
}


@pytest.mark.parametrize(("figure", "reason"), PRINTED.values(), ids=PRINTED)
def test_printed_figures_without_end_are_refused_at_their_line(write, figure, reason):
    """The TOML of a comparison and of an audit."""
    study = write(STUDY + "compare: {published: p.toml}\n", p_toml=f"[t]\nn = 1\n{figure}\n")

    refused(study, reason, "p.toml")
    audit = attempt("audit", study.parent / "p.toml", "--lang", "en")
    assert audit.code == 1
    assert reason in audit.stderr
    assert "line 3" in audit.stderr or reason == "U+0001"


OUTLINES = {
    "brackets": "[" * 100_000,
    "levels": "[" * 800 + "]" * 800,
    "digits": json.dumps([{"type": "Feature", "properties": {"x": "甲"}, "geometry": {
        "type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 1], [1, 1]]]}}]).replace("3", "9" * 400),
}  # fmt: skip


@pytest.mark.parametrize("features", OUTLINES.values(), ids=OUTLINES)
def test_outlines_without_end_are_refused_with_their_file(write, features):
    """A boundary file of 100,000 brackets, 800 levels, or a coordinate of 400 digits."""
    text = STUDY + "maps: {m: {value: score, boundaries: m.json, key: x}}\n"

    refused(
        write(text, m_json=f'{{"type": "FeatureCollection", "features": {features}}}'), "m.json"
    )


@pytest.mark.parametrize("cell", ["9" * 5000, "(" * 100_000])
def test_a_cell_without_end_is_quoted_in_part(write, cell):
    """A cell of 5,000 digits or 100,000 brackets where a number belongs: its place, and 80 characters."""
    study = write(rows=[ROWS[0].replace(",2008,", f",2008,{cell}"), *ROWS[1:]])

    done = attempt("check", study, "--lang", "en")

    assert done.code == 1
    assert "row 2" in done.stdout
    assert len(done.stdout) < 2000


LIMITED = """
import resource, sys
import xinzhi.cli.main as cli
soft, hard = int(sys.argv[1]), int(sys.argv[2])
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, min(hard, most)))
sys.argv = ["xinzhi", *sys.argv[3:]]
cli.main()
"""


def with_files(soft, hard, *words):
    pytest.importorskip("resource")
    command = [sys.executable, "-c", LIMITED, str(soft), str(hard), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_twelve_open_files_are_too_few_for_a_run_and_that_is_said_first(write):
    """Before any work: how many there are, how many a run needs, and how to get them."""
    study = write()

    done = with_files(12, 12, "run", study, "--lang", "en")

    assert done.returncode == 1
    assert "12 open files" in done.stderr
    assert "ulimit" in done.stderr
    assert str(study) in done.stderr
    assert "measure" not in done.stderr


@pytest.mark.long
def test_a_file_read_by_a_process_of_its_own_is_named_when_the_system_refuses(write):
    """Five open files are too few for a second process: the file is named, nothing crashes."""
    data = write().parent / "data.parquet"
    pd.read_csv(data.with_suffix(".csv")).to_parquet(data, index=False)

    done = with_files(5, 5, "check", data, *KEYS, "--lang", "en")

    assert done.returncode == 1
    assert "data.parquet" in done.stdout + done.stderr
    assert "failed unexpectedly" not in done.stderr
