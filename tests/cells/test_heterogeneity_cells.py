"""Heterogeneity: every printed cell, coloured cell and point is the number that it names."""

from __future__ import annotations

from itertools import combinations

import pytest

from printed import (
    Expected,
    check,
    check_sentences,
    digits,
    estimate,
    number,
    p_value,
    stars,
    words,
)
from printed_charts import Point, layers_of, points_of, rows_of
from regression_cells import regression_cells

NAMES = {"talent": "Talent", "patents": "patents", "control": "control"}
GROUPINGS = {"region": "Region", "third": "third"}
MEMBERS = {"region": ("east", "other"), "third": ("first", "second", "third")}
WALD, SHUFFLED = "Interaction", "Permutation of entities"
COLUMNS = {
    "f": (WALD, "F"),
    "distribution": (WALD, "Distribution"),
    "p": (WALD, "p"),
    "holm": (WALD, "p, Holm"),
    "groups": (SHUFFLED, "Groups"),
    "difference": (SHUFFLED, "Difference"),
    "p_permutation": (SHUFFLED, "p"),
}
LEVEL = 0.1
"""As the study declares it (`inference.level`)."""


@pytest.fixture
def cities(mechanism):
    return mechanism.result.results["heterogeneity"]["cities"].groupings


@pytest.fixture
def fitted(cities):
    """(Grouping, member) -> estimates, in the order of the study file."""
    found = {(by, member): one for by, groups in cities.items() for member, one in groups.groups}
    assert list(found) == [(by, member) for by in GROUPINGS for member in MEMBERS[by]]
    return found


def test_groups_hold_their_own_rows(mechanism, fitted):
    """The regression of a group stands on the entities of that group: from the raw column."""
    codes = {("region", "east"): [1], ("region", "other"): [0, 2]}
    codes |= {("third", name): [at] for at, name in enumerate(MEMBERS["third"])}
    region = mechanism.result.panel.frame["region"]
    for key, one in fitted.items():
        assert set(region.loc[one.residuals.index].astype(int)) == set(codes[key])


def test_groups(mechanism, fitted):
    """Each regression stands under its group and its grouping."""
    headings = {
        f"c{at}": (GROUPINGS[by], f"({at}) {member}") for at, (by, member) in enumerate(fitted, 1)
    }
    rows, cells = regression_cells(list(fitted.values()), list(NAMES), NAMES)

    check(mechanism, "cities", Expected(headings, rows, cells))


def adjusted(p_values):
    """Holm's adjustment of two p-values, by hand."""
    small, large = sorted(p_values)
    first = min(1.0, 2 * small)
    return [first if p == small else max(first, large) for p in p_values]


def slope(estimates, name):
    at = estimates.names.index(name)
    return estimates.estimate[at], estimates.p_value[at]


def wald_tests(cities, name):
    """The Wald test of each grouping with its p-value after Holm."""
    tests = [
        next((d.interaction for d in one.differences if d.regressor == name), one.joint)
        for one in cities.values()
    ]
    return list(zip(cities, tests, adjusted([one.p_value for one in tests]), strict=True))


def test_differences(mechanism, cities, fitted):
    """A difference is one slope less the other; Holm's p stands beside the raw one."""
    rows, cells = {}, {}
    for at, by in enumerate(GROUPINGS):
        for name in ("talent", "patents", "*"):
            key = f"{by}:{name}"
            rows[key] = f"{GROUPINGS[by]}: {NAMES.get(name, 'all together')}"
            _, test, holm = wald_tests(cities, name)[at]
            cells |= {
                (key, "f"): number(test.value), (key, "distribution"): words(test.distribution),
                (key, "p"): p_value(test.p_value), (key, "holm"): p_value(holm),
            }  # fmt: skip
            pairs = list(combinations(MEMBERS[by], 2)) if name != "*" else []
            for place, (first, second) in enumerate(pairs):
                line = key if place == 0 else f"{key}:{place + 1}"
                rows |= {line: rows.get(line, "")}
                gap = slope(fitted[by, first], name)[0] - slope(fitted[by, second], name)[0]
                (known,) = (
                    one
                    for d in cities[by].differences
                    if d.regressor == name
                    for one in d.permutations
                    if one.groups == (first, second)
                )
                assert known.observed == pytest.approx(
                    gap, abs=1e-9
                )  # rounding: by sums of squares
                cells |= {
                    (line, "groups"): words(f"{first} less {second}"),
                    (line, "difference"): estimate(known.observed),
                    (line, "p_permutation"): p_value(known.p_value),
                }

    check(mechanism, "cities_differences", Expected(COLUMNS, rows, cells, "Grouping, variable"))


def test_the_study_tells_holm_from_the_raw_p(cities):
    """Some difference is significant before the adjustment only, some is after it."""
    found = [
        (t.p_value, holm)
        for name in ("talent", "patents")
        for _, t, holm in wald_tests(cities, name)
    ]

    assert {(p < LEVEL, holm < LEVEL) for p, holm in found} == {(True, True), (True, False)}


def test_sentences(mechanism, cities):
    """A difference is significant where Holm's p is."""
    sentences = []
    for name in ("talent", "patents"):
        for by, test, holm in wald_tests(cities, name):
            p = "p < 0.001" if test.p_value < 0.001 else f"p = {digits(test.p_value)}"
            tail = f"({p}, by Holm {p_value(holm).text})."
            sentences.append(
                f"{GROUPINGS[by]}: the slope of {NAMES[name]} differs between the groups {tail}"
                if holm < LEVEL
                else f"{GROUPINGS[by]}: the difference between the groups in the slope of {NAMES[name]} "
                f"is not statistically significant {tail}"
            )

    check_sentences(mechanism, "cities_differences", sentences)


def test_points(mechanism, fitted):
    """Each point is a slope of its group, each line its interval; hollow from the weakest star on."""
    expected = []
    for by, grouping in GROUPINGS.items():
        for name in ("talent", "patents"):
            for member in MEMBERS[by]:
                one = fitted[by, member]
                at = one.names.index(name)
                expected.append(
                    Point(
                        f"{NAMES[name]} | {grouping}: {member}",
                        one.estimate[at],
                        one.ci_low[at],
                        one.ci_high[at],
                        is_filled=bool(one.p_value[at] < LEVEL),
                    )
                )
    assert {one.is_filled for one in expected} == {True, False}

    assert points_of(mechanism.charts["cities_groups"]) == expected


def test_heat_map(mechanism, fitted):
    """Each cell carries its number and its stars, in the colour of its sign and size where it is significant."""
    chart = mechanism.charts["cities_heat"].specifications["en"]
    (rect,), (text,) = layers_of(chart, "rect"), layers_of(chart, "text")
    domain, colours = (rect["encoding"]["color"]["scale"][key] for key in ("domain", "range"))
    assert (domain, colours[0], colours[-1]) == ([-1, 1], "#b35806", "#12436d")
    fields = [
        rect["encoding"]["y"]["field"],
        rect["encoding"]["x"]["field"],
        text["encoding"]["text"]["field"],
        rect["encoding"]["color"]["field"],
    ]
    found = {tuple(row[f] for f in fields[:3]): row[fields[3]] for row in rows_of(chart, rect)}
    expected = {}
    for name in ("talent", "patents"):
        largest = max(abs(slope(one, name)[0]) for one in fitted.values())
        for (by, member), one in fitted.items():
            b, p = slope(one, name)
            colour = b / largest if p < LEVEL else None
            expected[f"{GROUPINGS[by]}: {member}", NAMES[name], digits(b) + stars(p)] = colour
    assert {colour is None for colour in expected.values()} == {True, False}

    assert found == expected
