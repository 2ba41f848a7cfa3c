// A second reading of programs that ended: a status must follow from basis, values and multipliers alone.

#pragma once

#include "interface.h"

// The columns that programs may combine: the extreme rows, without those of the row's own code, with what
// follows from these (`members`), and the row itself where it joins. Null codes: nothing leaves.
struct Choice {
    const int64_t *extreme, *first, *members, *codes;
    int64_t joins;
};

// Nothing here is shared with the simplex method: a fault there is seen here. What is read is what Python
// reads, `Optima`; all is computed again from the rows of the technology. A status that does not follow
// becomes UNSOLVED, and the row is solved another way.
//
//   SOLVED      |B x - h| small to rounding (Oettli and Prager), right signs, value and denominator those
//               of x, u h + n0 - rho d0 = 0, and no column that may enter has a price above PROVED
//   UNSETTLED   the same, but for a residual that was reported
//   INFEASIBLE  u h > 0 and u a <= 0 for all that may enter (Farkas), or u bounds the denominator by 0
struct Reader {
    const Technology &technology;
    const Table &table;
    const Choice &choice;
    const Programs &programs;
    const Optima &optima;
    int64_t r, e, row, index;
    const double *numerator, *denominator, *own, *first;
    const uint8_t *allowed;
    double d[LARGEST_R], right[LARGEST_R], bound[LARGEST_R], tall[LARGEST_R], u[LARGEST_R];
    double widest, on_face;

    Reader(const Technology &given, const Table &columns, const Choice &chosen, const Programs &asked,
           const Optima &ended)
        : technology(given), table(columns), choice(chosen), programs(asked), optima(ended), r(given.r),
          e(asked.e) {
        for (int64_t i = 0; i < r; i++) {
            tall[i] = 0.0;
            for (int64_t c = 0; c < table.n; c++) {
                tall[i] = most(tall[i], fabs(table.columns[i * table.stride + c]));
            }
        }
    }

    double reported(Found what) const { return optima.found[what * optima.q + index]; }
    static bool is_near(double a, double b, double size) { return fabs(a - b) <= 1e-12 * size; }

    void take(int64_t which, int64_t at) {
        row = which;
        index = at;
        widest = 0.0;
        for (int64_t i = 0; i < r; i++) {
            const double amount = technology.rows[row * r + i] * technology.factors[i];
            d[i] = amount != 0.0 ? fabs(amount) : 1.0;
            bound[i] = technology.bounded[i] ? 1.0 / d[i] : 0.0;
            right[i] = programs.right ? programs.right[index * r + i] : amount / d[i];
            u[i] = optima.duals[index * r + i];
            if (technology.bounded[i]) widest = most(widest, d[i]);
        }
        numerator = programs.numerator + (programs.numerators > 1 ? index * e : 0);
        denominator = programs.denominator + (programs.denominators > 1 ? index * e : 0);
        allowed = programs.allowed + (programs.alloweds > 1 ? index * e : 0);
        own = programs.own + (programs.owns > 1 ? index * r * (e - 2 * r) : 0);
        first = programs.first ? programs.first + index * r : nullptr;
        on_face = 0.0;
        if (!first) return;
        double longest = 0.0;
        for (int64_t i = 0; i < r; i++) {
            longest = most(longest, fabs(own[i]));
            on_face += 10.0 * ROUNDING * fabs(first[i]);
        }
        on_face += FACE / longest;
    }

    bool is_free(int64_t name) const { return name >= 2 * r && programs.free_sign[name - 2 * r]; }

    double entry(int64_t name, int64_t i) const {
        if (name >= 2 * r) return own[i * (e - 2 * r) + name - 2 * r];
        return name == i ? 1.0 : name == r + i ? -1.0 : 0.0;
    }

    // Whether an unknown beside the intensities may differ from 0, as a first phase leaves it.
    bool may_move(int64_t name) const {
        if (!allowed[name]) return false;
        if (!first || name >= 2 * r) return true;
        return (name < r ? -first[name] : first[name - r]) <= on_face;
    }

    // Whether a row may enter: it is not of the code that leaves, and the first phase leaves it.
    bool may_enter(int64_t other) const {
        const bool is_gone = choice.codes && choice.codes[other] == choice.codes[row];
        if (is_gone && !(choice.joins && other == row)) return false;
        if (!first) return true;
        double price = 0.0;
        for (int64_t i = 0; i < r; i++) {
            price += (first[i] * (1.0 / d[i]) + on_face * bound[i]) * technology.rows[other * r + i];
        }
        return price >= 0.0;
    }

    // The price u G / d of a row that may enter, per unit of size, is not above the limit.
    bool is_priced(int64_t other, double limit) const {
        if (!may_enter(other)) return true;
        double price = 0.0, by = 0.0;
        for (int64_t i = 0; i < r; i++) {
            price += u[i] / d[i] * technology.rows[other * r + i];
            by += bound[i] * technology.rows[other * r + i];
        }
        return price <= limit * (by > 0.0 ? by : 1.0);
    }

    // Whether all prices of a group of columns are below a limit, in single precision: four vectors of four.
    bool are_below(const float *columns, const float *v, float limit) const {
        Four value[GROUP / 4] = {};
        for (int64_t i = 0; i < r; i++) {
            for (int64_t k = 0; k < GROUP / 4; k++) {
                Four entries;
                __builtin_memcpy(&entries, columns + i * table.stride + 4 * k, sizeof entries);
                value[k] += v[i] * entries;
            }
        }
        auto below = value[0] < limit;
        for (int64_t k = 1; k < GROUP / 4; k++) below &= value[k] < limit;
        return below[0] && below[1] && below[2] && below[3];
    }

    // All columns that may enter have no price above the limit. In single precision first: groups that are
    // below by more than its error need no second look.
    bool are_priced(double limit) const {
        double total = 0.0;
        float v[LARGEST_R];
        for (int64_t i = 0; i < r; i++) {
            const double price = u[i] / d[i] - limit * bound[i];
            total += fabs(price) * tall[i];
            v[i] = (float)price;
        }
        const bool may_screen = table.screen && total > 1e-10 && total < 1e25;
        const float below = -(float)(total * (double)(r + 6) * (double)SINGLE);
        for (int64_t start = 0; start < table.n; start += GROUP) {
            const int64_t size = table.n - start < GROUP ? table.n - start : GROUP;
            if (may_screen && size == GROUP) {
                if (are_below(table.screen + start, v, below)) continue;
            }
            for (int64_t c = start; c < start + size; c++) {
                if (!is_priced(choice.extreme[c], limit)) return false;
            }
        }
        for (int64_t k = 0; choice.codes && k < table.n; k++) {
            if (choice.first[k] == choice.first[k + 1]) continue;
            if (choice.codes[choice.extreme[k]] != choice.codes[row]) continue;
            for (int64_t m = choice.first[k]; m < choice.first[k + 1]; m++) {
                if (!is_priced(choice.members[m], limit)) return false;
            }
        }
        return !choice.joins || is_priced(row, limit);
    }

    // No unknown beside the intensities has a reduced cost of n N - rho D below minus the limit.
    bool are_unknowns_priced(double n, double rho, double limit) const {
        for (int64_t name = 0; name < e; name++) {
            if (!may_move(name)) continue;
            double reduced = n * numerator[name] - rho * denominator[name];
            for (int64_t i = 0; i < r; i++) reduced -= u[i] * entry(name, i);
            const bool is_surplus = name == 2 * r - 1 && !technology.bounded[r - 1];
            // What sum lambda has beyond its least counts by how much that can be.
            if (is_surplus) reduced *= most(1.0, technology.tallest[r - 1] / d[r - 1] * widest);
            if (!(reduced >= -limit) || (is_free(name) && !(reduced <= limit))) return false;
        }
        return true;
    }

    double dual_value() const {
        double total = 0.0;
        for (int64_t i = 0; i < r; i++) total += u[i] * right[i];
        return total;
    }

    // What is said of the multipliers is true of them (`write` in rows.h).
    bool are_magnitudes_right() const {
        double lost = 0.0, charged = 0.0, steepness = 0.0;
        for (int64_t i = 0; i < r; i++) {
            double by = 1.0;
            if (!technology.plain[i]) by = most(1.0, technology.tallest[i] * widest / d[i]);
            lost += fabs(u[i]) * by;
            steepness += fabs(u[i]);
            if (technology.disposal[i]) charged = most(charged, u[i]);
            if (technology.disposal[r + i]) charged = most(charged, -u[i]);
        }
        return is_near(reported(LOST), lost, lost) && is_near(reported(STEEPNESS), steepness, steepness) &&
               is_near(reported(CHARGED), charged, charged);
    }

    bool is_infeasible() const {
        double largest = 0.0;
        for (int64_t i = 0; i < r; i++) largest = most(largest, fabs(u[i]));
        const double limit = PROVED * largest;
        if (dual_value() > limit && are_unknowns_priced(0.0, 0.0, limit) && are_priced(limit)) return true;
        return programs.d0 - dual_value() <= 2.0 * PROVED && are_unknowns_priced(0.0, 1.0, PROVED) &&
               are_priced(PROVED);
    }

    bool is_optimal(Status status) const {
        double residual[LARGEST_R], scale[LARGEST_R], wrong[LARGEST_R];
        double n = programs.n0, below = programs.d0, n_size = fabs(n), d_size = fabs(below);
        for (int64_t i = 0; i < r; i++) {
            residual[i] = -right[i];
            scale[i] = 1.0;
            wrong[i] = 0.0;
        }
        for (int64_t j = 0; j < r; j++) {
            const int64_t name = optima.basis[index * r + j];
            const double x = optima.basic[index * r + j];
            if (name < ARTIFICIAL || name >= e + technology.n) return false;
            if (!(fabs(x) < INFINITE)) return false;
            // Whatever the artificial unknown makes up is missing.
            if (name == ARTIFICIAL) continue;
            const bool is_row = name >= e;
            const bool moves = is_row ? may_enter(name - e) : may_move(name);
            const double off = !moves ? fabs(x) : !is_row && is_free(name) ? 0.0 : most(0.0, -x);
            for (int64_t i = 0; i < r; i++) {
                const double a =
                    is_row ? technology.rows[(name - e) * r + i] / d[i] : entry(name, i);
                residual[i] += a * x;
                scale[i] += fabs(a * x);
                wrong[i] += fabs(a) * off;
            }
            if (is_row) continue;
            n += numerator[name] * x;
            below += denominator[name] * x;
            n_size += fabs(numerator[name] * x);
            d_size += fabs(denominator[name] * x);
        }
        const double value = reported(VALUE);
        // Values were divided by the sizes of their columns, which is rounded once more.
        double tolerance = 2.0 * programs.precision;
        if (status == UNSETTLED) tolerance += (double)(r + 1) * reported(PRIMAL);
        for (int64_t i = 0; i < r; i++) {
            if (!((fabs(residual[i]) + wrong[i]) / scale[i] <= tolerance)) return false;
        }
        if (!(below > 0.0) || !is_near(reported(DENOMINATOR), below, d_size)) return false;
        if (!is_near(n, value * below, n_size + fabs(value) * d_size)) return false;
        const double gap = fabs(dual_value() + programs.n0 - value * programs.d0) / most(1.0, fabs(n));
        if (!(gap <= PROVED)) return false;
        return are_unknowns_priced(1.0, value, PROVED) && are_priced(PROVED);
    }

    bool follows(Status status) const {
        for (int64_t i = 0; i < r; i++) {
            if (!(fabs(u[i]) < INFINITE)) return false;
        }
        if (status == UNSOLVED) return true;
        if (!are_magnitudes_right()) return false;
        return status == INFEASIBLE ? is_infeasible() : is_optimal(status);
    }

    void read(const int64_t *which) {
        for (int64_t at = 0; at < optima.q; at++) {
            take(which[at], at);
            const uint8_t status = optima.status[at];
            if (status > UNSETTLED || !follows((Status)status)) optima.status[at] = UNSOLVED;
        }
    }
};
