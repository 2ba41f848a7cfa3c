// The inverse of a basis, and the values and multipliers that follow from it.

#pragma once

#include "simplex.h"

// Gauss-Jordan with the largest pivot of each column; false where the basis is singular.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::invert() {
    const int64_t r = this->r();
    for (int64_t i = 0; i < r; i++) {
        for (int64_t j = 0; j < r; j++) {
            scratch[i][j] = matrix[i][j];
            inverse[i][j] = i == j ? 1.0 : 0.0;
        }
    }
    for (int64_t k = 0; k < r; k++) {
        double best = 0.0;
        int64_t at = k;
        for (int64_t i = k; i < r; i++) {
            if (fabs(scratch[i][k]) > best) {
                best = fabs(scratch[i][k]);
                at = i;
            }
        }
        if (!(best > SINGULAR)) return false; // NaN too
        if (at != k) {
            for (int64_t j = 0; j < r; j++) {
                double a = scratch[k][j], b = inverse[k][j];
                scratch[k][j] = scratch[at][j];
                inverse[k][j] = inverse[at][j];
                scratch[at][j] = a;
                inverse[at][j] = b;
            }
        }
        const double scale = 1.0 / scratch[k][k];
        for (int64_t j = 0; j < r; j++) {
            scratch[k][j] *= scale;
            inverse[k][j] *= scale;
        }
        for (int64_t i = 0; i < r; i++) {
            const double factor = scratch[i][k];
            if (i == k || factor == 0.0) continue;
            for (int64_t j = 0; j < r; j++) {
                scratch[i][j] -= factor * scratch[k][j];
                inverse[i][j] -= factor * inverse[k][j];
            }
        }
    }
    return true;
}

// x = B^-1 h, refined once against the columns.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::compute_values() {
    const int64_t r = this->r();
    for (int64_t i = 0; i < r; i++) {
        double total = 0.0;
        for (int64_t j = 0; j < r; j++) total += inverse[i][j] * right[j];
        x[i] = total;
    }
    for (int64_t i = 0; i < r; i++) {
        double total = right[i];
        for (int64_t j = 0; j < r; j++) total -= matrix[i][j] * x[j];
        rest[i] = total;
    }
    for (int64_t i = 0; i < r; i++) {
        double total = 0.0;
        for (int64_t j = 0; j < r; j++) total += inverse[i][j] * rest[j];
        x[i] += total;
    }
}

// u = B^-T cost; refined once against the columns where the inverse is fresh.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::compute_multipliers(bool refined) {
    const int64_t r = this->r();
    for (int64_t i = 0; i < r; i++) u[i] = 0.0;
    for (int64_t j = 0; j < r; j++) {
        if (cost[j] == 0.0) continue;
        for (int64_t i = 0; i < r; i++) u[i] += cost[j] * inverse[j][i];
    }
    if (!refined) return;
    for (int64_t j = 0; j < r; j++) {
        double total = cost[j];
        for (int64_t i = 0; i < r; i++) total -= u[i] * matrix[i][j];
        rest[j] = total;
    }
    for (int64_t j = 0; j < r; j++) {
        if (rest[j] == 0.0) continue;
        for (int64_t i = 0; i < r; i++) u[i] += rest[j] * inverse[j][i];
    }
}

// alpha = B^-1 column.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::compute_alpha() {
    const int64_t r = this->r();
    for (int64_t j = 0; j < r; j++) {
        double total = 0.0;
        for (int64_t i = 0; i < r; i++) total += inverse[j][i] * column[i];
        alpha[j] = total;
    }
}

// Put `column`, whose coordinates are `alpha`, at a place of the basis; inverse and values follow.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::pivot(int64_t at) {
    const int64_t r = this->r();
    const double scale = 1.0 / alpha[at];
    const double value = x[at] * scale;
    for (int64_t i = 0; i < r; i++) {
        matrix[i][at] = column[i];
        inverse[at][i] *= scale;
    }
    for (int64_t j = 0; j < r; j++) {
        const double factor = alpha[j];
        if (j == at || factor == 0.0) continue;
        x[j] -= factor * value;
        for (int64_t i = 0; i < r; i++) inverse[j][i] -= factor * inverse[at][i];
    }
    x[at] = value;
}
