from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from cases_econometrics import simulated_panel
from made_report import estimates
from xinzhi.present.numbers import number, write
from xinzhi.present.regression import NotEstimated, regression_table
from xinzhi.present.style import Style
from xinzhi_core.errors import Problem
from xinzhi_core.wording import Label, message, say
from xinzhi_econometrics.estimates import Constant, Dropped
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Regression

LABELS = {"score": Label("score", zh="绿色发展效率", en="Green efficiency")}


def table(*columns, **options):
    return regression_table("t", "Title", columns, style=Style(LABELS), **options)


def texts(found, key):
    row = next(row for row in found.rows if row.key == key)
    return [str(write(cell, "en")) for cell in row.cells]


def said(wordings):
    return " ".join(str(wording) for wording in wordings)


def test_slopes_stand_over_their_errors():
    """A slope has its stars, its standard error stands on a row of its own beneath, in brackets."""
    found = table(estimates({"hc": (-0.5, 0.2, 0.013)}))

    assert [row.key for row in found.rows[:2]] == ["hc", "hc:std_error"]
    assert (texts(found, "hc"), texts(found, "hc:std_error")) == (["−0.500**"], ["(0.200)"])


def test_a_column_without_the_regressor_is_empty():
    """Nothing is printed where a column does not hold the variable; interest comes before controls."""
    first = estimates({"fdi": (0.1, 0.1, 0.3), "hc": (0.5, 0.2, 0.01)}, controls=("fdi",))
    found = table(first, estimates({"hc": (0.4, 0.2, 0.04)}))

    assert texts(found, "fdi") == ["0.100", ""]
    assert [row.key for row in found.rows if ":" not in row.key][:2] == ["hc", "fdi"]


def test_counts_and_fit_stand_under_the_slopes():
    """N, entities, clusters, adjusted and within R², F and its p-value are printed."""
    found = table(estimates({"hc": (0.5, 0.2, 0.01)}, n_missing=7, n_singletons=1))

    keys = ("n", "n_entities", "n_clusters", "n_missing", "n_singletons", "r2_adj", "r2_within")
    assert [texts(found, key)[0] for key in keys] == [
        "1840",
        "115",
        "115",
        "7",
        "1",
        "0.695",
        "0.210",
    ]
    assert (texts(found, "f"), texts(found, "f_p")) == (["12.500"], ["<0.001"])


def test_rows_that_count_nothing_are_left_out():
    """Without missing cells, singletons and effects there are no rows about them."""
    found = table(
        estimates({"_cons": (1, 0.1, 0.01), "hc": (0.5, 0.2, 0.01)}, effects=(), kind="hc1")
    )

    keys = {row.key for row in found.rows}
    assert not keys & {"n_missing", "n_singletons", "n_clusters", "r2_within", "effects:entity"}
    assert texts(found, "_cons:std_error") == ["(0.100)"]


def test_the_constant_under_effects_has_its_error_and_its_stars():
    """Where it has a test it stands as a slope does, in results.json too; else its value alone."""
    value = Constant(1.568, 0.7, 2.24, 0.03, 0.2, 2.9, 114.0, "t")
    tested = replace(estimates({"hc": (0.5, 0.2, 0.01)}), constant=value)
    unseen = replace(tested, constant=replace(value, std_error=math.nan, p_value=math.nan))

    found = table(tested, unseen, estimates({"hc": (0.5, 0.2, 0.01)}))

    assert texts(found, "_cons") == ["1.568**", "1.568", "1.568"]
    assert texts(found, "_cons:std_error") == ["(0.700)", "", ""]
    first, second, third = found.machine["columns"]
    assert first["constant"] == {
        "b": 1.568,
        "se": 0.7,
        "t": 2.24,
        "p": 0.03,
        "ci_low": 0.2,
        "ci_high": 2.9,
        "stars": "**",
        "judge": "t",
        "df": 114.0,
    }
    assert math.isnan(second["constant"]["se"])
    assert second["constant"]["stars"] == ""
    assert "constant" not in third
    words = (
        "The standard error of this constant is that of Stata's xtreg, fe and of reghdfe: the mean "
        "of the fixed effects is taken as given."
    )
    assert words in said(found.notes)
    assert words not in said(table(estimates({"hc": (0.5, 0.2, 0.01)})).notes)


def test_effects_are_said_by_column():
    """Each effect has a row of yes and no."""
    found = table(
        estimates({"hc": (1, 1, 0.3)}), estimates({"hc": (1, 1, 0.3)}, effects=("entity",))
    )

    assert texts(found, "effects:period") == ["yes", "no"]


def test_notes_tell_what_was_done_and_left_out():
    """The notes name the errors, the small-sample rule, the levels of the stars and what was dropped."""
    one = estimates(
        {"hc": (0.5, 0.2, 0.01)}, n_missing=12, dropped=(Dropped("coal", "absorbed by entity."),)
    )
    notes = said(table(one).notes)

    assert "clustered by Entity" in notes
    assert "Small-sample correction: fixest" in notes
    assert "* p < 0.1, ** p < 0.05, *** p < 0.01" in notes
    assert "coal was dropped: absorbed by entity." in notes
    assert "because of missing values: 12" in notes


def test_different_errors_are_noted_by_column():
    """Where columns differ in their errors, each note says which columns it is about."""
    notes = said(
        table(estimates({"a": (1, 1, 0.3)}), estimates({"a": (1, 1, 0.3)}, kind="hc1")).notes
    )

    assert "Column (1): Standard errors clustered" in notes
    assert "Column (2): Heteroskedasticity-robust" in notes


def test_a_slope_without_a_test_is_neither_significant_nor_not():
    """A column whose slope has no valid p-value, as with weak instruments, counts in no sentence."""
    without = estimates({"x": (0.5, math.nan, math.nan)})
    reading = said(table(estimates({"x": (0.5, 0.1, 0.001)}), without).reading)

    assert "Column (1): x is positively associated" in reading
    assert "columns only" not in reading
    assert said(table(without).reading) == ""


def test_a_null_effect_is_called_null():
    """An effect that is not significant is said to be so, with p and its interval."""
    reading = said(table(estimates({"hc": (-0.05, 0.35, 0.88)})).reading)

    assert "is not statistically significant: b = −0.050, p = 0.880; 95% interval" in reading
    assert "none of 1" in reading


def test_many_tests_are_counted():
    """With many tests the reading says how many would pass by chance alone."""
    slopes = {f"x{i}": (0.1, 0.1, 0.02 if i == 0 else 0.6) for i in range(10)}
    reading = said(table(estimates(slopes)).reading)

    assert "1 of 10 coefficients of interest has p < 0.05" in reading
    assert "about 0.5 would" in reading


def test_columns_that_disagree_are_named():
    """A sign that changes between columns, or an effect seen in some columns only, is said."""
    up, down, none = (estimates({"x": (b, 0.1, p)}) for b, p in ((1, 0.01), (-1, 0.01), (0.1, 0.5)))

    assert "The sign of x changes between columns (1), (2)." in said(table(up, down).reading)
    assert "x is statistically significant in 1 of 2 columns only: (1)." in said(
        table(none, up).reading
    ).replace(": (2)", ": (1)")


def test_a_model_that_failed_keeps_its_column():
    """A regression that could not be estimated stands in its column with the reason as a note."""
    failed = NotEstimated(
        Regression("score", ("hc",)), (Problem("x", message("Nothing to note.")),)
    )
    found = table(failed, estimates({"hc": (1, 1, 0.3)}))

    assert texts(found, "hc") == ["—", "1.000"]
    assert "Column (1) could not be estimated: Nothing to note." in said(found.notes)
    assert found.machine["columns"][0]["not_estimated"][0]["code"] == "x"


def test_the_machine_column_keeps_every_number():
    """results.json gets unrounded numbers under stable keys."""
    (column,) = table(estimates({"hc": (1 / 3, 0.2, 0.04)})).machine["columns"]

    slope = column["coefficients"]["hc"]
    assert (slope["b"], slope["se"], slope["p"], slope["stars"]) == (1 / 3, 0.2, 0.04, "**")
    assert column["fit"]["r2_adj"] == 0.6946
    assert column["covariance"] == {
        "kind": "cluster", "clusters": {"entity": 115}, "rule": "fixest", "rule_in_words": "fixest", "df": 114,
    }  # fmt: skip
    assert set(column) == {
        "label", "outcome", "effects", "covariance", "coefficients", "n", "n_missing",
        "n_singletons", "dropped", "fit",
    }  # fmt: skip


def test_labels_are_said_in_both_languages():
    """The spanner is the outcome's label."""
    column = table(estimates({"hc": (1, 1, 0.3)})).columns[0]

    assert [say(column.spanner, language) for language in ("zh", "en")] == [
        "绿色发展效率",
        "Green efficiency",
    ]


def other_estimators():
    """Least squares, a fractional logit and random effects of one share, side by side."""
    data = simulated_panel(3, n_entities=20)
    data["share"] = 1 / (1 + np.exp(-data["y"] / 4))
    names = ("least_squares", "fractional_logit", "random_effects")
    columns = [fit(data, Regression("share", ("x1",), ("x2",), estimator=name)) for name in names]
    return columns, table(*columns)


def test_each_estimator_has_its_fit_under_its_name():
    """Adjusted R², pseudo R², overall R² and σ stand in the column of their estimator alone."""
    columns, found = other_estimators()
    ols, logit, random = (one.fit for one in columns)
    components = columns[2].components

    expected = {
        "r2_adj": [number(ols.r2_adjusted), "", ""],
        "r2_within": [number(ols.r2_within), "", number(random.r2_within)],
        "r2_between": ["", "", number(random.r2_between)],
        "r2_overall": ["", "", number(random.r2_overall)],
        "pseudo_r2": ["", number(logit.pseudo_r2), ""],
        "log_likelihood": ["", number(logit.log_likelihood), ""],
        "sigma_u": ["", "", number(components.sigma_u)],
        "sigma_e": ["", "", number(components.sigma_e)],
        "f": [number(one.f) for one in (ols, logit, random)],
        "effects:entity": ["yes", "means of regressors", "random"],
        "effects:period": ["yes", "yes", "yes"],
        "_cons": [texts(table(columns[0]), "_cons")[0], "", texts(table(columns[2]), "_cons")[0]],
    }
    assert {key: texts(found, key) for key in expected} == expected
    labels = {row.key: str(row.label) for row in found.rows}
    assert (labels["pseudo_r2"], labels["r2_overall"]) == ("Pseudo R²", "Overall R²")


def test_marginal_effects_stand_below_the_coefficients():
    """The average marginal effect of a regressor of interest and its error, of the logit alone."""
    columns, found = other_estimators()
    effects = columns[1].marginal_effects

    top, beneath = (texts(found, f"x1:marginal_effect{part}") for part in ("", ":std_error"))
    assert (top[0], top[2], beneath[0]) == ("", "", "")
    assert top[1].rstrip("*") == number(effects.estimate[0])
    assert beneath[1] == f"({number(effects.std_error[0])})"
    assert not [row.key for row in found.rows if row.key.startswith("x2:marginal")]
    plain = found.machine["columns"][1]
    assert plain["marginal_effects"]["x2"]["b"] == effects.estimate[1]
    assert [one.get("estimator") for one in found.machine["columns"]] == [
        None,
        "fractional_logit",
        "random_effects",
    ]
    assert "Column (2): fractional logit" in said(found.notes)
    assert "Column (3): random effects" in said(found.notes)
