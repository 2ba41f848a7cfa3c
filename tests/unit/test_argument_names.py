"""No two arguments of a call stand in each other's place: first and last, size and share, name and group."""

from __future__ import annotations

import ast
from itertools import combinations

import pytest

import argument_names
from argument_names import Pair, pairs
from places import ROOT

READ = ROOT / "tests" / "reference" / "argument_names.txt"
"""Pairs that fit better when exchanged and are right as they stand: somebody has read them."""
KINDS = {"sentences": 0.8, "keywords": 0.94, "position": 0.94}
"""Where arguments stand -> share of all exchanges that is noticed at least."""


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_arguments_fit_better_exchanged(kind):
    """What a sentence says of its first place is not what belongs into its last; nor what a function is given."""
    found = {str(pair) for pair in pairs(kind) if pair.gain > 0}
    known = set(READ.read_text(encoding="utf-8").splitlines())

    assert found - known == set(), (
        f"exchange the two, or rename one; else add the line to {READ.name}"
    )


def test_nothing_is_listed_that_no_longer_exists():
    """The list holds the pairs of today alone, in order."""
    found = {str(pair) for kind in KINDS for pair in pairs(kind) if pair.gain > 0}

    assert READ.read_text(encoding="utf-8").splitlines() == sorted(found)


@pytest.mark.parametrize(("kind", "share"), KINDS.items())
def test_most_exchanges_are_noticed(kind, share):
    """An exchange is noticed where the two fit as they stand: exchanged, they would fit better otherwise."""
    found = [*pairs(kind)]

    assert len(found) > 1500
    assert sum(pair.gain < 0 for pair in found) >= share * len(found)


@pytest.mark.parametrize(
    ("call", "is_noticed"),
    [
        ("message('', first=years[0], last=years[-1])", False),
        ("message('', first=years[-1], last=years[0])", True),
        ("message('', n=len(lost), names=listed(lost))", False),
        ("message('', n=listed(names), names=len(lost))", True),
        ("message('', low=interval.low, high=interval.high)", False),
        ("message('', low=interval.high, high=interval.low)", True),
        ("message('', k=found, n=found.total)", False),
    ],
)
def test_an_exchange_is_told_by_names(call, is_noticed):
    """Of places of a row, of numbers of things, of bounds; names that say nothing are left alone."""
    node = ast.parse(call).body[0].value
    arguments = argument_names._arguments(node, "message", "sentences")
    found = [Pair("", one, two).gain > 0 for one, two in combinations(arguments, 2)]

    assert found == [is_noticed]
