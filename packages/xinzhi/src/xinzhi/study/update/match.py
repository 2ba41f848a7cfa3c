"""Which file of a study a newer file replaces.

A file that has the name of one of the study replaces that one. object other name says nothing: the file is
read by the options of each source, and belongs to the one whose columns it has, at least half of them,
and with whose entities it has some in common. Of several such sources the one with the very same columns
is taken; where none or two have them, the file is refused with the nearest one: nothing is guessed.

Within a source of several files it replaces the one with which it shares most keys. Where it shares no
key with any and has periods, it is a further part of the source: the figures of the year alone.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from xinzhi.study.file.listing import data_files, files_of
from xinzhi.study.file.step_inputs import files_read, is_packaged
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.update.difference import (
    SourceContent,
    SourceDifference,
    content_of_source,
    difference_between,
)
from xinzhi_core.errors import DataError, Problem, SpecError, StudyError, Where, suggestion
from xinzhi_core.problems import MISSING_COLUMN, missing_file
from xinzhi_core.wording import message
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.raw import listed


@dataclass(frozen=True, slots=True)
class Slot:
    """A file of the study."""

    path: str
    """As the study file writes it."""
    sources: tuple[str, ...]
    """Sources that read it; none where only steps do."""


@dataclass(frozen=True, slots=True, eq=False)
class FileFit:
    """How a file fits a place."""

    slot: Slot
    before: Mapping[str, SourceContent] = field(default_factory=dict)
    after: Mapping[str, SourceContent] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    """Why the file cannot be read by the options of the source."""

    @property
    def columns(self) -> float:
        """Share of the columns that both have among those that one of them has."""
        shared = union = 0
        for name, old in self.before.items():
            new = self.after[name]
            shared += len({*old.columns} & {*new.columns})
            union += len({*old.columns} | {*new.columns})
        return shared / union if union else 0.0

    @property
    def known_columns(self) -> float:
        """Share of the old columns that the new file has."""
        old = sum(len(one.columns) for one in self.before.values())
        have = sum(len({*self.before[n].columns} & {*self.after[n].columns}) for n in self.before)
        return have / old if old else 0.0

    @property
    def n_keys(self) -> int:
        """Number of the keys that both have."""
        return sum(
            len(old.frame.index.intersection(self.after[name].frame.index))
            for name, old in self.before.items()
            if old.frame.index.nlevels == self.after[name].frame.index.nlevels
        )

    @property
    def shares_entities(self) -> bool:
        """Whether some entity is in both files."""
        return any(
            not old.frame.index.unique(0).intersection(self.after[n].frame.index.unique(0)).empty
            for n, old in self.before.items()
        )

    @property
    def is_part(self) -> bool:
        """Whether the file holds further periods only: no key of the old file, but its entities."""
        has_periods = all(one.frame.index.nlevels == 2 for one in self.after.values())
        return bool(self.after) and has_periods and self.n_keys == 0 and self.shares_entities


@dataclass(frozen=True, slots=True, eq=False)
class Delivered:
    """A file of a delivery, and where it goes."""

    given: Path
    content: bytes
    slot: Slot
    """The file that it replaces, or beside which it is put."""
    place: str
    """Where it is put, from the folder of the study file."""
    adds: bool
    """Whether it comes beside the files that are there."""
    is_same: bool
    """Whether it has the very bytes of the file that it would replace."""
    differences: tuple[SourceDifference, ...]
    contents: Mapping[str, SourceContent]
    """Source -> what the file gives to it."""


def recognise(
    spec: StudySpec, study: Path, given: Sequence[Path], wanted: str | None, files: Files
) -> tuple[Delivered, ...]:
    """Find the place of each file of a delivery.

    Parameters
    ----------
    spec, study
        The study file, as it was read, and its path.
    given
        Files, and folders of files of data.
    wanted
        Name of the source, where the user says it.

    Raises
    ------
    SpecError, DataError
        `update.no_file`, `update.own_file`, `update.no_source`, `update.two_fit` or `update.twice`, with
        what is nearest; or why a file cannot be read.
    """
    slots = list(_slots(spec, study))
    if wanted is not None:
        if wanted not in spec.sources:
            text = message("The study file has no source '{name}'.", name=wanted)
            remedy = suggestion(wanted, tuple(spec.sources))
            raise SpecError(Problem("update.unknown_source", text, Where(key="--source"), remedy))
        slots = [slot for slot in slots if wanted in slot.sources]
    found = tuple(
        _find(file, spec, study.parent, slots, files) for file in _expanded(given, study, slots)
    )
    seen: dict[str, Path] = {}
    for one in found:
        first = seen.setdefault(os.path.normcase(one.place), one.given)
        if first != one.given:
            text = message(
                "{first} and {second} would both take the place of {place}.",
                first=first.name,
                second=one.given.name,
                place=one.place,
            )
            remedy = message("give one of them.")
            raise SpecError(Problem("update.twice", text, Where(file=one.given.name), remedy))
    return found


def _slots(spec: StudySpec, study: Path) -> Iterator[Slot]:
    """List the files of the study, each once with all sources that read it."""
    of: dict[str, tuple[str, list[str]]] = {}
    for name, source in spec.sources.items():
        for path in files_of(source, study.parent).paths:
            key = os.path.realpath(study.parent / path)
            of.setdefault(key, (path, []))[1].append(name)
    for file in files_read(spec, study)[1:]:
        key = os.path.realpath(file)
        if key not in of and not is_packaged(file) and file.is_file():
            of[key] = (os.path.relpath(file, study.parent), [])
    for path, names in of.values():
        yield Slot(path, tuple(names))


def _expanded(given: Sequence[Path], study: Path, slots: Sequence[Slot]) -> Iterator[Path]:
    """List the files; refuse what is not there, and the files of the study themselves."""
    own = {os.path.realpath(study.parent / slot.path) for slot in slots}
    for path in given:
        if not path.exists():
            raise DataError(missing_file(path, "update.no_file"))
        inside = [path / name for name in data_files(path)[0]] if path.is_dir() else [path]
        if not inside:
            text = message("The folder '{folder}' holds no file of data.", folder=path)
            remedy = message(
                "put csv, xlsx, dta or sav files into it, or name the files one by one."
            )
            raise DataError(Problem("files.empty_folder", text, Where(file=path.name), remedy))
        for file in inside:
            if os.path.realpath(file) in own:
                text = message(
                    "{file} is the file that the study reads: what was in it before is not known.",
                    file=file,
                )
                remedy = message("put the old file back, and give the new one from another folder.")
                raise SpecError(Problem("update.own_file", text, Where(file=file.name), remedy))
            yield file


def _find(
    file: Path, spec: StudySpec, folder: Path, slots: Sequence[Slot], files: Files
) -> Delivered:
    named = [slot for slot in slots if _alike(PurePath(slot.path).name) == _alike(file.name)]
    if len(named) == 1:
        fit = _fit(file, spec, named[0], files)
        # A file of that name without the keys of the source may belong to another one.
        lacks_keys = all(problem.code == MISSING_COLUMN for problem in fit.problems)
        if fit.problems and not (len(slots) > 1 and lacks_keys):
            raise DataError(fit.problems)
        if not fit.problems and (fit.known_columns > 0 or not any(fit.before.values())):
            return _delivered(file, folder, fit, spec, files)
    fits = [_fit(file, spec, slot, files) for slot in (named if len(named) > 1 else slots)]
    good = [
        fit
        for fit in fits
        if fit.slot.sources
        and not fit.problems
        and fit.known_columns >= 0.5
        and fit.shares_entities
    ]
    by_source: dict[tuple[str, ...], FileFit] = {}
    for fit in sorted(good, key=lambda fit: (-fit.n_keys, -fit.columns)):
        by_source.setdefault(fit.slot.sources, fit)
    best = list(by_source.values())
    if len(best) > 1 and len(exact := [fit for fit in best if fit.columns == 1.0]) == 1:
        best = exact
    if len(best) != 1:
        raise SpecError(_undecided(file, best, fits))
    return _delivered(file, folder, best[0], spec, files)


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _fit(file: Path, spec: StudySpec, slot: Slot, files: Files) -> FileFit:
    """Read a file as each source reads the one that is there."""
    before: dict[str, SourceContent] = {}
    after: dict[str, SourceContent] = {}
    for name in slot.sources:
        source = spec.sources[name]
        # What is wrong with the file that is there is said as it is: there is nothing to compare with.
        before[name] = content_of_source(source, name, slot.path, files)
        try:
            after[name] = content_of_source(source, name, file.absolute(), files)
        except StudyError as error:
            return FileFit(slot, problems=error.problems)
    return FileFit(slot, before, after)


def _undecided(file: Path, best: Sequence[FileFit], fits: Sequence[FileFit]) -> Problem:
    """Say that no source fits, or two do, and which is nearest."""
    where = Where(file=file.name)
    sources = [name for fit in best for name in fit.slot.sources]
    if best:
        text = message(
            "{file} could be the newer file of several sources: {names}.",
            file=file.name,
            names=listed(sources),
        )
        remedy = message("name one: {example}.", example=f"--source {sources[0]}")
        return Problem("update.two_fit", text, where, remedy)
    text = message("{file} fits no source of the study.", file=file.name)
    readable = [fit for fit in fits if fit.slot.sources and not fit.problems]
    nearest = max(readable, key=lambda fit: fit.known_columns, default=None)
    if nearest is not None:
        name = nearest.slot.sources[0]
        missing = [c for c in nearest.before[name].columns if c not in nearest.after[name].columns]
        remedy = message(
            "the nearest is '{name}' ({path}); not in the new file: {columns}.",
            name=name,
            path=nearest.slot.path,
            columns=listed(missing, most=10) if missing else message("its entities"),
        )
        return Problem("update.no_source", text, where, remedy)
    failed = next((fit for fit in fits if fit.problems), None)
    if failed is None:
        # Files beside the sources, such as two outlines, that have the same name in two folders.
        remedy = message(
            "the study reads several files of this name: {names}; copy the new one over the one that is meant.",
            names=listed([fit.slot.path for fit in fits]),
        )
        return Problem("update.no_source", text, where, remedy)
    remedy = message(
        "as a file of '{name}' ({path}) it cannot be read: {why}",
        name=failed.slot.sources[0],
        path=failed.slot.path,
        why=failed.problems[0].what,
    )
    return Problem("update.no_source", text, where, remedy)


def _delivered(file: Path, folder: Path, fit: FileFit, spec: StudySpec, files: Files) -> Delivered:
    """Say where a file goes: in the place of one, or beside it where it holds further periods only."""
    kinds = {spec.sources[name].kind for name in fit.slot.sources}
    adds = kinds == {"panel"} and fit.is_part
    taken = files.take(file.absolute())
    path = PurePath(fit.slot.path)
    if adds:
        place = _free(folder, path.parent / file.name)
    elif file.suffix.lower() == path.suffix.lower():
        place = str(path)
    else:
        # Another program would open it by the name: a workbook does not become a csv.
        place = _free(folder, path.with_suffix(file.suffix))
    return Delivered(
        given=file,
        content=taken.path.read_bytes(),
        slot=fit.slot,
        place=place,
        adds=adds,
        is_same=taken.sha256 == files.take(fit.slot.path).sha256,
        differences=tuple(
            difference_between(name, old, fit.after[name], adds=adds)
            for name, old in fit.before.items()
        ),
        contents=fit.after,
    )


def _free(folder: Path, path: PurePath) -> str:
    """Find a name that no file has."""
    number, free = 2, path
    while os.path.lexists(folder / free):
        number, free = number + 1, path.with_name(f"{path.stem}-{number}{path.suffix}")
    return str(free)


def edits_of(spec: StudySpec, study: Path, found: Sequence[Delivered]) -> list[dict[str, object]]:
    """List what the study file must say otherwise: a further file, or a file of another kind."""
    edits: list[dict[str, object]] = []
    files: dict[str, list[str]] = {}
    for one in found:
        for name in one.slot.sources if one.place != one.slot.path else ():
            source = spec.sources[name]
            named = files.setdefault(name, list(source.paths))
            parent = study.parent / PurePath(one.place).parent
            if one.adds and any(_is_folder(study.parent / path, parent) for path in named):
                continue  # the source reads all files of that folder
            if one.adds:
                named.append(one.place)
            elif one.slot.path in named:
                named[named.index(one.slot.path)] = one.place
    for name, paths in files.items():
        source = spec.sources[name]
        if paths == list(source.paths):
            continue
        if source.file is not None and len(paths) == 1:
            edits.append({"do": "put", "path": ["sources", name, "file"], "value": paths[0]})
            continue
        edits.append({"do": "put", "path": ["sources", name, "files"], "value": paths})
        if source.file is not None:
            edits.append({"do": "remove", "path": ["sources", name, "file"]})
    return edits


def contents_of(
    study: Path, found: Sequence[Delivered], text: str, new: str
) -> dict[str, bytes | None]:
    """Give what each place is to hold: new files, no file of another kind beside them, the study file."""
    contents: dict[str, bytes | None] = {}
    for one in found:
        if one.is_same and not one.adds:
            continue
        contents[one.place] = one.content
        if not one.adds and one.place != one.slot.path:
            contents[one.slot.path] = None
    if new != text:
        contents[study.name] = new.encode()
    return contents


def _is_folder(path: Path, parent: Path) -> bool:
    return path.is_dir() and path.resolve() == parent.resolve()
