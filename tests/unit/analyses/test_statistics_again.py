"""Numbers that follow from no slopes: computed from the data of each draw, named, and told apart."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from xinzhi.analyses.analysis import ANALYSES, EstimationData, Resampled
from xinzhi.analyses.effects import Quantity
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.whole_study import draws
from xinzhi.analyses.whole_study.compute import basis_of
from xinzhi_core.errors import MethodError, Problem
from xinzhi_econometrics.specification import Regression

PLACE = ("made", "one")
ASKED = EstimationData(("y", "x"))
NOTHING = MethodError(Problem("made.none", "Nothing."))


class Made(Resampled):
    """Gives the mean of y, the number of entities, and what the test asks for."""

    def __init__(self, more=None, error=None):
        self.more, self.error = more or {}, error

    def statistic(self, section, result, data):
        """Compute them."""
        if self.error is not None:
            raise self.error
        n = data.sample.effects[0].n_levels
        return {"mean": data.frame["y"].mean() + section + result, "n": n, **self.more}


def frame():
    """Four entities, three periods: y is the number of the entity."""
    index = pd.MultiIndex.from_product([list("abcd"), [1, 2, 3]], names=["entity", "period"])
    y = np.repeat([0.0, 1.0, 2.0, 3.0], 3)
    return pd.DataFrame({"y": y, "x": np.arange(12.0) % 5}, index)


@pytest.fixture
def numbers(monkeypatch):
    """Compute the numbers of an analysis from data."""

    def computed(analysis, data=None, times=None, names=("mean", "n")):
        monkeypatch.setattr(draws, "ANALYSES", {"made": analysis})
        equation = Equation(Regression("y", ("x",), effects=("entity",)))
        raw = pd.DataFrame(index=frame().index)
        again = draws.StatisticAgain(PLACE, 4.0, 6.0, equation, ASKED, raw, names)
        return [*again.values({ASKED: frame() if data is None else data}, times or {})]

    return computed


def test_numbers_are_those_of_the_data_and_of_the_result(numbers):
    """In the order of the names that the data of the study give; other names are left out."""
    assert numbers(Made()) == [11.5, 4.0]
    assert numbers(Made({"more": 7.0}), names=("more", "mean")) == [7.0, 11.5]


def test_an_entity_that_is_drawn_twice_counts_twice(numbers):
    """It is an entity of its own each time."""
    assert numbers(Made(), times={"d": 3}) == [10 + (0 + 1 + 2 + 3 + 3 + 3) / 6, 6.0]


@pytest.mark.parametrize("error", [NOTHING, np.linalg.LinAlgError("Singular matrix")])
def test_a_draw_without_an_answer_has_no_number(numbers, error):
    """Neither does one whose data cannot be made, or a number that is not finite."""
    assert np.isnan(numbers(Made(error=error))).all()
    assert np.isnan(numbers(Made(), data=NOTHING)).all()
    mean, more, lost = numbers(Made({"more": np.inf}), names=("mean", "more", "gone"))
    assert mean == 11.5
    assert np.isnan([more, lost]).all()


def test_a_fault_of_an_analysis_is_no_lost_draw(numbers):
    """Only what data cannot give is left out."""
    with pytest.raises(ZeroDivisionError):
        numbers(Made(error=ZeroDivisionError()))


def quantity(name, words=""):
    return Quantity("statistic", (name,), (), 1.5, np.nan, np.nan, words=words)


def test_a_statistic_is_called_by_its_words_or_by_its_name():
    """A variable by its label."""
    shown = SimpleNamespace(style=SimpleNamespace(labels={"x": "Talent"}), study=None)

    assert draws.name_effect(quantity("x", "Threshold"), shown) == "Threshold"
    assert str(draws.name_effect(quantity("x"), shown)) == "Talent"


def test_a_statistic_is_identified_for_machines():
    """By section and name; words are not part of the record."""
    record = draws.effect_record(PLACE, quantity("gamma", "Threshold"))

    assert record["key"] == "made.one gamma statistic"
    assert record["links"] == ("gamma",)
    assert "words" not in record
    assert "products" not in record


def test_two_sections_may_call_their_numbers_alike():
    """They are two numbers; of one section they are one."""
    found = [
        SimpleNamespace(quantity=quantity("gamma"), place=place)
        for place in (PLACE, ("made", "two"), PLACE)
    ]

    assert [*draws.distinct(found)] == found[:2]


def test_the_bias_of_a_statistic_falls_at_the_rate_of_its_scores():
    """Of a number without a score none is corrected."""
    behind = {(*PLACE, ""): frozenset({0, 1})}

    assert basis_of(PLACE, quantity("gamma"), behind, (0.5, 0.4)) == (0.4, True)
    rate, rests = basis_of(PLACE, quantity("gamma"), {(*PLACE, ""): frozenset()}, ())
    assert (np.isnan(rate), rests) == (True, False)


def test_what_estimates_and_is_not_drawn_is_listed():
    """A curve of specifications has an equation and no number; tables have; resampling itself is not listed."""
    sections = {
        "specification_curve": {"specification_curve": None},
        "tables": {"baseline": None},
    }
    study = SimpleNamespace(sections=lambda key: sections.get(key, {}))
    curve = type(ANALYSES.get("specification_curve"))
    reads = curve.reads
    try:
        curve.reads = lambda *_: SimpleNamespace(equations=(1,))
        found = draws.not_drawn(study, (("tables", "baseline"),), [])
        curve.reads = lambda *_: SimpleNamespace(equations=())
        none = draws.not_drawn(study, (("tables", "baseline"),), [])
    finally:
        curve.reads = reads

    assert found == (("specification_curve", "specification_curve"),)
    assert none == ()


def test_numbers_that_the_study_itself_does_not_give_are_listed(monkeypatch):
    """A section that could be drawn by what it is, and has no number."""
    made = Made()
    made.under = ""
    monkeypatch.setattr(draws, "in_order", lambda: [("made", made)])
    study = SimpleNamespace(sections=lambda _: {"one": None, "two": None})
    places = (PLACE, ("made", "two"))

    assert draws.not_drawn(study, places, [(PLACE, quantity("gamma"))]) == (("made", "two"),)
    assert [*draws.not_drawn_notes((), None)] == []
