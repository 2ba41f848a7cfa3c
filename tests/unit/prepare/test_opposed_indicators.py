"""A composite index whose indicators move against each other is questioned, with the pair and both correlations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.prepare.step import prepare
from xinzhi.prepare.steps.entropy_index import (
    AGAINST,
    IndexOptions,
    _is_against,
    entropy_index,
    opposed_notes,
)
from xinzhi_core.errors import SpecError
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import say


def panel(seed=0, n=40, periods=8, *, level=1.0, inside=1.0):
    """Draw two indicators: the second follows the first between and within entities with these signs."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"e{i:02d}" for i in range(n)], range(2010, 2010 + periods)], names=["entity", "period"]
    )
    base, moves = draw.normal(size=n).repeat(periods), draw.normal(size=n * periods)
    noise = 0.3 * draw.normal(size=n * periods)
    return panel_of(
        pd.DataFrame(
            {"a": 3 * base + moves, "b": 3 * level * base + inside * moves + noise}, index=index
        )
    )


def doubts(data, **options):
    """Return the entries that question the direction, in both languages."""
    made = prepare(data, [("index", {"step": "entropy_index", "columns": ["a", "b"], **options})])
    return [
        (say(e.why, "en"), say(e.why, "zh"))
        for e in made.ledger.entries
        if e.change == "flagged" and "against" in say(e.why, "en")
    ]


def test_indicators_that_move_together_are_not_questioned():
    """The same direction between and within entities."""
    assert doubts(panel()) == []


@pytest.mark.parametrize(("level", "inside"), [(-1, -1), (-1, 1), (1, -1)])
def test_a_pair_that_moves_against_each_other_is_named_to_the_word(level, inside):
    """Between entities, within them, or both: the pair, both correlations and the remedy."""
    data = panel(level=level, inside=inside)
    frame = data.frame
    moves = frame - frame.groupby(level=0).transform("mean")
    r, w = frame.corr().iloc[0, 1], moves.corr().iloc[0, 1]
    assert np.sign([r, w]).tolist() == [level, inside]
    english = (
        "1 pair of indicators moves against each other although they are declared in one direction, so "
        f"that the index adds up what cancels: a and b (r = {w:.2f} within entities, {r:.2f} overall). "
        "Name the one that counts the other way round under `negative`, or leave it out."
    )
    chinese = (
        "有 1 对指标声明为同一方向，变动却彼此相反，相加后在指数中相互抵消："
        f"a与b（个体内 r = {w:.2f}，总体 r = {r:.2f}）。请把其中的反向指标写入 `negative`，或将其剔除。"
    )
    assert doubts(data) == [(english, chinese)]


def test_declared_the_other_way_round_the_verdicts_are_the_other_way_round():
    """`negative` turns an indicator: opposites agree, and what agreed is questioned."""
    assert doubts(panel(level=-1, inside=-1), negative="b") == []
    assert len(doubts(panel(), negative=["b"])) == 1
    assert doubts(panel(), negative=["a", "b"]) == []


def test_an_indicator_that_counts_less_as_more_is_turned_round():
    """The index with `negative` is that of the indicator with the other sign, whatever its level."""
    data = panel(level=-1, inside=-1)
    turned = panel_of(data.frame.assign(b=7 - data.frame["b"]))
    options = {"step": "entropy_index", "columns": ["a", "b"]}
    one = prepare(data, [("index", {**options, "negative": ["b"]})]).frame["index"]
    other = prepare(turned, [("index", options)]).frame["index"]

    np.testing.assert_allclose(one, other, rtol=1e-12)
    x = data.frame.to_numpy() * [1.0, -1.0]
    np.testing.assert_allclose(one, entropy_index(x).index, rtol=1e-12)


def test_a_cross_section_has_one_correlation_and_gaps_do_not_count():
    """One row an entity: nothing is within; a row with a gap is left out."""
    values = np.linspace(0.0, 1.0, 60)
    index = pd.MultiIndex.from_arrays(
        [[f"e{i:02d}" for i in range(60)], [0] * 60], names=["entity", "period"]
    )
    frame = pd.DataFrame({"a": values, "b": 1 - values}, index=index)
    frame.iloc[3, 0] = np.nan
    ((english, chinese),) = doubts(panel_of(frame, has_periods=False))

    assert "cancels: a and b (r = -1.00). Name" in english
    assert "：a与b（r = -1.00）。" in chinese


def test_independent_indicators_are_seldom_questioned():
    """Two that have nothing to do with each other: at most 5 of 100 panels of 30 entities."""
    found = 0
    for seed in range(100):
        draw = np.random.default_rng(seed)
        data = panel(seed, n=30)
        level = draw.normal(size=(30, 2)).repeat(8, axis=0)
        found += bool(doubts(panel_of(data.frame * 0 + level + draw.normal(size=(240, 2)))))
    assert found <= 5


def test_the_bound_is_the_greater_of_two():
    """A fifth, or two standard errors of few rows."""
    assert AGAINST == 0.2
    assert not _is_against(-0.2, 10_000)
    assert _is_against(-0.2001, 10_000)
    assert not _is_against(-0.5, 16)
    assert _is_against(-0.5001, 16)
    assert not _is_against(-1.0, 0)


def test_of_many_pairs_the_worst_five_are_named():
    """Each of four indicators against each of two others is eight pairs; the strongest come first."""
    draw = np.random.default_rng(4)
    data = panel(n=60)
    base = data.frame["a"].to_numpy()
    scatter = [0.1, 0.2, 0.3, 0.4, 0.0, 0.5]
    signs = [1, 1, 1, 1, -1, -1]
    values = np.array(
        [s * base + c * draw.normal(size=480) for s, c in zip(signs, scatter, strict=True)]
    ).T
    names = tuple("uvwxyz")
    entities = np.asarray(data.frame.index.codes[0])
    (note,) = opposed_notes(IndexOptions(columns=names), values, entities)
    said = say(note, "en")

    assert said.startswith("8 pairs of indicators move against each other although they are ")
    assert said.endswith(
        "Name those that count the other way round under `negative`, or leave them out."
    )
    assert said.count(" within entities, ") == 5
    assert "cancels: u and y (r = -" in said
    assert say(note, "zh").startswith("有 8 对指标声明为同一方向")


@pytest.mark.parametrize(
    ("options", "what", "remedy"),
    [
        (
            {"negative": ["c"]},
            "'c' is not among the indicators.",
            "write it under `columns` too.",
        ),
        (
            {"negative": ["b"], "standardise": False},
            "Values as they are have no opposite direction.",
            "leave out `standardise: false`, or turn the indicator round beforehand.",
        ),
    ],
)
def test_a_direction_that_means_nothing_is_refused(options, what, remedy):
    """An unknown indicator, and values that are weighed as they are."""
    with pytest.raises(SpecError) as caught:
        doubts(panel(), **options)
    (problem,) = caught.value.problems

    assert (str(problem.what), str(problem.remedy)) == (what, remedy)
    assert problem.where.key == "prepare.index.negative"
