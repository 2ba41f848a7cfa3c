"""The table published / computed / agrees, and the one of what is missed, with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from xinzhi.analyses.comparison.compute import Comparison
from xinzhi.analyses.comparison.counterparts import ComparedFigure, Explained
from xinzhi.present.labelled import in_words
from xinzhi.present.numbers import MISSING
from xinzhi.present.table import Cell, Column, Row, Table, not_computed_table
from xinzhi_core.wording import Wording, listed, message
from xinzhi_panel.places.names import labels_of

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
        "t": message("t"),
        "p": message("p"),
        "share": message("share"),
    }
)
"""Parts of a printed figure, in words."""
CAUSES: Mapping[Explained, Wording] = MappingProxyType(
    {
        "print": message("the print"),
        "simulation": message("the simulation"),
        "study": message("the data or methods of the study"),
        "unexplained": message("unexplained"),
    }
)
"""What explains that a figure differs, in words."""


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """A figure, where it is printed in words, and why it is missed."""

    figure: ComparedFigure
    label: Wording
    reasons: tuple[Wording, ...]
    cause: Explained | None = None
    """What explains that it differs."""
    beyond: tuple[Wording, ...] = ()
    """Reasons that fit it and do not hold."""


def comparison_tables(
    name: str, title: Wording, comparison: Comparison, labels: Mapping[str, Wording]
) -> tuple[Table, ...]:
    """Set what is missed, with the reasons, and the table published / computed / agrees.

    `labels` word variables and members of groups.
    """
    reasons = comparison.reasons
    lines = [
        ComparisonLine(
            figure,
            listed([_label(part, labels) for part in figure.path]),
            tuple(in_words(why, labels) for why in reasons.get(figure.path, ())),
            comparison.cause(figure),
            tuple(
                dict.fromkeys(
                    words
                    for part in comparison.explanations.get(figure.path, ())
                    for words in part.beyond
                )
            ),
        )
        for figure in comparison.figures
    ]
    refused = not_computed_table(
        f"{name}_refused",
        message("Published figures that could not be compared"),
        comparison.problems,
    )
    missed = missed_table(f"{name}_missed", message("Published figures that differ"), lines)
    whole = comparison_table(name, title, lines, left_out=comparison.left_out)
    tables = (missed, whole) if missed.rows else (whole,)
    return (refused, *tables) if comparison.problems else tables


def _label(part: str, labels: Mapping[str, Wording]) -> Wording:
    """Name a part of the place of a figure: a variable, a member, a path of variables, or a table."""
    first, *others = part.split(" -> ")
    words = labels.get(first, first)
    for other in others:
        words = message("{first} → {second}", first=words, second=labels.get(other, other))
    return words


def comparison_table(
    table_id: str,
    title: Wording,
    lines: Sequence[ComparisonLine],
    *,
    left_out: Sequence[str] = (),
) -> Table:
    """Set printed figures beside computed ones; `left_out` are those that nothing stands beside."""
    n_agree = sum(line.figure.agrees for line in lines)
    n_in_part = sum(line.figure.agrees and bool(line.figure.not_computed) for line in lines)
    notes = [
        message(
            "A published figure represents all numbers that round to it at its printed digits. "
            "Stars are compared as printed, a sign with that of an estimate that is "
            "statistically significant at the 10% level. Only the parts that were computed are "
            "compared."
        )
    ]
    if left_out:
        names = listed(left_out)
        notes.append(
            message("Printed, and not compared with anything computed: {names}.", names=names)
        )
    reading = [
        message(
            "{n} of {total} published figures agree.",
            one="{n} of {total} published figures agrees.",
            n=n_agree,
            total=len(lines),
        )
    ]
    if n_in_part:
        reading.append(
            message(
                "{n} of them agree in the parts computed; other published parts were not computed.",
                one="{n} of them agrees in the parts computed; other published parts were not computed.",
                n=n_in_part,
            )
        )
    return Table(
        id=table_id,
        title=title,
        stub=message("Printed in"),
        columns=(*PUBLISHED_AND_COMPUTED, Column("agrees", message("Agrees"))),
        rows=tuple(_row(line, _agreement(line.figure)) for line in lines),
        notes=tuple(notes),
        reading=tuple(reading),
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
    table_id: str,
    title: Wording,
    lines: Sequence[ComparisonLine],
) -> Table:
    """List what is missed; the reasons stand under the table, each once, with its number."""
    missed = [line for line in lines if not line.figure.agrees]
    reasons = [words for line in missed for words in (*line.reasons, *line.beyond)]
    numbers = {words: number for number, words in enumerate(dict.fromkeys(reasons), 1)}
    causes = [line.cause for line in missed]
    counts: dict[Explained, int] = {cause: causes.count(cause) for cause in CAUSES}
    return Table(
        id=table_id,
        title=title,
        stub=message("Printed in"),
        columns=(
            *PUBLISHED_AND_COMPUTED,
            Column("differs", message("What differs")),
            Column("explained_by", message("Explained by")),
            Column("reason", message("Reason")),
        ),
        rows=tuple(_missed_row(line, numbers) for line in missed),
        notes=(
            *(
                [message("The last column refers to the reasons by their numbers.")]
                if numbers
                else ()
            ),
            *(
                message("({number}) {reason}", number=number, reason=reason)
                for reason, number in numbers.items()
            ),
        ),
        reading=(
            message(
                "{n} of {total} published figures differ: {counts}.",
                one="{n} of {total} published figures differs: {counts}.",
                n=len(missed),
                total=len(lines),
                counts=listed(_counted(counts)),
            ),
        ),
        machine=MappingProxyType(
            {
                "n": len(missed),
                "explained_by_print": counts["print"],
                "explained_by_simulation": counts["simulation"],
                "explained_by_study": counts["study"],
                "unexplained": counts["unexplained"],
                "without_reason": counts["unexplained"],
            }
        ),
    )


def _counted(counts: Mapping[Explained, int]) -> list[Wording]:
    """Count by what explains them; what explains none is left out, but for nothing at all."""
    words: Mapping[Explained, Callable[[int], Wording]] = {
        "print": lambda n: message("{n} explained by the print", n=n),
        "simulation": lambda n: message("{n} explained by the simulation", n=n),
        "study": lambda n: message("{n} explained by the data or methods of the study", n=n),
        "unexplained": lambda n: message("{n} unexplained", n=n),
    }
    return [
        write(counts[cause])
        for cause, write in words.items()
        if counts[cause] or cause == "unexplained"
    ]


def _agreement(figure: ComparedFigure) -> Wording:
    """Say whether a figure agrees, and in which parts where others were not computed."""
    if not figure.agrees:
        return message("no")
    if not figure.not_computed:
        return message("yes")
    compared = [part for part in figure.printed if part not in figure.not_computed]
    return message("{parts} only", parts=listed([PARTS.get(part, part) for part in compared]))


PUBLISHED_AND_COMPUTED = (
    Column("printed", message("Published")),
    Column("computed", message("Computed")),
)


def _row(line: ComparisonLine, *verdict: Wording) -> Row:
    figure = line.figure
    computed = write_figure(figure.computed, rounded=True)
    cells = (write_figure(figure.printed), computed, *verdict)
    return Row(line.label, tuple(Cell(text, "text") for text in cells), key=".".join(figure.path))


def _missed_row(line: ComparisonLine, numbers: Mapping[Wording, int]) -> Row:
    told = [message("({n})", n=numbers[words]) for words in (*line.reasons, *line.beyond)]
    differs = listed([PARTS.get(part, part) for part in line.figure.differs])
    if line.figure.computed is None:
        differs = message("nothing was computed")
    assert line.cause is not None  # a figure that agrees is not missed
    return _row(line, differs, CAUSES[line.cause], listed(told) or message("none is given"))


def write_figure(value: object, *, rounded: bool = False) -> Wording:
    """Write a figure, a row of parts, or a list; a printed figure keeps its digits.

    >>> from decimal import Decimal
    >>> write_figure({"b": Decimal("-0.020"), "se": Decimal("0.009"), "stars": 2})
    '−0.020** (0.009)'
    >>> write_figure({"effect": 0.00236, "z": 1.83325, "stars": 1, "share": 0.1197}, rounded=True)
    '0.00236* (z 1.8333), 11.97%'
    >>> write_figure({"value": 21.77634, "p": float("nan"), "stars": 0}, rounded=True)
    '21.776 (p —)'
    """
    if isinstance(value, Mapping):
        write = partial(_part, value, rounded=rounded)
        stars = "*" * int(value.get("stars", 0))
        figure = "".join(write("{}", part) for part in ("b", "effect", "value"))
        forms = {"se": " ({})", "t": " (t {})", "z": " (z {})", "p": " (p {})"}
        beneath = "".join(write(form, part) for part, form in forms.items())
        share = f", {_percent(value['share'])}" if "share" in value else ""
        return figure + stars + beneath + share
    if isinstance(value, (list, tuple)):
        words = [str(write_figure(item, rounded=rounded)) for item in value]
        # A list may be one of cities; numbers are none, and to look in every register for them takes long.
        labels = labels_of(words) if any(isinstance(item, str) for item in value) else {}
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
    return form.format(str(write_figure(row[part], rounded=rounded))) if part in row else ""
