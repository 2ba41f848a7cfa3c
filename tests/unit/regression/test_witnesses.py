"""Fixed effects regressions against R and linearmodels."""

# 1e-10 for coefficients and 1e-8 for errors, which leaves room for iterations of the others.

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import PanelOLS
from scipy import stats

from cases_econometrics import r_witness, simulated_panel
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))

ESTIMATR = """
f <- function(...) lm_robust(y ~ x1 + x2, data=d, fixed_effects=~ entity + period, ...)
a <- f(se_type="classical"); out$iid <- c(a$coefficients, a$std.error, a$p.value)
a <- f(se_type="HC1"); out$hc1 <- c(a$coefficients, a$std.error, a$p.value)
a <- f(se_type="stata", clusters=d$province); out$areg <- c(a$coefficients, a$std.error, a$p.value)
a <- lm_robust(y ~ x1 + x2, data=d, clusters=entity, se_type="stata")
out$pooled <- c(a$coefficients, a$std.error, a$p.value)
"""


@pytest.mark.long
def test_estimatr():
    """Coefficients, errors and p-values of R estimatr on an unbalanced panel."""
    data = simulated_panel()
    r = r_witness(data, ESTIMATR, "estimatr")
    hows = {
        "iid": Covariance(),
        "hc1": Covariance("hc1"),
        "areg": Covariance("cluster", ("province",), rule="areg"),
    }
    for key, how in hows.items():
        found = fit(data, Regression("y", ("x1", "x2"), covariance=how))
        ours = np.concatenate([found.estimate, found.std_error, found.usual_p])
        np.testing.assert_allclose(ours, r[key], rtol=1e-8)
    found = fit(data, Regression("y", ("x1", "x2"), effects=(), covariance=BY_ENTITY))
    ours = np.concatenate([found.estimate, found.std_error, found.usual_p])
    np.testing.assert_allclose(ours, r["pooled"], rtol=1e-8)


PLM = """
p <- pdata.frame(d, index=c("entity", "period"))
m <- plm(y ~ x1 + x2, data=p, model="within", effect="twoways")
out$slopes <- coef(m)
out$scc0 <- sqrt(diag(vcovSCC(m, type="HC0", maxlag=2)))
out$arellano <- sqrt(diag(vcovHC(m, method="arellano", type="HC0", cluster="group")))
out$two <- sqrt(diag(vcovDC(m, type="HC0")))
"""


@pytest.mark.long
def test_plm():
    """Driscoll-Kraay, one-way and two-way clusters of R plm, up to the stated factors.

    Those of Driscoll and Kraay are T/(T-1)·(N-1)/(N-K): fixest (R/VCOV.R of 0.12) counts the
    effects not nested in the periods, xtscc (1.4) slopes, constant and dummies of periods, areg all.
    """
    data = simulated_panel(3, keep=1.0)
    r = r_witness(data, PLM, "plm")

    def errors(how: Covariance):
        return fit(data, Regression("y", ("x1", "x2"), covariance=how))

    one = errors(BY_ENTITY)
    n, k = one.n, 2
    cities, years = len(data.index.levels[0]), len(data.index.levels[1])

    np.testing.assert_allclose(one.estimate, r["slopes"], rtol=1e-10)
    for rule, counted in (
        ("fixest", k + cities),
        ("stata", k + years),
        ("areg", k + cities + years - 1),
    ):
        scc = errors(Covariance("driscoll_kraay", lag=2, rule=rule))
        factor = years / (years - 1) * (n - 1) / (n - counted)
        np.testing.assert_allclose(scc.std_error, r["scc0"] * np.sqrt(factor), rtol=1e-8)
        assert scc.covariance.df == years - 1
        p = 2 * stats.t.sf(np.abs(scc.estimate / scc.std_error), years - 1)
        np.testing.assert_allclose(scc.p_value, p, rtol=1e-8)
    factor = cities / (cities - 1) * (n - 1) / (n - (k + 1 + years - 1))
    np.testing.assert_allclose(one.std_error, r["arellano"] * np.sqrt(factor), rtol=1e-8)
    two = errors(Covariance("two_way", ("entity", "period")))
    factor = years / (years - 1) * (n - 1) / (n - (k + 1))  # both effects are nested
    np.testing.assert_allclose(two.std_error, r["two"] * np.sqrt(factor), rtol=1e-8)
    assert two.covariance.df == min(cities, years) - 1


def test_linearmodels():
    """linearmodels, an independent package, gives the same slopes and errors."""
    data = simulated_panel(5)
    witness = PanelOLS(data["y"], data[["x1", "x2"]], entity_effects=True, time_effects=True).fit()

    found = fit(data, Regression("y", ("x1", "x2"), covariance=Covariance()))

    np.testing.assert_allclose(found.estimate, witness.params, rtol=1e-9)
    np.testing.assert_allclose(found.std_error, witness.std_errors, rtol=1e-9)


PRODUC = """
data(Produc, package = "plm")
d <- Produc; d$lg <- log(d$gsp); d$lp <- log(d$pcap); d$lc <- log(d$pc); d$le <- log(d$emp)
write.csv(d[c("state", "year", "lg", "lp", "lc", "le", "unemp")], "Produc.csv", row.names = FALSE)
rows <- read.csv("Produc.csv"); out$data <- c(t(as.matrix(cbind(as.integer(factor(d$state)), d$year, d$lg, d$lp, d$lc, d$le, d$unemp))))
m <- plm(lg ~ lp + lc + le + unemp, d, index = c("state", "year"), model = "within", effect = "twoways")
out$slopes <- coef(m); out$iid <- sqrt(diag(vcov(m)))
one <- plm(lg ~ lp + lc + le + unemp, d, index = c("state", "year"), model = "within")
out$one <- coef(one); out$white <- sqrt(diag(vcovHC(one, method = "white1", type = "HC0")))
l <- lm(lg ~ lp + lc + le + unemp + factor(state) + factor(year), d)
pick <- c("lp", "lc", "le", "unemp")
out$stata <- sqrt(diag(clubSandwich::vcovCR(l, cluster = d$state, type = "CR1S")))[pick]
out$sandwich <- sqrt(diag(sandwich::vcovCL(l, cluster = d$state, type = "HC1")))[pick]
"""


@pytest.mark.long
def test_produc():
    """Munnell's Produc panel: plm, sandwich and clubSandwich give the same numbers."""
    r = r_witness(simulated_panel(), PRODUC, "plm", "sandwich", "clubSandwich")
    names = ["entity", "period", "lg", "lp", "lc", "le", "unemp"]
    data = pd.DataFrame(r["data"].reshape(-1, 7), columns=names).set_index(names[:2])
    slopes = ("lp", "lc", "le", "unemp")

    plain = fit(data, Regression("lg", slopes, covariance=Covariance()))
    areg = fit(
        data, Regression("lg", slopes, covariance=Covariance("cluster", ("entity",), rule="areg"))
    )
    white = fit(data, Regression("lg", slopes, effects=("entity",), covariance=Covariance("hc1")))

    np.testing.assert_allclose(plain.estimate, r["slopes"], rtol=1e-10)
    np.testing.assert_allclose(plain.std_error, r["iid"], rtol=1e-8)
    np.testing.assert_allclose(areg.std_error, r["stata"], rtol=1e-8)
    np.testing.assert_allclose(areg.std_error, r["sandwich"], rtol=1e-8)
    np.testing.assert_allclose(white.estimate, r["one"], rtol=1e-10)
    factor = np.sqrt(white.n / white.covariance.df)
    np.testing.assert_allclose(white.std_error, r["white"] * factor, rtol=1e-8)


@pytest.mark.long
def test_grunfeld_from_r():
    """Grunfeld with R's own sandwich: HC1, clusters of firms and both at once."""
    r = r_witness(
        simulated_panel(),
        """
data(Grunfeld, package = "plm"); d <- Grunfeld
out$data <- c(t(as.matrix(d[c("firm", "year", "inv", "value", "capital")])))
l <- lm(inv ~ value + capital + factor(firm) + factor(year), d); pick <- c("value", "capital")
out$hc1 <- sqrt(diag(sandwich::vcovHC(l, type = "HC1")))[pick]
v <- function(g) sandwich::vcovCL(l, cluster = g, type = "HC0", cadjust = FALSE)
both <- v(d$firm) + v(d$year) - v(interaction(d$firm, d$year))
out$two <- sqrt(diag(both))[pick]
""",
        "plm",
        "sandwich",
    )
    names = ["entity", "period", "inv", "value", "capital"]
    data = pd.DataFrame(r["data"].reshape(-1, 5), columns=names).set_index(names[:2])

    robust = fit(data, Regression("inv", ("value", "capital"), covariance=Covariance("hc1")))
    two = fit(
        data,
        Regression(
            "inv", ("value", "capital"), covariance=Covariance("two_way", ("entity", "period"))
        ),
    )

    np.testing.assert_allclose(robust.std_error, r["hc1"], rtol=1e-8)
    factor = np.sqrt(10 / 9 * 199 / (200 - 3))  # both effects are nested; the smaller G
    np.testing.assert_allclose(two.std_error, r["two"] * factor, rtol=1e-8)


@pytest.mark.parametrize("keep", [0.8, 1.0])
@pytest.mark.parametrize("lag", [None, 0, 3])
def test_driscoll_kraay_is_linearmodels(keep, lag):
    """Driscoll-Kraay errors and the default lag are those of linearmodels, up to its factor.

    linearmodels scales by N/(N-k-dfa).
    """
    data = simulated_panel(5, n_periods=12, keep=keep)
    options = {} if lag is None else {"bandwidth": lag}
    witness = PanelOLS(data["y"], data[["x1", "x2"]], entity_effects=True, time_effects=True).fit(
        cov_type="kernel", kernel="bartlett", **options
    )

    found = fit(
        data, Regression("y", ("x1", "x2"), covariance=Covariance("driscoll_kraay", lag=lag))
    )

    n, k, cities, years = found.n, 2, *data.index.remove_unused_levels().levshape
    theirs = n / (n - k - found.df_absorbed)
    ours = years / (years - 1) * (n - 1) / (n - (k + cities))
    np.testing.assert_allclose(
        found.std_error, witness.std_errors * np.sqrt(ours / theirs), rtol=1e-8
    )
