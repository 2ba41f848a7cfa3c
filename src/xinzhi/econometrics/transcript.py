"""Printed tables as they are typed into a TOML file for the audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeGuard

from xinzhi.econometrics.audit_settings import (
    Settings,
    is_count,
    is_list_of_text,
    read_settings,
)
from xinzhi.econometrics.printed import (
    Coefficient,
    Printed,
    PrintedColumn,
    SobelRow,
)
from xinzhi.econometrics.toml_text import TomlRefusedError, read_toml
from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.wording import message


def parse(text: str, *, file: str | None = None) -> Printed:
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
    found = Printed(
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


def _column(path: str, table: Mapping[str, object], settings: Settings) -> PrintedColumn:
    coefficients = {
        name: Coefficient(
            _decimal(value["b"]), _optional(value.get("se")), _stars(value.get("stars"))
        )
        for name, value in table.items()
        if isinstance(value, dict) and "b" in value
    }
    return PrintedColumn(
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


def _check_links(found: Printed, file: str | None) -> None:
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
