"""`-` in the place of a file: standard input for data, standard output for results."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from xinzhi.cli.streams import escaped, fits
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


def write_standard(content: str | bytes | Iterable[str], *, is_json: bool = False) -> None:
    """Write to standard output; only text is put on a terminal, and JSON in letters that it has.

    Raises
    ------
    SpecError
        `output.terminal`; `output.encoding`: a letter of the data would be lost.
    """
    if not isinstance(content, bytes):
        for block in [content] if isinstance(content, str) else content:
            if not fits(block) and not is_json:
                raise SpecError(_unwritable(block))
            sys.stdout.write(block if fits(block) else escaped(block))
        return
    if sys.stdout.isatty():
        text = message("A file of this format cannot be shown on a terminal.")
        remedy = message("name a file for --output, or send the output through a pipe.")
        raise SpecError(Problem("output.terminal", text, Where(key="--output"), remedy))
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.flush()


def _unwritable(text: str) -> Problem:
    """Say which letter of the data standard output does not have: data are not written in others."""
    letter = next(letter for letter in text if not fits(letter))
    words = message(
        "Standard output is written in {encoding}, which does not have '{letter}' ({code}).",
        encoding=sys.stdout.encoding,
        letter=letter,
        code=f"U+{ord(letter):04X}",
    )
    remedy = message("name a file for --output, or set PYTHONUTF8=1.")
    return Problem("output.encoding", words, Where(key="--output"), remedy)
