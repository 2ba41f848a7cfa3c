"""`-` in the place of a file: commands as parts of a pipe; a reader that leaves is no error."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import pandas as pd
import pytest

from cli_runner import call
from made_small import write_small

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("english")]

ROLES = ["--entity", "city", "--period", "year"]
SCORES = [*ROLES, "--inputs", "x", "--good", "y"]
FIT = [*ROLES, "--outcome", "y", "--regressors", "x"]


@pytest.fixture
def data(tmp_path) -> str:
    return (write_small(tmp_path) / "data.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ["efficiency", "DATA", *SCORES, "--format", "json"],
        ["regress", "DATA", *FIT, "--format", "json"],
        ["analyse", "describe", "DATA", *ROLES, "--variables", "x,y", "--format", "json"],
        ["check", "DATA", *ROLES, "--lang", "en"],
        ["explain-scores", "DATA", *SCORES, "--theirs", "scores.csv", "--measure", "radial"],
        ["table", "DATA"],
    ],
    ids=lambda words: words[0],
)
def test_standard_input_is_a_file(words, tmp_path, monkeypatch):
    """The same answer as of the file."""
    monkeypatch.chdir(write_small(tmp_path))
    call("efficiency", "data.csv", *SCORES, "--measure", "radial", "--output", "scores.csv")
    call("regress", "data.csv", *FIT, "--output", "fit.csv")
    file = "fit.csv" if words[0] == "table" else "data.csv"
    text = (tmp_path / file).read_text(encoding="utf-8")

    named = call(*(file if word == "DATA" else word for word in words))
    piped = call(*("-" if word == "DATA" else word for word in words), stdin=text)

    if words[0] == "table":  # the heading of the column is the name of the file
        assert piped.stdout == named.stdout.replace("(1) fit", "(1)")
    else:
        # The ledger of rows is of the file, by its name.
        assert piped.stdout == named.stdout.replace("data.csv: ", "stdin: ")


def test_scores_go_through_a_pipe_into_a_regression_and_its_table(data, tmp_path):
    """Efficiency | regress | table: the numbers of the same steps by files; notices on stderr only."""
    scores = call("efficiency", "-", *SCORES, "--with-data", "--output", "-", stdin=data)
    words = [*ROLES, "--outcome", "score", "--regressors", "x"]
    fit = call("regress", "-", *words, "--output", "-", stdin=scores.stdout)
    table = call("table", "-", "--decimals", "4", stdin=fit.stdout)

    (tmp_path / "new.csv").write_text(scores.stdout, encoding="utf-8")
    found = json.loads(call("regress", tmp_path / "new.csv", *words, "--format", "json").stdout)
    frame = pd.read_csv(
        io.StringIO(fit.stdout), dtype=str
    )  # pandas 2.2 rounds what it reads itself
    (coefficient,) = found["coefficients"]
    assert frame.columns[0] == "name"
    assert float(frame["estimate"][0]) == coefficient["estimate"]
    assert float(frame["std_error"][0]) == coefficient["std_error"]
    assert f"{coefficient['estimate']:.4f}".replace("-", "−") in table.stdout
    assert "clusters" in fit.stderr


def test_check_cleans_in_a_pipe(data):
    """The table goes to stdout, what is said about it to stderr."""
    messy = data.replace("city,year", "city name,year").replace("A,2001,", "　A,2001,")
    done = call("check", "-", "--output", "-", "--lang", "en", stdin=messy)

    assert pd.read_csv(io.StringIO(done.stdout)).shape == (40, 4)
    assert not done.stdout.startswith("\ufeff")
    assert "40 rows" in done.stderr
    call("check", "-", "--output", "-", "--format", "json", stdin=data, code=1)


@pytest.mark.parametrize(
    ("words", "first"),
    [([], "entity,period,"), (["--format", "json"], "{"), (["--format", "table"], "Efficiency")],
)
def test_the_format_of_standard_output(data, words, first):
    """Csv where nothing is said."""
    assert call("efficiency", "-", *SCORES, "--output", "-", *words, stdin=data).stdout.startswith(
        first
    )


def test_standard_input_is_read_once(data):
    """Two files cannot come through it."""
    done = call("explain-scores", "-", *SCORES, "--theirs", "-", "--lang", "en", stdin=data, code=1)

    assert "can be read once only" in done.stderr


def test_an_error_names_standard_input(data):
    """The place of a cell is that of the text that came in."""
    broken = data.replace("A,2001,", "A,2001,many ")
    done = call("efficiency", "-", *SCORES, "--lang", "en", stdin=broken, code=1)

    assert "where: stdin, row 2" in done.stderr


def program(words: list[str], stdin: bytes, reads: int | None) -> tuple[int, bytes, bytes]:
    """Run the program; a reader that `reads` so many bytes leaves then."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-m", "xinzhi.cli.main", *words], **pipes) as running:
        if reads is None:
            out, err = running.communicate(stdin)
            return running.returncode, out, err
        running.stdin.write(stdin)
        running.stdin.close()
        out = running.stdout.read(reads)
        running.stdout.close()
        return running.wait(), out, running.stderr.read()


def test_a_document_goes_through_a_pipe(data):
    """What is no text too: a Word file, byte by byte; a workbook comes in."""
    fit = call("regress", "-", *FIT, "--output", "-", stdin=data).stdout.encode()

    code, out, _ = program(["table", "-", "--output", "-", "--format", "docx"], fit, None)

    assert code == 0
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(out)).namelist()
    book = io.BytesIO()
    pd.read_csv(io.StringIO(data)).to_excel(book, index=False)
    code, out, err = program(["efficiency", "-", *SCORES], book.getvalue(), None)
    assert (code, b"Efficiency" in out) == (0, True), err


@pytest.mark.parametrize(
    "words", [["--format", "table"], ["--format", "json"], ["--format", "csv"]], ids=str
)
def test_a_reader_that_leaves_is_no_error(data, words):
    """As `head` does: no traceback, no message, exit code 0."""
    many = data.splitlines()[:1] + [f"c{n},2001,{1 + n % 7},{1 + n % 5}" for n in range(1, 3000)]
    code, out, err = program(["efficiency", "-", *SCORES, *words], "\n".join(many).encode(), 10)

    assert len(out) == 10
    assert code == 0
    assert b"Traceback" not in err
    assert b"pipe" not in err.lower()


def test_a_run_whose_reader_leaves_still_writes(tmp_path):
    """The tables nobody reads are dropped, the results are not."""
    code, out, err = program(["run", str(write_small(tmp_path))], b"", 1)

    assert (len(out), code) == (1, 0), err
    assert (tmp_path / "results" / "results.json").is_file()
