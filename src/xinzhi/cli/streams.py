"""Standard output and standard error that cannot fail the work: results are delivered, whoever listens.

What a stream cannot encode is written in plainer characters, and where there are none as `?`. A reader
that leaves (a pipe to `head`), a stream that was closed before the start, a device that is full: what
cannot be written is dropped, and the work goes on. The end of the command tells that something was lost.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from typing import IO, Any

from xinzhi.errors import Problem, ReportError
from xinzhi.wording import message

HANDLER = "xinzhi.plain"
"""Name of the handler of what a stream cannot encode."""
PLAINER = {
    **dict.fromkeys("−–‐‑", "-"),
    "—": "--",
    "…": "...",
    "×": "x",
    "·": ".",
    "█": "#",
    "≥": ">=",
    "≤": "<=",
    "≈": "~",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "→": "->",
    "←": "<-",
    "\N{NO-BREAK SPACE}": " ",
    **dict.fromkeys("\u2009\u202f\u2002\u2003", " "),
}
"""Character -> how it is written where it does not exist. A minus above all: `?0.5` would be no number."""

MARKED = {"<super>": "^{}", "<sub>": "_{}", "<circle>": "({})"}
"""How a character is built up -> how its plain form is set apart from what stands before it."""


class Heard(io.RawIOBase):
    """A stream of bytes whose reader may leave, as `head` does: what it does not hear is dropped."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self.stream = stream
        self.failure: Exception | None = None
        """The first reason why something was dropped."""

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def fileno(self) -> int:
        """Give the number that the system knows."""
        return self.stream.fileno()

    def isatty(self) -> bool:
        """Tell whether a person looks at it."""
        return not self.stream.closed and self.stream.isatty()

    def write(self, data: Any) -> int:
        """Write, or drop what nobody reads."""
        try:
            self.stream.write(data)
        except (OSError, ValueError) as error:  # ValueError: somebody has closed it
            self._leave(error)
        return len(data)

    def flush(self) -> None:
        """Flush, or drop what nobody reads."""
        try:
            self.stream.flush()
        except (OSError, ValueError) as error:
            self._leave(error)

    def _leave(self, error: Exception) -> None:
        self.failure = self.failure or error
        # Python flushes the stream once more when it ends, which would fail again.
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)


@contextlib.contextmanager
def guarded() -> Iterator[Heard | None]:
    """Guard both streams while a command works; give what is known of standard output."""
    _open_closed()
    out, err = _guard(sys.stdout), _guard(sys.stderr)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            yield out.buffer if isinstance(getattr(out, "buffer", None), Heard) else None
        finally:
            for stream in (out, err):
                stream.flush()


def _open_closed() -> None:
    """Give the three numbers of the standard streams to nothing where they are free.

    Else the next file that is opened would get such a number, and what a library says would go into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _guard(stream: Any) -> Any:
    """Guard a stream of text; one that has no bytes below it, as in tests, cannot fail."""
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        return stream
    with contextlib.suppress(OSError, ValueError):
        stream.flush()
    return io.TextIOWrapper(
        Heard(buffer),
        encoding=stream.encoding,
        errors=HANDLER,
        line_buffering=stream.line_buffering,
        write_through=True,  # typer writes ASCII streams past this one: the order must stay
    )


def lost(failure: Exception | None) -> ReportError | None:
    """Make the error of an output that was lost; None where its reader has only left, as `head` does."""
    if failure is None or isinstance(failure, BrokenPipeError):
        return None
    text = message(
        "What the command said could not be written to standard output: {why}.",
        why=getattr(failure, "strerror", None) or str(failure),
    )
    remedy = message("files that it writes are in place; send the output elsewhere for the rest.")
    return ReportError(Problem("output.lost", text, remedy=remedy))


def fits(text: str) -> bool:
    """Tell whether standard output can write a text as it is.

    >>> fits("abc")
    True
    """
    return _fits(text, sys.stdout.encoding or "utf-8")


def escaped(text: str) -> str:
    r"""Write a JSON document with letters that every stream has.

    >>> escaped('{"city": "太原"}')
    '{"city": "\\u592a\\u539f"}'
    """
    return "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in text)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_spelt(letter, error.encoding) for letter in letters), error.end


def _spelt(letter: str, encoding: str) -> str:
    """Spell a character with others that an encoding has.

    >>> [_spelt(letter, "ascii") for letter in "−é²唐"]
    ['-', 'e', '^2', '?']
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    kind = unicodedata.decomposition(letter).partition(" ")[0]
    # A raised figure is none of the number before it: 10⁴ is not 104.
    plain = MARKED[kind].format(bare) if kind in MARKED else "" if kind == "<fraction>" else bare
    found = (text for text in (PLAINER.get(letter, ""), plain) if text and _fits(text, encoding))
    return next(found, "?")


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


codecs.register_error(HANDLER, _plainer)
