"""Whatever happens to a file, reading it ends in a panel or in an error of ours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made_files import HEADER, KEYS, ROWS, text_of
from xinzhi.prepare.records import without_street
from xinzhi_core.errors import StudyError
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.recognise.cells import parse_number, split_unit
from xinzhi_panel.io.recognise.wide import variable_and_year

BITS = st.sampled_from(
    [
        *"0123456789,;.\t\n\"'%()（），-—①*年万亿市省 \u3000\u200b",
        "1e9",
        "inf",
        "NA",
        "",
        "\x00",
        "#REF!",
    ]
)
EDITS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 4), BITS), min_size=1, max_size=5)
TEXTS = st.sampled_from(
    [
        text_of(),
        text_of(mark=";"),
        "表1\n" + text_of(),
        text_of([["城市", "2008", "2009"], ["唐山", "1,000.5", "2"], ["大同", "3", "4%"]]),
        text_of([HEADER, ["", "", "万人", "亿元"], *ROWS]),
    ]
)


def outcome(path):
    """Read a file; give the result or the error."""
    try:
        return read_panel(path, **KEYS)
    except StudyError as error:
        return error


@pytest.mark.long
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TEXTS, EDITS)
def test_an_edited_file_is_read_or_refused(tmp_path, text, edits):
    """Five small edits anywhere: no crash; keys are sound and numbers finite or missing."""
    for at, length, bit in edits:
        at = at % (len(text) + 1)  # noqa: PLW2901
        text = text[:at] + bit + text[at + length :]
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    result = outcome(path)
    if isinstance(result, StudyError):
        assert all(problem.code and str(problem) for problem in result.problems)
        return
    frame = result.panel.frame
    assert frame.index.is_unique
    assert len(result.panel.rows) == len(frame)
    for column in frame:
        if frame[column].dtype == np.float64:
            assert not np.isinf(frame[column]).any()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path, data):
    """Random bytes are an error with a code."""
    path = tmp_path / "b.csv"
    path.write_bytes(data)
    result = outcome(path)
    assert not isinstance(result, StudyError) or result.code


@pytest.mark.parametrize("text", ["#" * 60 + "x", "*" * 40 + "1" + "①" * 40 + "y", "(" * 99])
def test_no_text_keeps_the_grammar_of_numbers_busy(text):
    """A pattern that tries every way to cut a run of marks would not end within a lifetime."""
    assert parse_number(text) is None


@pytest.mark.parametrize("filler", [" ", "(", "/", "*", "市", "2008", "　"])
def test_hostile_names_and_places_of_any_length_end(filler):
    """Names of a hundred thousand characters are names, not a search among all their parts."""
    text = "甲" + filler * 100_000 + "x"
    assert split_unit(text)[1] is None
    assert variable_and_year(text) is None
    assert without_street(text) == text[:200].strip()
