"""Flags that are no option of a study: the sheet, the form and the file of the output, the language, and so on.

Each is set to something else, and what must follow is computed apart from it.
"""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import click
import pandas as pd
import pytest
from typer.main import get_command

import xinzhi as xz
from cli_runner import attempt, call
from made_options import frame
from made_study import STUDY, written
from options_of_calls import BASES
from xinzhi.cli.main import app

KEYS = ["--entity", "place", "--period", "year"]
ROLES = ["--inputs", "labour,capital", "--good-outputs", "gdp", "--measure", "radial"]
MODEL = ["--outcome", "firms", "--regressors", "talent"]
HAN = re.compile("[\u4e00-\u9fff]")
CHECKED_HERE = {
    *("sheet", "their_sheet", "output_format", "output", "lang", "with_data", "explain", "dry_run"),
    *("overwrite", "quiet", "strict", "shows_all", "every", "only", "out", "settings", "formats"),
    *("title", "style", "under", "decimals", "labels", "left_out", "theirs", "their_entity"),
    *("their_period", "list_examples", "name", "table", "study", "file", "files", "folder", "data"),
    *("results", "endogenous", "progress_kind", "column"),
}
"""Flags and arguments that are set below, or whose value every call gives."""
ELSEWHERE = {
    "engine": "tests/unit/*/test_engine.py", "address": "tests/unit/*/test_dask.py",
    "jobs": "tests/unit/*/test_engine.py", "yes": "tests/cli/test_long_runs.py",
    "port": "tests/app/test_command.py", "no_browser": "tests/app/test_command.py",
    "install": "tests/app/test_start_entry.py",
    "help": "tests/cli/test_command_line.py", "seed": "tests/options/test_keywords.py",
    **dict.fromkeys(("against", "write_expectations"), "tests/cli/test_expectations.py"),
    **dict.fromkeys(("source", "undo"), "tests/cli/test_update.py"),
    **dict.fromkeys(
        ("records", "truth", "text", "code", "identifier", "terms", "codes", "classes"),
        "tests/cli/test_evaluate_terms.py",
    ),
    **dict.fromkeys(("entities", "page_language"), "tests/cli/test_brief.py"),
    **dict.fromkeys(("address", "row"), "tests/cli/test_explain.py"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A workbook of two sheets, each alone in a file too, and estimates of two regressions."""
    path = tmp_path_factory.mktemp("flags")
    first = frame()
    second = first.copy()
    numbers = [name for name in second if second[name].dtype == float]
    second[numbers] = first[numbers].abs() ** 1.5
    with pd.ExcelWriter(path / "book.xlsx") as book:
        for name, one in (("a", first), ("b", second)):
            one.reset_index().to_excel(book, sheet_name=name, index=False)
    for name, one in (("a", first), ("b", second)):
        one.reset_index().to_csv(path / f"{name}.csv", index=False, float_format="%.17g")
    for name, more in (("one", []), ("two", ["--controls", "control"])):
        call("regress", path / "a.csv", *KEYS, *MODEL, *more, "--output", path / f"{name}.csv")
    return path


def test_every_flag_is_set_somewhere():
    """A new flag of a command that is no keyword of Python must be given a test."""
    commands = get_command(app).commands
    keywords = {name for verb in BASES for name in inspect.signature(getattr(xz, verb)).parameters}
    known = keywords | CHECKED_HERE | set(ELSEWHERE)
    unknown = {
        f"{name} {one.name}"
        for name, command in commands.items()
        for one in command.get_params(click.Context(command))
        if one.name not in known and name not in ("analyse", "runs")
    }

    assert unknown == set()


OF_A_SHEET = {
    "efficiency": [*KEYS, *ROLES],
    "regress": [*KEYS, *MODEL],
    "check": KEYS,
    "explain-scores": [*KEYS, *ROLES, "--orientation", "input", "--reference", "global", "--theirs", "THEIRS", "--their-entity", "place", "--their-period", "year", "--column", "gdp"],
    "analyse describe": [*KEYS, "--variables", "firms,talent"],
    "analyse convergence": [*KEYS, "--score", "gdp"],
    "analyse tables": [*KEYS, *MODEL],
    "analyse second_stage": [*KEYS, *ROLES, "--regressors", "talent", "--draws", "49", "--bias-draws", "5"],
}  # fmt: skip


@pytest.mark.one_in(5)
@pytest.mark.parametrize("command", OF_A_SHEET)
def test_a_sheet_is_that_sheet(folder, command):
    """`--sheet b` gives what a file with the rows of b alone gives, and not what a gives."""
    words = [folder / "a.csv" if one == "THEIRS" else one for one in OF_A_SHEET[command]]

    def numbers(*given):
        done = attempt(*command.split(), *given, *words, "--format", "json", "--lang", "en")
        document = json.loads(done.stdout)
        for name in ("warnings", "problems", "decisions", "stated", "file", "read"):
            document.pop(name, None)
        return [*leaves(document)]

    of_b, of_a = (numbers(folder / "book.xlsx", "--sheet", sheet) for sheet in "ba")
    assert of_b == pytest.approx(numbers(folder / "b.csv"), nan_ok=True)
    if command != "check":
        assert of_b != pytest.approx(of_a, nan_ok=True)


def leaves(value):
    """List the numbers of a document in their order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


def test_a_sheet_of_the_other_program_is_that_sheet(folder):
    """`--their-sheet`: the scores that are explained are those of the sheet."""
    words = [*KEYS, *ROLES, "--orientation", "input", "--reference", "global", "--their-entity", "place", "--their-period", "year", "--column", "gdp", "--format", "json"]  # fmt: skip

    def found(*theirs):
        return json.loads(
            attempt("explain-scores", folder / "a.csv", *words, "--theirs", *theirs).stdout
        )

    of_b = [*leaves(found(folder / "book.xlsx", "--their-sheet", "b"))]
    assert of_b == pytest.approx([*leaves(found(folder / "b.csv"))], nan_ok=True)
    assert of_b != pytest.approx([*leaves(found(folder / "a.csv"))], nan_ok=True)


@pytest.mark.long
def test_init_reads_the_sheet(tmp_path):
    """The study that `init --sheet b` writes names the sheet."""
    few = frame().reset_index()[["place", "year", "labour", "capital", "gdp", "firms"]]
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        few = few.rename(columns={"place": "city"})
        few.to_excel(book, sheet_name="a", index=False)
        few.to_excel(book, sheet_name="b", index=False)
    for sheet in "ab":
        call("init", tmp_path / sheet, "--from", tmp_path / "book.xlsx", "--sheet", sheet)

    texts = [(tmp_path / sheet / "study.yaml").read_text(encoding="utf-8") for sheet in "ab"]
    assert "sheet: b" in texts[1]
    assert "sheet: b" not in texts[0]


SPOKEN = {
    "efficiency": ["FILE", *KEYS, *ROLES],
    "regress": ["FILE", *KEYS, *MODEL],
    "check": ["FILE", *KEYS],
    "analyse describe": ["FILE", *KEYS, "--variables", "firms,talent"],
    "explain-scores": ["FILE", *KEYS, *ROLES, "--orientation", "input", "--theirs", "FILE", "--their-entity", "place", "--their-period", "year", "--column", "gdp"],
    "table": ["ONE"],
    "demo": ["--list"],
    "audit": ["PRINTED"],
    "evaluate-terms": ["JUDGED", "--truth", "judged"],
}  # fmt: skip


@pytest.mark.one_in(4)
@pytest.mark.parametrize("command", SPOKEN)
def test_the_language_of_the_console(folder, tmp_path, command):
    """`--lang zh` says in Chinese what `--lang en` says in English; the numbers are the same."""
    (tmp_path / "printed.toml").write_text(
        "[table5.col1]\nN = 72\ntalent = { b = 0.1, se = 0.1, stars = 0 }\n", encoding="utf-8"
    )
    places = {
        "FILE": folder / "a.csv",
        "ONE": folder / "one.csv",
        "PRINTED": tmp_path / "printed.toml",
        "JUDGED": tmp_path / "judged.csv",
    }
    places["JUDGED"].write_text("cause,judged\n废水超标排放,1\n虚假广告,1\n", encoding="utf-8")
    words = [places.get(word, word) for word in SPOKEN[command]]
    zh, en = (attempt(*command.split(), *words, "--lang", lang) for lang in ("zh", "en"))
    names = "|".join([*frame().index.levels[0], "北京", "天津"])

    assert HAN.search(re.sub(names, "", zh.stdout + zh.stderr))
    assert zh.stdout + zh.stderr != en.stdout + en.stderr
    assert len(HAN.findall(en.stdout)) < len(HAN.findall(zh.stdout)) or zh.stdout == en.stdout
    assert zh.code == en.code


FORMS = {
    "efficiency": ([*KEYS, *ROLES], ("table", "json", "csv")),
    "regress": ([*KEYS, *MODEL], ("table", "json", "csv")),
    "analyse describe": ([*KEYS, "--variables", "firms,talent"], ("table", "json")),
    "check": (KEYS, ("text", "json")),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("command", FORMS)
def test_each_form_of_the_output(folder, tmp_path, command):
    """Json is one document, csv a table, and a suffix of --output chooses the same."""
    words, forms = FORMS[command]
    told = {
        form: call(
            *command.split(), folder / "a.csv", *words, "--format", form, "--lang", "en"
        ).stdout
        for form in forms
    }

    assert len(set(told.values())) == len(forms)
    json.loads(told["json"])
    with pytest.raises(json.JSONDecodeError):
        json.loads(told[forms[0]])
    if "csv" in forms:
        for suffix in ("csv", "json"):
            target = tmp_path / f"out.{suffix}"
            call(command, folder / "a.csv", *words, "--output", target)
            lines = target.read_text(encoding="utf-8-sig").split()
            assert lines == told[suffix].lstrip("\ufeff").split()
            again = attempt(command, folder / "a.csv", *words, "--output", target, "--lang", "en")
            assert again.code
            call(command, folder / "a.csv", *words, "--output", target, "--overwrite")
        planned = tmp_path / "planned.csv"
        call(command, folder / "a.csv", *words, "--output", planned, "--dry-run")
        assert not planned.exists()


def test_results_beside_the_data(folder):
    """`--with-data` writes every column of the file before the scores; `--explain` names the peers."""
    done = call("efficiency", folder / "a.csv", *KEYS, *ROLES, "--with-data", "--format", "csv")
    plain = call("efficiency", folder / "a.csv", *KEYS, *ROLES, "--format", "csv")
    explained = call(
        "efficiency", folder / "a.csv", *KEYS, *ROLES, "--explain", "北京市,2010", "--lang", "en"
    )
    unexplained = call("efficiency", folder / "a.csv", *KEYS, *ROLES, "--lang", "en")

    assert "talent" in done.stdout.splitlines()[0]
    assert "talent" not in plain.stdout.splitlines()[0]
    assert explained.stdout != unexplained.stdout


def test_instruments_with_their_endogenous_regressors(folder):
    """`--instruments z --endogenous a` is `--instruments '{a: [z]}'`."""
    both = [["--instruments", "outside", "--endogenous", "talent"], ["--instruments", "{talent: [outside]}"], ["--instruments", "skill", "--endogenous", "talent"]]  # fmt: skip
    found = [
        call("regress", folder / "a.csv", *KEYS, *MODEL, *one, "--format", "json").stdout
        for one in both
    ]

    assert found[0] == found[1] != found[2]


TABLE = {
    "--title": "Another title", "--style": "aea", "--under": "t", "--decimals": "6",
    "--label": "talent=Skill", "--left-out": "control", "--format": "tex",
}  # fmt: skip


@pytest.mark.parametrize("flag", TABLE)
def test_each_flag_of_a_table(folder, flag):
    """Title, style, what stands under a coefficient, decimals, labels, rows left out, form."""
    files = [folder / "one.csv", folder / "two.csv"]
    plain = call("table", *files, "--lang", "en")
    found = attempt("table", *files, flag, TABLE[flag], "--lang", "en")

    assert found.code == 0, found.stderr
    assert found.stdout != plain.stdout


def test_a_strict_check_fails_on_warnings(tmp_path):
    """`--strict` turns warnings into exit code 1; `--all` lists what is else summed up."""
    rows = "".join(f"{c},{y},5,{1 + i}\n" for i, c in enumerate("ABCD") for y in (2001, 2002, 2003))
    (tmp_path / "data.csv").write_text("city,year,same,y\n" + rows, encoding="utf-8")
    words = ["check", tmp_path / "data.csv", "--entity", "city", "--period", "year", "--lang", "en"]

    assert "warning" in attempt(*words).stdout.lower()
    assert (attempt(*words).code, attempt(*words, "--strict").code) == (0, 1)


@pytest.fixture
def study(tmp_path) -> Path:
    text = STUDY.replace("languages: [en]", "languages: [en], decimals: 3").replace(
        "xlsx, md", "md"
    )
    return written(tmp_path / "study", text)


@pytest.mark.long
def test_flags_of_a_run(study, tmp_path):
    """`--quiet` prints nothing, `--out` writes elsewhere, `--only` one part, `--lang` speaks, `--set` sets."""
    quiet = call("run", study, "--quiet", "--out", tmp_path / "q")
    spoken = call("run", study, "--out", tmp_path / "s", "--lang", "zh", "--progress", "json")
    only = call("run", study, "--only", "score", "--out", tmp_path / "o", "--lang", "en")
    call("run", study, "--dry-run", "--out", tmp_path / "d")

    assert quiet.stdout == ""
    assert HAN.search(spoken.stdout)
    assert any(line.startswith("{") for line in spoken.stderr.splitlines())
    assert "Only a part of the study was run: score." in only.stderr
    names = [{one.name for one in (tmp_path / where / "tables").iterdir()} for where in "so"]
    assert "baseline.md" in names[0] - names[1]
    assert not (tmp_path / "d" / "results.json").exists()
    assert not (study / "results").exists()


@pytest.mark.long
def test_languages_formats_and_decimals_of_a_report(study):
    """`report.languages`, `.formats` and `.decimals` are those of the files."""
    results = study / "results"
    call("run", study, "--quiet")
    first = (results / "tables" / "baseline.md").read_text(encoding="utf-8")
    assert not (results / "tables" / "baseline.zh.md").exists()
    assert "results.json" in {one.name for one in results.iterdir()}
    settings = [
        "--set",
        "report.languages=[zh]",
        "--set",
        "report.decimals=5",
        "--set",
        "report.formats=[md, tex]",
    ]
    call("run", study, "--quiet", *settings)
    names = {one.name for one in (results / "tables").iterdir()}
    second = next(results.glob("tables/baseline*.md")).read_text(encoding="utf-8")

    assert HAN.search(second)
    assert not HAN.search(first)
    assert any(name.endswith(".tex") for name in names)
    decimals = [max(len(one) for one in re.findall(r"\d\.(\d+)", text)) for text in (first, second)]
    assert decimals == [3, 5]


def test_stars_follow_their_levels(folder):
    """`report.stars`: a level just above the p-value of a coefficient gives it a star, one just below none."""
    from xinzhi.report.build import every_table
    from xinzhi.study.run import run

    study = written(folder / "starred")

    def coefficient(*settings):
        tables = every_table(run(study / "study.yaml", settings=settings))
        (table,) = (t for group in tables.values() for t in group if t.id == "baseline")
        return table.machine["columns"][0]["coefficients"]["talent"]

    p = coefficient()["p"]
    assert 1e-6 < p < 0.999
    stars = [
        coefficient(f'report.stars={{"*": {level!r}}}')["stars"] for level in (p * 1.001, p * 0.999)
    ]
    assert stars == ["*", ""]
