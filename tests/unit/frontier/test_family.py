"""Special cases in which members of the family must collapse to one another."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import activities, load
from xinzhi_core.errors import OutOfDomain, SpecError
from xinzhi_frontier.evaluate import evaluate, gap_ratios
from xinzhi_frontier.measures.epsilon_based import affinity
from xinzhi_frontier.options import Options
from xinzhi_frontier.scale import scale_efficiency
from xinzhi_frontier.technology import slack_program, technology_of

SAME = 1e-9
"""Two certified scores of the same number."""


@pytest.fixture
def rows():
    """Twenty rows with three inputs, two goods and a bad."""
    rng = np.random.default_rng(5)
    return activities(*(rng.uniform(1, 4, (20, k)) for k in (3, 2, 1)))


@pytest.fixture
def clean(rows):
    """The same rows without the bad."""
    return activities(rows.inputs, rows.good_outputs)


def scores(rows, *args, **kwargs):
    return evaluate(rows, options=Options(*args, **kwargs)).scores


@pytest.mark.parametrize("returns", ["constant", "variable"])
@pytest.mark.parametrize("side", ["input", "output"])
def test_epsilon_0_is_radial_and_1_is_slacks(clean, returns, side):
    """Tone and Tsutsui (2010): EBM spans the radial measure (ε = 0) and the SBM (ε = 1)."""
    radial = scores(clean, "radial", returns, side)
    radial = 1 / radial if side == "output" else radial
    equal = dict.fromkeys(clean.roles.names, 1.0)

    none = scores(clean, "epsilon_based", returns, side, epsilon=0.0)
    full = scores(clean, "epsilon_based", returns, side, epsilon=1.0, weights=equal)

    np.testing.assert_allclose(none, radial, rtol=0, atol=SAME)
    np.testing.assert_allclose(full, scores(clean, "sbm", returns, side), rtol=0, atol=SAME)


def test_epsilon_lies_between(rows):
    """With ε of the data the score lies in (0, 1] and between SBM and 1."""
    found = scores(rows, "epsilon_based")

    assert ((found > 0) & (found <= 1 + SAME)).all()


def test_affinity_of_proportional_columns_is_full():
    """Columns in proportion have ε = 0; ε grows with their diversity and stays within 0 and 1."""
    column = np.array([[1.0], [2.0], [5.0]])
    assert affinity(np.hstack([column, 3 * column]))[0] == pytest.approx(0, abs=1e-12)
    assert 0 < affinity(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]]))[0] <= 1


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_nothing_nonseparable_is_sbm(rows, returns):
    """Without non-separable columns the measure is the SBM."""
    np.testing.assert_allclose(
        scores(rows, "sbm_nonseparable", returns, nonseparable=()),
        scores(rows, "sbm", returns),
        rtol=0,
        atol=SAME,
    )


def test_nonseparable_scores_lie_in_the_unit_interval(rows):
    """0 < score <= 1 where a good and the bad move together, or an input too."""
    for names in (("y0", "b0"), ("x1", "y0", "b0")):
        found = scores(rows, "sbm_nonseparable", nonseparable=names)

        assert ((found > 0) & (found <= 1 + SAME)).all()


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_nothing_that_moves_together_is_sbm(rows, returns):
    """Without non-separable columns the measure of Tone (2003) is the SBM too."""
    np.testing.assert_allclose(
        scores(rows, "sbm_nonseparable_free", returns, nonseparable=()),
        scores(rows, "sbm", returns),
        rtol=0,
        atol=SAME,
    )


def test_a_larger_alpha_min_lowers_no_score(rows):
    """Less may be given up; α = 1 leaves the separable slacks alone."""
    names = ("y0", "b0")
    found = [
        scores(rows, "sbm_nonseparable_free", nonseparable=names, alpha_min=least)
        for least in (0.5, 0.8, 1.0)
    ]

    assert (np.diff(found, axis=0) >= -SAME).all()
    assert (np.diff(found, axis=0) > SAME).any()


def test_where_all_activity_may_stop_a_good_or_alpha_min_must_hold_it_up():
    """One good that is non-separable: constant returns need alpha_min, variable ones do not."""
    one = activities([[1.0], [1.0]], [[1.0], [2.0]], [[1.0], [4.0]])
    named = {"nonseparable": ("y0", "b0")}

    with pytest.raises(SpecError, match="stop"):
        scores(one, "sbm_nonseparable_free", "constant", **named)
    with pytest.raises(SpecError, match="alpha_min"):
        scores(one, "sbm_nonseparable_free", "variable", alpha_min=1.5, **named)
    found = scores(one, "sbm_nonseparable_free", "constant", alpha_min=0.5, **named)
    # Half of each is made with half of the input: (1 - 1/2) / (1 + 1/2).
    assert found == pytest.approx([1 / 3, 1 / 3], abs=SAME)


def test_naming_nothing_is_refused(rows):
    """Non-separable columns are declared, not guessed."""
    with pytest.raises(SpecError):
        scores(rows, "sbm_nonseparable")
    with pytest.raises(SpecError):
        scores(rows, "sbm_nonseparable", nonseparable=("z",))


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_russell_is_oriented_sbm(rows, returns):
    """The input Russell measure is the input SBM; the output one is 1 / output SBM of form B."""
    np.testing.assert_allclose(
        scores(rows, "russell", returns, "input"),
        scores(rows, "sbm", returns, "input"),
        rtol=0,
        atol=SAME,
    )
    np.testing.assert_allclose(
        1 / scores(rows, "russell", returns, "output"),
        scores(rows, "sbm", returns, "output", bads="inputs"),
        rtol=0,
        atol=SAME,
    )


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_directional_is_1_minus_radial(clean, returns):
    """Along g = (x, 0) without bads the distance is 1 - θ."""
    np.testing.assert_allclose(
        scores(clean, "directional", returns, "input"),
        1 - scores(clean, "radial", returns, "input"),
        rtol=0,
        atol=SAME,
    )


def test_directional_translation_and_homogeneity(rows):
    """D(x - a g, ...) = D - a, and D along 2g is D / 2 (g the same for all rows)."""
    g = {"x0": 0.5, "y0": 0.7, "b0": 0.2}
    distance = scores(rows, "directional", "variable", direction=g)
    far = scores(rows, "directional", "variable", direction={k: 2 * v for k, v in g.items()})
    values = rows.values.copy()
    row = int(np.argmax(distance))
    step = distance[row] / 3
    values[row, 0] -= step * g["x0"]
    values[row, 3] += step * g["y0"]
    values[row, 5] -= step * g["b0"]
    moved = activities(values[:, :3], values[:, 3:5], values[:, 5:])

    np.testing.assert_allclose(far, distance / 2, rtol=0, atol=SAME)
    nearer = scores(moved, "directional", "variable", direction=g)[row]
    assert nearer == pytest.approx(distance[row] - step, abs=SAME)


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_weak_disposal_brings_the_frontier_nearer(rows, returns):
    """Strong >= Kuosmanen >= weak: fewer points are possible, distances are shorter."""
    strong, kuosmanen, weak = (
        scores(rows, "directional", returns, "output", disposability=kind)
        for kind in ("strong", "kuosmanen", "weak")
    )

    assert (strong >= kuosmanen - SAME).all()
    assert (kuosmanen >= weak - SAME).all()
    if returns == "constant":
        np.testing.assert_allclose(kuosmanen, weak, rtol=0, atol=SAME)


def test_the_radial_score_bounds_the_others(rows):
    """SBM <= radial input score; constant <= variable; directional >= 0; additive >= 0."""
    crs, vrs = (scores(rows, "radial", r, "input") for r in ("constant", "variable"))

    assert (crs <= vrs + SAME).all()
    assert (scores(rows, "sbm", "constant", "input") <= crs + SAME).all()
    assert (scores(rows, "directional") >= -SAME).all()
    assert (scores(rows, "additive") >= 0).all()


def test_super_radial_continues_radial(clean):
    """Rows with θ < 1 keep it; efficient rows have θ >= 1, and φ = 1 / θ."""
    theta = scores(clean, "radial", "constant", "input")
    above = scores(clean, "super_radial", "constant", "input")
    phi = scores(clean, "super_radial", "constant", "output")
    efficient = theta >= 1 - SAME

    np.testing.assert_allclose(above[~efficient], theta[~efficient], rtol=0, atol=SAME)
    assert (above[efficient] >= 1 - SAME).all()
    np.testing.assert_allclose(1 / phi, above, rtol=1e-8)


@pytest.mark.parametrize("side", ["input", "output"])
def test_a_row_that_nobody_else_reaches_is_infeasible(side):
    """Alone in its reference set a row has no super score, whichever way it is measured."""
    found = evaluate(
        activities([[1.0]], [[2.0]]), options=Options("super_radial", orientation=side)
    )

    assert found.statuses == ("infeasible",)


def test_bcc_inputs_ignore_a_shift_of_outputs(clean):
    """The input-oriented score under variable returns is invariant to translation of outputs."""
    shifted = activities(clean.inputs, clean.good_outputs + 7)

    np.testing.assert_allclose(
        scores(shifted, "radial", "variable", "input"),
        scores(clean, "radial", "variable", "input"),
        rtol=0,
        atol=SAME,
    )


def test_range_adjusted_is_the_weighted_additive(rows):
    """RAM is the additive sum with weights 1 / (k R), free of units and at most 1."""
    ranges = np.ptp(rows.values, axis=0)
    weights = dict(zip(rows.roles.names, 1 / (6 * ranges), strict=True))
    units = activities(rows.inputs * 1e6, rows.good_outputs * 1e-6, rows.bad_outputs)
    found = scores(rows, "range_adjusted", "variable")

    np.testing.assert_allclose(
        found, scores(rows, "additive", "variable", weights=weights), rtol=0, atol=SAME
    )
    np.testing.assert_allclose(
        scores(units, "range_adjusted", "variable"), found, rtol=0, atol=SAME
    )
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("side", ["input", "output"])
def test_an_oriented_additive_counts_one_side(rows, side):
    """Input proportions: k (1 - input SBM), output proportions: k (1 / output SBM - 1)."""
    found = scores(rows, "additive", "variable", side, direction="own")
    sbm = scores(rows, "sbm", "variable", side)

    expected = 3 * (1 - sbm) if side == "input" else 3 * (1 / sbm - 1)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


def test_a_column_without_range_is_refused():
    """A column that does not vary has no range to divide by."""
    rows = activities([[1], [1], [1]], [[1], [2], [3]])

    with pytest.raises(OutOfDomain) as caught:
        evaluate(rows, options=Options("range_adjusted", "variable"))

    assert caught.value.problems[0].where.column == "x0"


@pytest.mark.usefixtures("shared")
def test_gap_ratios_of_deapack():
    """Group and meta efficiency and their ratio equal those of deapack."""
    case, rows = load("deapack_metafrontier_radial_vrs")

    found = gap_ratios(
        rows,
        options=Options("radial", "variable", "output"),
        groups=case["model"]["groups"],
    ).to_frame()

    for ours, theirs in (
        ("group_efficiency", "group_efficiency"),
        ("meta_efficiency", "meta_efficiency"),
        ("gap_ratio", "tgr"),
    ):
        np.testing.assert_allclose(
            found[ours], case["expected"][theirs], rtol=0, atol=case["tolerance"]
        )


def test_gap_ratios_need_an_efficiency(rows):
    """No ratio is made of inefficiencies."""
    with pytest.raises(SpecError):
        gap_ratios(rows, options=Options("directional"), groups=["a"] * 20)


def test_classes_of_returns():
    """One input, one output: below the most productive size returns increase, above they fall."""
    rows = activities([[1], [2], [4]], [[1], [4], [5]])

    found = scale_efficiency(rows, options=Options("radial", orientation="input"))

    assert found.returns == ("increasing", "constant", "decreasing")
    np.testing.assert_allclose(found.scale, [0.5, 1, 0.625], rtol=0, atol=SAME)


def test_scale_efficiency_as_printed():
    """Coelli (1996), A Guide to DEAP Version 2.1, example 2: three decimals and the class of each firm."""
    rows = activities([[2], [4], [3], [5], [6]], [[1], [2], [3], [4], [5]])

    found = scale_efficiency(rows, options=Options("radial", orientation="input"))

    printed = {
        "constant": [0.500, 0.500, 1.000, 0.800, 0.833],
        "variable": [1.000, 0.625, 1.000, 0.900, 1.000],
        "scale": [0.500, 0.800, 1.000, 0.889, 0.833],
    }
    for name, values in printed.items():
        np.testing.assert_allclose(getattr(found, name), values, rtol=0, atol=0.0005)
    assert found.returns == ("increasing", "increasing", "constant", "decreasing", "decreasing")


@pytest.mark.parametrize("measure", ["super_sbm", "super_radial"])
def test_a_super_score_has_no_scale_efficiency(measure):
    """A super score exceeds 1 where a row is efficient: no ratio is made of it."""
    rows = activities([[1], [2], [4]], [[1], [4], [5]])

    with pytest.raises(SpecError, match="ratio of efficiencies"):
        scale_efficiency(rows, options=Options(measure))


def test_affinity_of_columns_without_any_weighs_them_equally():
    """Two rows leave no affinity: all eigenvalues are 1, and no order of columns may choose among them."""
    values = np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 5.0]])
    epsilon, weights = affinity(values)

    assert epsilon == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(weights, 1 / 3, atol=1e-12)
    np.testing.assert_allclose(affinity(values[:, ::-1])[1], weights, atol=1e-12)


def test_a_zero_among_columns_without_affinity_leaves_a_score():
    """The row without its third input is measured by the other two: with ε = 0 radially."""
    rows = activities([[1, 2, 0], [2, 1, 3], [1, 1, 4]], [[1], [1], [2]])
    options = Options("epsilon_based", orientation="input", zeros="drop_term", epsilon=0.0)

    found = evaluate(rows, options=options)

    assert set(found.statuses) == {"certified"}
    radial = scores(rows, "radial", "constant", "input")
    np.testing.assert_allclose(found.scores[1:], radial[1:], rtol=0, atol=SAME)


def test_goods_alone_cannot_be_nonseparable(rows):
    """Where no bad or input falls with the goods, their factor would have no lower bound."""
    with pytest.raises(SpecError, match="nothing falls with them"):
        scores(rows, "sbm_nonseparable", nonseparable=("y0",))


def test_a_cost_that_is_no_number_is_an_error():
    """A measure that divides by zero is told so; a solver would run for ever."""
    rows = activities([[1.0], [2.0]], [[1.0], [1.0]])
    technology = technology_of(rows, returns_to_scale="constant")
    draft = slack_program(technology, 2)
    draft.numerator[0, 0] = np.nan

    with pytest.raises(ValueError, match="finite"):
        draft.program(1.0, 1.0)


def test_a_zero_has_no_proportion():
    """A row that makes no good is not expanded: only its bad counts, and its target makes none of it."""
    rows = activities([[2], [1], [3]], [[0], [2], [2]], [[4], [1], [2]])
    options = Options("epsilon_based", orientation="output", zeros="drop_term", epsilon=0.5)

    found = evaluate(rows, options=options)

    # The least bad is 0, with λ = 0: 1 / (1 + 0.5 * 4/4).
    assert found.scores[0] == pytest.approx(1 / 1.5, abs=SAME)
    assert (found.targets[0] >= 0).all()
