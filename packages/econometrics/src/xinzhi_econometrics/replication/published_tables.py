"""Published tables as they are typed into a TOML file.

Decimals keep their digits (0.030 is not 0.03), and nothing in the file can end a run: sizes, depths and
unprintable characters are checked before values are used. Reading TOML stands below, tables above.

The section [audit] of published tables: how their parts are connected.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeGuard

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.problems import missing_file
from xinzhi_core.wording import UNPRINTABLE, Wording, message
from xinzhi_econometrics.replication.identities import read_identity
from xinzhi_econometrics.replication.published import (
    Coefficient,
    MediationLink,
    NestedLink,
    PrintedTest,
    PublishedColumn,
    PublishedTables,
    SobelRow,
    exactly,
    rounded,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of [audit]; all are optional."""

    means: str = ""
    """Table of mean, sd, min, max by variable."""
    vif: str = ""
    """Table of VIF and 1/VIF by variable; found by its shape where not named."""
    clusters: int | None = None
    """Entities of the whole sample."""
    years: int | None = None
    depvar: str = ""
    effects: tuple[str, ...] = ()
    n: int | None = None
    controls: tuple[str, ...] = ()
    without_controls: tuple[str, ...] = ()
    """Columns whose models have no controls."""
    groups: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Column -> entities of its group."""
    nested: tuple[NestedLink, ...] = ()
    mediation: tuple[MediationLink, ...] = ()
    identities: tuple[str, ...] = ()
    """Such as `sample.cities == sample.coal + sample.others`."""

    def fewest_groups(self, path: str, n: int | None) -> int | None:
        """Count the entities that a column of `n` rows has at least.

        A column with other rows than the whole sample may be a part of it: with T years an entity has at most T
        rows, so that N rows are of N / T entities at least. Whole years of all entities look the same in print.
        """
        whole = self.clusters
        if path in self.groups or whole is None or n is None or n == self.n:
            return self.groups.get(path, whole)
        years = self.years or (self.n and -(-self.n // whole))
        return min(whole, -(-n // years)) if years else whole


def is_text(value: object) -> bool:
    """Whether a value is a string."""
    return isinstance(value, str)


def is_count(value: object) -> bool:
    """Whether a value is a positive whole number."""
    # True and false are integers in Python: `years = true` is not a count.
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_list_of_text(value: object) -> bool:
    """Whether a value is a list of strings."""
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _is_links(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(part, dict) and all(isinstance(v, str) for v in part.values()) for part in value
    )


TESTS = ("F", "hausman")
"""Printed tests of a column whose stars are checked."""
NESTED = ("model", "of", "added")
MEDIATION = ("mediator", "a", "b", "total")
"""Words that a link needs."""
Test = Callable[[object], bool]
KEYS: Mapping[str, Test] = {
    "means": is_text,
    "vif": is_text,
    "clusters": is_count,
    "years": is_count,
    "default": lambda value: isinstance(value, dict),
    "without_controls": is_list_of_text,
    "groups": lambda value: isinstance(value, dict) and all(map(is_count, value.values())),
    "nested": _is_links,
    "mediation": _is_links,
    "identities": is_list_of_text,
}
DEFAULTS: Mapping[str, Test] = {
    "depvar": is_text,
    "effects": is_list_of_text,
    "N": is_count,
    "controls": is_list_of_text,
}


def read_settings(raw: object, file: str | None) -> Settings:
    """Read the section [audit], refusing words and values that mean nothing.

    Raises
    ------
    SpecError
        An unknown key, a value of the wrong kind, or an incomplete link.
    """
    given = _require_words(raw, KEYS, "audit", file)
    default = _require_words(given.get("default", {}), DEFAULTS, "audit.default", file)
    return Settings(
        means=given.get("means", ""),
        vif=given.get("vif", ""),
        clusters=given.get("clusters"),
        years=given.get("years"),
        depvar=default.get("depvar", ""),
        effects=tuple(default.get("effects", ())),
        n=default.get("N"),
        controls=tuple(default.get("controls", ())),
        without_controls=tuple(given.get("without_controls", ())),
        groups=dict(given.get("groups", {})),
        nested=tuple(
            NestedLink(**_read_link("nested", link, NESTED, (), file))
            for link in given.get("nested", ())
        ),
        mediation=tuple(
            MediationLink(**_read_link("mediation", link, MEDIATION, ("sobel",), file))
            for link in given.get("mediation", ())
        ),
        identities=tuple(given.get("identities", ())),
    )


def _require_words(
    raw: object, keys: Mapping[str, Test], path: str, file: str | None
) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise SpecError(_wrong_kind(path, file))
    problems = [
        Problem(
            "audit.key",
            message("[{path}] has no key '{key}'.", path=path, key=key),
            Where(file=file, key=f"{path}.{key}"),
            suggestion(key, tuple(keys)),
        )
        for key in raw
        if key not in keys
    ]
    problems += [
        _wrong_kind(f"{path}.{key}", file)
        for key, value in raw.items()
        if key in keys and not keys[key](value)
    ]
    if problems:
        raise SpecError(problems)
    return raw


def _wrong_kind(path: str, file: str | None) -> Problem:
    what = message("'{path}' has unexpected content.", path=path)
    remedy = message("names are text, counts are whole numbers, links are tables of names.")
    return Problem("audit.kind", what, Where(file=file, key=path), remedy)


def _read_link(
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
        what = message(
            "A link of audit.{key} needs {needed}, not {given}.",
            key=key,
            needed=", ".join(needed),
            given=", ".join(link),
        )
        remedy = message("write the words {needed}.", needed=", ".join((*needed, *optional)))
        raise SpecError(Problem("audit.link", what, Where(file=file, key=f"audit.{key}"), remedy))
    return dict(link)


MAX_BYTES = 5_000_000


def read(path: Path) -> PublishedTables:
    """Read a TOML file of printed tables.

    Raises
    ------
    SpecError
        The file cannot be read: it is missing, larger than `MAX_BYTES` or not UTF-8; otherwise as `parse`.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SpecError(_unreadable(path, message("it is larger than {n} bytes", n=MAX_BYTES)))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(_unreadable(path, message("it is not UTF-8"))) from error
    except FileNotFoundError as error:
        raise SpecError(missing_file(path, "audit.unreadable")) from error
    except OSError as error:
        raise SpecError(_unreadable(path, error.strerror or "")) from error
    return parse(text, file=path.name)


def _unreadable(path: Path, reason: Wording) -> Problem:
    text = message("The printed tables cannot be read: {reason}.", reason=reason)
    remedy = message("name a TOML file of printed figures, saved as UTF-8.")
    return Problem("audit.unreadable", text, Where(file=path.name), remedy)


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
        path: _column(path, table, settings)
        for path, table in tables.items()
        if any(isinstance(row, dict) and "b" in row for row in table.values())
    }
    sobel = {
        path: {name: _sobel(row) for name, row in table.items() if _is_sobel(row)}
        for path, table in tables.items()
        if any(_is_sobel(row) for row in table.values())
    }
    # Lists of numbers: mean, standard deviation and what else is printed of a variable.
    moments = {k: v for k, v in tables.get(settings.means, {}).items() if _is_numeric(v)}
    vif_path = settings.vif or _find_vif(tables)
    vif = tables.get(vif_path, {})
    figures = {
        f"{path}.{name}": Decimal(value)
        for path, table in tables.items()
        for name, value in table.items()
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    }
    published = PublishedTables(
        columns=columns,
        sobel=sobel,
        means={name: _decimal(figures[0]) for name, figures in moments.items() if figures},
        sds={name: _decimal(figures[1]) for name, figures in moments.items() if figures[1:]},
        vif={name: (_decimal(v[0]), _decimal(v[1])) for name, v in vif.items() if _is_pair(v)},
        vif_mean=_decimal(vif["mean"]) if "mean" in vif else None,
        vif_path=vif_path,
        nested=settings.nested,
        mediation=settings.mediation,
        full_n=settings.n,
        clusters=settings.clusters,
        years=settings.years,
        group_years=settings.groups,
        identities=tuple(read_identity(text, figures, file) for text in settings.identities),
        figures=figures,
    )
    _check_names(settings, tables, published, file)
    return published


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


def _is_sobel(row: object) -> bool:
    """Whether a row is a Sobel test; a column with a variable called z is not."""
    if not isinstance(row, dict) or "b" in row:
        return False
    return any(key in row and not isinstance(row[key], dict) for key in ("effect", "z"))


def _is_numeric(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list) and all(isinstance(cell, Decimal | int) for cell in value)


def _is_pair(value: object) -> TypeGuard[list[object]]:
    return _is_numeric(value) and len(value) == 2


def _find_vif(tables: Mapping[str, Mapping[str, object]]) -> str:
    """Find the table of VIF and 1/VIF by its shape: pairs that are all nearly reciprocal, or half exactly.

    A misprinted pair must not take the whole table out of the check.
    """
    for path, table in tables.items():
        pairs = [value for value in table.values() if isinstance(value, list)]
        if not pairs or not all(map(_is_pair, pairs)):
            continue
        are_near = all(_is_factor(v) and abs(_product(v) - 1) < Decimal("0.5") for v in pairs)
        exact = sum(_is_factor(v) and _is_reciprocal(v) for v in pairs)
        if are_near or 2 * exact >= len(pairs):
            return path
    return ""


def _product(pair: Sequence[object]) -> Decimal:
    return _decimal(pair[0]) * _decimal(pair[1])


def _is_factor(pair: Sequence[object]) -> bool:
    """Whether two printed numbers can be a VIF and its reciprocal."""
    return _decimal(pair[0]) >= 1 >= _decimal(pair[1]) > 0


def _is_reciprocal(pair: Sequence[object]) -> bool:
    """Whether they are reciprocal within their rounding."""
    return rounded(_decimal(pair[1])).meets(exactly(1).over(rounded(_decimal(pair[0]))))


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
        fewest_groups=settings.fewest_groups(path, _count(path, table.get("N", settings.n))),
        tests={
            name: PrintedTest(_decimal(row["value"]), _stars(row.get("stars")))
            for name, row in table.items()
            if name in TESTS and isinstance(row, dict) and "value" in row
        },
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
    what = message("'{value}' is not a printed number.", value=value)
    remedy = message("write the figure as it is printed, without quotes.")
    return Problem("audit.number", what, Where(key=key), remedy)


def _check_names(
    settings: Settings,
    tables: Mapping[str, Mapping[str, object]],
    published: PublishedTables,
    file: str | None,
) -> None:
    """Refuse names in [audit] that are not those of tables, columns or Sobel tests of the file."""
    named = [("means", settings.means), ("vif", settings.vif)]
    named += [("without_controls", path) for path in settings.without_controls]
    wrong = [(key, path) for key, path in named if path and path not in tables]
    _refuse(wrong, tuple(tables), file)
    links = published.mediation
    columns = [("nested", path) for link in published.nested for path in (link.model, link.of)]
    columns += [("mediation", path) for link in links for path in (link.a, link.b, link.total)]
    columns += [("groups", path) for path in published.group_years]
    tests = [("mediation", link.sobel) for link in links if link.sobel is not None]
    wrong = [(key, path) for key, path in columns if path not in published.columns]
    wrong += [(key, path) for key, path in tests if path not in published.sobel]
    _refuse(wrong, (*published.columns, *published.sobel), file)


def _refuse(wrong: list[tuple[str, str]], names: tuple[str, ...], file: str | None) -> None:
    if wrong:
        raise SpecError(
            Problem(
                "audit.link",
                message("[audit] names '{path}', which is not a table of the file.", path=path),
                Where(file=file, key=f"audit.{key}"),
                suggestion(path, names),
            )
            for key, path in dict.fromkeys(wrong)
        )


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


def read_toml(text: str) -> dict[str, object]:
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
    if match := UNPRINTABLE.search(text):
        raise TomlRefusedError(_unprintable(match), _line(text, match.start()))
    # Before it is read: Python refuses to convert very long digits with an error of its own.
    if match := re.search(rf"[0-9](?:_?[0-9]){{{LONGEST},}}", text):
        reason = message("a number has {n} digits", n=len(match[0]))
        raise TomlRefusedError(reason, _line(text, match.start()))
    try:
        figures = tomllib.loads(text, parse_float=partial(_read_figure, text))
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+)", str(error))
        raise TomlRefusedError(str(error), int(match[1]) if match else None) from error
    except RecursionError as error:
        raise TomlRefusedError(_too_deep(), _deepest_line(text)) from error
    for value, depth in _nested_values(figures):
        if depth > DEEPEST:
            raise TomlRefusedError(_too_deep(), _deepest_line(text))
        if isinstance(value, int) and abs(value) > LARGEST:
            raise TomlRefusedError(_too_large(value), _line(text, text.find(str(value))))
        # An escape such as \u0007 is printable in the file and is not in the text that is read.
        if isinstance(value, str) and (match := UNPRINTABLE.search(value)):
            raise TomlRefusedError(_unprintable(match), None)
    return figures


def _read_figure(text: str, digits: str) -> Decimal:
    """Keep the digits of a figure; one that is not finite is refused where it stands."""
    line = _line(text, text.find(digits))
    try:
        value = Decimal(digits)
    except InvalidOperation as error:
        raise TomlRefusedError(_too_large(digits), line) from error
    if not value.is_finite():
        raise TomlRefusedError(message("{value} is not a figure", value=digits), line)
    if abs(value) > LARGEST:
        raise TomlRefusedError(_too_large(digits), line)
    return value


def _nested_values(node: object) -> Iterator[tuple[object, int]]:
    """Give every value and key with its depth, without recursion."""
    waiting = [(node, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if depth > DEEPEST:
            return
        if isinstance(value, dict):
            waiting += [(part, depth + 1) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]


def _unprintable(match: re.Match[str]) -> Wording:
    return message("it holds the character U+{code}", code=f"{ord(match[0]):04X}")


def _too_deep() -> Wording:
    return message("it is nested too deeply")


def _too_large(value: object) -> Wording:
    return message("{value} is too large for a figure", value=str(value)[:40])


def _line(text: str, position: int) -> int | None:
    return text.count("\n", 0, position) + 1 if position >= 0 else None


def _deepest_line(text: str) -> int:
    """Find the line with the most signs that open a level."""
    lines = text.splitlines()
    return max(range(len(lines)), key=lambda i: len(re.findall(r"[\[{.]", lines[i]))) + 1
