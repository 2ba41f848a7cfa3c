"""Scores against exact rational arithmetic, on small programs with ties and duplicates."""

from __future__ import annotations

import numpy as np
import pytest

import oracles_efficiency as oracle
from cases_efficiency import activities
from xinzhi.efficiency import frontier, held
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.options import Options

TOLERANCE = 1e-9
"""Convention N2: what a certificate promises, relative to the score where it is above 1."""
RETURNS = ["constant", "constant", "variable", "variable", "non_increasing", "non_decreasing"]
SETS, EACH = 13, 45
"""Tests, and data sets per test: about 3.5 programs per set, more than 2,000 in all."""


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
    x, y, b = (part.tolist() for part in parts)
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


@pytest.mark.parametrize("first", range(0, SETS * EACH, EACH))
def test_scores_equal_exact_arithmetic(first):
    """Ties, duplicates, n from 1 and units from 1e-12 to 1e12 change no score by 1e-9."""
    for seed in range(first, first + EACH):
        parts, units, choices = random_case(seed)
        rows = in_units(parts, units)

        result = evaluate(rows, options=Options(**choices))

        assert_equal(result, expected(parts, choices))


@pytest.mark.parametrize("way", [("highs_scaled",), ("highs_primal",), ()])
@pytest.mark.parametrize("seed", range(500, 510))
def test_every_way_to_solve_gives_the_same_scores(way, seed, monkeypatch):
    """The second and third way of HiGHS and the exact simplex alone find the scores too."""
    monkeypatch.setattr(frontier, "WAYS", way)
    parts, units, choices = random_case(seed)
    rows = in_units(parts, units)

    result = evaluate(rows, options=Options(**choices))

    assert_equal(result, expected(parts, choices))


def test_a_wrong_solver_is_noticed(monkeypatch):
    """A basis that HiGHS calls optimal and is not does not become a score."""
    rng = np.random.default_rng(3)
    rows = activities(rng.uniform(1, 2, (8, 2)), rng.uniform(1, 2, (8, 1)))
    right = evaluate(rows).scores

    def lie(self, _cost):
        return "optimal", np.arange(self._r)

    monkeypatch.setattr(held.KeptModel, "solve", lie)
    result = evaluate(rows)

    np.testing.assert_allclose(result.scores, right, rtol=1e-12)
