"""CR2 errors, Satterthwaite degrees of freedom and effective clusters, against R clubSandwich and by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import r_witness
from xinzhi.analyses.heterogeneity.compute import _wald
from xinzhi.present.prose import slopes_of_interest
from xinzhi.present.regression.fitted import machine_column
from xinzhi.present.style import Style
from xinzhi_app.regressions import _fit
from xinzhi_core.wording import Label
from xinzhi_econometrics.fit import build_model, fit, solve
from xinzhi_econometrics.inference import t_quantile, t_tails
from xinzhi_econometrics.judgement import adjust, basis_of, effective_clusters
from xinzhi_econometrics.least_squares import Grouping
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_econometrics.verdict import JudgementRule, judge_slope

BY_ENTITY, BY_PROVINCE = (Covariance("cluster", (name,)) for name in ("entity", "prov"))


def unequal(entities=12, periods=7, seed=5):
    """Draw an unbalanced panel of entities of unequal size, two in a province."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(size=entities))
    names = [f"c{i:02d}" for i in range(entities)]
    index = pd.MultiIndex.from_product([names, range(periods)], names=["entity", "period"])
    n = len(index)
    x = rng.normal(size=n) * np.repeat(size, periods)
    x += np.repeat(rng.normal(size=entities), periods)
    z = rng.normal(size=n) + 0.3 * x
    e = rng.normal(size=n) * np.repeat(size, periods)
    y = 0.3 * x + e + np.tile(rng.normal(size=periods), entities)
    prov = np.repeat([f"p{i // 2}" for i in range(entities)], periods)
    data = pd.DataFrame({"x": x, "z": z, "y": y, "prov": prov}, index=index)
    gone = [("c03", 2), ("c05", 6), ("c05", 1), ("c11", 0)]
    return data.drop(index=gone, errors="ignore")


CLUB = {
    ("entity", "both"): {
        "x": (0.510441348089, 0.0925610517574, 2.36590033337, 0.0213069636573),
        "z": (0.186591745613, 0.1299848759904, 8.29188644449, 0.1877754068254),
    },
    ("entity", "none"): {
        "_cons": (0.2792827680219, 0.3616514138184, 9.95973334266, 0.4579033761256),
        "x": (0.3154692173698, 0.0753671158377, 3.00152664041, 0.0248295868648),
        "z": (0.0459104556199, 0.2138717760885, 9.15163012562, 0.8347369162713),
    },
    ("prov", "both"): {
        "x": (0.510441348089, 0.107903020078, 1.66547561313, 0.0589439930559),
        "z": (0.186591745613, 0.177108690608, 4.27393628990, 0.3479700311913),
    },
}
"""clubSandwich 0.5.11, R 4.5.0, `vcovCR(lm(...), type = "CR2")` and `coef_test(test = "Satterthwaite")` with all
dummies in the regression: estimate, error, degrees of freedom, p."""
EFFECTS = {"both": ("entity", "period"), "none": ()}


@pytest.mark.parametrize(("by", "effects"), CLUB)
def test_clubsandwich(by, effects):
    """Errors, degrees of freedom and p are those of clubSandwich, with effects taken out or none."""
    how = Covariance("cluster", (by,))
    found = fit(unequal(), Regression("y", ("x", "z"), effects=EFFECTS[effects], covariance=how))

    assert found.judge == ("cr2",) * len(found.names)
    for name, figures in CLUB[by, effects].items():
        j = found.position(name)
        ours = (found.estimate[j], found.errors[j], found.df[j], found.p_value[j])
        np.testing.assert_allclose(ours, figures, rtol=1e-9)
        half = t_quantile(0.975, figures[2]) * figures[1]
        ends = (found.ci_low[j], found.ci_high[j])
        np.testing.assert_allclose(ends, (figures[0] - half, figures[0] + half), rtol=1e-9)


def test_a_combination_and_a_joint_test_are_those_of_clubsandwich():
    """`linear_contrast` of x + z/2 and `Wald_test(test = "HTZ")` of both slopes."""
    found = fit(unequal(), Regression("y", ("x", "z"), covariance=BY_ENTITY))

    both = found.combine({"x": 1.0, "z": 0.5})
    ours = (both.estimate, both.error, both.df, *both.interval(0.95))
    club = (0.603737220895, 0.107662574979, 3.53507509967, 0.288656621627, 0.918817820163)
    np.testing.assert_allclose(ours, club, rtol=1e-9)

    few = found.judgement.few
    eta, df = few.joint(np.eye(2))
    value = found.estimate @ np.linalg.solve(few.vcov, found.estimate) / 2 * df / eta
    np.testing.assert_allclose((value, df), (13.2913944167, 3.40324656631), rtol=1e-9)


R = """
suppressMessages(library(clubSandwich))
m <- lm(y ~ x + z + factor(entity) + factor(period), d)
V <- vcovCR(m, cluster=d$entity, type="CR2")
t <- coef_test(m, vcov=V, test="Satterthwaite", coefs=2:3)
out <- list(se=t$SE, df=t$df_Satt, p=t$p_Satt)
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_clubsandwich_run_on_other_panels(seed):
    """The same on panels that no figure was written down for."""
    data = unequal(9, 5, seed).reset_index()
    data = data.set_index(["entity", "period"])
    r = r_witness(data, R, "clubSandwich")
    found = fit(data, Regression("y", ("x", "z"), covariance=BY_ENTITY))

    for ours, key in ((found.errors, "se"), (found.df, "df"), (found.p_value, "p")):
        np.testing.assert_allclose(ours, r[key], rtol=1e-7)


def by_hand(design, c, residuals, codes):
    """CR2 and its degrees of freedom from n x n matrices, all dummies in the design."""
    n = len(residuals)
    inverse = np.linalg.pinv(design.T @ design)
    left = np.eye(n) - design @ inverse @ design.T
    p, scores = [], []
    for g in range(codes.max() + 1):
        rows = np.flatnonzero(codes == g)
        values, vectors = np.linalg.eigh(left[np.ix_(rows, rows)])
        root = np.where(values > 1e-9, 1 / np.sqrt(np.maximum(values, 1e-9)), 0.0)
        along = (vectors * root) @ vectors.T @ design[rows] @ inverse @ c
        p.append(left[:, rows] @ along)
        scores.append(along @ residuals[rows])
    among = np.array(p) @ np.array(p).T
    return np.sqrt(np.sum(np.square(scores))), np.trace(among) ** 2 / np.sum(among**2)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "effects", [(), ("period",), ("entity",), ("entity", "period"), ("prov", "period")]
)
def test_matrices_of_all_rows_give_the_same(seed, effects):
    """Low rank, absorbed effects and pseudo-inverse change nothing; also for clusters across entities."""
    data = unequal(8 + seed, 4, seed + 20) if seed % 2 else unequal(13, 7, seed)
    data = data.iloc[: -3 * seed or None]
    for how in (BY_ENTITY, BY_PROVINCE):
        found = fit(data, Regression("y", ("x", "z"), effects=effects, covariance=how))
        used = data.loc[found.residuals.index].reset_index()
        dummies = [pd.get_dummies(used[e]).to_numpy(float) for e in effects]
        design = np.column_stack([used["x"], used["z"], np.ones(len(used)), *dummies])
        codes = pd.factorize(used[how.clusters[0]])[0]
        for name, c in (("x", [1.0, 0.0]), ("z", [0.0, 1.0])):
            whole = np.concatenate([c, np.zeros(design.shape[1] - 2)])
            error, df = by_hand(design, whole, found.residuals.to_numpy(), codes)
            j = found.position(name)
            np.testing.assert_allclose((found.errors[j], found.df[j]), (error, df), rtol=1e-6)


def test_a_year_of_one_cluster_alone_is_taken_out():
    """Where I - H_gg is singular the pseudo-inverse stands: a dummy of one row says nothing of the others."""
    data = unequal()
    alone = data.loc[[("c01", 3)]].rename(index={3: 99}, level="period")
    data = pd.concat([data, alone]).sort_index()
    asked = Regression("y", ("x", "z"), covariance=BY_ENTITY, singletons="keep")
    kept = fit(data, asked)
    without = fit(data.drop(index=("c01", 99)), asked)

    np.testing.assert_allclose(kept.errors, without.errors, rtol=1e-8)
    np.testing.assert_allclose(kept.df, without.df, rtol=1e-8)


def test_effective_clusters_by_their_definition():
    """G / (1 + squared coefficient of variation of the clusters' shares of (X'X)⁻¹)."""
    data = unequal()
    found = fit(data, Regression("y", ("x", "z"), covariance=BY_ENTITY))
    dummies = [pd.get_dummies(data.reset_index()[e]).to_numpy(float) for e in ("entity", "period")]
    design = np.column_stack([data[["x", "z"]], *dummies])
    inverse = np.linalg.pinv(design.T @ design)
    codes = pd.factorize(data.index.get_level_values(0))[0]
    for j in range(2):
        share = [
            inverse[j] @ design[codes == g].T @ design[codes == g] @ inverse[j] for g in range(12)
        ]
        expected = 12 / (1 + np.var(share) / np.mean(share) ** 2)
        assert found.effective_clusters[j] == pytest.approx(expected, rel=1e-9)


def test_equal_clusters_count_in_full():
    """With the same regressor in every cluster the effective number is the number of clusters."""
    cluster = Grouping("g", np.repeat(np.arange(7), 3), 7)
    influence = np.tile([1.0, -2.0, 1.0], 7)[None]

    assert effective_clusters(influence, cluster).tolist() == pytest.approx([7.0])


def big(entities, seed=3, spread=0.0):
    """Draw a balanced panel of many entities; `spread` makes them unequal."""
    rng = np.random.default_rng(seed)
    size = np.repeat(np.exp(spread * rng.normal(size=entities)), 6)
    index = pd.MultiIndex.from_product([range(entities), range(6)], names=["entity", "period"])
    data = pd.DataFrame(rng.normal(size=(len(index), 3)), columns=["x", "z", "y"], index=index)
    data["x"] *= size
    data["y"] *= size
    return data


def test_many_equal_clusters_keep_the_usual_test():
    """From 40 effective clusters on nothing changes: t with G - 1."""
    found = fit(big(120), Regression("y", ("x", "z"), covariance=BY_ENTITY))

    assert found.judge == ("t", "t")
    assert found.df.tolist() == [119.0, 119.0]
    assert found.p_value.tolist() == found.usual_p.tolist()
    np.testing.assert_allclose(found.p_value, t_tails(found.estimate / found.std_error, 119))
    assert not [n for n in found.notices if n.code == "reg.few_clusters"]


def test_many_unequal_clusters_are_judged_as_few():
    """The coefficient that rests on few of many clusters is judged by CR2, the other by t; it is said."""
    found = fit(big(120, spread=1.5), Regression("y", ("x", "z"), covariance=BY_ENTITY))

    assert found.judge == ("cr2", "t")
    assert found.effective_clusters[0] < 40 <= found.effective_clusters[1]
    assert found.p_value[0] != found.usual_p[0]
    assert found.p_value[1] == found.usual_p[1]
    (said,) = [str(n.text) for n in found.notices if n.code == "reg.few_clusters"]
    assert said.startswith("120 clusters, but an effective number of ")
    assert " for x:" in said


@pytest.mark.parametrize("entities", [39, 40])
def test_below_forty_clusters_cr2_judges(entities):
    """Of 39 equal clusters CR2 judges; of 40 it depends on the effective number alone."""
    index = pd.MultiIndex.from_product([range(entities), range(4)], names=["entity", "period"])
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": np.tile([1.0, -2.0, 0.0, 1.0], entities)}, index=index)
    data["y"] = data["x"] + rng.normal(size=len(data))
    found = fit(data, Regression("y", ("x",), effects=("entity",), covariance=BY_ENTITY))

    assert found.effective_clusters[0] == pytest.approx(entities)
    is_few = entities < 40
    # Rounding may put an effective number of 40 on either side: the number of clusters decides here.
    if is_few:
        assert found.judge == ("cr2",)
    assert [n.code for n in found.notices if n.code == "reg.few_clusters"] == (
        ["reg.few_clusters"] if found.judge == ("cr2",) else []
    )


@pytest.mark.parametrize(
    "how",
    [
        Covariance(),
        Covariance("hc1"),
        Covariance("two_way", ("entity", "period")),
        Covariance("driscoll_kraay"),
    ],
)
def test_other_errors_keep_their_own_rule(how):
    """Errors that are stated in another kind are judged by their own t; two ways say that they are few."""
    found = fit(unequal(), Regression("y", ("x", "z"), covariance=how))

    assert found.judge == ("t", "t")
    assert np.isnan(found.effective_clusters).all()
    np.testing.assert_allclose(
        found.p_value, t_tails(found.estimate / found.std_error, found.covariance.df)
    )
    said = [str(n.text) for n in found.notices if n.code == "reg.few_clusters"]
    if how.kind == "two_way":
        assert said
        assert said[0].startswith("With 7 clusters of 'period', fewer than about 40")
    else:
        assert said == []


def test_units_and_order_of_rows_do_not_matter():
    """T and degrees of freedom are the same in other units, and whatever the order of the rows."""
    data = unequal()
    asked = Regression("y", ("x", "z"), covariance=BY_ENTITY)
    here = fit(data, asked)
    there = fit(
        data.assign(x=data["x"] * 1e6, y=data["y"] / 1e3).sample(frac=1, random_state=0), asked
    )

    np.testing.assert_allclose(there.df, here.df, rtol=1e-8)
    np.testing.assert_allclose(there.p_value, here.p_value, rtol=1e-8)


def test_the_line_of_a_moderator_has_the_degrees_of_freedom_of_each_point():
    """Its polynomials give what each combination gives, near and far."""
    found = fit(unequal(), Regression("y", ("x", "z"), covariance=BY_ENTITY))
    few, units = found.judgement.few, np.eye(2)
    top, bottom = few.line(units[0], units[1])

    for w in (-50.0, -1.0, 0.0, 0.3, 7.0, 1e4):
        value = np.polynomial.polynomial.polyval
        assert value(w, top) ** 2 / value(w, bottom) == pytest.approx(
            few.df(units[0] + w * units[1]), rel=1e-7
        )


def test_levels_beyond_the_bound_leave_the_usual_test(monkeypatch):
    """Where too many dummies would enter the hat matrix there is no CR2: the notice says that errors are too small."""
    monkeypatch.setattr("xinzhi_econometrics.judgement.MOST_LEVELS", 3)
    found = fit(unequal(), Regression("y", ("x", "z"), covariance=BY_ENTITY))

    assert found.judge == ("t", "t")
    (said,) = [str(n.text) for n in found.notices if n.code == "reg.few_clusters"]
    assert "clustered standard errors tend to be too small" in said


def test_the_size_bench_runs():
    """Few samples of one design: the three tests in their order, CR2 as `fit` gives it."""
    sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
    try:
        import verdict_size as bench
    finally:
        sys.path.pop(0)
    design = bench.Design(10, 6, True, "heteroskedastic")
    (row,) = bench.rows(12, 49, (design,))
    assert row.startswith("| 10 x 6 | unequal | heteroskedastic | ")
    assert len(list(bench.designs())) == 16

    data = design.sample(np.random.default_rng(2))
    model = build_model(data, Regression("y", ("x",), covariance=BY_ENTITY))
    weights = np.random.default_rng(0).choice([-1.0, 1.0], size=(49, 10))
    usual, wild, cr2 = bench.p_values(model, weights, is_exact=False)
    found = fit(data, Regression("y", ("x",), covariance=BY_ENTITY))
    assert (usual, cr2) == pytest.approx((found.usual_p[0], found.p_value[0]))
    assert 0 < wild <= 1
    solution = solve(model)
    cluster = model.sample.clusters[0]
    basis = basis_of(solution.influence.T, model.sample.effects, cluster)
    adjusted = adjust(solution.influence, cluster, basis)
    assert adjusted.scores_of(solution.residuals).error(np.ones(1)) == pytest.approx(
        found.errors[0]
    )


def test_a_verdict_says_what_it_rests_on():
    """cr2 with few clusters, the kind of errors where t judges."""
    few = fit(unequal(), Regression("y", ("x",), covariance=BY_ENTITY))
    many = fit(big(120), Regression("y", ("x",), covariance=BY_ENTITY))

    assert judge_slope(few, "x").basis == "cr2"
    assert judge_slope(few, "x").interval == (few.ci_low[0], few.ci_high[0])
    assert judge_slope(many, "x").basis == "cluster"


@pytest.mark.parametrize("level", [0.01, 0.05, 0.10, 0.3])
def test_intervals_of_a_declared_level_are_of_the_judge(level):
    """The interval in a sentence leaves zero out where p is below the declared level, and only there."""
    style = Style(inference=JudgementRule(level=level))
    asked = Regression("y", ("x", "z"), covariance=BY_ENTITY, level=1 - level)
    for seed in range(12):
        found = fit(unequal(9, 5, seed), asked)
        for slope in slopes_of_interest(found, style):
            j = found.position(slope.name)
            half = t_quantile(1 - level / 2, float(found.df[j])) * found.errors[j]
            assert (slope.low, slope.high) == pytest.approx(
                (found.estimate[j] - half, found.estimate[j] + half)
            )
            assert slope.is_significant == (not slope.low <= 0 <= slope.high)


def test_two_groups_differ_as_their_combination_does():
    """The Wald test of two slopes is the t-test of their difference by the same judge, three are Hotelling's."""
    data = unequal()
    for g in ("a", "b", "c"):
        data[f"x | {g}"] = data["x"] * (np.arange(len(data)) % 3 == "abc".index(g))
    names = ("x | a", "x | b", "x | c")
    found = fit(data, Regression("y", names, covariance=BY_ENTITY))

    two, three = _wald(found, ("x",), ["a", "b"]), _wald(found, ("x",), ["a", "b", "c"])

    assert two.p_value == pytest.approx(found.combine({"x | a": 1.0, "x | b": -1.0}).p_value)
    contrast = np.array([[1.0, -1.0, 0.0], [1.0, 0.0, -1.0]])
    few = found.judgement.few
    eta, df = few.joint(contrast)
    difference = contrast @ found.estimate
    v = contrast @ few.vcov @ contrast.T
    value = difference @ np.linalg.solve(v, difference) / 2 * df / eta
    assert three.value == pytest.approx(value)
    assert three.distribution == f"F(2, {df:.4g})"


def test_other_estimators_are_judged_too():
    """Fractional logit as clubSandwich has it for `glm`; random effects as least squares on quasi-demeaned data."""
    data = unequal()
    data["y"] = 1 / (1 + np.exp(-data["y"]))
    asked = Regression(
        "y", ("x", "z"), effects=(), covariance=BY_ENTITY, estimator="fractional_logit"
    )
    logit = fit(data, asked)
    # clubSandwich 0.5.11: glm(family = quasibinomial), CR2 and Satterthwaite; glm stops at 1e-8 of the deviance.
    np.testing.assert_allclose(logit.errors, (0.1358601966, 0.0324246099, 0.1050418910), rtol=1e-3)
    np.testing.assert_allclose(logit.df, (9.9104143124, 3.1119382216, 9.1280864564), rtol=1e-3)
    assert logit.marginal_effects.judge == ("cr2", "cr2")

    random = fit(
        data,
        Regression(
            "y", ("x", "z"), effects=("entity",), covariance=BY_ENTITY, estimator="random_effects"
        ),
    )
    theta = random.components.theta
    assert set(random.judge) == {"cr2"}
    even = fit(
        unequal()[lambda d: d.groupby(level=0)["x"].transform("size") == 7].assign(
            y=lambda d: d["y"]
        ),
        Regression(
            "y", ("x", "z"), effects=("entity",), covariance=BY_ENTITY, estimator="random_effects"
        ),
    )
    rows = unequal().loc[even.residuals.index]
    share = even.components.theta[0]
    starred = rows[["y", "x", "z"]] - share * rows[["y", "x", "z"]].groupby(level=0).transform(
        "mean"
    )
    starred["one"] = 1 - share
    design = starred[["one", "x", "z"]].to_numpy()
    solved = np.linalg.lstsq(design, starred["y"].to_numpy())[0]
    codes = pd.factorize(rows.index.get_level_values(0))[0]
    residuals = starred["y"].to_numpy() - design @ solved
    for j in range(3):
        error, df = by_hand(design, np.eye(3)[j], residuals, codes)
        np.testing.assert_allclose((even.errors[j], even.df[j]), (error, df), rtol=1e-6)
    assert 0 < theta[0] < 1


def test_the_app_prints_what_judges():
    """A column of results.json says in the table of a reader which test its stars are of."""
    found = fit(unequal(), Regression("y", ("x", "z"), covariance=BY_ENTITY))
    column = machine_column(1, found, {"*": 0.1})

    printed = _fit(column, {"x": Label("Talent")})

    (note,) = printed.notes
    assert str(note).startswith("p-values, stars and intervals of Talent, z by CR2")
    assert printed.coefficients.loc["x", "p_value"] == found.p_value[0]
    slope = column["coefficients"]["x"]
    assert (slope["judge"], slope["df"], slope["usual_p"]) == ("cr2", found.df[0], found.usual_p[0])
    assert slope["judge_se"] == found.errors[0] != found.std_error[0]
    assert slope["effective_clusters"] == found.effective_clusters[0]
