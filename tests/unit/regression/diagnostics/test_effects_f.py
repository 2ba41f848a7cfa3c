"""F tests of the effects."""

from __future__ import annotations

import numpy as np

from cases_econometrics import agrees, case, frame, r_witness, simulated_panel
from xinzhi_econometrics.diagnostics.effects_f import effects_f
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.specification import Regression


def test_grunfeld():
    """The F of all effects, and of years given firms, are those of R plm."""
    grunfeld = case("grunfeld_fe_twoway")
    expected = grunfeld["expected"]

    tests = effects_f(frame(grunfeld), Regression("inv", ("value", "capital")))

    found = {test.name: test for test in tests}
    for name, key in (("effects_f", "F_test_all"), ("effects_f.period", "F_test_year_given_firm")):
        agrees(
            [found[name].value, found[name].p_value],
            [expected[key]["F"], expected[key]["p"]],
            grunfeld,
        )
        assert found[name].distribution == "F({}, {})".format(*expected[key]["df"])


def test_unbalanced_panel():
    """On an unbalanced panel the tests are nested dummy regressions of R."""
    data = simulated_panel(19)
    r = r_witness(
        data,
        """
a <- lm(y ~ x1 + x2 + factor(entity) + factor(period), d)
for (n in c("period", "entity")) {
  b <- anova(update(a, paste(". ~ . - factor(", n, ")")), a); out[[n]] <- c(b$F[2], b[2, 6]) }
""",
    )

    found = {test.name: test for test in effects_f(data, Regression("y", ("x1", "x2")))}

    for name in ("entity", "period"):
        test = found[f"effects_f.{name}"]
        np.testing.assert_allclose([test.value, test.p_value], r[name], rtol=1e-8)


def test_no_effects():
    """Without effects there is nothing to test, and the reason is said."""
    (found,) = effects_f(simulated_panel(), Regression("y", ("x1",), effects=()))

    assert isinstance(found, Inapplicable)


def test_nested_effects():
    """An effect that is contained in another cannot be tested given it."""
    tests = effects_f(simulated_panel(), Regression("y", ("x1",), effects=("entity", "province")))

    assert isinstance(
        tests[1 + [t.name for t in tests[1:]].index("effects_f.province")], Inapplicable
    )
