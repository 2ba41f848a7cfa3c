"""Combined fixed effects: one level for each pair of levels, such as province × period.

Written `province^period` as in fixest, or `province*period`, `province:period`, `province × period`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.formula import tree
from xinzhi.formula.parse import parse
from xinzhi.formula.tokens import PLAIN
from xinzhi.formula.tree import Node
from xinzhi.formula.write import name as quoted_name

CROSS = " × "
SIGNS = frozenset("^*:`")


def effect_name(text: str) -> str:
    """Write an effect in one way; a name that combines nothing stays as it is.

    >>> effect_name("province^period"), effect_name("province*period"), effect_name("city")
    ('province × period', 'province × period', 'city')

    Raises
    ------
    SpecError
        `expression.syntax`: it combines something else than names.
    """
    names = effect_parts(text)
    return CROSS.join(map(quoted_name, names)) if len(names) > 1 else names[0]


def effect_parts(text: str) -> tuple[str, ...]:
    """List the names that an effect combines; one alone where it combines nothing.

    >>> effect_parts("province × period"), effect_parts("region-3")
    (('province', 'period'), ('region-3',))
    """
    if not SIGNS & set(text.translate(PLAIN)):
        return (text,)
    return _names(parse(text).tree) or (text,)


def _names(node: Node) -> tuple[str, ...]:
    match node:
        case tree.Name():
            return (node.name,)
        case tree.Power():
            parts = [_names(node.base), _names(node.exponent)]
        case tree.OperatorChain() if all(sign in {"*", ":"} for sign, _ in node.rest):
            parts = [_names(child) for child in tree.children(node)]
        case _:
            return ()
    return tuple(name for part in parts for name in part) if all(parts) else ()


def combine(columns: Sequence[pd.Series]) -> pd.Series:
    """Give each row its combination of levels; missing where one of them is.

    >>> frame = pd.DataFrame({"a": ["x", "x", None], "b": [1.0, 2.0, 2.0]})
    >>> combine([frame["a"], frame["b"]]).tolist()
    ['x × 1', 'x × 2', None]
    """
    is_complete = np.logical_and.reduce([column.notna().to_numpy() for column in columns])
    rows = zip(*(map(_level, column) for column in columns), strict=True)
    values = [
        CROSS.join(row) if complete else None
        for row, complete in zip(rows, is_complete, strict=True)
    ]
    return pd.Series(values, index=columns[0].index, dtype=object)


def _level(value: object) -> str:
    # A column of years with gaps holds floats: 2015.0 is the level 2015.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
