"""The folder of results: ours as far as its marker says, held by one run at a time.

The last whole run of a study: what it rested on and what it said, so that nothing is done twice.

A study is unchanged where the study file, every file that it reads, the folders of these files, the
program with its libraries, and every file of the results are the bytes that they were. Then a run has
nothing to do: it says again what it said.

Enough open files for a run: asked for before the work, not missed after it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from hashlib import sha256
from importlib import import_module
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from importlib.resources.abc import Traversable
from pathlib import Path

from xinzhi.work import lock as working
from xinzhi.work.delivery import JOURNAL, NEW, OLD, Delivery, recover
from xinzhi.work.lock import (
    LOCK,
    MARKER,
    Lock,
    Marker,
    digest_of,
    is_plain,
    make_folder,
    read_marker,
    set_aside,
    unreadable,
)
from xinzhi.work.store import Store
from xinzhi_core.errors import Problem, ReportError, Where
from xinzhi_core.packages import PACKAGES, folders
from xinzhi_core.problems import LOCKED
from xinzhi_core.wording import Message, listed, message
from xinzhi_core.write import PARTS, failed, is_there, sweep_parts, write_atomically

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
        return self._has(MARKER)

    @property
    def is_unfinished(self) -> bool:
        """Tell whether a delivery was decided here and is not complete."""
        return self._has(JOURNAL)

    def _has(self, name: str) -> bool:
        try:
            return is_there(self.folder / name)
        except OSError as error:
            raise ReportError(unreadable(self.folder / name, error)) from error

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
        with contextlib.suppress(ReportError):  # nobody can look: it may wait for a delivery
            if self.waiting is not None and not self.is_unfinished:
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
        try:
            self.refuse_others(files, self.sources)
            self.own()
            marker = self.marker
            work = Delivery.of(self.folder, marker, files, formats)
            if not marker.is_sound:
                work.gone = (*work.gone, *self._find_unclaimed(files, tuple(known)))
        except OSError as error:  # what is ours cannot be told: nothing was touched
            place = Path(os.fsdecode(error.filename)) if error.filename else self.folder
            raise ReportError(unreadable(place, error)) from error
        work.carry_out(files)
        self._tell_copies(work)

    def add(self, files: Mapping[str, bytes]) -> None:
        """Put files beside those of the last study, all or none; what it delivered stays as it is.

        Raises
        ------
        ReportError
            Somebody else's file is in the way, or the disk is full.
        """
        self.refuse_others(files, self.sources)
        marker, before = self.marker, digest_of(self.folder / MARKER)
        added = {name: sha256(data).hexdigest() for name, data in files.items()}
        after = Marker({**marker.files, **added}, marker.formats)
        work = Delivery(self.folder, marker, after, files, ())
        work.carry_out(files)
        self._tell_copies(work)
        last = _read(self)
        # The run is as whole as it was: what lies beside it now does not make it another one.
        if last is not None and last.marker == before:
            _keep(self, replace(last, marker=digest_of(self.folder / MARKER)))

    def _tell_copies(self, work: Delivery) -> None:
        """Note under which names files are kept that somebody has changed."""
        marker = work.before
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
        if results.is_ours or results.is_unfinished:
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
            if error.code != LOCKED and results.is_unfinished:
                raise
    return results


def _is_untidy(results: Results) -> bool:
    folder = results.folder
    parts = (part for place in (folder, results.store.folder) for part in place.glob(PARTS))
    working_folders = (place for name in (NEW, OLD) for place in working.left(folder, name))
    try:
        is_held = any(is_there(folder / name) for name in (LOCK, JOURNAL))
        return is_held or any(parts) or any(working_folders)
    except OSError:  # nobody can tell: whoever claims the folder says why
        return True


KEY = "last_run"
"""Key of the entry of the store."""
KERNEL = "XINZHI_KERNEL"
"""Variable of the environment that names another library of the solver."""
OURS = "xinzhi."
"""How the groups of entry points begin by which other packages add parts."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run reads: the study file first, then all files that it names."""

    digests: Mapping[str, str]
    """Path -> SHA-256 of a file; empty where there is none."""
    folders: Mapping[str, str]
    """Folder of such a file -> fingerprint of the names in it: a new file can belong to a source."""

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Inputs:
        """Read the files as they are now."""
        files_read = [Path(path).absolute() for path in paths]
        folders = {path.parent for path in files_read} | {
            path for path in files_read if path.is_dir()
        }
        return cls(
            {str(path): digest_of(path.resolve()) for path in files_read},
            {str(folder): _names(folder) for folder in folders},
        )

    def are_still(self, started: Inputs) -> bool:
        """Tell whether nothing was saved during a run that began with the study file `started`."""
        return started.digests.items() <= self.digests.items() and self.are_unchanged()

    def are_unchanged(self) -> bool:
        """Tell whether the files and the names beside them are what they were."""
        return Inputs.of(map(Path, self.digests)) == self


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run that is in place."""

    inputs: Inputs
    settings: Sequence[str]
    """What replaced values of the study file: the run of the file alone is another one."""
    program: str
    marker: str
    """SHA-256 of the marker of the folder, which names every file of the results with its digest."""
    entries: Sequence[str]
    """Entries of the store: one that was damaged is made again by a whole run."""
    console: Mapping[str, object]
    """What the console said, as JSON."""


def remember(
    place: Results, inputs: Inputs, console: Mapping[str, object], settings: Sequence[str] = ()
) -> None:
    """Keep what a run rested on and said, after its results are in place; a full disk keeps nothing."""
    if _has_outside_parts():
        return  # parts of other packages: their code is not in the fingerprint of the program
    marker = digest_of(place.folder / MARKER)
    last = LastRun(inputs, settings, program(), marker, _entries(place), console)
    _keep(place, last)


def _keep(place: Results, last: LastRun) -> None:
    with contextlib.suppress(ReportError):  # a full disk keeps nothing
        place.store.put(KEY, json.dumps(asdict(last)).encode())


def last_run(place: Results, study: Path, settings: Sequence[str] = ()) -> LastRun | None:
    """Give the last run of a study if nothing has changed since, or None."""
    last = _read(place)
    # What is cheap to compare comes first: all sources, results and entries are hashed below it.
    if (
        last is None
        or _has_outside_parts()
        or next(iter(last.inputs.digests), "") != str(study.absolute())
        or [*last.settings] != [*settings]
        or last.program != program()
        or last.marker != digest_of(place.folder / MARKER)
        or not last.inputs.are_unchanged()
        or [*last.entries] != _entries(place)
    ):
        return None
    marker = place.marker
    with contextlib.suppress(OSError):  # what cannot be read is not known to be the same
        if all(marker.is_unchanged(place.folder, name) for name in marker.files):
            return last
    return None


def _entries(place: Results) -> list[str]:
    """List the sound entries of the store; what is damaged, or somebody else's, stays where it is."""
    return [k for k in place.store.entries() if k != KEY and place.store.content(k) is not None]


def _read(place: Results) -> LastRun | None:
    body = place.store.get(KEY) if place.store.folder.is_dir() else None
    if body is None:
        return None
    try:
        document = json.loads(body)
        inputs = Inputs(document["inputs"]["digests"], document["inputs"]["folders"])
        last = LastRun(**{**document, "inputs": inputs})
    except (ValueError, KeyError, TypeError, RecursionError):  # of another version
        return None
    tables = (inputs.digests, inputs.folders, last.console)
    texts = (*last.settings, *last.entries) if _is_lists(last.settings, last.entries) else (None,)
    is_sound = all(isinstance(table, dict) for table in tables)
    return last if is_sound and all(isinstance(text, str) for text in texts) else None


def _is_lists(*values: object) -> bool:
    return all(isinstance(value, list) for value in values)


def program() -> str:
    """Fingerprint of all that computes and writes: its packages, their libraries, Python, the system."""
    digest = sha256(f"{platform.python_version()} {platform.platform()}\n".encode())
    for library in sorted(_libraries()):
        digest.update(f"{library}\n".encode())
    for name, folder in folders():
        digest.update(name.encode())
        for content in _contents(folder):
            digest.update(content)
    digest.update(digest_of(Path(os.environ.get(KERNEL, ""))).encode())
    return digest.hexdigest()


def _libraries() -> Iterator[str]:
    needed = (one for package in PACKAGES.values() for one in requires(package) or ())
    names = {re.split(r"[\s\[;<>=!~]", requirement, maxsplit=1)[0] for requirement in needed}
    for name in names | {*PACKAGES.values()}:
        with contextlib.suppress(PackageNotFoundError):  # of an extra that is not installed
            yield f"{name} {version(name)}"


def _contents(folder: Traversable) -> Iterator[bytes]:
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            if item.name != "__pycache__":
                yield item.name.encode()
                yield from _contents(item)
        else:
            yield item.name.encode() + b"\x00" + sha256(item.read_bytes()).digest()


def _has_outside_parts() -> bool:
    return any(group.startswith(OURS) for group in entry_points().groups)


def _names(folder: Path) -> str:
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except OSError:
        return ""
    return sha256("\x00".join(names).encode(errors="surrogateescape")).hexdigest()


NEEDED, PER_JOB = 64, 8
"""Open files of a run: the libraries that draw need about 20 at once, each process a few more."""


def provide(study: Path, *, jobs: int = 1) -> None:
    """Raise the limit of open files as far as a run needs, where the system lets us.

    Raises
    ------
    ReportError
        The system allows fewer; the library that draws would end the run at its very end.
    """
    try:
        resource = import_module("resource")
    except ImportError:  # not a POSIX system: it has no such limit
        return
    needed = NEEDED + PER_JOB * jobs
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard == resource.RLIM_INFINITY or hard >= needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        return
    text = message(
        "The system allows {n} open files, and a run needs {needed}.",
        one="The system allows {n} open file, and a run needs {needed}.",
        n=hard,
        needed=needed,
    )
    remedy = message("allow more, such as with `ulimit -n 1024`, and run again.")
    raise ReportError(Problem("system.open_files", text, Where(file=str(study)), remedy))
