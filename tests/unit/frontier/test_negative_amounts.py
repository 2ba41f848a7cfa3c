"""Negative amounts, in the measures that a constant added to a column does not change.

The data on bank branches of Portela, Thanassoulis and Simpson (2004) are confidential and no printed table could be
confirmed, so the witnesses are fractions by hand and a second formulation, on the negative numbers themselves.
SAME: certified scores differ by 2e-9 at most; linprog's vertices on data of order 1 to 10 are exact to 1e-12.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import xinzhi as xz
from cases_efficiency import activities
from cli_runner import attempt
from xinzhi_core.errors import DataError, OutOfDomain, SpecError
from xinzhi_frontier.evaluate import FrontierDraws, evaluate
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.productivity.index import productivity

SAME = 4e-9
ADMIT = ("range_adjusted", "range_directional")
HULL = "free_disposal_hull"
HAND = ([[1.0], [2.0], [3.0]], [[-2.0], [4.0], [3.0]])
"""Labour and profit of three shops, one with a loss."""


def drawn(seed, n=12):
    """Draw amounts around 0, some of them negative in every column."""
    rng = np.random.default_rng([seed, 53])
    labels = tuple((f"e{i // 2}", i % 2) for i in range(n))
    return activities(*(rng.uniform(-5, 5, (n, k)).round(2) for k in (2, 2, 1)), labels=labels)


def moved(rows, constants):
    """Add a constant to each column."""
    values = np.hstack(rows.parts) + constants
    return activities(values[:, :2], values[:, 2:4], values[:, 4:], labels=rows.labels)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # Row 3 against row 2: (1/2 of the range of labour + 1/6 of that of profit) / 2.
        (Options("range_adjusted", "variable"), [0, 0, Fraction(1, 3)]),
        (Options("range_adjusted", HULL), [0, 0, Fraction(1, 3)]),
        # Row 3 can gain (2, 1) at most; a thirteenth of row 1 and the rest of row 2 is 7/13 on the way.
        (Options("range_directional", "variable"), [0, 0, Fraction(7, 13)]),
        (Options("range_directional", HULL), [0, 0, Fraction(1, 2)]),
    ],
    ids=lambda one: getattr(one, "returns_to_scale", ""),
)
def test_three_shops_by_hand(options, expected):
    found = evaluate(activities(*HAND), options=options)

    np.testing.assert_allclose(found.scores, [float(one) for one in expected], rtol=0, atol=SAME)
    assert set(found.statuses) == {"certified"}


def oriented(values, m, s):
    """Turn amounts so that less is better: inputs and bads as they are, goods with the other sign."""
    signs = np.array([1.0] * m + [-1.0] * s + [1.0] * (values.shape[1] - m - s))
    return values * signs


def second_formulation(rows, o, measure):
    """Solve the program over λ on the negative numbers as they stand, by SciPy."""
    table = oriented(np.hstack(rows.parts), rows.inputs.shape[1], rows.good_outputs.shape[1])
    n, k = table.shape
    if measure == "range_adjusted":
        # Σ (z_o - Σ λ z) / R over the columns, each at least 0.
        ranges = np.ptp(table, axis=0)
        cost = (table / ranges).sum(axis=1) / k
        done = linprog(cost, A_ub=table.T, b_ub=table[o], A_eq=np.ones((1, n)), b_eq=[1.0])
        assert done.status == 0, done.message
        return float((table[o] / ranges).sum() / k - done.fun)
    ranges = table[o] - table.min(axis=0)
    done = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.column_stack([table.T, ranges]),
        b_ub=table[o],
        A_eq=[np.append(np.ones(n), 0.0)],
        b_eq=[1.0],
        bounds=[(0, None)] * (n + 1),
    )
    assert done.status == 0, done.message
    return float(done.x[-1])


@pytest.mark.one_in(4)
@pytest.mark.parametrize("measure", ADMIT)
@pytest.mark.parametrize("solver", ["auto", "highs", "exact"])
def test_scores_are_those_of_a_second_formulation(measure, solver):
    """The sum of slacks over ranges, and β along the possible improvement."""
    for seed in range(3):
        rows = drawn(seed)

        found = evaluate(rows, options=Options(measure, "variable", solver=solver))

        expected = [second_formulation(rows, o, measure) for o in range(rows.n)]
        np.testing.assert_allclose(found.scores, expected, rtol=0, atol=SAME)


@pytest.mark.parametrize("measure", ADMIT)
@pytest.mark.parametrize("returns", ["variable", HULL])
@pytest.mark.parametrize("orientation", ["none", "input", "output"])
def test_a_constant_added_to_a_column_changes_nothing_but_targets(measure, returns, orientation):
    """Scores, slacks and peers stay; targets move with the data."""
    rows, options = drawn(7), Options(measure, returns, orientation)
    constants = np.array([100.0, -3.0, 7.5, 0.0, 20.0])

    first, second = (evaluate(one, options=options) for one in (rows, moved(rows, constants)))

    np.testing.assert_allclose(first.scores, second.scores, rtol=0, atol=SAME)
    np.testing.assert_allclose(first.slacks, second.slacks, rtol=0, atol=1e-7)
    np.testing.assert_allclose(first.targets + constants, second.targets, rtol=0, atol=1e-7)


def test_a_row_that_is_best_in_all_that_moves_cannot_improve():
    """Its range of improvement is 0: β is 0, not undefined; every other row is measured towards it."""
    found = evaluate(
        activities([[1.0], [2.0], [2.0]], [[5.0], [-1.0], [5.0]]),
        options=Options("range_directional", "variable"),
    )

    np.testing.assert_allclose(found.scores, [0.0, 1.0, 1.0], rtol=0, atol=SAME)


@pytest.mark.parametrize("measure", ADMIT)
def test_a_row_without_input_is_an_amount_like_any_other(measure):
    """Under Σλ = 1 something of nothing has a frontier: labour less 1 gives the scores by hand."""
    labour = np.array(HAND[0]) - 1.0
    profit = np.array(HAND[1]) + 5.0

    found, again = (
        evaluate(activities(*parts), options=Options(measure, "variable"))
        for parts in ((labour, profit), HAND)
    )

    np.testing.assert_allclose(found.scores, again.scores, rtol=0, atol=SAME)


def test_the_notice_says_what_is_invariant():
    """With the number of cells in each column; nothing is said without negative amounts."""
    (notice,) = [
        one
        for one in evaluate(
            activities(*HAND), options=Options("range_adjusted", "variable")
        ).notices
        if one.code == "dea.negative"
    ]

    assert "y0 1" in str(notice.text)
    assert "constant added to a column" in str(notice.text)
    positive = activities(HAND[0], np.array(HAND[1]) + 10)
    codes = [
        n.code for n in evaluate(positive, options=Options("range_adjusted", "variable")).notices
    ]
    assert "dea.negative" not in codes


REFUSED = [
    Options(name, returns, MEASURES.get(name).traits.orientations[0])
    for name in MEASURES.names()
    for returns in ("constant", "variable")
    if not MEASURES.get(name).traits.has_nonseparable
    and not MEASURES.get(name).traits.is_translation_invariant(Options(name, returns))
    and returns in (MEASURES.get(name).traits.returns or (returns,))
]


@pytest.mark.parametrize("options", REFUSED, ids=lambda o: f"{o.measure}-{o.returns_to_scale}")
def test_every_other_measure_refuses_them(options):
    """Each cell is named, and the measures that admit it."""
    with pytest.raises(OutOfDomain) as caught:
        evaluate(activities(*HAND), options=options)

    (problem,) = caught.value.problems
    assert (problem.code, problem.where.entity, problem.where.column) == (
        "dea.negative",
        "d0",
        "y0",
    )
    assert all(name in str(problem.remedy) for name in ADMIT)


def test_indices_and_draws_refuse_them_too():
    rows = drawn(1)
    with pytest.raises(OutOfDomain):
        productivity(rows, index="global_malmquist", options=Options("sbm"))
    with pytest.raises(OutOfDomain):
        FrontierDraws.of(rows, options=Options("sbm"))


@pytest.mark.parametrize("measure", ADMIT)
def test_a_draw_gives_the_scores_of_its_rows(measure):
    rows, options = drawn(5), Options(measure, "variable")
    held = np.array([0, 1, 4, 5, 6, 7, 10, 11])

    found = FrontierDraws.of(rows, options=options)(held)

    again = evaluate(rows.take(held.tolist()), options=options)
    np.testing.assert_array_equal(found.scores, again.scores)


def test_the_range_directional_measure_is_one_of_variable_returns():
    """Other returns are refused; the short form names the returns too."""
    with pytest.raises(SpecError, match="returns_to_scale"):
        evaluate(activities(*HAND), options=Options("range_directional"))
    assert checked(Options("rdm")) == replace(
        Options("range_directional"), returns_to_scale="variable"
    )


def test_python_and_the_command_admit_them(tmp_path):
    """`rdm` in both; and the command says the notice."""
    frame = pd.DataFrame({"shop": list("abc"), "labour": [1.0, 2, 3], "profit": [-2.0, 4, 3]})
    frame.to_csv(tmp_path / "shops.csv", index=False)
    words = ("--inputs", "labour", "--good", "profit", "--measure", "rdm", "--format", "json")

    done = attempt("efficiency", tmp_path / "shops.csv", "--entity", "shop", *words)

    assert done.code == 0, done.stderr
    assert "profit 1" in done.stderr
    scores = [row["score"] for row in json.loads(done.stdout)["rows"]]
    found = xz.evaluate(
        frame, entity="shop", inputs="labour", good_outputs="profit", measure="rdm"
    ).scores
    np.testing.assert_allclose(scores, found, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found, [0, 0, 7 / 13], rtol=0, atol=SAME)
    with pytest.raises(DataError, match="range_directional"):
        xz.evaluate(frame, entity="shop", inputs="labour", good_outputs="profit", measure="sbm")
