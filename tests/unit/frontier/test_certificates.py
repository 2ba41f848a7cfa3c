"""Faults in what a solver answers: none becomes a score; the row is solved another way or has no number."""

# Faults are put into the raw answers, at each place where one is accepted: the kernel's arrays (programs
# over all rows, without some, second phases, memberships), HiGHS' bases, the vertex in fractions. What
# comes out of `Task.solve` is then judged by plain numpy, which shares nothing with the package.

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from fractions import Fraction

import numpy as np
import pytest

from cases_efficiency import activities
from parts import quick_among
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.kernel import engine, library
from xinzhi_frontier.measure import Task
from xinzhi_frontier.options import Options
from xinzhi_frontier.solutions import CODE
from xinzhi_frontier.solve import exact, plain
from xinzhi_frontier.solve.certificate import PROVED, Point, Vertex
from xinzhi_frontier.solve.highs import KeptModel
from xinzhi_frontier.technology import unknown_columns

SAME = 1e-8
"""Sums of a dozen products of numbers near 1 that are each right to 1e-9."""
N = 24

WAYS = {
    "super_sbm": Options(),
    "super_sbm, entities out": Options(exclude="entity", returns_to_scale="variable"),
    "radial, weak": Options("radial", "constant", "output", disposability="weak"),
    "super_radial": Options("super_radial", "non_increasing", "input"),
    "additive": Options("additive", "variable", direction="own"),
    "directional": Options("directional", "non_decreasing", direction="own"),
}


def rows_of(seed=3, unit=1.0):
    """Draw rows of three entities' years each, all sizes within one order."""
    rng = np.random.default_rng(seed)
    labels = tuple((f"e{i // 3}", i % 3) for i in range(N))
    x, y, b = (np.exp(rng.normal(0, 0.5, (N, k))) * unit for k in (2, 1, 1))
    return activities(x, y, b, labels=labels)


def judge(task, program, rows, solutions, *, without="", joined=False, closed=()):
    """Prove each certified row by its own numbers: a point, multipliers, and nothing between them."""
    technology, scale = task.technology, task.technology.units
    for q in np.flatnonzero(solutions.certified).tolist():
        o, line = rows[q], program.row(q)
        unit = technology.own_values(np.array([o]))[0] * scale * technology.sizes[o]
        right = technology.raw[o] * technology.factors / unit
        right = right if program.right is None else program.right[q]
        members = set(task.reference.tolist())
        if without:
            codes = (
                np.arange(len(technology.raw)) if without == "observation" else technology.entities
            )
            members -= set(np.flatnonzero(codes == codes[o]).tolist())
        elif joined:
            members.add(o)
        members -= set(np.asarray(closed[q]).tolist()) if closed else set()
        used = solutions.intensities[q] > SAME
        assert set(solutions.positions[q][used].tolist()) <= members
        assert (solutions.intensities[q] >= -SAME).all()
        moves, entered = solutions.moves[q], solutions.positions[q] >= 0
        made = solutions.intensities[q][entered] @ technology.raw[solutions.positions[q][entered]]
        columns = unknown_columns(program.own[q])
        np.testing.assert_allclose(made / unit + columns @ moves, right, rtol=0, atol=SAME)
        assert np.abs(moves[~line.allowed]).max(initial=0.0) <= SAME
        assert (moves[~line.free] >= -SAME).all()
        over = line.constants[0] + line.numerator @ moves
        under = line.constants[1] + line.denominator @ moves
        assert under > 0
        assert abs(over / under - solutions.value[q]) <= SAME * max(1.0, abs(over / under))
        if program.first is not None:
            # The second phase has no say over what the first one left out.
            continue
        value, duals = solutions.value[q], solutions.duals[q]
        reduced = (line.numerator - value * line.denominator) / under - duals @ columns
        allowed = line.allowed & ~line.free
        assert (reduced[allowed] >= -SAME).all()
        assert np.abs(reduced[line.free]).max(initial=0.0) <= SAME
        reference = technology.raw[sorted(members)] / unit
        size = reference[:, technology.bounded].sum(axis=1)
        assert (reference @ duals <= SAME * np.where(size > 0, size, 1.0)).all()
        bound = duals @ right + (line.constants[0] - value * line.constants[1]) / under
        assert abs(bound) <= SAME


def every(n, faults):
    """Pair ways and faults; each fault runs each time in one way of n, and in each way one fault of n."""
    pairs = [(i + j, way, fault) for i, way in enumerate(WAYS) for j, fault in enumerate(faults)]
    quick = {(way, fault) for k, way, fault in pairs if k % n == 0}
    return quick_among(quick, [(way, fault) for _, way, fault in pairs])


@contextmanager
def watched(monkeypatch):
    """Judge every answer of `Task.solve`; count the rows that were solved one by one."""
    solve, by_row, seen = Task.solve, plain.PlainModel.solve, []
    again = []

    def judged(self, program, rows, **how):
        answer = solve(self, program, rows, **how)
        if len(rows):
            judge(self, program, rows, answer, **how)
            seen.append(len(rows))
        return answer

    def counted(self, index, excluded):
        again.append(index)
        return by_row(self, index, excluded)

    with monkeypatch.context() as patch:
        patch.setattr(Task, "solve", judged)
        patch.setattr(plain.PlainModel, "solve", counted)
        yield again
    assert seen


# A fault: what it does to the arrays of all programs, in place. Every second row is spoiled, so that rows
# which are right stand between them.
def _column(name, change):
    def spoil(optima, odd):
        part = optima.found[getattr(library, name)]
        part[odd] = change(part)[odd]

    return spoil


def _part(name, change):
    def spoil(optima, odd):
        part = getattr(optima, name)
        part[odd] = change(part)[odd]

    return spoil


def _one(name, change):
    """Change in each row the entry that is largest."""

    def spoil(optima, odd):
        part = getattr(optima, name)
        at = np.abs(part).argmax(axis=1)
        for row in np.flatnonzero(odd).tolist():
            part[row, at[row]] = change(part[row, at[row]])

    return spoil


def _stale(optima, odd):
    for field in fields(optima):
        part = getattr(optima, field.name)
        if field.name == "found":
            part[:, odd] = np.roll(part, 1, axis=1)[:, odd]
        elif field.name != "e":
            part[odd] = np.roll(part, 1, axis=0)[odd]


def _all_solved(optima, odd):
    """Call every vertex solved: slacks only, without multipliers, and a proof as good as can be."""
    r = optima.basis.shape[1]
    optima.status[odd] = library.SOLVED
    optima.basis[odd], optima.basic[odd], optima.duals[odd] = np.arange(r), 1.0, 0.0
    optima.found[:, odd] = 0.0
    optima.found[library.VALUE, odd] = optima.found[library.DENOMINATOR, odd] = 1.0


FAULTS = {
    "value a millionth higher": _column("VALUE", lambda v: v * (1 + 1e-6) + 1e-6),
    "value turned": _column("VALUE", lambda v: -v - 1.0),
    "value not a number": _column("VALUE", lambda v: v * np.nan),
    "value of the neighbour": _column("VALUE", lambda v: np.roll(v, 1)),
    "denominator": _column("DENOMINATOR", lambda v: v * (1 + 1e-6)),
    "denominator not a number": _column("DENOMINATOR", lambda v: v * np.nan),
    "violation": _column("PRIMAL", lambda v: v + 1e-6),
    "violation not a number": _column("PRIMAL", lambda v: v * np.nan),
    "dual violation": _column("DUAL", lambda v: v + 1e-6),
    "dual violation not a number": _column("DUAL", lambda v: v * np.nan),
    "gap": _column("GAP", lambda v: v + 1e-6),
    "gap infinite": _column("GAP", lambda v: v + np.inf),
    "gap not a number": _column("GAP", lambda v: v * np.nan),
    "magnitude of the multipliers": _column("STEEPNESS", lambda v: v * 0.5 - 1.0),
    "magnitude of what is lost": _column("LOST", lambda v: v * 0.5 - 1.0),
    "magnitude of what is charged": _column("CHARGED", lambda v: v - 1.0),
    "values a millionth higher": _one("basic", lambda v: v * (1 + 1e-6)),
    "values turned": _part("basic", lambda v: -v - 1e-6),
    "values one too small": _one("basic", lambda v: v - 1.0),
    "values not numbers": _one("basic", lambda v: v * np.nan),
    "values infinite": _one("basic", lambda v: v * np.inf),
    "values of the neighbour": _part("basic", lambda v: np.roll(v, 1, axis=0) + 1e-6),
    "multipliers a millionth higher": _one("duals", lambda v: v * (1 + 1e-6) + 1e-6),
    "multipliers turned": _part("duals", lambda v: -v - 1e-6),
    "multipliers not numbers": _one("duals", lambda v: v * np.nan),
    "multipliers infinite": _part("duals", lambda v: v + np.inf),
    "multipliers of the neighbour": _part("duals", lambda v: np.roll(v, 1, axis=0) + 1e-6),
    "basis: two unknowns exchanged": _part("basis", lambda v: np.roll(v, 1, axis=1)),
    "basis: ids beyond all rows": _part("basis", lambda v: v + 10_000),
    "basis: ids below all": _part("basis", lambda v: v - 10_000),
    "basis of the neighbour": _part("basis", lambda v: np.roll(v, 1, axis=0)),
    "status: infeasible": lambda optima, odd: optima.status.__setitem__(odd, library.INFEASIBLE),
    "status: unsolved": lambda optima, odd: optima.status.__setitem__(odd, library.UNSOLVED),
    "status: none that is known": lambda optima, odd: optima.status.__setitem__(odd, 77),
    "answers of the neighbour": _stale,
    "any vertex is solved": _all_solved,
}


def spoiled(monkeypatch, fault):
    """Put a fault into what the compiled code answers, wherever Python reads it."""
    for name in ("solve", "solve_without"):
        answer = getattr(engine, name)

        def faulty(*given, _answer=answer, **how):
            optima = _answer(*given, **how)
            fault(optima, np.arange(len(optima.status)) % 2 == 1)
            return optima

        monkeypatch.setattr(engine, name, faulty)


@pytest.fixture(scope="module")
def right():
    """Scores and statuses of each way, by HiGHS alone."""
    return {way: evaluate(rows_of(), options=replace(o, solver="highs")) for way, o in WAYS.items()}


@pytest.mark.one_in(5)
@pytest.mark.skipif(not library.is_available(), reason="there is no kernel")
@pytest.mark.parametrize(("way", "fault"), every(3, FAULTS))
def test_no_fault_of_the_kernel_becomes_a_score(way, fault, right, monkeypatch):
    """Each field of its answers spoiled in every second row: scores and statuses stay what they are."""
    spoiled(monkeypatch, FAULTS[fault])

    with watched(monkeypatch) as again:
        found = evaluate(rows_of(), options=WAYS[way])

    assert found.statuses == right[way].statuses
    np.testing.assert_allclose(found.scores, right[way].scores, rtol=0, atol=SAME)
    if fault.startswith(("any vertex", "value", "gap", "violation", "status", "answers")):
        assert again, "nothing was solved again"


@pytest.mark.skipif(not library.is_available(), reason="there is no kernel")
@pytest.mark.parametrize("unit", [1e-6, 1e6])
@pytest.mark.parametrize("way", WAYS)
def test_no_fault_hides_in_units(way, unit, right, monkeypatch):
    """The same where amounts are near 1e-6 or 1e6: a proof is relative to the row."""
    spoiled(monkeypatch, FAULTS["values a millionth higher"])
    with watched(monkeypatch):
        found = evaluate(rows_of(unit=unit), options=WAYS[way])

    np.testing.assert_allclose(found.scores, right[way].scores, rtol=0, atol=SAME)


@pytest.mark.skipif(not library.is_available(), reason="there is no kernel")
@pytest.mark.parametrize("way", WAYS)
def test_an_optimum_of_another_problem_is_refused(way, right, monkeypatch):
    """The best point without the best peer, and the best one that breaks a constraint: both go back."""
    solve = engine.solve

    def without_the_best(program, extremes, rows, **how):
        if how or len(extremes.rows) < 2:
            return solve(program, extremes, rows, **how)
        # Feasible, with multipliers and a gap of 0 that are honest over the rows it was given.
        return solve(program, replace(extremes, rows=extremes.rows[1:]), rows)

    def all_may_move(program, extremes, rows, **how):
        free = replace(program, allowed=np.ones_like(program.allowed))
        return solve(program if how else free, extremes, rows, **how)

    for answer in (without_the_best, all_may_move):
        monkeypatch.setattr(engine, "solve", answer)
        with watched(monkeypatch):
            found = evaluate(rows_of(), options=WAYS[way])
        assert found.statuses == right[way].statuses
        np.testing.assert_allclose(found.scores, right[way].scores, rtol=0, atol=SAME)


@pytest.mark.skipif(not library.is_available(), reason="there is no kernel")
@pytest.mark.parametrize("way", WAYS)
def test_what_is_right_is_not_refused(way, monkeypatch):
    """Without a fault no row needs a second way: what is refused above is refused for its fault."""
    with watched(monkeypatch) as again:
        evaluate(rows_of(), options=WAYS[way])
    assert not again


HIGHS = {
    "always infeasible": lambda answer, _: ("infeasible", answer[1]),
    "never optimal": lambda answer, _: ("other", answer[1]),
    "always optimal": lambda answer, _: ("optimal", answer[1]),
    "no basis": lambda answer, _: (answer[0], answer[1][:0]),
    "slacks only": lambda answer, _: ("optimal", np.arange(len(answer[1]))),
    "one unknown twice": lambda answer, _: (answer[0], np.append(answer[1][:-1], answer[1][0])),
    "another column": lambda answer, e: (answer[0], np.where(answer[1] >= e, e, answer[1])),
    "minus for plus": lambda answer, e: (
        answer[0],
        np.where(answer[1] < e // 2, (answer[1] + e // 2) % e, answer[1]),
    ),
}


@pytest.mark.one_in(5)
@pytest.mark.parametrize(("way", "fault"), every(2, HIGHS))
def test_no_fault_of_highs_becomes_a_score(way, fault, monkeypatch):
    """A wrong verdict, or a basis that is not the optimal one: the score is right or there is none."""
    rows, options = rows_of().take(list(range(9))), replace(WAYS[way], solver="highs")
    true = evaluate(rows, options=options)
    solve = KeptModel.solve
    monkeypatch.setattr(
        KeptModel, "solve", lambda self, cost: HIGHS[fault](solve(self, cost), len(cost))
    )

    with watched(monkeypatch):
        found = evaluate(rows, options=options)

    certified = np.array([status == "certified" for status in found.statuses])
    same = np.array([a == b for a, b in zip(found.statuses, true.statuses, strict=True)])
    # What is not said as it is true is said to be unknown.
    assert set(np.array(found.statuses)[~same].tolist()) <= {"unsolved"}
    np.testing.assert_allclose(found.scores[certified], true.scores[certified], rtol=0, atol=SAME)
    assert np.isnan(found.scores[~certified]).all()


TINY = Fraction(1, 10**12)
IN_FRACTIONS = {
    "value": lambda o: replace(o, value=o.value + TINY),
    "denominator": lambda o: replace(o, denominator=o.denominator * (1 + TINY)),
    "a basic value": lambda o: replace(o, basic=[o.basic[0] + TINY, *o.basic[1:]]),
    "signs": lambda o: replace(o, basic=[-v for v in o.basic]),
    "two values exchanged": lambda o: replace(o, basic=o.basic[::-1]),
    "basis": lambda o: replace(o, basis=o.basis[::-1]),
    "a multiplier": lambda o: replace(o, duals=[o.duals[0] + TINY, *o.duals[1:]]),
    "multipliers turned": lambda o: replace(o, duals=[-u - TINY for u in o.duals]),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("fault", IN_FRACTIONS)
@pytest.mark.parametrize("way", ["super_sbm", "radial, weak", "additive"])
def test_no_fault_in_fractions_becomes_a_score(way, fault, monkeypatch):
    """Moved by 1e-12, turned or exchanged, a vertex in fractions is no optimum any more."""
    rows = rows_of().take(list(range(6)))
    options = replace(WAYS[way], solver="exact", reference="global")
    true = evaluate(rows, options=options)
    solve = exact.solve

    def faulty(*given):
        verdict, optimum = solve(*given)
        return verdict, optimum and IN_FRACTIONS[fault](optimum)

    monkeypatch.setattr(exact, "solve", faulty)
    found = evaluate(rows, options=options)

    certified = np.array([status == "certified" for status in found.statuses])
    assert "certified" in true.statuses
    np.testing.assert_array_equal(found.scores[certified], true.scores[certified])
    # Two values or names that are both at 0, or one row alone, may be exchanged; nothing else is true.
    assert certified.sum() <= (3 if "exchanged" in fault or fault == "basis" else 0)
    assert "infeasible" not in found.statuses


@dataclass
class Parts:
    """The parts of a proof that must each be small."""

    primal: float = 0.0
    dual: float = 0.0
    gap: float = 0.0
    is_settled: bool = True


@pytest.mark.parametrize("part", ["primal", "dual", "gap"])
@pytest.mark.parametrize("size", [1.01 * PROVED, 1.0, np.inf, np.nan])
def test_a_point_is_proved_by_each_of_its_parts(part, size):
    """One part above the promise, or not a number, whatever the others are: no proof."""

    def point(parts):
        vertex = Vertex(np.ones(1), 1.0, np.ones(1), 1.0, parts.primal, parts.gap)
        sizes = np.ones(1)
        basis = np.zeros(1, dtype=np.intp)
        return Point(vertex, basis, sizes, parts.primal, parts.dual, is_settled=parts.is_settled)

    assert point(Parts(PROVED, PROVED, PROVED)).is_proved
    assert not point(Parts(is_settled=False)).is_proved
    assert not point(Parts(**{part: size})).is_proved


@pytest.mark.parametrize("way", WAYS)
def test_every_proof_has_its_three_numbers(way, right):
    """What was proved shows by how much, whichever solver found it: a missing gap would pass for none in the largest of all."""
    for found in (right[way], evaluate(rows_of(), options=WAYS[way])):
        certified = np.array([status == "certified" for status in found.statuses])
        assert certified.any()
        for name in ("primal", "dual", "gap"):
            sizes = getattr(found.certificate, name)[certified]
            assert (sizes <= PROVED).all(), name  # not a number is not at most this


@pytest.mark.skipif(not library.is_available(), reason="there is no kernel")
@pytest.mark.parametrize("way", WAYS)
def test_a_row_that_no_way_proves_has_no_number(way, monkeypatch):
    """Where every solver is wrong the status is `unsolved`, and the score is missing."""
    spoiled(monkeypatch, FAULTS["any vertex is solved"])
    monkeypatch.setattr(KeptModel, "solve", lambda *_: ("optimal", np.zeros(4, dtype=np.intp)))
    monkeypatch.setattr(exact, "solve", lambda *_: ("other", None))
    found = evaluate(rows_of(), options=WAYS[way])
    known = np.array([CODE[status] == CODE["certified"] for status in found.statuses])

    assert "unsolved" in found.statuses
    assert np.isnan(found.scores[~known]).all()
