"""Starts of the kernel: bases met before, and rows that are their own best answer."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba")

from cases_efficiency import activities
from xinzhi.efficiency.certificate import SETTLED
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.kernel import engine, rows, simplex, starts, vertex
from xinzhi.efficiency.kernel.algebra import BLOCK
from xinzhi.efficiency.kernel.choice import FOUND, VALUE
from xinzhi.efficiency.kernel.simplex import OPTIMUM, SOLVED, UNSETTLED, UNSOLVED
from xinzhi.efficiency.measures.sbm import sbm_program
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.result import STATUSES
from xinzhi.efficiency.technology import technology_of
from xinzhi.efficiency.terms import terms_of

TOLERANCE = 1e-9
"""Convention N2: what a certificate promises."""


class Vertex:
    """One program of the kernel, as its compiled loops hold it."""

    def __init__(self, data, row):
        self.technology = technology_of(data, returns_to_scale="constant")
        everything = np.arange(data.n)
        program = sbm_program(self.technology, terms_of(data, everything, Options("sbm")))
        r, self.e = self.technology.r, program.numerator.shape[1]
        self.columns = np.ascontiguousarray(self.technology.columns.T)
        self.row = self.technology.columns[row]
        self.state, self.square = np.zeros((vertex.LINES, r)), np.zeros((3, r, r))
        self.basis, self.found = np.zeros(r, dtype=np.int64), np.zeros(FOUND)
        self.allow = program.allowed[0].astype(np.uint8)
        self.costs = np.array([program.numerator[0], program.denominator[0]])
        self.constants = np.array([*program.constants, SETTLED])
        self.own, self.free = program.own[0].copy(), np.zeros(0, dtype=np.uint8)
        rows.measure_table(self.columns, self.state)
        rows.begin(
            row, self.technology.columns, self.technology.bounded.astype(np.uint8), self.state
        )

    def _program(self):
        return self.state, self.own, self.allow, self.free, self.costs

    def solve(self):
        """Pivot to the optimum from slacks."""
        starts.start_from_slacks(self.state, self.allow, self.basis)
        return self._pivot(simplex.optimise)

    def improve(self):
        """Pivot to the optimum from the basis and the inverse that are there."""
        return self._pivot(simplex.improve)

    def _pivot(self, way):
        buffer = np.zeros((2, BLOCK))
        n = self.columns.shape[1]
        return way(
            OPTIMUM, self.basis, self.columns, n, *self._program(), self.constants, self.square,
            buffer, self.found,
        )  # fmt: skip

    def remembered(self):
        """Keep the basis, which must be fresh."""
        r = len(self.basis)
        memory = (
            np.zeros(3, dtype=np.int64),
            np.zeros((starts.MEMORY, r), dtype=np.int64),
            np.zeros((starts.MEMORY, r, r)),
        )
        starts.remember(self.e, self.basis, self.state, self.square, *memory)
        return memory

    def recall(self, memory):
        """Write the first basis that is kept, in units of the row."""
        starts.recall(
            0, memory[1], memory[2], self.basis, self.columns, *self._program(), self.square
        )

    def best(self, memory):
        """Return the kept basis at which the row would start, or -1."""
        return starts.best_start(
            self.e, *memory, self.row, self.state, self.allow, self.costs, self.constants, 0
        )


@pytest.fixture
def data():
    rng = np.random.default_rng(5)
    return activities(*(np.exp(rng.normal(0, 1, (60, k))) for k in (3, 1, 1)))


def test_a_basis_met_before_gives_each_row_the_vertex_of_its_own_inverse(data):
    """Kept in the units of the technology, recalled in those of the row, it is still the inverse."""
    first = Vertex(data, 0)
    assert first.solve() == SOLVED
    memory = first.remembered()
    for row in range(data.n):
        one, other = Vertex(data, row), Vertex(data, row)
        one.recall(memory)
        other.basis[:] = first.basis
        vertex.factorise(other.basis, other.columns, *other._program(), other.square)

        np.testing.assert_allclose(
            one.state[vertex.X], other.state[vertex.X], rtol=1e-9, atol=1e-12
        )
        np.testing.assert_allclose(one.square[1] @ one.square[0], np.eye(5), atol=1e-9)


def test_a_row_starts_only_at_a_vertex_that_holds_it(data):
    """What is chosen has no value below 0, and what is not chosen has one."""
    memory = Vertex(data, 0)
    assert memory.solve() == SOLVED
    kept, chosen = memory.remembered(), []
    for row in range(data.n):
        one = Vertex(data, row)
        chosen.append(one.best(kept) >= 0)
        one.recall(kept)
        assert chosen[-1] == bool((one.state[vertex.X] >= -1e-12).all())
    assert 0 < sum(chosen) < data.n


@pytest.mark.parametrize("noise", [1e-12, 1e-6, 1e-2, 10.0])
def test_a_spoiled_inverse_costs_time_and_no_score(data, noise):
    """What is kept is a start and no proof: the optimum is the right one, or none is claimed."""
    rng = np.random.default_rng(1)
    first = Vertex(data, 0)
    first.solve()
    held, bases, inverses = first.remembered()
    spoiled = inverses * (1.0 + noise * rng.normal(size=inverses.shape))
    for row in range(1, data.n):
        one, right = Vertex(data, row), Vertex(data, row)
        assert right.solve() == SOLVED
        one.recall((held, bases, spoiled))
        status = one.improve()
        assert status in {SOLVED, UNSOLVED, UNSETTLED}
        if status == SOLVED:
            assert abs(one.found[VALUE] - right.found[VALUE]) <= TOLERANCE


def test_rows_that_barely_stand_out_need_no_second_solver(monkeypatch):
    """200 rows on a nearly flat frontier, all extreme: bases are near singular, multipliers steep."""
    rng = np.random.default_rng(1)
    sizes = 1.0 + 1e-3 * rng.normal(size=(200, 2))
    inputs = np.column_stack([sizes, 1.0 / sizes.prod(axis=1)])
    bads = np.exp(1e-3 * rng.normal(size=(200, 1)))
    seen = []
    ready = engine._solutions

    def watched(*words):
        found = ready(*words)
        seen.append({STATUSES[code] for code in found.status.tolist()})
        return found

    monkeypatch.setattr(engine, "_solutions", watched)

    found = evaluate(
        activities(inputs, np.ones((200, 1)), bads), options=Options("super_sbm", solver="kernel")
    )

    assert seen == [{"certified"}, {"certified"}]
    assert max(found.certificate.worst().values()) <= TOLERANCE
    assert found.scores.min() >= 1.0
