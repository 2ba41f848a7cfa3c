"""A small simplex in exact rational arithmetic: slow, and never wrong.

It takes the numbers as the user wrote them (their shortest decimals), as fractions, so that what is
tied for the user is tied here, and no tolerance decides anything. Used where no floating-point
basis could be proved optimal.

Programs row by row in exact rational arithmetic, columns entering as they price out: the last resort.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from xinzhi_frontier.result import Array, Status
from xinzhi_frontier.solve.certificate import PROVED, EvaluatedRow, Point, Vertex
from xinzhi_frontier.solve.highs import Basis, Verdict
from xinzhi_frontier.technology import Positions, Program, ReferenceColumns, RowProgram, Technology

ZERO = Fraction(0)
Column = list[Fraction]


def fractions_of(values: Array) -> list[Column]:
    """Turn numbers into the fractions that their shortest decimals say.

    >>> fractions_of(np.array([[0.1]]))
    [[Fraction(1, 10)]]
    """
    return [[Fraction(repr(value)) for value in line] for line in values.tolist()]


@dataclass(slots=True)
class Tableau:
    """B⁻¹ A and B⁻¹ h with the two objective rows, in fractions; pivots in place."""

    body: list[list[Fraction]]
    """r constraints; the last entry of each is the right-hand side."""
    objectives: list[list[Fraction]]
    """Reduced costs of numerator and denominator; the last entries are minus their values."""
    basis: list[int]

    def pivot(self, row: int, column: int) -> None:
        """Let a column enter the basis in a row."""
        pivot = self.body[row][column]
        self.body[row] = [value / pivot for value in self.body[row]]
        for other in [*self.body, *self.objectives]:
            factor = other[column]
            # Most entries are 0, and fractions are dear: only what changes is computed.
            if other is not self.body[row] and factor:
                line = self.body[row]
                other[:] = [a - factor * b if b else a for a, b in zip(other, line, strict=True)]
        self.basis[row] = column

    def leaving(self, column: int) -> int | None:
        """Find the row that leaves, least ratio and least basis id (Bland)."""
        # With the first column of negative cost that enters, this rule never cycles.
        ratios = [
            (line[-1] / line[column], self.basis[row], row)
            for row, line in enumerate(self.body)
            if line[column] > 0
        ]
        return min(ratios)[2] if ratios else None

    def improve(self, enterable: list[int]) -> bool:
        """Pivot until N - ρ D has no negative reduced cost, ρ = N/D; False where unbounded."""
        while True:
            over, under = (-line[-1] for line in self.objectives[:2])
            # ρ is that of the current vertex: its costs are priced anew at each pivot, so that the
            # fraction is minimised without a row for the Charnes-Cooper scale.
            rho = over / under
            entering = next(
                (j for j in enterable if self.objectives[0][j] - rho * self.objectives[1][j] < 0),
                None,
            )
            if entering is None:
                return True
            row = self.leaving(entering)
            if row is None:
                return False
            self.pivot(row, entering)


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """An optimal vertex in fractions."""

    basis: Basis
    basic: list[Fraction]
    """Values of the basic unknowns."""
    duals: list[Fraction]
    """Multipliers of the constraints."""
    value: Fraction
    denominator: Fraction


def solve(
    program: RowProgram, columns: list[Column], right: Column, closed: list[int]
) -> tuple[Verdict, Optimum | None]:
    """Solve a program over some λ columns exactly.

    Parameters
    ----------
    program
        Costs and unknowns beside λ.
    columns
        λ columns in units of the row, r numbers each.
    right
        r numbers.
    closed
        Columns that may not enter.

    Returns
    -------
    verdict and optimum
        Ids as in `highs.KeptModel`; `other` where the objective is unbounded or its denominator
        never above 0.
    """
    e = program.columns.shape[1]
    # Right-hand sides of at least 0, so that the artificial unknowns are a feasible start.
    sign = [-1 if value < 0 else 1 for value in right]
    ids = list(range(e)) + [e + w for w in range(len(columns))]
    unknowns = fractions_of(program.columns.T)
    # A free unknown is the difference of two: its second half is its column turned around, last.
    free = np.flatnonzero(program.free).tolist()
    ids += free
    wide = [*unknowns, *columns, *([-value for value in unknowns[name]] for name in free)]
    body = [
        [sign[i] * column[i] for column in wide] + [sign[i] * right[i]] for i in range(len(right))
    ]
    tableau = _start(body, ids, program)
    movable = [
        j
        for j, name in enumerate(ids)
        if (program.allowed[name] if name < e else name - e not in closed)
    ]
    if not _reach(tableau, movable, len(ids)):
        return "infeasible", None
    if not _raise_denominator(tableau, movable) or not tableau.improve(movable):
        return "other", None
    return "optimal", _optimum(tableau, ids, sign, turned=len(ids) - len(free))


def is_optimum(
    program: RowProgram, columns: list[Column], right: Column, closed: list[int], optimum: Optimum
) -> bool:
    """Tell whether a vertex is the optimum, by the program itself and not by the tableau.

    B x = h, the signs of x, ρ = N/D with D > 0, no allowed unknown with a reduced cost below 0, and
    u·h + n0 = ρ d0: exactly, so that a fault in a tableau gives no score. The λ columns are priced by
    `most_violated`. Parameters are those of `solve`.
    """
    e = len(program.numerator)
    unknowns = fractions_of(program.columns.T)
    rest, (over, under) = list(right), map(Fraction, map(float, program.constants))
    n0, d0 = over, under
    cost = [tuple(Fraction(float(line[i])) for line in (program.numerator, program.denominator))
            for i in range(e)]  # fmt: skip
    for name, x in zip(optimum.basis.tolist(), optimum.basic, strict=True):
        column = unknowns[name] if name < e else columns[name - e]
        may_move = program.allowed[name] if name < e else name - e not in closed
        may_fall = name < e and program.free[name]
        if (x and not may_move) or (x < 0 and not may_fall):
            return False
        rest = [value - x * entry for value, entry in zip(rest, column, strict=True)]
        if name < e:
            over, under = over + cost[name][0] * x, under + cost[name][1] * x
    rho = optimum.value
    if any(rest) or under <= 0 or under != optimum.denominator or over != rho * under:
        return False
    for name in np.flatnonzero(program.allowed).tolist():
        reduced = cost[name][0] - rho * cost[name][1] - _product(optimum.duals, unknowns[name])
        if reduced < 0 or (program.free[name] and reduced):
            return False
    return _product(optimum.duals, right) + n0 == rho * d0


def _product(duals: Column, column: Column) -> Fraction:
    return sum((u * v for u, v in zip(duals, column, strict=True) if u and v), ZERO)


def most_violated(duals: Column, raw: Array, excluded: Positions) -> int | None:
    """Find the column with the least reduced cost -u·G_j below 0, exactly; None if there is none.

    Columns whose sign floating point can tell beyond its own error are not computed exactly.

    Parameters
    ----------
    duals
        Multipliers u for the columns as given.
    raw
        Shape (n, r), columns as given.
    excluded
        Columns that do not count.
    """
    rough = np.array([float(dual) for dual in duals])
    # A generous bound of the rounding of r products and their sum, of multipliers and of data.
    error = 16.0 * len(duals) * np.finfo(float).eps * (np.abs(raw) @ np.abs(rough))
    doubtful = np.flatnonzero(-(raw @ rough) <= error)
    prices = [
        (-_product(duals, column), j)
        for j, column in zip(doubtful.tolist(), fractions_of(raw[doubtful]), strict=True)
        if j not in excluded
    ]
    least = min(prices, default=(ZERO, 0))
    return least[1] if least[0] < 0 else None


def _optimum(tableau: Tableau, ids: list[int], sign: list[int], *, turned: int) -> Optimum:
    """Read the optimum off: an artificial of constraint i is its unit column, and prices it.

    From `turned` on, columns are those of free unknowns turned around: what they hold is negative.
    """
    names = [ids[j] if j < len(ids) else j - len(ids) for j in tableau.basis]
    over, under = tableau.objectives
    rho = over[-1] / under[-1]
    duals = [-(over[len(ids) + i] - rho * under[len(ids) + i]) * sign[i] for i in range(len(sign))]
    basic = [
        -line[-1] if turned <= j < len(ids) else line[-1]
        for j, line in zip(tableau.basis, tableau.body, strict=True)
    ]
    return Optimum(np.array(names, dtype=np.intp), basic, duals, rho, -under[-1])


def _raise_denominator(tableau: Tableau, movable: list[int]) -> bool:
    """Go to the largest denominator where the first vertex has none above 0."""
    over, under = tableau.objectives
    if -under[-1] > 0:
        return True
    # min -D / 1; the objectives proper are carried along as further rows.
    largest, one = [-value for value in under], [ZERO] * len(under)
    one[-1] = Fraction(-1)
    tableau.objectives = [largest, one, over, under]
    bounded = tableau.improve(movable)
    tableau.objectives = [over, under]
    return bounded and -under[-1] > 0


def _start(body: list[Column], ids: list[int], program: RowProgram) -> Tableau:
    """Start from artificial unknowns, one per constraint, numbered after all others."""
    r = len(body)
    body = [
        [*line[:-1], *(Fraction(int(i == j)) for j in range(r)), line[-1]]
        for i, line in enumerate(body)
    ]
    e = len(program.numerator)
    objectives = []
    for cost, constant in zip(
        (program.numerator, program.denominator), program.constants, strict=True
    ):
        line = [Fraction(float(cost[name])) if name < e else ZERO for name in ids]
        # The second half of a free unknown costs what the first one does, turned around.
        line = [
            -value if name in ids[:place] else value
            for place, (value, name) in enumerate(zip(line, ids, strict=True))
        ]
        objectives.append([*line, *[ZERO] * r, -Fraction(float(constant))])
    return Tableau(body, objectives, [len(ids) + i for i in range(r)])


def _reach(tableau: Tableau, movable: list[int], width: int) -> bool:
    """Drive the artificial unknowns to 0 (first phase); False where that cannot be."""
    r = len(tableau.body)
    total = [-sum((line[j] for line in tableau.body), ZERO) for j in range(width)]
    height = -sum((line[-1] for line in tableau.body), ZERO)
    objectives = tableau.objectives
    # Pivots change the lists in place, so that the objectives proper stay up to date.
    tableau.objectives = [[*total, *[ZERO] * r, height], *objectives]
    while tableau.objectives[0][-1] < 0:
        entering = next((j for j in movable if tableau.objectives[0][j] < 0), None)
        row = None if entering is None else tableau.leaving(entering)
        if entering is None or row is None:
            tableau.objectives = objectives
            return False
        tableau.pivot(row, entering)
    tableau.objectives = objectives
    # An artificial unknown left in the basis at 0 could grow again: it gives way where a pivot exists.
    for row, name in enumerate(tableau.basis):
        if name >= width:
            column = next((j for j in movable if tableau.body[row][j]), None)
            if column is not None:
                tableau.pivot(row, column)
    return True


ROUNDS = 500
"""Most solves for one program: one for each column that enters."""


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Amounts of a row as fractions, in its own units d."""

    columns: list[Column]
    """Columns that have entered."""
    right: Column
    d: Column


class RationalModel:
    """A reference set whose columns enter programs in fractions; all of them would be too many."""

    def __init__(
        self, technology: Technology, reference: ReferenceColumns, program: Program
    ) -> None:
        """Start without columns."""
        self._technology, self._right = technology, program.right
        self._rows, self._raw, self._columns = reference.rows, reference.raw, reference.scaled
        self._e = int(program.numerator.shape[1])
        self._entered: list[int] = []

    def solve(
        self, row: EvaluatedRow, program: RowProgram, likely: Basis, *, precision: float
    ) -> tuple[Status, Point | None]:
        """Solve a program exactly.

        Parameters
        ----------
        row, program
            The row and its program.
        likely
            A basis whose columns are likely to enter.
        precision
            Data that agree to this count as the same (decision 0004): a program without a point that
            has one for such data has its score. With 0 it is infeasible.
        """
        winners = [int(name - self._e) for name in likely if name >= self._e]
        # What has entered for one row stays for the next: neighbours share their peers.
        self._entered += [
            column
            for column in dict.fromkeys(winners + self._likely_columns())
            if column not in self._entered
        ]
        status, optimum, moved = self._optimum(row, program, precision)
        if optimum is None:
            return "unsolved", None
        point = self._point(row, optimum, moved)
        if point.is_settled:
            return status, point
        # The score changes by more than a proof allows where the right-hand side moves. With a
        # precision of 0 nothing moves, so that the second answer is final.
        return self.solve(row, program, likely, precision=0.0)

    def _optimum(
        self, row: EvaluatedRow, program: RowProgram, precision: float
    ) -> tuple[Status, Optimum | None, Column]:
        """Find the optimum, and what the right-hand side had to move by for there to be a point.

        Where there is none, the optimum is that of the program which asks for the least violation.
        """
        moved = [ZERO] * len(row.d)
        is_tested = program.has_every_slack
        for _ in range(ROUNDS):
            amounts = self._fractions(row)
            closed = np.flatnonzero(np.isin(self._entered, row.excluded)).tolist()
            right = [value - shift for value, shift in zip(amounts.right, moved, strict=True)]
            verdict, optimum = solve(program, amounts.columns, right, closed)
            if verdict == "infeasible" and not is_tested:
                _, least, _ = self._optimum(row, program.violation(), 0.0)
                if least is None:
                    return "unsolved", None, moved
                moved = self._lacking(program, least)
                if any(moved) and self._error(least, moved, program, row) > precision:
                    return "infeasible", least, [ZERO] * len(moved)
                is_tested = True
                continue
            if optimum is None or not is_optimum(program, amounts.columns, right, closed, optimum):
                return "unsolved", None, moved
            prices = [u / v for u, v in zip(optimum.duals, amounts.d, strict=True)]
            entering = most_violated(prices, self._raw, row.excluded)
            if entering is None:
                return "certified", optimum, moved
            self._entered.append(entering)
        return "unsolved", None, moved

    def _lacking(self, program: RowProgram, least: Optimum) -> Column:
        """Return by how much each constraint is violated at least: the slacks that are not allowed."""
        moved = [ZERO] * len(least.duals)
        for name, value in zip(least.basis.tolist(), least.basic, strict=True):
            if name < 2 * len(moved) and not program.allowed[name]:
                moved[name % len(moved)] += value if name < len(moved) else -value
        return moved

    def _error(
        self, least: Optimum, moved: Column, program: RowProgram, row: EvaluatedRow
    ) -> float:
        """Return the relative change of the data by which a violation vanishes (`backward_error`)."""
        scale = np.ones(len(moved))
        columns = self._fractions(row).columns
        for name, value in zip(least.basis.tolist(), least.basic, strict=True):
            column = (
                [float(entry) for entry in columns[name - self._e]]
                if name >= self._e
                else program.columns[:, name]
            )
            scale += np.abs(np.array(column)) * abs(float(value))
        return float((np.abs([float(shift) for shift in moved]) / scale).max())

    def _likely_columns(self) -> list[int]:
        """List columns that are likely to enter: winners of a ratio.

        Of each ratio good/input or good/bad; with Σ λ as a constraint the least in each input and bad and
        the largest in each good join.
        """
        columns, technology = self._columns, self._technology
        if not len(columns):
            return []
        winners = []
        outputs, uses = -columns[:, technology.goods()], columns[:, technology.bounded]
        for output, use in itertools.product(outputs.T, [*uses.T, uses.sum(axis=1)]):
            ratio = np.divide(output, use, out=np.zeros_like(use), where=use > 0)
            winners.append(int(np.argmax(ratio)))
        if technology.returns_to_scale != "constant":
            absolute = uses / columns[:, -1:]
            winners += [int(index) for index in np.argmin(absolute, axis=0)]
        return winners

    def _fractions(self, row: EvaluatedRow) -> Amounts:
        """Return what has entered and the right-hand side in units d of the row, and d."""
        technology = self._technology
        amounts, factors = fractions_of(
            np.vstack([technology.raw[row.position], technology.factors])
        )
        right = [amount * factor for amount, factor in zip(amounts, factors, strict=True)]
        # d is the row's own amount; where that is 0, 1 in the units of the technology (`own_values`).
        unit = technology.units * technology.sizes[row.position]
        d = [abs(v) or Fraction(float(u)) for v, u in zip(right, unit, strict=True)]
        columns = [
            [v / u for v, u in zip(column, d, strict=True)]
            for column in fractions_of(self._raw[self._entered])
        ]
        if self._right is None:
            return Amounts(columns, [v / u for v, u in zip(right, d, strict=True)], d)
        return Amounts(columns, fractions_of(row.right[None])[0], d)

    def _point(self, row: EvaluatedRow, optimum: Optimum, moved: Column) -> Point:
        """Read a vertex that is optimal in exact arithmetic, for right-hand sides that moved."""
        # What the shift of the right-hand side moves the value by is the whole error: the rest is exact.
        lost = sum((u * shift for u, shift in zip(optimum.duals, moved, strict=True)), ZERO)
        over = optimum.value * optimum.denominator
        vertex = Vertex(
            basic=np.array([float(value) for value in optimum.basic]),
            value=float(optimum.value),
            duals=np.array([float(dual) for dual in optimum.duals]),
            denominator=float(optimum.denominator),
            primal=max(abs(float(shift)) for shift in moved),
            gap=abs(float(lost)) / max(1.0, abs(float(over))),
        )
        basis = optimum.basis.copy()
        is_column = basis >= self._e
        entered = np.array(self._entered, dtype=np.intp)
        basis[is_column] = self._e + entered[basis[is_column] - self._e]
        sizes, scale = np.ones(len(basis)), self._technology.sizes
        sizes[is_column] = scale[row.position] / scale[self._rows[basis[is_column] - self._e]]
        return Point(vertex, basis, sizes, vertex.primal, 0.0, is_settled=vertex.gap <= PROVED)
