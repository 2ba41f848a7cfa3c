"""Declared steps: their options are checked, their work is written down."""

from __future__ import annotations

import pandas as pd
import pytest

import xinzhi as xz
from xinzhi.prepare.step import STEPS, keys_of, plan_steps, prepare
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import SpecError
from xinzhi_core.panel.panel import panel_of


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
        ({"step": "expression", "expression": "x +"}, "expression.syntax", "ends too early"),
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
    """A step is a frozen model with a docstring, an `apply` and a meaning of each option."""
    for name, kind in STEPS:
        assert kind.__doc__, name
        assert kind.model_config["frozen"], name
        assert callable(kind.apply)
        assert all(field.description for field in kind.model_fields.values()), name


def described_steps():
    """Name of each step -> keys that the schema of the study file lists."""
    schema = StudySpec.model_json_schema()
    item = schema["properties"]["prepare"]["items"]
    assert (item["minProperties"], item["maxProperties"]) == (1, 1)
    models = [
        schema["$defs"][ref.rpartition("/")[2]]
        for ref in item["additionalProperties"]["discriminator"]["mapping"].values()
    ]
    return {m["properties"]["step"]["const"]: m for m in models}


@pytest.mark.long
def test_the_schema_of_the_study_file_describes_every_step():
    """An editor knows the options of each step, what each means and which are needed."""
    models = described_steps()
    assert set(models) == set(STEPS.names())
    for name, kind in STEPS:
        options = dict(keys_of(kind))
        properties = models[name]["properties"]
        assert set(properties) == {"step", *options}
        assert models[name]["additionalProperties"] is False
        assert {key: properties[key]["description"] for key in options} == {
            key: field.description for key, field in options.items()
        }
        needed = {key for key, field in options.items() if field.is_required()}
        assert set(models[name]["required"]) == {"step", *needed}


@pytest.mark.one_in(10)
@pytest.mark.parametrize("name", STEPS.names())
def test_python_takes_the_keys_of_the_study_file(name):
    """`xz.prepare_panel` knows each option by the key of the study file, and no other."""
    keys = set(described_steps()[name]["properties"]) - {"step"}
    wrong = {key: object() for key in keys}
    with pytest.raises(SpecError) as caught:
        xz.prepare_panel(panel(), {"n": {"step": name, **wrong, "no_option": 1}})
    found = {problem.where.key: problem.code for problem in caught.value.problems}
    assert found == {
        **{f"prepare.n.{key}": "option.type" for key in keys},
        "prepare.n.no_option": "option.unknown",
    }


def test_python_prepares_a_frame_as_a_study_does():
    """A plain frame with named keys gives the columns that the study file gives."""
    steps = {
        "s": {"step": "expression", "expression": "x + y"},
        "l": {"step": "lag", "column": "s"},
    }
    frame = panel().frame.reset_index().rename(columns={"entity": "city", "period": "year"})
    done = xz.prepare_panel(
        frame.sample(frac=1, random_state=0), steps, entity="city", period="year"
    )
    pd.testing.assert_frame_equal(done.frame, prepare(panel(), tuple(steps.items())).frame)


@pytest.mark.parametrize(
    ("options", "code", "key"),
    [
        (
            {"step": "winsorise", "column": "x", "percentiles": [99, 1]},
            "option.domain",
            "percentiles",
        ),
        ({"step": "expression", "expression": "x +"}, "expression.syntax", "expression"),
        (
            {
                "step": "dynamic_exposure",
                "enterprises": "e",
                "shocks": "s",
                "national": "n",
                "extrapolate": {"to": 2009},
            },
            "option.type",
            "extrapolate",
        ),
    ],
)
def test_a_check_of_several_options_names_the_step_and_the_option(options, code, key):
    """What a step refuses itself has the place of the option in the study file."""
    with pytest.raises(SpecError) as caught:
        plan_steps([("n", options)])
    assert [(p.code, p.where.key) for p in caught.value.problems] == [(code, f"prepare.n.{key}")]


def test_values_are_not_converted_silently():
    """A number in quotation marks, or true, is not taken for a number."""
    for value in ("3", True, 1.5):
        with pytest.raises(SpecError, match="a whole number"):
            plan_steps([("n", {"step": "lag", "column": "x", "by": value})])


@pytest.mark.parametrize("step", ["lag", "lead", "difference"])
@pytest.mark.parametrize("by", [0, -1])
def test_a_shift_goes_one_way(step, by):
    """A lag of minus one period would be a lead under the wrong name."""
    index = pd.MultiIndex.from_product([["a"], [2008, 2009]], names=["entity", "period"])
    frame = pd.DataFrame({"x": [1.0, 2.0]}, index=index)

    with pytest.raises(SpecError, match="at least 1") as caught:
        prepare(panel_of(frame), [("y", {"step": step, "column": "x", "by": by})])
    assert caught.value.code == "option.domain"
