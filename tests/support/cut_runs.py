"""A whole run of a study over the results of another one, its log, and what the power may leave of it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from made_faults import tree
from made_small import write_small
from power_cuts import Cut, cuts
from write_log import Disk, WriteLog, write_log
from xinzhi.cli.commands.run import run_study
from xinzhi.work.results import claim
from xinzhi.work.store import Store
from xinzhi.work.verify import compare_with_run

MINE = "我的 notes.md"
TIMED = "results/run.json"
"""It holds seconds, so that two runs differ there; `verify` judges it."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What the two runs wrote, and the log of the second."""

    log: WriteLog
    old: dict[str, bytes]
    new: dict[str, bytes]
    entries: frozenset[tuple[str, bytes]]
    """Entries of the store after either run: each one that is found is one of them."""


def run(folder: Path) -> None:
    """Run the study of a folder without a word."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert run_study(folder / "study.yaml", folder / "results", lang="en") == 0


def shown(folder: Path) -> dict[str, bytes]:
    """List what a person sees in a study and its results: hidden files and the store are left out."""
    return {
        name: data
        for name, data in tree(folder).items()
        if not any(part.startswith(".") or part == "store" for part in Path(name).parts)
    }


def stored(folder: Path) -> frozenset[tuple[str, bytes]]:
    """Read the entries of the store that are sound."""
    store = Store(folder / "results" / "store")
    found = ((key, store.get(key)) for key in store.entries())
    return frozenset((key, body) for key, body in found if body is not None)


def logged_runs(folder: Path, *, is_first: bool) -> Runs:
    """Log a run over the results of another study, a file of the user among them; or the first run of a study."""
    folder.mkdir()
    file = write_small(folder) / "study.yaml"
    if not is_first:
        run(folder)
        (folder / "results" / MINE).write_bytes(b"mine")
        text = file.read_text(encoding="utf-8").replace("Two cities", "Others")
        file.write_text(text.replace("formats: [md]", "formats: [md, xlsx]"), encoding="utf-8")
    old, entries = shown(folder), stored(folder)
    with write_log(folder) as log:
        run(folder)
    assert log.replayed().tree() == Disk.of(folder).tree()
    return Runs(log, old, shown(folder), entries | stored(folder))


def is_new_again(runs: Runs, place: Path) -> bool:
    """Run the study of a state once more, and tell whether it is the new one, whole."""
    run(place)
    found = shown(place)
    return (
        compare_with_run(place / "results").is_sound
        and found.keys() == runs.new.keys()
        and all(found[name] == data for name, data in runs.new.items() if name != TIMED)
    )


def outcome(runs: Runs, state: Cut, place: Path) -> str:
    """Lay a state down, let the next command look, and say which study it finds; a fault in words."""
    state.disk.lay(place)
    with claim(place / "results"):
        pass
    found = shown(place)
    if any(found.get(name) != data for name, data in runs.old.items() if name.endswith(MINE)):
        return "a file of the user is lost"
    if not stored(place) <= runs.entries:
        return "an entry of the store is torn"
    if found == runs.new and not compare_with_run(place / "results").is_sound:
        return "results that are not whole"
    return "old" if found == runs.old else "new" if found == runs.new else "mixed"


def outcomes(runs: Runs, scratch: Path, number: int, seed: int) -> Iterator[tuple[Cut, str, Path]]:
    """Give the outcome of each state."""
    for n, state in enumerate(cuts(runs.log, number, seed=seed)):
        place = scratch / f"cut{n}"
        yield state, outcome(runs, state, place), place
