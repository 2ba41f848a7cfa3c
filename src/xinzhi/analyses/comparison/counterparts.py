"""What stands beside a printed table, by the shape of the computed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from xinzhi.analyses.comparison.figures import (
    Compared,
    Path,
    is_number,
    one_number,
    row_of_list,
    row_of_parts,
)
from xinzhi.present.numbers import STARS, marks

FITS = {"adj_r2": "r2_adj", "r2": "r2", "r2_within": "r2_within", "F": "f"}
"""Printed key -> key of `fit`."""
TESTS = ("hausman", "effects_f", "mundlak")
"""Keys of tests of a column, printed as and computed alike."""
LISTS = {4: ("mean", "sd", "min", "max"), 2: ("vif", "tolerance")}
"""Length of a printed list -> the numbers of a descriptive or a VIF table."""
SIGNS = {"+": "positive", "-": "negative"}
"""Printed sign -> the verdict that agrees with it."""


def parts_of(printed: object) -> tuple[str, ...]:
    """Name the parts of a printed figure; `value` where it has none.

    >>> parts_of({"b": 1, "se": 2}), parts_of([1, 2]), parts_of(3)
    (('b', 'se'), ('vif', 'tolerance'), ('value',))
    """
    if isinstance(printed, Mapping):
        return tuple(printed)
    if isinstance(printed, (list, tuple)):
        return LISTS.get(len(printed), ("value",))
    return ("sign",) if printed in tuple(SIGNS) else ("value",)


def part_of(machine: Mapping[str, Any], part: str) -> Mapping[str, Any] | None:
    """Find what a link such as `mechanism/2`, `GTFP_top/2008` or `GTFP_bottom/stayers` names."""
    if not part:
        return machine
    columns = machine.get("columns", ())
    if part.isdecimal() and 1 <= int(part) <= len(columns):
        found: Mapping[str, Any] = columns[int(part) - 1]
        return found
    if part in machine.get("regions", {}):
        return {"regions_of_members": machine["regions"][part]}
    return {"members": machine[part]} if isinstance(machine.get(part), list) else None


def beside(path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]) -> list[Compared]:
    """Set each figure of a printed table beside its counterpart."""
    for mark, compare in SHAPES.items():
        if mark in computed:
            return list(compare(path, printed, computed))
    return []


def _columns(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    for key, column in printed.items():
        theirs = _column(key, computed["columns"])
        if theirs is not None and isinstance(column, Mapping):
            yield from _regression((*path, key), column, theirs)
        elif theirs is not None and is_number(column):
            yield one_number((*path, key), column, theirs.get("n"))


def _column(key: str, columns: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Find a column by its number (`col1`) or by its group or label."""
    number = key.removeprefix("col")
    if number.isdecimal() and 1 <= int(number) <= len(columns):
        return columns[int(number) - 1]
    named = (c for c in columns if key in (c.get("group"), c.get("label"), c.get("key")))
    return next(named, None)


def _regression(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    fit, slopes = computed.get("fit", {}), computed.get("coefficients", {})
    for key, value in printed.items():
        if isinstance(value, Mapping) and "b" in value:
            found = slopes.get(key)
            yield row_of_parts((*path, key), value, _slope(found) or _constant(key, fit))
            continue
        number = value.get("value") if isinstance(value, Mapping) else value
        if key in FITS and is_number(number):
            yield one_number((*path, key), number, fit.get(FITS[key]))
        elif key in TESTS and isinstance(value, Mapping):
            yield row_of_parts((*path, key), value, _tested(computed.get("tests", {}).get(key)))
        elif key == "N" and is_number(number):
            yield one_number((*path, key), number, computed.get("n"))


def _slope(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    error = {"se": found["se"], "stars": len(str(found.get("stars", "")))} if "se" in found else {}
    return {"b": found["b"], **error}


def _tested(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if found is None or "value" not in found:
        return None
    return {"value": found["value"], "stars": len(found["stars"])}


def _constant(key: str, fit: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"b": fit["constant"]} if key == "_cons" and "constant" in fit else None


def _variables(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    for key, value in printed.items():
        if isinstance(value, (list, tuple)) and len(value) in LISTS and all(map(is_number, value)):
            row = computed["variables"].get(key, {})
            yield row_of_list((*path, key), value, LISTS[len(value)], row)
        elif key in computed and is_number(value):
            yield one_number((*path, key), value, computed[key])


def _mediated(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    """Compare `NEPP = {HEE = {effect, z, stars, share}}` with the mediated effects."""
    known = {
        (one["mediator"], one["factor"]): {
            "effect": one["indirect"]["b"],
            "z": one["sobel"]["value"],
            "stars": len(marks(one["sobel"]["p"], STARS)),
            "share": one["share"],
        }
        for one in computed["effects"]
        if isinstance(one, Mapping)
    }
    for key, row in _pairs(printed):
        yield row_of_parts((*path, *key), row, known.get(key))


def _pairs(printed: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    """Walk through a table of tables."""
    for outer, rows in printed.items():
        for inner, row in rows.items() if isinstance(rows, Mapping) else ():
            yield (outer, inner), row


def _signs(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    """Compare `EPPCN = {"SEE -> GTFP" = "+"}` with the interactions."""
    known = {
        (one["moderator"], f"{one['focal']} -> {one['outcome']}"): one for one in computed["paths"]
    }
    for key, sign in _pairs(printed):
        one = known.get(key)
        agrees = one is not None and one["verdict"] == SIGNS.get(sign)
        ours = None if one is None else {key: one["interaction"][key] for key in ("b", "p")}
        yield Compared((*path, *key), sign, ours, () if agrees else ("sign",))


def _classes(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    """Compare `cities_low = {2008 = 89}` with the counts of classes by period."""
    for key, value in printed.items():
        kind = key.rpartition("_")[2]
        known = {
            period: row[kind]
            for period, row in computed["periods"].items()
            if isinstance(row, Mapping) and kind in row
        }
        if isinstance(value, Mapping) and known:
            numbers = ((period, n) for period, n in value.items() if is_number(n))
            for period, number in numbers:
                yield one_number((*path, key, period), number, known.get(period))


def _regions(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    """Compare `{east = 10, west = 2}` with counts by region; capitals do not matter."""
    known = {str(name).casefold(): n for name, n in computed["regions_of_members"].items()}
    for key, value in printed.items():
        if key.casefold() in known and is_number(value):
            yield one_number((*path, key), value, known[key.casefold()])


def _members(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    """Compare a number of entities, and names: each is the beginning of a member's name."""
    members = computed["members"]
    for key, value in printed.items():
        if is_number(value):
            yield one_number((*path, key), value, len(members))
        elif isinstance(value, (list, tuple)):
            found = [name for name in value if any(one.startswith(name) for one in members)]
            yield Compared((*path, key), value, found, () if found == list(value) else ("value",))


Shape = Callable[[Path, Mapping[str, Any], Mapping[str, Any]], Iterator[Compared]]
SHAPES: Mapping[str, Shape] = {
    "columns": _columns,
    "coefficients": _regression,
    "variables": _variables,
    "effects": _mediated,
    "paths": _signs,
    "regions_of_members": _regions,
    "members": _members,
    "periods": _classes,
}
"""Key of a machine-readable table that tells its shape -> how printed figures are set beside it."""
