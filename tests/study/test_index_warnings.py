"""What an index, a coordination, a density, an ellipse or a detector refuses or warns of, at every door, in both languages."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt
from xinzhi.analyses.regressions import section as columns_section
from xinzhi.analyses.section import unknown_name
from xinzhi.api.analysis import analyse_data
from xinzhi.study.file import references
from xinzhi_core.errors import StudyError
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import say

HEAD = """\
title: Index
sources: {cities: {file: cities.csv, kind: panel, entity: city, period: year}}
panel: {from: cities}
variables: {transform: none, score: {column: score}, soil: {column: soil}}
report: {languages: [en, zh], formats: [md]}
"""


def cities():
    """Draw nine cities over four years; `waste` falls where `patents` rise."""
    draw = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [[f"c{i}" for i in range(9)], range(2010, 2014)], names=["city", "year"]
    )
    frame = pd.DataFrame(
        {name: draw.uniform(0.2, 0.8, 36) for name in ("patents", "talent", "green", "score")},
        index,
    )
    frame["waste"] = 1 - frame["patents"] + 0.1 * frame["talent"]
    frame["large"] = frame["green"] + 0.5
    frame["soil"] = np.arange(36) // 5
    frame["lon"], frame["lat"] = 100 + 10 * frame["talent"], 30 + 5 * frame["green"]
    frame["same"], frame["alike"], frame["word"] = 3.0, 4.0, "east"
    frame["gap"] = frame["green"].where(frame["green"] != frame["green"].iloc[4])
    frame["co2"] = 1.0 + np.arange(36)
    frame["below"], frame["gdp"] = -frame["green"], 2 * frame["co2"]
    return frame


@dataclass(frozen=True)
class Case:
    """What is asked at each door, and what each of them says."""

    study: str
    call: str
    words: dict[str, object]
    flags: tuple[str, ...]
    en: str
    zh: str
    remedy: str = ""
    is_refused: bool = True
    """Whether a call in Python raises; else its result has a notice."""
    checked: bool = True
    """Whether `check` can know."""
    code: int = 1
    """Of the command."""
    ran: int = 1
    """Of `run`."""


INDEX = "prepare: [{{index: {{step: entropy_index, {options}}}}}]\n"
LISTS = {"positive": ["patents", "talent"], "negative": ["talent"]}
HEAVY = {"positive": ["patents", "talent"], "weights": {"patents": 0.7, "talent": 0.3}}
CASES = {
    "a column in both lists": Case(
        INDEX.format(options="positive: [patents, talent], negative: [talent]"),
        "entropy_index",
        LISTS,
        ("--positive", "patents,talent", "--negative", "talent"),
        "'talent' counts in both directions.",
        "“talent”同时列在两个方向之下。",
        "name it under `positive` or under `negative`.",
    ),
    "obstacles of a column in both lists": Case(
        INDEX.format(options="positive: [patents, talent], negative: [talent]"),
        "obstacles",
        LISTS,
        ("--positive", "patents,talent", "--negative", "talent"),
        "'talent' counts in both directions.",
        "“talent”同时列在两个方向之下。",
        "name it under `positive` or under `negative`.",
    ),
    "an index above 1": Case(
        "prepare: [{D: {step: coupling, of: [green, large]}}]\n",
        "coupling",
        {"of": ["green", "large"]},
        ("--of", "green,large"),
        "Coupling needs indices from 0 to 1, not 1.",
        "耦合度要求指数在 0 与 1 之间，而不是 1.",
        "take an index from 0 to 1, such as `entropy_index` with `shift: 0` or `score: topsis`.",
    ),
    "a stratum of one row": Case(
        "detector: {score: {factors: [soil]}}\n",
        "detector",
        {"outcome": "score", "factors": ["soil"]},
        ("--outcome", "score", "--factors", "soil"),
        "1 stratum of soil has one row, which has no variance: 7.",
        "“soil”有 1 个分层仅含一行，无法计算方差：7。",
        "use fewer strata, such as `strata: {quantiles: 5}`, or join groups.",
        checked=False,
    ),
    "fewer than ten values": Case(
        "space_and_time: {score: {top: 2, density: {dates: [2010, 2013]}}}\n",
        "density",
        {"score": "score", "dates": [2010, 2013]},
        ("--score", "score", "--dates", "2010,2013"),
        "2010; 2013: A density needs ten values, and there are 9.",
        "2010；2013：核密度估计需要 10 个取值，现有 9 个。",
        "join groups or dates.",
        checked=False,
    ),
    "an ellipse on degrees": Case(
        "space_and_time: {score: {top: 2, ellipse: {x: lon, y: lat}}}\n",
        "ellipse",
        {"score": "score", "x": "lon", "y": "lat"},
        ("--score", "score", "--x", "lon", "--y", "lat"),
        "The coordinates are degrees, on which distances and areas have no unit.",
        "坐标为经纬度，其距离与面积没有长度单位。",
        "name projected coordinates, in km or m.",
    ),
    "indicators that move against each other": Case(
        INDEX.format(options="positive: [patents, waste]"),
        "entropy_index",
        {"positive": ["patents", "waste"]},
        ("--positive", "patents,waste"),
        "1 pair of indicators moves against each other although they are declared in one direction",
        "有 1 对指标声明为同一方向，变动却彼此相反",
        is_refused=False,
        code=0,
        ran=0,
    ),
    "obstacles of indicators that move against each other": Case(
        INDEX.format(options="positive: [patents, waste]"),
        "obstacles",
        {"positive": ["patents", "waste"]},
        ("--positive", "patents,waste"),
        "1 pair of indicators moves against each other although they are declared in one direction",
        "有 1 对指标声明为同一方向，变动却彼此相反",
        is_refused=False,
        code=0,
        ran=0,
    ),
    "one indicator that is nearly the index": Case(
        INDEX.format(options="positive: [patents, talent], weights: {patents: 0.7, talent: 0.3}"),
        "entropy_index",
        HEAVY,
        ("--positive", "patents,talent", "--weights", "patents=0.7,talent=0.3"),
        "'patents' has 70.0% of the weight: the index nearly follows this indicator alone.",
        "“patents”占权重的 70.0%：该指数几乎只反映这一项指标。",
        is_refused=False,
        code=0,
        ran=0,
    ),
    "obstacles of one indicator that is nearly the index": Case(
        INDEX.format(options="positive: [patents, talent], weights: {patents: 0.7, talent: 0.3}"),
        "obstacles",
        HEAVY,
        ("--positive", "patents,talent", "--weights", "patents=0.7,talent=0.3"),
        "'patents' has 70.0% of the weight: the index nearly follows this indicator alone.",
        "“patents”占权重的 70.0%：该指数几乎只反映这一项指标。",
        is_refused=False,
        code=0,
        ran=0,
    ),
    "classes of coordination that nobody is in": Case(
        "prepare: [{D: {step: coupling, of: [green, talent]}}]\n",
        "coupling",
        {"of": ["green", "talent"]},
        ("--of", "green,talent"),
        "No entity is in 6 of the ten classes of coordination: extreme imbalance, severe imbalance,",
        "十个协调等级中有 6 个没有个体：极度失调、严重失调、",
        is_refused=False,
        checked=False,
        code=0,
        ran=0,
    ),
    "states of decoupling that nobody is in": Case(
        "prepare: [{T: {step: tapio, of: co2, by: gdp}}]\n",
        "tapio",
        {"of": "co2", "by": "gdp"},
        ("--of", "co2", "--by", "gdp"),
        "No entity is in 7 of the eight states of decoupling: strong decoupling,",
        "八种脱钩状态中有 7 种没有个体：强脱钩、",
        is_refused=False,
        checked=False,
        code=0,
        ran=0,
    ),
}
NOTHING = {
    "an indicator that is the same everywhere": Case(
        INDEX.format(options="positive: [patents, same], weights: equal"),
        "entropy_index",
        {"positive": ["patents", "same"], "weights": "equal"},
        ("--positive", "patents,same", "--weights", "equal"),
        "1 indicator is the same in every row, so that it tells no row from another: same. Leave it out.",
        "有 1 个指标在所有行中取值相同，无法区分各行：same。请将其剔除。",
        is_refused=False,
        code=0,
        ran=0,
    ),
    "two indicators that are the same everywhere": Case(
        INDEX.format(options="positive: [patents, same, alike], weights: equal"),
        "entropy_index",
        {"positive": ["patents", "same", "alike"], "weights": "equal"},
        ("--positive", "patents,same,alike", "--weights", "equal"),
        "2 indicators are the same in every row, so that they tell no row from another: same, alike. Leave them out.",
        "有 2 个指标在所有行中取值相同，无法区分各行：same、alike。请将其剔除。",
        is_refused=False,
        code=0,
        ran=0,
    ),
    "a row without an index": Case(
        INDEX.format(options="positive: [talent, gap], weights: equal"),
        "entropy_index",
        {"positive": ["talent", "gap"], "weights": "equal"},
        ("--positive", "talent,gap", "--weights", "equal"),
        "1 row has no index: an indicator is missing.",
        "1 行有指标缺失，没有指数。",
        is_refused=False,
        checked=False,
        code=0,
        ran=0,
    ),
    "a row without a degree of coordination": Case(
        "prepare: [{D: {step: coupling, of: [talent, gap]}}]\n",
        "coupling",
        {"of": ["talent", "gap"]},
        ("--of", "talent,gap"),
        "1 row has no degree of coordination: an index is missing, or all of them are 0.",
        "1 行没有耦合协调度：有指数缺失，或各指数均为 0。",
        is_refused=False,
        checked=False,
        code=0,
        ran=0,
    ),
}
CASES |= NOTHING
REFUSED = {
    "an indicator that is named twice": Case(
        INDEX.format(options="positive: [patents, talent, patents]"),
        "entropy_index",
        {"positive": ["patents", "talent", "patents"]},
        ("--positive", "patents,talent,patents"),
        "'patents' is named twice.",
        "“patents”写了两次。",
        "name each indicator once.",
    ),
    "a weight of what is no indicator": Case(
        INDEX.format(options="positive: [patents, talent], weights: {patents: 0.5, talnt: 0.5}"),
        "entropy_index",
        {"positive": ["patents", "talent"], "weights": {"patents": 0.5, "talnt": 0.5}},
        ("--positive", "patents,talent", "--weights", "patents=0.5,talnt=0.5"),
        "'talnt' is not among the indicators.",
        "“talnt”不在所列指标之中。",
        "did you mean 'talent'? If not, give each indicator a weight that is not negative.",
    ),
    "changes over more periods than there are": Case(
        "prepare: [{T: {step: tapio, of: co2, by: soil, every: 4}}]\n",
        "tapio",
        {"of": "co2", "by": "soil", "every": 4},
        ("--of", "co2", "--by", "soil", "--every", "4"),
        "No entity has both 'co2' and 'soil' at two dates that are 4 periods apart.",
        "没有个体在相隔 4 期的两个时点同时具有“co2”与“soil”。",
        "write a smaller `every`, or name columns that are there in more periods.",
    ),
    "too few strata": Case(
        "detector: {score: {factors: [soil], strata: {quantiles: 1}}}\n",
        "detector",
        {"outcome": "score", "factors": ["soil"], "strata": {"quantiles": 1}},
        ("--outcome", "score", "--factors", "soil", "--strata", "{quantiles: 1}"),
        "1 stratum is too few for quantiles.",
        "quantiles 的分层数 1 过少。",
        "write 2 or more.",
    ),
    "coordinates that are texts": Case(
        "space_and_time: {score: {top: 2, ellipse: {x: word, y: lat}}}\n",
        "ellipse",
        {"score": "score", "x": "word", "y": "lat"},
        ("--score", "score", "--x", "word", "--y", "lat"),
        "Column 'word' holds 'east', not a number.",
        "列“word”中有“east”，不是数字。",
        "use a column of numbers; a group can be an effect.",
    ),
    "a quantity that is a text": Case(
        "decompose: {parts: {of: word, factors: [talent, green]}}\n",
        "decompose",
        {"of": "word", "factors": ["talent", "green"]},
        ("--of", "word", "--factors", "talent,green"),
        "Column 'word' holds 'east', not a number.",
        "列“word”中有“east”，不是数字。",
        "use a column of numbers; a group can be an effect.",
    ),
    "a quantity that is no product of its factors": Case(
        "decompose: {parts: {of: co2, factors: [talent, green]}}\n",
        "decompose",
        {"of": "co2", "factors": ["talent", "green"]},
        ("--of", "co2", "--factors", "talent,green"),
        "'co2' is not the product of talent, green, but for a constant: ",
        "即使允许相差一个常数倍，“co2”也不等于talent、green的乘积：二者分别为 ",
        "compute one factor as what is left by the others, such as intensity = of / gdp.",
    ),
    "a quantity below 0 that is decomposed": Case(
        "decompose: {parts: {of: below, factors: [talent, green]}}\n",
        "decompose",
        {"of": "below", "factors": ["talent", "green"]},
        ("--of", "below", "--factors", "talent,green"),
        " is negative.",
        "为负",
        "decompose values that are not negative.",
    ),
    "a quantity against itself": Case(
        "prepare: [{T: {step: tapio, of: co2, by: co2}}]\n",
        "tapio",
        {"of": "co2", "by": "co2"},
        ("--of", "co2", "--by", "co2"),
        "'co2' is compared with itself.",
        "“co2”与其自身比较。",
        "name another quantity.",
    ),
    "a factor named twice": Case(
        "detector: {score: {factors: [soil, soil]}}\n",
        "detector",
        {"outcome": "score", "factors": ["soil", "soil"]},
        ("--outcome", "score", "--factors", "soil,soil"),
        "'soil' is named more than once.",
        "“soil”重复出现。",
        "name it once.",
    ),
}
CASES |= REFUSED
every = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "cities.csv"
    cities().reset_index().to_csv(path, index=False)
    return path


@pytest.mark.one_in(12)
@every
@pytest.mark.parametrize("language", ["en", "zh"])
def test_check_and_run_of_a_study(case, language, tmp_path):
    """The sentence with its remedy; `check` too where no computation is needed to know."""
    cities().reset_index().to_csv(tmp_path / "cities.csv", index=False)
    (tmp_path / "study.yaml").write_text(HEAD + case.study, encoding="utf-8")
    words = {"en": case.en, "zh": case.zh}[language]

    checked = attempt("check", tmp_path / "study.yaml", "--lang", language)
    assert (words in checked.stdout) == case.checked
    ran = attempt("run", tmp_path / "study.yaml", "--lang", language, "--out", tmp_path / language)
    assert words in ran.stderr
    assert ran.code == case.ran
    if language == "en":
        assert case.remedy in ran.stderr


@pytest.mark.one_in(5)
@every
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command(case, language, table):
    """On stderr, with the same exit code in both languages."""
    keys = ("--entity", "city", "--period", "year", "--lang", language)
    done = attempt("analyse", case.call, table, *keys, *case.flags)
    assert {"en": case.en, "zh": case.zh}[language] in done.stderr
    assert done.code == case.code
    if language == "en":
        assert case.remedy in done.stderr


@every
def test_the_function(case):
    """As an error, or as a notice of the result, which a notebook shows too."""
    function = getattr(xz, case.call)
    if case.is_refused:
        with pytest.raises(StudyError) as caught:
            function(cities(), **case.words)
        said = [problem.what for problem in caught.value.problems]
    else:
        found = function(cities(), **case.words)
        said = [notice.text for notice in found.notices]
        assert case.en.split("'")[-1] in found._repr_html_()
    assert any(case.en in say(text, "en") for text in said)
    assert any(case.zh in say(text, "zh") for text in said)


def test_a_key_that_is_no_choice_is_called_by_its_option(tmp_path):
    """The option, and not the wrong key itself."""
    cities().reset_index().to_csv(tmp_path / "cities.csv", index=False)
    study = HEAD + "detector: {score: {factors: [soil], strata: {quantile: 5}}}\n"
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    done = attempt("check", tmp_path / "study.yaml", "--lang", "en")
    assert "'quantile' is not a choice for strata." in done.stdout
    done = attempt("check", tmp_path / "study.yaml", "--lang", "zh")
    assert "“quantile”不是 strata 的可选值。" in done.stdout


def test_every_kind_of_name_has_a_chinese_word():
    """Each noun that the check of names passes on, as it stands in the source."""
    source = inspect.getsource(references) + inspect.getsource(columns_section)
    kinds = {
        *re.findall(r'\.known\([^\n]*, "([a-z ]+)"\)', source),
        *re.findall(r'unknown_name\("([a-z ]+)"', source),
        "score or index",
    }
    assert {"panel source", "member", "variable of interest"} <= kinds
    for kind in sorted(kinds):
        said = say(unknown_name(kind, "甲", ["乙"]).what, "zh")
        assert not re.search("[a-z]", said), said


def test_a_part_that_fails_is_said_by_the_command_too(tmp_path):
    """Of the regions of a density, which are too few; the table stands beside it."""
    frame = cities()
    frame = pd.concat([frame, frame.rename(lambda name: f"d{name}", level="city")])
    frame["coast"] = np.where(frame.index.get_level_values("city") < "c7", "east", "west")
    frame.reset_index().to_csv(tmp_path / "cities.csv", index=False)
    done = attempt(
        *("analyse", "density", tmp_path / "cities.csv", "--entity", "city", "--period", "year"),
        *("--score", "score", "--by", "coast", "--dates", "2010", "--lang", "en"),
    )
    assert done.code == 1
    assert "! 2010, east: A density needs ten values, and there are 7.\n" in done.stderr
    assert "  remedy: join groups or dates.\n" in done.stderr
    assert "2010, west" in done.stdout


BY_REGION = {
    "density": ("density: {dates: [2010], by: coast}", {"dates": [2010], "by": "coast"}),
    "inequality": (
        "regions: coast, inequality: [theil]",
        {"regions": "coast", "inequality": ["theil"]},
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("name", BY_REGION)
def test_an_entity_without_a_region_is_named(name, tmp_path):
    """By each analysis that takes the scores apart by region: in the study, by the command and in Python."""
    frame = pd.concat([cities().rename(lambda c, k=k: f"{k}{c}", level="city") for k in range(4)])
    coast = [
        None if c == "3c8" else "ew"[int(c[0]) % 2] for c in frame.index.get_level_values("city")
    ]
    frame = frame.assign(coast=coast)
    frame.reset_index().to_csv(tmp_path / "cities.csv", index=False)
    study, words = BY_REGION[name]
    (tmp_path / "study.yaml").write_text(
        HEAD + f"space_and_time: {{score: {{top: 2, {study}}}}}\n", encoding="utf-8"
    )
    flags = [
        word
        for key, each in words.items()
        for word in (f"--{key}", each if isinstance(each, str) else str(each[0]))
    ]
    told = {
        "en": "1 entity belongs to no group and is left out where groups are compared: 3c8.",
        "zh": "1 个个体不属于任何组，未计入分组比较：3c8。",
    }

    for language, words_told in told.items():
        ran = attempt("run", tmp_path / "study.yaml", "--lang", language)
        asked = attempt(
            "analyse",
            name,
            tmp_path / "cities.csv",
            "--entity",
            "city",
            "--period",
            "year",
            "--score",
            "score",
            *flags,
            "--lang",
            language,
        )
        assert words_told in ran.stderr
        assert words_told in asked.stderr
    found = analyse_data(
        name, panel_of(frame.rename_axis(["entity", "period"])), score="score", **words
    )
    assert told["en"] in [str(notice.text) for notice in found.notices]


def test_dates_of_the_score_hold_for_its_parts(tmp_path):
    """Where an ellipse and a density name none of their own."""
    frame = cities().assign(x=500 + 100 * cities()["talent"], y=900 + 100 * cities()["green"])
    frame = pd.concat([frame, frame.rename(lambda name: f"d{name}", level="city")])
    frame.reset_index().to_csv(tmp_path / "cities.csv", index=False)
    more = "space_and_time: {score: {top: 2, dates: [2010, 2013], density: {}, ellipse: {x: x, y: y, dates: [2011, 2012]}}}\n"  # fmt: skip
    (tmp_path / "study.yaml").write_text(HEAD + more, encoding="utf-8")
    tables = xz.run(tmp_path / "study.yaml", results=tmp_path / "out").results
    assert tables["density"]["score"].to_frame().index.get_level_values(0).tolist() == [2010, 2013]
    assert tables["ellipse"]["score"].to_frame().index.tolist() == [2011, 2012]


@pytest.mark.parametrize(("dates", "shown"), [([2010], ["2010"]), ([2013, 2010, 2013], ["2010", "2013"])])  # fmt: skip
def test_ranks_of_one_date_and_of_a_date_named_twice(dates, shown):
    """Nobody moves at one date; a date that is named twice is shown once."""
    found = analyse_data("ranks", panel_of(cities().rename_axis(["entity", "period"])), score="score", dates=dates)  # fmt: skip
    (ranks,) = (table for table in found.exhibits.tables if table.id == "ranks_ranks")
    assert [column.key for column in ranks.columns] == shown
    moves = [words for words in map(str, ranks.reading) if words.startswith("The largest climb")]
    assert len(moves) == len(shown) - 1


def test_sentences_of_the_reading_log_end_once(tmp_path):
    """A warning stands behind the clauses of its step, in both languages."""
    cities().reset_index().to_csv(tmp_path / "cities.csv", index=False)
    study = HEAD + CASES["one indicator that is nearly the index"].study
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    attempt("run", tmp_path / "study.yaml", "--out", tmp_path / "out")
    english = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    chinese = (tmp_path / "out" / "report.zh.md").read_text(encoding="utf-8")
    assert "talent 0.30000000. 'patents' has 70.0% of the weight: the index nearly follows this indicator alone.\n" in english  # fmt: skip
    assert "。。" not in chinese
    assert ".." not in english.replace("...", "")
