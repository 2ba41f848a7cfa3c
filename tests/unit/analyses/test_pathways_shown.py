"""What the report says of the rules of pathways, to the word, and when their figure is drawn."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from xinzhi.analyses.effects import Quantity
from xinzhi.analyses.pathways import charts, show
from xinzhi.analyses.whole_study.draws import effect_key
from xinzhi.present.style import PLAIN
from xinzhi_core.wording import say
from xinzhi_econometrics.verdict import judge

SUPPORTED = {
    "en": (
        "A pathway is supported for an entity if the factor's effect and its effect through a channel are positive "
        "with p below 5%. The estimate of a group is used for its entities only where the groups differ (p below "
        "5%); otherwise that for all entities is used."
    ),
    "zh": (
        "若要素的效应及其经由某一渠道的效应均为正且 p 值低于 5%，则认为该路径对该个体得到支持。"
        "仅当组间存在差异（p 值低于 5%）时采用本组估计，否则采用全样本估计。"
    ),
}
LEAST = {"en": "An effect below 0.200 does not count.", "zh": "小于 0.200 的效应不予计入。"}


def methods(least, language):
    result = SimpleNamespace(
        pathways=SimpleNamespace(thresholds=SimpleNamespace(level=0.05, minimum_effect=least)),
        inputs=SimpleNamespace(slopes=()),
    )
    section = SimpleNamespace(what_if=None)
    return [
        say(one, language) for one in show._methods(section, result, SimpleNamespace(style=PLAIN))
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_rules_of_a_supported_pathway_are_said(language):
    """With a smallest effect that counts only where one is declared."""
    assert methods(0.0, language) == [SUPPORTED[language]]
    assert methods(0.2, language) == [SUPPORTED[language], LEAST[language]]


@pytest.mark.parametrize(
    ("first", "second", "n"),
    [(None, None, 0), (0.2, None, 1), (None, 0.2, 1), (0.2, 0.3, 1)],
)
def test_the_figure_is_drawn_where_one_step_has_an_estimate(monkeypatch, first, second, n):
    """Either step of a channel is enough; without any there is nothing to draw."""
    steps = [
        SimpleNamespace(verdict=None if b is None else judge(b, 0.01)) for b in (first, second)
    ]
    lane = SimpleNamespace(channels=[SimpleNamespace(first=steps[0], second=steps[1])])
    monkeypatch.setattr(charts, "_step_verdicts", lambda _: {})
    monkeypatch.setattr(charts, "by_pathway", lambda _: {"p": None})
    monkeypatch.setattr(charts, "_lane", lambda *_: lane)
    monkeypatch.setattr(charts, "pathway_diagram", lambda key, _, lanes, *__: (key, lanes))
    shown = SimpleNamespace(name="typology", style=PLAIN)
    assert (
        list(charts.charts(SimpleNamespace(pathways=None), shown))
        == [("typology_mechanism", [lane])] * n
    )


def test_the_key_of_an_effect_names_all_that_tells_it_from_others():
    """Column, kind, group, the other group, moderator, its level, and what stands beside it."""
    plain = Quantity("slope", ("x", "y"), (), 0.0, 0.0, 0.0)
    assert effect_key(("tables", "baseline"), plain) == "tables.baseline x -> y"
    whole = Quantity(
        "difference",
        ("x", "m", "y"),
        (),
        *(0.0, 0.0, 0.0),
        column=2,
        grouping="region",
        group="east",
        other="west",
        moderator="w",
        at="high",
        past="n",
    )
    assert effect_key(("tables", "baseline"), whole) == (
        "tables.baseline/2 x -> m -> y difference region: east less west | w at high beside n"
    )
