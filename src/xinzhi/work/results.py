"""The folder of results: ours as far as its marker says, held by one run at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from xinzhi.errors import Problem, ReportError, Where
from xinzhi.io.write import PARTS, failed, sweep_parts, write_atomically
from xinzhi.problems import LOCKED
from xinzhi.wording import Message, listed, message
from xinzhi.work.delivery import JOURNAL, NEW, OLD, Delivery, recover
from xinzhi.work.lock import LOCK, Lock
from xinzhi.work.marker import MARKER, Marker, is_plain, read_marker, set_aside
from xinzhi.work.store import Store

STORE = "store"
NAMED = 10


class Results:
    """A folder of results. Files of others in it are never touched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / STORE)
        self.notes: list[Message] = []
        """What a person should know: a lock that was left, a delivery that was completed."""
        self.sources: tuple[Path, ...] = ()
        """Files that the study reads: never a target."""
        self.is_waiting = False
        """Whether a file can be read before the others are made."""

    @property
    def marker(self) -> Marker:
        """What is ours here."""
        return read_marker(self.folder / MARKER) or Marker()

    @property
    def is_ours(self) -> bool:
        """Tell whether we made the folder or have written into it before."""
        return os.path.lexists(self.folder / MARKER)

    def refuse_others(self, names: Iterable[str], sources: Sequence[Path]) -> None:
        """Refuse to write names that somebody else has here, or that the study reads.

        Raises
        ------
        ReportError
            `results.not_ours` or `results.source`, with all names.
        """
        self.sources, marker = tuple(sources), self.marker
        targets = tuple(names)
        replaced = {*targets, *(marker.files if targets else ())}
        if read := sorted(name for name in replaced if self._is_source(name)):
            raise ReportError(self._problem_source(read))
        targets += () if self.is_ours else (STORE,)
        found = sorted({taken for name in targets if (taken := self._taken(name, marker))})
        if found:
            raise ReportError(self._problem_not_ours(found))

    def own(self) -> None:
        """Mark the folder before anything is written into it."""
        path = self.folder / MARKER
        found = read_marker(path)
        if found is None:
            write_atomically(path, Marker().to_bytes())
        elif not found.is_sound and not is_plain(path):
            set_aside(path)
            write_atomically(path, b"")  # what was ours is not known any more

    def show_first(self, name: str, data: bytes) -> Path | None:
        """Put one file where it can be read while the others are made; None where there is no room."""
        waiting = self.folder / NEW
        if os.path.lexists(waiting):
            return None
        try:
            waiting.mkdir()
            (waiting / name).write_bytes(data)
        except OSError:  # told by the delivery, which needs the room more
            shutil.rmtree(waiting, ignore_errors=True)
            return None
        self.is_waiting = True
        return waiting / name

    def drop_first(self) -> None:
        """Remove what was shown first, where no delivery has taken its place."""
        if self.is_waiting and not os.path.lexists(self.folder / JOURNAL):
            shutil.rmtree(self.folder / NEW, ignore_errors=True)

    def deliver(self, files: Mapping[str, bytes], formats: tuple[str, ...]) -> None:
        """Put the files of a study in the place of those of the last one, all or none.

        Raises
        ------
        ReportError
            Somebody else's file is in the way, or the disk is full.
        """
        self.refuse_others(files, self.sources)
        self.own()
        work = Delivery.of(self.folder, self.marker, files, formats)
        work.carry_out(files)
        self.notes += [
            message(
                "{name} was changed since xinzhi wrote it; your version is kept as {kept}.",
                name=name,
                kept=kept.name,
            )
            for name, kept in work.kept.items()
        ]

    def _is_source(self, name: str) -> bool:
        return any(_is_same(self.folder / name, source) for source in self.sources)

    def _taken(self, name: str, marker: Marker) -> str:
        """Name what is not ours and lies where a file is to be written; empty where nothing does."""
        *folders, _ = Path(name).parts
        for n in range(len(folders)):
            parent = Path(*folders[: n + 1])
            place = self.folder / parent
            if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
                return parent.as_posix()
        is_known = name in marker.files or not marker.is_sound
        return name if os.path.lexists(self.folder / name) and not is_known else ""

    def _problem_not_ours(self, names: Sequence[str]) -> Problem:
        shown = [*names[:NAMED], *(["…"] if len(names) > NAMED else [])]
        return Problem(
            "results.not_ours",
            message(
                "xinzhi did not write these files in '{folder}', so it does not touch them: {names}.",
                folder=self.folder,
                names=listed(shown),
            ),
            Where(file=str(self.folder)),
            message("choose another folder for the results with --out, or move the files away."),
        )

    def _problem_source(self, names: Sequence[str]) -> Problem:
        return Problem(
            "results.source",
            message(
                "The study reads {names} in '{folder}', where a result would be written.",
                names=listed(names[:NAMED]),
                folder=self.folder,
            ),
            Where(file=str(self.folder / names[0])),
            message(
                "copy the file to another folder and name the copy in the study file, or choose "
                "another folder for the results with --out."
            ),
        )


def _is_same(target: Path, source: Path) -> bool:
    """Tell whether two paths are one file, through links and spellings."""
    try:
        return target.samefile(source)
    except OSError:
        return os.path.realpath(target) == os.path.realpath(source)


@contextmanager
def claimed(folder: Path) -> Iterator[Results]:
    """Hold a folder of results: one run at a time; what an earlier one left is completed first.

    Raises
    ------
    ReportError
        `results.locked`: another run is at work in it. `write.failed`: it cannot be made.
    """
    place = folder.resolve()
    made = [one for one in (place, *place.parents) if not os.path.lexists(one)]
    _make(place)
    lock = Lock(place)
    try:
        left = lock.acquire()
        try:
            found = _opened(place, left)
            try:
                yield found
            finally:
                found.drop_first()
        finally:
            lock.release()
    finally:
        _drop_empty(made)


def _opened(place: Path, left: Message | None) -> Results:
    found = Results(place)
    found.notes += [left] if left else []
    if found.is_ours or os.path.lexists(place / JOURNAL):
        note = recover(place)
        found.notes += [note] if note else []
        for part in (place, found.store.folder):
            sweep_parts(part, older_than=0)
    return found


def _make(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(failed(place, 0, error)) from error


def _drop_empty(made: Iterable[Path]) -> None:
    """Remove folders that were made for nothing."""
    for path in made:
        with contextlib.suppress(OSError):
            marker = path / MARKER
            if [one.name for one in path.iterdir()] == [MARKER]:
                marker.unlink()
            path.rmdir()


def looked_at(folder: Path) -> Results:
    """Look at a folder of results without holding it; what a run left behind is tidied up first."""
    found = Results(folder.resolve())
    if _is_untidy(found):
        try:
            with claimed(folder) as held:
                found.notes += held.notes
        except ReportError as error:
            # A run at work, or a folder that cannot be written: what is finished can be looked at.
            if error.code != LOCKED and os.path.lexists(found.folder / JOURNAL):
                raise
    return found


def _is_untidy(found: Results) -> bool:
    left = (LOCK, JOURNAL, NEW, OLD)
    parts = (part for place in (found.folder, found.store.folder) for part in place.glob(PARTS))
    return any(os.path.lexists(found.folder / name) for name in left) or any(parts)
