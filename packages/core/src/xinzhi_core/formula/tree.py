"""The tree of a formula, and the problem of a text that the grammar does not have.

    formula    = disjunction
    disjunction = conjunction {"or" conjunction}
    conjunction = negation {"and" negation}
    negation   = "not" negation | comparison
    comparison = sum {("==" | "!=" | "<" | "<=" | ">" | ">=") sum} | sum ["not"] "in" "(" value {"," value} ")"
    sum        = product {("+" | "-") product}
    product    = sign {("*" | "/" | ":") sign}            a:b and a × b are products, as in R
    sign       = ("+" | "-") sign | power
    power      = shifted [("^" | "**") sign]               from the right: 2^3^2 = 2^9, -x^2 = -(x^2)
    shifted    = ("L" | "F" | "D") [steps] "." shifted | atom      as in Stata
    atom       = number | 'text' | name | `odd name` | function "(" formula {"," formula} ")" | "(" formula ")"

Chains of one rank are flat, so that the depth of a tree is that of its brackets, signs and powers.

Cut the text of a formula into tokens; full-width signs are read as the signs they stand for.

Formulas cut at signs that stand outside brackets and quotes.

Several regressions in one formula, as users of fixest write them: c(), sw(), csw(), sw0(), csw0().
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Literal

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.wording import Wording, message

SYNTAX = "expression.syntax"
FUNCTIONS = {
    **dict.fromkeys(("ln", "ln1p", "exp", "sqrt", "abs"), (1, 1)),
    **dict.fromkeys(("lag", "lead", "diff"), (1, 2)),
    **dict.fromkeys(("mean", "min", "max"), (1, 20)),
}
"""Function -> least and greatest number of arguments."""
ALIASES = {"log": "ln", "log1p": "ln1p", "l": "lag", "f": "lead", "d": "diff"}
"""Functions as fixest and numpy call them."""
DUMMIES = "i"
SHIFTS = {"L": "lag", "F": "lead", "D": "diff"}
"""Prefix, as in Stata -> function."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float
    position: int
    """Character at which the node begins, from 1."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text between quotes."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A column."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign, or `not`, before an operand."""

    operator: str
    operand: Node
    position: int


@dataclass(frozen=True, slots=True)
class OperatorChain:
    """Operands of one rank from left to right: sums, products, and, or, comparisons."""

    first: Node
    rest: tuple[tuple[str, Node], ...]
    position: int


@dataclass(frozen=True, slots=True)
class Power:
    """A power."""

    base: Node
    exponent: Node
    position: int


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a value is one of a list."""

    value: Node
    among: tuple[Number | Text, ...]
    negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the list."""

    function: str
    arguments: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A lag, a lead or a difference inside the entity."""

    function: str
    """lag | lead | diff."""
    operand: Node
    steps: int
    position: int


@dataclass(frozen=True, slots=True)
class Dummies:
    """One column for each value of a column but its base, perhaps times something."""

    column: Name
    times: Node | None
    base: Number | Text | None
    position: int


# Each of these stands in `children`, in `evaluate.VALUES` and in `write.WRITERS`.
Node = Number | Text | Name | Sign | OperatorChain | Power | Member | Call | Shift | Dummies


def children(node: Node) -> Iterator[Node]:
    """List the nodes below a node."""
    match node:
        case Sign():
            yield node.operand
        case OperatorChain():
            yield node.first
            yield from (operand for _, operand in node.rest)
        case Power():
            yield node.base
            yield node.exponent
        case Member():
            yield node.value
        case Call():
            yield from node.arguments
        case Shift():
            yield node.operand
        case Dummies():
            yield node.column
            if node.times is not None:
                yield node.times


def names_in(node: Node) -> tuple[str, ...]:
    """List the names in a formula, each once, in order."""
    if isinstance(node, Name):
        return (node.name,)
    return tuple(dict.fromkeys(name for child in children(node) for name in names_in(child)))


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that the grammar has."""

    text: str
    tree: Node

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that are used, in order."""
        return names_in(self.tree)


def refusal(
    text: str, position: int, what: Wording, where: Where, remedy: Wording | None = None
) -> SpecError:
    """Make the error of what is outside the grammar, with the character and what is allowed."""
    return SpecError(
        Problem(
            SYNTAX,
            message(
                "{what} (character {at} of the formula: {near})",
                what=what,
                at=position,
                near=text[max(position - 11, 0) : position + 10].strip() or "…",
            ),
            place_in(where, position),
            remedy or describe_grammar(),
        )
    )


def place_in(where: Where, position: int) -> Where:
    """Give the place of a character: a place in a file stays, elsewhere it is the position itself."""
    return where if where.line else Where(where.file, None, position, where.key)


def describe_grammar() -> Wording:
    """Say what a formula may hold."""
    return message(
        "allowed are names of columns (odd ones between backquotes), numbers, texts between quotes, "
        "+ - * / ^ **, == != < <= > >=, and, or, not, in (…), L1.x, F1.x, D1.x, i(x), a:b and {functions}.",
        functions=", ".join(FUNCTIONS),
    )


LONGEST = 2000
FULL_WIDTH = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    "【": "(",
    "】": ")",
    "、": ",",
    "［": "(",
    "］": ")",
    "[": "(",
    "]": ")",
    "\u3000": " ",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "−": "-",
    "×": "*",
    "·": "*",
    "÷": "/",
    "﹣": "-",
}
"""Character -> what it stands for; one for one, so that positions stay those of the text."""
PLAIN = str.maketrans(FULL_WIDTH)
SAME = {"**": "^", "≥": ">=", "≤": "<=", "≠": "!=", "<>": "!=", "²": "^2", "³": "^3"}
"""Operator -> the one that it is another writing of."""
WORDS = frozenset(("and", "or", "not", "in"))
TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|`(?P<quoted>[^`\n]{1,200})`"
    r"|'(?P<single>[^'\n]{0,200})'|\"(?P<double>[^\"\n]{0,200})\""
    r"|(?P<shift>[LFD]\d{0,2}\.)(?=[^\W\d]|[`(])"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?![^\W²³]|\.)"
    r"|(?P<operator>\*\*|==|!=|<>|<=|>=|[-+*/^(),:<>=≥≤≠²³])"
    r"|(?P<name>[^\W\d²³][^\W²³]*(?:\.[^\W²³]+)*)"
)
INSTEAD: Mapping[str, Wording] = MappingProxyType(
    {
        "=": message("write == for: is equal to."),
        "&": message("write `and`."),
        "&&": message("write `and`."),
        "|": message("write `or`."),
        "||": message("write `or`."),
        "!": message("write `not`, or != for: differs from."),
        "%": message("write in (…) for: is one of; shares are written as numbers."),
        "#": message("write a:b for a product, a^b for a combined effect."),
        "'": message("close the text with the same quotation mark."),
        '"': message("close the text with the same quotation mark."),
        "`": message("close the name with a backquote."),
        "$": message("name the column alone."),
    }
)
"""Sign of another language -> what to write here."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text."""

    kind: Literal["name", "text", "number", "shift", "operator", "end"]
    text: str
    position: int
    """Its first character, from 1."""


def tokens(text: str, where: Where) -> Iterator[Token]:
    """Cut a formula into tokens, the last of which is its end.

    Raises
    ------
    SpecError
        `expression.syntax`: a character that no formula has, with what to write instead.
    """
    if len(text) > LONGEST:
        what = message(
            "The formula has {given} characters; at most {n} are read.", given=len(text), n=LONGEST
        )
        raise refusal(text, LONGEST, what, where, message("prepare it step by step."))
    # The translation is one for one: a position in the plain text is that in the text.
    plain = text.translate(PLAIN)
    position = 0
    while position < len(plain):
        match = TOKEN.match(plain, position)
        if match is None:
            sign = (
                plain[position : position + 2]
                if plain[position : position + 2] in INSTEAD
                else plain[position]
            )
            what = message("'{sign}' is not allowed here.", sign=sign)
            raise refusal(text, position + 1, what, where, INSTEAD.get(sign))
        if match.lastgroup != "space":
            yield _token(match, text, position)
        position = match.end()
    yield Token("end", "", len(text) + 1)


def _token(match: re.Match[str], text: str, position: int) -> Token:
    kind, word = str(match.lastgroup), match[match.lastgroup or 0]
    if kind in {"quoted", "single", "double"}:
        # Names and texts are the user's own: they keep their full-width signs.
        characters = text[match.start(kind) : match.end(kind)]
        return Token("name" if kind == "quoted" else "text", characters, position + 1)
    if kind == "name" and word in WORDS:
        return Token("operator", word, position + 1)
    if kind == "operator":
        return Token("operator", SAME.get(word, word), position + 1)
    if kind == "name":
        return Token("name", text[position : match.end()], position + 1)
    return Token("number" if kind == "number" else "shift", word, position + 1)


OPEN, CLOSE, QUOTES = "(", ")", "'\"`"


def halves(part: str) -> tuple[str, str, str]:
    """Split at the first ~ of a part: what stands before it, ~ where there is one, what stands behind.

    >>> halves("y ~ x | a ~ z"), halves("x")
    (('y', '~', ' x | a ~ z'), ('x', '', 'x'))
    """
    first, *rest = split(part, "~")
    return (first.strip(), "~", "~".join(rest)) if rest else (part.strip(), "", part)


def split(text: str, sign: str) -> Iterator[str]:
    """Split at a sign outside brackets and quotes.

    >>> list(split("a + (b + c)", "+"))
    ['a ', ' (b + c)']
    """
    plain = text.translate(PLAIN)
    depth, quote, start = 0, "", 0
    for i, character in enumerate(plain):
        if quote:
            quote = "" if character == quote else quote
        elif character in QUOTES:
            quote = character
        elif character in {OPEN, CLOSE}:
            depth += 1 if character == OPEN else -1
        elif character == sign and not depth:
            yield text[start:i]
            start = i + 1
    yield text[start:]


CALL = re.compile(r"\s*(c|sw0?|csw0?)\s*\((.*)\)\s*\Z", re.DOTALL)
NOTHING = "1"
"""A term that adds nothing: the constant has no word of its own."""


def each_regression(text: str) -> tuple[str, ...]:
    """Write a formula of several regressions as one formula each.

    `c(y1, y2)` before the tilde are several outcomes. As terms of regressors, or of fixed effects, `sw(a, b)`
    adds a, then b instead; `csw(a, b)` adds a, then a and b; `sw0` and `csw0` begin with neither. Where
    several stand in a formula, all combinations are estimated, the last one changing first.

    Examples
    --------
    >>> each_regression("c(y, z) ~ x")
    ('y ~ x', 'z ~ x')
    >>> each_regression("y ~ x + csw0(a, b) | city")
    ('y ~ x | city', 'y ~ x + a | city', 'y ~ x + a + b | city')
    >>> each_regression("y ~ x | sw(city, city + year)")
    ('y ~ x | city', 'y ~ x | city + year')

    Raises
    ------
    SpecError
        `expression.syntax`: one of the words has no arguments, or stands where it has no meaning.
    """
    outcome, tilde, right = halves(text)
    if not tilde:
        return (text,)
    outcomes = _outcomes(outcome, text)
    parts = [_alternatives(part, text) for part in split(right, "|")]
    if len(outcomes) == 1 and all(len(part) == 1 for part in parts):
        return (text,)
    return tuple(f"{y} ~ {' | '.join(chosen)}" for y in outcomes for chosen in product(*parts))


def _outcomes(outcome: str, text: str) -> tuple[str, ...]:
    call = CALL.match(outcome.translate(PLAIN))
    if call is None or not _is_single_call(outcome):
        return (outcome,)
    if call[1] != "c":
        raise refusal(
            text,
            1,
            message(
                "{word}() adds regressors or effects; several outcomes stand in c().", word=call[1]
            ),
            Where(),
            message("write c(y1, y2) ~ x."),
        )
    return _arguments(outcome, call, text)


def _alternatives(part: str, text: str) -> tuple[str, ...]:
    """List the ways to write a part between bars."""
    terms = [tuple(_term(term, text)) for term in split(part, "+")]
    if all(len(ways) == 1 for ways in terms):
        return (part.strip(),)
    return tuple(" + ".join(filter(None, chosen)) or NOTHING for chosen in product(*terms))


def _term(term: str, text: str) -> Iterator[str]:
    """List what a term adds; a term of its own stays."""
    call = CALL.match(term.translate(PLAIN))
    if call is None or not _is_single_call(term):
        yield term.strip()
        return
    word, arguments = call[1], _arguments(term, call, text)
    if word == "c":
        raise refusal(
            text,
            max(text.find(term.strip()), 0) + 1,
            message("c() lists outcomes, before the tilde."),
            Where(),
            message("add terms by +, one at a time by sw() or csw()."),
        )
    if word.endswith("0"):
        yield ""
    for n, argument in enumerate(arguments, 1):
        yield " + ".join(arguments[:n]) if word.startswith("csw") else argument


def _is_single_call(term: str) -> bool:
    """Whether the brackets that end a term are those that its first word opens: not so in sw(a)*(b)."""
    plain, depth = term.translate(PLAIN).strip(), 0
    for i, character in enumerate(plain):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and not depth:
            return i == len(plain) - 1
    return False


def _arguments(term: str, call: re.Match[str], text: str) -> tuple[str, ...]:
    # From the text itself, not its plain form: quoted names keep their characters.
    arguments = tuple(map(str.strip, split(term[call.start(2) : call.end(2)], ",")))
    if not all(arguments):
        raise refusal(
            text,
            max(text.find(term.strip()), 0) + 1,
            message("{word}() lists terms, separated by commas.", word=call[1]),
            Where(),
            message("write {word}(a, b).", word=call[1]),
        )
    return arguments
