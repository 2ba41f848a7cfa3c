// The state of a solve: a row, its program, the vertex, the starts; what belongs to what.

#pragma once

#include "interface.h"

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
    double artificial[CAPACITY];              // column of the artificial unknown
    double column[CAPACITY], alpha[CAPACITY]; // entering column, itself and B^-1 times it
    double rest[CAPACITY], price[CAPACITY];
    double matrix[CAPACITY][CAPACITY], inverse[CAPACITY][CAPACITY], scratch[CAPACITY][CAPACITY];
    double found[FOUND]; // what the program at hand ended with

    // Pricing.
    double priced_u[CAPACITY], priced; // multipliers of the last full pricing, its result
    double buffer[2][BLOCK];
    bool may_screen;                   // whether amounts are far from the ends of single precision
    uint8_t on_face[2 * CAPACITY + 1]; // `allowed` in a second phase

    // Bases that neighbours ended with; their inverses in units of the technology.
    int64_t held, next, used;
    int64_t start_basis[STARTS][CAPACITY];
    int64_t start_own[STARTS]; // place of the only unknown of the measure's own, -1: none
    double start_inverse[STARTS][CAPACITY][CAPACITY];

    // algebra.h: the inverse of a basis, and the values and multipliers that follow from it
    bool invert();
    void compute_values();
    void compute_multipliers(bool refined);
    void compute_alpha();
    void pivot(int64_t at);

    // pricing.h: who enters: reduced costs of all columns, screened in single precision
    void products(const Table &table, int64_t start, int64_t width, const double *v,
                  double *__restrict out) const;
    bool may_exceed(const Table &table, int64_t start, const float *v, float limit) const;
    double screening_error(const Table &table, const double *v, float *single) const;
    double largest_screened(const Table &table, const double *v, double error, const float *single,
                            int64_t *at);
    double highest(const Table &table, const double *v);
    double largest(const Table &table, const double *v, int64_t *at);
    double largest_by_size(const Table &table, const double *v, int64_t *at);
    double first_above(const Table &table, const double *v, double limit, int64_t *at) const;
    double cheapest(const Table &table, double limit, int64_t *at);
    double drift() const;
    int64_t entering(Objective objective, double rho, Rule rule, bool must_price, const Table &table,
                     double *direction, double *violation);

    // vertex.h: the basis as unknowns with signs and costs; repairs, and who leaves
    double write_column(int64_t name, const Table &table);
    void describe(int64_t j, int64_t name, double by);
    void write_basis(const Table &table);
    bool factorise(const Table &table);
    bool is_basic(int64_t name) const;
    double wrong_value(int64_t j) const;
    bool is_absorbed(int64_t i, double residual) const;
    double primal_violation() const;
    double backward_error() const;
    bool repair(double tolerance);
    bool drive_out(const Table &table);
    int64_t leaving(double direction, Rule rule) const;

    // phases.h: the simplex method: what to minimise, when to stop, and what the last vertex proves
    void fraction(double *n, double *denominator_value) const;
    Objective next_objective(Objective objective, Goal goal, double *value);
    void price_basis(Objective objective, double rho, bool refined);
    Status verdict(Objective objective, double rho, Goal goal);
    Status improve(Goal goal, const Table &table);
    Status optimise(Goal goal, const Table &table);
    Status optimise_near(Goal goal, const Table &table, int64_t from);

    // rows.h: a row and its program as the simplex method sees them, and where it starts
    void measure_table(const Table &table);
    void begin(const Technology &technology, int64_t row, const double *factors);
    void take(const Programs &programs, int64_t index);
    void write(const Technology &technology, const int64_t *names, const Optima &optima, int64_t index,
               Status status);
    void start_from_slacks();
    bool start_from(const int32_t *given, const int64_t *places);
    void start_from_itself(int64_t place);
    double value_at(int64_t k) const;
    int64_t best_start(bool any);
    void recall(int64_t k, const Table &table);
    double unit_of_value(int64_t j) const;
    void exchange(int64_t place);
    void remember();

    // programs.h: the loops over rows: one table for all, second phases, tables without the rows of a code
    void reset(int64_t r);
    void solve(const Technology &technology, const Table &table, const int64_t *extreme,
               const int64_t *places, const int64_t *which, int64_t q, const Programs &programs,
               const Optima &optima);
    int64_t gather(const Technology &technology, const Table &table, const int64_t *extreme,
                   const int64_t *first, const int64_t *members, const int64_t *codes, int64_t row,
                   bool joins, uint8_t *marks, int64_t *place, double *local, int64_t stride) const;
    Table face(const Table &from, const int64_t *names, const double *first, int64_t *place,
               double *local, int64_t stride);
    bool start_among(const int32_t *given, const Table &table, const int64_t *place);
    void solve_second(const Technology &technology, const Table &table, const int64_t *extreme,
                      int64_t *place, double *local, int64_t stride, const int64_t *which, int64_t q,
                      const Programs &programs, const Optima &optima);
    void finish(const Technology &technology, const Table &left, int64_t beside_place,
                const int64_t *place, const Programs &programs, int64_t index, const Optima &optima);
    void solve_without_wide(const Technology &technology, double *columns, float *screen, int64_t n,
                            int64_t stride, const int64_t *first, const int64_t *members,
                            const int64_t *codes, const int64_t *by_code, bool joins, uint8_t *marks,
                            int64_t *place, const int64_t *which, int64_t q, const Programs &programs,
                            const Optima &optima);
    void solve_without(const Technology &technology, const Table &table, const int64_t *extreme,
                       const int64_t *first, const int64_t *members, const int64_t *codes, bool joins,
                       uint8_t *marks, int64_t *place, double *local, int64_t stride,
                       const int64_t *which, int64_t q, const Programs &programs, const Optima &optima);

    // extremes.h: extreme rows of a reference set, and direct prices
    void take_membership(const uint8_t *disposal, const double *zeros);
    Status is_inside(const Technology &technology, int64_t row, const Table &table, bool is_warm);
    void find_outsiders(const Technology &technology, const Table &table, const int64_t *which,
                        int64_t q, uint8_t *outside);
    int64_t grow(const Technology &technology, double *columns, int64_t stride, int64_t n,
                 int64_t *extreme, const int64_t *which, int64_t q, uint8_t *outside);
    int64_t join(const Technology &technology, double *columns, int64_t stride, int64_t n,
                 int64_t *extreme, int64_t row) const;
    int64_t prune(const Technology &technology, double *columns, int64_t stride, int64_t n,
                  int64_t *extreme);
    int64_t prune_wide(const Technology &technology, double *columns, float *screen, int64_t n,
                       int64_t *extreme);
    void write_column_of(const Technology &technology, double *columns, float *screen, int64_t stride,
                         int64_t place, int64_t row) const;
    void bound_prices(const Technology &technology, int64_t row);
    bool any_above_zero(const double (*prices)[PRICED], const double *values, double *value) const;
    void price_directly(const Technology &technology, const int64_t *reference, int64_t n,
                        const int64_t *codes, const int64_t *which, int64_t q, const double *duals,
                        double *worst);
};
