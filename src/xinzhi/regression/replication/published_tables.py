"""Published tables as they are typed into a TOML file.

Decimals keep their digits (0.030 is not 0.03), and nothing in the file can end a run: sizes, depths and
unprintable characters are checked before values are used. Reading TOML stands below, tables above.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.regression.replication.published import (
    Coefficient,
    PublishedColumn,
    PublishedTables,
    SobelRow,
)
from xinzhi.regression.replication.settings import (
    Settings,
    is_count,
    is_list_of_text,
    read_settings,
)
from xinzhi.wording import UNPRINTABLE, Wording, message


def parse(text: str, *, file: str | None = None) -> PublishedTables:
    """Read printed tables; digits count as they are written.

    Raises
    ------
    SpecError
        The text is not TOML, or `[audit]` names what is not there.
    """
    try:
        raw = read_toml(text)
    except TomlRefusedError as error:
        raise SpecError(
            Problem(
                "audit.toml",
                message("The file is not TOML: {reason}.", reason=error.reason),
                Where(file=file, line=error.line),
                message("write tables of columns with {{b, se, stars}}."),
            )
        ) from error
    settings = read_settings(raw.get("audit", {}), file)
    tables = {path: table for path, table in _walk(raw) if path != "audit"}
    columns = {
        path: _column(path, table, settings) for path, table in tables.items() if _is_column(table)
    }
    sobel = {
        path: {name: _sobel(row) for name, row in table.items() if _is_sobel(row)}
        for path, table in tables.items()
        if any(_is_sobel(row) for row in table.values())
    }
    means = tables.get(settings.means, {})
    vif_path = settings.vif or _find_vif(tables)
    vif = tables.get(vif_path, {})
    found = PublishedTables(
        columns=columns,
        sobel=sobel,
        means={
            k: _decimal(v[0])
            for k, v in means.items()
            if isinstance(v, list) and v and _is_numeric(v)
        },
        sds={
            k: _decimal(v[1])
            for k, v in means.items()
            if isinstance(v, list) and len(v) > 1 and _is_numeric(v)
        },
        vif={k: (_decimal(v[0]), _decimal(v[1])) for k, v in vif.items() if _is_pair(v)},
        vif_mean=_decimal(vif["mean"]) if "mean" in vif else None,
        vif_path=vif_path,
        nested=settings.nested,
        mediation=settings.mediation,
        full_n=settings.n,
        clusters=settings.clusters,
        years=settings.years,
        group_years=settings.groups,
    )
    _check_tables(settings, tables, file)
    _check_links(found, file)
    return found


def _walk(
    table: Mapping[str, object], path: str = ""
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """All tables of the file with their dotted paths."""
    for key, value in table.items():
        if isinstance(value, dict):
            here = f"{path}.{key}" if path else key
            yield here, value
            yield from _walk(value, here)


def _decimal(value: object) -> Decimal:
    """Take a printed number; an integer has no digits after the point."""
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise SpecError(_wrong("", value))


def _optional(value: object) -> Decimal | None:
    return None if value is None else _decimal(value)


def _stars(value: object) -> int | None:
    """Count stars; `**` means 2."""
    if isinstance(value, str):
        return value.count("*")
    return value if isinstance(value, int) else None


def _is_column(table: Mapping[str, object]) -> bool:
    return any(isinstance(value, dict) and "b" in value for value in table.values())


def _is_sobel(row: object) -> bool:
    """Whether a row is a Sobel test; a column with a variable called z is none."""
    if not isinstance(row, dict) or "b" in row:
        return False
    return any(key in row and not isinstance(row[key], dict) for key in ("effect", "z"))


def _is_pair(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list) and len(value) == 2 and _is_numeric(value)


def _is_numeric(value: list[object]) -> bool:
    return all(isinstance(cell, Decimal | int) for cell in value)


def _find_vif(tables: Mapping[str, Mapping[str, object]]) -> str:
    """Find the table of VIF and 1/VIF by its shape: pairs >= 1 and <= 1 of product near 1."""
    for path, table in tables.items():
        pairs = [value for value in table.values() if isinstance(value, list)]
        if pairs and all(
            _is_pair(v)
            and _decimal(v[0]) >= 1 >= _decimal(v[1]) > 0
            and abs(_decimal(v[0]) * _decimal(v[1]) - 1) < Decimal("0.5")
            for v in pairs
        ):
            return path
    return ""


def _sobel(row: object) -> SobelRow:
    assert isinstance(row, dict)
    return SobelRow(
        _optional(row.get("effect")),
        _optional(row.get("z")),
        _stars(row.get("stars")),
        _optional(row.get("share")),
    )


def _column(path: str, table: Mapping[str, object], settings: Settings) -> PublishedColumn:
    coefficients = {
        name: Coefficient(
            _decimal(value["b"]), _optional(value.get("se")), _stars(value.get("stars"))
        )
        for name, value in table.items()
        if isinstance(value, dict) and "b" in value
    }
    return PublishedColumn(
        path=path,
        depvar=str(table.get("depvar", settings.depvar)),
        effects=_effects(path, table.get("effects", list(settings.effects))),
        coefficients=coefficients,
        controls=() if path in settings.without_controls else settings.controls,
        n=_count(path, table.get("N", settings.n)),
        adj_r2=_optional(table.get("adj_r2")),
        n_groups=settings.groups.get(path, settings.clusters),
    )


def _effects(path: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and is_list_of_text(value):
        return tuple(value)
    raise SpecError(_wrong(f"{path}.effects", value))


def _count(path: str, value: object) -> int | None:
    if value is None or (isinstance(value, int) and is_count(value)):
        return value
    raise SpecError(_wrong(f"{path}.N", value))


def _wrong(key: str, value: object) -> Problem:
    return Problem(
        "audit.number",
        message("'{value}' is not a printed number.", value=value),
        Where(key=key),
        message("write the figure as it is printed, without quotes."),
    )


def _check_tables(
    settings: Settings, tables: Mapping[str, Mapping[str, object]], file: str | None
) -> None:
    """Refuse names of tables that are not in the file."""
    named = [("means", settings.means), ("vif", settings.vif)]
    named += [("without_controls", path) for path in settings.without_controls]
    wrong = [(key, path) for key, path in named if path and path not in tables]
    if wrong:
        raise SpecError(_no_table(key, path, tuple(tables), file) for key, path in wrong)


def _no_table(key: str, path: str, known: tuple[str, ...], file: str | None) -> Problem:
    return Problem(
        "audit.link",
        message("[audit] names '{path}', which is not a table of the file.", path=path),
        Where(file=file, key=f"audit.{key}"),
        suggestion(path, known),
    )


def _check_links(found: PublishedTables, file: str | None) -> None:
    """Every name in [audit] must be a table of the file."""
    named = [("nested", path) for link in found.nested for path in (link.model, link.of)]
    named += [
        ("mediation", path) for link in found.mediation for path in (link.a, link.b, link.total)
    ]
    named += [("groups", path) for path in found.group_years]
    wrong = [(key, path) for key, path in named if path not in found.columns]
    wrong += [
        ("mediation", link.sobel)
        for link in found.mediation
        if link.sobel is not None and link.sobel not in found.sobel
    ]
    if wrong:
        known = (*found.columns, *found.sobel)
        raise SpecError(_no_table(key, path, known, file) for key, path in dict.fromkeys(wrong))


DEEPEST = 20
LARGEST = 10**18
"""Size of a printed figure beyond which it is a slip of the pen, not a figure."""
LONGEST = 100
"""Characters of a printed figure."""


class TomlRefusedError(Exception):
    """A text that is not TOML, or holds what no printed table has."""

    def __init__(self, reason: Wording, line: int | None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.line = line


def read_toml(text: str) -> dict[str, Any]:
    """Read TOML; decimals keep their digits.

    Raises
    ------
    TomlRefusedError
        With the reason and, where it is known, the line.

    Examples
    --------
    >>> read_toml("b = 0.030")["b"]
    Decimal('0.030')
    """
    if found := UNPRINTABLE.search(text):
        what = message("it holds the character U+{code}", code=f"{ord(found[0]):04X}")
        raise TomlRefusedError(what, _line(text, found.start()))
    if found := re.search(rf"[0-9](?:_?[0-9]){{{LONGEST},}}", text):
        what = message("a number has {n} digits", n=len(found[0]))
        raise TomlRefusedError(what, _line(text, found.start()))
    try:
        figures = tomllib.loads(text, parse_float=_Figures(text))
    except tomllib.TOMLDecodeError as error:
        raise TomlRefusedError(str(error), _reported_line(str(error))) from error
    except RecursionError as error:
        raise TomlRefusedError(_too_deep(), _deepest_line(text)) from error
    for value, depth in _nested_values(figures):
        if depth > DEEPEST:
            raise TomlRefusedError(_too_deep(), _deepest_line(text))
        if isinstance(value, int) and abs(value) > LARGEST:
            raise TomlRefusedError(_too_large(value), _line(text, text.find(str(value))))
        if isinstance(value, str) and (found := UNPRINTABLE.search(value)):
            what = message("it holds the character U+{code}", code=f"{ord(found[0]):04X}")
            raise TomlRefusedError(what, None)
    return figures


class _Figures:
    """Makes decimals of the digits; one that is no finite figure is refused where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, digits: str) -> Decimal:
        line = _line(self.text, self.text.find(digits))
        try:
            value = Decimal(digits)
        except InvalidOperation as error:
            raise TomlRefusedError(_too_large(digits), line) from error
        if not value.is_finite():
            raise TomlRefusedError(message("{value} is not a figure", value=digits), line)
        if abs(value) > LARGEST:
            raise TomlRefusedError(_too_large(digits), line)
        return value


def _nested_values(node: Any) -> Iterator[tuple[Any, int]]:
    """Give every value and key with its depth, without recursion."""
    waiting = [(node, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if depth > DEEPEST:
            return
        if isinstance(value, dict):
            waiting += [(one, depth + 1) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]


def _too_deep() -> Wording:
    return message("it is nested too deeply")


def _too_large(value: object) -> Wording:
    return message("{value} is too large for a figure", value=str(value)[:40])


def _line(text: str, at: int) -> int | None:
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def _reported_line(reason: str) -> int | None:
    found = re.search(r"at line (\d+)", reason)
    return int(found[1]) if found else None


def _deepest_line(text: str) -> int:
    """Find the line with the most signs that open a level."""
    lines = text.splitlines()
    return max(range(len(lines)), key=lambda at: len(re.findall(r"[\[{.]", lines[at]))) + 1
