"""The free disposal hull: rows compared with single rows.

No table of the literature could be confirmed figure by figure, so the witnesses are two other ways to the
optimum: fractions over all pairs of rows, and a mixed-integer program of HiGHS with intensities 0 or 1.
SAME: both are exact to rounding on data of order 1 to 10.
"""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

import xinzhi as xz
from cases_efficiency import activities
from xinzhi.analyses.efficiency.references import references_of
from xinzhi.analyses.efficiency.show import program
from xinzhi.present.equation.tree import tex
from xinzhi.present.options import options_in_words
from xinzhi_core.errors import MethodError, OutOfDomain, SpecError
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.inference.intervals import Resampling, infer, smoothed_bootstrap
from xinzhi_frontier.kernel import hulls
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.options import Options
from xinzhi_frontier.solve import hull
from xinzhi_frontier.solve import hull as dominance

SAME = 1e-12
HULL = "free_disposal_hull"
ON_HULL = [name for name in MEASURES.names() if MEASURES.get(name).traits.has_hull]


def whole(seed, n=14, sizes=(2, 2, 1)):
    """Draw whole amounts from 1 to 9, with ties, a duplicate, and two rows an entity."""
    values = np.random.default_rng([seed, 47]).integers(1, 10, (n, sum(sizes))).astype(float)
    values[3] = values[1]
    labels = tuple((f"e{i // 2}", i % 2) for i in range(n))
    m, s = sizes[0], sizes[0] + sizes[1]
    return activities(values[:, :m], values[:, m:s], values[:, s:], labels=labels)


def better(rows, o, j):
    """Return how much better j is than o in each column, in parts of o's amounts, as fractions."""
    m, s = rows.inputs.shape[1], rows.good_outputs.shape[1]
    own, other = ([Fraction(v) for v in np.hstack(rows.parts)[i].tolist()] for i in (o, j))
    signs = [1] * m + [-1] * s + [1] * rows.bad_outputs.shape[1]
    return [sign * (a - b) / a for sign, a, b in zip(signs, own, other, strict=True)]


def dominating(rows, o):
    """List what each row that is nowhere worse than o does better."""
    found = [better(rows, o, j) for j in range(rows.n)]
    return [gaps for gaps in found if min(gaps) >= 0]


def sbm(gaps, m):
    """Return the slacks-based score of a comparison."""
    outputs = gaps[m:]
    return (1 - sum(gaps[:m]) / Fraction(m)) / (1 + sum(outputs) / Fraction(len(outputs)))


def exactly(rows, o, options):
    """Return the best comparison of a row, in fractions."""
    m, s = rows.inputs.shape[1], rows.good_outputs.shape[1]
    every = [better(rows, o, j) for j in range(rows.n)]
    rest = {"input": lambda g: g[m:], "output": lambda g: g[:m] + g[m + s :]}
    match options.measure, options.orientation:
        case "radial", "input":
            return min(1 - min(g[:m]) for g in every if min(rest["input"](g)) >= 0)
        case "radial", "output":
            return max(1 + min(g[m : m + s]) for g in every if min(rest["output"](g)) >= 0)
        case "russell", _:
            return min(1 - sum(g[:m]) / Fraction(m) for g in dominating(rows, o))
        case "directional", _:
            return max(min(g) for g in every)
        case "nonradial_directional", _:
            return max(sum(g) for g in dominating(rows, o))
        case _:
            return min(sbm(g, m) for g in dominating(rows, o))


EXACT = [
    Options("radial", HULL, "input"),
    Options("radial", HULL, "output"),
    Options("russell", HULL, "input"),
    Options("directional", HULL),
    Options("nonradial_directional", HULL),
    Options("sbm", HULL),
]


@pytest.mark.parametrize("options", EXACT, ids=lambda o: f"{o.measure}-{o.orientation}")
def test_scores_equal_fractions_over_all_pairs(options):
    """The best of all rows that a row can be compared with, in rational arithmetic."""
    for seed in range(6):
        rows = whole(seed)

        found = evaluate(rows, options=options)

        expected = [float(exactly(rows, o, options)) for o in range(rows.n)]
        np.testing.assert_allclose(found.scores, expected, rtol=SAME)
        assert set(found.statuses) == {"certified"}
        assert found.certificate.worst() == {"primal": 0.0, "dual": 0.0, "gap": 0.0}


@pytest.mark.parametrize("exclude", ["observation", "entity"])
def test_super_scores_equal_fractions_over_the_rows_that_stay(exclude):
    """Tone (2002) over single rows: how much worse the nearest other row is, none of the own entity."""
    for seed in range(8):
        rows = whole(seed, sizes=(2, 1, 1))
        base = evaluate(rows, options=Options("sbm", HULL)).scores

        found = evaluate(rows, options=Options("super_sbm", HULL, exclude=exclude))

        for o in np.flatnonzero(base == 1.0):
            out = [o] if exclude == "observation" else [o - o % 2, o - o % 2 + 1]
            points = []
            for j in set(range(rows.n)) - set(out):
                worse = [max(-gap, 0) for gap in better(rows, o, j)]
                under = 1 - sum(worse[2:]) / Fraction(2)
                if under > 0:
                    points.append((1 + sum(worse[:2]) / Fraction(2)) / under)
            if points:
                assert found.scores[o] == pytest.approx(float(min(points)), rel=SAME)
            else:
                assert found.statuses[o] == "infeasible"
        np.testing.assert_array_equal(found.scores[base < 1], base[base < 1])


def by_integers(rows, o, orientation):
    """Solve the radial program with intensities 0 or 1 by HiGHS."""
    values, n = np.hstack(rows.parts), rows.n
    own = values[o]
    signs = np.where(np.isin(rows.roles.names, rows.roles.good_outputs), -1.0, 1.0)
    table = values * signs / own
    moves = np.array(
        [name[0] == ("x" if orientation == "input" else "y") for name in rows.roles.names]
    )
    factor = np.where(moves, -signs, 0.0)
    limits = np.where(moves, 0.0, signs)
    sums = LinearConstraint(np.append(np.ones(n), 0.0), 1, 1)
    sides = LinearConstraint(np.column_stack([table.T, factor]), -np.inf, limits)
    cost = np.append(np.zeros(n), 1.0 if orientation == "input" else -1.0)
    whole_numbers = np.append(np.ones(n), 0)
    done = milp(
        cost, constraints=[sums, sides], integrality=whole_numbers, bounds=Bounds(0, np.inf)
    )
    assert done.status == 0, done.message
    return done.x[-1]


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_radial_scores_are_those_of_the_mixed_integer_program(orientation):
    """HiGHS solves the same program by branch and bound, to its tolerance of 1e-6."""
    rng = np.random.default_rng(5)
    rows = activities(*(rng.uniform(1, 5, (12, size)) for size in (2, 2, 1)))

    found = evaluate(rows, options=Options("radial", HULL, orientation)).scores

    expected = [by_integers(rows, o, orientation) for o in range(rows.n)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("measure", ON_HULL)
def test_a_score_has_one_peer_and_its_target(measure):
    """The peer is one row, and the target is nowhere better than it."""
    rows = whole(2)
    orientation = MEASURES.get(measure).traits.orientations[0]

    found = evaluate(rows, options=Options(measure, HULL, orientation))

    signs = np.where(np.isin(rows.roles.names, rows.roles.good_outputs), -1.0, 1.0)
    values = np.hstack(rows.parts)
    for o in np.flatnonzero(np.array(found.statuses) == "certified"):
        (peer,) = found.peers[o]
        assert peer.intensity == 1.0
        assert ((values[peer.position] - found.targets[o]) * signs <= 1e-9).all()


@pytest.mark.parametrize("by_tree", [True, False])
@pytest.mark.parametrize("measure", ON_HULL)
def test_blocks_and_the_order_of_the_rows_change_nothing(measure, by_tree, monkeypatch):
    """Scores are the same bit for bit, whatever is compared at a time and in whatever order."""
    if not by_tree:
        monkeypatch.setattr(hulls, "is_available", lambda: False)
    rows = whole(3)
    orientation = MEASURES.get(measure).traits.orientations[0]
    options = Options(measure, HULL, orientation)
    whole_scores = evaluate(rows, options=options).scores
    order = np.random.default_rng(0).permutation(rows.n)
    monkeypatch.setattr(hull, "PAIRS", 5)
    monkeypatch.setattr(hull, "MANY", 2.0)  # no pair is left out beforehand
    monkeypatch.setattr(dominance, "PAIRS", 5)
    monkeypatch.setattr(dominance, "SOME", 2)

    in_blocks = evaluate(rows.take(order.tolist()), options=options).scores

    np.testing.assert_array_equal(in_blocks, whole_scores[order])


def hard_rows(seed):
    """Draw rows of three sorts: few whole numbers with zeros, sizes over twenty orders, and one row only."""
    rng = np.random.default_rng([seed, 48])
    n = int(rng.choice([1, 2, 9, 40, 200]))
    if seed % 2:
        values = np.exp(rng.normal(0, 6, (n, 5)))
    else:
        values = rng.integers(1, 4, (n, 5)).astype(float)
        values[:, 2:][rng.random((n, 3)) < 0.2] = 0.0
    values[n // 2] = values[0]
    labels = tuple((f"e{i // 3:03d}", i % 3) for i in range(n))
    return activities(values[:, :2], values[:, 2:4], values[:, 4:], labels=labels)


def told(rows, options, reference_rows):
    """Return all that is told of the rows, or how they are refused."""
    try:
        found = evaluate(rows, options=options, reference_rows=reference_rows)
    except (OutOfDomain, SpecError) as refused:
        return str(refused)
    peers = [[(peer.position, peer.intensity) for peer in row] for row in found.peers]
    parts = (found.scores, found.slacks, found.targets)
    return [found.statuses, peers, *(np.asarray(part).tobytes() for part in parts)]


@pytest.mark.one_in(5)
@pytest.mark.parametrize("measure", ON_HULL)
def test_the_tree_finds_what_all_pairs_find(measure, monkeypatch):
    """Scores, peers, slacks and targets are those of the comparison of all pairs, to the last bit."""
    traits = MEASURES.get(measure).traits
    takes = dominance.hulls.takes
    for seed in range(12):
        rows = hard_rows(seed)
        some = np.arange(0, rows.n, 2)
        for orientation in traits.orientations or ("none",):
            for among in (None, some):
                options = Options(
                    measure,
                    HULL,
                    orientation,
                    reference="global" if among is None else "rows",
                    exclude="entity" if traits.is_super and seed % 3 else "observation",
                )
                monkeypatch.setattr(dominance.hulls, "takes", takes)
                by_tree = told(rows, options, among)
                monkeypatch.setattr(dominance.hulls, "takes", lambda k: False)  # noqa: ARG005

                assert by_tree == told(rows, options, among)


def test_the_kernel_compares_no_pairs_in_blocks(monkeypatch):
    """Where the kernel is, the comparison of all pairs is not made: it takes 20 times as long."""
    monkeypatch.setattr(dominance, "_undominated", None)
    monkeypatch.setattr(dominance._Block, "solve", None)

    assert evaluate(whole(2), options=Options("super_sbm", HULL)).count("unsolved") == 0


@pytest.mark.parametrize("by_tree", [True, False])
def test_layers_are_peeled(by_tree, monkeypatch):
    """Each layer is what no row that is left dominates; compared with all pairs."""
    if not by_tree:
        monkeypatch.setattr(hulls, "is_available", lambda: False)
    costs = np.random.default_rng(8).integers(0, 6, (80, 3)).astype(float)
    left = np.arange(80)
    peeled = np.empty(0, dtype=int)
    for depth in (1, 2, 3, 4):
        own = costs[left]
        no_worse = (own[None] <= own[:, None]).all(axis=2)
        strictly = (own[None] < own[:, None]).any(axis=2)
        dominated = (no_worse & strictly).any(axis=1)
        peeled = np.sort(np.append(peeled, left[~dominated]))
        left = left[dominated]

        np.testing.assert_array_equal(dominance.layers(costs, depth), peeled)


def test_a_frontier_of_other_periods_is_joined_by_the_row():
    """A row beyond the frontier of earlier rows is compared with itself: its score is 1."""
    rows = activities([[2.0], [1.0]], [[1.0], [1.0]], labels=(("a", 1), ("a", 2)))
    found = evaluate(
        rows,
        options=Options("radial", HULL, "input", reference="rows"),
        reference_rows=np.array([0]),
    )

    assert found.scores.tolist() == [1.0, 1.0]


def test_memory_does_not_grow_with_the_square_of_the_rows():
    """20,000 rows: one byte for each pair would be 400 MB."""
    rng = np.random.default_rng(1)
    size = np.exp(rng.normal(0, 1, (20_000, 1)))
    rows = activities(*(size * np.exp(rng.normal(0, 0.3, (20_000, k))) for k in (3, 1, 1)))
    tracemalloc.start()
    try:
        found = evaluate(rows, options=Options("super_sbm", HULL))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found.count("certified") + found.count("infeasible") == rows.n
    assert peak < 150e6


REFUSED = [
    (Options("epsilon_based", HULL), "returns_to_scale"),
    (Options("sbm_nonseparable", HULL, nonseparable=("y0", "b0")), "returns_to_scale"),
    (Options("directional", HULL, disposability="weak"), "disposability"),
    (Options("sbm", HULL, solver="highs"), "solver"),
    (Options("super_sbm", HULL, fallback="two_stage"), "fallback"),
]


@pytest.mark.parametrize(("options", "key"), REFUSED)
def test_what_has_no_meaning_on_the_hull_is_refused(options, key):
    """With the option that has to change, and how."""
    with pytest.raises(SpecError) as caught:
        evaluate(whole(1), options=options)

    (problem,) = caught.value.problems
    assert (problem.code, problem.where.key) == ("efficiency.hull", key)
    assert problem.remedy is not None


def test_inference_says_that_it_is_for_convex_frontiers():
    """No interval of subsampling, no smoothed bootstrap."""
    rows, options = whole(1), Options("radial", HULL, "input")
    assert "hull" in str(infer(rows, options, Resampling(draws=20)).reason)
    with pytest.raises(SpecError, match="convex"):
        smoothed_bootstrap(rows, options=options, draws=20, seed=1)


def test_an_infeasible_super_score_may_fall_back_to_form_b():
    """The bads of the only other row are three times as many: form A has no denominator above 0."""
    rows = activities([[1.0], [1.0]], [[1.0], [1.0]], [[1.0], [3.0]])
    options = Options("super_sbm", HULL)

    alone = evaluate(rows, options=options)
    other = evaluate(rows, options=replace(options, fallback="form_b"))

    assert alone.statuses == ("infeasible", "certified")
    assert other.scores[0] == pytest.approx(2.0)
    assert other.methods[0] == "form_b"


def test_it_has_a_short_form_and_words():
    """`fdh` in Python, and a phrase for the note under a table."""
    index = pd.MultiIndex.from_product([list("abc"), [1]], names=["entity", "period"])
    frame = pd.DataFrame({"x": [2.0, 4.0, 3.0], "y": [1.0, 1.0, 4.0]}, index=index)

    found = xz.evaluate(
        frame, inputs="x", good_outputs="y", measure="radial", returns_to_scale="fdh"
    )

    assert found.scores.tolist() == [1.0, 0.5, 1.0]
    assert any("free disposal hull" in str(phrase) for phrase in options_in_words(found.options))
    with pytest.raises(MethodError, match="hull"):
        xz.bootstrap_scores(
            frame, inputs="x", good_outputs="y", returns_to_scale="fdh", draws=20, seed=1
        )


def test_the_report_writes_whole_intensities_and_its_papers():
    """λ is 0 or 1 in the equation, and the list of references names who defined the hull."""
    written = tex(program(Options("sbm", HULL), ["inputs", "goods"]), "en")
    named = " ".join(references_of([Options("sbm", HULL)]))

    assert r"\lambda_{j} \in \text{\{0, 1\}}" in written
    assert "Deprins" in named
    assert "10.1007/BF01073473" in named
