"""`xinzhi check` on one screen: profile, problems by cause, and `--all` for the rest."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from cli_runner import attempt, call
from xinzhi.cli.check_output import Checked, _blocks, checked_lines
from xinzhi.study.run import check_study
from xinzhi_core.errors import Problem, Where, group_problems

YEARS = range(2006, 2023)
STUDY = """\
title: A study
sources:
{sources}panel: {{from: [s0, s1, s2, s3, s4]}}
efficiency:
  score:
    inputs: [v00, v10]
    good_outputs: [v20]
    bad_outputs: [v30]
variables:
  score: {{from: score}}
  v40: {{column: v40}}
describe: {{variables: [score, v40]}}
"""
KEYS = ("--entity", "城市", "--period", "年份")
SMALL = "城市,年份,用电量（万千瓦时）,人口\n甲,2008,1.5,3\n甲,2009,,3\n乙,2008,0,4\n乙,2009,4,5\n"


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """327 cities over 17 years in five files of four columns; a file in three calls half of them otherwise."""
    folder = tmp_path_factory.mktemp("five")
    for file in range(5):
        heading = ",".join(["城市", "年份", *(f"v{file}{j}" for j in range(4))])
        rows = [
            f"城{i:03}{'市' if file in (1, 3) and i % 2 else ''},{year},"
            + ",".join(f"{1 + (i * 7 + year * 3 + j) % 89}.5" for j in range(4))
            for i in range(327)
            for year in YEARS
        ]
        (folder / f"f{file}.csv").write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    sources = "".join(
        f"  s{n}: {{file: f{n}.csv, kind: panel, entity: 城市, period: 年份, names: text}}\n"
        for n in range(5)
    )
    (folder / "study.yaml").write_text(STUDY.format(sources=sources), encoding="utf-8")
    return folder / "study.yaml"


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_thousands_of_errors_of_five_files_are_one_screen(five, lang):
    """The names that do not match come before the cells that are empty because of it."""
    lines = call("check", five, "--lang", lang, code=1).stdout.splitlines()

    assert len(lines) <= 60
    told = "\n".join(lines)
    assert "城001市" in told
    cause = next(i for i, line in enumerate(lines) if line.startswith("! ") and "城001市" in line)
    empty = next(i for i, line in enumerate(lines) if line.startswith("✗ "))
    assert cause < empty
    assert f"{8 * 163 * 17 // 2}" in told  # half of the cells of four columns, twice
    columns = [line.split()[0] for line in lines if line.startswith("v")]
    assert columns[:5] == ["v00", "v10", "v20", "v30", "v40"]
    assert len(columns) >= 12  # the others are counted where there is no room


@pytest.mark.long
def test_a_national_panel_is_told_on_one_screen(five):
    """327 cities, 17 years, five files, with thousands of errors: sixty lines at most."""
    found = check_study(five)
    data = found.data
    answer = Checked(
        found.problems, data.panel, data.reading.decisions, found.stated, found.profile
    )
    lines = list(checked_lines(answer, "en", shows_all=False))

    assert len(found.problems) > 10_000
    assert len(lines) <= 60


@pytest.mark.long
def test_json_keeps_every_problem_beside_the_groups(five):
    """Each problem as before; groups with count, columns and three examples; a profile a column."""
    found = json.loads(attempt("check", five, "--format", "json").stdout)

    counts = [group["count"] for group in found["groups"]]
    assert sum(counts) == len(found["problems"]) > 10_000
    assert found["groups"][0]["code"] == "files.matched"
    largest = max(found["groups"], key=lambda group: group["count"])
    assert sum(largest["columns"].values()) == largest["count"]
    assert len(largest["examples"]) == 3
    assert all(one in found["problems"] for one in largest["examples"])
    assert {one["column"] for one in found["profile"]} == set(found["table"]["columns"])
    assert {one["column"]: one["missing"] for one in found["profile"] if one["missing"]} == found[
        "table"
    ]["missing"]


@pytest.mark.long
def test_all_prints_every_problem(five):
    """`--all`: no problem, decision or column is left out."""
    told = call("check", five, "--all", "--lang", "en", code=1).stdout

    found = json.loads(attempt("check", five, "--format", "json").stdout)
    assert sum(line.startswith(("✗", "!")) for line in told.splitlines()) == len(found["problems"])
    assert "--all" not in told


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_each_column_of_data_has_a_line(small):
    """Unit, empty cells and where, range, variation, years, what is odd."""
    lines = call("check", small, *KEYS, "--lang", "en").stdout.splitlines()

    head = next(i for i, line in enumerate(lines) if line.startswith("column"))
    assert lines[head].split("  ")[0] == "column"
    power, people = lines[head + 1 : head + 3]
    for word in ("用电量", "万千瓦时", "25.0% (2009)", "0 – 4", "2008-2009", "33% zeros"):
        assert word in power, power
    for word in ("人口", "3 – 5", "integers"):
        assert word in people, people


def test_the_cells_of_a_profile_stand_below_their_headings(small):
    """Chinese characters are two wide: each cell begins where its heading does."""
    lines = call("check", small, *KEYS, "--lang", "zh").stdout.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("列 "))

    def starts(line):
        wide = "".join(letter if ord(letter) < 0x2E80 else letter + letter for letter in line)
        ends = [i for i, (a, b) in enumerate(pairwise(" " + wide)) if a == " " != b]
        return {i for i in ends if i == 0 or wide[i - 2 : i] == "  "}

    heading = starts(lines[head])
    assert len(heading) == 8
    assert starts(lines[head + 1]) <= heading | {0}
    assert starts(lines[head + 2]) <= heading | {0}


@pytest.mark.long
def test_a_study_profiles_what_it_uses_first(five):
    """Columns of the study before the others; the same numbers as for `check DATA`."""
    lines = call("check", five, "--lang", "en", code=1).stdout.splitlines()
    columns = [line.split()[0] for line in lines if line.startswith("v")]
    assert columns[:5] == ["v00", "v10", "v20", "v30", "v40"]

    alone = call("check", five.parent / "f2.csv", *KEYS, "--lang", "en").stdout.splitlines()
    (there,) = [line.split()[2:5] for line in lines if line.startswith("v20")]
    (here,) = [line.split()[2:5] for line in alone if line.startswith("v20")]
    assert there == here


def test_many_different_problems_fit_the_screen_too(tmp_path):
    """Kinds for which there is no room are counted, and the first kinds are shown."""
    path = tmp_path / "data.csv"
    kinds = ["三", "1.2.3", "#REF!", "12-Mar", '"1,23,456"', "about 4", "1e400", "=A1", "½"]
    rows = [
        f"城{i:03},{year},{','.join(kinds[(i + k) % len(kinds)] for k in range(12))}"
        for i in range(40)
        for year in YEARS
    ]
    heading = ",".join(["城市", "年份", *(f"x{k}" for k in range(12))])
    path.write_text("\n".join([heading, *rows]), encoding="utf-8")

    done = attempt("check", path, *KEYS, "--lang", "en")

    assert done.code == 1
    assert len(done.stdout.splitlines()) <= 60
    found = json.loads(attempt("check", path, *KEYS, "--format", "json").stdout)
    assert len(found["problems"]) > 100
    assert f"{len(found['problems'])} errors." in done.stdout


@pytest.mark.long
def test_the_same_notice_about_several_files_is_one_line(five):
    """Five encodings are one decision with a count."""
    told = call("check", five, "--lang", "en", code=1).stdout

    assert told.count("Encoding utf-8") == 1
    assert "(4 more like this)" in told


def test_groups_of_a_study_file_are_not_cut_short(tmp_path):
    """Nine mistakes in a study file are nine messages."""
    path = tmp_path / "study.yaml"
    path.write_text("".join(f"wrong{i}: 1\n" for i in range(9)), encoding="utf-8")

    done = attempt("check", path, "--lang", "en")
    groups = json.loads(attempt("check", path, "--format", "json").stdout)["groups"]

    assert sum(group["count"] for group in groups) >= 9
    assert all(f"wrong{i}" in done.stdout for i in range(9))


@pytest.mark.long
def test_the_order_of_problems_does_not_change_their_groups(five):
    """Groups are made of kinds, not of neighbours."""
    problems = check_study(five).problems[:500]

    again = group_problems([*problems[::2], *problems[1::2]])

    assert {(g.first.code, len(g.problems)) for g in again} == {
        (g.first.code, len(g.problems)) for g in group_problems(problems)
    }


@pytest.mark.parametrize(
    ("most", "shown", "en", "zh"),
    [
        (12, 6, None, None),
        (
            11,
            5,
            "… and 1 more problem: `--all` prints it.",
            "……另有一类共 1 个问题，加 `--all` 显示。",
        ),
        (
            8,
            3,
            "… and 3 more problems of 3 kinds: `--all` prints them.",
            "……另有 3 类共 3 个问题，加 `--all` 显示。",
        ),
        (
            1,
            1,
            "… and 5 more problems of 5 kinds: `--all` prints them.",
            "……另有 5 类共 5 个问题，加 `--all` 显示。",
        ),
    ],
)
def test_what_has_no_room_is_counted(most, shown, en, zh):
    """Six problems of two lines: as many as have room beside the line that counts the others, the first always."""
    problems = [Problem(f"made.{n}", f"Problem {n}.", Where(file="a.csv")) for n in range(6)]

    for language, last in {"en": en, "zh": zh}.items():
        lines = _blocks(problems, most, language)
        assert [line.partition("\n")[0] for line in lines[:shown]] == [
            f"✗ Problem {n}." for n in range(shown)
        ]
        assert lines[shown:] == ([last] if last else [])
