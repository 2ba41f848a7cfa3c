"""References of the methods that tables of regressions rest on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WILD = (
    "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for "
    "inference with clustered errors. Review of Economics and Statistics, 90(3), 414–427. "
    "doi:10.1162/rest.90.3.414"
)
FEW_CLUSTERS = (
    (
        "Bell, R. M., & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with "
        "multi-stage samples. Survey Methodology, 28(2), 169–181."
    ),
    (
        "Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and "
        "hypothesis testing in fixed effects models. Journal of Business & Economic Statistics, 36(4), 672–683. "
        "doi:10.1080/07350015.2016.1247004"
    ),
    (
        "Carter, A. V., Schnepel, K. T., & Steigerwald, D. G. (2017). Asymptotic behavior of a t-test robust to "
        "cluster heterogeneity. Review of Economics and Statistics, 99(4), 698–709. doi:10.1162/REST_a_00639"
    ),
)
"""The test that judges with few clusters, and their effective number."""
INSTRUMENTS = (
    (
        "Montiel Olea, J. L., & Pflueger, C. (2013). A robust test for weak instruments. Journal of "
        "Business & Economic Statistics, 31(3), 358–369. doi:10.1080/00401706.2013.806694"
    ),
    (
        "Kleibergen, F., & Paap, R. (2006). Generalized reduced rank tests using the singular value "
        "decomposition. Journal of Econometrics, 133(1), 97–126. doi:10.1016/j.jeconom.2005.02.011"
    ),
    (
        "Stock, J. H., & Yogo, M. (2005). Testing for weak instruments in linear IV regression. In D. "
        "W. K. Andrews & J. H. Stock (Eds.), Identification and inference for econometric models (pp. "
        "80–108). Cambridge University Press. doi:10.1017/CBO9780511614491.006"
    ),
    (
        "Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a "
        "complete system of stochastic equations. Annals of Mathematical Statistics, 20(1), 46–63. "
        "doi:10.1214/aoms/1177730090"
    ),
)
"""Strength of instruments and tests that hold where they are weak."""
ESTIMATORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fractional_logit": (
            (
                "Papke, L. E., & Wooldridge, J. M. (1996). Econometric methods for fractional response "
                "variables with an application to 401(k) plan participation rates. Journal of Applied "
                "Econometrics, 11(6), 619–632. "
                "doi:10.1002/(SICI)1099-1255(199611)11:6<619::AID-JAE418>3.0.CO;2-1"
            ),
            (
                "Papke, L. E., & Wooldridge, J. M. (2008). Panel data methods for fractional response "
                "variables with an application to test pass rates. Journal of Econometrics, 145(1–2), "
                "121–133. doi:10.1016/j.jeconom.2008.05.009"
            ),
        ),
        "random_effects": (
            (
                "Swamy, P. A. V. B., & Arora, S. S. (1972). The exact finite sample properties of the "
                "estimators of coefficients in the error components regression models. Econometrica, "
                "40(2), 261–275. doi:10.2307/1909405"
            ),
            (
                "Baltagi, B. H., & Chang, Y.-J. (1994). Incomplete panels: A comparative study of "
                "alternative estimators for the unbalanced one-way error component regression model. "
                "Journal of Econometrics, 62(2), 67–89. doi:10.1016/0304-4076(94)90017-5"
            ),
        ),
    }
)
"""Estimator other than least squares -> its sources."""
COVARIANCES: Mapping[str, str] = MappingProxyType(
    {
        "hc1": "MacKinnon, J. G., & White, H. (1985). Some heteroskedasticity-consistent covariance "
        "matrix estimators with improved finite sample properties. Journal of Econometrics, 29(3), "
        "305–325. doi:10.1016/0304-4076(85)90158-7",
        "cluster": "Cameron, A. C., & Miller, D. L. (2015). A practitioner's guide to "
        "cluster-robust inference. Journal of Human Resources, 50(2), 317–372. "
        "doi:10.3368/jhr.50.2.317",
        "two_way": "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with "
        "multiway clustering. Journal of Business & Economic Statistics, 29(2), 238–249. "
        "doi:10.1198/jbes.2010.07136",
        "driscoll_kraay": "Driscoll, J. C., & Kraay, A. C. (1998). Consistent covariance matrix "
        "estimation with spatially dependent panel data. Review of Economics and Statistics, 80(4), "
        "549–560. doi:10.1162/003465398557825",
    }
)
"""Kind of errors -> its source."""
