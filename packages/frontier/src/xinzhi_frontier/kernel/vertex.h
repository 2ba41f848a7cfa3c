// The basis as unknowns with signs and costs; repairs, and who leaves.

#pragma once

#include "simplex.h"

// Write `column` of an unknown and return its size.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::write_column(int64_t name, const Table &table) {
    const int64_t r = this->r();
    if (name >= e) {
        check(name - e < table.n);
        double by = 0.0;
        for (int64_t i = 0; i < r; i++) by += table.columns[i * table.stride + name - e] * bound[i];
        by = by > 0.0 ? by : 1.0;
        for (int64_t i = 0; i < r; i++) {
            column[i] = table.columns[i * table.stride + name - e] * unit[i] / by;
        }
        return by;
    }
    for (int64_t i = 0; i < r; i++) column[i] = name == ARTIFICIAL ? artificial[i] : 0.0;
    if (name >= 2 * r) {
        for (int64_t i = 0; i < r; i++) column[i] = own[i * (e - 2 * r) + name - 2 * r];
    } else if (name >= r) {
        column[name - r] = -1.0;
    } else if (name >= 0) {
        column[name] = 1.0;
    }
    return 1.0;
}

// Write what place j of the basis must know of its unknown.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::describe(int64_t j, int64_t name, double by) {
    size[j] = by;
    kind[j] = name == ARTIFICIAL ? ZERO : NONNEGATIVE;
    over[j] = under[j] = 0.0;
    if (name < 0 || name >= e) return;
    over[j] = numerator[name];
    under[j] = denominator[name];
    if (!allowed[name]) {
        kind[j] = ZERO;
    } else if (name >= 2 * r() && free_sign[name - 2 * r()]) {
        kind[j] = FREE;
    }
}

// Write the matrix of the basis, and what each place must know of its unknown.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::write_basis(const Table &table) {
    for (int64_t j = 0; j < r(); j++) {
        describe(j, basis[j], write_column(basis[j], table));
        for (int64_t i = 0; i < r(); i++) matrix[i][j] = column[i];
    }
}

// Invert the basis and compute its values from the columns; false where it is singular.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::factorise(const Table &table) {
    write_basis(table);
    if (!invert()) return false;
    compute_values();
    for (int64_t at = 0; at < r(); at++) {
        if (basis[at] != itself) continue;
        // A row is itself and nothing else, however near singular the basis is.
        for (int64_t j = 0; j < r(); j++) x[j] = j == at ? size[j] : 0.0;
    }
    return true;
}

template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::is_basic(int64_t name) const {
    for (int64_t j = 0; j < r(); j++) {
        if (basis[j] == name) return true;
    }
    return false;
}

// By how much a value breaks its sign, or must be 0 and is not.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::wrong_value(int64_t j) const {
    if (kind[j] == ZERO) return fabs(x[j]);
    return kind[j] == FREE ? 0.0 : most(0.0, -x[j]);
}

// Whether a basic slack that costs nothing takes up a residual of its constraint: by what sum lambda
// has beyond its least, which may be 1e8 in units of the row, a residual is no violation.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::is_absorbed(int64_t i, double residual) const {
    for (int64_t j = 0; j < r(); j++) {
        if (basis[j] != i && basis[j] != r() + i) continue;
        if (kind[j] == NONNEGATIVE && over[j] == 0.0 && under[j] == 0.0) return x[j] >= residual;
    }
    return false;
}

// The largest residual of a constraint, wrong sign, or use of what may not move.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::primal_violation() const {
    double worst = 0.0;
    for (int64_t i = 0; i < r(); i++) {
        double residual = -right[i];
        for (int64_t j = 0; j < r(); j++) residual += matrix[i][j] * x[j];
        residual = fabs(residual);
        if (residual > WRONG && is_absorbed(i, residual)) residual = 0.0;
        worst = most(worst, most(residual, wrong_value(i)));
    }
    return worst;
}

// The relative change of the data for which the vertex is exact once wrong values are set to 0:
// max_i (|B x - h| + |B| wrong)_i / (|B| |x| + 1)_i (Oettli and Prager; certificate.backward_error).
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::backward_error() const {
    double worst = 0.0;
    for (int64_t i = 0; i < r(); i++) {
        double residual = -right[i], scale = 1.0, wrong = 0.0;
        for (int64_t j = 0; j < r(); j++) {
            const double entry = fabs(matrix[i][j]);
            residual += matrix[i][j] * x[j];
            scale += entry * fabs(x[j]);
            wrong += entry * wrong_value(j);
        }
        worst = most(worst, (fabs(residual) + wrong) / scale);
    }
    return worst;
}

// Make the vertex feasible but for one artificial unknown; false where it needs none. The artificial
// column is what the basis lacks once wrong values are lifted to right ones, so its coordinates in the
// basis are the lifts; it takes the place of the largest.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::repair(double tolerance) {
    const int64_t r = this->r();
    double worst = tolerance;
    int64_t at = -1;
    for (int64_t j = 0; j < r; j++) {
        if (wrong_value(j) > worst) {
            worst = wrong_value(j);
            at = j;
        }
    }
    if (at < 0) return false;
    for (int64_t j = 0; j < r; j++) {
        alpha[j] = 0.0;
        if (j == at || kind[j] == ZERO) {
            alpha[j] = x[j] / worst;
        } else if (wrong_value(j) > 0.0) {
            alpha[j] = 1.5 * x[j] / worst;
        }
    }
    for (int64_t i = 0; i < r; i++) {
        double total = 0.0;
        for (int64_t j = 0; j < r; j++) total += matrix[i][j] * alpha[j];
        artificial[i] = column[i] = total;
    }
    pivot(at);
    basis[at] = ARTIFICIAL;
    size[at] = 1.0;
    kind[at] = NONNEGATIVE;
    over[at] = under[at] = 0.0;
    return true;
}

// Let the artificial unknown, once it is 0, leave the basis by a pivot of no length; false where there is
// none. The unknown with the largest coordinate in its place follows it. Where all coordinates are 0 the
// constraint follows from the others, and the artificial unknown stays at 0.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::drive_out(const Table &table) {
    const int64_t r = this->r();
    int64_t place = 0;
    while (place < r && basis[place] != ARTIFICIAL) place++;
    if (place == r) return false;
    double best = DEPENDENT;
    int64_t name = ARTIFICIAL;
    for (int64_t i = 0; i < e; i++) {
        if (!allowed[i] || is_basic(i)) continue;
        double coordinate = i < 2 * r ? inverse[place][i % r] : 0.0;
        for (int64_t k = 0; i >= 2 * r && k < r; k++) {
            coordinate += inverse[place][k] * own[k * (e - 2 * r) + i - 2 * r];
        }
        if (fabs(coordinate) > best) {
            best = fabs(coordinate);
            name = i;
        }
    }
    for (double sign = 1.0; best < LARGE_PIVOT && sign >= -1.0; sign -= 2.0) {
        int64_t at;
        for (int64_t i = 0; i < r; i++) price[i] = sign * inverse[place][i] * unit[i];
        const double coordinate = largest_by_size(table, price, &at);
        if (coordinate > best && !is_basic(e + at)) {
            best = coordinate;
            name = e + at;
        }
    }
    if (name == ARTIFICIAL) return false;
    const double by = write_column(name, table);
    compute_alpha();
    pivot(place);
    basis[place] = name;
    describe(place, name, by);
    return true;
}

// Ratio test: the place in the basis that the entering unknown takes, -1 where nothing stops it.
// Harris' two passes: ratios may overstep by SLIP for a larger pivot; Bland takes the least id.
template <int CAPACITY, bool FIXED>
inline int64_t Simplex<CAPACITY, FIXED>::leaving(double direction, Rule rule) const {
    const int64_t r = this->r();
    const double tolerance = rule == BLAND ? 0.0 : SLIP;
    double step = INFINITE;
    for (int64_t j = 0; j < r; j++) {
        const double a = direction * alpha[j];
        if (kind[j] == NONNEGATIVE && a > SMALLEST_PIVOT) {
            step = least(step, (most(x[j], 0.0) + tolerance) / a);
        } else if (kind[j] == ZERO && fabs(a) > SMALLEST_PIVOT) {
            step = least(step, tolerance / fabs(a));
        }
    }
    int64_t place = -1;
    double best = 0.0;
    for (int64_t j = 0; j < r; j++) {
        const double a = direction * alpha[j];
        bool stops = kind[j] == ZERO && fabs(a) > SMALLEST_PIVOT;
        if (kind[j] == NONNEGATIVE && a > SMALLEST_PIVOT) stops = most(x[j], 0.0) <= step * a;
        if (!stops) continue;
        double weight = rule == BLAND ? 1.0 / (1.0 + (double)basis[j]) : fabs(a);
        if (basis[j] == ARTIFICIAL) weight = INFINITE; // it leaves for good
        if (weight > best) {
            place = j;
            best = weight;
        }
    }
    return place;
}
