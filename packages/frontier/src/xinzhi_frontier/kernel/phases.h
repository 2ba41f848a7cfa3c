// The simplex method: what to minimise, when to stop, and what the last vertex proves.

#pragma once

#include "simplex.h"

template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::fraction(double *n, double *denominator_value) const {
    *n = n0;
    *denominator_value = d0;
    for (int64_t j = 0; j < r(); j++) {
        *n += over[j] * x[j];
        *denominator_value += under[j] * x[j];
    }
}

// What to minimise at this vertex, and its value there.
template <int CAPACITY, bool FIXED>
inline Objective Simplex<CAPACITY, FIXED>::next_objective(Objective objective, Goal goal,
                                                          double *value) {
    double missing = 0.0;
    for (int64_t j = 0; j < r(); j++) {
        if (basis[j] != ARTIFICIAL) continue;
        missing = x[j];
        kind[j] = objective == FEASIBILITY && missing > SLIP ? NONNEGATIVE : ZERO;
    }
    if (objective == FEASIBILITY && missing > SLIP) {
        *value = missing;
        return FEASIBILITY;
    }
    if (objective == FEASIBILITY) objective = LARGEST_DENOMINATOR;
    *value = 0.0;
    if (goal == POINT) return objective;
    double n, below;
    fraction(&n, &below);
    if (objective == FRACTION && below <= 0.0) objective = LARGEST_DENOMINATOR;
    if (objective == LARGEST_DENOMINATOR && below >= ENOUGH) objective = FRACTION;
    *value = objective == FRACTION ? n / below : -below;
    return objective;
}

// Costs of the basis for an objective, and the multipliers.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::price_basis(Objective objective, double rho, bool refined) {
    for (int64_t j = 0; j < r(); j++) {
        if (objective == FEASIBILITY) {
            cost[j] = basis[j] == ARTIFICIAL ? 1.0 : 0.0;
        } else {
            cost[j] = objective == FRACTION ? over[j] - rho * under[j] : -under[j];
        }
    }
    compute_multipliers(refined);
}

// Write value and proof of the last vertex, and return what it says. Weak duality: the bound u h is a
// bound of the optimum as far as no column prices out (DUAL) and the point is feasible (PRIMAL).
template <int CAPACITY, bool FIXED>
inline Status Simplex<CAPACITY, FIXED>::verdict(Objective objective, double rho, Goal goal) {
    const int64_t r = this->r();
    double n, below, dual_value = 0.0, largest_u = 0.0;
    fraction(&n, &below);
    for (int64_t i = 0; i < r; i++) {
        dual_value += u[i] * right[i];
        largest_u = most(largest_u, fabs(u[i]));
    }
    found[DENOMINATOR] = below;
    found[PRIMAL] = primal_violation();
    if (objective == FEASIBILITY) {
        // Farkas: u h > 0 and u a <= 0 for all columns that may enter.
        found[VALUE] = largest_u > 0.0 ? dual_value / largest_u : 0.0;
        found[GAP] = fabs(dual_value - rho);
        found[DUAL] /= most(largest_u, 1.0 / INFINITE);
        return found[VALUE] > PROVED && found[DUAL] <= PROVED ? INFEASIBLE : UNSOLVED;
    }
    if (goal == POINT) return found[PRIMAL] <= PROVED ? SOLVED : UNSOLVED;
    if (objective == LARGEST_DENOMINATOR) {
        found[VALUE] = below;
        found[GAP] = fabs(dual_value - d0 + below);
        const double worst = most(most(found[PRIMAL], found[DUAL]), found[GAP]);
        return below <= PROVED && worst <= PROVED ? INFEASIBLE : UNSOLVED;
    }
    const double rounding = 2.3e-16 * (fabs(n) + fabs(rho * below));
    found[VALUE] = rho;
    found[GAP] = fabs(dual_value + n0 - rho * d0) + rounding;
    found[GAP] /= most(1.0, fabs(n));
    const double worst = most(most(found[PRIMAL], found[DUAL]), found[GAP]);
    if (!(worst <= PROVED && below > 0.0)) return UNSOLVED;
    return backward_error() <= precision ? SOLVED : UNSETTLED;
}

// Pivot from an inverted basis to the optimum, or only to a feasible point.
//
// Objectives follow each other: FEASIBILITY while the artificial unknown is above 0, LARGEST_DENOMINATOR
// until the denominator is well above 0, FRACTION. Dantzig's rule chooses who enters, Bland's after a
// stall. Invariants: `inverse` inverts `matrix` up to the rounding of `age` pivots, and x and u belong to
// them; only a vertex of age 0, computed from the columns, is judged or remembered.
//
// A basis that ended over a part of the table goes on over all of it; the artificial unknown may be in it still.
template <int CAPACITY, bool FIXED>
inline Status Simplex<CAPACITY, FIXED>::improve(Goal goal, const Table &table) {
    const int64_t r = this->r();
    int age = 0, mended = 0, stalled = 0;
    // Right-hand sides that were computed are known no better than their precision.
    const double wrong = most(WRONG, 1e-3 * precision);
    bool is_repaired = is_basic(ARTIFICIAL);
    if (!is_repaired && repair(SLIP)) {
        is_repaired = true;
        age = 1;
    }
    Objective objective = is_repaired ? FEASIBILITY : FRACTION;
    double best = INFINITE;
    bool must_price = true;
    for (int64_t step = 0; step < PIVOT_LIMIT * r; step++) {
        found[PIVOTS] = (double)step;
        const Objective before = objective;
        double value;
        objective = next_objective(objective, goal, &value);
        if (!(fabs(value) < INFINITE)) return UNSOLVED;
        if (objective != before || value < best - SLIP * fabs(value)) {
            stalled = 0;
            best = value;
        } else {
            stalled++;
        }
        if (is_repaired && objective != FEASIBILITY && goal == OPTIMUM) {
            if (drive_out(table)) age++;
            is_repaired = false;
        }
        const Rule rule = stalled > STALL * r ? BLAND : DANTZIG;
        int64_t name = ARTIFICIAL, place = -1;
        double direction = 1.0, by = 1.0;
        if (goal == OPTIMUM || objective == FEASIBILITY) {
            price_basis(objective, value, age == 0);
            name = entering(objective, value, rule, must_price, table, &direction, &found[DUAL]);
        }
        if (name != ARTIFICIAL) {
            by = write_column(name, table);
            compute_alpha();
            place = leaving(direction, rule);
        }
        if (place < 0 || age > REFACTOR || is_basic(name)) {
            if (age > 0) {
                if (!factorise(table)) return UNSOLVED;
                age = 0;
                must_price = false;
                if (objective != FEASIBILITY && mended < MENDS && repair(wrong)) {
                    objective = FEASIBILITY;
                    is_repaired = true;
                    age = 1;
                    mended++;
                    must_price = true;
                }
                continue;
            }
            if (objective == LARGEST_DENOMINATOR && value < -PROVED && goal == OPTIMUM) {
                objective = FRACTION;
                must_price = true;
                continue;
            }
            if (objective == FEASIBILITY && value <= TINY) {
                objective = LARGEST_DENOMINATOR;
                must_price = true;
                continue;
            }
            return verdict(objective, value, goal);
        }
        pivot(place);
        basis[place] = name;
        describe(place, name, by);
        age++;
        must_price = true;
    }
    return UNSOLVED;
}

template <int CAPACITY, bool FIXED>
inline Status Simplex<CAPACITY, FIXED>::optimise(Goal goal, const Table &table) {
    if (is_basic(ARTIFICIAL) || !factorise(table)) return UNSOLVED;
    return improve(goal, table);
}

// The same over the columns beside a place first: near rows lie near each other, and what is optimal among them
// is so among all but for a few pivots. The basis that is there, `itself` too, is one of these columns.
template <int CAPACITY, bool FIXED>
inline Status Simplex<CAPACITY, FIXED>::optimise_near(Goal goal, const Table &table, int64_t from) {
    const int64_t width = table.n - from < NEAR ? table.n - from : NEAR;
    const Status status = optimise(goal, {table.columns + from, width, table.stride, nullptr});
    // Without a proof the vertex may not be one of age 0.
    if (status == UNSOLVED) return UNSOLVED;
    for (int64_t j = 0; j < r(); j++) basis[j] += basis[j] >= e ? from : 0;
    itself += itself >= e ? from : 0;
    return improve(goal, table);
}
