"""The reference corpus of hostile files, through the reader.

Lines that need a command are run by the tests of the command line.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from needs import CASES
from places import SHARED
from xinzhi_core.errors import StudyError
from xinzhi_panel.io.read import read_panel

FOLDER = SHARED / "cases" / "badinput"
KINDS = (".csv", ".xlsx", ".xls", ".pkl", ".json", ".dta", ".parquet")
LIBRARIES = {".dta": "pyreadstat", ".parquet": "pyarrow"}
RELATIVE = 1e-12
"""As the manifest asks: the decimal numbers of the files are the same numbers."""


def lines():
    if not FOLDER.is_dir():
        return []
    with (FOLDER / "manifest.jsonl").open(encoding="utf-8") as stream:
        cases = [json.loads(line) for line in stream]
    return [
        case
        for case in cases
        if case.get("stored", True)
        and "command" not in case
        and "upload_name" not in case
        and case["file"].endswith(KINDS)
    ]


def read(case):
    path = FOLDER / case["file"]
    if path.suffix in LIBRARIES:
        pytest.importorskip(LIBRARIES[path.suffix])
    english = path.name in {"i03_gbk_strings.dta", "i05_ext_missing.dta"}
    entity, period = ("city", "year") if english else ("城市", "年份")
    return read_panel(path, entity=entity, period=period)


def cases(*wants):
    return [pytest.param(c, id=c["file"]) for c in lines() if c["want"] in wants]


@pytest.fixture(scope="module", autouse=True)
def corpus():
    if not FOLDER.is_dir():
        pytest.skip(CASES)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("case", cases("truth"))
def test_readable_files_give_the_truth(case):
    """Whatever the dress, the file reads as truth.csv does, to 1e-12."""
    truth = read({"file": "truth.csv"}).panel.frame
    frame = read(case).panel.frame
    assert list(frame.index) == list(truth.index)
    renamed = not set(truth.columns) <= set(frame.columns)
    for place, column in enumerate(truth):
        found = frame.iloc[:, place] if renamed else frame[column]
        np.testing.assert_allclose(found, truth[column], rtol=RELATIVE)
    for column, unit in case.get("units", {}).items():
        assert read(case).panel.units[column] == unit


@pytest.mark.one_in(4)
@pytest.mark.parametrize("case", cases("read"))
def test_files_that_only_have_to_be_read_keep_their_cells(case):
    """Named cells and counts of missing values come out as the manifest says."""
    result = read(case)
    for key, column, value in case.get("cells", []):
        column_in_panel = column if column in result.panel.frame else "value"
        found = result.panel.frame.loc[(key["城市"], key["年份"]), column_in_panel]
        assert found == value or math.isclose(found, value)
    for column, count in case.get("missing", {}).items():
        assert int(result.panel.frame[column].isna().sum()) == count


@pytest.mark.parametrize("case", cases("warn"))
def test_doubtful_files_are_read_with_a_warning_of_the_place(case):
    """The warning named in the manifest is there, and says the rows or names."""
    wanted = case["error"]
    warnings = {w.code: w for w in read(case).warnings}
    assert wanted["code"] in warnings
    said = str(warnings[wanted["code"]])
    for key in ("row", "column", "sheet"):
        if key in wanted:
            assert str(wanted[key]) in said
    for part in (*map(str, wanted.get("rows", [])), *wanted.get("names", [])):
        assert part in said


@pytest.mark.parametrize("case", cases("refuse"))
def test_wrong_files_are_refused_with_place_and_remedy(case):
    """The error names the place that the manifest names, and a way out."""
    wanted = case["error"]
    with pytest.raises(StudyError) as caught:
        read(case)
    problems = caught.value.problems
    assert all(str(problem.remedy) for problem in problems)
    places = [problem.where for problem in problems]
    if isinstance(wanted.get("row"), int):
        assert places[0].row == wanted["row"]
    if "column" in wanted:
        assert places[0].column == wanted["column"]
    assert {where.row for where in places} >= set(wanted.get("rows", []))
    assert {where.cell for where in places} >= set(wanted.get("cells", []))
