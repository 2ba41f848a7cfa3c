"""References of the covariance estimators in force, for the methods paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

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


def references_of(covariances: Iterable[str]) -> frozenset[str]:
    """List the references of errors.

    >>> [reference[:10] for reference in references_of(["cluster"])]
    ['Cameron, A']
    """
    return frozenset(COVARIANCES[kind] for kind in covariances if kind in COVARIANCES)
