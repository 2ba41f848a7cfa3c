"""Tables of regressions, of their tests and of the specification curve: every cell is its number."""

from __future__ import annotations

import math
from statistics import median

import pytest
from linearmodels import PanelOLS

from printed import Expected, check, check_sentences, count, digits, number, p_value, percent, words
from printed_charts import Point, points_of, rows_of
from regression_cells import regression_cells

NAMES = {"talent": "Talent", "patents": "patents", "control": "control"}
SLOPES = list(NAMES)
LEVEL = 0.1
"""As the study declares it (`inference.level`)."""


@pytest.fixture
def study(mechanism):
    return mechanism.result


def tables_of(study):
    """Give the tables of regressions: name -> result."""
    return study.results["tables"]


def interval(low, high):
    """An interval in brackets."""
    return words(f"[{digits(low)}, {digits(high)}]")


def test_baseline(mechanism, study):
    """Three columns of their own effects and errors, then the wild bootstrap of the one that has it."""
    estimates = tables_of(study)["baseline"].fitted
    headings = {
        "c1": ("Green", "(1)"),
        "c2": ("Green", "(2) robust standard errors (HC1)"),
        "c3": ("Green", "(3) two ways"),
    }
    rows, cells = regression_cells(estimates, SLOPES, NAMES)
    (at, wild), *_ = tables_of(study)["baseline"].bootstraps.items()
    assert at == 0
    for name in ("talent", "patents"):
        rows |= {
            f"{name}:p_wild": f"Wild bootstrap p: {NAMES[name]}",
            f"{name}:interval_wild": f"Wild bootstrap 90% interval: {NAMES[name]}",
        }
        for position, found in tables_of(study)["baseline"].bootstraps.items():
            if name in found.names:
                of = found.names.index(name)
                ((low, high),) = found.intervals[of]
                assert (
                    low < estimates[position].estimate[estimates[position].names.index(name)] < high
                )
                column = f"c{position + 1}"
                cells[f"{name}:p_wild", column] = p_value(found.p_value[of])
                cells[f"{name}:interval_wild", column] = interval(low, high)
    assert wild.names == ("talent", "patents", "control") or wild.names[:2] == ("talent", "patents")

    check(mechanism, "baseline", Expected(headings, rows, cells))


def test_numbers_of_clusters(study):
    """The smallest number of clusters of a two-way column is that of its periods, not of its cities."""
    (_, _, both) = tables_of(study)["baseline"].fitted
    index = both.residuals.index

    assert dict(both.covariance.clusters) == {
        "entity": index.get_level_values(0).nunique(),
        "period": index.get_level_values(1).nunique(),
    }
    assert len(set(dict(both.covariance.clusters).values())) == 2


def test_slopes_and_fit_by_another_program(study):
    """Slopes and within R² of a two-way column are those of linearmodels."""
    one = tables_of(study)["baseline"].fitted[0]
    frame = study.variables.dropna(subset=["control"])
    other = PanelOLS(frame["green"], frame[SLOPES], entity_effects=True, time_effects=True).fit()

    found = [one.estimate[one.names.index(name)] for name in SLOPES]
    assert found == pytest.approx(other.params[SLOPES].tolist())  # rounding


def test_instruments(mechanism, study):
    """Strong and weak instruments: tests beneath, and stars of weak ones by Anderson and Rubin."""
    found = tables_of(study)["instrumented"].instrumented
    estimates = [found[at].estimates for at in (0, 1)]
    judged = [found[at].judged for at in (0, 1)]
    assert [one.is_weak for one in found.values()] == [False, True]
    rows, cells = regression_cells(estimates, SLOPES, NAMES, judged)
    rows |= {
        "under_identification": "Kleibergen-Paap rk LM, p",
        "kleibergen_paap_f": "Kleibergen-Paap rk Wald F",
        "cragg_donald_f": "Cragg-Donald F",
        "stock_yogo_size": "Stock-Yogo, size 10/15/20/25% (valid under iid errors)",
        "effective_f": "Effective F",
        "effective_f_critical": "Critical value of effective F, τ = 5/10/20/30%",
        "anderson_rubin_zero": "Anderson-Rubin test of 0, p",
        "anderson_rubin": "Anderson-Rubin set (90%)",
        "over_identification": "Over-identification, p",
        "endogeneity": "Wu-Hausman, p",
    }
    for at, one in found.items():
        strong, column = one.strength, f"c{at + 1}"
        limits = [limit.simplified for limit in strong.limits if limit.tau in (0.05, 0.1, 0.2, 0.3)]
        tests = {
            "under_identification": p_value(strong.under_identification.p_value),
            "kleibergen_paap_f": number(strong.rank_f.value, 2),
            "cragg_donald_f": number(strong.cragg_donald.value, 2),
            "stock_yogo_size": words(" / ".join(digits(v, 2) for _, v in strong.size)),
            "effective_f": number(strong.effective_f.value, 2),
            "effective_f_critical": words(" / ".join(digits(v, 2) for v in limits)),
            "anderson_rubin_zero": p_value(one.anderson_rubin_zero.p_value),
            "anderson_rubin": set_of(one.anderson_rubin.intervals),
            "endogeneity": p_value(one.endogeneity.p_value),
        }
        if len(one.instruments) > 1:
            tests["over_identification"] = p_value(one.over_identification.p_value)
        cells |= {(row, column): shown for row, shown in tests.items()}
    headings = {f"c{at}": ("Green", f"({at}) instrumented") for at in (1, 2)}

    check(mechanism, "instrumented", Expected(headings, rows, cells))


def set_of(pieces):
    """A confidence set in words."""
    if any(math.isinf(low) and math.isinf(high) for low, high in pieces):
        return words("the whole real line")
    return words(" ∪ ".join(interval(low, high).text for low, high in pieces))


@pytest.mark.parametrize("table", ["baseline", "part"])
def test_coefficient_plot(mechanism, study, table):
    """Each point is a slope of its column, with the errors that its column prints; hollow where it is not significant."""
    expected = [
        Point(
            f"{NAMES[name]} ({at})",
            one.estimate[place],
            one.ci_low[place],
            one.ci_high[place],
            is_filled=bool(one.p_value[place] < LEVEL),
        )
        for name in SLOPES[:2]
        for at, one in enumerate(tables_of(study)[table].own, 1)
        if name in one.names
        for place in [one.names.index(name)]
    ]
    found = points_of(mechanism.charts[f"{table}_coefficients"])

    assert [one for one in found if not one.words.startswith("control")] == expected


def test_the_study_has_stars_between_the_ends(study):
    """Some slope is significant at the weakest level of the stars and not at the strictest."""
    (one,) = tables_of(study)["part"].fitted

    assert any(0.01 <= p < LEVEL for p in one.p_value[:2])


def test_sentences(mechanism, study):
    """The first column is read with its numbers."""
    one = tables_of(study)["baseline"].fitted[0]
    sentences = []
    for name in ("talent", "patents"):
        at = one.names.index(name)
        b, p = one.estimate[at], one.p_value[at]
        tail = f"90% interval from {digits(one.ci_low[at])} to {digits(one.ci_high[at])}."
        p_words = "p < 0.001" if p < 0.001 else f"p = {digits(p)}"
        sentences.append(
            f"Column (1): {NAMES[name]} is {'positively' if b > 0 else 'negatively'} associated with Green: b = {digits(b)}, "
            f"{p_words}; {tail}"
        )
    assert {name[:1] for name in ("more", "less")} == {"m", "l"}

    check_sentences(mechanism, "baseline", sentences)


def test_fixed_and_random_effects(mechanism, study):
    """Fixed effects are the slopes of the table; random ones lie between them and pooled ones or differ."""
    (contrast,) = (
        one.table
        for one in study.results["diagnostics"]["diagnostics"].found
        if one.name == "hausman"
    )
    fixed = tables_of(study)["baseline"].fitted[0]
    rows = {name: NAMES[name] for name in SLOPES}
    cells = {}
    for name in SLOPES:
        b = contrast.loc[name, "fixed"]
        assert b == pytest.approx(fixed.estimate[fixed.names.index(name)])  # rounding
        random = contrast.loc[name, "random"]
        cells |= {
            (name, "fixed"): number(b), (name, "random"): number(random),
            (name, "difference"): number(contrast.loc[name, "difference"]),
        }  # fmt: skip
        assert contrast.loc[name, "difference"] == pytest.approx(b - random)
    columns = {"fixed": "Fixed effects", "random": "Random effects", "difference": "Difference"}

    check(
        mechanism,
        "hausman",
        Expected(columns, rows, cells, "Variable", {"fixed": "固定效应", "random": "随机效应"}),
    )


def test_tests(mechanism, study):
    """Each null hypothesis stands with its statistic, its distribution and its p."""
    found = {
        s.name: s
        for one in study.results["diagnostics"]["diagnostics"].found
        for s in one.statistics
    }
    labels = [row.label for row in mechanism.tables["tests"].rows]
    rows, cells = {}, {}
    starts = {
        "effects_f": "F test of the fixed effects",
        "effects_f.entity": "F test of the entity effects",
        "effects_f.period": "F test of the period effects",
        "hausman": "Hausman, classic",
        "hausman.sigmamore": "Hausman, one error variance",
        "mundlak": "Mundlak, clustered",
        "lm.entity": "Breusch-Pagan, entities",
        "lm.period": "Breusch-Pagan, periods",
    }
    for name, one in found.items():
        rows[name] = f"{starts[name]}: {one.null}"
        cells |= {
            (name, "value"): number(one.value),
            (name, "distribution"): words(one.distribution.replace("chi2", "χ²")),
            (name, "p"): p_value(one.p_value),
        }
    assert len(labels) == len(starts)

    columns = {"value": "Statistic", "distribution": "Distribution", "p": "p"}
    check(mechanism, "tests", Expected(columns, rows, cells, "Null hypothesis"))


def test_variance_inflation(mechanism, study):
    """The factor and its inverse, and the mean of the factors."""
    (factors,) = (
        one.table for one in study.results["diagnostics"]["diagnostics"].found if one.name == "vif"
    )
    rows = {name: NAMES[name] for name in SLOPES} | {"mean": "Mean"}
    cells = {(name, "vif"): number(factors.loc[name, "vif"], 2) for name in SLOPES}
    cells |= {(name, "tolerance"): number(factors.loc[name, "tolerance"]) for name in SLOPES}
    for name in SLOPES:
        assert factors.loc[name, "tolerance"] == pytest.approx(1 / factors.loc[name, "vif"])
    cells["mean", "vif"] = number(sum(factors["vif"]) / len(factors), 2)

    check(mechanism, "vif", Expected({"vif": "VIF", "tolerance": "1/VIF"}, rows, cells, "Variable"))


def curve_of(study):
    """Give the specifications of the one curve of the study."""
    (curve,) = study.results["specification_curve"].values()
    return curve.table


CHOICES = {
    "with control": ("· with control", lambda row: "control" in row["controls"]),
    "without control": ("· without control", lambda row: "control" not in row["controls"]),
    "window: 2010, 2017": ("· window: 2010–2017", lambda row: row["window"] == "2010, 2017"),
    "window: 2008, 2017": ("· window: 2008–2017", lambda row: row["window"] == "2008, 2017"),
}


def test_specification_curve(mechanism, study):
    """Number, median, ends and shares of the specifications, of all and by each choice."""
    curve = curve_of(study).to_dict("records")
    rows, cells = {}, {}
    for name in ("talent", "patents"):
        of = [row for row in curve if row["name"] == name]
        parts = {"": (NAMES[name], lambda row: row is not None)} | CHOICES
        for key, (label, holds) in parts.items():
            row = f"{name}:{key}" if key else name
            rows[row] = label
            part = [one for one in of if holds(one)]
            b = [one["estimate"] for one in part]
            cells |= {
                (row, "n"): count(len(part)), (row, "median"): number(median(b)),
                (row, "low"): number(min(b)), (row, "high"): number(max(b)),
                (row, "positive"): percent(sum(one > 0 for one in b) / len(b)),
                (row, "clear"): percent(sum(one["p_value"] < LEVEL for one in part) / len(b)),
            }  # fmt: skip
    columns = {
        "n": "Specifications", "median": "Median", "low": "Lowest", "high": "Highest",
        "positive": "Above zero", "clear": "p < 0.1",
    }  # fmt: skip

    check(mechanism, "specification_curve", Expected(columns, rows, cells, "Variable, choice"))


def test_sentences_of_the_curve(mechanism, study):
    """The range of the estimates of each variable, and the share that is significant."""
    curve = curve_of(study).to_dict("records")
    sentences = []
    for name in ("talent", "patents"):
        of = [row for row in curve if row["name"] == name]
        b = [row["estimate"] for row in of]
        assert min(b) * max(b) > 0
        share = 100 * sum(row["p_value"] < LEVEL for row in of) / len(of)
        sentences.append(
            f"{NAMES[name]}: the estimates of all {len(of)} specifications have one sign, from "
            f"{digits(min(b))} to {digits(max(b))}; {digits(share, 1)}% have p < 0.1."
        )

    check_sentences(mechanism, "specification_curve", sentences)


def test_notes(mechanism, study):
    """Under the tables: whose errors, which instruments, how many rows were left out."""
    left_out = study.variables["control"].isna().sum()
    (wild,) = tables_of(study)["baseline"].bootstraps.values()

    assert wild.n_draws == 1999
    check_sentences(
        mechanism,
        "baseline",
        [
            "* p < 0.1, ** p < 0.05, *** p < 0.01.",
            f"Column (1): rows excluded because of missing values: {left_out}.",
        ],
    )
    check_sentences(
        mechanism,
        "instrumented",
        [
            f"Columns (1), (2): rows excluded because of missing values: {left_out}.",
            "Column (1): two-stage least squares; endogenous: Talent; instruments: distance, coast.",
            "Column (2): two-stage least squares; endogenous: Talent; instruments: noise.",
        ],
    )


@pytest.mark.parametrize("name", ["talent", "patents"])
def test_curve(mechanism, study, name):
    """Points rise from left to right, each with its interval; hollow from 0.05 on."""
    curve = [row for row in curve_of(study).to_dict("records") if row["name"] == name]
    expected = [
        Point(
            place, row["estimate"], row["ci_low"], row["ci_high"], is_filled=row["p_value"] < 0.05
        )
        for place, row in enumerate(sorted(curve, key=lambda row: row["estimate"]), 1)
    ]

    assert points_of(mechanism.charts[f"specification_curve_{name}"], value="y") == expected


@pytest.mark.parametrize("name", ["talent", "patents"])
def test_choices_under_the_curve(mechanism, study, name):
    """A mark stands under each specification that makes a choice, in the order of the curve."""
    curve = [row for row in curve_of(study).to_dict("records") if row["name"] == name]
    curve.sort(key=lambda row: row["estimate"])
    expected = {
        (label.removeprefix("· "), place)
        for label, holds in CHOICES.values()
        for place, row in enumerate(curve, 1)
        if holds(row)
    }
    chart = mechanism.charts[f"specification_curve_{name}_choices"].specifications["en"]
    fields = [chart["encoding"][channel]["field"] for channel in ("y", "x")]

    assert {tuple(row[f] for f in fields) for row in rows_of(chart, chart)} == expected
