"""`-` in the place of a file: standard input for data, standard output for results."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.wording import message

STANDARD = Path("-")
NAME = "stdin"
"""What errors call the file that came through standard input."""


@contextmanager
def open_given(path: Path) -> Iterator[Path]:
    """Give a file to read; what comes through standard input is put down for as long as it is read.

    Its kind is told by its content, as that of every file: text, workbook, parquet.
    """
    if path != STANDARD:
        yield path
        return
    with TemporaryDirectory(prefix="xinzhi-stdin-") as folder:
        file = Path(folder) / NAME
        file.write_bytes(sys.stdin.buffer.read())
        yield file


def refuse_two(paths: Sequence[Path]) -> None:
    """Refuse to read standard input twice.

    Raises
    ------
    SpecError
        `option.stdin`.
    """
    if sum(path == STANDARD for path in paths) > 1:
        text = message("Standard input, `-`, can be read once only.")
        remedy = message("name a file for the other.")
        raise SpecError(Problem("option.stdin", text, Where(), remedy))


class Heard:
    """Standard output whose reader may leave, as `head` does: what it does not hear is dropped.

    The work goes on: a run whose tables nobody reads to the end still writes its results.
    """

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write, or drop what nobody reads."""
        try:
            return self.stream.write(text)
        except BrokenPipeError:
            self._leave()
            return len(text)

    def flush(self) -> None:
        """Flush, or drop what nobody reads."""
        try:
            self.stream.flush()
        except BrokenPipeError:
            self._leave()

    def _leave(self) -> None:
        # Python flushes the stream once more when it ends, which would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


def write_standard(content: str | bytes | Iterable[str]) -> None:
    """Write to standard output; only text is put on a terminal.

    Raises
    ------
    SpecError
        `output.terminal`.
    """
    if not isinstance(content, bytes):
        for block in [content] if isinstance(content, str) else content:
            sys.stdout.write(block)
        return
    if sys.stdout.isatty():
        text = message("A file of this format cannot be shown on a terminal.")
        remedy = message("name a file for --output, or send the output through a pipe.")
        raise SpecError(Problem("output.terminal", text, Where(key="--output"), remedy))
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.flush()
