"""Sections of a study file that cannot be computed as written: the sentence, what helps, and the place in the file."""

from __future__ import annotations

import re

import pytest

from made_sections import BASE, GROUPS, score, variables, write_sections
from said import said
from xinzhi.study.run import check_study, run
from xinzhi_core.errors import StudyError
from xinzhi_core.wording import say

DATA = variables()


def problems_of(path):
    """List what is refused, whether the file is read or the data are."""
    try:
        return check_study(path).problems
    except StudyError as error:
        return error.problems


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("text", "key", "what", "remedy", "zh"),
    [
        (
            DATA + BASE.replace("columns", "covariance: driscoll_kraay, columns"),
            "tables.base.covariance",
            "Driscoll-Kraay errors need a lag.",
            "write {driscoll_kraay: 2}.",
            "Driscoll-Kraay 标准误须给出滞后阶数。",
        ),
        (
            DATA + BASE.replace("{x: [talent]}", "{x: [talent]}, {}"),
            "tables.base",
            "Column 2 has no `x`.",
            "name its regressors, or start the table `from` a column.",
            "第 2 列没有 `x`。",
        ),
        (
            DATA + BASE.replace("x: [talent]", "x: [talent], instruments: {firms: [policy]}"),
            "tables.base.columns[1].instruments.firms",
            "Unknown variable of interest 'firms'.",
            "known: talent.",
            "没有名为“firms”的核心解释变量。",
        ),
        (
            DATA + BASE + "specification_curve: {of: base/1, vary: {drop: [{a: b, c: d}]}}",
            "specification_curve.vary",
            "One group is dropped at a time.",
            "write [{coal: non_coal}, {stage: growing}].",
            "一次只剔除一个组。",
        ),
        (
            DATA + BASE + "typology: {from: [base], level: 0.1}",
            "typology",
            "`level` is declared once for the whole study.",
            "write `inference: {level: 0.1}` in the study file.",
            "`level` 在整个研究中只声明一次。",
        ),
        (
            DATA + BASE + "typology: {from: [base], confidence: 0.9}",
            "typology",
            "`confidence` has no effect without `what_if`.",
            "add `what_if`, or remove `confidence`.",
            "没有 `what_if`，`confidence` 不起作用。",
        ),
        (
            DATA
            + BASE
            + "diagnostics: {of: base/1, tests: [vif]}\ntypology: {from: [diagnostics]}",
            "typology.from",
            "No section named here estimates the effect of a factor.",
            "name a table of regressions, such as the one with the main results.",
            "此处所列的各节均未估计要素的效应。",
        ),
        (
            DATA
            + BASE.replace("}}\n", "}, other: {outcome: firms, columns: [{x: [talent]}]}}\n")
            + "typology: {from: [base, other]}",
            "typology.from",
            "The sections named here have different outcomes (base: gdp, other: firms).",
            "name sections with one and the same outcome.",
            "此处所列各节的被解释变量不同（base: gdp, other: firms）。",
        ),
        (
            score("measure: directional")
            + BASE.replace("gdp", "e")
            + "typology: {from: [base]}",
            "typology.from",
            ("The outcome 'e' is an inefficiency: the more, the worse, so that a positive association with it is not a "
            "pathway."),
            "measure an efficiency for the pathways, such as super_sbm.",
            "被解释变量“e”为无效率值：越大越差，因此与其正相关的要素不构成路径。",
        ),
        (
            score() + "maps: {m: {value: e, in: [2001], boundaries: built_in}}",
            "maps.m.value",
            "'e' has no classes to colour a map by.",
            "add `classes` to it under efficiency.",
            "“e”没有分级，无法给地图着色。",
        ),
        (
            DATA + "maps: {m: {value: gdp, in: [2001], boundaries: built_in}}",
            "maps.m.value",
            "'gdp' has no classes to colour a map by.",
            "add `classes` to the map.",
            "“gdp”没有分级，无法给地图着色。",
        ),
        (
            DATA
            + GROUPS
            + "maps: {m: {groups: region, classes: {low: '< 1', high: '>= 1'}, in: [2001], boundaries: built_in}}",
            "maps.m",
            "`classes` are ranges of a value, and groups have none.",
            "remove it.",
            "`classes` 是数值的区间，分组没有数值。",
        ),
    ],
    ids=lambda value: value if re.fullmatch(r"[a-z_.]+", str(value)) else "",
)  # fmt: skip
def test_a_section_is_refused_with_its_place(tmp_path, text, key, what, remedy, zh):
    """One sentence, one remedy, and the line of the file in which the section stands."""
    (problem,) = problems_of(write_sections(tmp_path, text + "\n"))

    assert (str(problem.what), str(problem.remedy)) == (what, remedy)
    assert say(problem.what, "zh") == zh
    assert problem.where.key == key
    assert problem.where.line is not None


def test_a_region_that_changes_is_named_for_each_entity(tmp_path):
    """The statistics by region need one region of each entity: all that have two are named, with the column."""
    path = write_sections(
        tmp_path,
        score() + GROUPS + "space_and_time: {e: {regions: region, dates: [2001, 2006]}}\n",
        lambda frame: frame.assign(
            region=[1 if year == 2003 else int(place in "AB") for place, year in frame.index]
        ),
    )

    problems = problems_of(path)

    assert [str(p.what) for p in problems] == [
        f"{place} is in more than one region." for place in "CDEFGHIJ"
    ]
    assert say(problems[0].what, "zh") == "C 属于不止一个区域。"
    assert {str(p.remedy) for p in problems} == {"give each entity one region in all periods."}
    assert {p.where.column for p in problems} == {"region"}


@pytest.mark.parametrize(
    ("text", "analysis", "what", "remedy", "zh"),
    [
        (
            DATA + BASE + "inference: {placebo: {factors: [policy], draws: 99}}",
            "placebo",
            "None of the factors stands in a regression of the study.",
            "name regressors of a table under `inference.placebo.factors`.",
            "所列因素均未进入本研究的任何回归。",
        ),
        (
            DATA + BASE + "inference: {whole_study: {draws: 49, scheme: subsample, size: 10}}",
            "whole_study",
            "A subsample of 10 entities needs more than the 10 there are.",
            "choose a size below 10, such as 5.",
            "抽取10个个体的子样本需要多于现有的10个个体。",
        ),
        (
            DATA + "inference: {whole_study: {draws: 49, scheme: bootstrap}}",
            "whole_study",
            "No regression of the study was estimated that could be drawn again.",
            "ask for a table of regressions, or leave it out.",
            "本研究没有可供重复抽样的回归结果。",
        ),
    ],
)  # fmt: skip
def test_draws_of_nothing_leave_the_study_whole(tmp_path, text, analysis, what, remedy, zh):
    """The section says why it is missing; the regressions stand, and so does the report."""
    result = run(write_sections(tmp_path, text + "\n"))

    (problem,) = result.results[analysis][analysis].problems
    assert (str(problem.what), str(problem.remedy)) == (what, remedy)
    assert say(problem.what, "zh") == zh
    for columns in result.results["tables"].values():
        assert columns.fitted
    assert what in "".join(said(result).values())


def test_a_part_that_the_score_does_not_have_is_refused_with_those_it_has(tmp_path):
    """Slacks and targets are named by the columns of the measurement."""
    text = score().replace("e: {from: e}", "e: {from: e, component: slack_gpd}")

    with pytest.raises(StudyError) as refused:
        run(write_sections(tmp_path, text))

    (problem,) = refused.value.problems
    assert str(problem.what) == "The score has no component 'slack_gpd'."
    assert say(problem.what, "zh") == "效率得分没有“slack_gpd”这一分量。"
    assert str(problem.remedy).startswith("did you mean 'slack_gdp'?")


@pytest.mark.parametrize(
    ("error", "what", "remedy", "zh"),
    [
        (
            MemoryError(),
            "The memory of this computer was not enough for inference.placebo.",
            "run again with fewer processes (--jobs), or on a larger computer.",
            "请减少进程数（--jobs）后重新运行，或换用内存更大的计算机。",
        ),
        (
            OSError(24, "Too many open files"),
            "The system refused something that inference.placebo needs: OSError: [Errno 24] Too many open files",
            "look into faults.txt in the results, and run again.",
            "请查看结果文件夹中的 faults.txt，然后重新运行。",
        ),
    ],
)  # fmt: skip
def test_what_the_computer_cannot_give_costs_one_section(
    tmp_path, monkeypatch, error, what, remedy, zh
):
    """The section says what was missing and what helps; the regressions stand."""
    monkeypatch.delenv("XINZHI_RAISE_FAULTS")

    def refuse(*_):
        raise error

    monkeypatch.setattr("xinzhi.analyses.placebo.placebo", refuse)
    result = run(
        write_sections(
            tmp_path, DATA + BASE + "inference: {placebo: {factors: [talent], draws: 99}}\n"
        )
    )

    (problem,) = result.results["placebo"]["placebo"].problems
    assert (str(problem.what), str(problem.remedy)) == (what, remedy)
    assert say(problem.remedy, "zh") == zh
    assert result.results["tables"]["base"].fitted
