"""Which unknown enters a basis, and which leaves it."""

from __future__ import annotations

from xinzhi.efficiency.kernel.algebra import first_above, highest, largest, largest_by_size
from xinzhi.efficiency.kernel.compiled import compiled
from xinzhi.efficiency.kernel.vertex import (
    ALPHA,
    ARTIFICIAL,
    BOUND,
    FIXED,
    KIND,
    NORMAL,
    OLD,
    PRICE,
    REACH,
    UNIT,
    WIDEST,
    Array,
    Ids,
    Marks,
    U,
    X,
)

VALUE, BELOW, PRIMAL, DUAL, GAP, PIVOTS, PRICED = range(7)
"""Places of `found`; BELOW is the denominator, PRICED the best price of intensities."""
FOUND = 7
LARGEST, FIRST = range(2)
"""Rules of choice among what may enter or leave; the second never cycles (Bland)."""
FEASIBILITY, DENOMINATOR, FRACTION = range(3)
"""What is minimised: the artificial unknown, minus the denominator, the fraction."""

ADD, ROUNDING = 1e-12, 1e-15
"""A reduced cost below minus ADD, per unit of size, and minus ROUNDING times the multipliers lets
an unknown enter."""
SLIP = 1e-14
"""Values above minus this count as 0; ratios may overstep by it for a larger pivot (Harris)."""
PIVOT = 1e-10
"""Smallest entry that may be a pivot, beside columns of size 1."""
NOTHING = 1e300


@compiled("UniTuple(float64, 2)(float64[:, ::1], int64, float64[:, ::1], float64[:, ::1], float64)")
def cheapest(
    columns: Array, n: int, state: Array, buffer: Array, add: float
) -> tuple[float, float]:
    """Return minus the least reduced cost of the intensities per unit of size, and its place.

    Columns add up to 1 over the constraints that bound them, so a price by size is at most the
    plain price times the largest own value: enough to see that none enters.
    """
    r, widest = state.shape[1], state[WIDEST, 0]
    for i in range(r):
        state[PRICE, i] = state[U, i] * state[UNIT, i]
    price = highest(columns, n, state[PRICE], buffer)
    if price * widest <= add:
        return price * widest, -1.0
    price, place = largest(columns, n, state[PRICE], buffer[0])
    size = 0.0
    for i in range(r):
        size += columns[i, int(place)] * state[BOUND, i]
    if size > 0.0 and price / size > 1e3 * add:
        return price / size, place
    return largest_by_size(columns, n, state[PRICE], state[BOUND], buffer)


@compiled("float64(float64[:, ::1])")
def drift(state: Array) -> float:
    """Bound by how much prices per unit of size changed since all columns were priced."""
    total = 0.0
    for i in range(state.shape[1]):
        total += abs(state[U, i] - state[OLD, i]) * state[REACH, i]
    return total


@compiled(
    "Tuple((int64, float64))(int64, float64, int64, int64, float64[:, ::1], int64, float64[:, ::1],"
    " float64[:, :], uint8[::1], uint8[::1], float64[:, ::1], float64[:, ::1], float64[::1])"
)
def entering(  # noqa: C901, PLR0912 - one pass over all unknowns
    aim: int,
    height: float,
    rule: int,
    is_new: int,
    columns: Array,
    n: int,
    state: Array,
    own: Array,
    allowed: Marks,
    free: Marks,
    costs: Array,
    buffer: Array,
    found: Array,
) -> tuple[int, float]:
    """Find the unknown with the least reduced cost, ARTIFICIAL where none is below 0.

    The other figure is the direction in which it moves. Where only rounding moved the multipliers
    since all columns were priced (`is_new` 0), their prices are bounded instead. What Σ λ has beyond
    1 counts by how much that can be. The rule FIRST takes the first by id (Bland).
    """
    r, e = state.shape[1], len(allowed)
    least, name, direction = 0.0, ARTIFICIAL, 1.0
    add = ADD
    for i in range(r):
        add += ROUNDING * abs(state[U, i])
    reach = state[REACH, r - 1]
    over = 1.0 if aim == FRACTION else 0.0
    under = (0.0, 1.0, height)[aim]
    for i in range(e):
        if allowed[i] == 0:
            continue
        reduced = over * costs[0, i] - under * costs[1, i]
        turned = 1.0
        if i < r:
            reduced -= state[U, i]
        elif i < 2 * r:
            reduced += state[U, i - r]
        else:
            for k in range(r):
                reduced -= state[U, k] * own[k, i - 2 * r]
            if free[i - 2 * r] and reduced > 0.0:
                reduced, turned = -reduced, -1.0
        if i == 2 * r - 1 and aim != FEASIBILITY and reach < NOTHING:
            reduced *= reach
        if reduced < least:
            least, name, direction = reduced, i, turned
            if rule == FIRST and least < -add:
                return name, direction
    price, place = found[PRICED] + drift(state), -1.0
    if is_new or price > add:
        price, place = cheapest(columns, n, state, buffer, add)
        found[PRICED] = price
        for i in range(r):
            state[OLD, i] = state[U, i]
    if rule == FIRST and price > add:
        price, place = first_above(columns, n, state[PRICE], state[BOUND], add)
    if -price < least:
        least, name, direction = -price, e + int(place), 1.0
    found[DUAL] = -least
    return (name, direction) if least < -add else (ARTIFICIAL, 1.0)


@compiled("int64(float64, int64, int64[::1], float64[:, ::1])")
def leaving(direction: float, rule: int, basis: Ids, state: Array) -> int:
    """Find the place in the basis that the entering unknown takes; -1 where nothing stops it."""
    r = len(basis)
    slack = 0.0 if rule == FIRST else SLIP
    reach = NOTHING
    for j in range(r):
        alpha = direction * state[ALPHA, j]
        if state[KIND, j] == NORMAL and alpha > PIVOT:
            reach = min(reach, (max(state[X, j], 0.0) + slack) / alpha)
        elif state[KIND, j] == FIXED and abs(alpha) > PIVOT:
            reach = min(reach, slack / abs(alpha))
    place, best = -1, 0.0
    for j in range(r):
        alpha, kind = direction * state[ALPHA, j], state[KIND, j]
        stops = kind == FIXED and abs(alpha) > PIVOT
        if kind == NORMAL and alpha > PIVOT:
            stops = max(state[X, j], 0.0) <= reach * alpha
        if not stops:
            continue
        weight = 1.0 / (1.0 + basis[j]) if rule == FIRST else abs(alpha)
        if basis[j] == ARTIFICIAL:
            weight = NOTHING
        if weight > best:
            place, best = j, weight
    return place


@compiled("boolean(int64, int64[::1])")
def is_basic(name: int, basis: Ids) -> bool:
    """Return whether an unknown is in the basis."""
    for j in range(len(basis)):  # noqa: SIM110 - a plain loop compiles
        if basis[j] == name:
            return True
    return False
