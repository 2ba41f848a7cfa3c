"""Declared arithmetic: a small grammar, parsed by `ast`, evaluated on arrays of floats only.

Names of columns (Chinese ones too, odd ones between backquotes), numbers, + - * / **, and the
functions of `FUNCTIONS`; nothing else parses, so nothing else can run.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from xinzhi.errors import OutOfDomain, Problem, SpecError, Where, suggestion
from xinzhi.panel import transforms
from xinzhi.panel.panel import Panel
from xinzhi.panel.transforms import LOGARITHMS
from xinzhi.prepare.columns import Floats, no_periods
from xinzhi.wording import Message, message

LONGEST = 2000
DEEPEST = 40
TOKEN = re.compile(
    r"\s+|`[^`\n]{1,200}`|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?(?![\w.])|\*\*|[-+*/(),]"
    r"|[^\W\d]\w*"
)
BACKQUOTED = "quoted_"
FUNCTIONS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "ln": (1, 1),
        "ln1p": (1, 1),
        "exp": (1, 1),
        "sqrt": (1, 1),
        "abs": (1, 1),
        "lag": (1, 2),
        "lead": (1, 2),
        "diff": (1, 2),
        "mean": (1, 20),
        "min": (1, 20),
        "max": (1, 20),
    }
)
"""Function -> least and greatest number of arguments."""
OPERATORS: Mapping[type[ast.operator], str] = MappingProxyType(
    {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression, ready to be evaluated on a panel."""

    text: str
    tree: ast.expr
    quoted: tuple[str, ...]
    """Names that stood between backquotes."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that are used, in order."""
        called = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        found = [
            self.name_of(node)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and id(node) not in called
        ]
        return tuple(dict.fromkeys(found))

    def name_of(self, node: ast.Name) -> str:
        """Name of a column as it was written."""
        if node.id.startswith(BACKQUOTED) and node.id.removeprefix(BACKQUOTED).isdigit():
            return self.quoted[int(node.id.removeprefix(BACKQUOTED))]
        return node.id


def parse_expression(text: str, *, where: Where | None = None) -> Expression:
    """Parse an expression; everything outside the grammar is refused with its position.

    Raises
    ------
    SpecError
        `expression.syntax`: a sign, word or form that the grammar does not have.

    Examples
    --------
    >>> parse_expression("ln(地区生产总值 / `人口（万人）`)").names
    ('地区生产总值', '人口（万人）')
    """
    place = where or Where()
    plain, quoted = _plain(text, place)
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        at = getattr(error, "offset", None)
        raise SpecError(
            syntax_problem(message("It is not an arithmetic expression."), place, at)
        ) from error
    _check(tree, place, 0)
    return Expression(text, tree, quoted)


def _plain(text: str, where: Where) -> tuple[str, tuple[str, ...]]:
    """Check the signs and words one by one, and put backquoted names aside."""
    if len(text) > LONGEST:
        raise SpecError(
            syntax_problem(message("An expression has at most {n} characters.", n=LONGEST), where)
        )
    pieces: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None or token.group().startswith(BACKQUOTED):
            sign = text[at : at + 1]
            raise SpecError(
                syntax_problem(message("'{sign}' is not allowed here.", sign=sign), where, at + 1)
            )
        piece = token.group()
        if piece.startswith("`"):
            quoted.append(piece[1:-1])
            piece = f"{BACKQUOTED}{len(quoted) - 1}"
        pieces.append(" " if piece.isspace() else piece)
        at = token.end()
    return "".join(pieces).strip(), tuple(quoted)


def syntax_problem(what: Message, where: Where, at: int | None = None) -> Problem:
    """Describe what is outside the grammar, with the position."""
    place = Where(where.file, where.line, at if at is not None else where.position, where.key)
    return Problem(
        "expression.syntax",
        what,
        place,
        message(
            "allowed are names of columns (odd ones between backquotes), numbers, + - * / ** and "
            "{functions}.",
            functions=", ".join(FUNCTIONS),
        ),
    )


def _check(node: ast.expr, where: Where, depth: int) -> None:
    if depth > DEEPEST:
        raise SpecError(syntax_problem(message("It is nested too deeply."), where))
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            _check_number(value, where)
        case ast.Name():
            pass
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=inner):
            _check(inner, where, depth + 1)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            _check(left, where, depth + 1)
            _check(right, where, depth + 1)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, arguments, where, node.col_offset + 1)
            for argument in arguments:
                _check(argument, where, depth + 1)
        case _:
            raise SpecError(
                syntax_problem(message("This form is not allowed."), where, node.col_offset + 1)
            )


def _check_number(value: float, where: Where) -> None:
    try:
        finite = np.isfinite(float(value))
    except OverflowError:
        finite = False
    if not finite:
        raise SpecError(syntax_problem(message("A number is too large."), where))


def _check_call(name: str, arguments: list[ast.expr], where: Where, at: int) -> None:
    if name not in FUNCTIONS:
        raise SpecError(
            Problem(
                "expression.function",
                message("There is no function '{name}'.", name=name),
                Where(where.file, where.line, at, where.key),
                suggestion(name, tuple(FUNCTIONS)),
            )
        )
    least, most = FUNCTIONS[name]
    if not least <= len(arguments) <= most:
        raise SpecError(
            syntax_problem(
                message(
                    "{name} takes {least} to {most} arguments.", name=name, least=least, most=most
                ),
                where,
                at,
            )
        )
    if name in {"lag", "lead", "diff"} and len(arguments) == 2:
        shift = arguments[1]
        if not (
            isinstance(shift, ast.Constant) and isinstance(shift.value, int) and shift.value > 0
        ):
            raise SpecError(
                syntax_problem(
                    message("{name} takes a whole number of periods.", name=name), where, at
                )
            )


def evaluate_expression(
    expression: Expression, panel: Panel, *, where: Where | None = None
) -> Floats:
    """Evaluate an expression on the rows of a panel; missing values stay missing.

    `lag`, `lead` and `diff` go by period inside the entity: a gap gives a missing value. `mean`,
    `min` and `max` of several arguments go along the row, of one argument over all rows.

    Returns
    -------
    Array of one float per row.

    Raises
    ------
    MissingColumn
        A name is no column.
    OutOfDomain
        `derive.log_nonpositive`, `derive.division_by_zero`, `derive.root_negative`,
        `derive.power`, `derive.overflow`, naming the rows.
    """
    place = where or Where(file=panel.source)
    table = {unicodedata.normalize("NFKC", str(c)): str(c) for c in panel.frame.columns}
    names = {
        name: table.get(unicodedata.normalize("NFKC", name), name) for name in expression.names
    }
    panel.require(tuple(names.values()), where=place)
    run = _Run(expression, panel, names, place)
    with np.errstate(all="ignore"):
        values = run.value(expression.tree)
    result = np.broadcast_to(np.asarray(values, dtype=np.float64), (len(panel.frame),)).copy()
    run.refuse(np.isinf(result), expression.tree, OVERFLOW)
    return result


LOG = ("derive.log_nonpositive", message("The logarithm of {value} does not exist."))
LOG1P = ("derive.log_nonpositive", message("ln(1 + x) of {value} does not exist."))
DIVISION = ("derive.division_by_zero", message("Division by zero."))
ROOT = ("derive.root_negative", message("The square root of {value} does not exist."))
POWER = ("derive.power", message("The power of {value} does not exist."))
OVERFLOW = ("derive.overflow", message("The result is too large to be a number."))


@dataclass(frozen=True, slots=True)
class _Run:
    """One evaluation."""

    expression: Expression
    panel: Panel
    names: Mapping[str, str]
    where: Where

    def value(self, node: ast.expr) -> Floats:
        """Evaluate a node that was checked."""
        match node:
            case ast.Constant(value=int() | float() as number):
                return np.asarray(float(number))
            case ast.Name():
                return self.column(self.names[self.expression.name_of(node)])
            case ast.UnaryOp(op=op, operand=inner):
                return -self.value(inner) if isinstance(op, ast.USub) else self.value(inner)
            case ast.BinOp(left=left, op=op, right=right):
                return self.combine(node, OPERATORS[type(op)], self.value(left), self.value(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, arguments)
            case _:
                raise SpecError(syntax_problem(message("This form is not allowed."), self.where))

    def column(self, name: str) -> Floats:
        """Take a column of numbers."""
        values = self.panel.frame[name]
        if values.dtype != np.float64:
            raise OutOfDomain(
                Problem(
                    "derive.not_numeric",
                    message("Column '{name}' holds no numbers.", name=name),
                    Where(file=self.panel.source, column=name),
                    message("use a column of numbers."),
                )
            )
        return values.to_numpy()

    def combine(self, node: ast.BinOp, operator: str, left: Floats, right: Floats) -> Floats:
        """Apply one of the five operators."""
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                self.refuse((right == 0) & ~np.isnan(left), node.right, DIVISION, right)
                return left / right
        self.refuse((left == 0) & (right < 0), node.left, DIVISION, left)
        self.refuse((left < 0) & (right % 1 != 0), node.left, POWER, left)
        return np.where(np.isnan(left) | np.isnan(right), np.nan, left**right)

    def call(self, name: str, arguments: list[ast.expr]) -> Floats:
        """Apply a function of the list."""
        if name in {"lag", "lead", "diff"}:
            return self.shifted(name, arguments)
        values = [self.value(argument) for argument in arguments]
        if name in {"mean", "min", "max"}:
            return self.gathered(name, values)
        value, node = values[0], arguments[0]
        if name == "ln":
            self.refuse(value <= LOGARITHMS[name].lowest, node, LOG, value)
        elif name == "ln1p":
            self.refuse(value <= LOGARITHMS[name].lowest, node, LOG1P, value)
        elif name == "sqrt":
            self.refuse(value < 0, node, ROOT, value)
        result = UNARY[name](value)
        if name == "exp":
            self.refuse(np.isinf(result), node, OVERFLOW, value)
        return result

    def gathered(self, name: str, values: list[Floats]) -> Floats:
        """Mean, least or greatest of arguments along the row, or of one argument over all rows."""
        n = len(self.panel.frame)
        table = np.stack([np.broadcast_to(value, (n,)) for value in values])
        if len(values) > 1:
            along: Floats = GATHER[name](table, axis=0)
            return along
        seen = table[0][~np.isnan(table[0])]
        return np.asarray(GATHER[name](seen) if len(seen) else np.nan, dtype=np.float64)

    def shifted(self, name: str, arguments: list[ast.expr]) -> Floats:
        """Take values of the entity some periods before or after."""
        if not self.panel.has_periods:
            raise no_periods(name, self.where)
        by = arguments[1].value if len(arguments) == 2 else 1  # type: ignore[attr-defined]
        values = np.broadcast_to(self.value(arguments[0]), (len(self.panel.frame),))
        index = self.panel.frame.index
        if name == "diff":
            return transforms.difference(index, values, by)
        return transforms.lag(index, values, -by if name == "lead" else by)

    def refuse(
        self,
        wrong: npt.ArrayLike,
        node: ast.expr,
        how: tuple[str, Message],
        values: Floats | None = None,
    ) -> None:
        """Raise one problem per row in which a function or operator is not defined."""
        at = np.flatnonzero(np.broadcast_to(np.asarray(wrong), (len(self.panel.frame),)))
        if not len(at):
            return
        column = (
            self.expression.name_of(node) if isinstance(node, ast.Name) else self.expression.text
        )
        given = np.broadcast_to(np.nan if values is None else values, (len(self.panel.frame),))
        code, template = how
        raise OutOfDomain(
            Problem(
                code,
                message(template.template, value=float(given[i])),
                self.panel.place(int(i), self.names.get(column, column)),
                message("correct the value, empty the cell if it is missing, or derive otherwise."),
            )
            for i in at
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
