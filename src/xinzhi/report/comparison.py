"""Printed figures beside computed ones, and whether they agree at the printed digits.

A printed figure stands for all numbers that round to it: 0.030 for [0.0295, 0.0305], 0.03 for
[0.025, 0.035]. Nothing is adjusted; what is missed is shown as missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.study.result import StudyResult
from xinzhi.tables.comparison import comparison_table
from xinzhi.tables.table import Table
from xinzhi.wording import message

FITS = {"adj_r2": "r2_adj", "r2": "r2", "r2_within": "r2_within", "F": "f"}
"""Printed key -> key of `fit`."""
LISTS = {4: ("mean", "sd", "min", "max"), 2: ("vif", "tolerance")}
"""Length of a printed list -> the numbers of a descriptive or a VIF table."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One printed figure and the computed one."""

    path: tuple[str, ...]
    printed: Any
    computed: Any
    """None where the study has nothing to set beside it."""
    agrees: bool


def comparison_of(
    result: StudyResult, tables: Mapping[str, Sequence[Table]]
) -> tuple[Compared, ...]:
    """Compare the tables of a study with the printed figures that it names."""
    if result.spec.compare is None or result.published is None:
        return ()
    machine = {table.id: table.machine for group in tables.values() for table in group}
    return compare(result.published, machine, result.spec.compare.tables)


def comparison_tables(found: Sequence[Compared]) -> tuple[Table, ...]:
    """Set the table published / computed / agrees; none where nothing is compared."""
    if not found:
        return ()
    lines = [(".".join(one.path), plain(one.printed), one.computed, one.agrees) for one in found]
    return (comparison_table("comparison", message("Published and computed figures"), lines),)


def compare(
    published: Mapping[str, Any], tables: Mapping[str, Any], links: Mapping[str, str]
) -> tuple[Compared, ...]:
    """Set each printed figure that has a counterpart beside it.

    Parameters
    ----------
    published
        Printed tables; decimals as Decimal.
    tables
        Machine-readable tables of the study, by id.
    links
        Printed table -> id of a table, where the names differ; or printed column ->
        column of a table, such as `table7.col1: mechanism/2`.

    Raises
    ------
    SpecError
        A link names a table that does not exist.
    """
    _refuse_unknown(links, published, tables)
    found: list[Compared] = []
    for name, printed in published.items():
        computed = tables.get(links.get(name, name))
        if computed is not None and isinstance(printed, Mapping):
            found.extend(_table(name, printed, computed))
        elif isinstance(printed, Mapping):
            for key, column in printed.items():
                theirs = _linked(links.get(f"{name}.{key}", ""), tables)
                if theirs is not None and isinstance(column, Mapping):
                    found.extend(_regression((name, key), column, theirs))
    return tuple(found)


def _linked(link: str, tables: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Find the column that a link such as `mechanism/2` names."""
    table, _, number = link.partition("/")
    columns = tables.get(table, {}).get("columns", [])
    return (
        columns[int(number) - 1]
        if number.isdecimal() and 1 <= int(number) <= len(columns)
        else None
    )


def _refuse_unknown(
    links: Mapping[str, str], published: Mapping[str, Any], tables: Mapping[str, Any]
) -> None:
    problems = [
        Problem(
            "study.unknown_name",
            message("There is no table '{name}' to compare with.", name=name),
            Where(key=f"compare.tables.{key}"),
            suggestion(name, tuple(known)),
        )
        for key, value in links.items()
        for name, known in ((key.partition(".")[0], published), (value.partition("/")[0], tables))
        if name not in known
    ]
    if problems:
        raise SpecError(problems)


def _table(name: str, printed: Mapping[str, Any], computed: Any) -> Iterator[Compared]:
    if "columns" in computed:
        for key, column in printed.items():
            theirs = _column(key, computed["columns"])
            if isinstance(column, Mapping) and theirs is not None:
                yield from _regression((name, key), column, theirs)
    elif "variables" in computed:
        yield from _variables(name, printed, computed)
    elif "periods" in computed:
        yield from _counts(name, printed, computed["periods"])


def _column(key: str, columns: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Find a column by its number (`col1`) or by its group or label."""
    number = key.removeprefix("col")
    if number.isdecimal() and 1 <= int(number) <= len(columns):
        return columns[int(number) - 1]
    named = (c for c in columns if key in (c.get("group"), c.get("label"), c.get("key")))
    return next(named, None)


def _regression(
    path: tuple[str, ...], printed: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Compared]:
    fit, slopes = computed.get("fit", {}), computed.get("coefficients", {})
    for key, value in printed.items():
        if isinstance(value, Mapping) and "b" in value:
            yield _slope((*path, key), value, slopes.get(key) or _constant(key, fit))
        elif key in FITS:
            number = value["value"] if isinstance(value, Mapping) else value
            yield _number((*path, key), number, fit.get(FITS[key]))
        elif key == "N":
            yield _number((*path, key), value, computed.get("n"))


def _constant(key: str, fit: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"b": fit["constant"]} if key == "_cons" and "constant" in fit else None


def _slope(
    path: tuple[str, ...], printed: Mapping[str, Any], computed: Mapping[str, Any] | None
) -> Compared:
    if computed is None:
        return Compared(path, dict(printed), None, agrees=False)
    ours = {"b": computed["b"]}
    if "se" in computed:
        ours |= {"se": computed["se"], "stars": len(str(computed.get("stars", "")))}
    agrees = all(
        rounds_to(ours[k], printed[k]) for k in ("b", "se", "stars") if k in ours and k in printed
    )
    return Compared(path, dict(printed), ours, agrees)


def _number(path: tuple[str, ...], printed: Any, computed: Any) -> Compared:
    agrees = computed is not None and rounds_to(computed, printed)
    return Compared(path, printed, computed, agrees)


def _variables(name: str, printed: Mapping[str, Any], computed: Any) -> Iterator[Compared]:
    for key, value in printed.items():
        if isinstance(value, Sequence) and not isinstance(value, str):
            row = computed["variables"].get(key, {})
            ours = [row.get(part) for part in LISTS.get(len(value), ())]
            agrees = len(ours) == len(value) and all(
                one is not None and rounds_to(one, other)
                for one, other in zip(ours, value, strict=True)
            )
            yield Compared((name, key), list(value), ours or None, agrees)
        elif key in computed:
            yield _number((name, key), value, computed[key])


def _counts(
    name: str, printed: Mapping[str, Any], periods: Mapping[str, Any]
) -> Iterator[Compared]:
    """Compare `cities_low = {2008 = 89}` with the counts of classes by period."""
    for key, value in printed.items():
        kind = key.rpartition("_")[2]
        known = {
            p: row[kind] for p, row in periods.items() if isinstance(row, Mapping) and kind in row
        }
        if isinstance(value, Mapping) and known:
            for period, number in value.items():
                yield _number((name, key, period), number, known.get(period))


def rounds_to(computed: float, printed: Decimal | int) -> bool:
    """Whether a computed number rounds to the printed one.

    >>> rounds_to(0.0304, Decimal("0.030")), rounds_to(0.0306, Decimal("0.030"))
    (True, False)
    """
    number = Decimal(printed)
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    return abs(Decimal(computed) - number) <= half


def nested(found: Sequence[Compared]) -> dict[str, Any]:
    """Give the block `comparison` of results.json: the keys of the printed figures."""
    block: dict[str, Any] = {}
    for one in found:
        inner = block
        for key in one.path[:-1]:
            inner = inner.setdefault(key, {})
        inner[one.path[-1]] = {
            "printed": plain(one.printed),
            "computed": one.computed,
            "agrees": one.agrees,
        }
    return block


def plain(value: Any) -> Any:
    """Write printed figures as numbers that JSON knows."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value
