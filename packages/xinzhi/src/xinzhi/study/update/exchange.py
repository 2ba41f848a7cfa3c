"""Put new files in the place of those of a study; the old ones are kept, and can be put back.

1. `updates/N/` is made. Every file that will be replaced is copied into `updates/N/before`, and
   `update.json` names each place with the digests of its old and its new content: state `begun`.
2. Each new file replaces the old one through a temporary one beside it: state `replaced`.
3. The study has been run, and what changed is written: state `done`.

What is cut off before step 3 is undone by the next `xinzhi update` of the study: every place that holds
the new content gets the old one back, which lies in `before`. A file that somebody has changed since is
kept under another name, never lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Literal

from xinzhi.work.lock import is_plain, read_digest, set_aside
from xinzhi_core.errors import Problem, ReportError, Where
from xinzhi_core.wording import message, shell_word
from xinzhi_core.write import failed, make_folders, sync_folder, write_atomically

FOLDER, BEFORE, RECORD = "updates", "before", "update.json"
State = Literal["begun", "replaced", "done", "undone"]
STATES: tuple[State, ...] = ("begun", "replaced", "done", "undone")
Contents = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is put in its place."""

    place: str
    """From the folder of the study file, as the study file writes it."""
    kept: str
    """Name of the old file within `before`; empty where there was none."""
    old: str
    new: str
    """SHA-256 of the contents; `old` is empty where there was no file, `new` where there is to be none."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One update of a study, on disk."""

    study: Path
    """Folder of the study file."""
    number: int
    changes: tuple[Change, ...]
    state: State

    @property
    def folder(self) -> Path:
        """Where the old files, and what changed, are."""
        return self.study / FOLDER / str(self.number)

    @property
    def is_open(self) -> bool:
        """Whether it was cut off: neither done nor undone."""
        return self.state in ("begun", "replaced")

    def noted(self, state: State) -> Exchange:
        """Write down how far it is."""
        new = replace(self, state=state)
        document = {
            "state": state,
            "files": [
                {"place": c.place, "kept": c.kept, "old": c.old, "new": c.new} for c in self.changes
            ],
        }
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        write_atomically(self.folder / RECORD, text)
        return new

    def put(self, contents: Contents) -> Exchange:
        """Put the new files in their places."""
        for change in self.changes:
            place, content = _place(self.study, change.place), contents[change.place]
            with _refusals(place):
                if content is not None:
                    write_atomically(place, content)
                elif is_plain(place):
                    place.unlink()
                    sync_folder(place.parent)
        return self.noted("replaced")

    def undo(self) -> tuple[Exchange, tuple[Path, ...]]:
        """Put the old files back; give the files that somebody had changed, under their new names.

        Raises
        ------
        ReportError
            `update.lost`: a file that was kept is not there any more, or is another one.
        """
        aside: list[Path] = []
        olds = {change.place: self._kept(change) for change in self.changes}
        for change in self.changes:
            place = _place(self.study, change.place)
            with _refusals(place):
                now, old = read_digest(place), olds[change.place]
                if now == change.old:
                    continue
                if now and now != change.new:
                    aside.append(set_aside(place))
                if old is not None:
                    write_atomically(place, old)
                elif now == change.new:
                    place.unlink()
                    sync_folder(place.parent)
        return self.noted("undone"), tuple(aside)

    def _kept(self, change: Change) -> bytes | None:
        """Read an old file where it was kept."""
        if not change.old:
            return None
        path = self.folder / BEFORE / change.kept
        with _refusals(path):
            is_kept = read_digest(path) == change.old
        if not is_kept:
            text = message(
                "'{name}' is not what it was when it was kept: nothing was put back.",
                name=path.name,
            )
            remedy = message("restore it from a backup of yours.")
            raise ReportError(Problem("update.lost", text, Where(file=str(path)), remedy))
        return path.read_bytes()


@contextmanager
def _refusals(place: Path) -> Iterator[None]:
    """Say in one sentence what the system refuses; what it does not let us see never counts as not there."""
    try:
        yield
    except OSError as error:
        raise ReportError(failed(place, 0, error)) from error


def _place(study: Path, place: str) -> Path:
    """Follow a link: the file that is meant is replaced, not the link."""
    return (study / place).resolve()


def begin(study: Path, contents: Contents) -> Exchange:
    """Keep the old files, and write down what will be replaced.

    Parameters
    ----------
    study
        Folder of the study file.
    contents
        Place from that folder -> content that it is to hold; None where the file is to go.

    Raises
    ------
    ReportError
        `write.failed`: the disk is full or the folder not writable; nothing was replaced.
    """
    number = 1 + max(_numbers(study), default=0)
    folder = study / FOLDER / str(number)
    make_folders(folder / BEFORE)
    changes: list[Change] = []
    for place, content in contents.items():
        path = _place(study, place)
        old, kept = "", ""
        with _refusals(path):
            was = path.read_bytes() if is_plain(path) else None
        if was is not None:
            old, kept = sha256(was).hexdigest(), _free(path.name, [c.kept for c in changes])
            write_atomically(folder / BEFORE / kept, was)
        new = "" if content is None else sha256(content).hexdigest()
        changes.append(Change(place, kept, old, new))
    return Exchange(study, number, tuple(changes), "begun").noted("begun")


def _free(name: str, taken: Sequence[str]) -> str:
    """Find a name for a kept file: files of two folders may be called alike."""
    stem, suffix = Path(name).stem, Path(name).suffix
    number, free = 2, name
    while free.casefold() in {one.casefold() for one in taken}:
        number, free = number + 1, f"{stem}-{number}{suffix}"
    return free


def _numbers(study: Path) -> Iterator[int]:
    folder = study / FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.isdecimal():
            yield int(path.name)


def last_exchange(study: Path) -> Exchange | None:
    """Read the last update that was not undone; None where there is none.

    A folder without a record was cut off before anything was replaced.
    """
    for number in sorted(_numbers(study), reverse=True):
        path = study / FOLDER / str(number) / RECORD
        if not path.is_file():
            continue
        exchange = _read(study, number)
        if exchange.state != "undone":
            return exchange
    return None


def require_no_open(study: Path) -> None:
    """Refuse to run a study whose files are being replaced: some may be new, and others old.

    Raises
    ------
    ReportError
        `update.open`: an update runs, or was cut off.
    """
    last = last_exchange(study if study.is_dir() else study.parent)
    if last is None or not last.is_open:
        return
    text = message(
        "An update of this study is not finished: some of its files may be new, and others old."
    )
    remedy = message(
        "wait until it ends; if it was cut off, `xinzhi update {study} --undo` puts the old files back.",
        study=shell_word(study),
    )
    raise ReportError(Problem("update.open", text, Where(file=study.name), remedy))


def _read(study: Path, number: int) -> Exchange:
    path = study / FOLDER / str(number) / RECORD
    try:
        document = json.loads(path.read_bytes())
        changes = tuple(Change(**file) for file in document["files"])
        state = next(state for state in STATES if state == document["state"])
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        text = message(
            "'{name}' is damaged: what it says of the files is not known.", name=path.name
        )
        remedy = message("the old files lie in {folder}.", folder=path.parent / BEFORE)
        raise ReportError(Problem("update.record", text, Where(file=str(path)), remedy)) from error
    return Exchange(study, number, changes, state)
