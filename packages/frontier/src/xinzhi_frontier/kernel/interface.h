// What crosses the C interface, and the constants of the kernel.

#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORT extern "C" __declspec(dllexport)
#else
#define EXPORT extern "C" __attribute__((visibility("default")))
#endif

#if defined(KERNEL_CHECKS)
#define check(condition) ((condition) ? (void)0 : __builtin_trap())
#else
#define check(condition) ((void)0)
#endif

constexpr int64_t INTERFACE = 9;

struct Technology {
    const double *rows;      // (n, r): G of all rows, each with sum 1 over the bounded constraints
    const double *factors;   // (r): right-hand side per amount of the row itself (1, or bounds of sum lambda)
    const double *tallest;   // (r): largest |G| of each constraint, at least 1 where there are zeros
    const uint8_t *bounded;  // (r): constraints that bound intensities: inputs, bads, sum lambda
    const uint8_t *plain;    // (r): those of them without zeros
    const uint8_t *disposal; // (2 r): slacks, plus and minus, by which rows follow from extreme ones
    int64_t n, r;
};

// One program per evaluated row; a part with one line serves all rows.
struct Programs {
    const double *numerator;   // (q or 1, e): costs of plus, minus, own unknowns
    const double *denominator; // (q or 1, e)
    const uint8_t *allowed;    // (q or 1, e): unknowns that may differ from 0
    const double *own;         // (q or 1, r, p): columns of own unknowns, p = e - 2 r
    const uint8_t *free_sign;  // (p): own unknowns that may be negative
    const double *right;       // (q, r), or null where the right-hand side is the row itself
    const int32_t *start;      // (q, r): bases to start from, or null; intensities as e + row, -1: none
    const double *first;       // (q, r): multipliers of a first phase, or null; what they price is left out
    int64_t numerators, denominators, alloweds, owns; // lines of each part
    int64_t e;
    double n0, d0;
    double precision; // backward error up to which a point proves a score
};

enum Found { VALUE, DENOMINATOR, PRIMAL, DUAL, GAP, PIVOTS, LOST, CHARGED, STEEPNESS, FOUND };

struct Optima {
    uint8_t *status; // (q): a Status
    int32_t *basis;  // (q, r): unknowns by id; intensities as e + row
    double *basic;   // (q, r): values; of intensities for the columns of the technology
    double *duals;   // (q, r): multipliers of N - rho D
    double *found;   // (FOUND, q)
    int64_t q;
};

// Ids of unknowns: plus 0..r-1, minus r..2r-1, own 2r..e-1, then e + column of the table.
constexpr int ARTIFICIAL = -1;

// UNSETTLED is proved but for a point that is exact only for data that differ by more than `precision`:
// what follows from the point holds (a membership), its value may not.
enum Status : uint8_t { SOLVED, INFEASIBLE, UNSOLVED, UNSETTLED };
enum Objective { FEASIBILITY, LARGEST_DENOMINATOR, FRACTION };
enum Goal { POINT, OPTIMUM };
enum Kind : uint8_t { NONNEGATIVE, ZERO, FREE };
enum Rule { DANTZIG, BLAND };

constexpr double INFINITE = 1e300;
constexpr double PROVED = 1e-9;     // what a certificate promises
constexpr double ENTER = 1e-12;     // a reduced cost below minus this, per unit of size, enters
constexpr double ROUNDING = 1e-15;  // ... and below minus this times the multipliers
constexpr double SLIP = 1e-14;      // a value above minus this is 0; Harris' tolerance
constexpr double SMALLEST_PIVOT = 1e-10; // beside columns of size 1
constexpr double LARGE_PIVOT = 0.1; // a slack with this coordinate takes the place of the artificial unknown
constexpr double DEPENDENT = 1e-9;  // coordinates below this do not; all below: the constraint is implied
constexpr double SINGULAR = 1e-13;  // pivots of the inversion, likewise
constexpr double ENOUGH = 1e-2;     // denominator from which the fraction is minimised
constexpr double FACE = 1e-10;      // a reduced cost of the first phase up to this, per unit of d, is 0
constexpr double TINY = 1e-11;      // what an artificial unknown may keep; the proof shows it
constexpr double WRONG = 1e-13;     // a recomputed value wrong by more is repaired, at most MENDS times
constexpr int MENDS = 3;
constexpr int PIVOT_LIMIT = 60;     // pivots per constraint before a program is given up
constexpr int STALL = 3;            // pivots per constraint without progress before Bland's rule
constexpr int REFACTOR = 20;        // pivots before the inverse is computed anew
constexpr int BLOCK = 512;          // columns priced at a time: their prices stay in the nearest cache
constexpr int GROUP = 16;           // columns that are screened together
typedef float Four __attribute__((vector_size(16)));
typedef double Two __attribute__((vector_size(16)));
constexpr float SINGLE = 6e-8f;     // rounding of single precision, 2^-24
constexpr int LANES = 8;            // running maxima side by side, in registers
constexpr int PRICED = 8;          // evaluated rows for which a column is priced at a time
constexpr int NEAR = 96;             // columns of near rows over which a program begins
constexpr int TRIED = 256;          // rows that joined before a set may be taken as nearly all extreme
constexpr int STARTS = 32;          // bases kept as starts
constexpr int LARGEST_R = 40;       // constraints that the kernel takes

static inline double least(double a, double b) { return b < a ? b : a; }
static inline double most(double a, double b) { return b > a ? b : a; }

// Bits of |value|, which grow as it does.
static inline uint64_t size_order(double value) {
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits & ~(UINT64_C(1) << 63);
}

// Columns that may enter: entry (i, c) is columns[i * stride + c]. `screen` is the same in single precision,
// or null: prices in it, with a bound of their error, say of most columns that they need not be priced.
struct Table {
    const double *columns;
    int64_t n, stride;
    const float *screen;
};

// Whether a table is so wide that a program begins over near columns, which must lie near each other in it.
static inline bool is_wide(const Table &table) { return table.n >= 4 * NEAR; }

// Where NEAR columns begin that have one of them in their middle.
static inline int64_t beside(int64_t place, const Table &table) {
    const int64_t from = place < NEAR / 2 ? 0 : place - NEAR / 2;
    return from + NEAR < table.n ? from : table.n - NEAR;
}

// The largest of some values; running maxima side by side, in registers.
template <typename Number> static inline Number largest_of(const Number *values, int64_t n) {
    Number top[LANES];
    for (int l = 0; l < LANES; l++) top[l] = values[0];
    int64_t j = 0;
    for (; j + LANES <= n; j += LANES) {
        for (int l = 0; l < LANES; l++) top[l] = values[j + l] > top[l] ? values[j + l] : top[l];
    }
    for (; j < n; j++) top[0] = values[j] > top[0] ? values[j] : top[0];
    for (int l = 1; l < LANES; l++) top[0] = top[l] > top[0] ? top[l] : top[0];
    return top[0];
}
