"""Scores against exact rational arithmetic, on small programs with ties and duplicates."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

import oracles_efficiency as oracle
from cases_efficiency import activities
from parts import quick_among, quick_where
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.options import Options
from xinzhi_frontier.solve import highs, plain

TOLERANCE = 1e-9
"""Convention N2: what a certificate promises, relative to the score where it is above 1."""
RETURNS = ["constant", "constant", "variable", "variable", "non_increasing", "non_decreasing"]
SETS, EACH = 13, 45
SETS_OF_FAMILY = 60
"""Tests, and data sets per test: about 3.5 programs per set, more than 2,000 in all."""
QUICK_SETS = 4
"""Tests that run each time, with more than 600 programs."""


def random_case(seed):
    """Draw whole numbers with many ties, sometimes a duplicate row, sometimes one row only."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 7))
    m, s1, s2 = (int(rng.integers(low, high)) for low, high in ((1, 4), (1, 3), (0, 3)))
    values = rng.integers(1, 6, (n, m + s1 + s2)).astype(float)
    if n > 2 and rng.random() < 0.4:
        values[1] = values[0]
    units = rng.integers(-12, 13, m + s1 + s2)
    names = [f"{role}{i}" for role, k in zip("xyb", (m, s1, s2), strict=True) for i in range(k)]
    choices = {
        "returns_to_scale": str(rng.choice(RETURNS)),
        "weights": {name: int(rng.integers(1, 4)) for name in names}
        if rng.random() < 0.3
        else None,
        "bads": str(rng.choice(["outputs", "inputs"])),
        "orientation": str(rng.choice(["none", "none", "input", "output"])),
    }
    return np.split(values, [m, m + s1], axis=1), np.split(units, [m, m + s1]), choices


def in_units(parts, powers):
    """Write the whole numbers in units of powers of ten, so that ties stay ties in decimals."""
    return activities(
        *(
            [
                [float(f"{v}e{p}") for v, p in zip(line, power, strict=True)]
                for line in part.tolist()
            ]
            if part.size
            else part
            for part, power in zip(parts, powers, strict=True)
        )
    )


def expected(parts, choices):
    """Scores by exact arithmetic on the whole numbers; None where infeasible."""
    x, y, b = parts
    return [
        oracle.reported(
            x,
            y,
            b,
            o,
            range(len(x)),
            returns=choices["returns_to_scale"],
            weights=list(choices["weights"].values()) if choices["weights"] else None,
            form="B" if choices["bads"] == "inputs" else "A",
            orientation=choices["orientation"],
        )
        for o in range(len(x))
    ]


def assert_equal(result, exact):
    """Compare scores and infeasibility."""
    for score, status, value in zip(result.scores, result.statuses, exact, strict=True):
        if value is None:
            assert status == "infeasible"
        else:
            assert status == "certified"
            assert abs(score - float(value)) <= TOLERANCE * max(1.0, float(value))


SOLVERS = ["highs", "auto"]


@cache
def slack_sets(first):
    """Data sets of one test with their exact scores: both solvers are held against the same."""
    cases = [random_case(seed) for seed in range(first, first + EACH)]
    return [
        (parts, units, choices, expected([part.tolist() for part in parts], choices))
        for parts, units, choices in cases
    ]


def test_there_are_enough_programs():
    """The seeds below make more than 2,000 programs of SBM and super-SBM for each solver."""
    assert sum(len(random_case(seed)[0][0]) for seed in range(SETS * EACH)) >= 2000


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("solver", "first"),
    quick_where(
        lambda case: case[1] < QUICK_SETS * EACH,
        [(solver, first) for solver in SOLVERS for first in range(0, SETS * EACH, EACH)],
    ),
)
def test_scores_equal_exact_arithmetic(solver, first):
    """Ties, duplicates, n from 1 and units from 1e-12 to 1e12 change no score by 1e-9."""
    options = Options(solver=solver)
    for parts, units, choices, exact in slack_sets(first):
        result = evaluate(in_units(parts, units), options=replace(options, **choices))

        assert_equal(result, exact)


FAMILY = (
    "radial",
    "super_radial",
    "directional",
    "nonradial_directional",
    "additive",
    "range_adjusted",
)


def family_options(measure, seed, names):
    """Draw options of a measure that is linear."""
    rng = np.random.default_rng([seed, 9])
    traits = MEASURES.get(measure).traits
    return Options(
        measure,
        str(rng.choice(RETURNS)),
        str(rng.choice(traits.orientations)),
        disposability=str(rng.choice(traits.disposabilities)),
        bads=str(rng.choice(["outputs", "inputs"])),
        direction="own" if traits.has_direction else None,
        weights={name: int(rng.integers(1, 4)) for name in names} if traits.has_weights else None,
    )


def family_scores(parts, options):
    """Scores of a linear measure by exact arithmetic, on the whole numbers; None where infeasible."""
    x, y, b = (oracle.exact(part.tolist()) for part in parts)
    k = [part.shape[1] for part in parts]
    over = np.repeat([True, False, options.bads == "inputs"], k)
    is_radial = "radial" in options.measure and options.measure != "nonradial_directional"
    under = np.repeat([False, True, options.bads == "outputs" and not is_radial], k)
    moves = {"input": over, "output": under, "none": over | under}[options.orientation]
    found = []
    for o in range(len(x)):
        own = [
            v if move else Fraction(0) for v, move in zip((*x[o], *y[o], *b[o]), moves, strict=True)
        ]
        found.append(_family_score(x, y, b, o, own, parts, options))
    return found


def _family_score(x, y, b, o, own, parts, options):
    how = {"returns": options.returns_to_scale, "disposability": options.disposability}
    everybody = range(len(x))
    weights = [Fraction(w) for w in (options.weights or {}).values()]
    if options.measure in {"additive", "range_adjusted", "nonradial_directional"}:
        units = own
        if options.measure == "range_adjusted":
            ranges = np.ptp(np.hstack(parts), axis=0).tolist()
            units = [Fraction(r) if v else Fraction(0) for r, v in zip(ranges, own, strict=True)]
            total = sum(w for w, v in zip(weights, units, strict=True) if v)
            weights = [w / total for w in weights]
        counted = [w if v else Fraction(0) for w, v in zip(weights, units, strict=True)]
        return oracle.sum_of_distances(x, y, b, o, everybody, units, counted, **how)
    beta = oracle.distance(x, y, b, o, everybody, own, **how)
    if options.measure == "super_radial" and beta == 0:
        beta = oracle.distance(x, y, b, o, everybody, own, **how, joined=False)
    if beta is None or options.measure == "directional":
        return beta
    score = 1 + beta if options.orientation == "output" else 1 - beta
    return None if options.measure == "super_radial" and score == 0 else score


@cache
def family_sets(measure):
    """Data sets of a linear measure with options and exact scores."""
    sets = []
    for seed in range(1000, 1000 + SETS_OF_FAMILY):
        parts, units, _ = random_case(seed)
        if measure == "range_adjusted" and (np.ptp(np.hstack(parts), axis=0) == 0).any():
            continue
        names = [
            f"{role}{i}"
            for role, part in zip("xyb", parts, strict=True)
            for i in range(part.shape[1])
        ]
        options = family_options(measure, seed, names)
        sets.append((parts, units, options, family_scores(parts, options)))
    return sets


@pytest.mark.one_in(8)
@pytest.mark.parametrize("measure", FAMILY)
@pytest.mark.parametrize("solver", SOLVERS)
def test_scores_of_the_family_equal_exact_arithmetic(solver, measure):
    """Radial, directional and additive measures, weak disposal too, in units from 1e-12 to 1e12."""
    for parts, units, options, exact in family_sets(measure):
        rows = in_units(parts, units)

        result = evaluate(rows, options=replace(options, solver=solver))

        assert_equal(result, exact)


@pytest.mark.parametrize("way", [("highs_scaled",), ("highs_primal",), ()])
@pytest.mark.parametrize("seed", range(500, 510))
def test_every_way_to_solve_gives_the_same_scores(way, seed, monkeypatch):
    """The second and third way of HiGHS and the exact simplex alone find the scores too."""
    monkeypatch.setattr(plain, "WAYS", way)
    parts, units, choices = random_case(seed)
    rows = in_units(parts, units)

    result = evaluate(rows, options=Options(**choices))

    assert_equal(result, expected([part.tolist() for part in parts], choices))


@pytest.mark.one_in(5)
@pytest.mark.parametrize("way", [("highs_scaled",), ("highs_primal",), ()])
@pytest.mark.parametrize("measure", FAMILY)
def test_every_way_to_solve_gives_the_same_distances(way, measure, monkeypatch):
    """With unknowns that may be negative too: a row beyond the frontier of the others."""
    monkeypatch.setattr(plain, "WAYS", way)
    for parts, units, options, exact in family_sets(measure)[:12]:
        result = evaluate(in_units(parts, units), options=replace(options, solver="highs"))

        assert_equal(result, exact)


@cache
def near_twins(digits):
    """Whole numbers, and a copy of a row that is larger in the last digit, with their exact scores."""
    larger = 1 + Fraction(1, 10**digits)
    sets = []
    for seed in range(700, 760):
        parts, _, choices = random_case(seed)
        exact = [[*part.tolist(), [Fraction(v) * larger for v in part[0]]] for part in parts]
        sets.append((exact, choices, expected(exact, choices)))
    return sets


@pytest.mark.one_in(4)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("digits", quick_among([9, 12], [9, 10, 11, 12]))
def test_rows_that_hardly_differ_are_told_apart(solver, digits):
    """A row that another one nearly dominates is not dominated, and its score may jump.

    Whole numbers, and a copy of a row that is larger by 1e-9 to 1e-12. A point that is feasible up
    to the tolerance of a solver would certify 5/6 where 1 is right.
    """
    options = Options(solver=solver)
    for exact, choices, scores in near_twins(digits):
        rows = activities(*([[float(v) for v in line] for line in part] for part in exact))

        result = evaluate(rows, options=replace(options, **choices))

        assert_equal(result, scores)


@pytest.mark.one_in(5)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("measure", FAMILY)
def test_distances_of_rows_that_hardly_differ_are_told_apart(solver, measure):
    """The same for sums of distances, which jump too, and for distances along a direction."""
    for digits, (parts, _, options, _) in zip(
        [9, 10, 11, 12] * 6, family_sets(measure), strict=False
    ):
        larger = 1 + Fraction(1, 10**digits)
        exact = [np.vstack([part.astype(int), part[:1].astype(int) * larger]) for part in parts]
        rows = activities(*(part.astype(float) for part in exact))

        result = evaluate(rows, options=replace(options, solver=solver))

        assert_equal(result, family_scores(exact, options))


def test_a_wrong_solver_is_noticed(monkeypatch):
    """A basis that HiGHS calls optimal and is not does not become a score."""
    rng = np.random.default_rng(3)
    rows = activities(rng.uniform(1, 2, (8, 2)), rng.uniform(1, 2, (8, 1)))
    right = evaluate(rows).scores

    def lie(self, _cost):
        return "optimal", np.arange(self._r)

    monkeypatch.setattr(highs.KeptModel, "solve", lie)
    result = evaluate(rows)

    np.testing.assert_allclose(result.scores, right, rtol=1e-12)
