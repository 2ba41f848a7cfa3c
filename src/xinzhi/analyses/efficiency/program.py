"""The program behind a score, in symbols: the slacks-based measure and its super-efficiency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.frontier.options import Options
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.frontier.technology import HULL
from xinzhi.frontier.terms import sides
from xinzhi.present.equation.build import letter, row, sum_of
from xinzhi.present.equation.tree import (
    SPACE,
    Fenced,
    Fraction,
    Lines,
    Meaning,
    Node,
    NumberedEquation,
    NumberNode,
    Sum,
    Symbol,
    WordsNode,
)
from xinzhi.present.options import EXCLUSIONS, reference_in_words
from xinzhi.vocabulary import bounds
from xinzhi.wording import Wording, listed, message

MEASURES = ("sbm", "super_sbm")
RETURNS: Mapping[str, str] = {
    "variable": "=",
    "non_increasing": "≤",
    "non_decreasing": "≥",
    HULL: "=",
}
"""Returns to scale -> how the sum of the intensities compares with 1."""
ONE = NumberNode("1")


@dataclass(frozen=True, slots=True)
class Role:
    """How inputs, good outputs or bad outputs are written."""

    amount: str
    index: str
    count: str
    mark: str
    """Of the slack."""
    relation: str
    """Of the row's amount and that of the frontier, where a row of its own is not in it."""
    worse: str
    """Sign by which a slack makes the amount of the frontier worse."""

    @property
    def slack(self) -> Node:
        """Slack of a column of the role."""
        return letter("s", self.index, self.mark)

    def of(self, row_of: str) -> Node:
        """Amount of a row."""
        return letter(self.amount, self.index + row_of)


ROLES: Mapping[str, Role] = {
    "inputs": Role("x", "i", "m", "−", "≥", "−"),
    "goods": Role("y", "r", "s", "+", "≤", "+"),
    "bads": Role("b", "q", "k", "b", "≥", "−"),
}


def programs(
    section: Measurement, result: EfficiencyResult, shown: Shown, score: Wording
) -> Iterator[NumberedEquation]:
    """Write the programs of a slacks-based measure; other measures are described in words."""
    options = result.options
    if options.measure not in MEASURES or (result.has_bads and options.disposability != "strong"):
        return
    roles = [name for name in ROLES if name != "bads" or section.bad_outputs]
    yield NumberedEquation(
        f"{shown.name}_sbm",
        message("{score}: slacks-based measure", score=score),
        program(options, roles),
        tuple(_where(section, options, roles, shown)),
    )
    if options.measure == "super_sbm":
        yield NumberedEquation(
            f"{shown.name}_super",
            message("{score} of rows with ρ = 1: super-efficiency", score=score),
            program(options, roles, is_super=True),
            (
                (
                    row(Symbol("j"), "≠", Symbol("o")),
                    message("that {words}", words=EXCLUSIONS[options.exclude]),
                ),
            ),
        )


def program(options: Options, roles: list[str], *, is_super: bool = False) -> Node:
    """Write the program: beyond the frontier, slacks make the others' frontier worse, not the row better."""
    over, under = ([role for role in side if role in roles] for side in sides(options))
    signs = ("+", "−") if is_super else ("−", "+")
    above, below = (
        _side(sign, side, options) for sign, side in zip(signs, (over, under), strict=True)
    )
    ratio = above if below == ONE else Fraction(above, below)
    subject = row(WordsNode(message("s.t.")), SPACE)
    # Under an orientation the other side has no slack in the super-efficiency program.
    moving = [name for name in roles if not is_super or name in (*over, *under)]
    constraints = [
        _constraint(ROLES[name], is_super=is_super, moves=name in moving) for name in roles
    ]
    constraints += _intensities(options.returns_to_scale)
    slacks = [part for name in moving for part in (ROLES[name].slack, ",")]
    # The free disposal hull compares with single rows: its intensities are 0 or 1.
    is_whole = ("∈", WordsNode("{0, 1}")) if options.returns_to_scale == HULL else ()
    constraints.append(row(letter("λ", "j"), *is_whole, ",", *slacks[:-1], "≥", NumberNode("0")))
    return Lines(
        (
            row(letter("ρ", "o", "*" if is_super else ""), "=", "min", ratio),
            row(subject, constraints[0]),
            *(row(SPACE, SPACE, constraint) for constraint in constraints[1:]),
        ),
        is_flush=True,
    )


def _side(sign: str, side: list[str], options: Options) -> Node:
    """Write one less, or plus, the mean relative slack of a side."""
    if not side:
        return ONE
    shares = [_share(ROLES[name], is_weighted=bool(options.weights)) for name in side]
    whole = sum_of(shares)
    inside = Fenced(whole) if len(shares) > 1 else whole
    if options.weights:
        return row(ONE, sign, inside)
    count = sum_of([Symbol(ROLES[name].count) for name in side])
    return row(ONE, sign, Fraction(ONE, count), inside)


def _share(role: Role, *, is_weighted: bool) -> Node:
    """Add up the slacks of a role, each relative to the row's own amount."""
    relative = Fraction(role.slack, role.of("o"))
    first = row(Symbol(role.index), "=", ONE)
    inside = row(letter("w", role.index), relative) if is_weighted else relative
    return Sum(inside, first, Symbol(role.count))


def _constraint(role: Role, *, is_super: bool, moves: bool) -> Node:
    """Compare the row with the frontier: with its slack equal to it, or no better than the others."""
    among = row(Symbol("j"), "≠", Symbol("o")) if is_super else Symbol("j")
    frontier = Sum(row(letter("λ", "j"), role.of("j")), among)
    if is_super:
        slack = (role.worse, role.slack) if moves else ()
        return row(role.of("o"), role.relation, frontier, *slack)
    sign = "−" if role.worse == "+" else "+"
    return row(role.of("o"), "=", frontier, sign, role.slack)


def _intensities(returns: str) -> list[Node]:
    """Bound the sum of the intensities by the returns to scale."""
    total = Sum(letter("λ", "j"), Symbol("j"))
    if (interval := bounds(returns)) is not None:
        low, high = (NumberNode(f"{bound:g}") for bound in interval)
        return [row(low, "≤", total, "≤", high)]
    return [row(total, RETURNS[returns], ONE)] if returns in RETURNS else []


def _where(
    section: Measurement, options: Options, roles: list[str], shown: Shown
) -> Iterator[Meaning]:
    def columns(names: tuple[str, ...]) -> Wording:
        return listed([shown.column(name) for name in names])

    words: Mapping[str, Wording] = {
        "inputs": message("the inputs ({names})", names=columns(section.inputs)),
        "goods": message("the good outputs ({names})", names=columns(section.good_outputs)),
        "bads": message("the bad outputs ({names})", names=columns(section.bad_outputs)),
    }
    for name in roles:
        role = ROLES[name]
        yield (
            row(Symbol(role.amount), ",", Symbol(role.count)),
            message("{role} and their number", role=words[name]),
        )
    yield Symbol("s"), message("the slacks")
    yield Symbol("λ"), message("the intensities")
    if options.weights:
        yield Symbol("w"), message("the declared weights, which add up to 1 on each side")
    yield Symbol("o"), message("the row that is evaluated")
    yield (
        Symbol("j"),
        message(
            "the rows of the reference set: {reference}", reference=reference_in_words(options)
        ),
    )
