"""Regression tables: coefficients with standard errors, measures of fit, excluded rows."""

from xinzhi.present.regression.fitted import Fitted, NotEstimated, with_wild
from xinzhi.present.regression.instrumented import with_instruments
from xinzhi.present.regression.table import regression_table, with_headings

__all__ = [
    "Fitted",
    "NotEstimated",
    "regression_table",
    "with_headings",
    "with_instruments",
    "with_wild",
]
