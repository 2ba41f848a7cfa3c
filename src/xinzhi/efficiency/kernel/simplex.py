"""Dense revised simplex on the linear-fractional program itself, one program at a time.

    min (n0 + N·z) / (d0 + D·z)   over a basis of r unknowns, no row of normalisation:

the reduced cost of an unknown is c_N - ρ c_D - u·column with ρ the value at the vertex, which has
the same optimum as Charnes and Cooper's linear program. Each vertex is computed from its columns
anew, so nothing drifts; the last one is its own proof.

References
----------
Charnes, A., Cooper, W. W. (1962), doi 10.1002/nav.3800090303. Martos, B. (1964),
doi 10.1287/opre.12.4.589 (simplex for fractions).
"""

from __future__ import annotations

from xinzhi.efficiency.kernel.algebra import price, refine_price
from xinzhi.efficiency.kernel.choice import (
    BELOW,
    DENOMINATOR,
    DUAL,
    FEASIBILITY,
    FIRST,
    FRACTION,
    GAP,
    LARGEST,
    NOTHING,
    PIVOTS,
    PRIMAL,
    SLIP,
    VALUE,
    entering,
    is_basic,
    leaving,
)
from xinzhi.efficiency.kernel.compiled import compiled
from xinzhi.efficiency.kernel.vertex import (
    ARTIFICIAL,
    COST,
    FIXED,
    KIND,
    NORMAL,
    OVER,
    REST,
    RIGHT,
    UNDER,
    Array,
    Ids,
    Marks,
    U,
    X,
    backward_error,
    coordinates,
    describe,
    factorise,
    pivot,
    repair,
    violation,
    write_column,
)

SOLVED, INFEASIBLE, UNSOLVED, UNSETTLED = range(4)
"""What a program ends with. Unsettled: proved but for a point that is exact only for data which
differ by more than `certificate.precision`: what follows from it holds, its value may not."""
POINT, OPTIMUM = range(2)
"""Goals: any feasible point, or the best one."""

PROVED = 1e-9
"""A point or a denominator is proved missing when what it lacks is more than this."""
ENOUGH = 1e-2
"""Denominator from which the fraction is minimised."""
LIMIT = 60
"""Pivots per constraint before a program is given up."""
STALL = 3
"""Pivots per constraint without progress before the rule of Bland takes over."""
FRESH = 20
"""Pivots before the inverse is computed anew from the columns."""
TINY = 1e-11
"""What an artificial unknown may keep at a point that counts as feasible; the proof shows it."""
WRONG, MEND = 1e-13, 3
"""A vertex computed anew is mended when a value is wrong by more than this, so many times."""


@compiled("UniTuple(float64, 2)(float64[:, ::1], float64[::1])")
def fraction(state: Array, constants: Array) -> tuple[float, float]:
    """Return numerator and denominator at a vertex."""
    over, under = constants[0], constants[1]
    for j in range(state.shape[1]):
        over += state[OVER, j] * state[X, j]
        under += state[UNDER, j] * state[X, j]
    return over, under


@compiled("Tuple((int64, float64))(int64, int64, float64[:, ::1], int64[::1], float64[::1])")
def next_aim(aim: int, goal: int, state: Array, basis: Ids, constants: Array) -> tuple[int, float]:
    """Return what to minimise at a vertex, and its height there."""
    missing = 0.0
    for j in range(len(basis)):
        if basis[j] == ARTIFICIAL:
            missing = state[X, j]
            is_sought = aim == FEASIBILITY and missing > SLIP
            state[KIND, j] = NORMAL if is_sought else FIXED
    if aim == FEASIBILITY and missing > SLIP:
        return FEASIBILITY, missing
    if aim == FEASIBILITY:
        aim = DENOMINATOR
    if goal == POINT:
        return aim, 0.0
    over, under = fraction(state, constants)
    if aim == FRACTION and under <= 0.0:
        aim = DENOMINATOR
    if aim == DENOMINATOR and under >= ENOUGH:
        aim = FRACTION
    return aim, over / under if aim == FRACTION else -under


@compiled("void(int64, float64, int64, int64[::1], float64[:, ::1], float64[:, :, ::1])")
def price_basis(aim: int, height: float, age: int, basis: Ids, state: Array, square: Array) -> None:
    """Write the costs of the basis for an aim, and the multipliers; refined at age 0."""
    for j in range(len(basis)):
        if aim == FEASIBILITY:
            state[COST, j] = 1.0 if basis[j] == ARTIFICIAL else 0.0
        elif aim == DENOMINATOR:
            state[COST, j] = -state[UNDER, j]
        else:
            state[COST, j] = state[OVER, j] - height * state[UNDER, j]
    price(square[1], state[COST], state[U])
    if age == 0:
        refine_price(square[0], square[1], state[COST], state[U], state[REST])


@compiled(
    "int64(int64, float64, int64, float64[:, ::1], float64[::1], float64[:, :, ::1], float64[::1])"
)
def verdict(
    aim: int,
    height: float,
    goal: int,
    state: Array,
    constants: Array,
    square: Array,
    found: Array,
) -> int:
    """Write value and proof of the last vertex, and return what it says."""
    over, under = fraction(state, constants)
    bound, widest = 0.0, 0.0
    for i in range(state.shape[1]):
        bound += state[U, i] * state[RIGHT, i]
        widest = max(widest, abs(state[U, i]))
    found[BELOW] = under
    found[PRIMAL] = violation(state, square)
    if aim == FEASIBILITY:
        found[VALUE] = bound / widest if widest > 0.0 else 0.0
        found[GAP] = abs(bound - height)
        found[DUAL] /= max(widest, 1.0 / NOTHING)
        is_proved = found[VALUE] > PROVED and found[DUAL] <= PROVED
        return INFEASIBLE if is_proved else UNSOLVED
    if goal == POINT:
        return SOLVED if found[PRIMAL] <= PROVED else UNSOLVED
    if aim == DENOMINATOR:
        found[VALUE] = under
        found[GAP] = abs(bound - constants[1] + under)
        is_proved = under <= PROVED and max(found[PRIMAL], found[DUAL], found[GAP]) <= PROVED
        return INFEASIBLE if is_proved else UNSOLVED
    rounding = 2.3e-16 * (abs(over) + abs(height * under))
    found[VALUE] = height
    found[GAP] = abs(bound + constants[0] - height * constants[1]) + rounding
    found[GAP] /= max(1.0, abs(over))
    is_proved = max(found[PRIMAL], found[DUAL], found[GAP]) <= PROVED and under > 0.0
    if not is_proved:
        return UNSOLVED
    return SOLVED if backward_error(state, square) <= constants[2] else UNSETTLED


@compiled(
    "int64(int64, int64[::1], float64[:, ::1], int64, float64[:, ::1], float64[:, :],"
    " uint8[::1], uint8[::1], float64[:, ::1], float64[::1], float64[:, :, ::1],"
    " float64[:, ::1], float64[::1])"
)
def improve(  # noqa: C901 - one loop, read from top to bottom
    goal: int,
    basis: Ids,
    columns: Array,
    n: int,
    state: Array,
    own: Array,
    allowed: Marks,
    free: Marks,
    costs: Array,
    constants: Array,
    square: Array,
    buffer: Array,
    found: Array,
) -> int:
    """Pivot from a basis, inverted, to the optimum, or only to a feasible point; return the status.

    The vertex that ends it is computed from the columns anew.
    """
    r = len(basis)
    needs = repair(basis, state, square, SLIP)
    aim, age = (FEASIBILITY, 1) if needs else (FRACTION, 0)
    best, stalled, mended, is_new = NOTHING, 0, 0, 1
    for step in range(LIMIT * r):
        found[PIVOTS] = step
        before = aim
        aim, height = next_aim(aim, goal, state, basis, constants)
        if not abs(height) < NOTHING:
            return UNSOLVED
        is_better = aim != before or height < best - SLIP * abs(height)
        stalled = 0 if is_better else stalled + 1
        best = height if is_better else best
        rule = FIRST if stalled > STALL * r else LARGEST
        name, direction = ARTIFICIAL, 1.0
        if goal == OPTIMUM or aim == FEASIBILITY:
            price_basis(aim, height, age, basis, state, square)
            name, direction = entering(
                aim,
                height,
                rule,
                is_new,
                columns,
                n,
                state,
                own,
                allowed,
                free,
                costs,
                buffer,
                found,
            )
        place, size = -1, 1.0
        if name != ARTIFICIAL:
            size = write_column(name, len(allowed), columns, state, own)
            coordinates(state, square)
            place = leaving(direction, rule, basis, state)
        if place < 0 or age > FRESH or is_basic(name, basis):
            if age > 0:
                if not factorise(basis, columns, state, own, allowed, free, costs, square):
                    return UNSOLVED
                age, is_new = 0, 0
                if aim != FEASIBILITY and mended < MEND and repair(basis, state, square, WRONG):
                    aim, age, mended, is_new = FEASIBILITY, 1, mended + 1, 1
                continue
            if aim == DENOMINATOR and height < -PROVED and goal == OPTIMUM:
                aim, is_new = FRACTION, 1
                continue
            if aim == FEASIBILITY and height <= TINY:
                aim, is_new = DENOMINATOR, 1
                continue
            return verdict(aim, height, goal, state, constants, square, found)
        pivot(place, state, square)
        basis[place] = name
        describe(place, name, size, state, allowed, free, costs)
        age, is_new = age + 1, 1
    return UNSOLVED


@compiled(
    "int64(int64, int64[::1], float64[:, ::1], int64, float64[:, ::1], float64[:, :],"
    " uint8[::1], uint8[::1], float64[:, ::1], float64[::1], float64[:, :, ::1],"
    " float64[:, ::1], float64[::1])"
)
def optimise(
    goal: int,
    basis: Ids,
    columns: Array,
    n: int,
    state: Array,
    own: Array,
    allowed: Marks,
    free: Marks,
    costs: Array,
    constants: Array,
    square: Array,
    buffer: Array,
    found: Array,
) -> int:
    """Invert a basis and pivot from it to the optimum, or only to a feasible point."""
    if is_basic(ARTIFICIAL, basis) or not factorise(
        basis, columns, state, own, allowed, free, costs, square
    ):
        return UNSOLVED
    return improve(
        goal, basis, columns, n, state, own, allowed, free, costs, constants, square, buffer, found
    )
