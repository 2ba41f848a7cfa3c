"""Columns of which a percentage means something: those that are measured from a natural zero.

10% more of an amount is an amount; 10% more of a logarithm, a standard score or a difference is not. What made a
column tells: the steps of the study file, else the name that researchers give to a logarithm. Whether the values
have one sign is looked up in the data.
"""

from __future__ import annotations

import re

from xinzhi.study.schema.study import StudySpec

WITHOUT = frozenset({"log", "log1p", "standardise", "difference"})
"""Steps whose result has no natural zero."""
IN_EXPRESSION = re.compile(r"\b(ln|ln1p|log|log1p|diff)\s*\(|\bD\d*\.", re.IGNORECASE)
"""Functions in an expression whose result has none."""
BY_NAME = re.compile(
    r"^(ln|log|lg|z|std)_|^ln(?=[A-Z(（\u4e00-\u9fff])|^log(?=[A-Z(（\u4e00-\u9fff])|对数|标准化"
)
"""Names of logarithms and standard scores that came so in a file."""


def has_natural_zero(column: str, spec: StudySpec) -> bool:
    """Tell whether a column is measured from a natural zero, as far as its steps and its name say.

    The sign of its values is another question.
    """
    for name, options in reversed(spec.prepare):
        if name != column:
            continue
        kind, source = options.get("step"), options.get("column")
        if kind in WITHOUT or IN_EXPRESSION.search(str(options.get("expression", ""))):
            return False
        # A lag, a filled or a winsorised column is measured as the one that it is made of.
        return not isinstance(source, str) or source == column or has_natural_zero(source, spec)
    return not BY_NAME.search(column)
