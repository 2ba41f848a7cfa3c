// Many small linear-fractional programs over one reference set, by the revised simplex method.
//
// For an evaluated row o with own values d, in units of d:
//
//     min (n0 + N z) / (d0 + D z)
//     s.t. sum_j lambda_j G_j / d + plus - minus + own w = h,   lambda, plus, minus >= 0,
//
// where G_j = (inputs, -goods, bads [, 1]) and h = G_o / d unless the caller gives another right-hand
// side. There are r constraints (3 to 8 as a rule), thousands of columns G_j of which few can ever enter
// (the extreme rows), and thousands of rows o. The work is therefore organised as follows.
//
// 1. Extreme rows (`find_outsiders`, `grow`, `prune`): the rows from which all others follow by disposal. A
//    row that does not follow from those found so far gives a separating hyperplane; the row farthest
//    beyond it is extreme and joins (Dula and Thrall 2001).
// 2. A program per row over the extreme rows (`solve`), by a dense revised simplex with an explicit
//    inverse on the fraction itself: the reduced cost is c_N - rho c_D - u a with rho the value at the
//    vertex, which has the optima of Charnes and Cooper's linear program (Martos 1964). Phase one
//    minimises one composite artificial unknown, which repairs any start and leaves the basis once it is 0;
//    then, where the denominator is not yet well above 0, it is maximised; then the fraction is minimised.
// 3. Rows may leave the reference set for a program (`solve_without`, super-efficiency). A row that is
//    not extreme follows from at most r extreme ones, its support; it can matter only when a row of its
//    support leaves. So the columns are the extreme rows that stay and the rows supported by those that
//    leave.
//    Where many rows are extreme (`prune_wide`, `solve_without_wide`), columns leave a table by being 0, and a
//    program begins over the columns beside its row: what is optimal among near rows is so among all, but
//    for a few pivots, and one pricing in single precision says so.
// 4. A second phase (`solve_second`) chooses among the optima of a first one: what the first prices above 0
//    is 0 in all of them and is left out, the first's own unknown is free, and few columns remain.
// 5. Every vertex that ends a program is computed anew from its columns, refined once, and judged by
//    the residuals of these columns: a wrong inverse costs time and never a score (`verdict`).
// 6. What a program ended with is read once more from basis, values and multipliers, by code that shares
//    nothing with the method (`kernel_confirm`): a status that does not follow from them is taken back.
// 7. The free disposal hull needs none of this: rows are compared with single rows (hull.h).
//
// Where to read first: `improve` (phases.h) is the simplex method: what to minimise, who enters, who leaves,
// when the inverse is computed anew, when to stop; `solve` (programs.h) is the loop over rows with its
// starts; simplex.h lists all state and every function by its file; interface.h has the structures that
// Python writes and all constants. The exported functions below are all that Python calls (library.py). A
// row here is a row of the data; the constraints of a program are counted by i, the places of its basis by
// j, columns of a table by c.
//
// Numbers. Columns of intensities are divided by their size, the sum of G_i / d over the constraints that
// bound intensities, so that all entries of a basis are near 1. Every sum has a fixed order and nothing is
// contracted (-ffp-contract=off, no fast-math): all platforms and processes give the same bits. Single
// precision only says of columns that they need not be priced (`largest_screened`).
//
// No globals, no heap, no threads, nothing of the C++ standard library: the caller brings the work space,
// and calls with different work spaces may run at the same time. Compiled with -DKERNEL_CHECKS, the
// invariants marked `check` are tested; with -DKERNEL_SPOIL=1e-2 inverses that are kept as starts are
// made wrong by so much, which must change no score.
//
// References
//   Charnes, A., Cooper, W. W. (1962), doi 10.1002/nav.3800090303.
//   Martos, B. (1964), doi 10.1287/opre.12.4.589 (simplex method for fractions).
//   Harris, P. M. J. (1973), doi 10.1007/BF01580108 (ratio test with tolerances).
//   Bland, R. G. (1977), doi 10.1287/moor.2.2.103 (a rule that never cycles).
//   Oettli, W., Prager, W. (1964), doi 10.1007/BF01386090 (componentwise backward error).
//   Dula, J. H., Thrall, R. M. (2001), doi 10.1023/A:1012501431359 (extreme rows of a technology).
//   Morton, G. M. (1966), A computer oriented geodetic data base. IBM, Ottawa.

#include "algebra.h"
#include "confirm.h"
#include "extremes.h"
#include "hull.h"
#include "phases.h"
#include "pricing.h"
#include "programs.h"
#include "rows.h"
#include "vertex.h"

// ---------------------------------------------------------------------------------------------------
// Exported functions: each finds the code for its number of constraints and returns 0, -1 where the
// kernel does not take so many.

using General = Simplex<LARGEST_R, false>;

#define CASE(R, CALL)                                                                                  \
    case R: {                                                                                          \
        auto &simplex = *static_cast<Simplex<R, true> *>(space);                                       \
        CALL;                                                                                          \
        return 0;                                                                                      \
    }
#define DISPATCH(CALL)                                                                                 \
    switch (technology->r) {                                                                           \
        CASE(2, CALL) CASE(3, CALL) CASE(4, CALL) CASE(5, CALL) CASE(6, CALL) CASE(7, CALL)            \
        CASE(8, CALL)                                                                                  \
    default:                                                                                           \
        if (technology->r < 1 || technology->r > LARGEST_R) return -1;                                 \
        auto &simplex = *static_cast<General *>(space);                                                \
        CALL;                                                                                          \
        return 0;                                                                                      \
    }

EXPORT int64_t kernel_interface() { return INTERFACE; }

// Bytes of work space, aligned to 16, that every function needs.
EXPORT int64_t kernel_space(int64_t r) {
    return r <= 8 ? (int64_t)sizeof(Simplex<8, true>) : r <= LARGEST_R ? (int64_t)sizeof(General) : -1;
}

EXPORT int64_t kernel_solve(void *space, const Technology *technology, const Table *table,
                            const int64_t *extreme, const int64_t *places, const int64_t *which,
                            int64_t q, const Programs *programs, const Optima *optima) {
    DISPATCH(simplex.solve(*technology, *table, extreme, places, which, q, *programs, *optima))
}

EXPORT int64_t kernel_solve_second(void *space, const Technology *technology, const Table *table,
                                   const int64_t *extreme, int64_t *place, double *local,
                                   int64_t stride, const int64_t *which, int64_t q,
                                   const Programs *programs, const Optima *optima) {
    DISPATCH(simplex.solve_second(*technology, *table, extreme, place, local, stride, which, q,
                                  *programs, *optima))
}

EXPORT int64_t kernel_solve_without(void *space, const Technology *technology, const Table *table,
                                    const int64_t *extreme, const int64_t *first,
                                    const int64_t *members, const int64_t *codes, int64_t joins,
                                    uint8_t *marks, int64_t *place, double *local, int64_t stride,
                                    const int64_t *which, int64_t q, const Programs *programs,
                                    const Optima *optima) {
    DISPATCH(simplex.solve_without(*technology, *table, extreme, first, members, codes, joins != 0,
                                   marks, place, local, stride, which, q, *programs, *optima))
}

// The same where many rows are extreme: n columns with room for others (`stride`), also as `screen`; their rows
// `place`, and their numbers in the order of their codes.
EXPORT int64_t kernel_solve_without_wide(void *space, const Technology *technology, double *columns,
                                         float *screen, int64_t n, int64_t stride, const int64_t *first,
                                         const int64_t *members, const int64_t *codes,
                                         const int64_t *by_code, int64_t joins, uint8_t *marks,
                                         int64_t *place, const int64_t *which, int64_t q,
                                         const Programs *programs, const Optima *optima) {
    DISPATCH(simplex.solve_without_wide(*technology, columns, screen, n, stride, first, members, codes,
                                        by_code, joins != 0, marks, place, which, q, *programs, *optima))
}

// How many columns make a table wide.
EXPORT int64_t kernel_wide() { return 4 * NEAR; }

EXPORT int64_t kernel_find_outsiders(void *space, const Technology *technology, const Table *table,
                                     const int64_t *which, int64_t q, uint8_t *outside) {
    DISPATCH(simplex.find_outsiders(*technology, *table, which, q, outside))
}

// `size` holds the number of columns, before and after.
EXPORT int64_t kernel_grow(void *space, const Technology *technology, double *columns, int64_t stride,
                           int64_t *size, int64_t *extreme, const int64_t *which, int64_t q,
                           uint8_t *outside) {
    DISPATCH(*size = simplex.grow(*technology, columns, stride, *size, extreme, which, q, outside))
}

EXPORT int64_t kernel_prune(void *space, const Technology *technology, double *columns, int64_t stride,
                            int64_t *size, int64_t *extreme) {
    DISPATCH(*size = simplex.prune(*technology, columns, stride, *size, extreme))
}

// The same for many columns, which lie near each other (`size` of them, also as `screen`).
EXPORT int64_t kernel_prune_wide(void *space, const Technology *technology, double *columns,
                                 float *screen, int64_t *size, int64_t *extreme) {
    DISPATCH(*size = simplex.prune_wide(*technology, columns, screen, *size, extreme))
}

EXPORT int64_t kernel_price(void *space, const Technology *technology, const int64_t *reference,
                            int64_t n, const int64_t *codes, const int64_t *which, int64_t q,
                            const double *duals, double *worst) {
    DISPATCH(simplex.price_directly(*technology, reference, n, codes, which, q, duals, worst))
}

// Read what programs ended with once more (confirm.h), over the table of the extreme rows; first, members and
// codes as in `kernel_solve_without`, or null. A status that does not follow becomes UNSOLVED.
EXPORT int64_t kernel_confirm(const Technology *technology, const Table *table, const int64_t *extreme,
                              const int64_t *first, const int64_t *members, const int64_t *codes,
                              int64_t joins, const int64_t *which, const Programs *programs,
                              const Optima *optima) {
    if (technology->r < 1 || technology->r > LARGEST_R) return -1;
    const Choice choice = {extreme, first, members, codes, joins};
    Reader(*technology, *table, choice, *programs, *optima).read(which);
    return 0;
}

// List the rows by the extreme row that supports them. number (rows): number of an extreme row, else -1.
// Without `members` it counts into first (c + 1, zeros before); then it fills them.
EXPORT int64_t kernel_invert_supports(const Optima *optima, const int64_t *which, int64_t n, int64_t r,
                                      int64_t e, const int32_t *number, int64_t c, int64_t *first,
                                      int64_t *members) {
    // Backwards from the end of each list, so that rows stand in their order; `first` ends as it began.
    for (int64_t index = n - 1; index >= 0; index--) {
        if (number[which[index]] >= 0) continue;
        for (int64_t i = index * r; i < (index + 1) * r; i++) {
            const int64_t k = optima->basis[i] >= e ? number[optima->basis[i] - e] : -1;
            if (k < 0 || !(optima->basic[i] > 0.0)) continue;
            if (members) {
                first[k + 1]--;
                members[first[k + 1]] = which[index];
            } else {
                first[k + 1]++;
            }
        }
    }
    for (int64_t k = 1; !members && k <= c; k++) first[k] += first[k - 1];
    return 0;
}

// Read proved optima: rows that enter (-1: none) and their intensities for columns as given, other unknowns
// (moves (e, q), zeros before) and multipliers of the value. sizes (n): what rows were divided by. NaN and
// -1 where nothing is proved.
EXPORT int64_t kernel_read(const Optima *optima, const uint8_t *proved, const int64_t *which, int64_t q,
                           int64_t r, int64_t e, const double *sizes, int64_t *positions,
                           double *intensities, double *moves, double *duals) {
    const double nothing = __builtin_nan("");
    for (int64_t index = 0; index < q; index++) {
        const double below = optima->found[DENOMINATOR * q + index];
        const double by = optima->status[index] == SOLVED && below > PROVED ? below : 1.0;
        for (int64_t i = 0; i < e && !proved[index]; i++) moves[i * q + index] = nothing;
        for (int64_t i = index * r; i < (index + 1) * r; i++) {
            const int64_t name = proved[index] ? optima->basis[i] : ARTIFICIAL;
            positions[i] = name >= e ? name - e : -1;
            intensities[i] = 0.0;
            duals[i] = proved[index] ? optima->duals[i] / by : nothing;
            if (name >= e) {
                intensities[i] = optima->basic[i] * sizes[which[index]] / sizes[name - e];
            } else if (name >= 0) {
                moves[name * q + index] = optima->basic[i];
            }
            // Rows that enter stand in their order.
            for (int64_t k = i; k > index * r && positions[k - 1] > positions[k]; k--) {
                const int64_t position = positions[k];
                const double intensity = intensities[k];
                positions[k] = positions[k - 1];
                intensities[k] = intensities[k - 1];
                positions[k - 1] = position;
                intensities[k - 1] = intensity;
            }
        }
    }
    return 0;
}

// The place of each row along a Morton curve. A level is the place of |value| between the least and the
// largest of its column, told by exponent and leading digits, which is nearly that of its logarithm.
EXPORT int64_t kernel_interleave(const double *rows, const int64_t *which, int64_t q, int64_t r,
                                 int64_t bits, int64_t *keys) {
    for (int64_t index = 0; index < q; index++) keys[index] = 0;
    for (int64_t i = 0; i < r; i++) {
        uint64_t least = UINT64_MAX, largest = 0;
        for (int64_t index = 0; index < q; index++) {
            const uint64_t level = size_order(rows[which[index] * r + i]);
            if (level == 0) continue;
            least = level < least ? level : least;
            largest = level > largest ? level : largest;
        }
        double step = 0.0; // a zero lies beside the least
        if (largest > least) step = (double)(UINT64_C(1) << bits) / (double)(largest - least + 1);
        for (int64_t index = 0; index < q; index++) {
            const uint64_t level = size_order(rows[which[index] * r + i]);
            uint64_t place = level > least ? (uint64_t)((double)(level - least) * step) : 0;
            uint64_t key = (uint64_t)keys[index];
            for (int64_t bit = 0; bit < bits; bit++) key |= ((place >> bit) & 1) << (bit * r + r - 1 - i);
            keys[index] = (int64_t)key;
        }
    }
    return 0;
}

// Write the tree of candidates, whose points and places are given in any order.
EXPORT int64_t kernel_build_hull(const Hull *hull) {
    build_hull(*hull);
    return 0;
}

// Mark the rows, own (q, k), that a candidate dominates.
EXPORT int64_t kernel_find_dominated(const Hull *hull, const double *own, int64_t q, uint8_t *dominated) {
    for (int64_t index = 0; index < q; index++) {
        dominated[index] = is_dominated(*hull, own + index * hull->k);
    }
    return 0;
}

#define COMPARE(K)                                                                                     \
    case K:                                                                                            \
        Comparison<K, true>(*hull, *rows, *programs, r).run(from, to, chosen, distance);                         \
        return 0;

// Compare some of the rows with the candidates of a hull: place of the best one, `count` for the row
// itself, -1 for none; and the distance, where the programs have one.
EXPORT int64_t kernel_compare(const Hull *hull, const Comparisons *rows, const Programs *programs,
                              int64_t r, int64_t from, int64_t to, int64_t *chosen, double *distance) {
    switch (hull->k) {
        COMPARE(2) COMPARE(3) COMPARE(4) COMPARE(5) COMPARE(6) COMPARE(7)
    default:
        if (hull->k < 1 || hull->k > LARGEST_R) return -1;
        Comparison<LARGEST_R, false>(*hull, *rows, *programs, r).run(from, to, chosen, distance);
        return 0;
    }
}
