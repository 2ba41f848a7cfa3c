"""Delivery: all files of a study replace the former ones, or none does; never are both to be seen.

1. The new files are made whole beside the old ones, with the new marker, in a folder of their own.
2. A journal is written that names them and what is to go. From here on the delivery is decided.
3. All old files move to a second folder, the report first; only then do the new ones move to their
   places, the report last, and after them the marker.
4. The journal is removed, then both folders.

What is cut off before the second step never happened; what is cut off after it is completed by the
next command (`recover`). Where a step fails while we are there to see it, all moves are undone: again
no old file comes back before the last new one has gone. At every moment the folder shows files of one
study at most, and a report only beside all its files.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR

from xinzhi.work import lock
from xinzhi.work.lock import (
    MARKER,
    Marker,
    free_name,
    is_inside,
    is_plain,
    read_digest,
    read_marker,
    read_plain,
    set_aside,
)
from xinzhi_core.errors import Problem, ReportError, Where
from xinzhi_core.problems import UNFINISHED
from xinzhi_core.wording import Message, message
from xinzhi_core.write import (
    REMEDIES,
    failed,
    fill,
    is_there,
    mode_at,
    mode_of,
    move,
    sync_folder,
)

NEW, OLD = ".xinzhi-new", ".xinzhi-old"
"""How the two folders are called where nobody has these names; else a number follows."""
JOURNAL = ".xinzhi-journal.json"


class Delivery:
    """Moves the files of one study into a locked folder."""

    def __init__(
        self, folder: Path, before: Marker, after: Marker, put: Iterable[str], gone: Iterable[str]
    ) -> None:
        self.folder, self.before, self.after = folder, before, after
        self.new, self.old = lock.choose(folder, NEW), lock.choose(folder, OLD)
        self.journal = folder / JOURNAL
        self.put, self.gone = tuple(put), tuple(gone)
        self.copies: dict[str, Path] = {}
        """Name -> where a file that somebody has changed now lies."""
        self.made: list[Path] = []
        """Folders that were made for the new files."""

    @classmethod
    def of(
        cls, folder: Path, before: Marker, files: Mapping[str, bytes], formats: tuple[str, ...]
    ) -> Delivery:
        """Plan to put files in the place of those that the marker names.

        A file that lies there as it was delivered, and is to be the same, is neither written nor moved.
        """
        after = Marker({n: sha256(data).hexdigest() for n, data in files.items()}, formats)
        put = [
            name
            for name, digest in after.files.items()
            if before.files.get(name) != digest or not before.is_unchanged(folder, name)
        ]
        return cls(folder, before, after, put, [n for n in before.files if n not in files])

    def carry_out(self, files: Mapping[str, bytes]) -> None:
        """Make the files that are put in place, decide, and move them.

        Raises
        ------
        ReportError
            `write.failed`: nothing has changed in the folder. `results.unfinished`: it has, and
            the next command completes it.
        """
        files = {name: files[name] for name in self.put}
        needed = sum(map(len, files.values()))
        try:
            self._stage(files)
        except OSError as error:
            self.clear()
            raise ReportError(failed(_path_named(error, self.folder), needed, error)) from error
        try:
            self.apply()
        except OSError as error:
            raise ReportError(self._roll_back(needed, error)) from error
        finally:
            # Ctrl-C is not an OSError: the moves are undone for it here, while we are alive.
            if self.is_pending:
                self._roll_back(needed, OSError())
        self.clear()

    @property
    def is_pending(self) -> bool:
        """Whether the delivery is decided but not complete; the marker is moved last."""
        with contextlib.suppress(
            OSError
        ):  # nobody can look: the next command completes what is left
            return is_there(self.journal) and is_there(self.new / MARKER)
        return False

    def _stage(self, files: Mapping[str, bytes]) -> None:
        """Make the new files, every folder that is needed, and last the journal."""
        self.clear()
        # What could not be removed (a file of it is open) keeps its name: the next one is taken.
        self.new, self.old = lock.free(self.folder, NEW), lock.free(self.folder, OLD)
        for folder in (self.new, self.old):
            lock.make(folder)
        for name, data in (*files.items(), (MARKER, self.after.to_bytes())):
            for folder in (self.new, self.old, self.folder):
                self._make((folder / name).parent)
            _write(self.new / name, data, mode_of(self.folder / name))
        for name in self.gone:
            self._make((self.old / name).parent)
        words = {"put": self.put, "gone": self.gone, "new": self.new.name, "old": self.old.name}
        journal = json.dumps(words, ensure_ascii=False).encode()
        # All that the journal names is on the disk before it: after a power cut there is either no
        # journal, or one that can be completed.
        # A folder is lost with its name, whatever it holds.
        above = {made.parent for made in self.made}
        for folder in {*_folders(self.new), *_folders(self.old), *above, self.folder}:
            sync_folder(folder)
        _write(self.new / JOURNAL, journal, 0o644)
        move(self.new / JOURNAL, self.journal)
        sync_folder(self.folder)

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make(folder.parent)
            folder.mkdir()
            self.made.append(folder)

    def apply(self) -> None:
        """Take all old files away, then put all new ones in place; what is done is passed over."""
        # A file that no longer waits was put in place before the run was cut off: what lies there
        # now is new, and would be set aside as somebody's change.
        waiting = [name for name in self.put if is_there(self.new / name)]
        for name in (*waiting, *self.gone):
            self._move_away(name)
        self._sync()
        for name in reversed(waiting):  # the report is the first to go and the last to come
            move(self.new / name, self.folder / name)
        self._sync()
        # The marker moves after the folders are synced: it vouches for every file that it names.
        move(self.new / MARKER, self.folder / MARKER)
        sync_folder(self.folder)
        with contextlib.suppress(OSError):  # all is in place: the next command removes it
            self.journal.unlink()
            sync_folder(self.folder)

    def _sync(self) -> None:
        """Make the names durable: after a power cut, too, nothing new lies beside something old."""
        for folder in {(self.folder / name).parent for name in (*self.put, *self.gone)}:
            sync_folder(folder)

    def _move_away(self, name: str) -> None:
        """Move a file of ours to the old ones; one that somebody has changed gets another name."""
        place = self.folder / name
        if not is_there(place):
            return
        if self.before.is_unchanged(self.folder, name):
            move(place, self.old / name)
        else:
            self.copies[name] = set_aside(place)

    def _roll_back(self, needed: int, error: OSError) -> Problem:
        """Undo the moves and report the reason; if that fails too, report what completes them."""
        problem = failed(_path_named(error, self.folder), needed, error)
        try:
            self.undo()
            # The journal goes last: if undoing is cut off, the next command completes the delivery.
            self.journal.unlink(missing_ok=True)
        except OSError:
            text = message(
                "Only part of the results is in place in '{folder}': {why}",
                folder=self.folder,
                why=problem.what,
            )
            remedy = (
                message(
                    "close programs that hold these files and allow writing there; the next "
                    "`xinzhi run` or `xinzhi show` completes them."
                )
                if error.errno in REMEDIES
                else message(
                    "free some space; the next `xinzhi run` or `xinzhi show` completes them."
                )
            )
            return Problem(UNFINISHED, text, problem.where, remedy)
        self.clear()
        return problem

    def undo(self) -> None:
        """Move all new files back to wait, then all old ones to their places."""
        names = (*self.put, *self.gone)
        for name in names:
            new, place = self.new / name, self.folder / name
            # Only the digest tells a file of this delivery from one that somebody has put there since.
            is_new = name in self.after.files and read_digest(place) == self.after.files[name]
            if is_new and not is_there(new):
                move(place, new)
        self._sync()
        for name in reversed(names):
            old, place = self.old / name, self.folder / name
            if is_there(old):
                if is_there(place):  # somebody put it there since
                    set_aside(place)
                move(old, place)
        for name, copy in self.copies.items():
            if is_there(copy) and not is_there(self.folder / name):
                move(copy, self.folder / name)
        self._sync()  # before the journal goes: without it the old files would be taken for refuse

    def clear(self) -> None:
        """Remove both folders of the delivery, and folders of ours that are empty now."""
        for folder in (self.new, self.old):
            lock.remove(folder)
        former = {self.folder / parent for n in self.gone for parent in Path(n).parents}
        ours = {*self.made, *former} - {self.folder}
        # The deepest first: a folder is empty only once those in it are gone.
        for empty in sorted(ours, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):  # gone already, or not empty
                empty.rmdir()


def recover(folder: Path) -> Message | None:
    """Complete what a delivery left behind, or drop it where it was not decided; say which.

    Raises
    ------
    ReportError
        `results.unfinished`: it cannot be completed now.
    """
    journal, note = folder / JOURNAL, None
    try:
        if is_there(journal) and not is_plain(journal):
            note = _kept(journal, set_aside(journal))
        plan = _read_journal(folder)
        # Without a journal nothing was decided; without a marker that waits all is in place already.
        for place in (plan.new, plan.old) if plan and plan.is_sound else ():
            # Earlier versions made them without a tag: the journal says whose they are.
            if S_ISDIR(mode_at(place) or 0) and not lock.is_working(place):
                lock.tag(place)
        if plan is None or not (lock.is_working(plan.new) and is_plain(plan.new / MARKER)):
            return _drop(folder, plan) or note
    except OSError as error:
        raise ReportError(_unfinished(folder, error)) from error
    return _complete(folder, plan)


def _drop(folder: Path, plan: JournalPlan | None) -> Message | None:
    """Remove what was not decided, or is done; a file of somebody's that is in the way is kept."""
    journal, note = folder / JOURNAL, None
    if plan is None or plan.is_sound:
        journal.unlink(missing_ok=True)
    else:
        note = _kept(journal, set_aside(journal))
    for name in (NEW, OLD):
        for place in lock.left(folder, name):
            lock.remove(place)
    lock.sweep_unmade(folder)
    return note


def _kept(path: Path, copy: Path) -> Message:
    return message(
        "'{name}' is not a file of xinzhi; it is kept as {kept}.", name=path.name, kept=copy.name
    )


def _complete(folder: Path, plan: JournalPlan) -> Message:
    """Complete a delivery that was decided; go back where its files are not whole any more."""
    # Whatever cannot be read now ends here, before anything is moved.
    before = read_marker(folder / MARKER) or Marker()
    after = read_marker(plan.new / MARKER) or Marker(is_sound=False)
    put, gone = plan.put, plan.gone
    if not plan.is_sound:  # the two markers say the same
        # What both have was left in its place, unless a copy waits: to undo what was not moved would take it away.
        put = tuple(
            name
            for name, digest in after.files.items()
            if before.files.get(name) != digest
            or any(is_there(place / name) for place in (plan.new, plan.old))
        )
        gone = tuple(n for n in before.files if n not in after.files)
    delivery = Delivery(folder, before, after, put, gone)
    delivery.new, delivery.old = plan.new, plan.old
    is_whole = plan.is_sound and after.is_sound and put
    try:
        if not is_whole or not all(_is_sound(delivery, name) for name in put):
            return _restore(delivery)
        for name in (*put, *gone):
            for place in (plan.old, folder):  # an empty folder may be gone since
                delivery._make((place / name).parent)
        delivery.apply()
    except OSError as error:
        raise ReportError(_unfinished(folder, error)) from error
    delivery.clear()
    return message(
        "The last run was interrupted while its results were put in place; they are complete now."
    )


def _restore(delivery: Delivery) -> Message:
    """Go back to the old files, where the new ones are not whole any more."""
    try:
        if delivery.after.is_sound and delivery.put:
            delivery.undo()
        else:
            _bring_back_all(delivery)
        delivery.journal.replace(free_name(delivery.journal))
    except OSError as error:
        raise ReportError(_unfinished(delivery.folder, error)) from error
    delivery.clear()
    return message(
        "The last run was interrupted, and the files that it left have been damaged since: the "
        "earlier results are kept. Run the study again."
    )


def _bring_back_all(delivery: Delivery) -> None:
    """Restore every old file, if the new ones can no longer be identified."""
    for name in delivery.put:
        is_put = not is_there(delivery.new / name) and name not in delivery.before.files
        if is_put and is_there(delivery.folder / name):
            set_aside(delivery.folder / name)
    for path in sorted(delivery.old.rglob("*")):
        place = delivery.folder / path.relative_to(delivery.old)
        if path.is_file() and path != delivery.old / lock.TAG:
            if is_there(place) and read_digest(place) != read_digest(path):
                set_aside(place)
            move(path, place)
            sync_folder(place.parent)


def _is_sound(delivery: Delivery, name: str) -> bool:
    """Tell whether a new file waits as it was made, or has been put in its place."""
    if is_there(delivery.new / name):
        return read_digest(delivery.new / name) == delivery.after.files.get(name)
    was, is_to_be = delivery.before.files.get(name), delivery.after.files.get(name)
    # The old file in its place, and nothing that waits: the new one is lost.
    return was == is_to_be or not delivery.before.is_unchanged(delivery.folder, name)


@dataclass(frozen=True, slots=True)
class JournalPlan:
    """What a journal says."""

    new: Path
    old: Path
    put: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    is_sound: bool = False


def _read_journal(folder: Path) -> JournalPlan | None:
    """Read a journal; None where there is none, a damaged one names nothing."""
    journal = folder / JOURNAL
    if not is_there(journal):
        return None
    content = read_plain(journal)  # what cannot be read now is not damaged
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        document = json.loads(content)
        names = [document.get("new", NEW), document.get("old", OLD)]
        put, gone = document["put"], document["gone"]
        is_text = all(isinstance(word, str) for word in (*names, *put, *gone))
        # A name that leads elsewhere would let a forged journal move files of others.
        if is_text and all(map(is_inside, (*put, *gone))) and all(map(_is_ours, names)):
            new, old = (folder / name for name in names)
            return JournalPlan(new, old, tuple(put), tuple(gone), is_sound=True)
    found = [place for place in lock.left(folder, NEW) if is_there(place / MARKER)]
    waiting, former = [*found, folder / NEW], [*lock.left(folder, OLD), folder / OLD]
    return JournalPlan(waiting[0], former[0])


def _is_ours(name: str) -> bool:
    return any(
        name == stem or (name.startswith(f"{stem}-") and name.removeprefix(f"{stem}-").isdecimal())
        for stem in (NEW, OLD)
    )


def _unfinished(folder: Path, error: OSError) -> Problem:
    text = message(
        "The last run was interrupted while its results were put in place, and they cannot "
        "be completed: {why}",
        why=failed(_path_named(error, folder), 0, error).what,
    )
    remedy = (
        message("close programs that hold these files and allow writing there, then run again.")
        if error.errno in REMEDIES
        else message("close programs that hold these files, free some space, then run again.")
    )
    return Problem(UNFINISHED, text, Where(file=str(folder)), remedy)


def _write(path: Path, data: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags, mode)
        try:
            path.chmod(mode)  # the mode of `open` is cut by the umask
        except OSError:
            os.close(handle)
            raise
        fill(handle, data)
    except OSError as error:
        # A full disk is told by `write`, which knows no name.
        error.filename = error.filename or str(path)
        raise


def _folders(top: Path) -> tuple[Path, ...]:
    return (top, *(path for path in top.rglob("*") if path.is_dir()))


def _path_named(error: OSError, folder: Path) -> Path:
    """Name the file that an error is about, as it is called in its place."""
    name = error.filename2 or error.filename
    path = Path(os.fsdecode(name)) if isinstance(name, (str, bytes)) else folder
    parts = [part for part in path.parts if not _is_ours(part)]
    return Path(*parts)
