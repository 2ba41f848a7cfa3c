// Who enters: reduced costs of all columns, screened in single precision.

#pragma once

#include "simplex.h"

// out = v G_c of `width` columns from `start` on, summed in the order of the constraints.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::products(const Table &table, int64_t start, int64_t width,
                                               const double *v, double *__restrict out) const {
    const int64_t r = this->r();
    const double *__restrict columns = table.columns + start;
    if (FIXED) {
        for (int64_t j = 0; j < width; j++) {
            double total = v[0] * columns[j];
            for (int64_t i = 1; i < r; i++) total += v[i] * columns[i * table.stride + j];
            out[j] = total;
        }
        return;
    }
    for (int64_t j = 0; j < width; j++) out[j] = v[0] * columns[j];
    for (int64_t i = 1; i < r; i++) {
        for (int64_t j = 0; j < width; j++) out[j] += v[i] * columns[i * table.stride + j];
    }
}

// Whether a price of a group of columns is above `limit` in single precision. Four vectors of four, as
// the compilers' own vectors, which all of them keep in registers.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::may_exceed(const Table &table, int64_t start, const float *v,
                                                 float limit) const {
    const int64_t r = this->r();
    const float *columns = table.screen + start;
    Four value[GROUP / 4] = {};
    for (int64_t i = 0; i < r; i++) {
        const Four by = {v[i], v[i], v[i], v[i]};
        for (int k = 0; k < GROUP / 4; k++) {
            Four entries;
            __builtin_memcpy(&entries, columns + i * table.stride + 4 * k, sizeof entries);
            value[k] += by * entries;
        }
    }
    const Four least_of_all = {limit, limit, limit, limit};
    auto above = value[0] > least_of_all;
    for (int k = 1; k < GROUP / 4; k++) above |= value[k] > least_of_all;
    int64_t any[2];
    __builtin_memcpy(any, &above, sizeof any);
    return (any[0] | any[1]) != 0;
}

// By how much a price in single precision may be wrong: relative rounding of entries, multipliers,
// products, sums and the limit. Negative where a price may leave its range and says nothing.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::screening_error(const Table &table, const double *v,
                                                        float *single) const {
    if (!table.screen || !may_screen) return -1.0;
    double total = 0.0;
    for (int64_t i = 0; i < r(); i++) {
        total += fabs(v[i]) * tall[i];
        single[i] = (float)v[i];
    }
    if (!(total > 1e-10 && total < 1e25)) return -1.0;
    return total * (double)(r() + 6) * (double)SINGLE;
}

// The largest v G_c and its column; 0 and -1 where none is above 0. As `largest`, bit for bit: what
// is not priced is below the best by more than the error of its screening.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::largest_screened(const Table &table, const double *v,
                                                         double error, const float *single,
                                                         int64_t *at) {
    double best = 0.0;
    *at = -1;
    for (int64_t start = 0; start < table.n; start += GROUP) {
        const int64_t size = table.n - start < GROUP ? table.n - start : GROUP;
        if (size == GROUP && !may_exceed(table, start, single, (float)(best - error))) continue;
        products(table, start, size, v, buffer[0]);
        for (int64_t j = 0; j < size; j++) {
            if (buffer[0][j] > best) {
                best = buffer[0][j];
                *at = start + j;
            }
        }
    }
    return best;
}

// The largest v G_c, at least 0.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::highest(const Table &table, const double *v) {
    double best = 0.0;
    for (int64_t start = 0; start < table.n; start += BLOCK) {
        const int64_t width = table.n - start < BLOCK ? table.n - start : BLOCK;
        products(table, start, width, v, buffer[0]);
        best = most(best, largest_of(buffer[0], width));
    }
    return best;
}

// The largest v G_c and its column; 0 and -1 where none is above 0.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::largest(const Table &table, const double *v, int64_t *at) {
    double best = 0.0;
    int64_t block = -1;
    for (int64_t start = 0; start < table.n; start += BLOCK) {
        const int64_t width = table.n - start < BLOCK ? table.n - start : BLOCK;
        products(table, start, width, v, buffer[0]);
        const double top = largest_of(buffer[0], width);
        if (top > best) {
            best = top;
            block = start;
        }
    }
    *at = -1;
    if (block < 0) return 0.0;
    const int64_t width = table.n - block < BLOCK ? table.n - block : BLOCK;
    if (table.n > BLOCK) products(table, block, width, v, buffer[0]);
    int64_t j = 0;
    while (buffer[0][j] < best && j + 1 < width) j++;
    *at = block + j;
    return best;
}

// The largest (v G_c) / (bound G_c) and its column; 0 and -1 where none is above 0.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::largest_by_size(const Table &table, const double *v,
                                                        int64_t *at) {
    double best = 0.0;
    *at = -1;
    for (int64_t start = 0; start < table.n; start += BLOCK) {
        const int64_t width = table.n - start < BLOCK ? table.n - start : BLOCK;
        products(table, start, width, v, buffer[0]);
        products(table, start, width, bound, buffer[1]);
        for (int64_t j = 0; j < width; j++) {
            const double by = buffer[1][j] > 0.0 ? buffer[1][j] : 1.0;
            if (buffer[0][j] > best * by) {
                best = buffer[0][j] / by;
                *at = start + j;
            }
        }
    }
    return best;
}

// Bland: the first column with (v G_c) / (bound G_c) above `limit`.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::first_above(const Table &table, const double *v, double limit,
                                                    int64_t *at) const {
    const int64_t r = this->r();
    for (int64_t c = 0; c < table.n; c++) {
        double value = 0.0, by = 0.0;
        for (int64_t i = 0; i < r; i++) {
            value += v[i] * table.columns[i * table.stride + c];
            by += bound[i] * table.columns[i * table.stride + c];
        }
        by = by > 0.0 ? by : 1.0;
        if (value > limit * by) {
            *at = c;
            return value / by;
        }
    }
    *at = -1;
    return 0.0;
}

// Minus the least reduced cost of the intensities per unit of size, and its column.
// Columns of the technology sum to 1 over the constraints that bound them, so their size is at least
// 1 / widest and the price by size at most widest times the plain price: often enough to see that
// none enters.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::cheapest(const Table &table, double limit, int64_t *at) {
    const int64_t r = this->r();
    for (int64_t i = 0; i < r; i++) price[i] = u[i] * unit[i];
    *at = -1;
    float single[CAPACITY];
    const double error = screening_error(table, price, single);
    double value;
    if (error >= 0.0) {
        value = largest_screened(table, price, error, single, at);
        if (value * widest <= limit) return value * widest;
    } else {
        const double top = highest(table, price);
        if (top * widest <= limit) return top * widest;
        value = largest(table, price, at);
    }
    double by = 0.0;
    for (int64_t i = 0; i < r; i++) by += table.columns[i * table.stride + *at] * bound[i];
    if (by > 0.0 && value / by > 1e3 * limit) return value / by;
    return largest_by_size(table, price, at);
}

// Bound by how much prices per unit of size changed since all columns were priced.
template <int CAPACITY, bool FIXED>
inline double Simplex<CAPACITY, FIXED>::drift() const {
    double total = 0.0;
    for (int64_t i = 0; i < r(); i++) total += fabs(u[i] - priced_u[i]) * reach[i];
    return total;
}

// Find the unknown with the least reduced cost, ARTIFICIAL where none is below 0, and the direction in
// which it moves; `violation` is what the least falls short of 0. Where only rounding moved the
// multipliers since all columns were priced (`must_price` false), their prices are bounded instead.
template <int CAPACITY, bool FIXED>
inline int64_t Simplex<CAPACITY, FIXED>::entering(Objective objective, double rho, Rule rule,
                                                  bool must_price, const Table &table,
                                                  double *direction, double *violation) {
    const int64_t r = this->r();
    double lowest = 0.0, limit = ENTER;
    int64_t name = ARTIFICIAL;
    *direction = 1.0;
    for (int64_t i = 0; i < r; i++) limit += ROUNDING * fabs(u[i]);
    const double surplus = reach[r - 1];
    const double of_n = objective == FRACTION ? 1.0 : 0.0;
    const double of_d = objective == FEASIBILITY ? 0.0 : objective == FRACTION ? rho : 1.0;
    for (int64_t i = 0; i < e; i++) {
        if (!allowed[i]) continue;
        double reduced = of_n * numerator[i] - of_d * denominator[i];
        double turned = 1.0;
        if (i < r) {
            reduced -= u[i];
        } else if (i < 2 * r) {
            reduced += u[i - r];
        } else {
            for (int64_t k = 0; k < r; k++) reduced -= u[k] * own[k * (e - 2 * r) + i - 2 * r];
            if (free_sign[i - 2 * r] && reduced > 0.0) {
                reduced = -reduced;
                turned = -1.0;
            }
        }
        // What sum lambda has beyond its least counts by how much that can be.
        if (i == 2 * r - 1 && objective != FEASIBILITY && surplus < INFINITE) reduced *= surplus;
        if (reduced < lowest) {
            lowest = reduced;
            name = i;
            *direction = turned;
            if (rule == BLAND && lowest < -limit) return name;
        }
    }
    double top = priced + drift();
    int64_t at = -1;
    if (must_price || top > limit) {
        top = priced = cheapest(table, limit, &at);
        for (int64_t i = 0; i < r; i++) priced_u[i] = u[i];
    }
    if (rule == BLAND && top > limit) top = first_above(table, price, limit, &at);
    if (-top < lowest) {
        lowest = -top;
        name = e + at;
        *direction = 1.0;
    }
    *violation = -lowest;
    if (lowest < -limit) return name;
    *direction = 1.0;
    return ARTIFICIAL;
}
