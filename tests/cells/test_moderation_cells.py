"""Moderation: every printed cell, arrow and line is the number that it names."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

import cr2_by_hand
from printed import (
    Expected,
    check,
    check_sentences,
    count,
    digits,
    error,
    estimate,
    number,
    p_value,
    percent,
    stars,
    words,
)
from printed_charts import Bend, bends_of, layers_of, rows_of

NAMES = {
    "talent": "Talent",
    "patents": "patents",
    "firms": "Firms",
    "rivals": "Rivals",
    "green": "Green",
}
WHERE = "Effect where the moderator is"
COLUMNS = {
    "interaction": "interaction",
    "p": "p",
    "low": (WHERE, "low (mean − SD)"),
    "mean": (WHERE, "at its mean"),
    "high": (WHERE, "high (mean + SD)"),
    "share": "rows with a significant effect",
    "double_demeaned": "interaction within entities",
    "n": "N",
}
MEDIATED, INDEX = "Mediated effect where the moderator is", "90% interval of the index"
CHAIN_COLUMNS = {
    "low": (MEDIATED, "low (mean − SD)"),
    "mean": (MEDIATED, "at its mean"),
    "high": (MEDIATED, "high (mean + SD)"),
    "index": "index: high less low",
    "index_low": (INDEX, "Lower bound"),
    "index_high": (INDEX, "Upper bound"),
    "n": "N",
}
LEVEL = 0.1
"""As the study declares it (`inference.level`)."""


@pytest.fixture(params=["tools", "later"])
def name(request):
    return request.param


@pytest.fixture
def tools(mechanism, name):
    """Without a lag, and with one of a period."""
    return mechanism.result.results["moderation"][name]


def named(name):
    """The label of a variable, which states its lag."""
    return f"{NAMES.get(name.removeprefix('L1.'), 'Policy')}{' (lag 1)' if name.startswith('L1.') else ''}"


def values_of(one):
    """Mean of the moderator less, without and plus its standard deviation, over the rows used."""
    return [one.moderator_mean + k * one.moderator_sd for k in (-1, 0, 1)]


@pytest.fixture
def judges(mechanism, tools):
    """For each path, what gives estimate, CR2 error and degrees of freedom of b1 + b3 w."""
    return [judge_of(mechanism.result.panel.frame, path.found) for path in tools.paths]


def judge_of(frame, one):
    """CR2 by hand, as 24 clusters are few."""
    e = one.estimates
    rows = cr2_by_hand.rows_of(frame, e)
    test = cr2_by_hand.judge_of(rows, list(e.names), e.regression.outcome)
    focal, product = (
        [float(name == x) for name in e.names] for x in (one.terms.focal, one.interaction)
    )
    return lambda w: test([a + w * b for a, b in zip(focal, product, strict=True)])


def effect_at(one, w, judge):
    """b1 + b3 w, its error by the delta method, and the p-value of the test that judges."""
    names = list(one.estimates.names)
    i, j = names.index(one.terms.focal), names.index(one.terms.interaction)
    weights = np.zeros(len(names))
    weights[i], weights[j] = 1, w
    b, v = weights @ one.estimates.estimate, weights @ one.estimates.vcov @ weights
    again, judging, df = judge(w)
    assert b == pytest.approx(again)  # rounding: dummies instead of means
    return b, v**0.5, 2 * student.sf(abs(b) / judging, df)


def interaction(estimates, name):
    at = estimates.names.index(name)
    return estimates.estimate[at], estimates.std_error[at], estimates.p_value[at]


def test_paths(mechanism, tools, name, judges):
    """Each path shows its interaction, and its effect at low, mean and high moderator, in this order."""
    rows, cells = {}, {}
    for path, judge in zip(tools.paths, judges, strict=True):
        one = path.found
        key = f"{path.focal} -> {path.outcome} | policy"
        label = f"{named(one.terms.focal)} → {NAMES[path.outcome]} | {named(one.terms.moderator)}"
        rows |= {key: label, f"{key}:std_error": ""}
        b, b_error, p = interaction(one.estimates, one.interaction)
        inner, inner_error, inner_p = interaction(one.double_demeaned, one.interaction)
        cells |= {
            (key, "interaction"): estimate(b, p), (f"{key}:std_error", "interaction"): error(b_error),
            (key, "p"): p_value(p), (key, "share"): percent(one.region.share),
            (key, "double_demeaned"): estimate(inner, inner_p),
            (f"{key}:std_error", "double_demeaned"): error(inner_error),
            (key, "n"): count(len(one.estimates.residuals)),
        }  # fmt: skip
        for column, w, known in zip(
            ("low", "mean", "high"), values_of(one), one.conditional, strict=True
        ):
            effect, effect_error, effect_p = effect_at(one, w, judge)
            # rounding: the same sums in another order
            assert (known.effect, known.std_error, known.p_value) == pytest.approx(
                (effect, effect_error, effect_p)
            )
            cells[key, column] = estimate(known.effect, effect_p)
            cells[f"{key}:std_error", column] = error(known.std_error)

    chinese = {"low": "低（均值−标准差）", "high": "高（均值+标准差）"}
    check(mechanism, name, Expected(COLUMNS, rows, cells, "Path", chinese))


def test_regressions(mechanism, tools, name):
    """One column an equation: each variable, the moderator, the products, and the fit of the same estimates."""
    columns = {}
    for path in tools.paths:
        columns.setdefault((path.outcome, frozenset(path.found.estimates.names)), []).append(
            path.found
        )
    headings, rows, cells = {}, {}, {}
    for at, ((outcome, _), found) in enumerate(columns.items(), 1):
        column, estimates = f"c{at}", found[0].estimates
        w = found[0].terms.moderator
        headings[column] = (named(w), f"({at}) {NAMES[outcome]}")
        focal = [one.terms.focal for one in found]
        products = {f"{x} × {w}": f"{x} × moderator" for x in focal}
        shown = {w: "moderator", **products}
        controls = {"control", "L1.control"}
        for slope in estimates.names:
            if slope in controls:
                continue
            key = shown.get(slope, slope)
            b, b_error, p = interaction(estimates, slope)
            cells |= {(key, column): estimate(b, p), (f"{key}:std_error", column): error(b_error)}
        cells |= {
            ("controls", column): words("yes"),
            ("effects:entity", column): words("yes"),
            ("effects:period", column): words("yes"),
            ("n", column): count(len(estimates.residuals)),
            ("r2_adj", column): number(estimates.fit.r2_adjusted),
            ("r2_within", column): number(estimates.fit.r2_within),
        }
    lag = " (lag 1)" if name == "later" else ""
    prefix = "L1." if lag else ""
    names = ["talent", "patents", "firms", *(["rivals"] if name == "tools" else [])]
    rows = {}
    for one in names:
        key = f"{prefix}{one}"
        rows |= {key: f"{NAMES[one]}{lag}", f"{key}:std_error": ""}
    rows |= {"moderator": f"Policy{lag}", "moderator:std_error": ""}
    for one in names:
        key = f"{prefix}{one} × moderator"
        rows |= {key: f"{NAMES[one]}{lag} × Policy{lag}", f"{key}:std_error": ""}
    rows |= {
        "controls": "Controls",
        "effects:entity": "Entity fixed effects",
        "effects:period": "Period fixed effects",
        "n": "Observations (N)",
        "r2_adj": "Adjusted R²",
        "r2_within": "Within R²",
    }

    check(mechanism, f"{name}_regressions", Expected(headings, rows, cells))


def test_the_study_shows_both_directions(mechanism):
    """The checks tell directions apart only where there are some."""
    tools = mechanism.result.results["moderation"]["tools"]
    found = [interaction(path.found.estimates, path.found.interaction) for path in tools.paths]

    assert {b > 0 for b, _, _ in found} == {True, False}
    assert {p < LEVEL for _, _, p in found} == {True, False}
    assert {0 < path.found.region.share < 1 for path in tools.paths} == {True, False}


def test_sentences(mechanism, tools, name, judges):
    """Each path is read with its direction, its p and its effects at either end."""
    sentences = []
    for path, judge in zip(tools.paths, judges, strict=True):
        one = path.found
        b, _, p = interaction(one.estimates, one.interaction)
        low, _, high = (effect_at(one, w, judge)[0] for w in values_of(one))
        x, y, w = named(one.terms.focal), NAMES[path.outcome], named(one.terms.moderator)
        p_words = "p < 0.001" if p < 0.001 else f"p = {digits(p)}"
        sentences.append(
            f"The slope of {y} on {x} {'rises' if b > 0 else 'falls'} with {w} ({p_words}): from "
            f"{digits(low)} where it is low to {digits(high)} where it is high."
            if p < LEVEL
            else f"A change of the slope of {y} on {x} with {w} is not statistically significant "
            f"({p_words})."
        )

    check_sentences(mechanism, name, sentences)


def test_chains(mechanism, tools, name):
    """Each chain shows a b at low, mean and high moderator, and their difference."""
    rows, cells = {}, {}
    for chain in tools.chains:
        one = chain.found
        key = f"{chain.focal} -> {chain.mediator} | policy"
        label = f"{named(one.first_terms.focal)} → {NAMES[chain.mediator]} | {named(one.first_terms.moderator)}"
        rows |= {key: label, f"{key}:std_error": ""}
        mediated = {known.place: known for known in one.conditional}
        for column, known in mediated.items():
            assert known.indirect == pytest.approx(known.a * known.b)  # rounding
            cells[key, column] = estimate(known.indirect)
            cells[f"{key}:std_error", column] = error(known.std_error)
        assert one.index == pytest.approx(mediated["high"].indirect - mediated["low"].indirect)
        assert mediated["low"].moderator < mediated["mean"].moderator < mediated["high"].moderator
        assert one.index_interval.low < one.index_interval.high
        cells |= {
            (key, "index"): estimate(one.index),
            (key, "index_low"): number(one.index_interval.low),
            (key, "index_high"): number(one.index_interval.high),
            (key, "n"): count(len(one.first.residuals)),
        }

    check(
        mechanism,
        f"{name}_chains",
        Expected(CHAIN_COLUMNS, rows, cells, "Factor → mediator | moderator"),
    )


def done_by_tool(b, p, bent, bent_p):
    """What the tool does to a path, in the words of the key."""
    if bent_p >= LEVEL:
        return "not significant"
    if p >= LEVEL:
        return "positive interaction" if bent > 0 else "negative interaction"
    return "strengthens" if bent * b > 0 else "weakens"


def test_diagram(mechanism, tools, name, judges):
    """Beside each path: what the moderator does to it, the interaction, and the effect at the mean."""
    expected = []
    for path, judge in zip(tools.paths, judges, strict=True):
        one = path.found
        b, _, p = effect_at(one, one.moderator_mean, judge)
        bent, _, bent_p = interaction(one.estimates, one.interaction)
        size = ("+" if bent > 0 else "") + digits(bent) + stars(bent_p)
        words = f"{done_by_tool(b, p, bent, bent_p)}  {size}"
        at_mean = f"effect at the mean {'+' if b > 0 else ''}{digits(b)}{stars(p)}"
        sign = "none" if bent_p >= LEVEL else "up" if bent > 0 else "down"
        ends = (NAMES[path.focal], NAMES[path.outcome])
        expected.append(Bend(*ends, "Policy", sign, words, at_mean))

    found = bends_of(mechanism.charts[f"{name}_diagram"].drawings["en"])
    assert sorted(found) == sorted(expected)


def test_lines_along_the_moderator(mechanism, tools, name, judges):
    """Each line is b1 + b3 w with its band over two standard deviations; thick where it is significant."""
    chart = mechanism.charts[f"{name}_policy_along"].specifications["en"]
    assert len(chart["concat"]) == len(tools.paths)
    for panel, path, judge in zip(chart["concat"], tools.paths, judges, strict=True):
        one = path.found
        assert (
            panel["title"]["text"].replace("\u00a0", " ")
            == f"{named(one.terms.focal)} → {NAMES[path.outcome]}"
        )
        (area,) = layers_of(panel, "area")
        rows = rows_of(chart, {"data": area.get("data") or panel.get("data") or chart["data"]})
        ends = [area["encoding"][channel]["field"] for channel in ("y", "y2")]
        observed = tools.observed["policy"]
        assert rows[0]["w"] == pytest.approx(max(values_of(one)[0] - one.moderator_sd, observed[0]))
        assert rows[-1]["w"] == pytest.approx(
            min(values_of(one)[2] + one.moderator_sd, observed[1])
        )
        for row in rows:
            b, judging, df = judge(row["w"])
            reach = student.ppf(1 - LEVEL / 2, df) * judging
            band = (b, b - reach, b + reach)
            # rounding, and the inverse of Student's distribution by another program
            assert (row["effect"], row[ends[0]], row[ends[1]]) == pytest.approx(
                band, rel=1e-6, abs=1e-9
            )
            assert (row["clear"] is None) == (abs(b) <= reach)
