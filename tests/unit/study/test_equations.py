"""Equations: inheritance, sets and named changes, resolved once."""

from __future__ import annotations

import pandas as pd
import pytest

import made_everything
from made_mechanism import STUDY
from xinzhi.analyses.equation import drop_members
from xinzhi.study.file.load import spec_of
from xinzhi.study.only import only_parts
from xinzhi.study.view import StudyView, memberships
from xinzhi_core.errors import DataError, StudyError
from xinzhi_core.panel.panel import panel_of
from xinzhi_econometrics.specification import Covariance

SPEC = spec_of(STUDY, "study.yaml")


def equation_of(spec, reference):
    """Resolve a column of a table."""
    return StudyView(spec).equation(reference)


def test_a_plain_column_is_a_regression():
    """Variables of the set `controls` are controls, the rest are of interest."""
    asked = equation_of(SPEC, "baseline/1").regression

    assert asked.outcome == "green"
    assert (asked.regressors, asked.controls) == (("talent", "patents"), ("control",))
    assert asked.covariance == Covariance("cluster", ("entity",))


def test_a_column_inherits_all_that_it_does_not_say():
    """Errors of the column come first, then those of its table if it says any, then inherited ones."""
    base = equation_of(SPEC, "baseline/1").regression

    assert equation_of(SPEC, "robustness/2").regression == base
    assert equation_of(SPEC, "robustness/2").variation.window == (2010, 2017)
    assert equation_of(SPEC, "robustness/4").regression.covariance == Covariance("hc1")
    assert equation_of(SPEC, "robustness/4").regression.regressors == base.regressors


def test_changes_add_up_along_the_line():
    """A table may start from a changed column: both changes hold."""
    text = STUDY.replace("from: baseline/1, instruments", "from: robustness/2, instruments")
    equation = equation_of(spec_of(text, "study.yaml"), "instrumented/1")

    assert equation.variation.window == (2010, 2017)
    assert equation.instruments == (("talent", ("distance",)),)


def test_tau_is_inherited_with_the_instruments():
    """The table says it, else what it starts from, else 0.10."""
    own = STUDY.replace("from: baseline/1, instruments", "from: baseline/1, tau: 0.2, instruments")
    heir = own.replace(
        "mediation:", "  heir: {from: instrumented/1, columns: [{covariance: hc1}]}\nmediation:", 1
    )

    assert equation_of(SPEC, "instrumented/1").tau == 0.10
    assert equation_of(spec_of(own, "study.yaml"), "instrumented/1").tau == 0.2
    assert equation_of(spec_of(heir, "study.yaml"), "heir/1").tau == 0.2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("{returns_to_scal: [constant]}", "study.unknown_name"),
        ("{returns_to_scale: [rising]}", "study.value"),
        ("{returns_to_scale: [constant, variable]}", None),
    ],
)
def test_options_of_the_frontier_are_checked_where_they_vary(options, code):
    """No column names them: what a section reads under other frontiers has the same checks, once."""
    curve = f"specification_curve: {{of: baseline/1, vary: {{efficiency: {options}}}}}\n"
    before = made_everything.STUDY
    text = before.replace("specification_curve: {of: baseline/1, vary: {controls: each}}\n", curve)
    assert text != before
    if code is None:
        spec_of(text, "study.yaml")
        return
    with pytest.raises(StudyError) as caught:
        spec_of(text, "study.yaml")
    (problem,) = caught.value.problems
    assert "specification_curve" in str(problem.where.key)
    assert problem.code == code


def test_all_that_an_equation_reads_is_named():
    """Replacements, instruments and groupings count: the fingerprint rests on them."""
    assert "students" in equation_of(SPEC, "robustness/1").columns
    assert "region" in equation_of(SPEC, "robustness/5").columns
    assert "distance" in equation_of(SPEC, "instrumented/1").columns


def test_members_are_left_out_by_their_values():
    """1 and 1.0 and '1' are one member; a row without a member stays."""
    index = pd.MultiIndex.from_product([["a", "b", "c"], [1]], names=["entity", "period"])
    frame = pd.DataFrame({"g": ["1", "2", None]}, index=index)

    assert list(drop_members(frame, (("g", (1.0,)),)).index.get_level_values(0)) == ["b", "c"]
    assert list(drop_members(frame, (("entity", ("a", "c")),)).index.get_level_values(0)) == ["b"]


def panel(values):
    index = pd.MultiIndex.from_product([["a", "b", "c"], [1, 2]], names=["entity", "period"])
    return panel_of(pd.DataFrame({"region": values, "control": values}, index=index))


def test_rest_takes_what_is_left():
    """Named values, the rest, and nothing for an empty cell."""
    found = memberships(SPEC, panel([1.0, 1.0, 2.0, 2.0, float("nan"), float("nan")]))["region"]

    assert found.tolist()[:4] == ["east", "east", "other", "other"]
    assert found.isna().tolist() == [False] * 4 + [True] * 2


def test_a_split_goes_by_the_first_period():
    """High is above the median of the entities' first values; what comes later moves nobody."""
    found = memberships(SPEC, panel([1.0, 9.0, 2.0, 0.0, 3.0, 0.0]))["size"]

    assert found.tolist() == ["low", "low", "low", "low", "high", "high"]


def test_a_member_that_no_row_has_is_refused():
    """A value that the column never holds is a slip, and said with what there is."""
    with pytest.raises(DataError, match="never holds the value 1"):
        memberships(SPEC, panel([3.0] * 6))


@pytest.mark.parametrize(
    ("names", "tables", "sections"),
    [
        (("robustness",), {"baseline", "robustness"}, ()),
        (("mechanism",), {"baseline"}, ("mediation",)),
        (("tools",), {"baseline"}, ("moderation",)),
        (("cities",), {"baseline"}, ("heterogeneity",)),
        (("specification_curve",), {"baseline"}, ("specification_curve",)),
    ],
)
def test_only_takes_along_what_a_part_rests_on(names, tables, sections):
    """The table that a part starts from is kept, other parts are not."""
    kept = only_parts(SPEC, names)

    assert set(kept.tables) == tables
    for section in ("mediation", "moderation", "heterogeneity", "specification_curve"):
        assert bool(getattr(kept, section)) == (section in sections)
