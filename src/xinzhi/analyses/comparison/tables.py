"""The table published / computed / agrees, and the one of what is missed, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from xinzhi.places.labels import labels_of
from xinzhi.present.numbers import MISSING
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

PARTS: Mapping[str, Wording] = MappingProxyType(
    {
        "b": message("coefficient"),
        "se": message("standard error"),
        "stars": message("stars"),
        "value": message("figure"),
        "sign": message("sign"),
        "mean": message("mean"),
        "sd": message("standard deviation"),
        "min": message("minimum"),
        "max": message("maximum"),
        "vif": message("VIF"),
        "tolerance": message("1/VIF"),
        "effect": message("mediated effect"),
        "z": message("z"),
        "share": message("share"),
    }
)
"""Parts of a printed figure, in words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed figure, the computed one, what differs and why."""

    where: str
    """Where it is printed: `table5.col1.HEE`."""
    label: Wording
    """The same in words."""
    printed: Any
    computed: Any
    differs: tuple[str, ...] = ()
    reasons: tuple[Wording, ...] = ()
    not_computed: tuple[str, ...] = ()
    """Printed parts that nothing was computed for."""


def comparison_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    lines: Sequence[Line],
    *,
    left_out: Sequence[str] = (),
) -> Table:
    """Set printed figures beside computed ones; what is missed is said to be missed.

    Parameters
    ----------
    left_out
        Printed figures, or tables of them, that nothing stands beside.
    """
    n_agree = sum(not line.differs for line in lines)
    n_in_part = sum(not line.differs and bool(line.not_computed) for line in lines)
    without = (
        message(
            "Printed, and not compared with anything computed: {names}.", names=listed(left_out)
        ),
    )
    return Table(
        id=id,
        title=title,
        stub=message("Printed in"),
        columns=(*_both(), Column("agrees", message("Agrees"))),
        rows=tuple(_row(line, message("no") if line.differs else _reached(line)) for line in lines),
        notes=(
            message(
                "A published figure represents all numbers that round to it at its printed digits; "
                "stars are compared as printed, a sign with that of an estimate that is "
                "statistically significant at the 10% level. Only the parts computed are compared: of a "
                "constant under fixed effects the coefficient, not its standard error and stars."
            ),
            *(without if left_out else ()),
        ),
        reading=(
            message("{n} of {total} published figures agree.", n=n_agree, total=len(lines)),
            *([_in_part(n_in_part)] if n_in_part else []),
        ),
        machine=MappingProxyType(
            {
                "n": len(lines),
                "agrees": n_agree,
                "agrees_in_part": n_in_part,
                "left_out": list(left_out),
            }
        ),
    )


def missed_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    lines: Sequence[Line],
) -> Table:
    """List what is missed; the reasons stand under the table, each once, with its number."""
    missed = [line for line in lines if line.differs]
    reasons = list(dict.fromkeys(reason for line in missed for reason in line.reasons))
    numbers = {reason: number for number, reason in enumerate(reasons, 1)}
    silent = sum(not line.reasons for line in missed)
    return Table(
        id=id,
        title=title,
        stub=message("Printed in"),
        columns=(
            *_both(),
            Column("differs", message("What differs")),
            Column("reason", message("Reason")),
        ),
        rows=tuple(_missed(line, numbers) for line in missed),
        notes=tuple(
            message("({number}) {reason}", number=number, reason=reason)
            for reason, number in numbers.items()
        ),
        reading=(
            message(
                "{n} of {total} published figures differ, {k} of them without a stated reason.",
                n=len(missed),
                total=len(lines),
                k=silent,
            ),
        ),
        machine=MappingProxyType({"n": len(missed), "without_reason": silent}),
    )


def _reached(line: Line) -> Wording:
    """Say that a figure agrees, and in which parts where others were not computed."""
    if not line.not_computed:
        return message("yes")
    compared = [part for part in line.printed if part not in line.not_computed]
    return message("{parts} only", parts=listed([PARTS.get(part, part) for part in compared]))


def _in_part(n: int) -> Wording:
    return message(
        "{n} of them agree in the parts computed; other published parts were not computed.",
        one="{n} of them agrees in the parts computed; other published parts were not computed.",
        n=n,
    )


def _both() -> tuple[Column, ...]:
    return (Column("printed", message("Published")), Column("computed", message("Computed")))


def _row(line: Line, *verdict: Wording) -> Row:
    computed = MISSING if line.computed is None else in_words(line.computed, rounded=True)
    cells = (in_words(line.printed), computed, *verdict)
    return Row(line.label, tuple(Cell(text, "text") for text in cells), key=line.where)


def _missed(line: Line, numbers: Mapping[Wording, int]) -> Row:
    told = listed([message("({n})", n=numbers[reason]) for reason in line.reasons])
    differs = listed([PARTS.get(part, part) for part in line.differs])
    if line.computed is None:
        differs = message("nothing was computed")
    return _row(line, differs, told or message("none is given"))


def in_words(value: Any, *, rounded: bool = False) -> Wording:
    """Write a figure, a row of parts, or a list; a printed figure keeps its digits.

    >>> from decimal import Decimal
    >>> in_words({"b": Decimal("-0.020"), "se": Decimal("0.009"), "stars": 2})
    '−0.020** (0.009)'
    >>> in_words({"effect": 0.00236, "z": 1.83325, "stars": 1, "share": 0.1197}, rounded=True)
    '0.00236* (z 1.8333), 11.97%'
    """
    if isinstance(value, Mapping):
        write = partial(_part, value, rounded=rounded)
        stars = "*" * int(value.get("stars", 0))
        error, z, p = write(" ({})", "se"), write(" (z {})", "z"), write(" (p {})", "p")
        share = f", {_percent(value['share'])}" if "share" in value else ""
        return write("{}", "b") + write("{}", "effect") + stars + error + z + p + share
    if isinstance(value, (list, tuple)):
        words = [str(in_words(one, rounded=rounded)) for one in value]
        labels = labels_of(words)  # of a list of cities
        return listed([labels.get(word, word) for word in words])
    if value is None or value != value:  # noqa: PLR0124 - the test for what is not defined
        return MISSING
    return (f"{value:.5g}" if rounded and isinstance(value, float) else str(value)).replace(
        "-", "−"
    )


def _percent(share: Any) -> str:
    is_defined = share is not None and share == share  # noqa: PLR0124 - the test for a number
    return f"{100 * float(share):.4g}%" if is_defined else MISSING


def _part(row: Mapping[str, Any], form: str, part: str, *, rounded: bool) -> str:
    return form.format(str(in_words(row[part], rounded=rounded))) if part in row else ""
