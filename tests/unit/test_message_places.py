"""Every place of a sentence is filled where the sentence is made: a number that is not given would be printed as its place."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator

from house import nodes, sources
from layout import address_of

FILLED_LATER = {
    "panel/io/recognise/types.py": {"cell"},
    "xinzhi/prepare/steps/transforms.py": {"column", "by"},
}
"""File -> places that are filled where the sentence is said, for each cell or step."""
FEWEST = 1500
"""Calls that are read at least: fewer would mean that they are not found."""


def calls() -> Iterator[tuple[str, ast.Call, str, list[str]]]:
    """List the calls that make a sentence from a template: place, call, template, its names."""
    for path in sources():
        for node in nodes(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "message":
                given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "one")]
                for text in given:
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield (
                            f"{address_of(path)}:{node.lineno}",
                            node,
                            text.value,
                            names(text.value),
                        )


def names(template: str) -> list[str]:
    """List the places of a template."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def test_every_place_is_given():
    """A call without `**` gives each place of its template, and of its singular.

    A call that gives nothing at all makes a template that is filled later.
    """
    found = list(calls())
    missing = {}
    for where, call, template, places in found:
        given = {k.arg for k in call.keywords}
        if given - {"one", "counting"} and None not in given:
            later = FILLED_LATER.get(where.rpartition(":")[0], set())
            if lost := set(places) - given - later:
                missing[f"{where}: {template}"] = sorted(lost)

    assert len(found) > FEWEST
    assert missing == {}


def test_nothing_is_given_that_no_place_takes():
    """What is given has a place, in the plural or in the singular, or chooses between them."""
    taken: dict[int, set[str]] = {}
    by_id: dict[int, tuple[str, ast.Call]] = {}
    for where, call, _, places in calls():
        taken.setdefault(id(call), {"n", "one", "counting"}).update(places)
        by_id[id(call)] = where, call
    spare = {
        where: sorted(extra)
        for key, (where, call) in by_id.items()
        if (extra := {k.arg for k in call.keywords if k.arg} - taken[key])
        and isinstance(call.args[0], ast.Constant)
    }

    assert spare == {}
