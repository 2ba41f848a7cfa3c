"""Indices of productivity against published figures and independent software."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cases_efficiency import activities, load, numbers, tolerance
from xinzhi_core.errors import DataError, SpecError
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import INDICES, productivity

GLOBAL = {"tfpch": "value", "effch": "efficiency_change", "techch": "technical_change"}
ADJACENT = {"mi": "value", "effch": "efficiency_change", "techch": "technical_change"}
DIRECTIONAL = Options("directional", orientation="output")
WEAK = Options("directional", orientation="output", disposability="weak")
CASES = {
    "grifell_lovell1999_ray_desli_base": (
        "ray_desli_base",
        Options("radial", orientation="output"),
        {
            "mi": "value",
            "techch": "technical_change",
            "pech": "efficiency_change",
            "sech": "scale_change",
        },
        1,
    ),
    "julia_malmquist_crs": ("malmquist", Options("radial", orientation="input"), ADJACENT, 1),
    "julia_malmquist_luenberger_strong": ("malmquist_luenberger", DIRECTIONAL, ADJACENT, 1),
    "cfg1997_malmquist_luenberger_weak": ("malmquist_luenberger", WEAK, ADJACENT, 1),
    "gtfpch_global_malmquist_luenberger": ("global_malmquist_luenberger", WEAK, GLOBAL, 0),
    "gtfpch_global_nonradial_luenberger": (
        "global_luenberger",
        Options("nonradial_directional", orientation="output", disposability="weak"),
        GLOBAL,
        0,
    ),
}


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", CASES)
def test_indices_of_cases_are_found(name):
    """Values and components equal those of the case, and are missing where they do not exist."""
    index, options, columns, by_period = CASES[name]
    case, rows = load(name)

    frame = productivity(rows, index=index, options=options).to_frame()

    if by_period:
        frame = frame.sort_values("from", kind="stable")
    for key, column in columns.items():
        np.testing.assert_allclose(
            frame[column], numbers(case["expected"][key]), rtol=0, atol=tolerance(case, key)
        )


@pytest.fixture
def panel():
    """Eight entities over four periods; one lacks a period."""
    rng = np.random.default_rng(11)
    labels = [(f"e{i}", t) for i in range(8) for t in range(4) if (i, t) != (3, 2)]
    x, y, b = (rng.uniform(1, 3, (len(labels), k)) for k in (2, 1, 1))
    return activities(x, y, b, labels=labels)


ALL = [
    (name, options)
    for name in INDICES.names()
    for options in (
        Options("radial", orientation="output"),
        DIRECTIONAL,
        Options("sbm"),
        Options("super_sbm"),
        Options("super_sbm", exclude="entity", bads="inputs"),
    )
    if not (options.measure == "radial" and INDICES.get(name).traits.is_directional)
]


@pytest.mark.parametrize(("name", "options"), ALL)
def test_components_combine_to_the_value(name, options, panel):
    """Components multiply (add) out to the index, for every index on every kind of score."""
    result = productivity(panel, index=name, options=options)
    parts = [
        part
        for key, part in result.components.items()
        if key not in {"pure_efficiency_change", "scale_change"} or name.startswith("ray_desli")
    ]
    difference = INDICES.get(name).traits.is_difference
    combined = np.sum(parts, axis=0) if difference else np.prod(parts, axis=0)

    np.testing.assert_allclose(combined, result.values, rtol=1e-9, atol=1e-12)
    assert np.isfinite(result.values).any()


@pytest.mark.parametrize("measure", ["radial", "super_radial", "ccr", "bcc"])
@pytest.mark.parametrize(
    "index",
    ["ml", "gml", "luenberger", "global_luenberger"],
)
def test_radial_scores_make_no_directional_index(index, measure, panel):
    """They leave the bad outputs aside, so that the value would be another index; the way out is said."""
    with pytest.raises(SpecError, match="directional") as caught:
        productivity(panel, index=index, options=Options(measure, orientation="output"))

    assert caught.value.code == "productivity.measure"
    assert "malmquist" in str(caught.value.problems[0].remedy)


def test_lacking_periods_are_counted_and_named(panel):
    """An entity without a period has no index to and from it, and the notice says which."""
    result = productivity(panel, index="global_malmquist", options=Options("sbm"))

    assert len(result.values) == 8 * 3 - 2
    (notice,) = [n for n in result.notices if n.code == "productivity.unbalanced"]
    assert "e3 2" in str(notice.text)
    assert "e3 3" in str(notice.text)


def test_global_indices_are_circular(panel):
    """The product of the steps is the ratio of last to first score on the one frontier."""
    rows = panel.take([i for i, (entity, _) in enumerate(panel.labels) if entity != "e3"])
    options = Options("sbm")
    steps = productivity(rows, index="global_malmquist", options=options).to_frame()
    scores = evaluate(rows, options=options).to_frame()["score"]
    product = steps.groupby("entity")["value"].prod()

    for entity, value in product.items():
        expected = scores[entity, 3] / scores[entity, 0]
        assert value == pytest.approx(expected, rel=1e-12)


def test_pure_efficiency_and_scale_change_are_ratios_of_scores(panel):
    """Both follow from contemporaneous scores under variable and constant returns."""
    options = Options("radial", orientation="input", reference="contemporaneous")
    found = productivity(panel, index="malmquist", options=options).to_frame()
    variable, constant = (
        evaluate(panel, options=replace(options, returns_to_scale=returns)).to_frame()["score"]
        for returns in ("variable", "constant")
    )

    found = found.dropna()
    assert len(found) > 0
    for row in found.itertuples():
        first, second = (row.entity, row[2]), (row.entity, row[3])
        pure = variable[second] / variable[first]
        assert row.pure_efficiency_change == pytest.approx(pure, rel=1e-9)
        scale = constant[second] / constant[first] / pure
        assert row.scale_change == pytest.approx(scale, rel=1e-9)


def test_ray_desli_is_the_constant_returns_malmquist(panel):
    """The decomposition of Ray and Desli multiplies to the same index as FGNZ."""
    options = Options("radial", orientation="input")
    fgnz = productivity(panel, index="malmquist", options=options)
    ray = productivity(panel, index="ray_desli", options=options)
    known = ~np.isnan(ray.values)

    np.testing.assert_allclose(ray.values[known], fgnz.values[known], rtol=1e-9)


def test_one_period_and_measures_without_cross_scores_are_refused(panel):
    """There is no index within one period, nor an adjacent one on an additive measure."""
    one = panel.take([i for i, (_, t) in enumerate(panel.labels) if t == 0])

    with pytest.raises(DataError):
        productivity(one, index="malmquist", options=Options("radial", orientation="input"))
    with pytest.raises(SpecError):
        productivity(panel, index="luenberger", options=Options("additive"))


def test_a_distance_beyond_minus_1_makes_no_ratio():
    """1 + β <= 0 has no ratio: two such factors would multiply to a number that looks like one."""
    labels = [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    rows = activities(
        [[1], [1], [1], [1]], [[1], [9], [1], [9]], [[1], [30], [2], [30]], labels=labels
    )
    options = Options("directional", "variable", direction={"y0": 1.0})

    found = productivity(rows, index="malmquist_luenberger", options=options)

    assert np.isnan(found.values).all()
    assert [notice.code for notice in found.notices] == ["productivity.infeasible"]
