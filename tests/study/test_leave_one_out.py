"""Leaving out each entity: what a study of the others finds, number by number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from redrawn import analyses, estimates, identity
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.effects import Quantity
from xinzhi.analyses.leave_one_out.compute import Range, influences, summarise_range
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.study.file.load import spec_of
from xinzhi_core.panel.panel import panel_of

STUDY = """
title: without one
seed: 3
sources: {d: {file: d.csv, entity: city, period: year}}
panel: {from: d}
efficiency: {green: {measure: super_sbm, inputs: [labour], good_outputs: [gdp], bad_outputs: [waste]}}
variables: {transform: none, green: {from: green}, talent: {column: talent}, firms: {column: firms}}
tables: {base: {outcome: green, columns: [{x: [talent]}, {x: [talent, L1.green]}]}}
mediation: {through: {from: base/1, through: [firms], tests: [sobel]}}
inference: {indirect: sobel, leave_one_out: {}}
"""


def panel(n=7):
    """Some cities in five years; the first makes the frontier."""
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [[f"c{i}" for i in range(n)], range(2010, 2015)], names=["entity", "period"]
    )
    d = pd.DataFrame(index=index)
    d["talent"], d["firms"] = rng.normal(size=(2, len(index)))
    d["firms"] += 0.5 * d["talent"]
    d["labour"], d["waste"], d["gdp"] = np.exp(0.3 * rng.normal(size=(3, len(index))) + 1)
    d.loc["c0", "gdp"] = 1.5 * d.loc["c0", "gdp"].to_numpy()
    return panel_of(d)


@pytest.fixture(scope="module")
def found():
    return analyses(spec_of(STUDY, "one.yaml"), panel()).result("leave_one_out", "leave_one_out")


def test_it_is_the_study_without_each_entity(found):
    """Every effect without every entity is what a study of the others alone finds."""
    spec, whole = spec_of(STUDY, "one.yaml"), panel()
    names = whole.frame.index.get_level_values(0)
    changes = []
    for i, entity in enumerate(found.entities):
        wanted = estimates(spec, analyses(spec, whole.take(names != entity)))
        assert len(wanted) == len(found.ranges)
        for j, one in enumerate(found.ranges):
            value = wanted[one.place, identity(one.quantity)]
            assert found.without[i, j] == pytest.approx(value, rel=1e-7, abs=1e-9)
            changes.append(abs(value - one.quantity.estimate))
    assert min(changes) > 0  # each entity counts for each effect


def test_ranges_and_errors_are_those_of_the_estimates(found):
    for j, one in enumerate(found.ranges):
        column = found.without[:, j]
        assert (one.low, one.high) == (column.min(), column.max())
        assert one.without_low == found.entities[column.argmin()]
        assert one.without_high == found.entities[column.argmax()]
        n = len(column)
        assert one.std_error == pytest.approx(((n - 1) ** 2 / n * column.var(ddof=1)) ** 0.5)
        assert one.n_turned == sum(column * one.quantity.estimate < 0)
        assert one.n == n


def quantity(estimate):
    return Quantity("slope", ("x", "y"), ((((1.0, ("1", "x")),),),), estimate, -1.0, 3.0)


PLACE = ("tables", "base")
ENTITIES = ("a", "b", "c", "d")


def test_a_range_by_hand():
    """Of 2, −1 and 5, mean 2: the jackknife gives √(2/3 · 18); one entity leaves nothing to estimate."""
    one = summarise_range(PLACE, quantity(1.5), np.array([2.0, -1.0, np.nan, 5.0]), ENTITIES)

    assert one == Range(PLACE, quantity(1.5), -1.0, "b", 5.0, "d", pytest.approx(12**0.5), 1, 3)


def test_influences_by_hand():
    """Changes are measured in the error of each effect; the largest over all effects stands first."""
    without = np.array([[1.0, 4.0], [2.0, 1.0], [3.0, 1.0], [-1.0, np.nan]])
    ranges = (
        Range(PLACE, quantity(1.0), -1.0, "d", 3.0, "c", 2.0, 1, 4),
        Range(PLACE, quantity(2.0), 1.0, "b", 4.0, "a", 0.5, 0, 3),
    )
    found = influences(ranges, without, ENTITIES)

    assert [one.entity for one in found] == ["a", "c", "b", "d"]
    first, _, third, last = found
    assert (first.overall, first.largest, first.position) == (pytest.approx(8**0.5), 4.0, 1)
    assert (third.overall, third.largest, third.position) == (pytest.approx(2.125**0.5), -2.0, 1)
    assert (last.overall, last.largest, last.position, last.n_turned) == (1.0, -1.0, 0, 1)


def test_no_seed_changes_it(found):
    other = spec_of(STUDY.replace("seed: 3", "seed: 4"), "one.yaml")
    again = analyses(other, panel()).result("leave_one_out", "leave_one_out")

    assert np.array_equal(again.without, found.without)


def test_two_entities_are_too_few():
    loop = analyses(spec_of(STUDY, "one.yaml"), panel(2))
    found = loop.result("leave_one_out", "leave_one_out")

    assert isinstance(found, Unavailable)
    assert "2 entities are too few" in str(found.problems[0].what)


def told(result):
    return [str(one.text) for one in ANALYSES.get("leave_one_out").notices(result)]


def test_what_could_not_be_estimated_is_told(found):
    """Entities without which there is no frontier, and effects that others alone identify."""
    assert told(found) == []
    less = replace(found.ranges[0], n=5)
    lost = replace(found, ranges=(less, *found.ranges[1:]), lost=("c0",), n_left_out=3)

    assert told(lost) == [
        "Without 1 of 7 entities no frontier can be measured.",
        (
            "3 effects are not estimated again: their regressions cannot be made from other data than those "
            "of the study."
        ),
        (
            "1 effect is not identified without some entity: its range rests on the others, whose number is "
            "in the table."
        ),
    ]


def test_an_effect_that_one_entity_identifies():
    """Without the only city in which talent varies there is no slope; the others give the range."""
    data = panel()
    flat = data.frame["talent"].where(data.frame.index.get_level_values(0) == "c2", 0.0)
    study = STUDY.partition("mediation:")[0] + "inference: {leave_one_out: {}}"
    spec = spec_of(study.replace(", {x: [talent, L1.green]}", ""), "one.yaml")
    loop = analyses(spec, replace(data, frame=data.frame.assign(talent=flat)))
    found = loop.result("leave_one_out", "leave_one_out")

    assert np.isnan(found.without[2]).all()
    assert [one.n for one in found.ranges] == [6]
    assert len(told(found)) == 1
    assert "c2" not in {one.entity for one in found.influences}
