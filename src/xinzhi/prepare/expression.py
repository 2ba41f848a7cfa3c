"""Declared arithmetic: a small grammar, parsed by `ast`, evaluated on arrays of floats only.

Names of columns (Chinese ones too, odd ones between backquotes), numbers, + - * / **, and the
functions of `FUNCTIONS`; nothing else parses, so nothing else can run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from xinzhi.errors import Problem, SpecError, Where, suggestion
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
            syntax_problem(message("It is no arithmetic expression."), place, at)
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
