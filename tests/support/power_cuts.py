"""What a power cut may leave of the operations of a `WriteLog`.

The model is that of ALICE (Pillai et al. 2014, All File Systems Are Not Created Equal, OSDI, pp. 433-448),
made as pessimistic as POSIX allows. The power goes after any prefix of the operations. Of these,

* what a file held at its last fsync is there; each later change of its content is there, absent, torn
  (half of its bytes) or there as zeros of the same length;
* a name that came or went is as it is only where its folder had an fsync after that; each other one is there
  or not, whatever the others are. A renaming is one change: both its ends or none, durable with an fsync of
  either folder, as journalling file systems do it.

What the model leaves out: file systems that tear a renaming (FAT), disks that say that they have written
and have not, content that rots later, and two names of one file.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from write_log import Disk, Operation, WriteLog

OF_NAMES = ("enter", "leave", "move")
WAYS = ("none", "all", "one missing", "one alone", "some")
"""How much of what was not durable is there."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A state of the disk after a power cut."""

    after: int
    """Operations that were done."""
    way: str
    disk: Disk

    def __str__(self) -> str:
        return f"after {self.after} operations, {self.way} of what was not durable"


def pending(operations: list[Operation]) -> list[int]:
    """Number the operations that no fsync has made durable."""
    waiting: list[int] = []
    for number, one in enumerate(operations):
        if one.kind == "sync":
            waiting = [n for n in waiting if not _is_settled(operations[n], one.node)]
        else:
            waiting.append(number)
    return waiting


def _is_settled(one: Operation, node: int) -> bool:
    if one.kind not in OF_NAMES:
        return one.node == node
    return node in {entry[0] for entry in (one.at, one.source) if entry is not None}


def cut(log: WriteLog, after: int, way: str, rng: random.Random) -> Cut:
    """Draw a state after a number of operations."""
    done = log.operations[:after]
    waiting = pending(done)
    chosen: set[int] = {
        "none": set[int](),
        "all": set(waiting),
        "one missing": set(waiting) - set(rng.sample(waiting, min(1, len(waiting)))),
        "one alone": set(rng.sample(waiting, min(1, len(waiting)))),
        "some": {n for n in waiting if rng.random() < 0.5},
    }[way]
    disk = log.before.copy()
    for number, one in enumerate(done):
        if number not in waiting:
            disk.apply(one)
        elif number in chosen:
            torn = one.kind == "write" and way == "some"
            disk.apply(_torn(one, rng) if torn else one)
    return Cut(after, way, disk)


def _torn(one: Operation, rng: random.Random) -> Operation:
    """Give a write of which all, half or only the length has come."""
    halves = (one.data, one.data[: len(one.data) // 2], bytes(len(one.data)))
    return replace(one, data=rng.choice(halves))


def cuts(log: WriteLog, number: int, seed: int) -> Iterator[Cut]:
    """Draw states, no two of which hold the same; fewer where there are not as many."""
    rng, seen = random.Random(seed), set[int]()  # noqa: S311 - states of a test
    for _ in range(20 * number):
        state = cut(log, rng.randint(0, len(log.operations)), rng.choice(WAYS), rng)
        content = hash((*state.disk.tree().items(), *sorted(state.disk.modes.items())))
        if content not in seen:
            seen.add(content)
            yield state
        if len(seen) == number:
            return
