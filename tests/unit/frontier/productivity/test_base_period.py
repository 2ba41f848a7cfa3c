"""A frontier of one base period: as a reference of scores, and for a circular Malmquist index.

With one input and one output under constant returns the efficiency on any frontier is y/x over the largest
y/x of that period, so that every figure is a fraction. SAME: certified scores differ by 2e-9 at most.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import xinzhi as xz
from cases_efficiency import activities
from oracles_linprog import intensities
from xinzhi.analyses.efficiency.references import references_of
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.productivity.show import Productivity
from xinzhi.present.options import options_in_words
from xinzhi_core.errors import SpecError
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.inference.replicates import why_no_interval
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import productivity

SAME = 1e-8
OUTPUT = Options("radial", orientation="output")
X = {("a", 1): 4, ("a", 2): 4, ("a", 3): 5, ("b", 1): 3, ("b", 2): 2, ("b", 3): 3}
Y = {("a", 1): 2, ("a", 2): 3, ("a", 3): 9, ("b", 1): 3, ("b", 2): 3, ("b", 3): 2}


def shops():
    return activities([[x] for x in X.values()], [[y] for y in Y.values()], labels=tuple(X))


def ratio(label):
    return Fraction(Y[label], X[label])


def best(period):
    return max(ratio(label) for label in X if label[1] == period)


@pytest.mark.parametrize("base", [None, 2, 3])
def test_an_index_of_one_input_and_output_is_a_fraction(base):
    """The index is the change of y/x, whatever the base; its parts are those of the two frontiers."""
    found = productivity(
        shops(), index="base_malmquist", options=Options(**{**vars_of(OUTPUT), "base_period": base})
    )

    for row in found.to_frame().itertuples():
        first, second = (row.entity, row._2), (row.entity, row.to)
        change = (ratio(second) / best(second[1])) / (ratio(first) / best(first[1]))
        assert row.value == pytest.approx(float(ratio(second) / ratio(first)), abs=SAME)
        assert row.efficiency_change == pytest.approx(float(change), abs=SAME)
        assert row.technical_change == pytest.approx(
            float(best(second[1]) / best(first[1])), abs=SAME
        )
    assert found.options.base_period == (base or 1)
    assert any(
        str(base or 1) in str(said) for said in options_in_words(found.options, of_index=True)
    )


def vars_of(options):
    return {"measure": options.measure, "orientation": options.orientation}


def against(rows, o, reference, returns):
    """Return φ of a row against a reference set that it does not join, by SciPy."""
    x, y = rows.inputs, rows.good_outputs
    n = len(reference)
    at_most = [np.append(x[reference, i] / x[o, i], 0.0) for i in range(x.shape[1])]
    at_most += [np.append(-y[reference, r] / y[o, r], 1.0) for r in range(y.shape[1])]
    more, ends, less, limits = intensities(returns, n, n + 1)
    done = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.array(at_most + less),
        b_ub=[1.0] * x.shape[1] + [0.0] * y.shape[1] + limits,
        A_eq=np.array(more) if more else None,
        b_eq=ends if more else None,
        bounds=[(0, None)] * n + [(None, None)],
        method="highs",
    )
    return done.x[-1] if done.status == 0 else np.nan


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_an_index_is_that_of_a_second_formulation(returns):
    """Two inputs, two outputs, four periods: φ on the base frontier by SciPy."""
    rng = np.random.default_rng(3)
    labels = tuple((f"e{i}", t) for i in range(6) for t in range(4))
    rows = activities(rng.uniform(1, 3, (24, 2)), rng.uniform(1, 3, (24, 2)), labels=labels)
    reference = [i for i, (_, t) in enumerate(labels) if t == 2]
    efficiency = {label: 1 / against(rows, o, reference, returns) for o, label in enumerate(labels)}

    found = productivity(
        rows, index="base_malmquist", options=Options("radial", returns, "output", base_period=2)
    ).to_frame()

    expected = [
        efficiency[e, b] / efficiency[e, a]
        for e, a, b in zip(found["entity"], found["from"], found["to"], strict=True)
    ]
    np.testing.assert_allclose(found["value"], expected, rtol=SAME)
    for entity, path in found.groupby("entity")["value"]:
        if path.notna().all():
            whole = efficiency[entity, 3] / efficiency[entity, 0]
            assert path.prod() == pytest.approx(whole, rel=SAME)
    assert found["value"].notna().any()


def test_scores_of_a_base_period_are_those_of_its_rows_chosen():
    """Every row is measured against the rows of the period, and joins them for its own score."""
    rows = shops()
    base = [i for i, (_, period) in enumerate(rows.labels) if period == 2]

    found = evaluate(rows, options=Options("sbm", reference="base", base_period=2))

    chosen = evaluate(rows, options=Options("sbm", reference="rows"), reference_rows=np.array(base))
    np.testing.assert_array_equal(found.scores, chosen.scores)
    assert {peer.position for peers in found.peers for peer in peers} <= {*base, 2}
    assert found.options.base_period == 2


def test_super_scores_tell_how_far_rows_lie_beyond_the_base():
    """A in period 3 makes 9/5 per unit, the best of period 1 makes 1."""
    found = evaluate(
        shops(), options=Options("super_radial", orientation="input", reference="base")
    )

    assert found.scores[2] == pytest.approx(9 / 5, abs=SAME)
    assert found.options.base_period == 1


REFUSED = [
    (lambda: evaluate(shops(), options=Options("sbm", reference="base", base_period=9)), "1 to 3"),
    (lambda: evaluate(shops(), options=Options("sbm", base_period=2)), "reference: base"),
    (
        lambda: evaluate(activities([[1.0]], [[1.0]]), options=Options("sbm", reference="base")),
        "period",
    ),
    (
        lambda: productivity(
            shops(),
            index="malmquist",
            options=Options("radial", orientation="output", base_period=2),
        ),
        "base_malmquist",
    ),
]


@pytest.mark.parametrize(("act", "remedy"), REFUSED)
def test_a_base_without_effect_or_rows_is_refused(act, remedy):
    with pytest.raises(SpecError) as caught:
        act()

    assert remedy in str(caught.value.problems[0].remedy)


def test_a_study_file_says_what_belongs_together():
    score = {"inputs": ["x"], "good_outputs": ["y"]}
    with pytest.raises(ValueError, match="reference: base"):
        Measurement(**score, base_period=2)
    with pytest.raises(ValueError, match="base_malmquist"):
        Productivity(index="malmquist", of="green", base_period=2)
    assert Productivity(index="base_malmquist", of="green", base_period=2).base_period == 2


def test_python_has_both():
    """A keyword of `evaluate` and of `productivity`."""
    index = pd.MultiIndex.from_tuples(list(X), names=["entity", "period"])
    frame = pd.DataFrame({"x": X.values(), "y": Y.values()}, index=index).astype(float)

    scores = xz.evaluate(
        frame, inputs="x", good_outputs="y", measure="sbm", reference="base", base_period=2
    )
    found = xz.productivity(
        frame, index="base_malmquist", base_period=2, inputs="x", good_outputs="y"
    )

    assert "10.2307/3440261" in " ".join(references_of([scores.options]))
    assert scores.options.base_period == found.options.base_period == 2
    assert why_no_interval(Options("radial", reference="base")) is not None
