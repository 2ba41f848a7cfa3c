"""Estimators beside least squares: each file adds one to `fit.ESTIMATORS`."""
