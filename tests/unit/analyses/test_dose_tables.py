"""What is printed of the doses of tools: each cell is its number, each sentence says the same in both languages."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from xinzhi.analyses.pathways.charts import _doses, _supported
from xinzhi.analyses.pathways.dose import Dose
from xinzhi.analyses.pathways.dose_tables import dose_cells, dose_sentences, doses_of, doses_table
from xinzhi.analyses.pathways.evidence import (
    UNNAMED,
    ApplicableEstimate,
    Evidence,
    ResolvedEstimates,
    Thresholds,
)
from xinzhi.analyses.pathways.pathways import (
    CityPathways,
    OwnLevel,
    Pathway,
    Pathways,
    PathwayStep,
    Tool,
)
from xinzhi.present import numbers
from xinzhi.present.style import PLAIN
from xinzhi.present.table import EMPTY
from xinzhi_core.wording import say

INF, NAN = math.inf, math.nan
NEEDED = Dose("needed", 2.5, 4.0, 3.0, 7.25, 9.0)
OPEN = Dose("needed", 3.5, 4.0, 3.5, INF, 9.0)
ALREADY = Dose("already", 5.0, 5.0, 5.0, 7.25, 9.0)
BEYOND = Dose("beyond", 1.0, largest=9.0)
NEVER = Dose("never", 1.0, largest=9.0)
BEYOND_WORDS = {"en": "beyond the data", "zh": "超出数据范围"}
WORDS = {
    "beyond": "only beyond the largest amount in the data",
    "never": "no dose in the range of the data",
    "weakens": "more of it weakens the step",
    "not_shown": "no dose: the tool is not shown to change the step",
    "unknown": "level not known",
    "untested": "not estimated",
}
MEDIATED, DIRECT = "m -> y", "x -> m"


def step(path, dose):
    interaction = ResolvedEstimates(path, "works", ())
    return PathwayStep(interaction, None, "null", dose)


def city(name, *steps, status="supported"):
    """An entity with one pathway, one tool, and these steps."""
    evidence = Evidence("x -> y", "", "", "", 0.3, 0.1, 0.01, 90, 0.1, 0.5)
    effect = ResolvedEstimates("x -> y", "works", (ApplicableEstimate(evidence, "works"),))
    level = OwnLevel("w", 1.0, 2010, 1.0, 3, ())
    tool = Tool("w", level, "needs_more", tuple(step(*each) for each in steps))
    pathway = Pathway("p", "P", "x", status, effect, (), level, (tool,), ())
    return CityPathways(name, {}, (pathway,))


def view_of(*cities):
    pathways = Pathways({c.entity: c for c in cities}, "y", Thresholds(0.10))
    return SimpleNamespace(
        result=SimpleNamespace(pathways=pathways),
        shown=SimpleNamespace(name="pathways"),
        naming=UNNAMED,
        names={},
        name=UNNAMED.variable,
        amount=lambda tool, value: f"{value:g} {tool}s",
    )


def test_cells_of_a_dose_are_its_numbers():
    """More than today, and both ends; words where the data give no number."""
    assert [c.value for c in dose_cells(NEEDED)] == [1.5, 0.5, 4.75]
    assert [c.value for c in dose_cells(ALREADY)] == [0.0, 0.0, 2.25]
    more, low, high = dose_cells(OPEN)
    assert (more.value, low.value, high.kind) == (0.5, 0.0, "text")
    assert (say(high.value, "en"), say(high.value, "zh")) == ("beyond the data", "超出数据范围")
    assert dose_cells(None) == (EMPTY,) * 3
    plain = dose_cells(Dose("already", 5.0, 5.0, NAN, NAN, 9.0))
    assert [c.value for c in plain] == [0.0, None, None]


@pytest.mark.parametrize("answer", WORDS)
def test_words_stand_where_there_is_no_dose(answer):
    """One reason, and no number beside it."""
    words, *others = dose_cells(Dose(answer, 1.0, largest=9.0))
    assert (say(words.value, "en"), words.kind) == (WORDS[answer], "text")
    assert say(words.value, "zh") != WORDS[answer]
    assert others == [EMPTY, EMPTY]


def test_the_table_has_a_row_for_each_entity_and_step_that_needs_more():
    """In the order of the entities; what is answered in words is counted in the sentence of its step."""
    view = view_of(
        city("a", (MEDIATED, NEEDED), (DIRECT, OPEN)),
        city("b", (MEDIATED, OPEN), (DIRECT, NEVER)),
        city("c", (MEDIATED, ALREADY), (DIRECT, NEVER)),
        city("d", (MEDIATED, BEYOND), (DIRECT, NEVER)),
        city("e"),
    )
    table = doses_table(view)
    assert (table.id, say(table.stub, "en")) == ("pathways_doses", "Entity")
    assert {column.key: say(column.heading, "en") for column in table.columns} == {
        "tool": "Tool",
        "step": "Step",
        "own": "Today",
        "level": "Significant from",
        "more": "More needed",
        "more_low": "Lower bound",
        "more_high": "Upper bound",
    }
    beyond = BEYOND_WORDS["en"]
    assert [
        (
            row.key,
            say(row.label, "en"),
            *(say(c.value, "en") if c.kind == "text" else c.value for c in row.cells),
        )
        for row in table.rows
    ] == [
        (f"a:w:{MEDIATED}", "a", "w", "m → y", 2.5, 4.0, 1.5, 0.5, 4.75),
        (f"a:w:{DIRECT}", "a", "w", "x → m", 3.5, 4.0, 0.5, 0.0, beyond),
        (f"b:w:{MEDIATED}", "b", "w", "m → y", 3.5, 4.0, 0.5, 0.0, beyond),
    ]
    assert [say(one, "en") for one in table.reading] == [
        (
            "w on m → y: significant at today's level (1), more needed (2; from 4 ws on, 1 ws more in the median), "
            "only beyond the largest amount in the data (1)."
        ),
        (
            "w on x → m: more needed (1; from 4 ws on, 0.5 ws more in the median), no dose in the range of the data "
            "(3)."
        ),
    ]
    assert say(table.reading[0], "zh") == (
        "w对 m → y 的调节：现有水平下已显著（1）、尚需增加（2；达到 4 ws 起显著，增加量的中位数为 1 ws）、"
        "须超出数据中的最大值（1）。"
    )
    assert "at the 10% level" in say(table.notes[0], "en")
    assert say(table.notes[1], "en").startswith("Bounds: interval of 90% by inverting a test")
    assert table.machine["doses"][0] == {
        "entity": "a",
        "tool": "w",
        "path": MEDIATED,
        **NEEDED.to_dict(),
    }
    assert len(table.machine["doses"]) == 8


def test_several_levels_are_a_range():
    """A step that is significant in two stretches of a tool has two levels: each entity needs the next above its own."""
    other = Dose("needed", 2.5, 5.5, 3.0, 7.25, 9.0)
    table = doses_table(view_of(city("a", (MEDIATED, NEEDED)), city("b", (MEDIATED, other))))
    (sentence,) = table.reading
    assert say(sentence, "en") == (
        "w on m → y: more needed (2; from 4 ws to 5.5 ws on, 2.25 ws more in the median)."
    )
    assert say(sentence, "zh") == (
        "w对 m → y 的调节：尚需增加（2；达到 4 ws 至 5.5 ws 起显著，增加量的中位数为 2.25 ws）。"
    )


def test_where_nobody_needs_more_there_are_sentences_alone():
    """No rows, no columns, no notes; without any dose no table."""
    table = doses_table(view_of(city("a", (DIRECT, ALREADY)), city("b", (DIRECT, NEVER))))
    assert (table.columns, table.rows, table.notes, table.stub) == ((), (), (), "")
    (sentence,) = table.reading
    assert say(sentence, "en") == (
        "w on x → m: significant at today's level (1), no dose in the range of the data (1)."
    )
    assert doses_table(view_of(city("a"))) is None


def test_doses_are_sorted_by_tool_and_a_step_without_one_is_left_out():
    """As the study file has them."""
    found = doses_of(view_of(city("a", (MEDIATED, NEEDED), (DIRECT, None))).result.pathways)
    assert found == {("w", MEDIATED): {"a": NEEDED}}


@pytest.mark.parametrize(
    ("dose", "english", "chinese"),
    [
        (
            NEEDED,
            "m → y is significant from w 4 ws on: 1.5 ws more than today (90% interval: 0.5 ws to 4.75 ws more).",
            "w达到 4 ws 起，m → y 显著：比现有水平多 1.5 ws（90% 区间：多 0.5 ws 至 4.75 ws）。",
        ),
        (
            OPEN,
            "m → y is significant from w 4 ws on: 0.5 ws more than today (90% interval: 0 ws more to beyond the data).",
            "w达到 4 ws 起，m → y 显著：比现有水平多 0.5 ws（90% 区间：多 0 ws 至超出数据范围）。",
        ),
        (
            BEYOND,
            "m → y would be significant only beyond the largest amount of w in the data (9 ws).",
            "须超出数据中w的最大值（9 ws），m → y 方能显著。",
        ),
        (
            NEVER,
            "m → y is significant at no amount of w in the data.",
            "在数据中w的任何水平上，m → y 均不显著。",
        ),
    ],
)
def test_the_page_of_an_entity_says_its_dose(dose, english, chinese):
    """Of supported pathways; nothing is said of a step that is significant today."""
    one = city("a", (MEDIATED, dose), (DIRECT, ALREADY))
    (sentence,) = dose_sentences(view_of(one), one)
    assert (say(sentence, "en"), say(sentence, "zh")) == (english, chinese)
    opposed = city("a", (MEDIATED, dose), status="unsupported")
    assert list(dose_sentences(view_of(opposed), opposed)) == []


def test_the_figure_says_how_many_need_more_and_how_much():
    """The largest dose of an entity's steps; the median of the entities for which it is supported."""
    result = SimpleNamespace(findings=SimpleNamespace(naming=UNNAMED))
    cities = [
        city("a", (MEDIATED, NEEDED), (DIRECT, OPEN)),
        city("b", (MEDIATED, OPEN)),
        city("c", (MEDIATED, ALREADY)),
        city("d", (MEDIATED, NEEDED), status="unsupported"),
    ]
    of_entities = {c.entity: c.pathways[0] for c in cities}
    lines = list(_supported(of_entities, result, SimpleNamespace(style=PLAIN)))
    assert [say(line, "en") for line in lines] == [
        "supported for 3 of 4 entities",
        f"2 need more w: {numbers.number(1.0, 0)} in the median",
    ]
    assert say(lines[1], "zh") == f"2 个个体须增加w：中位数为 {numbers.number(1.0, 0)}"
    (one,) = _doses({"b": of_entities["b"]}, result)
    assert say(one, "en") == "1 needs more w: 0.500"
