"""Steps of composite indices: two directions, given weights, coupling and decoupling; what they refuse and what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.prepare.step import prepare
from xinzhi.prepare.steps.coordination import coordinate_rows, elasticities
from xinzhi_core.errors import OutOfDomain, SpecError
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import say

DIRECTIONS = {"positive": ["patents", "talent"], "negative": ["so2"]}


def panel(n=9, periods=2, seed=0, **columns):
    """Draw indicators of so many entities."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"e{i}" for i in range(n)], range(2010, 2010 + periods)], names=["entity", "period"]
    )
    values = {name: draw.uniform(1, 9, len(index)) for name in ("patents", "talent", "so2")}
    return panel_of(pd.DataFrame({**values, **columns}, index=index))


def index_of(data, **options):
    """Prepare one index; give its values and what the ledger says in English."""
    done = prepare(data, [("index", {"step": "entropy_index", **options})])
    entries = [(e.change, say(e.why, "en")) for e in done.ledger.entries]
    return done.frame["index"], entries


def test_both_directions_are_those_of_the_list_of_columns():
    """`positive` and `negative` give the numbers that `columns` with `negative` give."""
    data = panel()
    new, entries = index_of(data, **DIRECTIONS)
    old, before = index_of(data, columns=["patents", "talent", "so2"], negative=["so2"])
    np.testing.assert_array_equal(new, old)
    assert before[0][1].startswith("weights: patents 0.")
    assert entries[0][1].startswith(
        "weighted sum with entropy weights, scaled over all rows; weights: patents 0."
    )


def test_given_weights_by_hand():
    """The better of each indicator is 1: a weighted sum of the scaled values."""
    data = panel()
    given = {"patents": 0.5, "talent": 0.2, "so2": 0.3}
    found, entries = index_of(data, **DIRECTIONS, weights=given, shift=0)
    x = data.frame
    z = (x - x.min()) / (x.max() - x.min())
    np.testing.assert_allclose(found, 0.5 * z.patents + 0.2 * z.talent + 0.3 * (1 - z.so2))
    assert "weighted sum with given weights, scaled over all rows" in entries[0][1]


def test_what_a_reader_must_know_of_the_weights_is_said():
    """Weights that sum to 2, one that is nearly all, a scale by period, a mean of two weightings."""
    given = {"patents": 1.6, "talent": 0.2, "so2": 0.2}
    _, entries = index_of(panel(), **DIRECTIONS, weights=given, pool="period", score="topsis")
    said = [text for change, text in entries if change == "flagged"]
    scale = (
        "Indicators are scaled within each period: the index compares the rows of one period, and its course over "
        "time says nothing about growth."
    )
    assert said == [
        "'patents' has 80.0% of the weight: the index nearly follows this indicator alone.",
        "The given weights sum to 2, not to 1: each is divided by it.",
        scale,
    ]
    assert "TOPSIS closeness with given weights, scaled within each period" in entries[0][1]
    _, entries = index_of(panel(), **DIRECTIONS, weights="critic", combine="entropy")
    assert "geometric mean of CRITIC weights, entropy weights" in entries[0][1]


def test_a_list_whose_indicators_correlate_below_a_half_is_questioned():
    """However few the entities are: nine, of which chance gives more than -0.5 seldom."""
    a = np.arange(9.0)
    data = panel(periods=1, patents=a, talent=np.array([8.0, 3, 7, 4, 6, 5, 1, 2, 0]))
    assert -0.95 < np.corrcoef(data.frame.patents, data.frame.talent)[0, 1] < -0.5
    _, entries = index_of(data, positive=["patents", "talent"])
    assert any("moves against each other" in text for _, text in entries)
    _, entries = index_of(data, positive=["patents"], negative=["talent"])
    assert not any("against each other" in text for _, text in entries)


@pytest.mark.parametrize(
    ("options", "key", "what", "remedy"),
    [
        ({"positive": ["so2", "talent"], "negative": ["so2"]}, "negative", "'so2' counts in both directions.", "name it under `positive` or under `negative`."),
        ({}, "positive", "The index has no indicators.", "name them under `positive` and `negative`."),
        ({"columns": ["so2"], "positive": ["talent"]}, "columns", "`columns` and `positive` both name indicators.", "write all under `positive` and `negative`."),
        ({**DIRECTIONS, "dimensions": {"a": ["gdp"]}}, "dimensions", "'gdp' is not among the indicators.", "write it under `positive` or `negative` too."),
        ({**DIRECTIONS, "dimensions": {"a": ["so2"], "b": ["so2"]}}, "dimensions", "'so2' is in two dimensions.", "leave it in one."),
        ({**DIRECTIONS, "weights": "equal_dimensions"}, "dimensions", "There are no dimensions to weigh equally.", "write `dimensions: {NAME: [INDICATOR, …]}`."),
        ({**DIRECTIONS, "weights": "critic", "combine": ["critic"]}, "combine", "A weighting is combined with itself.", "name each weighting once."),
        ({**DIRECTIONS, "weights": {"patents": 1.0, "so2": 1.0}}, "weights", "Weights are given for each indicator or for none: 'talent'.", "give each indicator a weight that is not negative."),
        ({**DIRECTIONS, "weights": {"patents": -1.0, "so2": 1.0, "talent": 1.0}}, "weights", "The weights must not be negative or all be 0.", "give each indicator a weight that is not negative."),
        ({"positive": ["patents", "talent"], "standardise": False}, "standardise", "Values as they are are weighed by entropy and added up, nothing else.", "leave out `standardise: false`."),
    ],
)  # fmt: skip
def test_an_index_that_means_nothing_is_refused(options, key, what, remedy):
    """With the option that is wrong."""
    with pytest.raises(SpecError) as caught:
        index_of(panel(), **options)
    (problem,) = caught.value.problems
    assert (str(problem.what), str(problem.remedy)) == (what, remedy)
    assert problem.where.key == f"prepare.index.{key}"


def step_of(data, kind, **options):
    """Prepare one column of a kind; give its values and what the ledger says."""
    done = prepare(data, [("made", {"step": kind, **options})])
    return done.frame["made"].to_numpy(), [say(e.why, "en") for e in done.ledger.entries]


def test_coupling_is_the_degree_by_hand_and_says_where_there_is_none():
    """sqrt(C T) of two indices; both 0: not defined; one missing: missing."""
    u = {"a": [0.4, 0.0, np.nan], "b": [0.9, 0.0, 0.5]}
    data = panel(3, 1, **u)
    found, said = step_of(data, "coupling", of=["a", "b"], weights=[0.25, 0.75])
    c, t = 2 * np.sqrt(0.36) / 1.3, 0.25 * 0.4 + 0.75 * 0.9
    np.testing.assert_allclose(found, [np.sqrt(c * t), np.nan, np.nan])
    assert said == [
        "degree of coupling coordination of a, b (geometric over arithmetic mean)",
        "All indices are 0: their coupling is not defined.",
    ]
    ratio, said = step_of(data, "coupling", of=["a", "b"], form="ratio")
    np.testing.assert_allclose(ratio[0], np.sqrt(np.sqrt(0.5 * 0.4 / 0.9) * 0.65))
    assert "corrected for the distance between the indices" in said[0]


def test_coupling_outside_its_bounds_is_refused_with_the_row():
    """An index of 1.2 is none."""
    with pytest.raises(OutOfDomain) as caught:
        step_of(panel(2, 1, a=[0.5, 1.2], b=[0.5, 0.5]), "coupling", of=["a", "b"])
    (problem,) = caught.value.problems
    assert str(problem.what) == "Coupling needs indices from 0 to 1, not 1.2."
    assert "take an index from 0 to 1, such as `entropy_index` with `shift: 0`" in str(
        problem.remedy
    )
    assert (problem.where.entity, problem.where.column) == ("e1", "a")


@pytest.mark.parametrize(
    ("options", "key", "what", "remedy"),
    [
        ({"of": ["patents"]}, "of", "Coupling is defined for 2 to 4 different indices.", "name 2 to 4 of them under `of`."),
        ({"of": ["patents", "patents"]}, "of", "Coupling is defined for 2 to 4 different indices.", "name 2 to 4 of them under `of`."),
        ({"of": ["patents", "so2"], "weights": [0.5, 0.6]}, "weights", "Weights are one number for each index, not negative, and sum to 1.", "write one weight for each index."),
        ({"of": ["patents", "so2"], "weights": [1.0]}, "weights", "Weights are one number for each index, not negative, and sum to 1.", "write one weight for each index."),
    ],
)  # fmt: skip
def test_a_coupling_that_means_nothing_is_refused(options, key, what, remedy):
    """One index, one twice, weights that are none."""
    with pytest.raises(SpecError) as caught:
        step_of(panel(), "coupling", **options)
    (problem,) = caught.value.problems
    assert (str(problem.what), str(problem.remedy)) == (what, remedy)
    assert problem.where.key == f"prepare.made.{key}"


def test_tapio_relates_the_change_of_each_entity():
    """The first period has none; a driver that stays, or a start at 0, is said."""
    data = panel(2, 3, co2=[100.0, 105, 105, 0, 5, 4], gdp=[100.0, 110, 110, 10, 12, 9])
    found, said = step_of(data, "tapio", of="co2", by="gdp")
    np.testing.assert_allclose(found, [np.nan, 0.5, np.nan, np.nan, np.nan, 0.2 / 0.25])
    assert said == [
        "elasticity of decoupling of co2 from gdp",
        "No elasticity: a quantity starts from 0, or gdp does not change.",
    ]
    twice, _ = step_of(data, "tapio", of="co2", by="gdp", every=2)
    np.testing.assert_allclose(twice, [np.nan, np.nan, 0.5, np.nan, np.nan, np.nan])


def test_tapio_refuses_quantities_below_0():
    """With the row."""
    with pytest.raises(OutOfDomain) as caught:
        step_of(panel(1, 2, co2=[-1.0, 2.0]), "tapio", of="co2", by="so2")
    (problem,) = caught.value.problems
    assert str(problem.what) == "A relative change from -1.0 has no direction."
    assert str(problem.remedy) == "use quantities that are not negative."


def test_elasticities_that_rest_on_filled_cells_are_counted():
    """A change reaches into the period before: what was filled there is filled in both."""
    data = panel(1, 4, co2=[1.0, np.nan, 3.0, 4.0], gdp=[1.0, 2.0, 4.0, 5.0])
    steps = [
        ("co2", {"step": "interpolate", "columns": "co2"}),
        ("e", {"step": "tapio", "of": "co2", "by": "gdp"}),
    ]
    done = prepare(data, steps)
    assert done.ledger.filled("e") == {("e0", 2011), ("e0", 2012)}


def test_the_parts_of_a_step_read_the_panel():
    """Coupling and elasticities are given row by row, in the order of the panel."""
    from xinzhi.prepare.steps.coordination import Coupling, Tapio

    data = panel(2, 2, a=[0.1, 0.2, 0.3, 0.4], b=[0.1, 0.2, 0.3, 0.4])
    found = coordinate_rows(data, Coupling(of=("a", "b")), step="D")
    np.testing.assert_allclose(found.degree, np.sqrt([0.1, 0.2, 0.3, 0.4]))
    rows = elasticities(data, Tapio(of="a", by="b"), step="T")
    np.testing.assert_allclose(rows["elasticity"], [np.nan, 1, np.nan, 1])
