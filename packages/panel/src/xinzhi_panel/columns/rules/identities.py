"""Relations between indicators that the vocabulary states: sums, parts, shares, growth, bounds."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

import numpy as np

from xinzhi_core.wording import Message, in_series, listed, message
from xinzhi_panel.columns.indicators import IndicatorRelation, identities
from xinzhi_panel.columns.kinds import KIND_OF
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    Flags,
    Floats,
    NumberColumn,
    Rule,
    SeenPanel,
    last_digit,
    shown,
)

SLACK = 0.02
"""Share of a result that rounding, revisions and mean residents explain, where the table allows less."""
ASKED = frozenset(
    (
        *("gdp_per_head", "gdp_per_head_average", "gdp_per_head_constant"),
        *("fdi_ratio", "trade_ratio", "upgrading_ratio", "patents_ratio", "deflator_of_gdp"),
        *("carbon_ratio", "coal_kind", "chain_base", "real_gdp_chain", "investment_not_gdp"),
    )
)
"""Relations that are not compared: another rule does, or more must be known (exchange rate, base year, formula)."""
RELATIONS = MappingProxyType(
    {
        "sum": message("the sum of"),
        "part": message("a whole with the part"),
        "ratio": message("the ratio of"),
        "difference": message("the difference of"),
        "growth": message("100 plus"),
        "bound": message("in proportion to"),
        "bound_below": message("in proportion to"),
    }
)
"""Relation -> how it is said in front of the other columns."""


def compared() -> tuple[IndicatorRelation, ...]:
    """List the relations that are compared: those that no other rule looks at."""
    return tuple(
        one
        for one in identities()
        if one.id not in ASKED
        and not (one.relation in {"sum", "part"} and {one.result, *one.operands} <= KIND_OF.keys())
    )


@RULES.add("identities")
class Identities(Rule):
    """Columns that belong together contradict each other: a share is not the part over the whole, parts exceed a sum.

    The relations are those of the vocabulary. All columns must be recognised by their headings, for one area and in
    one kind of prices, with their units. What rounding, revisions or a tolerance of the table explain is passed over.
    """

    code = "plausible.identity"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare each relation whose columns are all there."""
        scopes = dict.fromkeys(column.area for column in seen.columns)
        for scope in scopes:
            for identity in compared():
                names = [*([identity.result] if identity.result else []), *identity.operands]
                columns = [seen.known(name, scope) for name in names]
                found = [column for column in columns if column is not None]
                # An index and its rate of growth are both at constant prices, whatever their headings say.
                bases = {c.is_real for c in found if c.is_money and identity.relation != "growth"}
                if len(found) < len(names) or len(bases) > 1:
                    continue
                values = [column.in_base_units for column in found]
                known = [one for one in values if one is not None]
                if len(known) == len(found):
                    yield _finding(identity, found, known)

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the relations."""
        for one in compared():
            tolerance = max(one.tolerance, SLACK)
            yield (
                f"{one.result or 'sum'} ({one.relation})",
                f"{', '.join(one.operands)}; factor {one.factor:g}, {100 * tolerance:g} %",
            )


def _finding(
    identity: IndicatorRelation, columns: list[NumberColumn], values: list[Floats]
) -> Finding:
    with np.errstate(divide="ignore", invalid="ignore"):
        own, expected = _sides(identity, values)
        wrong = _apart(identity, own, expected)
        # A small share is printed with one digit or two: half of the last one is not a contradiction.
        wrong &= np.abs(own - expected) > last_digit(own)
    names = [column.name for column in columns]
    said: Message
    if identity.result:
        said = message(
            "'{result}' is not {relation} {others}",
            result=names[0],
            relation=RELATIONS[identity.relation],
            others=listed([message("'{name}'", name=name) for name in names[1:]]),
        )
    else:
        said = message(
            "{columns} do not add up to {whole}",
            columns=" + ".join(names),
            whole=shown(identity.factor),
        )
    return Finding(
        "plausible.identity",
        tuple(names),
        wrong,
        said,
        message("compare the cells with the yearbook, their units and their prices."),
        lambda i: in_series([shown(float(own[i])), shown(float(expected[i]))]),
    )


def _sides(identity: IndicatorRelation, values: list[Floats]) -> tuple[Floats, Floats]:
    """Give both sides of a relation, in base units."""
    factor, relation = identity.factor, identity.relation
    if relation == "sum_to":
        return np.sum(values, axis=0), np.full(len(values[0]), factor)
    own, *others = values
    if relation == "sum":
        return own, factor * np.sum(others, axis=0)
    if relation == "ratio":
        return own, np.where(others[1] > 0, factor * others[0] / others[1], np.nan)
    if relation == "difference":
        return own, factor * (others[0] - others[1])
    if relation == "growth":
        return own, 100 + others[0]
    # part: the operand is at most the result; bounds: the result beside the operand.
    return (others[0], factor * own) if relation == "part" else (own, factor * others[0])


def _apart(identity: IndicatorRelation, own: Floats, expected: Floats) -> Flags:
    slack = max(identity.tolerance, SLACK)
    if identity.relation in {"part", "bound"}:
        return np.asarray(own > expected * (1 + slack))
    if identity.relation == "bound_below":
        return np.asarray(own < expected * (1 - slack))
    return np.asarray(np.abs(own - expected) > slack * np.abs(expected))
