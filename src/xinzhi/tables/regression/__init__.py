"""Regression tables: slopes with their errors beneath, what was fitted, what was left out."""

from xinzhi.tables.regression.fitted import Fitted, NotEstimated
from xinzhi.tables.regression.headed import with_headings
from xinzhi.tables.regression.instrumented import with_instruments
from xinzhi.tables.regression.table import STARS, regression_table
from xinzhi.tables.regression.wild import with_wild

__all__ = [
    "STARS",
    "Fitted",
    "NotEstimated",
    "regression_table",
    "with_headings",
    "with_instruments",
    "with_wild",
]
