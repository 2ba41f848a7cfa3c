"""Prepared columns whose formula a reader wants to see: exposure to shocks, entropy weights, stocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xinzhi.panel.panel import Panel
from xinzhi.prepare.step import Step, plan_steps
from xinzhi.prepare.steps.capital_stock import CapitalStock
from xinzhi.prepare.steps.entropy_index import EntropyIndex
from xinzhi.prepare.steps.exposure import Exposure
from xinzhi.present.equation.build import letter, row
from xinzhi.present.equation.tree import (
    Fenced,
    Fraction,
    Lines,
    Meaning,
    Node,
    NumberedEquation,
    NumberNode,
    Sum,
    Symbol,
)
from xinzhi.study.result import StudyResult
from xinzhi.wording import listed, message

ONE = NumberNode("1")
INDUSTRY = Symbol("j")
PLACE: tuple[Meaning, ...] = (
    (Symbol("i"), message("the entity")),
    (Symbol("t"), message("the period")),
)
Written = tuple[Node, tuple[Meaning, ...]]
"""An equation and what its symbols stand for, without the column itself."""


def step_equations(result: StudyResult) -> Iterator[NumberedEquation]:
    """Write the steps of the preparation that have a formula, each kind once."""
    variables = {v.column: name for name, v in result.spec.variables.named.items()}
    seen: set[object] = set()
    for name, step in plan_steps(result.spec.prepare):
        if type(step) not in FORMULAS or type(step) in seen:
            continue
        seen.add(type(step))
        variable = variables.get(name)
        column = Symbol(variable or name)
        label = (
            result.spec.variables.named[variable].label.label(variable)
            if variable
            else result.panel.label(name)
        )
        tree, where = FORMULAS[type(step)](step, column, result.panel)
        title = message(TITLES[type(step)], name=label)
        yield NumberedEquation(f"prepare_{name}", title, tree, ((column, label), *where, *PLACE))


def _exposure(step: Any, column: Symbol, panel: Panel) -> Written:
    """Write R_it as shares of industries in the city times shocks, per worker where it is so."""
    del panel
    share = Fraction(letter("L", "ij"), letter("L", "i"))
    shock: Node = letter("S", "jt")
    if step.variant == "growth_adjusted":
        grown = row(letter("g", "jt"), letter("S", "j0"))
        shock = row(shock, "−", letter("S", "j0"), "−", grown)
    if step.variant != "in_city_shares":
        workers = (
            row(letter("L", "j"), "−", letter("L", "ij"))
            if step.leave_one_out
            else letter("L", "j")
        )
        shock = Fraction(shock, workers)
    elif isinstance(shock, Symbol):
        shock = Fenced(shock)
    where: list[Meaning] = [
        (letter("L", "ij"), message("the employment of industry j in city i in the base year")),
        (letter("L", "i"), message("its sum over the industries")),
        (letter("L", "j"), message("the national employment of the industry")),
        (letter("S", "jt"), message("the shock of the industry, such as its robots")),
        (letter("g", "jt"), message("the growth of its output since the first year")),
    ]
    used = {"in_city_shares": (0, 1, 3), "per_worker": (0, 1, 2, 3)}.get(step.variant, range(5))
    scale: tuple[Node | str, ...] = () if step.scale == 1 else (NumberNode(f"{step.scale:g}"), "×")
    left = row(_indexed(column), "=", *scale)
    return row(left, Sum(row(share, "×", shock), INDUSTRY)), tuple(where[i] for i in used)


def _indexed(column: Symbol) -> Node:
    return letter(column.name, "it")


def _entropy(step: Any, column: Symbol, panel: Panel) -> Written:
    """Write the standardised indicators, their entropy, their weights and the index."""
    x, z, p = (letter(name, "itj") for name in "xzp")
    lines = []
    if step.standardise:
        low, high = (row(sign, Fenced(letter("x", "j"))) for sign in ("min", "max"))
        relative = Fraction(row(x, "−", low), row(high, "−", low))
        shift = NumberNode(f"{step.shift:g}")
        if len(step.negative) < len(step.columns):
            lines.append(row(z, "=", relative, "+", shift))
        if step.negative:
            turned = Fraction(row(high, "−", x), row(high, "−", low))
            lines.append(row(z, "=", turned, "+", shift, ",", Symbol("j"), "∈", Symbol("N")))
    else:
        lines.append(row(z, "=", x))
    rows = row(Symbol("i"), ",", Symbol("t"))
    total = Sum(row(p, "ln", p), rows)
    left_over = row(ONE, "−", letter("e", "j"))
    lines += [
        row(p, "=", Fraction(z, Sum(z, rows)), ",", letter("e", "j"), "=", "−", Fraction(ONE, row("ln", Symbol("n"))), total),
        row(letter("w", "j"), "=", Fraction(left_over, Sum(Fenced(left_over), INDUSTRY)), ",", _indexed(column), "=", Sum(row(letter("w", "j"), z), INDUSTRY)),
    ]  # fmt: skip
    names = listed([*map(panel.label, step.columns)])
    where: tuple[Meaning, ...] = (
        (letter("x", "j"), message("the indicators ({names})", names=names)),
        (letter("w", "j"), message("their weights")),
        (letter("e", "j"), message("their entropy")),
        (Symbol("n"), message("the number of rows")),
    )
    if step.negative:
        turned_round = listed([*map(panel.label, step.negative)])
        words = message(
            "the indicators that count the other way round ({names})", names=turned_round
        )
        where = (*where, (Symbol("N"), words))
    return Lines(tuple(lines), is_flush=True), where


def _stock(step: Any, column: Symbol, panel: Panel) -> Written:
    """Write the perpetual inventory: what is left of the stock, and investment."""
    remaining = Fenced(row(ONE, "−", NumberNode(f"{step.depreciation:g}")))
    invested = letter("I", "it" if step.timing == "end" else "i,t−1")
    tree = row(_indexed(column), "=", remaining, letter(column.name, "i,t−1"), "+", invested)
    words = message("real investment ({name})", name=panel.label(step.investment))
    return tree, ((letter("I"), words),)


FORMULAS: Mapping[type[Step], Callable[[Any, Symbol, Panel], Written]] = {
    Exposure: _exposure,
    EntropyIndex: _entropy,
    CapitalStock: _stock,
}
"""Step -> how its formula is written."""
TITLES: Mapping[type[Step], str] = {
    Exposure: message("{name}: exposure").template,
    EntropyIndex: message("{name}: index with entropy weights").template,
    CapitalStock: message("{name}: perpetual inventory").template,
}
