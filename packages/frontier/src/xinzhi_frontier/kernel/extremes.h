// Extreme rows of a reference set, and direct prices.

#pragma once

#include "simplex.h"

// Programs that ask for nothing but a point; only disposal is allowed.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::take_membership(const uint8_t *disposal, const double *zeros) {
    e = 2 * r();
    numerator = denominator = own = zeros;
    allowed = disposal;
    free_sign = disposal;
    n0 = d0 = 0.0;
    precision = PROVED;
    for (int64_t i = 0; i < r(); i++) tall[i] = INFINITE;
}

// Whether a row follows from a table (SOLVED: it does), from the basis that is there or from slacks.
template <int CAPACITY, bool FIXED>
inline Status Simplex<CAPACITY, FIXED>::is_inside(const Technology &technology, int64_t row,
                                                  const Table &table, bool is_warm) {
    begin(technology, row, nullptr);
    Status status = is_warm ? optimise(POINT, table) : UNSOLVED;
    if (status == UNSOLVED) {
        start_from_slacks();
        status = optimise(POINT, table);
    }
    return status;
}

// Mark the rows that do not follow from a table.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::find_outsiders(const Technology &technology, const Table &table,
                                                     const int64_t *which, int64_t q,
                                                     uint8_t *outside) {
    double zeros[2 * CAPACITY] = {0};
    reset(technology.r);
    take_membership(technology.disposal, zeros);
    for (int64_t index = 0; index < q; index++) {
        begin(technology, which[index], nullptr);
        outside[index] = 0;
        if (best_start(true) >= 0) continue;
        if (held) {
            for (int64_t j = 0; j < r(); j++) basis[j] = start_basis[used][j];
        }
        const Status status = is_inside(technology, which[index], table, held > 0);
        outside[index] = status != SOLVED;
        if (status == SOLVED && !is_basic(ARTIFICIAL)) remember();
    }
}

// Let a row join a table; returns its new number of columns.
template <int CAPACITY, bool FIXED>
inline int64_t Simplex<CAPACITY, FIXED>::join(const Technology &technology, double *columns,
                                              int64_t stride, int64_t n, int64_t *extreme,
                                              int64_t row) const {
    const int64_t r = this->r();
    check(n < stride);
    extreme[n] = row;
    for (int64_t i = 0; i < r; i++) columns[i * stride + n] = technology.rows[row * r + i];
    return n + 1;
}

// Let outsiders join a table, which has room for all, until all rows follow from it; returns its new
// number of columns. An outsider gives a hyperplane between itself and the table; the outsider
// farthest beyond it is extreme, up to ties, and joins. Rows inside are never priced: rounding would
// let them join for ever.
template <int CAPACITY, bool FIXED>
inline int64_t Simplex<CAPACITY, FIXED>::grow(const Technology &technology, double *columns,
                                              int64_t stride, int64_t n, int64_t *extreme,
                                              const int64_t *which, int64_t q, uint8_t *outside) {
    const int64_t r = technology.r;
    double zeros[2 * CAPACITY] = {0};
    int64_t last[CAPACITY];
    int64_t joined = 0, inside = 0;
    bool has_last = false;
    reset(r);
    take_membership(technology.disposal, zeros);
    for (int64_t index = 0; index < q; index++) {
        while (outside[index]) {
            if (has_last) {
                for (int64_t j = 0; j < r; j++) basis[j] = last[j];
            }
            // Where nearly none of many turned out to follow, all others join at once and are pruned: what
            // remains is the same, and each is tried once.
            if (joined >= TRIED && joined >= 4 * inside) {
                for (int64_t other = 0; other < q; other++) {
                    if (outside[other]) n = join(technology, columns, stride, n, extreme, which[other]);
                }
                return n;
            }
            const Table table = {columns, n, stride, nullptr};
            const Status status = is_inside(technology, which[index], table, has_last);
            if (status == SOLVED) {
                outside[index] = 0;
                inside++;
                if (!is_basic(ARTIFICIAL)) {
                    for (int64_t j = 0; j < r; j++) last[j] = basis[j];
                    has_last = true;
                }
                break;
            }
            int64_t joining = index;
            if (status == INFEASIBLE) {
                double best = 0.0;
                for (int64_t i = 0; i < r; i++) price[i] = u[i] * unit[i];
                for (int64_t other = 0; other < q; other++) {
                    if (!outside[other]) continue;
                    const double *values = technology.rows + which[other] * r;
                    double beyond = 0.0;
                    for (int64_t i = 0; i < r; i++) beyond += price[i] * values[i];
                    if (beyond > best) {
                        best = beyond;
                        joining = other;
                    }
                }
            }
            outside[joining] = 0;
            joined++;
            n = join(technology, columns, stride, n, extreme, which[joining]);
        }
    }
    return n;
}

// Drop the columns that follow from the others; returns how many remain.
template <int CAPACITY, bool FIXED>
inline int64_t Simplex<CAPACITY, FIXED>::prune(const Technology &technology, double *columns,
                                               int64_t stride, int64_t n, int64_t *extreme) {
    const int64_t r = technology.r;
    double zeros[2 * CAPACITY] = {0};
    reset(r);
    take_membership(technology.disposal, zeros);
    for (int64_t k = n - 1; k >= 0; k--) {
        const int64_t tried = extreme[k], other = extreme[n - 1];
        extreme[k] = other;
        extreme[n - 1] = tried;
        for (int64_t i = 0; i < r; i++) {
            columns[i * stride + k] = technology.rows[other * r + i];
            columns[i * stride + n - 1] = technology.rows[tried * r + i];
        }
        const Table table = {columns, n - 1, stride, nullptr};
        if (is_inside(technology, tried, table, false) == SOLVED) n--;
    }
    return n;
}

// The same for a wide table whose columns lie near each other: a column that is tried is 0 and so never
// enters, and the program begins over those beside it.
template <int CAPACITY, bool FIXED>
inline int64_t Simplex<CAPACITY, FIXED>::prune_wide(const Technology &technology, double *columns,
                                                    float *screen, int64_t n, int64_t *extreme) {
    double zeros[2 * CAPACITY] = {0};
    reset(technology.r);
    take_membership(technology.disposal, zeros);
    const Table table = {columns, n, n, screen};
    for (int64_t k = n - 1; k >= 0; k--) {
        write_column_of(technology, columns, screen, n, k, -1);
        begin(technology, extreme[k], nullptr);
        bound_prices(technology, -1);
        start_from_slacks();
        Status status = optimise_near(POINT, table, beside(k, table));
        if (status == UNSOLVED) {
            start_from_slacks();
            status = optimise(POINT, table);
        }
        if (status == SOLVED) {
            extreme[k] = -1;
        } else {
            write_column_of(technology, columns, screen, n, k, extreme[k]);
        }
        for (int64_t i = 0; i < this->r(); i++) tall[i] = INFINITE;
    }
    int64_t left = 0;
    for (int64_t k = 0; k < n; k++) {
        if (extreme[k] >= 0) extreme[left++] = extreme[k];
    }
    return left;
}

// Write a row into a column, in both precisions; zeros for -1, which never enter.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::write_column_of(const Technology &technology, double *columns,
                                                    float *screen, int64_t stride, int64_t place,
                                                    int64_t row) const {
    for (int64_t i = 0; i < r(); i++) {
        const double value = row < 0 ? 0.0 : technology.rows[row * r() + i];
        columns[i * stride + place] = value;
        screen[i * stride + place] = (float)value;
    }
}

// Write the largest entries of a table over rows of the reference set and one more, by which prices in single
// precision are bounded.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::bound_prices(const Technology &technology, int64_t row) {
    may_screen = true;
    for (int64_t i = 0; i < r(); i++) {
        tall[i] = technology.tallest[i];
        if (row >= 0) tall[i] = most(tall[i], fabs(technology.rows[row * r() + i]));
        may_screen = may_screen && tall[i] > 1e-12 && tall[i] < 1e12;
    }
}

// Write the prices of a row by PRICED lists of multipliers; whether any is above 0. As the compilers' own
// vectors, which all of them keep in registers.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::any_above_zero(const double (*prices)[PRICED],
                                                     const double *values, double *value) const {
    Two total[PRICED / 2];
    for (int64_t i = 0; i < r(); i++) {
        const Two by = {values[i], values[i]};
        for (int k = 0; k < PRICED / 2; k++) {
            Two entries;
            __builtin_memcpy(&entries, prices[i] + 2 * k, sizeof entries);
            total[k] = i ? total[k] + by * entries : by * entries;
        }
    }
    auto above = total[0] > Two{};
    for (int k = 1; k < PRICED / 2; k++) above |= total[k] > Two{};
    __builtin_memcpy(value, total, sizeof total);
    return (above[0] | above[1]) != 0;
}

// Price rows of the reference set directly for some rows; worst (q): the largest violation of a dual
// constraint per unit of size. Rows with the code of the evaluated one are left out. Each row is read
// once for PRICED evaluated rows, whose multipliers lie side by side.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::price_directly(const Technology &technology,
                                                     const int64_t *reference, int64_t n,
                                                     const int64_t *codes, const int64_t *which,
                                                     int64_t q, const double *duals, double *worst) {
    const int64_t r = technology.r;
    double prices[CAPACITY][PRICED], value[PRICED], bounds[PRICED][CAPACITY], top[PRICED];
    reset(r);
    for (int64_t i = 0; i < r; i++) tall[i] = INFINITE;
    for (int64_t first = 0; first < q; first += PRICED) {
        const int64_t width = q - first < PRICED ? q - first : PRICED;
        for (int64_t l = 0; l < PRICED; l++) {
            const int64_t index = first + (l < width ? l : 0);
            begin(technology, which[index], technology.factors);
            for (int64_t i = 0; i < r; i++) {
                prices[i][l] = duals[index * r + i] * unit[i];
                bounds[l][i] = bound[i];
            }
            top[l] = 0.0;
        }
        for (int64_t c = 0; c < n; c++) {
            const double *values = technology.rows + reference[c] * r;
            if (!any_above_zero(prices, values, value)) continue; // nearly always
            for (int64_t l = 0; l < width; l++) {
                if (value[l] <= 0.0) continue;
                if (codes && codes[reference[c]] == codes[which[first + l]]) continue;
                double by = 0.0;
                for (int64_t i = 0; i < r; i++) by += bounds[l][i] * values[i];
                by = by > 0.0 ? by : 1.0;
                if (value[l] > top[l] * by) top[l] = value[l] / by;
            }
        }
        for (int64_t l = 0; l < width; l++) worst[first + l] = top[l];
    }
}
