"""Formulas over columns: one grammar for variables, regressors, effects and steps."""
