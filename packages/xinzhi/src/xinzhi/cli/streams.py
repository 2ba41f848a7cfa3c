"""Standard output and standard error that cannot fail the work: results are delivered, whoever listens.

What a stream cannot encode is written in plainer characters, and where there are none as `?`. A reader
that leaves (a pipe to `head`), a stream that was closed before the start, a device that is full: what
cannot be written is dropped, and the work goes on. The end of the command tells that something was lost.

`-` in the place of a file: standard input for data, standard output for results.

Ctrl-C that is heard wherever it falls.

Python raises `KeyboardInterrupt` in whatever the main thread is doing. Where that is a call back from C, the
end of an object's life or a collection of garbage, nobody can catch it: Python says "Exception ignored in"
and goes on, and the user has asked in vain. Such an interrupt comes to `sys.unraisablehook` alone (Python
documentation, `sys.unraisablehook`); it is sent again a moment later, until it falls where it can be raised.

How often a command looks for garbage.
"""

from __future__ import annotations

import _thread
import codecs
import contextlib
import gc
import io
import json
import os
import signal
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from xinzhi_core.errors import Problem, ReportError, SpecError, Where
from xinzhi_core.wording import message

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


STANDARD = Path("-")
NAME = "stdin"
"""What errors call the file that came through standard input."""


@contextlib.contextmanager
def open_given(path: Path) -> Iterator[Path]:
    """Give a file to read; what comes through standard input is put down for as long as it is read.

    Its kind is told by its content, as that of every file: text, workbook, parquet.
    """
    if path != STANDARD:
        yield path
        return
    with TemporaryDirectory(prefix="xinzhi-stdin-", ignore_cleanup_errors=True) as folder:
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


AGAIN = 0.05
"""Seconds after which a lost interrupt is sent again: what had swallowed it has mostly ended by then."""


@contextlib.contextmanager
def heard_interrupts() -> Iterator[None]:
    """Send an interrupt that was lost again while a command works; all else is told as before."""
    before = sys.unraisablehook
    waiting: list[threading.Timer] = []

    def tell(lost: Any) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            before(lost)
            return
        waiting.append(threading.Timer(AGAIN, _interrupt))
        waiting[-1].daemon = True
        waiting[-1].start()

    sys.unraisablehook = tell
    try:
        yield
    finally:
        sys.unraisablehook = before
        for timer in waiting:  # whoever has ended needs no interrupt
            timer.cancel()


def _interrupt() -> None:
    """Interrupt the main thread, also where it sleeps or waits."""
    if hasattr(signal, "pthread_kill"):
        with contextlib.suppress(ProcessLookupError):  # it has ended
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


COLLECTIONS = (100_000, 20, 20)
"""New objects after which Python looks for dead ones in cycles, and how many looks of one generation go before
one of the next."""


@contextlib.contextmanager
def fewer_collections() -> Iterator[None]:
    """Look for cycles of dead objects every 100,000 new ones, not every 700: a report is a million objects that live.

    Numbers do not depend on it; a run of the example takes a sixth less time and 4% more memory.
    """
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
