"""Dummies: i(column) as one comparison for each value of the column but its base.

Combined fixed effects: one level for each pair of levels, such as province × period.

Written `province^period` as in fixest, or `province*period`, `province:period`, `province × period`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi_core.errors import DataError, Problem, SpecError, Where, suggestion
from xinzhi_core.formula import tree
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.tree import DUMMIES, PLAIN, Node
from xinzhi_core.formula.write import in_words, number, written
from xinzhi_core.formula.write import name as quoted_name
from xinzhi_core.wording import Wording, message

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


MOST = 200
"""Values of a column from which on dummies are effects."""


@dataclass(frozen=True, slots=True)
class LevelTerm:
    """The dummy of one value."""

    column: str
    value: str
    base: str
    """Empty where all values have a dummy, as in i(column, times)."""
    node: tree.Node

    @property
    def name(self) -> str:
        """Its formula."""
        return written(self.node)

    def in_words(
        self, label: Callable[[str], Wording], member: Callable[[str], Wording]
    ) -> Wording:
        """Say the value, and the base that it is compared with."""
        words = message("{name}: {value}", name=label(self.column), value=member(self.value))
        if isinstance(self.node, tree.OperatorChain) and self.node.rest[0][0] == "*":
            times = in_words(self.node.rest[0][1], label)
            words = message("{x} × {w}", x=words, w=times)
        if not self.base:
            return words
        return message("{term} (base: {base})", term=words, base=member(self.base))


def is_dummies(text: str) -> bool:
    """Whether a name is i(…).

    >>> is_dummies("i(region)"), is_dummies("i"), is_dummies("x^2")
    (True, False, False)
    """
    if not text.strip().startswith((f"{DUMMIES}(", f"{DUMMIES}（")):
        return False
    try:
        return isinstance(parse(text).tree, tree.Dummies)
    except SpecError:
        return False


def level_terms(
    dummies: tree.Dummies, column: pd.Series, order: tuple[str, ...] = ()
) -> tuple[LevelTerm, ...]:
    """Make the dummies of a column: numbers in ascending order, texts in the order that is given, or sorted.

    The base is the first value where none is stated; beside `times` every value has its dummy, unless a
    base is stated, as in fixest.

    Raises
    ------
    DataError
        `expression.levels`: fewer than two values, or more than 200; `expression.base`: the base is not a value.
    """
    name = dummies.column.name
    levels = column.dropna().unique().tolist()
    values: list[tree.Number | tree.Text]
    if column.dtype.kind in "fiub":
        values = [tree.Number(float(level), 0) for level in sorted(levels)]
    else:
        # The given order first, whether its values occur or not; what it does not name follows.
        texts = (*order, *sorted({*map(str, levels)} - {*order}))
        values = [tree.Text(text, 0) for text in texts]
    n = len(values)
    if not 2 <= n <= MOST:
        what = message(
            "'{name}' has {n} values; dummies need 2 to {most}.",
            one="'{name}' has {n} value; dummies need 2 to {most}.",
            name=name,
            n=n,
            most=MOST,
        )
        remedy = message("choose a column of a few groups, or make it an effect.")
        raise DataError(Problem("expression.levels", what, Where(column=name), remedy))
    base = _base(dummies, values, name)
    terms = []
    for value in values:
        if base is not None and value.value == base.value:
            continue
        node: tree.Node = tree.OperatorChain(dummies.column, (("==", value),), 0)
        if dummies.times is not None:
            node = tree.OperatorChain(node, (("*", dummies.times),), 0)
        terms.append(LevelTerm(name, _shown(value), _shown(base) if base else "", node))
    return tuple(terms)


def _base(
    dummies: tree.Dummies, values: list[tree.Number | tree.Text], name: str
) -> tree.Number | tree.Text | None:
    # Beside `times` no value is redundant: the constant stands for the column, not for its product.
    if dummies.base is None:
        return values[0] if dummies.times is None else None
    for value in values:
        if value.value == dummies.base.value:
            return value
    text = message("'{base}' is not a value of '{name}'.", base=_shown(dummies.base), name=name)
    remedy = suggestion(_shown(dummies.base), [_shown(value) for value in values])
    raise DataError(Problem("expression.base", text, Where(column=name), remedy))


def _shown(value: tree.Number | tree.Text) -> str:
    return value.value if isinstance(value, tree.Text) else number(value.value)
