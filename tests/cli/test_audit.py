"""`xinzhi audit`: the paper's own tables through the command."""

from __future__ import annotations

import json

import pytest

import xinzhi as xz
from cli_runner import attempt, call
from places import PUBLISHED
from xinzhi_core.errors import SpecError
from xinzhi_econometrics.replication import published_tables

KNOWN = {
    ("table6", "col4", "_cons", "stars"),
    ("table8", "low_income", "_cons", "stars"),
    ("table7", "sobel.SEE", "PGPP", "sobel_z"),
    ("table7", "sobel.NEPP", "HEE", "sobel_effect"),
    ("table7", "sobel.SEE", "PGPP", "sobel_effect"),
    ("table7", "sobel.SEE", "IRD", "sobel_effect"),
    ("table7", "col4", "adj_r2", "nested_r2"),
    ("table5", "col3", "_cons", "constant"),
}
"""What the design lists, each checked there by hand."""


def test_the_papers_own_tables():
    """The findings of the design and nothing false: the rest are shares of unrounded effects."""
    document = json.loads(call("audit", PUBLISHED, "--format", "json").stdout)

    found = {
        (c["table"], c["column"], c["row"], c["check"])
        for c in document["checks"]
        if c["verdict"] == "inconsistent"
    }
    assert found >= KNOWN
    assert {check for *_, check in found - KNOWN} == {"share"}
    assert set(document["checks"][0]) == {
        "table", "column", "row", "check", "verdict", "printed", "reachable", "arithmetic",
    }  # fmt: skip


def test_the_two_by_a_hair_are_undecidable():
    """UR and FI of Table 5, column 1 can be reached by one rule and not by another."""
    checks = json.loads(call("audit", PUBLISHED, "--format", "json").stdout)["checks"]

    verdicts = {
        c["row"]: c["verdict"]
        for c in checks
        if (c["table"], c["column"], c["check"]) == ("table5", "col1", "stars")
    }
    assert (verdicts["UR"], verdicts["FI"]) == ("undecidable", "undecidable")


def test_the_text_shows_the_arithmetic():
    """For people: the findings with their arithmetic, then the counts."""
    told = call("audit", PUBLISHED, "--lang", "en").stdout

    assert "|b|/se = |0.517|/0.208" in told
    assert "11 inconsistent" in told
    assert "consistent: table5" not in told.replace("inconsistent", "")
    assert "table5" in call("audit", PUBLISHED, "--all", "--lang", "zh").stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"a = [", "not TOML"), (b"\xff\xfe\x00", "UTF-8"), (None, "does not exist")],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content, words):
    """Not TOML, not UTF-8, not there: said with a remedy, exit 1."""
    path = tmp_path / "t.toml"
    if content is not None:
        path.write_bytes(content)

    done = attempt("audit", path, "--lang", "en")

    assert done.code == 1
    assert words in done.stderr
    assert "remedy" in done.stderr
    with pytest.raises(SpecError) as refused:
        xz.audit(path)
    (problem,) = refused.value.problems
    assert words in str(problem.what)
    assert (problem.where.file, problem.remedy is not None) == ("t.toml", True)


def test_a_mark_of_the_byte_order_and_a_size_that_nobody_types(tmp_path, monkeypatch):
    """Notepad's mark is no letter of the file; both doors have one limit."""
    path = tmp_path / "t.toml"
    path.write_bytes(b"\xef\xbb\xbf" + PUBLISHED.read_bytes())
    marked = [check.verdict for check in xz.audit(path).checks]
    assert marked == [check.verdict for check in xz.audit(PUBLISHED).checks]

    size = path.stat().st_size
    monkeypatch.setattr(published_tables, "MAX_BYTES", size)
    assert len(xz.audit(path).checks) == len(marked)
    monkeypatch.setattr(published_tables, "MAX_BYTES", size - 1)
    with pytest.raises(SpecError, match=f"it is larger than {size - 1} bytes"):
        xz.audit(path)
