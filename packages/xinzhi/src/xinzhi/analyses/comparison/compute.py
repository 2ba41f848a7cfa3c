"""Printed figures beside computed ones, and whether they agree at the printed digits.

A printed figure stands for all numbers that round to it: 0.030 for [0.0295, 0.0305], 0.03 for
[0.025, 0.035]. Nothing is adjusted; what is missed is shown as missed, with the reason.

Published figures to compare with.

The file of published figures: its tables as printed, and what they say about each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import pandas as pd
from pydantic import AfterValidator, BeforeValidator, Field

from xinzhi.analyses.comparison.counterparts import (
    ROWS,
    SIGNS,
    ComparedFigure,
    Explained,
    FigureExplanation,
    Path,
    cause_of,
    explain,
    find_counterparts,
    fits_nothing,
    is_number,
    is_row,
    part_of,
    plain,
)
from xinzhi.analyses.comparison.reason import Reason, with_bounds
from xinzhi.analyses.section import Section, as_words
from xinzhi.present.table import Table
from xinzhi_core.errors import DataError, Problem, Where, suggestion
from xinzhi_core.wording import Wording, message, say
from xinzhi_econometrics.replication.audit import Check, audit
from xinzhi_econometrics.replication.published_tables import TomlRefusedError, parse, read_toml

Told = Annotated[Reason, BeforeValidator(as_words, json_schema_input_type=str | Reason)]


class ComparisonSection(Section):
    """Printed figures, set beside the computed ones and marked where they agree."""

    published: str
    """TOML file of printed figures, each digit as printed; from the folder of the study file."""
    tables: dict[str, str] = Field(default_factory=dict)
    """Table of the file -> table of this study, where they have other names; or a part of one -> a
    part of the other, such as `table7.col1: mechanism/2` or `gtfp.top20_2008: GTFP_top/2008`."""
    reasons: Annotated[dict[str, Told], AfterValidator(with_bounds)] = Field(default_factory=dict)
    """Why figures differ: figure, or a pattern of figures such as `table5.*.se` -> words and how far
    they reach (`within`, which a pattern needs); the first that fits and holds is printed, unless the
    printed figures themselves tell (`[audit]` in the file)."""


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """The figures of a file, and what they say about each other."""

    figures: Mapping[str, object]
    """Tables by name; decimals keep their digits. A list may come back from the cache as a tuple."""
    checks: tuple[Check, ...]
    """Their audit; empty where the file does not say what is connected (`[audit]`)."""


def parse_published(content: bytes, file: str) -> Published:
    """Parse a TOML of published figures; decimals keep their digits.

    Raises
    ------
    DataError
        The file is not TOML, or holds something other than figures, with the line.
    SpecError
        Its section [audit] is wrong.
    """
    try:
        text = content.decode("utf-8-sig")  # A byte order mark, as Windows editors write it.
    except UnicodeDecodeError as error:
        raise DataError(_problem("unreadable", file, message("it is not UTF-8"))) from error
    try:
        figures = read_toml(text)
    except TomlRefusedError as error:
        reason = message("it is not valid TOML: {reason}", reason=error.reason)
        raise DataError(_problem("toml", file, reason, line=error.line)) from error
    if problems := list(_misprints(figures, (), file, text)):
        raise DataError(problems)
    checks = audit(parse(text, file=file)).checks if "audit" in figures else ()
    return Published(figures, checks)


def _problem(code: str, file: str, reason: Wording, *, line: int | None = None) -> Problem:
    text = message("The printed figures cannot be read: {reason}.", reason=reason)
    remedy = message("name a TOML file in the folder of the study file, saved as UTF-8.")
    return Problem(
        f"compare.{code}", text, Where(file=file, line=line, key="compare.published"), remedy
    )


def _misprints(node: object, path: tuple[str, ...], file: str, text: str) -> Iterator[Problem]:
    """Find rows with unknown parts, and parts that are not numbers."""
    if not isinstance(node, Mapping):
        return
    first = next((part for part in ROWS if part in node), None)
    if first is None or not is_row(node) or path[:1] == ("audit",):
        for name, inner in node.items():
            yield from _misprints(inner, (*path, name), file, text)
        return
    where = Where(file=file, line=line_of(text, path), key=".".join(path))
    for part, value in node.items():
        if part not in ROWS[first]:
            yield Problem(
                "compare.part",
                message("A printed row has no part '{part}'.", part=part),
                where,
                suggestion(part, ROWS[first]),
            )
        elif not _fits(part, value):
            yield Problem(
                "compare.kind",
                message("The printed {part} is {value}.", part=part, value=repr(value)),
                where,
                message("write a number without quotation marks; stars are counted: 0 to 3."),
            )


def _fits(part: str, value: object) -> bool:
    if part == "stars":
        return type(value) is int and value >= 0
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    r"""Find the line of a TOML file where a figure stands.

    >>> line_of('[t.col1]\nN = 3\nx = { b = 0.1 }', ("t", "col1", "x"))
    3
    """
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        start = line.partition("#")[0].strip()
        if start.startswith("["):
            table = _parts(start.strip("[]"))
        elif "=" in start:
            key = (*table, *_parts(start.partition("=")[0]))
            if path[: len(key)] == key:
                return number
    return None


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


NOT_FIGURES = ("audit", "transform")
"""Tables of the file that say what is connected, and how."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All printed figures: those set beside a computed one, and those without a counterpart."""

    figures: tuple[ComparedFigure, ...]
    left_out: tuple[str, ...]
    """Tables or figures of the file that nothing of the study stands beside."""
    explanations: Mapping[Path, tuple[FigureExplanation, ...]]
    """Path of a figure that differs -> what explains each part that does."""
    problems: tuple[Problem, ...] = ()
    """What the study file asks to compare and cannot be compared; the rest is."""

    @property
    def reasons(self) -> Mapping[Path, tuple[Wording, ...]]:
        """Path of a figure that differs -> why, each reason once."""
        return {
            path: tuple(dict.fromkeys(words for part in parts for words in part.reasons))
            for path, parts in self.explanations.items()
        }

    def cause(self, figure: ComparedFigure) -> Explained | None:
        """Say what explains a figure that differs; None where it agrees."""
        return None if figure.agrees else cause_of(self.explanations[figure.path])

    def to_frame(self) -> pd.DataFrame:
        """Return one row a published figure that has a counterpart."""
        columns = ["figure", "printed", "computed", "agrees", "differs", "cause", "reasons"]
        reasons = self.reasons
        rows = [
            (
                ".".join(figure.path),
                plain(figure.printed),
                figure.computed,
                figure.agrees,
                ", ".join(figure.differs),
                self.cause(figure) or "",
                "; ".join(map(str, reasons.get(figure.path, ()))),
            )
            for figure in self.figures
        ]
        return pd.DataFrame(rows, columns=columns)


def compare_tables(
    section: ComparisonSection,
    published: Published,
    tables: Mapping[str, Table],
    *,
    is_partial: bool,
) -> Comparison:
    """Compare the tables of a study, by their ids, with the published figures that it names.

    Where only parts of the study were run, links to tables of other parts are left out.
    """
    machine = {name: table.machine for name, table in tables.items()}
    links = section.tables
    if is_partial:
        links = {key: target for key, target in links.items() if _place(target)[0] in machine}
    wrong = {link: tuple(_wrong(*link, published.figures, machine)) for link in links.items()}
    sound = {key: target for key, target in links.items() if not wrong[key, target]}
    figures = compare(published.figures, machine, sound)
    problems = [problem for several in wrong.values() for problem in several]
    # A pattern may fit a table that was refused, or was not run: then it is not called idle.
    if not problems and not is_partial:
        problems = [
            Problem(
                "study.no_effect",
                message("No printed figure fits '{pattern}'.", pattern=pattern),
                Where(key=f"compare.reasons.{pattern}"),
                message(
                    "name a figure and its part, such as table5.col1.F.value, or a pattern: *.se."
                ),
            )
            for pattern in fits_nothing(section.reasons, figures)
        ]
    return Comparison(
        figures,
        left_out(published.figures, figures),
        explain(figures, section.reasons, published.checks),
        tuple(problems),
    )


def compare(
    published: Mapping[str, Any], tables: Mapping[str, Any], links: Mapping[str, str]
) -> tuple[ComparedFigure, ...]:
    """Set each printed figure that has a counterpart beside it.

    `tables` are machine-readable tables by id; `links` lead from printed tables to those of other
    names, or from a part of one to a part of the other, such as `table7.col1: mechanism/2`.
    """
    every = {name: name for name in published if name in tables} | dict(links)
    # In the order of the printed tables, a linked part with the table that it is a part of.
    order = list(published)
    figures: list[ComparedFigure] = []
    for key in sorted(every, key=lambda key: order.index(key.partition(".")[0])):
        machine, part = _place(every[key])
        computed = part_of(tables[machine], part)
        # Parts with a link of their own are compared there, and not with the rest of their table.
        linked = {other.removeprefix(f"{key}.") for other in every if other.startswith(f"{key}.")}
        table = _inside(published, key)
        printed = {name: value for name, value in table.items() if name not in linked}
        if computed is not None and printed:
            figures += find_counterparts(tuple(key.split(".")), printed, computed)
    return tuple(figures)


def _place(target: str) -> tuple[str, str]:
    """Split `mechanism/2` into a table and its part."""
    table, _, part = target.partition("/")
    return table, part


def _inside(published: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Follow a path through the printed tables; empty where it leads to none."""
    node: object = published
    for name in key.split("."):
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def _wrong(
    key: str, target: str, published: Mapping[str, Any], tables: Mapping[str, Any]
) -> Iterator[Problem]:
    """Find what a link names and is not there."""
    table, part = _place(target)
    first, _, last = key.rpartition(".")
    siblings = _inside(published, first) if first else published
    if not _inside(published, key):
        yield _unknown(key, key, [f"{first}.{n}" if first else n for n in siblings] or [last])
    if table not in tables:
        yield _unknown(key, table, list(tables))
    elif "not_computed" in tables[table]:
        text = message("Table '{name}' was not computed and cannot be compared.", name=table)
        yield Problem("compare.not_computed", text, Where(key=f"compare.tables.{key}"))
    elif part_of(tables[table], part) is None:
        yield _unknown(key, target, [table])


def _unknown(key: str, name: str, names: Sequence[str]) -> Problem:
    text = message("The table '{name}' to compare with does not exist.", name=name)
    remedy = suggestion(name, tuple(names))
    return Problem("study.unknown_name", text, Where(key=f"compare.tables.{key}"), remedy)


def left_out(published: Mapping[str, object], figures: Sequence[ComparedFigure]) -> tuple[str, ...]:
    """List the printed figures that were set beside nothing; a whole table by its name.

    >>> left_out({"t": {"a": 1}, "u": {"b": 2, "note": "words"}}, ())
    ('t', 'u')
    >>> left_out({"t": {"years": (2008, 2013)}}, ())  # from the store, lists are tuples
    ('t',)
    """
    compared = {figure.path for figure in figures}
    names: list[str] = []
    for name, table in published.items():
        every = [] if name in NOT_FIGURES else list(_figures(table, (name,)))
        missing = [path for path in every if path not in compared]
        whole = len(missing) == len(every) > 0
        names += [name] if whole else [".".join(path) for path in missing]
    return tuple(names)


def _figures(node: object, path: Path) -> Iterator[Path]:
    """Walk through all printed figures; a row with its error and stars is one."""
    if isinstance(node, Mapping) and not is_row(node):
        for name, value in node.items():
            yield from _figures(value, (*path, name))
    elif isinstance(node, Mapping) or all(
        map(_is_figure, node if isinstance(node, (list, tuple)) else [node])
    ):
        yield path


def _is_figure(node: object) -> bool:
    return is_number(node) or node in tuple(SIGNS)


def nested(comparison: Comparison) -> dict[str, object]:
    """Nest the compared figures by the keys of the published ones, for results.json."""
    block: dict[str, Any] = {}
    reasons = comparison.reasons
    for figure in comparison.figures:
        inner = block
        for key in figure.path[:-1]:
            inner = inner.setdefault(key, {})
        record = inner[figure.path[-1]] = {
            "printed": plain(figure.printed),
            "computed": figure.computed,
            "agrees": figure.agrees,
        }
        if figure.not_computed:
            record["not_computed"] = list(figure.not_computed)
        if not figure.agrees:
            record["differs"] = list(figure.differs)
            record["explained_by"] = {
                one.part: one.cause for one in comparison.explanations[figure.path]
            }
            record["reasons"] = list(map(_languages, reasons[figure.path]))
            beyond = [w for one in comparison.explanations[figure.path] for w in one.beyond]
            if beyond:
                record["beyond"] = list(map(_languages, dict.fromkeys(beyond)))
    return block


def _languages(words: Wording) -> dict[str, str]:
    return {language: say(words, language) for language in ("zh", "en")}
