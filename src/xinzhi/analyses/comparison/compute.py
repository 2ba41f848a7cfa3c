"""Printed figures beside computed ones, and whether they agree at the printed digits.

A printed figure stands for all numbers that round to it: 0.030 for [0.0295, 0.0305], 0.03 for
[0.025, 0.035]. Nothing is adjusted; what is missed is shown as missed, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.comparison.counterparts import SIGNS, beside, part_of
from xinzhi.analyses.comparison.figures import Compared, Path, is_number, plain
from xinzhi.analyses.comparison.published import Published
from xinzhi.analyses.comparison.reasons import Reasons, fits_nothing, reasons_of
from xinzhi.analyses.comparison.section import ComparisonSection
from xinzhi.analyses.comparison.tables import Line, comparison_table, missed_table
from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.present.labelled import in_words
from xinzhi.present.table import Table, not_computed_table
from xinzhi.wording import Wording, listed, message, say

NOT_FIGURES = ("audit", "transform")
"""Tables of the file that say what is connected, and how."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All printed figures: those set beside a computed one, and those without a counterpart."""

    found: tuple[Compared, ...]
    left_out: tuple[str, ...]
    """Tables or figures of the file that nothing of the study stands beside."""
    reasons: Reasons
    problems: tuple[Problem, ...] = ()
    """What the study file asks to compare and cannot be compared; the rest is."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a published figure that has a counterpart."""
        columns = ["figure", "printed", "computed", "agrees", "differs", "reasons"]
        rows = [
            (
                ".".join(one.path),
                plain(one.printed),
                one.computed,
                one.agrees,
                ", ".join(one.differs),
                "; ".join(str(why) for why in self.reasons.of.get(one.path, ())),
            )
            for one in self.found
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
    found = compare(published.figures, machine, sound)
    problems = [problem for several in wrong.values() for problem in several]
    if not problems and not is_partial:
        problems += _idle(section, found)
    return Comparison(
        found,
        left_out(published.figures, found),
        reasons_of(found, section, published.checks),
        tuple(problems),
    )


def comparison_tables(
    name: str, title: Wording, comparison: Comparison, labels: Mapping[str, Wording]
) -> tuple[Table, ...]:
    """Set what is missed, with the reasons, and the table published / computed / agrees.

    Parameters
    ----------
    labels
        Variables and members of groups -> what they are called.
    """
    lines = [_line(one, comparison.reasons, labels) for one in comparison.found]
    refused = not_computed_table(
        f"{name}_refused",
        message("Published figures that could not be compared"),
        comparison.problems,
    )
    missed = missed_table(f"{name}_missed", message("Published figures that differ"), lines)
    whole = comparison_table(name, title, lines, left_out=comparison.left_out)
    tables = (missed, whole) if missed.rows else (whole,)
    return (refused, *tables) if comparison.problems else tables


def _line(one: Compared, reasons: Reasons, labels: Mapping[str, Wording]) -> Line:
    return Line(
        ".".join(one.path),
        listed([_called(part, labels) for part in one.path]),
        one.printed,
        one.computed,
        one.differs,
        tuple(in_words(reason, labels) for reason in reasons.of.get(one.path, ())),
        one.not_computed,
    )


def _called(part: str, labels: Mapping[str, Wording]) -> Wording:
    """Name a part of the place of a figure: a variable, a member, a path of variables, or a table."""
    first, *others = part.split(ARROW)
    words = labels.get(first, first)
    for other in others:
        words = message("{first} → {second}", first=words, second=labels.get(other, other))
    return words


ARROW = " -> "


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
        Printed table -> id of a table, where the names differ; or a part of one -> a part of
        the other, such as `table7.col1: mechanism/2`.

    Raises
    ------
    SpecError
        A link names something that does not exist.
    """
    _refuse_unknown(links, published, tables)
    every = {name: name for name in published if name in tables} | dict(links)
    order = list(published)
    found: list[Compared] = []
    for key in sorted(every, key=lambda key: order.index(key.partition(".")[0])):
        machine, part = _place(every[key])
        theirs = part_of(tables[machine], part)
        printed = _printed(published, key, every)
        if theirs is not None and printed:
            found.extend(beside(tuple(key.split(".")), printed, theirs))
    return tuple(found)


def _place(target: str) -> tuple[str, str]:
    """Split `mechanism/2` into a table and its part."""
    table, _, part = target.partition("/")
    return table, part


def _printed(published: Mapping[str, Any], key: str, links: Mapping[str, str]) -> dict[str, Any]:
    """Find a printed table, less the parts that are linked by themselves."""
    own = {other.removeprefix(f"{key}.") for other in links if other.startswith(f"{key}.")}
    return {name: value for name, value in _inside(published, key).items() if name not in own}


def _inside(published: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Follow a path through the printed tables; empty where it leads to none."""
    node: Any = published
    for name in key.split("."):
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def _refuse_unknown(
    links: Mapping[str, str], published: Mapping[str, Any], tables: Mapping[str, Any]
) -> None:
    problems = [one for link in links.items() for one in _wrong(*link, published, tables)]
    if problems:
        raise SpecError(problems)


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
        what = message("Table '{name}' was not computed and cannot be compared.", name=table)
        yield Problem("compare.not_computed", what, Where(key=f"compare.tables.{key}"))
    elif part_of(tables[table], part) is None:
        yield _unknown(key, target, [table])


def _unknown(key: str, name: str, known: Sequence[str]) -> Problem:
    return Problem(
        "study.unknown_name",
        message("There is no table '{name}' to compare with.", name=name),
        Where(key=f"compare.tables.{key}"),
        suggestion(name, tuple(known)),
    )


def _idle(section: ComparisonSection, found: Sequence[Compared]) -> list[Problem]:
    return [
        Problem(
            "study.no_effect",
            message("No printed figure fits '{pattern}'.", pattern=pattern),
            Where(key=f"compare.reasons.{pattern}"),
            message("name a figure and its part, such as table5.col1.F.value, or a pattern: *.se."),
        )
        for pattern in fits_nothing(section, found)
    ]


def left_out(published: Mapping[str, Any], found: Sequence[Compared]) -> tuple[str, ...]:
    """List the printed figures that were set beside nothing; a whole table by its name.

    >>> left_out({"t": {"a": 1}, "u": {"b": 2, "note": "words"}}, ())
    ('t', 'u')
    >>> left_out({"t": {"years": (2008, 2013)}}, ())  # from the store, lists are tuples
    ('t',)
    """
    done = {one.path for one in found}
    names: list[str] = []
    for name, table in published.items():
        every = [] if name in NOT_FIGURES else list(_figures(table, (name,)))
        missing = [path for path in every if path not in done]
        whole = len(missing) == len(every) > 0
        names += [name] if whole else [".".join(path) for path in missing]
    return tuple(names)


def _figures(node: Any, path: Path) -> Iterator[Path]:
    """Walk through all printed figures; a row with its error and stars is one."""
    if isinstance(node, Mapping) and not {"b", "effect", "value"} & set(node):
        for name, value in node.items():
            yield from _figures(value, (*path, name))
    elif isinstance(node, Mapping) or all(
        map(_is_figure, node if isinstance(node, (list, tuple)) else [node])
    ):
        yield path


def _is_figure(node: Any) -> bool:
    return is_number(node) or node in tuple(SIGNS)


def nested(comparison: Comparison) -> dict[str, Any]:
    """Nest the compared figures by the keys of the published ones, for results.json."""
    block: dict[str, Any] = {}
    for one in comparison.found:
        inner = block
        for key in one.path[:-1]:
            inner = inner.setdefault(key, {})
        inner[one.path[-1]] = {
            "printed": plain(one.printed),
            "computed": one.computed,
            "agrees": one.agrees,
            **({"not_computed": list(one.not_computed)} if one.not_computed else {}),
            **_why(one, comparison.reasons.of.get(one.path, ())),
        }
    return block


def _why(one: Compared, reasons: Sequence[Wording]) -> dict[str, Any]:
    if one.agrees:
        return {}
    said = [{language: say(reason, language) for language in ("zh", "en")} for reason in reasons]
    return {"differs": list(one.differs), "reasons": said}
