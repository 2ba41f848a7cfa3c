"""Draws that a folder of results keeps: how far they are, and whether they are sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xinzhi.errors import Problem, Where
from xinzhi.wording import message
from xinzhi.work.draws.chunk_store import About, ChunkStore, digest_of, folders, read_about, remove
from xinzhi.work.draws.table import DrawTable


@dataclass(frozen=True, slots=True)
class Listed:
    """The draws of one computation."""

    folder: Path
    about: About
    done: int
    size: int
    """Bytes of its chunks."""

    @property
    def left(self) -> int:
        """Draws that are missing."""
        return self.about.n - self.done


def list_draws(parent: Path) -> list[Listed]:
    """List all draws by their names; chunks are counted, not read."""
    computations = []
    for folder in folders(parent):
        if about := read_about(folder):
            # Chunks of runs that were cut differently can overlap: each draw is counted once.
            present = {k for numbers in ChunkStore(folder, about.key).numbers() for k in numbers}
            size = sum(path.stat().st_size for path in folder.glob("*.npz"))
            computations.append(Listed(folder, about, sum(k < about.n for k in present), size))
    return sorted(computations, key=lambda listed: (listed.about.name, listed.about.started))


def find_faults(listed: Listed) -> Iterator[Problem]:
    """Read all chunks, and find what is damaged; nothing is moved."""
    about = listed.about
    # Only all of them have a digest; a description alone does not say how much room is taken.
    table = None if listed.left else DrawTable(about.n)
    for numbers, path, rows in ChunkStore(listed.folder, about.key).read():
        if rows is None:
            text = message(
                "Draws {first} to {last} of {name} are damaged.",
                first=numbers.start + 1,
                last=numbers.stop,
                name=about.name,
            )
            remedy = message("run the study again: they are computed anew.")
            yield Problem("verify.chunk", text, Where(file=str(path)), remedy)
        elif table is not None:
            table.add(numbers, rows)
    if (
        table is not None
        and not table.left
        and about.sha256
        and digest_of(table.rows()) != about.sha256
    ):
        yield other_draws(listed)


def other_draws(listed: Listed) -> Problem:
    """Say that draws are not those that the run gave."""
    text = message("The draws of {name} are not those that the run gave.", name=listed.about.name)
    remedy = message("delete them with `xinzhi runs delete` and run the study again.")
    return Problem("verify.draws", text, Where(file=str(listed.folder)), remedy)


def delete(listed: Listed) -> None:
    """Remove draws; they can be computed again. What somebody has put beside them stays."""
    remove(listed.folder)
