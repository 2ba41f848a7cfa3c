// The loops over rows: one table for all, second phases, tables without the rows of a code.

#pragma once

#include "simplex.h"

template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::reset(int64_t r) {
    rows_ = r;
    held = next = used = 0;
    priced = 0.0;
    for (int64_t i = 0; i < r; i++) priced_u[i] = 0.0;
}

// A program per row over one table; extreme (c): rows of the columns; places (n): columns of rows, or -1.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::solve(const Technology &technology, const Table &table,
                                            const int64_t *extreme, const int64_t *places,
                                            const int64_t *which, int64_t q, const Programs &programs,
                                            const Optima &optima) {
    check(!programs.first);
    reset(technology.r);
    measure_table(table);
    int64_t last[CAPACITY];
    bool has_last = false;
    bool is_unit = true; // sum lambda is 1 for the row itself
    for (int64_t i = 0; i < r(); i++) is_unit = is_unit && technology.factors[i] == 1.0;
    for (int64_t index = 0; index < q; index++) {
        begin(technology, which[index], technology.factors);
        take(programs, index);
        const int64_t place = is_unit && !programs.right ? places[which[index]] : -1;
        Status status = UNSOLVED;
        int64_t start = -1;
        if (programs.start && start_from(programs.start + index * r(), places)) {
            status = optimise(OPTIMUM, table);
        } else if (place < 0) {
            start = best_start(false);
        }
        if (start >= 0) {
            recall(start, table);
            status = improve(OPTIMUM, table);
        }
        for (int attempt = 0; attempt < 2 && status >= UNSOLVED; attempt++) {
            if (attempt == 0 && place >= 0 && is_wide(table)) {
                const int64_t from = beside(place, table);
                start_from_itself(place - from);
                status = optimise_near(OPTIMUM, table, from);
                start = -1;
                continue;
            }
            if (attempt == 0 && place >= 0) {
                start_from_itself(place);
            } else if (attempt == 0 && has_last) {
                for (int64_t j = 0; j < r(); j++) basis[j] = last[j];
            } else {
                start_from_slacks();
            }
            status = optimise(OPTIMUM, table);
            start = -1;
        }
        if (status == SOLVED && !is_basic(ARTIFICIAL)) {
            for (int64_t j = 0; j < r(); j++) last[j] = basis[j];
            has_last = true;
            if (start < 0 || found[PIVOTS] > 0) remember();
        }
        write(technology, extreme, optima, index, status);
    }
}

// Gather the columns that are left when all rows with the code of `row` leave the reference set: the
// extreme rows without them, and the rows whose support they are part of. Returns their number.
template <int CAPACITY, bool FIXED>
inline int64_t Simplex<CAPACITY, FIXED>::gather(const Technology &technology, const Table &table,
                                                const int64_t *extreme, const int64_t *first,
                                                const int64_t *members, const int64_t *codes,
                                                int64_t row, bool joins, uint8_t *marks, int64_t *place,
                                                double *local, int64_t stride) const {
    const int64_t r = this->r();
    int64_t count = 0;
    for (int64_t k = 0; k < table.n; k++) {
        if (codes[extreme[k]] != codes[row]) {
            place[count] = extreme[k];
            for (int64_t i = 0; i < r; i++) {
                local[i * stride + count] = table.columns[i * table.stride + k];
            }
            count++;
            continue;
        }
        for (int64_t m = first[k]; m < first[k + 1]; m++) {
            const int64_t other = members[m];
            if (codes[other] == codes[row] || marks[other]) continue;
            marks[other] = 1;
            place[count] = other;
            for (int64_t i = 0; i < r; i++) local[i * stride + count] = technology.rows[other * r + i];
            count++;
        }
    }
    for (int64_t k = 0; k < count; k++) marks[place[k]] = 0;
    if (joins) {
        place[count] = row;
        for (int64_t i = 0; i < r; i++) local[i * stride + count] = technology.rows[row * r + i];
        count++;
    }
    check(count <= stride);
    return count;
}

// What a first phase leaves to a second: columns and slacks that its multipliers price at 0 stay, the
// others must be 0 in every optimum of the first phase, whose own unknown (the distance) is free here.
// By as much as prices may differ from 0, FACE per unit of d, may the distance differ from the first
// phase's. Takes `from`, whose rows are `names`, to `local` and `place`, which may be the same.
template <int CAPACITY, bool FIXED>
inline Table Simplex<CAPACITY, FIXED>::face(const Table &from, const int64_t *names,
                                            const double *first, int64_t *place, double *local,
                                            int64_t stride) {
    const int64_t r = this->r();
    check(e == 2 * r + 1);
    double longest = 0.0, rounding = 0.0;
    for (int64_t i = 0; i < r; i++) {
        longest = most(longest, fabs(own[i]));
        rounding += 10.0 * ROUNDING * fabs(first[i]);
    }
    const double limit = FACE / longest + rounding;
    for (int64_t i = 0; i < r; i++) {
        price[i] = first[i] * unit[i] + limit * bound[i];
        on_face[i] = allowed[i] && -first[i] <= limit;
        on_face[r + i] = allowed[r + i] && first[i] <= limit;
    }
    on_face[2 * r] = allowed[2 * r];
    allowed = on_face;
    int64_t count = 0;
    for (int64_t start = 0; start < from.n; start += BLOCK) {
        const int64_t width = from.n - start < BLOCK ? from.n - start : BLOCK;
        products(from, start, width, price, buffer[0]);
        for (int64_t c = start; c < start + width; c++) {
            if (!(buffer[0][c - start] >= 0.0)) continue;
            place[count] = names[c];
            for (int64_t i = 0; i < r; i++) {
                local[i * stride + count] = from.columns[i * from.stride + c];
            }
            count++;
        }
    }
    check(count <= stride);
    return {local, count, stride, nullptr};
}

// A given basis over a table of few columns, whose rows are `place`; false where it is not in it.
template <int CAPACITY, bool FIXED>
inline bool Simplex<CAPACITY, FIXED>::start_among(const int32_t *given, const Table &table,
                                                  const int64_t *place) {
    for (int64_t j = 0; j < r(); j++) {
        if (given[j] < 0) return false;
        basis[j] = given[j];
        if (given[j] < e) continue;
        int64_t c = 0;
        while (c < table.n && place[c] != given[j] - e) c++;
        if (c == table.n) return false;
        basis[j] = e + c;
    }
    return true;
}

// A second phase per row, over the face of the optima of the first.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::solve_second(const Technology &technology, const Table &table,
                                                   const int64_t *extreme, int64_t *place,
                                                   double *local, int64_t stride, const int64_t *which,
                                                   int64_t q, const Programs &programs,
                                                   const Optima &optima) {
    reset(technology.r);
    measure_table(table);
    for (int64_t index = 0; index < q; index++) {
        begin(technology, which[index], technology.factors);
        take(programs, index);
        const Table left = face(table, extreme, programs.first + index * r(), place, local, stride);
        finish(technology, left, -1, place, programs, index, optima);
    }
}

// Solve a program over a table of its own, from the given basis where there is one, else over the columns
// beside a place of it (-1: none), else from slacks.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::finish(const Technology &technology, const Table &left,
                                             int64_t beside_place, const int64_t *place,
                                             const Programs &programs, int64_t index,
                                             const Optima &optima) {
    Status status = UNSOLVED;
    if (programs.start && start_among(programs.start + index * r(), left, place)) {
        status = optimise(OPTIMUM, left);
    } else if (beside_place >= 0) {
        start_from_slacks();
        status = optimise_near(OPTIMUM, left, beside(beside_place, left));
    }
    if (status >= UNSOLVED) {
        start_from_slacks();
        status = optimise(OPTIMUM, left);
    }
    write(technology, place, optima, index, status);
}

// The same over a wide table whose columns lie near each other, with room behind them: the columns of the code
// are 0, which never enter, and the program begins over those beside the row's own. by_code: columns in the
// order of their codes.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::solve_without_wide(
    const Technology &technology, double *columns, float *screen, int64_t n, int64_t stride,
    const int64_t *first, const int64_t *members, const int64_t *codes, const int64_t *by_code, bool joins,
    uint8_t *marks, int64_t *place, const int64_t *which, int64_t q, const Programs &programs,
    const Optima &optima) {
    reset(technology.r);
    for (int64_t index = 0; index < q; index++) {
        const int64_t row = which[index], code = codes[row];
        int64_t from = 0;
        for (int64_t above = n; from < above;) {
            const int64_t middle = (from + above) / 2;
            if (codes[place[by_code[middle]]] < code) {
                from = middle + 1;
            } else {
                above = middle;
            }
        }
        int64_t count = n, own_place = -1, to = from;
        for (; to < n && codes[place[by_code[to]]] == code; to++) {
            const int64_t k = by_code[to];
            if (place[k] == row) own_place = k;
            write_column_of(technology, columns, screen, stride, k, -1);
            for (int64_t m = first[k]; m < first[k + 1]; m++) {
                if (codes[members[m]] == code || marks[members[m]]) continue;
                marks[members[m]] = 1;
                place[count] = members[m];
                write_column_of(technology, columns, screen, stride, count++, members[m]);
            }
        }
        for (int64_t k = n; k < count; k++) marks[place[k]] = 0;
        if (joins) {
            place[count] = row;
            write_column_of(technology, columns, screen, stride, count++, row);
        }
        check(count <= stride);
        for (int64_t i = 0; i < r(); i++) tall[i] = technology.tallest[i];
        begin(technology, row, technology.factors);
        take(programs, index);
        bound_prices(technology, row);
        finish(technology, {columns, count, stride, screen}, own_place, place, programs, index, optima);
        for (int64_t k = from; k < to; k++) {
            write_column_of(technology, columns, screen, stride, by_code[k], place[by_code[k]]);
        }
    }
}

// A program per row over what is left without the rows of its code; `joins` lets each row join.
template <int CAPACITY, bool FIXED>
inline void Simplex<CAPACITY, FIXED>::solve_without(const Technology &technology, const Table &table,
                                                    const int64_t *extreme, const int64_t *first,
                                                    const int64_t *members, const int64_t *codes,
                                                    bool joins, uint8_t *marks, int64_t *place,
                                                    double *local, int64_t stride, const int64_t *which,
                                                    int64_t q, const Programs &programs,
                                                    const Optima &optima) {
    reset(technology.r);
    const int64_t r = this->r();
    for (int64_t i = 0; i < r; i++) tall[i] = technology.tallest[i];
    for (int64_t index = 0; index < q; index++) {
        const int64_t row = which[index];
        const int64_t count = gather(technology, table, extreme, first, members, codes, row, joins,
                                     marks, place, local, stride);
        begin(technology, row, technology.factors);
        take(programs, index);
        Table left = {local, count, stride, nullptr};
        if (programs.first) {
            left = face(left, place, programs.first + index * r, place, local, stride);
        }
        finish(technology, left, -1, place, programs, index, optima);
    }
}
