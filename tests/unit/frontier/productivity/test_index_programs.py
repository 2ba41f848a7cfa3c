"""Each index from its equation: every distance that it needs is a program solved by SciPy."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import activities
from oracles_linprog import longest
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import productivity

N, PERIODS = 6, 3
RADIAL = Options("radial", orientation="output")
VARIABLE = Options("radial", "variable", orientation="output")
GREEN = Options("directional", orientation="output", disposability="weak")
DISTANCES = Options("directional", orientation="output")


class Programs:
    """Rows of six entities in three periods, two inputs, a good and a bad output.

    Radial scores leave the bad output aside.
    """

    def __init__(self) -> None:
        rng = np.random.default_rng(21)
        entity = rng.uniform(1, 4, (N, 1, 4))
        self.values = (entity * rng.uniform(0.7, 1.3, (N, PERIODS, 4))).reshape(-1, 4)

    def beta(self, s, t, entity, options, returns="constant"):
        """Solve the program of an entity in period t against the rows of period s (-1: of all)."""
        periods = range(PERIODS) if s == -1 else (s,)
        reference = np.array([e * PERIODS + p for p in periods for e in range(N)])
        row = entity * PERIODS + t
        columns = 3 if options.measure == "radial" else 4
        values = self.values[:, :columns]
        return longest(
            values,
            row,
            reference,
            signs=[1, 1, -1, 1][:columns],
            direction=values[row] * [0, 0, 1, 1][:columns],
            returns=returns,
            equal=(3,) if options.disposability == "weak" else (),
        )

    def efficiency(self, s, t, entity, options, returns="constant"):
        """Return 1 / φ = 1 / (1 + β)."""
        return 1.0 / (1.0 + self.beta(s, t, entity, options, returns))


def geometric(e):
    """Färe, Grosskopf, Norris and Zhang (1994); Chung, Färe and Grosskopf (1997)."""
    change = e(2, 2) / e(1, 1)
    technical = np.sqrt(e(1, 2) / e(2, 2) * e(1, 1) / e(2, 1))
    return change * technical, change, technical


def pooled(e):
    """Pastor and Lovell (2005); Oh (2010); with the base period, Berg, Førsund and Jansen (1992)."""
    value, change = e("all", 2) / e("all", 1), e(2, 2) / e(1, 1)
    return value, change, value / change


def mean_difference(beta):
    """Chambers, Färe and Grosskopf (1996)."""
    value = (beta(1, 1) - beta(1, 2) + beta(2, 1) - beta(2, 2)) / 2
    change = beta(1, 1) - beta(2, 2)
    return value, change, value - change


def pooled_difference(beta):
    """Zhou, Ang and Wang (2012) on the frontier of Oh (2010)."""
    value, change = beta("all", 1) - beta("all", 2), beta(1, 1) - beta(2, 2)
    return value, change, value - change


CASES = {
    "malmquist": (RADIAL, geometric),
    "global_malmquist": (RADIAL, pooled),
    "base_malmquist": (RADIAL, pooled),
    "malmquist_luenberger": (GREEN, geometric),
    "global_malmquist_luenberger": (GREEN, pooled),
    "luenberger": (DISTANCES, mean_difference),
    "global_luenberger": (DISTANCES, pooled_difference),
}


@pytest.mark.parametrize("index", CASES)
def test_an_index_follows_from_its_distances(index):
    """Value, efficiency change and technical change of each entity and pair of periods."""
    options, equation = CASES[index]
    programs = Programs()
    frontier = 0 if index == "base_malmquist" else -1
    solve = programs.beta if "difference" in equation.__name__ else programs.efficiency

    known = 0

    for row in computed(programs, index, options).itertuples(index=False):
        entity, first = int(row.entity[1:]), int(row[1])

        def distance(s, t, entity=entity, first=first):
            of = frontier if s == "all" else first + s - 1
            return solve(of, first + t - 1, entity, options)

        got = (row.value, row.efficiency_change, row.technical_change)
        known += agree(got, equation(distance))
    assert known >= N


@pytest.mark.parametrize("index", ["ray_desli", "ray_desli_base"])
def test_ray_and_desli_under_both_returns(index):
    """Ray and Desli (1997): efficiency and technical change under variable returns, and of scale."""
    programs = Programs()
    known = 0
    for row in computed(programs, index, VARIABLE).itertuples(index=False):
        entity, first = int(row.entity[1:]), int(row[1])

        def e(s, t, returns="variable", entity=entity, first=first):
            return programs.efficiency(first + s - 1, first + t - 1, entity, VARIABLE, returns)

        def scale(s, t):
            return e(s, t, "constant") / e(s, t)

        change = e(2, 2) / e(1, 1)
        if index == "ray_desli":
            technical = np.sqrt(e(1, 2) / e(2, 2) * e(1, 1) / e(2, 1))
            scales = np.sqrt(scale(1, 2) / scale(1, 1) * scale(2, 2) / scale(2, 1))
        else:
            technical, scales = e(1, 2) / e(2, 2), scale(1, 2) / scale(1, 1)
        expected = (change * technical * scales, change, technical, scales)
        got = (row.value, row.efficiency_change, row.technical_change, row.scale_change)
        known += agree(got, expected)
    assert known > 0


def agree(got, expected):
    """Compare value and components; without a value none of them is told. Return whether there is one."""
    if np.isnan(expected[0]):
        assert np.isnan(got).all()
        return False
    np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-9)
    return True


def computed(programs, index, options):
    """Compute an index; the radial ones have no bad output."""
    labels = [(f"e{e}", p) for e in range(N) for p in range(PERIODS)]
    values = programs.values
    bads = None if options.measure == "radial" else values[:, 3:]
    rows = activities(values[:, :2], values[:, 2:3], bads, labels=labels)
    return productivity(rows, index=index, options=options).to_frame()
