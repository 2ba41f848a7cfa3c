"""Kills and full disks over the results of another study: one whole study each time, never two.

    uv run python benchmarks/delivery.py --kills 200 --disks 40 --table benchmarks/delivery.md

A study A lies in a folder, with a file of the user among its results. Study B (another measure, other
formats) is run over it in a child process, as `xinzhi run` does it. The child is killed (SIGKILL) at
chosen calls of the system, evenly spread over all calls that change the disk; a call that writes has
written half by then. Or the disk is full: a file system in memory (tmpfs) of chosen sizes, from what A
takes up to what B needs, where this process may mount one; else every call that takes space fails
from a chosen one on. Then, before any command of xinzhi, the folder is looked at as a person does: which
studies have files to be seen there (hidden folders, `store` and the file of the user left out), and
whether a report stands without all its files. Then the next command, `xinzhi show`, looks at it.

Counted as whole: the folder holds the files of one study, each with the content that the marker names,
the numbers (results.json) are those of A or B, and no other file is there but the user's. In the end
the study B is run again, and must give B. Ends with 1 where anything is mixed, lost or crashed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from cli_runner import attempt
from made_faults import TAKE_SPACE, faults, full_from, killed_at, nothing, tree
from made_study import STUDY, written
from xinzhi.report.exhibits import DrawnCharts

MARKER = ".xinzhi-results.json"
MINE = "tables/mine.txt"
HIDDEN, STORE = ".", "store"
OTHER = STUDY.replace("A study", "Another study").replace("[xlsx, md]", "[md, tex]")
OTHER = OTHER.replace(
    "    bad_outputs: [waste]\n", "    bad_outputs: [waste]\n    measure: radial\n"
)
PAGE = 4096
SIGKILL = 9


@dataclass(frozen=True, slots=True)
class Case:
    """The two studies, and where trials are made."""

    base: Path
    """Study A with its results; the study file is already that of B."""
    a: bytes
    b: bytes
    """Their results.json."""
    scratch: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial left."""

    seen: str
    """What was to be seen at the moment of the fault: A, B, part of A, part of B, nothing, or mixed."""
    study: str
    """After the next command: A, B or mixed."""
    is_true: bool
    """Whether what was said about it is true: after `Nothing was written` nothing has changed."""
    is_mine_there: bool
    ends_well: bool
    """Whether the next command and the next run do what they should."""
    has_struck: bool

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, mixed or wrongly said."""
        return (
            "mixed" not in {self.seen, self.study}
            and self.is_true
            and self.is_mine_there
            and self.ends_well
        )


def prepared(folder: Path) -> Case:
    """Run A and B, each alone, and lay B's study file over the results of A."""
    for name, text in (("b", OTHER), ("a", STUDY)):
        done = attempt("run", written(folder / name, text))
        if done.code:
            raise SystemExit(done.stderr)
    a, b = ((folder / name / "results" / "results.json").read_bytes() for name in "ab")
    (folder / "a" / "results" / MINE).write_text("mine", encoding="utf-8")
    (folder / "a" / "study.yaml").write_text(OTHER, encoding="utf-8")
    return Case(folder / "a", a, b, folder / "trial")


def forked(work: Callable[[], int]) -> tuple[int, int]:
    """Do something in a child; return the signal and the code it ended with."""
    if not (child := os.fork()):
        code = 99
        with contextlib.suppress(SystemExit):
            code = work()
        os._exit(code)
    status = os.waitpid(child, 0)[1]
    return os.WTERMSIG(status), os.WEXITSTATUS(status)


def study_in(case: Case, folder: Path) -> str:
    """Tell which study a folder of results holds whole."""
    found = tree(folder / "results")
    found.pop(MINE, None)
    try:
        files = json.loads(found.pop(MARKER))["files"]
    except (KeyError, ValueError):
        return "mixed"
    if {name: sha256(data).hexdigest() for name, data in found.items()} != files:
        return "mixed"
    return {case.a: "A", case.b: "B"}.get(found["results.json"], "mixed")


def seen_in(folder: Path, before: dict[str, bytes]) -> str:
    """Tell which studies a person sees in a folder, whose files before the fault were those of A.

    A file is that of A where it has the bytes of A, and that of B where a marker, the one in place or
    the one that waits, names its digest; anything else, a torn file say, counts as mixed.
    """
    found = tree(folder / "results")
    markers = [data for name, data in found.items() if Path(name).name == MARKER]
    named = [files for data in markers if (files := files_of(data))]
    old = {name: data for name, data in before.items() if is_seen(name)}
    shown = {name: data for name, data in found.items() if is_seen(name)}
    of_a = {name for name, data in shown.items() if old.get(name) == data}
    of_b = {
        name
        for name, data in shown.items()
        if any(sha256(data).hexdigest() == files.get(name) for files in named)
    }
    every = max(named, key=lambda files: files != digests(old), default={})
    for study, mine, whole in (("A", of_a, set(old)), ("B", of_b, set(every))):
        if shown.keys() == mine:
            return study if mine == whole and mine else f"part of {study}" if mine else "nothing"
    return "mixed"


def files_of(marker: bytes) -> dict[str, str]:
    """Give the digests that a marker names; a torn one, which waits unseen, names none."""
    try:
        return dict(json.loads(marker)["files"])
    except ValueError:
        return {}


def digests(files: dict[str, bytes]) -> dict[str, str]:
    """Give the digest of each file."""
    return {name: sha256(data).hexdigest() for name, data in files.items()}


def is_seen(name: str) -> bool:
    """Tell whether a person sees a file, and it is of a study."""
    parts = Path(name).parts
    return parts[0] != STORE and not any(part.startswith(HIDDEN) for part in parts) and name != MINE


def judged(
    case: Case, folder: Path, said: str, before: dict[str, bytes], *, has_struck: bool
) -> Outcome:
    """Look at what a trial left, as a person, as the next command; and run B again."""
    seen = seen_in(folder, before)
    is_true = "Nothing was written" not in said or tree(folder / "results") == before
    shown = attempt("show", "--study", folder, "--lang", "en")
    study = study_in(case, folder)
    is_mine_there = (folder / "results" / MINE).is_file()
    again = attempt("run", folder)
    ends_well = (
        "unexpectedly" not in shown.stderr + again.stderr
        and again.code == 0
        and study_in(case, folder) == "B"
        and (folder / "results" / MINE).read_text(encoding="utf-8") == "mine"
        and not list(folder.rglob("*.part"))
    )
    return Outcome(seen, study, is_true, is_mine_there, ends_well, has_struck)


def kills(case: Case, number: int) -> Iterator[Outcome]:
    """Kill the run at chosen calls of the system."""
    for point in spread(calls_of(case), number):
        folder = fresh(case)
        before = tree(folder / "results")
        with faults(killed_at(point)):
            signal, _ = forked(lambda folder=folder: attempt("run", folder).code)
        yield judged(case, folder, "", before, has_struck=signal == SIGKILL)


def calls_of(case: Case) -> int:
    """Count the calls of a whole run that change the disk."""
    folder = fresh(case)
    with faults(nothing) as calls:
        attempt("run", folder)
    return len(calls.names)


def spread(last: int, number: int, first: int = 1) -> list[int]:
    """Choose numbers, evenly spread, both ends included."""
    return [first + round(i * (last - first) / max(number - 1, 1)) for i in range(number)]


def fresh(case: Case) -> Path:
    """Make a folder for a trial: A with its results, under the study file of B."""
    shutil.rmtree(case.scratch, ignore_errors=True)
    return Path(shutil.copytree(case.base, case.scratch))


def said_by(folder: Path) -> tuple[str, int]:
    """Run B in a child; return what it said, and its code."""
    with tempfile.TemporaryFile("w+") as words:

        def work() -> int:
            done = attempt("run", folder, "--lang", "en")
            words.write(done.stderr)
            words.flush()
            return done.code

        _, code = forked(work)
        words.seek(0)
        return words.read(), code


def full_calls(case: Case, number: int) -> Iterator[Outcome]:
    """Let every call that takes space fail from a chosen one on."""
    kinds = tuple(name for name in TAKE_SPACE if name not in {"replace", "rename"})
    for point in spread(calls_of(case), number):
        folder = fresh(case)
        before = tree(folder / "results")
        with faults(full_from(point, kinds=kinds)):
            said, code = said_by(folder)
        yield judged(case, folder, said, before, has_struck=code != 0)


def full_disks(case: Case, number: int) -> Iterator[Outcome]:
    """Run B on file systems in memory that are too small by more or less."""
    low, high = pages_of(case.base) + 1, 4 * pages_of(case.base)
    least = low
    while high - least > 1:  # the smallest that is large enough
        middle = (least + high) // 2
        with disk(case, middle) as folder:
            _, code = said_by(folder)
        least, high = (least, middle) if code == 0 else (middle, high)
    for size in spread(least, number, low):
        with disk(case, size) as folder:
            before = tree(folder / "results")
            said, code = said_by(folder)
            is_told = code == 0 or ("bytes needed" in said and "free" in said)
            mount("-o", "remount,size=64m", str(case.scratch))
            found = judged(case, folder, said, before, has_struck=code != 0)
        yield replace(found, is_true=found.is_true and is_told)


def pages_of(folder: Path) -> int:
    """Count the pages that the files of a folder take in memory."""
    return sum(-(-path.stat().st_size // PAGE) for path in folder.rglob("*") if path.is_file())


@contextlib.contextmanager
def disk(case: Case, pages: int) -> Iterator[Path]:
    """Mount a small file system with A on it."""
    shutil.rmtree(case.scratch, ignore_errors=True)
    case.scratch.mkdir()
    mount("-t", "tmpfs", "-o", f"size={PAGE * pages}", "tmpfs", str(case.scratch))
    try:
        yield Path(shutil.copytree(case.base, case.scratch / "study"))
    finally:
        subprocess.run(["umount", str(case.scratch)], check=True)  # noqa: S603, S607


def mount(*words: str) -> None:
    """Call `mount`."""
    subprocess.run(["mount", *words], check=True, capture_output=True)  # noqa: S603, S607


def can_mount(folder: Path) -> bool:
    """Tell whether this process may mount a file system."""
    if not shutil.which("mount") or os.geteuid():
        return False
    try:
        mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder))
    except subprocess.CalledProcessError:
        return False
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607
    return True


def row(name: str, outcomes: Sequence[Outcome], seconds: float) -> str:
    """Write a row of the table."""
    studies, seen = (Counter(getattr(one, key) for one in outcomes) for key in ("study", "seen"))
    cells = (
        name,
        len(outcomes),
        sum(one.has_struck for one in outcomes),
        seen["mixed"],
        sum(n for what, n in seen.items() if what not in {"A", "B", "mixed"}),
        *(studies[one] for one in ("A", "B", "mixed")),
        sum(not one.is_true for one in outcomes),
        sum(not one.is_mine_there for one in outcomes),
        sum(not one.ends_well for one in outcomes),
        f"{seconds:.0f} s",
    )
    return f"| {' | '.join(map(str, cells))} |"


HEAD = """\
| fault | trials | struck | two studies to be seen at that moment | one, but not all its files | after the next command: old study whole | new study whole | mixed | wrongly said | file of the user lost | next command or run fails | time |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def main() -> int:
    """Make all trials, print the table, keep it where asked."""
    options = argparse.ArgumentParser(description="Kills and full disks over results.")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--disks", type=int, default=40)
    options.add_argument("--table", type=Path, help="file of the table")
    asked = options.parse_args()
    lines, is_good = [HEAD], True
    with (
        tempfile.TemporaryDirectory(prefix="xinzhi-delivery-") as folder,
        mock.patch(
            "xinzhi.report.build.charts_of", return_value=DrawnCharts({})
        ),  # drawings take the time
    ):
        case = prepared(Path(folder))
        (Path(folder) / "mount").mkdir()
        mounts = can_mount(Path(folder) / "mount")
        works = [
            ("kill (SIGKILL)", kills, asked.kills),
            ("full disk (tmpfs)", full_disks, asked.disks)
            if mounts
            else ("full disk (calls fail)", full_calls, asked.disks),
        ]
        for name, work, number in works:
            started = time.perf_counter()
            outcomes = list(work(case, number))
            is_good &= all(one.is_good for one in outcomes)
            lines.append(row(name, outcomes, time.perf_counter() - started))
    table = "\n".join(lines) + "\n"
    sys.stdout.write(table)
    if asked.table:
        text = (__doc__ or "").replace("\n    uv run", "\n    $ uv run")
        asked.table.write_text(f"# Delivery under faults\n\n{text}\n{table}", encoding="utf-8")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
