"""Of the optima of a distance the one with the largest slacks: by exact arithmetic, and of many rows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

import oracles_efficiency as oracle
from cases_efficiency import activities
from xinzhi_frontier import measure as task
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options

TOLERANCE = 1e-9
RETURNS = ["constant", "variable", "non_increasing", "non_decreasing"]
DISPOSABILITIES = {"radial": ["strong", "weak", "kuosmanen"], "super_radial": ["strong"]}
DISPOSABILITIES["directional"] = DISPOSABILITIES["radial"]


def drawn(seed, measure):
    """Draw whole numbers with many ties and duplicates, and options of a measure."""
    rng = np.random.default_rng([seed, 3])
    n = int(rng.integers(2, 9))
    parts = [rng.integers(1, 6, (n, k)).astype(float) for k in (2, 1, 1)]
    options = Options(
        measure,
        str(rng.choice(RETURNS)),
        str(rng.choice(["input", "output"])),
        disposability=str(rng.choice(DISPOSABILITIES[measure])),
        direction="own" if measure == "directional" else None,
    )
    return parts, options


def exact_sum(parts, options, o):
    """Return the largest sum of relative slacks at the projection of a row; None where there is none."""
    x, y, b = (oracle.exact(part.tolist()) for part in parts)
    is_input = options.orientation == "input"
    bads = Fraction(int(options.measure == "directional" and not is_input))
    along = [*(v * is_input for v in x[o]), *(v * (not is_input) for v in y[o])]
    along += [v * bads for v in b[o]]
    how = {"returns": options.returns_to_scale, "disposability": options.disposability}
    everybody = range(len(x))
    beta = oracle.distance(x, y, b, o, everybody, along, **how)
    if options.measure == "super_radial" and beta == 0:
        how["joined"] = False
        beta = oracle.distance(x, y, b, o, everybody, along, **how)
    if beta is None or (beta == -1 and not is_input):
        return None
    return oracle.largest_slacks(x, y, b, o, everybody, along, beta, **how)


@cache
def exact_sums(measure, seed):
    """Sums of all rows of a data set: every solver is held against the same."""
    parts, options = drawn(seed, measure)
    return [exact_sum(parts, options, o) for o in range(len(parts[0]))]


@pytest.mark.parametrize(
    "seeds", [range(12), pytest.param(range(12, 40), marks=pytest.mark.long)], ids=str
)
@pytest.mark.parametrize("solver", ["auto", "highs", "exact"])
@pytest.mark.parametrize("measure", ["radial", "directional", "super_radial"])
def test_slacks_are_the_largest_of_exact_arithmetic(measure, solver, seeds):
    """Ties, duplicates, every returns and disposability: the sum of relative slacks is the largest."""
    for seed in seeds:
        parts, options = drawn(seed, measure)
        result = evaluate(activities(*parts), options=replace(options, solver=solver))

        free = 3 if options.disposability != "strong" else 4
        sums = (result.slacks / np.hstack(parts))[:, :free].sum(axis=1)
        for o, (found, expected) in enumerate(
            zip(sums.tolist(), exact_sums(measure, seed), strict=True)
        ):
            if expected is None:
                assert result.statuses[o] == "infeasible"
            else:
                assert abs(found - float(expected)) <= TOLERANCE * max(1.0, float(expected)), seed


def test_a_frontier_of_many_rows_needs_no_second_solver(monkeypatch):
    """5,000 rows: faces of the frontier lie nearly in one plane, and no second phase is ill-conditioned."""
    rng = np.random.default_rng(20250429)
    inputs = np.exp(rng.normal(0, 0.5, (5000, 3)))
    goods = np.exp(np.log(inputs).mean(axis=1) - np.abs(rng.normal(0, 0.3, 5000)))
    bads = inputs[:, 2] * np.exp(rng.normal(0, 0.5, 5000))
    left = []
    monkeypatch.setattr(task.Task, "_solve_by_row", lambda *words, **_: left.append(words))

    result = evaluate(
        activities(inputs, goods[:, None], bads[:, None]),
        options=Options("radial", orientation="input"),
    )

    assert left == []
    assert result.count("certified") == 5000
    # Targets are points of the technology: what peers use and make, to the promise of the proof.
    values = np.hstack([inputs, goods[:, None], bads[:, None]])
    for o in range(0, 5000, 100):
        peers = result.peers[o]
        made = sum(peer.intensity * values[peer.position] for peer in peers)
        np.testing.assert_allclose(made, result.targets[o], rtol=TOLERANCE)
