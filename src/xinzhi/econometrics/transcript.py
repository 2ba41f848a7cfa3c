"""Printed tables as they are typed into a TOML file for the audit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeGuard

from xinzhi.econometrics.printed import (
    Coefficient,
    MediationLink,
    NestedLink,
    Printed,
    PrintedColumn,
    SobelRow,
)
from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.wording import message

KEYS = (
    "means",
    "clusters",
    "default",
    "without_controls",
    "groups",
    "years",
    "nested",
    "mediation",
    "vif",
)


def parse(text: str, *, file: str | None = None) -> Printed:
    """Read printed tables; digits count as they are written.

    Raises
    ------
    SpecError
        The text is not TOML, or `[audit]` names what is not there.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(
            Problem(
                "audit.toml",
                message("The file is not TOML: {reason}.", reason=str(error)),
                Where(file=file),
                message("write tables of columns with {{b, se, stars}}."),
            )
        ) from error
    settings = raw.get("audit", {})
    _check_settings(settings, file)
    tables = {path: table for path, table in _walk(raw) if path != "audit"}
    columns = {
        path: _column(path, table, settings) for path, table in tables.items() if _is_column(table)
    }
    sobel = {
        path: {name: _sobel(row) for name, row in table.items() if _is_sobel(row)}
        for path, table in tables.items()
        if any(_is_sobel(row) for row in table.values())
    }
    means = tables.get(str(settings.get("means", "")), {})
    vif_path = str(settings.get("vif", "")) or _find_vif(tables)
    vif = tables.get(vif_path, {})
    default = settings.get("default", {})
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
        nested=tuple(
            NestedLink(**_link("nested", link, ("model", "of", "added"), (), file))
            for link in settings.get("nested", [])
        ),
        mediation=tuple(
            MediationLink(
                **_link("mediation", link, ("mediator", "a", "b", "total"), ("sobel",), file)
            )
            for link in settings.get("mediation", [])
        ),
        full_n=default.get("N"),
        clusters=settings.get("clusters"),
        years=settings.get("years"),
        group_years=dict(settings.get("groups", {})),
    )
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
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise SpecError(
        Problem(
            "audit.number",
            message("'{value}' is not a printed number.", value=value),
            remedy=message("write the figure as it is printed, without quotes."),
        )
    )


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
    return isinstance(row, dict) and ("effect" in row or "z" in row) and "b" not in row


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
        row.get("stars"),
        _optional(row.get("share")),
    )


def _column(
    path: str, table: Mapping[str, object], settings: Mapping[str, object]
) -> PrintedColumn:
    default = settings.get("default", {})
    assert isinstance(default, dict)
    coefficients = {
        name: Coefficient(
            _decimal(value["b"]), _optional(value.get("se")), _stars(value.get("stars"))
        )
        for name, value in table.items()
        if isinstance(value, dict) and "b" in value
    }
    without = settings.get("without_controls", [])
    groups = settings.get("groups", {})
    assert isinstance(without, list)
    assert isinstance(groups, dict)
    effects = table.get("effects", default.get("effects", []))
    assert isinstance(effects, list)
    n = table.get("N", default.get("N"))
    clusters = settings.get("clusters")
    return PrintedColumn(
        path=path,
        depvar=str(table.get("depvar", default.get("depvar", ""))),
        effects=tuple(effects),
        coefficients=coefficients,
        controls=() if path in without else tuple(default.get("controls", [])),
        n=n if isinstance(n, int) else None,
        adj_r2=_optional(table.get("adj_r2")),
        n_groups=groups.get(path, clusters),
    )


def _link(
    key: str,
    link: Mapping[str, str],
    needed: tuple[str, ...],
    optional: tuple[str, ...],
    file: str | None,
) -> dict[str, str]:
    """Check that a link of [audit] has the words that it needs and no others."""
    missing = [word for word in needed if word not in link]
    strange = [word for word in link if word not in {*needed, *optional}]
    if missing or strange:
        raise SpecError(
            Problem(
                "audit.link",
                message(
                    "A link of audit.{key} needs {needed}, not {given}.",
                    key=key,
                    needed=", ".join(needed),
                    given=", ".join(link),
                ),
                Where(file=file, key=f"audit.{key}"),
                message("write the words {needed}.", needed=", ".join((*needed, *optional))),
            )
        )
    return dict(link)


def _check_settings(settings: Mapping[str, object], file: str | None) -> None:
    unknown = [key for key in settings if key not in KEYS]
    if unknown:
        raise SpecError(
            Problem(
                "audit.key",
                message("[audit] does not know '{key}'.", key=key),
                Where(file=file, key=f"audit.{key}"),
                suggestion(key, KEYS),
            )
            for key in unknown
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
        raise SpecError(
            Problem(
                "audit.link",
                message("[audit] names '{path}', which is not a table of the file.", path=path),
                Where(file=file, key=f"audit.{key}"),
                suggestion(path, known),
            )
            for key, path in dict.fromkeys(wrong)
        )
