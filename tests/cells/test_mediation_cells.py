"""Mediation: every printed cell, point and arrow is the number that it names."""

from __future__ import annotations

import pytest

from printed import (
    Expected,
    check,
    check_sentences,
    digits,
    error,
    estimate,
    number,
    p_value,
    percent,
    stars,
)
from printed_charts import Arrow, Point, arrows_of, points_of
from regression_cells import regression_cells

LEVEL = 0.1
"""That the made study declares."""
NAMES = {
    "talent": "Talent",
    "patents": "patents",
    "firms": "Firms",
    "rivals": "Rivals",
    "green": "Green",
    "control": "control",
}
COLUMNS = {
    "a": "a",
    "b": "b",
    "indirect": "ab",
    "z": "Sobel z",
    "p": "p",
    "low": ("90% interval of ab", "Lower bound"),
    "high": ("90% interval of ab", "Upper bound"),
    "direct": "direct",
    "total": "total",
    "share": "share",
}
CHINESE = {"direct": "直接效应", "total": "总效应", "share": "占比"}


def slope(estimates, name):
    """The slope, its error and its p-value, from the arrays of the estimates."""
    at = estimates.names.index(name)
    return estimates.estimate[at], estimates.std_error[at], estimates.p_value[at]


@pytest.fixture(params=["mechanism", "single"])
def name(request):
    return request.param


@pytest.fixture
def mediation(mechanism, name):
    return mechanism.result.results["mediation"][name]


def test_effects(mechanism, mediation, name):
    """a, b and the direct effect are slopes of their equations; ab, share and tests follow from them."""
    rows, cells = {}, {}
    found = {(one.factor, one.mediator): one for one in mediation.effects}
    for equations in mediation.through:
        for factor in ("talent", "patents"):
            effect = found[factor, equations.mediator]
            key = f"{factor} -> {equations.mediator}"
            rows |= {key: f"{NAMES[factor]} → {NAMES[equations.mediator]}", f"{key}:std_error": ""}
            a, a_error, _ = slope(equations.first, factor)
            b, b_error, _ = slope(equations.second, equations.mediator)
            direct, direct_error, _ = slope(equations.second, factor)
            total, total_error, _ = slope(mediation.total, factor)
            sobel_error = (b**2 * a_error**2 + a**2 * b_error**2) ** 0.5
            test = effect.sobel.sobel
            assert test.value == pytest.approx(a * b / sobel_error)  # rounding
            top = {
                "a": estimate(a), "b": estimate(b), "indirect": estimate(a * b, effect.interval.p_value),
                "z": number(test.value), "p": p_value(test.p_value),
                "low": number(effect.interval.low), "high": number(effect.interval.high),
                "direct": estimate(direct), "total": estimate(total), "share": percent(effect.share),
            }  # fmt: skip
            beneath = {
                "a": error(a_error), "b": error(b_error), "indirect": error(effect.sobel.std_error),
                "direct": error(direct_error), "total": error(total_error),
            }  # fmt: skip
            assert effect.sobel.std_error == pytest.approx(sobel_error)  # rounding
            assert effect.interval.low < effect.interval.high
            cells |= {(key, column): shown for column, shown in top.items()}
            cells |= {(f"{key}:std_error", column): shown for column, shown in beneath.items()}

    check(
        mechanism, f"{name}_effects", Expected(COLUMNS, rows, cells, "Factor → mediator", CHINESE)
    )


def test_the_study_shows_both_signs(mechanism):
    """The checks tell signs and shares apart only where there are some."""
    effects = mechanism.result.results["mediation"]["mechanism"].effects

    assert {one.indirect > 0 for one in effects} == {True, False}
    assert {one.share == one.share for one in effects} == {True, False}
    assert {stars(one.sobel.sobel.p_value) for one in effects} >= {"", "***"}


def test_equations(mechanism, mediation, name):
    """Each equation stands under its number, its words and its outcome."""
    through = mediation.through
    columns = [
        ("Green", "total effect", mediation.total),
        *((NAMES[one.mediator], "factors on the mediator", one.first) for one in through),
        *(("Green", "factors and mediator", one.second) for one in through),
        *(("Green", "mediator alone", one.alone) for one in through),
    ]
    headings = {
        f"c{at}": (outcome, f"({at}) {words}") for at, (outcome, words, _) in enumerate(columns, 1)
    }
    slopes = ["talent", "patents", *(one.mediator for one in through), "control"]
    rows, cells = regression_cells([one for _, _, one in columns], slopes, NAMES)

    check(mechanism, name, Expected(headings, rows, cells))


def test_sentences(mechanism, mediation, name):
    """Each effect is read with its own numbers, and as what its interval says."""
    sentences = []
    for one in mediation.effects:
        low, high, test = one.interval.low, one.interval.high, one.sobel.sobel
        assert one.interval.p_value >= 2 / (one.interval.n_draws + 1)
        own = f"p = {digits(one.interval.p_value)}"
        p = "p < 0.001" if test.p_value < 0.001 else f"p = {digits(test.p_value)}"
        sure = (
            f"{own} and 90% interval from {digits(low)} to {digits(high)} by the cluster bootstrap; "
            f"Sobel z = {digits(test.value, 2)}, {p}"
        )
        path = f"{NAMES[one.factor]} through {NAMES[one.mediator]} on Green"
        if one.interval.p_value >= LEVEL:
            sentences.append(
                f"The mediated effect of {path} is not statistically significant: ab = {digits(one.indirect)}; {sure}."
            )
        elif one.share == one.share:
            goes = f"The association of {NAMES[one.factor]} with Green is mediated by {NAMES[one.mediator]}"
            sentences.append(
                f"Part of {goes[0].lower()}{goes[1:]}: ab = {digits(one.indirect)}, "
                f"{digits(100 * one.share, 1)}% of the total effect; {sure}."
            )
        else:
            sentences.append(
                f"The mediated effect of {path} is statistically significant: ab = "
                f"{digits(one.indirect)}; {sure}; no share of the total effect is given: {one.share_remark}."
            )
    sentences.append(
        f"All equations are estimated on one sample of {mediation.total.n} rows, so that total = direct + ab; "
        f"the largest difference is {max(abs(one.identity) for one in mediation.effects):.1e}."
    )

    check_sentences(mechanism, f"{name}_effects", sentences)


def test_points(mechanism, mediation, name):
    """Each point is ab, each line its interval; hollow where its p-value is not below the declared level."""
    expected = [
        Point(
            f"{NAMES[one.factor]} → {NAMES[one.mediator]}",
            one.indirect,
            one.interval.low,
            one.interval.high,
            is_filled=one.interval.p_value < LEVEL,
        )
        for one in mediation.effects
    ]

    assert points_of(mechanism.charts[f"{name}_mediated"]) == expected


def test_arrows(mechanism, mediation, name):
    """An arrow runs from cause to effect with the sign and the stars of its own slope."""
    outcome = "green"
    past = mediation.total if len(mediation.through) > 1 else mediation.through[0].second
    paths = [
        *(
            (one.first, factor, one.mediator)
            for one in mediation.through
            for factor in ("talent", "patents")
        ),
        *((one.second, one.mediator, outcome) for one in mediation.through),
        *((past, factor, outcome) for factor in ("talent", "patents")),
    ]
    expected = {arrow(estimates, source, target) for estimates, source, target in paths}

    found = arrows_of(mechanism.charts[f"{name}_mechanism"].drawings["en"])
    assert len(found) == len(expected)
    assert set(found) == expected


def arrow(estimates, source, target):
    """The arrow that a slope must have."""
    b, _, p = slope(estimates, source)
    look = "unclear" if p >= 0.1 else "positive" if b > 0 else "negative"
    return Arrow(NAMES[source], NAMES[target], look, ("+" if b > 0 else "") + digits(b) + stars(p))
