"""Regression tables: slopes with their errors beneath, what was fitted, what was left out."""

from xinzhi.tables.regression.fitted import Fitted, NotEstimated
from xinzhi.tables.regression.table import STARS, regression_table

__all__ = ["STARS", "Fitted", "NotEstimated", "regression_table"]
