"""The last whole run of a study: what it rested on and what it said, so that nothing is done twice.

A study is unchanged where the study file, every file that it reads, the folders of these files, the
program with its libraries, and every file of the results are the bytes that they were. Then a run has
nothing to do: it says again what it said.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from xinzhi.errors import ReportError
from xinzhi.work.marker import MARKER, digest_of
from xinzhi.work.results import Results

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
    console: Mapping[str, Any]
    """What the console said, as JSON."""


def remember(
    place: Results, inputs: Inputs, console: Mapping[str, Any], settings: Sequence[str] = ()
) -> None:
    """Keep what a run rested on and said, after its results are in place; a full disk keeps nothing."""
    if _has_outside_parts():
        return  # parts of other packages: their code is not in the fingerprint of the program
    marker = digest_of(place.folder / MARKER)
    last = LastRun(inputs, settings, program(), marker, _entries(place), console)
    with contextlib.suppress(ReportError):
        place.store.put(KEY, json.dumps(asdict(last), ensure_ascii=False).encode())


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
    return last if all(marker.is_unchanged(place.folder, name) for name in marker.files) else None


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
    """Fingerprint of all that computes and writes: the package, its libraries, Python, the system."""
    digest = sha256(f"{platform.python_version()} {platform.platform()}\n".encode())
    for library in sorted(_libraries()):
        digest.update(f"{library}\n".encode())
    for content in _contents(files("xinzhi")):
        digest.update(content)
    digest.update(digest_of(Path(os.environ.get(KERNEL, ""))).encode())
    return digest.hexdigest()


def _libraries() -> Iterator[str]:
    yield f"xinzhi {version('xinzhi')}"
    for requirement in requires("xinzhi") or ():
        name = re.split(r"[\s\[;<>=!~]", requirement, maxsplit=1)[0]
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
    return sha256("\x00".join(names).encode()).hexdigest()
