"""What `show`, `run` and `update` say of the last run and of newer files: whole sentences, in both languages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli_runner import attempt, call
from made_small import STUDY, write_small

Change = Callable[[Path], None]


def replaced(name: str, old: str, new: str) -> Change:
    """Replace a text in a file of the study."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def failing(folder: Path) -> None:
    """Give a column a unit and a zero: the data are read and kept, and the rate of `prepare` fails."""
    head, first, *rest = (folder / "data.csv").read_text(encoding="utf-8").splitlines()
    lines = [
        head.replace("y", "y（元）").replace("（元）ear", "ear"),
        first.rpartition(",")[0] + ",0",
    ]
    (folder / "data.csv").write_text("\n".join([*lines, *rest]), encoding="utf-8")
    replaced("study.yaml", "city, period: year", "city, period: year, read: {units: {y: 元}}")(
        folder
    )
    call("run", folder / "study.yaml", code=1)


def emptied(folder: Path) -> None:
    """Lose what was stored of the last run."""
    for path in (folder / "results" / "store").glob("*.npz"):
        path.unlink()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The small study, run once."""
    folder = write_small(tmp_path_factory.mktemp("runs"))
    call("run", folder / "study.yaml", "--progress", "plain")
    return folder


HELD: dict[str, tuple[Change, str, str, str]] = {
    "another step": (
        replaced("study.yaml", "per: 1", "per: 2"),
        "base",
        "The last run does not hold the prepared data: changed since then: the section prepare.",
        "上次运行的结果中没有准备后的数据：此后已改动：prepare 部分。",
    ),
    "other periods": (
        replaced("study.yaml", "{from: data}", "{from: data, periods: {from: 2002}}"),
        "base",
        "The last run does not hold the data as they are read now: changed since then: the section panel.",
        "上次运行的结果中没有按当前方式读取的数据：此后已改动：panel 部分。",
    ),
    "a source read otherwise": (
        replaced("study.yaml", "period: year}", "period: year, read: {encoding: utf-8}}"),
        "base",
        "The last run does not hold the data as they are read now: changed since then: the section sources.data.",
        "上次运行的结果中没有按当前方式读取的数据：此后已改动：sources.data 部分。",
    ),
    "a list of cities": (
        replaced("study.yaml", "{from: data}", "{from: data, cities: prefectures}"),
        "base",
        "The last run does not hold the data as they are read now: changed since then: the section panel, the registry of cities.",
        "上次运行的结果中没有按当前方式读取的数据：此后已改动：panel 部分、城市名录。",
    ),
    "other effects": (
        replaced("study.yaml", "effects: [entity]", "effects: [period]"),
        "base",
        "The last run does not hold 'base' under tables: changed since then: its options.",
        "上次运行的结果中没有tables 下的“base”：此后已改动：其选项。",
    ),
    "a new table": (
        replaced(
            "study.yaml",
            "{base:",
            "{more: {outcome: e, effects: [], columns: [{x: [x]}]}, base:",
        ),
        "more",
        "The last run does not hold 'more' under tables: the study file did not ask for it then.",
        "上次运行的结果中没有tables 下的“more”：当时的研究文件没有要求计算这一项。",
    ),
    "values and units of data that could not be prepared": (
        failing,
        "base",
        "The last run does not hold the prepared data: changed since then: the values of y, the units, labels or rows of the data.",
        "上次运行的结果中没有准备后的数据：此后已改动：y 的数值、数据的单位、标签或行。",
    ),
    "a store that was emptied": (
        emptied,
        "base",
        "The last run does not hold the data as they are read now: its stored result was damaged or removed.",
        "上次运行的结果中没有按当前方式读取的数据：其已保存的结果已损坏或被删除。",
    ),
    "no last run": (
        lambda folder: shutil.rmtree(folder / "results"),
        "base",
        "The study has not been run yet, or its run.json cannot be read.",
        "本研究尚未运行，或其 run.json 无法读取。",
    ),
}
"""What was changed after a run -> the change, the table asked for, and what `show` says in English and Chinese."""


@pytest.mark.parametrize("name", HELD)
def test_what_the_last_run_does_not_hold_is_said(tmp_path, finished, name):
    """No number of another study is shown: the part, what changed, and the command that computes it."""
    change, table, english, chinese = HELD[name]
    folder = Path(shutil.copytree(finished, tmp_path / "study"))
    change(folder)
    shown = attempt("show", table, "--study", folder, "--lang", "en")
    assert (shown.code, shown.stdout) == (1, "")
    assert shown.stderr.splitlines()[:2] == [
        english,
        "  remedy: compute it with `xinzhi run study.yaml`.",
    ]
    shown = attempt("show", table, "--study", folder, "--lang", "zh")
    assert shown.stderr.splitlines()[:2] == [
        chinese,
        "  办法：请用 `xinzhi run study.yaml` 计算。",
    ]


def test_a_part_that_the_study_lacks_is_refused(finished):
    """`--only` with a name that is nowhere: nothing is written, and the nearest is offered."""
    english, chinese = (
        attempt("run", finished / "study.yaml", "--only", "bse", "--lang", language).stderr
        for language in ("en", "zh")
    )
    assert "The study has no part 'bse'.\n  remedy: did you mean 'base'?" in english
    assert "研究中没有“bse”部分。\n  办法：是否指“base”？" in chinese


def test_a_regression_of_an_index_on_filled_cells_says_both(tmp_path):
    """The share of cells that were filled, and what it means that the outcome is an index."""
    write_small(tmp_path)
    text = STUDY.replace("variables:", "productivity: {m: {of: e, index: malmquist}}\nvariables:")
    text = text.replace("{e: {from: e}", "{m: {from: m}, e: {from: e}").replace(
        "come: e", "come: m"
    )
    text = text.replace("prepare: [", "prepare: [{x: {step: interpolate, columns: [x]}}, ")
    (tmp_path / "study.yaml").write_text(text.replace("[en]", "[en, zh]"), encoding="utf-8")
    lines = (tmp_path / "data.csv").read_text(encoding="utf-8").splitlines()
    assert lines[2].startswith("A,2002,")
    lines[2] = "A,2002,,3"
    (tmp_path / "data.csv").write_text("\n".join(lines), encoding="utf-8")

    done = call("run", tmp_path / "study.yaml", "--lang", "en", "--progress", "plain")

    chinese = (tmp_path / "results" / "report.zh.md").read_text(encoding="utf-8")
    # One cell of x in 32 rows of an index and of x.
    assert "base: 3.1% of the cells behind its columns were filled, not observed." in done.stderr
    assert "base：各列所用单元格中依次有3.1%为填补值，而非观测值。" in chinese
    assert (
        "m is an index of productivity: its values depend on one another through estimated frontiers, so the "
        "usual standard errors of a regression on it are approximate." in done.stderr
    )
    assert (
        "m是生产率指数：其取值通过估计的前沿相互依赖，因此以其为被解释变量的回归，通常的标准误是近似的。"
        in chinese
    )


OTHERS = "city,year,z1,z2\nA,2001,1,2\nB,2001,2,3\n"
STRANGERS = "city,year,x,y\nQ,2001,1,2\nR,2001,2,3\n"
NEWER: dict[str, tuple[dict[str, str], list[str], list[str]]] = {
    "a file that is not there": (
        {},
        [
            "File 'new.csv' does not exist.",
            "  where: new.csv",
            "  remedy: check the name and the folder.",
        ],
        ["没有文件“new.csv”。", "  位置：new.csv", "  办法：请检查文件名和所在文件夹。"],
    ),
    "two files for one": (
        {"data.csv": "", "b.csv": ""},
        [
            "data.csv and b.csv would both take the place of data.csv.",
            "  where: b.csv",
            "  remedy: give one of them.",
        ],
        ["data.csv和b.csv都会替换data.csv。", "  位置：b.csv", "  办法：请只给出其中一个。"],
    ),
    "a file without the keys": (
        {"odd.csv": "p,q\n1,2\n"},
        [
            "odd.csv fits no source of the study.",
            "  where: odd.csv",
            "  remedy: as a file of 'data' (data.csv) it cannot be read: Column 'city' is not in the data.",
        ],
        [
            "odd.csv与研究的任何数据来源都不相符。",
            "  位置：odd.csv",
            "  办法：作为“data”（data.csv）的文件无法读取：数据中没有列“city”。",
        ],
    ),
    "a file of other columns": (
        {"other.csv": OTHERS},
        [
            "other.csv fits no source of the study.",
            "  where: other.csv",
            "  remedy: the nearest is 'data' (data.csv); not in the new file: x, y.",
        ],
        [
            "other.csv与研究的任何数据来源都不相符。",
            "  位置：other.csv",
            "  办法：最接近的是“data”（data.csv）；新文件中没有：x、y。",
        ],
    ),
    "a file of other cities": (
        {"cities.csv": STRANGERS},
        [
            "cities.csv fits no source of the study.",
            "  where: cities.csv",
            "  remedy: the nearest is 'data' (data.csv); not in the new file: its entities.",
        ],
        [
            "cities.csv与研究的任何数据来源都不相符。",
            "  位置：cities.csv",
            "  办法：最接近的是“data”（data.csv）；新文件中没有：其中的个体。",
        ],
    ),
}
"""What is given -> the files (an empty one is a copy of the data), and what is said in English and Chinese."""


def updated(study: Path, *files: Path, language: str = "en") -> list[str]:
    """Take newer files in; the lines of the error."""
    before = {path: path.read_bytes() for path in study.glob("*.*") if path.is_file()}
    done = attempt("update", study, *files, "--lang", language, "--progress", "plain")
    assert done.code == 1
    assert {path: path.read_bytes() for path in before} == before
    return done.stderr.splitlines()


@pytest.mark.parametrize("name", NEWER)
def test_a_newer_file_that_does_not_fit_is_refused(tmp_path, name):
    """The file stands in the sentence, the nearest source in the remedy, and no file of the study is touched."""
    files, english, chinese = NEWER[name]
    study, new = write_small(tmp_path), tmp_path / "new"
    new.mkdir()
    for file, text in files.items():
        (new / file).write_text(text or (study / "data.csv").read_text("utf-8"), "utf-8")
    given = [new / file for file in files] or [new / "new.csv"]
    for language, lines in (("en", english), ("zh", chinese)):
        wanted = [line.format(place=given[0]) for line in lines]
        assert updated(study, *given, language=language) == wanted


def test_the_file_of_the_study_itself_is_no_newer_file(tmp_path):
    """What was in it before is lost by then: the remedy says how to compare all the same."""
    study = write_small(tmp_path)
    own = study / "data.csv"
    assert updated(study, own) == [
        f"{own} is the file that the study reads: what was in it before is not known.",
        "  where: data.csv",
        "  remedy: put the old file back, and give the new one from another folder.",
    ]
    assert updated(study, own, language="zh")[::2] == [
        f"{own}正是研究所读取的文件：无法得知其中以前的内容。",
        "  办法：请先放回旧文件，再从另一个文件夹给出新文件。",
    ]


def test_a_file_that_fits_two_sources_is_asked_about(tmp_path):
    """Neither of two sources of the same columns is taken by chance."""
    study = write_small(tmp_path)
    rows = (study / "data.csv").read_text(encoding="utf-8")
    (study / "more.csv").write_text(rows, encoding="utf-8")
    source = "data: {file: data.csv, entity: city, period: year}"
    for old, new in (
        (source, f"{source}, more: {source.removeprefix('data: ').replace('data', 'more')}"),
        ("{from: data}", "{from: [data, more]}"),
    ):
        replaced("study.yaml", old, new)(study)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "n.csv").write_text(rows, encoding="utf-8")
    assert updated(study, tmp_path / "new" / "n.csv") == [
        "n.csv could be the newer file of several sources: data, more.",
        "  where: n.csv",
        "  remedy: name one: --source data.",
    ]
    assert updated(study, tmp_path / "new" / "n.csv", language="zh")[::2] == [
        "n.csv可能是多个数据来源的新文件：data、more。",
        "  办法：请指明其中一个：--source data。",
    ]


def test_a_file_beside_the_sources_that_two_folders_hold_is_asked_about(tmp_path):
    """Two outlines of one name: both places are named, and neither is taken."""
    study = write_small(tmp_path)
    ring = [[100, 30], [101, 30], [101, 31], [100, 31], [100, 30]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "A"}, "geometry": shape}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    for folder in ("a", "b", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "o.geojson").write_text(text, encoding="utf-8")
    maps = ", ".join(
        f"{name}: {{column: x, classes: {{low: < 3, high: '>= 3'}}, boundaries: {name}/o.geojson, key: name}}"
        for name in "ab"
    )
    replaced("study.yaml", "report:", f"maps: {{{maps}}}\nreport:")(study)
    assert updated(study, tmp_path / "new" / "o.geojson") == [
        "o.geojson fits no source of the study.",
        "  where: o.geojson",
        "  remedy: the study reads several files of this name: a/o.geojson, b/o.geojson; copy the new one over the one that is meant.",
    ]
    assert updated(study, tmp_path / "new" / "o.geojson", language="zh")[2] == (
        "  办法：研究读取多个同名文件：a/o.geojson、b/o.geojson；请直接用新文件替换所指的那一个。"
    )


def test_a_study_whose_files_are_being_replaced_is_not_run(tmp_path):
    """An update that was cut off: some files may be old, and the command that puts them back is named."""
    study = write_small(tmp_path)
    record = study / "updates" / "1" / "update.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"state": "begun", "files": []}), encoding="utf-8")
    done = attempt("run", study / "study.yaml", "--lang", "en")
    assert done.code == 1
    assert done.stderr.splitlines()[-3:] == [
        "An update of this study is not finished: some of its files may be new, and others old.",
        "  where: study.yaml",
        f"  remedy: wait until it ends; if it was cut off, `xinzhi update {study / 'study.yaml'} --undo` puts the old files back.",
    ]
    assert attempt("run", study / "study.yaml", "--lang", "zh").stderr.splitlines()[-3:] == [
        "本研究的一次更新尚未完成：部分文件可能已是新的，其余仍是旧的。",
        "  位置：study.yaml",
        f"  办法：请等待其结束；若更新已中断，`xinzhi update {study / 'study.yaml'} --undo` 可恢复旧文件。",
    ]
    assert not (study / "results").exists()


TERMS = {
    "not (x > 2)": ("not x > 2", "非 x > 2"),
    "x > 2 or y > 3": ("x > 2 or y > 3", "x > 2 或 y > 3"),
    "x^y": ("x^y", "x^y"),
    "x not in (1, 2)": ("x: not 1, 2", "x：非 1、2"),
    "diff(x, 2)": ("Δx (over 2 periods)", "Δx（间隔2期）"),
    "ln(-(x - 9))": ("ln(−(x − 9))", "ln(−（x − 9）)"),
}
"""Term of a table -> how its row is called in English and Chinese."""


@pytest.mark.long
def test_terms_of_formulas_are_called_as_print_does(tmp_path):
    """Words for what is no arithmetic, signs for what is."""
    study = write_small(tmp_path)
    columns = ", ".join(f"{{x: ['{term}']}}" for term in TERMS)
    replaced("study.yaml", "columns: [{x: [x]}]", f"columns: [{columns}]")(study)
    replaced("study.yaml", "languages: [en]", "languages: [en, zh]")(study)
    call("run", study / "study.yaml", "--progress", "plain")
    for place, name in ((0, "report.md"), (1, "report.zh.md")):
        text = (study / "results" / name).read_text(encoding="utf-8").replace("\\", "")
        rows = {line.split(" | ")[0].removeprefix("| ") for line in text.splitlines()}
        assert [words[place] for words in TERMS.values() if words[place] not in rows] == []
