"""The match report: which entities stand in which of the files, and what a missing one resembles."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi_core.errors import UNMATCHED, Problem, StudyError, Where
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_panel.io.raw import Decision
from xinzhi_panel.io.recognise.cells import has_chinese

SHOWN, FILES = 8, 2
CUTOFF = {True: 0.5, False: 0.8}
"""Likeness from which a name is offered as the nearest: Chinese names are short."""


@dataclass(frozen=True, slots=True)
class Partial:
    """An entity that some files have and others lack."""

    entity: str
    present: tuple[str, ...]
    """Files that have it."""
    absent: tuple[str, ...]
    """Files that lack it."""
    nearest: str = ""
    """Most similar name of the register, or of the files that lack it; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Entities of several files, and how far the files have the same ones."""

    files: tuple[str, ...]
    n_entities: int
    """Entities of all files together."""
    n_everywhere: int
    """Entities that every file has."""
    partial: tuple[Partial, ...] = ()
    by_file: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Entities by file."""

    def to_dict(self) -> dict[str, object]:
        """Give what run.json and results.json hold of it."""
        return {
            "files": dict(self.by_file),
            "entities": self.n_entities,
            "in_all_files": self.n_everywhere,
            "not_matched": [
                {
                    "entity": entity.entity,
                    "in": list(entity.present),
                    "not_in": list(entity.absent),
                    "nearest": entity.nearest or None,
                }
                for entity in self.partial
            ],
        }

    def in_words(self) -> Message:
        """Say how many entities all files have, and which ones they do not."""
        counts = message(
            "{n} of {total} entities are in all {files} files.",
            one="{n} of {total} entities is in all {files} files.",
            n=self.n_everywhere,
            total=self.n_entities,
            files=len(self.files),
        )
        if not self.partial:
            return counts
        pairs: dict[frozenset[str], Partial] = {}
        for entity in self.partial:  # of two names that resemble each other, the first is enough
            pairs.setdefault(frozenset((entity.entity, entity.nearest or entity.entity)), entity)
        entities = list(pairs.values())
        names: list[Wording] = [_describe(entity) for entity in entities[:SHOWN]]
        if (more := len(entities) - SHOWN) > 0:
            names.append(message("and {n} more", n=more))
        return message("{counts} Not in all of them: {names}.", counts=counts, names=listed(names))

    def as_warnings(self) -> tuple[Problem, ...]:
        """Warn where entities are not in all files."""
        if not self.partial:
            return ()
        return (
            Problem(
                UNMATCHED,
                self.in_words(),
                Where(key="sources"),
                message(
                    "write one name for one entity, or state `names` (a register) or `spellings` "
                    "(name as written: name that is meant) under the source."
                ),
                severity="warning",
            ),
        )

    def as_decisions(self) -> tuple[Decision, ...]:
        """Note that all entities are in all files."""
        return (
            ()
            if self.partial
            else (Decision(self.in_words(), Where(), self.n_entities, UNMATCHED),)
        )


def _describe(missing: Partial) -> Wording:
    rarely = len(missing.present) <= len(missing.absent)
    files = listed_files(missing.present if rarely else missing.absent)
    place = (
        message("only in {files}", files=files)
        if rarely
        else message("not in {files}", files=files)
    )
    if missing.nearest:
        return message(
            "{entity} ({place}; nearest: {nearest})",
            entity=missing.entity,
            place=place,
            nearest=missing.nearest,
        )
    return message("{entity} ({place})", entity=missing.entity, place=place)


def listed_files(files: Sequence[str]) -> Wording:
    """List files, the first two by name."""
    if len(files) <= FILES:
        return listed(list(files))
    return message("{files} and {n} more", files=listed(list(files[:FILES])), n=len(files) - FILES)


def coverage_of(
    entities: Mapping[str, Sequence[str]], unknown: Mapping[str, Sequence[str]]
) -> Coverage | None:
    """Compare the entities of files; None for a single file.

    Parameters
    ----------
    entities
        File -> its entities, under the names that are used.
    unknown
        Name that the register does not know -> the nearest names.

    Examples
    --------
    >>> found = coverage_of({"a.csv": ["芜湖市", "大同市"], "b.csv": ["芜胡市", "大同市"]}, {})
    >>> found.n_everywhere, [(one.entity, one.nearest) for one in found.partial]
    (1, [('芜湖市', '芜胡市'), ('芜胡市', '芜湖市')])
    """
    if len(entities) < 2:
        return None
    files = {file: frozenset(names) for file, names in entities.items()}
    everything = sorted(frozenset[str]().union(*files.values()))
    partial = []
    for name in everything:
        present = tuple(file for file, names in files.items() if name in names)
        if len(present) < len(files):
            partial.append((name, present, tuple(f for f in files if f not in present)))
    missing = [
        Partial(name, present, absent, _nearest(name, set(present), partial, unknown))
        for name, present, absent in partial
    ]
    # What the register does not know comes first, then what resembles another name.
    missing.sort(key=lambda entity: (entity.entity not in unknown, not entity.nearest))
    return Coverage(
        tuple(files),
        len(everything),
        len(everything) - len(missing),
        tuple(missing),
        MappingProxyType({file: len(names) for file, names in files.items()}),
    )


def _nearest(
    name: str,
    present: set[str],
    partial: Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]],
    unknown: Mapping[str, Sequence[str]],
) -> str:
    """Find the most similar name of files that lack this one, else what the register offers."""
    others = [other for other, files, _ in partial if other != name and present.isdisjoint(files)]
    close = difflib.get_close_matches(name, others, n=1, cutoff=CUTOFF[has_chinese(name)])
    return close[0] if close else next(iter(unknown.get(name, ())), "")


@contextmanager
def unmatched_names_first(warnings: Sequence[Problem]) -> Iterator[None]:
    """Tell of names that do not match before all that follows from it."""
    try:
        yield
    except StudyError as error:
        raise type(error)((*warnings, *error.problems)) from None
