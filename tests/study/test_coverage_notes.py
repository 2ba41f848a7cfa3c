"""Exhibits with 95 % intervals quote their measured coverage, each kind of interval once."""

from __future__ import annotations

import pytest

from made_everything import places, write_study
from xinzhi.present.coverage import coverage_note
from xinzhi.report.build import every_table
from xinzhi.report.exhibits import charts_of
from xinzhi.study.run import run

pytestmark = pytest.mark.long

EXHIBITS = [
    # exhibit, its kind of interval, entities and periods behind it
    ("baseline_coefficients", "cluster", 12, 6),
    ("mechanism_mediated", "mediation_bootstrap", 12, 6),
    ("tools_policy_along", "conditional_effect", 12, 5),
    ("cities_groups", "cluster", 6, 6),
    ("specification_curve_talent", "cluster", 12, 6),
    ("specification_curve", "cluster", 12, 6),
    ("green_beta", "convergence", 12, 6),
]


@pytest.fixture(scope="module")
def exhibits(tmp_path_factory):
    """Tables and charts by their id."""
    result = run(write_study(tmp_path_factory.mktemp("everything"), places()))
    found = [*every_table(result).values(), *charts_of(result).charts.values()]
    return {one.id: one for group in found for one in group}


@pytest.mark.parametrize(("name", "kind", "entities", "periods"), EXHIBITS)
def test_an_exhibit_with_intervals_quotes_their_coverage_once(
    exhibits, name, kind, entities, periods
):
    """The note of the interval and the size of panel stands there, and it stands there once."""
    expected = [str(note) for note in coverage_note(kind, entities, periods)]

    notes = [str(note) for note in exhibits[name].notes]

    assert expected
    for note in expected:
        assert sum(note in one for one in notes) == 1, note
    assert sum("In simulated panels" in one for one in notes) == len(expected)


def test_the_marks_below_a_curve_have_no_intervals(exhibits):
    """The chart of choices under a curve draws no interval and quotes no coverage."""
    notes = exhibits["specification_curve_talent_choices"].notes

    assert not any("In simulated panels" in str(note) for note in notes)
