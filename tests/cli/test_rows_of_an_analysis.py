"""`xinzhi analyse --table rows`: an index, a degree, a state, obstacles of each entity and period."""

from __future__ import annotations

import csv
import json

import numpy as np
import pandas as pd
import pytest
import python_calamine

import xinzhi as xz
from cli_runner import call
from xinzhi_core.wording import LANGUAGES

CALLS = {
    "entropy_index": {"positive": ["u", "v"], "negative": ["w"]},
    "obstacles": {"positive": ["u", "v"], "negative": ["w"]},
    "coupling": {"of": ["u", "v", "w"]},
    "tapio": {"of": "u", "by": "v"},
}


@pytest.fixture(scope="module")
def frame():
    """Eight cities over four years, one cell missing."""
    draw = np.random.default_rng(7)
    index = pd.MultiIndex.from_product([[f"c{i}" for i in range(8)], range(2010, 2014)])
    found = pd.DataFrame(draw.uniform(0.1, 0.9, (32, 3)), index, columns=["u", "v", "w"])
    found.loc[("c3", 2012), "u"] = np.nan
    return found.rename_axis(["entity", "period"])


@pytest.fixture(scope="module")
def table(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "cities.csv"
    frame.round(6).reset_index().rename(columns={"entity": "city", "period": "year"}).to_csv(
        path, index=False
    )
    return path


def asked(name, table, *more):
    flags = [
        w
        for key, value in CALLS[name].items()
        for w in (f"--{key}", value if isinstance(value, str) else ",".join(value))
    ]
    return ("analyse", name, table, "--entity", "city", "--period", "year", *flags, *more)


@pytest.mark.parametrize("name", CALLS)
def test_rows_are_those_of_python_in_every_form(name, frame, table, tmp_path):
    """Each number with all its digits in csv, JSON and a workbook, which has them beside the tables."""
    own = getattr(xz, name)(frame.round(6), **CALLS[name]).to_frame()
    keys = [(entity, str(period)) for entity, period in own.index]

    call(*asked(name, table, "--table", "rows", "--output", tmp_path / "r.csv"))
    call(*asked(name, table, "--output", tmp_path / "r.xlsx"))
    document = json.loads(call(*asked(name, table, "--table", "rows", "--format", "json")).stdout)
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    book = python_calamine.load_workbook(tmp_path / "r.xlsx")
    sheets = [book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names]
    (sheet,) = (cells for cells in sheets if cells[0][:3] == ["entity", "period", own.columns[0]])

    assert [*document] == ["rows"]
    assert [(row["entity"], row["period"]) for row in rows] == keys
    assert len(sheet) == len(own) + 1
    for at, (line, row, known) in enumerate(
        zip(own.to_dict("records"), rows, document["rows"]["rows"], strict=True)
    ):
        for key, value in line.items():
            is_missing = pd.isna(value)
            cell = sheet[at + 1][sheet[0].index(key)]
            assert known[key] == (
                None
                if is_missing
                else pytest.approx(value, rel=1e-15)
                if isinstance(value, float)
                else value
            )
            assert (
                row[key] == ""
                if is_missing
                else isinstance(value, str) or float(row[key]) == pytest.approx(value, rel=1e-15)
            )
            assert cell == (
                ""
                if is_missing
                else pytest.approx(value, rel=1e-14)
                if isinstance(value, float)
                else value
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_on_the_screen(language, table):
    """A line for each entity and period under its heading; three digits, as in the tables."""
    lines = call(
        *asked("entropy_index", table, "--table", "rows", "--lang", language)
    ).stdout.splitlines()

    assert lines[0] == {"en": "Row by row", "zh": "逐行结果"}[language]
    assert lines[1].split() == ["entity", "period", "index"]
    assert len(lines) == 2 + 32
    assert lines[2].split()[:2] == ["c0", "2010"]


def test_one_table_alone_stays_what_it_was(table, tmp_path):
    """Rows are written into a file of one table only where they are asked for; a slip is told with them."""
    call(*asked("coupling", table, "--output", tmp_path / "c.csv", "--lang", "en"))
    assert (tmp_path / "c.csv").read_text(encoding="utf-8-sig").startswith("Period,")
    slip = call(*asked("coupling", table, "--table", "row", "--lang", "en"), code=1).stderr
    assert "did you mean 'rows'?" in slip
    none = call(
        "analyse",
        "describe",
        table,
        "--entity",
        "city",
        "--period",
        "year",
        "--variables",
        "u,v",
        "--table",
        "rows",
        "--lang",
        "en",
        code=1,
    )
    assert "Unknown table 'rows'." in none.stderr
