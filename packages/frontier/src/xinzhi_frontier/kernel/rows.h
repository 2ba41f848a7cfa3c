// A row and its program as the simplex method sees them, and where it starts.

#pragma once

#include "simplex.h"

template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::measure_table(const Table &table) {
    may_screen = true;
    for (int64_t i = 0; i < r(); i++) {
        tall[i] = 0.0;
        for (int64_t c = 0; c < table.n; c++) {
            tall[i] = most(tall[i], fabs(table.columns[i * table.stride + c]));
        }
        may_screen = may_screen && tall[i] > 1e-12 && tall[i] < 1e12;
    }
}

// Own values and right-hand side of a row; `factors` null where a row is compared as it is.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::begin(const Technology &technology, int64_t row,
                                            const double *factors) {
    const int64_t r = this->r();
    check(row >= 0 && row < technology.n);
    const double *values = technology.rows + row * r;
    widest = 0.0;
    itself = -2;
    for (int64_t k = 0; k < FOUND; k++) found[k] = 0.0;
    for (int64_t i = 0; i < r; i++) {
        amounts[i] = factors ? values[i] * factors[i] : values[i];
        d[i] = amounts[i] != 0.0 ? fabs(amounts[i]) : 1.0;
        unit[i] = 1.0 / d[i];
        bound[i] = technology.bounded[i] ? unit[i] : 0.0;
        right[i] = amounts[i] / d[i];
        if (technology.bounded[i]) widest = most(widest, d[i]);
    }
    for (int64_t i = 0; i < r; i++) {
        if (technology.bounded[i]) {
            reach[i] = 1.0;
        } else if (tall[i] >= INFINITE) {
            reach[i] = INFINITE;
        } else {
            reach[i] = most(1.0, tall[i] * unit[i] * widest);
        }
    }
}

template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::take(const Programs &programs, int64_t index) {
    e = programs.e;
    numerator = programs.numerator + (programs.numerators > 1 ? index * e : 0);
    denominator = programs.denominator + (programs.denominators > 1 ? index * e : 0);
    allowed = programs.allowed + (programs.alloweds > 1 ? index * e : 0);
    own = programs.own + (programs.owns > 1 ? index * r() * (e - 2 * r()) : 0);
    free_sign = programs.free_sign;
    n0 = programs.n0;
    d0 = programs.d0;
    precision = programs.precision;
    if (!programs.right) return;
    for (int64_t i = 0; i < r(); i++) {
        right[i] = programs.right[index * r() + i];
        amounts[i] = right[i] * d[i];
    }
}

// Write what was found for a row, and what the bound by membership needs (engine.py): LOST is what
// a residual of 1 of a membership may move, CHARGED the largest multiplier that charges for disposal.
// names: the row of each column of the table.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::write(const Technology &technology, const int64_t *names,
                                            const Optima &optima, int64_t index, Status status) {
    const int64_t r = this->r();
    double lost = 0.0, charged = 0.0, steepness = 0.0;
    for (int64_t j = 0; j < r; j++) {
        optima.basis[index * r + j] = (int32_t)(basis[j] >= e ? e + names[basis[j] - e] : basis[j]);
        optima.basic[index * r + j] = x[j] / (basis[j] >= e ? size[j] : 1.0);
        optima.duals[index * r + j] = u[j];
        double by = 1.0;
        if (!technology.plain[j]) by = most(1.0, technology.tallest[j] * widest / d[j]);
        lost += fabs(u[j]) * by;
        steepness += fabs(u[j]);
        if (technology.disposal[j]) charged = most(charged, u[j]);
        if (technology.disposal[r + j]) charged = most(charged, -u[j]);
    }
    found[LOST] = lost;
    found[CHARGED] = charged;
    found[STEEPNESS] = steepness;
    for (int64_t k = 0; k < FOUND; k++) optima.found[k * optima.q + index] = found[k];
    optima.status[index] = status;
}

// Starts: at the best vertex that neighbours have shown.
//
// A basis of intensities and slacks is the same for every row but for units, so its inverse is kept
// in units of the technology and only rescaled. One unknown of the measure's own (the distance of a
// radial measure) may be in it: its column is exchanged for that of the row at hand. What is kept is a
// start and never a proof.

// Without intensities: of each constraint the slack that its sign asks for.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::start_from_slacks() {
    const int64_t r = this->r();
    for (int64_t i = 0; i < r; i++) {
        const bool wants_minus = right[i] < 0.0 || (right[i] == 0.0 && !allowed[i]);
        basis[i] = wants_minus && allowed[r + i] ? r + i : i;
    }
}

// A basis that is given for this row; false where there is none over this table.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::start_from(const int32_t *given, const int64_t *places) {
    for (int64_t j = 0; j < r(); j++) {
        const int64_t place = given[j] >= e ? places[given[j] - e] : given[j];
        if (place < 0) return false;
        basis[j] = given[j] >= e ? e + place : place;
    }
    return true;
}

// A row that has a column: this alone, beside slacks of 0. The column takes the place of a slack that
// may not move, else of the last that can be left.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::start_from_itself(int64_t place) {
    const int64_t r = this->r();
    int64_t at = -1;
    for (int64_t i = 0; i < r; i++) {
        const bool is_fixed = !allowed[i] && !allowed[r + i];
        basis[i] = allowed[i] || is_fixed ? i : r + i;
        if (right[i] != 0.0 && (at < 0 || is_fixed)) at = i;
    }
    check(at >= 0);
    basis[at] = itself = e + place;
}

// The fraction at the vertex of a kept basis, INFINITE where the row is not inside it.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::value_at(int64_t k) const {
    const int64_t r = this->r();
    double n = n0, below = d0;
    double largest_bound = 1.0;
    for (int64_t i = 0; i < r; i++) largest_bound = most(largest_bound, bound[i]);
    const int64_t own_place = start_own[k];
    double column_of_own[CAPACITY];
    double distance = 0.0; // value of the own unknown
    if (own_place >= 0) {
        const int64_t at = start_basis[k][own_place] - 2 * r;
        double coordinate = 0.0;
        for (int64_t i = 0; i < r; i++) {
            column_of_own[i] = own[i * (e - 2 * r) + at] * d[i];
            coordinate += start_inverse[k][own_place][i] * column_of_own[i];
            distance += start_inverse[k][own_place][i] * amounts[i];
        }
        if (!(fabs(coordinate) > SMALLEST_PIVOT)) return INFINITE;
        distance /= coordinate;
        if (!free_sign[at] && distance < -SLIP) return INFINITE;
        n += numerator[2 * r + at] * distance;
        below += denominator[2 * r + at] * distance;
    }
    for (int64_t j = 0; j < r; j++) {
        if (j == own_place) continue;
        const int64_t name = start_basis[k][j];
        double value = 0.0;
        for (int64_t i = 0; i < r; i++) value += start_inverse[k][j][i] * amounts[i];
        for (int64_t i = 0; own_place >= 0 && i < r; i++) {
            value -= distance * start_inverse[k][j][i] * column_of_own[i];
        }
        if (name >= e) {
            if (value * largest_bound < -SLIP) return INFINITE;
            continue;
        }
        value *= unit[name < r ? name : name - r];
        if (value < -SLIP || (!allowed[name] && value > SLIP)) return INFINITE;
        n += numerator[name] * value;
        below += denominator[name] * value;
    }
    return below > SLIP ? n / below : 0.5 * INFINITE;
}

// The kept basis with the least fraction, the one used last first; -1 where none holds the row.
// With `any` the first that holds it will do.
template <int CAPACITY, bool FIXED>
inline int64_t Simplex<CAPACITY, FIXED>::best_start(bool any) {
    double lowest = INFINITE;
    int64_t at = -1;
    for (int64_t back = any && held ? 0 : 1; back <= held; back++) {
        const int64_t k = back ? (next - back + STARTS) % STARTS : used;
        const double value = value_at(k);
        if (value < lowest) {
            lowest = value;
            at = k;
            if (any) break;
        }
    }
    if (at >= 0) used = at;
    return at;
}

// Write a kept basis, its inverse and its values, in units of the row.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::recall(int64_t k, const Table &table) {
    const int64_t r = this->r();
    for (int64_t j = 0; j < r; j++) basis[j] = start_basis[k][j];
    write_basis(table);
    for (int64_t j = 0; j < r; j++) {
        const double by = unit_of_value(j);
        for (int64_t i = 0; i < r; i++) inverse[j][i] = start_inverse[k][j][i] * by * d[i];
    }
    if (start_own[k] >= 0) exchange(start_own[k]);
    compute_values();
}

// What the value of a basic unknown in units of the technology is multiplied by.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::unit_of_value(int64_t j) const {
    if (basis[j] >= e) return size[j];
    return basis[j] >= 2 * r() ? 1.0 : unit[basis[j] % r()];
}

// Let the inverse follow the matrix, of which the column at a place has changed.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::exchange(int64_t place) {
    const int64_t r = this->r();
    for (int64_t i = 0; i < r; i++) column[i] = matrix[i][place];
    compute_alpha();
    for (int64_t i = 0; i < r; i++) inverse[place][i] /= alpha[place];
    for (int64_t j = 0; j < r; j++) {
        if (j == place) continue;
        for (int64_t i = 0; i < r; i++) inverse[j][i] -= alpha[j] * inverse[place][i];
    }
}

// Keep a basis whose inverse is fresh, unless it holds several unknowns of the measure's own.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::remember() {
    const int64_t r = this->r();
    int64_t own_place = -1;
    for (int64_t j = 0; j < r; j++) {
        if (basis[j] < 2 * r || basis[j] >= e) continue;
        if (own_place >= 0) return;
        own_place = j;
    }
    const int64_t k = next;
    start_own[k] = own_place;
    if (held < k + 1) held = k + 1;
    next = (k + 1) % STARTS;
    used = k;
    for (int64_t j = 0; j < r; j++) {
        start_basis[k][j] = basis[j];
        const double by = unit_of_value(j);
        for (int64_t i = 0; i < r; i++) {
            start_inverse[k][j][i] = inverse[j][i] * unit[i] / by;
#if defined(KERNEL_SPOIL)
            start_inverse[k][j][i] *= 1.0 + KERNEL_SPOIL * (double)((7 * i + 3 * j + k) % 5 - 2);
#endif
        }
    }
}
