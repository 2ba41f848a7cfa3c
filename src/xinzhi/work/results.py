"""The folder of results: ours as far as its marker says, held by one run at a time."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from xinzhi.errors import Problem, ReportError, Where
from xinzhi.io.write import PARTS, failed, sweep_parts, write_atomically
from xinzhi.problems import LOCKED
from xinzhi.wording import Message, listed, message
from xinzhi.work import working
from xinzhi.work.delivery import JOURNAL, NEW, OLD, Delivery, recover
from xinzhi.work.lock import LOCK, Lock
from xinzhi.work.marker import MARKER, Marker, is_plain, make_folder, read_marker, set_aside
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
        self.waiting: Path | None = None
        """Folder of a file that can be read before the others are made."""

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
        folder = self.folder
        read = [n for n in sorted(replaced) if any(is_same_file(folder / n, s) for s in sources)]
        if read:
            raise ReportError(self._problem_source(read))
        targets += () if self.is_ours else (STORE,)
        if foreign := sorted({self._find_foreign(name, marker) for name in targets} - {""}):
            raise ReportError(self._problem_not_ours(foreign))

    def own(self) -> None:
        """Mark the folder before anything is written into it."""
        path = self.folder / MARKER
        marker = read_marker(path)
        if marker is None:
            write_atomically(path, Marker().to_bytes())
        elif not marker.is_sound and not (is_plain(path) and path.stat().st_size == 0):
            set_aside(path)  # a file of somebody else's, or one of ours that says nothing any more
            write_atomically(path, b"")  # what was ours is not known any more

    def show_first(self, name: str, data: bytes) -> Path | None:
        """Put one file where it can be read while the others are made; None where there is no room."""
        waiting = working.choose(self.folder, NEW)
        if os.path.lexists(waiting):
            return None
        try:
            working.make(waiting)
            (waiting / name).write_bytes(data)
        except OSError:  # told by the delivery, which needs the room more
            working.remove(waiting)
            return None
        self.waiting = waiting
        return waiting / name

    def drop_first(self) -> None:
        """Remove what was shown first, where no delivery has taken its place."""
        if self.waiting is not None and not os.path.lexists(self.folder / JOURNAL):
            working.remove(self.waiting)

    def deliver(
        self, files: Mapping[str, bytes], formats: tuple[str, ...], known: Iterable[str] = ()
    ) -> None:
        """Put the files of a study in the place of those of the last one, all or none.

        Parameters
        ----------
        known
            Patterns of the names that a study writes. Where the marker is damaged, what has such a
            name may be of the last study: it is kept under another name, never beside the new files.

        Raises
        ------
        ReportError
            Somebody else's file is in the way, or the disk is full.
        """
        self.refuse_others(files, self.sources)
        self.own()
        marker = self.marker
        work = Delivery.of(self.folder, marker, files, formats)
        if not marker.is_sound:
            work.gone = (*work.gone, *self._find_unclaimed(files, tuple(known)))
        work.carry_out(files)
        self.notes += [
            message(
                "{name} was changed since xinzhi wrote it; your version is kept as {kept}.",
                name=name,
                kept=copy.name,
            )
            if marker.is_sound
            else message(
                "The list of what xinzhi wrote here is damaged, and {name} may be of an earlier "
                "study; it is kept as {kept}.",
                name=name,
                kept=copy.name,
            )
            for name, copy in work.copies.items()
        ]

    def _find_unclaimed(self, files: Mapping[str, bytes], known: Sequence[str]) -> list[str]:
        """Find what has a name that a study writes, where nobody knows any more who wrote it."""
        tops = {pattern.partition("/")[0] for pattern in known if "/" in pattern}
        found = [
            *self.folder.glob("*"),
            *(p for top in sorted(tops) for p in self.folder.glob(f"{top}/*")),
        ]
        names = [path.relative_to(self.folder).as_posix() for path in found if is_plain(path)]
        return [
            name
            for name in sorted(names)
            if name not in files
            and ".kept" not in name
            and any(fnmatchcase(name, pattern) for pattern in known)
            and not any(is_same_file(self.folder / name, source) for source in self.sources)
        ]

    def _find_foreign(self, name: str, marker: Marker) -> str:
        """Name what is not ours and lies where a file is to be written; empty where nothing does."""
        *folders, _ = Path(name).parts
        for n in range(len(folders)):
            parent = Path(*folders[: n + 1])
            place = self.folder / parent
            if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
                return parent.as_posix()
        # Under a damaged marker nobody knows what is ours: what lies there is then kept under another name.
        is_known = name in marker.files or not marker.is_sound
        return name if os.path.lexists(self.folder / name) and not is_known else ""

    def _problem_not_ours(self, names: Sequence[str]) -> Problem:
        shown = [*names[:NAMED], *(["…"] if len(names) > NAMED else [])]
        text = message(
            "xinzhi did not write these files in '{folder}', so it does not touch them: {names}.",
            folder=self.folder,
            names=listed(shown),
        )
        remedy = message(
            "choose another folder for the results with --out, or move the files away."
        )
        return Problem("results.not_ours", text, Where(file=str(self.folder)), remedy)

    def _problem_source(self, names: Sequence[str]) -> Problem:
        text = message(
            "The study reads {names} in '{folder}', where a result would be written.",
            names=listed(names[:NAMED]),
            folder=self.folder,
        )
        remedy = message(
            "copy the file to another folder and name the copy in the study file, or choose "
            "another folder for the results with --out."
        )
        return Problem("results.source", text, Where(file=str(self.folder / names[0])), remedy)


def is_same_file(target: Path, source: Path) -> bool:
    """Tell whether two paths are one file, through links and spellings."""
    try:
        return target.samefile(source)
    except OSError:
        return os.path.realpath(target) == os.path.realpath(source)


@contextlib.contextmanager
def claim(folder: Path) -> Iterator[Results]:
    """Hold a folder of results: one run at a time; what an earlier one left is completed first.

    Raises
    ------
    ReportError
        `results.locked`: another run is at work in it. `write.failed`: it cannot be made.
    """
    place = find_place(folder)
    made = [parent for parent in (place, *place.parents) if not os.path.lexists(parent)]
    make_folder(place)
    lock, results = Lock(place), Results(place)
    # Undone from the last to the first: the lock is held until nothing of ours is touched any more.
    with contextlib.ExitStack() as stack:
        stack.callback(_drop_empty, made)
        notes = [lock.acquire()]
        stack.callback(lock.release)
        if results.is_ours or os.path.lexists(place / JOURNAL):
            notes.append(recover(place))
            # Nobody else writes here while the lock is held: every part is one that a dead run left.
            for swept in (place, results.store.folder):
                sweep_parts(swept, older_than=0)
        results.notes += filter(None, notes)
        stack.callback(results.drop_first)
        yield results


def find_place(folder: Path) -> Path:
    """Follow links to the folder that is meant.

    Raises
    ------
    ReportError
        `write.failed`: the links lead in a circle, or the name is too long.
    """
    try:
        return folder.resolve()
    except (OSError, RuntimeError) as error:  # Python before 3.13 says a circle as RuntimeError
        reason = (
            error
            if isinstance(error, OSError)
            else OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
        )
        raise ReportError(failed(folder, 0, reason)) from error


def _drop_empty(made: Iterable[Path]) -> None:
    """Remove folders that were made for nothing."""
    for path in made:
        with contextlib.suppress(OSError):
            marker = path / MARKER
            if [item.name for item in path.iterdir()] == [MARKER]:
                marker.unlink()  # a run that failed has only marked the folder as ours
            path.rmdir()


def look_at(folder: Path) -> Results:
    """Look at a folder of results without holding it; what a run left behind is tidied up first."""
    results = Results(find_place(folder))
    if _is_untidy(results):
        try:
            with claim(folder) as claimed_results:
                results.notes += claimed_results.notes
        except ReportError as error:
            # A run at work, or a folder that cannot be written: what is finished can be looked at.
            if error.code != LOCKED and os.path.lexists(results.folder / JOURNAL):
                raise
    return results


def _is_untidy(results: Results) -> bool:
    folder = results.folder
    parts = (part for place in (folder, results.store.folder) for part in place.glob(PARTS))
    working_folders = (place for name in (NEW, OLD) for place in working.left(folder, name))
    is_held = any(os.path.lexists(folder / name) for name in (LOCK, JOURNAL))
    return is_held or any(parts) or any(working_folders)
