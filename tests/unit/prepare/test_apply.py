"""Declared steps: their options are checked, their work is written down."""

from __future__ import annotations

import pandas as pd
import pytest

from xinzhi.errors import SpecError
from xinzhi.panel.panel import panel_of
from xinzhi.prepare.apply import plan_steps, prepare
from xinzhi.prepare.step import STEPS


def panel():
    index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [4.0, 3.0, 2.0, 1.0]}, index=index)
    return panel_of(frame, units={"x": "t"})


def test_steps_see_what_earlier_steps_made_and_the_panel_stays():
    """Steps run in order; the panel that was given is not changed."""
    start = panel()
    before = start.frame.copy()
    done = prepare(
        start,
        [
            ("s", {"step": "expression", "expression": "x + y", "unit": "t"}),
            ("l", {"step": "log1p", "column": "s"}),
        ],
    )
    pd.testing.assert_frame_equal(start.frame, before)
    assert list(done.frame.columns) == ["x", "y", "s", "l"]
    assert done.units["s"] == "t"
    assert [(e.step, e.kind, e.change, e.n) for e in done.ledger.entries] == [
        ("s", "expression", "derived", 4),
        ("l", "log1p", "derived", 4),
    ]
    assert start.ledger.entries == ()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ({}, "option.missing", "log1p"),
        ({"step": "log1pp", "column": "x"}, "option.unknown", "did you mean 'log1p'"),
        ({"step": "log1p"}, "option.missing", "column"),
        ({"step": "log1p", "colum": "x"}, "option.unknown", "did you mean 'column'"),
        ({"step": "log1p", "column": 3}, "option.type", "a text"),
        ({"step": "entropy_index", "columns": []}, "option.type", "a list"),
        ({"step": "entropy_index", "columns": ["x"], "pool": "year"}, "option.type", "all, period"),
        ({"step": "entropy_index", "columns": ["x"], "shift": True}, "option.type", "a number"),
        ({"step": "expression", "expression": "x +"}, "expression.syntax", "arithmetic"),
    ],
)
def test_wrong_options_are_refused_before_anything_runs(options, code, said):
    """Each wrong option has a code, the key of the study file and a remedy."""
    with pytest.raises(SpecError, match=said) as caught:
        plan_steps([("n", options)])
    assert code in {problem.code for problem in caught.value.problems}


def test_problems_of_all_steps_come_together():
    """Two wrong steps are one error with two places."""
    with pytest.raises(SpecError) as caught:
        plan_steps([("p", {"step": "log1p"}), ("q", {"step": "none"})])
    assert [p.where.key for p in caught.value.problems] == ["prepare.p.column", "prepare.q"]


def test_every_step_of_the_register_documents_its_options():
    """A step is a frozen dataclass with a docstring and an `apply`."""
    for name, kind in STEPS:
        assert kind.__doc__, name
        assert kind.__dataclass_params__.frozen, name  # type: ignore[attr-defined]
        assert callable(kind.apply)
