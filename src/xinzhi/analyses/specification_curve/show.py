"""The table of the specification curve, its paragraph of methods and its reference."""

from __future__ import annotations

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.specification_curve.tables import curve_table
from xinzhi.econometrics.specification_curve import SpecificationCurve
from xinzhi.wording import message

SIMONSOHN = (
    "Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Specification curve analysis. Nature "
    "Human Behaviour, 4, 1208–1214. doi:10.1038/s41562-020-0912-z"
)


def exhibits(result: SpecificationCurve, shown: Shown) -> Exhibits:
    """Make the exhibits."""
    labels, decimals = shown.style.labels, shown.style.decimals
    table = curve_table(shown.name, shown.title, result, labels=labels, decimals=decimals)
    methods = message(
        "Specification curve: every combination of the declared choices, nothing chosen after the "
        "results were seen."
    )
    return Exhibits((table,), (methods,), frozenset({SIMONSOHN}))
