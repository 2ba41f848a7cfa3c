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
// 4. Every vertex that ends a program is computed anew from its columns, refined once, and judged by
//    the residuals of these columns: a wrong inverse costs time and never a score (`verdict`).
//
// Where to read first: `improve` is the simplex method (what to minimise, who enters, who leaves, when the
// inverse is computed anew, when to stop); `solve` is the loop over rows with its starts; the exported
// functions at the end are all that Python calls (library.py). A row here is a row of the data; the
// constraints of a program are counted by i, the places of its basis by j, columns of a table by c.
//
// Numbers. Columns of intensities are divided by their size, the sum of G_i / d over the constraints that
// bound intensities, so that all entries of a basis are near 1. Every sum has a fixed order and nothing is
// contracted (-ffp-contract=off, no fast-math): all platforms and processes give the same bits.
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

// ---------------------------------------------------------------------------------------------------
// The interface. library.py writes the same structures; INTERFACE is raised with every change of them.

constexpr int64_t INTERFACE = 6;

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
constexpr float SINGLE = 6e-8f;     // rounding of single precision, 2^-24
constexpr int LANES = 8;            // running maxima side by side, in registers
constexpr int PRICED = 8;          // evaluated rows for which a column is priced at a time
constexpr int STARTS = 32;          // bases kept as starts
constexpr int LARGEST_R = 40;       // constraints that the kernel takes

static inline double least(double a, double b) { return b < a ? b : a; }
static inline double most(double a, double b) { return b > a ? b : a; }

// Columns that may enter: entry (i, c) is columns[i * stride + c]. `screen` is the same in single precision,
// or null: prices in it, with a bound of their error, say of most columns that they need not be priced.
struct Table {
    const double *columns;
    int64_t n, stride;
    const float *screen;
};

// ---------------------------------------------------------------------------------------------------
// The simplex method for r <= CAPACITY constraints; r == CAPACITY is known to the compiler where FIXED.

template <int CAPACITY, bool FIXED> struct Simplex {
    int64_t rows_;
    int64_t r() const { return FIXED ? CAPACITY : rows_; }

    // The evaluated row.
    double amounts[CAPACITY]; // right-hand side in units of the technology
    double d[CAPACITY];       // own values: |amounts|, 1 where these are 0
    double unit[CAPACITY];    // 1 / d
    double bound[CAPACITY];   // 1 / d on constraints that bound intensities, else 0
    double right[CAPACITY];   // h
    double reach[CAPACITY];   // most that a constraint can hold per unit of size, in units of the row
    double tall[CAPACITY];    // largest entry of a constraint over the table
    double widest;            // largest d of the constraints that bound intensities
    int64_t itself;           // id of the row's own column, or -2

    // Its program.
    const double *numerator, *denominator, *own;
    const uint8_t *allowed, *free_sign;
    int64_t e;
    double n0, d0, precision;

    // The vertex: x = B^-1 h and u = B^-T (c_N - rho c_D).
    int64_t basis[CAPACITY];
    double x[CAPACITY], u[CAPACITY];
    double over[CAPACITY], under[CAPACITY], cost[CAPACITY]; // costs of basic unknowns
    double size[CAPACITY];                                  // by which their columns are divided
    Kind kind[CAPACITY];
    double artificial[CAPACITY];                     // column of the artificial unknown
    double column[CAPACITY], alpha[CAPACITY];        // entering column, itself and B^-1 times it
    double rest[CAPACITY], price[CAPACITY];
    uint8_t on_face[2 * CAPACITY + 1];               // `allowed` in a second phase
    double priced_u[CAPACITY], priced;               // multipliers of the last full pricing, its result
    double matrix[CAPACITY][CAPACITY], inverse[CAPACITY][CAPACITY], scratch[CAPACITY][CAPACITY];
    double buffer[2][BLOCK];
    bool may_screen; // whether amounts are far from the ends of single precision
    double found[FOUND]; // what the program at hand ended with

    // Bases that neighbours ended with; their inverses in units of the technology.
    int64_t held, next, used;
    int64_t start_basis[STARTS][CAPACITY];
    int64_t start_own[STARTS]; // place of the only unknown of the measure's own, -1: none
    double start_inverse[STARTS][CAPACITY][CAPACITY];

    // ---- algebra -----------------------------------------------------------------------------------

    // Gauss-Jordan with the largest pivot of each column; false where the basis is singular.
    bool invert() {
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
    void compute_values() {
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
    void compute_multipliers(bool refined) {
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
    void compute_alpha() {
        const int64_t r = this->r();
        for (int64_t j = 0; j < r; j++) {
            double total = 0.0;
            for (int64_t i = 0; i < r; i++) total += inverse[j][i] * column[i];
            alpha[j] = total;
        }
    }

    // Put `column`, whose coordinates are `alpha`, at a place of the basis; inverse and values follow.
    void pivot(int64_t at) {
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

    // ---- pricing -----------------------------------------------------------------------------------

    // out = v G_c of `width` columns from `start` on, summed in the order of the constraints.
    void products(const Table &table, int64_t start, int64_t width, const double *v,
                  double *__restrict out) const {
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

    template <typename Number> static Number largest_of(const Number *values, int64_t n) {
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

    // Whether a price of a group of columns is above `limit` in single precision. Four vectors of four, as
    // the compilers' own vectors, which all of them keep in registers.
    bool may_exceed(const Table &table, int64_t start, const float *v, float limit) const {
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
    double screening_error(const Table &table, const double *v, float *single) const {
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
    double largest_screened(const Table &table, const double *v, double error, const float *single,
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
    double highest(const Table &table, const double *v) {
        double best = 0.0;
        for (int64_t start = 0; start < table.n; start += BLOCK) {
            const int64_t width = table.n - start < BLOCK ? table.n - start : BLOCK;
            products(table, start, width, v, buffer[0]);
            best = most(best, largest_of(buffer[0], width));
        }
        return best;
    }

    // The largest v G_c and its column; 0 and -1 where none is above 0.
    double largest(const Table &table, const double *v, int64_t *at) {
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
    double largest_by_size(const Table &table, const double *v, int64_t *at) {
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
    double first_above(const Table &table, const double *v, double limit, int64_t *at) const {
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
    double cheapest(const Table &table, double limit, int64_t *at) {
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
    double drift() const {
        double total = 0.0;
        for (int64_t i = 0; i < r(); i++) total += fabs(u[i] - priced_u[i]) * reach[i];
        return total;
    }

    // Find the unknown with the least reduced cost, ARTIFICIAL where none is below 0, and the direction in
    // which it moves; `violation` is what the least falls short of 0. Where only rounding moved the
    // multipliers since all columns were priced (`must_price` false), their prices are bounded instead.
    int64_t entering(Objective objective, double rho, Rule rule, bool must_price, const Table &table,
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

    // ---- the vertex --------------------------------------------------------------------------------

    // Write `column` of an unknown and return its size.
    double write_column(int64_t name, const Table &table) {
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
    void describe(int64_t j, int64_t name, double by) {
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
    void write_basis(const Table &table) {
        for (int64_t j = 0; j < r(); j++) {
            describe(j, basis[j], write_column(basis[j], table));
            for (int64_t i = 0; i < r(); i++) matrix[i][j] = column[i];
        }
    }

    // Invert the basis and compute its values from the columns; false where it is singular.
    bool factorise(const Table &table) {
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

    bool is_basic(int64_t name) const {
        for (int64_t j = 0; j < r(); j++) {
            if (basis[j] == name) return true;
        }
        return false;
    }

    // By how much a value breaks its sign, or must be 0 and is not.
    double wrong_value(int64_t j) const {
        if (kind[j] == ZERO) return fabs(x[j]);
        return kind[j] == FREE ? 0.0 : most(0.0, -x[j]);
    }

    // Whether a basic slack that costs nothing takes up a residual of its constraint: by what sum lambda
    // has beyond its least, which may be 1e8 in units of the row, a residual is no violation.
    bool is_absorbed(int64_t i, double residual) const {
        for (int64_t j = 0; j < r(); j++) {
            if (basis[j] != i && basis[j] != r() + i) continue;
            if (kind[j] == NONNEGATIVE && over[j] == 0.0 && under[j] == 0.0) return x[j] >= residual;
        }
        return false;
    }

    // The largest residual of a constraint, wrong sign, or use of what may not move.
    double primal_violation() const {
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
    double backward_error() const {
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
    bool repair(double tolerance) {
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
    bool drive_out(const Table &table) {
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
    int64_t leaving(double direction, Rule rule) const {
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

    // ---- phases ------------------------------------------------------------------------------------

    void fraction(double *n, double *denominator_value) const {
        *n = n0;
        *denominator_value = d0;
        for (int64_t j = 0; j < r(); j++) {
            *n += over[j] * x[j];
            *denominator_value += under[j] * x[j];
        }
    }

    // What to minimise at this vertex, and its value there.
    Objective next_objective(Objective objective, Goal goal, double *value) {
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
    void price_basis(Objective objective, double rho, bool refined) {
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
    Status verdict(Objective objective, double rho, Goal goal) {
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
    Status improve(Goal goal, const Table &table) {
        const int64_t r = this->r();
        int age = 0, mended = 0, stalled = 0;
        Objective objective = FRACTION;
        // Right-hand sides that were computed are known no better than their precision.
        const double wrong = most(WRONG, 1e-3 * precision);
        bool is_repaired = repair(SLIP);
        if (is_repaired) {
            objective = FEASIBILITY;
            age = 1;
        }
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

    Status optimise(Goal goal, const Table &table) {
        if (is_basic(ARTIFICIAL) || !factorise(table)) return UNSOLVED;
        return improve(goal, table);
    }

    // ---- rows and their programs -------------------------------------------------------------------

    void measure_table(const Table &table) {
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
    void begin(const Technology &technology, int64_t row, const double *factors) {
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

    void take(const Programs &programs, int64_t index) {
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

    // Write what was found for a row, and what the bound by membership needs (proof.py): LOST is what
    // a residual of 1 of a membership may move, CHARGED the largest multiplier that charges for disposal.
    // names: the row of each column of the table.
    void write(const Technology &technology, const int64_t *names, const Optima &optima, int64_t index,
               Status status) {
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

    // ---- starts: at the best vertex that neighbours have shown -------------------------------------
    //
    // A basis of intensities and slacks is the same for every row but for units, so its inverse is kept
    // in units of the technology and only rescaled. One unknown of the measure's own (the distance of a
    // radial measure) may be in it: its column is exchanged for that of the row at hand. What is kept is a
    // start and never a proof.

    // Without intensities: of each constraint the slack that its sign asks for.
    void start_from_slacks() {
        const int64_t r = this->r();
        for (int64_t i = 0; i < r; i++) {
            const bool wants_minus = right[i] < 0.0 || (right[i] == 0.0 && !allowed[i]);
            basis[i] = wants_minus && allowed[r + i] ? r + i : i;
        }
    }

    // A basis that is given for this row; false where there is none over this table.
    bool start_from(const int32_t *given, const int64_t *places) {
        for (int64_t j = 0; j < r(); j++) {
            const int64_t place = given[j] >= e ? places[given[j] - e] : given[j];
            if (place < 0) return false;
            basis[j] = given[j] >= e ? e + place : place;
        }
        return true;
    }

    // A row that has a column: this alone, beside slacks of 0. The column takes the place of a slack that
    // may not move, else of the last that can be left.
    void start_from_itself(int64_t place) {
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
    double value_at(int64_t k) const {
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
    int64_t best_start(bool any) {
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
    void recall(int64_t k, const Table &table) {
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
    double unit_of_value(int64_t j) const {
        if (basis[j] >= e) return size[j];
        return basis[j] >= 2 * r() ? 1.0 : unit[basis[j] % r()];
    }

    // Let the inverse follow the matrix, of which the column at a place has changed.
    void exchange(int64_t place) {
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
    void remember() {
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

    // ---- programs ----------------------------------------------------------------------------------

    void reset(int64_t r) {
        rows_ = r;
        held = next = used = 0;
        priced = 0.0;
        for (int64_t i = 0; i < r; i++) priced_u[i] = 0.0;
    }

    // A program per row over one table; extreme (c): rows of the columns; places (n): columns of rows, or -1.
    void solve(const Technology &technology, const Table &table, const int64_t *extreme,
               const int64_t *places, const int64_t *which, int64_t q, const Programs &programs,
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
    int64_t gather(const Technology &technology, const Table &table, const int64_t *extreme,
                   const int64_t *first, const int64_t *members, const int64_t *codes, int64_t row,
                   bool joins, uint8_t *marks, int64_t *place, double *local, int64_t stride) const {
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
    Table face(const Table &from, const int64_t *names, const double *first, int64_t *place, double *local,
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
    bool start_among(const int32_t *given, const Table &table, const int64_t *place) {
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
    void solve_second(const Technology &technology, const Table &table, const int64_t *extreme,
                      int64_t *place, double *local, int64_t stride, const int64_t *which, int64_t q,
                      const Programs &programs, const Optima &optima) {
        reset(technology.r);
        measure_table(table);
        for (int64_t index = 0; index < q; index++) {
            begin(technology, which[index], technology.factors);
            take(programs, index);
            const Table left = face(table, extreme, programs.first + index * r(), place, local, stride);
            finish(technology, left, place, programs, index, optima);
        }
    }

    // Solve a program over a table of its own, from the given basis where there is one, else from slacks.
    void finish(const Technology &technology, const Table &left, const int64_t *place,
                const Programs &programs, int64_t index, const Optima &optima) {
        Status status = UNSOLVED;
        if (programs.start && start_among(programs.start + index * r(), left, place)) {
            status = optimise(OPTIMUM, left);
        }
        if (status >= UNSOLVED) {
            start_from_slacks();
            status = optimise(OPTIMUM, left);
        }
        write(technology, place, optima, index, status);
    }

    // A program per row over what is left without the rows of its code; `joins` lets each row join.
    void solve_without(const Technology &technology, const Table &table, const int64_t *extreme,
                       const int64_t *first, const int64_t *members, const int64_t *codes, bool joins,
                       uint8_t *marks, int64_t *place, double *local, int64_t stride,
                       const int64_t *which, int64_t q, const Programs &programs,
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
            finish(technology, left, place, programs, index, optima);
        }
    }

    // ---- extreme rows ------------------------------------------------------------------------------

    // Programs that ask for nothing but a point; only disposal is allowed.
    void take_membership(const uint8_t *disposal, const double *zeros) {
        e = 2 * r();
        numerator = denominator = own = zeros;
        allowed = disposal;
        free_sign = disposal;
        n0 = d0 = 0.0;
        precision = PROVED;
        for (int64_t i = 0; i < r(); i++) tall[i] = INFINITE;
    }

    // Whether a row follows from a table (SOLVED: it does), from the basis that is there or from slacks.
    Status is_inside(const Technology &technology, int64_t row, const Table &table, bool is_warm) {
        begin(technology, row, nullptr);
        Status status = is_warm ? optimise(POINT, table) : UNSOLVED;
        if (status == UNSOLVED) {
            start_from_slacks();
            status = optimise(POINT, table);
        }
        return status;
    }

    // Mark the rows that do not follow from a table.
    void find_outsiders(const Technology &technology, const Table &table, const int64_t *which,
                        int64_t q, uint8_t *outside) {
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

    // Let outsiders join a table, which has room for all, until all rows follow from it; returns its new
    // number of columns. An outsider gives a hyperplane between itself and the table; the outsider
    // farthest beyond it is extreme, up to ties, and joins. Rows inside are never priced: rounding would
    // let them join for ever.
    int64_t grow(const Technology &technology, double *columns, int64_t stride, int64_t n,
                 int64_t *extreme, const int64_t *which, int64_t q, uint8_t *outside) {
        const int64_t r = technology.r;
        double zeros[2 * CAPACITY] = {0};
        int64_t last[CAPACITY];
        bool has_last = false;
        reset(r);
        take_membership(technology.disposal, zeros);
        for (int64_t index = 0; index < q; index++) {
            while (outside[index]) {
                if (has_last) {
                    for (int64_t j = 0; j < r; j++) basis[j] = last[j];
                }
                const Table table = {columns, n, stride, nullptr};
                const Status status = is_inside(technology, which[index], table, has_last);
                if (status == SOLVED) {
                    outside[index] = 0;
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
                check(n < stride);
                extreme[n] = which[joining];
                for (int64_t i = 0; i < r; i++) {
                    columns[i * stride + n] = technology.rows[which[joining] * r + i];
                }
                n++;
            }
        }
        return n;
    }

    // Drop the columns that follow from the others; returns how many remain.
    int64_t prune(const Technology &technology, double *columns, int64_t stride, int64_t n,
                  int64_t *extreme) {
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

    // ---- proof -------------------------------------------------------------------------------------

    // Price rows of the reference set directly for some rows; worst (q): the largest violation of a dual
    // constraint per unit of size. Rows with the code of the evaluated one are left out. Each row is read
    // once for PRICED evaluated rows, whose multipliers lie side by side.
    void price_directly(const Technology &technology, const int64_t *reference, int64_t n,
                        const int64_t *codes, const int64_t *which, int64_t q, const double *duals,
                        double *worst) {
        const int64_t r = technology.r;
        double prices[CAPACITY][PRICED], bounds[PRICED][CAPACITY], top[PRICED];
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
                double value[PRICED];
                for (int l = 0; l < PRICED; l++) value[l] = prices[0][l] * values[0];
                for (int64_t i = 1; i < r; i++) {
                    for (int l = 0; l < PRICED; l++) value[l] += prices[i][l] * values[i];
                }
                if (largest_of(value, PRICED) <= 0.0) continue; // nearly always
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
};

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

// Bits of |value|, which grow as it does.
static inline uint64_t size_order(double value) {
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits & ~(UINT64_C(1) << 63);
}

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

EXPORT int64_t kernel_price(void *space, const Technology *technology, const int64_t *reference,
                            int64_t n, const int64_t *codes, const int64_t *which, int64_t q,
                            const double *duals, double *worst) {
    DISPATCH(simplex.price_directly(*technology, reference, n, codes, which, q, duals, worst))
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
// (moves (e, q), zeros before) and multipliers of the value. sizes (n): what rows were divided by. NaN and -1 where nothing is proved.
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
