"""Kills of drivers and workers at random points: the run that continues gives what one run gives.

    uv run python benchmarks/kills.py --drivers 200 --workers 200 --table benchmarks/kills.md

A driver computes draws in chunks, in its own process or with two others, and is killed (SIGKILL) at a
random time of its run; a second one continues, in the same folder. Or workers are killed at random times
while their driver goes on, ten in a run. Each draw notes its number, so that it is known what was
computed twice: after a kill at most one wave, which is a chunk of each worker. Ends with 1 where digits
differ, more is repeated, a file or a process is left behind or a driver does not end.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from made_draws import Sums, table
from xinzhi.events import DrawProgress
from xinzhi.work.draws.chunk_store import ChunkStore
from xinzhi.work.draws.driver import Chunked
from xinzhi.work.lock import LOCK
from xinzhi_core.engine import Array
from xinzhi_core.processes import Here, Processes
from xinzhi_core.write import PARTS

KEY, N, CHUNK, JOBS = "8" * 64, 150, 6, 2
LONGER = 600
"""Draws of a run whose workers are killed."""
IN_A_RUN = 10
"""Kills of workers in a run."""
PAUSE = 0.002
"""Seconds that a draw waits."""
PATIENCE = 120
ORPHANED = 20
"""Seconds within which workers of a killed driver end."""
MARK = "XINZHI_TRIAL"
"""Variable of the environment that tells processes of drivers."""
TASK = Sums(table(500), pause=PAUSE)
ROWS = replace(TASK, pause=0.0)(range(LONGER))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial left."""

    kills: int
    is_equal: bool
    repeated: int
    """Draws that were computed more than once."""
    allowed: int
    """One wave a kill."""
    is_tidy: bool

    @property
    def is_good(self) -> bool:
        """Whether everything holds."""
        return self.is_equal and self.is_tidy and self.repeated <= self.allowed


def digest_of(rows: Array) -> str:
    """Digest of draws."""
    return sha256(rows.tobytes()).hexdigest()


def computed(folder: Path, n: int, jobs: int, killer: Killer | None = None) -> None:
    """Compute all draws as a driver does, and leave their digest."""
    crew = Processes(jobs) if jobs > 1 else Here()
    task = replace(TASK, log=str(folder / "log"))
    with Chunked(crew, folder / "kept", chunk=CHUNK) as engine:
        if killer and isinstance(crew, Processes):
            engine.tell = killer.told
            killer.start(crew)
        rows = engine.draws(task, n, key=KEY, name="sums")
    (folder / "digest").write_text(digest_of(rows))


def driver(work: Callable[[], None]) -> int:
    """Begin a driver in a process of its own: a copy of this one, so that nothing is loaded again."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        # What a driver and its workers say when they are killed is not ours to show.
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.environ[MARK] = str(os.getppid())
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        work()
        code = 0
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """Wait for a driver; one that does not end is killed and reported as 9."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return signal.SIGKILL


def still_there() -> list[str]:
    """List processes of drivers that have not ended soon after them."""
    mark, limit = f"{MARK}={os.getpid()}".encode(), time.monotonic() + ORPHANED
    while time.monotonic() < limit:
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                found += [path.parent.name] if mark in path.read_bytes().split(b"\x00") else []
        if not found:
            return []
        time.sleep(0.1)
    return found


def judged(folder: Path, n: int, kills: int, wave: int) -> Outcome:
    """Say what a trial left."""
    digest, log = folder / "digest", folder / "log"
    counts = Counter(log.read_text().split()) if log.exists() else Counter()
    kept = ChunkStore.of(folder / "kept", KEY).folder
    left = [*kept.glob(PARTS), *kept.glob(LOCK), *kept.glob("quarantine"), *still_there()]
    return Outcome(
        kills,
        digest.exists() and digest.read_text() == digest_of(ROWS[:n]),
        sum(times - 1 for times in counts.values()),
        kills * wave,
        not left,
    )


def kill_driver(dice: random.Random, jobs: int, seconds: float) -> Outcome:
    """Kill a driver at a random time and continue."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = driver(lambda: computed(folder, N, jobs))
        time.sleep(dice.uniform(0, seconds))
        os.kill(first, signal.SIGKILL)
        is_killed = ended(first) == -signal.SIGKILL
        # A worker whose driver has ended writes nothing more to its log after half a second.
        time.sleep(0.6 if jobs > 1 else 0)
        ended(driver(lambda: computed(folder, N, 1)))
        return judged(folder, N, int(is_killed), jobs * CHUNK)


class Killer:
    """Kills random workers at random times, the next one when work goes on."""

    def __init__(self, dice: random.Random, kills: int, struck: Path) -> None:
        self.dice, self.kills, self.struck = dice, kills, struck
        self.goes_on = threading.Event()

    def told(self, _: DrawProgress) -> None:
        """Hear that a chunk has been finished."""
        self.goes_on.set()

    def start(self, crew: Processes) -> None:
        """Begin."""
        threading.Thread(target=self.kill, args=(crew,), daemon=True).start()

    def kill(self, crew: Processes) -> None:
        """Kill one after the other; the first perhaps before it has begun."""
        pause = self.dice.uniform(0, 0.7)
        for _ in range(self.kills):
            time.sleep(pause)
            while not (victims := list(getattr(crew.pool, "_processes", None) or ())):
                time.sleep(0.005)
            before = crew.pool
            os.kill(self.dice.choice(victims), signal.SIGKILL)
            with self.struck.open("a") as file:
                file.write("x")
            while crew.pool is before:  # the driver has not yet noticed
                time.sleep(0.005)
            self.goes_on.clear()
            self.goes_on.wait()
            pause = self.dice.uniform(0, 0.06)


def kill_workers(dice: random.Random, kills: int) -> Outcome:
    """Kill workers of a driver until it is done."""
    with tempfile.TemporaryDirectory() as name:
        folder, struck = Path(name), Path(name) / "struck"
        killer = Killer(dice, kills, struck)
        ended(driver(lambda: computed(folder, LONGER, JOBS, killer)))
        n = len(struck.read_text()) if struck.exists() else 0
        return judged(folder, LONGER, n, JOBS * CHUNK)


def seconds_of(jobs: int) -> float:
    """Time a run without a kill."""
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        ended(driver(lambda: computed(Path(name), N, jobs)))
        return time.monotonic() - began


def trials(drivers: int, workers: int, seed: int) -> dict[str, list[Outcome]]:
    """Make all trials."""
    dice = random.Random(seed)  # noqa: S311 - times of kills are no secret
    alone, together = seconds_of(1), seconds_of(JOBS) if drivers > 4 else 0.0
    with_workers = drivers // 5 if drivers < 100 else drivers // 2
    found: dict[str, list[Outcome]] = {
        "driver alone": [kill_driver(dice, 1, alone) for _ in range(drivers - with_workers)],
        "driver with two workers": [kill_driver(dice, JOBS, together) for _ in range(with_workers)],
        "workers": [],
    }
    left = workers
    while left > 0:
        one = kill_workers(dice, min(IN_A_RUN, left))
        found["workers"].append(one)
        left -= max(1, one.kills)
    return found


def lines(found: dict[str, list[Outcome]]) -> list[str]:
    """Set the table."""
    rows = [
        "| killed | runs | struck | digits differ | most draws repeated a kill | allowed | not tidy |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, ones in found.items():
        if ones:
            most = max(one.repeated / max(1, one.kills) for one in ones)
            allowed = max(one.allowed / max(1, one.kills) for one in ones)
            rows.append(
                f"| {name} | {len(ones)} | {sum(one.kills for one in ones)} "
                f"| {sum(not one.is_equal for one in ones)} | {most:.1f} | {allowed:.0f} "
                f"| {sum(not one.is_tidy for one in ones)} |"
            )
    return rows


def main() -> int:
    """Make the trials and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--drivers", type=int, default=200)
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20250429)
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    began = time.monotonic()
    found = trials(asked.drivers, asked.workers, asked.seed)
    text = "\n".join(lines(found))
    print(text)
    print(f"{time.monotonic() - began:.0f} s")
    if asked.table:
        title, *about = str(__doc__).split("\n", 1)
        command = about[0].replace("    uv run", "    $ uv run")
        asked.table.write_text(f"# Kills of long computations\n\n{title}\n{command}\n{text}\n")
    return int(not all(one.is_good for ones in found.values() for one in ones))


if __name__ == "__main__":
    sys.exit(main())
