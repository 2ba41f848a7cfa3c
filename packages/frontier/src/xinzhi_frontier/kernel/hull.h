// The free disposal hull: rows compared with single rows, of which a tree of boxes leaves out most.
//
// A row may only be compared with one candidate at a time (solve/hull.py), and the best comparison is the
// optimum. Candidates lie in a balanced tree, halved along the column in which they differ most; each node
// knows the least and the largest amount of each column. What no candidate of a box can beat is not looked
// at: differences, quotients, products and sums of rounded numbers grow where their terms do, so that the same
// operations at the corners of a box bound every computed value inside it, to the last bit. No tolerance
// is needed, and what is left out changes no result.
//
// References
//   Bentley, J. L. (1975), doi 10.1145/361002.361007 (trees of boxes).
//   Friedman, J. H., Bentley, J. L., Finkel, R. A. (1977), doi 10.1145/355744.355745 (bounds in them).

#pragma once

#include "interface.h"

constexpr int DEPTH = 64;      // levels of a tree, at most
constexpr double NEVER = HUGE_VAL;

// Candidates in a balanced tree: the children of node v are 2 v and 2 v + 1, the root is 1, and the leaves
// are the nodes from `leaves` on, a power of 2; leaf l holds the places from count l / leaves on.
struct Hull {
    double *points;  // (count, k): amounts, less is better; by leaf
    int64_t *places; // (count): their places in the order in which equally good ones are taken
    double *low;     // (2 leaves, k): least of each column in a node
    double *high;    // (2 leaves, k): largest
    int64_t *first;  // (2 leaves): least place
    int64_t count, k, leaves;

    int64_t begin(int64_t leaf) const { return count * leaf / leaves; }
};

// What evaluated rows ask of the hull: costs per own unit of what a candidate does better and worse.
struct Comparisons {
    const double *own;     // (q, k): amounts of the rows
    const double *worth;   // (q, k): an own unit in them
    const int64_t *codes;  // (q), or null: candidates of the same code are left out
    const int64_t *others; // (count): codes of the candidates by place, or null
    int64_t joins;         // whether a row may be compared with itself
};

static inline void exchange_points(const Hull &hull, int64_t a, int64_t b) {
    for (int64_t i = 0; i < hull.k; i++) {
        const double kept = hull.points[a * hull.k + i];
        hull.points[a * hull.k + i] = hull.points[b * hull.k + i];
        hull.points[b * hull.k + i] = kept;
    }
    const int64_t kept = hull.places[a];
    hull.places[a] = hull.places[b];
    hull.places[b] = kept;
}

// Put the points with the least sizes of a column first, up to `middle` (Hoare's selection).
static inline void divide_points(const Hull &hull, int64_t from, int64_t to, int64_t middle, int64_t i) {
    const double *values = hull.points + i;
    while (to - from > 1) {
        const uint64_t pivot = size_order(values[(from + (to - from) / 2) * hull.k]);
        int64_t a = from, b = to - 1;
        while (a <= b) {
            while (size_order(values[a * hull.k]) < pivot) a++;
            while (size_order(values[b * hull.k]) > pivot) b--;
            if (a <= b) exchange_points(hull, a++, b--);
        }
        // Points up to b are not larger than the pivot, those from a on not smaller, those between are it.
        if (middle <= b) {
            to = b + 1;
        } else if (middle >= a) {
            from = a;
        } else {
            return;
        }
    }
}

// The column in which the sizes of some points differ by the largest factor.
static inline int64_t widest_column(const Hull &hull, int64_t from, int64_t to) {
    uint64_t widest = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < hull.k; i++) {
        uint64_t least = UINT64_MAX, largest = 0;
        for (int64_t c = from; c < to; c++) {
            const uint64_t size = size_order(hull.points[c * hull.k + i]);
            least = size < least ? size : least;
            largest = size > largest ? size : largest;
        }
        if (to > from && largest - least > widest) {
            widest = largest - least;
            at = i;
        }
    }
    return at;
}

// Order points into a tree, and write its boxes. `points` and `places` are those of the candidates.
static inline void build_hull(const Hull &hull) {
    const int64_t k = hull.k, leaves = hull.leaves;
    for (int64_t width = leaves; width > 1; width /= 2) {
        for (int64_t leaf = 0; leaf < leaves; leaf += width) {
            const int64_t from = hull.begin(leaf), to = hull.begin(leaf + width);
            divide_points(hull, from, to, hull.begin(leaf + width / 2), widest_column(hull, from, to));
        }
    }
    for (int64_t node = 2 * leaves - 1; node > 0; node--) {
        const bool is_leaf = node >= leaves;
        // A leaf holds points, another node two boxes: either way from the least to the largest.
        const int64_t from = is_leaf ? hull.begin(node - leaves) : 2 * node;
        const int64_t to = is_leaf ? hull.begin(node - leaves + 1) : 2 * node + 2;
        const double *lows = is_leaf ? hull.points : hull.low;
        const double *highs = is_leaf ? hull.points : hull.high;
        const int64_t *firsts = is_leaf ? hull.places : hull.first;
        double *low = hull.low + node * k, *high = hull.high + node * k;
        for (int64_t i = 0; i < k; i++) {
            low[i] = NEVER;
            high[i] = -NEVER;
        }
        int64_t first = INT64_MAX;
        for (int64_t c = from; c < to; c++) {
            for (int64_t i = 0; i < k; i++) {
                low[i] = least(low[i], lows[c * k + i]);
                high[i] = most(high[i], highs[c * k + i]);
            }
            first = firsts[c] < first ? firsts[c] : first;
        }
        hull.first[node] = first;
    }
}

// Whether a candidate is nowhere more than a row and somewhere less.
static inline bool dominates(const double *candidate, const double *own, int64_t k) {
    bool is_less = false;
    for (int64_t i = 0; i < k; i++) {
        if (candidate[i] > own[i]) return false;
        is_less |= candidate[i] < own[i];
    }
    return is_less;
}

static inline bool is_dominated(const Hull &hull, const double *own) {
    int64_t stack[DEPTH], held = 0;
    stack[held++] = 1;
    while (held) {
        const int64_t node = stack[--held];
        // A corner that does not dominate has none behind it that does: it is more somewhere, or the row.
        if (!dominates(hull.low + node * hull.k, own, hull.k)) continue;
        if (dominates(hull.high + node * hull.k, own, hull.k)) return true;
        if (node < hull.leaves) {
            stack[held++] = 2 * node + 1;
            stack[held++] = 2 * node;
            continue;
        }
        for (int64_t c = hull.begin(node - hull.leaves); c < hull.begin(node - hull.leaves + 1); c++) {
            if (dominates(hull.points + c * hull.k, own, hull.k)) return true;
        }
    }
    return false;
}

// How good a comparison is: less is better, first by `key`, then by `value`, then by place. Where a program
// has a distance, `key` is minus it, as both phases are at the largest one; else it is the value, twice.
struct Worth {
    double key, value;
    int64_t place;

    bool is_beaten_by(double other, double also, int64_t at) const {
        if (other != key) return other < key;
        if (also != value) return also < value;
        return at < place;
    }
};

template <int CAPACITY, bool FIXED> struct Comparison {
    const Hull &hull;
    const Comparisons &asked;
    const Programs &programs;
    const int64_t r;
    const bool has_distance;

    // The evaluated row, and what it is compared by.
    int64_t code;
    const double *own, *worth, *along; // amounts, own units, the direction of the distance
    const double *numerator, *denominator;
    const uint8_t *allowed;
    double step[CAPACITY]; // of the distance, in units of the data
    Worth best;
    int64_t found; // place of the best candidate; count: the row itself, -1: none
    int64_t last;  // the point that was best for the row before

    Comparison(const Hull &candidates, const Comparisons &rows, const Programs &given, int64_t constraints)
        : hull(candidates), asked(rows), programs(given), r(constraints),
          has_distance(given.e > 2 * constraints), last(-1) {}

    int64_t k() const { return FIXED ? CAPACITY : hull.k; }

    void begin(int64_t index) {
        const int64_t e = programs.e;
        code = asked.codes ? asked.codes[index] : 0;
        own = asked.own + index * k();
        worth = asked.worth + index * k();
        numerator = programs.numerator + (programs.numerators > 1 ? index * e : 0);
        denominator = programs.denominator + (programs.denominators > 1 ? index * e : 0);
        allowed = programs.allowed + (programs.alloweds > 1 ? index * e : 0);
        along = programs.own + (programs.owns > 1 ? index * r : 0);
        for (int64_t i = 0; i < k(); i++) step[i] = has_distance ? worth[i] * along[i] : 0.0;
        best = {NEVER, NEVER, INT64_MAX};
        found = -1;
    }

    bool is_moved(int64_t i) const { return has_distance && along[i] != 0.0; }
    static double cost(double gap, double gain, double loss) {
        return gap > 0.0 ? gain * gap : loss * -gap;
    }

    // What the distance `by` leaves of a gap: the column that ends the way has no slack but rounding.
    double left(double gap, int64_t i, double by) const {
        if (!has_distance) return gap;
        gap -= along[i] * by;
        return gap > 0.0 ? gap : 0.0;
    }

    // Value of a fraction, infinite where its denominator is not above 0.
    double value_of(double over, double under, double by) const {
        if (has_distance) {
            over += numerator[2 * r] * by;
            under += denominator[2 * r] * by;
        }
        over += programs.n0;
        under += programs.d0;
        if (!(under > 0.0)) return NEVER;
        const double value = over / under;
        return fabs(value) < NEVER ? value : NEVER;
    }

    // Compare with a candidate; -1: with itself.
    void compare(int64_t c) {
        if (c < 0) {
            if (has_distance && best.key < 0.0) return; // from itself a row is at no distance
            const double value = value_of(0.0, 0.0, 0.0);
            take(has_distance ? 0.0 : value, value, hull.count);
            return;
        }
        const double *other = hull.points + c * k();
        const int64_t place = hull.places[c];
        if (asked.others && asked.others[place] == code) return;
        double gaps[CAPACITY], distance = NEVER, over = 0.0, under = 0.0;
        for (int64_t i = 0; i < k(); i++) {
            gaps[i] = own[i] - other[i];
            if (is_moved(i)) continue;
            // A slack that is not allowed must not be needed.
            if (gaps[i] < 0.0 && !allowed[r + i]) return;
            if (gaps[i] > 0.0 && !allowed[i]) return;
        }
        for (int64_t i = 0; has_distance && i < k(); i++) {
            if (step[i] > 0.0) distance = least(distance, gaps[i] / step[i]);
        }
        if (has_distance && -distance > best.key) return;
        for (int64_t i = 0; i < k(); i++) {
            const double gap = left(gaps[i] / worth[i], i, distance);
            over += cost(gap, numerator[i], numerator[r + i]);
            under += cost(gap, denominator[i], denominator[r + i]);
        }
        const double value = value_of(over, under, distance);
        take(has_distance ? -distance : value, value, place);
        if (found == place) last = c;
    }

    void take(double key, double value, int64_t place) {
        if (!best.is_beaten_by(key, value, place)) return;
        best = {key, value, place};
        // The largest distance counts even where it has no value; without a distance no value is no point.
        found = place;
    }

    // The least that a gap from `from` to `to` costs, in units of the data: on either side of 0, where it is
    // 0, a cost only rises or only falls.
    double lowest(int64_t i, double from, double to, double gain, double loss, double by) const {
        if (gain == 0.0 && loss == 0.0) return 0.0;
        if (has_distance) return gain * left((gain < 0.0 ? to : from) / worth[i], i, by);
        double value = from <= 0.0 && to >= 0.0 ? 0.0 : NEVER;
        if (to > 0.0) value = least(value, gain * (most(gain < 0.0 ? to : from, 0.0) / worth[i]));
        if (from < 0.0) value = least(value, loss * (most(loss < 0.0 ? -from : -to, 0.0) / worth[i]));
        return value;
    }

    // Bound what the candidates of a box reach: no key and, with that key, no value is below; false where
    // the row can be compared with none of them.
    bool bound(int64_t node, double *key, double *value) const {
        const double *low = hull.low + node * k(), *high = hull.high + node * k();
        double from[CAPACITY], to[CAPACITY], distance = NEVER;
        for (int64_t i = 0; i < k(); i++) {
            from[i] = own[i] - high[i];
            to[i] = own[i] - low[i];
            if (!is_moved(i)) {
                if (!allowed[r + i]) from[i] = most(from[i], 0.0);
                if (!allowed[i]) to[i] = least(to[i], 0.0);
                if (from[i] > to[i]) return false;
            }
            if (step[i] > 0.0) distance = least(distance, to[i] / step[i]);
        }
        *key = -distance;
        *value = -NEVER;
        if (has_distance && *key != best.key) return *key < best.key;
        double over = 0.0, under = 0.0;
        for (int64_t i = 0; i < k(); i++) {
            over += lowest(i, from[i], to[i], numerator[i], numerator[r + i], distance);
            under -= lowest(i, from[i], to[i], -denominator[i], -denominator[r + i], distance);
        }
        // What is out of range says nothing. Else the least fraction has the least numerator, over the largest
        // denominator where it is not below 0.
        if (fabs(over) < NEVER && fabs(under) < NEVER) {
            *value = value_of(over, under, distance);
            if (*value < 0.0) *value = least_below_zero(from, to, over, distance);
        }
        if (has_distance) return true;
        *key = *value;
        return *value < NEVER;
    }

    double least_below_zero(const double *from, const double *to, double over, double by) const {
        double under = 0.0;
        for (int64_t i = 0; i < k(); i++) {
            under += lowest(i, from[i], to[i], denominator[i], denominator[r + i], by);
        }
        const double value = value_of(over, under, by);
        return value < NEVER ? value : -NEVER;
    }

    // A node that may hold better ones, and the bound that says so.
    struct Open {
        int64_t node;
        double key, value;
        bool may_help;
    };

    Open look(int64_t node) const {
        Open box = {node, NEVER, NEVER, false};
        box.may_help = bound(node, &box.key, &box.value) && may_help(box);
        return box;
    }

    bool may_help(const Open &box) const {
        return best.is_beaten_by(box.key, box.value, hull.first[box.node]);
    }

    void search() {
        Open stack[DEPTH];
        int64_t held = 0;
        if (last >= 0) compare(last);
        stack[held++] = look(1);
        while (held) {
            Open box = stack[--held];
            // What was found since may leave it out.
            if (!box.may_help || !may_help(box)) continue;
            if (box.node >= hull.leaves) {
                const int64_t end = hull.begin(box.node - hull.leaves + 1);
                for (int64_t c = hull.begin(box.node - hull.leaves); c < end; c++) compare(c);
                continue;
            }
            Open near = look(2 * box.node), far = look(2 * box.node + 1);
            // The child that can be better first: what it gives leaves out more of the other.
            if (!near.may_help || (far.may_help && far.key < near.key)) {
                box = near;
                near = far;
                far = box;
            }
            check(held + 2 <= DEPTH);
            if (far.may_help) stack[held++] = far;
            if (near.may_help) stack[held++] = near;
        }
    }

    // Write the best candidate of each row by its place, and how far the row goes.
    void run(int64_t from, int64_t to, int64_t *chosen, double *distance) {
        for (int64_t index = from; index < to; index++) {
            begin(index);
            search();
            if (asked.joins) compare(-1);
            chosen[index] = best.value < NEVER ? found : -1;
            distance[index] = 0.0 - best.key; // 0 and not -0
        }
    }
};
