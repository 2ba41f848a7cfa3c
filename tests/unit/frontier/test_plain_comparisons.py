"""Classes of returns, gaps between groups, moving frontiers and chained indices against SciPy and loops."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import activities
from oracles_linprog import longest
from xinzhi_frontier.evaluate import evaluate, gap_ratios
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import changes, cumulated, productivity
from xinzhi_frontier.scale import scale_efficiency

SAME = 1e-8
SIGNS = np.array([1.0, 1.0, -1.0, 1.0])
YEARS = (2001, 2002, 2003, 2004)
CITIES = tuple("abcdef")


def panel(seed):
    """Draw six cities over four years: two inputs, a good, a bad; sizes that make returns matter."""
    rng = np.random.default_rng(seed)
    labels = tuple((city, year) for city in CITIES for year in YEARS)
    size = np.exp(rng.normal(0, 0.6, (len(labels), 1)))
    values = np.exp(rng.normal(0, 0.25, (len(labels), 4))) * size
    values[:, 2] = size[:, 0] ** rng.uniform(0.8, 1.2) * np.exp(rng.normal(0, 0.2, len(labels)))
    return activities(values[:, :2], values[:, 2:3], values[:, 3:], labels=labels), values


def efficiency(values, o, reference, *, orientation, returns="constant"):
    """Θ = 1 - β along the inputs, 1/φ = 1/(1 + β) along the goods, by SciPy."""
    moves = np.array([1, 1, 0, 0]) if orientation == "input" else np.array([0, 0, 1, 0])
    beta = longest(
        values,
        o,
        np.array(reference),
        signs=SIGNS,
        direction=values[o] * moves,
        returns=returns,
    )
    return 1 - beta if orientation == "input" else 1 / (1 + beta)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("seed", range(3))
def test_scale_efficiency_and_class_of_returns(seed, orientation):
    """Ratios of three programs; increasing where Σ λ <= 1 changes nothing, else decreasing."""
    rows, values = panel(seed)
    every = range(rows.n)
    scores = {
        returns: np.array(
            [efficiency(values, o, every, orientation=orientation, returns=returns) for o in every]
        )
        for returns in ("constant", "variable", "non_increasing")
    }
    classes = []
    for c, v, n in zip(*scores.values(), strict=True):
        if abs(c - v) <= SAME:
            classes.append("constant")
        else:
            classes.append("increasing" if abs(c - n) <= SAME else "decreasing")

    found = scale_efficiency(rows, options=Options("radial", orientation=orientation))

    np.testing.assert_allclose(found.constant, scores["constant"], atol=SAME)
    np.testing.assert_allclose(found.variable, scores["variable"], atol=SAME)
    np.testing.assert_allclose(found.non_increasing, scores["non_increasing"], atol=SAME)
    np.testing.assert_allclose(found.scale, scores["constant"] / scores["variable"], atol=1e-7)
    assert list(found.returns) == classes
    assert {"increasing", "decreasing"} <= set(classes)


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("seed", range(3))
def test_gap_of_a_group_to_all(seed, orientation):
    """Efficiency among all over efficiency in the own group, never above 1."""
    rows, values = panel(seed)
    groups = ["east" if city in "abc" else "west" for city, _ in rows.labels]
    every = range(rows.n)
    among = [efficiency(values, o, every, orientation=orientation) for o in every]
    inside = [
        efficiency(values, o, [j for j in every if groups[j] == groups[o]], orientation=orientation)
        for o in every
    ]

    found = gap_ratios(
        rows, options=Options("radial", orientation=orientation, group="side"), groups=groups
    )

    np.testing.assert_allclose(found.meta_efficiency, among, atol=SAME)
    np.testing.assert_allclose(found.group_efficiency, inside, atol=SAME)
    np.testing.assert_allclose(found.ratio, np.array(among) / inside, atol=1e-7)
    assert (found.ratio < 1 - 1e-3).any()


FRONTIERS = {
    "global": (Options("radial", orientation="input"), lambda _, __: True),
    "contemporaneous": (
        Options("radial", orientation="input", reference="contemporaneous"),
        lambda own, other: other == own,
    ),
    "sequential": (
        Options("radial", orientation="input", reference="sequential"),
        lambda own, other: other <= own,
    ),
    # The last window is as long as the others: it begins earlier.
    "biennial": (
        Options("radial", orientation="input", reference="biennial"),
        lambda own, other: other in ((own, own + 1) if own < YEARS[-1] else YEARS[-2:]),
    ),
    "base": (
        Options("radial", orientation="input", reference="base", base_period=2002),
        lambda _, other: other == 2002,
    ),
}


@pytest.mark.parametrize("reference", FRONTIERS)
@pytest.mark.parametrize("seed", range(2))
def test_whom_a_row_is_compared_with(seed, reference):
    """Each row against the years that its frontier is made of, and itself where it joins."""
    rows, values = panel(seed)
    options, belongs = FRONTIERS[reference]
    expected = []
    for o, (_, own) in enumerate(rows.labels):
        chosen = [j for j, (_, other) in enumerate(rows.labels) if belongs(own, other)]
        expected.append(efficiency(values, o, sorted({*chosen, o}), orientation="input"))

    found = evaluate(rows, options=options).scores

    np.testing.assert_allclose(found, expected, atol=SAME)


@pytest.mark.parametrize("index", ["malmquist", "luenberger"])
@pytest.mark.parametrize("base", YEARS)
def test_levels_are_chained_changes(index, base):
    """Products of the changes, sums of an indicator's, forwards and backwards from the base period."""
    rows, _ = panel(1)
    measure = (
        Options("radial", orientation="output")
        if index == "malmquist"
        else Options("directional", direction="own")
    )
    found = productivity(rows, index=index, options=measure)
    change, level = changes(found), cumulated(found, base=base)
    adds = index == "luenberger"

    for city in CITIES:
        expected = {base: 0.0 if adds else 1.0}
        for year in range(base + 1, YEARS[-1] + 1):
            step, before = change[city, year], expected[year - 1]
            expected[year] = before + step if adds else before * step
        for year in range(base - 1, YEARS[0] - 1, -1):
            step, after = change[city, year + 1], expected[year + 1]
            expected[year] = after - step if adds else after / step
        np.testing.assert_allclose(level[city][list(YEARS)], [expected[t] for t in YEARS])
    parts = [found.components[name] for name in ("efficiency_change", "technical_change")]
    combined = np.sum(parts, axis=0) if adds else np.prod(parts, axis=0)
    np.testing.assert_allclose(combined, found.values, rtol=1e-9, atol=1e-12)
