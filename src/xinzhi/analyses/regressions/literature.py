"""References of the methods that tables of regressions rest on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WILD = (
    "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for "
    "inference with clustered errors. Review of Economics and Statistics, 90(3), 414–427. "
    "doi:10.1162/rest.90.3.414"
)
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
