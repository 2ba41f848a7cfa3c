"""Output cannot fail a run: whatever becomes of the words, the results are delivered and the exit code is theirs."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from made_study import written
from xinzhi.cli.commands.run import run_study
from xinzhi.cli.main import main
from xinzhi.cli.streams import Heard, escaped, guarded, lost
from xinzhi.examples.register import EXAMPLES, copy_example, find
from xinzhi.work.verify import compare_with_run

NARROW = ("gbk", "cp1252", "ascii")
DATA = "city,year,x,y\n唐山,2001,1,1\nØrsted,2001,2,1\nC,2001,3,2\n"
SCORES = ["--entity", "city", "--period", "year", "--inputs", "x", "--good", "y", "--lang", "en"]


class Broken(io.RawIOBase):
    """A stream that takes nothing, for a reason."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def writable(self) -> bool:
        """Say that it could be written."""
        return True

    def write(self, _data) -> int:
        """Take nothing."""
        raise OSError(self.number, os.strerror(self.number))


def words(stream, encoding="utf-8"):
    return io.TextIOWrapper(io.BufferedWriter(stream, 16), encoding=encoding)


def said(*arguments, out, err=None) -> int:
    """Call the command with streams of this test."""
    with (
        mock.patch.object(sys, "argv", ["xinzhi", *map(str, arguments)]),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err or words(io.BytesIO())),
        pytest.raises(SystemExit) as stop,
    ):
        main()
    return stop.value.code


def printed(text: str, encoding: str) -> bytes:
    """Print a text through the guard of a stream of this encoding."""
    below = io.BytesIO()
    with mock.patch.object(sys, "stdout", io.TextIOWrapper(below, encoding=encoding)), guarded():
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        return below.getvalue()


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("−0.5", "gbk", "-0.5"),
        ("−0.5", "cp1252", "-0.5"),
        ("−0.5", "utf-8", "−0.5"),
        ("10⁴ m² H₂O ①", "ascii", "10^4 m^2 H_2O (1)"),
        ("α ≥ β … “x” — ’", "ascii", '? >= ? ... "x" -- \''),
        ("Ørsted, Málaga, 唐山", "gbk", "?rsted, Málaga, 唐山"),
        ("Ørsted, Málaga, 唐山", "ascii", "?rsted, Malaga, ??"),
        ("½", "ascii", "?"),
        ("a\udcffb", "utf-8", "a?b"),
        ("ＡＢ：１２", "ascii", "AB:12"),
    ],
)
def test_what_a_stream_does_not_have_is_written_plainer(text, encoding, shown):
    """No sign becomes another number: a minus stays one, a raised figure is set apart."""
    assert printed(text, encoding).decode(encoding).splitlines() == [shown]


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF])
def test_what_nobody_hears_is_dropped(number):
    """The work goes on; the first reason is known, and is told unless a reader has only left."""
    heard = Heard(io.BufferedWriter(Broken(number), 4))
    for _ in range(3):
        assert heard.write(b"many words") == 10
        heard.flush()

    assert heard.failure.errno == number
    error = lost(heard.failure)
    if number == errno.EPIPE:
        assert error is None
    else:
        assert error.code == "output.lost"
        assert os.strerror(number) in str(error)
        assert "files that it writes are in place" in str(error)
    assert lost(None) is None


def test_a_stream_that_somebody_closed_is_dropped_too():
    """Python says that as a wrong value."""
    below = io.BytesIO()
    heard = Heard(below)
    assert not heard.isatty()
    below.close()
    assert heard.write(b"x") == 1
    assert not heard.isatty()
    assert "closed" in str(lost(heard.failure))


@pytest.fixture
def data(tmp_path) -> Path:
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8")
    return tmp_path / "data.csv"


def test_json_loses_no_letter(data):
    """A document has a spelling for every letter that every stream can write."""
    below = io.BytesIO()
    out = io.TextIOWrapper(below, encoding="cp1252", write_through=True)
    assert said("efficiency", data, *SCORES, "--format", "json", out=out) == 0
    assert below.getvalue().isascii()
    assert "唐山" in json.dumps(json.loads(below.getvalue()), ensure_ascii=False)
    assert escaped('{"a": "𠮷山"}').isascii()
    assert json.loads(escaped('{"a": "𠮷山"}')) == {"a": "𠮷山"}


def test_data_are_not_written_in_other_letters(data):
    """A table for a program is refused where a name would be lost, with the letter and a way out."""
    below, err = io.BytesIO(), io.BytesIO()
    out = io.TextIOWrapper(below, encoding="cp1252", write_through=True)
    code = said("efficiency", data, *SCORES, "--output", "-", out=out, err=words(err))
    assert code == 1
    told = err.getvalue().decode()
    assert "Standard output is written in cp1252, which does not have '唐' (U+5510)." in told
    assert "name a file for --output, or set PYTHONUTF8=1." in told
    assert b"?" not in below.getvalue()


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, 1), (errno.EPIPE, 0)])
def test_words_that_are_all_a_command_is_for_are_not_lost_in_silence(data, number, code):
    """Scores that were to be read and could not be written are an error; a reader that left is none."""
    err = io.BytesIO()
    assert said("efficiency", data, *SCORES, out=words(Broken(number)), err=words(err)) == code
    told = "What the command said could not be written to standard output"
    assert (told in err.getvalue().decode()) == bool(code)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPIPE])
def test_a_run_nobody_hears_is_delivered(tmp_path, number):
    """Both streams take nothing, in a narrow code page: all files, and the exit code of the run."""
    folder = written(tmp_path / "s")
    streams = {"out": words(Broken(number), "ascii"), "err": words(Broken(number), "ascii")}
    assert said("run", folder, "--lang", "zh", **streams) == 0
    assert compare_with_run(folder / "results").is_sound


def test_a_run_says_nothing_of_its_results_before_they_are_in_place(tmp_path):
    """A reader that holds the run up, as a stopped terminal does, holds up no results."""
    folder, seen = written(tmp_path / "s"), []

    class Watched(io.StringIO):
        def write(self, text: str) -> int:
            seen.append((folder / "results" / "results.json").is_file())
            return super().write(text)

    with contextlib.redirect_stdout(Watched()) as out:
        assert run_study(folder / "study.yaml", folder / "results", lang="en") == 0

    assert "results.json" in out.getvalue()
    assert seen
    assert all(seen)


NUMBERS = """
import sys
from xinzhi.cli.streams import guarded
with guarded():
    pass
with open(sys.argv[1], "w") as file:
    streams = sys.stdin, sys.stdout, sys.stderr
    print(file.fileno() > 2, *(one.fileno() for one in streams), *(one.mode for one in streams), file=file)
"""


@pytest.mark.skipif(os.name != "posix", reason="the streams of a POSIX shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_gets_its_own_number_and_no_other(tmp_path, closed):
    """An answer is read from standard input and nowhere else, words go where they belong, and no file is in their place."""
    program, told = tmp_path / "numbers.py", tmp_path / "told.txt"
    program.write_text(NUMBERS, encoding="utf-8")
    shell = f"{sys.executable} {program} {told} {closed}"

    subprocess.run([shutil.which("bash"), "-c", shell], check=True, capture_output=True)

    assert told.read_text(encoding="utf-8").split() == ["True", "0", "1", "2", "r", "w", "w"]


PROGRAM = f"{sys.executable} -m xinzhi"
STREAMS = {
    **{name: (f"PYTHONIOENCODING={name} ", "") for name in NARROW},
    "output closed": ("", " >&-"),
    "errors closed": ("", " 2>&-"),
    "all closed": ("", " <&- >&- 2>&-"),
    "output full": ("", " >/dev/full"),
    "all full": ("", " >/dev/full 2>&1"),
    "reader left": ("", " | true"),
    "no documentation": ("PYTHONOPTIMIZE=2 ", " | cat"),
}
"""Kind -> what stands before and behind the command in a shell."""


EVERY = pytest.mark.skipif(
    "XINZHI_TEST_ALL" not in os.environ, reason="slow: run with XINZHI_TEST_ALL=1 (just test-all)"
)
LONG = [pytest.param(e.name, marks=EVERY) for e in EXAMPLES]


@pytest.fixture(scope="module")
def study(request, tmp_path_factory) -> Path:
    """A study that was run once: a small one, or an example."""
    folder = tmp_path_factory.mktemp("streams") / "s"
    if request.param == "small":
        written(folder)
    else:
        copy_example(find(request.param), folder)
    assert run_study(folder / "study.yaml", folder / "results", lang="en", quiet=True) == 0
    return folder


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="the streams of a POSIX shell")
@pytest.mark.parametrize("study", ["small", *LONG], indirect=True)
def test_a_study_is_delivered_whatever_its_streams_are(study):
    """Each kind of stream, in both languages by turns: exit code 0, all files new and as run.json says."""
    results, file = study / "results", study / "study.yaml"
    for n, (kind, (before, behind)) in enumerate(STREAMS.items()):
        with file.open("a", encoding="utf-8") as text:
            text.write(f"# {kind}\n")
        old = (results / "run.json").stat().st_mtime_ns
        shell = (
            f"set -o pipefail; {before}{PROGRAM} --lang {('zh', 'en')[n % 2]} run {file}{behind}"
        )
        done = subprocess.run([shutil.which("bash"), "-c", shell], capture_output=True, check=False)
        assert done.returncode == 0, (kind, done.stderr[-2000:])
        assert (results / "run.json").stat().st_mtime_ns > old, kind
        assert compare_with_run(results).is_sound, kind
        assert b"Traceback" not in done.stdout + done.stderr, kind


@pytest.mark.long
@pytest.mark.parametrize("spoken", ["zh", "en"])
@pytest.mark.parametrize("encoding", NARROW)
def test_every_word_of_an_example_fits_every_console(oecd, encoding, spoken):
    """What the run said is said again: tables, sentences, notices and places, all in this code page."""
    below, err = io.BytesIO(), io.BytesIO()
    streams = {"out": words(below, encoding), "err": words(err, encoding)}
    assert said("run", oecd, "--lang", spoken, **streams) == 0
    shown = below.getvalue().decode("utf-8" if encoding == "ascii" else encoding)
    assert "results.json" in shown
    assert "0.446" in shown
    assert err.getvalue().decode("utf-8" if encoding == "ascii" else encoding)
