"""Evaluate formulas on the rows of a panel, on arrays of floats.

Missing values stay missing: a number computed from one is missing, and so is a comparison with one, `and`,
`or` and `not` of it; nothing is false because it is not known. What is not defined (a division by zero, the
logarithm of a negative number) is an error that names its rows. Lags go by period inside the entity.
"""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import MissingColumn, OutOfDomain, Problem, SpecError, Where
from xinzhi_core.formula import tree
from xinzhi_core.formula.tree import Formula, Node
from xinzhi_core.formula.write import written
from xinzhi_core.panel import transforms
from xinzhi_core.panel.calendar import in_years
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.panel.profile import holds_numbers
from xinzhi_core.panel.transforms import LOGARITHMS
from xinzhi_core.problems import missing_column
from xinzhi_core.wording import Message, message

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
NAMED = 100
"""Rows that an error of one formula names."""

LOG = ("derive.log_nonpositive", message("The logarithm of {value} does not exist."))
LOG1P = ("derive.log_nonpositive", message("ln(1 + x) of {value} does not exist."))
DIVISION = ("derive.division_by_zero", message("Division by zero."))
ROOT = ("derive.root_negative", message("The square root of {value} does not exist."))
POWER = ("derive.power", message("The power of {value} does not exist."))
OVERFLOW = ("derive.overflow", message("The result is too large to be a number."))
CONDITION = (
    "derive.condition",
    message("{value} is neither 0 nor 1, so it is not a condition: compare it, as in x > 0."),
)
COMPARE: Mapping[str, Callable[..., npt.NDArray[np.bool_]]] = MappingProxyType(
    {
        "==": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)
UNARY: Mapping[str, Callable[[Floats], Floats]] = MappingProxyType(
    {
        **{name: logarithm.of for name, logarithm in LOGARITHMS.items()},
        "exp": np.exp,
        "sqrt": np.sqrt,
        "abs": np.abs,
    }
)
GATHER: Mapping[str, Callable[..., Floats]] = MappingProxyType(
    {"mean": np.mean, "min": np.min, "max": np.max}
)


def evaluate(formula: Formula, panel: Panel, *, where: Where | None = None) -> Floats:
    """Evaluate a formula on the rows of a panel; missing values stay missing.

    `lag`, `lead` and `diff` go by period inside the entity: a gap gives a missing value. `mean`,
    `min` and `max` of several arguments go along the row, of one argument over all rows. A
    comparison is 1 or 0, and missing where one of its sides is. `entity` and `period`, or the names of
    the key columns, stand for the keys.

    Returns
    -------
    Array of one float per row, (n,).

    Raises
    ------
    MissingColumn
        A name is not a column.
    SpecError
        `expression.type`: a text where a number is needed, or compared with a number.
    OutOfDomain
        `derive.log_nonpositive`, `derive.division_by_zero`, `derive.root_negative`,
        `derive.power`, `derive.condition`, `derive.overflow`, naming the rows.

    Examples
    --------
    >>> from xinzhi_core.formula.parse import parse
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_product([["a"], [1, 2, 3]], names=["entity", "period"])
    >>> panel = panel_of(pd.DataFrame({"x": [1.0, np.nan, 3.0]}, index=index))
    >>> evaluate(parse("x > 2 and period >= 2"), panel)
    array([ 0., nan,  1.])
    """
    place = where or Where(file=panel.source)
    run = _Run(formula, panel, columns_of(formula, panel, place), place)
    with np.errstate(all="ignore"):
        values = run.number(formula.tree)
    result = np.broadcast_to(np.asarray(values, dtype=np.float64), (len(panel.frame),)).copy()
    run.refuse(np.isinf(result), formula.tree, OVERFLOW)
    return result


def columns_of(formula: Formula, panel: Panel, where: Where) -> Mapping[str, str]:
    """Find the column or key that each name of a formula stands for.

    Raises
    ------
    MissingColumn
        With the nearest name; a name that is a value of a column of text is told to be quoted.
    """
    table = {unicodedata.normalize("NFKC", str(c)): str(c) for c in panel.frame.columns}
    keys = {ENTITY: ENTITY, panel.keys[0]: ENTITY, PERIOD: PERIOD, panel.keys[1]: PERIOD}
    columns: dict[str, str] = {}
    problems = []
    for name in formula.names:
        # Full-width letters and digits of a name are those of the heading, and the other way round.
        plain = unicodedata.normalize("NFKC", name)
        if plain in table:
            columns[name] = table[plain]
        elif name in keys and (keys[name] == ENTITY or panel.has_periods):
            columns[name] = keys[name]
        else:
            problems.append(_unknown(name, panel, tuple(table.values()), where))
    if problems:
        raise MissingColumn(problems)
    return columns


def _unknown(name: str, panel: Panel, columns: tuple[str, ...], where: Where) -> Problem:
    problem = missing_column(name, columns, where)
    for column in columns:
        values = panel.frame[column]
        if not holds_numbers(values) and (values == name).any():
            return Problem(problem.code, problem.what, where, without_quotes(name, column))
    return problem


def without_quotes(name: str, column: str) -> Message:
    """Say that a value of a column of text stands without quotation marks."""
    return message(
        "'{name}' is a value of '{column}': write it with quotation marks, as a text.",
        name=name,
        column=column,
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """One evaluation."""

    formula: Formula
    panel: Panel
    columns: Mapping[str, str]
    where: Where

    def value(self, node: Node) -> Floats | Texts:
        return VALUES[type(node)](self, node)

    def dummies(self, node: tree.Dummies) -> Floats:
        """Refuse several columns where one is needed."""
        raise self.mistake(
            message("{part} makes several columns and stands alone.", part=written(node)),
            message("write it as a regressor of its own, or name one value: x == 'a'."),
        )

    def number(self, node: Node) -> Floats:
        """Evaluate a node that must be a number."""
        values = self.value(node)
        if values.dtype.kind == "O":
            raise self.mistake(
                message("{part} is text, not a number.", part=written(node)),
                message("compare it with texts: {part} == '…'.", part=written(node)),
            )
        return np.asarray(values, dtype=np.float64)

    def mistake(self, what: Message, remedy: Message) -> SpecError:
        """Make the error of a formula that has no meaning for these columns."""
        words = message("{what} (in the formula {formula})", what=what, formula=self.formula.text)
        return SpecError(Problem("expression.type", words, self.where, remedy))

    def column(self, name: str) -> Floats | Texts:
        index = self.panel.frame.index
        if name not in self.panel.frame:
            keys = index.get_level_values(name)
            if name == PERIOD and keys.dtype.kind in "iuf":
                # Quarters are fractions of years here, so that they compare with years: period >= 2015.
                return in_years(keys.to_numpy())
            return keys.to_numpy(dtype=object)
        values = self.panel.frame[name]
        if holds_numbers(values):
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        return values.to_numpy(dtype=object)

    def apply_sign(self, node: tree.Sign) -> Floats:
        if node.operator == "not":
            return np.asarray(1.0 - self.condition(node.operand))
        values = self.number(node.operand)
        return np.asarray(-values) if node.operator == "-" else values

    def apply_chain(self, node: tree.OperatorChain) -> Floats:
        sign = node.rest[0][0]
        if sign in COMPARE:
            return self.compare_neighbours(node)
        if sign in {"and", "or"}:
            parts = [self.condition(child) for child in tree.children(node)]
            # The product and the maximum of 0 and 1; a missing part leaves nothing known.
            return reduce(np.multiply if sign == "and" else np.maximum, parts)
        result = self.number(node.first)
        for operation, right in node.rest:
            result = self.operate(operation, result, right)
        return result

    def operate(self, operation: str, left: Floats, node: Node) -> Floats:
        right = self.number(node)
        match operation:
            case "+":
                return np.asarray(left + right)
            case "-":
                return np.asarray(left - right)
            case "/":
                self.refuse((right == 0) & ~np.isnan(left), node, DIVISION, right)
                return np.asarray(left / right)
        return np.asarray(left * right)

    def power(self, node: tree.Power) -> Floats:
        left, right = self.number(node.base), self.number(node.exponent)
        self.refuse((left == 0) & (right < 0), node.base, DIVISION, left)
        self.refuse((left < 0) & (right % 1 != 0), node.base, POWER, left)
        # numpy has nan**0 = 1 and 1**nan = 1: here a missing value stays missing.
        return np.where(np.isnan(left) | np.isnan(right), np.nan, left**right)

    def condition(self, node: Node) -> Floats:
        """Evaluate what is true or false: 1, 0 or missing."""
        values = self.number(node)
        self.refuse(~(np.isnan(values) | (values == 0) | (values == 1)), node, CONDITION, values)
        return values

    def compare_neighbours(self, node: tree.OperatorChain) -> Floats:
        """Compare neighbours: a < b < c is a < b and b < c."""
        parts = [(child, self.value(child)) for child in tree.children(node)]
        result: Floats = np.asarray(1.0)
        for (sign, _), left, right in zip(node.rest, parts, parts[1:], strict=False):
            result = result * self.compare(sign, left, right)
        return result

    def compare(
        self,
        sign: str,
        left: tuple[Node, Floats | Texts],
        right: tuple[Node, Floats | Texts],
    ) -> Floats:
        """Compare two sides; missing where one of them is."""
        kinds = [values.dtype.kind == "O" for _, values in (left, right)]
        if kinds[0] != kinds[1]:
            text, number = (left, right) if kinds[0] else (right, left)
            raise self.mistake(
                message(
                    "{text} is text and is compared with the number {number}.",
                    text=written(text[0]),
                    number=written(number[0]),
                ),
                message("compare texts with texts, as in x == 'a', and numbers with numbers."),
            )
        if kinds[0] and sign not in {"==", "!="}:
            raise self.mistake(
                message("Texts have no order for {sign}.", sign=sign),
                message("compare texts by ==, != or in (…)."),
            )
        holds = COMPARE[sign](left[1], right[1])
        unknown = pd.isna(left[1]) | pd.isna(right[1])
        return np.where(unknown, np.nan, np.asarray(holds, dtype=np.float64))

    def member(self, node: tree.Member) -> Floats:
        """Whether a value is one of a list: equal to one of its values."""
        left = (node.value, self.value(node.value))
        hits = [self.compare("==", left, (value, self.value(value))) for value in node.among]
        inside = reduce(np.maximum, hits)
        return np.asarray(1.0 - inside) if node.negated else inside

    def call(self, node: tree.Call) -> Floats:
        values = [self.number(argument) for argument in node.arguments]
        name = node.function
        if name in GATHER:
            return self.gather(name, values)
        value, argument = values[0], node.arguments[0]
        if name in LOGARITHMS:
            how = LOG if name == "ln" else LOG1P
            self.refuse(value <= LOGARITHMS[name].lowest, argument, how, value)
        elif name == "sqrt":
            self.refuse(value < 0, argument, ROOT, value)
        result = UNARY[name](value)
        # Here and not at the end alone, where the infinite value may have vanished in a quotient.
        if name == "exp":
            self.refuse(np.isinf(result), argument, OVERFLOW, value)
        return np.asarray(result)

    def gather(self, name: str, values: list[Floats]) -> Floats:
        """Mean, least or greatest of arguments along the row, or of one argument over all rows."""
        n = len(self.panel.frame)
        table = np.stack([np.broadcast_to(value, (n,)) for value in values])
        if len(values) > 1:
            along: Floats = GATHER[name](table, axis=0)
            return along
        seen = table[0][~np.isnan(table[0])]
        return np.asarray(GATHER[name](seen) if len(seen) else np.nan, dtype=np.float64)

    def shift(self, node: tree.Shift) -> Floats:
        if not self.panel.has_periods:
            raise no_periods(node.function, self.where)
        values = np.broadcast_to(self.number(node.operand), (len(self.panel.frame),))
        index = self.panel.frame.index
        if node.function == "diff":
            return transforms.difference(index, values, node.steps)
        steps = -node.steps if node.function == "lead" else node.steps
        return transforms.lag(index, values, steps)

    def refuse(
        self,
        wrong: npt.ArrayLike,
        node: Node,
        how: tuple[str, Message],
        values: Floats | None = None,
    ) -> None:
        """Raise one problem per row in which a function or operator is not defined."""
        n = len(self.panel.frame)
        rows = np.flatnonzero(np.broadcast_to(np.asarray(wrong), (n,)))[:NAMED].tolist()
        if not rows:
            return
        column = self.columns[node.name] if isinstance(node, tree.Name) else self.formula.text
        given = np.broadcast_to(np.nan if values is None else values, (n,))
        code, template = how
        raise OutOfDomain(
            Problem(
                code,
                message(template.template, value=float(given[i])),
                self.panel.place(i, column),
                message("correct the value, empty the cell if it is missing, or derive otherwise."),
            )
            for i in rows
        )


VALUES: Mapping[type, Callable[[_Run, Any], Floats | Texts]] = MappingProxyType(
    {
        tree.Number: lambda _, node: np.asarray(node.value),
        tree.Text: lambda _, node: np.asarray(node.value, dtype=object),
        tree.Name: lambda run, node: run.column(run.columns[node.name]),
        tree.Sign: _Run.apply_sign,
        tree.OperatorChain: _Run.apply_chain,
        tree.Power: _Run.power,
        tree.Member: _Run.member,
        tree.Call: _Run.call,
        tree.Shift: _Run.shift,
        tree.Dummies: _Run.dummies,
    }
)
"""Kind of node -> its values."""


def no_periods(name: str, where: Where) -> SpecError:
    """Make the error of a lag, a count by year or the like in a cross-section."""
    text = message("{name} needs periods; the data are a cross-section.", name=name)
    remedy = message("name the column of periods.")
    return SpecError(Problem("expression.no_periods", text, where, remedy))
