"""Inputs and outputs that a row cannot change, in the radial measure.

SAME: two certified scores of one number differ by 2e-9 at most (convention N2); linprog's vertices
on data of order 1 are exact to about 1e-12.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import oracles_linprog as oracle
import xinzhi as xz
from cases_efficiency import activities, load
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.present.options import options_in_words
from xinzhi_core.errors import SpecError
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.inference.intervals import smoothed_bootstrap
from xinzhi_frontier.options import Options

SAME = 2e-9
KINDS = ("noncontrollable", "nondiscretionary")
RETURNS = ("constant", "variable", "non_increasing", "non_decreasing")


def drawn(seed=0, n=9):
    rng = np.random.default_rng([seed, 43])
    return activities(*(rng.uniform(1, 5, (n, size)) for size in (3, 2)))


def scores(rows, returns="variable", orientation="input", **named):
    return evaluate(rows, options=Options("radial", returns, orientation, **named)).scores


def second_formulation(rows, o, returns, orientation, kind, names):
    """Solve min θ or max φ over λ, columns that are named out of the proportion, by SciPy."""
    values, columns = np.hstack(rows.parts), rows.roles.names
    values = values / values[o]
    n, is_input = len(values), orientation == "input"
    at_most, bound, equal, right = [], [], [], []
    for i, name in enumerate(columns):
        good = name in rows.roles.good_outputs
        moves = name not in names and good != is_input
        line = np.append(values[:, i], -1.0 if moves else 0.0)
        own = 0.0 if moves else 1.0
        if name in names and kind == "noncontrollable":
            equal.append(line)
            right.append(own)
        else:
            at_most.append(-line if good else line)
            bound.append(-own if good else own)
    more, ends, less, limits = oracle.intensities(returns, n, n + 1)
    cost = np.append(np.zeros(n), 1.0 if is_input else -1.0)
    done = linprog(
        cost,
        A_ub=np.array(at_most + less),
        b_ub=bound + limits,
        A_eq=np.array(equal + more) if equal + more else None,
        b_eq=right + ends if equal + more else None,
        method="highs",
    )
    assert done.status == 0, done.message
    return done.x[-1]


def test_scores_of_the_libraries_are_those_of_the_peer():
    """Cooper, Seiford and Tone (2007), 23 libraries: the population served is kept equal."""
    case, rows = load("cst2007_libraries_noncontrollable")

    found = scores(rows, noncontrollable=("x3",))

    np.testing.assert_allclose(found, case["expected"]["score"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", [("x1",), ("x0", "y1")])
def test_scores_are_those_of_a_second_formulation(kind, names, returns, orientation):
    """Equality or inequality for what is named, by SciPy row by row."""
    rows = drawn()
    expected = [
        second_formulation(rows, o, returns, orientation, kind, names) for o in range(rows.n)
    ]

    found = scores(rows, returns, orientation, **{kind: names})

    np.testing.assert_allclose(found, expected, rtol=0, atol=SAME)


def test_what_is_fixed_stays_in_the_target():
    """The target keeps what is noncontrollable; with nondiscretionary the peers may have less."""
    rows = drawn(1, 30)

    equal, bounded = (
        evaluate(rows, options=Options("radial", "variable", "input", **{kind: ("x1",)}))
        for kind in KINDS
    )

    np.testing.assert_allclose(equal.targets[:, 1], rows.inputs[:, 1], rtol=1e-9)
    assert (bounded.targets[:, 1] <= rows.inputs[:, 1] * (1 + 1e-9)).all()
    assert (equal.scores >= bounded.scores - SAME).all()
    assert (equal.scores > bounded.scores + SAME).any()


@pytest.mark.parametrize("solver", ["highs", "exact"])
def test_every_solver_keeps_the_equality(solver):
    """The extreme rows of the kernel are those under equality; HiGHS and fractions have all rows."""
    rows = drawn(2, 12)
    expected = scores(rows, noncontrollable=("x1",))

    found = scores(rows, noncontrollable=("x1",), solver=solver)

    np.testing.assert_allclose(found, expected, rtol=0, atol=SAME)


def test_what_cannot_be_done_is_refused():
    """Unknown names, both kinds at once, nothing left, other measures, and bootstrap."""
    rows = drawn()
    for named, told in (
        ({"noncontrollable": ("x9",)}, "neither an input nor an output"),
        ({"noncontrollable": ("x1",), "nondiscretionary": ("x1",)}, "both noncontrollable and"),
        ({"nondiscretionary": ("x0", "x1", "x2")}, "No column is left"),
    ):
        with pytest.raises(SpecError, match=told):
            scores(rows, **named)
    for kind in KINDS:
        with pytest.raises(SpecError, match=f"has no {kind} 'x1'"):
            evaluate(rows, options=Options("sbm", **{kind: ("x1",)}))
        options = Options("radial", "variable", "input", **{kind: ("x1",)})
        with pytest.raises(SpecError, match="some are fixed"):
            smoothed_bootstrap(rows, options=options, draws=2, seed=1)


def test_python_and_the_study_file_name_the_columns():
    """One name or a list; the table says what was kept equal."""
    rows = drawn()
    table = pd.DataFrame(rows.values, columns=list(rows.roles.names))
    table["dmu"] = [name for name, _ in rows.labels]
    roles = {"inputs": ["x0", "x1", "x2"], "good_outputs": ["y0", "y1"]}
    given = {"measure": "bcc", "noncontrollable": "x1"}

    found = xz.evaluate(table, entity="dmu", **given, **roles)
    study = Measurement.model_validate({**given, **roles})

    assert found.scores.tolist() == scores(rows, noncontrollable=("x1",)).tolist()
    assert tuple(study.noncontrollable) == ("x1",)
    words = [str(phrase) for phrase in options_in_words(found.options)]
    assert "not controllable, kept equal: x1" in words
