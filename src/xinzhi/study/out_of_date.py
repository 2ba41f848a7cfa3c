"""What the last run does not hold: said in the words of the study file, with the command for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from xinzhi.errors import Problem, Where
from xinzhi.wording import Wording, listed, message


class OutOfDate(Exception):
    """Work that would have to be computed where only the last run may be shown.

    It is no `StudyError`: an analysis keeps its place with the reason of its own failure, and must not
    take for one that nothing was computed.
    """

    def __init__(self, piece: str, why: Wording) -> None:
        super().__init__(piece)
        self.piece = piece
        self.why = why

    def problem(self, study: Path) -> Problem:
        """Say what is missing, what changed, and which command computes it."""
        return Problem(
            "study.not_computed",
            message(
                "The last run does not hold {piece}: {why}.", piece=named(self.piece), why=self.why
            ),
            Where(),
            message("compute it with `xinzhi run {study}`.", study=study.name),
        )


PIECES: Mapping[str, str] = MappingProxyType(
    {
        "inference": "inference.scores",
    }
)
"""First word of a piece of work -> the section of the study file that asks for it, where they differ."""


def named(piece: str) -> Wording:
    """Name a piece of work as the study file does.

    >>> str(named("efficiency.green (returns_to_scale: variable)"))
    "'green' under efficiency (returns_to_scale: variable)"
    >>> str(named("tables.baseline")), str(named("describe"))
    ("'baseline' under tables", 'the section describe')
    """
    whole: Mapping[str, Wording] = {
        "read": message("the data as they are read now"),
        "prepare": message("the prepared data"),
    }
    head, _, rest = piece.partition(" (")
    options = f" ({rest}" if rest else ""
    if head in whole:
        return (
            message("{words}{options}", words=whole[head], options=options) if rest else whole[head]
        )
    kind, _, name = head.partition(".")
    if not name:
        return message("the section {name}", name=piece)
    return message(
        "'{name}' under {section}{options}",
        name=name,
        section=PIECES.get(kind, kind),
        options=options,
    )


def changes_in_words(parts: Sequence[str]) -> Wording:
    """Name what changed since the last run.

    >>> str(changes_in_words(["options", "file cities.csv", "column gdp"]))
    'changed since then: its options, the file cities.csv, the values of gdp'
    """
    return message("changed since then: {parts}", parts=listed([_part(part) for part in parts]))


def _part(part: str) -> Wording:
    kind, _, name = part.partition(" ")
    if name and kind == "file":
        return message("the file {name}", name=name)
    if name and kind == "column":
        return message("the values of {name}", name=name)
    if name and kind == "method":
        return message("the version of the program")
    if name and kind == "source":
        return message("the section sources.{name}", name=name)
    words: Mapping[str, Wording] = {
        "options": message("its options"),
        "method": message("the version of the program"),
        "registry": message("the registry of cities"),
        "panel": message("the section panel"),
        "steps": message("the section prepare"),
        "specification": message("its variables, effects, errors or rows"),
        "seed": message("the seed"),
    }
    return words.get(part, message("its options") if not name else part)
