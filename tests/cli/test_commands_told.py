"""What commands say when nothing, too little or too much is asked of them: whole sentences, in both languages."""

from __future__ import annotations

import json
import re
import shutil
import socket
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pandas as pd
import pytest
import uvicorn

import xinzhi as xz
from cli_runner import attempt
from made_small import STUDY, write_small
from xinzhi_core import processes

ROLES = "--entity city --period year --inputs x --good y"
DRAWS = "draws of the whole study"


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run the small study, which keeps forty draws."""
    folder = write_small(tmp_path_factory.mktemp("told"))
    changes = {
        "x: {column: x}}": "x: {column: x}, z: {column: z}, w: {expression: x * y}}",
        "{x: [x]}": "{x: [x, z, w], window: [2001, 2004]}",
    }
    text = STUDY + "inference: {whole_study: {draws: 40}}\n"
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    assert not attempt("run", folder, "-q").code
    return folder


@pytest.fixture
def here(ran, tmp_path, monkeypatch):
    """Stand in a copy of the study that has been run."""
    shutil.copytree(ran, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def spoken(words, *, code: int, stdin: str = "") -> tuple[str, str]:
    """Call a command in English and in Chinese; what it prints."""
    said = []
    for language in ("en", "zh"):
        done = attempt(*words, "--lang", language, stdin=stdin)
        assert done.code == code, done.stderr
        said.append(done.stdout + done.stderr)
    return said[0], said[1]


CALLS = {
    f"efficiency data.csv {ROLES} --with-data --output o.json": (
        1,
        (
            "Results beside the data are a table: csv, xlsx or dta.\n"
            "  where: --with-data\n"
            "  remedy: name such a file for --output, or leave --with-data out.\n"
        ),
        (
            "与数据并列的结果是一张表：csv、xlsx 或 dta。\n"
            "  位置：--with-data\n"
            "  办法：为 --output 指定此类文件，或去掉 --with-data。\n"
        ),
    ),
    f"efficiency data.csv {ROLES} --level x": (
        2,
        "'x' in --level is not a number.\n  remedy: see `xinzhi efficiency --help`.\n",
        "--level 的值“x”不是数。\n  办法：参见 `xinzhi efficiency --help`。\n",
    ),
    f"efficiency data.csv {ROLES} --dry-run --output -": (
        0,
        "Would write:\n  standard output\nDry run: nothing was written.\n",
        "将写出：\n  标准输出\n试运行：未写出任何内容。\n",
    ),
    "check data.csv --output - --format json": (
        1,
        (
            "The table and the problems as json cannot both go to standard output.\n"
            "  where: --output\n"
            "  remedy: name a file for --output.\n"
        ),
        (
            "数据表与 json 格式的问题不能同时写到标准输出。\n"
            "  位置：--output\n"
            "  办法：请用 --output 指定文件。\n"
        ),
    ),
    "demo oecdd": (
        1,
        (
            "Unknown example 'oecdd'.\n"
            "  remedy: did you mean 'oecd'? Known: oecd, provinces, resource_cities.\n"
        ),
        (
            "没有名为“oecdd”的示例。\n"
            "  办法：是否指“oecd”？可用：oecd, provinces, resource_cities。\n"
        ),
    ),
    f"explain-scores - --theirs - {ROLES}": (
        1,
        "Standard input, `-`, can be read once only.\n  remedy: name a file for the other.\n",
        "标准输入 `-` 只能读取一次。\n  办法：另一处请指定文件。\n",
    ),
    "app nowhere": (
        1,
        (
            "Folder nowhere does not exist.\n"
            "  where: nowhere\n"
            "  remedy: make it first, or name another one.\n"
        ),
        (
            "文件夹 nowhere 不存在。\n"
            "  位置：nowhere\n"
            "  办法：请先创建该文件夹，或指定其他文件夹。\n"
        ),
    ),
    "run . --dry-run --set report.decimals=2": (
        0,
        (
            "Would take from the last run:\n"
            "  the data as they are read now\n"
            "  the prepared data\n"
            "  'e' under efficiency\n"
            "  'base' under tables\n"
        ),
        (
            "将沿用上次运行的结果：\n"
            "  按当前方式读取的数据\n"
            "  准备后的数据\n"
            "  efficiency 下的“e”\n"
            "  tables 下的“base”\n"
        ),
    ),
    "runs why base": (
        0,
        "'base' is taken from the last run: nothing that it depends on has changed.\n",
        "“base”取自上次运行：其所依据的内容均未改变。\n",
    ),
    "runs delete": (
        1,
        "Which draws are to be deleted?\n  remedy: name a computation, or add --all.\n",
        "要删除哪些抽样结果？\n  办法：请给出计算的名称，或加上 --all。\n",
    ),
    "runs delete draws": (
        1,
        f"No draws are kept under the name 'draws'.\n  remedy: known: {DRAWS}.\n",
        f"没有名为“draws”的抽样结果。\n  办法：可用：{DRAWS}。\n",
    ),
    "runs --out elsewhere": (
        0,
        "No draws are kept in 'elsewhere'.\n",
        "“elsewhere”中没有保留的抽样结果。\n",
    ),
    "runs delete draws --out elsewhere": (
        1,
        "No draws are kept in 'elsewhere'.\n",
        "“elsewhere”中没有保留的抽样结果。\n",
    ),
    "show bas": (
        1,
        (
            "Unknown table 'bas'.\n"
            "  remedy: did you mean 'base'? Known: base, e_by_period, e_indicators, e_ranking, "
            "variables, whole_study, whole_study_main.\n"
        ),
        (
            "没有名为“bas”的表。\n"
            "  办法：是否指“base”？可用：base, e_by_period, e_indicators, e_ranking, "
            "variables, whole_study, whole_study_main。\n"
        ),
    ),
    "explain . base.talent": (
        1,
        "No printed number is called 'talent'.\n  remedy: known: x, z, w.\n",
        "报告中没有名为“talent”的数值。\n  办法：可用：x、z、w。\n",
    ),
    "explain . base.w": (
        0,
        (
            "Rows used: 32; entities: 8; periods: 2001–2004; left out: 8\n"
            "  A 2005: outside the sample of this column, or alone in a level of a fixed effect\n"
        ),
        (
            "所用行数：32；个体数：8；时期：2001–2004；未用行数：8\n"
            "  A 2005：不在该列的样本内，或在某一固定效应类别中仅此一行\n"
        ),
    ),
    "explain . base.col1.w.b": (
        0,
        "w (w): column w, transform none, value 28.0\n  formula: x * y\n",
        "w（w）：列 w，变换 none，取值 28.0\n  公式：x * y\n",
    ),
    "explain . base.z": (
        0,
        (
            "z (z): column z, transform none, value 1.75\n"
            "  z, step z (rate): (x) / y, per 1; one y counts 1\n"
            "    made of: x, y\n"
        ),
        (
            "z（z）：列 z，变换 none，取值 1.75\n"
            "  z，步骤 z（rate）：(x) / y，每 1；一个 y 计 1\n"
            "    由以下各项得出：x、y\n"
        ),
    ),
    "run . --set report.formats=[png,pdf]": (
        0,
        "figures as PDF, one per file",
        "PDF 格式的图，每图一个文件",
    ),
}


@pytest.mark.one_in(5)
@pytest.mark.parametrize("words", CALLS)
@pytest.mark.usefixtures("here")
def test_a_call(words):
    """What is wrong or would be done, where it was written, and what helps."""
    code, *expected = CALLS[words]

    for said, sentence in zip(spoken(words.split(), code=code), expected, strict=True):
        assert sentence in said


@pytest.mark.parametrize("words", ["runs", "runs delete --all", f"runs delete '{DRAWS}'"])
def test_draws_of_a_study_that_is_not_there(here, words):
    """A study named wrongly is refused: the draws of the one that lies here are not meant."""
    english, chinese = spoken(
        [*words.replace("'", "").split(" ", 2), "--study", "stdy.yaml"], code=1
    )

    assert "File 'stdy.yaml' does not exist." in english
    assert "where: stdy.yaml" in english
    assert "stdy.yaml" in chinese
    assert [*here.glob("results/store/draws/*/*.npz")]


def test_draws_that_are_kept_and_what_is_left_of_them(here):
    """The list in both languages; where chunks are gone, what computes them."""
    for said, title, heads in zip(
        spoken(["runs"], code=0),
        ("Draws kept in 'results'\n", "“results”中保留的抽样结果\n"),
        (
            ["computation", "done", "left", "MB", "begun"],
            ["计算", "已完成", "剩余", "MB", "开始时间"],
        ),
        strict=True,
    ):
        first, head, row = said.splitlines()
        assert first + "\n" == title
        assert head.split() == heads
        assert row.removeprefix(DRAWS).split()[:3] == ["40", "0", "0.0"]
    for chunk in here.glob("results/store/draws/*/*.npz"):
        chunk.unlink()

    english, chinese = spoken(["runs"], code=0)

    assert english.endswith("`xinzhi runs continue` computes what is left.\n")
    assert chinese.endswith("用 `xinzhi runs continue` 计算剩余部分。\n")


def test_draws_that_are_damaged_or_of_another_run(here):
    """Verify names the computation as it is listed, its draws and their file."""
    chunk = min(here.glob("results/store/draws/*/*.npz"))  # as many as the time asks for
    last = int(chunk.stem.rpartition("-")[2])
    place, sound = chunk.relative_to(here), chunk.read_bytes()
    chunk.write_bytes(sound[:-3] + bytes([sound[-3] ^ 1]) + sound[-2:])
    damaged = spoken(["verify", "results"], code=1)
    chunk.write_bytes(sound)
    about = chunk.with_name("draws.json")
    about.write_text(json.dumps({**json.loads(about.read_text()), "sha256": "0" * 64}))
    others = spoken(["verify", "results"], code=1)

    assert damaged == (
        (
            f"Draws 1 to {last} of '{DRAWS}' are damaged.\n  where: {place}\n"
            "  remedy: run the study again: they are computed anew.\n"
        ),
        (
            f"“{DRAWS}”的第 1 至 {last} 次抽样已损坏。\n  位置：{place}\n"
            "  办法：重新运行该研究：会重新计算这些抽样。\n"
        ),
    )
    assert others == (
        (
            f"The draws of '{DRAWS}' are not those that the run gave.\n  where: {place.parent}\n"
            "  remedy: delete them with `xinzhi runs delete` and run the study again.\n"
        ),
        (
            f"“{DRAWS}”的抽样结果与运行时不一致。\n  位置：{place.parent}\n"
            "  办法：用 `xinzhi runs delete` 删除后重新运行该研究。\n"
        ),
    )


def test_an_example_is_copied_and_what_is_there_is_kept(tmp_path, monkeypatch):
    """The plan names the copies that would be made; a file of one's own is neither replaced nor planned to be."""
    monkeypatch.setattr("xinzhi.cli.commands.run.run_study", lambda *_, **__: 0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "study.yaml").write_text("mine", encoding="utf-8")

    planned = spoken(["demo", "oecd", "--out", "d", "--dry-run"], code=0)
    copied = spoken(["demo", "oecd", "--out", "d"], code=0)

    assert planned[0].startswith("Would compute:\n  the study oecd\nWould write:\n")
    assert planned[1].startswith("将计算：\n  研究 oecd\n将写出：\n")
    assert "oecd_panel.csv (new)" in planned[0]
    assert "study.yaml" not in planned[0] + planned[1]
    assert (tmp_path / "d" / "study.yaml").read_text(encoding="utf-8") == "mine"
    kept = tmp_path.joinpath("d", "study.yaml").relative_to(tmp_path)
    assert copied[0].splitlines() == [
        "The example oecd lies in d.",
        (
            "Example oecd: real data of 32 OECD countries, 2011-2019: green efficiency, and whether human "
            "capital goes with it (not significantly)."
        ),
        f"{kept} was there before and is kept as it is.",
    ]
    first, what, last = copied[1].splitlines()
    assert first == "示例 oecd 已放入 d。"
    assert what.startswith("示例 oecd：32 个经合组织国家")
    assert last == f"{kept} 已存在，保持原样。"


def test_the_page_says_how_it_is_opened_and_that_it_is_closed(tmp_path, monkeypatch):
    """A server that ends at once."""
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)

    english, chinese = spoken(["app", tmp_path, "--no-browser"], code=0)

    assert english.splitlines()[1:] == [
        "Open this address in your browser. Ctrl-C ends the page; runs go on.",
        "The page is closed.",
    ]
    assert chinese.splitlines()[1:] == [
        "请在浏览器中打开此网址。按 Ctrl-C 关闭页面，运行中的计算继续进行。",
        "页面已关闭。",
    ]


def test_a_port_that_another_program_has(tmp_path):
    """The number of the port, and that a free one is taken where none is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        english, chinese = spoken(["app", tmp_path, "--port", port, "--no-browser"], code=1)

    assert english == (
        f"Port {port} is used by another program.\n"
        "  where: --port\n"
        "  remedy: leave --port out: a free one is taken.\n"
    )
    assert chinese == (
        f"端口 {port} 已被其他程序占用。\n"
        "  位置：--port\n"
        "  办法：请省略 --port，将自动选用空闲端口。\n"
    )


ROWS = "--entity city --inputs x,z --good y"


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Write ten cities of one year, and give the scores of a measure."""
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(draw.uniform(1, 3, (10, 3)), columns=["x", "z", "y"]).round(3)
    frame.insert(0, "city", [*"ABCDEFGHIJ"])
    frame.to_csv(tmp_path / "data.csv", index=False)
    monkeypatch.chdir(tmp_path)

    def scores(measure: str, printed) -> None:
        given = {"entity": "city", "inputs": ["x", "z"], "good_outputs": "y", "measure": measure}
        theirs = frame[["city"]].assign(score=printed(xz.evaluate(frame, **given).scores))
        theirs.to_csv(tmp_path / "theirs.csv", index=False)

    return scores


PRINTED = {
    "cut off": (
        "super_sbm",
        lambda scores: scores.clip(max=1).round(5),
        "cut off at the score of an efficient row",
        "在有效单元的得分处截断",
    ),
    "super": (
        "super_sbm",
        lambda scores: scores.clip(min=1).round(5),
        "by the super program alone, so that no score is below 1",
        "仅用超效率规划，得分均不低于 1",
    ),
    "complement": (
        "directional",
        lambda scores: (1 - scores).round(5),
        "as 1 - score",
        "给出 1 减得分",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("how", PRINTED)
def test_how_another_program_prints_its_scores(measured, how):
    """The convention, and others that give the same scores."""
    measure, printed, english, chinese = PRINTED[how]
    measured(measure, printed)

    said = spoken(["explain-scores", "data.csv", "--theirs", "theirs.csv", *ROWS.split()], code=0)

    assert "Reproduced: all 10 scores, to 5e-06." in said[0]
    assert english in said[0]
    assert chinese in said[1]


def test_scores_that_several_conventions_give(measured):
    """Under constant returns both orientations agree: the second one is named as well."""
    measured("radial", lambda scores: scores.round(5))
    words = ["explain-scores", "data.csv", "--theirs", "theirs.csv", *ROWS.split()]

    english, chinese = spoken([*words, "--measure", "radial"], code=0)

    assert "The same scores come from:\n  10/10  measure=radial, returns_to_scale=" in english
    assert "以下组合给出相同的得分：\n  10/10  measure=radial, returns_to_scale=" in chinese


NO_SCORES = {
    "none": (
        lambda scores: scores * np.nan,
        (
            "The other program has no score for any of these rows.\n"
            "  remedy: name the column of scores, and compare how the rows are called.\n"
        ),
        "对方软件对这些行都没有得分。\n  办法：请指明得分列，并核对各行的名称。\n",
    ),
    "whole numbers": (
        np.ceil,
        (
            "The other program's scores are whole numbers: to half a unit, many combinations give them.\n"
            "  remedy: write them out with their decimals.\n"
        ),
        (
            "对方软件的得分均为整数：在半个单位的误差内，许多组合都能得出这些得分。\n"
            "  办法：请导出保留小数的得分。\n"
        ),
    ),
}


@pytest.mark.parametrize("which", NO_SCORES)
def test_scores_that_tell_nothing(measured, which):
    """None at all, or so coarse that whatever is tried agrees."""
    printed, english, chinese = NO_SCORES[which]
    measured("radial", printed)
    words = ["explain-scores", "data.csv", "--theirs", "theirs.csv", *ROWS.split()]

    said = spoken([*words, "--column", "score"], code=1)

    assert said == (english, chinese)


class Lost:
    """A pool whose processes are lost."""

    def map(self, *_: object, **__: object) -> None:
        """Lose them."""
        raise BrokenProcessPool

    def shutdown(self, *, wait: bool) -> None:
        """End."""


@pytest.mark.usefixtures("here")
def test_a_lost_process_of_a_command_is_no_crash(monkeypatch):
    """A command that computes from a file says what a run would say, with the same remedy."""
    monkeypatch.setattr(processes, "pool_of", lambda _: Lost())
    words = f"efficiency data.csv {ROLES} --reference contemporaneous --jobs 2".split()

    english, chinese = spoken(words, code=1)

    assert english == (
        "A process was lost: memory ran out, or somebody ended it.\n"
        "  remedy: run again with fewer processes (--jobs).\n"
    )
    assert chinese == (
        "有一个进程中途退出：内存不足，或被人结束。\n  办法：请减少进程数（--jobs）后重新运行。\n"
    )


CITIES = [
    "唐山市",
    "大同市",
    "太原市",
    "长治市",
    "朔州市",
    "包头市",
    "赤峰市",
    "鞍山市",
    "本溪市",
    "铁岭市",
]


def test_figures_in_another_unit_and_a_period_of_zeros(tmp_path):
    """The table of columns calls them by a few words."""
    size = np.random.default_rng(2).uniform(1, 1.2, (10, 8, 2))
    rows = [
        f"{city},{year},{50 * (k + 2) * a:.4f},{0 if year == 2010 else 50 * (k + 2) * b:.4f}"
        if city != "太原市"
        else f"{city},{year},{200_000 * a:.4f},{0 if year == 2010 else 200 * b:.4f}"
        for k, city in enumerate(CITIES)
        for year, (a, b) in zip(range(2008, 2016), size[k], strict=True)
    ]
    (tmp_path / "d.csv").write_text("\n".join(["城市,年份,a,b", *rows]), encoding="utf-8")

    english, chinese = spoken(["check", tmp_path / "d.csv"], code=0)

    assert "entities in another unit" in english
    assert "a period of zeros" in english
    assert "部分个体单位不同" in chinese
    assert "某期全为零" in chinese


def test_a_term_without_a_denominator_stands_beside_the_status(tmp_path, monkeypatch):
    """Which term of the score is left out, whether there is a score or not."""
    rows = "city,x1,x2,y\nA,1,0,3\nB,2,1,4\nC,3,2,1\nD,0,4,2\n"
    (tmp_path / "m.csv").write_text(rows, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = [
        "--entity",
        "city",
        "--inputs",
        "x1,x2",
        "--good",
        "y",
        "--measure",
        "super_sbm",
        "--zeros",
        "drop_term",
    ]

    english, chinese = spoken(["efficiency", "m.csv", *words], code=0)

    assert "infeasible, without the term of x2\n" in english
    assert "infeasible, without the term of x1\n" in english
    assert "无可行解，不含 x2 项\n" in chinese


def test_two_files_of_one_name_in_a_new_study(here):
    """Neither takes the place of the other."""
    for folder in ("p", "q"):
        (here / folder).mkdir()
        (here / folder / "a.csv").write_text(f"city,year,{folder}\nA,2001,1\n", encoding="utf-8")
    words = ["init", "new", "--from", "p/a.csv", "--from", "q/a.csv"]

    assert spoken(words, code=1) == (
        (
            "Two files would be called a.csv in the study.\n"
            "  where: a.csv\n"
            "  remedy: rename one of them, or put them into a folder and give the folder.\n"
        ),
        (
            "有两个文件在研究文件夹中都会被命名为 a.csv。\n"
            "  位置：a.csv\n"
            "  办法：请给其中一个改名，或放入一个文件夹并给出该文件夹。\n"
        ),
    )
    assert not (here / "new").exists()


@pytest.mark.usefixtures("here")
def test_a_file_too_large_to_find_its_keys(monkeypatch):
    """They must be named, as all of the table would be looked at."""
    monkeypatch.setattr("xinzhi_panel.io.guard.large_kind", lambda _: "text")

    english, chinese = spoken(["check", "data.csv"], code=1)

    assert english.startswith(
        "✗ The file is too large to find its keys by itself.\n"
        "  where: data.csv\n"
        "  remedy: name them: --entity city --period year.\n"
    )
    assert chinese.startswith(
        "✗ 文件过大，程序不自动识别主键。\n"
        "  位置：data.csv\n"
        "  办法：请指明主键：--entity city --period year。\n"
    )


def test_a_frontier_of_zeros_alone(here):
    """The reference was given: another one helps, or another treatment of the zeros."""
    text = (here / "data.csv").read_text(encoding="utf-8")
    zeros = re.sub(r",2002,\d+,", ",2002,0,", text)
    (here / "zeros.csv").write_text(zeros, encoding="utf-8")
    words = f"{ROLES} --measure sbm --zeros drop_row --reference base --base-period 2002".split()

    assert spoken(["efficiency", "zeros.csv", *words], code=1) == (
        (
            "Every row of a frontier has a zero that the measure divides by.\n"
            "  where: reference\n"
            "  remedy: choose another reference, or another treatment of the zeros.\n"
        ),
        (
            "某个前沿的每一行都有该测度要除以的零值。\n"
            "  位置：reference\n"
            "  办法：请选择其他参考集，或改用零值的其他处理方式。\n"
        ),
    )
